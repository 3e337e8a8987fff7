import { POLL_DEFAULTS, TRIGGER_DEFAULTS } from '../../lib/defaults';
import { DELIVERY_LIMITS, MEGABYTE_LIMITS, SETTING_LIMITS } from '../../lib/limits';
import { MailboxError, messageFilter } from '../../lib/mailbox';
import { lookBack } from '../../lib/settings';
import { MINUTE, SECOND } from '../../lib/units';
import { accountOf } from './accounts';
import { mailboxIdentity, openMailbox, type MailboxKind } from './connections';
import { NODE_RED_DEFAULTS, WORDS } from './defaults';
import { MailboxLoop } from './mailboxLoop';
import { analyseOf, attachmentRules } from './reading';
import type { FlowNode, NodeConfig, Runtime } from './runtime';
import { choiceOf, isOn, megabytesOf, numberOf, plainText } from './settings';
import { PositionStore } from './store';

/** The node, as *mailbox ack* finds it. */
export interface MailboxInNode extends FlowNode {
	loop: Promise<MailboxLoop>;
}

export const MAILBOX_KINDS: readonly [MailboxKind, ...MailboxKind[]] = ['imap', 'gmail', 'microsoft'];

/**
 * The loop of a node, not started.
 *
 * @throws NodeRedError `NODE_RED_ACCOUNT_MISSING`, `NODE_RED_STORE`; SettingError; MailboxError `MAILBOX_CONFIGURATION`
 */
export function openLoop(RED: Runtime, node: FlowNode, config: NodeConfig): MailboxLoop {
	const kind = choiceOf('Connection', config.connection, MAILBOX_KINDS);
	const account = accountOf(RED, config, kind);
	const address = kind === 'microsoft' ? plainText('Mailbox', config.mailbox) : '';
	const folder = folderOf(config, kind);
	const openForWriting = isOn('Open the folder for writing', config.openForWriting);
	const { timeoutMinutes, maxInFlight, intervalSeconds } = NODE_RED_DEFAULTS;
	const { firstRunLookBack } = POLL_DEFAULTS;
	lookBack('First run', config.firstRun, { otherwise: firstRunLookBack });
	const most = DELIVERY_LIMITS;
	const filter = filterOf(config);
	const settings = {
		delivery: {
			timeoutMs:
				MINUTE *
				numberOf('Time-out', config.timeout, { least: 1, most: most.maxTimeoutMinutes, otherwise: timeoutMinutes }),
			maxInFlight: numberOf('In the flow', config.maxInFlight, {
				least: 1,
				most: most.maxInFlight,
				otherwise: maxInFlight,
			}),
		},
		intervalMs:
			SECOND *
			numberOf('Interval', config.interval, { least: 1, most: most.maxIntervalSeconds, otherwise: intervalSeconds }),
		poll: {
			folder,
			firstRunLookBack: plainText('First run', config.firstRun) || firstRunLookBack,
			firstRunCap: numberOf('First run limit', config.firstRunLimit, {
				least: 0,
				most: SETTING_LIMITS.maxCount,
				otherwise: TRIGGER_DEFAULTS.firstRunCap,
			}),
			order: choiceOf('Order', config.order, ['oldest', 'newest']),
			maxMessageBytes: megabytesOf('Max message size', config.maxMessageSize, {
				least: 0.1,
				most: MEGABYTE_LIMITS.most,
				otherwise: TRIGGER_DEFAULTS.messageMegabytes,
			}),
			...(filter === undefined ? {} : { filter }),
		},
		item: {
			output: choiceOf('Output', config.output, ['simple', 'full']),
			analyse: analyseOf(config),
			includeRaw: isOn('Raw message', config.includeRaw, true),
			attachments: attachmentRules(config),
			words: WORDS.attachments,
		},
		place: JSON.stringify([mailboxIdentity(account, address), folder]),
		folder,
	};
	const store = new PositionStore(RED, node, {
		name: plainText('Position in', config.store),
		memoryOnly: isOn('Keep in memory only', config.memoryOnly),
	});
	const open = () => openMailbox(account, { address, openForWriting });
	// What cannot be used is told at the start, and not by the first poll.
	void open().close();
	return new MailboxLoop(
		{
			nodeId: node.id,
			open,
			send: (message) => node.send(message),
			status: (status) => node.status(status),
			error: (error, message) => node.error(error, message),
			warn: (text) => node.warn(text),
			log: (text) => node.log(text),
		},
		store,
		settings,
	);
}

/** Which messages come into the flow. The others are skipped, and not looked at again. @throws MailboxError `MAILBOX_CONFIGURATION` */
const filterOf = (config: NodeConfig) =>
	messageFilter({
		senderContains: plainText('Sender contains', config.senderContains),
		senderRegex: plainText('Sender matches', config.senderRegex),
		subjectContains: plainText('Subject contains', config.subjectContains),
		subjectRegex: plainText('Subject matches', config.subjectRegex),
	});

/** The folder of a node. Empty is none: to go on with the inbox would publish mail that nobody chose. */
export function folderOf(config: NodeConfig, kind: MailboxKind): string {
	const folder = plainText('Folder', config.folder);
	if (folder !== '') return folder;
	throw new MailboxError('MAILBOX_CONFIGURATION', "'Folder' is empty", {
		hint: `Select the folder from the list, or enter its path, such as ${kind === 'microsoft' ? 'inbox' : 'INBOX'}.`,
	});
}

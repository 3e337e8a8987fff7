import { READER_DEFAULTS } from '../lib/defaults';
import type { EmailSource } from '../lib/email';
import type { Json } from '../lib/flow';
import { isRecord } from '../lib/json';
import { lazy } from '../lib/lazy';
import { EMAIL_LIMITS, SETTING_LIMITS } from '../lib/limits';
import type { Mailbox, MailboxHit, MailboxSearch, MessageReference } from '../lib/mailbox';
import { instant, isEmpty } from '../lib/settings';
import type { Account } from './shared/account';
import { accountOf } from './shared/accounts';
import { SharedClient } from './shared/client';
import { NodeRedError } from './shared/errors';
import { inputOf, withItem } from './shared/items';
import { itemMessages } from './shared/sequence';
import type { FlowMessage, FlowNode, NodeConfig, Runtime } from './shared/runtime';
import { choiceOf, isOn, numberOf, textOf, typedText, typedValue } from './shared/settings';
import { registerStep, type StepResult } from './shared/step';

const flow = lazy(() => require('../lib/flow') as typeof import('../lib/flow'));
const email = lazy(() => require('../lib/email') as typeof import('../lib/email'));
const mailboxes = lazy(() => require('../lib/mailbox') as typeof import('../lib/mailbox'));
const connections = lazy(() => require('./shared/connections') as typeof import('./shared/connections'));
const mailboxIn = lazy(() => require('./shared/mailboxIn') as typeof import('./shared/mailboxIn'));

const WORDS = ['from', 'to', 'subject', 'text'] as const;

/** One node's way to its mailbox. */
interface Reader {
	RED: Runtime;
	node: FlowNode;
	config: NodeConfig;
	property: string;
	account: Account;
	address: string;
	mailbox: Mailbox;
}

export = (RED: Runtime): void => {
	registerStep(RED, 'email-intel-mailbox-read', (node, config) => {
		const property = inputOf(config);
		const operation = choiceOf('Operation', config.operation, ['get', 'attachments', 'search', 'folders']);
		const kind = choiceOf('Connection', config.connection, mailboxIn().MAILBOX_KINDS);
		const address = kind === 'microsoft' ? textOf(config.mailbox) : '';
		const openForWriting = isOn(config.openForWriting);
		const account = () => accountOf(RED, config, kind);
		const client = new SharedClient(() => connections().openMailbox(account(), { address, openForWriting }));
		return {
			doing: operation === 'search' ? 'searching' : 'reading',
			atOnce: 1,
			close: async () => await client.close(),
			work: async (message) =>
				await client.using(
					async (mailbox) =>
						await OPERATIONS[operation]({ RED, node, config, property, account: account(), address, mailbox }, message),
				),
		};
	});
};

const OPERATIONS: Readonly<
	Record<'get' | 'attachments' | 'search' | 'folders', (reader: Reader, message: FlowMessage) => Promise<StepResult>>
> = { get, attachments, search, folders };

/** The whole message, in place of what the item knew of it; what nodes before have added stays. */
async function get(reader: Reader, message: FlowMessage): Promise<StepResult> {
	const { RED, config, property, mailbox } = reader;
	const found = await mailbox.get(await referenceOf(reader, message), { maxMessageBytes: EMAIL_LIMITS.maxBytes });
	const output = choiceOf('Output', config.output, ['simple', 'full']);
	const item = await flow().messageItem(found, { output });
	const before = message[property];
	const added = isRecord(before) && isOfItem(config) ? email().withoutMessage(before) : {};
	const json: Json = { ...item.json, ...added };
	return {
		send: withItem(RED, message, property, { json, files: item.files }),
		text: textOf(json.subject).slice(0, 40) || 'read',
		isIncomplete: json.complete === false,
	};
}

/** Each attachment with its bytes, in a message of its own. */
async function attachments(reader: Reader, message: FlowMessage): Promise<StepResult> {
	const { RED, property, mailbox } = reader;
	const { raw, id, source, truncated } = await mailbox.get(await referenceOf(reader, message), {
		maxMessageBytes: EMAIL_LIMITS.maxBytes,
	});
	const parsed = await email().parseEmail(raw, {
		id,
		source,
		keepRawBytes: 0,
		maxAttachmentBytes: EMAIL_LIMITS.maxBytes,
		maxTotalAttachmentBytes: EMAIL_LIMITS.maxBytes,
	});
	const isCut = truncated || email().isIncomplete(parsed);
	const about = { id, messageId: parsed.messageId, subject: parsed.subject, from: parsed.from, source };
	const gaps = isCut ? { complete: false, warnings: [...parsed.warnings, email().INCOMPLETE_WARNING] } : {};
	const items = parsed.attachments.map(({ content: _bytes, email: _attached, ...file }, index) => ({
		index,
		...file,
		message: about,
		...gaps,
	}));
	const messages = itemMessages(RED, { ...message, binary: {} }, property, items);
	parsed.attachments.forEach(({ content, fileName, contentType }, index) => {
		if (content === undefined) return;
		messages[index]!.binary = {
			data: { data: content, fileName: fileName ?? `attachment_${index}`, mimeType: contentType },
		};
	});
	return { send: [messages], text: `${messages.length} attachments`, isIncomplete: isCut };
}

/** A message for each that was found, newest first. */
async function search(reader: Reader, message: FlowMessage): Promise<StepResult> {
	const { RED, node, config, property, mailbox } = reader;
	const words: Partial<Record<(typeof WORDS)[number], string>> = {};
	for (const name of WORDS) {
		const text = await condition(reader, name, message);
		if (text !== undefined) words[name] = text;
	}
	const time = async (name: 'since' | 'before') =>
		instant(name, await typedValue(RED, node, config, name, message), { otherwise: undefined });
	const limit = numberOf('Limit', config.limit, {
		least: 1,
		most: SETTING_LIMITS.maxCount,
		otherwise: READER_DEFAULTS.limit,
	});
	const wanted: MailboxSearch = { ...words, since: await time('since'), before: await time('before'), limit };
	const folder = textOf(config.folder);
	const hits = await mailbox.search(wanted, folder === '' ? {} : { folder });
	return { send: [itemMessages(RED, message, property, hits.map(hitJson))], text: `${hits.length} messages found` };
}

/** A condition that is to come from the message, and does not, would widen the search to everything. */
async function condition(
	{ RED, node, config }: Reader,
	name: string,
	message: FlowMessage,
): Promise<string | undefined> {
	if (isEmpty(config[name])) return undefined;
	const text = await typedText(RED, node, config, name, message);
	if (text !== '') return text;
	throw new NodeRedError('NODE_RED_INPUT', `The condition '${name}' of the search gives nothing`, {
		hint: 'The search was not started, because without this condition it would find everything. Check what the condition refers to.',
	});
}

const hitJson = ({ date, receivedAt, ...hit }: MailboxHit): Json =>
	email().inReadingOrder({ ...hit, date: date?.toISOString(), receivedAt: receivedAt?.toISOString() });

async function folders({ RED, property, mailbox }: Reader, message: FlowMessage): Promise<StepResult> {
	const found = await mailbox.listFolders({ counts: true });
	RED.util.setMessageProperty(message, property, found, true);
	return { send: message, text: `${found.length} folders` };
}

const isOfItem = (config: NodeConfig): boolean =>
	choiceOf('Message', config.messageBy, ['item', 'messageId']) === 'item';

/** The message that is asked for: of the item, or by its Message-ID. @throws NodeRedError `NODE_RED_INPUT` */
async function referenceOf(reader: Reader, message: FlowMessage): Promise<MessageReference> {
	const { RED, node, config, account } = reader;
	if (isOfItem(config)) return referenceOfItem(reader, message);
	const messageId = await typedText(RED, node, config, 'messageId', message);
	if (messageId === '') {
		throw new NodeRedError('NODE_RED_INPUT', "'Message-ID' gives nothing", {
			hint: 'Check the property that it is read from.',
		});
	}
	const folder = textOf(config.folder);
	return account.kind === 'microsoft' || folder === '' ? { messageId } : { messageId, folder };
}

function referenceOfItem({ RED, property, account, address }: Reader, message: FlowMessage): MessageReference {
	const item = RED.util.getMessageProperty(message, property);
	const source = (isRecord(item) && isRecord(item.source) ? item.source : {}) as Partial<EmailSource>;
	const reference = mailboxes().referenceTo(source);
	if (reference === undefined) {
		throw new NodeRedError('NODE_RED_INPUT', `msg.${property} does not identify a message`, {
			hint: "It needs the field 'source', as 'mailbox in' and a search give it. Or choose the message by its Message-ID.",
		});
	}
	const name = connections().mailboxName(account, address);
	const isHere =
		(source.kind === undefined || source.kind === connections().sourceKind(account)) &&
		(source.mailbox === undefined || source.mailbox.trim().toLowerCase() === name.toLowerCase());
	if (isHere) return reference;
	// The same number in another mailbox would be another message.
	throw new NodeRedError(
		'NODE_RED_INPUT',
		`The message is of the mailbox ${textOf(source.mailbox).slice(0, 200)}, and the account opens ${name}`,
		{
			hint: 'Choose the account that the message was read with.',
		},
	);
}

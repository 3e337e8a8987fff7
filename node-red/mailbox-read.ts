import { READER_DEFAULTS } from '../lib/defaults';
import type { AttachmentChoice, FetchedItemOptions, Json, ReplyItemOptions } from '../lib/flow';
import { lazy } from '../lib/lazy';
import { EMAIL_LIMITS, GRAPH_LIMITS, IMAP_LIMITS, SETTING_LIMITS } from '../lib/limits';
import type { Mailbox, MailboxChanges, MailboxSearch, MessageReference } from '../lib/mailbox';
import type { Account } from './shared/account';
import { accountOf } from './shared/accounts';
import { AnsweredStore } from './shared/answered';
import { SharedClient } from './shared/client';
import { WORDS } from './shared/defaults';
import { NodeRedError } from './shared/errors';
import { filesOf, inputOf, itemOf, jsonOf, messageFiles, put, valueOf, withItem } from './shared/items';
import { attachmentRules, passedOn, recordResult } from './shared/reading';
import { itemMessages } from './shared/sequence';
import type { FlowMessage, NodeConfig, Runtime } from './shared/runtime';
import { choiceOf, Fields, isOn, numberOf, plainText, textOf } from './shared/settings';
import { oneByOne, registerStep, type StepResult } from './shared/step';

const flow = lazy(() => require('../lib/flow') as typeof import('../lib/flow'));
const reported = lazy(() => require('../lib/reported') as typeof import('../lib/reported'));
const connections = lazy(() => require('./shared/connections') as typeof import('./shared/connections'));
const mailboxIn = lazy(() => require('./shared/mailboxIn') as typeof import('./shared/mailboxIn'));

/** One node's way to its mailbox, for one message. */
interface Reader {
	RED: Runtime;
	config: NodeConfig;
	fields: Fields;
	property: string;
	message: FlowMessage;
	/** @throws NodeRedError `NODE_RED_ACCOUNT_MISSING` */
	account: () => Account;
	address: string;
	using: <T>(work: (mailbox: Mailbox) => Promise<T>) => Promise<T>;
	answered: AnsweredStore;
}

const OPERATIONS = {
	get,
	attachments,
	search,
	folders,
	markAsRead: changing(() =>
		Promise.resolve(async (changes, reference) => ({
			source: await changes.markAsRead(reference),
			markedAsRead: true,
		})),
	),
	flag: changing(async ({ fields, config }) => {
		const flags = await fields.list('flags', 'Flags');
		if (flags.length === 0) throw emptyField('Flags', 'Enter at least one flag, such as \\Flagged.');
		const change = choiceOf('Change', config.flagChange, ['add', 'remove']);
		const field = change === 'add' ? 'flagsAdded' : 'flagsRemoved';
		return async (changes, reference) => ({ source: await changes.flag(reference, flags, change), [field]: flags });
	}),
	move: changing(async ({ fields }) => {
		const destination = await fields.filledText('destination', 'Move to');
		return async (changes, reference) => ({ source: await changes.move(reference, destination), moved: true });
	}),
	draftReply,
} as const;

type Operation = keyof typeof OPERATIONS;
const NAMES = Object.keys(OPERATIONS) as [Operation, ...Operation[]];
const DOING: Readonly<Partial<Record<Operation, string>>> = {
	search: 'searching',
	markAsRead: 'marking',
	flag: 'flagging',
	move: 'moving',
	draftReply: 'writing',
};

export = (RED: Runtime): void => {
	registerStep(RED, 'email-intel-mailbox-read', (node, config) => {
		const property = inputOf(config);
		const operation = choiceOf('Operation', config.operation, NAMES);
		const kind = choiceOf('Connection', config.connection, mailboxIn().MAILBOX_KINDS);
		const address = kind === 'microsoft' ? plainText('Mailbox', config.mailbox) : '';
		const openForWriting = isOn('Open folders for writing', config.openForWriting);
		const account = () => accountOf(RED, config, kind);
		const client = new SharedClient(() => connections().openMailbox(account(), { address, openForWriting }));
		const answered = new AnsweredStore(node);
		return {
			doing: DOING[operation] ?? 'reading',
			atOnce: 1,
			together: 1,
			close: async () => await client.close(),
			work: oneByOne(
				async (message) =>
					await OPERATIONS[operation]({
						RED,
						config,
						fields: new Fields(RED, node, config, message),
						property,
						message,
						account,
						address,
						using: async (work) => await client.using(work),
						answered,
					}),
			),
		};
	});
};

/** The whole message, in place of what the item knew of it; what nodes before have added stays. */
async function get(reader: Reader): Promise<StepResult> {
	const { RED, config, property, message } = reader;
	const options: FetchedItemOptions = {
		output: choiceOf('Output', config.output, ['simple', 'full']),
		includeRaw: isOn('Raw message', config.includeRaw, true),
		attachments: attachmentRules(config),
		words: WORDS.attachments,
		keep: async (stream) => {
			const bytes = await bytesOf(stream);
			return { input: bytes, file: flow().rawFile(bytes) };
		},
	};
	return await orStillMissing(reader, async (reference) => {
		const item = await reader.using(async (mailbox) => await flow().fetchedItem(mailbox, reference, options));
		const before = valueOf(RED, message, property);
		const json = isOfItem(config) && isObject(before) ? flow().withMessage(before, item.json) : item.json;
		return {
			send: withItem(RED, message, property, { json, files: item.files }),
			text: textOf(json.subject).slice(0, 40) || 'read',
			isIncomplete: json.complete === false,
		};
	});
}

/** A large message in memory, up to what any message may be. */
async function bytesOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of stream) {
		const bytes = chunk as Buffer;
		const room = EMAIL_LIMITS.maxBytes - size;
		chunks.push(bytes.subarray(0, room));
		size += bytes.length;
		if (bytes.length >= room) break;
	}
	return Buffer.concat(chunks);
}

/** Each attachment with its bytes, in a message of its own. */
async function attachments(reader: Reader): Promise<StepResult> {
	const { RED, config, property, message } = reader;
	const choice = await attachmentChoice(reader);
	const key = plainText('Put into', config.binaryProperty) || 'data';
	return await orStillMissing(reader, async (reference) => {
		const { items, gaps } = await reader.using(
			async (mailbox) => await flow().fetchedAttachments(mailbox, reference, choice),
		);
		const messages = itemMessages(
			RED,
			{ ...message, binary: {} },
			property,
			items.map(({ json }) => json),
		);
		items.forEach(({ file }, index) => {
			if (file !== undefined) messages[index]!.binary = messageFiles({ [key]: file });
		});
		return {
			send: [messages],
			text: `${messages.length} attachments`,
			isIncomplete: gaps.length > 0,
			warnings: items.length > 0 ? [] : gaps.map(({ message: text }) => text),
		};
	});
}

async function attachmentChoice({ config, fields }: Reader): Promise<AttachmentChoice> {
	const by = choiceOf('Attachment', config.attachmentBy, ['all', 'fileName', 'index', 'sha256']);
	if (by === 'all') return { by };
	const value = await fields.filledText('attachment', 'Which');
	if (by !== 'index') return { by, value };
	return { by, value: numberOf('Which', value, { least: 0, most: SETTING_LIMITS.maxCount, otherwise: 0 }) };
}

/** A message for each that was found, newest first. */
async function search({ RED, config, fields, property, message, account, using }: Reader): Promise<StepResult> {
	const wanted: MailboxSearch = {
		from: (await fields.condition('from', 'Sender')) || undefined,
		to: (await fields.condition('to', 'Recipient')) || undefined,
		subject: (await fields.condition('subject', 'Subject')) || undefined,
		text: (await fields.condition('text', 'Text')) || undefined,
		since: await fields.time('since', 'Since'),
		before: await fields.time('before', 'Before'),
		limit: limitOf(config),
	};
	const folder = await fields.condition('folder', 'Folder');
	const hits = await using(async (mailbox) => await mailbox.search(wanted, folder === '' ? {} : { folder }));
	const { hitJson, mayHaveMissed } = flow();
	const most = account().kind === 'microsoft' ? GRAPH_LIMITS.maxSearched : undefined;
	const isCut = mayHaveMissed(hits, wanted, most);
	return {
		send: [itemMessages(RED, message, property, hits.map(hitJson))],
		text: `${hits.length} messages found`,
		isIncomplete: isCut,
		warnings: isCut
			? [
					`Microsoft 365 finds at most ${most} messages when it searches for words. There may be older ones: search a shorter time range.`,
				]
			: [],
	};
}

function limitOf(config: NodeConfig): number | 'all' {
	const { limit: otherwise } = READER_DEFAULTS;
	const limit = numberOf('Limit', config.limit, { least: 1, most: SETTING_LIMITS.maxCount, otherwise });
	return isOn('All of them', config.returnAll) ? 'all' : limit;
}

async function folders({ RED, config, property, message, using }: Reader): Promise<StepResult> {
	const counts = isOn('Count messages', config.counts, true);
	const limit = limitOf(config);
	let isCut = false;
	const all = await using(async (mailbox) => await mailbox.listFolders({ counts, onTruncated: () => (isCut = true) }));
	const found = limit === 'all' ? all : all.slice(0, limit);
	put(RED, message, property, found);
	return {
		send: message,
		text: `${found.length} folders`,
		isIncomplete: isCut || found.length < all.length,
		warnings: isCut
			? ['The mailbox has more folders than can be listed. Use the path of a folder that is missing.']
			: [],
	};
}

/** What is done with a message of a mailbox, and what the item is told of it. */
type Change = (changes: MailboxChanges, reference: MessageReference) => Promise<Json>;

/** What changes a mailbox, and only does when it is told to. The fields are read before the mailbox is opened. */
function changing(prepare: (reader: Reader) => Promise<Change>): (reader: Reader) => Promise<StepResult> {
	return async (reader) => {
		const { RED, config, property, message } = reader;
		const isItem = isOfItem(config);
		// Nobody has read that message: it must stay where it is tried again, and look as it does.
		const record = isItem ? passedOn(RED, message, property) : undefined;
		if (record !== undefined) return record;
		const change = await prepare(reader);
		const reference = await referenceOf(reader);
		const done = await reader.using(async (mailbox) => {
			if (mailbox.changes === undefined) {
				throw new NodeRedError('NODE_RED_INPUT', 'This kind of mailbox is read-only for this package', {
					hint: 'Only IMAP and Gmail mailboxes can be changed. Remove the node, or choose an account of such a mailbox.',
				});
			}
			return await change(mailbox.changes, reference);
		});
		const before = valueOf(RED, message, property);
		const json = isItem && isObject(before) ? { ...before, ...done } : done;
		return { send: withItem(RED, message, property, { json, files: {} }), text: 'changed' };
	};
}

/** The answer to whoever reported the message. It is not sent. */
async function draftReply(reader: Reader): Promise<StepResult> {
	const { RED, config, fields, property, message, answered } = reader;
	const item = itemOf(RED, message, property);
	const record = passedOn(RED, message, property);
	if (record !== undefined) return record;
	const languages = Object.keys(reported().REPLY_TEMPLATES).sort();
	const isOnce = isOn('Only once', config.onlyOnce, true);
	const looks = isOn('Look in sent messages', config.lookInSent) && isOnce;
	const language = await fields.choice('language', 'Language', ['auto', ...languages]);
	const options: ReplyItemOptions = {
		verdict: await fields.choice('verdict', 'Verdict', ['undecided', 'harmless', 'junk', 'phishing']),
		language: language === 'auto' ? undefined : language,
		otherwise: choiceOf('Default language', config.defaultLanguage, ['en', ...languages]),
		findings: isOn('Findings', config.findings, true),
		template: (await fields.text('template', 'Template')) || undefined,
		from: await fields.text('replyFrom', 'From'),
	};
	const replied = await answered.with(isOnce, async (keys) =>
		looks
			? await reader.using(
					async (mailbox) =>
						await flow().repliedItem(item, { ...options, answered: keys, sentMessages: () => mailbox }),
				)
			: await flow().repliedItem(item, { ...options, answered: keys }),
	);
	const { skipped, to } = replied.json.reply as { skipped?: string; to?: string };
	return {
		send: withItem(RED, message, property, replied),
		text: skipped === undefined ? `to ${to}` : `no answer: ${skipped}`,
	};
}

const isOfItem = (config: NodeConfig): boolean =>
	choiceOf('Message', config.messageBy, ['item', 'messageId', 'number']) === 'item';

const isObject = (value: unknown): value is Json =>
	typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

/** Asks for a message. The record of one that still cannot be had passes through: one bad message stops no other. */
async function orStillMissing(
	reader: Reader,
	ask: (reference: MessageReference) => Promise<StepResult>,
): Promise<StepResult> {
	const { RED, config, property, message } = reader;
	const reference = await referenceOf(reader);
	try {
		return await ask(reference);
	} catch (error) {
		const json = valueOf(RED, message, property);
		if (!isOfItem(config) || !isObject(json)) throw error;
		const record = flow().stillMissing({ json, files: filesOf(message) }, error, WORDS.record);
		if (record === undefined) throw error;
		return recordResult(RED, message, property, record);
	}
}

/** The message that is asked for. @throws NodeRedError `NODE_RED_INPUT` */
async function referenceOf(reader: Reader): Promise<MessageReference> {
	const { config, fields, account } = reader;
	const by = choiceOf('Message', config.messageBy, ['item', 'messageId', 'number']);
	if (by === 'item') return referenceOfItem(reader);
	const number = by === 'number' ? await fields.filledText('number', 'Number') : '';
	const messageId = by === 'messageId' ? await fields.filledText('messageId', 'Message-ID') : '';
	const folder = await fields.condition('folder', 'Folder');
	const isGraph = account().kind === 'microsoft';
	const place = folder === '' || isGraph ? {} : { folder };
	if (by === 'messageId') return { messageId, ...place };
	if (isGraph) return { id: number };
	return {
		uid: numberOf('Number', number, { least: 1, most: IMAP_LIMITS.maxUid, otherwise: READER_DEFAULTS.uid }),
		...place,
	};
}

function referenceOfItem({ RED, property, account, address, message }: Reader): MessageReference {
	const json = jsonOf(RED, message, property);
	const { mailboxName, sourceKind } = connections();
	const opened = { kind: sourceKind(account()), name: mailboxName(account(), address) };
	const found = flow().referenceIn(json, opened);
	if ('reference' in found) return found.reference;
	if (found.because === 'no-source') {
		throw new NodeRedError('NODE_RED_INPUT', `msg.${property} does not identify a message`, {
			hint: "It needs the field 'source', as 'mailbox in' and a search give it. Or choose the message by its Message-ID.",
		});
	}
	// The same number in another mailbox would be another message.
	const what = found.because === 'kind' ? `a mailbox of the kind ${found.kind}` : `the mailbox ${found.mailbox}`;
	throw new NodeRedError('NODE_RED_INPUT', `The message is of ${what}, and the account opens ${opened.name}`, {
		hint: 'Choose the account that the message was read with.',
	});
}

const emptyField = (label: string, hint: string): NodeRedError =>
	new NodeRedError('NODE_RED_INPUT', `'${label}' is empty`, { hint });

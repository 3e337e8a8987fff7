import type { Readable } from 'node:stream';
import {
	EmailError,
	endsWhenFetched,
	INCOMPLETE_WARNING,
	inReadingOrder,
	isIncomplete,
	parseEmail,
	withoutMessage,
	type Attachment,
	type Email,
	type EmailInput,
	type EmailSource,
	type EmailWarning,
} from '../email';
import { EMAIL_LIMITS, READER_LIMITS } from '../limits';
import {
	MailboxError,
	referenceTo,
	type Mailbox,
	type MailboxErrorCode,
	type MailboxHit,
	type MessageReference,
} from '../mailbox';
import { attachmentFiles, attachmentKey, leftOutAttachments } from './attachmentRules';
import { warningsOf } from './gaps';
import type { AddedFile, FlowItem, GrownItem, Json } from './item';
import { messageJson, NO_ATTACHMENTS, rawFile, type MessageItemOptions } from './message';
import { passedOnAgain, type RecordWords } from './record';

/** How a whole message becomes an item. */
export interface FetchedItemOptions extends Pick<
	MessageItemOptions,
	'attachments' | 'includeRaw' | 'output' | 'words'
> {
	/**
	 * Keeps the bytes of a message that is too large for memory, and gives them back to be read. What it gives as `file` is the item's file
	 * `email`; a host that keeps files in a place of its own gives none. Not called without `includeRaw`.
	 */
	keep: (stream: Readable) => Promise<{ input: EmailInput; file?: AddedFile | undefined }>;
}

/**
 * One message of a mailbox as an item, whole, whatever its size.
 *
 * @throws MailboxError; EmailError
 */
export async function fetchedItem(
	mailbox: Mailbox,
	reference: MessageReference,
	{ output = 'simple', includeRaw = true, attachments = NO_ATTACHMENTS, words, keep }: FetchedItemOptions,
): Promise<GrownItem> {
	const message = await mailbox.get(reference, { maxMessageBytes: READER_LIMITS.memoryBytes });
	const { id, source, receivedAt } = message;
	let input: EmailInput = message.raw;
	let file = includeRaw ? rawFile(message.raw) : undefined;
	if (message.truncated) {
		const { stream } = await mailbox.download(reference);
		({ input, file } = includeRaw ? { file: undefined, ...(await keep(stream)) } : { input: stream, file: undefined });
	}
	const email = await parseEmail(input, {
		id,
		source,
		keepAttachments: attachments.include,
		keepRawBytes: 0,
		...(receivedAt ? { receivedAt } : {}),
	});
	const truncated = email.truncated || email.size >= EMAIL_LIMITS.maxBytes;
	const limits = [...(message.warnings ?? []), ...leftOutAttachments(email, attachments, true, words)];
	const facts = { ...message, size: email.size, truncated, limits, rawOmitted: !includeRaw };
	return {
		json: messageJson(email, facts, output),
		files: { ...(file === undefined ? {} : { email: file }), ...attachmentFiles(email, attachments) },
	};
}

/**
 * An item with the whole message in place of what it knew of it. What steps before have added stays, and so do their warnings; what was
 * missing of the message is there now.
 */
export function withMessage(before: Json, message: Json): Json {
	const read = warningsOf(message);
	const isRead = ({ code, message: text }: EmailWarning) =>
		read.some((one) => one.code === code && one.message === text);
	const others = warningsOf(before).filter((warning) => !endsWhenFetched(warning) && !isRead(warning));
	const isIncompleteStill = message.complete === false || (before.complete === false && others.length > 0);
	return {
		...message,
		...(others.length > 0 ? { warnings: [...read, ...others] } : {}),
		...(isIncompleteStill ? { complete: false } : {}),
		...withoutMessage(before),
	};
}

/** Which attachments of a message are asked for. */
export type AttachmentChoice =
	| { by: 'all' }
	| { by: 'fileName'; value: string }
	/** Place in the list, from 0. */
	| { by: 'index'; value: number }
	| { by: 'sha256'; value: string };

/** An attachment on its own. */
export interface AttachmentItem {
	json: Json;
	/** Absent where its bytes are not there; the item's warnings say why. */
	file?: AddedFile | undefined;
}

/** The attachments that were asked for, and what is missing of the message. */
export interface FetchedAttachments {
	items: AttachmentItem[];
	gaps: readonly EmailWarning[];
}

/**
 * Attachments of a message in a mailbox, each as an item with its bytes. A large message is read as it comes.
 *
 * @throws MailboxError; EmailError `EMAIL_ATTACHMENT_MISSING`, where one is asked for that the message does not have
 */
export async function fetchedAttachments(
	mailbox: Mailbox,
	reference: MessageReference,
	choice: AttachmentChoice = { by: 'all' },
): Promise<FetchedAttachments> {
	const fetched = await mailbox.get(reference, { maxMessageBytes: READER_LIMITS.memoryBytes });
	const { id, source } = fetched;
	const input = fetched.truncated ? (await mailbox.download(reference)).stream : fetched.raw;
	const email = await parseEmail(input, {
		id,
		source,
		keepRawBytes: 0,
		maxAttachmentBytes: EMAIL_LIMITS.maxBytes,
		maxTotalAttachmentBytes: EMAIL_LIMITS.maxBytes,
	});
	const { what, test } = sought(choice);
	const found = [...email.attachments.entries()].filter(([index, attachment]) => test(attachment, index));
	const gaps = isIncomplete(email) ? [...email.warnings, INCOMPLETE_WARNING] : [];
	if (found.length === 0 && what !== '') throw missing(what, email, gaps);
	const { messageId, subject, from } = email;
	const more = gaps.length > 0 ? { complete: false, warnings: gaps } : {};
	const items = found.map(([index, { content, email: _attached, ...attachment }]): AttachmentItem => {
		const fileName = attachment.fileName ?? attachmentKey(index);
		const json = { index, ...attachment, message: { id, messageId, subject, from, source }, ...more };
		return content === undefined
			? { json }
			: { json, file: { bytes: content, fileName, mimeType: attachment.contentType } };
	});
	return { items, gaps };
}

function sought(choice: AttachmentChoice): { what: string; test: (attachment: Attachment, index: number) => boolean } {
	if (choice.by === 'all') return { what: '', test: () => true };
	if (choice.by === 'index')
		return { what: `with the number ${choice.value}`, test: (_attachment, index) => index === choice.value };
	const { by, value } = choice;
	if (by === 'sha256')
		return { what: `with the SHA-256 ${value.slice(0, 64)}`, test: ({ sha256 }) => sha256 === value.toLowerCase() };
	return { what: `named '${value.slice(0, 200)}'`, test: ({ fileName }) => fileName === value };
}

function missing(what: string, { attachments }: Email, gaps: readonly EmailWarning[]): EmailError {
	const names = attachments.slice(0, 20).map(({ fileName }, index) => `${index}: ${fileName ?? '(no name)'}`);
	const has = names.length === 0 ? 'The message has no attachments.' : `It has ${names.join(', ')}.`;
	return new EmailError('EMAIL_ATTACHMENT_MISSING', `The message has no attachment ${what}`, {
		hint: [has, ...gaps.map(({ message }) => message)].join(' '),
	});
}

/** What a search found of a message, as JSON. */
export const hitJson = ({ date, receivedAt, ...hit }: MailboxHit): Json =>
	inReadingOrder({ ...hit, date: date?.toISOString(), receivedAt: receivedAt?.toISOString() });

/** Whether words were searched for, and so many messages were found that a mailbox finds no more by words. */
export function mayHaveMissed(
	hits: readonly MailboxHit[],
	search: object,
	mostByWords = Number.POSITIVE_INFINITY,
): boolean {
	const words = Object.entries(search).filter(
		([name, value]) => !['limit', 'since', 'before'].includes(name) && value !== undefined,
	);
	return hits.length >= mostByWords && words.length > 0;
}

/** What keeps the mailbox shut, whichever message is asked for: the user has to do something about it. */
const SHUT: ReadonlySet<string> = new Set<MailboxErrorCode>([
	'MAILBOX_LOGIN_REFUSED',
	'MAILBOX_NOT_ALLOWED',
	'MAILBOX_UNREACHABLE',
	'MAILBOX_TLS',
	'MAILBOX_PROXY',
	'MAILBOX_LIMIT',
	'MAILBOX_FOLDER_MISSING',
	'MAILBOX_CONFIGURATION',
]);

/**
 * The record of a message that was asked for once more and still cannot be had: it passes through and stops no other. Undefined where
 * the item is none, or where the fault is the mailbox's.
 */
export function stillMissing(item: FlowItem, error: unknown, words?: RecordWords): Json | undefined {
	const isOfMessage =
		(error instanceof EmailError && error.code !== 'EMAIL_ATTACHMENT_MISSING') ||
		(error instanceof MailboxError && !SHUT.has(error.code));
	return isOfMessage ? passedOnAgain(item, error, words) : undefined;
}

/** A mailbox that is opened, as messages name it. */
export interface OpenedMailbox {
	kind: EmailSource['kind'];
	/** Address or login. */
	name: string;
}

/** Why an item's message is not looked for in a mailbox. */
export type NotHere =
	/** The item does not identify a message. */
	| { because: 'no-source' }
	/** It is of a mailbox of another kind. */
	| { because: 'kind'; kind: EmailSource['kind'] }
	/** It is of another mailbox: the same number there is another message. */
	| { because: 'mailbox'; mailbox: string };

/** Kinds of mailboxes that messages come from. */
const KINDS: ReadonlySet<unknown> = new Set<EmailSource['kind']>(['imap', 'gmail', 'graph']);

/** The message that an item stands for, in the mailbox that is opened. */
export function referenceIn(json: Json, opened: OpenedMailbox): { reference: MessageReference } | NotHere {
	const source = (typeof json.source === 'object' && json.source !== null ? json.source : {}) as Partial<EmailSource>;
	const reference = referenceTo(source);
	if (reference === undefined) return { because: 'no-source' };
	const told = KINDS.has(source.kind) ? source.kind : undefined;
	// Who does not tell shows it by how messages are numbered: those of IMAP and Gmail are numbered alike.
	const byNumber = 'id' in reference ? 'graph' : 'imap';
	const isKind = told === undefined ? (byNumber === 'graph') === (opened.kind === 'graph') : told === opened.kind;
	if (!isKind) return { because: 'kind', kind: told ?? byNumber };
	const { mailbox } = source as { mailbox?: unknown };
	const isNamed = mailbox !== undefined && mailbox !== null;
	const name = typeof mailbox === 'string' ? mailbox : JSON.stringify(mailbox);
	if (isNamed && name.trim().toLowerCase() !== opened.name.toLowerCase()) {
		return { because: 'mailbox', mailbox: name.slice(0, 200) };
	}
	return { reference };
}

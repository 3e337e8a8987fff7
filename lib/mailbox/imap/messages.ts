import { createHash } from 'node:crypto';
import type { FetchMessageObject, MessageAddressObject } from 'imapflow';
import { parseEmail, parseMailDate, type EmailAddress, type EmailSource } from '../../email';
import type { MailboxMessage, MessageSummary } from '../message';
import { accountOf, isGmail, type ImapOptions } from './options';

/** An open folder, for ids and sources of its messages. */
export interface FolderIdentity {
	options: ImapOptions;
	/** As it was written. */
	path: string;
	/** As the server names it: what commands take. The same folder has the same ids, however its name was written. */
	serverPath: string;
	/** As cursors compare it; a server without one (RFC 9051 section 2.3.1.1 demands it) has always the same. */
	uidValidity: string;
	/** Messages in it when it was opened. */
	messages: number;
}

/** Id of a message, the same each time it is delivered; also after a move where the server has ids that survive it. */
export function messageId(folder: FolderIdentity, uid: number, emailId: string | undefined): string {
	let known = digests.get(folder);
	if (known === undefined) {
		const account = accountOf(folder.options);
		known = { account: digest(account), folder: digest(`${account}\n${folder.serverPath}`) };
		digests.set(folder, known);
	}
	// X-GM-MSGID, or OBJECTID's EMAILID (RFC 8474 section 5.1).
	return emailId ? `${known.account}:${emailId}` : `${known.folder}:${folder.uidValidity}:${uid}`;
}

const digests = new WeakMap<FolderIdentity, { account: string; folder: string }>();

function digest(text: string): string {
	return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

export function sourceOf(folder: FolderIdentity, uid: number, emailId: string | undefined): EmailSource {
	return {
		kind: isGmail(folder.options) ? 'gmail' : 'imap',
		mailbox: folder.options.user.trim(),
		folder: folder.path,
		uid,
		uidValidity: folder.uidValidity,
		...(emailId ? { emailId } : {}),
	};
}

/** INTERNALDATE as a Date; undefined when the server sends none that can be read. imapflow makes 1970 of NIL. */
export function receivedAt(row: FetchMessageObject): Date | undefined {
	const date = readableDate(row.internalDate);
	return date?.getTime() === 0 ? undefined : date;
}

/** What imapflow could not read is read as mail has it: a date without zone is UTC, wherever this process runs. */
function readableDate(value: Date | string | undefined): Date | undefined {
	if (typeof value === 'string') return parseMailDate(value)?.date;
	return value === undefined || Number.isNaN(value.getTime()) ? undefined : value;
}

/** Header fields that a summary is made of, and the one that tells its date with its zone. */
export const SUMMARY_FIELDS: string[] = ['from', 'to', 'subject', 'message-id', 'date'];
export const DATE_FIELD: string[] = ['date'];

export function summaryOf(row: FetchMessageObject): MessageSummary {
	const { envelope, headers } = row;
	const date = dateIn(headers) ?? readableDate(envelope?.date);
	const received = receivedAt(row);
	return {
		from: addresses(envelope?.from),
		to: addresses(envelope?.to),
		subject: envelope?.subject ?? '',
		...(envelope?.messageId ? { messageId: envelope.messageId } : {}),
		...(date ? { date } : {}),
		...(received ? { receivedAt: received } : {}),
		size: row.size ?? 0,
	};
}

/** The first Date field: in the envelope imapflow reads one without zone as of the zone in which this process runs. */
function dateIn(headers: Buffer | undefined): Date | undefined {
	const field = /^date[ \t]*:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)/im.exec(headers?.toString('latin1') ?? '');
	return field === null ? undefined : parseMailDate(field[1]!)?.date;
}

/**
 * A row whose envelope is read from its header fields, for servers whose ENVELOPE cannot be read: a quote or a backslash that is not
 * escaped in a subject is enough (greenmail#4, larch#7, MailKit#422).
 */
export async function withEnvelope(row: FetchMessageObject): Promise<FetchMessageObject> {
	if (!row.headers) return row;
	const { from, to, subject, messageId: id, date } = await parseEmail(row.headers);
	const list = (people: readonly EmailAddress[]) =>
		people.map(({ name, address }) => ({ ...(name === undefined ? {} : { name }), address }));
	return {
		...row,
		envelope: {
			from: list(from),
			to: list(to),
			...(subject === undefined ? {} : { subject }),
			...(id === undefined ? {} : { messageId: id }),
			...(date === undefined ? {} : { date }),
		},
	};
}

/** Whether the envelope of a row says anything. Where it does not, the header is asked for. */
export function hasEnvelope({ envelope }: FetchMessageObject): boolean {
	if (envelope === undefined) return false;
	const { from = [], to = [], subject, messageId: id, date } = envelope;
	return from.length + to.length > 0 || [subject, id, date].some((value) => Boolean(value));
}

function addresses(list: readonly MessageAddressObject[] | undefined): EmailAddress[] {
	return (list ?? [])
		.filter((entry) => Boolean(entry.address))
		.map((entry) => ({ address: entry.address!, ...(entry.name ? { name: entry.name } : {}) }));
}

/** What was read of a message. */
export interface MessageBytes {
	raw: Buffer;
	/** The bounds cut it. */
	truncated: boolean;
}

/** A message with the bytes that were fetched. `meta` tells size, date and server-wide id. */
export function toMessage(
	folder: FolderIdentity,
	meta: FetchMessageObject,
	{ raw, truncated }: MessageBytes,
): MailboxMessage {
	const received = receivedAt(meta);
	return {
		id: messageId(folder, meta.uid, meta.emailId),
		source: sourceOf(folder, meta.uid, meta.emailId),
		// RFC822.SIZE is an estimate on some servers: the bytes decide where all of them are here.
		size: truncated ? Math.max(meta.size ?? 0, raw.length) : raw.length,
		...(received ? { receivedAt: received } : {}),
		raw,
		truncated,
	};
}

import { createHash } from 'node:crypto';
import type { FetchMessageObject, MessageAddressObject } from 'imapflow';
import type { EmailAddress, EmailSource } from '../../email';
import type { MailboxMessage, MessageSummary } from '../message';
import { accountOf, isGmail, type ImapOptions } from './options';

/** An open folder, for ids and sources of its messages. */
export interface FolderIdentity {
	options: ImapOptions;
	path: string;
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
		known = { account: digest(account), folder: digest(`${account}\n${folder.path}`) };
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

/** INTERNALDATE as a Date; undefined when the server sends none that can be read. */
export function receivedAt(row: FetchMessageObject): Date | undefined {
	return readableDate(row.internalDate);
}

function readableDate(value: Date | string | undefined): Date | undefined {
	if (value === undefined) return undefined;
	const date = value instanceof Date ? value : new Date(value);
	return Number.isNaN(date.getTime()) ? undefined : date;
}

export function summaryOf(row: FetchMessageObject): MessageSummary {
	const { envelope } = row;
	const date = readableDate(envelope?.date);
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

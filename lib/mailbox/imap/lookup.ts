import type { FetchMessageObject, FetchQueryObject, SearchObject } from 'imapflow';
import { IMAP_LIMITS } from '../../limits';
import { MailboxError } from '../errors';
import type { MessageReference } from '../reference';
import type { ImapConnection } from './connection';
import { DATE_FIELD, hasEnvelope, SUMMARY_FIELDS, withEnvelope, type FolderIdentity } from './messages';
import { accountName, INBOX, type ImapOptions } from './options';
import { MAX_UID, rangesOf, sequenceSet } from './ranges';

/**
 * Size, date and, when asked for, flags and envelope of messages, the newest first. What is not told, or has an envelope that cannot be
 * read, is asked for once more in another way. A message that the server cannot tell all of is in the list like any other.
 */
export async function metadataOf(
	connection: ImapConnection,
	uids: readonly number[],
	envelope: boolean,
): Promise<FetchMessageObject[]> {
	const meta = { uid: true, size: true, internalDate: true, flags: envelope };
	const rows = await rowsOf(connection, uids, envelope ? { ...meta, envelope, headers: DATE_FIELD } : meta);
	const unread = uids.filter((uid) => !rows.has(uid) || (envelope && !hasEnvelope(rows.get(uid)!)));
	for (const uid of unread) {
		const { envelope: _empty, ...row } = rows.get(uid) ?? {};
		if ('uid' in row) rows.set(uid, row);
	}
	const again = await rowsOf(connection, unread, envelope ? { ...meta, headers: SUMMARY_FIELDS } : { uid: true });
	for (const [uid, row] of again) rows.set(uid, envelope ? await withEnvelope(row) : row);
	return [...rows.values()].sort((a, b) => b.uid - a.uid);
}

async function rowsOf(
	connection: ImapConnection,
	uids: readonly number[],
	query: FetchQueryObject,
): Promise<Map<number, FetchMessageObject>> {
	const found = new Map<number, FetchMessageObject>();
	if (uids.length === 0) return found;
	const wanted = new Set(uids);
	const rows = await connection.run('read the list of messages', () =>
		connection.client.fetchAll(sequenceSet(rangesOf(uids)), query, { uid: true }),
	);
	for (const row of rows) if (wanted.has(row.uid) && !found.has(row.uid)) found.set(row.uid, row);
	return found;
}

/** UIDs of the newest messages, the newest first: what is looked through when a search is refused or finds nothing. */
export async function newestUids(connection: ImapConnection): Promise<number[]> {
	const all = await connection.searchUids([[1, MAX_UID]]);
	return all.sort((a, b) => b - a).slice(0, IMAP_LIMITS.lookedThrough);
}

/** What the server finds; undefined when it refuses the search, over a connection that stands. */
export async function searchUnlessRefused(
	connection: ImapConnection,
	query: SearchObject,
): Promise<number[] | undefined> {
	try {
		return await connection.search(query);
	} catch (error) {
		if (!(error instanceof MailboxError) || !connection.usable) throw error;
		return undefined;
	}
}

/** A message in its folder, which is open. */
export interface FoundMessage {
	folder: FolderIdentity;
	meta: FetchMessageObject;
}

/**
 * The message of a reference; opens its folder.
 *
 * @throws MailboxError `MAILBOX_MESSAGE_MISSING`
 */
export async function findMessage(
	connection: ImapConnection,
	options: ImapOptions,
	message: MessageReference,
): Promise<FoundMessage> {
	const reference = imapReference(options, message);
	const folder = await connection.examine(reference.folder ?? INBOX);
	return { folder, meta: await findIn(connection, folder, reference) };
}

/** A reference of the kind that IMAP servers know. */
export type ImapReference = Exclude<MessageReference, { id: string }>;

/** @throws MailboxError `MAILBOX_CONFIGURATION` for one of another kind */
export function imapReference(options: ImapOptions, message: MessageReference): ImapReference {
	if (!('id' in message)) return message;
	throw new MailboxError(
		'MAILBOX_CONFIGURATION',
		`An IMAP server has no message IDs of its own: ${accountName(options)}`,
		{ hint: 'Select the message by its UID or its Message-ID.' },
	);
}

/**
 * The message in the folder that is open.
 *
 * @throws MailboxError `MAILBOX_MESSAGE_MISSING`
 */
export async function findIn(
	connection: ImapConnection,
	folder: FolderIdentity,
	message: ImapReference,
): Promise<FetchMessageObject> {
	let uid: number | undefined;
	if ('uid' in message) {
		if (message.uidValidity !== undefined && message.uidValidity !== folder.uidValidity)
			throw outdated(folder, message.uid);
		uid = message.uid;
	} else {
		uid = await uidOf(connection, message.messageId);
	}
	if (uid !== undefined && Number.isInteger(uid) && uid > 0 && uid <= MAX_UID) {
		const [meta] = await metadataOf(connection, [uid], false);
		if (meta !== undefined) return meta;
	}
	throw missingMessage(folder, message);
}

/**
 * UID of the message with this Message-ID. A search for it is refused by some servers (Yahoo: MailCore#823) and finds nothing on others
 * (MailKit#647, node-imap#737): then the newest messages are looked through.
 */
async function uidOf(connection: ImapConnection, messageId: string): Promise<number | undefined> {
	const id = bare(messageId.trim());
	if (id === '') return undefined;
	const found = await searchUnlessRefused(connection, { header: { 'Message-ID': messageId.trim() } });
	// The header search finds substrings: the exact one counts.
	const metas = await metadataOf(connection, (found ?? []).sort((a, b) => b - a).slice(0, 50), true);
	const named = metas.find((meta) => bare(meta.envelope?.messageId ?? '') === id)?.uid;
	if (named !== undefined) return named;
	const uids = await newestUids(connection);
	for (let at = 0; at < uids.length; at += IMAP_LIMITS.metadataMessages) {
		const window = uids.slice(at, at + IMAP_LIMITS.metadataMessages);
		const rows = await rowsOf(connection, window, { uid: true, headers: ['message-id'] });
		for (const uid of window) {
			const field = /^message-id[ \t]*:\s*([^\r\n]*)/im.exec(rows.get(uid)?.headers?.toString('latin1') ?? '');
			if (bare(field?.[1]?.trim() ?? '') === id) return uid;
		}
	}
	return undefined;
}

const bare = (text: string) => text.replace(/^<|>$/g, '');

export function missingMessage(
	folder: FolderIdentity,
	message: Exclude<MessageReference, { id: string }>,
): MailboxError {
	const what = 'uid' in message ? `UID ${message.uid}` : `Message-ID ${message.messageId.slice(0, 200)}`;
	return new MailboxError(
		'MAILBOX_MESSAGE_MISSING',
		`There is no message with ${what} in '${folder.path}' of ${accountName(folder.options)}`,
		{
			hint:
				'uid' in message
					? 'It may have been moved or deleted. A UID is only valid in its folder, so check the folder, too.'
					: `It may have been moved or deleted, or be in another folder. The server was searched, and the newest ${IMAP_LIMITS.lookedThrough} messages were looked through.`,
		},
	);
}

/** The number now names another message, or none (RFC 9051 section 2.3.1.1). */
function outdated(folder: FolderIdentity, uid: number): MailboxError {
	return new MailboxError(
		'MAILBOX_MESSAGE_MISSING',
		`UID ${uid} is out of date: '${folder.path}' of ${accountName(folder.options)} was re-created in the meantime`,
		{ hint: 'Select the message by its Message-ID.' },
	);
}

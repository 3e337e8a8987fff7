import type { FetchMessageObject } from 'imapflow';
import { MailboxError } from '../errors';
import type { MessageReference } from '../reference';
import type { ImapConnection } from './connection';
import type { FolderIdentity } from './messages';
import { accountName, INBOX, type ImapOptions } from './options';
import { MAX_UID, rangesOf, sequenceSet } from './ranges';

/** Size, date and, when asked for, flags and envelope of messages, the newest first. */
export async function metadataOf(
	connection: ImapConnection,
	uids: readonly number[],
	envelope: boolean,
): Promise<FetchMessageObject[]> {
	if (uids.length === 0) return [];
	const query = { uid: true, size: true, internalDate: true, flags: envelope, envelope };
	const wanted = new Set(uids);
	// A message that the server cannot tell all of is in the list like any other.
	const rows = await connection.run('read the list of messages', () =>
		connection.client.fetchAll(sequenceSet(rangesOf(uids)), query, { uid: true }),
	);
	return rows.filter((row) => wanted.has(row.uid)).sort((a, b) => b.uid - a.uid);
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
		const id = message.messageId.trim();
		const found = id === '' ? [] : await connection.search({ header: { 'Message-ID': id } });
		// The header search finds substrings: the exact one counts.
		const metas = await metadataOf(connection, found.sort((a, b) => b - a).slice(0, 50), true);
		const bare = (text: string) => text.replace(/^<|>$/g, '');
		uid = metas.find((meta) => bare(meta.envelope?.messageId ?? '') === bare(id))?.uid;
	}
	if (uid !== undefined && Number.isInteger(uid) && uid > 0 && uid <= MAX_UID) {
		const [meta] = await metadataOf(connection, [uid], false);
		if (meta !== undefined) return meta;
	}
	throw missingMessage(folder, message);
}

export function missingMessage(
	folder: FolderIdentity,
	message: Exclude<MessageReference, { id: string }>,
): MailboxError {
	const what = 'uid' in message ? `UID ${message.uid}` : `Message-ID ${message.messageId.slice(0, 200)}`;
	return new MailboxError(
		'MAILBOX_MESSAGE_MISSING',
		`There is no message with ${what} in '${folder.path}' of ${accountName(folder.options)}`,
		{
			hint: 'It may have been moved or deleted. A UID is only valid in its folder, so check the folder, too.',
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

import type { FetchMessageObject } from 'imapflow';
import { MailboxError } from '../errors';
import type { FolderIdentity } from './messages';
import { accountName } from './options';
import { MAX_UID } from './ranges';
import type { ImapConnection } from './connection';

/** Which message: by its UID in the folder (as of this UIDVALIDITY, when given), or by its Message-ID. */
export type MessageKey = { uid: number; uidValidity?: string } | { messageId: string };

/** Size, date and, when asked for, flags and envelope of messages, the newest first. */
export async function metadataOf(
	connection: ImapConnection,
	uids: readonly number[],
	envelope: boolean,
): Promise<FetchMessageObject[]> {
	if (uids.length === 0) return [];
	const query = { uid: true, size: true, internalDate: true, flags: envelope, envelope };
	const wanted = new Set(uids);
	const rows = await connection.run('read the list of messages', () =>
		connection.client.fetchAll(uids.join(','), query, { uid: true }),
	);
	return rows.filter((row) => wanted.has(row.uid)).sort((a, b) => b.uid - a.uid);
}

/**
 * The message of a key in the open folder.
 *
 * @throws MailboxError `MAILBOX_MESSAGE_MISSING`
 */
export async function findMessage(
	connection: ImapConnection,
	folder: FolderIdentity,
	key: MessageKey,
): Promise<FetchMessageObject> {
	let uid: number | undefined;
	if ('uid' in key) {
		if (key.uidValidity !== undefined && key.uidValidity !== folder.uidValidity) throw outdated(folder, key.uid);
		uid = key.uid;
	} else {
		const id = key.messageId.trim();
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
	throw missingMessage(folder, key);
}

export function missingMessage(folder: FolderIdentity, key: MessageKey): MailboxError {
	const what = 'uid' in key ? `UID ${key.uid}` : `Message-ID ${key.messageId.slice(0, 200)}`;
	return new MailboxError(
		'MAILBOX_MESSAGE_MISSING',
		`There is no message with ${what} in '${folder.path}' of ${accountName(folder.options)}`,
		{
			hint: 'It may have been moved or deleted. A UID belongs to one folder: check the folder, too.',
		},
	);
}

/** The number now names another message, or none (RFC 9051 section 2.3.1.1). */
function outdated(folder: FolderIdentity, uid: number): MailboxError {
	return new MailboxError(
		'MAILBOX_MESSAGE_MISSING',
		`UID ${uid} is out of date: '${folder.path}' of ${accountName(folder.options)} was made anew since`,
		{ hint: 'Choose the message by its Message-ID.' },
	);
}

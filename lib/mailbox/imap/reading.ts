import type { FetchMessageObject, FetchQueryObject } from 'imapflow';
import { IMAP_LIMITS, MAILBOX_LIMITS } from '../../limits';
import { MailboxError } from '../errors';
import type { ImapConnection } from './connection';
import type { MessageBytes } from './messages';
import { rangesOf, sequenceSet } from './ranges';

/**
 * FETCH of messages. `take` is told of each once, as it comes, and must not throw; it is not told of those that are gone.
 *
 * @throws MailboxError also when the server leaves out what was asked for
 */
export async function fetchRows(
	connection: ImapConnection,
	uids: readonly number[],
	query: FetchQueryObject,
	doing: string,
	take: (row: FetchMessageObject) => void,
): Promise<void> {
	const wanted = new Set(uids);
	const incomplete = new Set<number>();
	await connection.run(doing, async () => {
		// No other command in this loop: imapflow would wait for ever.
		for await (const row of connection.client.fetch(sequenceSet(rangesOf(uids)), query, { uid: true })) {
			// Servers announce flag changes of other messages in between, and of these once more.
			if (!wanted.has(row.uid)) continue;
			if (isComplete(row, query)) {
				wanted.delete(row.uid);
				incomplete.delete(row.uid);
				take(row);
			} else {
				incomplete.add(row.uid);
			}
		}
	});
	// No row is a message that is gone; a row without what was asked for is one that the server cannot give.
	const [first] = incomplete;
	if (first === undefined) return;
	throw new MailboxError(
		'MAILBOX_PROTOCOL',
		`The IMAP server did not return the requested data (${doing}, UID ${first})`,
		{
			hint: 'The message may be damaged on the server.',
		},
	);
}

function isComplete(row: FetchMessageObject, query: FetchQueryObject): boolean {
	if (query.source) return row.source !== undefined;
	if (query.bodyParts) return headerOf(row) !== undefined;
	return !query.size || row.size !== undefined;
}

/** The header, however imapflow files it. */
function headerOf(row: FetchMessageObject): Buffer | undefined {
	return row.bodyParts?.get('header') ?? row.headers;
}

/**
 * One message within bounds: whole when it fits, in pieces, else its headers. The bounds do not hang on what the server
 * says of the size. Undefined when the message is gone.
 *
 * Nothing is not believed of a message that has a size: it is asked for once more, in another way.
 *
 * @throws MailboxError also when the server has no bytes of it
 */
export async function readMessage(
	connection: ImapConnection,
	meta: Pick<FetchMessageObject, 'uid' | 'size'>,
	maxBytes: number,
): Promise<MessageBytes | undefined> {
	const { uid, size = 0 } = meta;
	const bytes =
		size > maxBytes ? await readHeader(connection, uid, maxBytes) : await readAll(connection, uid, maxBytes);
	if (bytes === undefined) return undefined;
	if (isPlaceholder(bytes.raw)) return (await isThere(connection, uid)) ? bytes : undefined;
	if (!isEmpty(bytes.raw, meta)) return bytes;
	const again = await readUnbounded(connection, uid, size > maxBytes, maxBytes);
	if (again === undefined || !isEmpty(again.raw, meta)) return again;
	throw new MailboxError(
		'MAILBOX_PROTOCOL',
		`The IMAP server gave no bytes of a message of ${size} bytes (UID ${uid}), asked in two ways`,
		{ hint: 'The message may be damaged on the server.' },
	);
}

/** Nothing, although the server says that there is something. */
export function isEmpty(raw: Buffer, { size = 0 }: Pick<FetchMessageObject, 'size'>): boolean {
	return raw.length === 0 && size > 0;
}

/** What Courier IMAP 5 gives in place of a message whose file is gone, until the session is told of it. */
const PLACEHOLDER = Buffer.from(
	[
		'From: System Administrator <root@localhost>',
		'Subject: message unavailable',
		'',
		'This message is no longer available on the server.',
		'',
	].join('\r\n'),
);

export function isPlaceholder(raw: Buffer): boolean {
	return raw.equals(PLACEHOLDER);
}

/** Anybody can write what stands in a placeholder: whether the message is there is asked. NOOP lets the server say what is gone. */
async function isThere(connection: ImapConnection, uid: number): Promise<boolean> {
	await connection.run('ask whether a message is there', () => connection.client.noop());
	return (await connection.searchUids([[uid, uid]])).includes(uid);
}

async function readHeader(
	connection: ImapConnection,
	uid: number,
	maxBytes: number,
): Promise<MessageBytes | undefined> {
	const maxLength = Math.min(maxBytes, MAILBOX_LIMITS.maxHeaderBytes);
	const query = { uid: true, bodyParts: [{ key: 'HEADER', start: 0, maxLength }] };
	let raw: Buffer | undefined;
	await fetchRows(connection, [uid], query, 'fetch the headers of a message', (row) => (raw = headerOf(row)));
	return raw && { raw, truncated: true };
}

async function readAll(connection: ImapConnection, uid: number, maxBytes: number): Promise<MessageBytes | undefined> {
	return await connection.run('fetch a message', async () => {
		// One byte more, to notice a message that is larger than the server says.
		const content = await openMessage(connection, uid, maxBytes + 1);
		if (content === undefined) return undefined;
		const chunks: Buffer[] = [];
		for await (const chunk of content) chunks.push(chunk);
		return withinBounds(Buffer.concat(chunks), maxBytes);
	});
}

/** Without a range of bytes, which some servers get wrong; what is too large for that ends the connection. */
async function readUnbounded(
	connection: ImapConnection,
	uid: number,
	headerOnly: boolean,
	maxBytes: number,
): Promise<MessageBytes | undefined> {
	const query = { uid: true, ...(headerOnly ? { headers: true } : { source: true }) };
	const row = await connection.run('fetch a message', () =>
		connection.client.fetchOne(String(uid), query, { uid: true }),
	);
	if (!row) return undefined;
	const { raw, truncated } = withinBounds((headerOnly ? row.headers : row.source) ?? Buffer.alloc(0), maxBytes);
	return { raw, truncated: truncated || headerOnly };
}

/** The first bytes of a message as they come; undefined when it is gone. Throws what imapflow throws. */
export async function openMessage(
	connection: ImapConnection,
	uid: number,
	maxBytes: number,
): Promise<AsyncIterable<Buffer> | undefined> {
	const { content } = await connection.client.download(String(uid), undefined, {
		uid: true,
		chunkSize: IMAP_LIMITS.chunkBytes,
		maxBytes,
	});
	return content as AsyncIterable<Buffer> | undefined;
}

export function withinBounds(raw: Buffer, maxBytes: number): MessageBytes {
	const truncated = raw.length > maxBytes;
	return { raw: truncated ? raw.subarray(0, maxBytes) : raw, truncated };
}

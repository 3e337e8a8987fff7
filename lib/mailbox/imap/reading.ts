import type { FetchMessageObject, FetchQueryObject } from 'imapflow';
import { IMAP_LIMITS, MAILBOX_LIMITS } from '../../limits';
import { MailboxError } from '../errors';
import type { ImapConnection } from './connection';
import { hasEnvelope, type MessageBytes } from './messages';
import { rangesOf, sequenceSet } from './ranges';

/**
 * FETCH of messages. `take` is told of each once, as it comes, and must not throw. It is not told of those that the server says
 * nothing of, or not all that was asked for: they may be gone, or damaged, or it was one bad answer, and it takes another question
 * to know.
 *
 * @throws MailboxError
 */
export async function fetchRows(
	connection: ImapConnection,
	uids: readonly number[],
	query: FetchQueryObject,
	doing: string,
	take: (row: FetchMessageObject) => void,
): Promise<void> {
	const wanted = new Set(uids);
	await connection.run(doing, async () => {
		// No other command in this loop: imapflow would wait for ever.
		for await (const row of connection.client.fetch(sequenceSet(rangesOf(uids)), query, { uid: true })) {
			// Servers announce flag changes of other messages in between, and of these once more.
			if (!wanted.has(row.uid) || !isComplete(row, query)) continue;
			wanted.delete(row.uid);
			// NIL for a body (RFC 3501 section 9, nstring) is no bytes.
			take(query.source ? { ...row, source: row.source || Buffer.alloc(0) } : row);
		}
	});
}

function isComplete(row: FetchMessageObject, query: FetchQueryObject): boolean {
	if (query.source) return row.source !== undefined;
	if (query.bodyParts) return Boolean(headerOf(row));
	if (query.headers === true || Array.isArray(query.headers)) return Boolean(row.headers);
	return !query.envelope || hasEnvelope(row);
}

/** The header, however imapflow files it. */
function headerOf(row: FetchMessageObject): Buffer | undefined {
	return row.bodyParts?.get('header') ?? row.headers;
}

/**
 * One message within bounds: whole when it fits, in pieces, else its headers. The bounds do not hang on what the server
 * says of the size. Undefined when the message is gone.
 *
 * Nothing is not believed: whether the message is there is asked, and then for it once more, in another way.
 *
 * @throws MailboxError also when the server has no bytes of it
 */
export async function readMessage(
	connection: ImapConnection,
	meta: MessageSize,
	maxBytes: number,
): Promise<MessageBytes | undefined> {
	const { uid, size = 0 } = meta;
	const isLarge = size > maxBytes;
	const bytes = await (isLarge ? readHeader : readAll)(connection, uid, maxBytes);
	if (bytes !== undefined && !isDoubtful(bytes.raw, meta)) {
		const isWhole = bytes.truncated || bytes.raw.length >= size || !(await goesOn(connection, uid, bytes.raw.length));
		const whole = isWhole ? undefined : await readUnbounded(connection, uid, false, maxBytes);
		return whole !== undefined && whole.raw.length > bytes.raw.length ? whole : bytes;
	}
	if (!(await isThere(connection, uid))) return undefined;
	if (bytes !== undefined && isPlaceholder(bytes.raw)) return bytes;
	const again = await readUnbounded(connection, uid, isLarge, maxBytes);
	if (again !== undefined && !isEmpty(again.raw, meta)) return again;
	throw noBytes(meta);
}

/**
 * Whether the server has bytes of a message behind the first ones: fewer came than it said. Mostly its sizes are estimates (Exchange);
 * but ranges of bytes are got wrong now and then, and a message that was cut there looks whole.
 */
export async function goesOn(connection: ImapConnection, uid: number, bytes: number): Promise<boolean> {
	let more = false;
	try {
		const query = { uid: true, source: { start: bytes, maxLength: 1 } };
		await fetchRows(connection, [uid], query, 'fetch a message', (row) => (more = row.source!.length > 0));
	} catch (error) {
		// Behind the end there is nothing, which some servers refuse to say.
		if (!(error instanceof MailboxError) || !connection.usable) throw error;
	}
	return more;
}

/** What is known of a message before its bytes are here. */
export type MessageSize = Pick<FetchMessageObject, 'uid' | 'size'>;

function noBytes({ uid, size }: MessageSize): MailboxError {
	const what = size === undefined ? 'a message' : `a message of ${size} bytes`;
	return new MailboxError(
		'MAILBOX_PROTOCOL',
		`The IMAP server gave no bytes of ${what} (UID ${uid}), asked in two ways`,
		{ hint: 'The message may be damaged on the server.', transient: true },
	);
}

/** An answer that is not taken for the message before it was asked for once more. */
export const isDoubtful = (raw: Buffer, meta: MessageSize) => isEmpty(raw, meta) || isPlaceholder(raw);

/** Nothing, although the server does not say that there is nothing. */
function isEmpty(raw: Buffer, { size }: MessageSize): boolean {
	return raw.length === 0 && size !== 0;
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

function isPlaceholder(raw: Buffer): boolean {
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
		const content = await download(connection, uid, maxBytes + 1);
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
	const { raw, truncated } = withinBounds((headerOnly ? row.headers : row.source) || Buffer.alloc(0), maxBytes);
	return { raw, truncated: truncated || headerOnly };
}

/**
 * The bytes of a message as they come, at most `maxBytes`; undefined when it is gone. What begins like no message is asked for once
 * more, as in {@link readMessage}.
 *
 * @throws MailboxError; what comes may end with what imapflow throws
 */
export async function openMessage(
	connection: ImapConnection,
	meta: MessageSize,
	maxBytes: number,
): Promise<AsyncIterable<Buffer> | undefined> {
	const content = await connection.run('fetch a message', () => download(connection, meta.uid, maxBytes));
	const chunks = content?.[Symbol.asyncIterator]();
	const first = await connection.run('fetch a message', async () => await chunks?.next());
	const begun = first === undefined || first.done === true ? Buffer.alloc(0) : first.value;
	const restOf = async (read: number) => {
		if (read >= Math.min(meta.size ?? 0, maxBytes) || !(await goesOn(connection, meta.uid, read))) return undefined;
		const whole = await readUnbounded(connection, meta.uid, false, maxBytes);
		return whole?.raw.subarray(read);
	};
	if (chunks !== undefined && !isDoubtful(begun, meta)) return following(begun, chunks, restOf);
	await chunks?.return?.();
	const bytes = await readMessage(connection, meta, maxBytes);
	return bytes && following(bytes.raw);
}

/** `restOf`: what is still to come when so many bytes were read and the server seems to be done. */
async function* following(
	first: Buffer,
	rest?: AsyncIterator<Buffer>,
	restOf?: (read: number) => Promise<Buffer | undefined>,
): AsyncGenerator<Buffer> {
	try {
		yield first;
		if (rest === undefined) return;
		let read = first.length;
		for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
			read += next.value.length;
			yield next.value;
		}
		const more = await restOf?.(read);
		if (more?.length) yield more;
	} finally {
		await rest?.return?.();
	}
}

/** Throws what imapflow throws. */
async function download(
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

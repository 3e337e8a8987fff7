import { Readable } from 'node:stream';
import type { FetchMessageObject } from 'imapflow';
import { systemClock } from '../../http';
import type { EmailSource } from '../../email';
import { EMAIL_LIMITS, IMAP_LIMITS } from '../../limits';
import { DAY, MiB } from '../../units';
import { MailboxError } from '../errors';
import { messageBytes, searchSettings } from '../settings';
import type {
	MailboxDownload,
	MailboxFolder,
	MailboxHit,
	MailboxMessage,
	MailboxSearch,
	PollOptions,
	PollResult,
} from '../mailbox';
import type { ImapFolderState } from './cursor';
import { headerOf } from './fetcher';
import { toFolders } from './folders';
import { findMessage, metadataOf, missingMessage, type MessageKey } from './lookup';
import { messageId, receivedAt, sourceOf, summaryOf, toMessage, type FolderIdentity } from './messages';
import { accountName, accountOf, checkedOptions, type CheckedImapOptions, type ImapOptions } from './options';
import { pollFolder } from './poll';
import { MAX_UID } from './ranges';
import { searchQuery } from './searchQuery';
import { ImapSession } from './session';

/** What a login found, for the credential's test. */
export interface MailboxTest {
	/** `user@host`. */
	account: string;
	port: number;
	/** The connection is encrypted. */
	encrypted: boolean;
	/** Folders that can be opened. */
	folders: number;
	/** Messages in INBOX. */
	inboxMessages?: number;
	/** Name and version, where the server tells them. */
	server?: string;
}

/**
 * A mailbox on an IMAP server (RFC 3501, RFC 9051).
 *
 * Reading never changes anything: folders are opened with EXAMINE and bodies fetched with BODY.PEEK. Only
 * {@link markSeen}, {@link flag} and {@link move} open a folder for writing.
 *
 * All methods throw {@link MailboxError}.
 */
export class ImapMailbox {
	#session?: ImapSession;
	#last: Promise<unknown> = Promise.resolve();
	readonly #downloads = new Set<ImapSession>();

	readonly #options: CheckedImapOptions;

	/**
	 * Does not connect.
	 *
	 * @throws MailboxError `MAILBOX_CONFIGURATION`
	 */
	constructor(options: ImapOptions) {
		this.#options = checkedOptions(options);
	}

	/**
	 * New messages of a folder since `state`, with the state to save once they were handed over. Uses a connection of
	 * its own. `state` is what an earlier poll gave (undefined: first run); a state of another mailbox, folder or
	 * UIDVALIDITY is not used, and a warning says so.
	 */
	async poll(state: ImapFolderState | undefined, options: PollOptions = {}): Promise<PollResult<ImapFolderState>> {
		const open = async (deadline: number, maxLiteralBytes: number) =>
			await ImapSession.open(this.#options, { deadline, maxLiteralBytes });
		return await pollFolder(this.#options, open, state, options);
	}

	/** The newest message that the filter lets through; undefined when there is none. Touches no cursor. */
	async sample(
		options: Pick<PollOptions, 'folder' | 'maxMessageBytes' | 'filter'> = {},
	): Promise<MailboxMessage | undefined> {
		const maxBytes = messageBytes(options.maxMessageBytes);
		return await this.#exclusively(async (session) => {
			const folder = await this.#examine(session, options.folder);
			const uids = (await session.searchUids([[1, MAX_UID]]))
				.sort((a, b) => b - a)
				.slice(0, IMAP_LIMITS.metadataMessages);
			const window = options.filter === undefined ? 1 : 50;
			for (let at = 0; at < uids.length; at += window) {
				const metas = await metadataOf(session, uids.slice(at, at + window), options.filter !== undefined);
				const wanted = metas.find((meta) => options.filter === undefined || options.filter(summaryOf(meta)));
				if (wanted !== undefined) return await this.#read(session, folder, wanted, maxBytes);
			}
			return undefined;
		});
	}

	/**
	 * One message with its bytes, up to `maxMessageBytes` (default 160 MiB; above it is `truncated`).
	 *
	 * @throws MailboxError `MAILBOX_MESSAGE_MISSING`
	 */
	async get(
		folderPath: string | undefined,
		key: MessageKey,
		options: { maxMessageBytes?: number } = {},
	): Promise<MailboxMessage> {
		const maxBytes = messageBytes(options.maxMessageBytes, EMAIL_LIMITS.maxBytes);
		return await this.#exclusively(async (session) => {
			const folder = await this.#examine(session, folderPath);
			const meta = await findMessage(session, folder, key);
			return await this.#read(session, folder, meta, maxBytes);
		});
	}

	/**
	 * One message as a stream, for those too large for memory. It has a connection of its own, which ends with the
	 * stream.
	 *
	 * @throws MailboxError `MAILBOX_MESSAGE_MISSING`; the stream may end with a MailboxError
	 */
	async download(
		folderPath: string | undefined,
		key: MessageKey | number,
		options: { maxBytes?: number } = {},
	): Promise<MailboxDownload> {
		const maxBytes = messageBytes(options.maxBytes, EMAIL_LIMITS.maxBytes);
		const session = await ImapSession.open(this.#options, { maxLiteralBytes: 2 * MiB + IMAP_LIMITS.chunkBytes });
		this.#downloads.add(session);
		try {
			const folder = await this.#examine(session, folderPath);
			const meta = await findMessage(session, folder, typeof key === 'number' ? { uid: key } : key);
			const download = await session.run('fetch a message', () =>
				session.client.download(String(meta.uid), undefined, {
					uid: true,
					chunkSize: IMAP_LIMITS.chunkBytes,
					maxBytes,
				}),
			);
			if (download.content === undefined) throw missingMessage(folder, { uid: meta.uid });
			const stream = Readable.from(explained(download.content, session), { objectMode: false });
			stream.once('close', () => {
				this.#downloads.delete(session);
				void session.close();
			});
			const received = receivedAt(meta);
			return {
				id: messageId(folder, meta.uid, meta.emailId),
				source: sourceOf(folder, meta.uid, meta.emailId),
				...(meta.size === undefined ? {} : { size: meta.size }),
				...(received ? { receivedAt: received } : {}),
				stream,
			};
		} catch (error) {
			this.#downloads.delete(session);
			session.abort();
			throw error;
		}
	}

	/** Messages that match, newest first, without their bytes. */
	async search(folderPath: string | undefined, search: MailboxSearch): Promise<MailboxHit[]> {
		const { limit, since, before } = searchSettings(search);
		return await this.#exclusively(async (session) => {
			const folder = await this.#examine(session, folderPath);
			const query = searchQuery({ ...search, since, before }, DAY);
			const found = (await session.search(query)).sort((a, b) => b - a);
			const hits: MailboxHit[] = [];
			for (let at = 0; at < found.length && hits.length < limit; at += IMAP_LIMITS.metadataMessages) {
				const metas = await metadataOf(
					session,
					found.slice(at, at + Math.min(IMAP_LIMITS.metadataMessages, limit)),
					true,
				);
				for (const meta of metas) {
					const received = receivedAt(meta);
					// IMAP compares days, in the server's zone; here the time decides.
					if (received !== undefined && since !== undefined && received < since) continue;
					if (received !== undefined && before !== undefined && received >= before) continue;
					if (hits.length >= limit) break;
					hits.push({
						id: messageId(folder, meta.uid, meta.emailId),
						source: sourceOf(folder, meta.uid, meta.emailId),
						...summaryOf(meta),
						// \Recent belongs to the session, not to the message.
						flags: [...(meta.flags ?? [])].filter((flag) => flag !== '\\Recent'),
					});
				}
			}
			return hits;
		});
	}

	/** All folders that can be opened. `counts` costs a STATUS for each. */
	async listFolders(options: { counts?: boolean } = {}): Promise<MailboxFolder[]> {
		return await this.#exclusively(async (session) => {
			const statusQuery = { messages: true, unseen: true };
			const listed = await session.run('list the folders', () =>
				session.client.list(options.counts ? { statusQuery } : {}),
			);
			return toFolders(listed);
		});
	}

	/** Logs in for real and says what it found. */
	async test(): Promise<MailboxTest> {
		return await this.#exclusively(async (session) => {
			const folders = toFolders(await session.run('list the folders', () => session.client.list()));
			const box = await session.examine('INBOX');
			const { name, version } = (session.client.serverInfo ?? {}) as { name?: unknown; version?: unknown };
			const server = [name, version]
				.filter((text) => typeof text === 'string')
				.join(' ')
				.slice(0, 100);
			return {
				account: accountOf(this.#options),
				port: this.#options.port,
				encrypted: session.client.secureConnection,
				folders: folders.length,
				inboxMessages: box.exists,
				...(server === '' ? {} : { server }),
			};
		});
	}

	/**
	 * Sets \Seen. Says which message it was.
	 *
	 * @throws MailboxError `MAILBOX_MESSAGE_MISSING`
	 */
	async markSeen(folderPath: string | undefined, key: MessageKey | number): Promise<EmailSource> {
		return await this.flag(folderPath, key, ['\\Seen']);
	}

	/**
	 * Adds flags (`\\Flagged`) or keywords (`$Phishing`), or removes them. Says which message it was. Throws
	 * MAILBOX_MESSAGE_MISSING.
	 */
	async flag(
		folderPath: string | undefined,
		key: MessageKey | number,
		flags: string[],
		action: 'add' | 'remove' = 'add',
	): Promise<EmailSource> {
		return await this.#exclusively(async (session) => {
			const { source } = await this.#change(session, folderPath, key, 'change the flags of a message', (uid) =>
				action === 'add'
					? session.client.messageFlagsAdd(uid, flags, { uid: true })
					: session.client.messageFlagsRemove(uid, flags, { uid: true }),
			);
			return source;
		});
	}

	/**
	 * Moves a message. `source` is where it is now; its UID there is known only where the server tells it. Throws
	 * MAILBOX_MESSAGE_MISSING, MAILBOX_FOLDER_MISSING.
	 */
	async move(
		folderPath: string | undefined,
		key: MessageKey | number,
		destination: string,
	): Promise<{ uid?: number; source: EmailSource }> {
		return await this.#exclusively(async (session) => {
			// A missing target must be told as one, with near matches, before anything is touched.
			const target = await this.#examine(session, destination);
			const { capabilities } = session.client;
			if (!capabilities.has('MOVE') && !capabilities.has('UIDPLUS')) {
				// It would take COPY, STORE and an EXPUNGE that removes whatever else is marked as deleted.
				throw new MailboxError(
					'MAILBOX_PROTOCOL',
					`The IMAP server cannot move a message safely: ${accountName(this.#options)}`,
					{
						hint: 'It lacks both MOVE (RFC 6851) and UIDPLUS (RFC 4315).',
					},
				);
			}
			const { source, result } = await this.#change(
				session,
				folderPath,
				key,
				`move a message to '${destination}'`,
				(uid) => session.client.messageMove(uid, destination, { uid: true }),
			);
			const uid = result.uidMap?.get(source.uid!);
			const { uid: _uid, uidValidity: _uidValidity, ...rest } = source;
			const now = { ...rest, folder: destination };
			return uid === undefined ? { source: now } : { uid, source: { ...now, uid, uidValidity: target.uidValidity } };
		});
	}

	/** Ends all connections. */
	async close(): Promise<void> {
		for (const session of this.#downloads) session.abort();
		await this.#last;
		await this.#session?.close();
	}

	/** One action after the other: each opens the folder it needs, and there is one open folder a connection. */
	async #exclusively<T>(action: (session: ImapSession) => Promise<T>): Promise<T> {
		const turn = this.#last.then(async () => await action(await this.#open()));
		this.#last = turn.catch(() => undefined);
		return await turn;
	}

	/** The connection of the actions, connected anew when it is gone. */
	async #open(): Promise<ImapSession> {
		const deadline = (this.#options.clock ?? systemClock).now() + this.#options.actionTimeoutMs;
		if (this.#session?.usable) {
			this.#session.extend(deadline);
			return this.#session;
		}
		this.#session = await ImapSession.open(this.#options, {
			deadline,
			maxLiteralBytes: EMAIL_LIMITS.maxBytes + 4 * MiB,
		});
		return this.#session;
	}

	async #examine(session: ImapSession, path = 'INBOX'): Promise<FolderIdentity> {
		const box = await session.examine(path);
		return { options: this.#options, path, uidValidity: String(box.uidValidity ?? 0) };
	}

	async #read(session: ImapSession, folder: FolderIdentity, meta: FetchMessageObject, maxBytes: number) {
		const size = meta.size ?? 0;
		const doing = 'fetch a message';
		if (size > maxBytes) {
			const maxLength = Math.min(maxBytes, IMAP_LIMITS.maxHeaderBytes);
			const row = await session.run(doing, () =>
				session.client.fetchOne(
					String(meta.uid),
					{ uid: true, bodyParts: [{ key: 'HEADER', start: 0, maxLength }] },
					{ uid: true },
				),
			);
			const header = row === false || row === undefined ? undefined : headerOf(row);
			if (header === undefined) throw missingMessage(folder, { uid: meta.uid });
			return toMessage(folder, meta, header, true);
		}
		const raw = await session.run(doing, async () => {
			const options = { uid: true, chunkSize: IMAP_LIMITS.chunkBytes, maxBytes: maxBytes + 1 };
			const download = await session.client.download(String(meta.uid), undefined, options);
			if (download.content === undefined) return undefined;
			const chunks: Buffer[] = [];
			for await (const chunk of download.content as AsyncIterable<Buffer>) chunks.push(chunk);
			return Buffer.concat(chunks);
		});
		if (raw === undefined) throw missingMessage(folder, { uid: meta.uid });
		const truncated = raw.length > maxBytes;
		return toMessage(folder, meta, truncated ? raw.subarray(0, maxBytes) : raw, truncated);
	}

	async #change<T>(
		session: ImapSession,
		path: string | undefined,
		key: MessageKey | number,
		doing: string,
		action: (uid: string) => Promise<T | false | undefined>,
	): Promise<{ source: EmailSource; result: T }> {
		const folder = await this.#examine(session, path);
		const { uid, emailId } = await findMessage(session, folder, typeof key === 'number' ? { uid: key } : key);
		await session.select(folder.path);
		try {
			const result = await session.run(doing, () => action(String(uid)));
			if (result === false || result === undefined) {
				throw new MailboxError(
					'MAILBOX_PROTOCOL',
					`The IMAP server refused to ${doing}: ${accountName(this.#options)}`,
					{
						hint: 'The folder may be read-only for this user, or the flag not allowed.',
					},
				);
			}
			return { source: sourceOf(folder, uid, emailId), result };
		} finally {
			// Nothing that follows may happen to a folder open for writing. Not by CLOSE: it would expunge what somebody
			// else has marked as deleted (RFC 9051 section 6.4.1).
			if (session.usable) await session.examine(folder.path).catch(() => session.abort());
		}
	}
}

/** The bytes of a stream; what breaks it becomes a MailboxError. */
async function* explained(content: Readable, session: ImapSession): AsyncGenerator<Buffer> {
	try {
		for await (const chunk of content as AsyncIterable<Buffer>) yield chunk;
	} catch (error) {
		throw session.explain(error, 'fetch a message');
	}
}

import { systemClock } from '../../http';
import { EMAIL_LIMITS, IMAP_LIMITS } from '../../limits';
import { MiB } from '../../units';
import type {
	FolderListOptions,
	Mailbox,
	MailboxChanges,
	MailboxFolder,
	MailboxSearch,
	MailboxTest,
	MessageBounds,
	SampleOptions,
	SearchOptions,
} from '../mailbox';
import type { MailboxDownload, MailboxHit, MailboxMessage } from '../message';
import type { PollOptions, PollResult } from '../polling';
import type { MessageReference } from '../reference';
import { messageBytes, pollSettings, searchSettings } from '../settings';
import { messageStream } from '../stream';
import { ImapChanges } from './changes';
import { ImapConnection } from './connection';
import type { ImapFolderState } from './cursor';
import { toFolders } from './folders';
import { findMessage, metadataOf, missingMessage, type FoundMessage } from './lookup';
import { messageId, receivedAt, sourceOf, summaryOf, toMessage } from './messages';
import { accountOf, checkedOptions, INBOX, type CheckedImapOptions, type ImapOptions } from './options';
import { pollFolder } from './poll';
import { MAX_UID } from './ranges';
import { openMessage, readMessage } from './reading';
import { searchFolder } from './search';
import { inTurn } from './turns';

/**
 * A mailbox on an IMAP server (RFC 3501, RFC 9051).
 *
 * Reading never changes anything: folders are opened with EXAMINE and bodies fetched with BODY.PEEK. Only
 * {@link changes} opens a folder for writing.
 *
 * All methods throw {@link MailboxError}.
 */
export class ImapMailbox implements Mailbox<ImapFolderState> {
	readonly changes: MailboxChanges;

	#connection?: ImapConnection;
	#last: Promise<unknown> = Promise.resolve();
	readonly #downloads = new Set<ImapConnection>();

	readonly #options: CheckedImapOptions;

	/**
	 * Does not connect.
	 *
	 * @throws MailboxError `MAILBOX_CONFIGURATION`
	 */
	constructor(options: ImapOptions) {
		this.#options = checkedOptions(options);
		this.changes = new ImapChanges(this.#options, async (action) => await this.#exclusively(action));
	}

	/** See {@link Mailbox.poll}. Uses a connection of its own. A state of another UIDVALIDITY is not used either. */
	async poll(state: ImapFolderState | undefined, options: PollOptions = {}): Promise<PollResult<ImapFolderState>> {
		const open = async (deadline: number, maxLiteralBytes: number) =>
			await ImapConnection.open(this.#options, { deadline, maxLiteralBytes, isLean: true });
		const { deadline } = pollSettings(options, (this.#options.clock ?? systemClock).now());
		return await inTurn(this.#options, deadline, async () => await pollFolder(this.#options, open, state, options));
	}

	/** See {@link Mailbox.sample}. It looks at the newest 500. */
	async sample(options: SampleOptions = {}): Promise<MailboxMessage | undefined> {
		const maxBytes = messageBytes(options.maxMessageBytes);
		return await this.#exclusively(async (connection) => {
			const folder = await connection.examine(options.folder ?? INBOX);
			const uids = (await connection.searchUids([[1, MAX_UID]]))
				.sort((a, b) => b - a)
				.slice(0, IMAP_LIMITS.metadataMessages);
			const window = options.filter === undefined ? 1 : 50;
			for (let at = 0; at < uids.length; at += window) {
				const metas = await metadataOf(connection, uids.slice(at, at + window), options.filter !== undefined);
				// Without an envelope nothing can be judged: a poll would hand it over.
				const wanted = metas.find(
					(meta) => options.filter === undefined || meta.envelope === undefined || options.filter(summaryOf(meta)),
				);
				if (wanted !== undefined) return await this.#read(connection, { folder, meta: wanted }, maxBytes);
			}
			return undefined;
		});
	}

	async get(message: MessageReference, options: MessageBounds = {}): Promise<MailboxMessage> {
		const maxBytes = messageBytes(options.maxMessageBytes, EMAIL_LIMITS.maxBytes);
		return await this.#exclusively(async (connection) => {
			const found = await findMessage(connection, this.#options, message);
			return await this.#read(connection, found, maxBytes);
		});
	}

	/** See {@link Mailbox.download}. It has a connection of its own, which ends with the stream. */
	async download(message: MessageReference, options: MessageBounds = {}): Promise<MailboxDownload> {
		const maxBytes = messageBytes(options.maxMessageBytes, EMAIL_LIMITS.maxBytes);
		const connection = await ImapConnection.open(this.#options, {
			maxLiteralBytes: 2 * MiB + IMAP_LIMITS.chunkBytes,
		});
		this.#downloads.add(connection);
		try {
			const { folder, meta } = await findMessage(connection, this.#options, message);
			const content = await openMessage(connection, meta, maxBytes);
			if (content === undefined) throw missingMessage(folder, { uid: meta.uid });
			const toError = (error: unknown) => connection.explain(error, 'fetch a message');
			const stream = messageStream(content, maxBytes, toError, () => {
				this.#downloads.delete(connection);
				void connection.close();
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
			this.#downloads.delete(connection);
			connection.abort();
			throw error;
		}
	}

	async search(search: MailboxSearch, { folder: path = INBOX }: SearchOptions = {}): Promise<MailboxHit[]> {
		const { limit, since, before } = searchSettings(search);
		return await this.#exclusively(async (connection) => {
			const folder = await connection.examine(path);
			const metas = await searchFolder(connection, { ...search, since, before, limit });
			return metas.map((meta) => ({
				id: messageId(folder, meta.uid, meta.emailId),
				source: sourceOf(folder, meta.uid, meta.emailId),
				...summaryOf(meta),
				// \Recent belongs to the session, not to the message.
				flags: [...(meta.flags ?? [])].filter((flag) => flag !== '\\Recent'),
			}));
		});
	}

	/** See {@link Mailbox.listFolders}. `counts` costs a STATUS for each. */
	async listFolders(options: FolderListOptions = {}): Promise<MailboxFolder[]> {
		return await this.#exclusively(async (connection) => {
			const statusQuery = { messages: true, unseen: true };
			const listed = await connection.run('list the folders', () =>
				connection.client.list(options.counts ? { statusQuery } : {}),
			);
			return toFolders(listed);
		});
	}

	async test(): Promise<MailboxTest> {
		return await this.#exclusively(async (connection) => {
			const folders = toFolders(await connection.run('list the folders', () => connection.client.list()));
			const inbox = await connection.examine(INBOX);
			const { name, version } = (connection.client.serverInfo ?? {}) as { name?: unknown; version?: unknown };
			const server = [name, version]
				.filter((text) => typeof text === 'string')
				.join(' ')
				.slice(0, 100);
			return {
				account: accountOf(this.#options),
				port: this.#options.port,
				encrypted: connection.client.secureConnection,
				folders,
				inboxMessages: inbox.messages,
				...(server === '' ? {} : { server }),
			};
		});
	}

	async close(): Promise<void> {
		for (const connection of this.#downloads) connection.abort();
		await this.#last;
		await this.#connection?.close();
	}

	/** One action after the other: each opens the folder it needs, and there is one open folder a connection. */
	async #exclusively<T>(action: (connection: ImapConnection) => Promise<T>): Promise<T> {
		const turn = this.#last.then(async () => await action(await this.#open()));
		this.#last = turn.catch(() => undefined);
		return await turn;
	}

	/** The connection of the actions, connected anew when it is gone. */
	async #open(): Promise<ImapConnection> {
		const deadline = (this.#options.clock ?? systemClock).now() + this.#options.actionTimeoutMs;
		if (this.#connection?.usable) {
			this.#connection.extend(deadline);
			return this.#connection;
		}
		this.#connection = await ImapConnection.open(this.#options, {
			deadline,
			maxLiteralBytes: EMAIL_LIMITS.maxBytes + 4 * MiB,
		});
		return this.#connection;
	}

	async #read(connection: ImapConnection, { folder, meta }: FoundMessage, maxBytes: number): Promise<MailboxMessage> {
		const bytes = await readMessage(connection, meta, maxBytes);
		if (bytes === undefined) throw missingMessage(folder, { uid: meta.uid });
		return toMessage(folder, meta, bytes);
	}
}

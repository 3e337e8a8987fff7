import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { EMAIL_LIMITS } from '../../limits';
import type { Logger } from '../../logger';
import { createDispatcher, systemClock, type Clock, type NetworkOptions } from '../../http';
import {
	cloudOf,
	EntraTokens,
	GraphClient,
	type AppCredential,
	type Cloud,
	type CloudChoice,
	type TokenSource,
} from '../../microsoft';
import { MailboxError } from '../errors';
import type {
	FolderListOptions,
	Mailbox,
	MailboxFolder,
	MailboxSearch,
	MailboxTest,
	MessageBounds,
	SampleOptions,
	SearchOptions,
} from '../mailbox';
import type { MailboxDownload, MailboxHit, MailboxMessage, MessageSummary } from '../message';
import type { PollOptions, PollResult } from '../polling';
import type { MessageReference } from '../reference';
import { actionTimeout, messageBytes, pollSettings } from '../settings';
import { folderPath, GraphAccount, segment, userPath } from './account';
import type { GraphFolderState, Queued } from './cursor';
import { GraphMailboxError, toMailboxError } from './errors';
import { MAIL_MEANINGS } from './explain';
import { listFolders, resolveFolder, rowsOf, type FolderPage } from './folders';
import {
	contentMissing,
	dateOf,
	noMime,
	fetchMessage,
	getRow,
	listAttachments,
	messagePath,
	sourceOf,
	SUMMARY_FIELDS,
	summaryOf,
	type GraphAttachmentList,
	type MessageRow,
	tellsNothing,
} from './messages';
import { FolderPoll } from './poll';
import { findByMessageId, searchMessages } from './search';

/** Which mailbox of Microsoft 365 is read, as which application, in which cloud, and how it is reached. */
export interface GraphMailboxOptions extends AppCredential, CloudChoice, NetworkOptions {
	/** Address (user principal name) or object ID of a user or shared mailbox. */
	mailbox: string;
	/** Requests of this application in flight, over this process. Default 3, at most 4. */
	concurrency?: number | undefined;
	/** Milliseconds for one action other than a poll. Default 120,000. */
	actionTimeoutMs?: number | undefined;
	/** How changes are found. Default: by delta query where the cloud has it, else by lastModifiedDateTime. */
	changes?: 'delta' | 'modified' | undefined;
	clock?: Clock | undefined;
	/** Tokens from elsewhere, instead of tenant, client ID and secret or certificate. */
	tokens?: TokenSource | undefined;
	/** Told of every request at the level debug, those for tokens included: method, origin, path, status, bytes and milliseconds. */
	logger?: Logger | undefined;
}

/**
 * A Microsoft 365 mailbox through Graph, app-only, read-only. One object a poll; close it when done.
 *
 * Guarantee of {@link poll}: a message that is in the folder, or comes into it by delivery, move or copy, is handed
 * over at least once, in this or a later poll, provided the returned state is saved after the hand-over. It comes
 * again, with the same id, after a state was not saved, and now and then when Exchange forgot the delta link.
 *
 * All methods throw {@link MailboxError}.
 */
export class GraphMailbox implements Mailbox<GraphFolderState> {
	readonly #account: GraphAccount;
	readonly #clock: Clock;
	readonly #closeConnections: () => Promise<void>;
	readonly #host: string;
	readonly #method: 'delta' | 'modified';
	readonly #actionTimeoutMs: number;

	/** @throws MailboxError `MAILBOX_CONFIGURATION` */
	constructor(options: GraphMailboxOptions) {
		const mailbox = options.mailbox.trim();
		if (mailbox === '')
			throw new MailboxError('MAILBOX_CONFIGURATION', "'Mailbox' is empty", {
				hint: "Enter the address of a user or shared mailbox in 'Mailbox' of the credential or the node.",
			});
		this.#clock = options.clock ?? systemClock;
		this.#actionTimeoutMs = actionTimeout(options.actionTimeoutMs);
		const dispatcher = createDispatcher(options);
		try {
			const cloud = cloudOf(options);
			this.#host = new URL(cloud.graphUrl).host;
			this.#method = options.changes ?? (cloud.delta ? 'delta' : 'modified');
			const client = clientOf(options, cloud, dispatcher, this.#clock);
			this.#closeConnections = async () => {
				await client.close();
				await dispatcher.destroy();
			};
			this.#account = new GraphAccount(client, mailbox);
		} catch (error) {
			throw toMailboxError(error);
		}
	}

	/** See {@link Mailbox.poll}. Several polls may be needed for a large first round: `more` says so. */
	async poll(state: GraphFolderState | undefined, options: PollOptions = {}): Promise<PollResult<GraphFolderState>> {
		// Checked now, not when the first answer is there.
		const { lookBack, firstRunCap, ...settings } = pollSettings(options, this.#clock.now());
		const poll = new FolderPoll(this.#account, {
			folder: options.folder ?? 'inbox',
			...settings,
			order: options.order ?? 'oldest',
			floorOf: (serverTime) => {
				const start = lookBack.startFrom(serverTime);
				return start === undefined ? undefined : Math.floor(start.getTime() / 1000);
			},
			method: this.#method,
			account: this.#accountName,
			now: () => this.#clock.now(),
			...(firstRunCap === undefined ? {} : { firstRunCap }),
			...(options.filter === undefined ? {} : { filter: options.filter }),
		});
		return await poll.run(state);
	}

	/** See {@link Mailbox.sample}. It looks at the newest 100. */
	async sample(options: SampleOptions = {}): Promise<MailboxMessage | undefined> {
		const deadline = this.#deadline();
		const maxBytes = messageBytes(options.maxMessageBytes);
		const { folder = 'inbox', filter } = options;
		const { id } = await resolveFolder(this.#account, folder, deadline);
		const { body } = await this.#account.get<FolderPage<MessageRow>>({
			path: `${folderPath(this.#account, id)}/messages`,
			query: {
				$select: filter === undefined ? 'id,receivedDateTime,hasAttachments' : `${SUMMARY_FIELDS},hasAttachments`,
				$orderby: 'receivedDateTime desc',
				$top: filter === undefined ? 1 : 100,
			},
			where: `${this.#account.mailbox}, folder ${folder}`,
			deadline,
		});
		for (const row of rowsOf(this.#account, body)) {
			if (filter !== undefined && !(await this.#isWanted(row, filter, deadline))) continue;
			return await this.#message(row, folder, maxBytes, deadline);
		}
		return undefined;
	}

	/** As in a poll: what a list does not tell of a message is asked of itself, and what cannot be judged is wanted. */
	async #isWanted(row: MessageRow, filter: (message: MessageSummary) => boolean, deadline: number): Promise<boolean> {
		if (!tellsNothing(row)) return filter(summaryOf(row));
		const second = await getRow(this.#account, row.id, SUMMARY_FIELDS, deadline);
		return tellsNothing(second) || filter(summaryOf(second));
	}

	async get(message: MessageReference, options: MessageBounds = {}): Promise<MailboxMessage> {
		const deadline = this.#deadline();
		const maxBytes = messageBytes(options.maxMessageBytes, EMAIL_LIMITS.maxBytes);
		const id = await this.#idOf(message, deadline);
		const row = await getRow(this.#account, id, 'id,receivedDateTime,hasAttachments', deadline);
		return await this.#message(row, undefined, maxBytes, deadline);
	}

	async download(message: MessageReference, options: MessageBounds = {}): Promise<MailboxDownload> {
		const deadline = this.#deadline();
		const maxBytes = messageBytes(options.maxMessageBytes, EMAIL_LIMITS.maxBytes);
		const id = await this.#idOf(message, deadline);
		const row = await getRow(this.#account, id, 'id,receivedDateTime', deadline);
		const request = {
			path: `${messagePath(this.#account, id)}/$value`,
			where: `a message of ${this.#account.mailbox}`,
			deadline,
		};
		const receivedAt = dateOf(row.receivedDateTime);
		return {
			id,
			source: sourceOf(this.#account, id),
			...(receivedAt === undefined ? {} : { receivedAt }),
			...(await this.#found(() =>
				this.#account.stream(request, maxBytes, (beginning) => noMime(this.#account, beginning)),
			)),
		};
	}

	/** Attachments of a message, without their bytes. `id` is Graph's. */
	async attachments(id: string): Promise<GraphAttachmentList> {
		return await listAttachments(this.#account, id, this.#deadline());
	}

	/** The bytes of one file or of one attached message (its MIME). A reference has none: MAILBOX_PROTOCOL. */
	async downloadAttachment(id: string, attachmentId: string): Promise<Readable> {
		const request = {
			path: `${messagePath(this.#account, id)}/attachments/${segment(attachmentId)}/$value`,
			where: `an attachment in ${this.#account.mailbox}`,
			deadline: this.#deadline(),
		};
		return (await this.#account.stream(request, EMAIL_LIMITS.maxBytes)).stream;
	}

	/** See {@link Mailbox.search}. By words, Exchange finds at most 1,000 messages. */
	async search(search: MailboxSearch, { folder }: SearchOptions = {}): Promise<MailboxHit[]> {
		return await searchMessages(this.#account, search, folder, this.#deadline());
	}

	async listFolders({ onTruncated }: FolderListOptions = {}): Promise<MailboxFolder[]> {
		const { folders, truncated } = await listFolders(this.#account, this.#deadline());
		if (truncated) onTruncated?.();
		return folders;
	}

	/**
	 * Signs in, reads the folders, and the beginning of one message: the permission Mail.ReadBasic lists folders and
	 * cannot read messages.
	 */
	async test(): Promise<MailboxTest> {
		const deadline = this.#deadline();
		const { folders } = await listFolders(this.#account, deadline);
		const account = this.#accountName;
		const { body } = await this.#account.get<FolderPage<MessageRow>>({
			path: `${userPath(this.#account)}/messages`,
			query: { $select: 'id', $top: 1 },
			where: this.#account.mailbox,
			deadline,
		});
		const id = rowsOf(this.#account, body)[0]?.id;
		if (id === undefined) return { account, folders };
		await this.#account.bytes(
			{ path: `${messagePath(this.#account, id)}/$value`, where: `the messages of ${this.#account.mailbox}`, deadline },
			1,
		);
		return { account, folders, canReadMessages: true };
	}

	close(): Promise<void> {
		return this.#closeConnections();
	}

	async #message(
		row: MessageRow,
		folder: string | undefined,
		maxMessageBytes: number,
		deadline: number,
	): Promise<MailboxMessage> {
		const receivedAt = Math.floor((dateOf(row.receivedDateTime)?.getTime() ?? 0) / 1000);
		const queued: Queued = row.hasAttachments ? [row.id, receivedAt, 1] : [row.id, receivedAt];
		return await this.#found(() => fetchMessage(this.#account, queued, folder, maxMessageBytes, deadline));
	}

	/** Asks for the bytes of a message whose fields were just read: where they are not found, it was not deleted. */
	async #found<T>(ask: () => Promise<T>): Promise<T> {
		try {
			return await ask();
		} catch (error) {
			throw error instanceof GraphMailboxError && error.isGone ? contentMissing(this.#account, error) : error;
		}
	}

	async #idOf(message: MessageReference, deadline: number): Promise<string> {
		const { mailbox } = this.#account;
		if ('id' in message) {
			// An empty one would be the list of all messages.
			if (message.id.trim() !== '') return message.id;
			throw new MailboxError('MAILBOX_MESSAGE_MISSING', `The Graph ID of the message in ${mailbox} is empty`, {
				hint: 'Use the ID from a mailbox trigger or from the operation Search.',
			});
		}
		if ('uid' in message) {
			throw new MailboxError('MAILBOX_CONFIGURATION', `Microsoft 365 has no UIDs for messages: ${mailbox}`, {
				hint: 'Select the message by its Graph ID or its Message-ID.',
			});
		}
		const id = await findByMessageId(this.#account, message.messageId, deadline);
		if (id !== undefined) return id;
		throw new MailboxError('MAILBOX_MESSAGE_MISSING', `No message in ${mailbox} has that Message-ID`, {
			hint: 'The message was deleted, or is in another mailbox.',
		});
	}

	/** `mailbox@host`, as cursors know it. */
	get #accountName(): string {
		return `${this.#account.mailbox.toLowerCase()}@${this.#host}`;
	}

	#deadline(): number {
		return this.#clock.now() + this.#actionTimeoutMs;
	}
}

function clientOf(
	{ concurrency, tokens, ...options }: GraphMailboxOptions,
	cloud: Cloud,
	dispatcher: Dispatcher,
	clock: Clock,
): GraphClient {
	const { clientId, validateUrl, logger } = options;
	const connection = {
		dispatcher,
		clock,
		...(validateUrl ? { validateUrl } : {}),
		...(logger ? { logger } : {}),
	};
	return new GraphClient({
		graphUrl: cloud.graphUrl,
		gate: `exchange:${clientId}`,
		tokens: tokens ?? new EntraTokens({ ...options, cloud, ...connection }),
		concurrency,
		meanings: MAIL_MEANINGS,
		clock,
		http: connection,
	});
}

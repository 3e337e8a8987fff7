import type { Readable } from 'node:stream';
import { createDispatcher, systemClock, type Clock, type NetworkOptions } from '../../http';
import { cloudOf, EntraTokens, type AppCredential, type CloudChoice, type TokenSource } from '../entra';
import { MailboxError } from '../errors';
import { budgetOf, messageBytes, pollSettings } from '../settings';
import type {
	MailboxDownload,
	MailboxFolder,
	MailboxHit,
	MailboxMessage,
	MailboxSearch,
	PollOptions,
	PollResult,
} from '../mailbox';
import { GraphClient } from './client';
import type { GraphFolderState } from './cursor';
import { folderPath, listFolders, resolveFolder, userPath, type FolderPage, type GraphAccount } from './folders';
import {
	dateOf,
	fetchMessage,
	getRow,
	listAttachments,
	messagePath,
	sourceOf,
	SUMMARY_FIELDS,
	summaryOf,
	type GraphAttachment,
	type MessageRow,
} from './messages';
import { FolderPoll } from './poll';
import { findByMessageId, searchMessages } from './search';

export interface GraphMailboxOptions extends AppCredential, CloudChoice, NetworkOptions {
	/** Address (user principal name) or object ID of a user or shared mailbox. */
	mailbox: string;
	/** Requests of this application in flight, over this process. Default 3, at most 4. */
	concurrency?: number;
	/** How changes are found. Default: by delta query where the cloud has it, else by lastModifiedDateTime. */
	changes?: 'delta' | 'modified';
	clock?: Clock;
	/** Tokens from elsewhere, instead of tenant, client ID and secret or certificate. */
	tokens?: TokenSource;
}

export interface GraphPollOptions extends PollOptions {
	/** Bytes of all messages of one poll; the rest waits. Default 128 MiB. */
	maxPollBytes?: number;
}

/** What a credential test found. */
export interface GraphTestResult {
	folders: MailboxFolder[];
	/** Whether a message's bytes could be read; undefined when the inbox is empty. */
	canReadMessages?: boolean;
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
export class GraphMailbox {
	readonly #account: GraphAccount;
	readonly #clock: Clock;
	readonly #closeConnections: () => Promise<void>;
	readonly #host: string;
	readonly #method: 'delta' | 'modified';

	/** @throws MailboxError `MAILBOX_CONFIGURATION` */
	constructor(options: GraphMailboxOptions) {
		const cloud = cloudOf(options);
		const mailbox = options.mailbox.trim();
		if (mailbox === '')
			throw new MailboxError('MAILBOX_CONFIGURATION', "'Mailbox' is empty", {
				hint: 'Enter the address of a user or shared mailbox.',
			});
		this.#clock = options.clock ?? systemClock;
		this.#host = new URL(cloud.graphUrl).host;
		this.#method = options.changes ?? (cloud.delta ? 'delta' : 'modified');
		const dispatcher = createDispatcher(options);
		this.#closeConnections = () => dispatcher.destroy();
		const network = { ...(options.validateUrl ? { validateUrl: options.validateUrl } : {}), clock: this.#clock };
		const client = new GraphClient({
			graphUrl: cloud.graphUrl,
			appId: options.clientId,
			tokens: options.tokens ?? new EntraTokens({ ...options, cloud, dispatcher, ...network }),
			clock: this.#clock,
			http: { dispatcher, ...network },
			...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
		});
		this.#account = { client, mailbox };
	}

	/**
	 * What came into a folder since `state`; without one, the look-back. Several polls may be needed for a large first
	 * round: `more` says so. `state` is not changed; save the returned one after the messages were handed over.
	 */
	async poll(
		state: GraphFolderState | undefined,
		options: GraphPollOptions = {},
	): Promise<PollResult<GraphFolderState>> {
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
			account: `${this.#account.mailbox.toLowerCase()}@${this.#host}`,
			now: () => this.#clock.now(),
			...(firstRunCap === undefined ? {} : { firstRunCap }),
			...(options.filter === undefined ? {} : { filter: options.filter }),
		});
		return poll.run(state);
	}

	/** The newest message that the filter lets through, among the newest hundred; undefined when there is none. Touches no cursor. */
	async sample(
		options: Pick<GraphPollOptions, 'folder' | 'maxMessageBytes' | 'filter' | 'budgetMs'> = {},
	): Promise<MailboxMessage | undefined> {
		const deadline = this.#deadline(options.budgetMs);
		const maxBytes = messageBytes(options.maxMessageBytes);
		const { folder = 'inbox', filter } = options;
		const { id } = await resolveFolder(this.#account, folder, deadline);
		const { body } = await this.#account.client.get<FolderPage<MessageRow>>({
			path: `${folderPath(this.#account, id)}/messages`,
			query: {
				$select: filter === undefined ? 'id,receivedDateTime,hasAttachments' : `${SUMMARY_FIELDS},hasAttachments`,
				$orderby: 'receivedDateTime desc',
				$top: filter === undefined ? 1 : 100,
			},
			where: `${this.#account.mailbox}, folder ${folder}`,
			deadline,
		});
		const row = (body.value ?? []).find((candidate) => filter === undefined || filter(summaryOf(candidate)));
		return row === undefined ? undefined : this.#message(row, folder, maxBytes, deadline);
	}

	/**
	 * One message by Graph id or by Message-ID.
	 *
	 * @throws MailboxError `MAILBOX_MESSAGE_MISSING`
	 */
	async get(
		message: { id: string } | { messageId: string },
		options: { maxMessageBytes?: number; budgetMs?: number } = {},
	): Promise<MailboxMessage> {
		const deadline = this.#deadline(options.budgetMs);
		const maxBytes = messageBytes(options.maxMessageBytes);
		const id = await this.#idOf(message, deadline);
		const row = await getRow(this.#account, id, 'id,receivedDateTime,hasAttachments', deadline);
		return this.#message(row, undefined, maxBytes, deadline);
	}

	/**
	 * The bytes of one message as a stream; read it to its end or destroy it.
	 *
	 * @throws MailboxError `MAILBOX_MESSAGE_MISSING`
	 */
	async download(
		message: { id: string } | { messageId: string },
		options: { budgetMs?: number } = {},
	): Promise<MailboxDownload> {
		const deadline = this.#deadline(options.budgetMs);
		const id = await this.#idOf(message, deadline);
		const row = await getRow(this.#account, id, 'id,receivedDateTime', deadline);
		const { body, size } = await this.#account.client.stream({
			path: `${messagePath(this.#account, id)}/$value`,
			where: `a message of ${this.#account.mailbox}`,
			deadline,
		});
		const receivedAt = dateOf(row.receivedDateTime);
		return {
			id,
			source: sourceOf(this.#account, id),
			stream: body,
			...(size === undefined ? {} : { size }),
			...(receivedAt === undefined ? {} : { receivedAt }),
		};
	}

	/** Attachments of a message, without their bytes. */
	async attachments(id: string, options: { budgetMs?: number } = {}): Promise<GraphAttachment[]> {
		return await listAttachments(this.#account, id, this.#deadline(options.budgetMs));
	}

	/** The bytes of one file or of one attached message (its MIME). A reference has none: MAILBOX_PROTOCOL. */
	async downloadAttachment(id: string, attachmentId: string, options: { budgetMs?: number } = {}): Promise<Readable> {
		const path = `${messagePath(this.#account, id)}/attachments/${encodeURIComponent(attachmentId)}/$value`;
		return (
			await this.#account.client.stream({
				path,
				where: `an attachment in ${this.#account.mailbox}`,
				deadline: this.#deadline(options.budgetMs),
			})
		).body;
	}

	/** Newest first. Without a folder: the whole mailbox. */
	async search(search: MailboxSearch, options: { folder?: string; budgetMs?: number } = {}): Promise<MailboxHit[]> {
		return await searchMessages(this.#account, search, options.folder, this.#deadline(options.budgetMs));
	}

	/** All folders with sub-folders. */
	async listFolders(options: { budgetMs?: number } = {}): Promise<MailboxFolder[]> {
		return (await listFolders(this.#account, this.#deadline(options.budgetMs))).folders;
	}

	/**
	 * Signs in, reads the folders, and the beginning of one message: the permission Mail.ReadBasic lists folders and
	 * cannot read messages.
	 */
	async test(options: { budgetMs?: number } = {}): Promise<GraphTestResult> {
		const deadline = this.#deadline(options.budgetMs);
		const { folders } = await listFolders(this.#account, deadline);
		const { body } = await this.#account.client.get<FolderPage<MessageRow>>({
			path: `${userPath(this.#account)}/messages`,
			query: { $select: 'id', $top: 1 },
			where: this.#account.mailbox,
			deadline,
		});
		const id = body.value?.[0]?.id;
		if (id === undefined) return { folders };
		await this.#account.client.bytes(
			{ path: `${messagePath(this.#account, id)}/$value`, where: `the messages of ${this.#account.mailbox}`, deadline },
			1,
		);
		return { folders, canReadMessages: true };
	}

	close(): Promise<void> {
		return this.#closeConnections();
	}

	#message(
		row: MessageRow,
		folder: string | undefined,
		maxMessageBytes: number,
		deadline: number,
	): Promise<MailboxMessage> {
		const receivedAt = Math.floor((dateOf(row.receivedDateTime)?.getTime() ?? 0) / 1000);
		return fetchMessage(
			this.#account,
			row.hasAttachments ? [row.id, receivedAt, 1] : [row.id, receivedAt],
			folder,
			maxMessageBytes,
			deadline,
		);
	}

	async #idOf(message: { id: string } | { messageId: string }, deadline: number): Promise<string> {
		if ('id' in message) return message.id;
		const id = await findByMessageId(this.#account, message.messageId, deadline);
		if (id !== undefined) return id;
		throw new MailboxError('MAILBOX_MESSAGE_MISSING', `No message of ${this.#account.mailbox} has that Message-ID`, {
			hint: 'It was deleted, or is in another mailbox.',
		});
	}

	#deadline(budgetMs: number | undefined): number {
		return this.#clock.now() + budgetOf(budgetMs);
	}
}

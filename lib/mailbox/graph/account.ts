import type { Readable } from 'node:stream';
import type { GraphAnswer, GraphBytes, GraphClient, GraphRequest } from '../../microsoft';
import { toMailboxError } from './errors';

/**
 * One mailbox on Graph: `/users/{address or id}`; the app-only form, there is no `/me`. Its requests ask for ids that
 * survive a move, and what Microsoft says no with becomes a {@link MailboxError} here.
 *
 * @throws MailboxError
 */
export class GraphAccount {
	readonly #client: Pick<GraphClient, 'get' | 'bytes' | 'stream' | 'concurrency'>;

	constructor(
		client: Pick<GraphClient, 'get' | 'bytes' | 'stream' | 'concurrency'>,
		/** Address or object id. */
		readonly mailbox: string,
	) {
		this.#client = client;
	}

	/** Requests in flight at once. */
	get concurrency(): number {
		return this.#client.concurrency;
	}

	async get<T>(request: GraphRequest): Promise<GraphAnswer<T>> {
		return await translated(async () => await this.#client.get<T>(withImmutableIds(request)));
	}

	async bytes(request: GraphRequest, maxBytes: number): Promise<GraphBytes> {
		return await translated(async () => await this.#client.bytes(withImmutableIds(request), maxBytes));
	}

	/** The stream itself ends with whatever breaks it. */
	async stream(request: GraphRequest): Promise<{ body: Readable; size?: number }> {
		return await translated(async () => await this.#client.stream(withImmutableIds(request)));
	}
}

/** By request, also for links out of answers: without it, ids change with every move. */
function withImmutableIds(request: GraphRequest): GraphRequest {
	return { ...request, prefer: ['IdType="ImmutableId"', ...(request.prefer ?? [])] };
}

async function translated<T>(ask: () => Promise<T>): Promise<T> {
	try {
		return await ask();
	} catch (error) {
		throw toMailboxError(error);
	}
}

export const userPath = ({ mailbox }: GraphAccount): string => `users/${encodeURIComponent(mailbox)}`;
export const folderPath = (account: GraphAccount, folderId: string): string =>
	`${userPath(account)}/mailFolders/${encodeURIComponent(folderId)}`;

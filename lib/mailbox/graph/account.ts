import type { Readable } from 'node:stream';
import type { GraphAnswer, GraphBytes, GraphClient, GraphRequest } from '../../microsoft';
import { isRecord } from '../../json';
import { wellFormed } from '../../text';
import { MailboxError } from '../errors';
import { messageStream } from '../stream';
import { toMailboxError } from './errors';

/** What a mailbox needs of the client. */
type GraphReader = Pick<GraphClient, 'get' | 'bytes' | 'stream' | 'explain' | 'concurrency'>;

/**
 * One mailbox on Graph: `/users/{address or id}`; the app-only form, there is no `/me`. Its requests ask for ids that
 * survive a move, and what Microsoft says no with becomes a {@link MailboxError} here.
 *
 * @throws MailboxError
 */
export class GraphAccount {
	readonly #client: GraphReader;

	constructor(
		client: GraphReader,
		/** Address or object id. */
		readonly mailbox: string,
	) {
		this.#client = client;
	}

	/** Requests in flight at once. */
	get concurrency(): number {
		return this.#client.concurrency;
	}

	/** All that is asked for is an object. */
	async get<T>(request: GraphRequest): Promise<GraphAnswer<T>> {
		const answer = await translated(async () => await this.#client.get<T>(withImmutableIds(request)));
		if (isRecord(answer.body)) return answer;
		throw new MailboxError('MAILBOX_PROTOCOL', `Microsoft Graph sent nothing that can be read for ${request.where}`, {
			transient: true,
		});
	}

	async bytes(request: GraphRequest, maxBytes: number): Promise<GraphBytes> {
		return await translated(async () => await this.#client.bytes(withImmutableIds(request), maxBytes));
	}

	/**
	 * The first bytes of a resource as they come. The stream gives its place back when it ends or is destroyed.
	 *
	 * @param refuses What a stream breaks with that begins so; told nothing where it has no byte.
	 */
	async stream(
		request: GraphRequest,
		maxBytes: number,
		refuses?: (beginning: Buffer) => MailboxError | undefined,
	): Promise<{ stream: Readable; size?: number }> {
		const { body, ...more } = await translated(async () => await this.#client.stream(withImmutableIds(request)));
		const toError = (error: unknown) =>
			error instanceof MailboxError ? error : toMailboxError(this.#client.explain(error, request));
		const content = refuses === undefined ? body : accepted(body as AsyncIterable<Buffer>, refuses);
		const stream = messageStream(content as AsyncIterable<Buffer>, maxBytes, toError, () => body.destroy());
		return { stream, ...more };
	}
}

async function* accepted(
	body: AsyncIterable<Buffer>,
	refuses: (beginning: Buffer) => MailboxError | undefined,
): AsyncGenerator<Buffer> {
	let bytes = 0;
	for await (const chunk of body) {
		const refusal = bytes === 0 && chunk.length > 0 ? refuses(chunk) : undefined;
		if (refusal !== undefined) throw refusal;
		bytes += chunk.length;
		yield chunk;
	}
	const refusal = bytes === 0 ? refuses(Buffer.alloc(0)) : undefined;
	if (refusal !== undefined) throw refusal;
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

export const userPath = ({ mailbox }: GraphAccount): string => `users/${segment(mailbox)}`;
export const folderPath = (account: GraphAccount, folderId: string): string =>
	`${userPath(account)}/mailFolders/${segment(folderId)}`;

/** A segment of a path. Half of a character has no form in it: what an answer or a user names so is not found. */
export const segment = (text: string): string => encodeURIComponent(wellFormed(text));

import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { GRAPH_DEFAULTS } from '../../defaults';
import { MICROSOFT_LIMITS, SETTING_LIMITS } from '../../limits';
import {
	HttpClient,
	HttpError,
	retryAfterMs,
	systemClock,
	toHttpError,
	type Clock,
	type HttpClientOptions,
	type HttpRequest,
} from '../../http';
import { wholeNumber } from '../../settings';
import { rolesOf, type TokenSource } from '../entra';
import { microsoftSettings, MicrosoftError } from '../errors';
import { fromWire } from '../wire';
import { toGraphError, type GraphMeanings } from './explain';
import { gateOf, type Gate } from './gate';

/** Whose tokens a {@link GraphClient} uses, which Graph it asks, and how that is reached. */
export interface GraphClientOptions {
	/** Origin of Graph. */
	graphUrl: string;
	/**
	 * By what requests in flight are counted over this process, and held back when Graph asks to wait: the application and
	 * the service behind Graph, for each has limits of its own (`exchange:{client ID}`).
	 */
	gate: string;
	tokens: TokenSource;
	/** Requests in flight of that gate. Default 3, at most 4: what Exchange Online allows. */
	concurrency?: number | undefined;
	/** What the service's own error codes mean. */
	meanings?: GraphMeanings;
	clock?: Clock;
	/** Connections, CA, proxy, logger; `timeoutMs` and `maxAnswerBytes` where a request says nothing. */
	http?: HttpClientOptions;
}

/** One request of a {@link GraphClient}. */
export interface GraphRequest {
	/** Below `/v1.0/`, segments encoded; or a link out of an answer. */
	path: string;
	query?: Record<string, string | number | undefined>;
	/** Preferences (RFC 7240). They hold for one request: a link out of an answer does not carry them. */
	prefer?: readonly string[];
	headers?: Record<string, string>;
	/** For error texts: mailbox and folder, a query. */
	where: string;
	/** Milliseconds since the epoch; no try begins after it, no wait reaches beyond it. */
	deadline: number;
	/** Milliseconds of one try: for the whole answer, and of silence within a stream. Default 100,000, never beyond the deadline. */
	timeoutMs?: number;
	/** Bytes of a JSON answer. Above: MICROSOFT_PROTOCOL. Default 64 MiB. */
	maxAnswerBytes?: number;
}

/** A query that does not fit an address. It changes nothing: like a GET, it may be sent again. */
export interface GraphQuery extends GraphRequest {
	json: unknown;
}

/** An answer of Graph that is JSON. */
export interface GraphAnswer<T> {
	body: T;
	/** The server's clock, milliseconds since the epoch; ours when it sends none. */
	serverTime: number;
}

/** The beginning of a body, or all of it. */
export interface GraphBytes {
	bytes: Buffer;
	/** There was more. */
	truncated: boolean;
	/** Size of the whole as the server tells it. */
	size?: number;
}

/**
 * Requests to Microsoft Graph: token, the application's limit of requests in flight, Retry-After, bounds, and errors in the
 * user's words. Reads only.
 *
 * @throws MicrosoftError
 */
export class GraphClient {
	readonly #http: HttpClient;
	readonly #clock: Clock;
	readonly #gate: Gate;
	readonly #limit: number;

	readonly #options: GraphClientOptions;
	/** Whoever asked side by side with what failed first is not waited for: none of it is tried again. */
	#isClosed = false;

	/** @throws MicrosoftError `MICROSOFT_CONFIGURATION` */
	constructor(options: GraphClientOptions) {
		this.#options = options;
		this.#clock = options.clock ?? systemClock;
		this.#gate = gateOf(options.gate);
		this.#limit = microsoftSettings(() =>
			wholeNumber('concurrency', options.concurrency, {
				least: 1,
				most: MICROSOFT_LIMITS.maxConcurrency,
				otherwise: GRAPH_DEFAULTS.concurrency,
			}),
		);
		// Repetitions are made here: each needs a place and a token of its own.
		this.#http = new HttpClient(`${options.graphUrl}/v1.0`, {
			timeoutMs: MICROSOFT_LIMITS.timeoutMs,
			...options.http,
			maxTries: 1,
			clock: this.#clock,
		});
	}

	get concurrency(): number {
		return this.#limit;
	}

	/** A JSON resource. */
	async get<T>(request: GraphRequest): Promise<GraphAnswer<T>> {
		return await this.#json<T>(request, { method: 'GET' });
	}

	/** The JSON answer to a query in the body. */
	async post<T>(query: GraphQuery): Promise<GraphAnswer<T>> {
		return await this.#json<T>(query, { method: 'POST', json: query.json });
	}

	/** The bytes of a resource, up to `maxBytes` and at least one chunk above it. */
	async bytes(request: GraphRequest, maxBytes: number): Promise<GraphBytes> {
		return this.#repeat(request, async (token) => {
			const { body, size } = await this.#openOnce(request, token);
			const chunks: Buffer[] = [];
			let read = 0;
			try {
				for await (const chunk of body as AsyncIterable<Buffer>) {
					chunks.push(chunk);
					read += chunk.length;
					if (read > maxBytes) break;
				}
			} finally {
				discard(body);
			}
			const truncated = read > maxBytes;
			const bytes = Buffer.concat(chunks, read);
			return {
				bytes: truncated ? bytes.subarray(0, maxBytes) : bytes,
				truncated,
				...(size === undefined ? {} : { size }),
			};
		});
	}

	/**
	 * The bytes of a resource as a stream; it keeps one of the application's places until it ends or is destroyed, and no
	 * longer than the deadline. What breaks it is for {@link explain}.
	 */
	async stream(request: GraphRequest): Promise<{ body: Readable; size?: number }> {
		return this.#repeat(request, (token) => this.#openOnce(request, token), true);
	}

	/** What ended a request, or broke its stream, in the user's words: a MicrosoftError, or else a fault of our own. */
	explain(error: unknown, request: GraphRequest): Error {
		if (error instanceof MicrosoftError) return error;
		if (error instanceof HttpError && error.code === 'HTTP_NOT_JSON') return this.#notGraph(error.status ?? 200);
		if (error instanceof HttpError && error.code === 'HTTP_ANSWER_TOO_LARGE') {
			return new MicrosoftError('MICROSOFT_PROTOCOL', `The answer for ${request.where} is too large`, { cause: error });
		}
		const failure = toHttpError(error, `GET ${this.#options.graphUrl}`);
		return failure instanceof HttpError ? fromWire(failure, this.#options.graphUrl) : failure;
	}

	close(): Promise<void> {
		this.#isClosed = true;
		return this.#http.close();
	}

	async #json<T>(request: GraphRequest, how: Pick<HttpRequest, 'method' | 'json'>): Promise<GraphAnswer<T>> {
		return await this.#repeat(request, async (token) => {
			const answer = await this.#http.request({
				...how,
				path: request.path,
				query: request.query,
				headers: this.#headers(request, token),
				timeoutMs: this.#timeoutMs(request),
				...(request.maxAnswerBytes === undefined ? {} : { maxAnswerBytes: request.maxAnswerBytes }),
			});
			if (answer.status >= 400) {
				const body = tryJson(() => answer.json());
				throw this.#failed(request, token, answer.status, answer.headers, body);
			}
			if (!/\bjson\b/.test(answer.headers['content-type'] ?? '')) throw this.#notGraph(answer.status);
			const date = Date.parse(answer.headers.date ?? '');
			return { body: answer.json<T>(), serverTime: Number.isNaN(date) ? this.#clock.now() : date };
		});
	}

	async #openOnce(request: GraphRequest, token: string): Promise<{ body: Readable; size?: number }> {
		const answer = await this.#http.stream({
			path: request.path,
			query: request.query,
			headers: { ...this.#headers(request, token), accept: '*/*' },
			timeoutMs: this.#timeoutMs(request),
		});
		if (answer.status >= 400) {
			const text = await readSome(answer.body);
			const body = tryJson(() => JSON.parse(text) as unknown);
			throw this.#failed(request, token, answer.status, answer.headers, body);
		}
		// A login page must not be taken for a message.
		if (/\b(?:html|json)\b/.test(answer.headers['content-type'] ?? '')) {
			discard(answer.body);
			throw this.#notGraph(answer.status);
		}
		const length = Number(
			answer.headers['content-encoding'] === undefined ? answer.headers['content-length'] : undefined,
		);
		return { body: answer.body, ...(Number.isSafeInteger(length) ? { size: length } : {}) };
	}

	async #repeat<T>(request: GraphRequest, once: (token: string) => Promise<T>, keepPlace?: false): Promise<T>;
	async #repeat<T extends { body: Readable }>(
		request: GraphRequest,
		once: (token: string) => Promise<T>,
		keepPlace: true,
	): Promise<T>;
	async #repeat<T>(request: GraphRequest, once: (token: string) => Promise<T>, keepPlace = false): Promise<T> {
		let refused: string | undefined;
		for (let tries = 1; ; tries++) {
			const token = await this.#options.tokens.token(refused);
			const leave = await this.#gate.enter(this.#limit, this.#clock, request.deadline);
			let failure: MicrosoftError;
			try {
				const result = await once(token);
				if (keepPlace) this.#leaveBehind((result as { body: Readable }).body, request, leave);
				else leave();
				return result;
			} catch (error) {
				leave();
				const explained = this.explain(error, request);
				if (!(explained instanceof MicrosoftError)) throw explained;
				failure = explained;
			}
			if (failure.code === 'MICROSOFT_LOGIN_REFUSED' && refused === undefined) {
				refused = token;
				continue;
			}
			const wait = failure.retryAfterMs ?? this.#backoffMs(tries);
			if (failure.code === 'MICROSOFT_THROTTLED') this.#gate.pause(this.#clock.now() + wait);
			const hopeless = wait > MICROSOFT_LIMITS.maxWaitMs || this.#clock.now() + wait >= request.deadline;
			if (!failure.transient || tries >= MICROSOFT_LIMITS.maxTries || hopeless || this.#isClosed) throw failure;
			this.#options.http?.logger?.debug(
				`${this.#options.graphUrl}: try ${tries + 1} of ${MICROSOFT_LIMITS.maxTries} in ${wait} ms (${failure.code})`,
			);
			await this.#clock.sleep(wait);
			if (this.#isClosed) throw failure;
		}
	}

	/** Gives the place back when the stream ends; at the deadline in any case, for there may be nobody who ends it. */
	#leaveBehind(body: Readable, { deadline }: GraphRequest, leave: () => void): void {
		const left = Math.max(0, deadline - this.#clock.now());
		const timer = setTimeout(leave, Math.min(left, SETTING_LIMITS.maxMilliseconds));
		timer.unref();
		body.once('close', () => {
			clearTimeout(timer);
			leave();
		});
	}

	/** 1 s, 2 s, 4 s, with up to a half less: refused tries count against the limit too. */
	#backoffMs(tries: number): number {
		return Math.round(1000 * 2 ** (tries - 1) * (1 - this.#clock.random() / 2));
	}

	#headers(request: GraphRequest, token: string): Record<string, string> {
		return {
			authorization: `Bearer ${token}`,
			...(request.prefer === undefined ? {} : { prefer: request.prefer.join(', ') }),
			'client-request-id': randomUUID(),
			...request.headers,
		};
	}

	#timeoutMs({ deadline, timeoutMs }: GraphRequest): number {
		const most = timeoutMs ?? this.#options.http?.timeoutMs ?? MICROSOFT_LIMITS.timeoutMs;
		return Math.min(most, Math.max(1000, deadline - this.#clock.now()));
	}

	#failed(
		request: GraphRequest,
		token: string,
		status: number,
		headers: Record<string, string>,
		body: unknown,
	): MicrosoftError {
		if (body === undefined && status < 500 && status !== 429) return this.#notGraph(status);
		return toGraphError(
			{
				status,
				body,
				where: request.where,
				graphHost: new URL(this.#options.graphUrl).host,
				roles: rolesOf(token),
				retryAfterMs: retryAfterMs(headers['retry-after'], this.#clock.now()),
				requestId: /^[\w-]{1,64}$/.exec(headers['request-id'] ?? '')?.[0],
			},
			this.#options.meanings,
		);
	}

	#notGraph(status: number): MicrosoftError {
		return new MicrosoftError(
			'MICROSOFT_UNAVAILABLE',
			`${this.#options.graphUrl} did not answer like Microsoft Graph (HTTP ${status})`,
			{
				hint: 'A proxy or a login page may answer instead. Check the proxy, the firewall and the Graph URL.',
			},
		);
	}
}

/** Destroying what is still being received makes the stream fail, and nobody else listens. */
function discard(body: Readable): void {
	body.on('error', () => undefined);
	body.destroy();
}

function tryJson(read: () => unknown): unknown {
	try {
		return read();
	} catch {
		return undefined;
	}
}

/** The beginning of an error's body. */
async function readSome(body: Readable): Promise<string> {
	let text = '';
	for await (const chunk of body as AsyncIterable<Buffer>) {
		text += chunk.toString('utf8');
		if (text.length > MICROSOFT_LIMITS.maxErrorBytes) break;
	}
	discard(body);
	return text;
}

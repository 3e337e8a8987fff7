import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { GRAPH_DEFAULTS } from '../../defaults';
import { GRAPH_LIMITS, SETTING_LIMITS } from '../../limits';
import { HttpClient, HttpError, systemClock, toHttpError, type Clock, type HttpClientOptions } from '../../http';
import { fromWire, rolesOf, type TokenSource } from '../entra';
import { wholeNumber } from '../../settings';
import { MailboxError, mailboxSettings } from '../errors';
import { toGraphError } from './errors';
import { gateOf, type Gate } from './gate';

export interface GraphClientOptions {
	/** Origin of Graph. */
	graphUrl: string;
	/** Application id: requests in flight are counted by it. */
	appId: string;
	tokens: TokenSource;
	/** Requests in flight of this application. Default 3; Exchange Online allows 4. */
	concurrency?: number;
	clock?: Clock;
	/** Connections, CA, proxy. */
	http?: HttpClientOptions;
}

export interface GraphRequest {
	/** Below `/v1.0/`, segments encoded; or a link out of an answer. */
	path: string;
	query?: Record<string, string | number | undefined>;
	/** Preferences besides the immutable ids (RFC 7240). */
	prefer?: readonly string[];
	headers?: Record<string, string>;
	/** For error texts: mailbox and folder. */
	where: string;
	/** Milliseconds since the epoch; no try begins after it, no wait reaches beyond it. */
	deadline: number;
}

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
 * Requests to Microsoft Graph: token, immutable ids, the application's limit of requests in flight, Retry-After, and
 * errors in the user's words. Reads only.
 *
 * @throws MailboxError
 */
export class GraphClient {
	readonly #http: HttpClient;
	readonly #clock: Clock;
	readonly #gate: Gate;
	readonly #limit: number;

	readonly #options: GraphClientOptions;

	constructor(options: GraphClientOptions) {
		this.#options = options;
		this.#clock = options.clock ?? systemClock;
		this.#gate = gateOf(options.appId);
		this.#limit = mailboxSettings(() =>
			wholeNumber('concurrency', options.concurrency, {
				least: 1,
				most: GRAPH_LIMITS.maxConcurrency,
				otherwise: GRAPH_DEFAULTS.concurrency,
			}),
		);
		// Repetitions are made here: each needs a place and a token of its own.
		this.#http = new HttpClient(`${options.graphUrl}/v1.0`, { ...options.http, maxTries: 1, clock: this.#clock });
	}

	get concurrency(): number {
		return this.#limit;
	}

	/** A JSON resource. */
	async get<T>(request: GraphRequest): Promise<GraphAnswer<T>> {
		return this.#repeat(request, async (token) => {
			const answer = await this.#http.request({
				path: request.path,
				query: request.query,
				headers: this.#headers(request, token),
				timeoutMs: this.#timeoutMs(request),
			});
			if (answer.status >= 400)
				throw this.#failed(
					request,
					token,
					answer.status,
					answer.headers,
					tryJson(() => answer.json()),
				);
			if (!/\bjson\b/.test(answer.headers['content-type'] ?? '')) throw this.#notGraph(answer.status);
			const date = Date.parse(answer.headers.date ?? '');
			return { body: answer.json<T>(), serverTime: Number.isNaN(date) ? this.#clock.now() : date };
		});
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

	/** The bytes of a resource as a stream; it keeps one of the application's places until it ends or is destroyed, and no longer than the deadline. */
	async stream(request: GraphRequest): Promise<{ body: Readable; size?: number }> {
		return this.#repeat(request, (token) => this.#openOnce(request, token), true);
	}

	close(): Promise<void> {
		return this.#http.close();
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
			throw this.#failed(
				request,
				token,
				answer.status,
				answer.headers,
				tryJson(() => JSON.parse(text) as unknown),
			);
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
			let failure: MailboxError;
			try {
				const result = await once(token);
				if (keepPlace) this.#leaveBehind((result as { body: Readable }).body, request, leave);
				else leave();
				return result;
			} catch (error) {
				leave();
				failure = this.#toMailboxError(error, request);
			}
			if (failure.code === 'MAILBOX_LOGIN_REFUSED' && refused === undefined) {
				refused = token;
				continue;
			}
			const wait = failure.retryAfterMs ?? this.#backoffMs(tries);
			if (failure.code === 'MAILBOX_THROTTLED') this.#gate.pause(this.#clock.now() + wait);
			const hopeless = wait > GRAPH_LIMITS.maxWaitMs || this.#clock.now() + wait >= request.deadline;
			if (!failure.transient || tries >= GRAPH_LIMITS.maxTries || hopeless) throw failure;
			await this.#clock.sleep(wait);
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
			// By request, also for links out of answers: without it, ids change with every move.
			prefer: ['IdType="ImmutableId"', ...(request.prefer ?? [])].join(', '),
			'client-request-id': randomUUID(),
			...request.headers,
		};
	}

	#timeoutMs({ deadline }: GraphRequest): number {
		return Math.min(GRAPH_LIMITS.timeoutMs, Math.max(1000, deadline - this.#clock.now()));
	}

	#failed(
		request: GraphRequest,
		token: string,
		status: number,
		headers: Record<string, string>,
		body: unknown,
	): MailboxError {
		if (body === undefined && status < 500 && status !== 429) return this.#notGraph(status);
		const seconds = /^\d{1,6}$/.exec(headers['retry-after']?.trim() ?? '')?.[0];
		const date = Date.parse(headers['retry-after'] ?? '');
		const retryAfterMs =
			seconds !== undefined
				? Number(seconds) * 1000
				: Number.isNaN(date)
					? undefined
					: Math.max(0, date - this.#clock.now());
		const requestId = /^[\w-]{1,64}$/.exec(headers['request-id'] ?? '')?.[0];
		return toGraphError({
			status,
			body,
			where: request.where,
			graphHost: new URL(this.#options.graphUrl).host,
			roles: rolesOf(token),
			...(retryAfterMs === undefined ? {} : { retryAfterMs }),
			...(requestId === undefined ? {} : { requestId }),
		});
	}

	#notGraph(status: number): MailboxError {
		return new MailboxError(
			'MAILBOX_UNAVAILABLE',
			`${this.#options.graphUrl} answered with something that is not Microsoft Graph (HTTP ${status})`,
			{
				hint: 'A proxy or a login page may answer in its place: check proxy, firewall and Graph URL.',
			},
		);
	}

	#toMailboxError(error: unknown, request: GraphRequest): MailboxError {
		if (error instanceof MailboxError) return error;
		if (error instanceof HttpError && error.code === 'HTTP_NOT_JSON') return this.#notGraph(error.status ?? 200);
		if (error instanceof HttpError && error.code === 'HTTP_ANSWER_TOO_LARGE') {
			return new MailboxError('MAILBOX_PROTOCOL', `The answer for ${request.where} is too large`, { cause: error });
		}
		const failure = toHttpError(error, `GET ${this.#options.graphUrl}`);
		// Anything else is a fault of our own.
		if (!(failure instanceof HttpError)) throw failure;
		return fromWire(failure, this.#options.graphUrl);
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

/** The first 64 KiB of an error's body. */
async function readSome(body: Readable): Promise<string> {
	let text = '';
	for await (const chunk of body as AsyncIterable<Buffer>) {
		text += chunk.toString('utf8');
		if (text.length > 65_536) break;
	}
	discard(body);
	return text;
}

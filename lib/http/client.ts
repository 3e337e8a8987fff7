import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Dispatcher, FormData } from 'undici';
import { withScheme } from '../address';
import { compact } from '../json';
import { HTTP_DEFAULTS } from '../defaults';
import { HTTP_LIMITS, SETTING_LIMITS } from '../limits';
import type { Logger } from '../logger';
import { settingsOr, wholeNumber } from '../settings';
import { createDispatcher, type NetworkOptions } from './dispatcher';
import { checkEgress } from './egress';
import { HttpError, toHttpError } from './errors';
import { backoffMs, retryAfterMs, systemClock, type Clock } from './retry';

/** How one peer is reached: what every client of this library takes, besides its own options. */
export interface HttpClientOptions extends NetworkOptions {
	/** Header fields of every request. */
	headers?: Record<string, string> | undefined;
	/** Milliseconds for a request and its whole answer. Default 60,000. */
	timeoutMs?: number | undefined;
	/** Bytes of an answer after decompression. Default 64 MiB. */
	maxAnswerBytes?: number | undefined;
	/** Tries of a repeatable request, the first included. Default 4. */
	maxTries?: number | undefined;
	/** Connections to use instead of own ones (tests, shared pools); the client then does not close them. */
	dispatcher?: Dispatcher | undefined;
	clock?: Clock | undefined;
	/** Told of every try at the level debug: method, origin, path, status, bytes and milliseconds. */
	logger?: Logger | undefined;
}

/** Value of a query parameter, written as text; undefined is left out. */
export type QueryValue = string | number | boolean | undefined;

/** One request of a {@link HttpClient}. */
export interface HttpRequest {
	method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | undefined;
	/** Appended to the base URL's path as it is: encode its segments. An absolute URL must be of the base URL's origin. */
	path: string;
	/** What the path alone does not say, for the logger: the name of a GraphQL operation. */
	operation?: string | undefined;
	/** Encoded value by value; undefined values are left out. */
	query?: Record<string, QueryValue> | undefined;
	headers?: Record<string, string> | undefined;
	/** Sent as application/json. */
	json?: unknown;
	body?: string | Buffer | FormData | undefined;
	/** Whether it may be sent again after a failure that may be gone (429, 502, 503, 504, no connection). Default: GET and HEAD only. */
	repeatable?: boolean | undefined;
	timeoutMs?: number | undefined;
	maxAnswerBytes?: number | undefined;
	signal?: AbortSignal | undefined;
}

/** An answer that was read whole. Its status may be one that says no. */
export interface HttpResponse {
	status: number;
	/** Lower-case names; repeated fields joined by `, `. */
	headers: Record<string, string>;
	body: Buffer;
	text(): string;
	/** @throws HttpError `HTTP_NOT_JSON` */
	json<T = unknown>(): T;
}

/** An answer that is read while it comes. */
export interface HttpStream {
	status: number;
	headers: Record<string, string>;
	/** Decompressed. Errors with an HttpError. The timeout applies between two chunks. */
	body: Readable;
}

const REPEATABLE_STATUS = new Set([429, 502, 503, 504]);

/**
 * One peer over HTTP(S): CA, proxy, timeouts, bounded answers and bounded repetition.
 *
 * A status of 400 or more is an answer, not an error: each API decides what it means. Redirects are not followed.
 *
 * @throws HttpError
 */
export class HttpClient {
	readonly #base: URL;
	readonly #clock: Clock;
	readonly #bounds: HttpBounds;
	#ownDispatcher?: Dispatcher;

	readonly #options: HttpClientOptions;

	/**
	 * `baseUrl` is http(s), may carry a path prefix.
	 *
	 * @throws HttpError `HTTP_CONFIGURATION`, also for a number that is none
	 */
	constructor(baseUrl: string, options: HttpClientOptions = {}) {
		this.#options = options;
		this.#base = parseBase(baseUrl);
		this.#clock = options.clock ?? systemClock;
		this.#bounds = httpBounds(options);
	}

	/** Origin and path prefix, without a slash at the end. */
	get baseUrl(): string {
		return this.#base.origin + withoutTrailingSlashes(this.#base.pathname);
	}

	async request(request: HttpRequest): Promise<HttpResponse> {
		const { maxTries } = this.#bounds;
		const repeatable = request.repeatable ?? isSafe(request.method);
		for (let tries = 1; ; tries++) {
			const last = !repeatable || tries >= maxTries;
			let asked: number | undefined;
			try {
				const response = await this.#once(request);
				if (last || !REPEATABLE_STATUS.has(response.status)) return response;
				asked = retryAfterMs(response.headers['retry-after'], this.#clock.now());
				if (asked !== undefined && asked > HTTP_LIMITS.maxRetryWaitMs) return response;
			} catch (error) {
				if (last || !(error instanceof HttpError) || !error.transient || request.signal?.aborted) throw error;
			}
			const pause = backoffMs(tries, asked, () => this.#clock.random());
			this.#options.logger?.debug(`${this.#where(request)}: try ${tries + 1} of ${maxTries} in ${pause} ms`);
			await this.#clock.sleep(pause, request.signal);
		}
	}

	/** One try, for large answers: nothing is collected. The caller must read or destroy the body. */
	async stream(request: HttpRequest): Promise<HttpStream> {
		const where = () => this.#where(request);
		const started = this.#clock.now();
		try {
			const timeout = httpBounds(request, this.#bounds).timeoutMs;
			const answer = await this.#send(request, timeout, request.signal);
			this.#tell(request, started, `${answer.status}, its body as a stream`);
			const body = decompressed(answer.body, answer.headers['content-encoding'], where);
			return { status: answer.status, headers: answer.headers, body };
		} catch (cause) {
			const error = toHttpError(cause, where());
			this.#tell(request, started, error instanceof HttpError ? error.code : error.name);
			throw error;
		}
	}

	/** Closes the connections, unless they were given. */
	async close(): Promise<void> {
		const dispatcher = this.#ownDispatcher;
		this.#ownDispatcher = undefined;
		await dispatcher?.destroy();
	}

	async #once(request: HttpRequest): Promise<HttpResponse> {
		const where = () => this.#where(request);
		const { timeoutMs: timeout, maxAnswerBytes: maxBytes } = httpBounds(request, this.#bounds);
		// AbortSignal.timeout() would hold the request and its answer in memory until the time is over.
		const limit = new AbortController();
		const timer = setTimeout(
			() => limit.abort(new DOMException('The time limit was reached', 'TimeoutError')),
			timeout,
		);
		const signal = request.signal ? AbortSignal.any([limit.signal, request.signal]) : limit.signal;
		const started = this.#clock.now();
		try {
			const answer = await this.#send(request, timeout, signal);
			const body = await wholeBody(answer, maxBytes, where);
			this.#tell(request, started, `${answer.status}, ${body.length} bytes`);
			return {
				status: answer.status,
				headers: answer.headers,
				body,
				text: () => body.toString('utf8'),
				json: <T>() => parseJson<T>(body, answer.status, where),
			};
		} catch (cause) {
			const error = toHttpError(cause, where());
			this.#tell(request, started, error instanceof HttpError ? error.code : error.name);
			throw error;
		} finally {
			clearTimeout(timer);
		}
	}

	async #send(request: HttpRequest, timeout: number, signal: AbortSignal | undefined) {
		const undici = require('undici') as typeof import('undici');
		const url = this.#urlOf(request);
		await checkEgress(this.#options, url, url.origin);
		const dispatcher = this.#options.dispatcher ?? (this.#ownDispatcher ??= createDispatcher(this.#options));
		const answer = await undici.request(url, {
			dispatcher,
			method: request.method ?? 'GET',
			headers: {
				accept: 'application/json',
				'accept-encoding': 'gzip, deflate',
				...this.#options.headers,
				...(request.json === undefined ? {} : { 'content-type': 'application/json' }),
				...request.headers,
			},
			body: request.json === undefined ? (request.body ?? null) : JSON.stringify(request.json),
			headersTimeout: timeout,
			bodyTimeout: timeout,
			signal: signal ?? null,
		});
		return { status: answer.statusCode, headers: flatten(answer.headers), body: answer.body };
	}

	#tell(request: HttpRequest, started: number, outcome: string): void {
		const operation = request.operation === undefined ? '' : ` (${request.operation})`;
		this.#options.logger?.debug(`${this.#where(request)}${operation}: ${outcome}, ${this.#clock.now() - started} ms`);
	}

	#urlOf(request: HttpRequest): URL {
		const absolute = /^https?:\/\//i.test(request.path);
		const url = new URL(absolute ? request.path : `${this.baseUrl}/${request.path.replace(/^\/+/, '')}`);
		// A link out of an answer must not carry our credentials elsewhere.
		if (url.origin !== this.#base.origin) {
			throw new HttpError('HTTP_FORBIDDEN_ADDRESS', `${this.#base.origin} redirected to another host, ${url.origin}`);
		}
		const pairs = Object.entries(compact(request.query ?? {}));
		if (pairs.length > 0) {
			const encoded = pairs
				.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
				.join('&');
			url.search = url.search === '' ? `?${encoded}` : `${url.search}&${encoded}`;
		}
		return url;
	}

	/** Method, origin and path for error texts; the query may hold what is nobody's business. */
	#where(request: HttpRequest): string {
		const url = this.#urlOf({ ...request, query: undefined });
		return `${request.method ?? 'GET'} ${url.origin}${url.pathname}`;
	}
}

/** Numbers that bound a request. */
interface HttpBounds {
	timeoutMs: number;
	maxAnswerBytes: number;
	maxTries: number;
}

/**
 * What options say, and what holds where they say nothing.
 *
 * @throws HttpError `HTTP_CONFIGURATION`
 */
export function httpBounds(options: Partial<HttpBounds>, otherwise: HttpBounds = HTTP_DEFAULTS): HttpBounds {
	const { maxMilliseconds, maxBytes, maxTries } = SETTING_LIMITS;
	const read = (name: keyof HttpBounds, most: number) =>
		wholeNumber(name, options[name], { least: 1, most, otherwise: otherwise[name] });
	return settingsOr(
		() => ({
			timeoutMs: read('timeoutMs', maxMilliseconds),
			maxAnswerBytes: read('maxAnswerBytes', maxBytes),
			maxTries: read('maxTries', maxTries),
		}),
		(message, details) => new HttpError('HTTP_CONFIGURATION', message, details),
	);
}

function withoutTrailingSlashes(path: string): string {
	let end = path.length;
	while (end > 0 && path[end - 1] === '/') end--;
	return path.slice(0, end);
}

const isSafe = (method: HttpRequest['method']) => method === undefined || method === 'GET' || method === 'HEAD';

function parseBase(text: string): URL {
	let url: URL | undefined;
	try {
		url = new URL(withScheme(text));
	} catch {
		url = undefined;
	}
	if (
		url === undefined ||
		(url.protocol !== 'https:' && url.protocol !== 'http:') ||
		url.username !== '' ||
		url.password !== ''
	) {
		throw new HttpError('HTTP_CONFIGURATION', 'The URL is not a valid http or https address', {
			hint: "Correct 'URL' in the credential: https://host or https://host:port/path, without a user name or password in it.",
		});
	}
	return url;
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
	const flat: Record<string, string> = {};
	for (const [name, value] of Object.entries(headers)) {
		if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
	}
	return flat;
}

function decompressed(body: Readable, encoding: string | undefined, where: () => string): Readable {
	const decoder = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress }[
		encoding?.trim().toLowerCase() ?? ''
	];
	if (decoder === undefined) return body;
	const unpacked = decoder();
	// pipeline() would destroy the source late when the reader stops early; both ends are tied by hand.
	body.once('error', (error) => unpacked.destroy(toHttpError(error, where())));
	unpacked.once('close', () => body.destroy());
	return body.pipe(unpacked);
}

interface Answer {
	headers: Record<string, string>;
	body: Dispatcher.ResponseData['body'];
}

/** A body of known, allowed length and without encoding is taken at once: the usual case, at half the cost. */
async function wholeBody({ headers, body }: Answer, maxBytes: number, where: () => string): Promise<Buffer> {
	const encoding = headers['content-encoding'];
	if (encoding === undefined && Number(headers['content-length'] ?? Number.NaN) <= maxBytes) {
		return Buffer.from(await body.arrayBuffer());
	}
	return collect(decompressed(body, encoding, where), maxBytes, where);
}

/** Listening is several times cheaper than iterating, which every small request would pay. */
function collect(body: Readable, maxBytes: number, where: () => string): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		const chunks: Buffer[] = [];
		let size = 0;
		body.on('data', (chunk: Buffer) => {
			size += chunk.length;
			if (size <= maxBytes) chunks.push(chunk);
			else
				body.destroy(new HttpError('HTTP_ANSWER_TOO_LARGE', `${where()}: the answer is larger than ${maxBytes} bytes`));
		});
		body.once('error', reject);
		body.once('end', () => resolve(Buffer.concat(chunks, size)));
		body.once('close', () => {
			// A stream that is destroyed without an error ends in neither.
			if (!body.readableEnded)
				reject(new HttpError('HTTP_UNREACHABLE', `${where()}: the answer ended before it was complete`));
		});
	});
}

function parseJson<T>(body: Buffer, status: number, where: () => string): T {
	try {
		return JSON.parse(body.toString('utf8')) as T;
	} catch {
		throw new HttpError('HTTP_NOT_JSON', `${where()}: the answer (HTTP ${status}) is not JSON`, {
			status,
			hint: 'The URL may be wrong, or a proxy or login page may answer instead.',
		});
	}
}

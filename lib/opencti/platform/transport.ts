import { randomUUID } from 'node:crypto';
import {
	backoffMs,
	httpBounds,
	HttpClient,
	HttpError,
	retryAfterMs,
	systemClock,
	type Clock,
	type HttpClientOptions,
	type HttpRequest,
	type HttpResponse,
} from '../../http';
import { HTTP_LIMITS, OPENCTI_LIMITS } from '../../limits';
import { Secrets } from '../../secrets';
import { storable } from '../../storable';
import type { Logger } from '../../logger';
import { readAnswer, readPartOfAnswer, refusesDocument } from './explain';
import { fieldOf, joined } from './joined';
import { Turns, type Company } from './turns';
import type { OpenCtiDocument } from '../documents';
import { OpenCtiError } from './errors';

export interface TransportOptions extends HttpClientOptions {
	/** Base address of the platform, with its path prefix if it has one. */
	url: string;
	/** API token of the platform's user. */
	token: string;
}

export interface UploadFile {
	name: string;
	contentType: string;
	content: Buffer;
}

export interface CallOptions {
	file?: UploadFile;
	/** Draft workspace to work in; undefined leaves the choice to the user's settings, '' is live data. */
	draftId?: string;
	signal?: AbortSignal;
}

/** One try of an operation. Without `wait` another one makes no sense; with `all` everybody has to wait. */
type Tried<D> =
	| { data: D; error?: undefined; wait?: undefined; all?: undefined }
	| { data?: undefined; error: Error; wait?: number; all?: boolean };

/** One operation that waits for its answer. */
interface Ask {
	document: OpenCtiDocument<unknown, unknown>;
	variables: unknown;
	options: CallOptions;
	/** Tries, this one among them. */
	tries: number;
}

/** GraphQL over HTTP as OpenCTI speaks it: JSON, or multipart with one file; bounded repetition of what may be repeated. */
export class OpenCtiTransport {
	readonly baseUrl: string;
	readonly #http: HttpClient;
	readonly #clock: Clock;
	readonly #maxTries: number;
	readonly #timeoutMs: number;
	readonly #authorization: string;
	readonly #secrets: Secrets;
	readonly #logger: Logger | undefined;
	readonly #turns = new Turns<Ask, Tried<unknown>>((asks) => this.#send(asks));
	/** Times that it was closed: what was under way then is not tried again. */
	#closes = 0;
	/** Whether this platform takes several operations in one request. */
	#takesSeveral = true;

	constructor({ url, token, ...options }: TransportOptions) {
		const checked = checkedToken(token);
		this.#authorization = `Bearer ${checked}`;
		this.#secrets = new Secrets(checked);
		const { maxTries, timeoutMs } = httpBounds(options);
		this.#http = new HttpClient(platformUrl(url), options);
		this.baseUrl = this.#http.baseUrl;
		this.#clock = options.clock ?? systemClock;
		this.#maxTries = maxTries;
		this.#timeoutMs = timeoutMs;
		this.#logger = options.logger;
	}

	/**
	 * The data of one operation. Repeats connection failures, 429, 502, 503, 504 and the platform's lock, database and
	 * file storage errors, when the operation may be repeated. Calls at the same moment go side by side, up to a limit.
	 *
	 * @throws OpenCtiError, or HttpError for TLS, proxy and configuration faults
	 */
	async call<V, D>(document: OpenCtiDocument<V, D>, variables: V, options: CallOptions = {}): Promise<D> {
		const closes = this.#closes;
		for (let tries = 1; ; tries++) {
			const ask = { document, variables, options, tries } as Ask;
			const { data, error, wait, all } = await this.#turns.ask(ask, this.#companyOf(ask));
			if (error === undefined) return data as D;
			const isClosed = closes !== this.#closes;
			const isLast =
				isClosed || !document.repeatable || tries >= this.#maxTries || wait === undefined || options.signal?.aborted;
			this.#tell(document, error, isLast ? 'no further try' : `try ${tries + 1} of ${this.#maxTries} in ${wait} ms`);
			if (isLast) throw error;
			const pause = () => this.#clock.sleep(wait, options.signal);
			await (all === true ? this.#turns.hold(pause) : pause());
			if (closes !== this.#closes) throw error;
		}
	}

	async close(): Promise<void> {
		this.#closes += 1;
		await this.#http.close();
	}

	/** The platform answers most errors with HTTP 200: what the answer meant is told here. Never variables, they are mail. */
	#tell({ name }: { name: string }, error: Error, next: string): void {
		const { code } = error as { code?: unknown };
		this.#logger?.debug(`OpenCTI ${name}: ${typeof code === 'string' ? code : error.name}, ${next}`);
	}

	/** What may share a request: operations of one kind in one workspace, of different fields. */
	#companyOf({ document, options: { file, draftId, signal } }: Ask): Company | undefined {
		if (!this.#takesSeveral || !document.joins || file !== undefined || signal !== undefined) return undefined;
		return { group: `${document.creates ? 'mutation' : 'query'} ${draftId ?? 'user'}`, kind: fieldOf(document) };
	}

	/** One request, and what it gave each of its operations. */
	async #send(asks: readonly Ask[]): Promise<Tried<unknown>[]> {
		const [first] = asks;
		if (first === undefined) return [];
		if (asks.length === 1) return [await this.#sendAlone(first)];
		const { name, text, variables } = joined(asks);
		const document = { ...first.document, name, text };
		let response: HttpResponse;
		try {
			response = await this.#http.request(this.#requestFor(document, variables, first.options));
		} catch (thrown) {
			return asks.map((ask) => this.#failed(ask, thrown, undefined));
		}
		// Something in front of the platform, or a setting of it, allows less in a document: from now on each goes alone.
		if (refusesDocument(response)) this.#takesSeveral = false;
		const outcomes: Tried<unknown>[] = [];
		for (const ask of asks) {
			try {
				const part = readPartOfAnswer(ask.document, response, this.#http.baseUrl);
				// A value of one can make the platform refuse all of them.
				outcomes.push(part ?? (await this.#sendAlone(ask)));
			} catch (thrown) {
				outcomes.push(this.#failed(ask, thrown, response));
			}
		}
		return outcomes;
	}

	async #sendAlone(ask: Ask): Promise<Tried<unknown>> {
		let response: HttpResponse | undefined;
		try {
			response = await this.#http.request(this.#requestFor(ask.document, ask.variables, ask.options));
			return { data: readAnswer(ask.document, response, this.#http.baseUrl) };
		} catch (thrown) {
			return this.#failed(ask, thrown, response);
		}
	}

	/** The error of one try, and the milliseconds after which another one makes sense. */
	#failed({ tries }: Ask, thrown: unknown, response: HttpResponse | undefined): Tried<unknown> {
		const random = () => this.#clock.random();
		const error = this.#secrets.maskIn(thrown instanceof HttpError ? unavailable(thrown) : (thrown as Error));
		if (!(error instanceof OpenCtiError) || !error.transient) return { error };
		const asked = response && retryAfterMs(response.headers['retry-after'], this.#clock.now());
		if (asked !== undefined && asked > HTTP_LIMITS.maxRetryWaitMs) return { error };
		// A lock is held for the time of somebody else's write, not of a moment.
		const { maxLockWaitMs } = OPENCTI_LIMITS;
		const wait =
			error.code === 'OPENCTI_LOCKED'
				? Math.round(maxLockWaitMs / 3 + ((2 * maxLockWaitMs) / 3) * random())
				: backoffMs(tries, asked, random);
		return { error, wait, all: error.status === 429 };
	}

	#requestFor<V, D>(document: OpenCtiDocument<V, D>, variables: V, options: CallOptions): HttpRequest {
		const operation = { query: document.text, operationName: document.name, variables: storable(variables) };
		const { file, draftId, signal } = options;
		const headers: Record<string, string> = {
			authorization: this.#authorization,
			// Without it the platform drops references that it cannot resolve, markings among them, and reports success.
			...(document.creates ? { 'opencti-retry-number': '1' } : {}),
			...(draftId === undefined ? {} : { 'opencti-draft-id': draftId }),
		};
		const request = {
			method: 'POST',
			path: '/graphql',
			operation: document.name,
			repeatable: false,
			...(signal && { signal }),
		} as const;
		if (file === undefined) return { ...request, headers, json: operation };
		const { type, body } = multipart(operation, file);
		const uploadMs = Math.ceil((1000 * body.length) / OPENCTI_LIMITS.minUploadBytesPerSecond);
		return { ...request, headers: { ...headers, 'content-type': type }, body, timeoutMs: this.#timeoutMs + uploadMs };
	}
}

/**
 * graphql-multipart-request: operations, map, then the file; the platform refuses any other order. Written by hand: a form
 * data object copies the file twice and costs as much time as the rest of the request.
 */
function multipart(operation: object, file: UploadFile): { type: string; body: Buffer } {
	const boundary = `----email-intel-${randomUUID()}`;
	const part = (name: string, more: string) =>
		`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`;
	const contentType = /^[\w.+-]+\/[\w.+-]+$/.test(file.contentType) ? file.contentType : 'application/octet-stream';
	const head =
		`${part('operations', '')}${JSON.stringify(operation)}\r\n` +
		`${part('map', '')}{"0":["variables.file"]}\r\n` +
		part('0', `; filename="${escapedFileName(file.name)}"\r\nContent-Type: ${contentType}`);
	return {
		type: `multipart/form-data; boundary=${boundary}`,
		body: Buffer.concat([Buffer.from(head), file.content, Buffer.from(`\r\n--${boundary}--\r\n`)]),
	};
}

/** What a quoted file name cannot hold, as HTML's form data has it. */
function escapedFileName(name: string): string {
	return name.replace(/\n/g, '%0A').replace(/\r/g, '%0D').replace(/"/g, '%22');
}

/** What is gone a moment later becomes OPENCTI_UNAVAILABLE; TLS, proxy and configuration faults keep their own hints. */
function unavailable(error: HttpError): Error {
	if (error.code === 'HTTP_PROXY' || !error.transient) return error;
	return new OpenCtiError('OPENCTI_UNAVAILABLE', error.message, {
		cause: error,
		...(error.hint === undefined ? {} : { hint: error.hint }),
	});
}

/** People paste the address of a page, or of the endpoint itself. */
function platformUrl(url: string): string {
	return url.trim().replace(/\/(?:graphql|dashboard)(?:[/?#].*)?$/s, '');
}

function checkedToken(token: string): string {
	const bare = token.trim().replace(/^Bearer\s+/i, '');
	if (!/^[\x21-\x7e]+$/.test(bare)) {
		throw new OpenCtiError(
			'OPENCTI_TOKEN_REFUSED',
			bare === '' ? 'The OpenCTI token is empty' : 'The OpenCTI token contains characters that a token cannot have',
			{
				hint: 'Copy the token again from your OpenCTI profile (API access) into the credential.',
			},
		);
	}
	return bare;
}

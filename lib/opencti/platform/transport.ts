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
} from '../../http';
import { HTTP_LIMITS, OPENCTI_LIMITS } from '../../limits';
import type { Logger } from '../../logger';
import { readAnswer } from './explain';
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

/** One try of an operation. Without `wait` another one makes no sense. */
type Tried<D> = { data: D; error?: undefined; wait?: undefined } | { data?: undefined; error: Error; wait?: number };

/** GraphQL over HTTP as OpenCTI speaks it: JSON, or multipart with one file; bounded repetition of what may be repeated. */
export class OpenCtiTransport {
	readonly baseUrl: string;
	readonly #http: HttpClient;
	readonly #clock: Clock;
	readonly #maxTries: number;
	readonly #timeoutMs: number;
	readonly #authorization: string;
	readonly #logger: Logger | undefined;

	constructor({ url, token, ...options }: TransportOptions) {
		this.#authorization = `Bearer ${checkedToken(token)}`;
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
	 * file storage errors, when the operation may be repeated.
	 *
	 * @throws OpenCtiError, or HttpError for TLS, proxy and configuration faults
	 */
	async call<V, D>(document: OpenCtiDocument<V, D>, variables: V, options: CallOptions = {}): Promise<D> {
		for (let tries = 1; ; tries++) {
			const { data, error, wait } = await this.#try(document, variables, options, tries);
			if (error === undefined) return data;
			const isLast = !document.repeatable || tries >= this.#maxTries || wait === undefined || options.signal?.aborted;
			this.#tell(document, error, isLast ? 'no further try' : `try ${tries + 1} of ${this.#maxTries} in ${wait} ms`);
			if (isLast) throw error;
			await this.#clock.sleep(wait, options.signal);
		}
	}

	async close(): Promise<void> {
		await this.#http.close();
	}

	/** The platform answers most errors with HTTP 200: what the answer meant is told here. Never variables, they are mail. */
	#tell({ name }: { name: string }, error: Error, next: string): void {
		const { code } = error as { code?: unknown };
		this.#logger?.debug(`OpenCTI ${name}: ${typeof code === 'string' ? code : error.name}, ${next}`);
	}

	/** The data of the answer, or the error and the milliseconds after which another try makes sense. */
	async #try<V, D>(
		document: OpenCtiDocument<V, D>,
		variables: V,
		options: CallOptions,
		tries: number,
	): Promise<Tried<D>> {
		const random = () => this.#clock.random();
		let asked: number | undefined;
		try {
			const response = await this.#http.request(this.#requestFor(document, variables, options));
			asked = retryAfterMs(response.headers['retry-after'], this.#clock.now());
			return { data: readAnswer(document, response, this.#http.baseUrl) };
		} catch (thrown) {
			const error = thrown instanceof HttpError ? unavailable(thrown) : (thrown as Error);
			if (!(error instanceof OpenCtiError) || !error.transient) return { error };
			if (asked !== undefined && asked > HTTP_LIMITS.maxRetryWaitMs) return { error };
			// A lock is held for the time of somebody else's write, not of a moment.
			const { maxLockWaitMs } = OPENCTI_LIMITS;
			const wait =
				error.code === 'OPENCTI_LOCKED'
					? Math.round(maxLockWaitMs / 3 + ((2 * maxLockWaitMs) / 3) * random())
					: backoffMs(tries, asked, random);
			return { error, wait };
		}
	}

	#requestFor<V, D>(document: OpenCtiDocument<V, D>, variables: V, options: CallOptions): HttpRequest {
		const operation = { query: document.text, operationName: document.name, variables };
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

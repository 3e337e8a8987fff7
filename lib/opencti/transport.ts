import type { FormData as UndiciFormData } from 'undici';
import {
	backoffMs,
	HttpClient,
	HttpError,
	retryAfterMs,
	systemClock,
	type Clock,
	type HttpClientOptions,
	type HttpRequest,
} from '../http';
import { HTTP_LIMITS, OPENCTI_LIMITS } from '../limits';
import { readAnswer } from './answer';
import type { OpenCtiDocument } from './documents';
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

/** GraphQL over HTTP as OpenCTI speaks it: JSON, or multipart with one file; bounded repetition of what may be repeated. */
export class OpenCtiTransport {
	readonly baseUrl: string;
	private readonly http: HttpClient;
	private readonly clock: Clock;
	private readonly maxTries: number;
	private readonly timeoutMs: number;
	private readonly authorization: string;

	constructor({ url, token, ...options }: TransportOptions) {
		this.authorization = `Bearer ${checkedToken(token)}`;
		this.http = new HttpClient(platformUrl(url), options);
		this.baseUrl = this.http.baseUrl;
		this.clock = options.clock ?? systemClock;
		this.maxTries = options.maxTries ?? HTTP_LIMITS.maxTries;
		this.timeoutMs = options.timeoutMs ?? HTTP_LIMITS.timeoutMs;
	}

	/**
	 * The data of one operation. Repeats connection failures, 429, 502, 503, 504 and the platform's lock, database and
	 * file storage errors, when the operation may be repeated. Throws {@link OpenCtiError}, or {@link HttpError} for TLS,
	 * proxy and configuration faults.
	 */
	async call<V, D>(document: OpenCtiDocument<V, D>, variables: V, options: CallOptions = {}): Promise<D> {
		for (let tries = 1; ; tries++) {
			const { error, wait } = await this.try(document, variables, options, tries);
			if (error === undefined) return wait;
			if (!document.repeatable || tries >= this.maxTries || wait === undefined || options.signal?.aborted) throw error;
			await this.clock.sleep(wait, options.signal);
		}
	}

	async close(): Promise<void> {
		await this.http.close();
	}

	/** The answer, or the error and the milliseconds after which another try makes sense. */
	private async try<V, D>(
		document: OpenCtiDocument<V, D>,
		variables: V,
		options: CallOptions,
		tries: number,
	): Promise<{ error: undefined; wait: D } | { error: Error; wait: number | undefined }> {
		const random = () => this.clock.random();
		let asked: number | undefined;
		try {
			const response = await this.http.request(this.requestFor(document, variables, options));
			asked = retryAfterMs(response.headers['retry-after'], this.clock.now());
			return { error: undefined, wait: readAnswer(document, response, this.http.baseUrl) };
		} catch (thrown) {
			const error = thrown instanceof HttpError ? unavailable(thrown, document.name) : (thrown as Error);
			if (!(error instanceof OpenCtiError) || !error.transient) return { error, wait: undefined };
			if (asked !== undefined && asked > HTTP_LIMITS.maxRetryWaitMs) return { error, wait: undefined };
			// A lock is held for the time of somebody else's write, not of a moment.
			const { maxLockWaitMs } = OPENCTI_LIMITS;
			const wait =
				error.code === 'OPENCTI_LOCKED'
					? Math.round(maxLockWaitMs / 3 + ((2 * maxLockWaitMs) / 3) * random())
					: backoffMs(tries, asked, random);
			return { error, wait };
		}
	}

	private requestFor<V, D>(document: OpenCtiDocument<V, D>, variables: V, options: CallOptions): HttpRequest {
		const operation = { query: document.text, operationName: document.name, variables };
		const { file, draftId, signal } = options;
		return {
			method: 'POST',
			path: '/graphql',
			repeatable: false,
			headers: {
				authorization: this.authorization,
				// Without it the platform drops references that it cannot resolve, markings among them, and reports success.
				...(document.creates ? { 'opencti-retry-number': '1' } : {}),
				...(draftId === undefined ? {} : { 'opencti-draft-id': draftId }),
			},
			...(file === undefined
				? { json: operation }
				: {
						body: multipart(operation, file),
						timeoutMs:
							this.timeoutMs + Math.ceil((1000 * file.content.length) / OPENCTI_LIMITS.minUploadBytesPerSecond),
					}),
			...(signal === undefined ? {} : { signal }),
		};
	}
}

/** graphql-multipart-request: operations, map, then the file; the platform refuses any other order. */
function multipart(operation: object, file: UploadFile): UndiciFormData {
	// eslint-disable-next-line @typescript-eslint/no-require-imports
	const { FormData } = require('undici') as typeof import('undici');
	const form = new FormData();
	form.append('operations', JSON.stringify(operation));
	form.append('map', JSON.stringify({ '0': ['variables.file'] }));
	form.append('0', new Blob([new Uint8Array(file.content)], { type: file.contentType }), file.name);
	return form;
}

/** What is gone a moment later becomes OPENCTI_UNAVAILABLE; TLS, proxy and configuration faults keep their own hints. */
function unavailable(error: HttpError, operation: string): Error {
	if (error.code === 'HTTP_ANSWER_TOO_LARGE' || !error.transient) return error;
	return new OpenCtiError('OPENCTI_UNAVAILABLE', `${error.message} (${operation})`, {
		cause: error,
		transient: true,
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
			bare === '' ? 'The OpenCTI token is empty' : 'The OpenCTI token holds characters that no token has',
			{
				hint: 'Copy the token again from your OpenCTI profile (API access).',
			},
		);
	}
	return bare;
}

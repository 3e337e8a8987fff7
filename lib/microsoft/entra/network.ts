import type { Dispatcher } from 'undici';
import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { HttpClient, HttpError, retryAfterMs, toHttpError, type HttpClientOptions } from '../../http';
import { MICROSOFT_LIMITS } from '../../limits';
import type { Logger } from '../../logger';

/** What really happened on the wire: MSAL swallows it. */
export interface Exchange {
	/** Origin and path, no query. */
	url: string;
	status?: number;
	/** Milliseconds of a Retry-After. */
	retryAfterMs?: number;
	/** The answer was not JSON. */
	notJson?: boolean;
	error?: HttpError;
}

/** How Entra is reached. */
export interface EntraConnection {
	dispatcher: Dispatcher;
	/** @throws when a URL must not be asked, before any connection */
	validateUrl?: (url: URL) => Promise<void>;
	/** Told of every request at the level debug: method, origin, path, status, bytes and milliseconds. */
	logger?: Logger | undefined;
}

/**
 * MSAL's network over our own connections, so that CA, proxy and egress rules hold for the token too.
 * MSAL turns TLS, DNS and discovery failures alike into `endpoints_resolution_error`; `last` keeps the cause.
 */
export class EntraNetwork implements INetworkModule {
	last?: Exchange;

	readonly #http: HttpClientOptions;
	readonly #now: () => number;

	constructor({ dispatcher, validateUrl, logger }: EntraConnection, now: () => number) {
		this.#now = now;
		this.#http = {
			dispatcher,
			timeoutMs: MICROSOFT_LIMITS.tokenTimeoutMs,
			maxAnswerBytes: MICROSOFT_LIMITS.maxTokenAnswerBytes,
			// Whoever asks for the token repeats, with an MSAL application of its own each time.
			maxTries: 1,
			...(validateUrl ? { validateUrl } : {}),
			...(logger ? { logger } : {}),
		};
	}

	sendGetRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
		return this.#send<T>('GET', url, options);
	}

	sendPostRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
		return this.#send<T>('POST', url, options);
	}

	async #send<T>(method: 'GET' | 'POST', path: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
		const { origin, pathname } = new URL(path);
		const url = origin + pathname;
		try {
			const answer = await new HttpClient(origin, this.#http).request({
				method,
				path,
				...(options?.headers === undefined ? {} : { headers: options.headers }),
				...(options?.body === undefined ? {} : { body: options.body }),
			});
			const { status, headers } = answer;
			const { body, notJson } = parse(answer.text(), status);
			const wait = retryAfterMs(headers['retry-after'], this.#now());
			this.last = {
				url,
				status,
				...(wait === undefined ? {} : { retryAfterMs: wait }),
				...(notJson ? { notJson } : {}),
			};
			return { status, headers, body: body as T };
		} catch (error) {
			const failure = toHttpError(error, `${method} ${url}`);
			if (failure instanceof HttpError) this.last = { url, error: failure };
			throw failure;
		}
	}
}

/** MSAL reads fields of the body without looking whether there is one. */
function parse(text: string, status: number): { body: unknown; notJson: boolean } {
	try {
		const body: unknown = JSON.parse(text);
		if (typeof body === 'object' && body !== null) return { body, notJson: false };
	} catch {
		// An HTML page: of a proxy, a login portal or an overloaded gateway.
	}
	return { body: { error: 'non_json_response', error_description: `HTTP ${status}, not JSON` }, notJson: true };
}

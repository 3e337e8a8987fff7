import type { Dispatcher } from 'undici';
import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import { GRAPH_LIMITS } from '../../limits';
import { HttpError, toHttpError } from '../../http';

/** What really happened on the wire: MSAL swallows it. */
export interface Exchange {
	/** Origin and path, no query. */
	url: string;
	status?: number;
	/** Milliseconds of a Retry-After in seconds. */
	retryAfterMs?: number;
	/** The answer was no JSON. */
	notJson?: boolean;
	error?: HttpError;
}

/**
 * MSAL's network over our own connections, so that CA, proxy and egress rules hold for the token too.
 * MSAL turns TLS, DNS and discovery failures alike into `endpoints_resolution_error`; `last` keeps the cause.
 */
export class EntraNetwork implements INetworkModule {
	last?: Exchange;

	readonly #dispatcher: Dispatcher;
	readonly #validateUrl: ((url: URL) => Promise<void>) | undefined;

	constructor(dispatcher: Dispatcher, validateUrl?: (url: URL) => Promise<void>) {
		this.#dispatcher = dispatcher;
		this.#validateUrl = validateUrl;
	}

	sendGetRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
		return this.#send<T>('GET', url, options);
	}

	sendPostRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
		return this.#send<T>('POST', url, options);
	}

	async #send<T>(method: 'GET' | 'POST', text: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
		const url = new URL(text);
		const where = url.origin + url.pathname;
		try {
			await this.#validateUrl?.(url);
			const undici = require('undici') as typeof import('undici');
			const answer = await undici.request(url, {
				method,
				dispatcher: this.#dispatcher,
				headers: options?.headers ?? {},
				body: options?.body ?? null,
				signal: AbortSignal.timeout(GRAPH_LIMITS.tokenTimeoutMs),
			});
			const chunks: Buffer[] = [];
			let size = 0;
			for await (const chunk of answer.body as AsyncIterable<Buffer>) {
				size += chunk.length;
				if (size > GRAPH_LIMITS.maxTokenAnswerBytes) throw new Error('the answer is too large for an authority');
				chunks.push(chunk);
			}
			const headers = Object.fromEntries(
				Object.entries(answer.headers).flatMap(([name, value]) =>
					value === undefined ? [] : [[name.toLowerCase(), String(value)]],
				),
			);
			const { body, notJson } = parse(Buffer.concat(chunks).toString('utf8'), answer.statusCode);
			const asked = /^\d{1,6}$/.exec(headers['retry-after'] ?? '')?.[0];
			this.last = {
				url: where,
				status: answer.statusCode,
				...(asked === undefined ? {} : { retryAfterMs: Number(asked) * 1000 }),
				...(notJson ? { notJson } : {}),
			};
			return { status: answer.statusCode, headers, body: body as T };
		} catch (error) {
			const failure = toHttpError(error, `${method} ${where}`);
			if (failure instanceof HttpError) this.last = { url: where, error: failure };
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

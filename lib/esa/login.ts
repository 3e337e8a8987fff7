import { isRecord } from '../json';
import type { Dispatcher } from 'undici';
import { HttpClient, HttpError, type Clock, type HttpRequest, type HttpResponse, type NetworkOptions } from '../http';
import { ESA_LIMITS, SETTING_LIMITS } from '../limits';
import { wholeNumber } from '../settings';
import { EsaError, esaSettings } from './errors';

export type EsaProduct = 'ESA' | 'SMA';

export interface EsaClientOptions extends NetworkOptions {
	/** `https://host:port`, or the host name alone. The path of the API is added. */
	url?: string;
	/** Instead of `url`: reached over https. */
	host?: string;
	/** With `host`. Default 443; appliances usually have 6443 (AsyncOS API) or 4431. */
	port?: number;
	/** `ESA`: Secure Email Gateway. `SMA`: Secure Email and Web Manager, for all gateways that report to it. Default `ESA`. */
	product?: EsaProduct;
	user: string;
	passphrase: string;
	/** Milliseconds for one answer. Default 60,000. */
	timeoutMs?: number;
	dispatcher?: Dispatcher;
	clock?: Clock;
}

/** Tokens are tied to the client that logged in: every request names the same one. */
const USER_AGENT = 'n8n-nodes-email-intel';

/**
 * A login at one appliance. A token lives as long as the appliance's inactivity timeout; in its last five minutes answers
 * carry a new one. When it is refused, there is one new login and one repetition.
 */
export class Session {
	readonly #http: HttpClient;
	#token?: string;

	readonly #options: EsaClientOptions;

	constructor(options: EsaClientOptions) {
		this.#options = options;
		if (!options.user || !options.passphrase) {
			throw new EsaError('ESA_CONFIGURATION', 'User or passphrase is missing', { hint: 'Both are needed to log in.' });
		}
		this.#http = new HttpClient(baseUrlOf(options), {
			...options,
			headers: { 'user-agent': USER_AGENT },
			maxAnswerBytes: ESA_LIMITS.maxAnswerBytes,
		});
	}

	get product(): EsaProduct {
		return this.#options.product ?? 'ESA';
	}

	async login(signal?: AbortSignal): Promise<void> {
		this.#token = undefined;
		const encoded = (text: string) => Buffer.from(text, 'utf8').toString('base64');
		const { user, passphrase } = this.#options;
		const response = await this.#http.request({
			method: 'POST',
			path: 'login',
			json: { data: { userName: encoded(user), passphrase: encoded(passphrase) } },
			// A second login does no harm.
			repeatable: true,
			...(signal ? { signal } : {}),
		});
		if (response.status !== 200) throw refused(response, 'login');
		const answer = jsonOf(response, 'login');
		const data = isRecord(answer.data) ? answer.data : {};
		if (typeof data.jwtToken === 'string' && /^[\w.~+/=-]+$/.test(data.jwtToken)) {
			this.#token = data.jwtToken;
			return;
		}
		if (String(data.is2FactorRedirectRequired).toLowerCase() === 'true') {
			throw new EsaError('ESA_TWO_FACTOR', 'The appliance asks this account for a second factor', {
				hint: 'Use a local account without two-factor authentication for the API.',
			});
		}
		throw unreadable('login', 'it holds no token');
	}

	/** The parsed answer of a call, which may be any JSON object. `path` is below the API's base, query included. */
	async call(request: HttpRequest): Promise<Record<string, unknown>> {
		if (this.#token === undefined) await this.login(request.signal);
		let response = await this.#send(request);
		if (response.status === 401) {
			await this.login(request.signal);
			response = await this.#send(request);
		}
		const call = request.path.split('?', 1)[0] ?? '';
		if (response.status !== 200) throw refused(response, call);
		return jsonOf(response, call);
	}

	async close(): Promise<void> {
		this.#token = undefined;
		await this.#http.close();
	}

	async #send(request: HttpRequest): Promise<HttpResponse> {
		const response = await this.#http.request({
			...request,
			headers: { ...request.headers, jwtToken: this.#token ?? '' },
		});
		const renewed = response.headers.jwttoken;
		if (response.status === 200 && renewed !== undefined && /^[\w.~+/=-]+$/.test(renewed)) this.#token = renewed;
		return response;
	}
}

function baseUrlOf({ url, host, port: portGiven, product = 'ESA' }: EsaClientOptions): string {
	const port = esaSettings(() =>
		wholeNumber('port', portGiven, { least: 1, most: SETTING_LIMITS.maxPort, otherwise: undefined }),
	);
	const given = (url ?? (host && port ? `${host}:${port}` : host) ?? '').trim();
	if (given === '' || (given.includes('://') && !/^https?:/i.test(given))) {
		throw new EsaError('ESA_CONFIGURATION', 'The address of the appliance is missing, or no http address', {
			hint: 'Give a URL such as https://esa.example.com:6443.',
		});
	}
	const absolute = /^https?:\/\//i.test(given) ? given : `https://${given}`;
	let end = absolute.length;
	while (absolute.charAt(end - 1) === '/') end--;
	const base = absolute.slice(0, end).replace(/\/(?:esa|sma)\/api(?:\/v2\.0)?$/i, '');
	return `${base}/${product.toLowerCase()}/api/v2.0`;
}

function jsonOf(response: HttpResponse, call: string): Record<string, unknown> {
	let answer: unknown;
	try {
		answer = response.json();
	} catch (cause) {
		if (cause instanceof HttpError) throw unreadable(call, 'it is not JSON', cause);
		throw cause;
	}
	if (!isRecord(answer)) throw unreadable(call, 'it is no JSON object');
	return answer;
}

/** An answer of HTTP 200 that is not the API's. */
export function unreadable(call: string, why: string, cause?: unknown): EsaError {
	return new EsaError('ESA_ANSWER_UNREADABLE', `The answer to ${call} cannot be read: ${why}`, {
		status: 200,
		hint: 'Check that the address is that of the AsyncOS API (port 6443 or 4431) and that no proxy answers in its place.',
		...(cause === undefined ? {} : { cause }),
	});
}

/** What a status means here. AsyncOS answers wrong parameters with 404. */
function refused(response: HttpResponse, call: string): EsaError {
	const { status } = response;
	const said = saidBy(response);
	const words = said === '' ? '' : `: ${said}`;
	const make = (code: EsaError['code'], message: string, hint: string) => new EsaError(code, message, { status, hint });
	if (call === 'login') {
		if (status === 401 || status === 403) {
			return make(
				'ESA_LOGIN_REFUSED',
				`The appliance refused the login${words}`,
				'Check user and passphrase; the account has to be allowed to use the AsyncOS API.',
			);
		}
		if (status === 404)
			return make('ESA_NO_API', `There is no AsyncOS API 2.0 at this address (HTTP 404${words})`, NO_API);
	}
	if (status === 401)
		return make(
			'ESA_UNAUTHORIZED',
			`The appliance does not accept its own token for ${call}${words}`,
			'If several clients share the account, or the clock of the appliance is wrong, tokens are refused.',
		);
	if (status === 403)
		return make(
			'ESA_FORBIDDEN',
			`The account may not call ${call}${words}`,
			'Give its role the right to message tracking (and to the details or quarantine that are asked for).',
		);
	if (status === 404 && /^not found\.?$/i.test(said))
		return make('ESA_NO_API', `The appliance has no ${call} (HTTP 404)`, NO_API);
	if (status === 400 || status === 404 || status === 406)
		return make(
			'ESA_QUERY_REFUSED',
			`The appliance refused the query to ${call} (HTTP ${status}${words})`,
			'Its version may not know a parameter: take the column that the message names out of the pattern.',
		);
	if (status === 413 || status === 414)
		return make(
			'ESA_QUERY_REFUSED',
			`The query to ${call} is too long for the appliance (HTTP ${status})`,
			'Shorten the values.',
		);
	if (status >= 500)
		return make(
			'ESA_UNAVAILABLE',
			`The appliance could not answer ${call} (HTTP ${status}${words})`,
			'It may be overloaded: try later, or a shorter window.',
		);
	return make(
		'ESA_STATUS',
		`The appliance answered ${call} with HTTP ${status}${words}`,
		'Check the address and the product.',
	);
}

const NO_API =
	'Check host, port (6443, 4431 or 443), the product (ESA or SMA) and that the AsyncOS API is switched on. Version 2.0 came with AsyncOS 12 and 13.';

/** The appliance's own words, without what a page of HTML or a stranger would put there. */
function saidBy(response: HttpResponse): string {
	try {
		const answer = JSON.parse(response.body.subarray(0, 65_536).toString('utf8')) as unknown;
		const error = isRecord(answer) && isRecord(answer.error) ? answer.error.message : undefined;
		return typeof error === 'string'
			? error
					.replace(/[\u0000-\u001f\u007f]+/g, ' ')
					.slice(0, 200)
					.trim()
			: '';
	} catch {
		return '';
	}
}

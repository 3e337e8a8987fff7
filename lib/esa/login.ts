import type { Dispatcher } from 'undici';
import { hostAndPort, withScheme } from '../address';
import { HttpClient, HttpError, type Clock, type HttpRequest, type HttpResponse, type NetworkOptions } from '../http';
import { isRecord } from '../json';
import { ESA_LIMITS, SETTING_LIMITS } from '../limits';
import type { Logger } from '../logger';
import { Secrets } from '../secrets';
import { wholeNumber } from '../settings';
import { EsaError, esaSettings } from './errors';
import { refused, unreadable } from './explain';

/** `ESA`: a Cisco Secure Email gateway. `SMA`: the manager of several. */
export type EsaProduct = 'ESA' | 'SMA';

/** Which appliance an {@link EsaClient} asks, as whom, and how it is reached. */
export interface EsaClientOptions extends NetworkOptions {
	/** `https://host:port`, or the host name alone. The path of the API is added. */
	url?: string | undefined;
	/** Instead of `url`: reached over https. May end with the port. */
	host?: string | undefined;
	/** With `host`. Default 443; appliances usually have 6443 (AsyncOS API) or 4431. */
	port?: number | undefined;
	/** `ESA`: Secure Email Gateway. `SMA`: Secure Email and Web Manager, for all gateways that report to it. Default `ESA`. */
	product?: EsaProduct | undefined;
	user: string;
	passphrase: string;
	/** Milliseconds for one answer. Default 60,000. */
	timeoutMs?: number | undefined;
	dispatcher?: Dispatcher | undefined;
	clock?: Clock | undefined;
	/** Told at the level debug of every request (method, path, status; no values of queries) and of every new login. */
	logger?: Logger | undefined;
}

/** Tokens are tied to the client that logged in: every request names the same one. */
const USER_AGENT = 'n8n-nodes-email-intel';

/**
 * A login at one appliance. A token lives as long as the appliance's inactivity timeout; in its last five minutes answers
 * carry a new one. When it is refused, there is one new login and one repetition.
 */
export class Login {
	readonly #http: HttpClient;
	#token?: string;
	#loggingIn?: Promise<void> | undefined;

	readonly #options: EsaClientOptions;

	/** The passphrase, and the token that it gave. */
	get #secrets(): Secrets {
		return new Secrets(this.#options.passphrase, this.#token);
	}

	constructor(options: EsaClientOptions) {
		this.#options = options;
		if (!options.user || !options.passphrase) {
			throw new EsaError('ESA_CONFIGURATION', 'The user or the passphrase is missing', {
				hint: "Enter 'User' and 'Passphrase' in the credential.",
			});
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

	/** Logs in anew; whoever asks meanwhile waits for the same login. */
	async login(signal?: AbortSignal): Promise<void> {
		this.#loggingIn ??= this.#logIn(signal).finally(() => (this.#loggingIn = undefined));
		await this.#loggingIn;
	}

	async #logIn(signal?: AbortSignal): Promise<void> {
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
		if (response.status !== 200) throw refused(response, 'login', this.#secrets);
		const answer = jsonOf(response, 'login');
		const data = isRecord(answer.data) ? answer.data : {};
		if (typeof data.jwtToken === 'string' && /^[\w.~+/=-]+$/.test(data.jwtToken)) {
			this.#token = data.jwtToken;
			return;
		}
		if (String(data.is2FactorRedirectRequired).toLowerCase() === 'true') {
			throw new EsaError('ESA_TWO_FACTOR', 'The appliance requires a second factor for this account', {
				hint: 'Use a local account without two-factor authentication for the API.',
			});
		}
		throw unreadable('login', 'it contains no token');
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
		if (response.status !== 200) throw refused(response, call, this.#secrets);
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

function baseUrlOf({ url, host, port, product = 'ESA' }: EsaClientOptions): string {
	const absolute = esaSettings(() => {
		const range = { least: 1, most: SETTING_LIMITS.maxPort, otherwise: undefined };
		const checked = wholeNumber('port', port, range);
		return withScheme(url ?? originOf(host ?? '', checked));
	});
	if (!/^https?:\//i.test(absolute)) {
		throw new EsaError('ESA_CONFIGURATION', 'The URL of the appliance is missing or is not an http or https address', {
			hint: "Enter the address of the AsyncOS API in 'URL' of the credential, such as https://esa.example.com:6443.",
		});
	}
	let end = absolute.length;
	while (absolute.charAt(end - 1) === '/') end--;
	const base = absolute.slice(0, end).replace(/\/(?:esa|sma)\/api(?:\/v2\.0)?$/i, '');
	return `${base}/${product.toLowerCase()}/api/v2.0`;
}

/** Of a host, which may be a whole URL here, and its port. */
function originOf(host: string, port: number | undefined): string {
	const split = hostAndPort(host, port);
	if (split === undefined) return host.trim() === '' || !port ? host : `${host.trim()}:${port}`;
	const name = split.host.includes(':') ? `[${split.host}]` : split.host;
	return split.port === undefined ? name : `${name}:${split.port}`;
}

function jsonOf(response: HttpResponse, call: string): Record<string, unknown> {
	let answer: unknown;
	try {
		answer = response.json();
	} catch (cause) {
		if (cause instanceof HttpError) throw unreadable(call, 'it is not JSON', cause);
		throw cause;
	}
	if (!isRecord(answer)) throw unreadable(call, 'it is not a JSON object');
	return answer;
}

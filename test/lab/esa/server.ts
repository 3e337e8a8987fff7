import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from '../tls/certificate';
import { badQuery, LabError } from './answers';
import { detailsOf } from './details';
import type { LabMessage } from './message';
import { Quarantine } from './quarantine';
import { DEFAULT_SWITCHES, searchMessages, type SearchSwitches } from './search';
import { Tokens } from './token';
import { generateTraffic, type TrafficOptions } from './traffic';

/** What goes wrong once, on the next request whose path ends with `on`. */
export interface LabFailure {
	/** End of the path, without the query. Default: any. */
	on?: string;
	/** Requests to let pass first. Default 0. */
	after?: number;
	/** How many times. Default 1; Infinity for ever. */
	times?: number;
	what:
		| { kind: 'status'; status: number; message?: string; retryAfter?: string }
		/** A proxy's page. */
		| { kind: 'html'; status: number }
		| { kind: 'truncated' }
		| { kind: 'close' }
		| { kind: 'slow'; ms: number }
		/** Any body, HTTP 200. */
		| { kind: 'body'; body: string };
}

export interface EsaLabOptions {
	traffic?: TrafficOptions | LabMessage[];
	switches?: Partial<SearchSwitches>;
	product?: 'ESA' | 'SMA';
	user?: string;
	passphrase?: string;
	/** Default 1,800. */
	tokenSeconds?: number;
	/** Ties tokens to the user agent that logged in. Default false. */
	bindAgent?: boolean;
	/** What the account may call. Default: everything the simulator has. */
	privileges?: string[];
	/** The account has to give a second factor. Default false. */
	twoFactor?: boolean;
	/** HTTPS with a self-signed certificate. Default false. */
	tls?: boolean;
	/** Epoch milliseconds. Default: the system's. */
	now?: () => number;
}

const PRIVILEGES: Record<string, string> = {
	messages: 'e_message_tracking_messages',
	details: 'e_message_tracking_detail',
	'amp-details': 'e_message_tracking_amp_details',
	'dlp-details': 'e_message_tracking_dlp_details',
	'url-details': 'e_message_tracking_url_details',
	'connection-details': 'e_message_tracking_connection_details',
};

/** A Cisco Secure Email appliance on 127.0.0.1: the AsyncOS API 2.0, strict about every parameter. */
export class EsaLab {
	traffic: LabMessage[];
	switches: SearchSwitches;
	/** Method, path and query of each request, as it arrived. */
	readonly requests: Array<{ method: string; path: string; query: string; headers: IncomingMessage['headers'] }> = [];
	readonly quarantine: Quarantine;
	readonly failures: LabFailure[] = [];
	logins = 0;
	/** PEM of the certificate, with `tls`. */
	ca = '';
	url = '';
	readonly #tokens: Tokens;
	#close: () => Promise<void> = async () => {};

	readonly #options: EsaLabOptions;

	private constructor(options: EsaLabOptions) {
		this.#options = options;
		this.quarantine = new Quarantine(() => this.traffic);
		this.traffic = Array.isArray(options.traffic) ? options.traffic : generateTraffic(options.traffic);
		this.switches = { ...DEFAULT_SWITCHES, ...options.switches };
		this.#tokens = new Tokens('lab secret', options.now ?? Date.now);
	}

	static async start(options: EsaLabOptions = {}): Promise<EsaLab> {
		const lab = new EsaLab(options);
		const listener: RequestListener = (request, response) => void lab.#handle(request, response);
		const certificate = options.tls ? await selfSigned() : undefined;
		lab.ca = certificate?.cert ?? '';
		const server = certificate ? createTlsServer({ ...certificate }, listener) : createServer(listener);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		lab.url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
		lab.#close = () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			});
		return lab;
	}

	async stop(): Promise<void> {
		await this.#close();
	}

	/** Lets something go wrong. */
	fail(failure: LabFailure): void {
		this.failures.push(failure);
	}

	async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const [path = '', query = ''] = splitOnce(request.url ?? '', '?');
		this.requests.push({ method: request.method ?? '', path, query, headers: request.headers });
		try {
			const body = await readAll(request);
			if (await this.#misbehave(path, response)) return;
			const answer = this.#route(request, path, query, body, response);
			send(response, 200, JSON.stringify(answer));
		} catch (error) {
			if (error instanceof LabError) send(response, error.status, error.body());
			else send(response, 500, new LabError(500, String(error)).body());
		}
	}

	async #misbehave(path: string, response: ServerResponse): Promise<boolean> {
		const failure = this.failures.find(({ on }) => on === undefined || path.endsWith(on));
		if (failure === undefined) return false;
		if ((failure.after ?? 0) > 0) {
			failure.after = (failure.after ?? 0) - 1;
			return false;
		}
		failure.times = (failure.times ?? 1) - 1;
		if (failure.times <= 0) this.failures.splice(this.failures.indexOf(failure), 1);
		const { what } = failure;
		switch (what.kind) {
			case 'status':
				if (what.retryAfter !== undefined) response.setHeader('Retry-After', what.retryAfter);
				send(response, what.status, new LabError(what.status, what.message ?? 'Injected.').body());
				return true;
			case 'html':
				send(response, what.status, '<html><body><h1>Proxy Error</h1></body></html>', 'text/html');
				return true;
			case 'truncated':
				send(response, 200, '{"meta":{"num_bad_records":0,"totalCount":1},"data":[{"attrib');
				return true;
			case 'close':
				response.socket?.destroy();
				return true;
			case 'slow':
				await new Promise((resolve) => setTimeout(resolve, what.ms).unref());
				return false;
			case 'body':
				send(response, 200, what.body);
				return true;
		}
	}

	#route(request: IncomingMessage, path: string, query: string, body: Buffer, response: ServerResponse): unknown {
		const base = `/${(this.#options.product ?? 'ESA').toLowerCase()}/api/v2.0/`;
		if (!path.startsWith(base)) throw new LabError(404, 'Not Found.');
		const call = path.slice(base.length);
		const { method = 'GET' } = request;
		if (call === 'login' || call === 'login/') {
			if (method !== 'POST') throw new LabError(405, 'Method Not Allowed.');
			return this.#login(request, body);
		}
		this.#authorise(request, response);
		if (call === 'login/privileges') return { data: this.#privileges() };
		const [group, what = ''] = call.split('/');
		if (group === 'message-tracking' && PRIVILEGES[what] !== undefined) {
			if (method !== 'GET') throw new LabError(405, 'Method Not Allowed.');
			if (!this.#privileges().includes(PRIVILEGES[what])) throw new LabError(403, 'Forbidden.');
			return what === 'messages'
				? searchMessages(this.traffic, query, this.switches)
				: detailsOf(this.traffic, what, query, this.#options.product === 'SMA');
		}
		if (call === 'quarantine/messages' && method === 'GET') return this.quarantine.search(query);
		if (call === 'quarantine/messages/details' && method === 'GET') return this.quarantine.details(query);
		if (call === 'quarantine/messages' && (method === 'POST' || method === 'DELETE')) {
			return this.quarantine.act(jsonOf(request, body), method === 'POST' ? 'release' : 'delete');
		}
		throw new LabError(404, 'Not Found.');
	}

	#privileges(): string[] {
		return this.#options.privileges ?? Object.values(PRIVILEGES);
	}

	#login(request: IncomingMessage, body: Buffer): object {
		this.logins++;
		const { data, ...rest } = jsonOf(request, body) as { data?: { userName?: string; passphrase?: string } };
		if (Object.keys(rest).length > 0 || data === undefined) throw badQuery('Unexpected attribute - body.');
		const { user = 'admin', passphrase = 'Lab-Passphrase-1' } = this.#options;
		if (unbase64(data.userName) !== user || unbase64(data.passphrase) !== passphrase) {
			throw new LabError(401, 'Invalid username or passphrase.');
		}
		const common = { userName: user, role: 'Administrator', email: [] };
		if (this.#options.twoFactor) return { data: { ...common, is2FactorRedirectRequired: 'true' } };
		return { data: { ...common, is2FactorRedirectRequired: 'false', jwtToken: this.#issue(request) } };
	}

	#issue(request: IncomingMessage): string {
		const { user = 'admin', tokenSeconds = 1800 } = this.#options;
		return this.#tokens.issue(user, request.headers['user-agent'] ?? '', tokenSeconds);
	}

	#authorise(request: IncomingMessage, response: ServerResponse): void {
		const { jwttoken, authorization } = request.headers;
		if (typeof jwttoken === 'string') {
			const { agent, secondsLeft } = this.#tokens.check(jwttoken);
			if (this.#options.bindAgent && agent !== (request.headers['user-agent'] ?? ''))
				throw new LabError(401, 'InvalidTokenError.');
			if (secondsLeft <= 300) response.setHeader('jwtToken', this.#issue(request));
			return;
		}
		const { user = 'admin', passphrase = 'Lab-Passphrase-1' } = this.#options;
		if (authorization !== `Basic ${Buffer.from(`${user}:${passphrase}`).toString('base64')}`)
			throw new LabError(401, 'Unauthorized.');
	}
}

function splitOnce(text: string, at: string): [string, string] {
	const index = text.indexOf(at);
	return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

function jsonOf(request: IncomingMessage, body: Buffer): object {
	if (request.headers['content-type'] !== 'application/json')
		throw new LabError(406, 'Content-Type must be application/json.');
	try {
		return JSON.parse(body.toString('utf8')) as object;
	} catch {
		throw new LabError(400, 'Bad request syntax.');
	}
}

const unbase64 = (text: unknown): string | undefined =>
	typeof text === 'string' ? Buffer.from(text, 'base64').toString('utf8') : undefined;

function send(response: ServerResponse, status: number, body: string, type = 'application/json; charset=utf-8'): void {
	response.writeHead(status, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*' });
	response.end(body);
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { authenticate, authorize } from './access';
import { attachmentsOf } from './attachments';
import { DeltaQuery } from './delta';
import type { EntraLab, TokenClaims } from './entra';
import type { LabMailbox } from './exchange';
import { answerFault, HtmlPage, isRefusal, refuseAs, spoilt, type GraphFault } from './faults';
import { findFolder, listFolders, showFolder } from './folders';
import { findMessage, listMessages, MESSAGE_FIELDS, messageRow } from './messages';
import { DEFAULT_PAGE, LabRefusal, preferencesOf, queryOf, selectOf, type Preferences } from './odata';

export interface Throttling {
	/** Requests in flight of one application that are answered. */
	concurrency: number;
	/** Requests of one application and mailbox within the window. */
	requests: number;
	windowMs: number;
}

export interface GraphCounts {
	requests: number;
	byKind: Record<string, number>;
	throttled: number;
	/** Most requests in flight of one application. */
	inFlight: number;
}

/** Another part of Graph, below a path of its own. */
export interface GraphService {
	/** Below `/v1.0/`. */
	path: string;
	/** The body of the answer, or the promise of it. @throws LabRefusal */
	answer(request: {
		method: string;
		url: URL;
		body: Buffer;
		headers: IncomingMessage['headers'];
		claims: TokenClaims;
	}): unknown;
}

/** The mail part of Microsoft Graph v1.0 for application tokens. Refuses what it does not know. */
export class GraphLab {
	readonly mailboxes = new Map<string, LabMailbox>();
	readonly faults: GraphFault[] = [];
	readonly services: GraphService[] = [];
	readonly counts: GraphCounts = { requests: 0, byKind: {}, throttled: 0, inFlight: 0 };
	readonly delta: DeltaQuery;
	throttling: Throttling = { concurrency: 4, requests: 10_000, windowMs: 600_000 };
	/** False: this cloud has no message delta query. */
	hasDelta = true;
	gzip = true;
	/** A list of messages is answered as if it had no $filter. */
	ignoresFilter = false;
	/** A list of folders is answered as if it had none. */
	ignoresFolderFilter = false;
	/** The search index finds what it likes: all messages, whatever the words. */
	ignoresSearch = false;
	/** Milliseconds that an answer takes. */
	latencyMs = 0;
	/** Called before each request is answered. */
	onRequest?: (kind: string) => void;
	url = '';
	readonly #inFlight = new Map<string, number>();
	readonly #windows = new Map<string, { since: number; count: number }>();

	readonly #entra: EntraLab;
	readonly #now: () => number;

	constructor(entra: EntraLab, now: () => number, random: () => number) {
		this.#entra = entra;
		this.#now = now;
		this.delta = new DeltaQuery(random);
	}

	/** Address in lower case. */
	mailbox(address: string): LabMailbox {
		const found = this.mailboxes.get(address.toLowerCase());
		if (found === undefined) throw new Error(`the lab has no mailbox ${address}`);
		return found;
	}

	async handle(request: IncomingMessage, response: ServerResponse, posted: Buffer = Buffer.alloc(0)): Promise<void> {
		const url = new URL(request.url ?? '/', this.url);
		const kind = kindOf(url.pathname);
		response.setHeader('request-id', randomUUID());
		response.setHeader('date', new Date(this.#now()).toUTCString());
		this.counts.requests++;
		this.counts.byKind[kind] = (this.counts.byKind[kind] ?? 0) + 1;
		let leave = () => {};
		try {
			const fault = this.#takeFault(url.pathname);
			if (fault?.kind === 'reset') return void request.socket.destroy();
			if (fault?.kind === 'hang') return;
			const claims = authenticate(this.#entra, this.url, request);
			leave = this.#enter(claims.appid, response);
			if (this.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.latencyMs));
			this.onRequest?.(kind);
			if (fault !== undefined && fault.kind !== 'reset-in-body' && isRefusal(fault)) refuseAs(fault, response);
			const service = this.services.find(({ path }) => url.pathname === `/v1.0/${path}`);
			if (service !== undefined) {
				const { method = 'GET', headers } = request;
				const answer = Buffer.from(
					JSON.stringify(await service.answer({ method, url, body: posted, headers, claims })),
				);
				return this.#bytes(
					request,
					response,
					answer,
					'application/json; charset=utf-8',
					fault?.kind === 'reset-in-body',
				);
			}
			this.#route(request, response, url, claims, fault);
		} catch (error) {
			if (error instanceof HtmlPage)
				return void response
					.writeHead(200, { 'content-type': 'text/html' })
					.end('<html><body>Blocked by your organisation</body></html>');
			if (!(error instanceof LabRefusal)) throw error;
			for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
			this.#json(request, response, error.status, {
				error: {
					code: error.code,
					message: error.message,
					innerError: {
						date: new Date(this.#now()).toISOString(),
						'request-id': randomUUID(),
						'client-request-id': request.headers['client-request-id'],
					},
				},
			});
		} finally {
			leave();
		}
	}

	#route(
		request: IncomingMessage,
		response: ServerResponse,
		url: URL,
		claims: TokenClaims,
		fault: GraphFault | undefined,
	): void {
		const cut = fault?.kind === 'reset-in-body';
		const odd = answerFault(fault);
		if (request.method !== 'GET') throw new LabRefusal(405, 'MethodNotAllowed', 'Only reading is part of this lab.');
		if (!/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(String(request.headers['client-request-id'])))
			throw new LabRefusal(400, 'ErrorInvalidRequest', 'client-request-id must be a GUID.');
		const preferences = preferencesOf(request.headers.prefer as string | undefined);
		const [version, users, user, ...rest] = url.pathname.split('/').slice(1).map(decodeURIComponent);
		if (version !== 'v1.0' || users !== 'users' || user === undefined)
			throw new LabRefusal(400, 'BadRequest', 'Resource not found for the segment.');
		const mailbox = authorize(this.#entra, this.mailboxes, user, claims, rest);
		mailbox.tick();
		if (this.ignoresFolderFilter && rest[0] === 'mailFolders') url.searchParams.delete('$filter');
		if (this.ignoresFilter && rest[0] === 'messages' && rest.length === 1) url.searchParams.delete('$filter');
		if (this.ignoresSearch && url.searchParams.has('$search'))
			url.searchParams.set('$search', '"received>=1990-01-01"');
		if (preferences.immutable) response.setHeader('preference-applied', 'IdType="ImmutableId"');
		const [collection, id, ...sub] = rest;
		const send = (body: unknown) => this.#json(request, response, 200, spoilt(odd, body, url.toString()));
		if (collection === 'mailFolders') return this.#folders(mailbox, id, sub, url, preferences, send);
		if (collection !== 'messages') throw new LabRefusal(400, 'BadRequest', 'Resource not found for the segment.');
		if (id === undefined) return send(listMessages(mailbox, [...mailbox.messages.values()], url, preferences));
		const message = findMessage(mailbox, id, preferences);
		if (sub.length === 0)
			return send(
				messageRow(
					mailbox,
					message,
					selectOf(queryOf(url, ['$select']).$select, 'message', MESSAGE_FIELDS),
					preferences,
				),
			);
		queryOf(url, sub[0] === 'attachments' ? ['$select'] : []);
		if (sub[0] === '$value' && sub.length === 1) {
			if (message.broken)
				throw new LabRefusal(
					500,
					'ErrorMimeContentConversionFailed',
					'The MIME content of this item could not be made.',
				);
			const page = '<!DOCTYPE html>\r\n<html><body>Blocked by your organisation</body></html>';
			const mime = odd === 'empty' ? Buffer.alloc(0) : odd === 'page' ? Buffer.from(page) : mailbox.mimeOf(message);
			return this.#bytes(request, response, mime, 'text/plain', cut);
		}
		if (sub[0] === 'attachments') {
			const answer = attachmentsOf(message, sub.slice(1), url);
			return 'body' in answer
				? send(answer.body)
				: this.#bytes(request, response, answer.bytes, answer.contentType, false);
		}
		throw new LabRefusal(400, 'BadRequest', `Resource not found for the segment '${sub[0]}'.`);
	}

	#folders(
		mailbox: LabMailbox,
		id: string | undefined,
		sub: string[],
		url: URL,
		preferences: Preferences,
		send: (body: unknown) => void,
	): void {
		if (id === undefined) return send(listFolders(mailbox, undefined, url));
		const folder = findFolder(mailbox, id);
		if (sub.length === 0) return send(showFolder(mailbox, folder, url));
		if (sub[0] === 'childFolders') return send(listFolders(mailbox, folder, url));
		if (sub[0] !== 'messages')
			throw new LabRefusal(400, 'BadRequest', `Resource not found for the segment '${sub[0]}'.`);
		if (sub.length === 1)
			return send(
				listMessages(
					mailbox,
					[...folder.members].map((one) => mailbox.messages.get(one)!),
					url,
					preferences,
				),
			);
		if (sub[1] !== 'delta' || !this.hasDelta)
			throw new LabRefusal(400, 'BadRequest', `Resource not found for the segment '${sub[1]}'.`);
		const page = this.delta.answer(mailbox, folder, url, preferences.pageSize ?? DEFAULT_PAGE);
		send({
			'@odata.context': `${this.url}/v1.0/$metadata#Collection(message)`,
			...(page.next ? { '@odata.nextLink': `${this.url}${url.pathname}?$skiptoken=${page.next}` } : {}),
			...(page.delta ? { '@odata.deltaLink': `${this.url}${url.pathname}?$deltatoken=${page.delta}` } : {}),
			value: page.rows.map(({ message, removedId }) =>
				message
					? messageRow(mailbox, message, page.select, preferences)
					: { id: removedId, '@removed': { reason: 'deleted' } },
			),
		});
	}

	/** Counts the request until its answer has been sent. */
	#enter(appId: string, response: ServerResponse): () => void {
		const count = (this.#inFlight.get(appId) ?? 0) + 1;
		this.counts.inFlight = Math.max(this.counts.inFlight, count);
		if (count > this.throttling.concurrency) {
			this.counts.throttled++;
			throw new LabRefusal(429, 'ApplicationThrottled', 'Application is over its MailboxConcurrency limit.', {
				'retry-after': '1',
			});
		}
		const window = this.#windows.get(appId);
		if (window === undefined || this.#now() - window.since >= this.throttling.windowMs)
			this.#windows.set(appId, { since: this.#now(), count: 1 });
		else if (++window.count > this.throttling.requests) {
			this.counts.throttled++;
			throw new LabRefusal(429, 'ApplicationThrottled', 'Application is over its request limit.', {
				'retry-after': String(Math.ceil((window.since + this.throttling.windowMs - this.#now()) / 1000)),
			});
		}
		this.#inFlight.set(appId, count);
		response.once('close', () => this.#inFlight.set(appId, this.#inFlight.get(appId)! - 1));
		return () => {};
	}

	#takeFault(path: string): GraphFault | undefined {
		const at = this.faults.findIndex(
			({ path: part = '', not, about }) =>
				path.includes(part) &&
				!(not !== undefined && path.includes(not)) &&
				(about === undefined || about === kindOf(path)),
		);
		const fault = this.faults[at];
		if (fault === undefined) return undefined;
		fault.times = (fault.times ?? 1) - 1;
		if (fault.times <= 0) this.faults.splice(at, 1);
		return fault;
	}

	#json(request: IncomingMessage, response: ServerResponse, status: number, body: unknown): void {
		this.#bytes(
			request,
			response,
			Buffer.from(JSON.stringify(body)),
			'application/json; odata.metadata=minimal; charset=utf-8',
			false,
			status,
		);
	}

	#bytes(
		request: IncomingMessage,
		response: ServerResponse,
		bytes: Buffer,
		contentType: string,
		cut: boolean,
		status = 200,
	): void {
		const zipped = this.gzip && /\bgzip\b/.test(String(request.headers['accept-encoding'])) && bytes.length > 1000;
		const body = zipped ? gzipSync(bytes, { level: 1 }) : bytes;
		response.writeHead(status, { 'content-type': contentType, ...(zipped ? { 'content-encoding': 'gzip' } : {}) });
		if (!cut) return void response.end(body);
		response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
	}
}

/** What a request is about, for counting and for faults. */
function kindOf(path: string): string {
	if (path.endsWith('/delta')) return 'delta';
	if (path.endsWith('/$value')) return 'value';
	if (path.includes('/attachments')) return 'attachments';
	if (/\/messages\/[^/]+$/.test(path)) return 'message';
	if (path.endsWith('/messages')) return 'list';
	return 'folder';
}

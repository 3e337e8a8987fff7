import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { DeltaQuery } from './delta';
import { HtmlPage, refuseAs, type GraphFault } from './faults';
import { searchOf } from './search';
import type { EntraLab, TokenClaims } from './entra';
import type { LabAttachment, LabFolder, LabMailbox, LabMessage } from './exchange';
import {
	compares,
	filterOf,
	LabRefusal,
	numberOf,
	preferencesOf,
	queryOf,
	selectOf,
	timeText,
	type Preferences,
} from './odata';

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

const MESSAGE_FIELDS = [
	'id',
	'subject',
	'from',
	'toRecipients',
	'internetMessageId',
	'sentDateTime',
	'receivedDateTime',
	'lastModifiedDateTime',
	'hasAttachments',
	'parentFolderId',
	'internetMessageHeaders',
];
const FOLDER_FIELDS = [
	'id',
	'displayName',
	'parentFolderId',
	'childFolderCount',
	'totalItemCount',
	'unreadItemCount',
	'isHidden',
];
const ATTACHMENT_FIELDS = ['id', 'name', 'contentType', 'size', 'isInline', 'lastModifiedDateTime'];
const DEFAULT_PAGE = 10;
const TYPES = { file: 'fileAttachment', item: 'itemAttachment', reference: 'referenceAttachment' };

/** The mail part of Microsoft Graph v1.0 for application tokens. Refuses what it does not know. */
export class GraphLab {
	readonly mailboxes = new Map<string, LabMailbox>();
	readonly faults: GraphFault[] = [];
	readonly counts: GraphCounts = { requests: 0, byKind: {}, throttled: 0, inFlight: 0 };
	readonly delta: DeltaQuery;
	throttling: Throttling = { concurrency: 4, requests: 10_000, windowMs: 600_000 };
	/** False: this cloud has no message delta query. */
	hasDelta = true;
	gzip = true;
	/** Milliseconds that an answer takes. */
	latencyMs = 0;
	/** Called before each request is answered. */
	onRequest?: (kind: string) => void;
	url = '';
	private readonly inFlight = new Map<string, number>();
	private readonly windows = new Map<string, { since: number; count: number }>();

	constructor(
		private readonly entra: EntraLab,
		private readonly now: () => number,
		random: () => number,
	) {
		this.delta = new DeltaQuery(random);
	}

	/** Address in lower case. */
	mailbox(address: string): LabMailbox {
		const found = this.mailboxes.get(address.toLowerCase());
		if (found === undefined) throw new Error(`the lab has no mailbox ${address}`);
		return found;
	}

	async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = new URL(request.url ?? '/', this.url);
		const kind = kindOf(url.pathname);
		response.setHeader('request-id', randomUUID());
		response.setHeader('date', new Date(this.now()).toUTCString());
		this.counts.requests++;
		this.counts.byKind[kind] = (this.counts.byKind[kind] ?? 0) + 1;
		let leave = () => {};
		try {
			const fault = this.takeFault(url.pathname);
			if (fault?.kind === 'reset') return void request.socket.destroy();
			const claims = this.authenticate(request);
			leave = this.enter(claims.appid, response);
			if (this.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.latencyMs));
			this.onRequest?.(kind);
			if (fault !== undefined && fault.kind !== 'reset-in-body') refuseAs(fault, response);
			this.route(request, response, url, claims, fault?.kind === 'reset-in-body');
		} catch (error) {
			if (error instanceof HtmlPage)
				return void response
					.writeHead(200, { 'content-type': 'text/html' })
					.end('<html><body>Blocked by your organisation</body></html>');
			if (!(error instanceof LabRefusal)) throw error;
			for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
			this.json(request, response, error.status, {
				error: {
					code: error.code,
					message: error.message,
					innerError: {
						date: new Date(this.now()).toISOString(),
						'request-id': randomUUID(),
						'client-request-id': request.headers['client-request-id'],
					},
				},
			});
		} finally {
			leave();
		}
	}

	private route(request: IncomingMessage, response: ServerResponse, url: URL, claims: TokenClaims, cut: boolean): void {
		if (request.method !== 'GET') throw new LabRefusal(405, 'MethodNotAllowed', 'Only reading is part of this lab.');
		if (!/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(String(request.headers['client-request-id'])))
			throw new LabRefusal(400, 'ErrorInvalidRequest', 'client-request-id must be a GUID.');
		const preferences = preferencesOf(request.headers.prefer as string | undefined);
		const [version, users, user, ...rest] = url.pathname.split('/').slice(1).map(decodeURIComponent);
		if (version !== 'v1.0' || users !== 'users' || user === undefined)
			throw new LabRefusal(400, 'BadRequest', 'Resource not found for the segment.');
		const mailbox = this.authorize(user, claims, rest);
		mailbox.tick();
		if (preferences.immutable) response.setHeader('preference-applied', 'IdType="ImmutableId"');
		const [collection, id, ...sub] = rest;
		const send = (body: unknown) => this.json(request, response, 200, body);
		if (collection === 'mailFolders') return this.folders(mailbox, id, sub, url, preferences, send);
		if (collection !== 'messages') throw new LabRefusal(400, 'BadRequest', 'Resource not found for the segment.');
		if (id === undefined) return send(this.list(mailbox, [...mailbox.messages.values()], url, preferences));
		const message = this.find(mailbox, id, preferences);
		if (sub.length === 0)
			return send(this.row(mailbox, message, selectOf(queryOf(url, ['$select']).$select, MESSAGE_FIELDS), preferences));
		queryOf(url, sub[0] === 'attachments' ? ['$select'] : []);
		if (sub[0] === '$value' && sub.length === 1) {
			if (message.broken)
				throw new LabRefusal(
					500,
					'ErrorMimeContentConversionFailed',
					'The MIME content of this item could not be made.',
				);
			return this.bytes(request, response, mailbox.mimeOf(message), 'text/plain', cut);
		}
		if (sub[0] === 'attachments') return this.attachments(request, response, message, sub.slice(1), url, send);
		throw new LabRefusal(400, 'BadRequest', `Resource not found for the segment '${sub[0]}'.`);
	}

	private folders(
		mailbox: LabMailbox,
		id: string | undefined,
		sub: string[],
		url: URL,
		preferences: Preferences,
		send: (body: unknown) => void,
	): void {
		if (id === undefined) return send(this.folderList(mailbox, undefined, url));
		const folder = [...mailbox.folders.values()].find((one) => one.id === id || one.wellKnown === id.toLowerCase());
		if (folder === undefined)
			throw /^[A-Za-z0-9_+/=-]+$/.test(id)
				? new LabRefusal(404, 'ErrorItemNotFound', 'The specified object was not found in the store.')
				: new LabRefusal(400, 'ErrorInvalidIdMalformed', 'Id is malformed.');
		if (sub.length === 0)
			return send(this.folderRow(mailbox, folder, selectOf(queryOf(url, ['$select']).$select, FOLDER_FIELDS)));
		if (sub[0] === 'childFolders') return send(this.folderList(mailbox, folder, url));
		if (sub[0] !== 'messages')
			throw new LabRefusal(400, 'BadRequest', `Resource not found for the segment '${sub[0]}'.`);
		if (sub.length === 1)
			return send(
				this.list(
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
					? this.row(mailbox, message, page.select, preferences)
					: { id: removedId, '@removed': { reason: 'deleted' } },
			),
		});
	}

	private folderList(mailbox: LabMailbox, parent: LabFolder | undefined, url: URL): unknown {
		const query = queryOf(url, ['$select', '$top', '$skip', '$filter', 'includeHiddenFolders']);
		let folders = mailbox.children(parent?.id, query.includeHiddenFolders === 'true');
		for (const comparison of query.$filter === undefined ? [] : filterOf(query.$filter)) {
			if (comparison.property !== 'displayName')
				throw new LabRefusal(400, 'ErrorInvalidUrlQuery', 'Only displayName can be filtered by.');
			folders = folders.filter(({ displayName }) => compares(displayName, comparison));
		}
		const select = selectOf(query.$select, FOLDER_FIELDS);
		return this.paged(folders, query, url, (folder) => this.folderRow(mailbox, folder, select));
	}

	private list(mailbox: LabMailbox, messages: LabMessage[], url: URL, preferences: Preferences): unknown {
		const query = queryOf(url, ['$select', '$top', '$skip', '$filter', '$orderby', '$search']);
		const comparisons = query.$filter === undefined ? [] : filterOf(query.$filter);
		const [orderBy, direction = 'asc'] = (query.$orderby ?? 'receivedDateTime desc').split(' ');
		if (query.$search !== undefined && (query.$filter !== undefined || query.$orderby !== undefined))
			throw new LabRefusal(
				400,
				'SearchWithFilter',
				'The query parameter $search cannot be used with $filter or $orderby.',
			);
		if (query.$orderby !== undefined && comparisons.length > 0 && comparisons[0]!.property !== orderBy)
			throw new LabRefusal(
				400,
				'InefficientFilter',
				'The restriction or sort order is too complex for this operation.',
			);
		const value = (message: LabMessage, property: string | undefined): number | string => {
			if (property === 'receivedDateTime' || property === 'sentDateTime')
				return Math.floor(message.receivedAt / 1000) * 1000;
			if (property === 'lastModifiedDateTime') return Math.floor(message.modifiedAt / 1000) * 1000;
			if (property === 'internetMessageId') return message.messageId;
			throw new LabRefusal(400, 'ErrorInvalidUrlQuery', `The property '${property}' cannot be used here.`);
		};
		let rows = messages.filter((message) =>
			comparisons.every((comparison) => compares(value(message, comparison.property), comparison)),
		);
		if (query.$search !== undefined) rows = rows.filter(searchOf(query.$search, mailbox));
		const sign = direction === 'desc' ? -1 : 1;
		rows.sort((a, b) =>
			value(a, orderBy) < value(b, orderBy) ? -sign : value(a, orderBy) > value(b, orderBy) ? sign : 0,
		);
		const select = selectOf(query.$select, MESSAGE_FIELDS);
		return this.paged(rows, query, url, (message) => this.row(mailbox, message, select, preferences));
	}

	/** Pages by `$skip`, which really shift when rows go or come. */
	private paged<T>(rows: T[], query: Record<string, string | undefined>, url: URL, show: (row: T) => unknown): unknown {
		const top = numberOf(query.$top, '$top', DEFAULT_PAGE, 1000);
		const skip = numberOf(query.$skip, '$skip', 0, 10_000_000);
		const next = new URL(url);
		next.searchParams.set('$skip', String(skip + top));
		return {
			...(skip + top < rows.length ? { '@odata.nextLink': next.toString() } : {}),
			value: rows.slice(skip, skip + top).map(show),
		};
	}

	private row(
		mailbox: LabMailbox,
		message: LabMessage,
		select: readonly string[],
		{ immutable }: Preferences,
	): Record<string, unknown> {
		const person = (address: string) => ({ emailAddress: { address, name: address.split('@')[0] } });
		const header = mailbox.mimeOf(message).toString('latin1').split('\r\n\r\n')[0]!;
		const values: Record<string, () => unknown> = {
			subject: () => message.subject,
			from: () => person(message.from),
			toRecipients: () => message.to.map(person),
			internetMessageId: () => message.messageId,
			sentDateTime: () => timeText(message.receivedAt),
			receivedDateTime: () => timeText(message.receivedAt),
			lastModifiedDateTime: () => timeText(message.modifiedAt),
			hasAttachments: () => message.attachments.length > 0,
			parentFolderId: () => message.folderId,
			internetMessageHeaders: () =>
				header
					.split('\r\n')
					.map((line) => ({ name: line.slice(0, line.indexOf(':')), value: line.slice(line.indexOf(':') + 2) })),
		};
		const row: Record<string, unknown> = {
			'@odata.etag': `W/"${message.modifiedAt}"`,
			id: immutable ? message.immutableId : message.mutableId,
		};
		for (const field of select) if (field !== 'id') row[field] = values[field]?.();
		return row;
	}

	private folderRow(mailbox: LabMailbox, folder: LabFolder, select: readonly string[]): Record<string, unknown> {
		const values: Record<string, unknown> = {
			id: folder.id,
			displayName: folder.displayName,
			parentFolderId: folder.parentId,
			childFolderCount: mailbox.children(folder.id, false).length,
			totalItemCount: folder.members.size,
			unreadItemCount: folder.members.size,
			isHidden: folder.hidden,
		};
		return Object.fromEntries(select.map((field) => [field, values[field]]));
	}

	/** Immutable ids are known only to requests that ask for them, and mutable ones only to those that do not. */
	private find(mailbox: LabMailbox, id: string, { immutable }: Preferences): LabMessage {
		const message = mailbox.messages.get((immutable ? id : mailbox.byMutableId.get(id)) ?? '');
		if (message === undefined)
			throw new LabRefusal(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');
		return message;
	}

	private attachments(
		request: IncomingMessage,
		response: ServerResponse,
		message: LabMessage,
		[index, value]: string[],
		url: URL,
		send: (body: unknown) => void,
	): void {
		const select = selectOf(queryOf(url, ['$select']).$select, ATTACHMENT_FIELDS);
		const show = (attachment: LabAttachment, at: number) => {
			const all: Record<string, unknown> = {
				id: `att${at}`,
				name: attachment.name,
				contentType: attachment.contentType ?? null,
				size: attachment.bytes?.length ?? 300,
				isInline: false,
			};
			return {
				'@odata.type': `#microsoft.graph.${TYPES[attachment.kind]}`,
				...Object.fromEntries(select.map((field) => [field, all[field]])),
				...(attachment.url ? { sourceUrl: attachment.url } : {}),
			};
		};
		if (index === undefined) return send({ value: message.attachments.map(show) });
		const attachment = message.attachments[Number(index.replace('att', ''))];
		if (attachment === undefined)
			throw new LabRefusal(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');
		if (value !== '$value') return send(show(attachment, 0));
		if (attachment.kind === 'reference')
			throw new LabRefusal(405, 'ErrorInvalidRequest', 'A reference attachment has no value.');
		this.bytes(
			request,
			response,
			attachment.bytes ?? Buffer.alloc(0),
			attachment.contentType ?? 'application/octet-stream',
			false,
		);
	}

	private authenticate(request: IncomingMessage): TokenClaims {
		const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
		const claims = token === undefined ? undefined : this.entra.verify(token);
		if (claims === undefined || claims.aud !== this.url)
			throw new LabRefusal(
				401,
				'InvalidAuthenticationToken',
				'Access token validation failure. Invalid audience, signature or lifetime.',
			);
		return claims;
	}

	private authorize(user: string, claims: TokenClaims, rest: string[]): LabMailbox {
		const app = this.entra.options.apps.find(({ clientId }) => clientId === claims.appid)!;
		const address = user.toLowerCase();
		const roles = claims.roles ?? [];
		const byConsent = (role: string) =>
			roles.includes(role) && (app.policy === undefined || app.policy.includes(address));
		const full = byConsent('Mail.Read') || byConsent('Mail.ReadWrite') || (app.rbac ?? []).includes(address);
		const content = rest.includes('$value') || rest.includes('attachments');
		if (!full && (content || !byConsent('Mail.ReadBasic.All')))
			throw new LabRefusal(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.');
		const mailbox = this.mailboxes.get(address);
		if (mailbox !== undefined) return mailbox;
		throw address.startsWith('guest')
			? new LabRefusal(
					404,
					'MailboxNotEnabledForRESTAPI',
					'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
				)
			: new LabRefusal(404, 'ErrorInvalidUser', `The requested user '${user}' is invalid.`);
	}

	/** Counts the request until its answer has been sent. */
	private enter(appId: string, response: ServerResponse): () => void {
		const count = (this.inFlight.get(appId) ?? 0) + 1;
		this.counts.inFlight = Math.max(this.counts.inFlight, count);
		if (count > this.throttling.concurrency) {
			this.counts.throttled++;
			throw new LabRefusal(429, 'ApplicationThrottled', 'Application is over its MailboxConcurrency limit.', {
				'retry-after': '1',
			});
		}
		const window = this.windows.get(appId);
		if (window === undefined || this.now() - window.since >= this.throttling.windowMs)
			this.windows.set(appId, { since: this.now(), count: 1 });
		else if (++window.count > this.throttling.requests) {
			this.counts.throttled++;
			throw new LabRefusal(429, 'ApplicationThrottled', 'Application is over its request limit.', {
				'retry-after': String(Math.ceil((window.since + this.throttling.windowMs - this.now()) / 1000)),
			});
		}
		this.inFlight.set(appId, count);
		response.once('close', () => this.inFlight.set(appId, this.inFlight.get(appId)! - 1));
		return () => {};
	}

	private takeFault(path: string): GraphFault | undefined {
		const at = this.faults.findIndex((fault) => fault.path === undefined || path.includes(fault.path));
		const fault = this.faults[at];
		if (fault === undefined) return undefined;
		fault.times = (fault.times ?? 1) - 1;
		if (fault.times <= 0) this.faults.splice(at, 1);
		return fault;
	}

	private json(request: IncomingMessage, response: ServerResponse, status: number, body: unknown): void {
		this.bytes(
			request,
			response,
			Buffer.from(JSON.stringify(body)),
			'application/json; odata.metadata=minimal; charset=utf-8',
			false,
			status,
		);
	}

	private bytes(
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

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
	defaultFieldResolver,
	execute,
	GraphQLError,
	Kind,
	NoSchemaIntrospectionCustomRule,
	parse,
	specifiedRules,
	validate,
	type DocumentNode,
	type GraphQLResolveInfo,
	type GraphQLSchema,
} from 'graphql';
import { Faults, isOfPlatform, pageOf, type Fault } from './faults';
import { readMultipart, Refused } from './multipart';
import { holds, refusal, type Context, type EntitySettings, type LabUser } from './platform';
import { mutations } from './mutations';
import { labPage, PAGE_HEADERS } from './page';
import { queries } from './queries';
import { labSchema, NEEDED, type LabVersion } from './schema';
import { snapshotOf, type LabSnapshot } from './snapshot';
import { Store, type Row } from './store';

export const LAB_TOKEN = 'lab-opencti-token';

export interface LabOptions {
	version?: LabVersion;
	/** Path prefix, such as `/opencti`. */
	basePath?: string;
	/** Default: one user with the token LAB_TOKEN and the least capabilities that reports need. */
	users?: (Partial<LabUser> & { token: string })[];
	/** Bytes of a JSON body. Default 50 MB, as on the platform. */
	maxBodyBytes?: number;
	/** Mandatory attributes and references by entity type. */
	settings?: Record<string, EntitySettings>;
	/** Milliseconds before each answer, as over a network. Default none. */
	latency?: number;
	/** The organization that the platform belongs to: others see what is shared with theirs only. Default none. */
	platformOrganization?: string;
	/** Values on an exclusion list: no indicator of them is made. */
	excluded?: string[];
	/** Stores everything without its markings, as no platform should. */
	dropMarkings?: boolean;
}

/** One operation as it came in; several may come in one request. */
export interface LabRequest {
	operation: string;
	/** Requests are counted from 1. */
	request: number;
	status: number;
	/** `extensions.code` of the first GraphQL error. */
	error?: string;
	retryNumber?: string;
	draftId?: string;
	multipart: boolean;
	bytes: number;
}

export interface OpenCtiLab {
	/** Base address, prefix included. */
	url: string;
	token: string;
	store: Store;
	/** What was asked of /graphql, in order; the latest 10,000. */
	requests: LabRequest[];
	/** HTTP requests to /graphql so far, and the most of them that were open at once. */
	traffic: { count: number; mostAtOnce: number };
	/** The next requests meet this. */
	fail(fault: Fault): void;
	clearFaults(): void;
	/** What is stored, for assertions and for people. */
	snapshot(): LabSnapshot;
	close(): Promise<void>;
}

const DEFAULT_CAPABILITIES = ['KNOWLEDGE_KNUPDATE', 'KNOWLEDGE_KNUPLOAD', 'SETTINGS_SETLABELS', 'APIACCESS_USETOKEN'];
const MAX_REMEMBERED = 10_000;

/** An OpenCTI platform on 127.0.0.1: its transport, its strictness, its upserts and its traps, over HTTP. */
export async function startOpenCti(options: LabOptions = {}): Promise<OpenCtiLab> {
	const version = options.version ?? '7.260817.0';
	const basePath = options.basePath ?? '';
	const schema = guarded(labSchema(version));
	const store = new Store();
	for (const name of new Set(
		[
			options.platformOrganization ?? [],
			...(options.users ?? []).map(({ organizations = [] }) => organizations),
		].flat(),
	))
		store.add('Organization', { name });
	const faults = new Faults();
	const requests: LabRequest[] = [];
	const users = (options.users ?? [{ token: LAB_TOKEN }]).map((user, at): LabUser => ({
		id: `00000000-0000-4000-8000-${String(at + 1).padStart(12, '0')}`,
		name: `lab user ${at + 1}`,
		email: `lab${at + 1}@example.com`,
		capabilities: DEFAULT_CAPABILITIES,
		maxConfidence: 100,
		...user,
	}));
	const parsed = new Map<string, DocumentNode>();
	const hanging = new Set<ServerResponse>();
	const traffic = { count: 0, mostAtOnce: 0 };
	let open = 0;

	const userOf = (request: IncomingMessage) => {
		const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
		return users.find((user) => user.token === token);
	};

	const graphql = async (request: IncomingMessage, response: ServerResponse) => {
		if (request.method !== 'POST')
			return send(response, 405, { name: 'MethodNotAllowedError' }, { allow: 'POST, OPTIONS' });
		const type = request.headers['content-type'] ?? '';
		const isMultipart = type.startsWith('multipart/form-data');
		const limit = isMultipart ? Number.POSITIVE_INFINITY : (options.maxBodyBytes ?? 50_000_000);
		if (Number(request.headers['content-length'] ?? 0) > limit)
			return send(response, 500, { status: 'error', error: 'request entity too large' });
		const body = await collect(request, limit);
		if (body === undefined) return send(response, 500, { status: 'error', error: 'request entity too large' });
		let operation: { query?: string; variables?: Record<string, unknown>; operationName?: string } | unknown[];
		try {
			operation = isMultipart
				? readMultipart(type, body)
				: type.startsWith('application/json')
					? JSON.parse(body.toString('utf8'))
					: {};
		} catch (error) {
			return send(response, 500, {
				status: 'error',
				error: error instanceof Refused ? error.text : (error as Error).message,
			});
		}
		if (Array.isArray(operation)) return send(response, 400, badRequest('Operation batching disabled.'));
		if (typeof operation.query !== 'string')
			return send(response, 400, badRequest('POST body missing, invalid Content-Type, or JSON object has no keys.'));

		const header = (name: string) => request.headers[name] as string | undefined;
		traffic.count += 1;
		// Operations that came in one request have its name between them, in the order of their fields.
		const names = (operation.operationName ?? '').split('_');
		const entries = names.map((name): LabRequest => ({
			operation: name,
			request: traffic.count,
			status: 200,
			multipart: isMultipart,
			bytes: body.length,
			...(header('opencti-retry-number') === undefined ? {} : { retryNumber: header('opencti-retry-number')! }),
			...(header('opencti-draft-id') === undefined ? {} : { draftId: header('opencti-draft-id')! }),
		}));
		requests.push(...entries);
		if (requests.length > MAX_REMEMBERED) requests.splice(0, requests.length - MAX_REMEMBERED);

		const taken = names.map((name) => faults.take(name));
		// A fault of the connection is of all that came in one request, one of the platform of the operation alone.
		const fault = taken.find((one) => one !== undefined && (names.length === 1 || !isOfPlatform(one.kind)));
		const failing =
			names.length === 1
				? []
				: taken.map((one) => (one !== undefined && isOfPlatform(one.kind) ? one.kind : undefined));
		if (fault?.kind === 'reset') return request.socket.destroy();
		if (fault?.kind === 'hang') return hanging.add(response);
		const page = fault === undefined ? undefined : pageOf(fault.kind);
		if (page !== undefined) {
			for (const entry of entries) entry.status = page[0];
			response.writeHead(page[0], { 'content-type': page[1], ...fault!.headers });
			return response.end(page[2]);
		}
		const user = userOf(request);
		const draft = header('opencti-draft-id') === '' ? undefined : (header('opencti-draft-id') ?? user?.draftContext);
		const context: Context = {
			store,
			user,
			retryNumber: Number(header('opencti-retry-number') ?? 0),
			draftId: draft,
			settings: options.settings ?? {},
			version,
			excluded: options.excluded ?? [],
			platformOrganization: options.platformOrganization,
			dropMarkings: options.dropMarkings ?? false,
		};
		const result =
			fault !== undefined && fault.kind !== 'reset-after'
				? { errors: [refusal(fault.kind, 'Injected by the lab')], data: null }
				: draft !== undefined && store.drafts.get(draft)?.status !== 'open'
					? { errors: [refusal('DRAFT_LOCKED', 'Can not do any action on a closed draft')], data: null }
					: await run(schema, parsed, operation, { ...context, failing });
		if (fault?.kind === 'reset-after') return request.socket.destroy();
		if (result.errors !== undefined && result.errors.length > 0) {
			const errors = result.errors.map(formatted);
			for (const entry of entries) entry.error = errors[0]!.name;
			return send(response, 200, { errors, ...(result.data === undefined ? {} : { data: result.data }) });
		}
		return send(response, 200, { data: result.data });
	};

	const handle = async (request: IncomingMessage, response: ServerResponse) => {
		const path = (request.url ?? '').split('?')[0]!;
		if (path === `${basePath}/graphql`) {
			open += 1;
			traffic.mostAtOnce = Math.max(traffic.mostAtOnce, open);
			response.once('close', () => (open -= 1));
			if (options.latency !== undefined) await new Promise((resolve) => setTimeout(resolve, options.latency));
			return graphql(request, response);
		}
		request.resume();
		if (path.startsWith(`${basePath}/storage/get/`)) {
			if (userOf(request) === undefined) return send(response, 403, { status: 'error', error: 'Forbidden' });
			const file = store.files.get(decodeURIComponent(path.slice(`${basePath}/storage/get/`.length)));
			if (file === undefined) return send(response, 503, { status: 'error', error: 'File not found' });
			response.writeHead(200, { 'content-type': file.mimetype, 'content-length': file.bytes.length });
			return response.end(file.bytes);
		}
		if (request.method === 'POST') return send(response, 404, { status: 'error', error: 'Path not found' });
		const page = path.startsWith(basePath) ? labPage(store, basePath, path.slice(basePath.length)) : undefined;
		if (page !== undefined) {
			response.writeHead(200, PAGE_HEADERS);
			return response.end(page);
		}
		response.writeHead(200, { 'content-type': 'text/html' });
		return response.end(
			'<!doctype html><html><head><title>OpenCTI - Cyber Threat Intelligence Platform</title></head><body></body></html>',
		);
	};

	const server: Server = createServer((request, response) => {
		handle(request, response).catch((error: unknown) => {
			if (!response.headersSent) send(response, 500, { status: 'error', error: String(error) });
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}${basePath}`,
		token: users[0]!.token,
		store,
		requests,
		traffic,
		fail: (fault) => faults.add(fault),
		clearFaults: () => faults.clear(),
		snapshot: () => snapshotOf(store),
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
	const text = Buffer.from(JSON.stringify(body));
	response.writeHead(status, {
		'content-type': 'application/json; charset=utf-8',
		'content-length': text.length,
		...headers,
	});
	response.end(text);
}

const badRequest = (message: string) => ({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] });

async function collect(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > limit) return undefined;
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

function formatted(error: GraphQLError) {
	const code = (error.extensions['code'] as string | undefined) ?? 'INTERNAL_SERVER_ERROR';
	return {
		message: error.message,
		locations: error.locations,
		path: error.path,
		extensions: { ...error.extensions, code },
		name: code,
	};
}

async function run(
	schema: GraphQLSchema,
	parsed: Map<string, DocumentNode>,
	operation: { query?: string; variables?: Record<string, unknown>; operationName?: string },
	context: Context,
) {
	const source = operation.query!;
	let document = parsed.get(source);
	if (document === undefined) {
		try {
			document = parse(source);
		} catch (error) {
			return { errors: [coded(error as GraphQLError, 'GRAPHQL_PARSE_FAILED')] };
		}
		const errors = [
			...validate(schema, document, [...specifiedRules, NoSchemaIntrospectionCustomRule]),
			...tooManyAliases(document),
		];
		if (errors.length > 0) return { errors: errors.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED')) };
		parsed.set(source, document);
	}
	const result = await execute({
		schema,
		document,
		contextValue: context,
		variableValues: operation.variables ?? {},
		operationName: operation.operationName ?? null,
	});
	if (result.errors === undefined) return result;
	// Errors without a path come from the variables.
	return {
		...result,
		errors: result.errors.map((error) => (error.path === undefined ? coded(error, 'BAD_USER_INPUT') : error)),
	};
}

function coded(error: GraphQLError, code: string): GraphQLError {
	const own = (error.originalError as GraphQLError | undefined)?.extensions ?? {};
	return new GraphQLError(error.message, { nodes: error.nodes, extensions: { code, ...own, ...error.extensions } });
}

/** The platform runs a mutation field once a document, a query field twice. */
function tooManyAliases(document: DocumentNode): GraphQLError[] {
	const errors: GraphQLError[] = [];
	for (const definition of document.definitions) {
		if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
		const mutation = definition.operation === 'mutation';
		const counts = new Map<string, number>();
		for (const selection of definition.selectionSet.selections) {
			if (selection.kind !== Kind.FIELD) continue;
			const count = (counts.get(selection.name.value) ?? 0) + 1;
			counts.set(selection.name.value, count);
			const max = mutation ? 1 : 2;
			if (count > max)
				errors.push(
					new GraphQLError(
						`Allowed number of calls for ${mutation ? 'Mutation' : 'Query'}->${selection.name.value} has been exceeded (max: ${max})`,
					),
				);
		}
	}
	return errors;
}

/** The fields of the operation, in their order. */
const fieldsOf = ({ operation }: GraphQLResolveInfo) =>
	operation.selectionSet.selections.map((selection) => (selection.kind === Kind.FIELD ? selection.name.value : ''));

/** Login and capabilities before every field that needs them. */
function guarded(schema: GraphQLSchema): GraphQLSchema {
	const tables: Record<string, Record<string, (args: Row, context: Context) => unknown>> = {
		Query: queries,
		Mutation: mutations,
	};
	for (const typeName of [
		'Query',
		'Mutation',
		'StixDomainObjectEditMutations',
		'StixCoreObjectEditMutations',
		'StixCyberObservableEditMutations',
		'StixSightingRelationshipEditMutations',
	]) {
		const type = schema.getType(typeName) as unknown as { getFields(): Record<string, { resolve?: unknown }> };
		for (const [name, field] of Object.entries(type.getFields())) {
			const own = tables[typeName]?.[name];
			field.resolve = (source: unknown, args: Record<string, unknown>, context: Context, info: GraphQLResolveInfo) => {
				const at = info.path.prev === undefined ? fieldsOf(info).indexOf(name) : -1;
				const failure = context.failing?.[at];
				if (failure !== undefined) throw refusal(failure, 'Injected by the lab');
				if (context.user === undefined) throw refusal('AUTH_REQUIRED', 'You must be logged in to do this.');
				const needed = NEEDED[`${typeName}.${name}`];
				if (needed !== undefined && !holds(context.user, needed))
					throw refusal('FORBIDDEN_ACCESS', 'You are not allowed to do this.');
				return own === undefined ? defaultFieldResolver(source, args, context, info) : own(args, context);
			};
		}
	}
	return schema;
}

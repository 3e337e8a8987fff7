import { GraphQLError } from 'graphql';
import { atLeast } from './schema';
import {
	highest,
	lockError,
	matches,
	mayUse,
	refusal,
	resolveReferences,
	upsert,
	visible,
	type Context,
	type FilterGroup,
} from './platform';
import type { Entity, Row, StoredFile } from './store';

export interface Upload {
	fileName: string;
	bytes: Buffer;
}

const TYPE_NAMES: Record<string, string> = {
	'Case-Incident': 'CaseIncident',
	'Observed-Data': 'ObservedData',
	'Marking-Definition': 'MarkingDefinition',
	'External-Reference': 'ExternalReference',
	relationship: 'StixCoreRelationship',
	sighting: 'StixSightingRelationship',
};
const IDENTITIES = ['Organization', 'Individual', 'System', 'Sector'];
const DOMAIN = ['Report', 'Case-Incident', 'Vulnerability', 'Indicator', 'Observed-Data', 'Note', ...IDENTITIES];
const META = ['Marking-Definition', 'Label', 'External-Reference', 'Vocabulary'];

const typeName = (type: string) => TYPE_NAMES[type] ?? type.replaceAll('-', '');

function parentTypes(type: string): string[] {
	if (META.includes(type)) return ['Basic-Object', 'Stix-Object', 'Stix-Meta-Object'];
	if (!DOMAIN.includes(type)) return ['Basic-Object', 'Stix-Object', 'Stix-Core-Object', 'Stix-Cyber-Observable'];
	const parents = ['Basic-Object', 'Stix-Object', 'Stix-Core-Object', 'Stix-Domain-Object'];
	if (IDENTITIES.includes(type)) parents.push('Identity');
	if (['Report', 'Case-Incident', 'Observed-Data', 'Note'].includes(type)) parents.push('Container');
	return parents;
}

interface Page {
	first?: number;
	after?: string;
	filters?: FilterGroup;
}

function connection<T>(nodes: readonly T[], { first = 5000, after }: Page = {}) {
	const start = after === undefined || after === null ? 0 : Number(after);
	const page = nodes.slice(start, start + first);
	return {
		pageInfo: {
			startCursor: String(start),
			endCursor: String(start + page.length),
			hasNextPage: start + page.length < nodes.length,
			hasPreviousPage: start > 0,
			globalCount: nodes.length,
		},
		edges: page.map((node, at) => ({ cursor: String(start + at + 1), node })),
	};
}

function fileNode(file: StoredFile) {
	return {
		id: file.id,
		name: file.name,
		size: file.bytes.length,
		lastModified: file.version,
		uploadStatus: 'complete',
		metaData: {
			mimetype: file.mimetype,
			version: file.version,
			file_markings: file.markings,
			entity_id: file.entityId ?? null,
		},
	};
}

/** An entity as GraphQL reads it. */
export function present(context: Context, entity: Entity | undefined): Row | null {
	if (!visible(context, entity)) return null;
	const { store } = context;
	const list = (ids: readonly string[]) => ids.flatMap((id) => present(context, store.get(id)) ?? []);
	const {
		objects: _objects,
		objectMarking: _m,
		objectLabel: _l,
		externalReferences: _r,
		createdBy: _c,
		...data
	} = entity.data;
	return {
		revoked: false,
		...data,
		__typename: typeName(entity.type),
		id: entity.id,
		standard_id: entity.standard_id,
		entity_type: entity.type,
		parent_types: parentTypes(entity.type),
		confidence: entity.confidence,
		observable_value: String(data['value'] ?? data['name'] ?? data['subject'] ?? ''),
		createdBy: () => (entity.author === undefined ? null : present(context, store.get(entity.author))),
		objectMarking: () => list(entity.markings),
		objectLabel: () => list(entity.labels),
		externalReferences: (page: Page) => connection(list(entity.references), page),
		objects: (page: Page & { types?: string[] }) =>
			connection(
				list(entity.objects).filter((node) => !page.types || page.types.includes(node['entity_type'])),
				page,
			),
		importFiles: (page: Page) =>
			connection(
				entity.files.map((id) => fileNode(store.files.get(id)!)),
				page,
			),
		references: ({ types }: { types?: string[] }) =>
			connection(
				[...store.entities.values()]
					.filter((owner) => owner.references.includes(entity.id) && (!types || types.includes(owner.type)))
					.flatMap((owner) => present(context, owner) ?? []),
			),
	};
}

function listOf(context: Context, types: string[], page: Page) {
	const found = context.store
		.ofType(...types)
		.filter(
			(entity) =>
				(entity.type === 'Marking-Definition' ? mayUse(context, entity) : true) && matches(entity, page.filters),
		);
	return connection(
		found.flatMap((entity) => present(context, entity) ?? []),
		page,
	);
}

export const queries: Record<string, (args: Row, context: Context) => unknown> = {
	about: (_args, { version }) => ({ version }),
	me: (_args, context) => {
		const user = context.user!;
		const markings = context.store.ofType('Marking-Definition').filter((marking) => mayUse(context, marking));
		return {
			id: user.id,
			name: user.name,
			user_email: user.email,
			capabilities: user.capabilities.map((name) => ({ id: name, name })),
			allowed_marking: markings.map((marking) => present(context, marking)),
			effective_confidence_level: { max_confidence: user.maxConfidence },
			draftContext: user.draftContext === undefined ? null : (context.store.drafts.get(user.draftContext) ?? null),
		};
	},
	markingDefinitions: (args, context) => listOf(context, ['Marking-Definition'], args),
	labels: (args, context) => listOf(context, ['Label'], args),
	organizations: (args, context) => listOf(context, ['Organization'], args),
	identities: (args, context) => listOf(context, args.types ?? IDENTITIES, args),
	externalReferences: (args, context) => listOf(context, ['External-Reference'], args),
	reports: (args, context) => listOf(context, ['Report'], args),
	vocabularies: (args, context) => {
		const entries = context.store
			.ofType('Vocabulary')
			.filter((entry) => (!args.category || entry.data['category'] === args.category) && matches(entry, args.filters));
		return connection(
			entries.map((entry) => ({ id: entry.id, ...entry.data })),
			args,
		);
	},
	externalReference: (args, context) => only(context, args.id, ['External-Reference']),
	report: (args, context) => only(context, args.id, ['Report']),
	caseIncident: (args, context) => only(context, args.id, ['Case-Incident']),
	stixDomainObject: (args, context) => only(context, args.id, DOMAIN),
	stixCoreObject: (args, context) => {
		const entity = context.store.find(args.id);
		return entity !== undefined && META.includes(entity.type) ? null : present(context, entity);
	},
	caseTemplates: (args) => connection([{ id: 'template-phishing', name: 'Phishing' }], args),
	members: (args, context) =>
		connection(
			[{ id: context.user!.id, name: context.user!.name, entity_type: 'User' }].filter(
				(member) => !args.search || member.name.toLowerCase().includes(String(args.search).toLowerCase()),
			),
			args,
		),
	connectorsForImport: (_args, { store }) =>
		[...store.connectors.values()]
			.filter(({ type }) => type === 'INTERNAL_IMPORT_FILE')
			.map(({ id, name, scope, type }) => ({
				id,
				name,
				active: true,
				connector_scope: scope,
				connector_type: type,
				auto: true,
			})),
	work: (args, { store }) => {
		const work = store.works.get(args.id);
		if (work === undefined) throw refusal('RESOURCE_NOT_FOUND', 'Work not found');
		return { ...work, errors: work.errors.map((message) => ({ message, timestamp: new Date(0) })) };
	},
};

function only(context: Context, id: string, types: string[]) {
	const entity = context.store.find(id);
	return entity !== undefined && types.includes(entity.type) ? present(context, entity) : null;
}

function adder(type: string) {
	return (args: Row, context: Context) => {
		const entity = upsert(context, type, args.input);
		for (const [at, upload] of ((args.input['files'] ?? []) as Upload[]).entries()) {
			const own: unknown = (args.input['filesMarkings'] as string[][] | undefined)?.[at];
			const markings = Array.isArray(own) && own.length > 0 ? markingIds(context, own as string[]) : entity.markings;
			const quiet = args.input['noTriggerImport'] as boolean[] | undefined;
			store(context, entity, upload, markings, quiet?.[at] ?? quiet?.at(-1) ?? false);
		}
		return present(context, entity);
	};
}

const BAD_PATTERN = /^\s*\[[\s\S]+\]/;

const OBSERVABLE_ARGUMENTS: Record<string, string> = {
	'IPv4-Addr': 'IPv4Addr',
	'IPv6-Addr': 'IPv6Addr',
	'Domain-Name': 'DomainName',
	Url: 'Url',
	'Email-Addr': 'EmailAddr',
	'Email-Message': 'EmailMessage',
	StixFile: 'StixFile',
	Artifact: 'Artifact',
	Hostname: 'Hostname',
	'Mac-Addr': 'MacAddr',
	'Phone-Number': 'PhoneNumber',
	'Cryptocurrency-Wallet': 'CryptocurrencyWallet',
	'Autonomous-System': 'AutonomousSystem',
	'User-Agent': 'UserAgent',
	Text: 'Text',
};
const FORMATS: Record<string, RegExp> = {
	'IPv4-Addr': /^(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2})?$/,
	'IPv6-Addr': /^[0-9a-f:.]{2,}(?:\/\d{1,3})?$/i,
	'Domain-Name': /^[^\s/:@][^\s./:@]*\.[^\s/:@]+$/,
	'Email-Addr': /^[^\s@]+@[^\s@]+$/,
	Url: /^[a-z][a-z0-9+.-]*:\S+$/i,
};

export const mutations: Record<string, (args: Row, context: Context) => unknown> = {
	reportAdd: adder('Report'),
	caseIncidentAdd: (args, context) => {
		const input: Row = { ...args.input, created: args.input.created ?? new Date() };
		return adder('Case-Incident')({ input }, context);
	},
	caseSetTemplate: (args, context) => only(context, args.id, ['Case-Incident']),
	identityAdd: (args, context) => adder(args.input.type as string)(args, context),
	indicatorAdd: (args, context) => {
		if (args.input.pattern_type === 'stix' && !BAD_PATTERN.test(args.input.pattern as string)) {
			throw refusal('FUNCTIONAL_ERROR', 'Indicator of type stix is not correctly formatted.', {
				doc_code: 'INCORRECT_INDICATOR_FORMAT',
			});
		}
		return adder('Indicator')(args, context);
	},
	observedDataAdd: (args, context) => {
		const objects = resolveReferences(context, args.input.objects, 'any');
		const input: Row = { ...args.input, objects: objects.map(({ standard_id }) => standard_id) };
		const entity = upsert(context, 'Observed-Data', input);
		return present(context, entity);
	},
	noteAdd: adder('Note'),
	vulnerabilityAdd: adder('Vulnerability'),
	labelAdd: (args, context) => {
		const known = context.store.label(args.input.value as string);
		if (known !== undefined) return present(context, known);
		const value = String(args.input.value).trim();
		return present(
			context,
			context.store.add('Label', {
				color: '#7a7a7a',
				...args.input,
				value: atLeast(context.version, '7.0') ? value : value.toLowerCase(),
			}),
		);
	},
	externalReferenceAdd: (args, context) => {
		if (!args.input.url && !args.input.external_id && !args.input.source_name)
			throw refusal('FUNCTIONAL_ERROR', 'Nothing to reference');
		return present(context, upsert({ ...context, settings: {} }, 'External-Reference', args.input));
	},
	vocabularyAdd: (args, context) => {
		const known = context.store
			.ofType('Vocabulary')
			.find((entry) => entry.data['name'] === args.input.name && entry.data['category'] === args.input.category);
		const entry = known ?? context.store.add('Vocabulary', { ...args.input });
		return { id: entry.id, ...entry.data };
	},
	stixCyberObservableAdd: (args, context) => {
		const argument = OBSERVABLE_ARGUMENTS[args.type as string];
		if (argument === undefined) throw refusal('FUNCTIONAL_ERROR', `Observable type ${args.type} is not supported.`);
		const given: Row | undefined = args[argument];
		if (given === undefined || given === null)
			throw refusal('FUNCTIONAL_ERROR', `Expecting variable ${argument} in the input, got nothing.`);
		const data: Row = { ...given };
		if (args.type === 'Domain-Name' || args.type === 'Email-Addr') data['value'] = String(data['value']).toLowerCase();
		if (FORMATS[args.type as string]?.test(String(data['value'])) === false) {
			throw refusal('FUNCTIONAL_ERROR', `Observable is not correctly formatted`, {
				doc_code: 'INCORRECT_OBSERVABLE_FORMAT',
			});
		}
		const {
			stix_id,
			x_opencti_score,
			x_opencti_description,
			createdBy,
			objectMarking,
			objectLabel,
			externalReferences,
		} = args;
		return present(
			context,
			upsert(context, args.type as string, {
				...data,
				stix_id,
				x_opencti_score,
				x_opencti_description,
				createdBy,
				objectMarking,
				objectLabel,
				externalReferences,
			}),
		);
	},
	stixCoreRelationshipAdd: (args, context) => relation(context, 'relationship', args.input),
	stixSightingRelationshipAdd: (args, context) => relation(context, 'sighting', args.input),
	stixRefRelationshipAdd: (args, context) => {
		const [from] = required(context, [args.input.fromId]);
		const [to] = required(context, [args.input.toId]);
		context.store.refRelations.push({ from: from!.id, to: to!.id, type: args.input.relationship_type });
		return {
			id: `${from!.id}:${args.input.relationship_type}:${to!.id}`,
			relationship_type: args.input.relationship_type,
		};
	},
	stixDomainObjectEdit: ({ id }) => ({
		fieldPatch: (args: { input: { key: string; value: unknown[]; operation?: string }[] }, context: Context) => {
			const [entity] = required(context, [id]);
			for (const { key, value, operation } of args.input) {
				const single = !Array.isArray(entity!.data[key]) && value.length === 1;
				entity!.data[key] =
					operation === 'add' && Array.isArray(entity!.data[key])
						? [...entity!.data[key], ...value]
						: single
							? value[0]
							: value;
			}
			return present(context, entity);
		},
		delete: (_args: unknown, context: Context) => {
			const [entity] = required(context, [id]);
			context.store.delete(entity!);
			return entity!.id;
		},
		importPush: (args: PushArguments, context: Context) => importPush(context, id, args),
	}),
	stixCoreObjectEdit: ({ id }) => ({
		relationsAdd: (args: { input: { toIds: string[]; relationship_type: string } }, context: Context) => {
			const [entity] = required(context, [id]);
			const added = resolveReferences(context, args.input.toIds, 'any').map((object) => object.id);
			if (args.input.relationship_type !== 'object') throw refusal('FUNCTIONAL_ERROR', 'The lab adds objects only');
			entity!.objects = [...new Set([...entity!.objects, ...added])];
			return present(context, entity);
		},
		importPush: (args: PushArguments, context: Context) => importPush(context, id, args),
	}),
	uploadImport: (args, context) => {
		const file = context.store.putFile(
			'import/global',
			(args.file as Upload).fileName,
			args.file.bytes as Buffer,
			markingIds(context, args.fileMarkings ?? []),
		);
		return fileNode(file);
	},
	askJobImport: (args, context) => {
		const file = context.store.files.get(args.fileName as string);
		if (file === undefined) throw refusal('UNSUPPORTED_ERROR', 'File not found');
		const connector = context.store.connectors.get(args.connectorId as string);
		if (connector === undefined) throw refusal('UNSUPPORTED_ERROR', 'Cannot find connector');
		context.store.importJobs.push({
			fileId: file.id,
			connector: connector.name,
			...(args.validationMode ? { validationMode: args.validationMode } : {}),
		});
		return fileNode(file);
	},
	registerConnector: (args, { store: { connectors } }) => {
		const { id, name, scope, type } = args.input;
		connectors.set(id, { id, name, scope: scope ?? [], type });
		return { id, name };
	},
	workAdd: (args, { store: { connectors, works } }) => {
		if (!connectors.has(args.connectorId as string)) throw refusal('UNSUPPORTED_ERROR', 'Cannot find connector');
		const work = {
			id: `work_${args.connectorId}_${works.size + 1}`,
			name: args.friendlyName ?? '',
			status: 'wait',
			errors: [],
		};
		works.set(work.id, work);
		return work;
	},
	workEdit: ({ id }, { store: { works } }) => ({
		toProcessed: ({ inError, message }: { inError?: boolean; message?: string }) => {
			const work = works.get(id as string);
			if (work === undefined) throw refusal('ALREADY_DELETED_ERROR', 'Work is gone');
			work.status = 'complete';
			if (inError) work.errors.push(message ?? '');
			return work.id;
		},
	}),
	stixBundlePush: (args, { store: { connectors, bundles } }) => {
		let bundle: Row = {};
		try {
			bundle = JSON.parse(args.bundle as string);
		} catch {
			throw refusal('UNSUPPORTED_ERROR', 'Invalid bundle');
		}
		if (bundle['type'] !== 'bundle' || !Array.isArray(bundle['objects']) || bundle['objects'].length === 0)
			throw refusal('UNSUPPORTED_ERROR', 'Invalid bundle');
		if (!connectors.has(args.connectorId as string))
			throw refusal('UNSUPPORTED_ERROR', 'Invalid bundle', { cause: 'Invalid connector' });
		bundles.push({ connectorId: args.connectorId, bundle, ...(args.work_id ? { workId: args.work_id } : {}) });
		return true;
	},
	draftWorkspaceAdd: (args, { store: { drafts } }) => {
		const draft = { id: `draft-${drafts.size + 1}`, name: String(args.input.name), status: 'open' };
		drafts.set(draft.id, draft);
		return { id: draft.id, name: draft.name, draft_status: draft.status };
	},
	draftWorkspaceValidate: (args, { store: { drafts, entities } }) => {
		const draft = drafts.get(args.id as string);
		if (draft === undefined || draft.status !== 'open') throw refusal('DRAFT_LOCKED', 'Draft is locked');
		draft.status = 'validated';
		for (const entity of entities.values()) if (entity.draft === draft.id) delete entity.draft;
		return { id: `work_${draft.id}`, name: draft.name, status: 'complete', errors: [] };
	},
};

function required(context: Context, ids: string[]): Entity[] {
	return ids.map((id) => {
		const entity = context.store.find(id);
		if (!visible(context, entity))
			throw refusal('MISSING_REFERENCE_ERROR', 'Element(s) not found', {
				doc_code: 'ELEMENT_NOT_FOUND',
				unresolvedIds: [id],
			});
		return entity;
	});
}

function relation(context: Context, type: 'relationship' | 'sighting', input: Row) {
	const [from] = required(context, [input['fromId']]);
	const [to] = required(context, [input['toId']]);
	const ends =
		type === 'relationship'
			? { source_ref: from!.standard_id, target_ref: to!.standard_id }
			: { sighting_of_ref: from!.standard_id, where_sighted_refs: [to!.standard_id] };
	return present(context, upsert(context, type, { ...input, ...ends, fromId: from!.id, toId: to!.id }));
}

interface PushArguments {
	file: Upload | null;
	fileMarkings?: string[];
	noTriggerImport?: boolean;
}

async function importPush(context: Context, id: string, args: PushArguments) {
	const entity = context.store.find(id);
	if (!visible(context, entity)) throw refusal('UNSUPPORTED_ERROR', 'Cant upload a file an none existing element');
	if (args.file === null || args.file === undefined)
		throw new GraphQLError('File missing in the request.', { extensions: { code: 'INTERNAL_SERVER_ERROR' } });
	if (entity.locked === true) throw lockError();
	entity.locked = true;
	try {
		await new Promise((resolve) => setImmediate(resolve));
		return store(
			context,
			entity,
			args.file,
			markingIds(context, args.fileMarkings ?? []),
			args.noTriggerImport ?? false,
		);
	} finally {
		entity.locked = false;
	}
}

function store(context: Context, entity: Entity, upload: Upload, markings: string[], quiet: boolean) {
	const prefix = context.draftId === undefined ? '' : `draft/${context.draftId}/`;
	const file = context.store.putFile(
		`${prefix}import/${entity.type}/${entity.id}`,
		upload.fileName,
		upload.bytes,
		markings,
		entity.id,
	);
	if (!entity.files.includes(file.id)) entity.files.push(file.id);
	if (!quiet) context.store.startImports(file);
	return fileNode(file);
}

function markingIds(context: Context, given: string[]): string[] {
	const found = given.flatMap((id) => context.store.find(id) ?? []);
	if (found.some((marking) => !mayUse(context, marking)))
		throw refusal('FUNCTIONAL_ERROR', 'User does not have access to file markings');
	return highest(
		context.store,
		found.map(({ id }) => id),
	);
}

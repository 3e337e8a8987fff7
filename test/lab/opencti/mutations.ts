import { GraphQLError } from 'graphql';
import { atLeast } from './schema';
import { importArtifact } from './artifacts';
import { addIndicator } from './indicators';
import {
	found,
	highest,
	lockError,
	mayEdit,
	mayUse,
	refusal,
	resolveReferences,
	upsert,
	visible,
	writable,
	type Context,
} from './platform';
import { importBundle } from './queue';
import { relation, required } from './relations';
import { addReference, patchObservable } from './messageReferences';
import { fileNode, only, present, type Upload } from './present';
import type { Entity, Row, Work } from './store';

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

/** Incidents without a date are apart, even within one millisecond. */
let undated = 0;

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
	'User-Account': 'UserAccount',
	'Windows-Registry-Key': 'WindowsRegistryKey',
	Mutex: 'Mutex',
	Directory: 'Directory',
	Software: 'Software',
};
const FORMATS: Record<string, RegExp> = {
	'IPv4-Addr': /^(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2})?$/,
	'IPv6-Addr': /^[0-9a-f:.]{2,}(?:\/\d{1,3})?$/i,
	'Domain-Name': /^[^\s/:@][^\s./:@]*\.[^\s/:@]+$/,
	// Non-ASCII local parts are refused: seen on 7.260817.0.
	'Email-Addr': /^[\x21-\x3f\x41-\x7e]+@[^\s@]+$/,
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
	indicatorAdd: (args, context) => addIndicator(context, args.input),
	// Seen on 7.260817.0: without a date of its own each call makes another incident.
	incidentAdd: (args, context) => {
		// `addIncident` of the platform's source: an incident that says nothing of its time lasts for all of it.
		const input: Row = {
			...args.input,
			created: args.input.created ?? new Date(Date.now() + ++undated),
			first_seen: args.input.first_seen ?? new Date(0),
			last_seen: args.input.last_seen ?? new Date('5138-11-16T09:46:40.000Z'),
		};
		return adder('Incident')({ input }, context);
	},
	observedDataAdd: (args, context) => {
		const objects = resolveReferences(context, args.input.objects, 'any');
		const input: Row = { ...args.input, objects: objects.map(({ standard_id }) => standard_id) };
		const entity = upsert(context, 'Observed-Data', input);
		return present(context, entity);
	},
	noteAdd: adder('Note'),
	vulnerabilityAdd: adder('Vulnerability'),
	attackPatternAdd: adder('Attack-Pattern'),
	labelAdd: (args, context) => {
		const known = context.store.label(args.input.value as string, { draft: context.draftId });
		if (known !== undefined) return present(context, known);
		const value = String(args.input.value).trim();
		return present(
			context,
			context.store.add(
				'Label',
				{
					color: '#7a7a7a',
					...args.input,
					value: atLeast(context.version, '7.0') ? value : value.toLowerCase(),
				},
				{ draft: context.draftId },
			),
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
		// Text without blanks at its ends: read in the source of 7.x.
		if (typeof data['subject'] === 'string' && atLeast(context.version, '7.0'))
			data['subject'] = data['subject'].trim();
		if (FORMATS[args.type as string]?.test(String(data['value'])) === false) {
			throw refusal('FUNCTIONAL_ERROR', `Observable is not correctly formatted`, {
				doc_code: 'INCORRECT_OBSERVABLE_FORMAT',
			});
		}
		// Seen on 7.260817.0: the sender is part of the rule, but no argument takes it.
		if (args.type === 'Email-Message' && !data['subject'] && !data['body']) {
			throw refusal('FUNCTIONAL_ERROR', 'Missing required elements for Email-Message creation (from - subject - body)');
		}
		const {
			createIndicator,
			stix_id,
			x_opencti_score,
			x_opencti_description,
			createdBy,
			objectMarking,
			objectLabel,
			externalReferences,
		} = args;
		const entity = upsert(context, args.type as string, {
			...data,
			stix_id,
			x_opencti_score,
			x_opencti_description,
			createdBy,
			objectMarking,
			objectLabel,
			externalReferences,
		});
		// The indicator carries the marking: seen on 7.260817.0.
		if (createIndicator === true && typeof data['value'] === 'string') {
			const pattern = `[${entity.standard_id.split('--')[0]}:value = '${data['value']}']`;
			const basedOn = [entity.id];
			addIndicator(context, { name: data['value'], pattern, pattern_type: 'stix', objectMarking, basedOn });
		}
		return present(context, entity);
	},
	stixCoreRelationshipAdd: (args, context) => relation(context, 'relationship', args.input),
	stixSightingRelationshipAdd: (args, context) => relation(context, 'sighting', args.input),
	// The count is stated, and the times: seen on 7.260817.0.
	stixSightingRelationshipEdit: ({ id }) => ({
		fieldPatch: ({ input }: { input: { key: string; value: unknown[] }[] }, context: Context) => {
			const entity = editable(context, id);
			for (const { key, value } of input) entity.data[key] = value[0];
			return present(context, entity);
		},
	}),
	artifactImport: (args, context) => importArtifact(context, args),
	stixRefRelationshipAdd: (args, context) => {
		const [from] = required(context, [args.input.fromId]);
		const [to] = required(context, [args.input.toId]);
		return addReference(context, from!, to!, args.input.relationship_type as string);
	},
	stixCyberObservableEdit: ({ id }) => ({
		fieldPatch: ({ input }: { input: never[] }, context: Context) => patchObservable(context, id as string, input),
		// Seen on 7.260817.0: for the addresses of a message it answers null and links nothing.
		relationsAdd: () => null,
	}),
	stixDomainObjectEdit: ({ id }) => ({
		fieldPatch: (args: { input: { key: string; value: unknown[]; operation?: string }[] }, context: Context) => {
			const entity = editable(context, id);
			for (const { key, value, operation } of args.input) {
				const single = !Array.isArray(entity.data[key]) && value.length === 1;
				entity.data[key] =
					operation === 'add' && Array.isArray(entity.data[key])
						? [...entity.data[key], ...value]
						: single
							? value[0]
							: value;
			}
			return present(context, entity);
		},
		delete: (_args: unknown, context: Context) => {
			const [entity] = required(context, [id]);
			// The platform marks it in the draft; the lab has no such mark.
			if (context.draftId !== undefined && entity!.draft !== context.draftId)
				throw refusal('UNSUPPORTED_ERROR', 'The lab deletes nothing live in a draft');
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
			const written = writable(context, entity!);
			written.objects = [...new Set([...written.objects, ...added])];
			return present(context, written);
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
		// In a draft it is imported there without validation; else a person validates it first: read in the source of 7.x.
		if (context.draftId !== undefined && connector.id === 'import-file-stix') {
			importLater(context, JSON.parse(file.bytes.toString('utf8')) as Row, undefined);
		}
		return fileNode(file);
	},
	registerConnector: (args, { draftId, store: { connectors } }) => {
		const { id, name, scope, type } = args.input;
		// OpenCTI's database/engine.ts: a draft takes knowledge only. A connector that is known already is updated.
		if (draftId !== undefined && !connectors.has(id as string))
			throw refusal('UNSUPPORTED_ERROR', 'Cannot index unsupported element in draft context');
		connectors.set(id, { id, name, scope: scope ?? [], type });
		return { id, name };
	},
	workAdd: (args, { store: { connectors, works } }) => {
		if (!connectors.has(args.connectorId as string)) throw refusal('UNSUPPORTED_ERROR', 'Cannot find connector');
		const work = {
			id: `work_${args.connectorId}_${works.size + 1}`,
			name: args.friendlyName ?? '',
			status: 'wait',
			errors: [] as string[],
			open: 0,
			closed: false,
		};
		works.set(work.id, work);
		return work;
	},
	workEdit: ({ id }, { store: { works } }) => ({
		toProcessed: ({ inError, message }: { inError?: boolean; message?: string }) => {
			const work = works.get(id as string);
			if (work === undefined) throw refusal('ALREADY_DELETED_ERROR', 'Work is gone');
			work.closed = true;
			if (work.open === 0) work.status = 'complete';
			if (inError) work.errors.push(message ?? '');
			return work.id;
		},
	}),
	stixBundlePush: (args, context) => {
		const { connectors, bundles, works } = context.store;
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
		// OpenCTI's domain/stix.js, sendStixBundle: no draft goes into the queue, so that workers import live whatever
		// workspace the request was made in.
		bundles.push({
			connectorId: args.connectorId,
			bundle,
			live: true,
			...(args.work_id ? { workId: args.work_id } : {}),
		});
		const { draftId: _draft, ...live } = context;
		importLater({ ...live, draftId: undefined }, bundle, works.get(args.work_id as string));
		return true;
	},
	draftWorkspaceAdd: (args, { version, store: { drafts } }) => {
		// Behind a flag until 6.5, on by default since 6.6.0: seen on 6.4.11.
		if (!atLeast(version, '6.6')) throw refusal('UNSUPPORTED_ERROR', 'Feature not yet available');
		const draft = { id: `draft-${drafts.size + 1}`, name: String(args.input.name), status: 'open' };
		drafts.set(draft.id, draft);
		return { id: draft.id, name: draft.name, draft_status: draft.status };
	},
	draftWorkspaceValidate: (args, { store }) => {
		const draft = store.drafts.get(args.id as string);
		if (draft === undefined || draft.status !== 'open') throw refusal('DRAFT_LOCKED', 'Draft is locked');
		draft.status = 'validated';
		store.approve(draft.id);
		return { id: `work_${draft.id}`, name: draft.name, status: 'complete', errors: [] };
	},
};

/** What the platform's workers do of the queue, a moment later. */
function importLater(context: Context, bundle: Row, work: Work | undefined): void {
	if (work !== undefined) work.open += 1;
	setImmediate(() => {
		const errors = importBundle({ ...context, retryNumber: 1 }, bundle, mutations);
		if (work === undefined) return;
		work.errors.push(...errors);
		work.open -= 1;
		if (work.closed && work.open === 0) work.status = 'complete';
	});
}

/** What is to be edited. */
function editable(context: Context, id: unknown): Entity {
	const [entity] = required(context, [String(id)]);
	mayEdit(context, entity!);
	return writable(context, entity!);
}

interface PushArguments {
	file: Upload | null;
	fileMarkings?: string[];
	noTriggerImport?: boolean;
}

async function importPush(context: Context, id: string, args: PushArguments) {
	const entity = found(context, id);
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

function store(context: Context, stored: Entity, upload: Upload, markings: string[], quiet: boolean) {
	const entity = writable(context, stored);
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
	const markings = given.flatMap((id) => found(context, id) ?? []);
	if (markings.some((marking) => !mayUse(context, marking)))
		throw refusal('FUNCTIONAL_ERROR', 'User does not have access to file markings');
	return highest(
		context.store,
		markings.map(({ id }) => id),
	);
}

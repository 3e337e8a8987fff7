import { GraphQLError } from 'graphql';
import type { Entity, Row, Store } from './store';
import { standardId } from './ids';

export interface LabUser {
	token: string;
	id: string;
	name: string;
	email: string;
	capabilities: string[];
	/** Definitions; absent means all. */
	allowedMarkings?: string[];
	maxConfidence: number;
	/** Names of the organizations that the user belongs to. */
	organizations?: string[];
	/** Draft workspace that the user last worked in. */
	draftContext?: string;
}

export interface EntitySettings {
	mandatoryAttributes?: string[];
	enforceReference?: boolean;
}

/** One request's surroundings. */
export interface Context {
	store: Store;
	user: LabUser | undefined;
	retryNumber: number;
	draftId: string | undefined;
	/** The organization that the platform belongs to: who is not in it sees what is shared with his own only. */
	platformOrganization?: string | undefined;
	settings: Record<string, EntitySettings>;
	version: string;
	/** Errors that the operations of this request meet, in their order. */
	failing?: readonly (string | undefined)[];
	/** Values on an exclusion list. */
	excluded: readonly string[];
	/** The platform bug, or version, that forgets markings: for tests of those who check. */
	dropMarkings: boolean;
}

const STATUS: Record<string, [status: number, genre: string]> = {
	AUTH_REQUIRED: [401, 'TECHNICAL'],
	FORBIDDEN_ACCESS: [403, 'TECHNICAL'],
	FUNCTIONAL_ERROR: [400, 'BUSINESS'],
	UNSUPPORTED_ERROR: [500, 'BUSINESS'],
	ACCESS_REQUIRED: [500, 'BUSINESS'],
	MISSING_REFERENCE_ERROR: [404, 'BUSINESS'],
	VALIDATION_ERROR: [500, 'BUSINESS'],
	LOCK_ERROR: [500, 'TECHNICAL'],
	DATABASE_ERROR: [500, 'TECHNICAL'],
	DRAFT_LOCKED: [400, 'TECHNICAL'],
};

export function refusal(code: string, message: string, data: Row = {}): GraphQLError {
	const [http_status, genre] = STATUS[code] ?? [500, 'TECHNICAL'];
	return new GraphQLError(message, { extensions: { code, data: { http_status, genre, ...data } } });
}

export function holds(user: LabUser, needed: readonly string[]): boolean {
	return needed.some((wanted) => user.capabilities.some((name) => name === 'BYPASS' || name.includes(wanted)));
}

export function mayUse(context: Context, marking: Entity): boolean {
	const { user } = context;
	return user?.allowedMarkings === undefined || user.allowedMarkings.includes(marking.data['definition']);
}

export function visible(context: Context, entity: Entity | undefined): entity is Entity {
	if (entity === undefined) return false;
	if (entity.draft !== undefined && entity.draft !== context.draftId) return false;
	// In a draft stands what it has of a live object, in the place of that.
	if (context.draftId !== undefined && found(context, entity.id) !== entity) return false;
	if (!isShared(context, entity)) return false;
	return entity.markings.every((id) => mayUse(context, context.store.get(id)));
}

/** What everybody sees, whatever the organization (`STIX_ORGANIZATIONS_UNRESTRICTED` of the platform's source). */
const UNRESTRICTED = new Set([
	'Organization',
	'Sector',
	'Marking-Definition',
	'Label',
	'External-Reference',
	'Vocabulary',
]);

/** Whether the user is of the organization that the platform belongs to, where it belongs to one. */
const isInside = ({ platformOrganization: own, user }: Context) =>
	own === undefined || user?.organizations?.includes(own) === true;

/** Internal ids of the user's organizations. */
export const organizationsOf = ({ store, user }: Context): Entity[] =>
	(user?.organizations ?? []).flatMap((name) => store.find(standardId('Organization', { name })) ?? []);

/** `isEntityOrganizationsAllowed` of the platform's source: who is outside sees what is shared with an organization of his. */
function isShared(context: Context, { type, organizations }: Entity): boolean {
	if (UNRESTRICTED.has(type) || isInside(context)) return true;
	return organizationsOf(context).some(({ id }) => organizations.includes(id));
}

/** An object by any id, as far as the workspace of the request goes. */
export const found = ({ store, draftId }: Context, id: unknown): Entity | undefined =>
	store.find(id, { draft: draftId });

/** What a request may write to: the object itself, or what the draft that it works in has of a live one. */
export const writable = ({ store, draftId }: Context, entity: Entity): Entity => store.inDraft(entity, draftId);

/** Ids that resolve; the others vanish without a word, unless the header asks for an error. */
export function resolveReferences(
	context: Context,
	given: readonly unknown[] | null | undefined,
	kind: 'marking' | 'label' | 'author' | 'any',
): Entity[] {
	const { store } = context;
	const resolved: Entity[] = [];
	const unresolved: unknown[] = [];
	for (const id of given ?? []) {
		if (id === null || id === undefined || id === '') continue;
		const label = kind === 'label' && typeof id === 'string' ? store.label(id, { draft: context.draftId }) : undefined;
		const entity = found(context, id) ?? label;
		if (visible(context, entity)) resolved.push(entity);
		else unresolved.push(id);
	}
	if (unresolved.length > 0 && (context.retryNumber === 1 || context.retryNumber === 2)) {
		throw refusal('MISSING_REFERENCE_ERROR', 'Element(s) not found', {
			doc_code: 'ELEMENT_NOT_FOUND',
			unresolvedIds: unresolved,
		});
	}
	if (kind === 'marking') {
		const forbidden = resolved.filter((marking) => !mayUse(context, marking));
		if (forbidden.length > 0) {
			throw refusal('MISSING_REFERENCE_ERROR', 'Element(s) not found', {
				reason: 'User trying to create the data has missing markings',
			});
		}
	}
	return resolved;
}

/** One marking of each kind, the highest. */
export function highest(store: Store, ids: readonly string[]): string[] {
	const best = new Map<string, Entity>();
	for (const marking of ids.map((id) => store.get(id))) {
		const type = String(marking.data['definition_type']);
		const known = best.get(type);
		if (known === undefined || known.data['x_opencti_order'] < marking.data['x_opencti_order']) best.set(type, marking);
	}
	return [...best.values()].map(({ id }) => id);
}

const union = (first: readonly string[], second: readonly string[]) => [...new Set([...first, ...second])];
const isEmpty = (value: unknown) =>
	value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** Attributes that an upsert writes when the confidence allows, and those that it only adds to. */
const WRITTEN = [
	'content',
	'description',
	'name',
	'x_opencti_reliability',
	'severity',
	'priority',
	'incident_type',
	'source',
];
const ADDED = ['report_types', 'response_types', 'indicator_types'];
/** Observables have no confidence: what is made again overwrites these. Seen on 7.260817.0. */
const WRITTEN_OF_OBSERVABLES = ['x_opencti_score', 'message_id', 'attribute_date', 'content_type'];
const SHORT_NAMES = new Set([
	'Report',
	'Case-Incident',
	'Incident',
	'Organization',
	'Individual',
	'System',
	'Indicator',
]);
const VOCABULARY_OF: Record<string, string> = {
	report_types: 'report_types_ov',
	x_opencti_reliability: 'reliability_ov',
	severity: 'case_severity_ov',
	incident_type: 'incident_type_ov',
	priority: 'case_priority_ov',
	response_types: 'incident_response_types_ov',
};

/** Creation with the platform's upsert: the same id gives the existing object back, without an error. */
export function upsert(context: Context, type: string, input: Row, extra: { objects?: boolean } = {}): Entity {
	const { store, user } = context;
	if (SHORT_NAMES.has(type)) checkName(String(input['name'] ?? ''));
	checkSettings(context, type, input);
	const data = withoutUnknownVocabulary(store, input);
	const markings = resolveReferences(context, input['objectMarking'], 'marking').map(({ id }) => id);
	const labels = resolveReferences(context, input['objectLabel'], 'label').map(({ id }) => id);
	const references = resolveReferences(context, input['externalReferences'], 'any').map(({ id }) => id);
	const [author] = resolveReferences(context, [input['createdBy']], 'author');
	if (author !== undefined && !['Organization', 'Individual', 'System', 'Sector'].includes(author.type)) {
		throw refusal('FUNCTIONAL_ERROR', 'CreatedBy relation must be an Identity entity');
	}
	const objects =
		extra.objects === false ? [] : resolveReferences(context, input['objects'], 'any').map(({ id }) => id);
	const confidence = Math.min(input['confidence'] ?? user!.maxConfidence, user!.maxConfidence);

	const wanted = standardId(type, data);
	const [byRule, byStixId] = [ofType(type, found(context, wanted)), ofType(type, found(context, input['stix_id']))];
	const stored = byRule ?? byStixId ?? sameHash(context, type, data);
	// One of its ids is one object's, the other another's: the platform merges them (`createEntity` of its source).
	if (
		byRule !== undefined &&
		byStixId !== undefined &&
		byRule !== byStixId &&
		type !== 'StixFile' &&
		byRule.draft === byStixId.draft &&
		byRule.draft === context.draftId
	) {
		byRule.markings = highest(store, union(byRule.markings, byStixId.markings));
		store.merge(byRule, byStixId);
	}
	if (stored !== undefined && !visible(context, stored)) {
		throw refusal('UNSUPPORTED_ERROR', 'Restricted entity already exists', { doc_code: 'RESTRICTED_ELEMENT' });
	}
	if (stored?.locked === true) throw lockError();
	const kept = context.dropMarkings ? [] : highest(store, markings);
	if (stored === undefined) {
		const entity = store.add(type, data, { draft: context.draftId });
		Object.assign(entity, { markings: kept, labels, references, objects, confidence });
		if (author !== undefined) entity.author = author.id;
		// Who is not of the platform's organization shares with his own (`buildEntityData` of its source; seen on 7.260817.0).
		if (!isInside(context) && !UNRESTRICTED.has(type))
			entity.organizations = organizationsOf(context).map(({ id }) => id);
		return entity;
	}
	const known = writable(context, stored);
	for (const [key, value] of Object.entries(data)) {
		if (isEmpty(value) || key === 'confidence') continue;
		const written = WRITTEN_OF_OBSERVABLES.includes(key) || (WRITTEN.includes(key) && confidence >= known.confidence);
		if (isEmpty(known.data[key]) || written) known.data[key] = value;
		else if (ADDED.includes(key)) known.data[key] = union(known.data[key], value as string[]);
	}
	if (type === 'Observed-Data') observedAgain(known.data, data);
	known.markings = highest(store, union(known.markings, kept));
	known.labels = union(known.labels, labels);
	known.references = union(known.references, references);
	// Labels and external references are added whatever the confidence, objects are not (`upsertElement` of the platform's source).
	if (confidence >= known.confidence) known.objects = union(known.objects, objects);
	if (author !== undefined && (known.author === undefined || confidence > known.confidence)) known.author = author.id;
	known.confidence = Math.max(known.confidence, confidence);
	store.alias(known, input['stix_id']);
	return known;
}

/**
 * The times grow, and the numbers are added where one of the times did (`upsertElement` of the platform's source): the same said twice
 * counts once.
 */
function observedAgain(known: Row, data: Row): void {
	const time = (value: unknown) => new Date(String(value)).getTime();
	const isEarlier = time(data['first_observed']) < time(known['first_observed']);
	const isLater = time(data['last_observed']) > time(known['last_observed']);
	if (isEarlier) known['first_observed'] = data['first_observed'] as unknown;
	if (isLater) known['last_observed'] = data['last_observed'] as unknown;
	const before = isEarlier || isLater ? Number(known['number_observed']) : 0;
	known['number_observed'] = before + Number(data['number_observed']);
}

/** The platform looks an object up among those of its type. */
const ofType = (type: string, entity: Entity | undefined) => (entity?.type === type ? entity : undefined);

/** A file that has any of the hashes is the same one (`listEntitiesByHashes` of the platform's source). */
const sameHash = ({ store, draftId }: Context, type: string, data: Row) =>
	type === 'StixFile' ? store.fileOf(data, draftId) : undefined;

/**
 * Edits need a confidence as high as the object's; a creation is ignored in silence then (`controlUserConfidenceAgainstElement` of the
 * platform's source).
 */
export function mayEdit({ user }: Context, { confidence, type }: Entity): void {
	if (user!.maxConfidence >= confidence || type === 'sighting') return;
	throw refusal('FUNCTIONAL_ERROR', 'User effective max confidence level is insufficient to update this element', {
		doc_code: 'INSUFFICIENT_CONFIDENCE_LEVEL',
	});
}

export const lockError = () =>
	refusal('LOCK_ERROR', 'Execution timeout, too many concurrent call on the same entities');

export function checkName(name: string): void {
	const problem =
		name.length < 2
			? 'Must be at least 2 characters in length'
			: name.trim() === ''
				? 'Value cannot have only whitespace(s)'
				: undefined;
	if (problem === undefined) return;
	throw new GraphQLError(`Variable "$input" got invalid value ${JSON.stringify(name)} at "input.name". ${problem}`, {
		extensions: { code: 'BAD_USER_INPUT', field: 'name' },
	});
}

function checkSettings(context: Context, type: string, input: Row): void {
	const settings = context.settings[type];
	if (settings === undefined) return;
	if (!holds(context.user!, ['KNBYPASSFIELDS'])) {
		for (const field of settings.mandatoryAttributes ?? []) {
			if (isEmpty(input[field])) throw refusal('VALIDATION_ERROR', 'This attribute is mandatory', { field });
		}
	}
	if (
		settings.enforceReference &&
		isEmpty(input['externalReferences']) &&
		!holds(context.user!, ['KNBYPASSREFERENCE'])
	) {
		throw refusal(
			'VALIDATION_ERROR',
			'You must provide at least one external reference to create this type of entity',
			{ field: 'externalReferences' },
		);
	}
}

function withoutUnknownVocabulary(store: Store, input: Row): Row {
	const data: Row = { ...input };
	for (const [attribute, category] of Object.entries(VOCABULARY_OF)) {
		const value: unknown = data[attribute];
		if (isEmpty(value)) continue;
		const known = new Set(
			store
				.ofType('Vocabulary')
				.filter((entry) => entry.data['category'] === category)
				.map((entry) => entry.data['name']),
		);
		const kept = (Array.isArray(value) ? value : [value]).filter((name) => known.has(name));
		data[attribute] = Array.isArray(value) ? kept : kept[0];
	}
	return data;
}

interface Filter {
	key: string[];
	values: unknown[];
	operator?: string;
	mode?: string;
}
export interface FilterGroup {
	mode: 'and' | 'or';
	filters: Filter[];
	filterGroups: FilterGroup[];
}

const FILTER_KEYS = new Set([
	'ids',
	'id',
	'standard_id',
	'name',
	'value',
	'definition',
	'definition_type',
	'entity_type',
	'external_id',
	'source_name',
	'url',
	'published',
	'externalReferences',
	'objectMarking',
	'objectLabel',
	'createdBy',
]);

/** Unknown keys are refused whatever there is to filter. */
export function checkFilters(group: FilterGroup | null | undefined): void {
	if (group === null || group === undefined) return;
	const unknown = group.filters.flatMap(({ key }) => key.filter((name) => !FILTER_KEYS.has(name)));
	if (unknown.length > 0) {
		throw refusal('UNSUPPORTED_ERROR', 'Incorrect filter keys not existing in any schema definition', {
			keys: unknown,
		});
	}
	for (const inner of group.filterGroups) checkFilters(inner);
}

/** The operators eq and not_eq over the keys that the platform knows for these types. */
export function matches(entity: Entity, group: FilterGroup | null | undefined): boolean {
	if (group === null || group === undefined) return true;
	const results = [
		...group.filters.map((filter) => matchesOne(entity, filter)),
		...group.filterGroups.map((inner) => matches(entity, inner)),
	];
	if (results.length === 0) return true;
	return group.mode === 'and' ? results.every(Boolean) : results.some(Boolean);
}

function matchesOne(entity: Entity, { key, values, operator = 'eq', mode = 'or' }: Filter): boolean {
	const own = new Set(key.flatMap((name) => attribute(entity, name)));
	const has = (wanted: unknown) => own.has(String(wanted));
	const hit = mode === 'and' ? values.every(has) : values.some(has);
	if (operator === 'eq') return hit;
	if (operator === 'not_eq') return !hit;
	throw refusal('UNSUPPORTED_ERROR', `The lab does not know the operator ${operator}`);
}

function attribute(entity: Entity, key: string): string[] {
	switch (key) {
		case 'ids':
			return [...entity.ids, ...entity.aliasIds];
		case 'id':
			return [entity.id];
		case 'standard_id':
			return [entity.standard_id];
		case 'entity_type':
			return [entity.type];
		case 'externalReferences':
			return entity.references;
		case 'objectMarking':
			return entity.markings;
		// By internal ids alone, no values: `filtering-constants.ts` of the platform's source shows one.
		case 'objectLabel':
			return entity.labels;
		case 'createdBy':
			return entity.author === undefined ? [] : [entity.author];
		default: {
			const value = entity.data[key] as string | Date | null | undefined;
			return value === undefined || value === null ? [] : [value instanceof Date ? value.toISOString() : String(value)];
		}
	}
}

import { types } from 'node:util';
import { isShort, sortInSteps, type Steps } from '../steps';
import { HASH_ALGORITHMS } from '../values';
import { canonicalJson, canonicalPieces } from './canonical';
import { levelIdOf } from './tlp';
import { timestampOf } from './timestamp';
import { OWN_NAMESPACE, STIX_NAMESPACE, stableUuidV4, stableUuidV4InSteps, uuidV5, uuidV5InSteps } from './uuid';

/** Options of {@link stixId}. */
export interface StixIdOptions {
	/**
	 * Which rule names files and artifacts. Default `stix`.
	 * - `stix`: STIX 2.1 section 2.9: one hash and the name, extensions and directory together.
	 * - `opencti`: the platform's own: one hash alone, else the name (file) or the URL (artifact), so that it keeps our id as
	 *   its `standard_id`. Two names of the same bytes are then one object.
	 */
	fileIdentity?: 'stix' | 'opencti' | undefined;
}

type Normalise = (value: unknown) => unknown;
/** Property of the object; how its value enters the name; under which key, when not its own. */
type Contribution = readonly [property: string, normalise: Normalise, key?: string];
/** Alternatives, best first: the first that has a property decides. */
type Rule = ReadonlyArray<readonly Contribution[]>;

const OPENCTI_HASH_ORDER = [...HASH_ALGORITHMS, 'SHA3-256', 'SHA3-512', 'SSDEEP', 'SDHASH', 'TLSH', 'LZJD'];

const asWritten: Normalise = (value) => value;
const trimmed: Normalise = (value) => (typeof value === 'string' ? value.trim() : value);
const folded: Normalise = (value) => (typeof value === 'string' ? value.trim().toLowerCase() : value);
const upper: Normalise = (value) => (typeof value === 'string' ? value.trim().toUpperCase() : value);
const moment: Normalise = (value) => timestampOf(value) ?? trimmed(value);
const sorted: Normalise = (value) => (Array.isArray(value) ? [...(value as string[])].sort() : value);
/** STIX 2.1 section 2.9: one hash only, the first of four; of other algorithms, the first one given. */
const oneHash: Normalise = (value) => firstHash(value, HASH_ALGORITHMS);
const oneOpenCtiHash: Normalise = (value) => firstHash(value, OPENCTI_HASH_ORDER, (name) => name.toUpperCase());

function firstHash(value: unknown, order: readonly string[], named = (name: string): string => name): unknown {
	const hashes = Object.entries(value as Record<string, unknown>).map(
		([name, digest]) => [named(name), digest] as const,
	);
	const best = order.find((algorithm) => hashes.some(([name]) => name === algorithm)) ?? hashes[0]?.[0];
	const found = hashes.find(([name]) => name === best);
	return found && { [found[0]]: found[1] };
}

const written = (...properties: string[]): Rule => [properties.map((property) => [property, asWritten] as const)];
const named: Rule = [[['name', folded]]];
const namedAndDated: Rule = [
	[
		['name', folded],
		['created', moment],
	],
];

/** A contribution as it is written: where its member stands among the others, its key as JSON. */
interface Member {
	property: string;
	normalise: Normalise;
	/** `"name":` */
	key: string;
}
type CompiledRule = ReadonlyArray<readonly Member[]>;

/** Rules with their members in the order of RFC 8785, so that a name can be written in one go. */
function compiled(rules: Readonly<Record<string, Rule>>): Readonly<Record<string, CompiledRule>> {
	const members = (alternative: readonly Contribution[]): Member[] =>
		alternative
			.map(([property, normalise, key = property]) => ({ property, normalise, key: `${JSON.stringify(key)}:` }))
			.sort((one, other) => (one.key < other.key ? -1 : 1));
	return Object.fromEntries(Object.entries(rules).map(([type, rule]) => [type, rule.map(members)]));
}

/** Cyber-observables: the id-contributing properties of STIX 2.1 section 6, values as they are written. */
const OBSERVABLES = compiled({
	artifact: [
		[
			['hashes', oneHash],
			['payload_bin', asWritten],
		],
	],
	'autonomous-system': written('number'),
	directory: written('path'),
	'domain-name': written('value'),
	'email-addr': written('value'),
	'email-message': written('from_ref', 'subject', 'body'),
	file: [
		[
			['hashes', oneHash],
			['name', asWritten],
			['extensions', asWritten],
			['parent_directory_ref', asWritten],
		],
	],
	'ipv4-addr': written('value'),
	'ipv6-addr': written('value'),
	'mac-addr': written('value'),
	mutex: written('name'),
	'network-traffic': written('start', 'end', 'src_ref', 'dst_ref', 'src_port', 'dst_port', 'protocols', 'extensions'),
	software: written('name', 'cpe', 'swid', 'vendor', 'version'),
	url: written('value'),
	'user-account': written('account_type', 'user_id', 'account_login'),
	'windows-registry-key': written('key', 'values'),
	'x509-certificate': [
		[
			['hashes', oneHash],
			['serial_number', asWritten],
		],
	],
	'cryptocurrency-wallet': written('value'),
	hostname: written('value'),
	'phone-number': written('value'),
	'user-agent': written('value'),
});

/** Everything else, as OpenCTI computes its `standard_id`. */
const OPENCTI = compiled({
	'attack-pattern': [[['x_mitre_id', trimmed]], [['name', folded]]],
	campaign: named,
	'case-incident': namedAndDated,
	'case-rfi': namedAndDated,
	'case-rft': namedAndDated,
	'course-of-action': [[['x_mitre_id', trimmed]], [['name', folded]]],
	'external-reference': [
		[['url', trimmed]],
		[
			['source_name', trimmed],
			['external_id', trimmed],
		],
	],
	feedback: namedAndDated,
	grouping: [
		[
			['name', folded],
			['context', folded],
			['created', moment],
		],
	],
	identity: [
		[
			['name', folded],
			['identity_class', folded],
		],
	],
	incident: namedAndDated,
	indicator: [[['pattern', trimmed]]],
	infrastructure: named,
	'intrusion-set': named,
	label: [[['value', folded]]],
	malware: named,
	'marking-definition': [
		[
			['definition_type', upper],
			['definition', upper],
		],
	],
	note: [
		[
			['content', trimmed],
			['created', moment],
			['abstract', trimmed, 'attribute_abstract'],
		],
	],
	'observed-data': [[['objects', sorted]], [['object_refs', sorted, 'objects']]],
	relationship: [
		[
			['relationship_type', trimmed],
			['source_ref', trimmed],
			['target_ref', trimmed],
			['start_time', moment],
			['stop_time', moment],
		],
	],
	report: [
		[
			['name', folded],
			['published', moment],
		],
	],
	sighting: [
		[
			['type', trimmed],
			['sighting_of_ref', trimmed],
			['where_sighted_refs', asWritten],
			['first_seen', moment],
			['last_seen', moment],
		],
	],
	task: namedAndDated,
	'threat-actor': named,
	tool: named,
	vocabulary: [
		[
			['name', folded],
			['category', asWritten],
		],
	],
	vulnerability: named,
});

/** What OpenCTI does otherwise than STIX. */
const OPENCTI_FILES = compiled({
	artifact: [[['hashes', oneOpenCtiHash]], [['url', trimmed]]],
	file: [[['hashes', oneOpenCtiHash]], [['name', trimmed]]],
});

/** Objects whose UUID STIX wants to be of version 4 when nothing contributes (section 2.9) or always (process). */
const VERSION_4 = new Set(['artifact', 'email-message', 'process']);

/**
 * Deterministic identifier of a STIX object: `type--UUID`.
 *
 * Cyber-observables follow STIX 2.1 section 2.9: UUIDv5 over the RFC 8785 text of the id-contributing properties that are
 * present, values as written. Domain, relationship and meta objects follow OpenCTI's normalisation (names trimmed and in
 * lower case, times as `toISOString`), so that the platform's `standard_id` equals this one.
 *
 * Where a rule finds nothing (an email-message without From, Subject and body, a process), and for types without a rule, all
 * properties but `id` decide: in version 4 form for the observables where STIX demands it, else UUIDv5 in {@link OWN_NAMESPACE}.
 */
export function stixId(type: string, properties: object, options: StixIdOptions = {}): string {
	const values = (type === 'sighting' ? { ...properties, type } : properties) as Readonly<Record<string, unknown>>;
	const level = type === 'marking-definition' ? levelIdOf(values) : undefined;
	if (level !== undefined) return level;
	const rule = ruleOf(type, options);
	const name = rule && nameOf(rule, type === 'marking-definition' ? markingOf(values) : values);
	if (name !== undefined) return `${type}--${uuidV5(STIX_NAMESPACE, name)}`;
	const all = canonicalJson(allOf(type, values));
	return `${type}--${VERSION_4.has(type) ? stableUuidV4(all) : uuidV5(OWN_NAMESPACE, all)}`;
}

/** Types of objects whose names may be megabytes: bytes, a message with its text, a list of everything. */
export type LongType = 'artifact' | 'email-message' | 'observed-data';

/** As {@link stixId}, of an object whose name may be long. */
export function* stixIdInSteps(
	type: LongType,
	properties: Readonly<Record<string, unknown>>,
	options: StixIdOptions,
): Steps<string> {
	const rule = ruleOf(type, options) ?? [];
	const refs = properties.object_refs;
	const values = isTexts(refs) ? { ...properties, object_refs: yield* sortInSteps(refs) } : properties;
	const given = rule.map((members) => members.filter(({ property }) => isGiven(values[property])));
	const members = given.find(({ length }) => length > 0);
	if (members !== undefined) {
		return `${type}--${yield* uuidV5InSteps(STIX_NAMESPACE, namePieces(members, values))}`;
	}
	const all = canonicalPieces(allOf(type, values));
	const uuid = VERSION_4.has(type) ? stableUuidV4InSteps(all) : uuidV5InSteps(OWN_NAMESPACE, all);
	return `${type}--${yield* uuid}`;
}

/**
 * UUID of what this pack names by a rule of its own: over the RFC 8785 text of a value, as version 5 in {@link OWN_NAMESPACE} or in
 * the form of version 4.
 */
export function* ownUuid(value: object, version: 4 | 5 = 5): Steps<string> {
	if (version === 4) return yield* stableUuidV4InSteps(canonicalPieces(value));
	if (isShort(value)) return uuidV5(OWN_NAMESPACE, canonicalJson(value));
	return yield* uuidV5InSteps(OWN_NAMESPACE, canonicalPieces(value));
}

function ruleOf(type: string, { fileIdentity }: StixIdOptions): CompiledRule | undefined {
	const tables = [...(fileIdentity === 'opencti' ? [OPENCTI_FILES] : []), OBSERVABLES, OPENCTI];
	return tables.find((table) => Object.hasOwn(table, type))?.[type];
}

/** What names an object where no rule finds anything. */
function allOf(type: string, { id: _id, ...rest }: Readonly<Record<string, unknown>>): Record<string, unknown> {
	return { ...rest, type };
}

/** Types that STIX 2.1 section 6 or OpenCTI define as cyber-observables. */
export function isObservableType(type: string): boolean {
	return Object.hasOwn(OBSERVABLES, type) || type === 'process';
}

function nameOf(rule: CompiledRule, values: Readonly<Record<string, unknown>>): string | undefined {
	for (const alternative of rule) {
		let members = '';
		let found = false;
		for (const { property, normalise, key } of alternative) {
			const value = values[property];
			if (!isGiven(value)) continue;
			found = true;
			const normal = normalise(value);
			if (normal !== undefined) members += `${members === '' ? '' : ','}${key}${canonicalJson(normal)}`;
		}
		if (found) return `{${members}}`;
	}
	return undefined;
}

function* namePieces(members: readonly Member[], values: Readonly<Record<string, unknown>>): Generator<string> {
	let isFirst = true;
	yield '{';
	for (const { property, normalise, key } of members) {
		const normal = normalise(values[property]);
		if (normal === undefined) continue;
		yield `${isFirst ? '' : ','}${key}`;
		yield* canonicalPieces(normal);
		isFirst = false;
	}
	yield '}';
}

function isTexts(value: unknown): value is string[] {
	return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isGiven(value: unknown): boolean {
	return value !== undefined && value !== null && !isEmpty(value);
}

function isEmpty(value: unknown): boolean {
	return typeof value === 'object' && value !== null && Object.keys(value).length === 0 && !types.isDate(value);
}

/** OpenCTI keeps a marking's definition as one text: of a statement, the statement. */
function markingOf(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
	const { definition } = values;
	const statement: unknown =
		typeof definition === 'object' && definition !== null ? Object.values(definition).at(0) : definition;
	return {
		definition_type: values.x_opencti_definition_type ?? values.definition_type,
		definition: values.x_opencti_definition ?? statement,
	};
}

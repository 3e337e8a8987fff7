import { STEP_LIMITS } from '../limits';
import { isShort, replaceInSteps, type Steps } from '../steps';
import { storableText } from '../storable';
import { wellFormed } from '../text';
import { StixError } from './errors';
import { stixId, stixIdInSteps, type LongType, type StixIdOptions } from './identifier';
import type { Identifier, PropertyKind } from './dataTypes';
import type { StixObject, StixObjectOf } from './objects';
import { PROPERTY_TABLES, type PropertyTable, type StixType } from './properties';

/** Properties of an object before it is made: the type says the rest, the id is computed when not given. */
export type StixInput<Type extends StixType> = Inputs[Type];

type Inputs = {
	[Type in StixType]: { id?: Identifier | undefined } & {
		// Whatever may be absent may be given as undefined.
		[Name in keyof StixObjectOf<Type> as Exclude<Name, 'type' | 'spec_version' | 'id'>]: object extends Pick<
			StixObjectOf<Type>,
			Name
		>
			? StixObjectOf<Type>[Name] | undefined
			: StixObjectOf<Type>[Name];
	};
};

/**
 * A STIX object with its keys in the order of its property table, its texts encodable and its id computed.
 *
 * What is `undefined`, an empty list or an empty dictionary is left out (STIX 2.1 sections 2.2 and 2.11 forbid them). Lone surrogates and
 * NUL become U+FFFD: the first have no UTF-8 form, the second ends texts in many a consumer.
 *
 * @throws StixError `STIX_PROPERTY_UNKNOWN`
 */
export function stixObject<Type extends StixType>(
	type: Type,
	properties: StixInput<Type>,
	options: StixIdOptions = {},
): StixObjectOf<Type> {
	const object = withoutId(type, properties);
	object.id ??= stixId(type, object, options);
	return object as StixObjectOf<Type>;
}

/** As {@link stixObject}, of what may hold megabytes or a list of everything. */
export function* stixObjectInSteps<Type extends LongType>(
	type: Type,
	properties: StixInput<Type>,
	options: StixIdOptions,
): Steps<StixObjectOf<Type>> {
	if (isShort(properties)) return stixObject(type, properties, options);
	const given: Record<string, unknown> = { ...properties };
	for (const [name, raw] of PROPERTIES.get(type) ?? []) {
		if (!raw) given[name] = yield* cleanTexts(given[name]);
	}
	const object = withoutId(type, given as StixInput<Type>);
	object.id ??= yield* stixIdInSteps(type, object, options);
	return object as StixObjectOf<Type>;
}

function withoutId<Type extends StixType>(type: Type, properties: StixInput<Type>): Record<string, unknown> {
	const given = properties as Readonly<Record<string, unknown>>;
	requireListed(type, given);
	const object: Record<string, unknown> = { type, spec_version: '2.1', id: given.id };
	for (const [name, raw] of PROPERTIES.get(type) ?? []) {
		const value = given[name];
		if (value === undefined || value === null) continue;
		const clean = raw ? nonEmpty(value) : cleaned(value);
		if (clean !== undefined) object[name] = clean;
	}
	return object;
}

/** Kinds that hold nothing a sender wrote, and base64, in which there is nothing to clean. */
const RAW: ReadonlySet<PropertyKind> = new Set([
	'base64',
	'boolean',
	'confidence',
	'integer',
	'ref',
	'refs',
	'timestamp',
]);

/** The tables as lists, without the three properties that every object begins with. */
const PROPERTIES = new Map(
	Object.entries<PropertyTable>(PROPERTY_TABLES).map(([type, table]) => [
		type,
		Object.entries(table)
			.slice(3)
			.map(([name, { kind }]) => [name, RAW.has(kind)] as const),
	]),
);

/** Refuses what stands in none, which would not be written. */
function requireListed(type: StixType, given: Readonly<Record<string, unknown>>): void {
	const table: PropertyTable | undefined = Object.hasOwn(PROPERTY_TABLES, type) ? PROPERTY_TABLES[type] : undefined;
	if (table === undefined) {
		throw new StixError('STIX_PROPERTY_UNKNOWN', `This package does not create objects of the type '${String(type)}'.`);
	}
	for (const name in given) {
		if (Object.hasOwn(table, name) || given[name] === undefined) continue;
		throw new StixError('STIX_PROPERTY_UNKNOWN', `The property '${name}' is in no table of the type ${type}.`, {
			hint: 'Put properties that STIX does not define into an extension.',
		});
	}
}

function nonEmpty(value: unknown): unknown {
	return Array.isArray(value) && value.length === 0 ? undefined : value;
}

const NUL = '\0';
const REPLACEMENT = '\uFFFD';

/** A value with its texts cleaned, each in steps of its own. Empty lists and dictionaries stay. */
function* cleanTexts(value: unknown): Steps<unknown> {
	if (typeof value === 'string') {
		if (value.length > STEP_LIMITS.pieceLength || value.includes(NUL)) yield;
		return wellFormed(yield* replaceInSteps(value, NUL, REPLACEMENT));
	}
	if (value === null || typeof value !== 'object') return value;
	const members: Array<[string, unknown]> = [];
	for (const [name, member] of Object.entries(value)) members.push([name, yield* cleanTexts(member)]);
	return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
}

function cleaned(value: unknown): unknown {
	if (typeof value === 'string') return storableText(value);
	if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(cleaned);
	if (value === null || typeof value !== 'object') return value ?? undefined;
	const members = Object.entries(value)
		.map(([name, member]) => [name, cleaned(member)] as const)
		.filter(([, member]) => member !== undefined);
	return members.length === 0 ? undefined : Object.fromEntries(members);
}

/** Ids that an object holds in its `…_ref` and `…_refs` properties, MIME parts included; markings and author are no content. */
export function embeddedReferences(object: StixObject): string[] {
	const found: string[] = [];
	const values: Readonly<Record<string, unknown>> = object;
	for (const name of Object.keys(values)) {
		if (name === 'object_marking_refs' || name === 'created_by_ref') continue;
		if (name.endsWith('_ref')) found.push(values[name] as string);
		else if (name.endsWith('_refs')) for (const id of values[name] as string[]) found.push(id);
		else if (name === 'body_multipart') {
			for (const part of values[name] as Array<{ body_raw_ref?: string }>) {
				if (part.body_raw_ref !== undefined) found.push(part.body_raw_ref);
			}
		}
	}
	return found;
}

import { wellFormed } from '../text';
import { stixId, type StixIdOptions } from './identifier';
import type { StixObject, StixObjectOf, StixType } from './objects';
import { PROPERTY_TABLES, type PropertyKind } from './properties';

/** Properties of an object before it is made: the type says the rest, the id is computed when not given. */
export type StixInput<Type extends StixType> = Omit<StixObjectOf<Type>, 'type' | 'spec_version' | 'id'> & {
	id?: string;
};

/**
 * A STIX object with its keys in the order of its property table, its texts encodable and its id computed.
 *
 * What is `undefined`, an empty list or an empty dictionary is left out (STIX 2.1 sections 2.2 and 2.11 forbid them). Lone surrogates and
 * NUL become U+FFFD: the first have no UTF-8 form, the second ends texts in many a consumer.
 */
export function stixObject<Type extends StixType>(
	type: Type,
	properties: StixInput<Type>,
	options: StixIdOptions = {},
): StixObjectOf<Type> {
	const given = properties as Readonly<Record<string, unknown>>;
	const object: Record<string, unknown> = { type, spec_version: '2.1', id: given.id };
	for (const [name, raw] of PROPERTIES[type]) {
		const value = given[name];
		if (value === undefined || value === null) continue;
		const clean = raw ? nonEmpty(value) : cleaned(value);
		if (clean !== undefined) object[name] = clean;
	}
	object.id ??= stixId(type, object, options);
	return object as unknown as StixObjectOf<Type>;
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
const PROPERTIES = Object.fromEntries(
	Object.entries(PROPERTY_TABLES).map(([type, table]) => [
		type,
		Object.entries(table)
			.slice(3)
			.map(([name, { kind }]) => [name, RAW.has(kind)] as const),
	]),
) as unknown as Readonly<Record<StixType, ReadonlyArray<readonly [name: string, raw: boolean]>>>;

function nonEmpty(value: unknown): unknown {
	return Array.isArray(value) && value.length === 0 ? undefined : value;
}

/** What may have to be replaced; a pair of surrogates need not. */
const SUSPECT = /[\0\ud800-\udfff]/;

/** A text that every JSON consumer can store. */
export function cleanText(text: string): string {
	if (!SUSPECT.test(text)) return text;
	return wellFormed(text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text);
}

function cleaned(value: unknown): unknown {
	if (typeof value === 'string') return cleanText(value);
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
	const values = object as unknown as Readonly<Record<string, unknown>>;
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

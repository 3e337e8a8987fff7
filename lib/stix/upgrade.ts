import { isRecord, plainText } from '../json';
import type { AnyStixObject } from './anyBundle';
import { canonicalJson } from './canonical';
import { isObservableType, stixId } from './identifier';
import { OWN_NAMESPACE, uuidV5 } from './uuid';

/**
 * Objects of STIX 2.0 as STIX 2.1 has them, where nothing is lost by that: what an observation holds in itself becomes objects of their
 * own, each after those that it refers to and marked as the observation is; an indicator says that its pattern is STIX, and what was its
 * labels is its types. Objects that cannot be told without loss, and those of 2.1, stay as they are.
 *
 * The same objects give the same ids.
 */
export function upgradedTo21(objects: readonly AnyStixObject[]): AnyStixObject[] {
	const made = new Map<string, AnyStixObject>();
	const upgraded = objects.flatMap((object): AnyStixObject[] => {
		if (object.type === 'indicator') return [indicatorOf(object)];
		if (object.type !== 'observed-data') return [object];
		const inside = insideOf(object);
		if (inside === undefined) return [object];
		const fresh = inside.filter(({ id }) => !made.has(id));
		for (const one of fresh) made.set(one.id, one);
		const { objects: _objects, ...rest } = object;
		return [...fresh, { ...rest, object_refs: inside.map(({ id }) => id) }];
	});
	return made.size === 0 && upgraded.every((object, at) => object === objects[at]) ? [...objects] : upgraded;
}

function indicatorOf(object: AnyStixObject): AnyStixObject {
	if (object['pattern_type'] !== undefined || typeof object['pattern'] !== 'string') return object;
	const { labels, ...rest } = object;
	const isTyped = rest['indicator_types'] !== undefined || !Array.isArray(labels);
	return {
		...(isTyped ? object : { ...rest, indicator_types: labels as unknown[] }),
		pattern_type: 'stix',
	};
}

/** What an observation holds in itself, as objects of their own; undefined where that is not all of it, or none. */
function insideOf({ objects, object_refs, object_marking_refs }: AnyStixObject): AnyStixObject[] | undefined {
	if (object_refs !== undefined || !isRecord(objects)) return undefined;
	const entries = new Map(Object.entries(objects));
	const marked = Array.isArray(object_marking_refs) ? { object_marking_refs } : {};
	const done = new Map<string, AnyStixObject>();
	const begun = new Set<string>();
	/** Keys that are waited for, and the one that is to be made: a list is no recursion, however long a chain of references is. */
	const open = [...entries.keys()].reverse();
	while (open.length > 0) {
		const key = open.at(-1)!;
		const given = entries.get(key);
		if (!isRecord(given) || typeof given['type'] !== 'string' || given['type'] === '') return undefined;
		const waits = keysIn(given).filter((other) => !done.has(other));
		if (waits.some((other) => !entries.has(other))) return undefined;
		if (done.has(key) || waits.length === 0) {
			open.pop();
			if (!done.has(key)) done.set(key, objectOf(given as AnyStixObject, done, marked));
			continue;
		}
		// What is waited for a second time waits for itself: 2.1 has no name for a circle.
		if (begun.has(key)) return undefined;
		begun.add(key);
		open.push(...waits);
	}
	const inside = [...new Map([...done.values()].map((object) => [object.id, object])).values()];
	return inside.length === 0 ? undefined : inside;
}

const isReference = (name: string): boolean => /_refs?$/.test(name) && name !== 'object_marking_refs';

/** Keys of the observation that one of its objects refers to. */
const keysIn = (object: Record<string, unknown>): string[] =>
	Object.entries(object).flatMap(([name, value]) => (isReference(name) ? listOf(value).map(plainText) : []));

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [value]);

function objectOf(
	given: AnyStixObject,
	done: ReadonlyMap<string, AnyStixObject>,
	marked: Record<string, unknown>,
): AnyStixObject {
	const idOf = (key: unknown) => done.get(plainText(key))?.id;
	const properties = Object.fromEntries(
		Object.entries(given).map(([name, value]) => {
			if (!isReference(name)) return [name, value];
			return [name, Array.isArray(value) ? value.map(idOf) : idOf(value)];
		}),
	) as AnyStixObject;
	return { ...properties, id: named(properties), spec_version: '2.1', ...marked };
}

/** By its value where STIX has a rule for that. Messages of one sender and subject are not one: all that is said of one names it. */
function named(properties: AnyStixObject): string {
	const { type } = properties;
	if (isObservableType(type) && type !== 'email-message') {
		try {
			return stixId(type, properties, { fileIdentity: 'opencti' });
		} catch {
			// What says nothing that STIX names it by.
		}
	}
	return `${type}--${uuidV5(OWN_NAMESPACE, canonicalJson(properties))}`;
}

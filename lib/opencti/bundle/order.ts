import { plainText } from '../../json';
import type { AnyStixObject } from '../../stix';
import { refsIn } from './bundleObjects';
import { kindOf } from './stixObjects';

/** Objects, each behind those that it refers to, and which of these it has to wait for. */
export interface Order {
	objects: AnyStixObject[];
	waitsFor: (object: AnyStixObject) => readonly AnyStixObject[];
	/** Relationships that are made with the indicator that they start from, by the indicator. */
	carried: ReadonlyMap<AnyStixObject, readonly AnyStixObject[]>;
}

/**
 * The order in which objects are made, in time that grows with the number of references. Whoever refers to another one waits for it; in a
 * circle of references somebody has to be first, the one that stands earlier.
 */
export function inOrder(given: readonly AnyStixObject[]): Order {
	const byId = new Map<string, AnyStixObject>();
	for (const object of given) if (object.id !== '' && !byId.has(object.id)) byId.set(object.id, object);
	const carried = carriedBy(given, byId);
	const needs = new Map<AnyStixObject, AnyStixObject[]>();
	const neededBy = new Map<AnyStixObject, AnyStixObject[]>();
	const open = new Map<AnyStixObject, number>();
	for (const object of given) {
		const ids = [
			...(kindOf(object.type)?.refersTo ?? []).flatMap((property) => refsIn(object, property)),
			...refsIn(object, 'created_by_ref'),
			// An indicator is made with what it is based on.
			...(carried.get(object) ?? []).flatMap((relationship) => refsIn(relationship, 'target_ref')),
		];
		const needed = [...new Set(ids)].flatMap((id) => byId.get(id) ?? []).filter((other) => other !== object);
		needs.set(object, needed);
		open.set(object, needed.length);
		for (const other of needed) listIn(neededBy, other).push(object);
	}
	const objects: AnyStixObject[] = [];
	const done = new Set<AnyStixObject>();
	const take = (first: AnyStixObject) => {
		const ready = [first];
		for (let at = 0; at < ready.length; at++) {
			const object = ready[at]!;
			if (done.has(object)) continue;
			done.add(object);
			objects.push(object);
			for (const other of neededBy.get(object) ?? []) {
				const left = (open.get(other) ?? 0) - 1;
				open.set(other, left);
				if (left <= 0) ready.push(other);
			}
		}
	};
	const inRank = [...given].sort((one, other) => placeOf(one) - placeOf(other));
	for (const object of inRank) if (open.get(object) === 0) take(object);
	for (const object of inRank) if (!done.has(object)) take(object);
	const place = new Map(objects.map((object, at) => [object, at]));
	const isBefore = (one: AnyStixObject, other: AnyStixObject) => (place.get(one) ?? 0) < (place.get(other) ?? 0);
	return {
		objects,
		waitsFor: (object) => (needs.get(object) ?? []).filter((other) => isBefore(other, object)),
		carried,
	};
}

function listIn<K, T>(map: Map<K, T[]>, key: K): T[] {
	const known = map.get(key) ?? [];
	map.set(key, known);
	return known;
}

/** Messages before other observables: most relationships lead from one, and need not wait for the last observable then. */
const placeOf = ({ type }: AnyStixObject) => (kindOf(type)?.rank ?? 9) - (type === 'email-message' ? 0.5 : 0);

/** What would be lost of a relationship that the platform makes by itself. */
const OWN_WORDS = ['description', 'start_time', 'stop_time', 'labels', 'confidence'];

/** What indicators of the bundle are based on, where that is an observable of the bundle and nothing more is said of it. */
function carriedBy(
	given: readonly AnyStixObject[],
	byId: ReadonlyMap<string, AnyStixObject>,
): Map<AnyStixObject, AnyStixObject[]> {
	const carried = new Map<AnyStixObject, AnyStixObject[]>();
	for (const object of given) {
		if (object.type !== 'relationship' || object['relationship_type'] !== 'based-on') continue;
		const [indicator, observable] = ['source_ref', 'target_ref'].map((property) =>
			byId.get(plainText(object[property])),
		);
		if (indicator?.type !== 'indicator' || observable === undefined || !isObservable(observable)) continue;
		if (OWN_WORDS.some((property) => object[property] !== undefined)) continue;
		listIn(carried, indicator).push(object);
	}
	return carried;
}

/** Of rank 1 are observables, and they refer to nothing that has to be there before them. */
const isObservable = ({ type }: AnyStixObject) => kindOf(type)?.rank === 1;

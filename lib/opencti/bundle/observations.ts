import { plainText } from '../../json';
import { timestampOf, type AnyStixObject } from '../../stix';
import { markingRefs } from './bundleObjects';

/**
 * Observed data of the same objects is one on the platform. Of those in a bundle the first is made, with the times of all of them and
 * their numbers added; the same said twice counts once. By the first; those that stand alone are not in it.
 *
 * @param identityOf What the platform knows an observation by.
 */
export function foldedObservations(
	objects: readonly AnyStixObject[],
	identityOf: (object: AnyStixObject) => string,
): Map<AnyStixObject, AnyStixObject> {
	const groups = new Map<string, AnyStixObject[]>();
	for (const object of objects) {
		if (object.type !== 'observed-data') continue;
		const identity = identityOf(object);
		const group = groups.get(identity) ?? [];
		group.push(object);
		groups.set(identity, group);
	}
	const folded = new Map<AnyStixObject, AnyStixObject>();
	for (const [first, ...others] of groups.values()) {
		if (first !== undefined && others.length > 0) folded.set(first, together([first, ...others]));
	}
	return folded;
}

function together(group: readonly [AnyStixObject, ...AnyStixObject[]]): AnyStixObject {
	const times = (name: string) => group.flatMap((object) => timestampOf(object[name]) ?? []).sort();
	const [first, last] = [times('first_observed')[0], times('last_observed').at(-1)];
	const distinct = new Map(
		group.map((object) => [`${plainText(object['first_observed'])} ${plainText(object['last_observed'])}`, object]),
	);
	const number = [...distinct.values()].reduce(
		(sum, { number_observed: count }) => sum + (isCount(count) ? count : 0),
		0,
	);
	const markings = [...new Set(group.flatMap(markingRefs))];
	return {
		...group[0],
		...(first === undefined ? {} : { first_observed: first }),
		...(last === undefined ? {} : { last_observed: last }),
		...(number === 0 ? {} : { number_observed: number }),
		...(markings.length === 0 ? {} : { object_marking_refs: markings }),
	};
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value);

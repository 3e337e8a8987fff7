import type { AnyStixObject } from '../../stix';
import { readBetween, readExistingOfTypes, type Platform } from '../platform';
import { refsIn } from './bundleObjects';
import type { Placed, Placements } from './placements';
import { kindOf } from './stixObjects';

/** What the platform has of these objects: by all of their ids, relationships by their ends too. */
export async function lookUp(
	platform: Platform,
	objects: readonly AnyStixObject[],
	placements: Placements,
): Promise<ReadonlyMap<string, Placed>> {
	const asked = objects.filter(({ type, id }) => kindOf(type) !== undefined && id !== '');
	const wanted = asked.flatMap((object) => placements.idsOf(object).map((id) => ({ type: object.type, id })));
	const found = new Map<string, Placed>();
	for (const [id, node] of await readExistingOfTypes(platform, wanted)) found.set(id, { ...node, existed: true });
	await lookUpByEnds(platform, objects, placements, found);
	return found;
}

/** Relationships of other ids between the same ends; only where both ends were there before can there be one. */
async function lookUpByEnds(
	platform: Platform,
	objects: readonly AnyStixObject[],
	placements: Placements,
	found: Map<string, Placed>,
): Promise<void> {
	// An end that is not in the bundle is known by another id than the platform's own: it will be found when it is made.
	const endOf = (id: string | undefined) => {
		const placed = id === undefined ? undefined : placements.of(id);
		return placed?.existed === true ? placed.id : undefined;
	};
	const asked = objects.flatMap((object) => {
		if (object.type !== 'relationship' || placements.idsOf(object).some((id) => found.has(id))) return [];
		const [from, to] = ['source_ref', 'target_ref'].map((property) => endOf(refsIn(object, property)[0]));
		if (from === undefined || to === undefined) return [];
		const [type, startTime] = [object['relationship_type'], object['start_time']];
		const ends = { type: String(type), fromId: from, toId: to };
		return [{ object, ends: typeof startTime === 'string' ? { ...ends, startTime } : ends }];
	});
	if (asked.length === 0) return;
	const nodes = await readBetween(
		platform,
		asked.map(({ ends }) => ends),
	);
	for (const [at, { object }] of asked.entries()) {
		const node = nodes[at];
		if (node !== undefined) found.set(object.id, { ...node, existed: true });
	}
}

/** The object of the platform that this one is. An id of another type is another object's. */
export function knownAs(
	object: AnyStixObject,
	found: ReadonlyMap<string, Placed>,
	placements: Placements,
): Placed | undefined {
	const nodes = new Map<string, Placed>();
	for (const id of placements.idsOf(object)) {
		const node = found.get(id) ?? placements.byStandardId(id);
		if (node?.standard_id.startsWith(`${object.type}--`)) nodes.set(node.id, node);
	}
	const [first, ...others] = nodes.values();
	if (first !== undefined && others.length > 0) {
		placements.warn(
			'several-objects',
			object.id,
			`The platform has ${nodes.size} objects that are ${object.id}: ${first.standard_id} was taken.`,
		);
	}
	return first;
}

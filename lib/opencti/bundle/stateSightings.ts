import { OPENCTI_LIMITS } from '../../limits';
import { timestampOf, type AnyStixObject } from '../../stix';
import { anyOf, SIGHTING_PATCH, SIGHTINGS_STATED, type SightingNode } from '../documents';
import { allPages, attempt, OpenCtiError, type Platform } from '../platform';
import type { Placements } from './placements';

/**
 * Sightings that are to say what was found now: where one says something else (it was there before, or the platform put it together
 * with another one and added the numbers), number, times and description are set. Never throws for a single one: what could not be
 * set is told of it (`incomplete`).
 */
export async function stateSightings(
	platform: Platform,
	sightings: readonly AnyStixObject[],
	placements: Placements,
): Promise<void> {
	const byId = new Map<string, AnyStixObject>();
	for (const sighting of sightings) {
		const id = placements.of(sighting.id)?.id;
		if (id !== undefined) byId.set(id, sighting);
	}
	const stored = await readStated(platform, [...byId.keys()]);
	for (const node of stored) {
		const sighting = byId.get(node.id);
		const input = sighting === undefined ? [] : differences(sighting, node);
		if (sighting === undefined || input.length === 0) continue;
		const patched = await attempt(() => state(platform, node.id, input));
		if ('value' in patched) continue;
		if (patched.isShared) throw patched.error;
		placements.amend(sighting, { status: 'incomplete', error: patched.failure });
	}
}

async function state(platform: Platform, id: string, input: { key: string; value: unknown[] }[]): Promise<void> {
	const { stixSightingRelationshipEdit } = await platform.call(SIGHTING_PATCH, { id, input });
	if (stixSightingRelationshipEdit?.fieldPatch) return;
	throw new OpenCtiError('OPENCTI_ANSWER_UNREADABLE', 'The platform returned nothing for the edit of a sighting', {
		hint: 'The log of the platform may show the reason.',
	});
}

async function readStated(platform: Platform, ids: readonly string[]): Promise<SightingNode[]> {
	const found: SightingNode[] = [];
	const { maxIdsPerRead, maxPagesPerRead } = OPENCTI_LIMITS;
	for (let start = 0; start < ids.length; start += maxIdsPerRead) {
		const filters = anyOf('ids', ids.slice(start, start + maxIdsPerRead));
		const read = async (page: { first: number; after?: string }) =>
			(await platform.call(SIGHTINGS_STATED, { ...page, filters })).stixSightingRelationships;
		found.push(...(await allPages(maxPagesPerRead, read)));
	}
	return found;
}

/** How the platform names what a sighting says. */
const STATED = {
	count: 'attribute_count',
	first_seen: 'first_seen',
	last_seen: 'last_seen',
	description: 'description',
} as const;

function differences(sighting: AnyStixObject, node: SightingNode): { key: string; value: unknown[] }[] {
	return Object.entries(STATED).flatMap(([property, key]) => {
		const said = sighting[property];
		return said === undefined || isSame(said, node[key]) ? [] : [{ key, value: [said] }];
	});
}

function isSame(said: unknown, stored: unknown): boolean {
	return said === stored || (timestampOf(said) !== undefined && timestampOf(said) === timestampOf(stored));
}

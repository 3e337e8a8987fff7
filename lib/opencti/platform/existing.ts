import { OPENCTI_LIMITS } from '../../limits';
import { stixId } from '../../stix';
import { DAY } from '../../units';
import {
	anyOf,
	OBJECTS_BY_IDS,
	RELATIONSHIPS_BETWEEN,
	RELATIONSHIPS_BY_IDS,
	SIGHTINGS_BY_IDS,
	type Connection,
	type ExistingNode,
	type RelationshipNode,
} from '../documents';
import { allPages, pagesUpTo } from './pages';
import type { Platform } from './platform';
import { sideBySide } from './sideBySide';

/** The platform answers each family of objects by another query. */
export type ObjectFamily = 'object' | 'relationship' | 'sighting';

export const familyOf = (type: string): ObjectFamily =>
	type === 'relationship' || type === 'sighting' ? type : 'object';

/**
 * What the platform has of these ids (internal, standard or any STIX id that it was made under), hundreds in one request. The
 * answer is keyed by every id of a node, those of its aliases too. What the user may not see is not in it.
 */
export async function readExisting(
	platform: Platform,
	family: ObjectFamily,
	ids: Iterable<string>,
): Promise<Map<string, ExistingNode>> {
	const found = new Map<string, ExistingNode>();
	const chunks = await sideBySide(chunksOf([...new Set(ids)]), OPENCTI_LIMITS.maxRequestsAtOnce, async (chunk) => {
		const filters = anyOf('ids', chunk);
		return allPages(OPENCTI_LIMITS.maxPagesPerRead, (page) => pageOf(platform, family, { ...page, filters }));
	});
	for (const nodes of chunks) {
		for (const node of nodes) {
			for (const id of [node.id, node.standard_id, ...(node.x_opencti_stix_ids ?? []), ...aliasIdsOf(node)]) {
				if (typeof id === 'string') found.set(id, node);
			}
		}
	}
	return found;
}

/** As {@link readExisting}, of objects of any types: one question for each family that is among them. */
export async function readExistingOfTypes(
	platform: Platform,
	wanted: Iterable<{ type: string; id: string }>,
): Promise<Map<string, ExistingNode>> {
	const ids = new Map<ObjectFamily, string[]>();
	for (const { type, id } of wanted) listIn(ids, familyOf(type)).push(id);
	const found = new Map<string, ExistingNode>();
	const families = await Promise.all([...ids].map(([family, own]) => readExisting(platform, family, own)));
	for (const known of families) for (const [id, node] of known) found.set(id, node);
	return found;
}

/** The ends of a relationship that is to be made: ids of the platform. */
export interface Ends {
	type: string;
	fromId: string;
	toId: string;
	startTime?: string;
}

/** How far from a start time the platform takes a relationship of the same ends for the same one: 30 days. */
const SAME_START_MS = 30 * DAY;

/**
 * Relationships between the same ends: the platform takes any of the same type for the one that is asked for, whatever its ids; with a
 * start time, one that starts within 30 days of it. By position in the list that was given.
 */
export async function readBetween(
	platform: Platform,
	wanted: readonly Ends[],
): Promise<(RelationshipNode | undefined)[]> {
	const nodes: RelationshipNode[] = [];
	const sources = new Map<string, Ends[]>();
	for (const ends of wanted) listIn(sources, ends.fromId).push(ends);
	for (const fromIds of chunksOf([...sources.keys()])) {
		const chunk = fromIds.flatMap((id) => sources.get(id) ?? []);
		for (const toIds of chunksOf([...new Set(chunk.map(({ toId }) => toId))])) {
			nodes.push(...(await relationshipsBetween(platform, chunk, fromIds, toIds)));
		}
	}
	const key = (type: string, fromId: string, toId: string) => `${type} ${fromId} ${toId}`;
	const byEnds = new Map<string, RelationshipNode[]>();
	for (const node of nodes) listIn(byEnds, key(node.relationship_type, node.fromId, node.toId)).push(node);
	return wanted.map(({ type, fromId, toId, startTime }) =>
		byEnds.get(key(type, fromId, toId))?.find((node) => isSameStart(node.start_time, startTime)),
	);
}

/**
 * All relationships between the objects of two lists. Between a few hundred objects that many work on there are more than one answer may
 * hold: then fewer are asked for at once, for what is not seen would be made again.
 */
async function relationshipsBetween(
	platform: Platform,
	wanted: readonly Ends[],
	fromIds: string[],
	toIds: string[],
): Promise<RelationshipNode[]> {
	const types = [...new Set(wanted.map(({ type }) => type))];
	const { maxPagesPerRead } = OPENCTI_LIMITS;
	const { nodes, isWhole } = await pagesUpTo(
		maxPagesPerRead,
		async (page) =>
			(await platform.call(RELATIONSHIPS_BETWEEN, { ...page, fromId: fromIds, toId: toIds, types }))
				.stixCoreRelationships,
	);
	if (isWhole || fromIds.length + toIds.length <= 2) return nodes;
	const longer = fromIds.length >= toIds.length ? fromIds : toIds;
	const middle = Math.ceil(longer.length / 2);
	const found: RelationshipNode[] = [];
	for (const half of [longer.slice(0, middle), longer.slice(middle)]) {
		const ends = longer === fromIds ? ([half, toIds] as const) : ([fromIds, half] as const);
		found.push(...(await relationshipsBetween(platform, wanted, ...ends)));
	}
	return found;
}

function isSameStart(stored: string | null, asked: string | undefined): boolean {
	if (asked === undefined) return true;
	const distance = Math.abs(new Date(stored ?? Number.NaN).getTime() - new Date(asked).getTime());
	return distance <= SAME_START_MS;
}

/** An identity is found by the ids that its other names would give. */
function aliasIdsOf({ standard_id, identity_class, x_opencti_aliases }: ExistingNode): string[] {
	const names = (x_opencti_aliases ?? []).filter((name) => typeof name === 'string' && name !== '');
	const type = standard_id.slice(0, standard_id.indexOf('--'));
	return names.map((name) => stixId(type, { name, ...(identity_class ? { identity_class } : {}) }));
}

function listIn<K, T>(map: Map<K, T[]>, key: K): T[] {
	const known = map.get(key) ?? [];
	map.set(key, known);
	return known;
}

function chunksOf<T>(list: readonly T[]): T[][] {
	const chunks: T[][] = [];
	for (let at = 0; at < list.length; at += OPENCTI_LIMITS.maxIdsPerRead) {
		chunks.push(list.slice(at, at + OPENCTI_LIMITS.maxIdsPerRead));
	}
	return chunks;
}

async function pageOf(
	platform: Platform,
	family: ObjectFamily,
	variables: { first: number; after?: string; filters: ReturnType<typeof anyOf> },
): Promise<Connection<ExistingNode> | null> {
	switch (family) {
		case 'relationship':
			return (await platform.call(RELATIONSHIPS_BY_IDS, variables)).stixCoreRelationships;
		case 'sighting':
			return (await platform.call(SIGHTINGS_BY_IDS, variables)).stixSightingRelationships;
		case 'object':
			return (await platform.call(OBJECTS_BY_IDS, variables)).stixCoreObjects;
	}
}

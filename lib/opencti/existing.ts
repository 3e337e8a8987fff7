import { OPENCTI_LIMITS } from '../limits';
import {
	anyOf,
	nodesOf,
	OBJECTS_BY_IDS,
	RELATIONSHIPS_BY_IDS,
	SIGHTINGS_BY_IDS,
	type Connection,
	type ExistingNode,
} from './documents';
import type { Session } from './session';

/** The platform answers each family of objects by another query. */
export type ObjectFamily = 'object' | 'relationship' | 'sighting';

export const familyOf = (type: string): ObjectFamily =>
	type === 'relationship' || type === 'sighting' ? type : 'object';

/**
 * What the platform has of these ids (internal, standard or any STIX id that it was made under), hundreds in one request. The
 * answer is keyed by every id of a node. What the user may not see is not in it.
 */
export async function readExisting(
	session: Session,
	family: ObjectFamily,
	ids: Iterable<string>,
): Promise<Map<string, ExistingNode>> {
	const found = new Map<string, ExistingNode>();
	const wanted = [...new Set(ids)];
	for (let at = 0; at < wanted.length; at += OPENCTI_LIMITS.maxIdsPerRead) {
		const filters = anyOf('ids', wanted.slice(at, at + OPENCTI_LIMITS.maxIdsPerRead));
		let after: string | undefined;
		// Two ids may name one object, never the other way round: more pages than ids would be a platform gone wrong.
		for (let page = 0; page < OPENCTI_LIMITS.maxPagesPerRead; page++) {
			const connection = await pageOf(session, family, {
				first: OPENCTI_LIMITS.maxIdsPerRead,
				filters,
				...(after === undefined ? {} : { after }),
			});
			for (const node of nodesOf(connection)) {
				for (const id of [node.id, node.standard_id, ...(node.x_opencti_stix_ids ?? [])]) {
					if (typeof id === 'string') found.set(id, node);
				}
			}
			after = connection?.pageInfo?.endCursor ?? undefined;
			if (connection?.pageInfo?.hasNextPage !== true || after === undefined) break;
		}
	}
	return found;
}

async function pageOf(
	session: Session,
	family: ObjectFamily,
	variables: { first: number; after?: string; filters: ReturnType<typeof anyOf> },
): Promise<Connection<ExistingNode> | null> {
	switch (family) {
		case 'relationship':
			return (await session.call(RELATIONSHIPS_BY_IDS, variables)).stixCoreRelationships;
		case 'sighting':
			return (await session.call(SIGHTINGS_BY_IDS, variables)).stixSightingRelationships;
		case 'object':
			return (await session.call(OBJECTS_BY_IDS, variables)).stixCoreObjects;
	}
}

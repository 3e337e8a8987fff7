import type { AnyStixObject } from '../../stix';
import type { CreatedNode, MarkingNode } from '../documents';
import {
	attempt,
	failureOf,
	familyOf,
	missingMarkings,
	nameOfMarking,
	OpenCtiError,
	readExisting,
	type ObjectFamily,
	type Platform,
} from '../platform';
import type { Placements } from './placements';

/** An object that was made, and answered without a marking that was asked for. */
export interface Unproved {
	object: AnyStixObject;
	node: CreatedNode;
	asked: readonly MarkingNode[];
}

/** The answer to a creation does not always show what was stored: only what is missing in a read is missing. */
export async function proveMarkings(
	platform: Platform,
	made: readonly Unproved[],
	placements: Placements,
): Promise<void> {
	for (const family of ['object', 'relationship', 'sighting'] as const) {
		const unproved = made.filter(({ object }) => familyOf(object.type) === family);
		if (unproved.length === 0) continue;
		const read = await tryRead(
			platform,
			family,
			unproved.map(({ node }) => node.id),
		);
		// What one read does not show is asked for by its other id.
		const unseen = unproved.filter(({ node }) => !read.has(node.id));
		const again = await tryRead(
			platform,
			family,
			unseen.map(({ node }) => node.standard_id),
		);
		for (const { object, node, asked } of unproved) {
			const stored = read.get(node.id) ?? again.get(node.standard_id);
			const missing = stored === undefined ? asked : missingMarkings(asked, markingsOf(stored));
			if (missing.length === 0) continue;
			const names = missing.map(nameOfMarking).join(', ');
			const error = new OpenCtiError(
				'OPENCTI_MARKING_MISMATCH',
				stored === undefined
					? `${object.id} was created but cannot be read back. It is unknown whether it has the markings ${names}`
					: `${object.id} was created without ${names}`,
				{ hint: 'Add the markings in OpenCTI, or delete it.' },
			);
			placements.amend(object, { status: 'failed', error: failureOf(error) });
		}
	}
}

/** What was made is in the result in any case: where the read fails, as not proved. */
async function tryRead(
	platform: Platform,
	family: ObjectFamily,
	ids: readonly string[],
): Promise<ReadonlyMap<string, CreatedNode>> {
	if (ids.length === 0) return new Map();
	const tried = await attempt(() => readExisting(platform, family, ids));
	return 'value' in tried ? tried.value : new Map();
}

/** The markings in the answer to a creation. */
export const markingsOf = ({ objectMarking }: CreatedNode): MarkingNode[] =>
	(objectMarking ?? []).map((marking) => ({ ...marking, id: marking.standard_id, definition: null }));

import { stixId, type AnyStixObject } from '../../stix';
import type { IncidentResult } from '../container';
import type { MarkingNode } from '../documents';
import { readBetween, type Platform } from '../platform';
import { isWhole, named, type ImportedObject } from './importedObject';
import { importObjects } from './importObjects';

/** What is related to an incident by a relationship of its own name; `from` is which end the object is. */
const LINKS: Readonly<Record<string, { type: string; from: 'object' | 'incident' }>> = {
	indicator: { type: 'indicates', from: 'object' },
	'attack-pattern': { type: 'uses', from: 'incident' },
	vulnerability: { type: 'targets', from: 'incident' },
};
const RELATED = { type: 'related-to', from: 'object' } as const;

/** What belongs to others, or hangs on something that is linked itself. */
const NOT_LINKED = new Set(['identity', 'relationship', 'sighting', 'note', 'marking-definition', 'incident']);

/** An object of the platform that belongs to an incident. */
interface Linked {
	id: string;
	standardId: string;
	type: string;
}

/**
 * An incident of the platform holds no objects: what belongs to it has a relationship with it, an indicator that it indicates it, a
 * technique that it uses it, anything else that it is related to it. Each once, whatever the id of one that is there; marked as the
 * incident is at least.
 */
export async function linkToIncident<Result extends IncidentResult & { objects?: ImportedObject[] }>(
	platform: Platform,
	incident: Result,
	objects: readonly ImportedObject[],
	atLeast: readonly MarkingNode[],
): Promise<Result & { objects: ImportedObject[] }> {
	const linked = objects.flatMap(({ id, standardId, type, status }): Linked[] =>
		id === undefined || standardId === undefined || status === 'failed' || NOT_LINKED.has(type)
			? []
			: [{ id, standardId, type }],
	);
	const distinct = [...new Map(linked.map((one) => [one.id, one])).values()];
	const ends = distinct.map((object) => {
		const { type, from } = LINKS[object.type] ?? RELATED;
		return from === 'object'
			? { type, from: object, to: incident, object }
			: { type, from: incident, to: object, object };
	});
	const there = await readBetween(
		platform,
		ends.map(({ type, from, to }) => ({ type, fromId: from.id, toId: to.id })),
	);
	const missing = ends.flatMap(({ type, from, to }, at): AnyStixObject[] => {
		if (there[at] !== undefined) return [];
		const properties = { relationship_type: type, source_ref: from.standardId, target_ref: to.standardId };
		return [{ type: 'relationship', id: stixId('relationship', properties), ...properties }];
	});
	const found = there.flatMap((node): ImportedObject[] =>
		node === undefined
			? []
			: [
					named(
						{
							stixId: node.standard_id,
							type: 'relationship',
							id: node.id,
							standardId: node.standard_id,
							status: 'imported',
							existed: true,
						},
						undefined,
						platform,
					),
				],
	);
	const made =
		missing.length === 0
			? { objects: [], warnings: [], complete: true }
			: await importObjects(platform, missing, {}, atLeast);
	const all = [...(incident.objects ?? []), ...found, ...made.objects];
	return {
		...incident,
		objects: all,
		warnings: [...incident.warnings, ...made.warnings],
		complete: incident.complete && made.complete && all.every(isWhole),
	};
}

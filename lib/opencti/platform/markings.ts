import { TLP_MARKINGS } from '../../stix';
import type { MarkingNode } from '../documents';

/** By id first, for an administrator can rename a marking; then by its definition, whatever its case. */
export function findMarking(all: readonly MarkingNode[], wanted: string): MarkingNode | undefined {
	const level = Object.values(TLP_MARKINGS).find(({ name }) => name === wanted.toUpperCase());
	const ids = level === undefined ? [wanted] : [level.opencti];
	return (
		all.find(({ id, standard_id }) => ids.includes(standard_id) || ids.includes(id)) ??
		all.find(({ definition }) => definition?.toUpperCase() === wanted.toUpperCase())
	);
}

/** The strictest marking of each kind: what the platform keeps of several. */
export function strictest(markings: readonly MarkingNode[]): MarkingNode[] {
	const byType = new Map<string, MarkingNode>();
	for (const marking of markings) {
		const type = marking.definition_type?.toUpperCase() ?? marking.standard_id;
		const known = byType.get(type);
		if (known === undefined || known.x_opencti_order < marking.x_opencti_order) byType.set(type, marking);
	}
	return [...byType.values()];
}

/** What was asked for and is not there, nor anything stricter of the same kind. */
export function missingMarkings(asked: readonly MarkingNode[], got: readonly MarkingNode[]): MarkingNode[] {
	return strictest(asked).filter(
		(want) =>
			!got.some(
				(have) =>
					have.standard_id === want.standard_id ||
					(have.definition_type?.toUpperCase() === want.definition_type?.toUpperCase() &&
						have.x_opencti_order >= want.x_opencti_order),
			),
	);
}

/** What people call it. */
export function nameOfMarking({ definition, standard_id }: Pick<MarkingNode, 'definition' | 'standard_id'>): string {
	return definition ?? standard_id;
}

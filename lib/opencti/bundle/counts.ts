import type { ContainerResult } from '../container';
import { isWhole, type ImportedObject } from './importedObject';

/** What became of the objects of one type. */
export interface ObjectCount {
	/** Made by this call. */
	created: number;
	/** There before, and left as they are. */
	found: number;
	/** There before, and written. */
	updated: number;
	/** Not there, or not as asked: see the `error` or the `reason` of each. */
	refused: number;
	/** The platform can have no such object. */
	leftOut: number;
}

/** By STIX type, the report, case or incident itself among them. Types of which there is nothing are absent. */
export type ObjectCounts = Record<string, ObjectCount>;

/** What became of objects, by type. An object that is there without all that belongs to it counts as `created` or `found`. */
export function countsOf(objects: readonly ImportedObject[], container?: ContainerResult): ObjectCounts {
	const counts = new Map<string, ObjectCount>();
	const add = (type: string, as: keyof ObjectCount) => {
		const count = counts.get(type) ?? { created: 0, found: 0, updated: 0, refused: 0, leftOut: 0 };
		count[as] += 1;
		counts.set(type, count);
	};
	if (container !== undefined) {
		const { standardId, created, updated } = container;
		add(standardId.slice(0, standardId.indexOf('--')), created ? 'created' : updated === true ? 'updated' : 'found');
	}
	const counted = new Set<string>();
	for (const object of objects) {
		// Several objects of a bundle may be one there.
		if (object.id !== undefined && counted.has(object.id)) continue;
		if (object.id !== undefined) counted.add(object.id);
		add(object.type.slice(0, MAX_TYPE), fateOf(object));
	}
	return Object.fromEntries(counts);
}

/** A type of STIX has 250 characters at most. */
const MAX_TYPE = 250;

function fateOf(object: ImportedObject): keyof ObjectCount {
	if (object.status === 'left-out') return 'leftOut';
	if (!isWhole(object) && object.status !== 'incomplete') return 'refused';
	if (object.updated === true) return 'updated';
	return object.existed === true ? 'found' : 'created';
}

/** A result with what became of its objects, by type. */
export type Counted<Result> = Result & { counts: ObjectCounts };

/** A result with its counts. */
export function counted<Result extends ContainerResult & { objects?: ImportedObject[] }>(
	result: Result,
): Counted<Result> {
	return { ...result, counts: countsOf(result.objects ?? [], result) };
}

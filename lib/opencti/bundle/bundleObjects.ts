import { isRecord } from '../../json';
import { upgradedTo21, type AnyBundle, type AnyStixObject } from '../../stix';
import type { DraftWarning } from '../container';
import { OpenCtiError, type Platform } from '../platform';

/**
 * The objects of a bundle.
 *
 * @throws OpenCtiError `OPENCTI_INPUT` for what is not a bundle
 */
export function objectsOf(bundle: AnyBundle | null | undefined): AnyStixObject[] {
	const objects: unknown = bundle?.objects;
	if (bundle?.type !== 'bundle' || !Array.isArray(objects) || objects.length === 0) {
		throw new OpenCtiError('OPENCTI_INPUT', 'This is not a STIX bundle, or the bundle is empty', {
			hint: 'Pass a bundle with at least one object: {"type": "bundle", "objects": […]}.',
		});
	}
	// What is not an object at all is told like any other that cannot be imported.
	return objects.map((object: unknown) => {
		const given = typeof object === 'object' && object !== null ? (object as Partial<AnyStixObject>) : {};
		const { type, id } = given;
		if (typeof type === 'string' && typeof id === 'string') return given as AnyStixObject;
		return { ...given, type: typeof type === 'string' ? type : 'unknown', id: typeof id === 'string' ? id : '' };
	});
}

/** The same as STIX 2.1, for what is made object by object: what STIX 2.0 says in another way, where nothing is lost. */
export const objectsToMake = (bundle: AnyBundle | null | undefined): AnyStixObject[] => upgradedTo21(objectsOf(bundle));

/** Ids in a property that holds one or a list of them. */
export function refsIn(object: AnyStixObject, property: string): string[] {
	const value = object[property];
	return (Array.isArray(value) ? (value as unknown[]) : [value]).filter((id) => typeof id === 'string');
}

/** Ids of who stands behind an object: its author, and where a sighting was made. They do so for objects of every marking. */
export const standingBehind = (object: AnyStixObject): string[] => [
	...refsIn(object, 'created_by_ref'),
	...refsIn(object, 'where_sighted_refs'),
];

/**
 * The markings that an object carries: those of single properties, too, for the platform only marks whole objects. What is said of a
 * property is said of the object then, never of nothing.
 */
export const markingRefs = (object: AnyStixObject): string[] => [
	...new Set([...refsIn(object, 'object_marking_refs'), ...granularRefs(object)]),
];

function granularRefs({ granular_markings: granular }: AnyStixObject): string[] {
	const given = Array.isArray(granular) ? (granular as unknown[]).filter(isRecord) : [];
	return given.flatMap(({ marking_ref: ref }) => (typeof ref === 'string' && ref !== '' ? [ref] : []));
}

/** Told of objects of which only properties were marked. */
export function granularMarkings(objects: readonly AnyStixObject[]): DraftWarning[] {
	const count = objects.filter((object) => granularRefs(object).length > 0).length;
	if (count === 0) return [];
	const message = `${count} objects have markings of single properties (granular_markings), which the platform does not have: they are marked so as a whole.`;
	return [{ code: 'granular-markings', message }];
}

/** All markings that objects carry, before the first of them is made. @throws OpenCtiError `OPENCTI_MARKING_UNKNOWN` */
export async function checkMarkings(
	{ references, rights }: Platform,
	objects: readonly AnyStixObject[],
): Promise<void> {
	await rights.requireMarkings(await references.markings([...new Set(objects.flatMap(markingRefs))]));
}

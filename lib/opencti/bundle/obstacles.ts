import type { AnyStixObject } from '../../stix';
import { refsIn } from './bundleObjects';
import { isCustomType } from './customParts';
import type { ImportedObject } from './importedObject';
import type { Placements } from './placements';
import type { ObjectKind } from './stixObjects';

type Obstacle = Pick<ImportedObject, 'status' | 'reason' | 'error'>;

/** Why the platform is not even asked for an object; undefined when it is. */
export function obstacleTo(object: AnyStixObject, kind: ObjectKind, placements: Placements): Obstacle | undefined {
	const message = invalid(object, placements);
	if (message !== undefined) return { status: 'failed', error: { code: 'OPENCTI_INPUT', message } };
	const reason = kind.impossible?.(object) ?? impossibleEnds(object, kind, placements);
	if (reason !== undefined) return { status: 'left-out', reason };
	return isDangling(object, kind, placements) ? { status: 'dangling' } : undefined;
}

/** What is told of an object of a type that is not made one by one: nothing is missing for one that the platform can never have. */
export function unknownType({ type }: AnyStixObject): Obstacle {
	return isCustomType(type)
		? { status: 'left-out', reason: 'The platform does not store objects of custom types.' }
		: { status: 'unsupported', reason: `Objects of type ${type.slice(0, 50)} are not created one by one.` };
}

/** What makes an object one that cannot be asked for. */
function invalid(object: AnyStixObject, placements: Placements): string | undefined {
	if (object.id === '') return `An object of type ${object.type.slice(0, 50)} has no id`;
	const before = placements.first(object.id);
	// Two bundles in one may say more and less of one object; what names it must be the same.
	if (
		before !== undefined &&
		before !== object &&
		String(placements.idsOf(before)) !== String(placements.idsOf(object))
	) {
		return `Another object of the bundle has the id ${object.id.slice(0, 100)}, too`;
	}
	if (object.type === 'observed-data' && object['object_refs'] === undefined && object['objects'] !== undefined) {
		return "The observed data is STIX 2.0, and its objects refer to something that is not in it, or to each other. Set 'STIX Version' of the node that made it to 2.1, or import the bundle with 'Mode' set to Queue";
	}
	return undefined;
}

const isCollection = ({ refersTo }: ObjectKind) => refersTo.includes('object_refs');
const refsOf = (object: AnyStixObject, { refersTo }: ObjectKind) =>
	refersTo.flatMap((property) => refsIn(object, property));

/** Why a relationship cannot be, though nothing failed: an end was left out, or both ends are one object there. */
function impossibleEnds(object: AnyStixObject, kind: ObjectKind, placements: Placements): string | undefined {
	const refs = refsOf(object, kind);
	const isLeftOut = (id: string) => placements.isLeftOut(id);
	if (isCollection(kind) ? refs.length > 0 && refs.every(isLeftOut) : refs.some(isLeftOut)) {
		return 'The object that it refers to was left out.';
	}
	const [first, second] = refs.map((id) => placements.idOf(id));
	if (!isCollection(kind) && refs.length > 1 && first !== undefined && first === second) {
		return 'Its source and target are the same object on the platform.';
	}
	return undefined;
}

function isDangling(object: AnyStixObject, kind: ObjectKind, placements: Placements): boolean {
	if (kind.refersTo.length === 0) return false;
	const refs = refsOf(object, kind);
	// A collection made now of what is left of it would stay so for ever, for the next run would find it.
	if (isCollection(kind) && refs.some((id) => placements.hasFailed(id))) return true;
	const found = refs.filter((id) => placements.idOf(id) !== undefined);
	// A collection may lose members that the API does not take; a relationship needs both of its ends.
	return found.length < (isCollection(kind) ? 1 : Math.max(refs.length, kind.refersTo.length));
}

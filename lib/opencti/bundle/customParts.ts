import { isRecord } from '../../json';
import { isObservableType, type AnyStixObject } from '../../stix';
import { refsIn } from './bundleObjects';
import { isNameless } from './sharedInBundle';

/** References that STIX 2.0 and 2.1 define for cyber-observables. */
const OBSERVABLE_REFERENCES: ReadonlySet<string> = new Set([
	'object_marking_refs',
	'from_ref',
	'sender_ref',
	'to_refs',
	'cc_refs',
	'bcc_refs',
	'raw_email_ref',
	'body_raw_ref',
	'resolves_to_refs',
	'belongs_to_ref',
	'belongs_to_refs',
	'parent_directory_ref',
	'contains_refs',
	'content_ref',
	'src_ref',
	'dst_ref',
	'src_payload_ref',
	'dst_payload_ref',
	'encapsulates_refs',
	'encapsulated_by_ref',
	'opened_connection_refs',
	'creator_user_ref',
	'binary_ref',
	'image_ref',
	'parent_ref',
	'child_refs',
]);

/** Whether the platform has no object of this type: its own and MITRE's are the only ones beyond STIX that it knows. */
export const isCustomType = (type: string): boolean => /^x-(?!opencti-|mitre-)/.test(type);

/**
 * Whether a property is a reference that only its writer knows. The platform takes every name with this end for one of its own
 * references, refuses the object's next ones, and loses whom a message went to.
 */
const isCustomReference = (type: string, name: string): boolean =>
	/_refs?$/.test(name) &&
	!name.startsWith('x_opencti_') &&
	(name.startsWith('x_') || (isObservableType(type) && !OBSERVABLE_REFERENCES.has(name)));

/** Ends without which an object makes no sense, and lists that must not be empty. */
const ENDS = ['source_ref', 'target_ref', 'sighting_of_ref'];
const MEMBERS = ['object_refs', 'where_sighted_refs'];

/**
 * Objects as OpenCTI's import can take them: without objects of types that it does not have, messages without subject and text, and what would be left without an end
 * or without a member, and without references that it does not know. `leftOut` counts the objects by type.
 */
export function withoutCustomParts(objects: readonly AnyStixObject[]): {
	objects: AnyStixObject[];
	leftOut: Record<string, number>;
} {
	const gone = unusable(objects);
	const leftOut = new Map<string, number>();
	const kept: AnyStixObject[] = [];
	for (const object of objects) {
		if (gone.has(object.id) || isUnusable(object)) leftOut.set(object.type, (leftOut.get(object.type) ?? 0) + 1);
		else kept.push(cleaned(object, gone));
	}
	return { objects: kept, leftOut: Object.fromEntries(leftOut) };
}

/** An object by what it refers to in one property: without these ids it cannot be. */
interface Dependent {
	id: string;
	/** How many of them are left. */
	left: number;
}

const isUnusable = (object: AnyStixObject): boolean => isCustomType(object.type) || isNameless(object);

/** Ids of what cannot be sent: custom objects, messages without subject and text, and what has no end or no member left without them. In linear time. */
function unusable(objects: readonly AnyStixObject[]): ReadonlySet<string> {
	const dependents = new Map<string, Dependent[]>();
	for (const object of objects) {
		for (const property of [...ENDS, ...MEMBERS]) {
			const refs = new Set(refsIn(object, property));
			const dependent = { id: object.id, left: refs.size };
			for (const id of refs) {
				const known = dependents.get(id);
				if (known === undefined) dependents.set(id, [dependent]);
				else known.push(dependent);
			}
		}
	}
	const gone = new Set(objects.filter(isUnusable).map(({ id }) => id));
	// What has no id is told by the import; nothing refers to it.
	gone.delete('');
	// A Set is walked in order of insertion, what is added on the way included.
	for (const id of gone) {
		for (const dependent of dependents.get(id) ?? []) {
			dependent.left -= 1;
			if (dependent.left === 0 && dependent.id !== '') gone.add(dependent.id);
		}
	}
	return gone;
}

/** An object without custom references and without references to what is gone. The object itself when there are none. */
function cleaned(object: AnyStixObject, gone: ReadonlySet<string>): AnyStixObject {
	const clean: AnyStixObject = { type: object.type, id: object.id };
	let changed = false;
	for (const [name, value] of Object.entries(object)) {
		const kept =
			name === 'objects' && object.type === 'observed-data'
				? cleanedContents(value)
				: keptReference(object.type, name, value, gone);
		if (kept !== value) changed = true;
		if (kept !== undefined) clean[name] = kept;
	}
	return changed ? clean : object;
}

function keptReference(type: string, name: string, value: unknown, gone: ReadonlySet<string>): unknown {
	if (!/_refs?$/.test(name)) return value;
	if (isCustomReference(type, name)) return undefined;
	if (typeof value === 'string') return gone.has(value) ? undefined : value;
	if (!Array.isArray(value) || !value.some((id) => gone.has(id as string))) return value;
	const left = (value as unknown[]).filter((id) => !gone.has(id as string));
	return left.length > 0 ? left : undefined;
}

/** The observables that an observed-data of STIX 2.0 holds by key, in the same way. */
function cleanedContents(contents: unknown): unknown {
	if (!isRecord(contents)) return contents;
	let changed = false;
	const clean: Record<string, unknown> = {};
	for (const [key, content] of Object.entries(contents)) {
		if (!isRecord(content) || typeof content.type !== 'string') clean[key] = content;
		else if (isCustomType(content.type)) changed = true;
		else {
			const names = Object.keys(content);
			const kept = names.filter((name) => !isCustomReference(content.type as string, name));
			if (kept.length === names.length) clean[key] = content;
			else {
				changed = true;
				clean[key] = Object.fromEntries(kept.map((name) => [name, content[name]]));
			}
		}
	}
	return changed ? clean : contents;
}

import { createHash, hash, type Hash } from 'node:crypto';
import type { Steps } from '../steps';

/** Namespace of deterministic identifiers in STIX 2.1 section 2.9; OpenCTI uses it for every STIX type. */
export const STIX_NAMESPACE = '00abedb4-aa42-466c-9c01-fed23315a9b7';

/**
 * Namespace of the identifiers that are this pack's own: bundles, and messages whose standard identifier would collide.
 * STIX 2.1 section 2.9 wants another namespace than its own as soon as another rule is followed.
 */
export const OWN_NAMESPACE = '5b0f4c1e-3d7a-4f0b-9a51-6c2e8d1f7a94';

/** Nearly all names are shorter. */
const SHORT = 1_024;

/** The 16 bytes of a namespace, room for a short name, and views of what is hashed, by their length. */
interface Namespace {
	bytes: Buffer;
	views: (Uint8Array | undefined)[];
}
const NAMESPACES = new Map<string, Namespace>();

function namespaceOf(written: string): Namespace {
	const known = NAMESPACES.get(written);
	if (known !== undefined) return known;
	const bytes = Buffer.alloc(16 + 3 * SHORT);
	bytes.write(written.replaceAll('-', ''), 'hex');
	const namespace: Namespace = { bytes, views: [] };
	if (NAMESPACES.size < 16) NAMESPACES.set(written, namespace);
	return namespace;
}

const idOf = (namespace: string): Buffer => namespaceOf(namespace).bytes.subarray(0, 16);

/** Name-based UUID, version 5 (RFC 9562 section 5.5), of a text in a namespace. */
export function uuidV5(namespace: string, name: string): string {
	if (name.length > SHORT) {
		return uuidOf(createHash('sha1').update(idOf(namespace)).update(name, 'utf8').digest('hex'), '5');
	}
	const { bytes, views } = namespaceOf(namespace);
	const length = 16 + bytes.write(name, 16, 'utf8');
	// A view costs as much as the hash, and names are of few lengths.
	const view = (views[length] ??= new Uint8Array(bytes.buffer, bytes.byteOffset, length));
	return uuidOf(hash('sha1', view, 'hex'), '5');
}

/**
 * A UUID in version 4 form whose bits come from SHA-256 of a text.
 *
 * STIX demands version 4 where no id-contributing property is present, and its validators check it; a random one would make
 * two runs disagree about the same message.
 */
export function stableUuidV4(name: string): string {
	return uuidOf(hash('sha256', name, 'hex'), '4');
}

/** As {@link uuidV5}, of a name that comes in pieces; none may end within a pair of surrogates. */
export function* uuidV5InSteps(namespace: string, pieces: Iterable<string>): Steps<string> {
	return uuidOf(yield* digestOf(createHash('sha1').update(idOf(namespace)), pieces), '5');
}

/** As {@link stableUuidV4}, of a text that comes in pieces; none may end within a pair of surrogates. */
export function* stableUuidV4InSteps(pieces: Iterable<string>): Steps<string> {
	return uuidOf(yield* digestOf(createHash('sha256'), pieces), '4');
}

function* digestOf(sum: Hash, pieces: Iterable<string>): Steps<string> {
	for (const piece of pieces) {
		sum.update(piece, 'utf8');
		if (piece.length > SHORT) yield;
	}
	return sum.digest('hex');
}

/** By the digit that stands where the variant goes. */
const VARIANTS = '89ab89ab89ab89ab';

function uuidOf(hex: string, version: '4' | '5'): string {
	const digit = hex.charCodeAt(16);
	const variant = VARIANTS.charAt(digit < 58 ? digit - 48 : digit - 87);
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${version}${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

import { createHash } from 'node:crypto';

/** Characters of one fingerprint: 48 bits, so that 500 of them match a new message once in 5 · 10^11. */
const LENGTH = 8;

/**
 * Which messages were seen, as a string: one fingerprint after another, the oldest first. A hundredth of the ids
 * themselves would fill the cursor.
 */
export function fingerprint(id: string): string {
	return createHash('sha256').update(id).digest('base64url').slice(0, LENGTH);
}

/** A set for look-ups. */
export function fingerprintSet(seen: string): Set<string> {
	const set = new Set<string>();
	for (let at = 0; at + LENGTH <= seen.length; at += LENGTH) set.add(seen.slice(at, at + LENGTH));
	return set;
}

/** Adds fingerprints as the newest; what was in there moves to the end; the oldest fall out above `max`. */
export function remember(seen: string, fingerprints: readonly string[], max: number): string {
	const set = fingerprintSet(seen);
	for (const one of fingerprints) {
		set.delete(one);
		set.add(one);
	}
	return [...set].slice(-max).join('');
}

/** As many are in there as are kept: earlier ones may have fallen out. */
export const isFull = (seen: string, max: number): boolean => seen.length >= max * LENGTH;

import { wellFormed } from '../../text';

/**
 * A copy in which every text can be stored: half of a character, which a sender makes with one encoded word, has no form in UTF-8,
 * and NUL none in most databases. Both become U+FFFD, as they do in bundles. Bytes stay as they are.
 */
export function storable<T>(value: T): T {
	return cleaned(value) as T;
}

function cleaned(value: unknown): unknown {
	if (typeof value === 'string') return wellFormed(value.replaceAll('\0', '\uFFFD'));
	if (Array.isArray(value)) return value.map(cleaned);
	if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
	return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cleaned(member)]));
}

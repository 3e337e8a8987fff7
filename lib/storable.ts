import { wellFormed } from './text';

/**
 * A copy in which every text can be stored, names of members and of entries included: half of a character, which a sender makes with
 * one encoded word, has no form in UTF-8, and NUL none in most databases. Both become U+FFFD. Bytes stay as they are.
 */
export function storable<T>(value: T): T {
	return cleaned(value) as T;
}

/** The same of one text. */
export function storableText(text: string): string {
	return wellFormed(text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text);
}

function cleaned(value: unknown): unknown {
	if (typeof value === 'string') return storableText(value);
	if (Array.isArray(value)) return value.map(cleaned);
	if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value instanceof Date) return value;
	if (value instanceof Map) return new Map([...value].map(([key, one]) => [cleaned(key), cleaned(one)]));
	return Object.fromEntries(Object.entries(value).map(([name, member]) => [storableText(name), cleaned(member)]));
}

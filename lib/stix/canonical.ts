import { wellFormed } from '../text';

/**
 * RFC 8785 (JSON Canonicalization Scheme) text of a JSON value: keys sorted by UTF-16 code units, no white space,
 * strings and numbers as ECMAScript writes them. Properties that are `undefined` are left out.
 *
 * A lone surrogate has no UTF-8 form: it becomes U+FFFD, as every encoder would make of it (RFC 8785 section 3.2.2.2 refuses it).
 * @throws RangeError for NaN and infinities, which JSON has no form for.
 */
export function canonicalJson(value: unknown): string {
	if (Array.isArray(value)) {
		if (value.every((item) => typeof item === 'string')) return JSON.stringify(value.map(wellFormed));
		return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
	}
	if (value !== null && typeof value === 'object') {
		const members = value as Readonly<Record<string, unknown>>;
		// Default order is that of UTF-16 code units.
		const names = Object.keys(members).sort();
		let text = '';
		for (const name of names) {
			const member = members[name];
			if (member === undefined) continue;
			text += `${text === '' ? '' : ','}${JSON.stringify(wellFormed(name))}:${canonicalJson(member)}`;
		}
		return `{${text}}`;
	}
	if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`${value} has no canonical JSON form`);
	return typeof value === 'string' ? quoted(wellFormed(value)) : JSON.stringify(value);
}

const ESCAPED = /["\\\0-\x1f]/g;
const CONTROLS = Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code));
const ESCAPES: Readonly<Record<string, string>> = Object.fromEntries(
	['"', '\\', ...CONTROLS].map((character) => [character, JSON.stringify(character).slice(1, -1)]),
);
const escapeOf = (character: string): string => ESCAPES[character]!;

function quoted(text: string): string {
	// On a body, JSON.stringify takes twice as long.
	return text.length < 1_024 ? JSON.stringify(text) : `"${text.replace(ESCAPED, escapeOf)}"`;
}

import { STEP_LIMITS } from '../limits';
import { piecesOf } from '../steps';
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

/** The text of {@link canonicalJson} in pieces, none of them long: for what may be megabytes. */
export function* canonicalPieces(value: unknown): Generator<string> {
	if (Array.isArray(value)) {
		yield '[';
		for (let start = 0; start < value.length; start += STEP_LIMITS.pieceItems) {
			const items = value.slice(start, start + STEP_LIMITS.pieceItems);
			if (items.every((item) => typeof item === 'string' && item.length < SHORT)) {
				yield `${start === 0 ? '' : ','}${canonicalJson(items).slice(1, -1)}`;
				continue;
			}
			for (const [index, item] of items.entries()) {
				if (start + index > 0) yield ',';
				yield* canonicalPieces(item ?? null);
			}
		}
		yield ']';
	} else if (value !== null && typeof value === 'object') {
		const members = value as Readonly<Record<string, unknown>>;
		let isFirst = true;
		yield '{';
		for (const name of Object.keys(members).sort()) {
			if (members[name] === undefined) continue;
			yield `${isFirst ? '' : ','}${JSON.stringify(wellFormed(name))}:`;
			yield* canonicalPieces(members[name]);
			isFirst = false;
		}
		yield '}';
	} else if (typeof value === 'string' && value.length >= SHORT) {
		yield '"';
		for (const piece of piecesOf(value)) yield quoted(wellFormed(piece)).slice(1, -1);
		yield '"';
	} else yield canonicalJson(value);
}

/** Up to here JSON.stringify is the fastest. */
const SHORT = 1_024;
const ESCAPED = /["\\\0-\x1f]/g;
const CONTROLS = Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code));
const ESCAPES: Readonly<Record<string, string>> = Object.fromEntries(
	['"', '\\', ...CONTROLS].map((character) => [character, JSON.stringify(character).slice(1, -1)]),
);
const escapeOf = (character: string): string => ESCAPES[character]!;

function quoted(text: string): string {
	// On a body, JSON.stringify takes twice as long.
	return text.length < SHORT ? JSON.stringify(text) : `"${text.replace(ESCAPED, escapeOf)}"`;
}

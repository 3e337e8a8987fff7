import { INDICATOR_LIMITS } from '../../limits';
import { decodePercent, utf16Text } from '../../text';
import type { TextFinding } from '../text';

/*
 * Scripts are read, never run: what stands in them, and what their literals become when they are decoded.
 */

/** The content of a `data:` URL that is a text; undefined for pictures, fonts and what is damaged. */
export function textOfDataUrl(url: string): { text: string; html: boolean } | undefined {
	const head = /^data:([^,;]{0,100})((?:;[^,;]{0,100}){0,8}),/i.exec(url);
	if (head === null) return undefined;
	const [opening, type = '', parameters = ''] = head;
	if (!/^$|^text\/|xml|html|javascript|json/i.test(type)) return undefined;
	const content = decodePercent(url.slice(opening.length));
	const text = /;\s{0,4}base64/i.test(parameters) ? Buffer.from(content, 'base64').toString('utf8') : content;
	return { text, html: /html|svg|xml/i.test(type) };
}

/** In code, dots join members: a name counts between quotes, a URL with its scheme. */
export function isTold({ found, flags, start, end }: TextFinding, text: string): boolean {
	if (found.type === 'url') return !flags.includes('scheme-assumed') || isQuoted(text, start, end);
	if (found.type === 'domain-name') return isQuoted(text, start, end) && !flags.includes('file-name-like');
	return !flags.includes('version-like');
}

function isQuoted(text: string, start: number, end: number): boolean {
	const quote = text[start - 1];
	return (quote === '"' || quote === "'" || quote === '`') && text[end] === quote;
}

const CALL = /\b(unescape|decodeURIComponent|decodeURI|atob)\s{0,4}\(\s{0,4}(["'`])/g;
const CODES = /fromCharCode\s{0,4}\(([\d\sa-fx,]{16,})\)/gi;
const BASE64_LITERAL = /["'`]([\w+/-]{24,}={0,2})["'`]/g;
/** A list of numbers that may be those of characters. */
const NUMBERS = /\[([\d\sa-fx,]{32,})\]/gi;
const PERCENT_LITERAL = /["'`]([^"'`\s%]{0,200}%(?:3[AaCc]|68)[^"'`]{4,})["'`]/g;

/** Every literal that a script would decode, decoded: by a call that says how, or by what it is made of. */
export function* decodedLiterals(code: string): Generator<string> {
	const seen = new Set<string>();
	const take = (literal: string, decoded: string): string | undefined => {
		if (seen.has(literal) || seen.size >= INDICATOR_LIMITS.maxDecodedLiterals || !isText(decoded)) return undefined;
		seen.add(literal);
		return decoded;
	};
	for (const call of code.matchAll(CALL)) {
		const [opening, name, quote] = call;
		const start = call.index + opening.length;
		const end = code.indexOf(quote!, start);
		if (end < 0) break;
		const literal = code.slice(start, end);
		const decoded = take(literal, name === 'atob' ? decodedAgain(base64(literal)) : unescaped(literal));
		if (decoded !== undefined) yield decoded;
	}
	for (const [, list = ''] of code.matchAll(CODES)) {
		const decoded = take(list, fromCodes(list));
		if (decoded !== undefined) yield decoded;
	}
	for (const [, list = ''] of code.matchAll(NUMBERS)) {
		const plain = fromCodes(list);
		const decoded = MAY_LEAD.test(plain) ? take(list, plain) : undefined;
		if (decoded !== undefined) yield decoded;
	}
	for (const [, literal = ''] of code.matchAll(BASE64_LITERAL)) {
		const isHexadecimal = literal.length % 2 === 0 && /^[0-9a-f]+$/i.test(literal);
		const plain = isHexadecimal ? textOf(Buffer.from(literal, 'hex')) : decodedAgain(base64(literal));
		const decoded = MAY_LEAD.test(plain) ? take(literal, plain) : undefined;
		if (decoded !== undefined) yield decoded;
	}
	for (const [, literal = ''] of code.matchAll(PERCENT_LITERAL)) {
		const decoded = take(literal, unescaped(literal));
		if (decoded !== undefined) yield decoded;
	}
}

const MAY_LEAD = /https?:|<[a-z!]/i;
const base64 = (literal: string): string => textOf(Buffer.from(literal, 'base64'));

/** In UTF-8, or in UTF-16 where every other byte is none. */
function textOf(bytes: Buffer): string {
	const isWide = bytes.length >= 8 && [1, 3, 5, 7].every((at) => bytes[at] === 0);
	return isWide ? utf16Text(bytes) : bytes.toString('utf8');
}

/** What was encoded several times over. */
function decodedAgain(text: string): string {
	let decoded = text;
	for (let round = 1; round < INDICATOR_LIMITS.maxDecodeDepth && /^[\w+/-]{16,}={0,2}$/.test(decoded); round++) {
		const next = base64(decoded);
		if (!isText(next)) break;
		decoded = next;
	}
	return decoded;
}

/** `%3C` and `%u003C`, as `unescape` reads them. */
function unescaped(literal: string): string {
	const wide = literal.replace(/%u([0-9a-f]{4})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
	return decodePercent(wide);
}

function fromCodes(list: string): string {
	const codes = list.split(',').map((code) => Number(code.trim()));
	return codes.map((code) => (code > 0 && code < 0xffff ? String.fromCharCode(code) : '')).join('');
}

/** Nearly nothing but what is printed: what was no text gives none. */
function isText(decoded: string): boolean {
	if (decoded.length < 6) return false;
	const sample = decoded.slice(0, 400);
	const odd = sample.match(/[\x00-\x08\x0e-\x1f\ufffd]/g)?.length ?? 0;
	return odd * 50 <= sample.length;
}

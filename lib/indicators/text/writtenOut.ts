import { mailAddress, readDomainName, readIpAddress, type MailAddress } from '../../values';
import { isAlnum } from '../characters';
import { ARTICLES, NO_LOCAL_PARTS, PLAIN_SUFFIXES } from './words';

/**
 * The weak spellings, that prose and lists share with names: ` dot `, ` . `, `-dot-`, `,` and ` at `.
 * They count only when every label is one and the suffix leaves no doubt.
 */
export interface WrittenOut {
	name: string;
	end: number;
}

const DOT_WORD = / {1,2}(?:dot|DOT|Dot) {1,2}/y;
const DOT_SPACED = / \. /y;
const LABEL = /[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?/y;
const AT_WORD = / {1,2}(?:at|AT|At) {1,2}/y;
const MOST_LABELS = 8;

/** Whether it is the domain of an address, which leaves less doubt. */
interface Where {
	afterSign: boolean;
}

/** A name whose first label stands at `start..end`. */
export function writtenOutName(text: string, start: number, end: number, where: Where): WrittenOut | undefined {
	const first = text.slice(start, Math.min(end, start + 254));
	const next = text[end];
	if (first.length > 8 && /-dot-/i.test(first)) {
		const name = first.replace(/-dot-/gi, '.');
		return first.length === end - start && isPlain(name) ? { name, end } : undefined;
	}
	if (next === ',' && isAlnum(text.charCodeAt(end + 1))) return commaName(text, start, end, where);
	if (next === ' ') {
		const second = text[end + 1];
		if (second === 'd' || second === 'D' || second === ' ') return chained(text, start, end, DOT_WORD, where);
		if (second === '.') return chained(text, start, end, DOT_SPACED, where);
	}
	return undefined;
}

/** `user at example dot com`, the local part at `start..end`. */
export function writtenOutAddress(
	text: string,
	start: number,
	end: number,
): { found: MailAddress; refanged: string; end: number } | undefined {
	if (text[end] !== ' ' || end - start > 64) return undefined;
	const second = text[end + 1];
	if (second !== 'a' && second !== 'A' && second !== ' ') return undefined;
	AT_WORD.lastIndex = end;
	if (!AT_WORD.test(text)) return undefined;
	const domainStart = AT_WORD.lastIndex;
	LABEL.lastIndex = domainStart;
	if (!LABEL.test(text)) return undefined;
	const domain = chained(text, domainStart, LABEL.lastIndex, DOT_WORD, { afterSign: true });
	const local = text.slice(start, end);
	if (domain === undefined || !/^\w+(?:[.-]\w+)*$/.test(local) || NO_LOCAL_PARTS.has(local.toLowerCase()))
		return undefined;
	const found = mailAddress(local, readDomainName(domain.name));
	return found && { found, refanged: `${local}@${domain.name}`, end: domain.end };
}

function chained(text: string, start: number, end: number, separator: RegExp, where: Where): WrittenOut | undefined {
	const labels = [text.slice(start, end)];
	const ends = [end];
	let at = end;
	while (labels.length < MOST_LABELS) {
		separator.lastIndex = at;
		if (!separator.test(text)) break;
		LABEL.lastIndex = separator.lastIndex;
		const label = LABEL.exec(text)?.[0];
		if (label === undefined) break;
		at = LABEL.lastIndex;
		if (text[at] === '@' || text[at] === '_') break;
		labels.push(label);
		ends.push(at);
	}
	if (labels.length < 2) return undefined;
	if (!where.afterSign && ARTICLES.has(labels[0]!.toLowerCase())) return undefined;
	for (let count = labels.length; count >= 2; count--) {
		const name = labels.slice(0, count).join('.');
		const address = count === 4 && readIpAddress(name) !== undefined;
		if (address || isPlain(name)) return { name, end: ends[count - 1]! };
	}
	return undefined;
}

/** Labels that a comma joins: a name that ends in a suffix which is no word, or an address that no list looks like. */
function commaName(text: string, start: number, end: number, where: Where): WrittenOut | undefined {
	if (text[start - 1] === ',' || end - start > 63) return undefined;
	const labels = [text.slice(start, end)];
	let at = end;
	while (text[at] === ',' && labels.length < MOST_LABELS) {
		LABEL.lastIndex = at + 1;
		const label = LABEL.exec(text)?.[0];
		if (label === undefined) break;
		labels.push(label);
		at = LABEL.lastIndex;
	}
	if (text[at] === ',' && isAlnum(text.charCodeAt(at + 1))) return undefined;
	const name = labels.join('.');
	if (labels.every((label) => /^\d{1,3}$/.test(label))) {
		// `1,2,3,4` is a list; `192,0,2,1` has an octet of three digits.
		return labels.some((label) => label.length === 3) && readIpAddress(name) !== undefined
			? { name, end: at }
			: undefined;
	}
	const inner = labels.slice(0, -1);
	if (
		!where.afterSign &&
		inner.some((label) => /^(?:com|net|org|info|edu|gov|biz|io|mil)$/i.test(label) || /^\d+$/.test(label))
	)
		return undefined;
	return isPlain(name) && /^(?:com|net|org|ru|cn|xyz|onion|example)$/i.test(labels.at(-1) ?? '')
		? { name, end: at }
		: undefined;
}

function isPlain(name: string): boolean {
	const labels = name.split('.');
	if (labels.length < 2) return false;
	const suffix = labels.at(-1)!.toLowerCase();
	const host = readDomainName(name);
	return host?.registrable !== undefined && (PLAIN_SUFFIXES.has(suffix) || (labels.length >= 4 && host.known));
}

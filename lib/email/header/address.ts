import type { EmailAddress } from '../email';
import { decodeRawText, decodeWords, protectWords } from './encodedWord';
import { lazy } from '../../lazy';
const addressparser = lazy(
	() => require('nodemailer/lib/addressparser') as typeof import('nodemailer/lib/addressparser').default,
);

/** What an address field holds. */
export interface AddressList {
	addresses: EmailAddress[];
	/** There were more than asked for. */
	cut: boolean;
	/** Something stands where an address belongs, and is none: it was left out. */
	hasOther: boolean;
}

/**
 * Reads an address list (RFC 5322 section 3.4 with the obsolete forms of section 4.4, RFC 6532), given as bytes in a `latin1`
 * string, by nodemailer's addressparser: groups are flattened and named, source routes dropped, comments taken as the
 * name when there is no other. What holds no address is left out, and no part of it becomes one. Linear; of more than
 * `maxAddresses` one is decoded.
 */
export function parseAddresses(raw: string, maxAddresses: number, charset?: string): AddressList {
	return addressesIn(decodeRawText(protectWords(raw), charset), maxAddresses);
}

/** As {@link parseAddresses}, of text whose raw bytes are decoded. Of bytes, some would pass for blanks. */
function addressesIn(text: string, maxAddresses: number): AddressList {
	const addresses: EmailAddress[] = [];
	let hasOther = false;
	const isFull = (): boolean => addresses.length > maxAddresses;
	const add = (entry: { name: string; address?: string }, group?: string): void => {
		if (!entry.address) return;
		const address = addrSpec(decodeWords(entry.address));
		if (address === undefined) {
			hasOther = true;
			return;
		}
		const name = decodeWords(entry.name).trim();
		addresses.push({ address, ...(name === '' ? {} : { name }), ...(group === undefined ? {} : { group }) });
	};
	const torn = tornAddresses(text);
	for (const entry of addressparser()(joinAtoms(closeAngles(dropUnclosed(withoutPrefixes(text)))))) {
		if (isFull()) break;
		if (entry.group === undefined) {
			if (torn.has(entry.address ?? '')) hasOther = true;
			else add(entry);
			continue;
		}
		const group = decodeWords(entry.name).trim();
		for (const member of entry.group) {
			if (isFull()) break;
			add(member, group);
		}
	}
	return { addresses: addresses.slice(0, maxAddresses), cut: isFull(), hasOther };
}

/**
 * What stands before the wrong sign of `a@railway,example` and `a@rail way.example`, which tears a domain in two: no address of
 * anybody.
 */
function tornAddresses(text: string): ReadonlySet<string> {
	return new Set([...text.matchAll(TORN())].map((match) => match[1]!));
}

const TORN = lazy(() => {
	const label = String.raw`[\p{L}\p{N}-]{1,63}`;
	const rest = String.raw`\s{0,8}[,;]\s{0,8}${label}(?:\.${label}){0,5}|[ \t]{1,8}${label}(?:\.${label}){1,5}`;
	return new RegExp(
		String.raw`(?<=^|[,;]\s{0,8})([^\s<>"(),;:@]{1,64}@${label})(?:${rest})(?=\s{0,8}(?:$|[,;]))`,
		'gu',
	);
});

/** Dot-atoms of RFC 5322 section 3.2.3 with the letters of RFC 6532. Dots may stand anywhere: real mailboxes have them at odd places. */
const LOCAL = /^[^\s()<>[\]:;@\\,"\p{C}]+$/u;
const QUOTED_LOCAL = /^"(?:[^"\\\p{C}]|\\\P{C})*"$/u;
const DOMAIN = /^(?:\[[^\s[\]\\\p{C}]+\]|[^\s()<>[\]:;@\\,"\p{C}.]+(?:\.[^\s()<>[\]:;@\\,"\p{C}.]+)*)$/u;

/**
 * The addr-spec that a text is, as written but for what address books put around it: quotes around the whole, a scheme before
 * it, brackets and dots behind it. Undefined when it is none: of what only resembles one, nothing is made up.
 */
export function addrSpec(written: string): string | undefined {
	const quoted = /^(["'])(.*)\1$/s.exec(written.trim());
	const text = (quoted === null ? written : quoted[2]!).trim().replace(/^(?:mailto|smtp):/i, '');
	// A quoted local part, or a domain literal, may hold the sign as well.
	const at = text.endsWith(']') ? text.lastIndexOf('@[') : text.lastIndexOf('@');
	if (at < 1) return undefined;
	const local = text.slice(0, at);
	const domain = withoutEnd(text.slice(at + 1), '.>]');
	if (!LOCAL.test(local) && !QUOTED_LOCAL.test(local)) return undefined;
	return DOMAIN.test(domain) ? `${local}@${domain}` : undefined;
}

/** Dots and brackets behind a domain; the bracket of a domain literal belongs to it. */
function withoutEnd(domain: string, characters: string): string {
	let end = domain.length;
	while (end > 0 && characters.includes(domain[end - 1]!) && !(domain[end - 1] === ']' && domain.startsWith('[')))
		end--;
	return domain.slice(0, end);
}

/** What a field shows that holds no address where one belongs. */
export interface ShownSender {
	/** Decoded, as it is shown. Undefined when there is nothing. */
	text?: string;
	/** The one that programs take out of it all the same. */
	address?: EmailAddress;
}

/** How much of such a field is looked at. */
const MAX_SHOWN = 2_000;

/**
 * What mail programs make of a From without an address: they look into its encoded words (`=?utf-8?Q?"A"_<a@example.org>?=`) and
 * show what stands in a comment (`A (<a@example.org>)`).
 */
export function shownSender(raw: string, charset?: string): ShownSender {
	const text = decodeWords(decodeRawText(protectWords(raw.slice(0, MAX_SHOWN)), charset)).trim();
	if (text === '') return {};
	// Of a name without a dot, nothing tells whether it is whole: `"a@railway" <a@railway,example>`.
	const isWhole = (address: string): boolean => /[.\]]/.test(address.slice(address.lastIndexOf('@')));
	const inWords = addressesIn(text, 1).addresses[0];
	if (inWords !== undefined && isWhole(inWords.address)) return { text, address: { ...inWords, misplaced: true } };
	const tokens = [...text.matchAll(/[^\s()<>[\]"',;:]{1,320}@[^\s()<>[\]"',;:@]{1,320}(?![^\s()>\]"';:])/g)];
	const angle = /<([^<>\s]{3,320})>/.exec(text);
	// Of two that stand somewhere in a text, nothing tells which one is meant.
	const found =
		angle !== null && addrSpec(angle[1]!) !== undefined ? angle : tokens.length === 1 ? tokens[0]! : undefined;
	const address = found && addrSpec(found[1] ?? found[0]);
	if (address === undefined || !isWhole(address)) return { text };
	const name = `${text.slice(0, found!.index)} ${text.slice(found!.index + found![0].length)}`
		.replace(/[()<>"]/g, ' ')
		.replace(/ {2,}/g, ' ')
		.trim()
		.replace(/ ?,$/, '');
	return { text, address: { address, ...(name === '' ? {} : { name }), misplaced: true } };
}

/** `SMTP:a@example.org`, as Exchange writes addresses in fields of its own: the colon would open a group. */
function withoutPrefixes(text: string): string {
	if (!text.includes(':')) return text;
	return text.replace(/(^|[\s,;<])(?:smtp|mailto):(?=[^\s:;,]{1,320}@)/gi, '$1');
}

/** A quote or parenthesis that is never closed would swallow every address behind it: from there on they are blanks. */
function dropUnclosed(raw: string): string {
	const from = unclosedAt(raw);
	return from === -1 ? raw : raw.slice(0, from) + raw.slice(from).replace(/["()]/g, ' ');
}

/** Offset of the quote or parenthesis that is open at the end; -1 when all are closed. */
function unclosedAt(raw: string): number {
	let opened = -1;
	let quoted = false;
	let depth = 0;
	for (let i = 0; i < raw.length; i++) {
		const character = raw[i];
		if (character === '\\' && (quoted || depth > 0)) i++;
		else if (character === '"' && depth === 0) {
			quoted = !quoted;
			if (quoted) opened = i;
		} else if (character === '(' && !quoted) {
			if (depth++ === 0) opened = i;
		} else if (character === ')' && !quoted && depth > 0) depth--;
	}
	return quoted || depth > 0 ? opened : -1;
}

/**
 * `<a@example.org, <b@example.org>`: an angle bracket that is never closed ends with its address, as a quote does above; so does
 * one that is closed behind a second address. `<a@example,org>` holds none, and is left as it is.
 */
function closeAngles(raw: string): string {
	return raw.replace(/\\.|"(?:[^"\\]|\\.)*"|<(?!\s*@)[^<>"]*>?/gs, (part: string, at: number) => {
		if (!part.startsWith('<') || raw[at + part.length] === '"') return part;
		const isClosed = part.endsWith('>');
		const pieces = (isClosed ? part.slice(1, -1) : part.slice(1)).split(/[,;]/);
		if (isClosed) {
			const isList = pieces.length > 1 && pieces.every((piece) => piece.includes('@'));
			return isList ? pieces.map((piece) => `<${piece}>`).join(',') : part;
		}
		// `<Name <a@example.org>`: the first bracket opened nothing.
		if (raw[at + part.length] === '<' && addrSpec(pieces[0]!) === undefined) return ` ${part.slice(1)}`;
		return [`<${pieces[0]}>`, ...pieces.slice(1)].join(',');
	});
}

/** `user . name @ host` (RFC 5322 section 4.4) in a list without names: addressparser joins only what stands around the @. */
function joinAtoms(raw: string): string {
	if (/["(<]/.test(raw) || !/[ \t]\./.test(raw)) return raw;
	const atoms = raw.split('.');
	return atoms
		.map((atom, i) => (i > 0 && /[ \t]$/.test(atoms[i - 1]!) ? atom.trimStart() : atom))
		.map((atom, i) => (i < atoms.length - 1 ? atom.trimEnd() : atom))
		.join('.');
}

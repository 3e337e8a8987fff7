import { INDICATOR_LIMITS } from '../../limits';
import { URL_SCHEMES } from '../../values';
import { Char, endsUrl, hostClass, isAlnum, isLabelEdge } from '../characters';
import { endBeforeSentence } from './nextSentence';

/** Spans of URLs in running text. Every function looks at each character a bounded number of times. */

/** Pictures that registries of some countries give out as names: two units of a pair, or one of the old symbols. */
const isPicture = (code: number): boolean =>
	(code >= 0xd83c && code <= 0xd83e) ||
	(code >= 0xdc00 && code <= 0xdfff) ||
	(code >= 0x2600 && code <= 0x27bf) ||
	code === 0xfe0f;

/**
 * The end of the run of host characters that begins at `start`; a dot is part of it between labels only. `pictures`: emoji are, too,
 * which in running text stand beside names.
 */
export function hostRunEnd(text: string, start: number, pictures = false): number {
	let at = start;
	let previous: number = 0;
	while (at < text.length) {
		const code = text.charCodeAt(at);
		if (code === Char.FullStop) {
			const next = text.charCodeAt(at + 1);
			if (hostClass(next) === 0 && !(pictures && isPicture(next))) return at;
			previous = 0;
			at++;
			continue;
		}
		if (code === Char.PercentSign && isEncodedDot(text, at) && isLabelEdge(text.charCodeAt(at + 3))) {
			previous = 0;
			at += 3;
			continue;
		}
		const kind = hostClass(code) || (pictures && isPicture(code) ? 1 : 0);
		if (kind === 0 || (previous !== 0 && previous !== kind)) return at;
		previous = kind;
		at++;
	}
	return at;
}

/** `%2E` */
function isEncodedDot(text: string, at: number): boolean {
	return text[at + 1] === '2' && (text[at + 2] === 'E' || text[at + 2] === 'e');
}

const HTTP_LIKE = /(?:https?|hxxps?)$/i;
/** Marked on purpose, or garbled on the way: `ttps`, `htps`, `httxs`. */
const DEFANGED_HTTP = /^(?:h[tx*_z]{1,4}ps?|xxxxs?|meows?|t?tps|ttp|h[tx]{3}s|httpss)$/;
const FTP_LIKE = /^(?:fxps?|fxxps?|f_ps?)$/i;
/** Letters of other alphabets that `https` is drawn with. */
const DRAWN_LIKE: Readonly<Record<string, string>> = {
	х: 'x',
	Х: 'x',
	р: 'p',
	Р: 'p',
	ѕ: 's',
	Ѕ: 's',
	т: 't',
	Т: 't',
	һ: 'h',
	Н: 'h',
};
const DRAWN = /[хХрРѕЅтТһН]/g;
const WIDE_LETTERS = /[\uff21-\uff3a\uff41-\uff5a]/;
const SCHEME_CHARACTER = /[A-Za-z0-9_хХрРѕЅтТһН\uff21-\uff3a\uff41-\uff5a]/;

export interface Scheme {
	start: number;
	/** What it stands for, lower case. */
	name: string;
	defanged: boolean;
}

/** The scheme that ends at `end`, in the run that begins at `floor`. */
export function schemeBefore(text: string, floor: number, end: number): Scheme | undefined {
	let start = end;
	while (start > floor && end - start < 16 && SCHEME_CHARACTER.test(text[start - 1]!)) start--;
	const exact = schemeOf(text.slice(start, end));
	// `h..ps://`
	if (exact === undefined || end - start <= 2) {
		const dotted = /h[.\u2026]{1,3}ps?$/i.exec(text.slice(Math.max(0, end - 6), end))?.[0];
		if (dotted !== undefined)
			return { start: end - dotted.length, name: dotted.endsWith('s') ? 'https' : 'http', defanged: true };
	}
	if (exact !== undefined) return { start, ...exact };
	// Glued to the word before it: `linkhttps://…`.
	const suffix = HTTP_LIKE.exec(text.slice(start, end))?.[0];
	const glued = suffix === undefined ? undefined : schemeOf(suffix);
	return glued === undefined ? undefined : { start: end - suffix!.length, ...glued };
}

/** Reads one word as a scheme, defanged or not. */
export function schemeOf(word: string): Omit<Scheme, 'start'> | undefined {
	const lower = latinOf(word).toLowerCase();
	const drawn = lower.length !== word.length || !/^[\x00-\x7f]*$/.test(word);
	if (URL_SCHEMES.has(lower)) return { name: lower, defanged: drawn };
	if (DEFANGED_HTTP.test(lower)) return { name: lower.endsWith('s') ? 'https' : 'http', defanged: true };
	if (FTP_LIKE.test(lower)) return { name: lower.endsWith('s') ? 'ftps' : 'ftp', defanged: true };
	return undefined;
}

function latinOf(word: string): string {
	if (/^[\x00-\x7f]*$/.test(word)) return word;
	const latin = word.replace(DRAWN, (letter) => DRAWN_LIKE[letter] ?? letter);
	return WIDE_LETTERS.test(latin) ? latin.normalize('NFKC') : latin;
}

/** `https%3A//`, `https[:/]/`, `https:/ /`, `https;//`, `https[.]//`, `https:\u2215\u2215`, `h t t p s : / /` */
const GARBLED =
	/(?<![a-z0-9])(h ?(?:t ?t|x ?x|t ?x|x ?t) ?p( ?s)?) ?(?:%(?:25)?3a|[:;\u2236\ua789]|\[:?\/?\]|\[?[.:]\]?|\\:)(?:[/\u2215\u2044\u29f8]|%(?:25)?2f|\[\/{1,2}\]|\\\/| ){1,6}$/i;
const LONGEST_GARBLED = 28;

/** The scheme of http that stands garbled before a name at `start`, no further back than `floor`. */
export function garbledScheme(text: string, start: number, floor: number): Scheme | undefined {
	if (!/[/\u2215\u2044\u29f8fF\] ]/.test(text[start - 1] ?? '')) return undefined;
	const before = text.slice(Math.max(floor, start - LONGEST_GARBLED), start);
	const found = GARBLED.exec(before);
	if (found === null || !/[/\u2215\u2044\u29f8]|%(?:25)?2f/i.test(found[0].slice(found[1]!.length))) return undefined;
	return { start: start - found[0].length, name: found[2] === undefined ? 'http' : 'https', defanged: true };
}

export interface Authority {
	start: number;
	hostStart: number;
	hostEnd: number;
	/** After the port, if there is one. */
	end: number;
}

/** The authority that begins at `start`: `user:password@host:port`. */
export function authorityAt(text: string, start: number): Authority | undefined {
	const limit = Math.min(text.length, start + INDICATOR_LIMITS.maxAuthorityLength);
	let hostStart = start;
	for (let at = start; at < limit; at++) {
		const code = text.charCodeAt(at);
		if (code === Char.Slash || code === Char.QuestionMark || code === Char.NumberSign || endsUrl(code)) break;
		if (code === Char.AtSign) hostStart = at + 1;
	}
	let hostEnd: number;
	if (text[hostStart] === '[') {
		const close = text.slice(hostStart, hostStart + 64).indexOf(']');
		if (close < 0) return undefined;
		hostEnd = hostStart + close + 1;
	} else {
		hostEnd = hostRunEnd(text, hostStart, true);
		if (!/[:/?#\\]/.test(text[hostEnd] ?? ' ')) hostEnd = endBeforeSentence(text, hostStart, hostEnd);
		if (hostEnd - hostStart > INDICATOR_LIMITS.maxAuthorityLength) return undefined;
	}
	if (hostEnd === hostStart) return undefined;
	// The root's dot, where a port or a path shows that it ends no sentence: `host./path`.
	const root = text[hostEnd] === '.' && ROOT_GOES_ON.test(text.slice(hostEnd + 1, hostEnd + 3)) ? 1 : 0;
	return { start, hostStart, hostEnd, end: portEnd(text, hostEnd + root) };
}

const ROOT_GOES_ON = /^(?:[/?#][\w%?#=&~.-]|:\d)/;
const PORT = /:\d{1,5}(?![\w:])/y;
export function portEnd(text: string, at: number): number {
	if (text[at] !== ':') return at;
	PORT.lastIndex = at;
	return PORT.test(text) ? PORT.lastIndex : at;
}

const NEXT_URL = /[,;]\s?["']?(?:h[tx]{2}ps?|ftp):\/\//iy;
/** A value of another column: an address, a hash, a date. */
const NEXT_VALUE =
	/[,;]["']?(?:\d{1,3}(?:\.\d{1,3}){3}(?![\w.])|[0-9a-f]{32}(?:[0-9a-f]{8}|[0-9a-f]{32}|[0-9a-f]{96})?\b)/iy;
/** A full stop of a text without blanks, and the next URL: `https://a.example/x\u3002https://b.example/`. */
const STOP_AND_URL = /\.h[tx]{2}ps?:\/\//iy;
/** Behind these, letters of a script without blanks go on with the path or a value. */
const GOES_ON = /[/=_%?&#-]/;
const DOLLAR = 36;
const BRACKETED_NUMBER = /\[\d{1,3}\]$/;

export interface TailOptions {
	/** The character before the URL. */
	opening: string;
	/** Backslashes stand for slashes. */
	backslashes: boolean;
	/** What ends a cell of the table that the URL stands in, unless it is quoted. */
	delimiter?: string | undefined;
}

/**
 * The end of the path, query and fragment that begin at `start`. Closing punctuation of the sentence, brackets without
 * a partner and what follows them, a closing quote and other columns are not part of it.
 */
export function tailEnd(text: string, start: number, { opening, backslashes, delimiter }: TailOptions): number {
	const quoted = opening === '"';
	let end = start;
	let round = 0;
	let square = 0;
	let inPath = true;
	let cut = false;
	// Written in other letters from here on.
	let isForeign = false;
	for (; end < text.length; end++) {
		const code = text.charCodeAt(end);
		if (code === Char.Backslash && backslashes && text.charCodeAt(end + 1) !== Char.Backslash) continue;
		// `https://host/path?x=${…}` of a script.
		if (endsUrl(code) || (code === DOLLAR && text[end + 1] === '{')) break;
		if (code === Char.LeftParenthesis) round++;
		else if (code === Char.RightParenthesis) {
			// A bracket that was opened before the URL.
			if (round === 0) break;
			round--;
		} else if (code === Char.LeftSquare) {
			// A foot note, a label of AsciiDoc, a placeholder; in a query it is an index.
			if (inPath) {
				cut = true;
				break;
			}
			square++;
		} else if (code === Char.RightSquare) {
			if (square === 0) break;
			square--;
		} else if (code === Char.QuestionMark) inPath = false;
		else if (code === Char.NumberSign) inPath = true;
		else if (code === Char.Apostrophe && (opening === "'" || /[,;)\]\s<>]/.test(text[end + 1] ?? ' '))) break;
		else if (code === Char.FullStop) {
			if (endsBefore(STOP_AND_URL, text, end)) break;
		} else if (code >= 128) {
			if (!isForeign && hostClass(code) === 2 && !GOES_ON.test(text[end - 1]!)) break;
			isForeign = true;
		} else if (code === Char.Comma || code === Char.Semicolon) {
			if (!quoted && text[end] === delimiter) break;
			if (endsBefore(NEXT_URL, text, end) || endsBefore(NEXT_VALUE, text, end)) break;
		}
	}
	if (!inPath && square === 0) {
		const number = BRACKETED_NUMBER.exec(text.slice(Math.max(start, end - 5), end));
		if (number !== null) end -= number[0].length;
	}
	return trimTail(text, start, end, { opening, round, square, cut });
}

function endsBefore(next: RegExp, text: string, at: number): boolean {
	next.lastIndex = at;
	return next.test(text);
}

/** Without the punctuation of what surrounds it. */
function trimTail(
	text: string,
	start: number,
	end: number,
	open: { opening: string; round: number; square: number; cut: boolean },
): number {
	let { round, square } = open;
	for (; end > start; end--) {
		const last = text[end - 1]!;
		if (last === ')') {
			if (round >= 0) break;
			round++;
		} else if (last === ']') {
			if (square >= 0) break;
			square++;
		} else if (last === '(') round--;
		else if (last === '[') square--;
		else if ((last === '*' || last === '_' || last === '~') && open.opening !== last) break;
		// AsciiDoc's `++https://…++`.
		else if (last === '+' && open.opening === '+') continue;
		else if (last === '#' && open.cut) continue;
		else if (!".,;:!?'*_~\u00b7\u0387\u2013\u2014".includes(last)) break;
	}
	return end;
}

/** True when the character starts a path, a query or a fragment with something in it. */
export function startsTail(text: string, at: number): boolean {
	const character = text[at];
	if (character !== '/' && character !== '?' && character !== '#') return false;
	return isAlnum(text.charCodeAt(at + 1)) || /[%_~.@=&?#!$+-]/.test(text[at + 1] ?? ' ');
}

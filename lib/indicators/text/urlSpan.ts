import { INDICATOR_LIMITS } from '../../limits';
import { URL_SCHEMES } from '../../values';
import { Char, endsUrl, hostClass, isAlnum, isLabelEdge } from '../characters';

/** Spans of URLs in running text. Every function looks at each character a bounded number of times. */

/** The end of the run of host characters that begins at `start`; a dot is part of it between labels only. */
export function hostRunEnd(text: string, start: number): number {
	let at = start;
	let previous: number = 0;
	while (at < text.length) {
		const code = text.charCodeAt(at);
		if (code === Char.FullStop) {
			if (hostClass(text.charCodeAt(at + 1)) === 0) return at;
			previous = 0;
			at++;
			continue;
		}
		if (code === Char.PercentSign && isEncodedDot(text, at) && isLabelEdge(text.charCodeAt(at + 3))) {
			previous = 0;
			at += 3;
			continue;
		}
		const kind = hostClass(code);
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
const DEFANGED_HTTP = /^(?:h[tx*_z]{1,4}ps?|xxxxs?|meows?)$/i;
const FTP_LIKE = /^(?:fxps?|fxxps?|f_ps?)$/i;

export interface Scheme {
	start: number;
	/** What it stands for, lower case. */
	name: string;
	defanged: boolean;
}

/** The scheme that ends at `end`, in the run that begins at `floor`. */
export function schemeBefore(text: string, floor: number, end: number): Scheme | undefined {
	let start = end;
	while (start > floor && end - start < 16 && /[A-Za-z0-9_]/.test(text[start - 1]!)) start--;
	const exact = schemeOf(text.slice(start, end));
	if (exact !== undefined) return { start, ...exact };
	// Glued to the word before it: `linkhttps://…`.
	const suffix = HTTP_LIKE.exec(text.slice(start, end))?.[0];
	const glued = suffix === undefined ? undefined : schemeOf(suffix);
	return glued === undefined ? undefined : { start: end - suffix!.length, ...glued };
}

/** Reads one word as a scheme, defanged or not. */
export function schemeOf(word: string): Omit<Scheme, 'start'> | undefined {
	const lower = word.toLowerCase();
	if (URL_SCHEMES.has(lower)) return { name: lower, defanged: false };
	if (DEFANGED_HTTP.test(lower)) return { name: lower.endsWith('s') ? 'https' : 'http', defanged: true };
	if (FTP_LIKE.test(lower)) return { name: lower.endsWith('s') ? 'ftps' : 'ftp', defanged: true };
	return undefined;
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
		hostEnd = hostRunEnd(text, hostStart);
		if (hostEnd - hostStart > INDICATOR_LIMITS.maxAuthorityLength) return undefined;
	}
	if (hostEnd === hostStart) return undefined;
	return { start, hostStart, hostEnd, end: portEnd(text, hostEnd) };
}

const PORT = /:\d{1,5}(?![\w:])/y;
export function portEnd(text: string, at: number): number {
	if (text[at] !== ':') return at;
	PORT.lastIndex = at;
	return PORT.test(text) ? PORT.lastIndex : at;
}

const NEXT_URL = /[,;](?:h[tx]{2}ps?|ftp):\/\//iy;

/**
 * The end of the path, query and fragment that begin at `start`. Closing punctuation of the sentence, brackets without
 * a partner and a closing quote are not part of it. `opening` is the character before the URL; `backslashes` stand for slashes.
 */
export function tailEnd(
	text: string,
	start: number,
	{ opening, backslashes }: { opening: string; backslashes: boolean },
): number {
	let end = start;
	let round = 0;
	let square = 0;
	for (; end < text.length; end++) {
		const code = text.charCodeAt(end);
		if (code === Char.Backslash && backslashes && text.charCodeAt(end + 1) !== Char.Backslash) continue;
		if (endsUrl(code)) break;
		if (code === Char.LeftParenthesis) round++;
		else if (code === Char.RightParenthesis) round--;
		else if (code === Char.LeftSquare) square++;
		else if (code === Char.RightSquare) square--;
		else if (code === Char.Apostrophe && (opening === "'" || /[,;)\]\s<>]/.test(text[end + 1] ?? ' '))) break;
		else if (code === Char.Comma || code === Char.Semicolon) {
			NEXT_URL.lastIndex = end;
			if (NEXT_URL.test(text)) break;
		}
	}
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
		else if ((last === '*' || last === '_' || last === '~') && opening !== last) break;
		else if (!".,;:!?'*_~".includes(last)) break;
	}
	return end;
}

/** True when the character starts a path, a query or a fragment with something in it. */
export function startsTail(text: string, at: number): boolean {
	const character = text[at];
	if (character !== '/' && character !== '?' && character !== '#') return false;
	return isAlnum(text.charCodeAt(at + 1)) || /[%_~.@=&?#!$+-]/.test(text[at + 1] ?? ' ');
}

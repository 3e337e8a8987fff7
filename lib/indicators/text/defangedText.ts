import { INDICATOR_LIMITS } from '../../limits';
import type { Steps } from '../../steps';
import { INVISIBLE } from '../../text';
import { isPublicSuffix } from '../../values';
import { PLAIN_SUFFIXES } from './words';
import { Char, hostClass, isAlnum, isLabelEdge } from '../characters';

/**
 * A text in which every defanging mark that stands between the right neighbours reads as what it stands for.
 * Offsets lead back to the text as it was written.
 */
export interface DefangedText {
	readonly text: string;
	/** Offset in the original text of an offset in this one. */
	originalAt(offset: number): number;
	/** Offset in the original text of the end of a span of this one. */
	originalEnd(end: number): number;
	/** True when a mark was read inside the span. */
	isDefanged(start: number, end: number): boolean;
}

/** What a person puts between brackets for a dot, an at sign, a colon, slashes, a hyphen, the middle or the end of a scheme. */
const BRACKETED =
	/[[({<|]{1,2}\s?(?:(\\?\.|-?dot-?|d|punto|punkt|ponto|point|pont|punt|nokta|kropka|точка|点|點|점|[,\u00b7\u2022\u2024])|(@|at|arroba|arr?obase|ät|kukac|małpa|собака|chiocciola|a)|(:\/\/|:)|(\/\/?)|(-)|(tt|xx)|(https?|hxxps?|www)|(s)|(h[tx]{2}ps?:\/\/))\s?[\])}>|]{1,2}/iy;
/** Marks in which Markdown has escaped the brackets: `\[.\]`. */
const ESCAPED = /\\[[({]\s?(?:(\\?\.|dot)|(\\?@|at)|(\\?:\/\/|\\?:)|(\/\/?))\s?\\[\])}]/iy;
/** Escapes of JSON and JavaScript. */
const ESCAPED_UNIT = /\\(?:u00([2-7][0-9a-f])|x([2-7][0-9a-f]))/iy;
/** What Markdown escapes in the middle of a URL. */
const ESCAPED_SIGN = /[-_&=?#~%+]/;
const ENTITY =
	/&(?:#(\d{2,3})|#x([2-7][0-9a-f])|(amp|period|sol|colon|commat|lsqb|rsqb|quest|equals|num|lowbar|lt|gt|quot|apos));/iy;
const NAMED_ENTITIES: Readonly<Record<string, string>> = {
	amp: '&',
	apos: "'",
	colon: ':',
	commat: '@',
	equals: '=',
	gt: '>',
	lowbar: '_',
	lsqb: '[',
	lt: '<',
	num: '#',
	period: '.',
	quest: '?',
	quot: '"',
	rsqb: ']',
	sol: '/',
};
/** A URL between angle brackets, where lines may be broken (RFC 3986 appendix C). */
const IN_ANGLES = /<(?:URL:)?(?:https?|hxxps?|ftp):\/\//iy;
const BROKEN_LINES = /^\S+(?:[ \t]*\r?\n[ \t]*\S+)+$/;
/** A line of a reply, up to where something opens in it. */
const QUOTED_LINE = /(?:^|\n)[ \t]{0,8}>[^\n]*$/;
const MOST_BEFORE = 200;
const QUOTE_MARKS = /\n(?:[ \t]{0,8}>){1,8}/g;
const QUOTE_OR_CLOSING = /\n(?:[ \t]{0,8}>){1,8}|>/g;
/** Bullets that stand for dots: `evil\u2022example\u2022com`. */
const BULLETED = /(?:[\u00b7\u2022][A-Za-z0-9-]{1,63}){1,8}/y;
const BRACKETED_LABEL = /\[([a-z]{2,24})\]/iy;
const LEADING_COLONS = /^\[:\]\[:\][0-9a-f]/i;
const STARS = /\*{1,2}(?=ps?[:[(])/iy;
const HIDDEN = new RegExp(`${INVISIBLE.source}+`, 'y');

/** Characters that marks begin with, and such that only hide. */
const SPECIAL = new Uint8Array(0x10000);
for (const character of '[({<]|&\\^*\u00B7\u2022\u2024\u3002\u30FB\uFF0E\uFF0F\uFF1A\uFF20\uFF61\uFF65')
	SPECIAL[character.charCodeAt(0)] = 1;
const ONE_HIDDEN = new RegExp(INVISIBLE.source);
// General Punctuation, and the two that stand elsewhere.
for (const code of [0xad, ...Array.from({ length: 0x70 }, (_, i) => 0x2000 + i), 0xfeff])
	if (ONE_HIDDEN.test(String.fromCharCode(code))) SPECIAL[code] = 1;

/** The first special character from `from` on; `stop` when there is none before. */
function nextSpecial(text: string, from: number, stop: number): number {
	let at = from;
	while (at < stop && SPECIAL[text.charCodeAt(at)] === 0) at++;
	return at;
}

const WIDE: ReadonlyMap<string, string> = new Map([
	['\u2024', '.'],
	['\u3002', '.'],
	['\uff0e', '.'],
	['\uff61', '.'],
	['\u30fb', '.'],
	['\uff65', '.'],
	['\uff20', '@'],
	['\uff1a', ':'],
	['\uff0f', '/'],
]);

interface Reading {
	start: number;
	end: number;
	read: string;
	/** False for characters that only hide (zero width). */
	marks: boolean;
}

/** Reads the marks of a text. Made in one pass, in linear time. */
export function readDefanged(original: string): DefangedText {
	if (nextSpecial(original, 0, original.length) === original.length) return plainText(original);
	const reader = new DefangedReader(original);
	reader.advance(original.length);
	return reader.finish();
}

/** As {@link readDefanged}, a piece at a time. */
export function* readDefangedInSteps(original: string): Steps<DefangedText, never[]> {
	const reader = new DefangedReader(original);
	while (!reader.advance(INDICATOR_LIMITS.pieceCharacters)) yield [];
	return reader.finish();
}

class DefangedReader {
	readonly #original: string;
	/** Where the next special character is looked for. */
	#next = 0;
	/** Up to here the original has been copied. */
	#done = 0;
	/** The last character that was read. */
	#tail = '';
	/** What was read, in pieces: joined a piece at a time, for joining a million takes long. */
	readonly #joined: string[] = [];
	#pieces: string[] = [];
	#length = 0;
	// For every reading: its span in the text that is read, and its span in the original.
	readonly #starts: number[] = [];
	readonly #ends: number[] = [];
	readonly #originalStarts: number[] = [];
	readonly #originalEnds: number[] = [];
	/** Where the marks are that a person had set. */
	readonly #marks: number[] = [];

	/** Line feeds up to here are joints of one URL in angle brackets; the next of them. */
	#foldEnd = 0;
	#fold = Infinity;
	/** The next closing and opening angle bracket, each looked for once. */
	#closing = -1;
	#opening = -1;

	constructor(original: string) {
		this.#original = original;
	}

	/** Reads on for some characters. True at the end of the text. */
	advance(characters: number): boolean {
		const original = this.#original;
		const stop = Math.min(original.length, this.#next + characters);
		while (this.#next < stop) {
			const at = nextSpecial(original, this.#next, Math.min(stop, this.#fold));
			if (at === this.#fold) {
				this.#readFold(at);
				continue;
			}
			if (at === stop) {
				this.#next = stop;
				break;
			}
			this.#read(at);
		}
		if (this.#pieces.length > 0) this.#joined.push(this.#pieces.join(''));
		this.#pieces = [];
		return this.#next >= original.length;
	}

	#read(at: number): void {
		const original = this.#original;
		const reading = readAt(original, at, this.#done, this.#tail);
		this.#next = at + 1;
		if (reading !== undefined) this.#take(reading);
		else if (original[at] === '<') this.#lookForFolds(at);
	}

	/** The line break at `at` and the blanks around it stand inside of a URL. */
	#readFold(at: number): void {
		const original = this.#original;
		let start = at;
		while (start > this.#done && isBlank(original.charCodeAt(start - 1))) start--;
		let end = at + 1;
		while (isBlank(original.charCodeAt(end)) || (original[end] === '>' && end < this.#foldEnd)) end++;
		this.#take({ start, end, read: '', marks: false });
		this.#setFold(end);
	}

	#lookForFolds(at: number): void {
		const original = this.#original;
		IN_ANGLES.lastIndex = at;
		if (!IN_ANGLES.test(original)) return;
		if (QUOTED_LINE.test(original.slice(Math.max(0, at - MOST_BEFORE), at))) {
			this.#lookForQuotedFolds(at);
			return;
		}
		if (this.#closing <= at) this.#closing = indexFrom(original, '>', at + 1);
		if (this.#opening <= at) this.#opening = indexFrom(original, '<', at + 1);
		const end = this.#closing;
		if (end > this.#opening || end === Infinity || end - at > INDICATOR_LIMITS.maxUrlLength) return;
		if (!BROKEN_LINES.test(original.slice(at + 1, end))) return;
		this.#foldEnd = end;
		this.#setFold(at);
	}

	/** The same in a reply, where each line begins with a `>` that closes nothing. */
	#lookForQuotedFolds(at: number): void {
		const original = this.#original;
		if (this.#opening <= at) this.#opening = indexFrom(original, '<', at + 1);
		const stop = Math.min(this.#opening, original.length, at + INDICATOR_LIMITS.maxUrlLength);
		const inside = original.slice(at + 1, stop);
		let end = -1;
		let isBroken = false;
		for (const { 0: sign, index } of inside.matchAll(QUOTE_OR_CLOSING)) {
			if (sign === '>') {
				end = at + 1 + index;
				break;
			}
			isBroken = true;
		}
		if (end < 0 || !isBroken || !BROKEN_LINES.test(original.slice(at + 1, end).replace(QUOTE_MARKS, '\n'))) return;
		this.#foldEnd = end;
		this.#setFold(at);
	}

	#setFold(from: number): void {
		const next = indexFrom(this.#original.slice(from, this.#foldEnd), '\n', 0);
		this.#fold = next === Infinity ? Infinity : from + next;
	}

	#take(reading: Reading): void {
		this.#copyUpTo(reading.start);
		this.#starts.push(this.#length);
		this.#originalStarts.push(reading.start);
		this.#pieces.push(reading.read);
		if (reading.marks) this.#marks.push(this.#length);
		this.#length += reading.read.length;
		this.#ends.push(this.#length);
		this.#originalEnds.push(reading.end);
		if (reading.read !== '') this.#tail = reading.read.slice(-1);
		this.#done = reading.end;
		this.#next = reading.end;
	}

	#copyUpTo(offset: number): void {
		if (offset <= this.#done) return;
		this.#pieces.push(this.#original.slice(this.#done, offset));
		this.#length += offset - this.#done;
		this.#tail = this.#original[offset - 1]!;
	}

	finish(): DefangedText {
		if (this.#ends.length === 0) return plainText(this.#original);
		const starts = this.#starts;
		const ends = this.#ends;
		const originalStarts = this.#originalStarts;
		const originalEnds = this.#originalEnds;
		const marks = this.#marks;
		return {
			text: [...this.#joined, this.#original.slice(this.#done)].join(''),
			originalAt(offset) {
				const index = countUpTo(ends, offset) - 1;
				const next = index + 1;
				// Inside a reading that stands for several characters: its beginning.
				if (next < starts.length && offset > starts[next]!) return originalStarts[next]!;
				return index < 0 ? offset : originalEnds[index]! + (offset - ends[index]!);
			},
			originalEnd(end) {
				const index = countUpTo(ends, end - 1) - 1;
				const next = index + 1;
				if (next < starts.length && end > starts[next]!) return originalEnds[next]!;
				return index < 0 ? end : originalEnds[index]! + (end - ends[index]!);
			},
			isDefanged(start, end) {
				const index = countUpTo(marks, start - 1);
				return index < marks.length && marks[index]! < end;
			},
		};
	}
}

const isBlank = (code: number): boolean => code === Char.Space || code === Char.Tab || code === Char.CarriageReturn;

function indexFrom(text: string, character: string, from: number): number {
	const at = text.indexOf(character, from);
	return at < 0 ? Infinity : at;
}

function plainText(text: string): DefangedText {
	return { text, originalAt: (offset) => offset, originalEnd: (end) => end, isDefanged: () => false };
}

/** How many of the ascending numbers are at most `limit`. */
function countUpTo(ascending: readonly number[], limit: number): number {
	let low = 0;
	let high = ascending.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (ascending[middle]! <= limit) low = middle + 1;
		else high = middle;
	}
	return low;
}

/** The mark at `at`, if its neighbours are right. `done` and `tail`: where the last reading ended and what was read last. */
function readAt(text: string, at: number, done: number, tail: string): Reading | undefined {
	const character = text[at]!;
	const previous = (offset: number): string => (offset > done ? text[offset - 1]! : offset === done ? tail : '');
	const one = (read: string, marks = true): Reading => ({ start: at, end: at + 1, read, marks });
	switch (character) {
		case '[':
		case '(':
		case '{':
		case '<':
			return readBracket(text, at, done, previous);
		case ']':
			// `evil.]example`: the dot is already read.
			return at > done && text[at - 1] === '.' && isEdge(previous(at - 1)) && isEdge(text[at + 1])
				? one('')
				: undefined;
		case '|':
			return text[at + 1] === '.' && text[at + 2] === '|' ? readBracket(text, at, done, previous) : undefined;
		case '&':
			return readEntity(text, at, previous);
		case '\\':
		case '^':
			if (text[at + 1] === '.' && isEdge(previous(at)) && isEdge(text[at + 2]))
				return { start: at, end: at + 2, read: '.', marks: true };
			return character === '^' ? undefined : readEscape(text, at, previous);
		case '\u00b7':
		case '\u2022':
			return isEdge(previous(at)) && isBulleted(text, at) ? one('.') : undefined;
		case '*': {
			if (previous(at).toLowerCase() !== 'h') return undefined;
			STARS.lastIndex = at;
			const stars = STARS.exec(text);
			return stars === null ? undefined : { start: at, end: at + stars[0].length, read: 'xx', marks: true };
		}
		default: {
			const read = WIDE.get(character);
			if (read === undefined) {
				HIDDEN.lastIndex = at;
				return { start: at, end: at + (HIDDEN.exec(text)?.[0].length ?? 1), read: '', marks: false };
			}
			// A full stop of Chinese or Japanese prose stands beside its own letters.
			if (read === '.' || read === '@') return isLatin(previous(at)) && isLatin(text[at + 1]) ? one(read) : undefined;
			if (read === ':') return isEdge(previous(at)) && /[/\uff0f0-9]/.test(text[at + 1] ?? '') ? one(read) : undefined;
			return /[:/a-z0-9]/i.test(previous(at)) ? one(read) : undefined;
		}
	}
}

/** What a backslash makes of the character behind it, in Markdown, JSON and JavaScript. */
function readEscape(text: string, at: number, previous: (offset: number) => string): Reading | undefined {
	const next = text[at + 1] ?? '';
	const before = previous(at);
	if (next === '[' || next === '(' || next === '{') {
		ESCAPED.lastIndex = at;
		const found = ESCAPED.exec(text);
		if (found === null || !(isEdge(before) || before === ':')) return undefined;
		const [whole, dot, commercialAt, colon, slash] = found;
		const end = at + whole.length;
		if ((dot ?? commercialAt) !== undefined && !isEdge(text[end])) return undefined;
		return {
			start: at,
			end,
			read: dot !== undefined ? '.' : commercialAt !== undefined ? '@' : (colon ?? slash)!.replace('\\', ''),
			marks: true,
		};
	}
	// `\\/`: escaped twice.
	if (next === '\\') {
		const slash = /^\\{2,6}\//.exec(text.slice(at, at + 8))?.[0];
		return slash !== undefined && /[\w:/.]/.test(before)
			? { start: at, end: at + slash.length, read: '/', marks: false }
			: undefined;
	}
	// `hxxps\://host`, `user\@host`
	if (next === ':' || next === '@') {
		const isMark = isEdge(before) && (next === '@' ? isEdge(text[at + 2]) : text.startsWith('//', at + 2));
		return isMark ? { start: at, end: at + 2, read: next, marks: false } : undefined;
	}
	// `https:\/\/host\/path`
	if (next === '/') return /[\w:/.]/.test(before) ? { start: at, end: at + 2, read: '/', marks: false } : undefined;
	if (next === 'u' || next === 'x' || next === 'U' || next === 'X') {
		ESCAPED_UNIT.lastIndex = at;
		const unit = ESCAPED_UNIT.exec(text);
		if (unit === null) return undefined;
		const read = String.fromCharCode(parseInt(unit[1] ?? unit[2]!, 16));
		return { start: at, end: at + unit[0].length, read, marks: false };
	}
	const third = text.charCodeAt(at + 2);
	return ESCAPED_SIGN.test(next) &&
		/[\w/=&?]/.test(before) &&
		(isAlnum(third) || third === Char.Slash || third === Char.Backslash)
		? { start: at, end: at + 2, read: next, marks: false }
		: undefined;
}

/** A character reference that was left in a text. */
function readEntity(text: string, at: number, previous: (offset: number) => string): Reading | undefined {
	ENTITY.lastIndex = at;
	const found = ENTITY.exec(text);
	if (found === null) return undefined;
	const [whole, decimal, hexadecimal, name] = found;
	const code = decimal !== undefined ? Number(decimal) : hexadecimal !== undefined ? parseInt(hexadecimal, 16) : 0;
	const read =
		name !== undefined
			? NAMED_ENTITIES[name.toLowerCase()]
			: code > 32 && code < 127
				? String.fromCharCode(code)
				: undefined;
	const end = at + whole.length;
	if (read === undefined) return undefined;
	if ((read === '.' || read === '@') && !(isEdge(previous(at)) && isEdge(text[end]))) return undefined;
	return { start: at, end, read, marks: false };
}

/** Whether labels with bullets between them end in a suffix that is no word of a menu. */
function isBulleted(text: string, at: number): boolean {
	BULLETED.lastIndex = at;
	const labels = BULLETED.exec(text)?.[0].split(/[\u00b7\u2022]/);
	return labels !== undefined && PLAIN_SUFFIXES.has(labels.at(-1)!.toLowerCase());
}

function isEdge(character: string | undefined): boolean {
	return character !== undefined && character !== '' && isLabelEdge(character.charCodeAt(0));
}

function isLatin(character: string | undefined): boolean {
	return character !== undefined && character !== '' && hostClass(character.charCodeAt(0)) === 1;
}

function readBracket(
	text: string,
	at: number,
	done: number,
	previous: (offset: number) => string,
): Reading | undefined {
	BRACKETED.lastIndex = at;
	const found = BRACKETED.exec(text);
	if (found === null) return text[at] === '[' ? readSquare(text, at, done, previous) : undefined;
	const [whole, dot, commercialAt, colon, slash, dash, middle, word, ending, opening] = found;
	const end = at + whole.length;
	const follows = text[end] ?? '';
	const reading = (read: string): Reading => ({ start: at, end, read, marks: true });

	if (dot !== undefined || commercialAt !== undefined) {
		if (dot?.toLowerCase() === 'd' && text[at] !== '[') return undefined;
		// `evil [.] example [.] com`: the blanks belong to the mark.
		let start = at;
		while (start > done && at - start < 2 && text[start - 1] === ' ') start--;
		let stop = end;
		while (stop - end < 2 && text[stop] === ' ') stop++;
		const spaced = start < at || stop > end;
		if (spaced && (dot === ',' || dot === 'd' || commercialAt?.toLowerCase() === 'a')) return undefined;
		// `evil[.]com[.] Next`: a full stop that was defanged with the rest.
		if (start === at && stop > end && text[end - 2] === '.' && text[at + 1] === '.') return undefined;
		if (!isEdge(previous(start)) || !(isEdge(text[stop]) || text[stop] === '[')) return undefined;
		return { start, end: stop, read: dot !== undefined ? '.' : '@', marks: true };
	}
	if (colon !== undefined) {
		const left = previous(at);
		// `[:][:]ffff` and `2001[:]db8[:][:]`: an IPv6 address may begin and end with its colons.
		const isFirst = (left === '' || hostClass(left.charCodeAt(0)) === 0) && LEADING_COLONS.test(text.slice(at, at + 8));
		const isLast = left === ':' && text[at - 1] === ']';
		if (!(isEdge(left) || left === ':' || left === ']' || isFirst)) return undefined;
		return isLast || /[\w:/\\[\s]/.test(follows) ? reading(colon) : undefined;
	}
	if (slash !== undefined) return /[\w:/]/.test(previous(at)) ? reading(slash) : undefined;
	if (dash !== undefined) return isEdge(previous(at)) && isEdge(follows) ? reading('-') : undefined;
	if (middle !== undefined)
		return previous(at).toLowerCase() === 'h' && follows.toLowerCase() === 'p' ? reading(middle) : undefined;
	if (ending !== undefined)
		return previous(at).toLowerCase() === 'p' && /[:[({]/.test(follows) ? reading(ending) : undefined;
	if (opening !== undefined) return isEdge(follows) ? reading(opening) : undefined;
	return /[:.[(]/.test(follows) ? reading(word ?? '') : undefined;
}

/** `evil[.example` and `evil.[com].example`. */
function readSquare(text: string, at: number, done: number, previous: (offset: number) => string): Reading | undefined {
	if (text[at + 1] === '.' && isEdge(previous(at)) && isEdge(text[at + 2]))
		return { start: at, end: at + 2, read: '.', marks: true };
	if (at > done && text[at - 1] === '.' && isEdge(previous(at - 1))) {
		BRACKETED_LABEL.lastIndex = at;
		const label = BRACKETED_LABEL.exec(text)?.[1];
		if (label !== undefined && isPublicSuffix(label))
			return { start: at, end: at + label.length + 2, read: label, marks: true };
	}
	return undefined;
}

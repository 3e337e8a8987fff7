import { INDICATOR_LIMITS } from '../../limits';
import type { Steps } from '../../steps';
import { INVISIBLE } from '../../text';
import { isPublicSuffix } from '../../values';
import { hostClass, isLabelEdge } from '../characters';

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

const BRACKETED =
	/[[({<]\s?(?:(\.|dot|d|punto|punkt|,)|(@|at|arroba)|(:\/\/|:)|(\/\/?)|(-)|(tt|xx)|(https?|hxxps?|www))\s?[\])}>]/iy;
const BRACKETED_LABEL = /\[([a-z]{2,24})\]/iy;
const LEADING_COLONS = /^\[:\]\[:\][0-9a-f]/i;
const STARS = /\*{1,2}(?=ps?[:[(])/iy;
const HIDDEN = new RegExp(`${INVISIBLE.source}+`, 'y');

/** Characters that marks begin with, and such that only hide. */
const SPECIAL = new Uint8Array(0x10000);
for (const character of '[({<]\\^*\u3002\u30FB\uFF0E\uFF0F\uFF1A\uFF20\uFF61\uFF65')
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

	constructor(original: string) {
		this.#original = original;
	}

	/** Reads on for some characters. True at the end of the text. */
	advance(characters: number): boolean {
		const original = this.#original;
		const stop = Math.min(original.length, this.#next + characters);
		while (this.#next < stop) {
			const at = nextSpecial(original, this.#next, stop);
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
		if (reading === undefined) return;
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
		case '\\':
		case '^':
			return text[at + 1] === '.' && isEdge(previous(at)) && isEdge(text[at + 2])
				? { start: at, end: at + 2, read: '.', marks: true }
				: undefined;
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
	const [whole, dot, commercialAt, colon, slash, dash, middle, word] = found;
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
		if (spaced && (dot === ',' || dot === 'd')) return undefined;
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

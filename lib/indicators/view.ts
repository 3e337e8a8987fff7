import { INVISIBLE } from '../text';
import { hostClass, isLabelEdge } from './characters';
import { isPublicSuffix } from './host';

/**
 * A text in which every defanging mark that stands between the right neighbours reads as what it stands for.
 * Offsets lead back to the text as it was written. Made in one pass, in linear time.
 */
export interface View {
	readonly text: string;
	/** Offset in the original text of an offset in the view. */
	originalAt(offset: number): number;
	/** Offset in the original text of the end of a span of the view. */
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
for (const character of '[({<]\\^*\u00AD\u3002\u30FB\uFEFF\uFF0E\uFF0F\uFF1A\uFF20\uFF61\uFF65')
	SPECIAL[character.charCodeAt(0)] = 1;
for (const [first, last] of [
	[0x200b, 0x200f],
	[0x202a, 0x202e],
	[0x2060, 0x2064],
	[0x2066, 0x2069],
] as const)
	SPECIAL.fill(1, first, last + 1);

/** The first special character from `from` on; the length of the text when there is none. */
function nextSpecial(text: string, from: number): number {
	let at = from;
	while (at < text.length && SPECIAL[text.charCodeAt(at)] === 0) at++;
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

export function viewOf(original: string): View {
	const first = nextSpecial(original, 0);
	if (first === original.length) return plainView(original);

	const pieces: string[] = [];
	// For every reading: where it ends in the view, and how much longer the original is up to there.
	const viewStarts: number[] = [];
	const viewEnds: number[] = [];
	const originalStarts: number[] = [];
	const originalEnds: number[] = [];
	const marked: number[] = [];
	let length = 0;
	let done = 0;
	let tail = '';
	let next = first;
	for (let at = first; at < original.length; at = nextSpecial(original, next)) {
		const reading = readAt(original, at, done, tail);
		next = at + 1;
		if (reading === undefined) continue;
		if (reading.start > done) {
			pieces.push(original.slice(done, reading.start));
			length += reading.start - done;
			tail = original[reading.start - 1]!;
		}
		viewStarts.push(length);
		originalStarts.push(reading.start);
		pieces.push(reading.read);
		if (reading.marks) marked.push(length);
		length += reading.read.length;
		viewEnds.push(length);
		originalEnds.push(reading.end);
		done = reading.end;
		if (reading.read !== '') tail = reading.read.slice(-1);
		next = done;
	}
	if (done === 0 && viewEnds.length === 0) return plainView(original);
	pieces.push(original.slice(done));

	const before = (offset: number): number => countUpTo(viewEnds, offset) - 1;
	return {
		text: pieces.join(''),
		originalAt(offset) {
			const index = before(offset);
			const next = index + 1;
			// Inside a reading that stands for several characters: its beginning.
			if (next < viewStarts.length && offset > viewStarts[next]!) return originalStarts[next]!;
			return index < 0 ? offset : originalEnds[index]! + (offset - viewEnds[index]!);
		},
		originalEnd(end) {
			const index = countUpTo(viewEnds, end - 1) - 1;
			const next = index + 1;
			if (next < viewStarts.length && end > viewStarts[next]!) return originalEnds[next]!;
			return index < 0 ? end : originalEnds[index]! + (end - viewEnds[index]!);
		},
		isDefanged(start, end) {
			const index = countUpTo(marked, start - 1);
			return index < marked.length && marked[index]! < end;
		},
	};
}

function plainView(text: string): View {
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

/** The mark at `at`, if its neighbours are right. `done` and `tail`: where the last reading ended and what it read last. */
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

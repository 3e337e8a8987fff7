import { PATTERN_LIMITS } from '../limits';
import type { PatternPosition } from './ast';
import { PatternSyntaxError } from './errors';

/** Words that the language keeps for itself, case-sensitive; quoted, they may be keys (`file:'AND'`). */
export const KEYWORDS = [
	'AND', 'OR', 'NOT', 'FOLLOWEDBY', 'LIKE', 'MATCHES', 'ISSUPERSET', 'ISSUBSET', 'EXISTS', 'LAST', 'IN',
	'START', 'STOP', 'SECONDS', 'WITHIN', 'REPEATS', 'TIMES',
] as const; // prettier-ignore

type Keyword = (typeof KEYWORDS)[number];
type Symbol = '[' | ']' | '(' | ')' | ':' | '.' | ',' | '*' | '=' | '!=' | '<' | '<=' | '>' | '>=';
type Constant = 'string' | 'integer' | 'float' | 'boolean' | 'hex' | 'binary' | 'timestamp';

export type TokenKind = Keyword | Symbol | Constant | 'word' | 'end';

const RESERVED: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
	...KEYWORDS.map((word): [string, TokenKind] => [word, word]),
	['true', 'boolean'],
	['false', 'boolean'],
]);

/** Whether a key may stand without quotes. */
export function isPlainKey(name: string): boolean {
	return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(name);
}

const BLANK = 1;
const LETTER = 2;
const DIGIT = 4;
const HYPHEN = 8;
/** Classes of the characters below U+0080; letters include `_`. */
const CLASSES = new Uint8Array(128);
for (const blank of '\t\n\v\f\r ') CLASSES[blank.charCodeAt(0)] = BLANK;
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_') CLASSES[letter.charCodeAt(0)] = LETTER;
for (const digit of '0123456789') CLASSES[digit.charCodeAt(0)] = DIGIT;
CLASSES['-'.charCodeAt(0)] = HYPHEN;

// The white space of the OASIS grammar above ASCII: U+200B and U+FEFF are not in it.
const WIDE_BLANKS: ReadonlySet<number> = new Set([
	0x85, 0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x2028,
	0x2029, 0x202f, 0x205f, 0x3000,
]);

const HEX = /^(?:[0-9A-Fa-f]{2})*$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/;
const TIMESTAMP =
	/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?Z$/;

/** Constants with a one-letter prefix: what must stand between their quotes. */
const PREFIXED: ReadonlyMap<string, { kind: Constant; form: RegExp; expected: string }> = new Map([
	['t', { kind: 'timestamp', form: TIMESTAMP, expected: "a timestamp such as t'2024-01-31T23:59:59.123Z'" }],
	['h', { kind: 'hex', form: HEX, expected: "pairs of hex digits such as h'0aff'" }],
	['b', { kind: 'binary', form: BASE64, expected: "padded base64 without white space such as b'YWJj'" }],
]);

const CR = 13;
const LF = 10;
const QUOTE = 39;
const BACKSLASH = 92;

/**
 * Reads the tokens of a pattern one by one; the current one is in the fields. Linear in the text.
 */
export class Lexer {
	kind: TokenKind = 'end';
	/** Where the current token starts and ends in the text. */
	start = 0;
	end = 0;
	/** Words, numbers: as written. Strings and prefixed constants: what they hold. */
	value = '';
	line = 1;
	column = 1;

	/** The line that `end` is on, and where it starts; a string or comment may span several. */
	#currentLine = 1;
	#lineStart = 0;
	/** Surrogate pairs of the current line up to `end`: they are one column, not two. */
	#pairs = 0;

	constructor(readonly text: string) {
		this.next();
	}

	/** The position of the current token. */
	get at(): PatternPosition {
		return { offset: this.start, line: this.line, column: this.column };
	}

	/**
	 * Moves to the next token.
	 *
	 * @throws PatternSyntaxError where there is none
	 */
	next(): void {
		this.#skipBlanks();
		this.#begin();
		const { text } = this;
		if (this.start >= text.length) {
			this.kind = 'end';
			this.value = '';
			return;
		}
		const code = text.charCodeAt(this.start);
		if (code === QUOTE) {
			this.kind = 'string';
			this.value = this.#quoted(this.start);
			return;
		}
		const kind = code < 128 ? CLASSES[code] : 0;
		if (kind === LETTER) return this.#word();
		if (kind === DIGIT) return this.#number();
		this.#symbol(code);
	}

	is(kind: TokenKind): boolean {
		return this.kind === kind;
	}

	/** Moves on when the current token is of that kind; tells whether it was. */
	accept(kind: TokenKind): boolean {
		if (this.kind !== kind) return false;
		this.next();
		return true;
	}

	/**
	 * Moves on when the current token is of that kind.
	 *
	 * @throws PatternSyntaxError `PATTERN_SYNTAX` otherwise
	 */
	take(kind: TokenKind, expected: readonly string[] = [`'${kind}'`]): void {
		if (!this.accept(kind)) this.fail(expected);
	}

	/** What the current token looks like in an error message. */
	describe(): string {
		if (this.kind === 'end') return 'the end of the pattern';
		const written = this.text.slice(this.start, Math.min(this.end, this.start + 60));
		return readable(written + (this.end > this.start + 60 ? '…' : ''));
	}

	/** @throws PatternSyntaxError `PATTERN_SYNTAX` at the current token */
	fail(expected: readonly string[], hint?: string): never {
		throw this.#error(this.at, `expected ${anyOf(expected)}, found ${this.describe()}`, expected, hint);
	}

	#error(at: PatternPosition, problem: string, expected: readonly string[] = [], hint?: string): PatternSyntaxError {
		return new PatternSyntaxError('PATTERN_SYNTAX', at, problem, { expected, ...(hint === undefined ? {} : { hint }) });
	}

	#begin(): void {
		this.start = this.end;
		this.line = this.#currentLine;
		this.column = this.end - this.#lineStart - this.#pairs + 1;
	}

	#skipBlanks(): void {
		const { text } = this;
		for (; this.end < text.length;) {
			const code = text.charCodeAt(this.end);
			if (code === 47) {
				if (!this.#skipComment()) return;
				continue;
			}
			if (code < 128 ? CLASSES[code] !== BLANK : !WIDE_BLANKS.has(code)) return;
			this.end++;
			this.#lineBreak(code);
		}
	}

	/** To be called after each character that may end a line, with `end` behind it. */
	#lineBreak(code: number): void {
		if (code !== LF && (code !== CR || this.text.charCodeAt(this.end) === LF)) return;
		this.#currentLine++;
		this.#lineStart = this.end;
		this.#pairs = 0;
	}

	#skipComment(): boolean {
		const { text } = this;
		const second = text[this.end + 1];
		if (second !== '/' && second !== '*') return false;
		this.#begin();
		const { at } = this;
		this.end += 2;
		for (; this.end < text.length;) {
			const code = text.charCodeAt(this.end);
			if (second === '/' && (code === LF || code === CR)) return true;
			if (second === '*' && code === 42 && text[this.end + 1] === '/') {
				this.end += 2;
				return true;
			}
			this.#advance(code);
		}
		if (second === '*') throw this.#error(at, "the comment that starts here has no end, expected '*/'", ["'*/'"]);
		return true;
	}

	/** One character of a string or comment. */
	#advance(code: number): void {
		this.end++;
		if (code === LF || code === CR) this.#lineBreak(code);
		else if (code >= 0xd800 && code < 0xdc00) {
			const low = this.text.charCodeAt(this.end);
			if (low >= 0xdc00 && low < 0xe000) {
				this.end++;
				this.#pairs++;
			}
		}
	}

	/** Reads the quoted string that starts at `open`; returns what it holds, without escapes. */
	#quoted(open: number): string {
		const { text } = this;
		let held = '';
		let from = open + 1;
		this.end = from;
		while (this.end < text.length) {
			const code = text.charCodeAt(this.end);
			if (code === QUOTE) {
				held += text.slice(from, this.end);
				this.end++;
				return held;
			}
			if (code === BACKSLASH) {
				const escaped = text.charCodeAt(this.end + 1);
				if (escaped !== QUOTE && escaped !== BACKSLASH) this.#failEscape();
				held += text.slice(from, this.end);
				from = this.end + 1;
				this.end += 2;
			} else this.#advance(code);
		}
		throw this.#error(this.at, "the string that starts here has no end, expected a closing '", ["'"]);
	}

	#failEscape(): never {
		this.#begin();
		throw this.#error(
			this.at,
			"expected \\' or \\\\ in the string, found another escape",
			["\\'", '\\\\'],
			ESCAPE_HINT,
		);
	}

	#word(): void {
		const { text } = this;
		let end = this.start + 1;
		for (; end < text.length; end++) {
			const code = text.charCodeAt(end);
			if (code >= 128 || ((CLASSES[code] ?? 0) & (LETTER | DIGIT | HYPHEN)) === 0) break;
		}
		this.end = end;
		this.value = text.slice(this.start, end);
		this.kind = RESERVED.get(this.value) ?? 'word';
		const prefixed = text.charCodeAt(end) === QUOTE ? PREFIXED.get(this.value) : undefined;
		if (prefixed === undefined) return;
		const { at } = this;
		const held = this.#quoted(end);
		// A string never follows a word, so that a constant which does not keep its form is an error for sure.
		if (!prefixed.form.test(held) || this.end - end !== held.length + 2) {
			throw this.#error(at, `expected ${prefixed.expected}, found ${this.describe()}`, [prefixed.expected]);
		}
		this.kind = prefixed.kind;
		this.value = held;
	}

	/** A number that starts with a digit, a sign or the point, from `start`. */
	#number(): void {
		const { text } = this;
		const sign = text[this.start] === '-' || text[this.start] === '+' ? 1 : 0;
		const digits = this.start + sign;
		this.end = this.#digitsFrom(digits);
		this.kind = 'integer';
		if (text[this.end] === '.') {
			const decimals = this.#digitsFrom(this.end + 1);
			if (decimals > this.end + 1) {
				this.end = decimals;
				this.kind = 'float';
			}
		}
		this.value = text.slice(this.start, this.end);
		if (this.end - digits > PATTERN_LIMITS.maxDigits) {
			throw this.#error(this.at, `a number of more than ${PATTERN_LIMITS.maxDigits} digits`);
		}
		if (this.kind === 'integer' && text[digits] === '0' && this.end > digits + 1) {
			throw this.#error(this.at, `expected a number without leading zeros, found ${this.describe()}`, [
				'a number without leading zeros',
			]);
		}
	}

	#digitsFrom(from: number): number {
		let end = from;
		while (end < this.text.length && CLASSES[this.text.charCodeAt(end)] === DIGIT) end++;
		return end;
	}

	#symbol(code: number): void {
		const { text } = this;
		const character = String.fromCharCode(code);
		const pair = character + (text[this.start + 1] ?? '');
		const digitBehind = (from: number): boolean => CLASSES[text.charCodeAt(from)] === DIGIT;
		if (character === '.' && digitBehind(this.start + 1)) return this.#number();
		if (character === '-' || character === '+') {
			const point = text[this.start + 1] === '.' ? 1 : 0;
			if (digitBehind(this.start + 1 + point)) return this.#number();
		}
		const kind = PAIRS[pair] ?? SINGLES[character];
		if (kind === undefined) {
			this.end = this.start + (text.codePointAt(this.start)! > 0xffff ? 2 : 1);
			throw this.#error(this.at, `unexpected character ${this.describe()}`, [], HINTS[character]);
		}
		this.end = this.start + (pair in PAIRS ? 2 : 1);
		this.kind = kind;
		this.value = '';
	}
}

const PAIRS: Readonly<Record<string, TokenKind>> = { '==': '=', '!=': '!=', '<>': '!=', '<=': '<=', '>=': '>=' };
const SINGLES: Readonly<Record<string, TokenKind>> = {
	'[': '[', ']': ']', '(': '(', ')': ')', ':': ':', '.': '.', ',': ',', '*': '*', '=': '=', '<': '<', '>': '>',
}; // prettier-ignore

const ESCAPE_HINT =
	"A string can only contain the escapes \\' and \\\\; write the dot of a regular expression as '\\\\.'.";
const HINTS: Readonly<Record<string, string>> = {
	'"': "Put strings in single quotes: 'text'.",
	'`': "Put strings in single quotes: 'text'.",
	'\u2018': "Put strings in straight single quotes: 'text'.",
	'\u2019': "Put strings in straight single quotes: 'text'.",
	'-': "Put a key with a hyphen in quotes: hashes.'SHA-256'.",
	'\ufeff': 'Remove the byte order mark.',
	'\u200b': 'Remove the zero-width space.',
};

/** `a, b or c`. */
function anyOf(expected: readonly string[]): string {
	return expected.length < 2 ? (expected[0] ?? '') : `${expected.slice(0, -1).join(', ')} or ${expected.at(-1)}`;
}

/** In quotes, with what cannot be seen as \u escapes. */
function readable(text: string): string {
	const visible = text.replace(/[\p{C}\p{Z}]/gu, (c) => (c === ' ' ? c : `\\u{${c.codePointAt(0)!.toString(16)}}`));
	return `'${visible}'`;
}

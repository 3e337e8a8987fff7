/*
 * Literals of scripts that are written in pieces, put together again: `"ht" + "tps://…"`, `a += "…"`, lists that are joined, strings that
 * are turned around, escapes. Read, never run.
 */

import { INDICATOR_LIMITS } from '../../limits';
import type { Steps } from '../../steps';

/** Whether there is anything to put together, or an escape to read. */
const MAY_BE_FOLDED = /["'`\]]\s{0,8}(?:\/\*|[+&.])|[+&]=|[+&]\s{0,8}["'`]|\\(?:x[0-9a-f]|u[0-9a-f{]|[0-7]|\/)/i;
/** `.split("").reverse().join("")` behind a string. */
const TURNED =
	/\s{0,8}\.\s{0,8}split\(\s{0,8}(["'`])\1\s{0,8}\)\s{0,8}\.\s{0,8}reverse\(\s{0,8}\)\s{0,8}\.\s{0,8}join\(\s{0,8}(["'`])\2\s{0,8}\)/y;
const JOINED = /\s{0,8}\.\s{0,8}join\(\s{0,8}(["'`])\1\s{0,8}\)/y;
const NAME = /[A-Za-z_$][\w$]*/y;
const BLANKS = /\s+/y;
const NUMBER = /\d{1,15}(?![\w.])/y;
/** What makes another value of a name. */
const CHANGED = /(?:[-*/%|^]|\|\||\?\?|&&|\*\*)=(?!=)|--|\+\+/y;
/** Behind these signs, the value of a name is what stood before: nothing is made of it. */
const ENDS_VALUE = /[;,)}\]:]/;
/** Operators that are words. */
const OPERATORS: ReadonlySet<string> = new Set(['in', 'instanceof', 'of', 'and', 'or', 'if', 'else']);
/** Characters that all values together may have, for each one of the script: pieces that are put together again and again grow. */
const MOST_GROWTH = 4;
/** Names in one bracket that are looked at. */
const MOST_PARAMETERS = 50;
/** Names whose value is remembered. */
const MOST_NAMES = 10_000;
/** Stands for a piece that is not known; no host goes on behind it. */
const UNKNOWN = '\ufffd';
/** What a host may go on from, and with. */
const ENDS_OPEN = /[\w.-]$/;
const BEGINS_OPEN = /^[\w.-]/;

/** A script with each of its literals in one piece, as it is made a piece at a time. */
export function* withWholeLiterals(code: string): Steps<string, never[]> {
	return MAY_BE_FOLDED.test(code) ? yield* new Folding(code).fold() : code;
}

/** Pieces with nothing but plus signs, comments and blanks between them. */
interface Chain {
	start: number;
	end: number;
	pieces: string[];
	/** Other than as it is written. */
	isMade: boolean;
	/** A plus sign was read behind the last piece. */
	goesOn: boolean;
	/** The name that it is given, and whether it is put behind what that had. */
	target: { name: string; isAppended: boolean } | undefined;
	/** Where its last piece comes from. */
	variable: Variable | undefined;
}

interface Variable {
	/** Its value, in pieces: many scripts add one letter after the other. */
	parts: string[];
	length: number;
	/** The piece of the output that has its value. */
	piece: number | undefined;
	/** It was put together from several statements, and is told at the end. */
	isAppended: boolean;
}

class Folding {
	readonly #code: string;
	readonly #out: string[] = [];
	/** As far as the script is in the output. */
	#copied = 0;
	#chain: Chain | undefined;
	/** The name that was read last, when nothing but an equals sign may follow it. */
	#name: { text: string; start: number; end: number } | undefined;
	#target: { name: string; isAppended: boolean } | undefined;
	/** The chain before ended in the middle of what may be a host. */
	#isOpen = false;
	/** The last sign was a plus sign. */
	#isAdded = false;
	readonly #variables = new Map<string, Variable>();
	#room: number;
	/** The names that are read are those of parameters. */
	#isParameters = false;
	/** Names since the last bracket, which may turn out to be parameters. */
	#sinceBracket: string[] = [];

	constructor(code: string) {
		this.#code = code;
		this.#room = MOST_GROWTH * code.length;
	}

	*fold(): Steps<string, never[]> {
		const code = this.#code;
		// Looked for once: behind where there is none, there is none.
		let lastTemplate = code.length;
		let lastComment = code.length;
		let step = INDICATOR_LIMITS.pieceCharacters;
		for (let at = 0; at < code.length;) {
			if (at > step) {
				step = at + INDICATOR_LIMITS.pieceCharacters;
				yield [];
			}
			const sign = code[at]!;
			if (sign === '\\') {
				at += 2;
				continue;
			}
			if (sign === '"' || sign === "'" || (sign === '`' && at < lastTemplate)) {
				const end = literalEnd(code, at, sign);
				if (end !== undefined) {
					at = this.#literal(at, end + 1);
					continue;
				}
				this.#endChain();
				if (sign === '`') lastTemplate = at;
				// What is no string to the end of its line is none.
				else at = lineEnd(code, at);
			} else if (sign === '/' && code[at + 1] === '*' && at < lastComment) {
				const end = code.indexOf('*/', at + 2);
				if (end < 0) lastComment = at;
				else at = end + 2;
				continue;
			} else if (sign === '/' && code[at + 1] === '/') {
				at = lineEnd(code, at);
				continue;
			}
			BLANKS.lastIndex = at;
			if (BLANKS.test(code)) {
				at = BLANKS.lastIndex;
				continue;
			}
			if (this.#chain?.goesOn === true) {
				NUMBER.lastIndex = at;
				const [digits] = NUMBER.exec(code) ?? [];
				if (digits !== undefined) {
					this.#piece(digits, at, (at += digits.length), true);
					continue;
				}
			}
			NAME.lastIndex = at;
			if (NAME.test(code)) {
				const end = NAME.lastIndex;
				this.#named(at, end);
				at = end;
				continue;
			}
			at = this.#sign(at, sign);
		}
		this.#endChain();
		this.#dropTarget();
		this.#out.push(code.slice(this.#copied));
		for (const variable of this.#variables.values()) this.#tell(variable);
		return this.#out.join('');
	}

	#literal(start: number, end: number): number {
		const written = this.#code.slice(start + 1, end - 1);
		const value = unescapedLiteral(written);
		TURNED.lastIndex = end;
		const isTurned = TURNED.test(this.#code);
		const stop = isTurned ? TURNED.lastIndex : end;
		this.#piece(isTurned ? [...value].reverse().join('') : value, start, stop, isTurned || value !== written);
		return stop;
	}

	#named(start: number, end: number): void {
		// A member is none of the names that stand alone.
		const from = this.#code[start - 1] === '.' ? start - 1 : start;
		const text = this.#code.slice(from, end);
		const chain = this.#chain;
		// The line goes on, in Basic.
		if (text === '_' && (chain?.goesOn === true || this.#target !== undefined)) return;
		if (text === 'function') this.#isParameters = true;
		else if (this.#isParameters) this.#forget(text);
		if (this.#sinceBracket.length < MOST_PARAMETERS) this.#sinceBracket.push(text);
		const known = this.#variables.get(text);
		if (chain?.goesOn === true) {
			if (known === undefined) this.#endChain(false);
			else this.#piece(this.#valueOf(known), start, end, true, known);
		} else {
			this.#endChain(!OPERATORS.has(text));
			// A statement without a sign at its end.
			if (this.#name !== undefined) this.#dropTarget(this.#name.text);
			this.#name = { text, start, end };
		}
		this.#isAdded = false;
	}

	/** Any other sign. Returns where to go on. */
	#sign(at: number, sign: string): number {
		const next = this.#code[at + 1];
		const name = this.#name;
		this.#name = undefined;
		const isPlus = sign === '+' || sign === '&';
		CHANGED.lastIndex = at;
		if (name !== undefined && CHANGED.test(this.#code)) {
			this.#forget(name.text);
			this.#target = undefined;
			this.#isAdded = false;
			return CHANGED.lastIndex;
		}
		if (isPlus && next === '=') {
			this.#endChain(false);
			this.#dropTarget();
			if (name !== undefined) this.#target = { name: name.text, isAppended: true };
			this.#isAdded = true;
			return at + 2;
		}
		if (isPlus && next !== sign) {
			const known = name === undefined ? undefined : this.#variables.get(name.text);
			if (known === undefined && name !== undefined && this.#target !== undefined) {
				// It begins with what is not known.
				if (this.#target.isAppended) this.#piece(UNKNOWN, name.start, name.end, true);
				else this.#dropTarget();
			}
			if (known !== undefined) this.#piece(this.#valueOf(known), name!.start, name!.end, true, known);
			if (this.#chain !== undefined) this.#chain.goesOn = true;
			this.#isAdded = true;
			return at + 1;
		}
		this.#endChain(ENDS_VALUE.test(sign));
		this.#isAdded = false;
		if (isPlus) return at + 2;
		if (sign === '(') this.#sinceBracket = [];
		else if (sign === ')') this.#isParameters = false;
		if (sign === '=' && next === '>') {
			for (const parameter of this.#sinceBracket) this.#forget(parameter);
			this.#target = undefined;
			return at + 2;
		}
		if (sign === '=' && next !== '=' && name !== undefined) {
			this.#dropTarget();
			this.#target = { name: name.text, isAppended: false };
		} else if (sign !== '(' || name !== undefined) {
			// `a = b;` gives what b has.
			this.#dropTarget(ENDS_VALUE.test(sign) ? name?.text : undefined);
		}
		if (/[,:;?{}]/.test(sign)) this.#isOpen = false;
		return sign === '[' ? this.#list(at) : at + 1;
	}

	/** What a name is given is not known, or is what another name has. */
	#dropTarget(other?: string): void {
		const target = this.#target;
		if (target === undefined) return;
		this.#target = undefined;
		const known = other === undefined ? undefined : this.#variables.get(other);
		const value = known === undefined ? UNKNOWN : this.#valueOf(known);
		if (target.isAppended) this.#append(target.name, value);
		else {
			this.#forget(target.name);
			if (value !== UNKNOWN)
				this.#remember(target.name, { parts: [value], length: value.length, piece: undefined, isAppended: false });
		}
	}

	#append(name: string, value: string): void {
		const before = this.#variables.get(name);
		const whole = before ?? { parts: [UNKNOWN], length: 1, piece: undefined, isAppended: true };
		if (whole.piece !== undefined) this.#out[whole.piece] = '""';
		whole.parts.push(value);
		whole.length += value.length;
		whole.piece = undefined;
		whole.isAppended = true;
		if (before === undefined) this.#remember(name, whole);
	}

	#forget(name: string): void {
		const variable = this.#variables.get(name);
		if (variable === undefined) return;
		this.#tell(variable);
		this.#variables.delete(name);
	}

	/** A list of literals that are joined. */
	#list(start: number): number {
		const code = this.#code;
		const pieces: string[] = [];
		let at = start + 1;
		for (;;) {
			while (/\s/.test(code[at] ?? '')) at++;
			const quote = code[at];
			const end = quote === '"' || quote === "'" ? literalEnd(code, at, quote) : undefined;
			if (end === undefined) return start + 1;
			pieces.push(unescapedLiteral(code.slice(at + 1, end)));
			at = end + 1;
			while (/\s/.test(code[at] ?? '')) at++;
			if (code[at] === ']') break;
			if (code[at] !== ',') return start + 1;
			at++;
		}
		JOINED.lastIndex = at + 1;
		if (!JOINED.test(code)) return start + 1;
		const end = JOINED.lastIndex;
		this.#piece(pieces.join(''), start, end, true);
		return end;
	}

	#piece(text: string, start: number, end: number, isMade: boolean, variable?: Variable): void {
		this.#name = undefined;
		const chain = this.#chain;
		if (chain?.goesOn === true) {
			if (chain.variable !== undefined) this.#use(chain.variable, text);
			chain.variable = variable;
			chain.pieces.push(text);
			chain.end = end;
			chain.isMade = true;
			chain.goesOn = false;
		} else {
			this.#endChain();
			// Behind what is not known, and that behind a part of a host.
			const isBroken = this.#isAdded && this.#isOpen && this.#target === undefined;
			this.#chain = {
				start,
				end,
				pieces: isBroken ? [UNKNOWN, text] : [text],
				isMade: isMade || isBroken,
				goesOn: false,
				target: this.#target,
				variable,
			};
			this.#target = undefined;
		}
		this.#isAdded = false;
	}

	/** `isWhole`: nothing is made of it but what it is. */
	#endChain(isWhole = true): void {
		const chain = this.#chain;
		if (chain === undefined) return;
		this.#name = undefined;
		this.#chain = undefined;
		const { start, end, target } = chain;
		const value = chain.pieces.join('');
		this.#isOpen = ENDS_OPEN.test(value.slice(-1));
		const isKnown = isWhole && !chain.goesOn;
		if (target?.isAppended === true) {
			this.#put(start, end, '""');
			this.#append(target.name, isKnown ? value : value + UNKNOWN);
			return;
		}
		const piece = chain.isMade ? this.#put(start, end, quoted(value)) : this.#put(start, end);
		if (target === undefined) return;
		this.#forget(target.name);
		if (isKnown) this.#remember(target.name, { parts: [value], length: value.length, piece, isAppended: false });
	}

	/** Unknown, when all that was put together is too long already. */
	#valueOf({ parts, length }: Variable): string {
		if (length > this.#room) return UNKNOWN;
		this.#room -= length;
		return parts.join('');
	}

	#remember(name: string, variable: Variable): void {
		if (this.#variables.size < MOST_NAMES || this.#variables.has(name)) this.#variables.set(name, variable);
		else this.#tell(variable);
	}

	/** A value that goes on elsewhere is not told as if it ended where it does. */
	#use({ piece, parts }: Variable, next: string): void {
		if (piece !== undefined && ENDS_OPEN.test(parts.at(-1)!.slice(-1)) && BEGINS_OPEN.test(next))
			this.#out[piece] = '""';
	}

	#tell({ parts, isAppended }: Variable): void {
		if (isAppended) this.#out.push(`\n${quoted(parts.join(''))}\n`);
	}

	/** Returns which piece of the output it is. */
	#put(start: number, end: number, text = this.#code.slice(start, end)): number {
		this.#out.push(this.#code.slice(this.#copied, start), text);
		this.#copied = end;
		return this.#out.length - 1;
	}
}

const quoted = (value: string): string => `"${value.replaceAll('"', "'")}"`;

/** Where the quote stands that closes the one at `from`; undefined when none does, before the end of its line for all but templates. */
function literalEnd(code: string, from: number, quote: string): number | undefined {
	for (let at = from + 1; at < code.length; at++) {
		const sign = code[at];
		if (sign === quote) return at;
		if (sign === '\\') at++;
		else if (sign === '\n' && quote !== '`') return undefined;
	}
	return undefined;
}

function lineEnd(code: string, from: number): number {
	const at = code.indexOf('\n', from);
	return at < 0 ? code.length : at;
}

const ESCAPE = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]{1,6})\}|([0-3]?[0-7]{1,2})|([^a-z0-9]))/gi;

/** What its escapes stand for; those of line breaks and the like stay, for they are none in every language. */
function unescapedLiteral(written: string): string {
	if (!written.includes('\\')) return written;
	return written.replace(
		ESCAPE,
		(
			whole,
			hex: string | undefined,
			unit: string | undefined,
			point: string | undefined,
			octal: string | undefined,
			sign: string | undefined,
		) => {
			if (sign !== undefined) return sign === '\n' ? '' : sign;
			const code = octal === undefined ? parseInt((hex ?? unit ?? point)!, 16) : parseInt(octal, 8);
			return code < 0x110000 ? String.fromCodePoint(code) : whole;
		},
	);
}

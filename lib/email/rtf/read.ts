import { charsetOfCodePage, charsetOfFont, decodeCharset } from '../header';
import { wellFormed } from '../../text';

/** What stands in a document in RTF. */
export interface RtfText {
	/** `html` when Outlook packed an HTML document into it (MS-OXRTFEX), which is given as it was; else its text. */
	kind: 'html' | 'text';
	text: string;
	/** Addresses of its hyperlinks, which no text shows. Those of HTML stand in it. */
	links: string[];
	/** More came out than was asked for, or groups lay too deep: the rest was left out. */
	cut: boolean;
}

/** How a document in RTF is read. */
export interface RtfOptions {
	/** Characters that may come out, links included. */
	maxLength: number;
	/** Charset of its bytes, where it names none. */
	charset?: string | undefined;
}

/** Groups inside of each other: real documents have some 20. */
const MAX_DEPTH = 500;

/** What a group inherits from the one around it, and forgets when it ends. */
interface Group {
	/** Nothing in it is text of the document. */
	isSkipped: boolean;
	/** It stands in for HTML that is there as well (`\htmlrtf`). */
	isDouble: boolean;
	/** It is HTML, as it was. */
	isTag: boolean;
	/** It says what a field is: where its hyperlink leads. */
	isInstruction: boolean;
	isFontTable: boolean;
	font: number;
	/** Characters that stand in for one in Unicode, for those who do not know it. */
	substitutes: number;
}

/** Parts of a document that are no text of it. */
const DESTINATIONS = new Set([
	'colortbl', 'stylesheet', 'info', 'pict', 'header', 'headerl', 'headerr', 'headerf', 'footer', 'footerl', 'footerr', 'footerf', 'filetbl',
	'listtables', 'revtbl', 'themedata', 'colorschememapping', 'datastore', 'latentstyles', 'generator', 'xmlnstbl', 'mhtmltag', 'objdata', 'objclass', 'objname',
]); // prettier-ignore
/** Words that stand for characters. */
const CHARACTERS: ReadonlyMap<string, string> = new Map([
	['par', '\n'],
	['line', '\n'],
	['sect', '\n'],
	['page', '\n'],
	['row', '\n'],
	['tab', '\t'],
	['cell', '\t'],
	['lquote', '\u2018'],
	['rquote', '\u2019'],
	['ldblquote', '\u201c'],
	['rdblquote', '\u201d'],
	['bullet', '\u2022'],
	['endash', '\u2013'],
	['emdash', '\u2014'],
	['emspace', '\u2003'],
	['enspace', '\u2002'],
	['qmspace', '\u2005'],
	['zwj', '\u200d'],
	['zwnj', '\u200c'],
]);

/** Whether bytes begin as those of a document in RTF. */
export const isRtf = (bytes: Buffer): boolean => /^\s{0,20}\{\\rt/.test(bytes.toString('latin1', 0, 32));

/**
 * Reads a document in RTF: the HTML that Outlook put into it, or its text and hyperlinks. One pass; pictures, objects, styles and
 * what is unknown and may be ignored are passed over. Undefined when it is none.
 */
export function readRtf(bytes: Buffer, options: RtfOptions): RtfText | undefined {
	return isRtf(bytes) ? new Reader(bytes, options).read() : undefined;
}

class Reader {
	readonly #bytes: Buffer;
	readonly #options: RtfOptions;
	readonly #groups: Group[] = [];
	/** Groups that are deeper than any is kept for. */
	#tooDeep = 0;
	#wasTooDeep = false;
	#group: Group = {
		isSkipped: false,
		isDouble: false,
		isTag: false,
		isInstruction: false,
		isFontTable: false,
		font: -1,
		substitutes: 1,
	};
	#isHtml = false;
	#charset: string | undefined;
	#font = -1;
	readonly #fonts = new Map<number, string>();
	readonly #output: string[] = [];
	readonly #links: string[] = [];
	#instruction = '';
	#length = 0;
	#isCut = false;
	/** Bytes of characters that wait for the rest of them. */
	#run: number[] = [];
	/** Substitutes still to be passed over. */
	#passOver = 0;
	/** The next word names what may be ignored. */
	#mayIgnore = false;

	constructor(bytes: Buffer, options: RtfOptions) {
		this.#bytes = bytes;
		this.#options = options;
		this.#charset = options.charset;
	}

	read(): RtfText {
		const { length } = this.#bytes;
		for (let at = 0; at < length && !this.#isCut;) at = this.#step(at);
		this.#flush();
		this.#endInstruction();
		return {
			kind: this.#isHtml ? 'html' : 'text',
			text: wellFormed(this.#output.join('')),
			links: this.#links,
			cut: this.#isCut || this.#wasTooDeep,
		};
	}

	/** Reads what stands at an offset; gives the next one. */
	#step(at: number): number {
		const byte = this.#bytes[at]!;
		if (byte === 0x7b) {
			this.#open();
			return at + 1;
		}
		if (byte === 0x7d) {
			this.#close();
			return at + 1;
		}
		if (byte === 0x5c) return this.#control(at + 1);
		// Line ends are for those who look at the file.
		if (byte !== 0x0d && byte !== 0x0a) this.#byte(byte);
		return at + 1;
	}

	#open(): void {
		this.#flush();
		this.#passOver = 0;
		this.#mayIgnore = false;
		if (this.#groups.length >= MAX_DEPTH) {
			this.#tooDeep++;
			this.#wasTooDeep = true;
			return;
		}
		this.#groups.push(this.#group);
		this.#group = { ...this.#group };
	}

	#close(): void {
		this.#flush();
		this.#passOver = 0;
		if (this.#tooDeep > 0) {
			this.#tooDeep--;
			return;
		}
		const outer = this.#groups.pop();
		if (outer === undefined) return;
		if (this.#group.isInstruction && !outer.isInstruction) this.#endInstruction();
		this.#group = outer;
	}

	/** What follows a backslash. */
	#control(at: number): number {
		const byte = this.#bytes[at];
		if (byte === undefined) return at;
		if (!isLetter(byte)) return this.#symbol(byte, at + 1);
		let end = at + 1;
		while (end < this.#bytes.length && end - at < 32 && isLetter(this.#bytes[end]!)) end++;
		const word = this.#bytes.toString('latin1', at, end);
		const first = end;
		if (this.#bytes[end] === 0x2d) end++;
		while (end < this.#bytes.length && end - first < 12 && isDigit(this.#bytes[end]!)) end++;
		const number = end > first ? Number(this.#bytes.toString('latin1', first, end)) : Number.NaN;
		// A blank ends the word, and is part of it.
		const next = this.#bytes[end] === 0x20 ? end + 1 : end;
		if (word === 'bin') return next + Math.max(0, number || 0);
		this.#word(word, Number.isNaN(number) ? undefined : number);
		return next;
	}

	#symbol(byte: number, next: number): number {
		switch (byte) {
			case 0x27: {
				// \'hh: one byte of a character.
				const code = Number.parseInt(this.#bytes.toString('latin1', next, next + 2), 16);
				if (!Number.isNaN(code)) this.#byte(code);
				return Math.min(next + 2, this.#bytes.length);
			}
			case 0x2a:
				this.#mayIgnore = true;
				break;
			case 0x7e:
				this.#character(this.#isHtml ? '&nbsp;' : '\u00a0');
				break;
			case 0x5f:
				this.#character(this.#isHtml ? '&shy;' : '-');
				break;
			case 0x0d:
			case 0x0a:
				this.#character('\n');
				break;
			case 0x5c:
			case 0x7b:
			case 0x7d:
				this.#byte(byte);
				break;
			default:
		}
		return next;
	}

	#word(word: string, number: number | undefined): void {
		const group = this.#group;
		const mayIgnore = this.#mayIgnore;
		this.#mayIgnore = false;
		if (this.#tooDeep > 0) return;
		const character = CHARACTERS.get(word);
		if (character !== undefined) {
			this.#character(character);
			return;
		}
		switch (word) {
			case 'u':
				if (number !== undefined) {
					this.#character(String.fromCharCode(number & 0xffff));
					this.#passOver = group.substitutes;
				}
				return;
			case 'uc':
				group.substitutes = Math.min(Math.max(number ?? 1, 0), 32);
				return;
			case 'htmltag':
				this.#flush();
				group.isTag = true;
				return;
			case 'htmlrtf':
				this.#flush();
				group.isDouble = number !== 0;
				return;
			case 'fromhtml':
				this.#isHtml = number !== 0;
				return;
			case 'ansicpg':
				this.#charset = charsetOfCodePage(number ?? 0) ?? this.#charset;
				return;
			case 'f':
				this.#flush();
				if (group.isFontTable) this.#font = number ?? -1;
				else group.font = number ?? -1;
				return;
			case 'fcharset': {
				const name = group.isFontTable ? charsetOfFont(number ?? 0) : undefined;
				if (name !== undefined && this.#fonts.size < 1_000) this.#fonts.set(this.#font, name);
				return;
			}
			case 'plain':
				this.#flush();
				group.font = -1;
				return;
			case 'fonttbl':
				group.isFontTable = true;
				group.isSkipped = true;
				return;
			case 'fldinst':
				this.#flush();
				group.isInstruction = true;
				return;
			default:
				if (mayIgnore || DESTINATIONS.has(word)) {
					this.#flush();
					group.isSkipped = true;
				}
		}
	}

	// --- what comes out ---

	#byte(byte: number): void {
		this.#mayIgnore = false;
		if (this.#passOver > 0) this.#passOver--;
		else if (this.#isShown()) {
			this.#run.push(byte);
			if (this.#run.length >= 4_096 && byte < 0x80) this.#flush();
		}
	}

	#character(text: string): void {
		this.#flush();
		if (this.#isShown()) this.#put(text);
	}

	#isShown(): boolean {
		const { isSkipped, isDouble, isTag } = this.#group;
		return this.#tooDeep === 0 && !isSkipped && (isTag || !isDouble);
	}

	#flush(): void {
		if (this.#run.length === 0) return;
		const bytes = Buffer.from(this.#run);
		const isAscii = this.#run.every((byte) => byte < 0x80);
		this.#run = [];
		this.#put(
			isAscii
				? bytes.toString('latin1')
				: decodeCharset(bytes, this.#fonts.get(this.#group.font) ?? this.#charset ?? 'windows-1252'),
		);
	}

	#put(text: string): void {
		if (this.#length + text.length > this.#options.maxLength) {
			this.#isCut = true;
			return;
		}
		this.#length += text.length;
		if (this.#group.isInstruction) this.#instruction += text;
		else this.#output.push(text);
	}

	/** `HYPERLINK "https://…"`, with switches before and behind the address; some of those have a text of their own. */
	#endInstruction(): void {
		const instruction = this.#instruction.trim();
		this.#instruction = '';
		if (!/^HYPERLINK\s/i.test(instruction)) return;
		const rest = instruction
			.slice('HYPERLINK'.length)
			.replace(/\\[lot]\s*"[^"]*"/gi, '')
			.replace(/\\[a-z]\b/gi, '')
			.trim();
		// A switch may be lost for a control word: of several, the one that has a scheme.
		const quoted = [...rest.matchAll(/"([^"]*)"/g)].map(([, text = '']) => text);
		const target =
			quoted.find((text) => /^[a-z][a-z0-9+.-]{1,15}:/i.test(text)) ??
			/^"([^"]*)"/.exec(rest)?.[1] ??
			/^[^"\s]+/.exec(rest)?.[0];
		if (target !== undefined && target !== '') this.#links.push(target);
	}
}

const isLetter = (byte: number): boolean => (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a);
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

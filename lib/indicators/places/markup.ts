import { INDICATOR_LIMITS } from '../../limits';
import type { Steps } from '../../steps';
import { Char, isLetter } from '../characters';
import { Spans } from './spans';

/** Told what a document consists of, in its order. Names are in lower case; the rest are spans of the document. */
export interface MarkupHandler {
	/** `encoded`: character references in it count. A long text comes in pieces, no reference in two. */
	text(start: number, end: number, encoded: boolean): void;
	openTag(name: string): void;
	/** An attribute of the tag that was opened last, and its value, without its quotes. */
	attribute(name: string, valueStart: number, valueEnd: number): void;
	/** `end`: where its `>` stands. */
	openTagEnd(end: number): void;
	closeTag(name: string): void;
	/** What there is to do in it, if anything, is done before the document goes on. */
	comment(start: number, end: number): Steps<void, never[]> | undefined;
}

/** Elements that hold nothing but text: whether character references in it count, and whether anything ends it. */
const TEXT_ONLY: ReadonlyMap<string, { encoded: boolean; ends: boolean }> = new Map([
	['iframe', { encoded: false, ends: true }],
	['noembed', { encoded: false, ends: true }],
	['noframes', { encoded: false, ends: true }],
	['plaintext', { encoded: false, ends: false }],
	['script', { encoded: false, ends: true }],
	['style', { encoded: false, ends: true }],
	['textarea', { encoded: true, ends: true }],
	['title', { encoded: true, ends: true }],
	['xmp', { encoded: false, ends: true }],
]);
const MOST_NAME = 40;
/** A document has few names of tags and attributes, many times. */
type Names = Spans<string>;
const COMMENT_END = /--!?>/g;

/**
 * Cuts HTML into tags, text and comments as browsers do (WHATWG HTML section 13.2.5), whatever it is, a piece at a time. A tag without
 * an end is none. One pass in linear time, in leaps from one character that matters to the next: most of a mail is style.
 */
export function* readMarkup(html: string, handler: MarkupHandler): Steps<void, never[]> {
	const reader = new MarkupReader(html, handler);
	while (!reader.isDone) {
		const inComment = reader.advance(INDICATOR_LIMITS.pieceCharacters);
		if (inComment !== undefined) yield* inComment;
		yield [];
	}
}

/** An element that holds text only, and from where on its end is looked for. */
interface TextElement {
	name: string;
	encoded: boolean;
	ends: boolean;
	searched: number;
}

class MarkupReader {
	readonly #html: string;
	readonly #handler: MarkupHandler;
	#at = 0;
	/** The next `<`, which is looked for once. */
	#opening = -1;
	/** Name of the tag that is being read. */
	#tag: string | undefined;
	#element: TextElement | undefined;
	#inComment: Steps<void, never[]> | undefined;
	readonly #names: Names = new Spans<string>();

	constructor(html: string, handler: MarkupHandler) {
		this.#html = html;
		this.#handler = handler;
	}

	get isDone(): boolean {
		return this.#at >= this.#html.length;
	}

	/** Reads on for some characters, or to a comment with something to do in it, which it gives. */
	advance(characters: number): Steps<void, never[]> | undefined {
		const stop = Math.min(this.#html.length, this.#at + characters);
		this.#inComment = undefined;
		let at = this.#at;
		while (at < stop && this.#inComment === undefined) {
			if (this.#tag !== undefined) at = this.#readTag(this.#tag, at, stop);
			else if (this.#element !== undefined) at = this.#readElement(this.#element, at, stop);
			else at = this.#readContent(at, stop);
		}
		this.#at = at;
		return this.#inComment;
	}

	/** Text, and what comes behind it. */
	#readContent(from: number, stop: number): number {
		const html = this.#html;
		const sign = this.#nextOpening(from, stop);
		if (sign > from) {
			const end = this.#readText(from, sign, true);
			if (end < sign) return end;
		}
		if (sign >= stop) return sign;
		const next = html.charCodeAt(sign + 1);
		if (isLetter(next)) {
			const nameStop = nameEnd(html, sign + 1);
			this.#tag = nameOf(html, sign + 1, nameStop, this.#names);
			this.#handler.openTag(this.#tag);
			return this.#readTag(this.#tag, nameStop, stop);
		}
		if (next === Char.Slash) return readClosing(html, sign + 2, this.#handler, this.#names);
		if (!html.startsWith('!--', sign + 1)) return declarationEnd(html, sign + 1);
		return this.#readComment(sign + 4);
	}

	/** The next `<` that opens something, or the first one from `stop` on; the end of the document when there is none. */
	#nextOpening(from: number, stop: number): number {
		const html = this.#html;
		let sign = this.#opening >= from ? this.#opening : html.indexOf('<', from);
		while (sign >= 0 && sign < stop && !opensSomething(html, sign)) sign = html.indexOf('<', sign + 1);
		return (this.#opening = sign < 0 ? html.length : sign);
	}

	/** A text, or as much of it as makes a piece. Returns its end. */
	#readText(start: number, end: number, encoded: boolean): number {
		const stop = end - start > INDICATOR_LIMITS.pieceCharacters ? cutOfText(this.#html, start) : end;
		this.#handler.text(start, stop, encoded);
		return stop;
	}

	/** Attributes, as many as there are before `stop`, and the end of the tag. */
	#readTag(name: string, from: number, stop: number): number {
		const html = this.#html;
		let at = from;
		while (at < html.length && html.charCodeAt(at) !== Char.GreaterThan) {
			if (at >= stop) return at;
			at = readAttribute(html, at, this.#handler, this.#names);
		}
		this.#tag = undefined;
		if (at >= html.length) return html.length;
		this.#handler.openTagEnd(at);
		const content = TEXT_ONLY.get(name);
		if (content !== undefined) this.#element = { name, ...content, searched: at + 1 };
		return at + 1;
	}

	/** The text of an element that holds nothing else, as far as its end was looked for, and its closing tag. */
	#readElement(element: TextElement, from: number, stop: number): number {
		const html = this.#html;
		const end = element.ends ? endOfElement(html, element, stop) : html.length;
		if (end === undefined) return this.#readText(from, element.searched, element.encoded);
		if (end > from) {
			const read = this.#readText(from, end, element.encoded);
			if (read < end) return read;
		}
		this.#element = undefined;
		return end < html.length ? readClosing(html, end + 2, this.#handler, this.#names) : end;
	}

	/** The comment whose text begins at `from`. */
	#readComment(from: number): number {
		const html = this.#html;
		if (html.charCodeAt(from) === Char.GreaterThan) return from + 1;
		if (html.startsWith('->', from)) return from + 2;
		COMMENT_END.lastIndex = from;
		const end = COMMENT_END.exec(html);
		this.#inComment = this.#handler.comment(from, end?.index ?? html.length);
		return end === null ? html.length : end.index + end[0].length;
	}
}
/** Whether the `<` begins a tag, a comment or a declaration. */
function opensSomething(html: string, sign: number): boolean {
	const next = html.charCodeAt(sign + 1);
	if (isLetter(next)) return true;
	return next === Char.ExclamationMark || next === Char.QuestionMark || (next === Char.Slash && sign + 2 < html.length);
}

/** Where a piece of a long text ends: before a blank or an ampersand, neither of which stands inside of a character reference. */
function cutOfText(html: string, start: number): number {
	const longest = start + INDICATOR_LIMITS.pieceCharacters;
	let cut = longest;
	while (cut > start && html.charCodeAt(cut) !== Char.Ampersand && !isBlank(html.charCodeAt(cut))) cut--;
	// References are shorter than a piece: without such a character there is none that a cut could hit.
	return cut === start ? longest : cut;
}

/**
 * Where the closing tag of an element stands that holds text only; the end of the document when there is none. Undefined when it
 * does not stand before `stop`. `searched` says up to where there is none.
 */
function endOfElement(html: string, element: TextElement, stop: number): number | undefined {
	const { name } = element;
	let at = html.indexOf('</', element.searched);
	for (; at >= 0 && at < stop; at = html.indexOf('</', at + 2)) {
		const end = at + 2 + name.length;
		if (end < html.length && endsName(html.charCodeAt(end)) && html.slice(at + 2, end).toLowerCase() === name) break;
	}
	// It is asked again for each piece of a long text.
	element.searched = at < 0 ? html.length : at;
	return at < 0 || at < stop ? element.searched : undefined;
}

/** Reads the attribute, the blank or the slash at `from`. Returns where to go on; the end of the document where a quote has no end. */
function readAttribute(html: string, from: number, handler: MarkupHandler, names: Names): number {
	const code = html.charCodeAt(from);
	if (code === Char.Slash || isBlank(code)) return from + 1;
	const nameStop = attributeNameEnd(html, from);
	const name = nameOf(html, from, nameStop, names);
	let at = afterBlanks(html, nameStop);
	if (html.charCodeAt(at) !== Char.EqualsSign) {
		handler.attribute(name, at, at);
		return at;
	}
	at = afterBlanks(html, at + 1);
	const quote = html.charCodeAt(at);
	if (quote === Char.QuotationMark || quote === Char.Apostrophe) {
		const end = html.indexOf(quote === Char.QuotationMark ? '"' : "'", at + 1);
		if (end < 0) return html.length;
		handler.attribute(name, at + 1, end);
		return end + 1;
	}
	let end = at;
	while (end < html.length && html.charCodeAt(end) !== Char.GreaterThan && !isBlank(html.charCodeAt(end))) end++;
	handler.attribute(name, at, end);
	return end;
}

/** What follows `</`. */
function readClosing(html: string, start: number, handler: MarkupHandler, names: Names): number {
	if (!isLetter(html.charCodeAt(start))) return after(html, '>', start);
	const end = nameEnd(html, start);
	if (end < html.length) handler.closeTag(nameOf(html, start, end, names));
	return after(html, '>', end);
}

/** What follows `<` and is neither tag nor comment, though browsers take some of it for one. Returns its end. */
function declarationEnd(html: string, start: number): number {
	return html.startsWith('![CDATA[', start) ? after(html, ']]>', start + 8) : after(html, '>', start + 1);
}

function after(html: string, ending: string, from: number): number {
	const at = html.indexOf(ending, from);
	return at < 0 ? html.length : at + ending.length;
}

/** The end of the name at `start`, which has one character at least. */
function nameEnd(html: string, start: number): number {
	let end = start + 1;
	while (end < html.length && !endsName(html.charCodeAt(end))) end++;
	return end;
}

function attributeNameEnd(html: string, start: number): number {
	let end = start + 1;
	while (end < html.length && html.charCodeAt(end) !== Char.EqualsSign && !endsName(html.charCodeAt(end))) end++;
	return end;
}

/** In lower case. Names are short: a longer one is cut. */
function nameOf(html: string, start: number, end: number, names: Names): string {
	if (end - start <= 2) return shortName(html, start, end);
	const stop = Math.min(end, start + MOST_NAME);
	return names.get(html, start, stop) ?? names.set(html, start, stop, html.slice(start, stop).toLowerCase());
}

/** Names of one letter or two, which most tags have, by their letters. */
const shortNames = new Array<string | undefined>(1 << 14).fill(undefined);

function shortName(html: string, start: number, end: number): string {
	const first = html.charCodeAt(start);
	const second = end - start === 2 ? html.charCodeAt(start + 1) : 0;
	if (first >= 128 || second >= 128) return html.slice(start, end).toLowerCase();
	return (shortNames[(first << 7) | second] ??= html.slice(start, end).toLowerCase());
}

function afterBlanks(html: string, from: number): number {
	let at = from;
	while (isBlank(html.charCodeAt(at))) at++;
	return at;
}

/** Tab, line feed, form feed, carriage return, space. */
function isBlank(code: number): boolean {
	return (
		code === Char.Space ||
		code === Char.LineFeed ||
		code === Char.Tab ||
		code === Char.CarriageReturn ||
		code === Char.FormFeed
	);
}

function endsName(code: number): boolean {
	return code === Char.GreaterThan || code === Char.Slash || isBlank(code);
}

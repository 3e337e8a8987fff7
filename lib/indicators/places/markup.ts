import { isLetter } from '../text/characters';

/** Told what a document consists of, in its order. Names are in lower case; the rest are spans of the document. */
export interface MarkupHandler {
	/** `encoded`: character references in it count. */
	text(start: number, end: number, encoded: boolean): void;
	openTag(name: string): void;
	/** An attribute of the tag that was opened last, and its value, without its quotes. */
	attribute(name: string, valueStart: number, valueEnd: number): void;
	openTagEnd(): void;
	closeTag(name: string): void;
	comment(start: number, end: number): void;
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
const COMMENT_END = /--!?>/g;

/**
 * Cuts HTML into tags, text and comments as browsers do (WHATWG HTML section 13.2.5), whatever it is. A tag without an end
 * is none. One pass in linear time, in leaps from one character that matters to the next: most of a mail is style.
 */
export function readMarkup(html: string, handler: MarkupHandler): void {
	let textStart = 0;
	for (let sign = html.indexOf('<'); sign >= 0;) {
		const next = html.charCodeAt(sign + 1);
		const opens = isLetter(next) || next === 33 || next === 63 || (next === 47 && sign + 2 < html.length);
		if (opens) {
			if (sign > textStart) handler.text(textStart, sign, true);
			if (isLetter(next)) textStart = readElement(html, sign + 1, handler);
			else if (next === 47) textStart = readClosing(html, sign + 2, handler);
			else textStart = readDeclaration(html, sign + 1, handler);
		}
		sign = html.indexOf('<', opens ? textStart : sign + 1);
	}
	if (textStart < html.length) handler.text(textStart, html.length, true);
}

/** The tag whose name begins at `start`, and the text of an element that holds text only. Returns where to go on. */
function readElement(html: string, start: number, handler: MarkupHandler): number {
	const nameStop = nameEnd(html, start);
	const name = nameOf(html, start, nameStop);
	handler.openTag(name);
	const tagEnd = readAttributes(html, nameStop, handler);
	if (tagEnd === undefined) return html.length;
	handler.openTagEnd();
	const content = TEXT_ONLY.get(name);
	if (content === undefined) return tagEnd;
	const end = content.ends ? endOfElement(html, name, tagEnd) : html.length;
	if (end > tagEnd) handler.text(tagEnd, end, content.encoded);
	return end < html.length ? readClosing(html, end + 2, handler) : end;
}

/** Where the closing tag of an element stands that holds text only; the end of the document when there is none. */
function endOfElement(html: string, name: string, from: number): number {
	for (let at = html.indexOf('</', from); at >= 0; at = html.indexOf('</', at + 2)) {
		const end = at + 2 + name.length;
		if (end < html.length && endsName(html.charCodeAt(end)) && html.slice(at + 2, end).toLowerCase() === name)
			return at;
	}
	return html.length;
}

/** Attributes up to the end of the tag. Undefined when the tag has none. */
function readAttributes(html: string, from: number, handler: MarkupHandler): number | undefined {
	let at = from;
	while (at < html.length) {
		const code = html.charCodeAt(at);
		if (code === 62) return at + 1;
		if (code === 47 || isBlank(code)) {
			at++;
			continue;
		}
		const nameStop = attributeNameEnd(html, at);
		const name = nameOf(html, at, nameStop);
		at = afterBlanks(html, nameStop);
		if (html.charCodeAt(at) !== 61) {
			handler.attribute(name, at, at);
			continue;
		}
		at = afterBlanks(html, at + 1);
		const quote = html.charCodeAt(at);
		if (quote === 34 || quote === 39) {
			const end = html.indexOf(quote === 34 ? '"' : "'", at + 1);
			if (end < 0) return undefined;
			handler.attribute(name, at + 1, end);
			at = end + 1;
		} else {
			let end = at;
			while (end < html.length && html.charCodeAt(end) !== 62 && !isBlank(html.charCodeAt(end))) end++;
			handler.attribute(name, at, end);
			at = end;
		}
	}
	return undefined;
}

/** What follows `</`. */
function readClosing(html: string, start: number, handler: MarkupHandler): number {
	if (!isLetter(html.charCodeAt(start))) return after(html, '>', start);
	const end = nameEnd(html, start);
	if (end < html.length) handler.closeTag(nameOf(html, start, end));
	return after(html, '>', end);
}

/** What follows `<`: a comment, a declaration, or what browsers take for a comment. */
function readDeclaration(html: string, start: number, handler: MarkupHandler): number {
	if (html.startsWith('![CDATA[', start)) return after(html, ']]>', start + 8);
	if (!html.startsWith('!--', start)) return after(html, '>', start + 1);
	const from = start + 3;
	if (html.charCodeAt(from) === 62) return from + 1;
	if (html.startsWith('->', from)) return from + 2;
	COMMENT_END.lastIndex = from;
	const end = COMMENT_END.exec(html);
	handler.comment(from, end?.index ?? html.length);
	return end === null ? html.length : end.index + end[0].length;
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
	while (end < html.length && html.charCodeAt(end) !== 61 && !endsName(html.charCodeAt(end))) end++;
	return end;
}

/** Names are short: a longer one is cut. */
function nameOf(html: string, start: number, end: number): string {
	const stop = Math.min(end, start + MOST_NAME);
	for (let at = start; at < stop; at++) {
		const code = html.charCodeAt(at);
		if (code > 127 || (code >= 65 && code <= 90)) return html.slice(start, stop).toLowerCase();
	}
	return html.slice(start, stop);
}

function afterBlanks(html: string, from: number): number {
	let at = from;
	while (isBlank(html.charCodeAt(at))) at++;
	return at;
}

/** Tab, line feed, form feed, carriage return, space. */
function isBlank(code: number): boolean {
	return code === 32 || code === 10 || code === 9 || code === 13 || code === 12;
}

function endsName(code: number): boolean {
	return code === 62 || code === 47 || isBlank(code);
}

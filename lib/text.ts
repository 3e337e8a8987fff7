import { isUtf8 } from 'node:buffer';

/**
 * A character that takes no place, or turns the direction of writing: soft hyphen, zero-width characters, marks and isolates. Whoever
 * hides a link from filters puts them into its host; browsers leave them out.
 */
export const INVISIBLE = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g;

/** The text without its {@link INVISIBLE} characters. */
export function withoutInvisible(text: string): string {
	return text.replace(INVISIBLE, '');
}

const MARKUP: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

/** The text for HTML and XML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => MARKUP[character]!);
}

const EIGHT = 0x38;

/** Percent-decodes once. What is not UTF-8 stays as it is; a plus sign is a plus sign. */
export function decodePercent(text: string): string {
	if (!text.includes('%')) return text;
	return text.replace(/(?:%[0-9a-f]{2})+/gi, (escaped) => {
		if (escaped.length === 3 && escaped.charCodeAt(1) < EIGHT)
			return String.fromCharCode(parseInt(escaped.slice(1), 16));
		// decodeURIComponent throws, and a text may hold a million such.
		const bytes = Buffer.from(escaped.replaceAll('%', ''), 'hex');
		return isUtf8(bytes) ? bytes.toString('utf8') : escaped;
	});
}

/**
 * Text of bytes in UTF-16, the low byte first. Half of a character at the end is left out here: Node itself writes behind its memory when
 * the bytes are odd in number and begin at an odd address (nodejs/node#64697), and that is the end of the process.
 */
export function utf16Text(bytes: Buffer, start = 0, end = bytes.length): string {
	const from = Math.min(start, bytes.length);
	const to = Math.max(from, Math.min(end, bytes.length));
	// eslint-disable-next-line no-restricted-syntax -- the one place that cuts them to whole characters
	return bytes.toString('utf16le', from, to - ((to - from) & 1));
}

/** The text with every lone surrogate replaced by U+FFFD. */
export function wellFormed(text: string): string {
	// ES2024, in every Node since 20; forty times as fast as an expression that looks for them.
	const unicode = text as string & { isWellFormed(): boolean; toWellFormed(): string };
	return unicode.isWellFormed() ? text : unicode.toWellFormed();
}

/** A header field's body without its comments (RFC 5322 section 3.2.2), those inside of comments included. */
export function withoutComments(text: string): string {
	if (!text.includes('(')) return text;
	let output = '';
	let depth = 0;
	for (const character of text) {
		if (character === '(') depth++;
		else if (character === ')' && depth > 0) depth--;
		else if (depth === 0) output += character;
	}
	return output;
}

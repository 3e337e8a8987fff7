import { INDICATOR_LIMITS } from '../../limits';
import type { Steps } from '../../steps';

/** A text in the form that its type writes it in, made readable. */
export interface TypedText {
	text: string;
	html: boolean;
	/** What ends a cell, of a table. */
	delimiter?: string;
}

const HTML_TYPES = /^(?:text\/(?:html|x-amp-html|watch-html)|application\/(?:xhtml\+xml|hta)|image\/svg\+xml)$/;
const HTML_NAMES = /\.(?:html?|xhtml|shtml|svg|hta)\.?$/i;
const CALENDAR_TYPES = /^(?:text\/(?:x-)?(?:calendar|vcard|vcalendar|directory)|application\/ics)$/;
const CALENDAR_NAMES = /\.(?:ics|vcf|vcs|ifb)$/i;
const ENRICHED_TYPES = /^text\/(?:enriched|richtext)$/;
const TABLE_TYPES =
	/^(?:text\/(?:csv|tab-separated-values|comma-separated-values)|application\/(?:vnd\.ms-excel\.)?csv)$/;
const TABLE_NAMES = /\.(?:csv|tsv)$/i;
const JSON_TYPES = /[/+]json$/;
const JSON_NAMES = /\.(?:json|jsonl|ndjson)$/i;
const ARCHIVE_NAMES = /\.mht(?:ml)?$/i;
const LOOKS_LIKE_HTML =
	/^\s{0,200}(?:<!--[^>]{0,200}-->\s{0,200}|<\?xml[^>]{0,200}>\s{0,200})?<(?:!doctype\s+html|html|head|body|script|svg|meta)\b/i;

/** Reads a text as its type says, or its name where the type says nothing, a piece at a time. */
export function* typedTextInSteps(text: string, contentType: string, fileName = ''): Steps<TypedText, never[]> {
	if (ARCHIVE_NAMES.test(fileName)) return { text: yield* inPieces(text, quotedPrintable), html: true };
	if (HTML_TYPES.test(contentType) || HTML_NAMES.test(fileName) || LOOKS_LIKE_HTML.test(text.slice(0, 1_000)))
		return { text, html: true };
	if (ENRICHED_TYPES.test(contentType)) return { text: yield* inPieces(text, withoutCommands), html: false };
	if (CALENDAR_TYPES.test(contentType) || CALENDAR_NAMES.test(fileName)) {
		return { text: yield* unfolded(text), html: false };
	}
	if (TABLE_TYPES.test(contentType) || TABLE_NAMES.test(fileName)) {
		const delimiter = delimiterOf(text);
		return { text, html: false, ...(delimiter === undefined ? {} : { delimiter }) };
	}
	if (JSON_TYPES.test(contentType) || JSON_NAMES.test(fileName)) {
		return { text: yield* inPieces(text, withoutJsonEscapes), html: false };
	}
	return { text, html: false };
}

/** Whether the type or the name says that it is HTML. */
export function isHtml(contentType: string, fileName: string): boolean {
	return HTML_TYPES.test(contentType) || HTML_NAMES.test(fileName);
}

/** The one of the usual delimiters that the first lines have most of. */
function delimiterOf(text: string): string | undefined {
	const lines = text.slice(0, 4_000).split('\n', 6).join('\n');
	const [best] = [',', ';', '\t', '|']
		.map((delimiter) => ({ delimiter, count: lines.split(delimiter).length - 1 }))
		.sort((one, other) => other.count - one.count);
	return best === undefined || best.count === 0 ? undefined : best.delimiter;
}

/** Each piece of a text, made readable; no encoded character is in two of them, but for what was made so that it is. */
function* inPieces(text: string, read: (piece: string) => string): Steps<string, never[]> {
	const pieces: string[] = [];
	for (let at = 0; at < text.length;) {
		const end = pieceEnd(text, at);
		pieces.push(read(text.slice(at, end)));
		at = end;
		if (at < text.length) yield [];
	}
	return pieces.join('');
}

/** Behind a blank, where there is one shortly before the end of a piece. */
function pieceEnd(text: string, start: number): number {
	const most = start + INDICATOR_LIMITS.pieceCharacters;
	if (most >= text.length) return text.length;
	for (let end = most; end > most - LONGEST_WORD; end--) if (/\s/.test(text[end - 1]!)) return end;
	return most;
}
const LONGEST_WORD = 200;

const IN_BASE64 = /;\s{0,4}ENCODING\s{0,4}=\s{0,4}B(?:ASE64)?(?:;|$)/i;
const IN_QUOTED_PRINTABLE = /;\s{0,4}ENCODING\s{0,4}=\s{0,4}QUOTED-PRINTABLE(?:;|$)/i;
const MOST_PARAMETERS = 1_000;

/**
 * Content lines of a calendar or a card (RFC 5545 section 3.1, RFC 6350 section 3.2; quoted-printable and base64 of the versions before):
 * joined where they were folded, without their escapes; base64 decoded, at the end.
 */
function* unfolded(text: string): Steps<string, never[]> {
	const lines: string[] = [];
	const attached: string[] = [];
	let line: string[] = [];
	let isContinued = false;
	function* endLine(): Steps<void, never[]> {
		const whole = line.join('');
		line = [];
		const colon = whole.indexOf(':');
		const parameters = whole.slice(0, Math.max(0, Math.min(colon, MOST_PARAMETERS)));
		const value = whole.slice(colon + 1);
		if (IN_BASE64.test(parameters)) attached.push(Buffer.from(value, 'base64').toString('utf8'));
		else if (IN_QUOTED_PRINTABLE.test(parameters))
			lines.push(`${parameters}:${yield* inPieces(value, (piece) => withoutEscapes(quotedPrintable(piece)))}`);
		else if (whole !== '') lines.push(yield* inPieces(whole, withoutEscapes));
	}
	let step = INDICATOR_LIMITS.pieceCharacters;
	for (let at = 0; at < text.length;) {
		const feed = text.indexOf('\n', at);
		const end = feed < 0 ? text.length : feed;
		const stop = text[end - 1] === '\r' ? end - 1 : end;
		const isFolded = text[at] === ' ' || text[at] === '\t';
		if (!isFolded && !isContinued && line.length > 0) yield* endLine();
		// A soft line break of quoted-printable goes on with the whole next line.
		isContinued =
			text[stop - 1] === '=' && IN_QUOTED_PRINTABLE.test((line[0] ?? text.slice(at, stop)).split(':', 1)[0]!);
		line.push(text.slice(isFolded ? at + 1 : at, isContinued ? stop - 1 : stop));
		at = end + 1;
		if (at > step) {
			step = at + INDICATOR_LIMITS.pieceCharacters;
			yield [];
		}
	}
	if (line.length > 0) yield* endLine();
	return [...lines, ...attached].join('\n');
}

const withoutEscapes = (text: string): string =>
	text.replace(/\\([nN,;\\])/g, (_, sign: string) => (/n/i.test(sign) ? '\n' : sign));

function quotedPrintable(text: string): string {
	const bytes = text.replace(/=\r?\n/g, '');
	return bytes.replace(/(?:=[0-9a-f]{2})+/gi, (encoded) =>
		Buffer.from(encoded.replaceAll('=', ''), 'hex').toString('utf8'),
	);
}

/** Text in the format of RFC 1896, or that of RFC 1341: commands are no part of a word; what they name as a parameter is a word. */
const withoutCommands = (text: string): string =>
	text.replace(/<(<|\/?[A-Za-z][\w-]{0,59}>)/g, (_, command: string) => {
		const name = command.toLowerCase();
		return name === '<' || name === 'lt>' ? '<' : /^(?:\/?param|nl|np|\/?paragraph)>$/.test(name) ? ' ' : '';
	});

const JSON_ESCAPE = /\\(?:u([0-9a-f]{4})|(["\\/bfnrt]))/gi;
const JSON_SIGNS: Readonly<Record<string, string>> = { b: ' ', f: '\n', n: '\n', r: '\n', t: '\t' };

/** Strings of JSON as they are meant; a quote inside of one still ends what stands before it. */
function withoutJsonEscapes(text: string): string {
	if (!text.includes('\\')) return text;
	return text.replace(JSON_ESCAPE, (_, unit: string | undefined, sign: string | undefined) =>
		unit !== undefined ? String.fromCharCode(parseInt(unit, 16)) : (JSON_SIGNS[sign!.toLowerCase()] ?? sign!),
	);
}

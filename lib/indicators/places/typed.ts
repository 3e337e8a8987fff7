import { trimEnd } from '../characters';

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
const TABLE_TYPES =
	/^(?:text\/(?:csv|tab-separated-values|comma-separated-values)|application\/(?:vnd\.ms-excel\.)?csv)$/;
const TABLE_NAMES = /\.(?:csv|tsv)$/i;
const JSON_TYPES = /[/+]json$/;
const JSON_NAMES = /\.(?:json|jsonl|ndjson)$/i;
const ARCHIVE_NAMES = /\.mht(?:ml)?$/i;
const HEADER_TYPES = /^text\/rfc822-headers$/;
const LOOKS_LIKE_HTML =
	/^\s{0,200}(?:<!--[^>]{0,200}-->\s{0,200}|<\?xml[^>]{0,200}>\s{0,200})?<(?:!doctype\s+html|html|head|body|script|svg|meta)\b/i;

/** Fields of a header that tell of the sender's side; the rest of it is ids, signatures and relays. */
const SENDER_FIELDS = /^(?:from|sender|reply-to|return-path|subject|list-unsubscribe|x-originating-ip|errors-to):/i;

/** Reads a text as its type says, or its name where the type says nothing. */
export function typedText(text: string, contentType: string, fileName = ''): TypedText {
	if (ARCHIVE_NAMES.test(fileName)) return { text: quotedPrintable(text), html: true };
	if (HTML_TYPES.test(contentType) || HTML_NAMES.test(fileName) || LOOKS_LIKE_HTML.test(text.slice(0, 1_000)))
		return { text, html: true };
	if (CALENDAR_TYPES.test(contentType) || CALENDAR_NAMES.test(fileName)) return { text: unfolded(text), html: false };
	if (TABLE_TYPES.test(contentType) || TABLE_NAMES.test(fileName)) {
		const delimiter = delimiterOf(text);
		return { text, html: false, ...(delimiter === undefined ? {} : { delimiter }) };
	}
	if (JSON_TYPES.test(contentType) || JSON_NAMES.test(fileName)) return { text: withoutJsonEscapes(text), html: false };
	if (HEADER_TYPES.test(contentType)) return { text: senderFields(text), html: false };
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

/**
 * Content lines of a calendar or a card (RFC 5545 section 3.1, RFC 6350 section 3.2; quoted-printable and base64 of the versions before):
 * joined where they were folded, without their escapes; encoded values decoded, at the end.
 */
function unfolded(text: string): string {
	const attached: string[] = [];
	const lines = text
		.replace(/\r?\n[ \t]/g, '')
		.split('\n')
		.map((line) => {
			const colon = line.indexOf(':');
			const parameters = line.slice(0, Math.max(0, Math.min(colon, 1_000)));
			if (/;\s{0,4}ENCODING\s{0,4}=\s{0,4}B(?:ASE64)?(?:;|$)/i.test(parameters)) {
				attached.push(Buffer.from(line.slice(colon + 1), 'base64').toString('utf8'));
				return '';
			}
			return line;
		})
		.filter((line) => line !== '');
	const joined = lines.join('\n');
	const decoded = /ENCODING=QUOTED-PRINTABLE/i.test(joined) ? quotedPrintable(joined) : joined;
	return [decoded.replace(/\\([nN,;\\])/g, (_, sign: string) => (/n/i.test(sign) ? '\n' : sign)), ...attached].join(
		'\n',
	);
}

function quotedPrintable(text: string): string {
	const bytes = text.replace(/=\r?\n/g, '');
	return bytes.replace(/(?:=[0-9a-f]{2})+/gi, (encoded) =>
		Buffer.from(encoded.replaceAll('=', ''), 'hex').toString('utf8'),
	);
}

const JSON_ESCAPE = /\\(?:u([0-9a-f]{4})|(["\\/bfnrt]))/gi;
const JSON_SIGNS: Readonly<Record<string, string>> = { b: ' ', f: '\n', n: '\n', r: '\n', t: '\t' };

/** Strings of JSON as they are meant; a quote inside of one still ends what stands before it. */
function withoutJsonEscapes(text: string): string {
	if (!text.includes('\\')) return text;
	return text.replace(JSON_ESCAPE, (_, unit: string | undefined, sign: string | undefined) =>
		unit !== undefined ? String.fromCharCode(parseInt(unit, 16)) : (JSON_SIGNS[sign!.toLowerCase()] ?? sign!),
	);
}

/** Of a header that a report returns. */
function senderFields(text: string): string {
	return text
		.replace(/\r?\n[ \t]+/g, ' ')
		.split('\n')
		.filter((line) => SENDER_FIELDS.test(line))
		.map((line) => trimEnd(line, '\r '))
		.join('\n');
}

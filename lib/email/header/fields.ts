import { decodeRawText, mimeDecoder } from './encodedWord';

/** A header field before any decoding: bytes in `latin1` strings. */
export interface RawField {
	name: string;
	/** Lower case, for look-ups. */
	key: string;
	/** Unfolded body; a tab that folds is a blank. */
	raw: string;
}

/** The header block of one MIME entity. */
export interface HeaderBlock {
	fields: RawField[];
	/** Offset of the first line that is neither a field nor folded into one. */
	malformedAt?: number;
	/** More fields than the limit. */
	dropped: number;
}

const FIELD_NAME = /^[\x21-\x39\x3b-\x7e]{1,998}[ \t]{0,20}$/;

/**
 * Splits a header block into fields, in order (RFC 5322 section 2.2). Lines end in CRLF, LF or a bare CR: mail whose
 * line ends were all turned into CR exists. A line that is no field is left out and its offset told.
 *
 * By hand, for libmime's decodeHeaders loses the order of fields and the case of their names, and mailsplit's Headers
 * tells neither where a line is no field nor stops at a number of them.
 */
export function parseHeaderBlock(block: Buffer, maxFields: number): HeaderBlock {
	const text = block.toString('latin1');
	const fields: RawField[] = [];
	let malformedAt: number | undefined;
	let dropped = 0;
	let current: { name: string; pieces: string[] } | undefined;
	let field: RawField | undefined;
	const finish = (): void => {
		if (field !== undefined && current !== undefined) field.raw = trimBlanks(current.pieces.join(''));
		current = undefined;
		field = undefined;
	};
	let pos = 0;
	while (pos < text.length) {
		let end = pos;
		for (let code; end < text.length && (code = text.charCodeAt(end)) !== 10 && code !== 13;) end++;
		const next = end + (text.charCodeAt(end) === 13 && text.charCodeAt(end + 1) === 10 ? 2 : 1);
		const first = text.charCodeAt(pos);
		if (end === pos) {
			// The empty line that ends the block.
		} else if ((first === 0x20 || first === 0x09) && (current !== undefined || fields.length > 0)) {
			current?.pieces.push(first === 0x09 ? ` ${text.slice(pos + 1, end)}` : text.slice(pos, end));
		} else {
			finish();
			// In its own line only: a block without a colon would be read to its end for each line.
			const line = text.slice(pos, end);
			const name = line.slice(0, Math.max(0, line.indexOf(':')));
			if (FIELD_NAME.test(name)) {
				if (fields.length >= maxFields) {
					dropped++;
				} else {
					const trimmed = name.trimEnd();
					field = { name: trimmed, key: trimmed.toLowerCase(), raw: '' };
					fields.push(field);
					current = { name, pieces: [line.slice(name.length + 1)] };
				}
			} else if (!(pos === 0 && /^>?From /.test(text.slice(pos, pos + 6)))) {
				// The first line of an mbox message is no field; anything else is out of place.
				malformedAt ??= pos;
			}
		}
		pos = next;
	}
	finish();
	return { fields, dropped, ...(malformedAt === undefined ? {} : { malformedAt }) };
}

/** Without the blanks of a header at its ends. Other bytes that pass for blanks in `latin1` are halves of letters: A0 ends à and Р. */
function trimBlanks(bytes: string): string {
	let start = 0;
	let end = bytes.length;
	while (start < end && isBlank(bytes.charCodeAt(start))) start++;
	while (end > start && isBlank(bytes.charCodeAt(end - 1))) end--;
	return bytes.slice(start, end);
}

const isBlank = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);

/** Body of the first field of that name (lower case), as bytes. */
export function fieldOf(fields: RawField[], key: string): string | undefined {
	return fields.find((field) => field.key === key)?.raw;
}

/** A structured body such as Content-Type's: its value in lower case, and its parameters, RFC 2231 decoded. */
export interface StructuredField {
	value: string;
	params: Record<string, string>;
	/** Names of the parameters that came in RFC 2231 form: they hold text, not encoded words. */
	decoded: string[];
}

/** Reads `type/subtype; name=value` (RFC 2045 section 5.1, RFC 2231), comments left out. */
export function parseStructuredField(raw: string): StructuredField {
	// The common case, without the cost of the full reader.
	if (/^[\w.+-]+(?:\/[\w.+-]+)?$/.test(raw)) return { value: raw.toLowerCase(), params: {}, decoded: [] };
	const parsed = mimeDecoder().parseHeaderValue(decodeRawText(raw), { stripComments: true });
	const params: Record<string, string> = Object.create(null) as Record<string, string>;
	for (const [name, value] of Object.entries(parsed.params)) {
		if (typeof value === 'string') params[name.toLowerCase()] = value;
	}
	return {
		value: String(parsed.value || '')
			.toLowerCase()
			.trim(),
		params,
		decoded: Array.isArray(parsed.decodedParams) ? parsed.decodedParams : [],
	};
}

import type { Canonicalization } from './signature';

/** A field as it stands in the message: bytes in `latin1`, its line ends within, none at its end. */
export interface RawHeaderField {
	/** In lower case. */
	key: string;
	raw: string;
}

const CRLF = Buffer.from('\r\n');
const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;

/** The message with CRLF line ends, as it was signed; messages in files and in some mailboxes have LF only. */
export function withCrlf(raw: Buffer): { bytes: Buffer; isChanged: boolean } {
	let bare = 0;
	for (let at = raw.indexOf(LF); at !== -1; at = raw.indexOf(LF, at + 1)) if (raw[at - 1] !== CR) bare++;
	if (bare === 0) return { bytes: raw, isChanged: false };
	const bytes = Buffer.allocUnsafe(raw.length + bare);
	let length = 0;
	for (let i = 0; i < raw.length; i++) {
		if (raw[i] === LF && raw[i - 1] !== CR) bytes[length++] = CR;
		bytes[length++] = raw[i]!;
	}
	return { bytes, isChanged: true };
}

/** Splits at the empty line: the fields with their bytes, and the body. */
export function splitMessage(bytes: Buffer): { fields: RawHeaderField[]; body: Buffer } {
	const startsWithBody = bytes[0] === CR && bytes[1] === LF;
	const end = startsWithBody ? 0 : bytes.indexOf('\r\n\r\n');
	const head = bytes.toString('latin1', 0, end === -1 ? bytes.length : end);
	const body = end === -1 ? Buffer.alloc(0) : bytes.subarray(end + (startsWithBody ? 2 : 4));
	const fields: RawHeaderField[] = [];
	let lines: string[] = [];
	const close = (): void => {
		const colon = lines[0]?.indexOf(':') ?? -1;
		if (colon > 0) fields.push({ key: lines[0]!.slice(0, colon).trim().toLowerCase(), raw: lines.join('\r\n') });
		lines = [];
	};
	for (const line of head.split('\r\n')) {
		if (!/^[ \t]/.test(line)) close();
		lines.push(line);
	}
	close();
	return { fields, body };
}

/** A field in the form that is signed, without the line end behind it. */
export function canonicalField({ key, raw }: RawHeaderField, form: Canonicalization): string {
	if (form === 'simple') return raw;
	const value = raw.slice(raw.indexOf(':') + 1).replace(/\r\n/g, '');
	return `${key}:${value.replace(/[ \t]+/g, ' ').replace(/^ | $/g, '')}`;
}

/** A body in the form that is signed (RFC 6376 sections 3.4.3 and 3.4.4). One pass. */
export function canonicalBody(body: Buffer, form: Canonicalization): Buffer {
	const lines = form === 'simple' ? body : relaxedLines(body);
	let end = lines.length;
	while (end >= 2 && lines[end - 1] === LF && lines[end - 2] === CR) end -= 2;
	const text = lines.subarray(0, end);
	// An empty body is one line end in the simple form and nothing in the relaxed one.
	if (end === 0 && form === 'relaxed') return text;
	return Buffer.concat([text, CRLF]);
}

/** Runs of blanks are one, those at the ends of lines none. */
function relaxedLines(body: Buffer): Buffer {
	const result = Buffer.allocUnsafe(body.length);
	let length = 0;
	let hasBlank = false;
	for (let i = 0; i < body.length; i++) {
		const byte = body[i]!;
		if (byte === SPACE || byte === TAB) {
			hasBlank = true;
			continue;
		}
		const endsLine = byte === CR && body[i + 1] === LF;
		if (hasBlank && !endsLine) result[length++] = SPACE;
		hasBlank = false;
		result[length++] = byte;
	}
	return result.subarray(0, length);
}

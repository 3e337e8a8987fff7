import { decodeCharset, guessUtf16, mimeDecoder, withoutHalfCharacter } from '../header';
import type { EmailPart } from '../email';
import type { PartDetail } from './part';

/** Text of a part's decoded bytes, line ends LF. */
export function decodeText(
	bytes: Buffer,
	detail: Pick<PartDetail, 'contentType' | 'charset' | 'flowed' | 'deleteSpace'>,
): string {
	const label = detail.charset ?? (detail.contentType === 'text/html' ? metaCharset(bytes) : undefined);
	// Bytes outrank a label that could be read as ASCII.
	const wide = (label === undefined || ASCII_BASED.test(label)) && bytes.includes(0) ? guessUtf16(bytes) : undefined;
	const charset = wide ?? label;
	const isPlain = (charset === undefined || ASCII_BASED.test(charset)) && (bytes[0] ?? 0) < 0xfe;
	let text = decodeCharset(isPlain ? withLineFeeds(bytes) : bytes, charset);
	if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n');
	if (!detail.flowed) return text;
	// RFC 3676. The line end of the last line is lost on libmime's way.
	const unfolded = mimeDecoder().decodeFlowed(text, detail.deleteSpace);
	return text.endsWith('\n') && !unfolded.endsWith('\n') ? `${unfolded}\n` : unfolded;
}

/** Charsets in which a byte 0x0d is a CR and nothing else. In those of 16 bits it may be half of a character. */
const ASCII_BASED = /^(?:utf-?8|us-ascii|iso-8859-|windows-125)/i;

/** Each CR and CRLF as LF. On bytes: of a text of millions of short lines, an expression would make millions of strings. */
function withLineFeeds(bytes: Buffer): Buffer {
	const first = bytes.indexOf(0x0d);
	if (first === -1) return bytes;
	const result = Buffer.allocUnsafe(bytes.length);
	let length = bytes.copy(result, 0, 0, first);
	for (let i = first; i < bytes.length; i++) {
		const byte = bytes[i]!;
		if (byte !== 0x0d) result[length++] = byte;
		else {
			result[length++] = 0x0a;
			if (bytes[i + 1] === 0x0a) i++;
		}
	}
	return result.subarray(0, length);
}

/** The charset that an HTML document names itself, in its first 1,024 bytes as the HTML standard has it. */
function metaCharset(bytes: Buffer): string | undefined {
	const head = bytes.toString('latin1', 0, 1_024);
	const at = head.search(/<meta\s/i);
	if (at === -1) return undefined;
	const name = /charset\s{0,9}=\s{0,9}["']?([\w.:-]{2,40})/i.exec(head.slice(at))?.[1];
	// A document whose declaration could be read as ASCII is not UTF-16.
	return name === undefined || /^utf-?16/i.test(name) ? undefined : name;
}

/** The encoding that an XML document names in its first line. One that could be read as ASCII is not UTF-16. */
function xmlEncoding(bytes: Buffer): string | undefined {
	const name = /^<\?xml\s[^>]{0,200}?\sencoding\s{0,9}=\s{0,9}["']([\w.:-]{2,40})/.exec(
		bytes.toString('latin1', 0, 300),
	)?.[1];
	return name === undefined || /^utf-?16/i.test(name) ? undefined : name;
}

/** The parts of a message whose bodies came without their MIME: in Outlook's formats, and in items of other nodes. */
export function textParts(text: string | undefined, html: string | undefined): EmailPart[] {
	return (
		[
			['text/plain', text],
			['text/html', html],
		] as const
	)
		.filter(([, body]) => body !== undefined)
		.map(([contentType, body], i) => ({
			partId: String(i + 1),
			contentType,
			size: Buffer.byteLength(body!),
			text: body!,
		}));
}

/** What is known of a file whose bytes are text. */
export interface TextFile {
	/** Lower case `type/subtype`. */
	contentType: string;
	/** As declared (`Attachment.charset`). */
	charset?: string | undefined;
	/** How many of its bytes are read. Default: all. */
	maxBytes?: number | undefined;
}

/**
 * Text of a file, line ends LF. Its charset is the one that the bytes show themselves (byte order mark, UTF-16 without one), then the
 * declared one, then the one that an HTML or XML document names; else UTF-8 when valid, else windows-1252.
 * Bytes that the charset does not define become U+FFFD.
 */
export function textOfFile(bytes: Buffer, { contentType, charset, maxBytes = bytes.length }: TextFile): string {
	const wide = guessUtf16(bytes);
	const label = wide ?? charset ?? xmlEncoding(bytes);
	const kept =
		bytes.length > maxBytes
			? withoutHalfCharacter(bytes.subarray(0, maxBytes), wide !== undefined || /^utf-?16/i.test(label ?? ''))
			: bytes;
	return decodeText(kept, {
		contentType,
		flowed: false,
		deleteSpace: false,
		...(label === undefined ? {} : { charset: label }),
	});
}

import { decodeCharset, guessUtf16, mimeDecoder, withoutHalfCharacter } from '../header';
import type { PartDetail } from './part';

/** Text of a part's decoded bytes, line ends LF. */
export function decodeText(
	bytes: Buffer,
	detail: Pick<PartDetail, 'contentType' | 'charset' | 'flowed' | 'deleteSpace'>,
): string {
	const charset = detail.charset ?? (detail.contentType === 'text/html' ? metaCharset(bytes) : undefined);
	let text = decodeCharset(bytes, charset);
	if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n');
	if (!detail.flowed) return text;
	// RFC 3676. The line end of the last line is lost on libmime's way.
	const unfolded = mimeDecoder().decodeFlowed(text, detail.deleteSpace);
	return text.endsWith('\n') && !unfolded.endsWith('\n') ? `${unfolded}\n` : unfolded;
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

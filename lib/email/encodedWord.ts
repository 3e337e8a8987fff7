import { isUtf8 } from 'node:buffer';
import { decodeCharset } from './charset';

/** Longest encoded word with a bare question mark in it that is read; RFC 2047 section 2 allows 75 characters. */
const MAX_WORD = 256;
/** Longest charset name of an encoded word that is tried. */
const MAX_CHARSET = 40;

/**
 * Text of a header field body given as bytes (a `latin1` string): RFC 2047 encoded words and raw UTF-8 (RFC 6532).
 *
 * Words of one charset that follow each other are joined as bytes first, for senders cut characters in two.
 * Raw bytes outside of words, and inside of them, are kept bytes: UTF-8 when valid, else `fallback`, the charset
 * the message itself declares; without one they become U+FFFD, as STIX asks. Linear.
 */
export function decodeHeaderText(raw: string, fallback?: string): string {
	if (!raw.includes('=?')) return decodeRawText(raw, fallback);
	let output = '';
	let plainFrom = 0;
	let pending: { charset: string; bytes: Buffer[] } | undefined;
	const flush = (): void => {
		if (pending === undefined) return;
		output += decodeCharset(Buffer.concat(pending.bytes), pending.charset);
		pending = undefined;
	};
	for (let at = raw.indexOf('=?'); at !== -1; ) {
		const word = readWord(raw, at);
		if (word === undefined) {
			at = raw.indexOf('=?', at + 2);
			continue;
		}
		const between = raw.slice(plainFrom, at);
		// Blanks between two words are no text (RFC 2047 section 6.2).
		if (pending === undefined || between.trim() !== '') {
			flush();
			output += decodeRawText(between, fallback);
		} else if (pending.charset !== word.charset) {
			flush();
		}
		pending ??= { charset: word.charset, bytes: [] };
		pending.bytes.push(word.bytes);
		plainFrom = word.end;
		at = raw.indexOf('=?', word.end);
	}
	flush();
	return output + decodeRawText(raw.slice(plainFrom), fallback);
}

/** Raw bytes of a header (a `latin1` string) as text. */
export function decodeRawText(raw: string, fallback?: string): string {
	if (!/[^\x00-\x7f]/.test(raw)) return raw;
	const bytes = Buffer.from(raw, 'latin1');
	return fallback === undefined || isUtf8(bytes) ? bytes.toString('utf8') : decodeCharset(bytes, fallback);
}

function readWord(raw: string, at: number): { charset: string; bytes: Buffer; end: number } | undefined {
	const charsetEnd = raw.indexOf('?', at + 2);
	if (charsetEnd === -1 || charsetEnd - at - 2 > MAX_CHARSET || charsetEnd === at + 2) return undefined;
	const encoding = raw[charsetEnd + 1]?.toUpperCase();
	if ((encoding !== 'B' && encoding !== 'Q') || raw[charsetEnd + 2] !== '?') return undefined;
	const textFrom = charsetEnd + 3;
	let textEnd = raw.indexOf('?', textFrom);
	// Some senders leave a question mark bare in Q words: the word ends at `?=`.
	if (textEnd !== -1 && raw[textEnd + 1] !== '=') {
		const end = raw.slice(textFrom, textFrom + MAX_WORD).indexOf('?=');
		textEnd = encoding === 'Q' && end !== -1 && !raw.slice(textFrom, textFrom + end).includes('=?') ? textFrom + end : -1;
	}
	if (textEnd === -1) return undefined;
	const text = raw.slice(textFrom, textEnd);
	// RFC 2231 section 5 adds a language after an asterisk.
	const charset = raw.slice(at + 2, charsetEnd).split('*')[0]!.toLowerCase();
	return { charset, bytes: encoding === 'B' ? decodeB(text) : decodeQ(text), end: textEnd + 2 };
}

function decodeB(text: string): Buffer {
	return Buffer.concat(text.split('=').map((run) => Buffer.from(run, 'base64')));
}

function decodeQ(text: string): Buffer {
	const bytes = Buffer.allocUnsafe(text.length);
	let size = 0;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code === 0x3d) {
			const value = /^[0-9a-f]{2}$/i.test(text.slice(i + 1, i + 3)) ? parseInt(text.slice(i + 1, i + 3), 16) : -1;
			bytes[size++] = value < 0 ? code : value;
			if (value >= 0) i += 2;
		} else {
			bytes[size++] = code === 0x5f ? 0x20 : code;
		}
	}
	return bytes.subarray(0, size);
}

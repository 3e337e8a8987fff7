import { isUtf8 } from 'node:buffer';
import type { Libmime } from 'libmime';
import { decodeCharset } from './charset';
import { lazy } from '../../lazy';

/** An encoded word. In Q words some senders leave question marks bare: those are read in words up to the usual length. */
const WORD = /=\?([^?\s]{1,40})\?([bq])\?([^?]*(?:(?<!=)\?(?!=)[^?]{0,75}){0,8})\?=/gi;

/**
 * Text of a header field body given as bytes (a `latin1` string): RFC 2047 encoded words and raw UTF-8 (RFC 6532).
 *
 * Words of one charset that follow each other are joined as bytes first, for senders cut characters in two.
 * Raw bytes outside of words, and inside of them, are kept bytes: UTF-8 when valid, else `fallback`, the charset
 * the message itself declares; without one they become U+FFFD, as STIX asks. Linear.
 */
export function decodeHeaderText(raw: string, fallback?: string): string {
	return decodeWords(decodeRawText(protectWords(raw), fallback));
}

/** Text with its encoded words decoded; their raw bytes were taken care of (see {@link protectWords}). */
export function decodeWords(text: string): string {
	return text.includes('=?') ? mimeDecoder().decodeWords(text) : text;
}

/** Raw bytes of a header (a `latin1` string) as text. */
export function decodeRawText(raw: string, fallback?: string): string {
	if (!/[^\x00-\x7f]/.test(raw)) return raw;
	const bytes = Buffer.from(raw, 'latin1');
	return fallback === undefined || isUtf8(bytes) ? bytes.toString('utf8') : decodeCharset(bytes, fallback);
}

/**
 * The same field with encoded words that hold only what RFC 2047 section 5 (3) allows in any place: raw bytes and
 * specials in them would be taken for text, for the end of the word, or for the comma of an address list.
 */
export function protectWords(raw: string): string {
	if (!raw.includes('=?')) return raw;
	return raw.replace(WORD, (_, charset: string, encoding: string, text: string) => {
		const name = /^[\w*-]+$/.test(charset) ? charset : mimeDecoder().normalizeCharset(charset);
		const safe =
			encoding.toUpperCase() === 'B'
				? text.replace(/[^\w+/=-]/g, '')
				: text.replace(/[^\w=!*+/-]|=(?![\da-f]{2})/gi, escapeByte);
		return `=?${name}?${encoding}?${safe}?=`;
	});
}

const escapeByte = (character: string): string =>
	`=${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** libmime, with the bytes of words and of RFC 2231 parameters read in the charsets that this folder reads. */
export const mimeDecoder: () => Libmime = lazy((): Libmime => {
	const libmime = require('libmime') as typeof import('libmime');
	const libbase64 = require('libbase64') as typeof import('libbase64');
	const libqp = require('libqp') as typeof import('libqp');
	return new (class extends libmime.Libmime {
		override decodeWord(charset: string, encoding: string, text: string): string {
			const bytes =
				encoding.toUpperCase() === 'B' ? libbase64.decode(text) : libqp.decode(Buffer.from(text.replace(/_/g, '=20')));
			// RFC 2231 section 5 adds a language after an asterisk.
			return decodeCharset(bytes, charset.split('*')[0]);
		}
	})();
});

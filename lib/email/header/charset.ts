import { isAscii, isUtf8 } from 'node:buffer';
import { lazy } from '../../lazy';
const charsets = lazy(() => require('libmime/lib/charset') as typeof import('libmime/lib/charset'));
const iconv = lazy(() => require('iconv-lite') as typeof import('iconv-lite'));

/** Labels that promise ASCII or nothing: senders use them for whatever they have. */
const ASCII_LABELS = new Set(['', 'us-ascii', 'ascii', 'ansi_x3.4-1968', '7bit', '8bit', 'default', 'unknown-8bit']);
const UTF7_LABELS = new Set(['utf-7', 'utf7', 'unicode-1-1-utf-7', 'csunicode11utf7']);
/** Names that mail uses and iconv-lite does not know. */
const ALIASES = new Map([
	['iso-2022-jp-ms', 'iso-2022-jp'],
	['csiso2022jp', 'iso-2022-jp'],
	['unicode', 'utf-16'],
]);
const BYTE_ORDER_MARKS: [Buffer, string][] = [
	[Buffer.from([0xef, 0xbb, 0xbf]), 'utf-8'],
	[Buffer.from([0xff, 0xfe]), 'utf-16le'],
	[Buffer.from([0xfe, 0xff]), 'utf-16be'],
];
/** Names that libmime gives to encoding-japanese, whatever follows. */
const JAPANESE = /^jis|^iso-?2022-?jp|^eucjp/i;
/** iconv-lite's table of names, which it reads when the first of them is asked for. */
const tables = lazy(() => {
	iconv().encodingExists('utf-8');
	return { encodings: iconv().encodings as Record<string, unknown>, keyOf: iconv()._canonicalizeEncoding };
});
const known = new Map<string, boolean>();

/**
 * Text of bytes in a declared charset, by libmime (iconv-lite, encoding-japanese). A byte order mark outranks the label.
 *
 * Without a label, or with one that promises ASCII: UTF-8 when valid, else windows-1252, as mail readers do.
 * An unknown label is read in the same way. A label that the bytes refute does not count: they are valid UTF-8, and no sensible text
 * in it. Bytes that the charset does not define become U+FFFD.
 */
export function decodeCharset(bytes: Buffer, label?: string): string {
	const mark =
		bytes[0] === undefined || bytes[0] < 0xef
			? undefined
			: BYTE_ORDER_MARKS.find(([start]) => start.equals(bytes.subarray(0, start.length)));
	if (mark !== undefined) return convert(bytes.subarray(mark[0].length), mark[1]);
	const declared = (label ?? '').trim().toLowerCase();
	const name = ALIASES.get(declared) ?? declared;
	if (refutes(bytes, name)) return bytes.toString('utf8');
	if (name === 'utf-8' || name === 'utf8') return bytes.toString('utf8');
	// libmime refuses UTF-7, so that nobody renders it. Phishers use it because filters do not read it; here it is only read.
	if (UTF7_LABELS.has(name)) return iconv().decode(bytes, 'utf-7');
	if (ASCII_LABELS.has(name) || !isKnown(name))
		return isUtf8(bytes) ? bytes.toString('utf8') : convert(bytes, 'windows-1252');
	return convert(bytes, name);
}

/** Charsets whose letters have two bytes or more, or whose letters follow each other as the bytes of UTF-8 do. */
const DENSE = /gb|big-?5|shift|sjis|^euc|cp9|windows-(?:874|9)|^ks_?c|johab|tis-?620|iso-8859-11/;
/** Charsets in which no byte of a text is above 7F. */
const SEVEN_BIT = /^iso-2022|^hz|^utf-?7/;
const WIDE = /^(?:utf|ucs)-?(?:16|32|2|4)/;
/** How much of a text is looked at. */
const REFUTED_IN = 64 * 1024;

/**
 * Whether bytes are UTF-8, and not in the charset that is named. Nobody writes `â€™` or `Ã©` in windows-1252, but some programs keep
 * the label of an answer's original. What might be words of the other charset is read in it: `É’`, or two Chinese characters.
 */
function refutes(bytes: Buffer, name: string): boolean {
	if (name === '' || name === 'utf-8' || isAscii(bytes)) return WIDE.test(name) && isWrittenNarrow(bytes);
	if (WIDE.test(name)) return isWrittenNarrow(bytes);
	if (!isUtf8(bytes)) return false;
	if (SEVEN_BIT.test(name)) return true;
	const { pairs, longer, latin } = sequencesOf(bytes);
	if (longer > 0) return true;
	return DENSE.test(name) ? pairs > 5 : pairs > 1 || latin > 0;
}

/** Characters of two bytes, of more, and of those of two the ones of Latin-1, in text that is UTF-8. */
function sequencesOf(bytes: Buffer): { pairs: number; longer: number; latin: number } {
	const found = { pairs: 0, longer: 0, latin: 0 };
	const length = Math.min(bytes.length, REFUTED_IN);
	for (let i = 0; i < length; i++) {
		const byte = bytes[i]!;
		if (byte >= 0xe0) {
			found.longer++;
			break;
		}
		if (byte < 0xc0) continue;
		found.pairs++;
		if (byte < 0xc4) found.latin++;
	}
	return found;
}

/**
 * Words of one byte a letter. In units of two or four bytes a text has zeros, line ends at least; letters of most scripts have control
 * characters for halves; only some Japanese looks like ASCII all through, and has no blanks.
 */
function isWrittenNarrow(bytes: Buffer): boolean {
	if (bytes.length < 8 || !bytes.includes(0x20) || !isUtf8(bytes)) return false;
	return !/[\0-\x08\v\f\x0e-\x1f]/.test(bytes.toString('latin1', 0, REFUTED_IN));
}

function convert(bytes: Buffer, name: string): string {
	return charsets().decode(bytes, name);
}

/** Whether libmime decodes the name as something other than its own fallback. */
function isKnown(name: string): boolean {
	let answer = known.get(name);
	if (answer === undefined) {
		// libmime and iconv-lite throw for each name that they do not know, and a mail may hold a hundred thousand.
		const canonical = charsets().normalizeCharset(name);
		if (JAPANESE.test(canonical)) return true;
		if (!Object.hasOwn(tables().encodings, tables().keyOf(canonical))) return false;
		if (known.size > 200) known.clear();
		const stream = charsets().createDecodeStream(name);
		stream.destroy();
		known.set(name, (answer = stream.supported));
	}
	return answer;
}

/** How much of a text is looked at for its form. */
const FORM_BYTES = 512;

/**
 * UTF-16, when bytes show it themselves: by a byte order mark, or by zeros in every other place, as scripts with ASCII in them have
 * (Notepad and other programs know such files without a mark). UTF-8 and the old charsets have no zeros.
 */
export function guessUtf16(bytes: Buffer): 'utf-16le' | 'utf-16be' | undefined {
	const length = Math.min(bytes.length, FORM_BYTES) & ~1;
	if (length < 2) return undefined;
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
	if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
	let [even, odd] = [0, 0];
	for (let i = 0; i < length; i += 2) {
		if (bytes[i] === 0) even++;
		if (bytes[i + 1] === 0) odd++;
	}
	// Half of the characters at least are of the first 256. Some others have a zero in the other place; in UTF-32 it is every second.
	const [more, fewer] = odd > even ? [odd, even] : [even, odd];
	if (more * 4 < length || fewer * 4 > more) return undefined;
	return odd > even ? 'utf-16le' : 'utf-16be';
}

/**
 * Bytes that were cut anywhere, without the half of a character at their end (UTF-8 or, with `utf16`, UTF-16): with it,
 * unlabelled UTF-8 would no longer be valid, and the whole text read in another charset.
 */
export function withoutHalfCharacter(bytes: Buffer, utf16 = false): Buffer {
	const { length } = bytes;
	if (utf16) {
		const even = length & ~1;
		const isHigh = even > 0 && (bytes[even - 1]! & 0xfc) === 0xd8;
		return bytes.subarray(0, isHigh ? even - 2 : even);
	}
	for (let back = 1; back <= Math.min(3, length); back++) {
		const byte = bytes[length - back]!;
		if (byte < 0x80) break;
		// The byte that begins a character says how many it has.
		if (byte >= 0xc0)
			return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? bytes.subarray(0, length - back) : bytes;
	}
	return bytes;
}

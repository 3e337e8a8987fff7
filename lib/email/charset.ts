import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';

/** Labels that say UTF-8, or a subset of it that senders use for whatever they have. */
const UTF8_LABELS = new Set(['', 'utf-8', 'utf8', 'us-ascii', 'ascii', 'ansi_x3.4-1968', '7bit', '8bit', 'default', 'unknown-8bit']);
const UTF7_LABELS = new Set(['utf-7', 'utf7', 'unicode-1-1-utf-7', 'csunicode11utf7']);
/** Names that mail uses and the WHATWG Encoding Standard does not know. */
const ALIASES: Record<string, string> = {
	cp936: 'gbk',
	cp932: 'shift_jis',
	cp949: 'euc-kr',
	cp950: 'big5',
	'iso-2022-jp-ms': 'iso-2022-jp',
	'hz-gb-2312': 'gbk',
	unicode: 'utf-16',
};

const decoders = new Map<string, TextDecoder | undefined>();

/**
 * Text of bytes in a declared charset. A byte order mark outranks the label.
 *
 * Without a label, or with one that promises ASCII: UTF-8 when valid, else windows-1252, as mail readers do.
 * An unknown label is read in the same way. Bytes that the charset does not define become U+FFFD.
 */
export function decodeCharset(bytes: Buffer, label?: string): string {
	if (bytes.length >= 2) {
		if (bytes[0] === 0xff && bytes[1] === 0xfe) return decoderFor('utf-16le')!.decode(bytes);
		if (bytes[0] === 0xfe && bytes[1] === 0xff) return decoderFor('utf-16be')!.decode(bytes);
		if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.toString('utf8', 3);
	}
	const name = (label ?? '').trim().toLowerCase();
	if (UTF8_LABELS.has(name)) {
		if (name === 'utf-8' || name === 'utf8') return bytes.toString('utf8');
		return isUtf8(bytes) ? bytes.toString('utf8') : decoderFor('windows-1252')!.decode(bytes);
	}
	if (UTF7_LABELS.has(name)) return decodeUtf7(bytes.toString('latin1'));
	if (name === 'utf-16' || name === 'unicode') return decoderFor(looksBigEndian(bytes) ? 'utf-16be' : 'utf-16le')!.decode(bytes);
	const native = decoderFor(ALIASES[name] ?? name);
	if (native !== undefined) return native.decode(bytes);
	if (!isKnown(name)) return decodeCharset(bytes);
	return otherCharsets().decode(bytes, name);
}

function decoderFor(label: string): TextDecoder | undefined {
	if (!decoders.has(label)) {
		if (decoders.size > 200) decoders.clear();
		let decoder: TextDecoder | undefined;
		try {
			decoder = new TextDecoder(label, { ignoreBOM: false });
		} catch {
			decoder = undefined;
		}
		decoders.set(label, decoder);
	}
	return decoders.get(label);
}

function otherCharsets(): typeof import('libmime/lib/charset') {
	// eslint-disable-next-line @typescript-eslint/no-require-imports
	return require('libmime/lib/charset') as typeof import('libmime/lib/charset');
}

/** Whether libmime decodes the name as something other than its own fallback. */
function isKnown(name: string): boolean {
	const stream = otherCharsets().createDecodeStream(name);
	stream.destroy();
	return stream.supported;
}

/** Without a byte order mark RFC 2781 says big endian; Windows writes little endian: the side of the zeros tells. */
function looksBigEndian(bytes: Buffer): boolean {
	let zerosAtEven = 0;
	let zerosAtOdd = 0;
	for (let i = 0; i < Math.min(bytes.length, 512); i++) {
		if (bytes[i] !== 0) continue;
		if (i % 2 === 0) zerosAtEven++;
		else zerosAtOdd++;
	}
	return zerosAtEven > zerosAtOdd;
}

/** RFC 2152. Phishers use it because filters do not read it; the result is only ever looked at, never rendered. */
function decodeUtf7(text: string): string {
	return text.replace(/\+([A-Za-z0-9+/]*)-?/g, (_, base64: string) => {
		if (base64 === '') return '+';
		const bytes = Buffer.from(base64, 'base64');
		return decoderFor('utf-16be')!.decode(bytes.subarray(0, bytes.length & ~1));
	});
}

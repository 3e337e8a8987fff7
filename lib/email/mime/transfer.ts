import type { Transform } from 'node:stream';
import { lazy } from '../../lazy';
const libbase64 = lazy(() => require('libbase64') as typeof import('libbase64'));
const libqp = lazy(() => require('libqp') as typeof import('libqp'));

/** Undoes a Content-Transfer-Encoding (RFC 2045 section 6) piece by piece; how the input is cut does not matter. */
export interface TransferDecoder {
	write(chunk: Buffer): Buffer;
	end(): Buffer;
}

const NOTHING: Buffer = Buffer.alloc(0);

/** Decoder for a Content-Transfer-Encoding field body. Unknown ones pass the bytes through. */
export function createTransferDecoder(encoding: string): TransferDecoder {
	switch (encoding) {
		case 'base64':
			return new Base64Decoder();
		case 'quoted-printable':
			return new QuotedPrintableDecoder();
		case 'x-uuencode':
		case 'x-uue':
		case 'uuencode':
			return new UuDecoder();
		default:
			return { write: (chunk) => chunk, end: () => NOTHING };
	}
}

/** How much of a text is looked at for its encoding. */
const SAMPLE = 2 * 1024;

/**
 * As {@link createTransferDecoder}, of a text: one that is declared as base64 and is none comes as it is written, as do the words of
 * a sender whose program set the wrong field. `onLie` is called then.
 */
export function createTextDecoder(encoding: string, onLie: () => void): TransferDecoder {
	return encoding === 'base64' ? new DoubtfulDecoder(onLie) : createTransferDecoder(encoding);
}

class DoubtfulDecoder implements TransferDecoder {
	#waiting: Buffer[] = [];
	#bytes = 0;
	#decoder: TransferDecoder | undefined;
	readonly #onLie: () => void;

	constructor(onLie: () => void) {
		this.#onLie = onLie;
	}

	write(chunk: Buffer): Buffer {
		if (this.#decoder !== undefined) return this.#decoder.write(chunk);
		this.#waiting.push(chunk);
		this.#bytes += chunk.length;
		return this.#bytes < SAMPLE ? NOTHING : this.#decide();
	}

	end(): Buffer {
		const first = this.#decoder === undefined ? this.#decide() : NOTHING;
		const rest = this.#decoder!.end();
		return first.length === 0 ? rest : Buffer.concat([first, rest]);
	}

	#decide(): Buffer {
		const all = this.#waiting.length === 1 ? this.#waiting[0]! : Buffer.concat(this.#waiting);
		this.#waiting = [];
		const isPlain = isNoBase64(all.toString('latin1', 0, SAMPLE));
		if (isPlain) this.#onLie();
		this.#decoder = createTransferDecoder(isPlain ? '' : 'base64');
		return this.#decoder.write(all);
	}
}

/**
 * Of base64 with something strewn into it, which readers pass over, a text comes out; of words, bytes that are none. A line in
 * another alphabet behind it (the footer of a mailing list) is too little to count.
 */
function isNoBase64(sample: string): boolean {
	const text = sample.trim();
	const foreign = text.replace(/[\w+/=-]+|[\r\n]+/g, '').length;
	return foreign * 20 > text.length && !isPlainText(Buffer.from(text, 'base64'));
}

/** UTF-8 without control characters. The last character may be cut. */
function isPlainText(bytes: Buffer): boolean {
	const text = bytes.toString('utf8');
	return bytes.length > 0 && !/[\0-\x08\v\f\x0e-\x1f\x7f]|\ufffd(?!$)/.test(text);
}

/** Shorter ones are words. */
const LEAST_BASE64 = 64;

/** The text of a body in base64 whose encoding no field names. Undefined when it is what it seems to be. */
export function asWritten(bytes: Buffer, encoding: string): Buffer | undefined {
	if (encoding === 'base64' || encoding === 'quoted-printable' || bytes.length < LEAST_BASE64) return undefined;
	// Most texts are none in their first line already.
	if (/[^\w+/=\s]|\S +\S/.test(bytes.toString('latin1', 0, 200))) return undefined;
	const text = bytes
		.toString('latin1')
		.replace(/[\r\n]+/g, '')
		.trim();
	if (text.length < LEAST_BASE64 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
	const decoded = Buffer.from(text, 'base64');
	return isPlainText(decoded) ? decoded : undefined;
}

/**
 * A text in quoted-printable whose encoding no field names: lines end in `=`, and there is no other equals sign in what is looked at of
 * it but in encoded characters. Undefined when it is what it seems to be.
 */
export function asQuotedPrintable(bytes: Buffer, encoding: string): Buffer | undefined {
	if (encoding === 'base64' || encoding === 'quoted-printable' || !bytes.includes('=3D')) return undefined;
	const sample = bytes.toString('latin1', 0, SAMPLE_QP);
	if (!/[^\s=]=\r?\n/.test(sample) || /=(?![0-9A-F]{2}|[ \t]{0,8}\r?\n|[0-9A-F]?$|\r?$)/.test(sample)) return undefined;
	const decoder = new QuotedPrintableDecoder();
	return Buffer.concat([decoder.write(bytes), decoder.end()]);
}
const SAMPLE_QP = 64 * 1024;

/** Characters outside of the alphabet are ignored; padding ends a run, and another run may follow. */
class Base64Decoder implements TransferDecoder {
	/** Most parts come in one piece: it waits, for without another it needs no stream. */
	#first: Buffer | undefined;
	#stream: Transform | undefined;

	write(chunk: Buffer): Buffer {
		if (this.#stream === undefined && this.#first === undefined) {
			this.#first = chunk;
			return NOTHING;
		}
		return this.#pass(chunk);
	}

	end(): Buffer {
		const first = this.#first;
		if (first === undefined && this.#stream === undefined) return NOTHING;
		if (first !== undefined && isOneRun(first)) return Buffer.from(first.toString('latin1'), 'base64');
		// Padding makes the stream give what it holds at once; its own end would be told a turn later.
		return this.#pass(PADDING);
	}

	#pass(chunk: Buffer): Buffer {
		this.#stream ??= new (libbase64().Decoder)();
		if (this.#first !== undefined) this.#stream.write(this.#first);
		this.#first = undefined;
		this.#stream.write(chunk);
		return (this.#stream.read() as Buffer | null) ?? NOTHING;
	}
}
const PADDING = Buffer.from('=');

/** Nothing in it that Node reads otherwise: padding before the end, or the alphabet of RFC 4648 section 5. */
function isOneRun(encoded: Buffer): boolean {
	const padding = encoded.indexOf(0x3d);
	return (
		(padding === -1 || /^={1,2}\s*$/.test(encoded.toString('latin1', padding))) &&
		!encoded.includes(0x2d) &&
		!encoded.includes(0x5f)
	);
}

/** A line without end is decoded in pieces of about this size. */
const MAX_LINE = 64 * 1024;

/** libqp, given whole lines: its own stream keeps all of a part in memory. */
class QuotedPrintableDecoder implements TransferDecoder {
	#rest: Buffer[] = [];
	#restBytes = 0;

	write(chunk: Buffer): Buffer {
		const end = chunk.lastIndexOf(0x0a) + 1;
		if (end > 0) return this.#decode(chunk.subarray(0, end), chunk.subarray(end));
		this.#rest.push(chunk);
		this.#restBytes += chunk.length;
		if (this.#restBytes < MAX_LINE) return NOTHING;
		const line = Buffer.concat(this.#rest);
		const cut = safeCut(line);
		this.#rest = [];
		return this.#decode(line.subarray(0, cut), line.subarray(cut));
	}

	end(): Buffer {
		return this.#decode(NOTHING, NOTHING);
	}

	#decode(bytes: Buffer, rest: Buffer): Buffer {
		const decoded = libqp().decode(this.#restBytes === 0 ? bytes : Buffer.concat([...this.#rest, bytes]));
		this.#rest = [rest];
		this.#restBytes = rest.length;
		return decoded;
	}
}

/** Where a line can be parted: neither within a code nor before blanks that may turn out to end it. */
function safeCut(line: Buffer): number {
	for (let at = line.length - 3; at > 0; at--) {
		const before = line[at - 1];
		if (before !== 0x20 && before !== 0x09 && before !== 0x3d && line[at - 2] !== 0x3d) return at;
	}
	return line.length;
}

/** The encoding that came before MIME, which none of the libraries reads: `begin 644 name`, lines of a length character and data, `end`. */
class UuDecoder implements TransferDecoder {
	#rest = '';

	write(chunk: Buffer): Buffer {
		const lines = (this.#rest + chunk.toString('latin1')).split(/\r\n|\r|\n/);
		// No line of this encoding is longer: the cut keeps a stream without line ends linear.
		this.#rest = (lines.pop() ?? '').slice(0, 128);
		return Buffer.concat(lines.map(decodeUuLine));
	}

	end(): Buffer {
		const rest = decodeUuLine(this.#rest);
		this.#rest = '';
		return rest;
	}
}
function decodeUuLine(line: string): Buffer {
	if (line === '' || line.startsWith('begin ') || line === 'end') return NOTHING;
	const length = (line.charCodeAt(0) - 32) & 63;
	const output = Buffer.alloc(length);
	let size = 0;
	for (let i = 1; size < length && i < line.length; i += 4) {
		const [a, b, c, d] = [0, 1, 2, 3].map((k) => (line.charCodeAt(i + k) - 32) & 63) as [
			number,
			number,
			number,
			number,
		];
		for (const byte of [(a << 2) | (b >> 4), (b << 4) | (c >> 2), (c << 6) | d]) {
			if (size < length) output[size++] = byte & 0xff;
		}
	}
	return output;
}

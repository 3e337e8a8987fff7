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

/** Value of each base64 character; -1 outside of the alphabet, -2 for padding. */
const BASE64 = new Int8Array(256).fill(-1);
Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', (character, value) => {
	BASE64[character.charCodeAt(0)] = value;
});
BASE64[0x3d] = -2;

/**
 * Characters outside of the alphabet are ignored; padding ends a run, and another run may follow (joined blocks).
 * By table, for Node's own decoder stops at padding and needs a string without line ends to be cut in fours.
 */
class Base64Decoder implements TransferDecoder {
	#bits = 0;
	#count = 0;

	write(chunk: Buffer): Buffer {
		const output = Buffer.allocUnsafe(((chunk.length + 3) * 3) >> 2);
		let size = 0;
		let bits = this.#bits;
		let count = this.#count;
		for (let i = 0; i < chunk.length; i++) {
			const value = BASE64[chunk[i]!]!;
			if (value >= 0) {
				bits = (bits << 6) | value;
				if (++count === 4) {
					output[size] = bits >> 16;
					output[size + 1] = bits >> 8;
					output[size + 2] = bits;
					size += 3;
					bits = 0;
					count = 0;
				}
			} else if (value === -2) {
				size += putRest(output, size, bits, count);
				bits = 0;
				count = 0;
			}
		}
		this.#bits = bits;
		this.#count = count;
		return output.subarray(0, size);
	}

	end(): Buffer {
		const output = Buffer.alloc(2);
		const size = putRest(output, 0, this.#bits, this.#count);
		this.#count = 0;
		return output.subarray(0, size);
	}
}

/** The bytes of an incomplete group of four: one of two characters, two of three. */
function putRest(output: Buffer, at: number, bits: number, count: number): number {
	if (count < 2) return 0;
	if (count === 2) {
		output[at] = bits >> 4;
		return 1;
	}
	output[at] = bits >> 10;
	output[at + 1] = bits >> 2;
	return 2;
}

const HEX = new Int8Array(256).fill(-1);
for (let i = 0; i < 16; i++) {
	HEX[i.toString(16).charCodeAt(0)] = i;
	HEX[i.toString(16).toUpperCase().charCodeAt(0)] = i;
}

/** RFC 2045 section 6.7: soft line breaks, blanks at line ends dropped; an `=` that starts no code stays as it is. */
class QuotedPrintableDecoder implements TransferDecoder {
	#rest: Buffer = NOTHING;

	write(chunk: Buffer): Buffer {
		return this.#decode(this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk, false);
	}

	end(): Buffer {
		return this.#decode(this.#rest, true);
	}

	#decode(input: Buffer, last: boolean): Buffer {
		const output = Buffer.allocUnsafe(input.length);
		const { length } = input;
		let size = 0;
		let i = 0;
		while (i < length) {
			const byte = input[i]!;
			if (byte === 0x3d) {
				const end = skipBlanks(input, i + 1);
				const tooLong = end - i > MAX_BLANKS;
				if (end + 1 >= length && !last && !tooLong) break;
				if (!tooLong && (end >= length || input[end] === 0x0a || input[end] === 0x0d)) {
					i = end >= length ? length : end + (input[end] === 0x0d && input[end + 1] === 0x0a ? 2 : 1);
					continue;
				}
				const high = HEX[input[i + 1]!]!;
				const low = i + 2 < length ? HEX[input[i + 2]!]! : -1;
				if (high >= 0 && low >= 0) {
					output[size++] = high * 16 + low;
					i += 3;
					continue;
				}
				output[size++] = byte;
				i++;
			} else if (byte === 0x20 || byte === 0x09) {
				const end = skipBlanks(input, i);
				if (end - i >= MAX_BLANKS) {
					size += input.copy(output, size, i, i + MAX_BLANKS);
					i += MAX_BLANKS;
					continue;
				}
				if (end >= length && !last) break;
				const trailing = end >= length || input[end] === 0x0a || input[end] === 0x0d;
				// A call to copy costs more than the few blanks between two words.
				if (!trailing) for (let k = i; k < end; k++) output[size++] = input[k]!;
				i = end;
			} else {
				output[size++] = byte;
				i++;
			}
		}
		this.#rest = i < length ? Buffer.from(input.subarray(i)) : NOTHING;
		return output.subarray(0, size);
	}
}

/** Blanks that are held back until what follows them is known; that many in a row count as text. */
const MAX_BLANKS = 1_000;

function skipBlanks(input: Buffer, from: number): number {
	let i = from;
	while (i < input.length && (input[i] === 0x20 || input[i] === 0x09)) i++;
	return i;
}

/** The encoding that came before MIME: `begin 644 name`, lines of a length character and data, `end`. */
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
		const [a, b, c, d] = [0, 1, 2, 3].map((k) => (line.charCodeAt(i + k) - 32) & 63) as [number, number, number, number];
		for (const byte of [(a << 2) | (b >> 4), (b << 4) | (c >> 2), (c << 6) | d]) {
			if (size < length) output[size++] = byte & 0xff;
		}
	}
	return output;
}

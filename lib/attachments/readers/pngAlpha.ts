import { inflateSync } from 'node:zlib';
import type { Pixels } from './codes';

/** Kinds of colours (PNG section 11.2.1) and how many samples a pixel has. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * A PNG that shows through, painted on white as mail programs do: what decodes it otherwise takes no notice of how much a pixel covers, and
 * black on nothing is all black then. Undefined for one that does not show through, or is interlaced.
 */
export function pngOnWhite(bytes: Buffer): Pixels | undefined {
	if (bytes.length < 57) return undefined;
	const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
	const [bits, type, , , interlaced] = bytes.subarray(24, 29) as unknown as [number, number, number, number, number];
	const samples = SAMPLES[type];
	if (samples === undefined || interlaced !== 0 || width === 0 || height === 0) return undefined;
	const { data, palette, cover } = chunksOf(bytes);
	if (type !== 4 && type !== 6 && !(type === 3 && cover !== undefined && palette !== undefined)) return undefined;
	const line = Math.ceil((width * samples * bits) / 8);
	const lines = inflateSync(Buffer.concat(data), { maxOutputLength: (line + 1) * height });
	if (lines.length < (line + 1) * height) return undefined;
	unfilter(lines, line, height, Math.max(1, (samples * bits) >> 3));
	const pixels = new Uint8ClampedArray(new ArrayBuffer(width * height * 4)).fill(255);
	for (let y = 0; y < height; y++) {
		const row = lines.subarray(y * (line + 1) + 1, (y + 1) * (line + 1));
		for (let x = 0; x < width; x++) {
			const sample = (i: number): number => sampleAt(row, x * samples + i, bits);
			const index = type === 3 ? sample(0) : 0;
			const alpha = type === 3 ? (cover![index] ?? 255) : sample(samples - 1);
			const at = (y * width + x) * 4;
			for (let c = 0; c < 3; c++) {
				const colour = type === 3 ? (palette![3 * index + c] ?? 0) : sample(type === 4 ? 0 : c);
				pixels[at + c] = 255 + ((colour - 255) * alpha) / 255;
			}
		}
	}
	return { data: pixels, width, height };
}

function chunksOf(bytes: Buffer): { data: Buffer[]; palette?: Buffer; cover?: Buffer } {
	const found: { data: Buffer[]; palette?: Buffer; cover?: Buffer } = { data: [] };
	for (let at = 8; at + 12 <= bytes.length;) {
		const size = bytes.readUInt32BE(at);
		const type = bytes.toString('latin1', at + 4, at + 8);
		const body = bytes.subarray(at + 8, at + 8 + size);
		if (type === 'IDAT') found.data.push(body);
		else if (type === 'PLTE') found.palette = body;
		else if (type === 'tRNS') found.cover = body;
		else if (type === 'IEND') break;
		at += 12 + size;
	}
	return found;
}

/** Sample of a line, of 8 bits: of wider ones the high byte, of an index the number itself. */
function sampleAt(row: Buffer, i: number, bits: number): number {
	if (bits === 8) return row[i]!;
	if (bits === 16) return row[2 * i]!;
	const at = i * bits;
	return (row[at >> 3]! >> (8 - bits - (at & 7))) & ((1 << bits) - 1);
}

/** Undoes the filters of the lines in place (section 9). */
function unfilter(lines: Buffer, line: number, height: number, step: number): void {
	for (let y = 0; y < height; y++) {
		const start = y * (line + 1) + 1;
		const filter = lines[start - 1]!;
		if (filter === 0) continue;
		for (let i = 0; i < line; i++) {
			const at = start + i;
			const left = i >= step ? lines[at - step]! : 0;
			const above = y > 0 ? lines[at - line - 1]! : 0;
			const corner = y > 0 && i >= step ? lines[at - line - 1 - step]! : 0;
			const guess =
				filter === 1 ? left : filter === 2 ? above : filter === 3 ? (left + above) >> 1 : paeth(left, above, corner);
			lines[at] = (lines[at]! + guess) & 0xff;
		}
	}
}

function paeth(left: number, above: number, corner: number): number {
	const guess = left + above - corner;
	const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
	return a <= b && a <= c ? left : b <= c ? above : corner;
}

import { readFileSync } from 'node:fs';
import { lazy } from '../../lazy';
import { ATTACHMENT_LIMITS } from '../../limits';
import type { OpenFile } from '../contract';
import { compile } from '../wasm';
import { readCodes, type Pixels } from './codes';
import { gifFrames } from './gif';
import { pngOnWhite } from './pngAlpha';

/** Frames of an animation that are looked at. */
const MAX_FRAMES = 12;

/** Reads the codes in a picture. */
export async function readImage(file: OpenFile): Promise<void> {
	const { bytes, type } = file;
	const size = sizeOf(bytes, type);
	if (size !== undefined) {
		file.tell({ properties: { ...size } });
		if (size.width * size.height > ATTACHMENT_LIMITS.maxPixels) {
			file.tell({ notRead: ['pixels'] });
			return;
		}
	}
	if (!file.codes) return;
	if (type === 'image/webp') {
		// Of an animation the first frame is decoded.
		if ((bytes[20]! & 2) !== 0 && bytes.toString('latin1', 12, 16) === 'VP8X') file.tell({ notRead: ['frames'] });
		await tellCodes(file, await decodeWebp(bytes));
	} else if (type === 'image/gif') {
		const { frames, more } = gifFrames(bytes, MAX_FRAMES);
		if (more) file.tell({ notRead: ['frames'] });
		for (const frame of frames) await tellCodes(file, frame);
	} else if (type === 'image/png') {
		if (!(await tellCodes(file, bytes))) await tellSeeThrough(file);
	} else if (type === 'image/jpeg' || type === 'image/bmp') await tellCodes(file, bytes);
	else file.tell({ notRead: ['method'] });
}

/** Gives whether there were any. */
async function tellCodes(file: OpenFile, picture: Uint8Array | Pixels): Promise<boolean> {
	const codes = await readCodes(picture);
	if (codes.length > 0) file.tell({ codes });
	return codes.length > 0;
}

async function tellSeeThrough(file: OpenFile): Promise<void> {
	let pixels: Pixels | undefined;
	try {
		pixels = pngOnWhite(file.bytes);
	} catch {
		// The decoder before was not so strict, and found nothing.
	}
	if (pixels !== undefined) await tellCodes(file, pixels);
}

interface WebpDecoder {
	default(bytes: ArrayBuffer): Promise<Pixels>;
	init(module: object): Promise<void>;
}

const webp = lazy(async () => {
	const decoder = require('@jsquash/webp/decode.js') as WebpDecoder;
	const wasm = readFileSync(require.resolve('@jsquash/webp/codec/dec/webp_dec.wasm'));
	await decoder.init(await compile(wasm));
	return decoder;
});

async function decodeWebp(bytes: Buffer): Promise<Pixels> {
	needImageData();
	const decoder = await webp();
	const copy = new Uint8Array(bytes);
	const pixels = await decoder.default(copy.buffer);
	// What shows through is white, as in a mail.
	const { data } = pixels;
	for (let i = 0; i < data.length; i += 4) {
		const cover = data[i + 3]! / 255;
		if (cover === 1) continue;
		for (let c = 0; c < 3; c++) data[i + c] = data[i + c]! * cover + 255 * (1 - cover);
		data[i + 3] = 255;
	}
	return pixels;
}

/** The decoder gives what browsers call ImageData; Node has no such class. */
function needImageData(): void {
	const scope = globalThis as { ImageData?: unknown };
	scope.ImageData ??= class {
		constructor(
			readonly data: Uint8ClampedArray,
			readonly width: number,
			readonly height: number,
		) {}
	};
}

/** Width and height as the first bytes tell them. Undefined where they do not. */
export function sizeOf(bytes: Buffer, type: string | undefined): { width: number; height: number } | undefined {
	if (bytes.length < 30 || type === undefined) return undefined;
	switch (type) {
		case 'image/png':
			return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
		case 'image/gif':
			return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
		case 'image/bmp':
			return { width: Math.abs(bytes.readInt32LE(18)), height: Math.abs(bytes.readInt32LE(22)) };
		case 'image/webp':
			return webpSize(bytes);
		case 'image/jpeg':
			return jpegSize(bytes);
		default:
			return undefined;
	}
}

function webpSize(bytes: Buffer): { width: number; height: number } | undefined {
	const kind = bytes.toString('latin1', 12, 16);
	if (kind === 'VP8X') return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 };
	if (kind === 'VP8 ') return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
	if (kind !== 'VP8L') return undefined;
	const bits = bytes.readUInt32LE(21);
	return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

/** Of the frame header, behind the segments before it. */
function jpegSize(bytes: Buffer): { width: number; height: number } | undefined {
	for (let at = 2; at + 9 < bytes.length;) {
		if (bytes[at] !== 0xff) return undefined;
		const marker = bytes[at + 1]!;
		if (marker === 0xff) at++;
		else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
			return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
		else at += 2 + Math.max(2, bytes.readUInt16BE(at + 2));
	}
	return undefined;
}

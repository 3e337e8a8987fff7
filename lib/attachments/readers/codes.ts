import { readFileSync } from 'node:fs';
import type { OpenedCode } from '../../email';
import { lazy } from '../../lazy';
import { ATTACHMENT_LIMITS } from '../../limits';

type ZXing = typeof import('zxing-wasm/reader');

const zxing = lazy(() => {
	const library = require('zxing-wasm/reader') as ZXing;
	const silent = (): void => undefined;
	const wasmBinary = readFileSync(require.resolve('zxing-wasm/reader/zxing_reader.wasm'));
	library.prepareZXingModule({ overrides: { wasmBinary: asArrayBuffer(wasmBinary), print: silent, printErr: silent } });
	return library;
});

const asArrayBuffer = ({ buffer, byteOffset, byteLength }: Buffer): ArrayBuffer =>
	buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;

/** Pixels, four bytes each: red, green, blue and how much they cover. */
export interface Pixels {
	data: Uint8ClampedArray<ArrayBuffer>;
	width: number;
	height: number;
}

/** Codes of two dimensions: what of one dimension fits into a line is a number, and stripes are read into any picture. */
const FORMATS = ['QRCode', 'MicroQRCode', 'RMQRCode', 'DataMatrix', 'Aztec', 'PDF417', 'MaxiCode'] as const;

/**
 * Reads the codes in a picture: a file in PNG, JPEG, GIF or BMP, or pixels. `isDrawn` is true for pixels that were painted here: they are
 * what they look like. With `tryInvert`, light codes on dark ground are read as well.
 *
 * @throws an Error when a file cannot be decoded
 */
export async function readCodes(
	picture: Uint8Array | Pixels,
	isDrawn = false,
	tryInvert = !isDrawn,
): Promise<OpenedCode[]> {
	const input = picture as Uint8Array<ArrayBuffer>;
	const options: Parameters<ZXing['readBarcodes']>[1] = {
		formats: [...FORMATS],
		tryHarder: true,
		tryRotate: true,
		tryInvert,
		tryDownscale: true,
		maxNumberOfSymbols: ATTACHMENT_LIMITS.maxCodes,
		returnErrors: true,
		textMode: 'Plain',
	};
	let results = await zxing().readBarcodes(input, options);
	// A picture that cannot be decoded is told as one result with an error.
	if (results.length === 1 && /load image/i.test(results[0]!.error)) throw new Error('the picture cannot be decoded');
	results = results.filter(({ isValid }) => isValid);
	if (results.length === 0 && !isDrawn && 'byteLength' in picture && picture.byteLength <= SMALL)
		// Black and white as they are: a code within a dark border is read so.
		results = await zxing().readBarcodes(input, { ...options, binarizer: 'BoolCast', returnErrors: false });
	const codes = new Map<string, OpenedCode>();
	for (const { format, text, isValid } of results) {
		if (!isValid || text === '') continue;
		const code = codeOf(format, text);
		codes.set(`${code.format} ${code.text}`, code);
	}
	return [...codes.values()];
}

/** Bytes of a picture up to which it is read a second time. */
const SMALL = 512 * 1024;

/** A code of a format and its text. */
export function codeOf(format: string, text: string): OpenedCode {
	const kept = text.slice(0, ATTACHMENT_LIMITS.maxLinkCharacters);
	return { format, text: kept, content: CONTENTS.find(([, form]) => form.test(kept))?.[0] ?? 'text' };
}

const CONTENTS: ReadonlyArray<readonly [OpenedCode['content'], RegExp]> = [
	['link', /^\s{0,8}(?:https?:\/\/|www\.)\S/i],
	['wifi', /^WIFI:/i],
	['contact', /^(?:BEGIN:VCARD|MECARD:|BIZCARD:)/i],
	['event', /^BEGIN:V(?:EVENT|CALENDAR)/i],
	['mail', /^(?:mailto:|MATMSG:|SMTP:)/i],
	['phone', /^(?:tel|sms|smsto|mms|mmsto|facetime):/i],
	['place', /^geo:/i],
	['otp', /^otpauth(?:-migration)?:/i],
	['wallet', /^(?:bitcoin|ethereum|litecoin|monero|solana|tron|lightning|dogecoin|bitcoincash|ripple):/i],
	// EMV and PIX, the European payment standard, Swiss invoices, Indian UPI.
	['payment', /^(?:000201|BCD\r?\n|SPC\r?\n|upi:|bank:|SPD\*)/i],
	['link', /^[a-z][a-z0-9+.-]{1,30}:\/\/\S/i],
	['link', /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}(?::\d{1,5})?[/?#]\S*$/i],
];

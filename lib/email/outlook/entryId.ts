import { EMAIL_LIMITS } from '../../limits';
import { MapiText } from './mapi';

/** Who an entry id stands for, when that stands in it. */
export interface OneOff {
	name: MapiText;
	/** `SMTP`, `EX` … */
	type: MapiText;
	address: MapiText;
}

const PROVIDER = Buffer.from('812b1fa4bea310199d6e00dd010f5402', 'hex');
const HEADER = 24;
const IS_UNICODE = 0x8000;

/** Reads a one-off entry id (MS-OXCDATA section 2.2.5.1). Undefined for all others: they point into a directory. */
export function readOneOff(bytes: Buffer): OneOff | undefined {
	if (bytes.length < HEADER || !bytes.subarray(4, 20).equals(PROVIDER)) return undefined;
	const isUnicode = (bytes.readUInt16LE(22) & IS_UNICODE) !== 0;
	const width = isUnicode ? 2 : 1;
	const texts: MapiText[] = [];
	let at = HEADER;
	for (let i = 0; i < 3; i++) {
		let end = at;
		while (end + width <= bytes.length && (bytes[end] !== 0 || (isUnicode && bytes[end + 1] !== 0))) end += width;
		texts.push(new MapiText(bytes.subarray(at, end), isUnicode ? 'unicode' : '8-bit'));
		at = end + width;
	}
	const [name, type, address] = texts as [MapiText, MapiText, MapiText];
	return { name, type, address };
}

/** The one-off entry ids of a list of them (FLATENTRYLIST, MS-OXCDATA section 2.3.3). */
export function readOneOffs(list: Buffer): OneOff[] {
	const found: OneOff[] = [];
	let at = 8;
	while (at + 4 <= list.length && found.length < EMAIL_LIMITS.maxAddresses) {
		const length = list.readUInt32LE(at);
		const one = readOneOff(list.subarray(at + 4, at + 4 + length));
		if (one !== undefined) found.push(one);
		// Each is filled up to a multiple of four.
		at += 4 + Math.ceil(length / 4) * 4;
	}
	return found;
}

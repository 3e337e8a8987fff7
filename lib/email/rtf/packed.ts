/** What every dictionary begins with (MS-OXRTFCP section 2.1.2.1). */
const BEGINNING =
	'{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx';
const DICTIONARY = 4096;
const HEADER = 16;
const COMPRESSED = 0x75465a4c;
const UNCOMPRESSED = 0x414c454d;
/** A run of bits, eight steps: at most 17 bytes each out of two. */
const MOST = 9;

/** RTF as far as it could be unpacked: `whole` when that is all that its header tells. */
export interface UnpackedRtf {
	bytes: Buffer;
	whole: boolean;
}

/** How many bytes it claims to have, or can have at most. 0 when it is none. */
export function unpackedSize(packed: Buffer): number {
	if (packed.length < HEADER) return 0;
	const kind = packed.readUInt32LE(8);
	if (kind !== COMPRESSED && kind !== UNCOMPRESSED) return 0;
	const told = packed.readUInt32LE(4);
	return Math.min(told, (packed.length - HEADER) * (kind === COMPRESSED ? MOST : 1));
}

/**
 * Unpacks the RTF of PidTagRtfCompressed (MS-OXRTFCP), no more than `maxBytes` of it. One pass over the input; what it claims of
 * its length is believed only as far as its bytes can make it. Undefined when it is none.
 */
export function unpackRtf(packed: Buffer, maxBytes: number): UnpackedRtf | undefined {
	const size = unpackedSize(packed);
	if (size === 0) return undefined;
	const told = packed.readUInt32LE(4);
	const output = Buffer.alloc(Math.min(size, maxBytes));
	const length =
		packed.readUInt32LE(8) === UNCOMPRESSED
			? packed.copy(output, 0, HEADER)
			: decompress(packed.subarray(HEADER), output);
	return { bytes: output.subarray(0, length), whole: length === told };
}

/** Fills `output`; gives how many bytes came out. */
function decompress(input: Buffer, output: Buffer): number {
	const dictionary = Buffer.alloc(DICTIONARY);
	let write = dictionary.write(BEGINNING, 'latin1');
	let length = 0;
	let at = 0;
	const put = (byte: number): void => {
		dictionary[write] = byte;
		write = (write + 1) % DICTIONARY;
		output[length++] = byte;
	};
	while (at < input.length && length < output.length) {
		const flags = input[at++]!;
		for (let bit = 0; bit < 8 && at < input.length && length < output.length; bit++) {
			if ((flags & (1 << bit)) === 0) {
				put(input[at++]!);
				continue;
			}
			if (at + 2 > input.length) return length;
			const reference = input.readUInt16BE(at);
			at += 2;
			const from = reference >> 4;
			// A reference to the place that is written next ends the text.
			if (from === write) return length;
			const count = (reference & 0xf) + 2;
			for (let i = 0; i < count && length < output.length; i++) put(dictionary[(from + i) % DICTIONARY]!);
		}
	}
	return length;
}

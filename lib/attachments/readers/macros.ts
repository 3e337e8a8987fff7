import { isCompoundFile, openCompoundFile, type CompoundEntry } from '../../email';
import { MiB } from '../../units';

/** Bytes of source that are unpacked of one module. */
const MAX_SOURCE = 1 * MiB;
const MAX_MODULES = 50;

/** Source of the macros in a VBA project, module by module, as far as it can be unpacked. */
export function macroTexts(bytes: Buffer): string[] {
	if (!isCompoundFile(bytes)) return [];
	try {
		return sourcesIn(openCompoundFile(bytes).root);
	} catch {
		return [];
	}
}

/** The same, in a compound file that is open. */
export function sourcesIn(root: CompoundEntry): string[] {
	const sources: string[] = [];
	const waiting = [...root.children];
	for (const entry of waiting) {
		if (sources.length >= MAX_MODULES) break;
		if (entry.isStorage) waiting.push(...entry.children);
		else if (!/^(?:dir|_VBA_PROJECT|PROJECT\w*|__SRP_\w+)$/i.test(entry.name) && entry.size > 32) {
			const source = sourceIn(entry.read().bytes);
			if (source !== undefined) sources.push(source);
		}
	}
	return sources;
}

const FIRST_WORD = Buffer.from('\0Attribut', 'latin1');

/** A module's source stands behind its compiled form, and begins with `Attribute`: eight characters before anything is packed. */
function sourceIn(stream: Buffer): string | undefined {
	const at = stream.indexOf(FIRST_WORD) - 3;
	return at >= 0 && stream[at] === 1 ? decompress(stream, at + 1).toString('latin1') : undefined;
}

/** Chunks of 4,096 bytes, each packed by itself (MS-OVBA section 2.4.1). */
function decompress(stream: Buffer, from: number): Buffer {
	const output = Buffer.alloc(Math.min(MAX_SOURCE, (stream.length - from) * 16 + 8_192));
	let length = 0;
	for (let at = from; at + 2 <= stream.length && length + 8_192 <= output.length;) {
		const header = stream.readUInt16LE(at);
		if ((header & 0x7000) !== 0x3000) break;
		const end = Math.min(at + (header & 0x0fff) + 3, stream.length);
		const start = length;
		at += 2;
		if ((header & 0x8000) === 0) {
			length += stream.copy(output, length, at, Math.min(at + 4_096, end));
			at = end;
			continue;
		}
		while (at < end && length - start < 4_096) {
			const flags = stream[at++]!;
			for (let bit = 0; bit < 8 && at < end && length - start < 4_096; bit++) {
				if ((flags & (1 << bit)) === 0) {
					output[length++] = stream[at++]!;
					continue;
				}
				if (at + 2 > end) return output.subarray(0, length);
				const token = stream.readUInt16LE(at);
				at += 2;
				const bits = Math.max(4, Math.ceil(Math.log2(Math.max(length - start, 1))));
				const count = (token & (0xffff >> bits)) + 3;
				const back = (token >> (16 - bits)) + 1;
				if (back > length - start) return output.subarray(0, length);
				for (let i = 0; i < count && length - start < 4_096 + 4_096; i++, length++)
					output[length] = output[length - back]!;
			}
		}
		at = end;
	}
	return output.subarray(0, length);
}

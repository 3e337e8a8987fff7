import { ATTACHMENT_LIMITS } from '../../limits';
import type { OpenFile } from '../contract';
import { riskOfName } from '../names';

const BLOCK = 512;
/** Types of entries (POSIX ustar): files, and what holds a long name for the next one. */
const FILES: ReadonlySet<string> = new Set(['0', '\0', '7']);

/** Reads a tar file, one block after the other. */
export function readTar(file: OpenFile): void {
	const { bytes } = file;
	let entries = 0;
	let longName: string | undefined;
	for (let at = 0; at + BLOCK <= bytes.length;) {
		const size = sizeAt(bytes, at + 124);
		if (bytes[at] === 0 || Number.isNaN(size) || size < 0) break;
		const type = String.fromCharCode(bytes[at + 156]!);
		const content = bytes.subarray(at + BLOCK, Math.min(at + BLOCK + size, bytes.length));
		const text = (from: number, length: number) =>
			bytes.toString('utf8', at + from, at + from + length).split('\0', 1)[0]!;
		if (type === 'L') longName = content.toString('utf8').split('\0', 1)[0]!;
		else if (type === 'x') longName = pathIn(content) ?? longName;
		else if (FILES.has(type)) {
			const name = longName ?? [text(345, 155), text(0, 100)].filter((part) => part !== '').join('/');
			longName = undefined;
			entries++;
			const risk = riskOfName(name);
			if (risk !== undefined) file.tell({ flags: [risk] });
			if (entries > ATTACHMENT_LIMITS.maxChildren) {
				file.tell({ notRead: ['children'] });
				return;
			}
			if (content.length > file.inflatable) {
				file.tell({ notRead: ['bytes'] });
				return;
			}
			file.inflatable -= content.length;
			if (content.length < size) file.tell({ flags: ['damaged'] });
			file.tell({ files: [{ name, bytes: content }] });
		}
		at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
	}
	file.tell({ properties: { entries } });
}

/** A size in octal digits, or, where the first bit is set, in bytes (GNU). */
function sizeAt(bytes: Buffer, at: number): number {
	if ((bytes[at]! & 0x80) !== 0) return Number(bytes.readBigUInt64BE(at + 4));
	return parseInt(bytes.toString('latin1', at, at + 12).replace(/[\0 ]/g, ''), 8);
}

/** The name in records of `length key=value` (pax). */
function pathIn(records: Buffer): string | undefined {
	return /(?:^|\n)\d{1,9} path=([^\n]{1,4096})\n/.exec(records.toString('utf8', 0, 65_536))?.[1];
}

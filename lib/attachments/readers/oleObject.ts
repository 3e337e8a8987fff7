import type { FoundFile } from '../contract';

/** A file in a Packager object (`\u0001Ole10Native`): its name, the paths that it came from, its bytes. Undefined where it is none. */
export function nativeObject(stream: Buffer): FoundFile | undefined {
	if (stream.length < 16) return undefined;
	let at = 6;
	const text = (): string => {
		const end = stream.indexOf(0, at);
		const value = stream.toString('latin1', at, end < 0 ? stream.length : Math.min(end, at + 1_024));
		at = end < 0 ? stream.length : end + 1;
		return value;
	};
	const label = text();
	const path = text();
	at += 4;
	if (at + 4 > stream.length) return undefined;
	const pathSize = stream.readUInt32LE(at);
	at += 4 + pathSize;
	if (at + 4 > stream.length) return undefined;
	const size = stream.readUInt32LE(at);
	const bytes = stream.subarray(at + 4, at + 4 + size);
	if (bytes.length === 0) return undefined;
	return { name: label || path, bytes };
}

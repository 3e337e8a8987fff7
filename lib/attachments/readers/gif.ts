/** Behind the screen descriptor: trailer, extension, image. */
const [TRAILER, EXTENSION, IMAGE] = [0x3b, 0x21, 0x2c];

/** Each frame of a GIF as a picture of its own: decoders read the first one only, and a code may stand in another. */
export function gifFrames(bytes: Buffer, max: number): { frames: Buffer[]; more: boolean } {
	if (bytes.length < 13) return { frames: [bytes], more: false };
	const frames: Buffer[] = [];
	let at = 13 + colours(bytes[10]!);
	const head = bytes.subarray(0, at);
	let control: Buffer | undefined;
	let more = false;
	while (at < bytes.length && bytes[at] !== TRAILER) {
		const start = at;
		if (bytes[at] === EXTENSION) {
			at = blocksEnd(bytes, at + 2);
			if (bytes[start + 1] === 0xf9) control = bytes.subarray(start, at);
		} else if (bytes[at] === IMAGE && at + 10 < bytes.length) {
			at = blocksEnd(bytes, at + 10 + colours(bytes[at + 9]!) + 1);
			if (frames.length >= max) {
				more = true;
				break;
			}
			frames.push(
				Buffer.concat([
					head,
					...(control === undefined ? [] : [control]),
					bytes.subarray(start, at),
					Buffer.of(TRAILER),
				]),
			);
			control = undefined;
		} else break;
	}
	return { frames: frames.length > 1 ? frames : [bytes], more };
}

/** Bytes of the table of colours that a descriptor announces. */
const colours = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 << ((flags & 7) + 1));

/** Where a chain of blocks ends. */
function blocksEnd(bytes: Buffer, at: number): number {
	let next = at;
	while (next < bytes.length && bytes[next] !== 0) next += bytes[next]! + 1;
	return Math.min(next + 1, bytes.length);
}

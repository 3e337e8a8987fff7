import type { Random } from '../random';

/** Numbers that have broken readers, or nearly. */
export const NUMBERS = [
	0, 1, 2, 3, 4, 0x10, 0x40, 0x200, 0xfff, 0x1000, 0x7fff_ffff, 0x8000_0000, 0xffff_fff8, 0xffff_fff9, 0xffff_fffc,
	0xffff_fffd, 0xffff_fffe, 0xffff_ffff,
]; // prettier-ignore

/** Bytes that are kept when a change would make more of them. */
const MOST = 4 * 1024 * 1024;

/** Changes bytes here and there; `words` are put in among them. */
export function spoilBytes(
	bytes: Buffer,
	random: Random,
	words: readonly string[],
	changes = random.between(1, 6),
): Buffer {
	let bad = Buffer.from(bytes);
	for (let i = 0; i < changes && bad.length > 0; i++) bad = spoilOnce(bad, random, words);
	return bad.subarray(0, MOST);
}

function spoilOnce(bytes: Buffer, random: Random, words: readonly string[]): Buffer<ArrayBuffer> {
	const at = random.below(bytes.length);
	const span = Math.min(
		bytes.length - at,
		random.choose([4, () => 1 + random.below(8)], [1, () => 1 + random.below(400)]),
	);
	const before = bytes.subarray(0, at);
	const piece = bytes.subarray(at, at + span);
	const after = bytes.subarray(at + span);
	return random.choose<Buffer<ArrayBuffer>>(
		[3, () => Buffer.concat([before, random.bytes(span), after])],
		[2, () => Buffer.concat([before, after])],
		[2, () => Buffer.concat([before, piece, piece, after])],
		[4, () => Buffer.concat([before, Buffer.from(random.pick(words), 'latin1'), piece, after])],
		[2, () => Buffer.concat([before, Buffer.from(random.pick(words), 'latin1'), after])],
		[1, () => Buffer.concat([before, piece, ...random.list(1, random.chance(0.05) ? 2_000 : 20, () => piece), after])],
		// A piece from elsewhere.
		[2, () => Buffer.concat([before, bytes.subarray(random.below(bytes.length)).subarray(0, span), after])],
		[1, () => Buffer.from(before)],
	);
}

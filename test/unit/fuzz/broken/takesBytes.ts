import { textKind } from '../textKind';

const MiB = 1024 * 1024;
const tick = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Outside of the heap, where no option of Node bounds it. */
export const kind = textKind({
	maxMegabytes: 60,
	run: () => {
		for (const kept: Buffer[] = []; ; Atomics.wait(tick, 0, 0, 1)) kept.push(Buffer.alloc(MiB, 1));
	},
});

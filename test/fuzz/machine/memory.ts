import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** What a process writes before it ends itself for its memory. */
export const MEMORY_MARK = 'fuzz: grew beyond its limit';

const PEAK = 0;
const LIMIT = 1;
/** Nobody wakes the thread up: it waits here. */
const SLOTS = 3;
const KILOBYTES = 1024;

/** How much this process grows, measured by a thread of its own (`memory.cjs`). */
export class MemoryWatch {
	readonly #kilobytes = new Int32Array(new SharedArrayBuffer(SLOTS * Int32Array.BYTES_PER_ELEMENT));
	#before = 0;

	constructor() {
		const thread = new Worker(join(__dirname, 'memory.cjs'), {
			execArgv: [],
			workerData: {
				shared: this.#kilobytes.buffer,
				peakAt: PEAK,
				limitAt: LIMIT,
				orphanEvery: 100,
				parent: process.ppid,
				mark: MEMORY_MARK,
			},
		});
		thread.unref();
	}

	/** From now on the process may grow by so much; above, it ends itself. */
	begin(maxMegabytes: number): void {
		this.#before = now();
		Atomics.store(this.#kilobytes, PEAK, this.#before);
		Atomics.store(this.#kilobytes, LIMIT, this.#before + Math.round(maxMegabytes * KILOBYTES));
	}

	/** Megabytes that it grew by at most. */
	end(): number {
		Atomics.store(this.#kilobytes, LIMIT, 0);
		return (Math.max(now(), Atomics.load(this.#kilobytes, PEAK)) - this.#before) / KILOBYTES;
	}
}

const now = (): number => Math.round(process.memoryUsage.rss() / KILOBYTES);

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** What a process writes before it ends itself, for its memory or for its time. */
export const MEMORY_MARK = 'fuzz: grew beyond its limit';
export const TIME_MARK = 'fuzz: took longer than its limit';

const PEAK = 0;
const MOST_KILOBYTES = 1;
const MOST_MILLISECONDS = 2;
/** Another number for each work: so the thread knows that its time begins anew. */
const WORK = 3;
/** Nobody wakes the thread up: it waits here. */
const SLOTS = 5;
const KILOBYTES = 1024;
const MICROSECONDS = 1_000;

/** What some work may take. */
export interface Allowance {
	maxMilliseconds: number;
	/** Megabytes that the process may grow by. */
	maxMegabytes?: number;
}

/** What it took. */
export interface Spent {
	/** Processor time of all threads: what other programs take meanwhile is not in it. */
	milliseconds: number;
	/** That the process grew by at most. */
	megabytes: number;
}

/** How much this process grows and how long it works, watched by a thread of its own (`watch.cjs`). */
export class Watch {
	readonly #shared = new Int32Array(new SharedArrayBuffer(SLOTS * Int32Array.BYTES_PER_ELEMENT));
	#before = 0;
	#used = process.cpuUsage();

	constructor() {
		const thread = new Worker(join(__dirname, 'watch.cjs'), {
			execArgv: [],
			workerData: {
				shared: this.#shared.buffer,
				at: { peak: PEAK, kilobytes: MOST_KILOBYTES, milliseconds: MOST_MILLISECONDS, work: WORK },
				marks: { memory: MEMORY_MARK, time: TIME_MARK },
				parent: process.ppid,
			},
		});
		thread.unref();
	}

	/** From now on the process may take so much; above, it ends itself. */
	begin({ maxMilliseconds, maxMegabytes }: Allowance): void {
		this.#before = kilobytes();
		const most = maxMegabytes === undefined ? 0 : this.#before + Math.round(maxMegabytes * KILOBYTES);
		Atomics.store(this.#shared, PEAK, this.#before);
		Atomics.store(this.#shared, MOST_KILOBYTES, most);
		Atomics.store(this.#shared, MOST_MILLISECONDS, Math.round(maxMilliseconds));
		Atomics.add(this.#shared, WORK, 1);
		this.#used = process.cpuUsage();
	}

	end(): Spent {
		const { user, system } = process.cpuUsage(this.#used);
		Atomics.store(this.#shared, MOST_KILOBYTES, 0);
		Atomics.store(this.#shared, MOST_MILLISECONDS, 0);
		return {
			milliseconds: (user + system) / MICROSECONDS,
			megabytes: (Math.max(kilobytes(), Atomics.load(this.#shared, PEAK)) - this.#before) / KILOBYTES,
		};
	}
}

const kilobytes = (): number => Math.round(process.memoryUsage.rss() / KILOBYTES);

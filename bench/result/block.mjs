/** Milliseconds that the main thread has worked; Node before 23.9 knows those of the whole process only. */
function worked() {
	const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage();
	return (user + system) / 1_000;
}

/**
 * The longest time, in milliseconds, that the main thread worked without a turn for others. Of the processor: on a machine that does other
 * things, too, the clock tells of those.
 */
export class Blocks {
	#longest = 0;
	#isOn = false;
	#before = 0;

	start() {
		this.#longest = 0;
		this.#isOn = true;
		this.#before = worked();
		const turn = () => {
			this.#look();
			if (this.#isOn) setImmediate(turn);
		};
		setImmediate(turn);
	}

	/** Milliseconds. */
	stop() {
		this.#isOn = false;
		this.#look();
		return this.#longest;
	}

	#look() {
		const now = worked();
		this.#longest = Math.max(this.#longest, now - this.#before);
		this.#before = now;
	}
}

/** The longest block of some work: the least of several rounds, the first of which the compiler has its part in. */
export async function longestBlock(work, rounds = 3) {
	const blocks = new Blocks();
	let least = Infinity;
	for (let round = 0; round < rounds; round++) {
		globalThis.gc?.();
		// What a round before has left to do is not of this one.
		await new Promise((resolve) => setTimeout(resolve, 5));
		blocks.start();
		await work();
		least = Math.min(least, blocks.stop());
	}
	return least;
}

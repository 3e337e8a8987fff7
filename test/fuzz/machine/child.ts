import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { MEMORY_MARK, TIME_MARK } from './watch';
import { fault, type Answer, type Fault, type Order } from './protocol';

const ROOT = join(__dirname, '..', '..', '..');
/** Characters kept of what a process writes to its error output. */
const MAX_LAST_WORDS = 4_000;
/** Milliseconds that a process may take to end when it is asked to, and to say its last words. */
const GRACE = 2_000;
/**
 * A process watches its time itself, and takes the load of the machine into account. If it has not ended itself within so many times
 * its limit, and so many milliseconds, it is ended from here.
 */
const PATIENCE = { times: 60, leastMilliseconds: 120_000 };
/** Counted in so many milliseconds: a machine that stands still for an hour has one of them. */
const TICK = 1_000;

/** A process that runs inputs. It may end at any time, and be ended: {@link ask} always comes back. */
export class Child {
	readonly #process: ChildProcess;
	#lastWords = '';
	#late = false;
	#waiting: ((answer: Answer | { died: Fault }) => void) | undefined;
	#died: Fault | undefined;

	constructor(heapMegabytes: number) {
		this.#process = fork(join(__dirname, 'worker.ts'), {
			cwd: ROOT,
			execArgv: ['--import', 'tsx', '--expose-gc', `--max-old-space-size=${heapMegabytes}`],
			stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
		});
		this.#process.stderr!.setEncoding('utf8').on('data', (words: string) => {
			this.#lastWords = (this.#lastWords + words).slice(-MAX_LAST_WORDS);
		});
		this.#process.on('message', (answer: Answer) => this.#answer(answer));
		this.#process.on('error', (error) => this.#die(fault('The process could not be started', String(error))));
		this.#process.on('exit', (code, signal) => {
			// What it wrote may come behind its end.
			const die = (): void => this.#die(this.#causeOfDeath(code, signal));
			if (this.#process.stderr!.readableEnded) return die();
			const timer = setTimeout(die, GRACE);
			this.#process.once('close', () => {
				clearTimeout(timer);
				die();
			});
		});
	}

	/** The answer, or what the process died of: also when there is none within its time, and when it died since the last one. */
	async ask(order: Order): Promise<Answer | { died: Fault }> {
		return await new Promise((resolve) => {
			let left = Math.max(PATIENCE.leastMilliseconds, PATIENCE.times * order.maxMilliseconds) / TICK;
			const timer = setInterval(() => {
				if (--left > 0) return;
				this.#late = true;
				this.#process.kill('SIGKILL');
			}, TICK);
			this.#waiting = (answer) => {
				clearInterval(timer);
				resolve(answer);
			};
			if (this.#died !== undefined) this.#answer({ died: this.#died });
			// Whatever keeps it from being sent, the process ends or is ended.
			else if (this.#process.connected) this.#process.send(order, () => undefined);
		});
	}

	/** Lets it end by itself, and ends it where it does not. */
	async end(): Promise<void> {
		if (this.#died !== undefined) return;
		await new Promise<void>((resolve) => {
			const timer = setTimeout(() => this.#process.kill('SIGKILL'), GRACE);
			this.#waiting = () => {
				clearTimeout(timer);
				resolve();
			};
			if (this.#process.connected) this.#process.disconnect();
		});
	}

	#answer(answer: Answer | { died: Fault }): void {
		const waiting = this.#waiting;
		this.#waiting = undefined;
		waiting?.(answer);
	}

	#die(died: Fault): void {
		this.#died ??= died;
		this.#answer({ died });
	}

	#causeOfDeath(code: number | null, signal: NodeJS.Signals | null): Fault {
		const words = this.#lastWords;
		if (this.#late || words.includes(TIME_MARK)) return fault('It did not come to an end within its time', words);
		if (words.includes(MEMORY_MARK)) return fault('It took more memory than its limit', words);
		if (words.includes('heap out of memory')) return fault('It took all memory of the heap', words);
		return fault(`It ended the process (${signal ?? `exit code ${code}`})`, words);
	}
}

import { Worker } from 'node:worker_threads';
import type { NotRead } from '../email';
import { ATTACHMENT_LIMITS } from '../limits';
import type { FileTask } from './contract';
import type { HashedFile, WorkerNote, WorkerTask } from './worker';

export type { HashedFile };
/** Something that was found, its files hashed. */
export type FoundPiece = Extract<WorkerNote, { piece: unknown }>['piece'];

/** How the reading of a file ended. */
export type Ending = 'read' | 'damaged' | Extract<NotRead, 'crashed' | 'memory' | 'time'>;

/** Milliseconds until a new worker has to be there. */
const START_MS = 30_000;

/**
 * One worker thread that reads files, made when the first one comes and ended when none has come for a while. It is replaced after
 * whatever may have left it in disorder: a crash, a deadline, too much memory. Files of all executions wait in one line.
 */
export class ReaderPool {
	#worker: Promise<Worker> | undefined;
	#line: Promise<unknown> = Promise.resolve();
	#idle: NodeJS.Timeout | undefined;
	#lastId = 0;
	#waiting = 0;

	/**
	 * Reads a file. `onPiece` is called as things are found. Never rejects: how it ended is what it gives, and how many milliseconds it took
	 * without waiting for others.
	 */
	async read(
		task: FileTask,
		milliseconds: number,
		onPiece: (piece: FoundPiece) => void,
	): Promise<{ ending: Ending; took: number }> {
		this.#waiting++;
		clearTimeout(this.#idle);
		const turn = this.#line.then(async () => {
			let began = performance.now();
			try {
				const worker = await (this.#worker ??= start());
				began = performance.now();
				const ending = await this.#perform(worker, task, milliseconds, onPiece);
				return { ending, took: performance.now() - began };
			} catch {
				await this.#renew();
				return { ending: 'crashed' as const, took: performance.now() - began };
			}
		});
		this.#line = turn;
		try {
			return await turn;
		} finally {
			if (--this.#waiting === 0) this.#rest();
		}
	}

	/** Ends the worker. The next file makes a new one. */
	async close(): Promise<void> {
		clearTimeout(this.#idle);
		await this.#renew();
	}

	async #perform(
		worker: Worker,
		task: FileTask,
		milliseconds: number,
		onPiece: (piece: FoundPiece) => void,
	): Promise<Ending> {
		worker.ref();
		const id = ++this.#lastId;
		const ending = await new Promise<Ending | { wasmBytes: number; failure: Ending | undefined }>((resolve) => {
			const timer = setTimeout(() => finish('time'), milliseconds);
			const finish = (how: Parameters<typeof resolve>[0]): void => {
				clearTimeout(timer);
				worker.off('message', hear).off('error', fail).off('exit', exit);
				resolve(how);
			};
			const hear = (note: WorkerNote): void => {
				if (!('id' in note) || note.id !== id) return;
				if ('piece' in note) onPiece(note.piece);
				else finish({ wasmBytes: note.wasmBytes, failure: note.failure === 'trap' ? 'crashed' : note.failure });
			};
			const fail = (error: Error & { code?: unknown }): void =>
				finish(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'crashed');
			const exit = (): void => finish('crashed');
			worker.on('message', hear).on('error', fail).on('exit', exit);
			// A copy: the message keeps its bytes.
			const bytes = new Uint8Array(task.bytes);
			const sent: WorkerTask = { ...task, bytes, id };
			worker.postMessage(sent, [bytes.buffer]);
		});
		if (typeof ending === 'string') {
			await this.#renew();
			return ending;
		}
		const { failure, wasmBytes } = ending;
		if (failure === 'crashed' || failure === 'memory' || wasmBytes > ATTACHMENT_LIMITS.renewWasmBytes)
			await this.#renew();
		return failure ?? 'read';
	}

	#rest(): void {
		void this.#worker?.then((worker) => worker.unref()).catch(() => undefined);
		this.#idle = setTimeout(() => void this.#renew(), ATTACHMENT_LIMITS.idleMs);
		this.#idle.unref();
	}

	async #renew(): Promise<void> {
		const old = this.#worker;
		this.#worker = undefined;
		try {
			// Until it has ended it takes memory.
			await (await old)?.terminate();
		} catch {
			// It never came up.
		}
	}
}

/** The worker's file: JavaScript where this is built, else TypeScript, which Node reads with the loader of the tests. */
function start(): Promise<Worker> {
	const file = require.resolve('./worker');
	const worker = new Worker(file, {
		// Nothing of the process' surroundings is any of its business.
		env: {},
		execArgv: file.endsWith('.ts') ? ['--require', require.resolve('tsx/cjs')] : [],
		stdin: false,
		// Libraries print what hostile files make them print: nobody reads it. To read it would keep the process from ending.
		stdout: true,
		stderr: true,
		resourceLimits: { maxOldGenerationSizeMb: ATTACHMENT_LIMITS.maxHeapMiB },
	});
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => {
			reject(new Error('the worker does not start'));
			void worker.terminate();
		}, START_MS);
		worker.once('message', () => {
			clearTimeout(timer);
			worker.off('error', reject);
			// What happens while it has nothing to do is found out with the next file.
			worker.on('error', () => undefined);
			resolve(worker);
		});
		worker.once('error', (error: Error) => {
			clearTimeout(timer);
			reject(error);
		});
	});
}

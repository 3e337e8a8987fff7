/*
 * Runs in a worker thread: reads one file after the other and posts what it finds as it finds it, so that whoever ends it keeps what came
 * before. All that is native at heart (PDFium, ZXing, libwebp) runs here as WASM, and nowhere else.
 */
import { parentPort } from 'node:worker_threads';
import { hashesOf } from '../email';
import { ATTACHMENT_LIMITS } from '../limits';
import type { FileTask, OpenFile, Piece } from './contract';
import { READERS } from './readers';
import { Memory, RuntimeError, type WasmMemory } from './wasm';

/** What the pool sends. */
export interface WorkerTask extends FileTask {
	id: number;
}

/** A file in a piece, with its hashes: making them is work, too. */
export interface HashedFile {
	name?: string;
	bytes: Uint8Array;
	hashes: ReturnType<typeof hashesOf>;
}

/** What the worker posts: that it is ready, what it found, that it is done. */
export type WorkerNote =
	| { ready: true }
	| { id: number; piece: Omit<Piece, 'files'> & { files?: HashedFile[] } }
	| { id: number; done: true; wasmBytes: number; failure?: 'damaged' | 'memory' | 'trap' };

/** Limits of a worker's resources do not see the memory of WASM: it is held here, before any of it is loaded. */
let wasmBytes = 0;
let isFull = false;
const memories = new Map<WasmMemory, number>();
const { prototype } = Memory;
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with its memory below
const grow = prototype.grow;
const PAGE = 65_536;
prototype.grow = function (this: WasmMemory, pages: number): number {
	const own = this.buffer.byteLength;
	const others = [...memories].reduce((sum, [memory, size]) => (memory === this ? sum : sum + size), 0);
	if (others + own + pages * PAGE > ATTACHMENT_LIMITS.maxWasmBytes) {
		isFull = true;
		throw new RangeError('WASM has no more memory');
	}
	const before = grow.call(this, pages);
	memories.set(this, this.buffer.byteLength);
	wasmBytes = others + this.buffer.byteLength;
	return before;
};

const port = parentPort;
if (port !== null) {
	let queue = Promise.resolve();
	port.on('message', (task: WorkerTask) => {
		queue = queue.then(async () => await perform(task));
	});
	port.postMessage({ ready: true } satisfies WorkerNote);
}

async function perform({ id, ...task }: WorkerTask): Promise<void> {
	const bytes = Buffer.from(task.bytes.buffer, task.bytes.byteOffset, task.bytes.byteLength);
	const file: OpenFile = {
		...task,
		bytes,
		inflatable: task.maxInflatedBytes,
		textLeft: task.maxTextCharacters,
		tell: (piece) => post(id, piece),
	};
	isFull = false;
	try {
		await READERS[task.kind]?.(file);
		port?.postMessage({ id, done: true, wasmBytes } satisfies WorkerNote);
	} catch (error) {
		const isTrap = error instanceof RuntimeError || typeof error === 'number';
		const isMemory = isFull || error instanceof RangeError;
		const failure = isMemory ? 'memory' : isTrap ? 'trap' : 'damaged';
		port?.postMessage({ id, done: true, wasmBytes, failure } satisfies WorkerNote);
	}
}

function post(id: number, { files, ...piece }: Piece): void {
	const hashed = files?.map(({ name, bytes }): HashedFile => {
		const copy = new Uint8Array(bytes);
		return {
			...(name === undefined || name === '' ? {} : { name }),
			bytes: copy,
			hashes: hashesOf(Buffer.from(copy.buffer)),
		};
	});
	const note: WorkerNote = { id, piece: { ...piece, ...(hashed === undefined ? {} : { files: hashed }) } };
	port?.postMessage(
		note,
		(hashed ?? []).map(({ bytes }) => bytes.buffer as ArrayBuffer),
	);
}

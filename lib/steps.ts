import { STEP_LIMITS } from './limits';

/**
 * Work that can be done in steps: each `yield` is a place where it may pause. Synchronous and asynchronous forms of a function
 * are the same work, done by {@link finish} or by {@link finishInTurns}.
 * What is yielded is the matter of whoever drives the work: nothing, as a rule, or what the step gave.
 */
export type Steps<Result, Piece = undefined> = Generator<Piece, Result, undefined>;

/** Does all steps at once. */
export function finish<Result>(steps: Steps<Result, unknown>): Result {
	for (;;) {
		const step = steps.next();
		if (step.done === true) return step.value;
	}
}

/**
 * Does the steps in turns of a few milliseconds; between them everything else of the process has its turn. The first turn
 * begins at once.
 *
 * @throws whatever `signal` was aborted with, at the end of a turn
 */
export async function finishInTurns<Result>(steps: Steps<Result, unknown>, signal?: AbortSignal): Promise<Result> {
	signal?.throwIfAborted();
	let end = performance.now() + STEP_LIMITS.turnMs;
	try {
		for (;;) {
			const step = steps.next();
			if (step.done === true) return step.value;
			if (performance.now() < end) continue;
			await giveWay();
			signal?.throwIfAborted();
			end = performance.now() + STEP_LIMITS.turnMs;
		}
	} finally {
		steps.return(undefined as Result);
	}
}

/** A turn for everything else of the process: between two pieces of work that are short, each for itself. */
export const giveWay = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const { pieceLength, pieceItems } = STEP_LIMITS;

/** Whether all texts of a value together are short enough for one step: then the shortest way is the best. */
export function isShort(value: unknown): boolean {
	return lengthOf(value, pieceLength) <= pieceLength;
}

/** Characters of the texts in a value; counted no further than the bound. */
function lengthOf(value: unknown, bound: number): number {
	if (typeof value === 'string') return value.length;
	if (value === null || typeof value !== 'object') return 0;
	let length = 0;
	for (const one of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) {
		length += lengthOf(one, bound);
		if (length > bound) break;
	}
	return length;
}

/** A text in pieces that cut no pair of surrogates and no CR LF. */
export function* piecesOf(text: string): Generator<string> {
	for (let start = 0; start < text.length;) {
		let end = start + pieceLength;
		if (isOne(text.charCodeAt(end - 1), text.charCodeAt(end))) end++;
		yield text.slice(start, end);
		start = end;
	}
}

/** CR LF, or a pair of surrogates. */
function isOne(unit: number, next: number): boolean {
	if (unit === 0x0d) return next === 0x0a;
	return unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff;
}

/**
 * A text with something replaced in it that is no longer than a character or CR LF, a piece at a time. Long texts are split
 * and joined: what `replaceAll` gives is a tree of 32 bytes a match, and a sender can make millions of them.
 */
export function* replaceInSteps(text: string, from: string, to: string): Steps<string> {
	if (text.length <= pieceLength) return text.replaceAll(from, to);
	if (!text.includes(from)) return text;
	const written: string[] = [];
	for (const piece of piecesOf(text)) {
		written.push(piece.split(from).join(to));
		yield;
	}
	return written.join('');
}

/** A list of texts in the order of their UTF-16 code units, as `toSorted` gives it. */
export function* sortInSteps(list: readonly string[]): Steps<string[]> {
	let runs: string[][] = [];
	for (let start = 0; start < list.length; start += pieceItems) {
		runs.push(list.slice(start, start + pieceItems).sort());
		yield;
	}
	while (runs.length > 1) {
		const merged: string[][] = [];
		for (let i = 0; i < runs.length; i += 2) merged.push(yield* merge(runs[i]!, runs[i + 1] ?? []));
		runs = merged;
	}
	return runs[0] ?? [];
}

function* merge(one: readonly string[], other: readonly string[]): Steps<string[]> {
	const merged: string[] = [];
	let i = 0;
	let j = 0;
	while (i < one.length && j < other.length) {
		merged.push(one[i]! <= other[j]! ? one[i++]! : other[j++]!);
		if (merged.length % pieceItems === 0) yield;
	}
	while (i < one.length) merged.push(one[i++]!);
	while (j < other.length) merged.push(other[j++]!);
	return merged;
}

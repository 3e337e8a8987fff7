import { setImmediate } from 'node:timers/promises';
import { STEP_LIMITS } from './limits';

/**
 * Work that can be put aside: at each `yield` others may run. What is yielded is the worker's own matter. Written once, it is done in
 * one go ({@link runSteps}) or in slices ({@link runInSlices}), with the same result.
 */
export type Steps<Result, Piece = unknown> = Generator<Piece, Result, undefined>;

/** Does the work in one go. */
export function runSteps<Result>(steps: Steps<Result>): Result {
	for (;;) {
		const step = steps.next();
		if (step.done === true) return step.value;
	}
}

/**
 * Does the work in slices of `STEP_LIMITS.sliceMs` milliseconds. Between them the event loop turns: timers, sockets and other slices have
 * theirs. The first slice is done before this returns.
 *
 * @throws the reason of `signal` when it is aborted, between two slices or at the start
 */
export async function runInSlices<Result>(
	steps: Steps<Result>,
	{ signal }: { signal?: AbortSignal | undefined } = {},
): Promise<Result> {
	for (;;) {
		signal?.throwIfAborted();
		const end = performance.now() + STEP_LIMITS.sliceMs;
		do {
			const step = steps.next();
			if (step.done === true) return step.value;
		} while (performance.now() < end);
		await setImmediate();
	}
}

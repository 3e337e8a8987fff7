import type { Clock } from '../../http';
import { TRACE_LIMITS } from '../../limits';
import { MINUTE } from '../../units';

/** A second more: the server's clock and the way there are not ours. */
const PERIOD = TRACE_LIMITS.paceMinutes * MINUTE + 1_000;

/** Lets so many requests of one application pass in so many minutes, over this process; the next one waits for its turn. */
class Pace {
	readonly #passed: number[] = [];

	async take(clock: Clock, signal?: AbortSignal): Promise<void> {
		for (;;) {
			const now = clock.now();
			// What lies ahead was counted before the clock was set back.
			while (this.#passed.length > 0 && (this.#passed[0]! <= now - PERIOD || this.#passed[0]! > now))
				this.#passed.shift();
			if (this.#passed.length < TRACE_LIMITS.pace) {
				this.#passed.push(now);
				return;
			}
			await clock.sleep(this.#passed[0]! + PERIOD - now, signal);
			signal?.throwIfAborted();
		}
	}
}

const paces = new Map<string, Pace>();

/** Waits until a request of this application may be made. */
export async function paced(application: string, clock: Clock, signal?: AbortSignal): Promise<void> {
	const key = application.trim().toLowerCase();
	let pace = paces.get(key);
	if (pace === undefined) paces.set(key, (pace = new Pace()));
	await pace.take(clock, signal);
}

/** Forgets all requests of this process (tests). */
export function forgetPaces(): void {
	paces.clear();
}

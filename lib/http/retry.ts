import { HTTP_LIMITS } from '../limits';

/** What a repeated request may use of time; tests pass their own. */
export interface Clock {
	now(): number;
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	/** 0 ≤ x < 1 */
	random(): number;
}

/** The clock of the machine, its timers and its random numbers. */
export const systemClock: Clock = {
	now: () => Date.now(),
	random: () => Math.random(),
	sleep: (ms, signal) =>
		new Promise((resolve, reject) => {
			signal?.throwIfAborted();
			const timer = setTimeout(done, ms);
			function done() {
				signal?.removeEventListener('abort', aborted);
				resolve();
			}
			function aborted() {
				clearTimeout(timer);
				reject(signal?.reason as Error);
			}
			signal?.addEventListener('abort', aborted, { once: true });
		}),
};

/** Retry-After (RFC 9110 section 10.2.3) in milliseconds: seconds or an HTTP date. Undefined when absent or unreadable. */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
	if (value === undefined) return undefined;
	const text = value.trim();
	if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
	const date = Date.parse(text);
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Wait before try number `tries + 1`: full jitter over 0.5 s, 1 s, 2 s…, or what the peer asked for. */
export function backoffMs(tries: number, asked: number | undefined, random: () => number): number {
	if (asked !== undefined) return asked;
	const ceiling = Math.min(HTTP_LIMITS.maxRetryWaitMs, 500 * 2 ** (tries - 1));
	return Math.round(ceiling / 2 + (ceiling / 2) * random());
}

import { MAILBOX_LIMITS } from '../limits';

/** What a failed try of a message leads to. */
export interface NextTry {
	/** Tries so far, this one included. */
	attempts: number;
	/** Milliseconds since the epoch of the next one; undefined: the message is given up. */
	retryAt?: number;
}

/**
 * When a message comes again that could not be had.
 *
 * @param before Tries that failed before this one.
 * @param isFull As many others wait already as the cursor may hold.
 * @param now Milliseconds since the epoch.
 */
export function afterFailure(before: number, isFull: boolean, now: number): NextTry {
	const { backoffMinutes, maxAttempts } = MAILBOX_LIMITS;
	const attempts = before + 1;
	if (isFull || attempts >= maxAttempts) return { attempts };
	return { attempts, retryAt: now + backoffMinutes[Math.min(attempts, backoffMinutes.length) - 1]! * 60_000 };
}

/**
 * About when a message was first asked for that is tried again, milliseconds since the epoch. Polls that came late make it too late.
 *
 * @param tries Tries so far.
 * @param at When the next one is due, milliseconds since the epoch.
 */
export function firstAsked(tries: number, at: number): number {
	const { backoffMinutes } = MAILBOX_LIMITS;
	const waits = Array.from(
		{ length: tries },
		(_unused, index) => backoffMinutes[Math.min(index, backoffMinutes.length - 1)]!,
	);
	return at - waits.reduce((sum, minutes) => sum + minutes, 0) * 60_000;
}

/** Of the messages that wait for another try those whose time has come, the longest waiting first. Times in milliseconds. */
export function due<Entry>(
	waiting: Readonly<Record<string, Entry>>,
	timeOf: (entry: Entry) => number,
	now: number,
	most: number,
): [key: string, entry: Entry][] {
	return Object.entries(waiting)
		.filter(([, entry]) => timeOf(entry) <= now)
		.sort(([, a], [, b]) => timeOf(a) - timeOf(b))
		.slice(0, most);
}

import type { Clock } from '../../http';
import { SETTING_LIMITS } from '../../limits';
import { MicrosoftError } from '../errors';
import { THROTTLED_HINT } from './explain';

const MAX_PAUSE_MS = 3_600_000;

/** Somebody who waits for a place. */
interface Waiter {
	/** Requests in flight above which there is none. */
	limit: number;
	admit(): void;
}

/**
 * Admits so many requests of one application at once, first come first served, over all mailboxes and workflows of
 * this process: Exchange Online counts concurrent requests by application ("MailboxConcurrency", 4), and a refused
 * request counts too.
 */
export class Gate {
	#active = 0;
	#pausedUntil = 0;
	readonly #waiting: Waiter[] = [];

	/**
	 * Waits for a place. The result gives it back; calling it twice does nothing.
	 *
	 * @throws MicrosoftError `MICROSOFT_LIMIT` at the deadline, `MICROSOFT_THROTTLED` when a pause reaches beyond it
	 */
	async enter(limit: number, clock: Clock, deadline: number): Promise<() => void> {
		await this.#place(limit, clock, deadline);
		let inside = true;
		const leave = () => {
			if (!inside) return;
			inside = false;
			this.#active--;
			this.#admit();
		};
		try {
			const patience = deadline - clock.now();
			for (let pause = this.#pauseMs(clock); pause > 0 && pause <= patience; pause = this.#pauseMs(clock))
				await clock.sleep(pause);
			const pause = this.#pauseMs(clock);
			if (pause > 0) {
				throw new MicrosoftError('MICROSOFT_THROTTLED', 'Microsoft Graph asked this application to wait', {
					hint: THROTTLED_HINT,
					retryAfterMs: pause,
				});
			}
			if (clock.now() > deadline) throw noPlace();
			return leave;
		} catch (error) {
			leave();
			throw error;
		}
	}

	/** Nobody is admitted before that time: the server asked this application to wait. */
	pause(until: number): void {
		this.#pausedUntil = Math.max(this.#pausedUntil, until);
	}

	/** Takes a place, behind all who wait already. */
	async #place(limit: number, clock: Clock, deadline: number): Promise<void> {
		if (this.#waiting.length === 0 && this.#active < limit) {
			this.#active++;
			return;
		}
		await new Promise<void>((resolve, reject) => {
			const giveUp = () => {
				this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
				// It may have been the first in line, and others behind it need less.
				this.#admit();
				reject(noPlace());
			};
			const timer = setTimeout(giveUp, Math.min(Math.max(0, deadline - clock.now()), SETTING_LIMITS.maxMilliseconds));
			timer.unref();
			const waiter = {
				limit,
				admit: () => {
					clearTimeout(timer);
					resolve();
				},
			};
			this.#waiting.push(waiter);
		});
	}

	/** Hands free places to those who wait, in their order: nobody who comes later can take them. */
	#admit(): void {
		for (let next = this.#waiting[0]; next !== undefined && this.#active < next.limit; next = this.#waiting[0]) {
			this.#waiting.shift();
			this.#active++;
			next.admit();
		}
	}

	/** A pause that is longer than any server asks for means that the clock was set back. */
	#pauseMs(clock: Clock): number {
		const pause = this.#pausedUntil - clock.now();
		if (pause > MAX_PAUSE_MS) this.#pausedUntil = 0;
		return pause > MAX_PAUSE_MS ? 0 : pause;
	}
}

function noPlace(): MicrosoftError {
	return new MicrosoftError('MICROSOFT_LIMIT', 'Too many requests to Microsoft Graph were waiting', {
		hint: 'Other workflows use the same application. Poll less often, or use a separate app registration for each workflow.',
	});
}

const gates = new Map<string, Gate>();

/** The gate of that name; one for the whole process. */
export function gateOf(name: string): Gate {
	const key = name.trim().toLowerCase();
	let gate = gates.get(key);
	if (gate === undefined) gates.set(key, (gate = new Gate()));
	return gate;
}

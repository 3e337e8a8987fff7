import type { Clock } from '../../http';
import { MailboxError } from '../errors';

/**
 * Admits so many requests of one application at once, first come first served, over all mailboxes and workflows of
 * this process: Exchange Online counts concurrent requests by application ("MailboxConcurrency", 4), and a refused
 * request counts too.
 */
export class Gate {
	private active = 0;
	private pausedUntil = 0;
	private readonly waiting: Array<() => void> = [];

	/** Waits for a place. The result gives it back; calling it twice does nothing. Throws MAILBOX_LIMIT after the deadline. */
	async enter(limit: number, clock: Clock, deadline: number): Promise<() => void> {
		while (this.active >= limit) await new Promise<void>((resolve) => this.waiting.push(resolve));
		this.active++;
		let inside = true;
		const leave = () => {
			if (!inside) return;
			inside = false;
			this.active--;
			this.waiting.shift()?.();
		};
		try {
			for (let pause = this.pausedUntil - clock.now(); pause > 0; pause = this.pausedUntil - clock.now()) {
				if (clock.now() + pause > deadline) break;
				await clock.sleep(pause);
			}
			if (this.pausedUntil > clock.now() || clock.now() > deadline) {
				throw new MailboxError('MAILBOX_LIMIT', 'No request to Microsoft Graph was free in time', {
					hint: 'Other workflows use the same application: poll less often, or give each its own app registration.',
					...(this.pausedUntil > clock.now() ? { retryAfterMs: this.pausedUntil - clock.now() } : {}),
				});
			}
			return leave;
		} catch (error) {
			leave();
			throw error;
		}
	}

	/** Nobody is admitted before that time: the server asked this application to wait. */
	pause(until: number): void {
		this.pausedUntil = Math.max(this.pausedUntil, until);
	}
}

const gates = new Map<string, Gate>();

/** The gate of an application id; one for the whole process. */
export function gateOf(appId: string): Gate {
	const key = appId.trim().toLowerCase();
	let gate = gates.get(key);
	if (gate === undefined) gates.set(key, (gate = new Gate()));
	return gate;
}

import { DURATION_HINT, durationOf, timeBefore } from '../duration';
import { MailboxError } from './errors';

/**
 * The point of time that lies an ISO 8601 duration before `now` (milliseconds since the epoch). Years and months are
 * those of the calendar (UTC), as ISO 8601 means them.
 *
 * @throws MailboxError `MAILBOX_CONFIGURATION`
 */
export function lookBackFrom(now: number, duration: string): Date {
	const read = durationOf(duration);
	if (read !== undefined) return timeBefore(now, read);
	throw new MailboxError(
		'MAILBOX_CONFIGURATION',
		`The look-back '${duration.slice(0, 40)}' is not an ISO 8601 duration`,
		{ hint: DURATION_HINT },
	);
}

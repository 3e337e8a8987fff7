import { MailboxError } from './errors';

const DURATION =
	/^P(?:(\d{1,5})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?)?$/;

/**
 * The point of time that lies an ISO 8601 duration before `now` (milliseconds since the epoch).
 * Years and months are those of the calendar (UTC), as ISO 8601 means them. Throws MAILBOX_CONFIGURATION.
 */
export function lookBackFrom(now: number, duration: string): Date {
	const text = duration.trim().toUpperCase();
	const match = DURATION.exec(text);
	if (match === null || text === 'P' || text.endsWith('T')) {
		throw new MailboxError(
			'MAILBOX_CONFIGURATION',
			`The look-back '${duration.slice(0, 40)}' is not an ISO 8601 duration`,
			{
				hint: 'Write P30D for 30 days, P2W for two weeks, P6M for six months, PT12H for twelve hours, PT0S for none.',
			},
		);
	}
	const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
		.slice(1)
		.map((part) => Number(part ?? 0));
	const start = new Date(now);
	start.setUTCFullYear(start.getUTCFullYear() - years, start.getUTCMonth() - months);
	// 31 March minus one month would be 3 March: the last day of February is meant.
	if (start.getUTCDate() !== new Date(now).getUTCDate()) start.setUTCDate(0);
	const milliseconds = (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000;
	const result = new Date(start.getTime() - milliseconds);
	// Before the epoch there was no mail; a Date beyond its range would be invalid.
	return Number.isNaN(result.getTime()) || result.getTime() < 0 ? new Date(0) : result;
}

import { MINUTE } from './units';

const FORM =
	/^P(?:(\d{1,5})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?)?$/;

/** An ISO 8601 duration: years, months, weeks, days, hours, minutes, seconds. */
export type Duration = readonly [number, number, number, number, number, number, number];

/** What users write it like. */
export const DURATION_HINT =
	'Enter P30D for 30 days, P2W for two weeks, P6M for six months, PT12H for twelve hours, or PT0S for none.';

/** Reads an ISO 8601 duration of whole numbers, in any case; undefined for what is none. */
export function durationOf(text: string): Duration | undefined {
	const written = text.trim().toUpperCase();
	const match = FORM.exec(written);
	if (match === null || written === 'P' || written.endsWith('T')) return undefined;
	const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
		.slice(1)
		.map((part) => Number(part ?? 0));
	return [years, months, weeks, days, hours, minutes, seconds];
}

/**
 * The point of time that lies a duration before `now` (milliseconds since the epoch). Years and months are those of the
 * calendar (UTC), as ISO 8601 means them.
 */
export function timeBefore(now: number, duration: Duration): Date {
	const [years, months, weeks, days, hours, minutes, seconds] = duration;
	const start = new Date(now);
	start.setUTCFullYear(start.getUTCFullYear() - years, start.getUTCMonth() - months);
	// 31 March minus one month would be 3 March: the last day of February is meant.
	if (start.getUTCDate() !== new Date(now).getUTCDate()) start.setUTCDate(0);
	const milliseconds = (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * MINUTE + seconds * 1000;
	const result = new Date(start.getTime() - milliseconds);
	// Before the epoch there was no mail; a Date beyond its range would be invalid.
	return Number.isNaN(result.getTime()) || result.getTime() < 0 ? new Date(0) : result;
}

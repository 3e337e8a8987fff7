const FORM = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** The calendar repeats itself. */
const FOUR_CENTURIES = Date.UTC(2400, 0) - Date.UTC(2000, 0);

/** Milliseconds since the epoch; as Date.UTC, which reads the years 0 to 99 as 1900 to 1999, and with months from 1. */
export function utcOf(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
	return Date.UTC(year + 400, month - 1, day, hour, minute, second) - FOUR_CENTURIES;
}

/**
 * Nanoseconds since the epoch of an RFC 3339 time; undefined when the text is none. Finer decimals are cut.
 * A day or second that the calendar does not have (30 February, second 60) is the one that follows from counting on.
 */
export function instantOf(text: unknown): bigint | undefined {
	const parts = typeof text === 'string' ? FORM.exec(text) : null;
	if (parts === null) return undefined;
	const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
		number,
		number,
		number,
		number,
		number,
		number,
	];
	if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined;
	const time = utcOf(year, month, day, hour, minute, second);
	const offset = parts[8] === undefined ? 0 : (parts[8] === '-' ? -1 : 1) * (Number(parts[9]) * 60 + Number(parts[10]));
	return BigInt(time - offset * 60_000) * 1_000_000n + BigInt((parts[7] ?? '').slice(0, 9).padEnd(9, '0'));
}

/** Nanoseconds of a number of seconds. */
export function durationOf(seconds: bigint | number): bigint {
	return typeof seconds === 'bigint' ? seconds * 1_000_000_000n : BigInt(Math.round(seconds * 1e9));
}

/*
 * Points in time, as programs and careful people write them. A text without a zone is read in the zone that the caller names
 * and never in that of the process: the same workflow means the same hour, wherever it runs. What can be read in two ways
 * (11/12/2026) is not read at all.
 */

/** A year, or a year and a month alone, is a span and no point: what begins with it is a whole day at least. */
const ISO =
	/^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?(?: ?(Z|[+-]\d{2}(?::?\d{2})?))?)?$/i;

/** The Date field of a message (RFC 5322 section 3.3) and of HTTP, zone included. */
const MAIL =
	/^(?:[A-Z]{3}, ?)?(\d{1,2}) ([A-Z]{3}) (\d{4}) (\d{2}):(\d{2})(?::(\d{2}))? (Z|GMT|UTC?|[+-]\d{4})(?: \([A-Z]{1,5}\))?$/i;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** What {@link instantOf} reads, for the hint of an error. */
export const INSTANT_HINT =
	'Enter year, month and day in this order, such as 2026-11-20, 2026-11-20T08:00:00 or 2026-11-20T08:00:00+01:00.';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const FIRST_DAY = -62_135_596_800_000;

/**
 * Milliseconds since the epoch of a time in ISO 8601's extended form or RFC 3339's (`2026-11-20`, `2026-11-20T08:00`,
 * `2026-11-20 08:00:00.123+01:00`), or of a Date field (`Fri, 20 Nov 2026 08:00:00 +0100`). A day without an hour begins
 * at midnight. Second 60 is the next minute's first. Undefined for everything else.
 *
 * Without a zone the text is the time of the clocks in `zone` (of the IANA database). A time that they skip is as many
 * minutes later, as if they had not been turned yet; of one that they show twice the first is meant. Write the offset to
 * mean the other.
 *
 * @throws RangeError for a zone that does not exist
 */
export function instantOf(text: string, zone = 'UTC'): number | undefined {
	const written = text.trim();
	const iso = ISO.exec(written);
	if (iso !== null) {
		const [, year, month, day, hour, minute, second, fraction = '', offset] = iso;
		const local = clockTime([year, month, day, hour, minute, second], fraction);
		if (local === undefined) return undefined;
		return offset === undefined ? inZone(local, zone) : shifted(local, offset);
	}
	const mail = MAIL.exec(written);
	if (mail === null) return undefined;
	const [, day, name = '', year, hour, minute, second, offset = ''] = mail;
	const local = clockTime([year, String(MONTHS.indexOf(name.toLowerCase()) + 1), day, hour, minute, second], '');
	return local === undefined ? undefined : shifted(local, offset);
}

/** True for a zone of the IANA database, and for an offset such as `+01:00`. */
export function isZone(zone: unknown): zone is string {
	if (typeof zone !== 'string' || zone === '') return false;
	// Asking for a formatter takes longer than planning a hunt.
	if (zone === 'UTC') return true;
	try {
		new Intl.DateTimeFormat('en-US', { timeZone: zone });
		return true;
	} catch {
		return false;
	}
}

/** What clocks show, counted as if they stood in Greenwich; undefined where the calendar has no such day or hour. */
function clockTime(parts: readonly (string | undefined)[], fraction: string): number | undefined {
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) => Number(part ?? 0));
	if (year < 1 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60) return undefined;
	// Date.UTC takes the years 1 to 99 for 1901 to 1999.
	const date = new Date(Date.UTC(2000, month - 1, 1));
	date.setUTCFullYear(year, month - 1, day);
	if (date.getUTCDate() !== day) return undefined;
	const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
	return date.getTime() + hour * HOUR + minute * MINUTE + second * SECOND + milliseconds;
}

function shifted(local: number, offset: string): number | undefined {
	const digits = offset.slice(1).replace(':', '');
	if (!/^\d/.test(digits)) return local;
	const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
	if (hours > 23 || minutes > 59) return undefined;
	const distance = hours * HOUR + minutes * MINUTE;
	return offset.startsWith('-') ? local + distance : local - distance;
}

/** Hours around a local time within which its instant lies: no zone is further from Greenwich than 16. */
const AROUND = [-16, -8, 0, 8, 16];

function inZone(local: number, zone: string): number {
	const offsetAt = offsetsOf(zone);
	const candidates = AROUND.map((hours) => local - offsetAt(local + hours * HOUR));
	const exact = candidates.filter((time) => time + offsetAt(time) === local);
	// When clocks are turned forward the offset grows: the later candidate is that of before.
	return exact.length > 0 ? Math.min(...exact) : Math.max(...candidates);
}

/** How far the clocks of a zone are ahead of Greenwich at a time, in milliseconds. */
function offsetsOf(zone: string): (time: number) => number {
	const part = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
	const format = new Intl.DateTimeFormat('en-US', { ...part, second: '2-digit', hourCycle: 'h23', timeZone: zone });
	return (time) => {
		const whole = Math.floor(Math.max(time, FIRST_DAY + 24 * HOUR) / SECOND) * SECOND;
		const shown = Object.fromEntries(format.formatToParts(whole).map(({ type, value }) => [type, value]));
		const { year, month, day, hour, minute, second } = shown;
		return (clockTime([year, month, day, hour, minute, second], '') ?? whole) - whole;
	};
}

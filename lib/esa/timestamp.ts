import { MINUTE } from '../units';

const MONTHS: Readonly<Record<string, number>> = {
	jan: 0,
	feb: 1,
	mar: 2,
	apr: 3,
	may: 4,
	jun: 5,
	jul: 6,
	aug: 7,
	sep: 8,
	oct: 9,
	nov: 10,
	dec: 11,
};

/** `29 Aug 2023 10:00:48 (GMT +00:00)`: seconds and fraction, blank and offset are all optional; `(GMT)`, `(GMT-06:00)`. */
const FORM =
	/^(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4}) (\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)? \((?:GMT|UTC)(?: ?([+-])(\d{1,2}):?(\d{2})?)?\)$/;

/**
 * Time of a row in epoch milliseconds. AsyncOS writes the appliance's local time with its distance from GMT.
 * Undefined when the text is no such time.
 */
export function parseTimestamp(text: unknown): number | undefined {
	if (typeof text !== 'string' || text.length > 64) return undefined;
	const found = FORM.exec(text.trim());
	if (found === null) return undefined;
	const [, day, name, year, hour, minute, second = '0', sign, hours = '0', minutes = '0'] = found;
	const month = MONTHS[(name ?? '').toLowerCase()];
	if (month === undefined || Number(hours) > 14 || Number(minutes) > 59) return undefined;
	const local = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
	const date = new Date(local);
	// Date.UTC rolls 31 February over; such a text is not a time. A leap second is.
	if (date.getUTCDate() !== Number(day) && Number(second) !== 60) return undefined;
	if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
	const offset = (Number(hours) * 60 + Number(minutes)) * MINUTE;
	return sign === '-' ? local + offset : local - offset;
}

import { withoutComments } from '../../text';

/** A date-time of a header field. */
export interface MailDate {
	date: Date;
	/** False when the sender gave no zone, or none that says anything: it was read as UTC. */
	zoneKnown: boolean;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** RFC 5322 section 4.3: the zones that mean something, in minutes. Military letters were used with both signs and mean nothing. */
const ZONES: Record<string, number> = {
	UT: 0,
	UTC: 0,
	GMT: 0,
	Z: 0,
	EST: -300,
	EDT: -240,
	CST: -360,
	CDT: -300,
	MST: -420,
	MDT: -360,
	PST: -480,
	PDT: -420,
	// Not in the RFC, yet unambiguous in mail.
	WET: 0,
	WEST: 60,
	CET: 60,
	CEST: 120,
	MET: 60,
	MEST: 120,
	EET: 120,
	EEST: 180,
	MSK: 180,
	JST: 540,
	KST: 540,
};

const TIME = String.raw`(?<hour>\d{1,2})[:.](?<minute>\d{2})(?:[:.](?<second>\d{2})(?:[.,]\d{1,9})?)?(?: ?(?<half>[AaPp])[Mm])?`;
/** A weekday, in whatever language: it says nothing that the date does not. Raw bytes of any charset may stand in it. */
const WEEKDAY = String.raw`(?:[^\s\d,:()+]{1,40}(?: [^\s\d,:()+]{1,40})?(?:, ?|\.,? ?| ))?`;
const ZONE = String.raw`(?<zone>[+-]\d{1,2}:?\d{2}|[A-Za-z]{1,5}(?:[+-]\d{1,2}(?::?\d{2})?)?)`;
const FORMS = [
	// Tue, 5 May 2026 10:11:12 +0200, and the obsolete 05-May-26 10:11 EST
	new RegExp(
		String.raw`^${WEEKDAY}(?<day>\d{1,2})[ -](?<month>[A-Za-z]{3,9})\.?,?[ -](?<year>\d{2,4}),? ${TIME} ?(?:${ZONE}\b)?`,
	),
	// Tue May 5 10:11:12 [zone] 2026, as asctime(3) prints it
	new RegExp(
		String.raw`^${WEEKDAY}(?<month>[A-Za-z]{3,9})\.? (?<day>\d{1,2}),? ${TIME} (?:${ZONE} )?(?<year>\d{4})\b(?: (?<late>[+-]\d{4}))?`,
	),
	// 2026-05-05T10:11:12Z, which the RFC does not allow and nobody misreads
	new RegExp(String.raw`^(?<year>\d{4})-(?<numeric>\d{2})-(?<day>\d{2})[T ]${TIME} ?${ZONE}?`),
];

/**
 * Reads a date-time of RFC 5322 section 3.3, with the obsolete forms of section 4.3 and what senders write instead.
 *
 * Undefined when there is no such date: nothing is guessed and the clock is never asked. A date without zone is read as
 * UTC (`zoneKnown` false).
 */
export function parseMailDate(text: string): MailDate | undefined {
	const plain = withoutComments(text.slice(0, 1_000))
		.replace(/\s+/g, ' ')
		.replace(/ ?: ?/g, ':')
		.replace(/ ,/g, ',')
		.trim();
	for (const form of FORMS) {
		const groups = form.exec(plain)?.groups;
		if (groups !== undefined) return fromGroups(groups);
	}
	return undefined;
}

function fromGroups(groups: Record<string, string | undefined>): MailDate | undefined {
	const month =
		groups.numeric === undefined ? MONTHS.indexOf(groups.month!.slice(0, 3).toLowerCase()) : Number(groups.numeric) - 1;
	const year = fullYear(groups.year!);
	const day = Number(groups.day);
	let hour = Number(groups.hour);
	const minute = Number(groups.minute);
	// A leap second is the last one that Date can hold.
	const second = Math.min(Number(groups.second ?? 0), Number(groups.second ?? 0) === 60 ? 59 : 99);
	if (groups.half !== undefined) {
		if (hour < 1 || hour > 12) return undefined;
		hour = (hour % 12) + (groups.half.toLowerCase() === 'p' ? 12 : 0);
	}
	if (month < 0 || month > 11 || hour > 23 || minute > 59 || second > 59) return undefined;
	const midnight = new Date(0);
	midnight.setUTCFullYear(year, month, day);
	if (midnight.getUTCMonth() !== month || midnight.getUTCDate() !== day) return undefined;
	const zone = zoneMinutes(groups.zone ?? groups.late);
	if (zone === 'invalid') return undefined;
	const milliseconds = midnight.getTime() + ((hour * 60 + minute - (zone ?? 0)) * 60 + second) * 1_000;
	const date = new Date(milliseconds);
	// A zone leads beyond the years of four digits, which JSON, STIX and every form of a date end with.
	const utcYear = date.getUTCFullYear();
	return utcYear < 0 || utcYear > 9999 ? undefined : { date, zoneKnown: zone !== undefined };
}

function fullYear(text: string): number {
	const year = Number(text);
	if (text.length === 2) return year < 50 ? 2000 + year : 1900 + year;
	return text.length === 3 ? 1900 + year : year;
}

/** Minutes east of UTC; undefined when the zone says nothing. */
function zoneMinutes(zone: string | undefined): number | undefined | 'invalid' {
	if (zone === undefined) return undefined;
	const numeric = /^[A-Za-z]{0,5}([+-])(\d{1,2}):?(\d{2})?$/.exec(zone);
	if (numeric === null) return ZONES[zone.toUpperCase()];
	const hours = Number(numeric[2]);
	const minutes = Number(numeric[3] ?? 0);
	if (hours > 23 || minutes > 59) return 'invalid';
	// RFC 5322 section 3.3: -0000 says that the zone is not known; the time itself is UTC all the same.
	return (numeric[1] === '-' ? -1 : 1) * (hours * 60 + minutes);
}

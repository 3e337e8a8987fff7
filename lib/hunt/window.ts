import { utcOf, type Qualifier, type StartStopQualifier } from '../pattern';
import { DAY, floorToMinute, MINUTE } from '../units';
import { HuntError } from './errors';

/** A span of time: START ≤ t < STOP. */
export interface HuntWindow {
	/** Epoch milliseconds, rounded up: the first one that belongs to it. */
	readonly start: number;
	/** Epoch milliseconds, rounded up: the first one that does not. */
	readonly stop: number;
	/** True when the pattern names none. */
	readonly assumed: boolean;
}

/** A qualifier's window. @throws HuntError `HUNT_WINDOW_INVALID` */
function windowOf({ start: from, stop: to, at }: StartStopQualifier): HuntWindow {
	const start = millisecondsOf(from.value);
	const stop = millisecondsOf(to.value);
	if (start < stop) return { start, stop, assumed: false };
	throw new HuntError('HUNT_WINDOW_INVALID', `START t'${from.value}' is not before STOP t'${to.value}'`, {
		at,
		hint: 'START is part of the time window, STOP is not. Correct the two times.',
	});
}

/** The last minutes before `now`, in full minutes. */
export function lastMinutes(minutes: number, now: Date): HuntWindow {
	const stop = floorToMinute(now.getTime());
	return { start: stop - minutes * MINUTE, stop, assumed: true };
}

/**
 * The window inside a window: START and STOP say the same of every observation that they stand on or around.
 *
 * @throws HuntError `HUNT_WINDOW_INVALID`
 */
export function narrowed(outer: HuntWindow | undefined, qualifiers: readonly Qualifier[]): HuntWindow | undefined {
	let window = outer;
	for (const qualifier of qualifiers) {
		if (qualifier.kind !== 'start-stop') continue;
		const inner = windowOf(qualifier);
		window = window === undefined ? inner : intersect(window, inner, qualifier);
	}
	return window;
}

function intersect(outer: HuntWindow, inner: HuntWindow, { at }: StartStopQualifier): HuntWindow {
	const start = Math.max(outer.start, inner.start);
	const stop = Math.min(outer.stop, inner.stop);
	if (start < stop) return { start, stop, assumed: false };
	throw new HuntError('HUNT_WINDOW_INVALID', 'The nested START and STOP windows do not overlap', { at });
}

/** RFC 3339 as the grammar has checked it; rounded up to milliseconds. A second 60 is the next minute's first. */
function millisecondsOf(text: string): number {
	const time = utcOf(
		digitsAt(text, 0) * 100 + digitsAt(text, 2),
		digitsAt(text, 5),
		digitsAt(text, 8),
		digitsAt(text, 11),
		digitsAt(text, 14),
		digitsAt(text, 17),
	);
	return text.length === 20 ? time : time + Math.ceil(Number(`0${text.slice(19, -1)}`) * 1000 - 1e-9);
}

/** Two digits. */
function digitsAt(text: string, at: number): number {
	return (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;
}

/**
 * As `toISOString` writes it, at a third of the cost: planning would spend a tenth of its time there. For the years 0 to 9999; the day
 * is counted in years that begin in March, so that a leap day is the last of one.
 */
export function timeText(time: number): string {
	const days = Math.floor(time / DAY);
	const sinceMarch0000 = days + 719_468;
	const era = Math.floor(sinceMarch0000 / 146_097);
	const dayOfEra = sinceMarch0000 - era * 146_097;
	const yearOfEra = Math.floor(
		(dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
	);
	const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
	const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
	const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
	const year = yearOfEra + era * 400 + (month < 3 ? 1 : 0);
	if (!(year >= 0 && year <= 9999)) return new Date(time).toISOString();
	const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
	const rest = time - days * DAY;
	const minutes = Math.floor(rest / MINUTE);
	const hour = Math.floor(minutes / 60);
	const minute = `${TWO[Math.floor(year / 100)]}${TWO[year % 100]}-${TWO[month]}-${TWO[day]}T${TWO[hour]}:${TWO[minutes - hour * 60]}`;
	const milliseconds = rest - minutes * MINUTE;
	if (milliseconds === 0) return `${minute}:00.000Z`;
	const second = Math.floor(milliseconds / 1000);
	return `${minute}:${TWO[second]}.${String(milliseconds - second * 1000).padStart(3, '0')}Z`;
}

/** 00 to 99. */
const TWO: readonly string[] = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

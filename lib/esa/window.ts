import { MINUTE, ceilToMinute, floorToMinute } from '../units';
import type { Qualifier, StartStopQualifier } from '../pattern';
import { HuntError } from './errors';

/** A span of time: START ≤ t < STOP. */
export interface HuntWindow {
	/** Epoch milliseconds, rounded up: the first one that belongs to it. */
	start: number;
	/** Epoch milliseconds, rounded up: the first one that does not. */
	stop: number;
	/** What the appliance is asked: START without its seconds. */
	startDate: string;
	/** STOP, to the next full minute. */
	endDate: string;
	/** True when the pattern names none. */
	assumed: boolean;
}

/** 9999-12-31T23:59: the form has four digits for the year. */
const LAST_MINUTE = 4_223_371_679 * MINUTE;

/** A qualifier's window. Seconds and decimals are cut of what is asked, not of what is found. @throws HuntError `HUNT_WINDOW_INVALID` */
function windowOf({ start, stop, at }: StartStopQualifier): HuntWindow {
	const from = millisecondsOf(start.value);
	const to = millisecondsOf(stop.value);
	if (!(from < to)) {
		throw new HuntError('HUNT_WINDOW_INVALID', `START t'${start.value}' is not before STOP t'${stop.value}'`, {
			at,
			hint: 'A window takes in its START and ends before its STOP.',
		});
	}
	return {
		start: from,
		stop: to,
		startDate: minuteOf(start.value, from),
		endDate: minuteOf(stop.value, to, true),
		assumed: false,
	};
}

/** The last minutes before `now`, in full minutes. */
export function lastMinutes(minutes: number, now: Date): HuntWindow {
	const stop = floorToMinute(now.getTime());
	return spanOf(stop - minutes * MINUTE, stop, true);
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
	if (start < stop) return spanOf(start, stop, false);
	throw new HuntError('HUNT_WINDOW_INVALID', 'The START and STOP inside one another have no time in common', { at });
}

function spanOf(start: number, stop: number, assumed: boolean): HuntWindow {
	return {
		start,
		stop,
		startDate: minuteText(floorToMinute(start)),
		endDate: minuteText(ceilToMinute(stop)),
		assumed,
	};
}

const minuteText = (time: number): string => new Date(Math.min(time, LAST_MINUTE)).toISOString();

/** The full minute before a time, or the one behind it. Of a time that the calendar has, it is mostly a piece of its text. */
function minuteOf(text: string, time: number, up = false): string {
	const plain = digitsAt(text, 8) <= 28 && digitsAt(text, 17) < 60;
	if (plain && (!up || time % MINUTE === 0)) return `${text.slice(0, 16)}:00.000Z`;
	const next = digitsAt(text, 14) + 1;
	if (plain && next < 60) return `${text.slice(0, 14)}${next < 10 ? '0' : ''}${next}:00.000Z`;
	return minuteText(up ? ceilToMinute(time) : floorToMinute(time));
}

/** RFC 3339 as the grammar has checked it; rounded up to milliseconds. A second 60 is the next minute's first. */
function millisecondsOf(text: string): number {
	const year = digitsAt(text, 0) * 100 + digitsAt(text, 2);
	const time = Date.UTC(
		year,
		digitsAt(text, 5) - 1,
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

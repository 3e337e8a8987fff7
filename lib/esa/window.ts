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

const MINUTE = 60_000;
/** 9999-12-31T23:59: the form has four digits for the year. */
const LAST_MINUTE = 4_223_371_679;

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
	return spanOf(from, to, false);
}

/** The last minutes before `now`, in full minutes. */
export function lastMinutes(minutes: number, now: Date): HuntWindow {
	const stop = Math.floor(now.getTime() / MINUTE) * MINUTE;
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
		startDate: minuteText(Math.floor(start / MINUTE)),
		endDate: minuteText(Math.ceil(stop / MINUTE)),
		assumed,
	};
}

/** The last text is the next one often enough: the windows of a pattern, and of patterns in a row. */
let known: [number, string] = [0, '1970-01-01T00:00:00.000Z'];

function minuteText(minute: number): string {
	if (known[0] !== minute) known = [minute, new Date(Math.min(minute, LAST_MINUTE) * MINUTE).toISOString()];
	return known[1];
}

/** RFC 3339 as the grammar has checked it, years 1 to 9999; rounded up to milliseconds. A second 60 is the next minute's first. */
function millisecondsOf(text: string): number {
	const digits = (from: number, to: number): number => Number(text.slice(from, to));
	const date = Date.UTC(digits(0, 4), digits(5, 7) - 1, digits(8, 10), digits(11, 13), digits(14, 16), digits(17, 19));
	return date + Math.ceil(Number(`0${text.slice(19, -1)}`) * 1000 - 1e-9);
}

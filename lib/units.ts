/** Bytes. */
export const KiB = 1024;
export const MiB = 1024 * KiB;

/** Milliseconds. */
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The last full minute that is not after a time, both in milliseconds. */
export function floorToMinute(time: number): number {
	return Math.floor(time / MINUTE) * MINUTE;
}

/** The first full minute that is not before a time, both in milliseconds. */
export function ceilToMinute(time: number): number {
	return Math.ceil(time / MINUTE) * MINUTE;
}

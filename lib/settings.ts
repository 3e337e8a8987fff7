import { DURATION_HINT, durationOf, timeBefore, type Duration } from './duration';
import { EmailIntelError, type ErrorDetails } from './errors';
import { INSTANT_HINT, instantOf, isZone } from './instant';

/*
 * The one gate for what users set. Options come out of forms, expressions and JSON: a missing variable makes NaN of a
 * number, and NaN passes every comparison that is meant to stop it. Everything that takes an option reads it here, once,
 * when it is made; behind the gate a number is a number within its bounds.
 */

/** Code of {@link SettingError}. */
export type SettingErrorCode =
	/** An option is not what it has to be, or beyond its bounds. */
	'SETTING_INVALID';

/** An option that cannot be used. The message names it, says what was given and what is allowed. */
export class SettingError extends EmailIntelError {
	declare readonly code: SettingErrorCode;
	/** The option, as its user knows it. */
	readonly setting: string;

	constructor(setting: string, message: string, details: ErrorDetails = {}) {
		super('SETTING_INVALID', message, details);
		this.setting = setting;
	}
}

/** What a number may be. With `otherwise` an empty setting means that; without, it must not be empty. */
export interface NumberRange {
	least: number;
	most: number;
	otherwise?: unknown;
}

/**
 * A whole number within bounds. Text of digits is read as a number; undefined, null and blank text are empty.
 *
 * @throws SettingError `SETTING_INVALID`
 */
export function wholeNumber<Otherwise>(
	name: string,
	value: unknown,
	range: { least: number; most: number; otherwise: Otherwise },
): number | Otherwise;
export function wholeNumber(name: string, value: unknown, range: { least: number; most: number }): number;
export function wholeNumber(name: string, value: unknown, range: NumberRange): unknown {
	return numberWithin(name, value, range, 'a whole number');
}

/** As {@link wholeNumber}, with decimals. */
export function decimalNumber<Otherwise>(
	name: string,
	value: unknown,
	range: { least: number; most: number; otherwise: Otherwise },
): number | Otherwise;
export function decimalNumber(name: string, value: unknown, range: { least: number; most: number }): number;
export function decimalNumber(name: string, value: unknown, range: NumberRange): unknown {
	return numberWithin(name, value, range, 'a number');
}

const MEGABYTE = 1_000_000;

/**
 * Bytes of a number of megabytes (1,000,000 bytes), which may have decimals; bounds and default are megabytes too.
 *
 * @throws SettingError `SETTING_INVALID`
 */
export function megabytes<Otherwise>(
	name: string,
	value: unknown,
	range: { least: number; most: number; otherwise: Otherwise },
): number | Exclude<Otherwise, number> {
	const number: unknown = decimalNumber(name, value, range);
	return typeof number === 'number' ? Math.round(number * MEGABYTE) : (number as Exclude<Otherwise, number>);
}

/**
 * How far back to look: everything (`all`, in any case), or an ISO 8601 duration. Blank is empty. `startFrom` is the time
 * that it begins at, seen from `now`; undefined when it has no beginning.
 *
 * @throws SettingError `SETTING_INVALID`
 */
export function lookBack(name: string, value: unknown, { otherwise }: { otherwise: string }): LookBack {
	const text = isEmpty(value) ? otherwise : value;
	if (typeof text === 'string') {
		if (text.trim().toLowerCase() === 'all') return new LookBack(undefined);
		const duration = durationOf(text);
		if (duration !== undefined) return new LookBack(duration);
	}
	throw new SettingError(name, `'${name}' must be an ISO 8601 duration or all, but it is ${shown(value)}`, {
		hint: DURATION_HINT,
	});
}

/** See {@link lookBack}. */
export class LookBack {
	readonly #duration: Duration | undefined;

	constructor(duration: Duration | undefined) {
		this.#duration = duration;
	}

	/** `now` in milliseconds since the epoch. */
	startFrom(now: number): Date | undefined {
		return this.#duration === undefined ? undefined : timeBefore(now, this.#duration);
	}
}

/** The times that STIX, mail servers and appliances can write: four digits for the year. */
const FIRST_INSTANT = Date.parse('0001-01-01T00:00:00Z');
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * A point in time: a text as {@link instantOf} reads it, a Date, or the DateTime object that n8n's expressions give. A text
 * without a zone is meant in `zone` (of the IANA database, by default UTC), never in that of the process.
 *
 * @throws SettingError `SETTING_INVALID`
 */
export function instant<Otherwise>(
	name: string,
	value: unknown,
	range: { otherwise: Otherwise; zone?: string | undefined },
): Date | Otherwise;
export function instant(name: string, value: unknown, range?: { zone?: string | undefined }): Date;
export function instant(
	name: string,
	value: unknown,
	range: { otherwise?: unknown; zone?: string | undefined } = {},
): unknown {
	const { zone = 'UTC' } = range;
	if (!isZone(zone)) {
		throw new SettingError('zone', `'zone' must be a time zone, but it is ${shown(zone)}`, {
			hint: 'Enter it as in Europe/Berlin or UTC. The time zone of a workflow is in its settings.',
		});
	}
	if (isEmpty(value) && 'otherwise' in range) return range.otherwise;
	const time = typeof value === 'string' ? instantOf(value, zone) : timeOf(value);
	if (time !== undefined && time >= FIRST_INSTANT && time <= LAST_INSTANT) return new Date(time);
	const given = typeof value === 'object' && timeOf(value) !== undefined ? 'not a valid date' : shown(value);
	throw new SettingError(name, `'${name}' must be a date and time, but it is ${given}`, { hint: INSTANT_HINT });
}

/** Milliseconds of a Date or of Luxon's DateTime, NaN for an invalid one. Of another realm (n8n's sandbox) it is no instance of a class here. */
function timeOf(value: unknown): number | undefined {
	if (Object.prototype.toString.call(value) === '[object Date]') return (value as Date).getTime();
	const luxon = value as { isLuxonDateTime?: unknown; toMillis?: () => unknown } | null | undefined;
	if (luxon?.isLuxonDateTime !== true || typeof luxon.toMillis !== 'function') return undefined;
	return Number(luxon.toMillis());
}

/** Checks settings; one that cannot be used becomes the error of a subject that has a code of its own for it. */
export function settingsOr<T>(check: () => T, toError: (message: string, details: ErrorDetails) => Error): T {
	try {
		return check();
	} catch (cause) {
		if (!(cause instanceof SettingError)) throw cause;
		throw toError(cause.message, { cause, ...(cause.hint === undefined ? {} : { hint: cause.hint }) });
	}
}

/** True for what stands for an option that nobody filled in. */
export function isEmpty(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

const DECIMAL = /^[+-]?\d{1,17}(?:\.\d{1,17})?$/;

function numberWithin(name: string, value: unknown, range: NumberRange, kind: 'a whole number' | 'a number'): unknown {
	const { least, most } = range;
	if (isEmpty(value) && 'otherwise' in range) return range.otherwise;
	const number = typeof value === 'string' && DECIMAL.test(value.trim()) ? Number(value) : value;
	const isWithin = typeof number === 'number' && number >= least && number <= most;
	if (isWithin && (kind === 'a number' || Number.isInteger(number))) return number;
	const otherwise = range.otherwise;
	const fallback = typeof otherwise === 'number' ? ` Leave it empty for the default of ${written(otherwise)}.` : '';
	throw new SettingError(
		name,
		`'${name}' must be ${kind} from ${written(least)} to ${written(most)}, but it is ${shown(value)}`,
		{ hint: `Correct the option, or check what its expression returns.${fallback}` },
	);
}

const written = (number: number): string => number.toLocaleString('en-US', { maximumFractionDigits: 6 });

/** What was given, for a message. */
function shown(value: unknown): string {
	if (isEmpty(value)) return 'empty';
	if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 40)}…` : value}'`;
	if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	return Array.isArray(value) ? 'a list' : `of the type ${typeof value}`;
}

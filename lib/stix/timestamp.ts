import { types } from 'node:util';
import { instantOf } from '../instant';

/** Used where a message carries no time at all: never the clock, so that equal messages give equal bundles. */
export const FALLBACK_TIME = '1970-01-01T00:00:00.000Z';

/**
 * A time in the form that STIX and OpenCTI agree on: RFC 3339, UTC, three digits of fraction (`2025-04-16T10:10:10.000Z`).
 * A text without a zone is read as UTC, so that the result does not depend on the machine.
 * Undefined when it is no time, or outside of the years 1 to 9999.
 */
export function timestampOf(value: unknown): string | undefined {
	// By brand, not by class: an n8n Code node hands over Dates of another realm.
	const date = types.isDate(value)
		? value
		: typeof value === 'string'
			? new Date(instantOf(value) ?? Number.NaN)
			: undefined;
	if (date === undefined || Number.isNaN(date.getTime())) return undefined;
	const text = date.toISOString();
	return text.length === 24 && !text.startsWith('0000') ? text : undefined;
}

/**
 * The time that a report of a message may bear: as {@link timestampOf}, from 1970 on, where OpenCTI's own bounds begin. A Date
 * field before that is a clock that was never set. The report's id follows from it, so there is one rule for all that name it.
 */
export function reportTime(value: unknown): string | undefined {
	const text = timestampOf(value);
	return text !== undefined && text >= FALLBACK_TIME ? text : undefined;
}

import { EmailIntelError, type ErrorDetails } from '../errors';
import type { PatternPosition } from '../pattern';
import type { HuntOmission } from './warnings';

/** Codes of {@link HuntError}: stable, the wording is not. */
export type HuntErrorCode =
	/** A comparison that the target cannot search and whose value no row shows. */
	| 'HUNT_NOT_SEARCHABLE'
	/** More queries, alternatives or combinations than `HUNT_LIMITS` allows. */
	| 'HUNT_TOO_COMPLEX'
	/** A constant that the column cannot have, or that cannot be sent exactly. */
	| 'HUNT_VALUE_REFUSED'
	/** Part of a group of columns that are searched only together. */
	| 'HUNT_GROUP_INCOMPLETE'
	/** START is not before STOP, or nested windows have nothing in common. */
	| 'HUNT_WINDOW_INVALID'
	/** More requests than the user allows. */
	| 'HUNT_TOO_COSTLY'
	/** A query string alone cannot say what the pattern says; a hunt can. */
	| 'HUNT_NOT_TRANSLATABLE'
	/** An option out of its range. */
	| 'HUNT_OPTION_INVALID';

/** A pattern that cannot be hunted as it stands. Names the comparison and where it is. */
export class HuntError extends EmailIntelError {
	declare readonly code: HuntErrorCode;
	/** From 1; absent when the error is about the whole pattern or an option. */
	readonly line?: number;
	/** From 1, in characters. */
	readonly column?: number;
	/** Present when everything in the pattern would have to be left out: nothing of it can be hunted, and nothing of it is wrong. */
	leftOut?: readonly HuntOmission[];

	constructor(code: HuntErrorCode, message: string, details: ErrorDetails & { at?: PatternPosition } = {}) {
		const { at } = details;
		super(code, at === undefined ? message : `Line ${at.line}, column ${at.column}: ${message}`, details);
		if (at !== undefined) {
			this.line = at.line;
			this.column = at.column;
		}
	}
}

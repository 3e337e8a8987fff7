import { EmailIntelError, type ErrorDetails } from '../errors';
import type { PatternPosition } from '../pattern';
import { settingsOr } from '../settings';

export type HuntErrorCode =
	/** A comparison that the appliance cannot search and whose value no row shows. */
	| 'HUNT_NOT_SEARCHABLE'
	/** More queries, alternatives or combinations than `ESA_LIMITS` allows. */
	| 'HUNT_TOO_COMPLEX'
	/** A constant that the column cannot have, or that cannot be sent exactly. */
	| 'HUNT_VALUE_REFUSED'
	/** Part of a group of columns that are searched only together. */
	| 'HUNT_GROUP_INCOMPLETE'
	/** START is not before STOP, or nested windows have nothing in common. */
	| 'HUNT_WINDOW_INVALID'
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

	constructor(code: HuntErrorCode, message: string, details: ErrorDetails & { at?: PatternPosition } = {}) {
		const { at } = details;
		super(code, at === undefined ? message : `Line ${at.line}, column ${at.column}: ${message}`, details);
		if (at !== undefined) {
			this.line = at.line;
			this.column = at.column;
		}
	}
}

export type EsaErrorCode =
	/** User or passphrase is wrong, or the account may not use the API. */
	| 'ESA_LOGIN_REFUSED'
	/** The account needs a second factor. */
	| 'ESA_TWO_FACTOR'
	/** The appliance no longer accepts our token, even a fresh one. */
	| 'ESA_UNAUTHORIZED'
	/** The role of the account lacks a privilege. */
	| 'ESA_FORBIDDEN'
	/** The address answers, but has no AsyncOS API 2.0 of this product. */
	| 'ESA_NO_API'
	/** A parameter or a combination of parameters was refused. */
	| 'ESA_QUERY_REFUSED'
	/** 5xx, or too much load. */
	| 'ESA_UNAVAILABLE'
	/** Another status that says no. */
	| 'ESA_STATUS'
	/** HTML, broken JSON or another shape than the API's. */
	| 'ESA_ANSWER_UNREADABLE'
	/** No message of that MID on that appliance. */
	| 'ESA_NOT_FOUND'
	/** Address, account or arguments that cannot be used. */
	| 'ESA_CONFIGURATION';

const TRANSIENT: ReadonlySet<EsaErrorCode> = new Set<EsaErrorCode>(['ESA_UNAVAILABLE']);

/** What a Cisco Secure Email appliance refused or could not do. */
export class EsaError extends EmailIntelError {
	declare readonly code: EsaErrorCode;
	/** HTTP status of the answer. */
	readonly status?: number;

	constructor(code: EsaErrorCode, message: string, details: ErrorDetails & { status?: number } = {}) {
		super(code, message, { ...details, transient: details.transient ?? TRANSIENT.has(code) });
		if (details.status !== undefined) this.status = details.status;
	}
}

/** Reads settings of an appliance. @throws EsaError `ESA_CONFIGURATION` for one that cannot be used */
export function esaSettings<T>(read: () => T): T {
	return settingsOr(read, (message, details) => new EsaError('ESA_CONFIGURATION', message, details));
}

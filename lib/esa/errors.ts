import { EmailIntelError, type ErrorDetails } from '../errors';
import { ESA_LIMITS } from '../limits';
import { settingsOr, wholeNumber } from '../settings';

/** Codes of {@link EsaError}: stable, the wording is not. */
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

/** A number that the appliance gave: MID, ICID, DCID. @throws EsaError `ESA_CONFIGURATION` */
export function midOf(name: string, value: unknown): number {
	return esaSettings(() => wholeNumber(name, value, { least: 0, most: ESA_LIMITS.maxMid }));
}

import { EmailIntelError, type ErrorDetails } from '../errors';
import { settingsOr } from '../settings';

/** Codes of {@link MicrosoftError}: stable, the wording is not. */
export type MicrosoftErrorCode =
	/** Secret, certificate or token were not accepted. */
	| 'MICROSOFT_LOGIN_REFUSED'
	/** Signed in, but the application may not do this. */
	| 'MICROSOFT_NOT_ALLOWED'
	/** DNS, refused, reset, no route: there was no connection. */
	| 'MICROSOFT_UNREACHABLE'
	/** The certificate of Microsoft's host was not accepted. */
	| 'MICROSOFT_TLS'
	/** The proxy refused or could not be used. */
	| 'MICROSOFT_PROXY'
	/** No answer in time. */
	| 'MICROSOFT_TIMEOUT'
	/** Too many requests of this application wait for one another. */
	| 'MICROSOFT_LIMIT'
	/** Microsoft asks this application to wait. */
	| 'MICROSOFT_THROTTLED'
	/** Microsoft cannot answer at present, or something else answers in its place. */
	| 'MICROSOFT_UNAVAILABLE'
	/** What was asked for is not there. */
	| 'MICROSOFT_MISSING'
	/** The request was refused, or the answer is of no use to any client. */
	| 'MICROSOFT_PROTOCOL'
	/** The answer is larger than it may be, there or here: less can be asked for. */
	| 'MICROSOFT_TOO_LARGE'
	/** A setting that cannot be used. */
	| 'MICROSOFT_CONFIGURATION';

const TRANSIENT: ReadonlySet<MicrosoftErrorCode> = new Set<MicrosoftErrorCode>([
	'MICROSOFT_UNREACHABLE',
	'MICROSOFT_PROXY',
	'MICROSOFT_TIMEOUT',
	'MICROSOFT_LIMIT',
	'MICROSOFT_THROTTLED',
	'MICROSOFT_UNAVAILABLE',
]);

/**
 * Microsoft Entra or Graph could not be asked, or said no. Each subject that stands on them makes an error of its own of it,
 * with its own code: a mailbox has `MAILBOX_THROTTLED` for `MICROSOFT_THROTTLED`.
 */
export class MicrosoftError extends EmailIntelError {
	declare readonly code: MicrosoftErrorCode;

	constructor(code: MicrosoftErrorCode, message: string, details: ErrorDetails = {}) {
		super(code, message, { ...details, transient: details.transient ?? TRANSIENT.has(code) });
	}
}

/** An answer of Microsoft Graph that says no. */
export class GraphError extends MicrosoftError {
	constructor(
		code: MicrosoftErrorCode,
		message: string,
		details: ErrorDetails,
		readonly status: number,
		/** Error codes of the answer, outer to inner, lower case. */
		readonly graphCodes: readonly string[],
	) {
		super(code, message, details);
	}
}

/**
 * Reads settings of a connection to Microsoft.
 *
 * @throws MicrosoftError `MICROSOFT_CONFIGURATION` for one that cannot be used
 */
export function microsoftSettings<T>(read: () => T): T {
	return settingsOr(read, (message, details) => new MicrosoftError('MICROSOFT_CONFIGURATION', message, details));
}

import { EmailIntelError, type ErrorDetails } from '../errors';
import { GraphError, MicrosoftError, type MicrosoftErrorCode } from '../microsoft';

/** Codes of {@link MicrosoftHuntError}: stable, the wording is not. */
export type MicrosoftHuntErrorCode =
	/** Secret, certificate or token were not accepted. */
	| 'M365_LOGIN_REFUSED'
	/** Signed in, but the application may not hunt. */
	| 'M365_NOT_ALLOWED'
	/** The tenant has no such table: the service that fills it is not deployed. */
	| 'M365_TABLE_MISSING'
	/** This cloud of Microsoft has no such service. */
	| 'M365_CLOUD'
	/** DNS, refused, reset, no route: there was no connection. */
	| 'M365_UNREACHABLE'
	/** The certificate of Microsoft's host was not accepted. */
	| 'M365_TLS'
	/** The proxy refused or could not be used. */
	| 'M365_PROXY'
	/** No answer in time. */
	| 'M365_TIMEOUT'
	/** Too many requests of this application wait for one another. */
	| 'M365_LIMIT'
	/** Microsoft asks this application to wait. */
	| 'M365_THROTTLED'
	/** Microsoft cannot answer at present, or something else answers in its place. */
	| 'M365_UNAVAILABLE'
	/** Microsoft did not understand the query. */
	| 'M365_QUERY_REFUSED'
	/** An answer that is cut short, of another shape than documented, or not what was asked for. */
	| 'M365_ANSWER_UNREADABLE'
	/** An answer that is larger than it may be, however few rows are asked for. */
	| 'M365_ANSWER_TOO_LARGE'
	/** A setting that cannot be used. */
	| 'M365_CONFIGURATION';

const CODES: Readonly<Record<MicrosoftErrorCode, MicrosoftHuntErrorCode>> = {
	MICROSOFT_LOGIN_REFUSED: 'M365_LOGIN_REFUSED',
	MICROSOFT_NOT_ALLOWED: 'M365_NOT_ALLOWED',
	MICROSOFT_UNREACHABLE: 'M365_UNREACHABLE',
	MICROSOFT_TLS: 'M365_TLS',
	MICROSOFT_PROXY: 'M365_PROXY',
	MICROSOFT_TIMEOUT: 'M365_TIMEOUT',
	MICROSOFT_LIMIT: 'M365_LIMIT',
	MICROSOFT_THROTTLED: 'M365_THROTTLED',
	MICROSOFT_UNAVAILABLE: 'M365_UNAVAILABLE',
	MICROSOFT_MISSING: 'M365_TABLE_MISSING',
	MICROSOFT_PROTOCOL: 'M365_QUERY_REFUSED',
	MICROSOFT_TOO_LARGE: 'M365_ANSWER_TOO_LARGE',
	MICROSOFT_CONFIGURATION: 'M365_CONFIGURATION',
};

const TRANSIENT: ReadonlySet<MicrosoftHuntErrorCode> = new Set<MicrosoftHuntErrorCode>([
	'M365_UNREACHABLE',
	'M365_PROXY',
	'M365_TIMEOUT',
	'M365_LIMIT',
	'M365_THROTTLED',
	'M365_UNAVAILABLE',
]);

/** What Defender XDR or Exchange message trace refused or could not do. */
export class MicrosoftHuntError extends EmailIntelError {
	declare readonly code: MicrosoftHuntErrorCode;
	/** HTTP status of the answer, where there was one. */
	readonly status?: number;

	constructor(code: MicrosoftHuntErrorCode, message: string, details: ErrorDetails & { status?: number } = {}) {
		super(code, message, { ...details, transient: details.transient ?? TRANSIENT.has(code) });
		if (details.status !== undefined) this.status = details.status;
	}
}

/** What Entra or Graph said, as the error of a hunt; anything else as it is. */
export function toHuntError(error: unknown): unknown {
	if (!(error instanceof MicrosoftError)) return error;
	const { hint, cause, transient, retryAfterMs } = error;
	const isAnswer = error instanceof GraphError;
	// Only an answer of Graph refuses a query; else it could not be read.
	const code = error.code === 'MICROSOFT_PROTOCOL' && !isAnswer ? 'M365_ANSWER_UNREADABLE' : CODES[error.code];
	return new MicrosoftHuntError(code, error.message, {
		transient,
		hint,
		retryAfterMs,
		...(cause === undefined ? {} : { cause }),
		...(isAnswer ? { status: error.status } : {}),
	});
}

/** An answer of HTTP 200 that is not the API's. */
export function unreadable(what: string, why: string): MicrosoftHuntError {
	return new MicrosoftHuntError('M365_ANSWER_UNREADABLE', `The answer to ${what} cannot be read: ${why}`, {
		hint: "Nothing is known of who received it. Try again later. If it persists, check that 'Cloud' in the credential is right and that no proxy changes answers.",
	});
}

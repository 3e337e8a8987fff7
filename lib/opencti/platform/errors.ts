import { EmailIntelError, type ErrorDetails } from '../../errors';
import { settingsOr } from '../../settings';

/** Codes of {@link OpenCtiError}: stable, the wording is not. */
export type OpenCtiErrorCode =
	/** The platform does not accept the token: wrong, expired, or its user is locked. */
	| 'OPENCTI_TOKEN_REFUSED'
	/** The token's user lacks a capability, or may not touch this object. */
	| 'OPENCTI_FORBIDDEN'
	/** Something else than OpenCTI's GraphQL endpoint answers at this URL. */
	| 'OPENCTI_URL_WRONG'
	/** The marking does not exist on the platform. Nothing was created. */
	| 'OPENCTI_MARKING_UNKNOWN'
	/** The platform stored fewer or lower markings than asked. */
	| 'OPENCTI_MARKING_MISMATCH'
	| 'OPENCTI_AUTHOR_UNKNOWN'
	| 'OPENCTI_LABEL_UNKNOWN'
	| 'OPENCTI_REPORT_TYPE_UNKNOWN'
	/** An object that the call refers to is not there, or not visible to the user. */
	| 'OPENCTI_REFERENCE_MISSING'
	/** The object exists, but the user may not see it. */
	| 'OPENCTI_RESTRICTED'
	/** The message has no usable date, and no fallback was given. */
	| 'OPENCTI_DATE_MISSING'
	| 'OPENCTI_TOO_LARGE'
	/** The object stayed locked by other writers through all tries. */
	| 'OPENCTI_LOCKED'
	/** No connection, a time-out, 429, 502, 503, 504 or a database fault, through all tries. */
	| 'OPENCTI_UNAVAILABLE'
	/** A value that the platform's rules refuse, a mandatory attribute among them. */
	| 'OPENCTI_VALIDATION'
	/** The platform is too old (or too new) for what was asked. */
	| 'OPENCTI_VERSION'
	/** The platform refused for a reason of its own; the message holds it. */
	| 'OPENCTI_REFUSED'
	/** The draft workspace is gone or already validated. */
	| 'OPENCTI_DRAFT_CLOSED'
	/** An answer that no OpenCTI gives. */
	| 'OPENCTI_ANSWER_UNREADABLE'
	/** No connector of the platform imports this file. */
	| 'OPENCTI_CONNECTOR_MISSING'
	/** Options that contradict each other, or a bundle that is none. */
	| 'OPENCTI_INPUT';

/** What an {@link OpenCtiError} is made from. */
export interface OpenCtiErrorDetails extends ErrorDetails {
	/** `extensions.code` of the GraphQL error. */
	platformCode?: string | undefined;
	/** `extensions.data.doc_code` of the GraphQL error. */
	docCode?: string | undefined;
	/** HTTP status of the answer, where it is not 200. */
	status?: number | undefined;
	/** Capabilities of which the user lacks at least one. */
	missingCapabilities?: readonly string[] | undefined;
	/** What exists on the platform instead of the unknown value. */
	known?: readonly string[] | undefined;
	/** Internal id of the object that was already created when the error came. */
	entityId?: string | undefined;
	/** Its page on the platform. */
	entityUrl?: string | undefined;
}

const TRANSIENT: ReadonlySet<OpenCtiErrorCode> = new Set<OpenCtiErrorCode>(['OPENCTI_LOCKED', 'OPENCTI_UNAVAILABLE']);

/** An OpenCTI call that did not do what was asked. Never holds the token, a message's text or a file's bytes. */
export class OpenCtiError extends EmailIntelError {
	declare readonly code: OpenCtiErrorCode;
	readonly platformCode?: string;
	readonly docCode?: string;
	readonly status?: number;
	readonly missingCapabilities?: readonly string[];
	readonly known?: readonly string[];
	readonly entityId?: string;
	readonly entityUrl?: string;

	constructor(code: OpenCtiErrorCode, message: string, details: OpenCtiErrorDetails = {}) {
		super(code, message, { ...details, transient: details.transient ?? TRANSIENT.has(code) });
		const { hint: _hint, cause: _cause, transient: _transient, retryAfterMs: _retryAfterMs, ...rest } = details;
		Object.assign(this, rest);
	}
}

/** Reads options of a call. @throws OpenCtiError `OPENCTI_INPUT` for one that cannot be used */
export function openCtiSettings<T>(read: () => T): T {
	return settingsOr(read, (message, details) => new OpenCtiError('OPENCTI_INPUT', message, details));
}

/**
 * What is made of answers. Their types are those of the platform's schema; where something else answers in its place, or a proxy
 * leaves half of it out, the code stumbles over what is not there: that is told as what it is, with the stumble as its cause.
 *
 * @throws OpenCtiError `OPENCTI_ANSWER_UNREADABLE`
 */
export async function understood<T>(work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		throw error instanceof TypeError ? anotherForm(error) : error;
	}
}

function anotherForm(cause: Error): OpenCtiError {
	return new OpenCtiError(
		'OPENCTI_ANSWER_UNREADABLE',
		'An answer of the platform has another form than those of OpenCTI',
		{
			cause,
			hint: 'A proxy or gateway in front of the platform may change its answers. Try again without it, or check its settings.',
		},
	);
}

/** A time of an answer, as ISO 8601 in UTC. @throws OpenCtiError `OPENCTI_ANSWER_UNREADABLE` for what is none */
export function answeredTime(value: string): string {
	const time = new Date(typeof value === 'string' ? value : Number.NaN);
	if (Number.isNaN(time.getTime())) throw anotherForm(new RangeError('A time is none'));
	return time.toISOString();
}

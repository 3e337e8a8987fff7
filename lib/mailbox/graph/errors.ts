import { GraphError, MicrosoftError, type MicrosoftErrorCode } from '../../microsoft';
import { MailboxError, type MailboxErrorCode } from '../errors';

const CODES: Readonly<Record<MicrosoftErrorCode, MailboxErrorCode>> = {
	MICROSOFT_LOGIN_REFUSED: 'MAILBOX_LOGIN_REFUSED',
	MICROSOFT_NOT_ALLOWED: 'MAILBOX_NOT_ALLOWED',
	MICROSOFT_UNREACHABLE: 'MAILBOX_UNREACHABLE',
	MICROSOFT_TLS: 'MAILBOX_TLS',
	MICROSOFT_PROXY: 'MAILBOX_PROXY',
	MICROSOFT_TIMEOUT: 'MAILBOX_TIMEOUT',
	MICROSOFT_LIMIT: 'MAILBOX_LIMIT',
	MICROSOFT_THROTTLED: 'MAILBOX_THROTTLED',
	MICROSOFT_UNAVAILABLE: 'MAILBOX_UNAVAILABLE',
	MICROSOFT_MISSING: 'MAILBOX_MESSAGE_MISSING',
	MICROSOFT_PROTOCOL: 'MAILBOX_PROTOCOL',
	MICROSOFT_TOO_LARGE: 'MAILBOX_PROTOCOL',
	MICROSOFT_CONFIGURATION: 'MAILBOX_CONFIGURATION',
};

/** An answer of Microsoft Graph that says no, to somebody who reads a mailbox. */
export class GraphMailboxError extends MailboxError {
	readonly status: number;
	/** Error codes of the answer, outer to inner, lower case. */
	readonly graphCodes: readonly string[];

	constructor(answer: GraphError) {
		super(CODES[answer.code], answer.message, detailsOf(answer));
		this.status = answer.status;
		this.graphCodes = answer.graphCodes;
	}

	/** The delta token is not known any more: the round starts anew. */
	get isSyncStateLost(): boolean {
		return this.status === 410 || this.graphCodes.some((code) => SYNC_STATE_CODES.has(code));
	}

	/** This message or folder is not there (any more). */
	get isGone(): boolean {
		return this.status === 404 && this.graphCodes.includes('erroritemnotfound');
	}

	/** What was given as an id is none: nothing can be there. */
	get isMalformedId(): boolean {
		return this.status === 400 && this.graphCodes.includes('errorinvalididmalformed');
	}

	/** The cloud does not have the message delta query. Only meaningful for the first request of a round. */
	get isDeltaMissing(): boolean {
		return (
			this.status === 405 ||
			this.status === 501 ||
			(this.status === 400 &&
				this.graphCodes.some(
					(code) => code === 'badrequest' || code === 'notimplemented' || code === 'unsupportedoperation',
				))
		);
	}
}

// Seen with both spellings, and with 400 and 410: the codes decide, never the text.
const SYNC_STATE_CODES = new Set(['syncstatenotfound', 'syncstateinvalid', 'resyncrequired']);

/** What Entra or Graph said, as the error of a mailbox; anything else as it is. */
export function toMailboxError(error: unknown): unknown {
	if (error instanceof GraphError) return new GraphMailboxError(error);
	if (error instanceof MicrosoftError) return new MailboxError(CODES[error.code], error.message, detailsOf(error));
	return error;
}

/** The cause is the original one: the error in between says nothing that this one does not. */
function detailsOf({ hint, cause, transient, retryAfterMs }: MicrosoftError) {
	return {
		transient,
		...(hint === undefined ? {} : { hint }),
		...(cause === undefined ? {} : { cause }),
		...(retryAfterMs === undefined ? {} : { retryAfterMs }),
	};
}

import { EmailIntelError, type ErrorDetails } from '../errors';

/**
 * - `EMAIL_ATTACHMENT_MISSING`: a message has no attachment of the name, number or hash that is asked for.
 * - `EMAIL_EMPTY`: the input has no bytes.
 * - `EMAIL_INPUT`: the input is neither bytes nor a byte stream, or the stream failed before its end; a .msg file is broken; an
 *   item that looks like a message of this pack has a field of another shape.
 * - `EMAIL_NOT_FOUND`: an item holds no message in any form that is known.
 */
export type EmailErrorCode = 'EMAIL_ATTACHMENT_MISSING' | 'EMAIL_EMPTY' | 'EMAIL_INPUT' | 'EMAIL_NOT_FOUND';

/** An input that cannot be read as a message at all. A broken message is never an error: see {@link EmailWarning}. */
export class EmailError extends EmailIntelError {
	declare readonly code: EmailErrorCode;

	constructor(code: EmailErrorCode, message: string, details: ErrorDetails = {}) {
		super(code, message, details);
	}
}

import { EmailIntelError, type ErrorDetails } from '../errors';
import { settingsOr } from '../settings';

/** Codes of {@link MailboxError}: stable, the wording is not. */
export type MailboxErrorCode =
	/** User, password, token or certificate were not accepted, or the account may not use this way in. */
	| 'MAILBOX_LOGIN_REFUSED'
	/** Logged in, but not allowed to do this. */
	| 'MAILBOX_NOT_ALLOWED'
	/** DNS, refused, reset, no route: there was no connection. */
	| 'MAILBOX_UNREACHABLE'
	/** The connection ended in the middle. */
	| 'MAILBOX_CONNECTION_LOST'
	/** The certificate was not accepted, TLS on a plain port or the reverse, or STARTTLS not offered. */
	| 'MAILBOX_TLS'
	/** The proxy refused or could not be used. */
	| 'MAILBOX_PROXY'
	/** No answer in time, or the poll's budget was used up. */
	| 'MAILBOX_TIMEOUT'
	/** Too many connections at once. */
	| 'MAILBOX_LIMIT'
	/** The provider's quota of commands or bytes is used up. */
	| 'MAILBOX_THROTTLED'
	/** The server says that it cannot at present. */
	| 'MAILBOX_UNAVAILABLE'
	| 'MAILBOX_FOLDER_MISSING'
	| 'MAILBOX_MESSAGE_MISSING'
	/** The server refused a command or answered what no client can use. */
	| 'MAILBOX_PROTOCOL'
	/** A setting that cannot be used. */
	| 'MAILBOX_CONFIGURATION';

const TRANSIENT: ReadonlySet<MailboxErrorCode> = new Set<MailboxErrorCode>([
	'MAILBOX_UNREACHABLE',
	'MAILBOX_CONNECTION_LOST',
	'MAILBOX_PROXY',
	'MAILBOX_TIMEOUT',
	'MAILBOX_LIMIT',
	'MAILBOX_THROTTLED',
	'MAILBOX_UNAVAILABLE',
]);

/** A mailbox that could not be opened or read. The message names host, user and folder, never a secret. */
export class MailboxError extends EmailIntelError {
	declare readonly code: MailboxErrorCode;

	constructor(code: MailboxErrorCode, message: string, details: ErrorDetails = {}) {
		super(code, message, { ...details, transient: details.transient ?? TRANSIENT.has(code) });
	}
}

/**
 * Reads settings of a mailbox.
 *
 * @throws MailboxError `MAILBOX_CONFIGURATION` for one that cannot be used
 */
export function mailboxSettings<T>(read: () => T): T {
	return settingsOr(read, (message, details) => new MailboxError('MAILBOX_CONFIGURATION', message, details));
}

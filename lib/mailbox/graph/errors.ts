import { MailboxError, type MailboxErrorCode, type MailboxErrorDetails } from '../errors';

/** An answer of Microsoft Graph that says no. */
export class GraphError extends MailboxError {
	constructor(
		code: MailboxErrorCode,
		message: string,
		details: MailboxErrorDetails,
		readonly status: number,
		/** Error codes of the answer, outer to inner, lower case. */
		readonly graphCodes: readonly string[],
	) {
		super(code, message, details);
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

export interface GraphFailure {
	status: number;
	/** Parsed JSON of the answer, if it was JSON. */
	body: unknown;
	/** For the message: mailbox and, when there is one, folder. */
	where: string;
	graphHost: string;
	retryAfterMs?: number;
	requestId?: string;
	/** Application roles in the token, for explanations. */
	roles: readonly string[];
}

interface Meaning {
	code: MailboxErrorCode;
	message: (failure: GraphFailure) => string;
	hint: (failure: GraphFailure) => string;
}

const RBAC_DELAY = 'Changes take up to two hours to be in force.';

const accessDenied: Meaning = {
	code: 'MAILBOX_NOT_ALLOWED',
	message: ({ where }) => `The application may not read ${where}`,
	hint: ({ roles }) => {
		if (roles.some((role) => role === 'Mail.Read' || role === 'Mail.ReadWrite')) {
			return `The application has ${roles.filter((role) => role.startsWith('Mail.')).join(', ')}, so this mailbox is outside its scope: add it to the management scope (RBAC for Applications) or to the group of the application access policy. ${RBAC_DELAY}`;
		}
		if (roles.some((role) => role.startsWith('Mail.ReadBasic'))) {
			return 'The application has Mail.ReadBasic only, which cannot read bodies and attachments: grant Mail.Read.';
		}
		return `Either the permission is missing (grant the application permission Mail.Read, with admin consent), or this mailbox is outside the scope of its 'Application Mail.Read' role (RBAC for Applications; check with Test-ServicePrincipalAuthorization). ${RBAC_DELAY}`;
	},
};
const tokenRefused: Meaning = {
	code: 'MAILBOX_LOGIN_REFUSED',
	message: ({ graphHost }) => `${graphHost} did not accept the token`,
	hint: () =>
		"Usually the wrong cloud: check 'Cloud' in the credential. Else a Conditional Access policy, or a clock that is wrong.",
};
const noSuchUser: Meaning = {
	code: 'MAILBOX_CONFIGURATION',
	message: ({ where }) => `There is no such user: ${where}`,
	hint: () =>
		"Check 'Mailbox': the address (user principal name) or object ID of a user or shared mailbox in this tenant.",
};
const noMailbox: Meaning = {
	code: 'MAILBOX_CONFIGURATION',
	message: ({ where }) => `There is no Exchange Online mailbox: ${where}`,
	hint: () =>
		'The user may be a guest, without a licence, or have the mailbox on-premises; Microsoft 365 groups have none that can be read this way.',
};
const gone: Meaning = {
	code: 'MAILBOX_MESSAGE_MISSING',
	message: ({ where }) => `It is not there any more: ${where}`,
	hint: () => 'It was deleted, or moved to another mailbox or the online archive.',
};
const ourRequest: Meaning = {
	code: 'MAILBOX_PROTOCOL',
	message: ({ where, status }) => `Graph did not understand the request for ${where} (HTTP ${status})`,
	hint: () => 'Please report this with the request id.',
};
const throttled: Meaning = {
	code: 'MAILBOX_THROTTLED',
	message: () => 'Microsoft Graph asks this application to wait',
	hint: () =>
		'It goes on by itself. When it lasts: poll less often, and look for other programs that use the same app registration.',
};
const unavailable: Meaning = {
	code: 'MAILBOX_UNAVAILABLE',
	message: ({ status, where }) => `Microsoft Graph could not answer for ${where} (HTTP ${status})`,
	hint: () => 'It is tried again. If it lasts, look at the Microsoft 365 service health page.',
};
const syncStateLost: Meaning = {
	code: 'MAILBOX_PROTOCOL',
	message: () => 'Exchange forgot how far this folder was read',
	hint: () => 'The folder is read anew by itself.',
};

/** By error code (lower case), learn.microsoft.com/graph/errors and Exchange's own. */
const BY_CODE: Readonly<Record<string, Meaning>> = {
	invalidauthenticationtoken: tokenRefused,
	unauthenticated: tokenRefused,
	erroraccessdenied: accessDenied,
	accessdenied: accessDenied,
	authorization_requestdenied: accessDenied,
	request_resourcenotfound: noSuchUser,
	errorinvaliduser: noSuchUser,
	mailboxnotenabledforrestapi: noMailbox,
	mailboxnotsupportedforrestapi: noMailbox,
	mailboxnothostedinexchangeonline: noMailbox,
	resourcenotfound: noMailbox,
	erroritemnotfound: gone,
	errorfoldernotfound: gone,
	applicationthrottled: throttled,
	activitylimitreached: throttled,
	toomanyrequests: throttled,
	syncstatenotfound: syncStateLost,
	syncstateinvalid: syncStateLost,
	resyncrequired: syncStateLost,
};
/** By status, when no code is known. */
const BY_STATUS: Readonly<Record<number, Meaning>> = {
	400: ourRequest,
	401: tokenRefused,
	403: accessDenied,
	404: gone,
	405: ourRequest,
	410: syncStateLost,
	429: throttled,
	509: { ...throttled, message: () => 'The bandwidth of this application at Microsoft Graph is used up' },
};

/** The error of an answer with a status of 400 or more. Never repeats the answer's text: it may quote addresses and subjects. */
export function toGraphError(failure: GraphFailure): GraphError {
	const codes = codesOf(failure.body);
	const { status } = failure;
	// A busy server uses many codes, a 5xx is always one.
	const meaning =
		(status >= 500 ? (BY_STATUS[status] ?? unavailable) : undefined) ??
		codes.map((code) => BY_CODE[code]).find((found) => found !== undefined) ??
		BY_STATUS[status] ??
		ourRequest;
	const shown = [
		...codes.slice(0, 2),
		...(failure.requestId === undefined ? [] : [`request id ${failure.requestId}`]),
	].join(', ');
	return new GraphError(
		meaning.code,
		meaning.message(failure) + (shown === '' ? '' : ` (${shown})`),
		{
			hint: meaning.hint(failure),
			...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
		},
		status,
		codes,
	);
}

/** Codes along `error.innerError…`; both spellings of innerError are in use. */
function codesOf(body: unknown): string[] {
	const codes: string[] = [];
	let current = (body as { error?: unknown } | null | undefined)?.error;
	for (let depth = 0; depth < 6 && typeof current === 'object' && current !== null; depth++) {
		const { code, innerError, innererror } = current as { code?: unknown; innerError?: unknown; innererror?: unknown };
		if (typeof code === 'string' && /^[\w.-]{1,80}$/.test(code) && !codes.includes(code.toLowerCase()))
			codes.push(code.toLowerCase());
		current = innerError ?? innererror;
	}
	return codes;
}

import { GraphError, type MicrosoftErrorCode } from '../errors';

/** A request that Graph answered with a status of 400 or more. */
export interface GraphFailure {
	status: number;
	/** Parsed JSON of the answer, if it was JSON. */
	body: unknown;
	/** What was asked for, for people: a mailbox and its folder, a query. */
	where: string;
	graphHost: string;
	retryAfterMs?: number | undefined;
	requestId?: string | undefined;
	/** Application roles in the token, for explanations. */
	roles: readonly string[];
}

/** What such an answer means to the user. */
export interface GraphMeaning {
	code: MicrosoftErrorCode;
	message: (failure: GraphFailure) => string;
	hint: (failure: GraphFailure) => string;
	/** Milliseconds to wait, where the answer says nothing and an earlier try is of no use. */
	retryAfterMs?: number;
}

/** Meanings that a service of Graph has of its own; they count before the general ones. */
export interface GraphMeanings {
	/** By error code, lower case. */
	byCode: Readonly<Record<string, GraphMeaning>>;
	/** By status, where no code is known. */
	byStatus: Readonly<Record<number, GraphMeaning>>;
	/** What only the text of the answer tells; it counts before all others, and none of the text goes into the error. */
	byText?(failure: GraphFailure): GraphMeaning | undefined;
}

export const THROTTLED_HINT =
	'No action is needed. If it persists, poll less often, and look for other programs that use the same app registration.';

const accessDenied: GraphMeaning = {
	code: 'MICROSOFT_NOT_ALLOWED',
	message: ({ where }) => `The application is not allowed to read ${where}`,
	hint: ({ roles }) =>
		`A permission is missing. Grant it to the application, with admin consent. The application has ${roles.length === 0 ? 'none' : roles.join(', ')}.`,
};
const tokenRefused: GraphMeaning = {
	code: 'MICROSOFT_LOGIN_REFUSED',
	message: ({ graphHost }) => `${graphHost} did not accept the token`,
	hint: () =>
		"Usually the cloud is wrong: check 'Cloud' in the credential. Otherwise, check the Conditional Access policies and the clock of this machine.",
};
const missing: GraphMeaning = {
	code: 'MICROSOFT_MISSING',
	message: ({ where }) => `It does not exist: ${where}`,
	hint: () => 'It was deleted, or this cloud does not support it.',
};
const ourRequest: GraphMeaning = {
	code: 'MICROSOFT_PROTOCOL',
	message: ({ where, status }) => `Microsoft Graph did not understand the request for ${where} (HTTP ${status})`,
	hint: () => 'Report this with the request ID in the message.',
};
const throttled: GraphMeaning = {
	code: 'MICROSOFT_THROTTLED',
	message: () => 'Microsoft Graph asks this application to wait',
	hint: () => THROTTLED_HINT,
};
const unavailable: GraphMeaning = {
	code: 'MICROSOFT_UNAVAILABLE',
	message: ({ status, where }) => `Microsoft Graph could not answer for ${where} (HTTP ${status})`,
	hint: () => 'n8n tries again. If it persists, check the Microsoft 365 service health page.',
};

/** learn.microsoft.com/graph/errors. */
const BY_CODE: GraphMeanings['byCode'] = {
	invalidauthenticationtoken: tokenRefused,
	unauthenticated: tokenRefused,
	accessdenied: accessDenied,
	authorization_requestdenied: accessDenied,
	applicationthrottled: throttled,
	activitylimitreached: throttled,
	toomanyrequests: throttled,
};
const BY_STATUS: GraphMeanings['byStatus'] = {
	400: ourRequest,
	401: tokenRefused,
	403: accessDenied,
	404: missing,
	405: ourRequest,
	429: throttled,
	509: { ...throttled, message: () => 'The bandwidth of this application at Microsoft Graph is used up' },
};

/** The error of an answer with a status of 400 or more. Never repeats the answer's text: it may quote addresses and subjects. */
export function toGraphError(failure: GraphFailure, own?: GraphMeanings): GraphError {
	const byCode = new Map(Object.entries({ ...BY_CODE, ...own?.byCode }));
	const byStatus: GraphMeanings['byStatus'] = { ...BY_STATUS, ...own?.byStatus };
	const codes = codesOf(failure.body);
	const { status } = failure;
	// A busy server uses many codes, a 5xx is always one.
	const meaning =
		own?.byText?.(failure) ??
		(status >= 500 ? (byStatus[status] ?? unavailable) : undefined) ??
		codes.map((code) => byCode.get(code)).find((found) => found !== undefined) ??
		byStatus[status] ??
		ourRequest;
	const shown = [
		...codes.slice(0, 2),
		...(failure.requestId === undefined ? [] : [`request id ${failure.requestId}`]),
	].join(', ');
	return new GraphError(
		meaning.code,
		meaning.message(failure) + (shown === '' ? '' : ` (${shown})`),
		{ hint: meaning.hint(failure), retryAfterMs: failure.retryAfterMs ?? meaning.retryAfterMs },
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

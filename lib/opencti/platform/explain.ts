import type { HttpResponse } from '../../http';
import { isRecord } from '../../json';
import { OPENCTI_LIMITS } from '../../limits';
import type { OpenCtiDocument } from '../documents';
import { OpenCtiError, type OpenCtiErrorCode } from './errors';
import { capabilityName, GRANT_HINT } from './capabilities';
import { fieldOf } from './joined';

interface GraphQlError {
	message?: unknown;
	name?: unknown;
	path?: unknown;
	extensions?: { code?: unknown; field?: unknown; data?: Record<string, unknown> };
}

interface Verdict {
	code: OpenCtiErrorCode;
	/** What happened, after "OpenCTI: "; the platform's own words follow when `quote` is set. */
	says: string;
	hint: string;
	quote?: boolean;
}

const TOKEN_HINT =
	'Copy the token again from your OpenCTI profile (API access) into the credential. In OpenCTI 7 and later, tokens expire, and the user needs the capability APIACCESS_USETOKEN.';
const URL_HINT =
	"Enter the address of the platform in 'URL' of the credential, for example https://opencti.example.com, with its path prefix if it has one.";
const TOO_LARGE_HINT =
	'Raise the limit on the platform (app:max_payload_body_size, 50 MB by default) or on the proxy in front of it, or send less content.';
const VERSION_HINT =
	'The platform may be older than OpenCTI 6.1, or too old for this option. Update the platform, or remove the option.';
const LOCKED: Verdict = {
	code: 'OPENCTI_LOCKED',
	says: 'other writers kept the object locked',
	hint: 'Try again later, or send fewer reports at a time.',
};
const STORAGE: Verdict = {
	code: 'OPENCTI_UNAVAILABLE',
	says: "the platform's database or file storage failed",
	hint: 'Try again later. The log of the platform shows the cause.',
	quote: true,
};
const TOKEN: Verdict = { code: 'OPENCTI_TOKEN_REFUSED', says: 'the token was not accepted', hint: TOKEN_HINT };
const LOGIN_GATE: Verdict = {
	code: 'OPENCTI_TOKEN_REFUSED',
	says: 'the user of this token must first complete a login step (second factor, new password or license)',
	hint: 'Log in to OpenCTI in the browser as that user once, or use the token of a service account.',
};
const FORBIDDEN: Verdict = {
	code: 'OPENCTI_FORBIDDEN',
	says: 'the user of this token is not allowed to do this',
	hint: '',
};
const VERSION: Verdict = {
	code: 'OPENCTI_VERSION',
	says: 'the platform does not know this operation or one of its fields',
	hint: VERSION_HINT,
	quote: true,
};
const VALIDATION: Verdict = {
	code: 'OPENCTI_VALIDATION',
	says: 'the platform does not accept a value',
	hint: 'Correct the value that the message names.',
	quote: true,
};
const MANDATORY: Verdict = {
	code: 'OPENCTI_VALIDATION',
	says: 'the platform requires more information than was sent',
	hint: 'The entity settings of the platform make an attribute or an external reference mandatory. Fill it in, or give the user the capability KNOWLEDGE_KNUPDATE_KNBYPASSFIELDS or KNOWLEDGE_KNUPDATE_KNBYPASSREFERENCE.',
	quote: true,
};
const REFUSED: Verdict = {
	code: 'OPENCTI_REFUSED',
	says: 'the platform refused the request',
	hint: 'The message gives the reason. The log of the platform has the details.',
	quote: true,
};
const RESTRICTED: Verdict = {
	code: 'OPENCTI_RESTRICTED',
	says: 'the object exists already, but the user of this token may not see it',
	hint: 'Give the user access to the markings or organizations of the object, or ask its owner to share it.',
};
const DRAFT: Verdict = {
	code: 'OPENCTI_DRAFT_CLOSED',
	says: 'the draft workspace was already approved or deleted',
	hint: 'Choose an open draft workspace, or create a new one.',
};

/** By `extensions.data.doc_code`, which is more exact than the code. */
const BY_DOC_CODE: Record<string, Verdict> = {
	RESTRICTED_ELEMENT: RESTRICTED,
	INSUFFICIENT_CONFIDENCE_LEVEL: {
		...REFUSED,
		hint: "Raise the maximum confidence level of the token's user or group, or set a lower confidence.",
	},
	INCORRECT_OBSERVABLE_FORMAT: { ...VALIDATION, says: 'the platform does not accept an observable' },
	INCORRECT_INDICATOR_FORMAT: { ...VALIDATION, says: 'the platform does not accept an indicator pattern' },
	INDICATOR_PATTERN_EXCLUDED: {
		...VALIDATION,
		says: 'an indicator is on an exclusion list of the platform',
		hint: 'Leave the indicator out, or remove the value from the exclusion list.',
	},
};

/** By `extensions.code`. Texts are never compared: they change between versions. */
const BY_CODE: Record<string, Verdict> = {
	AUTH_REQUIRED: TOKEN,
	AUTH_FAILURE: LOGIN_GATE,
	OTP_REQUIRED: LOGIN_GATE,
	OTP_REQUIRED_ACTIVATION: LOGIN_GATE,
	LTS_REQUIRED_ACTIVATION: LOGIN_GATE,
	PASSWORD_CHANGE_REQUIRED: LOGIN_GATE,
	FORBIDDEN_ACCESS: FORBIDDEN,
	ACCESS_REQUIRED: RESTRICTED,
	MISSING_REFERENCE_ERROR: {
		code: 'OPENCTI_REFERENCE_MISSING',
		says: 'a marking, author, label or object that the request refers to is missing, or the user is not allowed to use it',
		hint: 'This request created nothing. Check that the user can use the marking and see the author, then run it again.',
		quote: true,
	},
	VALIDATION_ERROR: MANDATORY,
	LOCK_ERROR: LOCKED,
	DATABASE_ERROR: STORAGE,
	FILESYSTEM_ERROR: STORAGE,
	ALREADY_DELETED_ERROR: { ...REFUSED, says: 'the object was deleted in the meantime' },
	DRAFT_LOCKED: DRAFT,
	BAD_USER_INPUT: VALIDATION,
	GRAPHQL_VALIDATION_FAILED: VERSION,
	GRAPHQL_PARSE_FAILED: VERSION,
};

/**
 * The data of a GraphQL answer, or an {@link OpenCtiError}.
 *
 * The platform answers errors with HTTP 200, wrong URLs with HTTP 200 and a page, and too large a request with
 * HTTP 500: success is a 2xx status, JSON, no `errors`, and a field that is there.
 */
export function readAnswer<D>(document: OpenCtiDocument<unknown, D>, response: HttpResponse, where: string): D {
	const parsed = parseObject(response);
	const errors = errorsIn(parsed);
	if (errors[0] !== undefined) throw graphQlError(document, errors[0], where);
	return dataOf(document, parsed, response, where);
}

/**
 * The same of an answer to several operations: what it says of this one. Undefined when it says nothing of it, for it was refused as a
 * whole, or lost its data to another one: then it has to be asked alone.
 */
export function readPartOfAnswer<D>(
	document: OpenCtiDocument<unknown, D>,
	response: HttpResponse,
	where: string,
): { data: D } | undefined {
	const parsed = parseObject(response);
	const field = fieldOf(document);
	const errors = errorsIn(parsed);
	const own = errors.find(({ path }) => Array.isArray(path) && path[0] === field);
	if (own !== undefined) throw graphQlError(document, own, where);
	const data = parsed?.['data'] as Record<string, unknown> | null | undefined;
	const isThere = data?.[field] !== undefined && data[field] !== null;
	if (errors.length > 0 && !isThere) return undefined;
	return { data: dataOf(document, parsed, response, where) };
}

/** Whether it is the document that is refused, and not what it asks for. */
export function refusesDocument(response: HttpResponse): boolean {
	return errorsIn(parseObject(response)).some(
		({ path, extensions }) => path === undefined && own(BY_CODE, text(extensions?.code)) === VERSION,
	);
}

function errorsIn(parsed: Record<string, unknown> | undefined): GraphQlError[] {
	const errors = parsed?.['errors'];
	return Array.isArray(errors) ? errors.filter(isRecord) : [];
}

function dataOf<D>(
	document: OpenCtiDocument<unknown, D>,
	parsed: Record<string, unknown> | undefined,
	response: HttpResponse,
	where: string,
): D {
	if (parsed === undefined && response.status === 200 && /\bjson\b/.test(response.headers['content-type'] ?? '')) {
		throw new OpenCtiError('OPENCTI_ANSWER_UNREADABLE', `${where}: the answer is incomplete or is not valid JSON`, {
			hint: 'A proxy or gateway in front of the platform may change its answers. Try again without it, or check its settings.',
		});
	}
	if (response.status !== 200 || parsed === undefined) throw transportError(response, parsed, where);
	const data = parsed['data'];
	if (typeof data !== 'object' || data === null) {
		throw new OpenCtiError('OPENCTI_ANSWER_UNREADABLE', `${where}: the answer contains no data`, {
			hint: URL_HINT,
		});
	}
	for (const field of document.required) {
		if ((data as Record<string, unknown>)[field] === null || (data as Record<string, unknown>)[field] === undefined) {
			throw new OpenCtiError('OPENCTI_ANSWER_UNREADABLE', `${where}: the answer contains no ${field}`, {
				hint: 'The platform did not do what was asked and gave no reason. Check the log of the platform.',
			});
		}
	}
	return data as D;
}

function parseObject(response: HttpResponse): Record<string, unknown> | undefined {
	// A page of a proxy can be large; JSON of the platform starts with a brace.
	if (!/^\s*\{/.test(response.body.subarray(0, 64).toString('latin1'))) return undefined;
	try {
		return response.json<Record<string, unknown>>();
	} catch {
		return undefined;
	}
}

/** What a table says of a word of the platform's: its own entries, not what every object inherits. */
function own(verdicts: Record<string, Verdict>, code: string | undefined): Verdict | undefined {
	return code !== undefined && Object.hasOwn(verdicts, code) ? verdicts[code] : undefined;
}

function graphQlError(document: OpenCtiDocument<unknown, unknown>, error: GraphQlError, where: string): OpenCtiError {
	const platformCode = text(error.extensions?.code) ?? text(error.name) ?? 'UNKNOWN_ERROR';
	const docCode = text(error.extensions?.data?.['doc_code']);
	const said = text(error.message) ?? 'no reason given';
	let verdict = own(BY_DOC_CODE, docCode) ?? own(BY_CODE, platformCode) ?? REFUSED;
	// BAD_USER_INPUT is both a value that breaks a rule (it then names the field) and a field that this version lacks.
	if (
		platformCode === 'BAD_USER_INPUT' &&
		error.extensions?.field === undefined &&
		/is not defined by type/.test(said)
	) {
		verdict = VERSION;
	}
	// Behind a switch of the platform: the one case in which nothing but the text tells.
	if (document.since !== undefined && /feature not yet available/i.test(said)) verdict = VERSION;
	const missing = verdict === FORBIDDEN ? document.needs : undefined;
	const quoted = verdict.quote ? `: ${clip(said)}` : '';
	const needed = missing && missing.length > 0 ? ` (needs ${missing.map(capabilityName).join(' or ')})` : '';
	return new OpenCtiError(verdict.code, `${where}: ${verdict.says}${needed}${quoted}`, {
		hint:
			verdict === FORBIDDEN
				? missing && missing.length > 0
					? GRANT_HINT
					: 'Check that the user has access to this object.'
				: verdict === VERSION && document.since !== undefined
					? `This needs OpenCTI ${document.since} or later.`
					: verdict.hint,
		platformCode,
		...(docCode === undefined ? {} : { docCode }),
		...(missing ? { missingCapabilities: missing } : {}),
	});
}

/** Answers that did not come out of GraphQL: the platform's web server, or a proxy in front of it. */
function transportError(
	response: HttpResponse,
	parsed: Record<string, unknown> | undefined,
	where: string,
): OpenCtiError {
	const { status } = response;
	const said = text(parsed?.['error']) ?? text(parsed?.['message']);
	const reason = said === undefined ? '' : `: ${clip(said)}`;
	if (status === 413 || (said !== undefined && /too large|exceeds the \d+ byte/.test(said))) {
		return new OpenCtiError('OPENCTI_TOO_LARGE', `${where}: the request is too large (HTTP ${status})`, {
			hint: TOO_LARGE_HINT,
			status,
		});
	}
	if (status === 429 || status === 502 || status === 503 || status === 504) {
		const what = status === 429 ? 'too many requests' : 'the platform or the proxy in front of it is not available';
		return new OpenCtiError('OPENCTI_UNAVAILABLE', `${where}: ${what} (HTTP ${status})`, {
			hint: 'Try again later.',
			status,
		});
	}
	if (status === 401 || status === 407) {
		return new OpenCtiError(
			'OPENCTI_TOKEN_REFUSED',
			`${where}: HTTP ${status}, from a proxy in front of the platform`,
			{
				hint: 'OpenCTI answers a wrong token with HTTP 200, so a gateway in front of it requires a login of its own. Allow this host there.',
				status,
			},
		);
	}
	if (status === 403) {
		return new OpenCtiError(
			'OPENCTI_FORBIDDEN',
			`${where}: HTTP 403, from a proxy or firewall in front of the platform`,
			{
				hint: 'Configure the gateway to allow POST requests to /graphql from this host.',
				status,
			},
		);
	}
	if (status < 300 || status === 404 || status === 405 || (status >= 300 && status < 400)) {
		const what = status >= 300 && status < 400 ? 'a redirect' : parsed === undefined ? 'a page' : 'something else';
		return new OpenCtiError(
			'OPENCTI_URL_WRONG',
			`${where} answered with ${what} (HTTP ${status}) instead of OpenCTI's GraphQL`,
			{
				hint: URL_HINT,
				status,
			},
		);
	}
	return new OpenCtiError('OPENCTI_REFUSED', `${where}: the platform refused the request (HTTP ${status})${reason}`, {
		hint: 'The log of the platform has the details.',
		status,
	});
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** A platform's text can repeat what was sent, the message's body among it: only what names the fault is shown. */
function clip(said: string): string {
	const oneLine = withoutEchoedValue(said).replace(/\s+/g, ' ').trim();
	const { maxQuotedCharacters } = OPENCTI_LIMITS;
	return oneLine.length > maxQuotedCharacters ? `${oneLine.slice(0, maxQuotedCharacters)}…` : oneLine;
}

/** graphql-js prints the whole invalid value before the reason: `Variable "$i" got invalid value {…}; Field "x" …`. */
function withoutEchoedValue(said: string): string {
	const at = said.indexOf(' got invalid value ');
	if (at < 0) return said;
	const field = /Field "[\w.]{1,100}" (?:is not defined by type|of required type) "[\w![\]]{1,100}"/.exec(said);
	if (field !== null) return field[0];
	const place = /at "([\w.[\]]{1,100})"[.;] ([^"{}]{1,200})$/.exec(said);
	return place === null ? said.slice(0, Math.min(at, 100)) : `${place[1]}: ${place[2]}`;
}

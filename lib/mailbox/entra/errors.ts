import { messageOf } from '../../errors';
import { MailboxError, type MailboxErrorCode } from '../errors';
import type { Exchange } from './network';

interface Meaning {
	code: MailboxErrorCode;
	message: string;
	hint: string;
}

const TRANSIENT_HINT = 'Nothing to do: it is tried again. If it lasts, look at the Microsoft 365 service health page.';
const busy: Meaning = {
	code: 'MAILBOX_UNAVAILABLE',
	message: 'Entra cannot issue a token at present',
	hint: TRANSIENT_HINT,
};
const tenantMissing: Meaning = {
	code: 'MAILBOX_CONFIGURATION',
	message: 'The tenant was not found',
	hint: "Check 'Tenant' (the Directory ID, or a verified domain of the organisation) and 'Cloud': a tenant exists in one cloud only.",
};
const otherCloud: Meaning = {
	code: 'MAILBOX_CONFIGURATION',
	message: 'The tenant belongs to another cloud',
	hint: "Choose the tenant's cloud in the credential (global, US Government L4 or L5, China).",
};
const certificateUnknown: Meaning = {
	code: 'MAILBOX_LOGIN_REFUSED',
	message: 'The certificate was not accepted',
	hint: "Upload this certificate (its public part) under 'Certificates & secrets' of the app registration, check that it has not expired, and that the clock of this machine is right.",
};
const appMissing: Meaning = {
	code: 'MAILBOX_LOGIN_REFUSED',
	message: 'The application is not known in this tenant',
	hint: "Check 'Client ID' (the Application ID, not the object ID), 'Tenant' and 'Cloud', and that an administrator consented to the application.",
};
const scope: Meaning = {
	code: 'MAILBOX_CONFIGURATION',
	message: 'The Graph address is not known to this cloud',
	hint: "Check 'Cloud', and with a custom one that authority and Graph URL belong together.",
};

/** learn.microsoft.com/entra/identity-platform/reference-error-codes. The numbers may change: the original text goes along. */
const AADSTS: Readonly<Record<string, Meaning>> = {
	7000215: {
		code: 'MAILBOX_LOGIN_REFUSED',
		message: 'The client secret is wrong',
		hint: "Paste the secret's value, not its ID. The portal shows the value only once: make a new one if it is gone.",
	},
	7000222: {
		code: 'MAILBOX_LOGIN_REFUSED',
		message: 'The client secret has expired',
		hint: "Make a new one under 'Certificates & secrets' of the app registration, and paste its value.",
	},
	7000216: {
		code: 'MAILBOX_LOGIN_REFUSED',
		message: 'The application gave no secret',
		hint: 'Enter a client secret or a certificate.',
	},
	7000112: {
		code: 'MAILBOX_LOGIN_REFUSED',
		message: 'The application is disabled',
		hint: "An administrator has to enable it under 'Enterprise applications'.",
	},
	700016: appMissing,
	7000229: { ...appMissing, message: 'The application has no service principal in this tenant' },
	700027: certificateUnknown,
	700024: {
		...certificateUnknown,
		message: 'The signature is outside of its time',
		hint: 'Set the clock of this machine right (NTP), then check that the certificate is valid now.',
	},
	700030: certificateUnknown,
	90002: tenantMissing,
	900023: { ...tenantMissing, message: 'The tenant is not written as an ID or a domain' },
	90038: otherCloud,
	900382: otherCloud,
	900021: otherCloud,
	500011: scope,
	1002012: scope,
	70011: scope,
	53003: {
		code: 'MAILBOX_LOGIN_REFUSED',
		message: 'A Conditional Access policy forbids the sign-in',
		hint: 'An administrator has to exclude this workload identity, or to allow the address that n8n connects from.',
	},
	50196: {
		code: 'MAILBOX_THROTTLED',
		message: 'Entra sees too many sign-ins of this application',
		hint: 'Wait some minutes; look for other programs that sign in as the same application in a loop.',
	},
	90033: busy,
	90006: busy,
	90024: busy,
	90025: busy,
	90055: { ...busy, code: 'MAILBOX_THROTTLED' },
};

/** Codes of MSAL itself. */
const MSAL: Readonly<Record<string, Meaning>> = {
	missing_tenant_id_error: {
		code: 'MAILBOX_CONFIGURATION',
		message: "'Tenant' must name one organisation",
		hint: "Enter the Directory ID or a domain, not 'common' or 'organizations'.",
	},
	authority_uri_insecure: {
		code: 'MAILBOX_CONFIGURATION',
		message: 'The authority URL is not https',
		hint: 'Write it as https://host.',
	},
	invalid_client_credential: {
		code: 'MAILBOX_CONFIGURATION',
		message: 'There must be either a client secret or a certificate',
		hint: 'Enter one of the two.',
	},
	unauthorized_client: appMissing,
	invalid_client: {
		code: 'MAILBOX_LOGIN_REFUSED',
		message: 'The application was not accepted',
		hint: 'Check client ID and secret or certificate of the credential.',
	},
	issuer_validation_failed: {
		code: 'MAILBOX_CONFIGURATION',
		message: 'The authority names an issuer of another host',
		hint: "Check the custom cloud's authority URL.",
	},
};

interface MsalError {
	errorCode?: string;
	errorNo?: string;
	status?: number;
	errorMessage?: string;
}

/** What a failed token request means. `authority` is the origin that was asked, `last` what its network saw. */
export function toEntraError(error: unknown, authority: string, last: Exchange | undefined): MailboxError {
	if (error instanceof MailboxError) return error;
	// A failure on the wire comes back as something of MSAL's own, without its cause.
	if (last?.error !== undefined) return fromWire(last.error, authority);

	const msal = error as MsalError;
	const numbers = [msal.errorNo, ...(messageOf(error).match(/AADSTS\d{4,9}/g) ?? []).map((text) => text.slice(6))];
	const known = numbers.map((number) => AADSTS[number ?? '']).find((meaning) => meaning !== undefined);
	if (known) return meant(known, error, last);

	const status = msal.status ?? last?.status;
	if (status === 429)
		return meant(
			{ ...busy, code: 'MAILBOX_THROTTLED', message: 'Entra asks to wait before the next token' },
			error,
			last,
		);
	if (status !== undefined && status >= 500) return meant(busy, error, last);
	if (last?.notJson) {
		return meant(
			{
				code: 'MAILBOX_UNAVAILABLE',
				message: `${authority} answered with something that is not Entra (HTTP ${last.status ?? '?'})`,
				hint: 'A proxy or a login page may answer in its place: check the proxy and the authority URL.',
			},
			undefined,
			last,
		);
	}
	if (msal.errorCode === 'endpoints_resolution_error')
		return meant(last?.status === 200 ? MSAL.issuer_validation_failed! : tenantMissing, error, last);
	const own = MSAL[msal.errorCode ?? ''];
	if (own) return meant(own, error, last);
	return meant(
		{
			code: 'MAILBOX_LOGIN_REFUSED',
			message: 'Entra did not issue a token',
			hint: 'See the original text; check tenant, client ID, secret or certificate, and cloud.',
		},
		error,
		last,
	);
}

/** MailboxError of an {@link Exchange} without an answer. Also used for Graph itself. */
export function fromWire(error: NonNullable<Exchange['error']>, host: string): MailboxError {
	const codes: Partial<Record<typeof error.code, MailboxErrorCode>> = {
		HTTP_TLS: 'MAILBOX_TLS',
		HTTP_TIMEOUT: 'MAILBOX_TIMEOUT',
		HTTP_PROXY: 'MAILBOX_PROXY',
		HTTP_CONFIGURATION: 'MAILBOX_CONFIGURATION',
		HTTP_FORBIDDEN_ADDRESS: 'MAILBOX_CONFIGURATION',
		HTTP_ABORTED: 'MAILBOX_TIMEOUT',
	};
	return new MailboxError(codes[error.code] ?? 'MAILBOX_UNREACHABLE', `${host} cannot be reached: ${error.message}`, {
		cause: error,
		...(error.hint === undefined ? {} : { hint: error.hint }),
	});
}

function meant(meaning: Meaning, error: unknown, last: Exchange | undefined): MailboxError {
	const original = error === undefined ? '' : originalText(error);
	return new MailboxError(meaning.code, original === '' ? meaning.message : `${meaning.message} (${original})`, {
		hint: meaning.hint,
		...(error === undefined ? {} : { cause: error }),
		...(last?.retryAfterMs === undefined ? {} : { retryAfterMs: last.retryAfterMs }),
	});
}

/** First sentence of what Entra said, without its trace and correlation ids. */
function originalText(error: unknown): string {
	const text = messageOf(error);
	const end = text.search(/ ?Trace ID:|\r|\n/);
	return (end === -1 ? text : text.slice(0, end)).slice(0, 300).trim();
}

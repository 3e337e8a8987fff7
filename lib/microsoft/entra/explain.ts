import { messageOf } from '../../errors';
import { MicrosoftError, type MicrosoftErrorCode } from '../errors';
import { fromWire } from '../wire';
import type { Exchange } from './network';

interface Meaning {
	code: MicrosoftErrorCode;
	message: string;
	hint: string;
}

const TRANSIENT_HINT =
	'No action is needed, because n8n tries again. If it persists, check the Microsoft 365 service health page.';
const busy: Meaning = {
	code: 'MICROSOFT_UNAVAILABLE',
	message: 'Entra currently cannot issue a token',
	hint: TRANSIENT_HINT,
};
const tenantMissing: Meaning = {
	code: 'MICROSOFT_CONFIGURATION',
	message: 'The tenant was not found',
	hint: "Check 'Tenant' (the Directory ID, or a verified domain of the organization) and 'Cloud' in the credential. A tenant exists in one cloud only.",
};
const otherCloud: Meaning = {
	code: 'MICROSOFT_CONFIGURATION',
	message: 'The tenant belongs to another cloud',
	hint: "Choose the tenant's cloud in the credential (global, US Government L4 or L5, China).",
};
const certificateUnknown: Meaning = {
	code: 'MICROSOFT_LOGIN_REFUSED',
	message: 'The certificate was not accepted',
	hint: "Upload this certificate (its public part) under 'Certificates & secrets' of the app registration. Check that it has not expired, and that the clock of this machine is correct.",
};
const appMissing: Meaning = {
	code: 'MICROSOFT_LOGIN_REFUSED',
	message: 'The application does not exist in this tenant',
	hint: "Check 'Client ID' (the Application ID, not the object ID), 'Tenant' and 'Cloud', and that an administrator consented to the application.",
};
const scope: Meaning = {
	code: 'MICROSOFT_CONFIGURATION',
	message: 'This cloud does not know the Graph URL',
	hint: "Check 'Cloud' in the credential. For a custom cloud, the authority URL and the Graph URL must belong in total.",
};

/** learn.microsoft.com/entra/identity-platform/reference-error-codes. The numbers may change: the original text goes along. */
const AADSTS: Readonly<Record<string, Meaning>> = {
	7000215: {
		code: 'MICROSOFT_LOGIN_REFUSED',
		message: 'The client secret is wrong',
		hint: "Paste the secret's value, not its ID. The portal shows the value only once. Create a new secret if you do not have it.",
	},
	7000222: {
		code: 'MICROSOFT_LOGIN_REFUSED',
		message: 'The client secret has expired',
		hint: "Create a new secret under 'Certificates & secrets' of the app registration, and paste its value.",
	},
	7000216: {
		code: 'MICROSOFT_LOGIN_REFUSED',
		message: 'The application sent no secret',
		hint: 'Enter a client secret or a certificate.',
	},
	7000112: {
		code: 'MICROSOFT_LOGIN_REFUSED',
		message: 'The application is disabled',
		hint: "Ask an administrator to enable it under 'Enterprise applications'.",
	},
	700016: appMissing,
	7000229: { ...appMissing, message: 'The application has no service principal in this tenant' },
	700027: certificateUnknown,
	700024: {
		...certificateUnknown,
		message: 'The signature is not valid at this time',
		hint: 'Correct the clock of this machine (NTP), then check that the certificate is currently valid.',
	},
	700030: certificateUnknown,
	90002: tenantMissing,
	900023: { ...tenantMissing, message: 'The tenant is neither an ID nor a domain' },
	90038: otherCloud,
	900382: otherCloud,
	900021: otherCloud,
	500011: scope,
	1002012: scope,
	70011: scope,
	53003: {
		code: 'MICROSOFT_LOGIN_REFUSED',
		message: 'A Conditional Access policy blocks the sign-in',
		hint: 'Ask an administrator to exclude this workload identity, or to allow the IP address of n8n.',
	},
	50196: {
		code: 'MICROSOFT_THROTTLED',
		message: 'Too many sign-ins of this application at Entra',
		hint: 'Wait some minutes, and look for other programs that sign in repeatedly as the same application.',
	},
	90033: busy,
	90006: busy,
	90024: busy,
	90025: busy,
	90055: { ...busy, code: 'MICROSOFT_THROTTLED' },
};

/** Codes of MSAL itself. */
const MSAL: Readonly<Record<string, Meaning>> = {
	missing_tenant_id_error: {
		code: 'MICROSOFT_CONFIGURATION',
		message: "'Tenant' must identify one organization",
		hint: "Enter the Directory ID or a domain, not 'common' or 'organizations'.",
	},
	authority_uri_insecure: {
		code: 'MICROSOFT_CONFIGURATION',
		message: 'The authority URL does not begin with https',
		hint: 'Enter it in the form https://host.',
	},
	invalid_client_credential: {
		code: 'MICROSOFT_CONFIGURATION',
		message: 'A client secret or a certificate is required',
		hint: 'Enter one of them in the credential, not both.',
	},
	unauthorized_client: appMissing,
	invalid_client: {
		code: 'MICROSOFT_LOGIN_REFUSED',
		message: 'The application was not accepted',
		hint: 'Check the client ID and the secret or certificate in the credential.',
	},
	issuer_validation_failed: {
		code: 'MICROSOFT_CONFIGURATION',
		message: 'The authority specifies an issuer on another host',
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
export function toEntraError(error: unknown, authority: string, last: Exchange | undefined): MicrosoftError {
	if (error instanceof MicrosoftError) return error;
	// A failure on the wire comes back as something of MSAL's own, without its cause.
	if (last?.error !== undefined) return fromWire(last.error, authority);

	const msal = error as MsalError;
	const numbers = [msal.errorNo, ...(messageOf(error).match(/AADSTS\d{4,9}/g) ?? []).map((text) => text.slice(6))];
	const known = numbers.map((number) => ownEntry(AADSTS, number)).find((meaning) => meaning !== undefined);
	if (known) return meant(known, error, last);

	const status = msal.status ?? last?.status;
	if (status === 429)
		return meant(
			{
				...busy,
				code: 'MICROSOFT_THROTTLED',
				message: 'Entra asks this application to wait before it requests the next token',
			},
			error,
			last,
		);
	if (status !== undefined && status >= 500) return meant(busy, error, last);
	if (last?.notJson) {
		return meant(
			{
				code: 'MICROSOFT_UNAVAILABLE',
				message: `${authority} did not answer like Entra (HTTP ${last.status ?? '?'})`,
				hint: 'A proxy or a login page may answer instead. Check the proxy and the authority URL.',
			},
			undefined,
			last,
		);
	}
	if (msal.errorCode === 'endpoints_resolution_error')
		return meant(last?.status === 200 ? MSAL.issuer_validation_failed! : tenantMissing, error, last);
	const own = ownEntry(MSAL, msal.errorCode);
	if (own) return meant(own, error, last);
	return meant(
		{
			code: 'MICROSOFT_LOGIN_REFUSED',
			message: 'Entra did not issue a token',
			hint: 'Check the tenant, the client ID, the secret or certificate, and the cloud in the credential.',
		},
		error,
		last,
	);
}

/** Codes come out of answers: `constructor` is not a meaning. */
function ownEntry(table: Readonly<Record<string, Meaning>>, code: string | undefined): Meaning | undefined {
	return code !== undefined && Object.hasOwn(table, code) ? table[code] : undefined;
}

function meant(meaning: Meaning, error: unknown, last: Exchange | undefined): MicrosoftError {
	const original = error === undefined ? '' : originalText(error);
	return new MicrosoftError(meaning.code, original === '' ? meaning.message : `${meaning.message} (${original})`, {
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

import { HttpClient, HttpError, systemClock, type HttpClientOptions } from '../http';
import { isRecord } from '../json';
import { MINUTE } from '../units';
import { MailboxError } from './errors';

/** An application that a Google account has granted access to its mail, and for good: the grant gives tokens of an hour. */
export interface GoogleGrant {
	clientId: string;
	clientSecret: string;
	refreshToken: string;
	/** Where tokens are asked for. Default: Google's. */
	tokenUrl?: string | undefined;
}

/** RFC 6749 section 3.2, as Google has it. */
const TOKEN_URL = 'https://oauth2.googleapis.com/token';
/** A token is renewed when it has less than this to live: time to connect and log in. */
const MARGIN_MS = MINUTE;
/** Of a token that does not tell its life. */
const LIFE_SECONDS = 600;
/** Answers are some hundred bytes. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Access tokens of a grant (RFC 6749 section 6), for `accessToken` of an {@link ImapMailbox}: one is kept as long as it holds, and
 * asked for anew with `force`.
 *
 * @throws MailboxError `MAILBOX_CONFIGURATION`; the function that it gives `MAILBOX_LOGIN_REFUSED`, `MAILBOX_UNREACHABLE`
 */
export function googleTokens(
	grant: GoogleGrant,
	network: HttpClientOptions = {},
): (force?: boolean) => Promise<string> {
	for (const [name, value] of [
		['Client ID', grant.clientId],
		['Client Secret', grant.clientSecret],
		['Refresh Token', grant.refreshToken],
	] as const) {
		if (value.trim() !== '') continue;
		throw new MailboxError('MAILBOX_CONFIGURATION', `'${name}' of the Gmail account is empty`, {
			hint: 'Enter the OAuth client of your Google Cloud project, and a refresh token for the scope https://mail.google.com/.',
		});
	}
	const clock = network.clock ?? systemClock;
	const now = () => clock.now();
	let known: { token: string; until: number } | undefined;
	return async (force = false) => {
		if (!force && known !== undefined && known.until - now() > MARGIN_MS) return known.token;
		known = await renewed(grant, network, now);
		return known.token;
	};
}

async function renewed(grant: GoogleGrant, network: HttpClientOptions, now: () => number) {
	const url = new URL(grant.tokenUrl ?? TOKEN_URL);
	const http = new HttpClient(url.origin, { ...network, maxAnswerBytes: MAX_ANSWER_BYTES });
	try {
		const answer = await http.request({
			method: 'POST',
			path: url.pathname,
			headers: { 'content-type': 'application/x-www-form-urlencoded' },
			body: new URLSearchParams({
				grant_type: 'refresh_token',
				client_id: grant.clientId.trim(),
				client_secret: grant.clientSecret.trim(),
				refresh_token: grant.refreshToken.trim(),
			}).toString(),
			repeatable: true,
		});
		let said: unknown;
		try {
			said = answer.json();
		} catch {
			said = undefined;
		}
		const { access_token: token, expires_in: seconds, error } = isRecord(said) ? said : {};
		if (answer.status < 400 && typeof token === 'string' && token !== '') {
			const life = typeof seconds === 'number' && seconds > 0 ? seconds : LIFE_SECONDS;
			return { token, until: now() + life * 1000 };
		}
		throw refusal(answer.status, typeof error === 'string' && /^[a-z_]{1,60}$/.test(error) ? error : undefined);
	} catch (cause) {
		if (!(cause instanceof HttpError)) throw cause;
		throw new MailboxError(
			'MAILBOX_UNREACHABLE',
			`The token of the Gmail account could not be renewed: ${cause.message}`,
			{
				cause,
				hint: `This machine must be able to reach ${url.host}.`,
			},
		);
	} finally {
		await http.close();
	}
}

function refusal(status: number, error: string | undefined): MailboxError {
	const what = 'The token of the Gmail account could not be renewed';
	if (error === 'invalid_grant') {
		return new MailboxError('MAILBOX_LOGIN_REFUSED', `${what}: the account no longer grants access`, {
			hint: 'Get a new refresh token. Access of an app in testing ends after 7 days: publish the consent screen, or make it internal.',
		});
	}
	if (error !== undefined && status < 500) {
		return new MailboxError('MAILBOX_LOGIN_REFUSED', `${what}: Google answered ${error}`, {
			hint: 'Check the client ID and the client secret of the account, and that the refresh token is of this client.',
		});
	}
	return new MailboxError('MAILBOX_UNREACHABLE', `${what}: ${error ?? `HTTP ${status}`}`, {
		hint: 'It is tried again with the next request.',
	});
}

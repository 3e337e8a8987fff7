import { NodeOperationError, type ICredentialDataDecryptedObject, type INode } from 'n8n-workflow';
import { messageOf } from '../../lib/errors';
import { MailboxError } from '../../lib/mailbox';
import { MINUTE } from '../../lib/units';

/** What n8n stores of a connected OAuth2 account. */
interface StoredToken {
	access_token?: string;
	/** Milliseconds since the epoch, as text. Absent when the token does not tell its life, and in older versions of n8n. */
	n8n_expires_at?: string;
}

/** A token is renewed when it has less than this to live: time to connect and log in. */
const MARGIN_MS = MINUTE;

/** The part of n8n's contexts (poll, execute, load options) that tokens come from. */
export interface TokenContext {
	getNode(): INode;
	getCredentials(type: string): Promise<ICredentialDataDecryptedObject>;
	/** `refreshOAuth2Token` is absent in n8n before 1.114. */
	helpers: object;
}

/**
 * The access token of an OAuth2 credential, renewed by n8n when it is about to end, or when `force` says that the server
 * has refused it. n8n renews one credential once at a time and stores the result.
 *
 * @throws MailboxError MAILBOX_LOGIN_REFUSED when there is no account or its grant is gone, MAILBOX_UNREACHABLE when the
 * token could not be asked for, MAILBOX_CONFIGURATION when this n8n cannot renew it
 */
export async function accessToken(
	context: TokenContext,
	type: string,
	force = false,
	now: () => number = Date.now,
): Promise<string> {
	const { oauthTokenData } = await context.getCredentials(type);
	const stored = (oauthTokenData ?? {}) as StoredToken;
	if (!stored.access_token) {
		throw new MailboxError(
			'MAILBOX_LOGIN_REFUSED',
			`The OAuth2 credential ${nameOf(context, type)} is not connected to an account`,
			{
				hint: 'Open the credential and sign in with Google.',
			},
		);
	}
	const left = Number(stored.n8n_expires_at) - now();
	// Without a time, the server decides: it refuses what has ended, and asks with force.
	if (!force && !(left <= MARGIN_MS)) return stored.access_token;
	const renewed = await renew(context, type);
	if (renewed.access_token) return renewed.access_token;
	throw new MailboxError(
		'MAILBOX_LOGIN_REFUSED',
		`Google did not issue a new token for the credential ${nameOf(context, type)}`,
		{
			hint: 'Open the credential and sign in with Google again.',
		},
	);
}

async function renew(context: TokenContext, type: string): Promise<StoredToken> {
	const { refreshOAuth2Token } = context.helpers as {
		refreshOAuth2Token?: (this: TokenContext, type: string) => Promise<StoredToken>;
	};
	if (refreshOAuth2Token === undefined) {
		throw new MailboxError(
			'MAILBOX_CONFIGURATION',
			`This version of n8n cannot renew the token of ${nameOf(context, type)}`,
			{
				hint: 'Update n8n to 1.114 or later, or use an app password with the IMAP credential.',
			},
		);
	}
	try {
		return await refreshOAuth2Token.call(context, type);
	} catch (cause) {
		throw explained(context, type, cause);
	}
}

/** What the token endpoint answered (`status`, `body` with RFC 6749's `error`), or why it could not be asked. */
function explained(context: TokenContext, type: string, cause: unknown): MailboxError {
	const { status, body, code } = cause as { status?: unknown; body?: { error?: unknown }; code?: unknown };
	const answer = [body?.error, code].find((word) => typeof word === 'string' && /^[A-Za-z_]{1,60}$/.test(word)) as
		string | undefined;
	const what = `The token of ${nameOf(context, type)} could not be renewed`;
	const revoked = cause instanceof NodeOperationError || answer === 'invalid_grant';
	if (revoked) {
		return new MailboxError('MAILBOX_LOGIN_REFUSED', `${what}: the account no longer grants access`, {
			cause,
			hint: 'Open the credential and sign in with Google again. Access of an app in testing ends after 7 days: publish the consent screen, or make it internal.',
		});
	}
	if (answer !== undefined && /^(?:access|admin|deleted|disabled|invalid|org|unauthorized|unsupported)_/.test(answer)) {
		return new MailboxError('MAILBOX_LOGIN_REFUSED', `${what}: Google answered ${answer}`, {
			cause,
			hint: 'Check the client ID and the client secret in the credential, then sign in with Google again.',
		});
	}
	const reason = answer ?? (typeof status === 'number' ? `HTTP ${status}` : messageOf(cause).slice(0, 200));
	return new MailboxError('MAILBOX_UNREACHABLE', `${what}: ${reason}`, {
		cause,
		hint: 'n8n must be able to reach oauth2.googleapis.com. It tries again with the next request.',
	});
}

const nameOf = (context: TokenContext, type: string) => `'${context.getNode().credentials?.[type]?.name ?? type}'`;

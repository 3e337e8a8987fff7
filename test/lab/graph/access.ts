import type { IncomingMessage } from 'node:http';
import type { EntraLab, TokenClaims } from './entra';
import type { LabMailbox } from './exchange';
import { LabRefusal } from './odata';

/** What the token says; refuses one that Entra did not sign for this API. */
export function authenticate(entra: EntraLab, audience: string, request: IncomingMessage): TokenClaims {
	const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
	const claims = token === undefined ? undefined : entra.verify(token);
	if (claims === undefined || claims.aud !== audience)
		throw new LabRefusal(
			401,
			'InvalidAuthenticationToken',
			'Access token validation failure. Invalid audience, signature or lifetime.',
		);
	return claims;
}

/** The mailbox, when the application may see this part of it. */
export function authorize(
	entra: EntraLab,
	mailboxes: ReadonlyMap<string, LabMailbox>,
	user: string,
	claims: TokenClaims,
	rest: string[],
): LabMailbox {
	const app = entra.options.apps.find(({ clientId }) => clientId === claims.appid)!;
	const address = user.toLowerCase();
	const roles = claims.roles ?? [];
	const byConsent = (role: string) =>
		roles.includes(role) && (app.policy === undefined || app.policy.includes(address));
	const full = byConsent('Mail.Read') || byConsent('Mail.ReadWrite') || (app.rbac ?? []).includes(address);
	const content = rest.includes('$value') || rest.includes('attachments');
	if (!full && (content || !byConsent('Mail.ReadBasic.All')))
		throw new LabRefusal(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.');
	const mailbox = mailboxes.get(address);
	if (mailbox !== undefined) return mailbox;
	throw address.startsWith('guest')
		? new LabRefusal(
				404,
				'MailboxNotEnabledForRESTAPI',
				'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
			)
		: new LabRefusal(404, 'ErrorInvalidUser', `The requested user '${user}' is invalid.`);
}

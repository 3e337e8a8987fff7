import type { ICredentialDataDecryptedObject, INodeProperties } from 'n8n-workflow';
import { IMAP_DEFAULTS } from '../../lib/defaults';
import { ImapMailbox } from '../../lib/mailbox';
import { accessToken, type TokenContext } from './accessToken';
import { networkOptions } from './network';

interface ImapCredential {
	host: string;
	port: number;
	security: 'tls' | 'starttls' | 'none';
	user: string;
	password: string;
}

const GMAIL = 'emailIntelGmailOAuth2Api';

/** The mailbox that an `emailIntelImapApi` credential describes. */
export function imapMailbox(credential: ICredentialDataDecryptedObject, context?: unknown): ImapMailbox {
	const { ca, verifyTls, proxy, lookup } = networkOptions(credential, context);
	const { host, port, security, user, password } = credential as unknown as ImapCredential;
	return new ImapMailbox({
		host: host.trim(),
		port,
		security,
		user: user.trim(),
		password,
		ca,
		verifyTls,
		proxy,
		lookup,
	});
}

/** The Gmail mailbox of an `emailIntelGmailOAuth2Api` credential; n8n keeps and renews its token. */
export function gmailMailbox(context: TokenContext, credential: ICredentialDataDecryptedObject): ImapMailbox {
	const { ca, proxy, lookup } = networkOptions(credential, context);
	return new ImapMailbox({
		host: 'imap.gmail.com',
		port: IMAP_DEFAULTS.port,
		security: 'tls',
		user: typeof credential.user === 'string' ? credential.user.trim() : '',
		accessToken: async (force) => await accessToken(context, GMAIL, force),
		ca,
		proxy,
		lookup,
	});
}

/** How an IMAP server is signed in to. */
export type ImapAuthentication = 'password' | 'gmailOAuth2';

export const authenticationProperty: INodeProperties = {
	displayName: 'Authentication',
	name: 'authentication',
	type: 'options',
	options: [
		{ name: 'Gmail OAuth2', value: 'gmailOAuth2', description: 'Sign in with Google. No server to enter.' },
		{ name: 'Password', value: 'password', description: 'Any IMAP server. Gmail takes an app password here.' },
	],
	default: 'password',
};

export async function openImap(context: TokenContext, authentication: ImapAuthentication): Promise<ImapMailbox> {
	if (authentication === 'gmailOAuth2') return gmailMailbox(context, await context.getCredentials(GMAIL));
	return imapMailbox(await context.getCredentials('emailIntelImapApi'), context);
}

import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { ImapMailbox } from '../../lib/mailbox';
import { networkOptions } from './network';

interface ImapCredential {
	host: string;
	port: number;
	security: 'tls' | 'starttls' | 'none';
	user: string;
	password: string;
}

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

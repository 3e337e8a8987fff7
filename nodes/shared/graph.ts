import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { GraphMailbox } from '../../lib/mailbox';
import type { CloudName } from '../../lib/microsoft';
import { networkOptions } from './network';

interface GraphCredential {
	tenant: string;
	clientId: string;
	signInWith: 'secret' | 'certificate';
	clientSecret?: string;
	certificate?: string;
	privateKey?: string;
	passphrase?: string;
	mailbox: string;
	cloud: CloudName;
	authorityUrl?: string;
	graphUrl?: string;
}

/** The mailbox that an `emailIntelGraphApi` credential describes, or another one that its application may read. */
export function graphMailbox(
	credential: ICredentialDataDecryptedObject,
	mailbox = '',
	context?: unknown,
): GraphMailbox {
	const fields = credential as unknown as GraphCredential;
	const { clientSecret = '', certificate = '', privateKey = '', passphrase = '' } = fields;
	return new GraphMailbox({
		...networkOptions(credential, context),
		tenant: fields.tenant.trim(),
		clientId: fields.clientId.trim(),
		...(fields.signInWith === 'certificate'
			? { certificate: { certificate, privateKey, ...(passphrase === '' ? {} : { passphrase }) } }
			: { clientSecret: clientSecret.trim() }),
		mailbox: mailbox.trim() || (fields.mailbox ?? '').trim(),
		cloud: fields.cloud,
		...(fields.cloud === 'custom' ? { authorityUrl: fields.authorityUrl, graphUrl: fields.graphUrl } : {}),
	});
}

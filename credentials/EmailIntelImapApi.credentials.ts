import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import { IMAP_DEFAULTS } from '../lib/defaults';
import { SETTING_LIMITS } from '../lib/limits';
import { connectionFields } from './shared/connection';

// A name by itself: the lint rule for defaults reads no others.
const { port } = IMAP_DEFAULTS;

export class EmailIntelImapApi implements ICredentialType {
	name = 'emailIntelImapApi';

	displayName = 'Email Intel IMAP API';

	icon = { light: 'file:../icons/mailbox.svg', dark: 'file:../icons/mailbox.dark.svg' } as const;

	documentationUrl =
		'https://github.com/email-intel/n8n-nodes-email-intel/blob/main/docs/credentials.md#email-intel-imap-api';

	properties: INodeProperties[] = [
		{
			displayName: 'Host',
			name: 'host',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. imap.example.com',
		},
		{
			displayName: 'Security',
			name: 'security',
			type: 'options',
			options: [
				{ name: 'TLS (Usually Port 993)', value: 'tls' },
				{ name: 'STARTTLS (Usually Port 143)', value: 'starttls' },
				{ name: 'None (Not Encrypted)', value: 'none' },
			],
			default: 'tls',
			description: 'With STARTTLS, a server that does not offer encryption is refused',
		},
		{
			displayName: 'Port',
			name: 'port',
			type: 'number',
			default: port,
			typeOptions: { minValue: 1, maxValue: SETTING_LIMITS.maxPort },
		},
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. soc@example.com',
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Password of the account. Gmail and other providers with two-step verification require an app password.',
		},
		...connectionFields,
	];
}

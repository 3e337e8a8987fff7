import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import { clearTextNotice, connectionFields } from './shared/connection';

export class EmailIntelCiscoEsaApi implements ICredentialType {
	name = 'emailIntelCiscoEsaApi';

	displayName = 'Email Intel Cisco Secure Email API';

	icon = { light: 'file:../icons/ciscoEsa.svg', dark: 'file:../icons/ciscoEsa.dark.svg' } as const;

	documentationUrl =
		'https://github.com/email-intel/n8n-nodes-email-intel/blob/main/docs/credentials.md#email-intel-cisco-secure-email-api';

	properties: INodeProperties[] = [
		{
			displayName: 'URL',
			name: 'url',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://esa.example.com:6443',
			description:
				'Host and port of the AsyncOS API, usually 6443 or 4431 on an appliance and 443 in the cloud. The path is added, and https:// when it is missing.',
		},
		clearTextNotice,
		{
			displayName: 'Product',
			name: 'product',
			type: 'options',
			options: [
				{ name: 'Secure Email Gateway (ESA)', value: 'ESA' },
				{ name: 'Secure Email and Web Manager (SMA)', value: 'SMA' },
			],
			default: 'ESA',
			description: 'A manager (SMA) answers for all gateways that report to it',
		},
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			required: true,
			default: '',
			description: 'A local account without two-factor authentication, with a role that allows message tracking',
		},
		{
			displayName: 'Passphrase',
			name: 'passphrase',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
		},
		...connectionFields,
	];
}

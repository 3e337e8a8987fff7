import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import { connectionFields } from './shared/connection';

export class EmailIntelGraphApi implements ICredentialType {
	name = 'emailIntelGraphApi';

	displayName = 'Email Intel Microsoft 365 API';

	icon = { light: 'file:../icons/graph365.svg', dark: 'file:../icons/graph365.dark.svg' } as const;

	documentationUrl =
		'https://github.com/email-intel/n8n-nodes-email-intel/blob/main/docs/credentials.md#email-intel-microsoft-365-api';

	properties: INodeProperties[] = [
		{
			displayName: 'Tenant',
			name: 'tenant',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 11111111-2222-3333-4444-555555555555',
			description: 'Directory (tenant) ID of the organization, or one of its verified domains',
		},
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
			description: 'Application (client) ID of the app registration',
		},
		{
			displayName: 'Sign In With',
			name: 'signInWith',
			type: 'options',
			options: [
				{ name: 'Certificate', value: 'certificate' },
				{ name: 'Client Secret', value: 'secret' },
			],
			default: 'secret',
			description: 'Microsoft recommends a certificate, because its private key is never sent over the network',
		},
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: "The secret's value, not its ID",
			displayOptions: { show: { signInWith: ['secret'] } },
		},
		// eslint-disable-next-line @n8n/community-nodes/credential-password-field -- it is public, and users must see which one it is
		{
			displayName: 'Certificate',
			name: 'certificate',
			type: 'string',
			typeOptions: { rows: 4 },
			required: true,
			default: '',
			placeholder: '-----BEGIN CERTIFICATE-----',
			description:
				'PEM text of the certificate that is uploaded to the app registration. The thumbprint is calculated from it.',
			displayOptions: { show: { signInWith: ['certificate'] } },
		},
		{
			displayName: 'Private Key',
			name: 'privateKey',
			type: 'string',
			typeOptions: { password: true, rows: 4 },
			required: true,
			default: '',
			placeholder: '-----BEGIN PRIVATE KEY-----',
			description: 'PEM text of the private key (RSA) of the certificate, encrypted or not',
			displayOptions: { show: { signInWith: ['certificate'] } },
		},
		{
			displayName: 'Passphrase',
			name: 'passphrase',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'Passphrase of the private key. Leave empty if the key is not encrypted.',
			displayOptions: { show: { signInWith: ['certificate'] } },
		},
		{
			displayName: 'Mailbox',
			name: 'mailbox',
			type: 'string',
			default: '',
			placeholder: 'e.g. soc@example.com',
			description:
				'Address of a user or shared mailbox. The credential test reads its folders, and nodes use it unless they specify another mailbox. Leave empty if the application only hunts.',
		},
		{
			displayName: 'Cloud',
			name: 'cloud',
			type: 'options',
			options: [
				{ name: 'China (21Vianet)', value: 'china' },
				{ name: 'Custom', value: 'custom' },
				{ name: 'Global (Also GCC)', value: 'global' },
				{ name: 'US Government L4 (GCC High)', value: 'usGovL4' },
				{ name: 'US Government L5 (DoD)', value: 'usGovL5' },
			],
			default: 'global',
			description: 'Microsoft cloud that hosts the tenant. A tenant exists in one cloud only.',
		},
		{
			displayName: 'Authority URL',
			name: 'authorityUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://login.microsoftonline.com',
			description: 'URL of the service that issues tokens, without a path',
			displayOptions: { show: { cloud: ['custom'] } },
		},
		{
			displayName: 'Graph URL',
			name: 'graphUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://graph.microsoft.com',
			description: 'URL of Microsoft Graph, without a path',
			displayOptions: { show: { cloud: ['custom'] } },
		},
		...connectionFields,
	];
}

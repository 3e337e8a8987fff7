import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import { clearTextNotice, connectionFields } from './shared/connection';

export class EmailIntelOpenCtiApi implements ICredentialType {
	name = 'emailIntelOpenCtiApi';

	displayName = 'Email Intel OpenCTI API';

	icon = { light: 'file:../icons/openCti.svg', dark: 'file:../icons/openCti.dark.svg' } as const;

	documentationUrl =
		'https://github.com/email-intel/n8n-nodes-email-intel/blob/main/docs/credentials.md#email-intel-opencti-api';

	properties: INodeProperties[] = [
		{
			displayName: 'URL',
			name: 'url',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. https://opencti.example.com',
			description:
				'Address of the platform as you open it in the browser. The prefix https:// is added when it is missing.',
		},
		clearTextNotice,
		{
			displayName: 'API Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				"API token from the user's profile in OpenCTI. The user needs the capabilities Update Knowledge and Upload Files.",
		},
		...connectionFields,
	];
}

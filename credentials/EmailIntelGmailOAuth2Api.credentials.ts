import type { ICredentialTestRequest, ICredentialType, INodeProperties } from 'n8n-workflow';
import { connectionFields } from './shared/connection';

export class EmailIntelGmailOAuth2Api implements ICredentialType {
	name = 'emailIntelGmailOAuth2Api';

	extends = ['googleOAuth2Api'];

	displayName = 'Email Intel Gmail OAuth2 API';

	icon = { light: 'file:../icons/mailbox.svg', dark: 'file:../icons/mailbox.dark.svg' } as const;

	documentationUrl =
		'https://github.com/email-intel/n8n-nodes-email-intel/blob/main/docs/credentials.md#email-intel-gmail-oauth2-api';

	properties: INodeProperties[] = [
		{
			displayName: 'Mailbox',
			name: 'user',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. soc@example.com',
			description: 'Email address of the account that you sign in with',
		},
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'hidden',
			// The only one that Gmail accepts for IMAP.
			default: 'https://mail.google.com/',
		},
		// Google's certificate is public: there is nothing to be said for not verifying it.
		...connectionFields.filter(({ name }) => name !== 'verifyTls'),
	];

	test: ICredentialTestRequest = {
		request: { baseURL: 'https://gmail.googleapis.com', url: '/gmail/v1/users/me/profile' },
	};
}

import {
	NodeConnectionTypes,
	type ICredentialsDecrypted,
	type ICredentialTestFunctions,
	type ILoadOptionsFunctions,
	type INodeCredentialTestResult,
	type INodeExecutionData,
	type INodeListSearchResult,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { credentialTestResult } from '../shared/credentialTest';
import { searchFolders } from '../shared/folders';
import { authentications, imapMailbox, openForWritingOption } from '../shared/imap';
import { openMailbox } from '../shared/mailboxConnection';
import { openMailboxSource } from '../shared/mailboxSource';
import { runPoll } from '../shared/poll';
import { triggerProperties } from './description';

type Authentication = keyof typeof authentications;

export class ImapTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'IMAP Mailbox Trigger',
		name: 'imapTrigger',
		icon: { light: 'file:../../icons/mailbox.svg', dark: 'file:../../icons/mailbox.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["folder"]["value"] }}',
		description:
			'Starts the workflow exactly once for every message that arrives in an IMAP folder, without changing the mailbox',
		defaults: { name: 'IMAP Mailbox Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'emailIntelImapApi',
				required: true,
				testedBy: 'imapLogin',
				displayOptions: { show: { authentication: ['password'] } },
			},
			{
				name: 'emailIntelGmailOAuth2Api',
				required: true,
				displayOptions: { show: { authentication: ['gmailOAuth2'] } },
			},
		],
		properties: triggerProperties,
	};

	methods = {
		credentialTest: {
			async imapLogin(
				this: ICredentialTestFunctions,
				credential: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				return await credentialTestResult(
					() => imapMailbox(this, credential.data ?? {}),
					async (mailbox) => {
						const { folders } = await mailbox.test();
						return `Connection successful, ${folders.length} folders found`;
					},
				);
			},
		},
		listSearch: {
			async searchFolders(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
				const authentication = this.getCurrentNodeParameter('authentication') as Authentication | undefined;
				const connection = authentications[authentication ?? 'password'];
				return await searchFolders(this, async () => await openMailbox(this, connection), filter);
			},
		},
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		const connection = authentications[this.getNodeParameter('authentication', 'password') as Authentication];
		const options = this.getNodeParameter('options', {}) as Record<string, unknown>;
		const openForWriting = options[openForWritingOption.name] === true;
		const open = async () => await openMailbox(this, connection, { openForWriting });
		return await runPoll(this, async () => await openMailboxSource(this, open));
	}
}

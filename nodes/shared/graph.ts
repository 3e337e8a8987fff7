import type { ICredentialDataDecryptedObject, INodeProperties } from 'n8n-workflow';
import { GRAPH_LIMITS } from '../../lib/limits';
import { GraphMailbox } from '../../lib/mailbox';
import type { CloudName } from '../../lib/microsoft';
import { folderProperty } from './folders';
import type { MailboxChoice, MailboxConnection, MessageAddressing, TestContext } from './mailboxConnection';
import { networkOptions } from './network';
import { textOf } from './text';

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

/** The application that an `emailIntelGraphApi` credential describes, and how Microsoft is reached. What is asked, n8n's log says at the level debug. */
export function graphConnection(context: Partial<TestContext>, credential: ICredentialDataDecryptedObject) {
	const fields = credential as unknown as GraphCredential;
	const { clientSecret = '', certificate = '', privateKey = '', passphrase = '' } = fields;
	return {
		...networkOptions(credential, context),
		tenant: fields.tenant.trim(),
		clientId: fields.clientId.trim(),
		...(fields.signInWith === 'certificate'
			? { certificate: { certificate, privateKey, ...(passphrase === '' ? {} : { passphrase }) } }
			: { clientSecret: clientSecret.trim() }),
		cloud: fields.cloud,
		...(fields.cloud === 'custom' ? { authorityUrl: fields.authorityUrl, graphUrl: fields.graphUrl } : {}),
		logger: context.logger,
	};
}

/** The mailbox that an `emailIntelGraphApi` credential describes, or another one that its application may read. */
export function graphMailbox(
	context: TestContext,
	credential: ICredentialDataDecryptedObject,
	{ address = '', actionTimeoutMs }: MailboxChoice = {},
): GraphMailbox {
	const { mailbox } = credential as unknown as GraphCredential;
	return new GraphMailbox({
		...graphConnection(context, credential),
		mailbox: address.trim() || (mailbox ?? '').trim(),
		actionTimeoutMs,
	});
}

export const mailboxProperty: INodeProperties = {
	displayName: 'Mailbox',
	name: 'mailbox',
	type: 'string',
	default: '',
	placeholder: 'e.g. phishing@example.com',
	description:
		'Address of a user or shared mailbox that the application can read. Leave empty to use the mailbox of the credential.',
};

const byPath = { displayName: 'By Name or Path', name: 'path', placeholder: 'e.g. inbox/Phishing' };

/** An id that holds in the whole mailbox, also after a move. */
const byGraphId: MessageAddressing = {
	folder: folderProperty(byPath, 'inbox', 'Inbox'),
	searchFolder: {
		...folderProperty(byPath, ''),
		required: false,
		description: 'Folder to search. Leave empty to search the whole mailbox.',
	},
	inFolders: false,
	own: {
		property: {
			displayName: 'Graph ID',
			name: 'graphId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. AAkALgAAAAAAHYQDEapmEc2byACq…',
		},
		description: 'The message with this ID in Microsoft Graph',
		referenceTo: (value) => ({ id: textOf(value) }),
	},
};

export const graph: MailboxConnection = {
	name: 'Microsoft 365',
	credential: 'emailIntelGraphApi',
	credentialName: 'Email Intel Microsoft 365 API',
	kinds: ['graph'],
	kindOf: () => 'graph',
	open: graphMailbox,
	identityOf: (credential) => credential,
	accountOf: ({ mailbox }) => mailbox,
	namesMailbox: true,
	addressing: byGraphId,
	countsOnRequest: false,
	mostByWords: GRAPH_LIMITS.maxSearched,
	readOnly: "This node only requires the permission Mail.Read. To change messages, use n8n's Microsoft Outlook node.",
};

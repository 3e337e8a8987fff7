import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	ILoadOptionsFunctions,
	INodeCredentialDescription,
	INodeProperties,
} from 'n8n-workflow';
import type { GraphMailbox, ImapMailbox } from '../../lib/mailbox';
import { graphMailbox } from '../shared/graph';
import { openImap } from '../shared/imap';

/** What kind of mailbox the node is connected to; decides the credential. */
export type Connection = 'gmail' | 'graph' | 'imap';

const CREDENTIALS: Record<Connection, string> = {
	gmail: 'emailIntelGmailOAuth2Api',
	graph: 'emailIntelGraphApi',
	imap: 'emailIntelImapApi',
};
export const CONNECTION_NAMES: Record<Connection, string> = {
	gmail: 'Gmail (OAuth2)',
	graph: 'Microsoft 365',
	imap: 'IMAP',
};

export const connectionProperty: INodeProperties = {
	displayName: 'Connection',
	name: 'connection',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Gmail (OAuth2)', value: 'gmail' },
		{ name: 'IMAP', value: 'imap', description: 'Any IMAP server with a password, Gmail with an app password' },
		{ name: 'Microsoft 365', value: 'graph' },
	],
	default: 'imap',
};

export const mailboxProperty: INodeProperties = {
	displayName: 'Mailbox',
	name: 'mailbox',
	type: 'string',
	default: '',
	placeholder: 'e.g. phishing@example.com',
	description: "Address of a user or shared mailbox that the application may read. Empty: the credential's.",
	displayOptions: { show: { connection: ['graph'] } },
};

export const connectionCredentials: INodeCredentialDescription[] = (['gmail', 'graph', 'imap'] as const).map(
	(connection) => ({
		name: CREDENTIALS[connection],
		required: true,
		displayOptions: { show: { connection: [connection] } },
	}),
);

/** The mailboxes of one execution: connected when first used, and once. */
export class Mailboxes {
	private imapMailbox?: Promise<ImapMailbox>;
	private readonly graphMailboxes = new Map<string, Promise<GraphMailbox>>();
	private credential?: Promise<ICredentialDataDecryptedObject>;

	constructor(
		private readonly context: IExecuteFunctions | ILoadOptionsFunctions,
		readonly connection: Connection,
	) {}

	/** The mailbox of an IMAP server, or of Gmail. */
	imap(): Promise<ImapMailbox> {
		return (this.imapMailbox ??= openImap(this.context, this.connection === 'gmail' ? 'gmailOAuth2' : 'password'));
	}

	/** A mailbox of Microsoft 365; without an address the credential's. */
	graph(address: string): Promise<GraphMailbox> {
		const key = address.trim().toLowerCase();
		let mailbox = this.graphMailboxes.get(key);
		if (mailbox === undefined) {
			mailbox = this.fields().then((fields) => graphMailbox(fields, address, this.context));
			this.graphMailboxes.set(key, mailbox);
		}
		return mailbox;
	}

	/** Address or login of the mailbox that is opened. */
	async account(address = ''): Promise<string> {
		const { user, mailbox } = await this.fields();
		const own = this.connection === 'graph' ? mailbox : user;
		return address.trim() || (typeof own === 'string' ? own.trim() : '');
	}

	async close(): Promise<void> {
		const opened = await Promise.allSettled([this.imapMailbox, ...this.graphMailboxes.values()]);
		await Promise.all(opened.map(async (result) => result.status === 'fulfilled' && (await result.value?.close())));
	}

	private fields(): Promise<ICredentialDataDecryptedObject> {
		return (this.credential ??= this.context.getCredentials(CREDENTIALS[this.connection]));
	}
}

import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	INodeCredentialDescription,
	INodeProperties,
} from 'n8n-workflow';
import type { GraphMailbox, ImapMailbox } from '../../lib/mailbox';
import { Clients } from '../shared/clients';
import { decidingText } from '../shared/decidingText';
import { graphMailbox } from '../shared/graph';
import { gmailMailbox, imapMailbox } from '../shared/imap';

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

/** The mailboxes of one execution, as each item names them; connected when first used, and each once. */
export class Mailboxes {
	readonly #imapMailboxes = new Clients<ImapMailbox>();
	readonly #graphMailboxes = new Clients<GraphMailbox>();
	/** Of the item at hand. */
	#fields?: { itemIndex: number; credential: ICredentialDataDecryptedObject };

	readonly #context: IExecuteFunctions;

	constructor(
		context: IExecuteFunctions,
		readonly connection: Connection,
	) {
		this.#context = context;
	}

	/** The mailbox of an IMAP server, or of Gmail. */
	async imap(itemIndex: number): Promise<ImapMailbox> {
		const credential = await this.#credential(itemIndex);
		// A token is renewed in the meantime; the account is the same.
		const { oauthTokenData: _token, ...account } = credential;
		return await this.#imapMailboxes.of(account, () =>
			this.connection === 'gmail' ? gmailMailbox(this.#context, credential) : imapMailbox(credential, this.#context),
		);
	}

	/** The mailbox of Microsoft 365 that the item names, or else the credential's. */
	async graph(itemIndex: number): Promise<GraphMailbox> {
		const credential = await this.#credential(itemIndex);
		const address = this.#address(itemIndex);
		return await this.#graphMailboxes.of({ credential, address: address.toLowerCase() }, () =>
			graphMailbox(credential, address, this.#context),
		);
	}

	/** Address or login of the mailbox that is opened. */
	async account(itemIndex: number): Promise<string> {
		const { user, mailbox } = await this.#credential(itemIndex);
		const own = this.connection === 'graph' ? mailbox : user;
		return this.#address(itemIndex) || (typeof own === 'string' ? own.trim() : '');
	}

	async close(): Promise<void> {
		await Promise.all([this.#imapMailboxes.close(), this.#graphMailboxes.close()]);
	}

	/** @throws NodeOperationError when its expression gives nothing: the credential's mailbox is another one */
	#address(itemIndex: number): string {
		return this.connection === 'graph' ? decidingText(this.#context, mailboxProperty, itemIndex) : '';
	}

	async #credential(itemIndex: number): Promise<ICredentialDataDecryptedObject> {
		if (this.#fields?.itemIndex === itemIndex) return this.#fields.credential;
		const credential = await this.#context.getCredentials(CREDENTIALS[this.connection], itemIndex);
		this.#fields = { itemIndex, credential };
		return credential;
	}
}

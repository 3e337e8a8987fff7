import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	INodeCredentialDescription,
	INodeProperties,
} from 'n8n-workflow';
import type { EmailSource } from '../../lib/email';
import { READER_LIMITS } from '../../lib/limits';
import type { Mailbox } from '../../lib/mailbox';
import { Clients } from '../shared/clients';
import { connectionKinds, connectionOf, kindsWith, type ConnectionKind } from '../shared/connections';
import { decidingText } from '../shared/decidingText';
import { mailboxProperty as addressProperty } from '../shared/graph';
import { openForWritingOption } from '../shared/imap';
import type { MailboxConnection } from '../shared/mailboxConnection';
import { textOf } from '../shared/text';

/** What kind of mailbox the node is connected to; decides the credential. */
export const connectionProperty: INodeProperties = {
	displayName: 'Connection',
	name: 'connection',
	type: 'options',
	noDataExpression: true,
	options: connectionKinds.map((kind) => {
		const { name, description } = connectionOf(kind);
		return { name, value: kind, ...(description === undefined ? {} : { description }) };
	}),
	default: 'imap',
};

export const mailboxProperty: INodeProperties = {
	...addressProperty,
	displayOptions: { show: { connection: kindsWith(({ namesMailbox }) => namesMailbox) } },
};

export const openForWritingProperty: INodeProperties = {
	...openForWritingOption,
	description:
		'Whether to open folders with SELECT instead of EXAMINE. Needed where the trigger says that the server gives messages new UIDs when a folder is opened read-only: the UIDs of its items are out of date otherwise. Reading still marks nothing as read.',
	displayOptions: { show: { resource: ['message'], connection: kindsWith(({ addressing }) => addressing.inFolders) } },
};

export const connectionCredentials: INodeCredentialDescription[] = connectionKinds.map((kind) => ({
	name: connectionOf(kind).credential,
	required: true,
	displayOptions: { show: { connection: [kind] } },
}));

/** The mailboxes of one execution, as each item names them; connected when first used, and each once. */
export class Mailboxes {
	readonly connection: MailboxConnection;
	readonly #opened = new Clients<Mailbox>();
	/** Of the item at hand. */
	#fields?: { itemIndex: number; credential: ICredentialDataDecryptedObject };

	readonly #context: IExecuteFunctions;

	constructor(context: IExecuteFunctions, kind: ConnectionKind) {
		this.#context = context;
		this.connection = connectionOf(kind);
	}

	/** The mailbox that the item names, or else its credential's. */
	async of(itemIndex: number): Promise<Mailbox> {
		const credential = await this.#credential(itemIndex);
		const address = this.#address(itemIndex);
		const { name } = openForWritingProperty;
		const openForWriting = this.#context.getNodeParameter(name, itemIndex, false) === true;
		const identity = {
			credential: this.connection.identityOf(credential),
			address: address.toLowerCase(),
			openForWriting,
		};
		const { actionTimeoutMs } = READER_LIMITS;
		return await this.#opened.of(identity, () =>
			this.connection.open(this.#context, credential, {
				address,
				actionTimeoutMs,
				...(openForWriting ? { openForWriting } : {}),
			}),
		);
	}

	/** Address or login of the mailbox that is opened. */
	async account(itemIndex: number): Promise<string> {
		const own = this.connection.accountOf(await this.#credential(itemIndex));
		return this.#address(itemIndex) || textOf(own);
	}

	/** What `source.kind` of its messages is. */
	async kind(itemIndex: number): Promise<EmailSource['kind']> {
		return this.connection.kindOf(await this.#credential(itemIndex));
	}

	async close(): Promise<void> {
		await this.#opened.close();
	}

	/** @throws SettingError when its expression gives nothing: the credential's mailbox is another one */
	#address(itemIndex: number): string {
		return this.connection.namesMailbox ? decidingText(this.#context, mailboxProperty, itemIndex) : '';
	}

	async #credential(itemIndex: number): Promise<ICredentialDataDecryptedObject> {
		if (this.#fields?.itemIndex === itemIndex) return this.#fields.credential;
		const credential = await this.#context.getCredentials(this.connection.credential, itemIndex);
		this.#fields = { itemIndex, credential };
		return credential;
	}
}

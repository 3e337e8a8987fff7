import type { ICredentialDataDecryptedObject, INodeProperties } from 'n8n-workflow';
import type { EmailSource } from '../../lib/email';
import type { Logger } from '../../lib/logger';
import type { Mailbox, MessageReference } from '../../lib/mailbox';
import type { TokenContext } from './accessToken';

/** The part of n8n's contexts (poll, execute, load options) that a mailbox is opened from. */
export interface MailboxContext extends TokenContext {
	logger?: Logger;
}

/** The same of a credential's test, which has no credentials to ask for. */
export type TestContext = Partial<Pick<MailboxContext, 'logger' | 'helpers'>>;

/** What a node says of a mailbox besides its credential. */
export interface MailboxChoice {
	/** Of another mailbox than the credential's; empty: the credential's. Only where `namesMailbox`. */
	address?: string;
	/** Milliseconds for one action. */
	actionTimeoutMs?: number;
	/** IMAP: SELECT also for reading. */
	openForWriting?: boolean;
}

/** How the messages of a mailbox are named, and the parameters for it. */
export interface MessageAddressing {
	/** The folder of a trigger. Where `inFolders`, also that of a message. */
	folder: INodeProperties;
	/** The folder of a search. One that is not required may be empty: the whole mailbox. */
	searchFolder: INodeProperties;
	/** A message is looked for within one folder, also by its Message-ID. */
	inFolders: boolean;
	/** The server's own name of a message: the parameter, and what its value refers to. */
	own: {
		property: INodeProperties;
		description: string;
		referenceTo(value: unknown, folder: string | undefined): MessageReference;
	};
}

/** What nodes must know of a kind of mailbox: a row of the table in `connections.ts`. */
export interface MailboxConnection {
	/** As users know it. */
	name: string;
	/** More of it, in the list of connections. */
	description?: string;
	/** Type of its credential, and that type's name in n8n's list. */
	credential: string;
	credentialName: string;
	/** What `source.kind` of its messages can be, and what it is with a credential. */
	kinds: readonly EmailSource['kind'][];
	kindOf(credential: ICredentialDataDecryptedObject): EmailSource['kind'];
	/** Does not connect. */
	open(context: MailboxContext, credential: ICredentialDataDecryptedObject, choice?: MailboxChoice): Mailbox;
	/** What of a credential tells one mailbox from another. */
	identityOf(credential: ICredentialDataDecryptedObject): unknown;
	/** Address or login of the credential's own mailbox. */
	accountOf(credential: ICredentialDataDecryptedObject): unknown;
	/** The credential opens other mailboxes as well: a parameter may name one. */
	namesMailbox: boolean;
	addressing: MessageAddressing;
	/** To count the messages of folders costs a request for each: a parameter asks whether to. */
	countsOnRequest: boolean;
	/** Messages that a search by words finds at most. */
	mostByWords?: number;
	/** Why nothing can be changed in it, and what to do. Absent: everything can. */
	readOnly?: string;
}

/** Opens the mailbox of the credential that the node has of this kind. */
export async function openMailbox(
	context: MailboxContext,
	connection: MailboxConnection,
	choice?: MailboxChoice,
): Promise<Mailbox> {
	return connection.open(context, await context.getCredentials(connection.credential), choice);
}

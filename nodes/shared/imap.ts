import type { ICredentialDataDecryptedObject, INodeProperties } from 'n8n-workflow';
import { IMAP_DEFAULTS, READER_DEFAULTS } from '../../lib/defaults';
import { IMAP_LIMITS } from '../../lib/limits';
import { ImapMailbox, isGmailHost } from '../../lib/mailbox';
import { accessToken } from './accessToken';
import { folderProperty } from './folders';
import type { MailboxChoice, MailboxConnection, MessageAddressing, TestContext } from './mailboxConnection';
import { networkOptions } from './network';
import { numberOption } from './numberOption';
import { textOf } from './text';

interface ImapCredential {
	host: string;
	port: number;
	security: 'tls' | 'starttls' | 'none';
	user: string;
	password: string;
}

/** The mailbox that an `emailIntelImapApi` credential describes. */
export function imapMailbox(
	context: TestContext,
	credential: ICredentialDataDecryptedObject,
	{ actionTimeoutMs, openForWriting }: MailboxChoice = {},
): ImapMailbox {
	const { ca, verifyTls, proxy, lookup, validateUrl } = networkOptions(credential, context);
	const { host, port, security, user, password } = credential as unknown as ImapCredential;
	return new ImapMailbox({
		host: host.trim(),
		port,
		security,
		user: user.trim(),
		password,
		ca,
		verifyTls,
		proxy,
		lookup,
		validateUrl,
		actionTimeoutMs,
		openForWriting,
		logger: context.logger,
	});
}

// A name by itself: the lint rule for defaults reads no others.
const { uid } = READER_DEFAULTS;

const uidProperty: INodeProperties = {
	displayName: 'UID',
	name: 'uid',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: IMAP_LIMITS.maxUid },
	required: true,
	default: uid,
};

const folder = folderProperty({ displayName: 'By Path', name: 'path', placeholder: 'e.g. INBOX/Phishing' }, 'INBOX');

/** A number within a folder. */
const byUid: MessageAddressing = {
	folder,
	searchFolder: { ...folder, description: 'Folder to search' },
	inFolders: true,
	own: {
		property: uidProperty,
		description: 'The message with this number in the folder',
		referenceTo: (value, path) => ({ uid: numberOption(uidProperty, value), folder: path }),
	},
};

const server = {
	accountOf: ({ user }: ICredentialDataDecryptedObject) => user,
	namesMailbox: false,
	addressing: byUid,
	countsOnRequest: true,
};

export const imap: MailboxConnection = {
	...server,
	name: 'IMAP',
	description: 'Any IMAP server with a password, or Gmail with an app password',
	credential: 'emailIntelImapApi',
	credentialName: 'Email Intel IMAP API',
	kinds: ['imap', 'gmail'],
	kindOf: ({ host }) => (isGmailHost(textOf(host)) ? 'gmail' : 'imap'),
	open: imapMailbox,
	identityOf: (credential) => credential,
};

const GMAIL = 'emailIntelGmailOAuth2Api';

/** n8n keeps and renews the token. */
export const gmail: MailboxConnection = {
	...server,
	name: 'Gmail (OAuth2)',
	credential: GMAIL,
	credentialName: 'Email Intel Gmail OAuth2 API',
	kinds: ['gmail'],
	kindOf: () => 'gmail',
	open(context, credential, { actionTimeoutMs, openForWriting } = {}) {
		const { ca, proxy, lookup, validateUrl } = networkOptions(credential, context);
		return new ImapMailbox({
			host: 'imap.gmail.com',
			port: IMAP_DEFAULTS.port,
			security: 'tls',
			user: typeof credential.user === 'string' ? credential.user.trim() : '',
			accessToken: async (force) => await accessToken(context, GMAIL, force),
			ca,
			proxy,
			lookup,
			validateUrl,
			actionTimeoutMs,
			openForWriting,
			logger: context.logger,
		});
	},
	// A token is renewed in the meantime; the account is the same.
	identityOf: ({ oauthTokenData: _token, ...account }) => account,
};

/** For servers where EXAMINE does not make UIDs stick. */
export const openForWritingOption: INodeProperties = {
	displayName: 'Open Folder for Writing',
	name: 'openForWriting',
	type: 'boolean',
	default: false,
	description:
		'Whether to open the folder with SELECT instead of EXAMINE. Only needed for a server that gives messages new UIDs when a folder is opened read-only, and where the trigger does not detect this. Messages are still not marked as read.',
};

/** How an IMAP server is signed in to: the trigger has one parameter for both. */
export const authentications = { gmailOAuth2: gmail, password: imap };

export const authenticationProperty: INodeProperties = {
	displayName: 'Authentication',
	name: 'authentication',
	type: 'options',
	options: [
		{ name: 'Gmail OAuth2', value: 'gmailOAuth2', description: 'Sign in with Google' },
		{ name: 'Password', value: 'password', description: 'Any IMAP server. Gmail requires an app password.' },
	],
	default: 'password',
};

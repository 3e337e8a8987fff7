import { sendsInClearText } from '../../lib/address';
import { IMAP_DEFAULTS } from '../../lib/defaults';
import type { EmailSource } from '../../lib/email';
import { EsaClient, type EsaProduct } from '../../lib/esa';
import type { NetworkOptions } from '../../lib/http';
import { READER_LIMITS } from '../../lib/limits';
import { googleTokens, GraphMailbox, ImapMailbox, isGmailHost, type Mailbox } from '../../lib/mailbox';
import type { CloudName } from '../../lib/microsoft';
import { DefenderClient, MessageTraceClient, type MicrosoftHuntOptions } from '../../lib/microsoftHunt';
import { OpenCtiClient, platformSummary, type Choice, type OpenCtiClientOptions } from '../../lib/opencti';
import { SettingError } from '../../lib/settings';
import type { Account, AccountKind } from './account';
import { isOn, textOf } from './settings';

/* What accounts are in lib. Loaded when somebody connects: Node-RED loads every node at its start. */

/** Kinds of accounts that are mailboxes. */
export type MailboxKind = Extract<AccountKind, 'imap' | 'gmail' | 'microsoft'>;

/** What a node says of a mailbox besides its account. */
export interface MailboxChoice {
	/** Of another mailbox than the account's; empty: the account's. Microsoft 365 only. */
	address?: string;
	/** IMAP: SELECT also for reading. */
	openForWriting?: boolean;
}

/** CA, TLS and proxy of an account. */
function networkOptions({ fields }: Account): NetworkOptions {
	const ca = textOf(fields.caCertificate);
	const proxy = textOf(fields.proxy);
	return {
		...(ca === '' ? {} : { ca }),
		...(proxy === '' ? {} : { proxy }),
		verifyTls: isOn('Verify TLS', fields.verifyTls, true),
	};
}

/** Tokens hold for an hour: they are kept with the account, as long as its node lives. */
const tokens = new WeakMap<Account, (force?: boolean) => Promise<string>>();

/** The mailbox of an account. Does not connect. @throws MailboxError `MAILBOX_CONFIGURATION` */
export function openMailbox(account: Account, { address = '', openForWriting }: MailboxChoice = {}): Mailbox {
	const { fields, logger } = account;
	const network = networkOptions(account);
	const common = { actionTimeoutMs: READER_LIMITS.actionTimeoutMs, openForWriting, logger };
	if (account.kind === 'microsoft') {
		const mailbox = address.trim() || textOf(fields.mailbox);
		return new GraphMailbox({ ...microsoftOptions(account), actionTimeoutMs: common.actionTimeoutMs, mailbox });
	}
	if (account.kind === 'gmail') {
		const { verifyTls: _always, ...rest } = network;
		const accessToken =
			tokens.get(account) ??
			googleTokens(
				{
					clientId: textOf(fields.clientId),
					clientSecret: textOf(fields.clientSecret),
					refreshToken: textOf(fields.refreshToken),
					tokenUrl: textOf(fields.tokenUrl) || undefined,
				},
				{ ...rest, logger },
			);
		tokens.set(account, accessToken);
		const { port } = IMAP_DEFAULTS;
		const { user } = fields;
		return new ImapMailbox({
			host: 'imap.gmail.com',
			port,
			security: 'tls',
			user: textOf(user),
			accessToken,
			...rest,
			...common,
		});
	}
	const security = textOf(fields.security) || 'tls';
	return new ImapMailbox({
		host: textOf(fields.host),
		port: fields.port as number | undefined,
		security: security as 'tls' | 'starttls' | 'none',
		user: textOf(fields.user),
		password: typeof fields.password === 'string' ? fields.password : '',
		...network,
		...common,
	});
}

/** Address or login of the mailbox that a node opens. */
export const mailboxName = ({ kind, fields }: Account, address: string): string =>
	kind === 'microsoft' ? address.trim() || textOf(fields.mailbox) : textOf(fields.user);

/** What tells one mailbox from another: of the same name on another server it is another one. */
export const mailboxIdentity = (account: Account, address: string): string =>
	JSON.stringify([
		account.kind,
		mailboxName(account, address).toLowerCase(),
		textOf(account.fields.host).toLowerCase(),
	]);

/** What `source.kind` of its messages is. */
export function sourceKind({ kind, fields }: Account): EmailSource['kind'] {
	if (kind === 'microsoft') return 'graph';
	return kind === 'gmail' || isGmailHost(textOf(fields.host)) ? 'gmail' : 'imap';
}

function microsoftOptions(account: Account): MicrosoftHuntOptions {
	const { fields, logger } = account;
	const certificate = { certificate: textOf(fields.certificate), privateKey: textOf(fields.privateKey) };
	const passphrase = textOf(fields.passphrase);
	const cloud = (textOf(fields.cloud) || 'global') as CloudName;
	return {
		...networkOptions(account),
		tenant: textOf(fields.tenant),
		clientId: textOf(fields.clientId),
		...(fields.signInWith === 'certificate'
			? { certificate: { ...certificate, ...(passphrase === '' ? {} : { passphrase }) } }
			: { clientSecret: textOf(fields.clientSecret) }),
		cloud,
		...(cloud === 'custom' ? { authorityUrl: textOf(fields.authorityUrl), graphUrl: textOf(fields.graphUrl) } : {}),
		logger,
	};
}

export const openDefender = (account: Account): DefenderClient => new DefenderClient(microsoftOptions(account));

export const openMessageTrace = (account: Account): MessageTraceClient =>
	new MessageTraceClient(microsoftOptions(account));

/** @throws EsaError `ESA_CONFIGURATION` */
export function openCisco(account: Account): EsaClient {
	const { fields, logger } = account;
	return new EsaClient({
		url: textOf(fields.url),
		product: (textOf(fields.product) || 'ESA') as EsaProduct,
		user: textOf(fields.user),
		passphrase: typeof fields.passphrase === 'string' ? fields.passphrase : '',
		logger,
		...networkOptions(account),
	});
}

/** @throws OpenCtiError `OPENCTI_CONFIGURATION` */
export function openOpenCti(account: Account, workspace: OpenCtiClientOptions['workspace'] = 'live'): OpenCtiClient {
	const { fields, logger } = account;
	return new OpenCtiClient({
		url: textOf(fields.url),
		token: textOf(fields.token),
		workspace,
		logger,
		...networkOptions(account),
	});
}

/** Logs in for real, and says what it found. */
export async function testAccount(account: Account): Promise<string> {
	const { kind, fields } = account;
	const secret = { opencti: 'API token', cisco: 'passphrase' }[kind as string];
	const said = await login(account);
	const isOpen = secret !== undefined && sendsInClearText(textOf(fields.url));
	return isOpen
		? `${said}. The URL begins with http://, so the ${secret} is sent in clear text. Use https:// if the server supports it.`
		: said;
}

async function login(account: Account): Promise<string> {
	if (account.kind === 'cisco') {
		return await using(openCisco(account), async (client) => {
			const { privileges } = await client.test();
			return `Login accepted, ${privileges.length} privileges`;
		});
	}
	if (account.kind === 'opencti') {
		return await using(openOpenCti(account), async (client) => platformSummary(await client.test()));
	}
	return await using(openMailbox(account), async (mailbox) => {
		const { folders } = await mailbox.test();
		return `Connection successful, ${folders.length} folders found`;
	});
}

/** The folders of a mailbox, for a list: what is shown, and what is stored. */
export async function foldersOf(
	account: Account,
	address: string,
): Promise<{ folders: { path: string; value: string }[]; isCut: boolean }> {
	return await using(openMailbox(account, { address }), async (mailbox) => {
		let isCut = false;
		const folders = await mailbox.listFolders({ onTruncated: () => (isCut = true) });
		// Microsoft 365 has names for its own folders that hold in every mailbox (`inbox`); IMAP's are flags, e.g. `\\Junk`.
		const lasting = (id: string, special: string | undefined) =>
			special === undefined || special.startsWith('\\') ? id : special;
		return { folders: folders.map(({ path, id, specialUse }) => ({ path, value: lasting(id, specialUse) })), isCut };
	});
}

/** What the platform of an account offers to choose from. @throws SettingError `SETTING_INVALID` for another list */
export async function choicesOf(account: Account, what: string, search: string): Promise<{ choices: Choice[] }> {
	return await using(openOpenCti(account), async ({ choices }) => {
		const lists: Readonly<Record<string, () => Promise<Choice[]>>> = {
			labels: () => choices.labels(search),
			markings: () => choices.markings(),
			authors: () => choices.authors(search),
			reports: () => choices.reports(search),
			drafts: () => choices.drafts(search),
			reportTypes: () => choices.vocabulary('report_types_ov'),
			responseTypes: () => choices.vocabulary('incident_response_types_ov'),
			incidentTypes: () => choices.vocabulary('incident_type_ov'),
			reliabilities: () => choices.vocabulary('reliability_ov'),
		};
		const list = Object.hasOwn(lists, what) ? lists[what] : undefined;
		if (list === undefined) throw new SettingError('what', `There is no list '${what.slice(0, 40)}'`);
		return { choices: await list() };
	});
}

async function using<C extends { close(): Promise<void> }, T>(client: C, work: (client: C) => Promise<T>): Promise<T> {
	try {
		return await work(client);
	} finally {
		await client.close();
	}
}

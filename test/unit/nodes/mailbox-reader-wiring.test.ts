import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { EmailIntelGmailOAuth2Api } from '../../../credentials/EmailIntelGmailOAuth2Api.credentials';
import { EmailIntelGraphApi } from '../../../credentials/EmailIntelGraphApi.credentials';
import { EmailIntelImapApi } from '../../../credentials/EmailIntelImapApi.credentials';
import type { Mailbox } from '../../../lib/mailbox';
import { READER_LIMITS } from '../../../lib/limits';
import { operations as folderOperations } from '../../../nodes/MailboxReader/folder';
import { operations as messageOperations } from '../../../nodes/MailboxReader/message';
import { Mailboxes } from '../../../nodes/MailboxReader/connection';
import { connections, type ConnectionKind } from '../../../nodes/shared/connections';

/* Whether what a user sets reaches the mailbox, in every kind of it, through the one interface. */

const operations = { ...folderOperations, ...messageOperations };
const RAW = Buffer.from('Subject: here\r\nMessage-ID: <1@example.com>\r\n\r\n');
const SOURCE = { kind: 'imap' as const, mailbox: 'soc@example.com', folder: 'INBOX', uid: 7 };
const MESSAGE = { id: '1', source: SOURCE, size: RAW.length, raw: RAW, truncated: false };

afterEach(() => jest.restoreAllMocks());

/** What an operation asks of the mailbox. */
async function asked(
	kind: ConnectionKind,
	operation: keyof typeof operations,
	parameters: IDataObject,
	json: IDataObject = {},
) {
	const calls: unknown[][] = [];
	const spy =
		<T>(name: string, result: T) =>
		async (...given: unknown[]) => {
			calls.push([name, ...given]);
			return await Promise.resolve(result);
		};
	const mailbox = {
		get: spy('get', MESSAGE),
		search: spy('search', []),
		listFolders: spy('listFolders', []),
		close: async () => undefined,
		changes: {
			flag: spy('flag', SOURCE),
			move: spy('move', SOURCE),
			markAsRead: spy('markAsRead', SOURCE),
		},
	} as unknown as Mailbox;
	const opened = jest.spyOn(connections[kind], 'open').mockReturnValue(mailbox);
	const context = {
		getNode: () => ({ name: 'Reader' }),
		getInputData: (): INodeExecutionData[] => [{ json }],
		getCredentials: async () => ({ user: 'soc@example.com', mailbox: 'soc@example.com' }),
		getNodeParameter: (name: string, _item: number, fallback: unknown) => parameters[name] ?? fallback,
		getTimezone: () => 'UTC',
		addExecutionHints: () => undefined,
		helpers: { prepareBinaryData: async () => ({ data: '', mimeType: '' }) },
	} as unknown as IExecuteFunctions;
	await operations[operation].execute(context, 0, new Mailboxes(context, kind));
	return { calls, choice: opened.mock.calls[0]?.[2] };
}

const byItem = { messageBy: 'item' };

describe.each(['imap', 'gmail'] as const)('%s', (kind) => {
	it('a message is looked for in its folder, by UID and by Message-ID', async () => {
		const bounds = { maxMessageBytes: READER_LIMITS.memoryBytes };
		const folder = 'Phishing';
		expect((await asked(kind, 'get', { messageBy: 'uid', uid: 9, folder })).calls).toEqual([
			['get', { uid: 9, folder }, bounds],
		]);
		expect((await asked(kind, 'get', { messageBy: 'messageId', messageId: ' <1@x> ', folder })).calls).toEqual([
			['get', { messageId: '<1@x>', folder }, bounds],
		]);
	});

	it('a message of the input item, by its UID in its folder as of its UIDVALIDITY', async () => {
		const source = { ...SOURCE, uidValidity: '3' };
		expect((await asked(kind, 'markAsRead', byItem, { source })).calls).toEqual([
			['markAsRead', { uid: 7, uidValidity: '3', folder: 'INBOX' }],
		]);
	});

	it('flags and their change, and the destination', async () => {
		const item = { source: SOURCE };
		const reference = { uid: 7, folder: 'INBOX' };
		const flags = { ...byItem, flags: '\\Flagged, $Phishing', flagChange: 'remove' };
		expect((await asked(kind, 'flag', flags, item)).calls).toEqual([
			['flag', reference, ['\\Flagged', '$Phishing'], 'remove'],
		]);
		expect((await asked(kind, 'move', { ...byItem, destination: 'Junk' }, item)).calls).toEqual([
			['move', reference, 'Junk'],
		]);
	});

	it('what is searched for, and in which folder', async () => {
		const criteria = { from: 'a', to: 'b', subject: 'c', text: 'd', since: '2026-11-20', before: '2026-11-21' };
		const { calls } = await asked(kind, 'search', { criteria, folder: 'Phishing', limit: 5 });
		expect(calls).toEqual([
			[
				'search',
				{
					from: 'a',
					to: 'b',
					subject: 'c',
					text: 'd',
					since: new Date('2026-11-20T00:00:00Z'),
					before: new Date('2026-11-21T00:00:00Z'),
					limit: 5,
				},
				{ folder: 'Phishing' },
			],
		]);
	});

	it('whether to count the messages of folders', async () => {
		expect((await asked(kind, 'getAll', { counts: true })).calls).toEqual([['listFolders', { counts: true }]]);
	});
});

describe('graph', () => {
	it('a message is looked for in the whole mailbox, by its id and by Message-ID', async () => {
		const bounds = { maxMessageBytes: READER_LIMITS.memoryBytes };
		expect((await asked('graph', 'get', { messageBy: 'graphId', graphId: ' AA ' })).calls).toEqual([
			['get', { id: 'AA' }, bounds],
		]);
		expect((await asked('graph', 'get', { messageBy: 'messageId', messageId: '<1@x>' })).calls).toEqual([
			['get', { messageId: '<1@x>' }, bounds],
		]);
		const source = { kind: 'graph', mailbox: 'soc@example.com', graphId: 'BB' };
		expect((await asked('graph', 'get', byItem, { source })).calls).toEqual([['get', { id: 'BB' }, bounds]]);
	});

	it('a search is of the whole mailbox, or of a folder', async () => {
		expect((await asked('graph', 'search', { returnAll: true })).calls).toEqual([['search', { limit: 'all' }, {}]]);
		expect((await asked('graph', 'search', { returnAll: true, folder: 'inbox' })).calls).toEqual([
			['search', { limit: 'all' }, { folder: 'inbox' }],
		]);
	});

	it('the mailbox that the item names is opened', async () => {
		expect((await asked('graph', 'getAll', { mailbox: ' other@example.com ' })).choice).toEqual({
			address: 'other@example.com',
			actionTimeoutMs: READER_LIMITS.actionTimeoutMs,
		});
	});

	it.each(['flag', 'move', 'markAsRead'] as const)('%s is refused before anything is opened', async (operation) => {
		const source = { kind: 'graph', mailbox: 'soc@example.com', graphId: 'BB' };
		await expect(asked('graph', operation, byItem, { source })).rejects.toMatchObject({
			message: 'A Microsoft 365 mailbox is read-only',
			description: expect.stringContaining('Mail.Read'),
		});
		expect(connections.graph.open).not.toHaveBeenCalled();
	});
});

it('a credential is named as n8n shows it', () => {
	const types = [new EmailIntelGmailOAuth2Api(), new EmailIntelGraphApi(), new EmailIntelImapApi()];
	const shown = new Map(types.map(({ name, displayName }) => [name, displayName]));
	const named = Object.values(connections).map(({ credential, credentialName }) => [credential, credentialName]);
	expect(new Map(named as [string, string][])).toEqual(shown);
});

it('an item of one kind is refused by the others, with the credential to choose', async () => {
	const graph = { source: { kind: 'graph', mailbox: 'soc@example.com', graphId: 'BB' } };
	await expect(asked('imap', 'get', byItem, graph)).rejects.toMatchObject({
		message:
			'The input item is from Microsoft 365, but the credential of this node is of the type Email Intel IMAP API',
		description: 'Choose a credential of the type Email Intel Microsoft 365 API.',
	});
	await expect(asked('graph', 'get', byItem, { source: SOURCE })).rejects.toMatchObject({
		message:
			'The input item is from an IMAP mailbox, but the credential of this node is of the type Email Intel Microsoft 365 API',
		description: 'Choose a credential of the type Email Intel Gmail OAuth2 API or Email Intel IMAP API.',
	});
});

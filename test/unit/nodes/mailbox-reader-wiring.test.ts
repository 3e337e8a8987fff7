import type { IBinaryKeyData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Mailbox } from '../../../lib/mailbox';
import { READER_LIMITS } from '../../../lib/limits';
import { operations as folderOperations } from '../../../nodes/MailboxReader/folder';
import { operations as messageOperations } from '../../../nodes/MailboxReader/message';
import { Mailboxes } from '../../../nodes/MailboxReader/connection';
import { EmailIntelGmailOAuth2Api } from '../../../credentials/EmailIntelGmailOAuth2Api.credentials';
import { EmailIntelGraphApi } from '../../../credentials/EmailIntelGraphApi.credentials';
import { EmailIntelImapApi } from '../../../credentials/EmailIntelImapApi.credentials';
import { connections, type ConnectionKind } from '../../../nodes/shared/connections';

/* Whether what a user sets reaches the mailbox, in every kind of it, through the one interface. */

const operations = { ...folderOperations, ...messageOperations };
const RAW = Buffer.from('Subject: here\r\nMessage-ID: <1@example.com>\r\n\r\n');
const SOURCE = { kind: 'imap' as const, mailbox: 'soc@example.com', folder: 'INBOX', uid: 7 };
const MESSAGE = { id: '1', source: SOURCE, size: RAW.length, raw: RAW, truncated: false };

afterEach(() => jest.restoreAllMocks());

/** What an operation asks of the mailbox, and puts out. */
async function asked(
	kind: ConnectionKind,
	operation: keyof typeof operations,
	parameters: IDataObject,
	json: IDataObject = {},
	binary?: IBinaryKeyData,
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
		getInputData: (): INodeExecutionData[] => [{ json, ...(binary ? { binary } : {}) }],
		getCredentials: async () => ({ user: 'soc@example.com', mailbox: 'soc@example.com' }),
		getNodeParameter: (name: string, _item: number, fallback: unknown) => parameters[name] ?? fallback,
		getTimezone: () => 'UTC',
		addExecutionHints: () => undefined,
		helpers: { prepareBinaryData: async () => ({ data: '', mimeType: '' }) },
	} as unknown as IExecuteFunctions;
	const output = [await operations[operation].execute(context, 0, new Mailboxes(context, kind))].flat();
	return { calls, choice: opened.mock.calls[0]?.[2], output };
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
		const source = { ...SOURCE, kind, uidValidity: '3' };
		expect((await asked(kind, 'markAsRead', byItem, { source })).calls).toEqual([
			['markAsRead', { uid: 7, uidValidity: '3', folder: 'INBOX' }],
		]);
	});

	it('flags and their change, and the destination', async () => {
		const item = { source: { ...SOURCE, kind } };
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
		expect((await asked(kind, 'getAll', { counts: true })).calls).toEqual([
			['listFolders', { counts: true, onTruncated: expect.any(Function) }],
		]);
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

describe('an item of another kind than the credential', () => {
	const graph = { kind: 'graph', mailbox: 'soc@example.com', graphId: 'BB' };
	const gmail = { ...SOURCE, kind: 'gmail' };
	const IMAP = 'Email Intel IMAP API';
	const GMAIL = 'Email Intel Gmail OAuth2 API';
	const MICROSOFT = 'Email Intel Microsoft 365 API';

	it.each([
		['imap', graph, 'Microsoft 365', IMAP, MICROSOFT],
		['gmail', graph, 'Microsoft 365', GMAIL, MICROSOFT],
		['graph', SOURCE, 'an IMAP mailbox', MICROSOFT, IMAP],
		['graph', gmail, 'Gmail', MICROSOFT, `${GMAIL} or ${IMAP}`],
		// The same number in another mailbox of the same address.
		['gmail', SOURCE, 'an IMAP mailbox', GMAIL, IMAP],
		['imap', gmail, 'Gmail', IMAP, `${GMAIL} or ${IMAP}`],
		// Of an item that does not say what it is from.
		['graph', { folder: 'INBOX', uid: 7 }, 'an IMAP mailbox', MICROSOFT, IMAP],
		['imap', { kind: 'constructor', graphId: 'BB' }, 'Microsoft 365', IMAP, MICROSOFT],
	] as const)('%s, %j: the error says which credential to choose', async (kind, source, origin, chosen, wanted) => {
		await expect(asked(kind, 'get', byItem, { source: { ...source } })).rejects.toMatchObject({
			message: `The input item is from ${origin}, but the credential of this node is of the type ${chosen}`,
			description: `Choose a credential of the type ${wanted}: the one that the item was read with.`,
		});
		expect(connections[kind].open).not.toHaveBeenCalled();
	});

	it('a Gmail mailbox with an app password is one', async () => {
		const { kindOf } = connections.imap;
		expect([kindOf({ host: ' imap.gmail.com ' }), kindOf({ host: 'imap.example.com' }), kindOf({})]).toEqual([
			'gmail',
			'imap',
			'imap',
		]);
	});

	it('credentials are called as n8n lists them', () => {
		const listed = [new EmailIntelGmailOAuth2Api(), new EmailIntelGraphApi(), new EmailIntelImapApi()].map(
			({ name, displayName }) => [name, displayName],
		);
		const told = Object.values(connections).map(({ credential, credentialName }) => [credential, credentialName]);
		expect(told.sort()).toEqual(listed.sort());
	});
});

describe('what came in', () => {
	const before = {
		subject: 'here',
		source: SOURCE,
		bundle: { id: 'bundle--1' },
		pattern: '',
		complete: false,
		warnings: [{ code: 'partial-hunt', message: 'One page was not read.' }],
	};
	const files = { email: { data: 'eA==', mimeType: 'message/rfc822' } };

	it.each([
		['move', { destination: 'Junk' }, { moved: true }],
		['flag', { flags: '\\Flagged', flagChange: 'add' }, { flagsAdded: ['\\Flagged'] }],
		['markAsRead', {}, { markedAsRead: true }],
	] as const)('stays on the item whose message was changed (%s)', async (operation, parameters, done) => {
		const { output } = await asked('imap', operation, { ...byItem, ...parameters }, before, files);
		expect(output).toEqual([{ json: { ...before, source: SOURCE, ...done }, binary: files }]);
	});

	it('is no part of the result where the message was chosen by its number: it may be another one', async () => {
		const { output } = await asked('imap', 'markAsRead', { messageBy: 'uid', uid: 9, folder: 'INBOX' }, before, files);
		expect(output).toEqual([{ json: { source: SOURCE, markedAsRead: true } }]);
	});

	it('is grown by the whole message (Get): what was missing of it is told no more, what others said stays', async () => {
		const item = {
			...before,
			id: '1',
			truncated: true,
			headers: [],
			failure: { code: 'MAILBOX_UNAVAILABLE', message: 'busy' },
			warnings: [
				...before.warnings,
				...['fetched-in-part', 'raw-omitted', 'message-not-fetched'].map((code) => ({ code, message: 'Missing.' })),
			],
		};
		const [whole] = (await asked('imap', 'get', byItem, item, { other: { data: '', mimeType: 'text/plain' } })).output;
		expect(whole!.json).toMatchObject({
			subject: 'here',
			truncated: false,
			messageId: '<1@example.com>',
			bundle: before.bundle,
			pattern: '',
			warnings: before.warnings,
			complete: false,
		});
		expect(whole!.json).not.toHaveProperty('failure');
		expect(whole!.json).not.toHaveProperty('headers');
		expect(Object.keys(whole!.binary!)).toEqual(['other', 'email']);
	});

	it('is complete again when nothing but the message was missing', async () => {
		const warnings = [{ code: 'fetched-in-part', message: 'Only its beginning.' }];
		const item = { subject: 'here', id: '1', source: SOURCE, truncated: true, complete: false, warnings };
		const [whole] = (await asked('imap', 'get', byItem, item)).output;
		expect(whole!.json).not.toHaveProperty('complete');
		expect(whole!.json).not.toHaveProperty('warnings');
	});

	it('the raw message is left out where nobody wants it', async () => {
		const [item] = (await asked('imap', 'get', { ...byItem, includeRaw: false, output: 'full' }, { source: SOURCE }))
			.output;
		expect(item!.binary).toEqual({});
		expect(item!.json).toMatchObject({
			rawOmitted: true,
			truncated: false,
			sha256: expect.stringMatching(/^[\da-f]{64}$/),
		});
	});
});

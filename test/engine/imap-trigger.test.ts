import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { EmbeddedImap, mail, type EmbeddedImapOptions } from '../lab/imap';
import { durablePoller, execute, FakeCredentials, node, poller } from './engine';

const TYPE = 'n8n-nodes-email-intel.imapTrigger';
const types = { [TYPE]: new ImapTrigger() };

let server: EmbeddedImap | undefined;
let workflows = 0;

afterEach(async () => {
	await server?.close();
	server = undefined;
});

async function start(options: EmbeddedImapOptions = {}): Promise<EmbeddedImap> {
	server = await EmbeddedImap.start(options);
	return server;
}

function setting(
	imap: Pick<EmbeddedImap, 'host' | 'port' | 'user' | 'password'>,
	parameters: IDataObject = {},
	credential: IDataObject = {},
) {
	const { host, port, user, password } = imap;
	return {
		types,
		// Module memory is keyed by workflow: each test is another one.
		workflowId: `wf-${(workflows += 1)}`,
		credentials: new FakeCredentials({
			emailIntelImapApi: { host, port, user, password, security: 'none', verifyTls: true, ...credential },
		}),
		pollNode: node(
			'Mail',
			TYPE,
			{ folder: { __rl: true, mode: 'path', value: 'INBOX' }, ...parameters },
			{
				credentials: { emailIntelImapApi: { id: '1', name: 'imap' } },
			},
		),
	};
}

const subjects = (items: INodeExecutionData[] | undefined) => items?.map(({ json }) => json.subject);
const recent = (subject: string) => ({ raw: mail({ subject }), date: new Date() });

describe('a published workflow', () => {
	it('takes the messages of the look-back at activation, then each new one exactly once', async () => {
		const imap = await start({ messages: [recent('first'), recent('second')] });
		const trigger = poller(setting(imap));
		await trigger.activate();
		await trigger.tick();
		imap.append(recent('third'));
		await trigger.tick();
		await trigger.tick();
		expect(trigger.errors).toEqual([]);
		expect(trigger.emitted.map(subjects)).toEqual([['first', 'second'], ['third']]);
	});

	it('leaves the mailbox as it was: nothing is marked as read', async () => {
		const imap = await start({ messages: [recent('unread')] });
		await poller(setting(imap)).activate();
		expect(imap.list().flatMap(({ flags }) => flags)).not.toContain('\\Seen');
		expect(imap.commands.filter((command) => /^(?:SELECT|STORE|UID STORE)/.test(command))).toEqual([]);
	});

	it('opens the folder with SELECT where the user wants it, and marks nothing as read', async () => {
		const imap = await start({ messages: [recent('unread')] });
		const trigger = poller(setting(imap, { options: { openForWriting: true } }));
		await trigger.activate();
		await trigger.tick();
		expect(trigger.emitted.map(subjects)).toEqual([['unread']]);
		expect(imap.commands.filter((command) => command.startsWith('SELECT'))).toHaveLength(2);
		expect(imap.commands.filter((command) => /^(?:EXAMINE|STORE|UID STORE)/.test(command))).toEqual([]);
		expect(imap.list().flatMap(({ flags }) => flags)).not.toContain('\\Seen');
	});

	it('hands over the raw message byte for byte, and where it was found', async () => {
		const raw = Buffer.from(mail({ subject: 'bytes', body: 'Grüße, Ärger, 北京\r\n' }));
		const imap = await start({ messages: [{ raw, date: new Date() }], uidValidity: 77 });
		const trigger = poller(setting(imap));
		await trigger.activate();
		const [item] = trigger.emitted[0]!;
		expect(Buffer.from(item!.binary!.email!.data, 'base64').equals(raw)).toBe(true);
		expect(item!.json).toMatchObject({
			subject: 'bytes',
			truncated: false,
			source: { kind: 'imap', folder: 'INBOX', uid: 1, uidValidity: '77' },
		});
		expect(typeof item!.json.id).toBe('string');
	});

	it('hands over a message of some megabytes with its bytes, and none where nobody wants them', async () => {
		const raw = mail({ subject: 'big', bytes: 5_000_000 });
		const imap = await start({ messages: [{ raw, date: new Date() }] });
		const before = poller(setting(imap));
		await before.activate();
		const [big] = before.emitted[0]!;
		expect(Buffer.from(big!.binary!.email!.data, 'base64').toString()).toBe(raw);
		expect(big!.json).not.toHaveProperty('rawOmitted');
		const without = poller(setting(imap, { output: 'full', includeRaw: false }));
		await without.activate();
		const [item] = without.emitted[0]!;
		// Without binary data n8n can pin the item.
		expect(item).not.toHaveProperty('binary');
		expect(item!.json).toMatchObject({ subject: 'big', truncated: false, rawOmitted: true, warnings: [] });
		expect(item!.json).not.toHaveProperty('complete');
	});

	it('puts the fields that people look for first, and names sender and recipients in one shape', async () => {
		const imap = await start({ messages: [recent('fields')] });
		for (const output of ['simple', 'full']) {
			const trigger = poller(setting(imap, { output }));
			await trigger.activate();
			const { json } = trigger.emitted[0]![0]!;
			const fields = Object.keys(json);
			expect(fields.slice(0, 7)).toEqual(['subject', 'from', 'to', 'date', 'receivedAt', 'text', 'attachments']);
			expect(fields.slice(-3)).toEqual(['messageId', 'id', 'source']);
			expect(json.from).toEqual([{ address: 'sender@example.org', name: 'Sender' }]);
			expect(json.to).toEqual([{ address: 'analyst@example.com', name: 'Analyst' }]);
		}
	});

	it('hands over the headers of a message above the size limit', async () => {
		const imap = await start({ messages: [{ raw: mail({ subject: 'huge', bytes: 400_000 }), date: new Date() }] });
		const trigger = poller(setting(imap, { options: { maxMessageSize: 0.2 } }));
		await trigger.activate();
		expect(trigger.emitted[0]!.map(({ json }) => [json.subject, json.truncated])).toEqual([['huge', true]]);
		expect(trigger.emitted[0]![0]!.json.size).toBeGreaterThan(390_000);
	});

	it('delivers the rest with the next polls when there are more than one poll takes', async () => {
		const imap = await start({ messages: ['a', 'b', 'c', 'd', 'e'].map(recent) });
		const trigger = poller(setting(imap, { options: { messagesPerPoll: 2 } }));
		await trigger.activate();
		await trigger.tick();
		await trigger.tick();
		await trigger.tick();
		expect(trigger.emitted.map(subjects)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
	});

	it('stores no binary data outside of an execution, for n8n would never delete it', async () => {
		const imap = await start({ messages: [recent('x')] });
		await poller(setting(imap, { options: { attachments: true } })).activate();
		const folder = join(process.env.N8N_USER_FOLDER!, '.n8n');
		const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
		expect(files.filter((name) => name.includes('binary_data') && statSync(join(folder, name)).isFile())).toEqual([]);
	});

	it('starts afresh in another folder instead of using the old position there', async () => {
		const imap = await start({ messages: [recent('one'), recent('two')], folders: ['Reports'] });
		const here = setting(imap);
		const first = poller(here);
		await first.activate();
		imap.append({ ...recent('report'), folder: 'Reports' });
		const there = poller({
			...here,
			pollNode: { ...here.pollNode, parameters: { folder: { __rl: true, mode: 'path', value: 'Reports' } } },
			staticData: { 'node:Mail': first.staticData() },
		});
		await there.activate();
		expect(there.emitted.map(subjects)).toEqual([['report']]);
	});

	it('keeps a cursor of a few KB', async () => {
		const imap = await start({ messages: Array.from({ length: 60 }, (_, index) => recent(`m${index}`)) });
		const trigger = poller(setting(imap, { options: { messagesPerPoll: 7 } }));
		await trigger.activate();
		expect(JSON.stringify(trigger.staticData()).length).toBeLessThan(2000);
	});
});

describe('activation and boot', () => {
	it('survives a dead server: the next poll delivers what has come meanwhile', async () => {
		const imap = await start({ messages: [recent('waiting')] });
		const stop = imap.fault({ command: 'LOGIN', how: 'drop' });
		const stopPlain = imap.fault({ command: 'AUTHENTICATE PLAIN', how: 'drop' });
		const trigger = poller(setting(imap));
		await expect(trigger.activate()).resolves.not.toThrow();
		stop();
		stopPlain();
		await trigger.tick();
		expect(trigger.emitted.map(subjects)).toEqual([['waiting']]);
	});

	it('survives an unreachable host', async () => {
		const imap = await start();
		const closed = setting(imap);
		await imap.close();
		server = undefined;
		await expect(poller(closed).activate()).resolves.not.toThrow();
	});

	it('survives a dead server with a cursor that exists, and keeps it', async () => {
		const imap = await start({ messages: [recent('old')] });
		const options = setting(imap);
		const before = poller(options);
		await before.activate();
		const staticData = { 'node:Mail': JSON.parse(JSON.stringify(before.staticData())) };
		const stop = imap.fault({ command: 'EXAMINE', how: 'drop' });
		const after = poller({ ...options, staticData });
		await after.activate();
		stop();
		imap.append(recent('new'));
		await after.tick();
		expect(after.emitted.map(subjects)).toEqual([['new']]);
	});

	it('tells a wrong password at once, in words', async () => {
		const imap = await start();
		await expect(poller(setting(imap, {}, { password: 'wrong' })).activate()).rejects.toMatchObject({
			message: expect.stringMatching(/refused the user or password of .*analyst@example\.com/),
			failure: { cause: 'credential-invalid' },
		});
	});

	it('tells a missing folder at once, with its name', async () => {
		const imap = await start({ folders: ['Reports'] });
		await expect(
			poller(setting(imap, { folder: { __rl: true, mode: 'path', value: 'Report' } })).activate(),
		).rejects.toMatchObject({
			message: expect.stringContaining("'Report'"),
			description: expect.stringContaining('Reports'),
			failure: { cause: 'configuration-invalid' },
		});
	});

	it('asks for a folder when an expression gives none, and does not take the inbox instead', async () => {
		const imap = await start({ messages: [recent('private')] });
		await expect(
			poller(setting(imap, { folder: { __rl: true, mode: 'path', value: '={{ "" }}' } })).activate(),
		).rejects.toMatchObject({
			message: "'Folder' is empty",
			failure: { cause: 'configuration-invalid' },
		});
	});

	it('tells TLS on a port without TLS at once', async () => {
		const imap = await start();
		await expect(poller(setting(imap, {}, { security: 'tls' })).activate()).rejects.toMatchObject({
			message: expect.stringMatching(/TLS/),
			failure: { cause: 'configuration-invalid' },
		});
	});
});

describe('a scheduled poll that fails', () => {
	it('shows the cause to the user and to n8n, and the next one delivers', async () => {
		const imap = await start();
		const trigger = poller(setting(imap));
		await trigger.activate();
		imap.append(recent('later'));
		const stop = imap.fault({ command: 'EXAMINE', how: 'drop' });
		await trigger.tick();
		expect(trigger.errors).toEqual([expect.objectContaining({ failure: { cause: 'temporarily-unavailable' } })]);
		expect(trigger.errors[0]!.message).toContain(imap.host);
		stop();
		await trigger.tick();
		expect(trigger.emitted.map(subjects)).toEqual([['later']]);
	});

	it('calls a connection limit by its name, not a wrong password', async () => {
		const imap = await start();
		const trigger = poller(setting(imap));
		await trigger.activate();
		imap.fault({ command: 'LOGIN', how: { no: '[LIMIT] Maximum number of connections from user+IP exceeded' } });
		imap.fault({
			command: 'AUTHENTICATE PLAIN',
			how: { no: '[LIMIT] Maximum number of connections from user+IP exceeded' },
		});
		await trigger.tick();
		expect(trigger.errors).toEqual([
			expect.objectContaining({ failure: expect.objectContaining({ cause: 'rate-limited' }) }),
		]);
		expect(trigger.errors[0]!.message).not.toMatch(/password/i);
	});
});

describe('two polls at once', () => {
	it('do not deliver a message twice: the second gives way', async () => {
		const imap = await start({ messages: [recent('once')] });
		imap.fault({ command: 'EXAMINE', how: { delayMs: 150 }, times: 1 });
		const trigger = poller(setting(imap));
		await Promise.all([trigger.activate(), trigger.tick()]);
		await trigger.tick();
		expect(trigger.emitted.map(subjects)).toEqual([['once']]);
	});
});

describe('with durable cursors', () => {
	it('loses nothing that arrives between activation and the first tick', async () => {
		const imap = await start({ messages: [recent('old')] });
		const trigger = durablePoller(setting(imap, { options: { firstRunLookBack: 'PT0S' } }));
		await trigger.activate();
		imap.append(recent('between'));
		await trigger.tick();
		await trigger.tick();
		expect(trigger.emitted.map(subjects)).toEqual([['between']]);
	});

	it('delivers the same items with the same ids again when the process dies before the commit', async () => {
		const imap = await start();
		const trigger = durablePoller(setting(imap));
		await trigger.activate();
		await trigger.tick();
		imap.append(recent('twice'));
		const lost = (await trigger.tickAndDie())![0]!;
		await trigger.tick();
		expect(trigger.emitted.flat().map(({ json }) => json.id)).toEqual(lost.map(({ json }) => json.id));
	});

	it('commits nothing of a poll that fails', async () => {
		const imap = await start({ messages: [recent('kept')] });
		const trigger = durablePoller(setting(imap));
		imap.fault({ command: 'UID FETCH', how: 'drop', times: 1 });
		await trigger.activate();
		await trigger.tick();
		expect(trigger.emitted.flat().map(({ json }) => json.subject)).toEqual(['kept']);
	});
});

describe('the Test step', () => {
	it('shows the newest message and moves nothing', async () => {
		const imap = await start({ messages: [recent('older'), recent('newest')] });
		const { pollNode, credentials } = setting(imap);
		const result = await execute({ types, nodes: [pollNode], connections: {}, credentials, startNode: 'Mail' });
		expect(subjects(result.output('Mail') ?? undefined)).toEqual(['newest']);
		expect(result.workflow.staticData).toEqual({});
	});

	it('says so when there is no message', async () => {
		const imap = await start();
		const { pollNode, credentials } = setting(imap);
		const result = await execute({ types, nodes: [pollNode], connections: {}, credentials, startNode: 'Mail' });
		expect(result.error()?.message).toBe('No message that matches the filters was found');
	});
});

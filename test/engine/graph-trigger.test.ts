import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ICredentialTestFunctions, IDataObject, ILoadOptionsFunctions, INodeExecutionData } from 'n8n-workflow';
import { GraphTrigger } from '../../nodes/GraphTrigger/GraphTrigger.node';
import { arrange, MicrosoftLab, type LabMailbox, type MicrosoftLabOptions, type NewMessage } from '../lab/graph';
import { durablePoller, execute, FakeCredentials, node, poller } from './engine';

const TYPE = 'n8n-nodes-email-intel.graphTrigger';
const types = { [TYPE]: new GraphTrigger() };

let lab: MicrosoftLab;
let box: LabMailbox;
let workflows = 0;

async function start(options: MicrosoftLabOptions = {}): Promise<void> {
	lab = await MicrosoftLab.start(options);
	box = lab.graph.mailbox('soc@example.com');
}

beforeEach(async () => await start());
afterEach(async () => await lab.close());

function credential(changes: IDataObject = {}): IDataObject {
	const { ca, ...fields } = lab.credential();
	return {
		...fields,
		caCertificate: ca,
		signInWith: 'secret',
		mailbox: 'soc@example.com',
		verifyTls: true,
		proxy: '',
		...changes,
	};
}

function setting(parameters: IDataObject = {}, changes: IDataObject = {}) {
	return {
		types,
		// Module memory is keyed by workflow: each test is another one.
		workflowId: `graph-${(workflows += 1)}`,
		credentials: new FakeCredentials({ emailIntelGraphApi: credential(changes) as never }),
		pollNode: node(
			'Mail',
			TYPE,
			{ folder: { __rl: true, mode: 'path', value: 'inbox' }, ...parameters },
			{
				credentials: { emailIntelGraphApi: { id: '1', name: 'graph' } },
			},
		),
	};
}

const subjects = (items: INodeExecutionData[] | undefined) => items?.map(({ json }) => json.subject);
let minutes = 0;
/** Each a second younger than the one before, so that their order is certain. */
const arrive = (subject: string, message: NewMessage = {}) =>
	box.deliver(box.folder('inbox'), { subject, receivedAt: Date.now() - 3_600_000 + (minutes += 1000), ...message });

describe('a published workflow', () => {
	it('takes the messages of the look-back at activation, then each new one exactly once', async () => {
		arrive('first');
		arrive('second');
		const trigger = poller(setting());
		await trigger.activate();
		await trigger.tick();
		arrive('third');
		await trigger.tick();
		await trigger.tick();
		expect(trigger.errors).toEqual([]);
		expect(trigger.emitted.map(subjects)).toEqual([['first', 'second'], ['third']]);
	});

	it('delivers what is moved in, however old it is', async () => {
		const old = box.deliver(box.folder('archive'), {
			subject: 'released from quarantine',
			receivedAt: Date.now() - 90 * 86_400_000,
		});
		const trigger = poller(setting());
		await trigger.activate();
		box.move(old, box.folder('inbox'));
		await trigger.tick();
		expect(trigger.emitted.map(subjects)).toEqual([['released from quarantine']]);
	});

	it('hands over the raw message byte for byte, and where it was found', async () => {
		const raw = Buffer.from(
			'From: <a@example.com>\r\nSubject: bytes\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGrüße, 北京\r\n',
		);
		const { immutableId } = arrive('bytes', { raw });
		const trigger = poller(setting());
		await trigger.activate();
		const [item] = trigger.emitted[0]!;
		expect(Buffer.from(item!.binary!.email!.data, 'base64').equals(raw)).toBe(true);
		expect(item!.json).toMatchObject({
			id: immutableId,
			subject: 'bytes',
			truncated: false,
			source: { kind: 'graph', mailbox: 'soc@example.com', folder: 'inbox', graphId: immutableId },
		});
	});

	it('names files that were attached as links, for they are not in the raw message', async () => {
		arrive('linked', {
			attachments: [{ kind: 'reference', name: 'report.docx', url: 'https://example.sharepoint.com/report.docx' }],
		});
		const trigger = poller(setting());
		await trigger.activate();
		expect(trigger.emitted[0]![0]!.json.links).toEqual([
			{ name: 'report.docx', url: 'https://example.sharepoint.com/report.docx' },
		]);
	});

	it('only reads: every request to Graph is a GET', async () => {
		arrive('x');
		await poller(setting()).activate();
		// The lab answers any other method with 405.
		expect(lab.graph.counts.requests).toBeGreaterThan(2);
	});

	it('hands over the headers of a message above the size limit, and the bytes of all others unless nobody wants them', async () => {
		arrive('huge', { raw: Buffer.from(`Subject: huge\r\n\r\n${'x'.repeat(400_000)}`) });
		arrive('big', { raw: Buffer.from(`Subject: big\r\n\r\n${'x'.repeat(150_000)}`) });
		const poll = async (parameters: IDataObject) => {
			const trigger = poller(setting({ options: { maxMessageSize: 0.2 }, ...parameters }));
			await trigger.activate();
			return trigger.emitted[0]!.map(({ json, binary }) => [
				json.subject,
				json.truncated,
				json.rawOmitted,
				Object.keys(binary ?? {}),
			]);
		};
		expect(await poll({})).toEqual([
			['huge', true, undefined, []],
			['big', false, undefined, ['email']],
		]);
		expect(await poll({ includeRaw: false })).toEqual([
			['huge', true, undefined, []],
			['big', false, true, []],
		]);
	});

	it('delivers the rest with the next polls when there are more than one poll takes', async () => {
		for (const subject of ['a', 'b', 'c', 'd', 'e']) arrive(subject);
		const trigger = poller(setting({ options: { messagesPerPoll: 2 } }));
		await trigger.activate();
		for (let tick = 0; tick < 3; tick++) await trigger.tick();
		expect(trigger.emitted.map(subjects)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
	});

	it('reads another mailbox than the credential names, and a folder by its path', async () => {
		await lab.close();
		await start({ mailboxes: ['soc@example.com', 'shared@example.com'] });
		const shared = lab.graph.mailbox('shared@example.com');
		const reports = shared.addFolder('Reports', { parent: shared.folder('inbox') });
		shared.deliver(reports, { subject: 'shared report' });
		const trigger = poller(
			setting({ mailbox: 'shared@example.com', folder: { __rl: true, mode: 'path', value: 'inbox/Reports' } }),
		);
		await trigger.activate();
		expect(trigger.emitted.map(subjects)).toEqual([['shared report']]);
	});

	it('stores no binary data outside of an execution, for n8n would never delete it', async () => {
		arrive('x');
		await poller(setting({ options: { attachments: true } })).activate();
		const folder = join(process.env.N8N_USER_FOLDER!, '.n8n');
		const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
		expect(files.filter((name) => name.includes('binary_data') && statSync(join(folder, name)).isFile())).toEqual([]);
	});

	it('starts afresh in another folder instead of using the old position there', async () => {
		arrive('one');
		const here = setting();
		const first = poller(here);
		await first.activate();
		box.deliver(box.addFolder('Reports'), { subject: 'report' });
		const there = poller({
			...here,
			pollNode: { ...here.pollNode, parameters: { folder: { __rl: true, mode: 'path', value: 'Reports' } } },
			staticData: { 'node:Mail': first.staticData() },
		});
		await there.activate();
		expect(there.emitted.map(subjects)).toEqual([['report']]);
	});

	it('keeps a cursor of a few KB', async () => {
		for (let index = 0; index < 60; index++) arrive(`m${index}`);
		const trigger = poller(setting({ options: { messagesPerPoll: 7 } }));
		await trigger.activate();
		expect(JSON.stringify(trigger.staticData()).length).toBeLessThan(8000);
	});

	it('signs in once for all polls', async () => {
		const trigger = poller(setting());
		await trigger.activate();
		for (let tick = 0; tick < 3; tick++) await trigger.tick();
		expect(lab.entra.counts.token).toBe(1);
	});
});

describe('activation and boot', () => {
	it('survives a Graph that cannot answer: the next poll delivers what has come meanwhile', async () => {
		arrive('waiting');
		lab.graph.faults.push({ kind: 'unavailable', retryAfter: 3000 });
		const trigger = poller(setting());
		await expect(trigger.activate()).resolves.not.toThrow();
		expect(trigger.emitted).toEqual([]);
		await trigger.tick();
		expect(trigger.emitted.map(subjects)).toEqual([['waiting']]);
	});

	it('survives a full mailbox: each poll tells it to n8n as passing, and the mail comes when there is room', async () => {
		arrive('early');
		arrange(lab.graph, 'mailbox full');
		const trigger = poller(setting());
		await trigger.activate();
		await trigger.tick();
		expect(lab.graph.counts.byKind.delta).toBe(2);
		expect(trigger.emitted).toEqual([]);
		expect(trigger.errors).toEqual([
			expect.objectContaining({
				message: expect.stringMatching(/^The mailbox is full/),
				// No use in asking again at once.
				failure: { cause: 'temporarily-unavailable', retryAfterMs: 300_000 },
			}),
		]);
		lab.graph.faults.length = 0;
		await trigger.tick();
		expect(trigger.emitted.map(subjects)).toEqual([['early']]);
	});

	it('survives an unreachable host', async () => {
		const closed = setting();
		await lab.close();
		await expect(poller(closed).activate()).resolves.not.toThrow();
		await start();
	});

	const definite: Array<[what: string, parameters: IDataObject, changes: IDataObject, message: RegExp, cause: string]> =
		[
			['a wrong secret', {}, { clientSecret: 'wrong' }, /secret is wrong/, 'credential-invalid'],
			['an unknown tenant', {}, { tenant: 'nobody.onmicrosoft.com' }, /tenant was not found/, 'configuration-invalid'],
			[
				'a user that does not exist',
				{ mailbox: 'nobody@example.com' },
				{},
				/user does not exist.*nobody@example\.com/,
				'configuration-invalid',
			],
			[
				'a missing folder',
				{ folder: { __rl: true, mode: 'path', value: 'Nowhere' } },
				{},
				/'Nowhere'/,
				'configuration-invalid',
			],
			['a certificate that is not trusted', {}, { caCertificate: '' }, /TLS|certificate/, 'configuration-invalid'],
		];
	it.each(definite)('tells %s at once, in words', async (_what, parameters, changes, message, cause) => {
		await expect(poller(setting(parameters, changes)).activate()).rejects.toMatchObject({
			message: expect.stringMatching(message),
			failure: { cause },
		});
	});
});

describe('a scheduled poll that fails', () => {
	it('shows the cause to the user and to n8n, and the next one delivers', async () => {
		const trigger = poller(setting());
		await trigger.activate();
		arrive('later');
		lab.entra.options.apps[0]!.roles = [];
		lab.graph.faults.push({ kind: 'unauthorized' });
		await trigger.tick();
		expect(trigger.errors).toEqual([
			expect.objectContaining({ message: expect.stringMatching(/is not allowed to read soc@example\.com/) }),
		]);
		expect(trigger.errors[0]!.description).toMatch(/Mail\.Read.*MAILBOX_NOT_ALLOWED/);
		lab.entra.options.apps[0]!.rbac = ['soc@example.com'];
		await trigger.tick();
		expect(trigger.emitted.map(subjects)).toEqual([['later']]);
	});
});

describe('two polls at once', () => {
	it('do not deliver a message twice: the second gives way', async () => {
		arrive('once');
		lab.graph.latencyMs = 40;
		const trigger = poller(setting());
		await Promise.all([trigger.activate(), trigger.tick()]);
		await trigger.tick();
		expect(trigger.emitted.map(subjects)).toEqual([['once']]);
	});
});

describe('with durable cursors', () => {
	it('loses nothing that arrives between activation and the first tick', async () => {
		arrive('old', { receivedAt: Date.now() - 7_200_000 });
		const trigger = durablePoller(setting({ options: { firstRunLookBack: 'PT0S' } }));
		await trigger.activate();
		arrive('between');
		await trigger.tick();
		await trigger.tick();
		expect(trigger.emitted.map(subjects)).toEqual([['between']]);
	});

	it('delivers the same items with the same ids again when the process dies before the commit', async () => {
		const trigger = durablePoller(setting());
		await trigger.activate();
		await trigger.tick();
		arrive('twice');
		const lost = (await trigger.tickAndDie())![0]!;
		await trigger.tick();
		expect(trigger.emitted.flat().map(({ json }) => json.id)).toEqual(lost.map(({ json }) => json.id));
	});
});

describe('the Test step', () => {
	it('shows the newest message and moves nothing', async () => {
		arrive('older');
		arrive('newest');
		const { pollNode, credentials } = setting();
		const result = await execute({ types, nodes: [pollNode], connections: {}, credentials, startNode: 'Mail' });
		expect(subjects(result.output('Mail') ?? undefined)).toEqual(['newest']);
		expect(result.workflow.staticData).toEqual({});
		expect(lab.graph.counts.byKind.delta).toBeUndefined();
	});

	it('says so when there is no message', async () => {
		const { pollNode, credentials } = setting();
		const result = await execute({ types, nodes: [pollNode], connections: {}, credentials, startNode: 'Mail' });
		expect(result.error()?.message).toBe('No message that matches the filters was found');
	});
});

describe('in the editor', () => {
	const { credentialTest, listSearch } = new GraphTrigger().methods;
	const check = async (changes: IDataObject = {}) =>
		await credentialTest.graphLogin.call({} as ICredentialTestFunctions, {
			id: '1',
			name: 'graph',
			type: 'emailIntelGraphApi',
			data: credential(changes) as never,
		});

	it('the test of the credential signs in, reads the folders, and says what is wrong', async () => {
		expect(await check()).toMatchObject({
			status: 'OK',
			message: expect.stringMatching(/^Connection successful, 7 folders found\./),
		});
		expect(await check({ clientSecret: 'wrong' })).toMatchObject({
			status: 'Error',
			message: expect.stringMatching(/secret is wrong.*value, not its ID/),
		});
		expect(await check({ mailbox: '' })).toMatchObject({
			status: 'Error',
			message: expect.stringMatching(/enter a mailbox, or grant .* Application permissions: Mail\.Read/),
		});
		expect(await check({ signInWith: 'certificate', certificate: 'x', privateKey: 'y' })).toMatchObject({
			status: 'Error',
			message: expect.stringMatching(/certificate is not in PEM format/),
		});
	});

	it('the folder picker lists folders with their sub-folders, filtered by what is typed', async () => {
		const reports = box.addFolder('Reports', { parent: box.folder('inbox') });
		const context = {
			getCredentials: async () => credential(),
			getCurrentNodeParameter: () => '',
			getNode: () => node('Mail', TYPE),
		} as unknown as ILoadOptionsFunctions;
		expect((await listSearch.searchFolders.call(context, 'report')).results).toEqual([
			{ name: 'Posteingang/Reports', value: reports.id },
		]);
		// The default stays chosen with another credential: n8n keeps what is in the list, and empties what is not.
		expect((await listSearch.searchFolders.call(context, '')).results).toContainEqual({
			name: 'Posteingang',
			value: 'inbox',
		});
		const trigger = poller(
			setting({ folder: { __rl: true, mode: 'list', value: reports.id, cachedResultName: 'Posteingang/Reports' } }),
		);
		box.deliver(reports, { subject: 'picked' });
		await trigger.activate();
		expect(trigger.emitted.map(subjects)).toEqual([['picked']]);
	});
});

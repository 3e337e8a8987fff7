import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedImap, mail } from '../lab/imap';
import { withAccounts } from '../lab/nodeRed/flows';
import { describeNodeRed, NodeRed } from '../lab/nodeRed/helper';
import type { FlowEntry } from '../lab/nodeRed/server';

describeNodeRed('mailbox in, in a flow', () => {
	let red: NodeRed;
	let imap: EmbeddedImap;
	let count = 0;
	const folder = mkdtempSync(join(tmpdir(), 'email-intel-context-'));
	// Node-RED cleans up behind its end.
	afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
	beforeEach(async () => {
		count++;
		red = new NodeRed();
		imap = await EmbeddedImap.start({
			messages: ['one', 'two', 'three'].map((subject) => ({ raw: mail({ subject }) })),
		});
	});
	afterEach(async () => {
		await red.unload();
		await imap.close();
	});

	const stores = () => ({
		default: { module: 'memory' },
		disk: { module: 'localfilesystem', config: { dir: join(folder, String(count)), cache: count % 2 === 0 } },
	});
	/** What comes goes to `seen`; `ack` takes what the test hands back. */
	const flow = (more: object = {}): FlowEntry[] =>
		withAccounts(
			[
				{ id: 'tab', type: 'tab', label: 'Test' },
				{
					id: 'in',
					z: 'tab',
					type: 'email-intel-mailbox-in',
					imap: 'account',
					folder: 'INBOX',
					firstRun: 'all',
					interval: '1',
					wires: [['seen']],
					...more,
				},
				{ id: 'seen', z: 'tab', type: 'helper', wires: [] },
				{ id: 'ack', z: 'tab', type: 'email-intel-mailbox-ack', wires: [['acked']] },
				{ id: 'acked', z: 'tab', type: 'helper', wires: [] },
				{ id: 'account', type: 'email-intel-imap' },
			],
			{ imap },
		);
	const topics = () => red.received('seen').map(({ topic }) => topic);
	const ack = async (topic: string) => {
		const before = red.received('acked').length;
		red.send(
			'ack',
			red.received('seen').findLast((message) => message.topic === topic)!,
		);
		await red.until(`the acknowledgement of ${topic}`, () => red.received('acked').length > before);
	};

	it.each(['full', 'nodes'] as const)(
		'a deploy (%s) and changed settings lose nothing and repeat only what was not acknowledged',
		async (type) => {
			await red.load(flow(), { contextStorage: stores() });
			await red.until('three messages', () => topics().length === 3);
			await ack('three');
			await ack('one');
			await red.deploy(flow({ maxInFlight: '7', output: 'full', name: 'changed' }), type);
			await red.until('the one that was not acknowledged', () => topics().length === 4);
			expect(topics().at(-1)).toBe('two');
			await ack('two');
			await red.deploy(flow({ maxInFlight: '8' }), type);
			imap.append(mail({ subject: 'four' }));
			await red.until('the new one', () => topics().length === 5);
			expect(topics()).toEqual(['one', 'two', 'three', 'two', 'four']);
		},
	);

	it('takes an acknowledgement behind a deploy of a message that was sent before it', async () => {
		await red.load(flow(), { contextStorage: stores() });
		await red.until('three messages', () => topics().length === 3);
		const [one] = red.received('seen');
		await red.deploy(flow({ name: 'changed', interval: '2' }), 'nodes');
		red.send('ack', one!);
		await red.until('the acknowledgement', () => red.received('acked').length === 1);
		await red.deploy(flow({ name: 'again' }), 'nodes');
		const before = topics().length;
		await red.until('the others', () => topics().length >= before + 2);
		expect(topics().slice(before)).toEqual(['two', 'three']);
	});

	it('without a store that lasts, says what to do and reads nothing', async () => {
		await red.load(flow(), { contextStorage: { default: { module: 'memory' } } });
		await red.until('the error', () => red.errors.length > 0);
		expect(red.errors[0]!.text).toMatch(/contextStorage.*localfilesystem.*settings\.js.*\(NODE_RED_STORE\)/);
		expect(red.statuses.at(-1)).toMatchObject({ id: 'in', fill: 'red', text: 'NODE_RED_STORE' });
		expect(topics()).toEqual([]);
	});

	it('keeps the position in memory where the user says so, over deploys as well', async () => {
		await red.load(flow({ memoryOnly: true }));
		await red.until('three messages', () => topics().length === 3);
		for (const topic of ['one', 'two', 'three']) await ack(topic);
		await red.deploy(flow({ memoryOnly: true, name: 'changed' }));
		imap.append(mail({ subject: 'four' }));
		await red.until('the new one', () => topics().length === 4);
		expect(topics().at(-1)).toBe('four');
	});

	it.each([
		['an account that is gone', { imap: 'gone' }, 'NODE_RED_ACCOUNT_MISSING'],
		['no folder', { folder: ' ' }, 'MAILBOX_CONFIGURATION'],
		['a folder that is not there', { folder: 'Nowhere' }, 'MAILBOX_FOLDER_MISSING'],
		['an interval that is none', { interval: 'often' }, 'SETTING_INVALID'],
		['a look-back that is none', { firstRun: 'yesterday' }, 'SETTING_INVALID'],
		['a connection of no version', { connection: 'pop3' }, 'SETTING_INVALID'],
	])('%s is an error in red that Catch nodes get', async (_name, more, code) => {
		await red.load(flow(more), { contextStorage: stores() });
		await red.until('the error', () => red.errors.length > 0);
		expect(red.errors[0]).toMatchObject({
			id: 'in',
			text: expect.stringContaining(`(${code})`),
			message: expect.any(Object),
		});
		expect(red.statuses.at(-1)).toMatchObject({ id: 'in', fill: 'red', text: code });
	});

	it('the button polls at once, and only a node that is there', async () => {
		await red.load(flow({ interval: '3600' }), { contextStorage: stores() });
		await red.until('three messages', () => topics().length === 3);
		await red.until('the end of the poll', () => red.statuses.at(-1)?.text === '3 in the flow');
		imap.append(mail({ subject: 'four' }));
		expect(await red.ask('/email-intel/mailbox-in/in/poll')).toEqual({ ok: true });
		await red.until('the new one', () => topics().length === 4);
		expect(await red.ask('/email-intel/mailbox-in/gone/poll')).toMatchObject({ ok: false });
		expect(await red.ask('/email-intel/mailbox-in/ack/poll')).toMatchObject({ ok: false });
	});
});

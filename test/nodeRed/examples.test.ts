import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleMessages } from '../engine/exampleWorkflow';
import { exampleFlow, exampleNames, impatient, withAccounts } from '../lab/nodeRed/flows';
import { describeNodeRed, NodeRed } from '../lab/nodeRed/helper';
import type { FlowEntry } from '../lab/nodeRed/server';
import { Peers } from '../lab/nodeRed/world';

/** What a flow of the examples is in this process: debug nodes keep what comes, inject nodes are pressed by the test. */
function runnable(flow: readonly FlowEntry[]): FlowEntry[] {
	return flow
		.filter(({ type }) => type !== 'comment' && type !== 'inject')
		.map((entry) => (entry.type === 'debug' ? { ...entry, type: 'helper' } : entry));
}

const idOf = (flow: readonly FlowEntry[], type: string): string => flow.find((entry) => entry.type === type)!.id;

/** What an inject node sends, and the nodes that it sends to. */
function pressed(flow: readonly FlowEntry[]): { to: string[]; payload: unknown } {
	const { payload, payloadType, wires } = flow.find(({ type }) => type === 'inject')!;
	const to = (wires as string[][])[0]!;
	return { to, payload: payloadType === 'json' ? JSON.parse(payload as string) : payload };
}

describeNodeRed('the examples of the import menu', () => {
	let red: NodeRed;
	let peers: Peers;
	let count = 0;
	const folder = mkdtempSync(join(tmpdir(), 'email-intel-context-'));
	// Node-RED cleans up behind its end.
	afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
	beforeEach(async () => {
		count++;
		red = new NodeRed();
		peers = await Peers.start();
	});
	afterEach(async () => {
		await red.unload();
		await peers.close();
	});

	const load = async (name: string): Promise<FlowEntry[]> => {
		const flow = exampleFlow(name);
		await red.load(runnable(impatient(withAccounts(flow, peers.accounts))), {
			contextStorage: { default: { module: 'localfilesystem', config: { dir: join(folder, String(count)) } } },
		});
		return flow;
	};
	const reports = () => peers.openCti.snapshot().reports;

	it('are these, and each stands by itself', () => {
		const covered = [
			'Phishing triage',
			'email to stix',
			'hunt',
			'mailbox in and mailbox ack',
			'mailbox read',
			'opencti report',
			'stix pattern',
		];
		expect(exampleNames()).toEqual(covered.sort());
		for (const name of exampleNames()) {
			const flow = exampleFlow(name);
			const ids = new Set(flow.map(({ id }) => id));
			expect(flow.flatMap(({ wires }) => ((wires as string[][]) ?? []).flat()).filter((id) => !ids.has(id))).toEqual(
				[],
			);
			expect(JSON.stringify(flow)).not.toContain('credentials');
			expect(
				flow.filter(
					({ type }) => !type.startsWith('email-intel-') && !/^(?:tab|comment|inject|debug|catch)$/.test(type),
				),
			).toEqual([]);
		}
	});

	it('Phishing triage makes one report of each message, with indicators and what the hunt found', async () => {
		const flow = await load('Phishing triage');
		const done = flow.find(({ type, complete }) => type === 'debug' && complete === 'payload.report')!.id;
		const count = exampleMessages().length;
		await red.until('all reports', () => red.received(done).length === count, 60_000);
		expect(red.errors).toEqual([]);
		expect(reports()).toHaveLength(count);
		expect(red.received(done).every(({ payload }) => (payload as { hunt?: object }).hunt !== undefined)).toBe(true);
		expect(red.received(done).some(({ payload }) => (payload as { hunt: { matches: number } }).hunt.matches > 0)).toBe(
			true,
		);
		expect(peers.imap.list().every(({ flags }) => !flags.includes('\\Seen'))).toBe(true);
		await red.until('the end of all deliveries', () => red.statuses.some(({ text }) => text === 'up to date'));
	}, 90_000);

	it('mailbox in and mailbox ack reads everything once', async () => {
		const flow = await load('mailbox in and mailbox ack');
		const count = exampleMessages().length;
		await red.until('all messages', () => red.received(idOf(flow, 'debug')).length === count);
		await red.until('the end of all deliveries', () => red.statuses.some(({ text }) => text === 'up to date'));
	});

	it('mailbox read finds messages and gets them whole', async () => {
		const flow = await load('mailbox read');
		pressed(flow).to.forEach((id) => red.send(id, { payload: Date.now() }));
		await red.until('a message', () => red.received(idOf(flow, 'debug')).length > 0);
		expect(red.received(idOf(flow, 'debug'))[0]).toMatchObject({
			payload: { subject: expect.stringMatching(/indicators/i), attachments: expect.any(Array) },
			binary: { email: { data: expect.any(Buffer) } },
		});
	});

	it.each(['email to stix', 'stix pattern'])('%s needs no account', async (name) => {
		const flow = await load(name);
		const { to, payload } = pressed(flow);
		to.forEach((id) => red.send(id, { payload }));
		await red.until('a result', () => red.received(idOf(flow, 'debug')).length > 0);
		const [{ payload: result }] = red.received(idOf(flow, 'debug')) as [{ payload: object }];
		expect(result).toMatchObject({ bundle: { type: 'bundle' }, indicators: expect.any(Array) });
		if (name === 'stix pattern') expect(result).toMatchObject({ matched: true });
	});

	it('hunt asks three places', async () => {
		const flow = await load('hunt');
		const { to, payload } = pressed(flow);
		to.forEach((id) => red.send(id, { payload: structuredClone(payload) }));
		await red.until('three results', () => red.received(idOf(flow, 'debug')).length === 3);
		expect(red.errors).toEqual([]);
		for (const { payload: found } of red.received(idOf(flow, 'debug')))
			expect(found).toMatchObject({ hunt: { rows: expect.any(Array), bundle: { type: 'bundle' } } });
	});

	it('opencti report makes a report of each message', async () => {
		const flow = await load('opencti report');
		await red.until('all of them', () => red.received(idOf(flow, 'debug')).length === exampleMessages().length, 60_000);
		expect(reports()).toHaveLength(exampleMessages().length);
	}, 90_000);

	it('a message that comes again makes no second report', async () => {
		const flow = await load('opencti report');
		const debug = idOf(flow, 'debug');
		await red.until('all of them', () => red.received(debug).length === exampleMessages().length, 60_000);
		const again = red.received(debug).map(({ payload, binary }) => {
			const { report: _made, ...came } = payload as Record<string, unknown>;
			return { payload: came, binary };
		});
		const before = reports().map(({ id }) => id);
		for (const message of again) red.send(idOf(flow, 'email-intel-opencti-report'), message);
		// They come without a delivery, which mailbox ack says.
		await red.until('all of them again', () => red.errors.length === again.length, 60_000);
		expect(reports().map(({ id }) => id)).toEqual(before);
	}, 90_000);
});

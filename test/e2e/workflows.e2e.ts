import { resolvedItem } from '../engine/builtinItem';
import { exampleMessages } from '../engine/exampleWorkflow';
import { mail } from '../lab/imap';
import { exampleWorkflows, polledEveryMinute, sentTo, type ExampleWorkflow } from '../lab/n8n/examples';
import { waitFor } from '../lab/n8n/wait';
import { reportedAgain } from '../lab/scenario/reportedPhish';
import { World } from '../lab/n8n/world';

let world: World;

beforeAll(async () => {
	world = await World.start();
}, 600_000);
afterAll(async () => {
	await world?.dispose();
}, 60_000);

/** The example that starts with n8n's own trigger: an item of its Resolved format is pinned there, the platform is ours. */
async function withPlatform(workflow: ExampleWorkflow): Promise<ExampleWorkflow> {
	const trigger = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.emailReadImap');
	if (!trigger) return sentTo(workflow, world.sink.url);
	const pinData = { [trigger.name]: [await resolvedItem(exampleMessages()[0]!.raw)] };
	return { ...sentTo(workflow, world.sink.url), pinData };
}

describe('the example workflows, imported as they are', () => {
	it.each(exampleWorkflows().map((workflow) => [workflow.name, workflow] as const))(
		'%s: a run by hand is green, and every node gives something',
		async (_name, workflow) => {
			const { api } = world.n8n;
			const { id } = await api.createWorkflow(await withPlatform(workflow));
			const trigger = workflow.nodes.find(({ type }) => /trigger$|emailReadImap$/i.test(type))!;
			const { execution, data } = await api.run(id, trigger.name);
			expect(data.resultData.error).toBeUndefined();
			expect(execution.status).toBe('success');
			for (const { name } of workflow.nodes.filter(({ type }) => type !== 'n8n-nodes-base.stickyNote')) {
				const items = (data.resultData.runData[name] ?? []).flatMap(
					(run) => run.data?.main.flatMap((output) => output ?? []) ?? [],
				);
				expect({ name, items: items.length > 0, errors: items.filter(({ json }) => json.error !== undefined) }).toEqual(
					{ name, items: true, errors: [] },
				);
			}
		},
	);
});

it('the bundle of the last example arrives at the platform as STIX', () => {
	expect(world.sink.bundles).toEqual([
		expect.objectContaining({
			type: 'bundle',
			objects: expect.arrayContaining([expect.objectContaining({ type: 'email-message' })]),
		}),
	]);
});

describe('the newest message of the mailbox', () => {
	it('is a reported phish: one report with first look, hunt and an answer, to which the second reporter adds', async () => {
		const { api } = world.n8n;
		const example = exampleWorkflows().find(({ name }) => name === 'Reported phish, report, answer')!;
		const { id } = await api.createWorkflow(example);
		const run = async () => {
			const { data } = await api.run(id, 'IMAP Mailbox Trigger');
			expect(data.resultData.error).toBeUndefined();
			const [item] = data.resultData.runData['Draft Reply']![0]!.data!.main[0]!;
			return item!.json as Record<string, { matches?: number; id?: string; to?: string; reports?: object }>;
		};
		const first = await run();
		expect(first).toMatchObject({
			subject: 'Last notice: your mailbox is full',
			firstLook: { authentication: { verdict: 'fail' } },
			report: { reports: { count: 1 } },
			reply: { to: 'jonas@soc.example.org', language: 'de', verdict: 'phishing' },
		});
		expect(first.hunt!.matches).toBeGreaterThan(0);
		world.imap.append({ raw: reportedAgain(), date: new Date() });
		const second = await run();
		expect(second).toMatchObject({
			report: { id: first.report!.id, created: false, reports: { count: 2, isFurther: true } },
			reply: { to: 'mia@soc.example.org', language: 'en' },
		});
		const reports = world.openCti.snapshot().reports.filter(({ name }) => name === 'Last notice: your mailbox is full');
		expect(reports).toHaveLength(1);
		expect(reports[0]!.description).toContain('**First look**');
		const notes = world.openCti.store.ofType('Note').map(({ data }) => String(data['content']));
		expect(notes.filter((text) => text.includes('Mia Example'))).toHaveLength(1);
	}, 120_000);
});

describe('a published workflow', () => {
	it('takes what is in the mailbox at once, then polls by itself, and reports each message once', async () => {
		const { api } = world.n8n;
		const example = exampleWorkflows().find(({ name }) => name === 'Threat report mailbox to OpenCTI')!;
		const workflow = await api.createWorkflow(polledEveryMinute(example));
		await api.activate(workflow);
		const first = await api.firstExecution(workflow.id);
		expect(first).toMatchObject({ mode: 'trigger', status: 'success' });
		const reports = () => world.openCti.snapshot().reports.map(({ name }) => name);
		const before = reports();
		// One more is of the Microsoft 365 example, if that ran before.
		expect(new Set(before.filter((name) => name !== 'Weekly threat report')).size).toBe(exampleMessages().length);

		world.imap.append(mail({ subject: 'Arrived while nobody was looking' }));
		await waitFor(
			'the report of a message that came after the activation',
			() => reports().includes('Arrived while nobody was looking'),
			150_000,
		);
		await waitFor(
			'the end of its execution',
			async () => (await api.executions(workflow.id)).every(({ status }) => status === 'success'),
			60_000,
		);
		expect(await api.executions(workflow.id)).toHaveLength(2);
		expect(reports()).toHaveLength(before.length + 1);
		// The mailbox is as it was: nothing is marked as read.
		expect(world.imap.list().every(({ flags }) => !flags.includes('\\Seen'))).toBe(true);
		await api.deactivate(workflow.id);
	}, 400_000);
});

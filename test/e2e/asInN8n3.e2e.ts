import { exampleMessages } from '../engine/exampleWorkflow';
import type { N8nApi } from '../lab/n8n/api';
import { describeWith } from '../lab/n8n/binaries';
import { exampleWorkflows, polledEverySeconds, sweepOf } from '../lab/n8n/examples';
import { N8nWorker, QueueServices } from '../lab/n8n/queue';
import { AS_IN_N8N_3 } from '../lab/n8n/settings';
import { wantedN8n } from '../lab/n8n/version';
import { waitFor } from '../lab/n8n/wait';
import { World } from '../lab/n8n/world';
import { DURABLE } from './cursors';
import { isTrigger, nodes } from './package';

interface Report {
	currentVersion: string;
	targetVersion: string;
	instanceResults: { ruleId: string }[];
	workflowResults: { ruleId: string; nbAffectedWorkflows: number }[];
}

const DAY_MS = 24 * 3_600_000;
const triage = exampleWorkflows().find(({ name }) => name === 'Phishing triage with a hunt')!;

// docs/n8n-versions.md says what this shows.
describeWith(
	['redis-server', 'postgres'],
	'queue mode with the defaults that n8n 3 announces, and durable cursors',
	() => {
		let services: QueueServices;
		let world: World;
		let worker: N8nWorker;
		let api: N8nApi;

		beforeAll(async () => {
			services = await QueueServices.start();
			world = await World.prepare({ n8n: { env: { ...services.env, ...AS_IN_N8N_3, ...DURABLE } } });
			worker = await N8nWorker.prepare(world.n8n, { concurrency: 5 });
			await world.startN8n();
			await worker.start();
			({ api } = world.n8n);
		}, 600_000);
		afterAll(async () => {
			await worker?.dispose();
			await world?.dispose();
			await services?.stop();
		}, 120_000);

		it('is the n8n that was asked for, and allows no unverified packages', async () => {
			const settings = await api.call<{ versionCli: string; unverifiedCommunityNodesEnabled: boolean }>(
				'GET',
				'/settings',
			);
			process.stdout.write(`n8n ${settings.versionCli}\n`);
			expect(settings.versionCli).toBe(wantedN8n());
			expect(settings.unverifiedCommunityNodesEnabled).toBe(false);
		});

		it('still loads the package that lies in its folder: every node, and every action as a tool of an agent', async () => {
			const answer = await fetch(`${world.n8n.url}/types/nodes.json`, { headers: { cookie: world.n8n.api.session } });
			const loaded = ((await answer.json()) as { name: string }[]).map(({ name }) => name);
			const actions = nodes.filter((node) => !isTrigger(node)).map(({ type }) => `${type}Tool`);
			expect(loaded).toEqual(expect.arrayContaining([...nodes.map(({ type }) => type), ...actions]));
		});

		it('a published triage polls, and the worker reports each message once', async () => {
			const workflow = await api.createWorkflow(polledEverySeconds(triage, 3));
			await api.activate(workflow);
			const reports = () => new Set(world.openCti.snapshot().reports.map(({ name }) => name));
			const { length } = exampleMessages();
			await waitFor('a report of each message', () => world.openCti.snapshot().reports.length >= length, 180_000);
			await waitFor(
				'the end of its executions',
				async () => (await api.executions(workflow.id)).every(({ status }) => status === 'success'),
				60_000,
			);
			await api.deactivate(workflow.id);
			expect(world.openCti.snapshot().reports).toHaveLength(length);
			expect(reports().size).toBe(length);
			const executions = (await api.executions(workflow.id)).map(({ id }) => id);
			expect(worker.finished()).toEqual(expect.arrayContaining(executions));
		}, 300_000);

		it('the same messages, looked for by hand, run on the worker: no further report, and files in the database', async () => {
			const sweep = await api.createWorkflow(sweepOf(triage, new Date(Date.now() - DAY_MS)));
			const { execution, data } = await api.run(sweep.id, 'Every Day', 180_000);
			expect(data.resultData.error).toBeUndefined();
			expect(execution.status).toBe('success');
			expect(worker.finished()).toContain(execution.id);
			const items = data.resultData.runData['Email to STIX']![0]!.data!.main[0]!;
			expect(items).toHaveLength(exampleMessages().length);
			const stored = items.map(({ binary }) => String(binary?.email?.id));
			expect(stored.filter((id) => !id.startsWith('database:'))).toEqual([]);
			expect(world.openCti.snapshot().reports).toHaveLength(items.length);
		}, 240_000);

		it("n8n's own migration report for n8n 3 names none of the example workflows", async () => {
			const examples = exampleWorkflows();
			for (const example of examples) await api.createWorkflow(example);
			const { report, totalWorkflows } = await api.call<{ report: Report; totalWorkflows: number }>(
				'POST',
				'/breaking-changes/report/refresh?version=v3',
			);
			process.stdout.write(
				`migration report of n8n ${report.currentVersion} for ${report.targetVersion}: ${totalWorkflows} workflows; about this server: ${report.instanceResults.map(({ ruleId }) => ruleId).join(', ')}\n`,
			);
			expect(totalWorkflows).toBeGreaterThanOrEqual(examples.length);
			expect(report.targetVersion).toBe('v3');
			expect(report.workflowResults.filter(({ nbAffectedWorkflows }) => nbAffectedWorkflows > 0)).toEqual([]);
			expect(report.instanceResults.map(({ ruleId }) => ruleId)).not.toContain('unverified-packages-v3');
		}, 120_000);
	},
);

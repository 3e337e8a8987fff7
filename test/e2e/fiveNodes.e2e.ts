import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleMessages } from '../engine/exampleWorkflow';
import { describeWith } from '../lab/n8n/binaries';
import { Editor } from '../lab/n8n/editor';
import { waitFor } from '../lab/n8n/wait';
import { World } from '../lab/n8n/world';
import { nodes } from './package';

const failures = mkdtempSync(join(tmpdir(), 'email-intel-pictures-'));

const card = (type: string) => {
	const { description } = nodes.find(({ description: { name } }) => name === type)!;
	return { displayName: description.displayName, description: description.description };
};

/** Three messages of the demo: what arrives, what its report is called, and who else received it. */
const MESSAGES = [
	{ file: '07-forwarded-phish.eml', name: 'Your mailbox is full', receivedBy: 'erika' },
	{ file: '09-rewritten-links.eml', name: 'Overdue invoice 4711', receivedBy: 'sales' },
	{ file: '08-defanged-indicators.eml', name: undefined, receivedBy: undefined },
].map((message) => ({ ...message, raw: exampleMessages().find(({ name }) => name === message.file)!.raw }));

describeWith(['chromium'], 'From the sign-in to a report, without a manual', () => {
	let world: World;
	let editor: Editor;
	/** Fields that were filled in or chosen. All of them are of credentials. */
	let fields = 0;

	beforeAll(async () => {
		world = await World.prepare({ mailbox: { messages: [{ raw: MESSAGES[0]!.raw }] } });
		await world.n8n.start({});
		await world.n8n.api.signIn();
		editor = await Editor.open({ url: world.n8n.url, pictures: failures, failures });
	}, 600_000);

	afterAll(async () => {
		await editor?.close();
		await world?.dispose();
	}, 60_000);

	async function credential(view: Awaited<ReturnType<Editor['addNode']>>, values: Record<string, string>, chosen = {}) {
		const dialog = await view.newCredential();
		for (const [name, option] of Object.entries<string>(chosen)) await dialog.choose(name, option);
		for (const [name, value] of Object.entries(values)) await dialog.fill(name, value);
		fields += Object.keys(chosen).length + Object.keys(values).length;
		await dialog.save();
		await dialog.accepted();
	}

	it('five nodes from the panel, and at most twelve fields, all of them of credentials', async () => {
		await editor.watch('five-nodes', async () => {
			const { imap, appliance, openCti } = world;
			await editor.newWorkflow();
			const trigger = await editor.addNode(card('imapTrigger'));
			await credential(
				trigger,
				{ host: imap.host, port: String(imap.port), user: imap.user, password: imap.password },
				{ security: 'None (Not Encrypted)' },
			);
			await trigger.close();
			const stix = await editor.addNode(card('emailToStix'), 'Convert email to STIX bundle');
			await stix.close();
			const pattern = await editor.addNode(card('stixPattern'), 'Build a pattern');
			await pattern.close();
			const hunt = await editor.addNode(card('ciscoEsa'), 'Hunt messages with a STIX pattern');
			await credential(hunt, { url: appliance.url, user: appliance.user, passphrase: appliance.passphrase });
			await hunt.close();
			const report = await editor.addNode(card('openCti'), 'Create report from email');
			await credential(report, { url: openCti.url, token: openCti.token });
			await report.close();
			expect(fields).toBeLessThanOrEqual(12);
		});
	}, 300_000);

	it.each(MESSAGES)(
		'$file: a complete report with the message, its files and who received it',
		async (message) => {
			await editor.watch(`five-nodes-${message.file}`, async () => {
				if (message !== MESSAGES[0]) world.imap.append({ raw: message.raw });
				const before = world.openCti.snapshot().reports.length;
				expect(await editor.execute()).toMatch(/Workflow executed successfully/);
				await waitFor('the report', async () => world.openCti.snapshot().reports.length === before + 1, 60_000);
				const report = world.openCti.snapshot().reports.at(-1)!;
				if (message.name !== undefined) expect(report.name).toBe(message.name);
				expect(report.objects.map(({ type }) => type)).toContain('Email-Message');
				expect(report.content).toBeDefined();
				expect(report.description).toContain('Hunt');
				if (message.receivedBy !== undefined) expect(report.description).toContain(message.receivedBy);
				const workflow = /\/workflow\/(\w+)/.exec(editor.page.url())![1]!;
				const [latest] = await world.n8n.api.executions(workflow);
				const { data } = await world.n8n.api.finished(latest!.id);
				const made = data.resultData.runData['Create report from email']![0]!.data!.main[0]![0]!.json;
				expect(made.report).toMatchObject({ id: report.id, complete: true });
				// Its address shows it.
				const page = await fetch(`${world.openCti.url}/dashboard/analyses/reports/${report.id}`);
				expect(await page.text()).toContain('<h2>Objects');
			});
		},
		180_000,
	);
});

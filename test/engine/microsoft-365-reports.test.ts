import { createHash } from 'node:crypto';
import { parseEmail } from '../../lib/email';
import { GraphTrigger } from '../../nodes/GraphTrigger/GraphTrigger.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { MicrosoftLab } from '../lab/graph';
import { startOpenCti, type OpenCtiLab } from '../lab/opencti';
import { execute, FakeCredentials, poller } from './engine';
import { exampleMessages, exampleWorkflow } from './exampleWorkflow';

const types = {
	'n8n-nodes-email-intel.graphTrigger': new GraphTrigger(),
	'n8n-nodes-email-intel.openCti': new OpenCti(),
};
const messages = exampleMessages();

let workflows = 0;
let microsoft: MicrosoftLab;
let platform: OpenCtiLab;

beforeEach(async () => {
	microsoft = await MicrosoftLab.start();
	platform = await startOpenCti();
	const box = microsoft.graph.mailbox('soc@example.com');
	// One of every kind that a look-back meets: in time, and moved in later.
	for (const { name, raw } of messages)
		box.deliver(box.folder('inbox'), { subject: name, raw, receivedAt: Date.now() - 3_600_000 });
});

afterEach(async () => {
	await microsoft.close();
	await platform.close();
});

/** The example as it is imported, with the lab's credentials; polled and run as n8n does. */
function workflow() {
	const { nodes, connections } = exampleWorkflow('microsoft-365-reports');
	const trigger = nodes.find(({ name }) => name === 'Microsoft 365 Mailbox Trigger')!;
	const { ca, ...fields } = microsoft.credential();
	const credentials = new FakeCredentials({
		emailIntelGraphApi: { ...fields, caCertificate: ca, signInWith: 'secret', mailbox: 'soc@example.com' },
		emailIntelOpenCtiApi: { url: platform.url, token: platform.token },
	});
	const mailbox = poller({ types, pollNode: trigger, credentials, workflowId: `wf-${(workflows += 1)}` });
	const runNext = async () => {
		const startItems = mailbox.emitted.shift() ?? [];
		return await execute({ types, nodes, connections, credentials, startNode: trigger.name, startItems });
	};
	return { mailbox, runNext };
}

it('makes one report of every message, named and marked as email-intel-microsoft does', async () => {
	const { mailbox, runNext } = workflow();
	await mailbox.activate();
	const result = await runNext();
	expect(result.error()).toBeUndefined();
	const stored = platform.snapshot().reports;
	expect(stored).toHaveLength(messages.length);
	expect(stored.every(({ reportTypes }) => reportTypes.join() === 'threat-report')).toBe(true);
	expect(stored.every(({ markings }) => markings.join() === 'TLP:AMBER+STRICT')).toBe(true);
	const byName = new Map(stored.map((report) => [report.name, report]));
	expect(byName.get('Weekly advisory 46: exploitation of edge devices')?.published).toBe('2026-11-16T07:15:00.000Z');
	expect(byName.has('<no subject> from duty@partner.example.net')).toBe(true);
});

it('uploads the attachments of allowed types, byte for byte', async () => {
	const { mailbox, runNext } = workflow();
	await mailbox.activate();
	await runNext();
	const report = platform.snapshot().reports.find(({ name }) => name.startsWith('Report 2026-118'))!;
	const { attachments } = await parseEmail(messages.find(({ name }) => name.startsWith('03'))!.raw);
	const wanted = attachments.filter(({ fileName }) => fileName !== 'sample.exe').map(({ sha256 }) => sha256);
	expect(report.files.map(({ sha256 }) => sha256).sort()).toEqual(wanted.sort());
	for (const file of report.files) {
		const download = await fetch(`${platform.url}/storage/get/${file.id}`, {
			headers: { authorization: `Bearer ${platform.token}` },
		});
		expect(
			createHash('sha256')
				.update(Buffer.from(await download.arrayBuffer()))
				.digest('hex'),
		).toBe(file.sha256);
	}
});

it('makes a report of a message that is released from quarantine days after it was received', async () => {
	const box = microsoft.graph.mailbox('soc@example.com');
	const late = box.deliver(box.folder('junkemail'), {
		raw: Buffer.from(
			'From: <a@example.com>\r\nSubject: Released\r\nDate: Sun, 1 Nov 2026 10:00:00 +0000\r\n\r\nText\r\n',
		),
		receivedAt: Date.now() - 9 * 86_400_000,
	});
	const { mailbox, runNext } = workflow();
	await mailbox.activate();
	await runNext();
	box.move(late, box.folder('inbox'));
	await mailbox.tick();
	await runNext();
	expect(platform.snapshot().reports.map(({ name }) => name)).toContain('Released');
});

it('creates nothing twice when Exchange forgets its position and everything is read again', async () => {
	const { mailbox, runNext } = workflow();
	await mailbox.activate();
	await runNext();
	const before = platform.snapshot();
	microsoft.graph.delta.forget();
	await mailbox.tick();
	await runNext();
	expect(mailbox.errors).toEqual([]);
	expect(platform.snapshot()).toEqual(before);
});

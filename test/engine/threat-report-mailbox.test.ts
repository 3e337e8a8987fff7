import { createHash } from 'node:crypto';
import { parseEmail } from '../../lib/email';
import { tlpMarking } from '../../lib/stix';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { EmbeddedImap } from '../lab/imap';
import { startOpenCti, type OpenCtiLab } from '../lab/opencti';
import { execute, FakeCredentials, made, poller, retry } from './engine';
import { exampleMessages, exampleWorkflow } from './exampleWorkflow';

const types = {
	'n8n-nodes-email-intel.imapTrigger': new ImapTrigger(),
	'n8n-nodes-email-intel.openCti': new OpenCti(),
	'n8n-nodes-email-intel.emailToStix': new EmailToStix(),
};
const messages = exampleMessages();
const received = new Date('2026-11-21T12:00:00Z');

let workflows = 0;
let imap: EmbeddedImap;
let platform: OpenCtiLab;

beforeEach(async () => {
	// A look-back in days would depend on today; the test takes the whole mailbox.
	imap = await EmbeddedImap.start({ messages: messages.map(({ raw }) => ({ raw, date: received })) });
	platform = await startOpenCti();
});

afterEach(async () => {
	await imap.close();
	await platform.close();
});

function workflow(changes: { tlp?: string; token?: string } = {}) {
	const { nodes, connections } = exampleWorkflow('threat-report-mailbox');
	const trigger = nodes.find(({ name }) => name === 'IMAP Mailbox Trigger')!;
	trigger.parameters.options = { firstRunLookBack: 'all' };
	if (changes.tlp) nodes.find(({ name }) => name === 'Create Report')!.parameters.tlp = changes.tlp;
	const credentials = new FakeCredentials({
		emailIntelImapApi: { host: imap.host, port: imap.port, security: 'none', user: imap.user, password: imap.password },
		emailIntelOpenCtiApi: { url: platform.url, token: changes.token ?? platform.token },
	});
	return { nodes, connections, trigger, credentials };
}

/** Polls once as n8n does, and runs the workflow on what came. */
async function pollAndRun(changes: { tlp?: string; token?: string } = {}) {
	const { nodes, connections, trigger, credentials } = workflow(changes);
	const mailbox = poller({ types, pollNode: trigger, credentials, workflowId: `wf-${(workflows += 1)}` });
	await mailbox.activate();
	const items = mailbox.emitted[0] ?? [];
	const options = { types, nodes, connections, credentials, startNode: trigger.name, startItems: items };
	const result = await execute(options);
	return {
		items,
		result,
		options,
		reports: result.output('Create Report') ?? [],
		bundles: result.output('Email to STIX') ?? [],
	};
}

it('makes one report of every message, named, dated and marked as email-intel-imap does', async () => {
	const { items, result, reports } = await pollAndRun();
	expect(result.error()).toBeUndefined();
	expect(items).toHaveLength(messages.length);
	expect(reports.filter(({ json }) => json.error !== undefined)).toEqual([]);
	const stored = platform.snapshot().reports;
	expect(stored).toHaveLength(messages.length);
	expect(new Set(stored.flatMap(({ reportTypes }) => reportTypes))).toEqual(new Set(['threat-report']));
	expect(stored.every(({ markings }) => markings.join() === 'TLP:AMBER+STRICT')).toBe(true);
	expect(new Set(stored.map(({ author }) => author))).toEqual(new Set(['Email Intel']));
	const byName = new Map(stored.map((report) => [report.name, report]));
	expect(byName.get('Weekly advisory 46: exploitation of edge devices')?.published).toBe('2026-11-16T07:15:00.000Z');
	expect(byName.has('<no subject> from duty@partner.example.net')).toBe(true);
	expect(byName.has('Warnung: gefälschte Rechnungen — 北京 office')).toBe(true);
	// No Date header: the time of reception, never the clock.
	expect(byName.get('Sensor 12 offline')?.published).toBe(received.toISOString());
});

it('pairs every report and bundle with its message', async () => {
	const { items, reports, bundles } = await pollAndRun();
	expect(reports.map(({ pairedItem }) => pairedItem)).toEqual(items.map((_, item) => ({ item })));
	expect(bundles.map(({ json }) => json.messageId)).toEqual(items.map(({ json }) => json.messageId));
});

it('uploads the attachments of allowed types, byte for byte, marked as the report', async () => {
	await pollAndRun();
	const report = platform.snapshot().reports.find(({ name }) => name.startsWith('Report 2026-118'))!;
	const { attachments } = await parseEmail(messages.find(({ name }) => name.startsWith('03'))!.raw);
	const wanted = attachments.filter(({ fileName }) => fileName !== 'sample.exe').map(({ sha256 }) => sha256);
	expect(report.files.map(({ sha256 }) => sha256).sort()).toEqual(wanted.sort());
	for (const file of report.files) {
		expect(file.markings).toEqual(['TLP:AMBER+STRICT']);
		const download = await fetch(`${platform.url}/storage/get/${file.id}`, {
			headers: { authorization: `Bearer ${platform.token}` },
		});
		expect(
			createHash('sha256')
				.update(Buffer.from(await download.arrayBuffer()))
				.digest('hex'),
		).toBe(file.sha256);
	}
	expect(platform.snapshot().importJobs).toEqual([]);
});

it('keeps two attachments of one name apart', async () => {
	await pollAndRun();
	const report = platform.snapshot().reports.find(({ name }) => name === 'Two logs with one name')!;
	expect(report.files).toHaveLength(2);
	expect(new Set(report.files.map(({ sha256 }) => sha256)).size).toBe(2);
});

it('gives the ids that the platform computes', async () => {
	const { reports } = await pollAndRun();
	const stored = new Map(platform.snapshot().reports.map(({ id, standardId }) => [id, standardId]));
	const results = reports.map(({ json }) => made(json));
	expect(results.map(({ standardId }) => standardId)).toEqual(results.map(({ id }) => stored.get(id as string)));
});

it('creates nothing twice when the same mail is delivered again', async () => {
	await pollAndRun();
	const before = platform.snapshot();
	const { reports } = await pollAndRun();
	expect(platform.snapshot()).toEqual(before);
	expect(reports.every(({ json }) => made(json).created === false)).toBe(true);
});

it('puts every message into a bundle that carries the marking', async () => {
	const { bundles } = await pollAndRun();
	const id = tlpMarking('amber+strict').id;
	for (const { json } of bundles) {
		const { objects } = json.bundle as { objects: { type: string; object_marking_refs?: string[] }[] };
		expect(objects.some(({ type }) => type === 'email-message')).toBe(true);
		expect(objects.find(({ type }) => type === 'report')!.object_marking_refs).toContain(id);
	}
});

it('creates no report at all when the marking is unknown to the platform, and says which it knows', async () => {
	const { result } = await pollAndRun({ tlp: 'TLP:PURPLE' });
	expect(platform.snapshot().reports).toEqual([]);
	expect(result.run.status).toBe('error');
	expect(result.error()?.message).toMatch(new RegExp(`^3 of ${messages.length} items failed: item 0: .*TLP:PURPLE`));
	expect(result.error()?.description).toContain('TLP:AMBER+STRICT');
});

it('tells a bad token, although the platform answers it with HTTP 200, and asks no more than three times', async () => {
	const { result } = await pollAndRun({ token: 'wrong-token' });
	const { message, description } = result.error()!;
	expect(message).toContain('token');
	expect(description).toContain('OPENCTI_TOKEN_REFUSED');
	expect(description).toContain(`The ${messages.length - 3} others were not tried`);
	expect(platform.requests.filter(({ operation }) => operation === 'EmailIntelReport')).toHaveLength(3);
	expect(JSON.stringify([message, description])).not.toContain('wrong-token');
});

it('makes the reports of the other messages when the platform refuses one, ends as failed, and a retry completes it', async () => {
	platform.fail({ operation: 'EmailIntelReportAdd', kind: 'UNKNOWN_ERROR' });
	const { result, options } = await pollAndRun();
	expect(result.run.status).toBe('error');
	expect(result.error()?.message).toMatch(new RegExp(`^1 of ${messages.length} items failed: item 0: `));
	expect(platform.snapshot().reports).toHaveLength(messages.length - 1);
	const before = platform.snapshot().reports.map(({ id }) => id);
	const again = await retry(options, result);
	expect(again.error()).toBeUndefined();
	expect(platform.snapshot().reports).toHaveLength(messages.length);
	expect(platform.snapshot().reports.map(({ id }) => id)).toEqual(expect.arrayContaining(before));
});

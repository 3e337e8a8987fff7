import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { GraphTrigger } from '../../nodes/GraphTrigger/GraphTrigger.node';
import { Microsoft365Hunt } from '../../nodes/Microsoft365Hunt/Microsoft365Hunt.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { StixPattern } from '../../nodes/StixPattern/StixPattern.node';
import { LAB_CLIENT, LAB_SECRET, MicrosoftLab } from '../lab/graph';
import { DefenderLab, MessageTraceLab } from '../lab/hunting';
import { startOpenCti, type OpenCtiLab } from '../lab/opencti';
import { defenderTraffic, traceTraffic } from '../lab/scenario/microsoftTraffic';
import { execute, FakeCredentials, made, poller } from './engine';
import { exampleMessages, exampleWorkflow } from './exampleWorkflow';

const types = {
	'n8n-nodes-email-intel.graphTrigger': new GraphTrigger(),
	'n8n-nodes-email-intel.emailToStix': new EmailToStix(),
	'n8n-nodes-email-intel.stixPattern': new StixPattern(),
	'n8n-nodes-email-intel.microsoft365Hunt': new Microsoft365Hunt(),
	'n8n-nodes-email-intel.openCti': new OpenCti(),
};
const messages = exampleMessages();
const MAILBOX = 'intel@soc.example.org';

let microsoft: MicrosoftLab;
let defender: DefenderLab;
let trace: MessageTraceLab;
let platform: OpenCtiLab;

beforeEach(async () => {
	const roles = ['Mail.Read', 'ThreatHunting.Read.All', 'ExchangeMessageTrace.Read.All'];
	microsoft = await MicrosoftLab.start({
		apps: [{ clientId: LAB_CLIENT, secret: LAB_SECRET, roles }],
		mailboxes: [MAILBOX],
	});
	platform = await startOpenCti();
	const box = microsoft.graph.mailbox(MAILBOX);
	for (const { name, raw } of messages)
		box.deliver(box.folder('inbox'), { subject: name, raw, receivedAt: Date.now() - 3_600_000 });
	defender = new DefenderLab();
	defender.tables = defenderTraffic(Date.now());
	trace = new MessageTraceLab(Date.now);
	trace.traces = traceTraffic(Date.now());
	microsoft.graph.services.push(defender, trace);
});
afterEach(async () => {
	await microsoft.close();
	await platform.close();
});

async function run(change: (hunt: { parameters: Record<string, unknown> }) => void = () => undefined) {
	const { nodes, connections } = exampleWorkflow('phishing-triage-microsoft-365');
	const trigger = nodes.find(({ name }) => name === 'Microsoft 365 Mailbox Trigger')!;
	change(nodes.find(({ name }) => name === 'Hunt') as never);
	const { ca, ...fields } = microsoft.credential();
	const credentials = new FakeCredentials({
		emailIntelGraphApi: { ...fields, caCertificate: ca, signInWith: 'secret', mailbox: MAILBOX },
		emailIntelOpenCtiApi: { url: platform.url, token: platform.token },
	});
	const mailbox = poller({ types, pollNode: trigger, credentials, workflowId: 'triage-365' });
	await mailbox.activate();
	const startItems = mailbox.emitted[0]!;
	const result = await execute({ types, nodes, connections, credentials, startNode: trigger.name, startItems });
	expect(result.error()).toBeUndefined();
	return result;
}

const huntOf = (result: Awaited<ReturnType<typeof run>>, subject: string) =>
	result.output('Hunt')!.find(({ json }) => json.subject === subject)!.json.hunt as unknown as {
		matches: number;
		rows: Array<{ to: Array<{ address: string }>; status: string; clicks?: Array<{ account: string }> }>;
	};

it('ends in one report a message, which says who received it and who clicked', async () => {
	const result = await run();
	const reports = result.output('Create Report') ?? [];
	expect(reports).toHaveLength(messages.length);
	expect(platform.snapshot().reports).toHaveLength(messages.length);

	const { matches, rows } = huntOf(result, 'Overdue invoice 4711');
	expect(matches).toBe(3);
	expect(rows.map(({ to, status, clicks }) => [to[0]!.address, status, clicks?.map(({ account }) => account)])).toEqual(
		[
			['sales@soc.example.org', 'Delivered (Inbox/Folder)', undefined],
			['hr@soc.example.org', 'Delivered (Inbox/Folder), clicked', ['hr@soc.example.org']],
			['it@soc.example.org', 'Delivered (Inbox/Folder)', undefined],
		],
	);
	expect(huntOf(result, 'Sensor 12 offline').matches).toBe(0);

	const invoice = platform.snapshot().reports.find(({ name }) => name === 'Overdue invoice 4711')!;
	expect(invoice.description).toContain('**Hunt**: 3 messages match.');
	expect(invoice.description).toMatch(/hr@soc\.example\.org.*clicked/);
	const held = invoice.objects.map(({ type }) => type);
	expect(held).toEqual(expect.arrayContaining(['Email-Message', 'Url', 'Observed-Data']));
	expect(reports.map(({ json }) => made(json).created)).toEqual(messages.map(() => true));
	// All messages were one hunt.
	expect(defender.queries.length).toBeLessThanOrEqual(6);
}, 120_000);

it('with message trace in its place, says who received it, and what was not searched', async () => {
	const result = await run((hunt) => (hunt.parameters.resource = 'messageTrace'));
	const { matches, rows } = huntOf(result, 'Overdue invoice 4711');
	expect(matches).toBe(3);
	expect(rows.map(({ to, status }) => [to[0]!.address, status])).toContainEqual(['hr@soc.example.org', 'delivered']);
	expect(trace.throttled).toBe(0);
	expect(new Set(trace.filters).size).toBe(trace.filters.length);
	expect(platform.snapshot().reports).toHaveLength(messages.length);
}, 120_000);

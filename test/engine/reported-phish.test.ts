import { CiscoEsa } from '../../nodes/CiscoEsa/CiscoEsa.node';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { MailboxReader } from '../../nodes/MailboxReader/MailboxReader.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { StixPattern } from '../../nodes/StixPattern/StixPattern.node';
import { EsaLab } from '../lab/esa';
import { EmbeddedImap } from '../lab/imap';
import { startOpenCti, type OpenCtiLab } from '../lab/opencti';
import { huntTraffic } from '../lab/scenario/huntTraffic';
import { newestMessage, reportedAgain } from '../lab/scenario/reportedPhish';
import { execute, FakeCredentials, made, poller } from './engine';
import { exampleWorkflow } from './exampleWorkflow';

const types = {
	'n8n-nodes-email-intel.imapTrigger': new ImapTrigger(),
	'n8n-nodes-email-intel.emailToStix': new EmailToStix(),
	'n8n-nodes-email-intel.stixPattern': new StixPattern(),
	'n8n-nodes-email-intel.ciscoEsa': new CiscoEsa(),
	'n8n-nodes-email-intel.openCti': new OpenCti(),
	'n8n-nodes-email-intel.mailbox': new MailboxReader(),
};
const LOGIN = { user: 'hunter', passphrase: 'Lab-Hunter-1' };

let imap: EmbeddedImap;
let platform: OpenCtiLab;
let appliance: EsaLab;

beforeEach(async () => {
	const date = new Date('2026-11-21T12:00:00Z');
	imap = await EmbeddedImap.start({
		user: 'intel@soc.example.org',
		messages: [newestMessage(), reportedAgain()].map((raw) => ({ raw, date })),
	});
	platform = await startOpenCti();
	appliance = await EsaLab.start({ traffic: huntTraffic(Date.now()), ...LOGIN });
});

afterEach(async () => {
	await imap.close();
	await platform.close();
	await appliance.stop();
});

describe('reported-phish', () => {
	it('goes from a report to one report of the phish with first look and hunt, and to an answer to each reporter', async () => {
		const { nodes, connections } = exampleWorkflow('reported-phish');
		const trigger = nodes.find(({ name }) => name === 'IMAP Mailbox Trigger')!;
		trigger.parameters.options = { firstRunLookBack: 'all' };
		const credentials = new FakeCredentials({
			emailIntelImapApi: {
				host: imap.host,
				port: imap.port,
				security: 'none',
				user: imap.user,
				password: imap.password,
			},
			emailIntelOpenCtiApi: { url: platform.url, token: platform.token },
			emailIntelCiscoEsaApi: { url: appliance.url, product: 'ESA', ...LOGIN },
		});
		const mailbox = poller({ types, pollNode: trigger, credentials, workflowId: 'reported-phish' });
		await mailbox.activate();
		const startItems = mailbox.emitted.flat();
		const result = await execute({ types, nodes, connections, credentials, startNode: trigger.name, startItems });
		expect(result.error()).toBeUndefined();

		const { reports } = platform.snapshot();
		expect(reports).toHaveLength(1);
		const [report] = reports;
		expect(report).toMatchObject({ name: 'Last notice: your mailbox is full', published: '2026-11-20T12:04:00.000Z' });
		expect(report!.description).toContain('**Reported By**: Jonas Example');
		expect(report!.description).toContain('fail: the domain in From does not stand behind it');
		expect(report!.description).toContain('the display name shows helpdesk');
		// Who else received mail of this sender.
		expect(report!.description).toContain('erika');
		expect(report!.files.map(({ name }) => name)).toEqual([expect.stringMatching(/^Last notice.*\.eml$/)]);
		expect(report!.labels).toEqual(expect.arrayContaining(['phishing', 'reported:microsoft']));
		const notes = platform.store.ofType('Note').map(({ data }) => String(data['content']));
		expect(notes).toEqual([expect.stringContaining('Mia Example')]);

		const output = result.output('Draft Reply')!;
		expect(output.map(({ json }) => made({ report: json.report }).reports)).toMatchObject([{ count: 1 }, { count: 2 }]);
		expect(output.map(({ json }) => json.reply)).toMatchObject([
			{ to: 'jonas@soc.example.org', language: 'de', verdict: 'phishing', inReplyTo: '<report-1@soc.example.org>' },
			{ to: 'mia@soc.example.org', language: 'en', verdict: 'phishing', inReplyTo: '<report-2@soc.example.org>' },
		]);
		for (const { json } of output) {
			expect(String(json.pattern)).not.toMatch(/jonas@|mia@|intel@/);
			expect(json.firstLook).toMatchObject({ keys: { networkMessageId: '3bd2b1f8-2222-4333-8444-08de27a0c015' } });
		}
	});
});

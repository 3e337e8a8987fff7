import { CiscoEsa } from '../../nodes/CiscoEsa/CiscoEsa.node';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { StixPattern } from '../../nodes/StixPattern/StixPattern.node';
import { EsaLab } from '../lab/esa';
import { EmbeddedImap } from '../lab/imap';
import { startOpenCti, type OpenCtiLab } from '../lab/opencti';
import { huntTraffic } from '../lab/scenario/huntTraffic';
import { execute, FakeCredentials, made, poller } from './engine';
import { exampleMessages, exampleWorkflow } from './exampleWorkflow';

const types = {
	'n8n-nodes-email-intel.imapTrigger': new ImapTrigger(),
	'n8n-nodes-email-intel.emailToStix': new EmailToStix(),
	'n8n-nodes-email-intel.stixPattern': new StixPattern(),
	'n8n-nodes-email-intel.ciscoEsa': new CiscoEsa(),
	'n8n-nodes-email-intel.openCti': new OpenCti(),
};
const messages = exampleMessages();
const LOGIN = { user: 'hunter', passphrase: 'Lab-Hunter-1' };

let imap: EmbeddedImap;
let platform: OpenCtiLab;
let appliance: EsaLab;

beforeEach(async () => {
	imap = await EmbeddedImap.start({
		user: 'intel@soc.example.org',
		messages: messages.map(({ raw }) => ({ raw, date: new Date('2026-11-21T12:00:00Z') })),
	});
	platform = await startOpenCti();
	appliance = await EsaLab.start({ traffic: huntTraffic(Date.now()), ...LOGIN });
});

afterEach(async () => {
	await imap.close();
	await platform.close();
	await appliance.stop();
});

function credentials(): FakeCredentials {
	return new FakeCredentials({
		emailIntelImapApi: { host: imap.host, port: imap.port, security: 'none', user: imap.user, password: imap.password },
		emailIntelOpenCtiApi: { url: platform.url, token: platform.token },
		emailIntelCiscoEsaApi: { url: appliance.url, product: 'ESA', ...LOGIN },
	});
}

describe('phishing-triage', () => {
	it('ends in one report a message, with the message, its indicators and what the hunt found', async () => {
		const { nodes, connections } = exampleWorkflow('phishing-triage');
		const trigger = nodes.find(({ name }) => name === 'IMAP Mailbox Trigger')!;
		trigger.parameters.options = { firstRunLookBack: 'all' };
		const mailbox = poller({ types, pollNode: trigger, credentials: credentials(), workflowId: 'triage' });
		await mailbox.activate();
		const result = await execute({
			types,
			nodes,
			connections,
			credentials: credentials(),
			startNode: trigger.name,
			startItems: mailbox.emitted[0]!,
		});
		expect(result.error()).toBeUndefined();
		const reports = result.output('Create Report') ?? [];
		expect(reports.filter(({ json }) => json.error !== undefined)).toEqual([]);
		expect(reports).toHaveLength(messages.length);
		expect(platform.snapshot().reports).toHaveLength(messages.length);

		const hunts = new Map(
			(result.output('Hunt') ?? []).map(({ json }) => [
				json.subject,
				json.hunt as { matches: number; rows: { sender?: string }[] },
			]),
		);
		expect(hunts.get('Overdue invoice 4711')!.matches).toBe(2);
		expect(hunts.get('Sensor 12 offline')!.matches).toBe(0);

		const invoice = platform.snapshot().reports.find(({ name }) => name === 'Overdue invoice 4711')!;
		expect(invoice).toMatchObject({ markings: ['TLP:AMBER+STRICT'], labels: ['phishing'] });
		expect(invoice.description).toContain('**Hunt**: 2 messages match.');
		// Who received it, what became of it, and by what it was found.
		expect(invoice.description).toMatch(/\| Time \| Sender \| Recipients \| Subject \| Status \| Matched \|/);
		expect(invoice.description).toMatch(/\| \w+@soc\.example\.org/);
		const held = invoice.objects.map(({ type }) => type);
		expect(held).toEqual(expect.arrayContaining(['Email-Message', 'Url', 'Domain-Name', 'Observed-Data']));
		// What the hunt found is told by sightings, not by a message each; the one Email-Message is the mail itself.
		expect(held.filter((type) => type === 'Email-Message')).toHaveLength(1);
		const sightings = invoice.objects
			.filter(({ type }) => type === 'sighting')
			.map(({ id }) => platform.store.get(id).data);
		expect(sightings.length).toBeGreaterThan(0);
		for (const sighting of sightings) {
			expect(platform.store.get(String(sighting['toId'])).data['name']).toBe('Cisco Secure Email');
			expect(sighting['attribute_count']).toBe(2);
			expect(sighting['description']).toMatch(
				/^2 messages\. Delivered: 2, stopped: 0\. Received by .*sales@soc\.example\.org/,
			);
		}

		expect(reports.map(({ json }) => [json.subject, made(json).complete])).toEqual(
			reports.map(({ json }) => [json.subject, true]),
		);
		expect(markings()).toEqual(['TLP:AMBER+STRICT']);
		// What was made by the first run is what the second one finds.
		const before = platform.snapshot();
		const again = await execute({
			types,
			nodes,
			connections,
			credentials: credentials(),
			startNode: trigger.name,
			startItems: mailbox.emitted[0]!,
		});
		const repeated = again.output('Create Report') ?? [];
		expect(repeated.map(({ json }) => [made(json).id, made(json).complete, made(json).created])).toEqual(
			reports.map(({ json }) => [made(json).id, true, false]),
		);
		expect(platform.snapshot()).toEqual(before);
	});

	it.each([
		['a PDF with a link', '0a-pdf-link.eml', 'https://link.example.com/login?user=1&next=2', 'annotation'],
		['an encrypted PDF', '0b-encrypted-pdf.eml', 'https://enc-rc4-128.example.com/pay', 'password 1234'],
		['a QR code', '0c-qr-code.eml', 'https://qr-png.example.com/c?q=', '(code)'],
		['a PDF in a zip file', '0d-zip.eml', 'https://three-a.example.com/z', 'contract.zip/a.pdf'],
	])('ends for %s in a report that names the hidden target', async (_what, file, target, said) => {
		const { nodes, connections } = exampleWorkflow('phishing-triage');
		const { raw } = messages.find(({ name }) => name === file)!;
		const data = raw.toString('base64');
		const item = { json: {}, binary: { email: { data, mimeType: 'message/rfc822', fileName: 'message.eml' } } };
		const result = await execute({
			types,
			nodes,
			connections,
			credentials: credentials(),
			startNode: 'Email to STIX',
			startItems: [item],
		});
		expect(result.error()).toBeUndefined();
		const report = platform.snapshot().reports[0]!;
		const values = report.objects.map(({ id }) => String(platform.store.get(id).data['value']));
		expect(values.some((value) => value.startsWith(target))).toBe(true);
		const { host } = new URL(target);
		const { description = '' } = report;
		expect(description).toContain('**Inside of the attachments**');
		// Defanged, and escaped as Markdown wants it.
		const plain = description.replaceAll('\\', '').replaceAll('[.]', '.');
		expect(plain).toContain(host);
		if (said !== 'annotation') expect(plain).toContain(said);
	});

	/** Of all that was made, authors and what has no marking apart. */
	function markings(): string[] {
		const unmarked = ['Marking-Definition', 'Vocabulary', 'External-Reference', 'Label', 'Organization', 'System'];
		const made = [...platform.store.entities.values()].filter(({ type }) => !unmarked.includes(type));
		return [
			...new Set(
				made.map(
					(entity) =>
						entity.markings.map((id) => platform.store.get(id).data['definition'] as string).join() ||
						`none: ${entity.type}`,
				),
			),
		];
	}

	it('never hunts for the recipients of the mail or for own domains', async () => {
		const { nodes, connections } = exampleWorkflow('phishing-triage');
		const item = {
			json: {},
			binary: { data: { data: messages[8]!.raw.toString('base64'), mimeType: 'message/rfc822', fileName: 'm.eml' } },
		};
		const result = await execute({
			types,
			nodes,
			connections,
			credentials: credentials(),
			startNode: 'Email to STIX',
			startItems: [item],
		});
		const [{ json }] = result.output('Build Pattern') as [{ json: { pattern: string } }];
		expect(json.pattern).toContain('accounts@supplier.example.com');
		expect(json.pattern).not.toContain('soc.example.org');
	});
});

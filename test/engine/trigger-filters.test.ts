import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { GraphTrigger } from '../../nodes/GraphTrigger/GraphTrigger.node';
import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { MicrosoftLab } from '../lab/graph';
import { EmbeddedImap, mail } from '../lab/imap';
import { execute, FakeCredentials, node, poller, type PollerOptions } from './engine';

const IMAP = 'n8n-nodes-email-intel.imapTrigger';
const GRAPH = 'n8n-nodes-email-intel.graphTrigger';
const STIX = 'n8n-nodes-email-intel.emailToStix';
const types = { [IMAP]: new ImapTrigger(), [GRAPH]: new GraphTrigger(), [STIX]: new EmailToStix() };

interface Mailbox {
	arrive(message: { subject: string; from?: string; raw?: string }): void;
	setting(parameters?: IDataObject): PollerOptions;
	close(): Promise<void>;
}

let workflows = 0;
let seconds = 0;

async function imapMailbox(): Promise<Mailbox> {
	const imap = await EmbeddedImap.start();
	const { host, port, user, password } = imap;
	return {
		arrive: ({ raw, ...message }) => void imap.append({ raw: raw ?? mail(message), date: new Date() }),
		setting: (parameters = {}) => ({
			types,
			workflowId: `filters-${(workflows += 1)}`,
			credentials: new FakeCredentials({
				emailIntelImapApi: { host, port, user, password, security: 'none', verifyTls: true },
			}),
			pollNode: node(
				'Mail',
				IMAP,
				{ folder: { __rl: true, mode: 'path', value: 'INBOX' }, ...parameters },
				{
					credentials: { emailIntelImapApi: { id: '1', name: 'imap' } },
				},
			),
		}),
		close: async () => await imap.close(),
	};
}

async function graphMailbox(): Promise<Mailbox> {
	const lab = await MicrosoftLab.start();
	const box = lab.graph.mailbox('soc@example.com');
	const { ca, ...fields } = lab.credential();
	return {
		arrive: ({ raw, ...message }) => {
			const receivedAt = Date.now() - 3_600_000 + (seconds += 1000);
			box.deliver(box.folder('inbox'), { ...message, receivedAt, ...(raw ? { raw: Buffer.from(raw) } : {}) });
		},
		setting: (parameters = {}) => ({
			types,
			workflowId: `filters-${(workflows += 1)}`,
			credentials: new FakeCredentials({
				emailIntelGraphApi: {
					...fields,
					caCertificate: ca,
					signInWith: 'secret',
					mailbox: 'soc@example.com',
					verifyTls: true,
					proxy: '',
				},
			}),
			pollNode: node(
				'Mail',
				GRAPH,
				{ folder: { __rl: true, mode: 'path', value: 'inbox' }, ...parameters },
				{
					credentials: { emailIntelGraphApi: { id: '1', name: 'graph' } },
				},
			),
		}),
		close: async () => await lab.close(),
	};
}

const subjects = (items: INodeExecutionData[] | undefined) => items?.map(({ json }) => json.subject);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const withFiles = (subject: string) =>
	[
		'From: Sender <sender@example.org>',
		'To: soc@example.com',
		`Subject: ${subject}`,
		`Message-ID: <${subject}@example.org>`,
		'Date: Fri, 20 Nov 2026 10:00:00 +0000',
		'MIME-Version: 1.0',
		'Content-Type: multipart/mixed; boundary=b',
		'',
		'--b',
		'Content-Type: text/plain',
		'',
		'See http://evil.example.net/a',
		...[
			['application/pdf', 'a.pdf', 'first'],
			['image/png', 'b.png', 'second'],
			['application/pdf', 'big.pdf', 'x'.repeat(3000)],
			['image/jpeg', 'c.jpg', 'fourth'],
		].flatMap(([type, name, content]) => [
			'--b',
			`Content-Type: ${type}`,
			`Content-Disposition: attachment; filename=${name}`,
			'Content-Transfer-Encoding: base64',
			'',
			base64(content!),
		]),
		'--b--',
		'',
	].join('\r\n');

describe.each([
	['the IMAP Mailbox Trigger', imapMailbox],
	['the Microsoft 365 Mailbox Trigger', graphMailbox],
])('%s', (_name, open) => {
	let box: Mailbox;
	beforeEach(async () => (box = await open()));
	afterEach(async () => await box.close());

	it('takes only messages that pass the filters; the others count as handled and never come', async () => {
		box.arrive({ subject: '[PHISHING] one', from: 'reporter@example.com' });
		box.arrive({ subject: 'newsletter', from: 'news@example.org' });
		box.arrive({ subject: '[PHISHING] two', from: 'news@example.org' });
		const trigger = poller(box.setting({ filters: { subjectContains: '[phishing]' } }));
		await trigger.activate();
		await trigger.tick();
		expect(trigger.errors).toEqual([]);
		expect(trigger.emitted.map(subjects)).toEqual([['[PHISHING] one', '[PHISHING] two']]);
		box.arrive({ subject: 'another newsletter' });
		box.arrive({ subject: '[PHISHING] three' });
		await trigger.tick();
		await trigger.tick();
		expect(trigger.emitted.slice(1).map(subjects)).toEqual([['[PHISHING] three']]);
	});

	it.each([
		[{ senderContains: '@EXAMPLE.com' }, ['a', 'b']],
		[{ senderRegex: '^(reporter|abuse)@' }, ['a', 'c']],
		[{ subjectRegex: '^[bc]$' }, ['b', 'c']],
		[{ senderContains: 'example.com', subjectRegex: 'b' }, ['b']],
		[{}, ['a', 'b', 'c']],
	])('filters by sender and subject: %j', async (filters, expected) => {
		box.arrive({ subject: 'a', from: 'reporter@example.com' });
		box.arrive({ subject: 'b', from: 'user@example.com' });
		box.arrive({ subject: 'c', from: 'abuse@example.org' });
		const trigger = poller(box.setting({ filters }));
		await trigger.activate();
		expect(trigger.emitted.map(subjects)).toEqual([expected]);
	});

	it('loses none of the wanted among many unwanted, whatever the cap', async () => {
		for (let number = 1; number <= 30; number++)
			box.arrive({ subject: number % 7 === 0 ? `wanted ${number}` : `other ${number}` });
		const trigger = poller(box.setting({ filters: { subjectContains: 'wanted' }, options: { messagesPerPoll: 3 } }));
		await trigger.activate();
		for (let tick = 0; tick < 15; tick++) await trigger.tick();
		expect(trigger.errors).toEqual([]);
		expect(trigger.emitted.flatMap(subjects)).toEqual(['wanted 7', 'wanted 14', 'wanted 21', 'wanted 28']);
	});

	it('tells an expression that is none at activation, with its position, before it connects', async () => {
		const { credentials, ...setting } = box.setting({ filters: { subjectRegex: 'a(b' } });
		await box.close();
		await expect(poller({ ...setting, credentials }).activate()).rejects.toMatchObject({
			message: "'Subject Matches Regex' cannot be used: missing closing ) at position 2",
			failure: { cause: 'configuration-invalid' },
		});
		box = await open();
	});

	it('shows the newest message that passes the filters in the Test step', async () => {
		box.arrive({ subject: 'wanted old' });
		box.arrive({ subject: 'wanted' });
		box.arrive({ subject: 'newest' });
		const { pollNode, credentials } = box.setting({ filters: { subjectContains: 'wanted' } });
		const result = await execute({ types, nodes: [pollNode], connections: {}, credentials, startNode: 'Mail' });
		expect(subjects(result.output('Mail') ?? undefined)).toEqual(['wanted']);
		const none = box.setting({ filters: { subjectContains: 'nowhere' } });
		const empty = await execute({ types, nodes: [none.pollNode], connections: {}, credentials, startNode: 'Mail' });
		expect(empty.error()?.message).toBe('No message that matches the filters was found');
	});

	it.each([
		['all of them', {}, ['attachment_0', 'attachment_1', 'attachment_2', 'attachment_3']],
		[
			'those of the wanted types',
			{ attachmentTypes: 'application/PDF, image/jpeg' },
			['attachment_0', 'attachment_2', 'attachment_3'],
		],
		['a family of types', { attachmentTypes: 'image/*' }, ['attachment_1', 'attachment_3']],
		['those below the size', { maxAttachmentSize: 0.002 }, ['attachment_0', 'attachment_1', 'attachment_3']],
		['the first of those', { maxAttachmentSize: 0.002, maxAttachments: 2 }, ['attachment_0', 'attachment_1']],
	])('puts attachments into binary data: %s; all stay listed', async (_what, rules, expected) => {
		box.arrive({ subject: 'files', raw: withFiles('files') });
		const trigger = poller(box.setting({ options: { attachments: true, ...rules } }));
		await trigger.activate();
		const [item] = trigger.emitted[0]!;
		expect(Object.keys(item!.binary!).sort()).toEqual([...expected, 'email'].sort());
		const listed = item!.json.attachments as { fileName: string; sha256: string }[];
		expect(listed.map(({ fileName }) => fileName)).toEqual(['a.pdf', 'b.png', 'big.pdf', 'c.jpg']);
		expect(listed.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256))).toBe(true);
		for (const key of expected) expect(item!.binary![key]!.fileName).toBe(listed[Number(key.slice(-1))]!.fileName);
	});

	it('puts 20 attachments into binary data at most, unless more are asked for', async () => {
		const [head, body] = withFiles('many').split('--b\r\nContent-Type: application/pdf');
		const file = 'Content-Type: application/pdf\r\nContent-Disposition: attachment\r\n\r\nx\r\n';
		expect(body).toBeDefined();
		box.arrive({ subject: 'many', raw: `${head}${`--b\r\n${file}`.repeat(25)}--b--\r\n` });
		for (const [rules, expected] of [
			[{}, 20],
			[{ maxAttachments: 25 }, 25],
		] as const) {
			const trigger = poller(box.setting({ options: { attachments: true, ...rules } }));
			await trigger.activate();
			expect(Object.keys(trigger.emitted[0]![0]!.binary!).filter((key) => key !== 'email')).toHaveLength(expected);
		}
	});

	it('hands over no attachment in binary data unless asked', async () => {
		box.arrive({ subject: 'files', raw: withFiles('files') });
		const trigger = poller(box.setting({ options: { attachmentTypes: 'image/*' } }));
		await trigger.activate();
		expect(Object.keys(trigger.emitted[0]![0]!.binary!)).toEqual(['email']);
	});

	it('can put out a simple item, from which Email to STIX makes the same bundle', async () => {
		box.arrive({ subject: 'files', raw: withFiles('files') });
		const bundles: unknown[] = [];
		for (const output of ['simple', 'full']) {
			const trigger = poller(box.setting({ output }));
			await trigger.activate();
			const items = trigger.emitted[0]!;
			if (output === 'simple') {
				expect(items[0]!.json).toMatchObject({
					from: [{ address: 'sender@example.org', name: 'Sender' }],
					to: [{ address: 'soc@example.com' }],
					subject: 'files',
					messageId: '<files@example.org>',
					date: '2026-11-20T10:00:00.000Z',
					attachments: ['a.pdf', 'b.png', 'big.pdf', 'c.jpg'].map((fileName) => ({ fileName })),
					truncated: false,
				});
				expect(items[0]!.json.text).toMatch(/evil\.example\.net/);
				expect(items[0]!.json).not.toHaveProperty('headers');
			}
			const result = await execute({
				types,
				nodes: [node('STIX', STIX)],
				connections: {},
				startNode: 'STIX',
				startItems: items,
			});
			expect(result.error()).toBeUndefined();
			bundles.push(result.output('STIX')![0]!.json.bundle);
		}
		expect(bundles[0]).toBeDefined();
		expect(bundles[0]).toEqual(bundles[1]);
	});
});

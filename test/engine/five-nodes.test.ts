import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { isIncomplete, parseEmail, type Email } from '../../lib/email';
import { analysedMessage } from '../../lib/reported';
import type { LabMessage } from '../lab/esa';
import { CiscoEsa } from '../../nodes/CiscoEsa/CiscoEsa.node';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { StixPattern } from '../../nodes/StixPattern/StixPattern.node';
import { EsaLab } from '../lab/esa';
import { EmbeddedImap } from '../lab/imap';
import { startOpenCti, type LabContainer, type OpenCtiLab } from '../lab/opencti';
import { huntTraffic } from '../lab/scenario/huntTraffic';
import { chain, execute, FakeCredentials, node, poller } from './engine';
import { exampleMessages } from './exampleWorkflow';

// Five nodes in a row as they come out of n8n's panel: nothing is set but credentials.

const PACK = 'n8n-nodes-email-intel';
const types = {
	[`${PACK}.imapTrigger`]: new ImapTrigger(),
	[`${PACK}.emailToStix`]: new EmailToStix(),
	[`${PACK}.stixPattern`]: new StixPattern(),
	[`${PACK}.ciscoEsa`]: new CiscoEsa(),
	[`${PACK}.openCti`]: new OpenCti(),
};
const LOGIN = { user: 'hunter', passphrase: 'Lab-Hunter-1' };
const HOUR = 3_600_000;
/** What got the mails, too. */
const WITNESS = 'witness@corp.example.org';

const uses = (name: string) => ({ credentials: { [name]: { id: name, name } } });
const TRIGGER = node('IMAP Mailbox Trigger', `${PACK}.imapTrigger`, {}, uses('emailIntelImapApi'));
const NODES = [
	TRIGGER,
	node('Email to STIX', `${PACK}.emailToStix`, {}),
	node('Build', `${PACK}.stixPattern`, {}),
	node('Hunt', `${PACK}.ciscoEsa`, {}, uses('emailIntelCiscoEsaApi')),
	node('Create Report', `${PACK}.openCti`, {}, uses('emailIntelOpenCtiApi')),
];

interface Mail {
	name: string;
	raw: Buffer;
	email: Email;
	complete: boolean;
}

/** The messages of the demo, and those of the fixtures of which nothing is missing. */
async function mails(): Promise<{ demo: Mail[]; varied: Mail[] }> {
	const folder = join(__dirname, '..', 'fixtures', 'email');
	// What is reported is what the nodes work on: the message inside.
	const source = { kind: 'imap' as const, mailbox: 'intel@soc.example.org' };
	const read = async (name: string, raw: Buffer): Promise<Mail> => ({
		name,
		raw,
		...analysedMessage(await parseEmail(raw, { source })),
	});
	const files = readdirSync(folder).filter((name) => name.endsWith('.eml'));
	const varied = await Promise.all(files.map(async (name) => await read(name, readFileSync(join(folder, name)))));
	return {
		demo: await Promise.all(exampleMessages().map(async ({ name, raw }) => await read(name, raw))),
		// One of each subject and date: two of them share a report, as they should.
		varied: [
			...new Map(
				varied
					.filter(({ email, complete }) => complete && !isIncomplete(email))
					.map((mail) => [`${mail.email.subject} ${mail.email.date?.toISOString()}`, mail]),
			).values(),
		],
	};
}

/** Traffic in which somebody else got a mail of each sender. */
function traffic(all: readonly Mail[], now: number): LabMessage[] {
	const [model, ...others] = huntTraffic(now);
	const planted = all.flatMap(({ email }, index): LabMessage[] => {
		const sender = email.from[0]?.address;
		if (sender === undefined || !/^[\x21-\x7e]+@[\w.-]+$/.test(sender)) return [];
		const mid = 950_000 + index;
		return [
			{
				...model!,
				icid: 850_000 + index,
				mids: [mid],
				time: Math.floor((now - 2 * HOUR) / 1000) * 1000 - index * 60_000,
				direction: 'incoming',
				sender,
				from: [sender],
				replyTo: '',
				recipients: { [mid]: [WITNESS] },
				subject: `Planted ${index}`,
				senderDomain: sender.slice(sender.indexOf('@') + 1),
				messageIds: { [mid]: `<planted-${index}@five-nodes.example>` },
				statuses: { [mid]: 'Delivered' },
				attachments: [],
				flags: [],
				events: {},
				groups: {},
				bad: false,
			},
		];
	});
	return [...others, ...planted].sort((a, b) => b.time - a.time);
}

describe('Five nodes in a row with no setting but credentials', () => {
	let imap: EmbeddedImap;
	let platform: OpenCtiLab;
	let appliance: EsaLab;
	let all: { demo: Mail[]; varied: Mail[] };
	let items: Map<string, INodeExecutionData>;
	let reports: Map<string, LabContainer>;
	let error: unknown;

	beforeAll(async () => {
		all = await mails();
		const now = Date.now();
		const messages = [...all.demo, ...all.varied];
		imap = await EmbeddedImap.start({
			user: 'intel@soc.example.org',
			messages: messages.map(({ raw }, index) => ({ raw, date: new Date(now - HOUR + index * 60_000) })),
		});
		platform = await startOpenCti();
		appliance = await EsaLab.start({ traffic: traffic(messages, now), ...LOGIN });
		const credentials = () =>
			new FakeCredentials({
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
		const mailbox = poller({ types, pollNode: TRIGGER, credentials: credentials(), workflowId: 'five-nodes' });
		await mailbox.activate();
		// More than one poll takes.
		while (mailbox.emitted.flat().length < messages.length) await mailbox.tick();
		const result = await execute({
			types,
			nodes: NODES,
			connections: chain(...NODES.map(({ name }) => name)),
			credentials: credentials(),
			startNode: TRIGGER.name,
			startItems: mailbox.emitted.flat(),
		});
		error = result.error();
		const made = result.output('Create Report') ?? [];
		items = new Map(
			made.map((item) => {
				const uid = (item.json.source as { uid: number }).uid;
				return [messages[uid - 1]!.name, item];
			}),
		);
		const stored = platform.snapshot().reports;
		reports = new Map(
			[...items].flatMap(([name, { json }]) => {
				const report = stored.find(({ id }) => id === (json.report as IDataObject).id);
				return report === undefined ? [] : [[name, report]];
			}),
		);
	}, 120_000);

	afterAll(async () => {
		await imap?.close();
		await platform?.close();
		await appliance?.stop();
	});

	it('gives one complete report a message: those of the demo, and twenty varied ones more', () => {
		expect(error).toBeUndefined();
		expect(all.varied.length).toBeGreaterThanOrEqual(20);
		const expected = [...all.demo, ...all.varied].map(({ name }) => [name, true, []]);
		const got = [...items].map(([name, { json }]) => {
			const report = json.report as { complete: boolean; warnings: unknown[] };
			return [name, report.complete, report.complete ? [] : report.warnings];
		});
		expect(got).toEqual(expected);
		expect(platform.snapshot().reports).toHaveLength(expected.length);
	});

	it('each shows the message: its subject, its text, and its objects', () => {
		for (const { name, email } of [...all.demo, ...all.varied]) {
			const report = reports.get(name)!;
			const words = `${email.text ?? ''} ${email.html?.replace(/<[^<>]*>/g, ' ') ?? ''}`.match(/\p{L}{4,}/gu) ?? [];
			const shown = words.filter((word) => report.content?.includes(word) === true);
			if (words.length > 0) expect([name, shown.length]).not.toEqual([name, 0]);
			expect(report.objects.map(({ type }) => type)).toContain('Email-Message');
		}
	});

	it('each holds the files of the message', () => {
		let files = 0;
		for (const { name, email } of [...all.demo, ...all.varied]) {
			const report = reports.get(name)!;
			const { skippedFiles } = items.get(name)!.json.report as { skippedFiles: Array<{ reason: string }> };
			const shown = email.attachments.filter(
				({ contentId, disposition }) => disposition === 'attachment' && !contentId,
			);
			expect([name, report.files.length + skippedFiles.length >= shown.length]).toEqual([name, true]);
			files += report.files.length;
		}
		expect(files).toBeGreaterThan(5);
	});

	it('each says who else received it', () => {
		let received = 0;
		for (const [name, { json }] of items) {
			const hunt = json.hunt as { matches: number; rows: unknown[] };
			const { description } = reports.get(name)!;
			expect([name, description]).toEqual([name, expect.stringMatching(/\*\*Hunt\*\*/)]);
			// A long table is cut, and says so.
			const isCut = /…and \d+ more/.test(description ?? '');
			if (isCut || !JSON.stringify(hunt.rows).includes(WITNESS)) continue;
			received++;
			expect([name, description]).toEqual([name, expect.stringContaining('witness')]);
		}
		expect(received).toBeGreaterThan(10);
	});

	it('hunts for nothing of the own domain, the recipients or the relay', () => {
		const patterns = [...items.values()].map(({ json }) => String(json.pattern)).join('\n');
		expect(patterns).not.toMatch(/soc\.example\.org|intel@|'mx\.example\.net'|'203\.0\.113\.25'/);
	});
});

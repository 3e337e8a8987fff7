import type { IDataObject } from 'n8n-workflow';
import { CiscoEsa } from '../../nodes/CiscoEsa/CiscoEsa.node';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { MailboxReader } from '../../nodes/MailboxReader/MailboxReader.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { StixPattern } from '../../nodes/StixPattern/StixPattern.node';
import { EmbeddedImap } from '../lab/imap';
import { startOpenCti, type OpenCtiLab } from '../lab/opencti';
import { attached, bytes, mixed, phish, wrapper } from '../unit/reported/corpus/mail';
import { chain, execute, FakeCredentials, made, node, poller } from './engine';

// A mailbox to which people report phishing: one phish is one report, of the phish, however many report it.

const PACK = 'n8n-nodes-email-intel';
const types = {
	[`${PACK}.imapTrigger`]: new ImapTrigger(),
	[`${PACK}.emailToStix`]: new EmailToStix(),
	[`${PACK}.stixPattern`]: new StixPattern(),
	[`${PACK}.ciscoEsa`]: new CiscoEsa(),
	[`${PACK}.openCti`]: new OpenCti(),
	[`${PACK}.mailbox`]: new MailboxReader(),
};
const uses = (name: string) => ({ credentials: { [name]: { id: name, name } } });

const PHISH = phish({ id: 'bad', subject: 'Your invoice 4711', to: 'staff@corp.example' });
const report = (id: string, from: string, content = PHISH, words = '') =>
	bytes(wrapper({ id, subject: '3|Your invoice', from, body: mixed(words, [attached(content, 'mail.eml')]) }));

/** Each run is a workflow of its own: a trigger remembers where it was. */
let runs = 0;
let imap: EmbeddedImap;
let platform: OpenCtiLab;

beforeEach(async () => {
	imap = await EmbeddedImap.start({ user: 'phishing@corp.example', messages: [] });
	platform = await startOpenCti();
});

afterEach(async () => {
	await imap.close();
	await platform.close();
});

const credentials = () =>
	new FakeCredentials({
		emailIntelImapApi: { host: imap.host, port: imap.port, security: 'none', user: imap.user, password: imap.password },
		emailIntelOpenCtiApi: { url: platform.url, token: platform.token },
	});

async function run(
	messages: Buffer[],
	{ toStix = {}, withStix = true, reply = {} }: { toStix?: IDataObject; withStix?: boolean; reply?: IDataObject } = {},
) {
	for (const raw of messages) imap.append({ raw, date: new Date('2026-11-20T09:00:00Z') });
	const trigger = node(
		'Trigger',
		`${PACK}.imapTrigger`,
		{ options: { firstRunLookBack: 'all' } },
		uses('emailIntelImapApi'),
	);
	const nodes = [
		trigger,
		...(withStix
			? [node('STIX', `${PACK}.emailToStix`, toStix), node('Build', `${PACK}.stixPattern`, { operation: 'build' })]
			: []),
		node('Report', `${PACK}.openCti`, {}, uses('emailIntelOpenCtiApi')),
		node(
			'Answer',
			`${PACK}.mailbox`,
			{ operation: 'draftReply', verdict: 'phishing', ...reply },
			uses('emailIntelImapApi'),
		),
	];
	const mailbox = poller({ types, pollNode: trigger, credentials: credentials(), workflowId: `reported-${++runs}` });
	await mailbox.activate();
	const result = await execute({
		types,
		nodes,
		connections: chain(...nodes.map(({ name }) => name)),
		credentials: credentials(),
		startNode: trigger.name,
		startItems: mailbox.emitted.flat(),
	});
	expect(result.error()).toBeUndefined();
	return result;
}

const ERIKA = 'Erika Example <erika@corp.example>';
const JANE = 'Jane Doe <jane@corp.example>';

describe('a phish that two people report', () => {
	it.each([[true], [false]])('is one report, of the phish (behind Email to STIX: %s)', async (withStix) => {
		const result = await run([report('r1', ERIKA, PHISH, 'I did not click.'), report('r2', JANE)], { withStix });
		const { reports } = platform.snapshot();
		expect(reports).toHaveLength(1);
		const [stored] = reports;
		expect(stored).toMatchObject({ name: 'Your invoice 4711', published: '2026-11-19T21:59:00.000Z' });
		// The first reporter is in the text, the first look is a table, the file is the phish.
		expect(stored!.description).toContain('**Reported By**: Erika Example');
		expect(stored!.description).toContain('I did not click');
		expect(stored!.description).toContain('**First look**');
		expect(stored!.content).toContain('login.evil.example');
		expect(stored!.files.map(({ name }) => name)).toEqual([expect.stringMatching(/Your invoice 4711.*\.eml$/)]);
		// The second one is a note on it, with a count.
		const notes = platform.store.ofType('Note').map(({ data }) => String(data['content']));
		expect(notes).toEqual([expect.stringMatching(/\*\*Reported By\*\*: Jane Doe[\s\S]*so far\*\*: 2/)]);
		expect(result.output('Report')!.map(({ json }) => made(json).reports)).toEqual([
			{ count: 1, isFurther: false },
			{ count: 2, isFurther: true },
		]);
		// Nobody who reported is an observable.
		const addresses = platform.store.ofType('Email-Addr').map(({ data }) => data['value'] as string);
		expect(addresses).toContain('billing@evil.example');
		expect(addresses.filter((value) => /erika|jane|phishing@/.test(value))).toEqual([]);
	});

	it('stays one report, and has no further note, when the same mails are processed again', async () => {
		await run([report('r1', ERIKA), report('r2', JANE)]);
		const before = platform.snapshot();
		await run([]);
		const after = platform.snapshot();
		expect(after.reports).toHaveLength(1);
		expect(platform.store.ofType('Note')).toHaveLength(1);
		expect(after.reports[0]!.description).toBe(before.reports[0]!.description);
	});

	it.each([
		['no Message-ID and no date', /^(?:Message-ID|Date|Delivered-To|Received): .*\n(?:\t.*\n)*/gm],
		['no Message-ID', /^Message-ID: .*\n/gm],
		['no date', /^(?:Date|Received): .*\n(?:\t.*\n)*/gm],
	])('is one report, too, if it has %s: it is known by its bytes', async (_what, lines) => {
		const bare = PHISH.replace(lines, '');
		expect(bare).not.toBe(PHISH);
		const later = report('r2', JANE, bare).toString('latin1').replace('Fri, 20 Nov 2026 09:', 'Fri, 20 Nov 2026 10:');
		const result = await run([report('r1', ERIKA, bare), Buffer.from(later, 'latin1')]);
		expect(platform.snapshot().reports).toHaveLength(1);
		expect(result.output('Report')!.map(({ json }) => made(json).reports)).toMatchObject([{ count: 1 }, { count: 2 }]);
		const again = await run([]);
		expect(platform.snapshot().reports).toHaveLength(1);
		expect(again.output('Report')!.map(({ json }) => made(json).created)).toEqual([false, false]);
	});

	it("is found again by another recipient's copy when its people have renamed the report", async () => {
		await run([report('r1', ERIKA)]);
		platform.store.rename(platform.store.ofType('Report')[0]!, 'INC-1: invoice scam');
		const copy = PHISH.replace('id 77 for', 'id 78 for');
		await run([report('r2', JANE, copy)]);
		expect(platform.snapshot().reports).toHaveLength(1);
	});

	it('with a known Message-ID, but another subject, date and content, has a report of its own, and that is told', async () => {
		const other = phish({
			id: 'bad',
			subject: 'Run this',
			to: 'staff@corp.example',
			text: 'http://second.evil.example/x',
		});
		const result = await run([report('r1', ERIKA), report('r2', JANE, other.replace('21:59', '21:58'))]);
		expect(platform.snapshot().reports).toHaveLength(2);
		const { warnings } = made(result.output('Report')![1]!.json) as { warnings: { code: string; message: string }[] };
		const told = warnings.find(({ code }) => code === 'message-content-differs');
		expect(told?.message).toContain('"Your invoice 4711"');
	});

	it('with another content and the same Message-ID is told', async () => {
		const other = PHISH.replace('Pay at http://login.evil.example/pay today.', 'Run http://second.evil.example/x now.');
		const result = await run([report('r1', ERIKA), report('r2', JANE, other)]);
		const [, second] = result.output('Report')!;
		const codes = (made(second!.json).warnings as { code: string }[]).map(({ code }) => code);
		expect(codes).toContain('message-content-differs');
	});
});

describe('the items of a reported phish', () => {
	it('show the phish from the trigger on, and who reported it', async () => {
		const result = await run([report('r1', ERIKA)]);
		for (const name of ['Trigger', 'STIX', 'Build', 'Report']) {
			expect([name, result.output(name)![0]!.json]).toEqual([
				name,
				expect.objectContaining({
					subject: 'Your invoice 4711',
					from: [expect.objectContaining({ address: 'billing@evil.example' })],
					reported: expect.objectContaining({ way: 'microsoft', category: 'phishing' }) as object,
				}),
			]);
		}
		const pattern = String(result.output('Build')![0]!.json.pattern);
		expect(pattern).toContain('evil.example');
		expect(pattern).not.toMatch(/erika|phishing@|corp\.example/);
	});

	it('have labels by choice', async () => {
		await run([report('r1', ERIKA)], { toStix: { options: { reporterLabel: true } } });
		const [stored] = platform.snapshot().reports;
		expect(stored!.labels).toEqual(expect.arrayContaining(['reported:microsoft', 'reported-by:erika@corp.example']));
	});

	it('are those of the mail itself by choice, for the nodes behind, too', async () => {
		await run([report('r1', ERIKA)], { toStix: { analyse: 'itself' } });
		expect(platform.snapshot().reports[0]).toMatchObject({ name: '3|Your invoice' });
	});
});

describe('the answer to the reporter when n8n has forgotten that it was given', () => {
	const answers = async (messages: Buffer[], options: IDataObject) =>
		(await run(messages, { reply: { replyOptions: options } })).output('Answer')!.map(({ json }) => ({
			...(json.reply as { skipped?: string; to?: string }),
			warnings: json.warnings as { code: string }[],
		}));
	const sentMail = (header: string) =>
		bytes(
			`From: SOC <phishing@corp.example>\nTo: erika@corp.example\n${header}Message-ID: <s1@corp.example>\n\nThanks`,
		);
	const look = { lookInSent: true };
	const date = new Date('2026-11-20T09:30:00Z');

	it.each([
		['refers to the report', 'Subject: Danke\nIn-Reply-To: <r1@corp.example>\n'],
		['has it among its references', 'Subject: Danke\nReferences: <x@y.example> <r1@corp.example>\n'],
		['has the subject of the answer', 'Subject: Re: 3|Your invoice\n'],
	])('is not given again where a sent message %s', async (_what, header) => {
		imap.createFolder('Sent');
		imap.append({ raw: sentMail(header), date, folder: 'Sent' });
		const [reply] = await answers([report('r1', ERIKA)], look);
		expect(reply!.skipped).toBe('answered');
	});

	it.each([
		['nobody was answered', ''],
		['another report was answered', 'Subject: Danke\nIn-Reply-To: <r0@corp.example>\n'],
	])('is given where %s', async (_what, header) => {
		imap.createFolder('Sent');
		if (header !== '') imap.append({ raw: sentMail(header), date, folder: 'Sent' });
		const [reply] = await answers([report('r1', ERIKA)], look);
		expect(reply).toMatchObject({ to: 'erika@corp.example' });
		expect(reply!.warnings.map(({ code }) => code)).not.toContain('sent-messages-not-searched');
	});

	it('is given where somebody else was answered', async () => {
		imap.createFolder('Sent');
		imap.append({ raw: sentMail('Subject: Re: 3|Your invoice\n'), date, folder: 'Sent' });
		expect(await answers([report('r2', JANE)], look)).toMatchObject([{ to: 'jane@corp.example' }]);
	});

	it('is given, and it is told that nobody knows, where the mailbox has no folder of sent messages', async () => {
		const [reply] = await answers([report('r1', ERIKA)], look);
		expect(reply).toMatchObject({ to: 'erika@corp.example' });
		expect(reply!.warnings.map(({ code }) => code)).toContain('sent-messages-not-searched');
	});

	it('is given where nobody asks to look', async () => {
		imap.createFolder('Sent');
		imap.append({ raw: sentMail('Subject: Danke\nIn-Reply-To: <r1@corp.example>\n'), date, folder: 'Sent' });
		expect(await answers([report('r1', ERIKA)], {})).toMatchObject([{ to: 'erika@corp.example' }]);
	});
});

describe('the answer to the reporter', () => {
	const machine = () => report('r3', 'Gateway <noreply@corp.example>');

	it('is drafted for each reporter once, and for no machine', async () => {
		const german = Buffer.concat([Buffer.from('Content-Language: de-DE\r\n'), report('r1', ERIKA)]);
		const result = await run([german, report('r2', JANE), report('r4', ERIKA), machine()]);
		const replies = result.output('Answer')!.map(({ json }) => json.reply as IDataObject);
		expect(replies[0]).toMatchObject({
			to: 'erika@corp.example',
			language: 'de',
			verdict: 'phishing',
			inReplyTo: '<r1@corp.example>',
		});
		expect(replies[0]!.text).toContain('hxxp');
		expect(replies[1]).toMatchObject({ to: 'jane@corp.example', language: 'en' });
		expect(replies.slice(2).map(({ skipped }) => skipped)).toEqual(['answered', 'automatic']);
		const [first] = result.output('Answer')!;
		expect(first!.binary).toHaveProperty('reply_0');
		expect(first!.json.report).toMatchObject({ created: true });
	});
});

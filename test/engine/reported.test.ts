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
	{ toStix = {}, withStix = true }: { toStix?: IDataObject; withStix?: boolean } = {},
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
		node('Answer', `${PACK}.mailbox`, { operation: 'draftReply', verdict: 'phishing' }, uses('emailIntelImapApi')),
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
		expect(stored!.content).toContain('login[.]evil[.]example');
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

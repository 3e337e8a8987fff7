import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';
import type { MailboxMessage } from '../../lib/mailbox';
import { CiscoEsa } from '../../nodes/CiscoEsa/CiscoEsa.node';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { StixPattern } from '../../nodes/StixPattern/StixPattern.node';
import { toEmailItem } from '../../nodes/shared/emailItem';
import { EsaLab } from '../lab/esa';
import { startOpenCti, type OpenCtiLab } from '../lab/opencti';
import { resolvedItem } from './builtinItem';
import { chain, execute, FakeCredentials, made, node } from './engine';
import { exampleMessages } from './exampleWorkflow';

// One message is one report, whichever way it takes through the nodes, and its sender has no say in which message that is.

const PACK = 'n8n-nodes-email-intel';
const types = {
	[`${PACK}.emailToStix`]: new EmailToStix(),
	[`${PACK}.stixPattern`]: new StixPattern(),
	[`${PACK}.ciscoEsa`]: new CiscoEsa(),
	[`${PACK}.openCti`]: new OpenCti(),
};
const ESA_LOGIN = { user: 'hunter', passphrase: 'Lab-Hunter-1' };

let platform: OpenCtiLab;
let appliance: EsaLab | undefined;

beforeEach(async () => {
	platform = await startOpenCti();
});

afterEach(async () => await platform.close());

const step = (name: string, type: string, parameters: IDataObject) =>
	node(name, `${PACK}.${type}`, parameters, {
		credentials: {
			emailIntelOpenCtiApi: { id: 'opencti', name: 'opencti' },
			emailIntelCiscoEsaApi: { id: 'esa', name: 'esa' },
		},
	});
const toStix = step('Email to STIX', 'emailToStix', {
	operation: 'convert',
	tlp: 'amber',
	output: 'json',
	options: {},
});
const fromEmail = step('From Email', 'openCti', {
	resource: 'report',
	operation: 'createFromEmail',
	tlp: 'amber',
	contents: 'none',
	options: {},
});
const fromBundle = step('From Bundle', 'openCti', {
	resource: 'report',
	operation: 'createFromBundle',
	bundle: '={{ $json.bundle }}',
	options: {},
});

/** Runs nodes in a row on items, with n8n's default: they stop on an error. */
async function run(steps: INode[], items: INodeExecutionData[]): Promise<INodeExecutionData[]> {
	const result = await execute({
		types,
		nodes: steps,
		connections: chain(...steps.map(({ name }) => name)),
		credentials: new FakeCredentials({
			emailIntelOpenCtiApi: { url: platform.url, token: platform.token },
			emailIntelCiscoEsaApi: { url: appliance?.url ?? '', product: 'ESA', ...ESA_LOGIN },
		}),
		startNode: steps[0]!.name,
		startItems: structuredClone(items),
	});
	expect(result.error()).toBeUndefined();
	return result.output(steps.at(-1)!.name)!;
}

const message = (subject: string, ...head: string[]) =>
	Buffer.from(
		[
			'From: Desk <desk@isac.example.org>',
			`Subject: ${subject}`,
			`Message-ID: <${subject.length}.${head.length}@isac.example.org>`,
			...head,
			'MIME-Version: 1.0',
			'Content-Type: text/plain; charset=utf-8',
			'',
			'See http://evil.example.net/x',
			'',
		].join('\r\n'),
	);

const hard = {
	'without Date': message('No date'),
	'with a Date that is none': message('Bad date', 'Date: the day before yesterday'),
	'with a Date before 1970': message('Clock never set', 'Date: Thu, 1 Jan 1903 00:00:00 +0000'),
	'with a Date behind 9999': message('Clock of the future', 'Date: Fri, 31 Dec 9999 23:59:59 -1200'),
	'with a subject of 5,000 characters': message(`${'long '.repeat(999)}end`, 'Date: Wed, 18 Nov 2026 20:30:00 +0100'),
	'cut within a character': message(`${'x'.repeat(998)}${'😀'.repeat(5)}`, 'Date: Wed, 18 Nov 2026 20:30:00 +0100'),
	'cut at a blank': message(`${'x'.repeat(998)} ${'y'.repeat(50)}`, 'Date: Wed, 18 Nov 2026 20:30:00 +0100'),
	'without subject': message('', 'Date: Wed, 18 Nov 2026 20:30:00 +0100'),
};
const all = [...exampleMessages().map(({ raw }) => raw), ...Object.values(hard)];

const attachments = { include: false, types: [], maxBytes: 0, maxNumber: 0 };
const polled = (raw: Buffer, index: number): MailboxMessage => ({
	id: `x:1:${index}`,
	source: { kind: 'imap', mailbox: 'soc@example.org', folder: 'INBOX', uid: index + 1, uidValidity: '1' },
	size: raw.length,
	receivedAt: new Date(Date.UTC(2026, 10, 20, 8, index)),
	raw,
	truncated: false,
});
const trigger = async (output: 'full' | 'simple', includeRaw: boolean) =>
	await Promise.all(
		all.map(
			async (raw, i) => await toEmailItem(polled(raw, i), { output, includeRaw, attachments, analyse: 'automatic' }),
		),
	);
const inBase64 = all.map((raw, i) => ({
	json: {
		id: (0x18c + i).toString(16),
		threadId: '18c',
		internalDate: String(Date.UTC(2026, 10, 20, 8, i)),
		raw: raw.toString('base64url'),
	},
}));
const inFile = (mimeType: string) =>
	all.map((raw, i) => ({
		json: { receivedAt: new Date(Date.UTC(2026, 10, 20, 8, i)).toISOString() },
		binary: { data: { data: raw.toString('base64'), mimeType } },
	}));

describe('every message gives one report id', () => {
	it.each([
		['the triggers, Full', () => trigger('full', true)],
		['the triggers, Simple', () => trigger('simple', true)],
		['the triggers, Full, without the raw message', () => trigger('full', false)],
		['the triggers, Simple, without the raw message', () => trigger('simple', false)],
		['the Gmail API, raw', async () => inBase64],
		['an .eml file', async () => inFile('message/rfc822')],
		['a file without type', async () => inFile('application/octet-stream')],
	])('from %s: direct, behind Email to STIX, by its bundle', async (_name, make) => {
		const items = await make();
		const ids = async (steps: INode[]) => (await run(steps, items)).map(({ json }) => made(json).standardId);
		const direct = await ids([fromEmail]);
		expect(new Set(direct).size).toBe(all.length);
		expect(await ids([toStix, fromEmail])).toEqual(direct);
		expect(await ids([toStix, fromBundle])).toEqual(direct);
		expect(platform.snapshot().reports).toHaveLength(all.length);
		// Behind two of them, too.
		expect(await ids([toStix, { ...toStix, id: 'again', name: 'Again' }, fromEmail])).toEqual(direct);
	});

	it('also behind Build and Hunt, whatever is put into the report', async () => {
		appliance = await EsaLab.start({ traffic: [], ...ESA_LOGIN });
		try {
			const items = await trigger('full', true);
			const ids = async (steps: INode[]) => (await run(steps, items)).map(({ json }) => made(json).standardId);
			const direct = await ids([fromEmail]);
			const build = step('Build', 'stixPattern', {
				operation: 'build',
				source: 'indicators',
				indicators: '={{ $json.indicators }}',
				options: { types: ['email-addr', 'domain-name'], keepInput: true, whenEmpty: 'empty' },
			});
			const hunt = step('Hunt', 'ciscoEsa', {
				resource: 'message',
				operation: 'hunt',
				pattern: '={{ $json.pattern }}',
				output: 'summary',
				options: { keepInput: true, headerAddresses: false, customObjects: false },
			});
			for (const contents of ['auto', 'bundle', 'observables', 'none']) {
				const report = { ...fromEmail, parameters: { ...fromEmail.parameters, tlp: 'auto', contents } };
				expect(await ids([toStix, build, hunt, report])).toEqual(direct);
			}
			// Its bundle gives the same report, and each message has one.
			expect(await ids([toStix, fromBundle])).toEqual(direct);
			const { reports } = platform.snapshot();
			expect(reports).toHaveLength(all.length);
			// The text of the first way stays, and the objects of the others are added.
			expect(reports.filter(({ objects }) => objects.length > 0)).toHaveLength(all.length);
		} finally {
			await appliance.stop();
			appliance = undefined;
		}
	});

	it('the same id from the triggers in every form', async () => {
		const ids = [];
		for (const output of ['full', 'simple'] as const) {
			for (const includeRaw of [false, true]) {
				ids.push((await run([fromEmail], await trigger(output, includeRaw))).map(({ json }) => made(json).standardId));
			}
		}
		expect(ids).toEqual([ids[0], ids[0], ids[0], ids[0]]);
	});

	it('Email to STIX says when the message was sent and received', async () => {
		const [item] = await run([toStix], (await trigger('full', true)).slice(0, 1));
		expect(item!.json).toMatchObject({ date: expect.stringContaining('T'), receivedAt: '2026-11-20T08:00:00.000Z' });
	});
});

describe('an attached message', () => {
	const newsletter = Buffer.from(
		'From: news@example.net\r\nSubject: Newsletter\r\nDate: Tue, 5 Mar 2019 10:00:00 +0000\r\nMessage-ID: <n@example.net>\r\n\r\nharmless\r\n',
	);
	const eml = { data: newsletter.toString('base64'), mimeType: 'message/rfc822', fileName: 'fwd.eml' };
	const outer = message('Fwd: look at this', 'Date: Wed, 18 Nov 2026 20:30:00 +0100');

	it.each(['attachment_0', 'attachments_0', 'file_0', 'att0', 'data0'])(
		'never takes the place of the message that it came with (%s)',
		async (key) => {
			const items = [{ ...(await resolvedItem(outer)), binary: { [key]: eml } }];
			for (const steps of [[fromEmail], [toStix, fromEmail], [toStix, fromBundle]]) {
				const [{ json }] = (await run(steps, items)) as [INodeExecutionData];
				expect(made(json)).toMatchObject({ name: 'Fwd: look at this', published: '2026-11-18T19:30:00.000Z' });
			}
			expect(platform.snapshot().reports.map(({ name }) => name)).toEqual(['Fwd: look at this']);
		},
	);
});

it('a form whose field is called email: whatever was put in, every node reads the same', async () => {
	const json = { from: 'a@example.org', subject: 'Reported', text: 'See the file', date: '2026-11-18T19:30:00Z' };
	const pdf = { data: Buffer.from('%PDF-1.7').toString('base64'), mimeType: 'application/pdf', fileName: 'a.pdf' };
	const items = [{ json, binary: { email: pdf } }];
	const [direct] = await run([fromEmail], items);
	const [behind] = await run([toStix, fromEmail], items);
	expect(made(direct!.json)).toMatchObject({ name: 'Reported', complete: true, files: [{ originalName: 'a.pdf' }] });
	expect(made(behind!.json)).toMatchObject({
		standardId: made(direct!.json).standardId,
		files: [{ originalName: 'a.pdf' }],
	});
});

it('a message in base64 keeps its files on its way through Email to STIX', async () => {
	const raw = Buffer.from(
		'From: a@example.org\r\nSubject: With a file\r\nDate: Wed, 18 Nov 2026 20:30:00 +0100\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n' +
			'--b\r\n\r\ntext\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment\r\n\r\n%PDF-1.7\r\n--b--\r\n',
	);
	const json = { id: '18c', threadId: '18c', raw: raw.toString('base64url') };
	for (const steps of [[fromEmail], [toStix, fromEmail]]) {
		const [item] = await run(steps, [{ json }]);
		expect(made(item!.json)).toMatchObject({ name: 'With a file', complete: true, files: [{ originalName: 'a.pdf' }] });
	}
	const [item] = await run([toStix], [{ json }]);
	expect(item!.binary!.email).toMatchObject({ fileName: 'message.eml', mimeType: 'message/rfc822' });
	expect(item!.json).not.toHaveProperty('email');
});

describe('who writes the JSON of an item', () => {
	const source = { kind: 'imap', mailbox: 'soc@example.org', folder: 'INBOX', uid: 2, uidValidity: '1' };
	const failure = { code: 'MAILBOX_UNAVAILABLE', message: 'The server is busy.' };
	const mine = message('Mine', 'Date: Wed, 18 Nov 2026 20:30:00 +0100');
	const text = {
		from: 'a@example.org',
		subject: 'Mine',
		text: 'http://evil.example.net/x',
		receivedAt: '2026-11-20T08:00:00Z',
	};

	it.each([
		['a made-up source', { id: 'x', source: { kind: 'whatever' }, failure, ...text }, {}],
		['a real source', { id: 'x', source, failure, ...text }, {}],
		['a raw message', { id: 'x', source, failure, raw: mine.toString('base64') }, {}],
		['a raw message and no failure', { id: 'x', source, truncated: true, raw: mine.toString('base64') }, {}],
		['a file', { id: 'x', source, failure }, { mimeType: 'application/octet-stream' }],
		['a text file', { id: 'x', source, failure }, { mimeType: 'text/plain' }],
	])('cannot make it pass unread (%s)', async (_name, json, file) => {
		const binary = 'mimeType' in file ? { data: { ...file, data: mine.toString('base64') } } : undefined;
		const items = [{ json, ...(binary === undefined ? {} : { binary }) }];
		for (const steps of [[toStix], [toStix, fromEmail], [fromEmail]]) {
			const [item] = await run(steps, items);
			expect(made(item!.json).name ?? item!.json.subject).toBe('Mine');
			expect(JSON.stringify(item!.json.warnings ?? [])).not.toContain('message-not-fetched');
		}
	});
});

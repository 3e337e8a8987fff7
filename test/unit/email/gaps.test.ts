import {
	attachmentsOmitted,
	emailFromItem,
	emailToJson,
	isIncomplete,
	parseEmail,
	type BinaryReader,
} from '../../../lib/email';
import { crlf } from './message';

const PDF = Buffer.from('%PDF-1.4 not really');
const MESSAGE = crlf(`
From: Alice <alice@example.org>
To: soc@example.com
Subject: report
Date: Tue, 5 May 2026 10:11:12 +0200
Message-ID: <gaps@example.org>
Content-Type: multipart/mixed; boundary=b

--b

body
--b
Content-Type: application/pdf; name=report.pdf
Content-Disposition: attachment; filename=report.pdf

${PDF.toString()}
--b--
`);
const source = { kind: 'imap' as const, folder: 'INBOX', uid: 5 };
const simple = {
	id: 'stable',
	source,
	messageId: '<gaps@example.org>',
	from: 'alice@example.org',
	fromName: 'Alice',
	to: ['soc@example.com'],
	subject: 'report',
	date: '2026-05-05T08:11:12.000Z',
	receivedAt: '2026-05-05T08:12:00.000Z',
	text: 'body',
	attachments: ['report.pdf'],
	size: 2_000_000,
	truncated: true,
};

const binary = (files: Record<string, Buffer>, withSizes = true): BinaryReader => ({
	keys: Object.keys(files),
	info: (key) => (withSizes ? { size: files[key]!.length } : {}),
	read: async (key) => files[key]!,
});
const full = async () =>
	JSON.parse(
		JSON.stringify(emailToJson(await parseEmail(MESSAGE, { keepAttachments: false, source, id: 'stable' }))),
	) as Record<string, unknown>;

describe('an item whose raw message was too large to travel with it', () => {
	it('Full: what was read of it is whole, and only the bytes of files are missing', async () => {
		const email = await emailFromItem({ ...(await full()), truncated: true, rawOmitted: true });
		expect(email).toMatchObject({
			truncated: false,
			text: 'body',
			attachments: [{ fileName: 'report.pdf', contentOmitted: true }],
		});
		expect(isIncomplete(email)).toBe(false);
	});

	it('Full, of an older version that did not say why: it may lack more', async () => {
		expect(isIncomplete(await emailFromItem({ ...(await full()), truncated: true }))).toBe(true);
	});

	it('Simple: dates and sender are those of the message, and its attachments are named', async () => {
		const email = await emailFromItem({ ...simple, rawOmitted: true });
		expect(email).toMatchObject({
			partial: true,
			truncated: false,
			date: new Date('2026-05-05T08:11:12Z'),
			receivedAt: new Date('2026-05-05T08:12:00Z'),
			from: [{ address: 'alice@example.org', name: 'Alice' }],
			to: [{ address: 'soc@example.com' }],
			id: 'stable',
			source,
		});
		expect(email.warnings).toEqual([
			expect.objectContaining({ code: 'partial' }),
			expect.objectContaining({ code: 'attachments-omitted', message: expect.stringContaining('report.pdf') }),
		]);
		expect(isIncomplete(email)).toBe(true);
	});

	it('Simple, of which only the headers were fetched: a message all the same', async () => {
		const { text: _text, ...headers } = simple;
		const email = await emailFromItem({ ...headers, attachments: [] });
		expect(email).toMatchObject({ subject: 'report', truncated: true });
		expect(email.text).toBeUndefined();
		expect(isIncomplete(email)).toBe(true);
	});
});

describe('a message that Email to STIX carried on as JSON', () => {
	it.each([true, false])(
		'is read, with the bytes of files that are in binary data (sizes known: %s)',
		async (withSizes) => {
			const json = { id: 'stable', subject: 'report', bundleId: 'bundle--x', email: await full() };
			const files = { bundle: Buffer.from('{}'), file0: PDF, other: Buffer.from('as long as the pdf') };
			const email = await emailFromItem(json, binary(files, withSizes));
			expect(email).toMatchObject({ subject: 'report', id: 'stable', attachments: [{ content: PDF }] });
			expect(email.attachments[0]!.contentOmitted).toBeUndefined();
			expect((await emailFromItem(json)).attachments[0]!.content).toBeUndefined();
		},
	);

	it('gives way to the message itself', async () => {
		const other = Buffer.from('From: b@example.org\r\nSubject: itself\r\n\r\nx\r\n');
		const reader = { keys: ['data'], info: () => ({ mimeType: 'message/rfc822' }), read: async () => other };
		expect((await emailFromItem({ email: await full() }, reader)).subject).toBe('itself');
	});

	it('is none when the field holds something else', async () => {
		for (const email of ['a@example.org', null, {}, { subject: 'x' }, []])
			await expect(emailFromItem({ email })).rejects.toMatchObject({ code: 'EMAIL_NOT_FOUND' });
	});
});

it.each([
	[
		'Gmail, simplified',
		{ id: '18c', threadId: '18c', snippet: 'The first words', From: 'a@example.org', Subject: 'S' },
		true,
	],
	[
		'Outlook, simplified',
		{ id: 'AAMk', subject: 'S', bodyPreview: 'The first words', from: 'a@example.org', to: [] },
		true,
	],
	[
		'Outlook, whole',
		{
			id: 'AAMk',
			subject: 'S',
			body: { contentType: 'text', content: 'All of it' },
			bodyPreview: 'All',
			toRecipients: [],
		},
		false,
	],
	['a form', { from: 'a@example.org', subject: 'S', text: 'All of it' }, false],
])('%s: a preview is not the whole text', async (_name, json, incomplete) => {
	expect(isIncomplete(await emailFromItem(json))).toBe(incomplete);
});

it("a form's JSON tells when it was sent and received", async () => {
	const email = await emailFromItem({
		from: 'a@example.org',
		subject: 'S',
		text: 'x',
		date: '2026-05-05T10:11:12+02:00',
		receivedAt: '2026-05-05T08:12:00Z',
	});
	expect(email).toMatchObject({ date: new Date('2026-05-05T08:11:12Z'), receivedAt: new Date('2026-05-05T08:12:00Z') });
	expect((await emailFromItem({ from: 'a@example.org', subject: 'S', text: 'x', date: 'soon' })).date).toBeUndefined();
});

describe('the warning about files whose bytes are not here', () => {
	it('names them with their sizes, and how to get them', () => {
		const files = [{ fileName: 'a.pdf', size: 2_100_000 }, { partId: '3', size: 12_000 }, { fileName: 'b.csv' }];
		expect(attachmentsOmitted('Not uploaded', files, {}).message).toMatch(
			/^Not uploaded, for the bytes are not here: a\.pdf \(2\.1 MB\), part 3 \(12 kB\), b\.csv\. .*'Raw Message Limit \(MB\)'/,
		);
		expect(attachmentsOmitted('Not uploaded', files, { raw: PDF }).message).toMatch(/above 32 MiB.*Get Attachments/);
	});

	it('stays short for many files and long names', () => {
		const files = Array.from({ length: 5_000 }, (_, index) => ({ fileName: `${index}${'x'.repeat(10_000)}` }));
		const { message } = attachmentsOmitted('Not uploaded', files, {});
		expect(message).toContain('and 4980 more');
		expect(message.length).toBeLessThan(3_000);
	});
});

import { createHash } from 'node:crypto';
import {
	attachmentsOmitted,
	emailFromItem,
	emailToJson,
	isIncomplete,
	parseEmail,
	partlyFetched,
	type BinaryReader,
} from '../../../lib/email';
import { crlf } from './message';
import { ATTRIBUTE, attribute, string8, tnef } from './outlookFiles';

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

describe('an item without the raw message', () => {
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
			{
				code: 'raw-omitted',
				message: expect.stringMatching(
					/HTML.*bytes of the files report\.pdf\. .*'Include Raw Message'.*Mailbox Reader/s,
				),
			},
			expect.objectContaining({ code: 'partial' }),
		]);
		expect(isIncomplete(email)).toBe(true);
	});

	it.each([
		['above the limit, without attachments', { attachments: [], truncated: true, rawOmitted: true }],
		['a node between dropped its file', { attachments: [], truncated: false }],
	])('Simple lacks headers, Cc, Reply-To and HTML, and says so (%s)', async (_name, facts) => {
		const email = await emailFromItem({ ...simple, ...facts });
		expect(isIncomplete(email)).toBe(true);
		expect(email.warnings.map(({ code }) => code)).toEqual(['raw-omitted', 'partial']);
	});

	it('Simple: a picture that nobody asked for is no missing file of a report', async () => {
		const email = await emailFromItem({ ...simple, attachments: ['logo.png'], rawOmitted: true });
		expect(email.warnings.map(({ code }) => code)).not.toContain('attachments-omitted');
	});

	it('Simple: an address is taken as it stands, and so gives the same name of the report', async () => {
		const from = '"desk, night"@example.org';
		const { text: _text, ...item } = {
			...simple,
			from,
			fromName: undefined,
			to: ['a;b@example.org', 'A <c@example.org>'],
		};
		const email = await emailFromItem(item);
		expect(email.from).toEqual([{ address: from }]);
		expect(email.to.map(({ address }) => address)).toEqual(['a;b@example.org', 'c@example.org']);
	});

	it('Simple: the reason why only the beginning was fetched stays with the message', async () => {
		const { code, message } = partlyFetched(30_000_000);
		const warnings = [{ code, message }, { code: 'x'.repeat(10), message: 5 }, null, 'text'];
		const email = await emailFromItem({ ...simple, attachments: [], warnings });
		expect(email.warnings).toEqual([{ code, message }, expect.objectContaining({ code: 'partial' })]);
		// To get more of the message into the item would not help.
		expect(JSON.stringify(email.warnings)).not.toContain('Include Raw Message');
		expect((await emailFromItem({ ...simple, warnings: 'none' })).subject).toBe('report');
		const many = Array.from({ length: 5_000 }, (_, i) => ({ code: `w${i}`, message: 'm' }));
		const cut = await emailFromItem({ ...simple, warnings: many });
		expect(cut.warnings.length).toBeLessThan(1_010);
		expect(cut.warnings.map((warning) => warning.code)).toContain('too-many-warnings');
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

	it.each(['data', 'email', 'attachment_0', 'file_0'])(
		'is preferred to another message in the binary data %s',
		async (key) => {
			const other = Buffer.from('From: b@example.org\r\nSubject: other\r\n\r\nx\r\n');
			const reader = {
				keys: [key],
				info: () => ({ mimeType: 'message/rfc822', fileName: 'x.eml' }),
				read: async () => other,
			};
			expect((await emailFromItem({ email: await full() }, reader)).subject).toBe('report');
		},
	);

	it.each([true, false])('gives way to its own bytes, which its hash tells (sizes known: %s)', async (withSizes) => {
		const sha256 = createHash('sha256').update(MESSAGE).digest('hex');
		const json = { email: { ...(await full()), sha256, size: MESSAGE.length } };
		const files = { other: Buffer.from('x'), anything: MESSAGE };
		const email = await emailFromItem(json, binary(files, withSizes));
		expect(email.raw!.equals(MESSAGE)).toBe(true);
		expect(email).toMatchObject({ id: 'stable', source });
	});

	it('takes the time of reception that was put into the item since', async () => {
		const receivedAt = '2026-05-05T09:00:00.000Z';
		expect((await emailFromItem({ receivedAt, email: await full() })).receivedAt).toEqual(new Date(receivedAt));
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
			/^Not uploaded, because the item does not contain the bytes: a\.pdf \(2\.1 MB\), part 3 \(12 kB\), b\.csv\. .*'Include Raw Message'/,
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

describe('attachments that another node names and did not load', () => {
	const base64url = (text: string) => Buffer.from(text).toString('base64url');
	const outlook = { id: 'AAMk', subject: 'S', body: { contentType: 'text', content: 'All' }, toRecipients: [] };
	const gmail = (...parts: unknown[]) => ({
		id: '18c',
		threadId: '18c',
		payload: {
			headers: [{ name: 'From', value: 'a@example.org' }],
			parts: [
				{ partId: '0', mimeType: 'text/plain', filename: '', body: { data: base64url('text'), size: 4 } },
				...parts,
			],
		},
	});
	const pdf = {
		partId: '1',
		mimeType: 'application/pdf',
		filename: 'report.pdf',
		body: { attachmentId: 'ANGjdJ', size: 2_100_000 },
	};
	const long = { partId: '2', mimeType: 'text/html', filename: '', body: { attachmentId: 'ANGjdK', size: 9 } };

	it.each([
		['Outlook', { ...outlook, hasAttachments: true }, /\(Microsoft Outlook\).*names are not in the item/],
		[
			'Outlook, expanded',
			{ ...outlook, hasAttachments: true, attachments: [{ name: 'a.pdf', size: 9 }, { name: 'b.csv' }] },
			/a\.pdf \(1 kB\), b\.csv/,
		],
		['Gmail API', gmail(pdf), /\(Gmail API\).*report\.pdf \(2\.1 MB\)/],
		['Gmail API, a text that is too long', gmail(long), /part 2/],
	])('%s: the message is not complete, and says which are missing', async (_name, json, message) => {
		const email = await emailFromItem(json);
		expect(isIncomplete(email)).toBe(true);
		expect(email.warnings.find(({ code }) => code === 'attachments-omitted')?.message).toMatch(message);
	});

	it.each([
		['Outlook', { ...outlook, hasAttachments: true }, ['a.pdf']],
		['Outlook without any', { ...outlook, hasAttachments: false }, []],
		['Gmail API', gmail(pdf), ['another name.pdf']],
		['Gmail API without any', gmail(), []],
	])('%s: nothing is missing when they came as binary data', async (_name, json, names) => {
		const reader: BinaryReader = {
			keys: names.map((_one, i) => `attachment_${i}`),
			info: (key) => ({ fileName: names[Number(key.slice(-1))]!, mimeType: 'application/pdf' }),
			read: async () => PDF,
		};
		expect(isIncomplete(await emailFromItem(json, reader))).toBe(false);
	});

	it('only the missing one of two is named', async () => {
		const reader: BinaryReader = {
			keys: ['attachment_0'],
			info: () => ({ fileName: 'report.pdf' }),
			read: async () => PDF,
		};
		const email = await emailFromItem(gmail(pdf, { ...pdf, filename: 'second.pdf' }), reader);
		const { message } = email.warnings.find(({ code }) => code === 'attachments-omitted')!;
		expect(message).toContain('second.pdf');
		expect(message).not.toContain('report.pdf');
	});
});

describe('what was not read though no limit cut the message', () => {
	const around = (contentType: string, body: Buffer, head = 'From: a@example.org') =>
		Buffer.concat([
			Buffer.from(
				`${head}\r\nSubject: S\r\nDate: Tue, 5 May 2026 10:11:12 +0200\r\nMIME-Version: 1.0\r\nContent-Type: ${contentType}\r\n`,
			),
			Buffer.from('Content-Transfer-Encoding: base64\r\n\r\n'),
			Buffer.from(body.toString('base64')),
		]);
	const attached = (...more: Buffer[]) =>
		tnef(
			attribute(ATTRIBUTE.subject, string8('inside')),
			attribute(ATTRIBUTE.attachmentStart, Buffer.alloc(14)),
			attribute(ATTRIBUTE.attachmentTitle, string8('report.pdf')),
			...more,
		);
	const winmail = (bytes: Buffer) => around('application/ms-tnef; name=winmail.dat', bytes);
	const addresses = (number: number) => Array.from({ length: number }, (_, i) => `u${i}@example.org`).join(',\r\n ');

	it.each([
		[
			'a winmail.dat with the bytes of its attachment',
			winmail(attached(attribute(ATTRIBUTE.attachmentData, PDF))),
			false,
		],
		['a winmail.dat whose attachment has no bytes', winmail(attached()), true],
		['a winmail.dat that ends too early', winmail(attached(attribute(ATTRIBUTE.attachmentData, PDF, 5_000_000))), true],
		['10,000 recipients', around('text/plain', PDF, `From: a@example.org\r\nTo: ${addresses(10_000)}`), false],
		['10,001 recipients', around('text/plain', PDF, `From: a@example.org\r\nTo: ${addresses(10_001)}`), true],
	])('%s', async (_name, bytes, incomplete) => {
		expect(isIncomplete(await parseEmail(bytes))).toBe(incomplete);
	});
});

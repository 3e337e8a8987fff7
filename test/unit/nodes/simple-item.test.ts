import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { emailFromItem, parseEmail, type BinaryReader, type Email } from '../../../lib/email';
import type { MailboxMessage } from '../../../lib/mailbox';
import { emailToBundle } from '../../../lib/stix';
import { toEmailItem } from '../../../nodes/shared/emailItem';
import { binaryNames } from '../../../nodes/shared/flowItem';

/*
 * Output Simple is what the triggers put out by themselves. It is the same message as the full one: with the raw message
 * beside it in everything, without it in all that it says.
 */

const RAW = Buffer.from(
	[
		'From: "Desk, night" <Desk@isac.example.org>',
		'To: Intel <intel@soc.example.org>, abuse@soc.example.org',
		'Cc: Lead <lead@soc.example.org>',
		'Reply-To: answers@elsewhere.example.net',
		'Subject: =?utf-8?q?Rechnung_f=C3=BCr?= November',
		'Date: Wed, 18 Nov 2026 20:30:00 +0100',
		'Message-ID: <r118@isac.example.org>',
		'Received: from mx.example.net by mail.example.org; Wed, 18 Nov 2026 20:31:00 +0100',
		'MIME-Version: 1.0',
		'Content-Type: multipart/mixed; boundary=b',
		'',
		'--b',
		'Content-Type: text/html',
		'',
		'<p>Pay <a href="http://evil.example.net/x">here</a></p>',
		'--b',
		'Content-Type: application/pdf; name=report.pdf',
		'Content-Disposition: attachment; filename=report.pdf',
		'',
		'%PDF-1.7 report',
		'--b',
		'Content-Type: image/png; name=logo.png',
		'Content-Disposition: inline; filename=logo.png',
		'Content-ID: <logo>',
		'',
		'logo',
		'--b--',
		'',
	].join('\r\n'),
);
const MESSAGE: MailboxMessage = {
	id: 'eed40f4d74c0be27:1:1',
	source: { kind: 'imap', mailbox: 'intel@soc.example.org', folder: 'INBOX', uid: 1, uidValidity: '1' },
	size: RAW.length,
	receivedAt: new Date('2026-11-18T19:31:05Z'),
	raw: RAW,
	truncated: false,
};
const attachments = { include: false, types: [], maxBytes: 0, maxNumber: 0 };

const item = async (includeRaw: boolean, more: Partial<MailboxMessage> = {}) =>
	await toEmailItem({ ...MESSAGE, ...more }, { output: 'simple', includeRaw, attachments });

/** As n8n stores it, and as the next node reads it. */
async function read({ json, binary }: INodeExecutionData): Promise<Email> {
	const stored = JSON.parse(JSON.stringify(json)) as IDataObject;
	const reader: BinaryReader = {
		...binaryNames(binary),
		read: async (key) => await Promise.resolve(Buffer.from(binary![key]!.data, 'base64')),
	};
	return await emailFromItem(stored, reader);
}

const same = ({ id, source, messageId, subject, from, to, cc, replyTo, date, receivedAt, html, text }: Email) => ({
	id,
	source,
	messageId,
	subject,
	from,
	to,
	cc,
	replyTo,
	date,
	receivedAt,
	html,
	text,
});

describe('an item of output Simple', () => {
	it('holds what people look for, in that order, and addresses as lists of address and name', async () => {
		const { json, binary } = await item(true);
		expect(Object.keys(json).filter((name) => json[name] !== undefined)).toEqual([
			'subject',
			'from',
			'to',
			'date',
			'receivedAt',
			'html',
			'attachments',
			'cc',
			'replyTo',
			'size',
			'truncated',
			'isMultipart',
			'sha256',
			'messageId',
			'id',
			'source',
		]);
		expect(json).toMatchObject({
			subject: 'Rechnung für November',
			from: [{ address: 'Desk@isac.example.org', name: 'Desk, night' }],
			to: [{ address: 'intel@soc.example.org', name: 'Intel' }, { address: 'abuse@soc.example.org' }],
			cc: [{ address: 'lead@soc.example.org', name: 'Lead' }],
			replyTo: [{ address: 'answers@elsewhere.example.net' }],
			attachments: [
				{ fileName: 'report.pdf', contentType: 'application/pdf', size: 15 },
				{ fileName: 'logo.png', disposition: 'inline' },
			],
		});
		expect(Object.keys(binary!)).toEqual(['email']);
	});

	it.each([true, false])('is read as the same message (raw message in the item: %s)', async (includeRaw) => {
		const { id, source, receivedAt } = MESSAGE;
		const original = await parseEmail(RAW, { id, source, ...(receivedAt ? { receivedAt } : {}) });
		const email = await read(await item(includeRaw));
		expect(same(email)).toEqual(same(original));
		const files = ({ attachments: list }: Email) =>
			list.map(({ content: _content, contentOmitted: _omitted, ...file }) => file);
		expect(files(email)).toEqual(files(original));
		expect(email.warnings.map(({ code }) => code)).toEqual(includeRaw ? [] : ['raw-omitted', 'partial']);
	});

	it('gives the same message, addresses and files in STIX without the raw message, and says what is missing', async () => {
		const types = ['email-addr', 'file', 'email-message', 'report'];
		const ids = async (includeRaw: boolean) =>
			emailToBundle(await read(await item(includeRaw)), { indicators: [] })
				.objects.filter(({ type }) => types.includes(type))
				.map(({ id }) => id)
				.sort();
		const whole = await ids(true);
		expect(whole.length).toBeGreaterThan(5);
		expect(await ids(false)).toEqual(whole);
		const { warnings } = await read(await item(false));
		expect(warnings[0]!.message).toMatch(/bytes of the files report\.pdf \(1 kB\), logo\.png/);
	});

	it('of a message above the size limit tells the headers, and why there is no more', async () => {
		const raw = RAW.subarray(0, RAW.indexOf('\r\n\r\n') + 4);
		const large = await item(true, { raw, truncated: true, size: 30_000_000 });
		expect(large).not.toHaveProperty('binary');
		expect(large.json).toMatchObject({
			complete: false,
			truncated: true,
			warnings: [{ code: 'fetched-in-part', message: expect.stringContaining('Mailbox Reader') }],
		});
		expect(await read(large)).toMatchObject({ subject: 'Rechnung für November', truncated: true, id: MESSAGE.id });
	});

	it('with its attachments as files of their own, and no raw message, lacks no file', async () => {
		const rules = { ...attachments, include: true, maxBytes: 1000, maxNumber: 5 };
		const made = await toEmailItem(MESSAGE, { output: 'simple', includeRaw: false, attachments: rules });
		expect(Object.keys(made.binary!)).toEqual(['attachment_0', 'attachment_1']);
		const email = await read(made);
		expect(email.attachments.map(({ fileName, content }) => [fileName, content?.length])).toEqual([
			['report.pdf', 15],
			['logo.png', 4],
		]);
	});

	it('whose list of attachments somebody changed is still a message', async () => {
		const { json } = await item(false);
		for (const list of [
			['a.pdf', null, 5, { fileName: 7, size: -1, sha256: 'x', md5: [] }],
			[{}],
			Array.from({ length: 5000 }, () => ({ fileName: 'a' })),
		]) {
			const email = await emailFromItem({ ...json, attachments: list });
			expect(email.subject).toBe('Rechnung für November');
			expect(email.attachments.length).toBeLessThan(5000);
		}
	});
});

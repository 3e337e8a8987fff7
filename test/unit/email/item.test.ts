import { createHash } from 'node:crypto';
import { emailFromItem, emailFromJson, emailToJson, parseEmail, type BinaryReader } from '../../../lib/email';
import { codes, crlf, fixture } from './message';

const MESSAGE = crlf(`
From: Alice <alice@example.org>
To: soc@example.com
Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=
Date: Tue, 5 May 2026 10:11:12 +0200
Message-ID: <item@example.org>
Content-Type: multipart/mixed; boundary=b

--b

body
--b
Content-Type: message/rfc822

From: inner@example.net
Subject: inner

inner body
--b--
`);

function binary(files: Record<string, { content: Buffer; fileName?: string; mimeType?: string }>): BinaryReader {
	return {
		keys: Object.keys(files),
		info: (key) => ({
			fileName: files[key]!.fileName,
			mimeType: files[key]!.mimeType,
			size: files[key]!.content.length,
		}),
		read: async (key) => files[key]!.content,
	};
}

describe('items of this pack', () => {
	it('are read from their raw message; id, source and time of arrival carried over', async () => {
		const source = { kind: 'imap' as const, folder: 'INBOX', uid: 5, uidValidity: '9' };
		const json = emailToJson(
			await parseEmail(MESSAGE, { source, id: 'stable', receivedAt: new Date('2026-05-05T08:12:00Z') }),
		);
		const email = await emailFromItem(
			JSON.parse(JSON.stringify(json)),
			binary({ attachment_0: { content: Buffer.from('x') }, email: { content: MESSAGE } }),
		);
		expect(email).toMatchObject({
			id: 'stable',
			source,
			subject: 'grüße',
			receivedAt: new Date('2026-05-05T08:12:00Z'),
		});
		expect(email.raw!.equals(MESSAGE)).toBe(true);
	});

	it('keep when they arrived, the date of their sender and where they lay, through JSON alone', async () => {
		// The message tells of no arrival itself: only the mailbox knew.
		const source = { kind: 'imap' as const, mailbox: 'soc', folder: 'INBOX', uid: 5, uidValidity: '9', emailId: 'e' };
		const receivedAt = new Date('2026-05-05T08:12:34.567Z');
		const email = await parseEmail(MESSAGE, { source, id: 'stable', receivedAt, keepRawBytes: 0 });
		const json = JSON.parse(JSON.stringify(emailToJson(email)));
		expect(json).toMatchObject({ receivedAt: '2026-05-05T08:12:34.567Z', date: '2026-05-05T08:11:12.000Z' });
		expect(emailFromJson(json)).toMatchObject({ receivedAt, date: email.date, source, id: 'stable' });
		expect(await emailFromItem(json)).toMatchObject({ receivedAt, date: email.date, source, id: 'stable' });
		const { receivedAt: _receivedAt, ...without } = json;
		expect(emailFromJson(without)).not.toHaveProperty('receivedAt');
	});

	it('survive the way through JSON without bytes, attached messages included', async () => {
		const email = await parseEmail(MESSAGE);
		const json = JSON.parse(JSON.stringify(emailToJson(email)));
		expect(JSON.stringify(json)).not.toContain('"Buffer"');
		expect(json).toMatchObject({ date: '2026-05-05T08:11:12.000Z', attachments: [{ email: { subject: 'inner' } }] });
		expect(json.raw).toBeUndefined();
		expect(json.attachments[0].content).toBeUndefined();
		const back = await emailFromItem(json);
		expect(back.date).toEqual(email.date);
		expect(back.attachments[0]!.email).toMatchObject({ subject: 'inner', text: 'inner body' });
		expect(emailToJson(emailFromJson(json))).toEqual(json);
	});
});

describe('a raw message somewhere in an item', () => {
	it.each([
		['an .eml by MIME type', { data: { content: MESSAGE, mimeType: 'message/rfc822' } }],
		['an .eml by name', { file: { content: MESSAGE, fileName: 'Mail.EML', mimeType: 'application/octet-stream' } }],
		['a file that reads like a message', { file: { content: MESSAGE, mimeType: 'text/plain' } }],
	])('is found as %s', async (_, files) => {
		expect(await emailFromItem({}, binary(files))).toMatchObject({ subject: 'grüße', messageId: '<item@example.org>' });
	});

	it.each([
		['base64', MESSAGE.toString('base64')],
		['base64url', MESSAGE.toString('base64url')],
		['text', MESSAGE.toString('utf8')],
	])('is found in `raw` as %s', async (_, raw) => {
		expect(await emailFromItem({ raw })).toMatchObject({ subject: 'grüße', from: [{ address: 'alice@example.org' }] });
	});

	it('is found as an Outlook .msg file', async () => {
		const msg = (await parseEmail(fixture('outlook-msg.eml'))).attachments[0]!.content!;
		expect(await emailFromItem({}, binary({ data: { content: msg, fileName: 'a.msg' } }))).toMatchObject({
			subject: 'Invoice für Mai',
			partial: true,
		});
		await expect(
			emailFromItem({}, binary({ data: { content: Buffer.from('x'), fileName: 'a.msg' } })),
		).rejects.toMatchObject({ code: 'EMAIL_INPUT' });
	});

	it('brings arrival time and id of the Gmail API along', async () => {
		const json = {
			id: '18f0c0ffee123456',
			threadId: 't',
			raw: MESSAGE.toString('base64url'),
			internalDate: '1777968672000',
		};
		expect(await emailFromItem(json)).toMatchObject({
			id: '18f0c0ffee123456',
			receivedAt: new Date(1777968672000),
			source: { kind: 'gmail', emailId: BigInt('0x18f0c0ffee123456').toString() },
			subject: 'grüße',
		});
	});

	it('is taken from the property that the user names', async () => {
		expect(await emailFromItem({ any: MESSAGE.toString('base64') }, undefined, { jsonProperty: 'any' })).toMatchObject({
			subject: 'grüße',
		});
		const files = binary({ one: { content: Buffer.from('no') }, two: { content: MESSAGE } });
		expect(await emailFromItem({}, files, { binaryProperty: 'two' })).toMatchObject({ subject: 'grüße' });
		await expect(emailFromItem({}, files, { binaryProperty: 'three' })).rejects.toMatchObject({
			code: 'EMAIL_NOT_FOUND',
		});
	});

	it('comes before the Outlook JSON that it was downloaded with', async () => {
		const email = await emailFromItem(
			{ id: 'AAMk', subject: 'from Graph', receivedDateTime: '2026-05-05T08:12:00Z', toRecipients: [] },
			binary({ data: { content: MESSAGE, mimeType: 'message/rfc822' } }),
		);
		expect(email).toMatchObject({
			subject: 'grüße',
			id: 'AAMk',
			source: { kind: 'graph', graphId: 'AAMk' },
			receivedAt: new Date('2026-05-05T08:12:00Z'),
		});
		expect(email.partial).toBeUndefined();
	});
});

describe('items of the built-in nodes that hold no message bytes', () => {
	const pdf = Buffer.from('%PDF-1.7');

	it('Gmail and IMAP resolved: header lines are read by our own rules, a date that mailparser invented is not believed', async () => {
		const json = {
			id: '18f0c0ffee123456',
			threadId: 't',
			labelIds: ['INBOX'],
			headers: {
				from: 'From: "A" <a@example.org>',
				date: 'Date: garbage',
				subject: 'Subject: =?utf-8?q?=C3=A9?=',
				received: 'Received: from x; Tue, 5 May 2026 10:11:12 +0000',
			},
			html: '<p>x</p>',
			text: 'x',
			date: new Date().toISOString(),
			subject: 'é',
			from: { value: [{ address: 'a@example.org', name: 'A' }], html: '', text: '' },
		};
		const email = await emailFromItem(
			json,
			binary({ attachment_0: { content: pdf, fileName: 'a.pdf', mimeType: 'application/pdf' } }),
		);
		expect(email.date).toBeUndefined();
		expect(codes(email)).toEqual(['partial', 'date-invalid']);
		expect(email).toMatchObject({
			partial: true,
			size: 0,
			sha256: '',
			subject: 'é',
			from: [{ address: 'a@example.org', name: 'A' }],
			text: 'x',
			html: '<p>x</p>',
			source: { kind: 'gmail' },
			receivedAt: new Date('2026-05-05T10:11:12Z'),
			attachments: [
				{
					fileName: 'a.pdf',
					contentType: 'application/pdf',
					size: 8,
					sha256: createHash('sha256').update(pdf).digest('hex'),
				},
			],
		});
		const imap = await emailFromItem({
			...json,
			id: undefined,
			threadId: undefined,
			labelIds: undefined,
			attributes: { uid: 12 },
		});
		expect(imap.source).toEqual({ kind: 'imap', uid: 12 });
	});

	it.each([-1, 1.5, Number.NaN, 1e300, '12'])(
		'a UID that is none (%p) is left out, so that the item can be read again',
		async (uid) => {
			const email = await emailFromItem({ textPlain: 'x', metadata: { subject: 's' }, attributes: { uid } });
			expect(email.source?.uid).toBeUndefined();
			const own = JSON.parse(JSON.stringify(emailToJson(email))) as Record<string, unknown>;
			expect((await emailFromItem(own)).text).toBe('x');
		},
	);

	it('Gmail simplified: snippet as text, internalDate as time of arrival', async () => {
		const email = await emailFromItem({
			id: '1',
			threadId: '1',
			snippet: 'Hello there',
			internalDate: '1777968672000',
			From: 'A <a@example.org>',
			To: 'b@example.com',
			Subject: 'S',
			payload: { mimeType: 'text/plain' },
		});
		expect(email).toMatchObject({
			partial: true,
			text: 'Hello there',
			subject: 'S',
			from: [{ address: 'a@example.org', name: 'A' }],
			receivedAt: new Date(1777968672000),
		});
		expect(email.date).toBeUndefined();
	});

	it('Gmail API, format full: every text part', async () => {
		const part = (mimeType: string, text: string) => ({
			mimeType,
			filename: '',
			body: { data: Buffer.from(text).toString('base64url') },
		});
		const email = await emailFromItem({
			id: '1',
			threadId: '1',
			internalDate: '1777968672000',
			payload: {
				mimeType: 'multipart/alternative',
				headers: [
					{ name: 'From', value: 'a@example.org' },
					{ name: 'Date', value: 'Tue, 5 May 2026 10:11:12 +0200' },
				],
				parts: [part('text/plain', 'täxt'), part('text/html', '<b>täxt</b>')],
			},
		});
		expect(email).toMatchObject({
			text: 'täxt',
			html: '<b>täxt</b>',
			date: new Date('2026-05-05T08:11:12Z'),
			from: [{ address: 'a@example.org' }],
		});
	});

	it('Outlook: sent and received time, recipients and HTML body of the Graph message', async () => {
		const person = (address: string, name = address) => ({ emailAddress: { address, name } });
		const email = await emailFromItem({
			id: 'AAMk',
			subject: 'S',
			internetMessageId: '<g@example.org>',
			sentDateTime: '2026-05-05T08:11:12Z',
			receivedDateTime: '2026-05-05T08:12:00Z',
			from: person('a@example.org', 'A'),
			sender: person('s@example.org'),
			toRecipients: [person('t@example.com'), person('u@example.com', 'U')],
			ccRecipients: [],
			replyTo: [person('r@example.org')],
			body: { contentType: 'html', content: '<p>x</p>' },
			bodyPreview: 'x',
			hasAttachments: false,
		});
		expect(email).toMatchObject({
			partial: true,
			messageId: '<g@example.org>',
			date: new Date('2026-05-05T08:11:12Z'),
			receivedAt: new Date('2026-05-05T08:12:00Z'),
			html: '<p>x</p>',
			from: [{ address: 'a@example.org', name: 'A' }],
			sender: { address: 's@example.org' },
			to: [{ address: 't@example.com' }, { address: 'u@example.com', name: 'U' }],
			replyTo: [{ address: 'r@example.org' }],
			source: { kind: 'graph', graphId: 'AAMk' },
			id: 'AAMk',
		});
		expect(email.text).toBeUndefined();
	});

	it('Outlook simplified: plain addresses and the preview', async () => {
		const email = await emailFromItem({
			id: 'AAMk',
			conversationId: 'c',
			subject: 'S',
			bodyPreview: 'preview',
			from: 'a@example.org',
			to: ['b@example.com'],
			categories: [],
			hasAttachments: false,
		});
		expect(email).toMatchObject({
			text: 'preview',
			from: [{ address: 'a@example.org' }],
			to: [{ address: 'b@example.com' }],
			subject: 'S',
		});
	});

	it('IMAP simple: fields on top and under metadata', async () => {
		const email = await emailFromItem({
			textPlain: 'plain',
			textHtml: '<p>html</p>',
			from: 'A <a@example.org>',
			to: 'b@example.com',
			subject: 'S',
			date: 'Tue, 5 May 2026 10:11:12 +0200',
			metadata: {
				'message-id': '<m@example.org>',
				'return-path': '<>',
				received: 'from x; Tue, 5 May 2026 08:11:30 +0000',
			},
			attributes: { uid: 3 },
		});
		expect(email).toMatchObject({
			text: 'plain',
			html: '<p>html</p>',
			messageId: '<m@example.org>',
			returnPath: '',
			date: new Date('2026-05-05T08:11:12Z'),
			receivedAt: new Date('2026-05-05T08:11:30Z'),
			source: { kind: 'imap', uid: 3 },
		});
	});

	it('IMAP RAW, which is the body without its header: parts are found', async () => {
		const email = await emailFromItem({ raw: '--b\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n--b--\r\n' });
		expect(email).toMatchObject({ partial: true, html: '<p>x</p>', headers: [], sha256: '' });
		expect(await emailFromItem({ raw: 'Just a text.\r\n' })).toMatchObject({ partial: true, text: 'Just a text.\n' });
	});

	it('an .eml among the attachments stays an attachment, opened', async () => {
		const email = await emailFromItem(
			{ id: 'AAMk', subject: 'outer', bodyPreview: 'see attached', toRecipients: [] },
			binary({ attachment_0: { content: MESSAGE, fileName: 'phish.eml', mimeType: 'message/rfc822' } }),
		);
		expect(email).toMatchObject({
			subject: 'outer',
			partial: true,
			attachments: [{ fileName: 'phish.eml', email: { subject: 'grüße' } }],
		});
	});
});

describe('which bytes are the message is never the choice of its sender', () => {
	const newsletter = crlf(`
From: news@example.net
Subject: Newsletter of 2019
Date: Tue, 5 Mar 2019 10:00:00 +0000
Message-ID: <newsletter@example.net>

harmless
`);
	const eml = { content: newsletter, fileName: 'fwd.eml', mimeType: 'message/rfc822' };
	const FORMATS = {
		'Email Trigger (IMAP), Resolved': {
			headers: { from: 'From: a@example.org', subject: 'Subject: outer' },
			text: 'look at this',
			html: false,
		},
		'Email Trigger (IMAP), Simple': {
			textPlain: 'look at this',
			subject: 'outer',
			from: 'a@example.org',
			metadata: {},
		},
		Gmail: { id: '1', threadId: '1', snippet: 'look at this', Subject: 'outer', From: 'a@example.org' },
		Outlook: { id: 'AAMk', subject: 'outer', bodyPreview: 'look at this', toRecipients: [] },
		'a form': { from: 'a@example.org', subject: 'outer', text: 'look at this' },
	};
	const KEYS = ['attachment_0', 'attachments_0', 'attachments[0]', 'data0', 'file_0', 'att0', 'Anhang 12'];

	it.each(Object.entries(FORMATS))(
		'%s: an attached .eml is an attachment, whatever its property is called',
		async (_name, json) => {
			for (const key of KEYS) {
				const email = await emailFromItem(json, binary({ [key]: eml }));
				expect([key, email.subject]).toEqual([key, 'outer']);
				expect(email.attachments).toMatchObject([{ fileName: 'fwd.eml', email: { subject: 'Newsletter of 2019' } }]);
			}
		},
	);

	it('the message comes before its attachments in whatever order they are', async () => {
		const files = { attachment_0: eml, email: { content: MESSAGE, mimeType: 'message/rfc822' } };
		expect((await emailFromItem({}, binary(files))).subject).toBe('grüße');
		const named = { file_0: eml, data: { content: MESSAGE, fileName: 'a.eml' }, other: eml };
		expect((await emailFromItem({}, binary(named))).subject).toBe('grüße');
		const untyped = {
			attachment_0: { ...eml, fileName: 'a.txt', mimeType: 'text/plain' },
			data: { content: MESSAGE, mimeType: 'text/plain' },
		};
		expect((await emailFromItem({}, binary(untyped))).subject).toBe('grüße');
		// Where there is nothing else, it is what was handed on.
		expect((await emailFromItem({}, binary({ attachment_0: eml }))).subject).toBe('Newsletter of 2019');
	});

	it('a form field that is called email holds whatever was put in', async () => {
		const pdf = { content: Buffer.from('%PDF-1.7'), fileName: 'a.pdf', mimeType: 'application/pdf' };
		expect(await emailFromItem(FORMATS['a form'], binary({ email: pdf }))).toMatchObject({
			subject: 'outer',
			attachments: [{ fileName: 'a.pdf' }],
		});
		const own = emailToJson(await parseEmail(MESSAGE));
		expect((await emailFromItem(own, binary({ email: pdf }))).subject).toBe('grüße');
	});
});

describe('a message that could not be fetched, and was fetched since', () => {
	const record = {
		id: 'x:1:2',
		source: { kind: 'imap', mailbox: 'soc@example.com', folder: 'INBOX', uid: 2, uidValidity: '1' },
		size: 288,
		truncated: true,
		receivedAt: '2026-05-05T08:12:00.000Z',
		failure: { code: 'MAILBOX_UNAVAILABLE', message: 'Busy.' },
	};
	const headers = { subject: 'of the headers', messageId: '<h@example.org>', to: [] };

	it.each([
		['a record', record],
		['a record with headers, Simple', { ...record, ...headers, from: 'h@example.org', attachments: [] }],
		[
			'a record with headers, Full',
			{ ...record, ...headers, sha256: '', headers: [], parts: [], attachments: [], warnings: [], from: [] },
		],
	])('%s gives way to the bytes', async (_name, json) => {
		for (const mimeType of ['application/octet-stream', 'text/plain', 'message/rfc822', '']) {
			const email = await emailFromItem(json, binary({ data: { content: MESSAGE, mimeType } }));
			expect(email).toMatchObject({
				subject: 'grüße',
				id: 'x:1:2',
				source: { uid: 2 },
				receivedAt: new Date(record.receivedAt),
			});
		}
	});

	it('its headers are what is known where the file is no message', async () => {
		const json = { ...record, ...headers, from: 'h@example.org', attachments: [] };
		const email = await emailFromItem(
			json,
			binary({ data: { content: Buffer.from('a note'), mimeType: 'text/plain' } }),
		);
		expect(email).toMatchObject({ subject: 'of the headers', truncated: true });
	});
});

it('an item without email is refused, and the hint says what is taken', async () => {
	for (const json of [{}, { foo: 'bar' }, { raw: 42 }, { text: 'only text' }]) {
		await expect(
			emailFromItem(
				json as Record<string, unknown>,
				binary({ image: { content: Buffer.from('x'), mimeType: 'image/png' } }),
			),
		).rejects.toMatchObject({
			code: 'EMAIL_NOT_FOUND',
			hint: expect.stringContaining('.eml'),
		});
	}
});

describe('the JSON of an email', () => {
	it('holds a body once, although the message and its part both have it, and reads back the same', async () => {
		const email = await parseEmail(
			Buffer.from(
				'From: a@example.org\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nplain body\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>html body</p>\r\n--b--\r\n',
			),
			{ keepRawBytes: 0 },
		);
		const json = JSON.parse(JSON.stringify(emailToJson(email))) as Record<string, unknown>;
		expect(JSON.stringify(json).match(/plain body|html body/g)).toHaveLength(2);
		expect(emailFromJson(json)).toEqual(JSON.parse(JSON.stringify(email)));
	});
});

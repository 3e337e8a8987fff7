import { parseEmail, type Email } from '../../../lib/email';
import { codes, crlf, fixture } from './message';

const read = (name: string): Promise<Email> => parseEmail(fixture(`${name}.eml`));
const iso = (email: Email): string | undefined => email.date?.toISOString();

describe('the Date field', () => {
	it('is read as UTC and flagged when it names no zone', async () => {
		const email = await read('date-without-zone');
		expect([iso(email), codes(email)]).toEqual(['2026-05-05T10:11:12.000Z', ['date-without-zone']]);
	});

	it('may use the obsolete forms', async () => {
		const email = await read('date-obsolete');
		expect([iso(email), codes(email)]).toEqual(['2026-05-05T15:11:00.000Z', []]);
	});

	it('is never replaced by the clock: what cannot be read is absent and flagged', async () => {
		const email = await read('date-invalid');
		expect([email.date, codes(email)]).toEqual([undefined, ['date-invalid']]);
	});

	it('is kept and flagged when it lies after the arrival', async () => {
		const email = await read('date-in-future');
		expect([iso(email), codes(email)]).toEqual(['2099-01-01T00:00:00.000Z', ['date-in-future']]);
		expect(email.receivedAt?.toISOString()).toBe('2026-05-05T08:11:14.000Z');
	});
});

describe('names and subjects', () => {
	it('absent means absent', async () => {
		const email = await read('no-subject');
		expect(email.subject).toBeUndefined();
		expect((await parseEmail(crlf('From: a@example.org\nSubject:\n\nx'))).subject).toBe('');
	});

	it('encoded words are joined before they are decoded', async () => {
		expect(await read('encoded-subject')).toMatchObject({
			subject: 'Rechnung für Müller – 東京',
			from: [{ name: 'Jürgen Grün' }],
		});
		expect((await read('split-character-subject')).subject).toBe('für');
	});

	it('raw bytes are UTF-8, else what the message declares, else U+FFFD', async () => {
		const email = await read('raw-8bit-header');
		expect(email.subject).toBe('caf\ufffd \ufffd');
		expect(email.headers.at(-1)).toEqual({ name: 'X-Utf8', value: 'grüße' });
		expect(await read('raw-charset-header')).toMatchObject({ subject: 'Привет', text: 'Привет, мир\n' });
		const inWord = Buffer.from('Subject: =?iso-8859-1?Q?caf\xe9?=\r\n\r\n', 'latin1');
		expect((await parseEmail(inWord)).subject).toBe('café');
	});

	it.each([
		['=?ANSI_X3.4-1968?Q?root=40host?=', 'root@host'],
		['=?utf-8?Q?what??=', 'what?'],
		['=?utf-8?Q?wh?at?_x?= y', 'wh?at? x y'],
		['=?utf-8?Q?a b?= c', 'a b c'],
		['=?utf-8?q?a=?=', 'a='],
		['=?utf-8*en?q?a?=', 'a'],
		['=?utf-7?Q?+AGgAdAB0AHA-?=', 'http'],
		['=?nonsense?q?=C3=BC?=', 'ü'],
		['=?iso-2022-jp?B?GyRCJDMbKEI=?=', 'こ'],
		['=?utf-8?x?a?= =?utf-8?q?a', '=?utf-8?x?a?= =?utf-8?q?a'],
	])('%s', async (raw, text) => expect((await parseEmail(crlf(`Subject: ${raw}\n\n`))).subject).toBe(text));

	it('a group in From gives its members, and its name', async () => {
		expect((await read('group-from')).from).toEqual([
			{ address: 'offers@example.net', name: 'Offers, Inc.', group: 'Promo' },
			{ address: 'second@example.net', group: 'Promo' },
		]);
	});

	it('of two From fields the first counts, the second is flagged and stays in the header', async () => {
		const email = await read('two-from');
		expect(email.from).toEqual([{ address: 'ceo@example.com', name: 'CEO' }]);
		expect(codes(email)).toEqual(['from-repeated', 'subject-repeated']);
		expect(email.headers.filter(({ name }) => name === 'From').map(({ value }) => value)).toEqual([
			'CEO <ceo@example.com>',
			'Mallory <mallory@example.net>',
		]);
	});

	it('file names are decoded and harmless: no path, no characters that reverse the reading', async () => {
		const { attachments } = await read('rfc2231-name');
		expect(attachments.map(({ fileName }) => fileName)).toEqual([
			'rechnung für mai.pdf',
			'über.zip',
			'evil.exe',
			'invoicefdp.exe',
		]);
	});
});

describe('bodies that other parsers lose', () => {
	it('line ends of bare CR', async () => {
		const email = await read('bare-cr');
		expect(email).toMatchObject({
			text: 'plain text',
			html: '<p>html text</p>',
			subject: 'Bare CR',
			size: fixture('bare-cr.eml').length,
		});
	});

	it('a multipart without boundary: the parts are found', async () => {
		const email = await read('boundary-missing');
		expect(codes(email)).toEqual(['boundary-missing']);
		expect(email.text).toContain('https://hidden.example.net/');
		expect(email.attachments.map(({ fileName }) => fileName)).toEqual(['a.zip']);
	});

	it('a multipart without any part: its text', async () => {
		const email = await read('boundary-wrong');
		expect([codes(email), email.text]).toEqual([
			['boundary-wrong'],
			'No part at all, only this text with https://hidden.example.net/\n',
		]);
	});

	it('what stands behind the last part', async () => {
		const email = await read('epilogue');
		expect([email.text, email.outsideText]).toEqual(['harmless', '\nhttps://epilogue.example.net/payload\n']);
	});

	it('a body that no empty line parts from the header', async () => {
		const email = await read('body-without-separator');
		expect(codes(email)).toEqual(['header-separator-missing']);
		expect(email.text).toBe('this is the body https://example.net/x\nand more\n');
	});

	it('a part behind the end of its multipart', async () => {
		const email = await parseEmail(
			crlf(
				'From: a@example.org\nDate: 5 May 2026 10:00:00 +0000\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n--b\n\ntwo\n--b--\n',
			),
		);
		expect([email.text, codes(email)]).toEqual(['one\ntwo', ['part-after-end']]);
	});
});

describe('messages inside of messages', () => {
	it('keep their own header, bodies and attachments', async () => {
		const email = await read('forwarded-message');
		expect(email.text).toBe('Please check the attached message.');
		const [attachment] = email.attachments;
		expect(attachment).toMatchObject({ fileName: 'suspicious.eml', contentType: 'message/rfc822', partId: '2' });
		expect(attachment!.email).toMatchObject({
			subject: 'Update your bank details',
			from: [{ address: 'payroll@bad.example.net', name: 'Payroll' }],
			receivedLines: [expect.stringContaining('203.0.113.9')],
			html: '<a href="https://login.bad.example.net/">Update</a>',
			sha256: attachment!.sha256,
			size: attachment!.size,
			attachments: [{ fileName: 'form.html', size: 6 }],
		});
	});

	it('are found in digests and in files called .eml', async () => {
		expect((await read('digest')).attachments.map(({ email }) => email?.subject)).toEqual(['first', 'second']);
		expect((await read('eml-octet-stream')).attachments[0]!.email).toMatchObject({
			subject: 'inner',
			text: 'inner body',
		});
	});

	it('are opened to the depth limit, then kept as they are, with a warning', async () => {
		let depth = 0;
		let email: Email | undefined = await read('too-deep');
		expect(codes(email)).toContain('too-deep');
		for (; email?.attachments[0]?.email !== undefined; email = email.attachments[0].email) depth++;
		expect(depth).toBe(8);
		expect(email.attachments[0]!.content!.toString()).toContain('bottom');
		expect((await parseEmail(fixture('too-deep.eml'), { maxDepth: 0 })).attachments[0]!.email).toBeUndefined();
	});

	it('reports about messages are readable parts', async () => {
		const bounce = await read('bounce');
		expect(bounce.returnPath).toBe('');
		expect(bounce.text).toBe('Your message could not be delivered.');
		expect(bounce.parts.map(({ contentType, text }) => [contentType, text?.split('\n')[0]])).toEqual([
			['text/plain', 'Your message could not be delivered.'],
			['message/delivery-status', 'Reporting-MTA: dns; mx.example.com'],
			['text/rfc822-headers', 'From: alice@example.org'],
		]);
		const abuse = await read('abuse-report');
		expect(abuse.parts[1]!.text).toContain('Source-IP: 198.51.100.23');
		expect(abuse.attachments[0]!.email!.subject).toBe('spam');
	});
});

describe('texts', () => {
	it('cid links stay as they are, and mark their image', async () => {
		const email = await read('cid-image');
		expect(email.html).toBe('<p><img src="cid:logo@example.org"></p>');
		expect(email.attachments[0]).toMatchObject({ related: true, disposition: 'inline', contentId: 'logo@example.org' });
	});

	it.each([
		['charset-utf-16', 'Grüße ☃'],
		['charset-gb18030', '安全警告 https://example.cn/'],
		['charset-iso-2022-jp', 'こんにちは'],
	])('%s', async (name, text) => {
		expect((await read(name)).text).toBe(text);
	});

	it.each([
		['utf-7', '+AGgAdAB0AHA-://x', 'http://x'],
		['us-ascii', 'caf\xe9', 'café'],
		['nonsense', 'caf\xc3\xa9', 'café'],
		['windows-1251', '\xcf\xf0\xe8', 'При'],
		['cp850', '\x81', 'ü'],
	])('charset %s', async (charset, body, text) => {
		expect((await parseEmail(crlf(`Content-Type: text/plain; charset=${charset}\n\n${body}`))).text).toBe(text);
	});

	it('format=flowed is joined, so that a wrapped link is whole', async () => {
		expect((await read('format-flowed')).text).toBe(
			'https://example.net/a-very-long-path/that-flows\n> quoted text\n-- \nsignature\n',
		);
	});

	it('attached HTML and text are attachments, never bodies', async () => {
		const email = await parseEmail(
			crlf(
				'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nbody\n--b\nContent-Type: text/html\nContent-Disposition: attachment; filename=a.html\n\n<b>\n--b\nContent-Type: text/plain; name=notes.txt\n\nnotes\n--b--\n',
			),
		);
		expect([email.text, email.html, email.attachments.map(({ fileName }) => fileName)]).toEqual([
			'body',
			undefined,
			['a.html', 'notes.txt'],
		]);
	});
});

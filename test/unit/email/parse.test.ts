import { Readable } from 'node:stream';
import { parseEmail } from '../../../lib/email';
import { codes, crlf, sha256 } from './message';

const MIXED = crlf(`
Received: from relay.example.org (relay.example.org [192.0.2.1]) by mx.example.com; Tue, 5 May 2026 10:11:14 +0200
From: =?utf-8?q?J=C3=BCrgen?= <j@example.org>
To: soc@example.com
Subject: =?utf-8?B?w7w=?= =?utf-8?B?w7w=?= x
Date: Tue, 5 May 2026 10:11:12 +0200
Message-ID: <1@example.org>
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: multipart/alternative; boundary=b2

--b2
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

caf=E9 soft=
line
--b2
Content-Type: text/html

<p>x</p>
--b2--
--b1
Content-Type: application/octet-stream; name="a.bin"
Content-Disposition: attachment; filename="a.bin"
Content-Transfer-Encoding: base64

aGVsbG8=
--b1--
`);

describe('a message that keeps the rules', () => {
	it('comes out with its header, bodies, attachment and IMAP part numbers', async () => {
		const email = await parseEmail(MIXED);
		expect(email).toMatchObject({
			subject: 'üü x',
			messageId: '<1@example.org>',
			from: [{ address: 'j@example.org', name: 'Jürgen' }],
			to: [{ address: 'soc@example.com' }],
			text: 'café softline',
			html: '<p>x</p>',
			isMultipart: true,
			truncated: false,
			warnings: [],
		});
		expect(email.date?.toISOString()).toBe('2026-05-05T08:11:12.000Z');
		expect(email.receivedAt?.toISOString()).toBe('2026-05-05T08:11:14.000Z');
		expect(email.parts.map((part) => [part.partId, part.contentType, part.size])).toEqual([
			['1.1', 'text/plain', 13],
			['1.2', 'text/html', 8],
			['2', 'application/octet-stream', 5],
		]);
		expect(email.attachments).toHaveLength(1);
		expect(email.attachments[0]).toMatchObject({
			fileName: 'a.bin',
			size: 5,
			md5: '5d41402abc4b2a76b9719d911017c592',
			sha1: 'aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d',
			sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
		});
		expect(email.attachments[0]!.content!.toString()).toBe('hello');
	});

	it('is hashed, measured and kept as received', async () => {
		const email = await parseEmail(MIXED);
		expect(email.size).toBe(MIXED.length);
		expect(email.sha256).toBe(sha256(MIXED));
		expect(email.raw!.equals(MIXED)).toBe(true);
	});

	it('is the same from a stream, without its raw bytes unless asked for', async () => {
		const email = await parseEmail(Readable.from([MIXED.subarray(0, 700), MIXED.subarray(700)]));
		const { raw, ...rest } = await parseEmail(MIXED);
		expect(email).toEqual(rest);
		expect((await parseEmail(Readable.from([MIXED]), { keepRawBytes: MIXED.length })).raw!.equals(raw!)).toBe(true);
		expect((await parseEmail(Readable.from([MIXED]), { keepRawBytes: MIXED.length - 1 })).raw).toBeUndefined();
	});

	it('takes receivedAt, source and id from the mailbox', async () => {
		const receivedAt = new Date('2026-05-06T00:00:00Z');
		const source = { kind: 'imap' as const, folder: 'INBOX', uid: 7, uidValidity: '1' };
		expect(await parseEmail(MIXED, { receivedAt, source, id: 'x' })).toMatchObject({ receivedAt, source, id: 'x' });
	});
});

describe('an input that is no message', () => {
	it('is refused with a stable code', async () => {
		await expect(parseEmail(Buffer.alloc(0))).rejects.toMatchObject({ code: 'EMAIL_EMPTY' });
		await expect(parseEmail(Readable.from([]))).rejects.toMatchObject({ code: 'EMAIL_EMPTY' });
		await expect(parseEmail('From: a@example.com' as unknown as Buffer)).rejects.toMatchObject({ code: 'EMAIL_INPUT' });
		await expect(parseEmail(Readable.from(['text']))).rejects.toMatchObject({ code: 'EMAIL_INPUT' });
		const broken = new Readable({
			read() {
				this.destroy(new Error('reset'));
			},
		});
		await expect(parseEmail(broken)).rejects.toMatchObject({ code: 'EMAIL_INPUT' });
	});
});

describe('a multipart that lies about its boundary', () => {
	it.each([
		['none', 'boundary-missing', ''],
		['another', 'boundary-wrong', '; boundary=other'],
	])('has its parts found all the same when it names %s', async (_, code, parameter) => {
		const broken = Buffer.from(MIXED.toString('latin1').replace('; boundary="b1"', parameter), 'latin1');
		const email = await parseEmail(broken);
		expect(codes(email)).toEqual([code]);
		expect(email.text).toBe('café softline');
		expect(email.attachments[0]!.content!.toString()).toBe('hello');
		expect(email.parts.map(({ partId }) => partId)).toEqual(['1.1', '1.2', '2']);
	});
});

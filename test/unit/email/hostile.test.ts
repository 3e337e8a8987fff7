import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { emailToJson, parseEmail } from '../../../lib/email';
import { decodeCharset } from '../../../lib/email/header/charset';
import { parseHeaderBlock } from '../../../lib/email/header/fields';
import { EMAIL_LIMITS } from '../../../lib/limits';
import { codes, crlf } from './message';

/** Pieces that the parser treats specially, in any order: more telling than random bytes. */
const PIECES = [
	'\r',
	'\n',
	'\r\n',
	'\r\n\r\n',
	'--b',
	'--b--',
	'--c',
	'--c--',
	'-',
	' ',
	'\t',
	'x',
	':',
	';',
	'\0',
	'\xe9',
	'=',
	'=\r\n',
	'=41',
	'aGVsbG8=',
	'Content-Type: multipart/mixed; boundary=b',
	'Content-Type: multipart/alternative; boundary="c"',
	'Content-Type: multipart/mixed',
	'Content-Type: text/html',
	'Content-Type: message/rfc822',
	'Content-Type: text/plain; format=flowed',
	'From: a@b.example',
	'Date: x',
	'Subject: =?utf-8?q?=C3=A9?=',
	'Content-Transfer-Encoding: base64',
	'Content-Transfer-Encoding: quoted-printable',
	'Content-Transfer-Encoding: x-uuencode',
	'Content-Disposition: attachment',
	'hello world',
	'#0V%T',
];
const message = fc.oneof(
	fc
		.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 60 })
		.map((pieces) => Buffer.from(pieces.join(''), 'latin1')),
	fc.uint8Array({ minLength: 1, maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
);
const limits = fc.oneof(
	fc.constant({}),
	fc.record({ maxParts: fc.integer({ min: 1, max: 3 }) }),
	fc.record({ maxHeaderBytes: fc.integer({ min: 1, max: 60 }) }),
	fc.record({ maxAttachmentBytes: fc.nat(5) }),
	fc.record({ maxBytes: fc.integer({ min: 1, max: 80 }) }),
);

describe('whatever the bytes are', () => {
	it('nothing is thrown, size and hash are those of the bytes, and the JSON form has no bytes', async () => {
		await fc.assert(
			fc.asyncProperty(message, limits, async (bytes, options) => {
				const email = await parseEmail(bytes, options);
				expect(email.size).toBe(bytes.length);
				expect(email.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
				expect(JSON.stringify(emailToJson(email))).not.toContain('"type":"Buffer"');
				for (const attachment of email.attachments) {
					if (attachment.content)
						expect(attachment.sha256).toBe(createHash('sha256').update(attachment.content).digest('hex'));
				}
			}),
			{ numRuns: 1_500, seed: 42 },
		);
	});

	it('it does not matter how a stream deals them out', async () => {
		await fc.assert(
			fc.asyncProperty(
				message,
				limits,
				fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 }),
				async (bytes, options, sizes) => {
					const chunks: Buffer[] = [];
					for (let at = 0, i = 0; at < bytes.length; at += sizes[i++ % sizes.length]!)
						chunks.push(bytes.subarray(at, at + sizes[i % sizes.length]!));
					const streamed = await parseEmail(Readable.from(chunks), { ...options, keepRawBytes: 1_000_000 });
					expect(streamed).toEqual(await parseEmail(bytes, { ...options, keepRawBytes: 1_000_000 }));
				},
			),
			{ numRuns: 1_500, seed: 42 },
		);
	});

	it('base64 and quoted-printable attachments come out as they went in', async () => {
		await fc.assert(
			fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (content, quoted) => {
				const body = quoted
					? Array.from(content, (byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
							.join('')
							.replace(/(.{72})/g, '$1=\r\n')
					: Buffer.from(content)
							.toString('base64')
							.replace(/(.{76})/g, '$1\r\n');
				const head = `Content-Type: application/zip\r\nContent-Transfer-Encoding: ${quoted ? 'quoted-printable' : 'base64'}\r\n\r\n`;
				expect((await parseEmail(Buffer.from(head + body))).attachments[0]!.content!.equals(Buffer.from(content))).toBe(
					true,
				);
			}),
			{ numRuns: 300, seed: 42 },
		);
	});
});

describe('a message over a limit is reported with what could be read', () => {
	const many = crlf(
		`From: a@example.org\nDate: 5 May 2026 10:00:00 +0000\nContent-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(2_000)}--b--\n`,
	);

	it('parts', async () => {
		const email = await parseEmail(many);
		expect([email.truncated, codes(email), email.parts.length, email.from[0]!.address]).toEqual([
			true,
			['too-many-parts'],
			999,
			'a@example.org',
		]);
	});

	it('bytes: the hash is over all of them all the same', async () => {
		const email = await parseEmail(many, { maxBytes: 200 });
		expect([email.truncated, codes(email).includes('too-large'), email.size]).toEqual([true, true, many.length]);
		expect(email.sha256).toBe(createHash('sha256').update(many).digest('hex'));
		expect(await parseEmail(Readable.from([many]), { maxBytes: 200, keepRawBytes: 200 })).toMatchObject({
			truncated: true,
			sha256: email.sha256,
		});
	});

	it('a header of 2 MB: its beginning, and the body', async () => {
		const email = await parseEmail(
			Buffer.from(`From: a@example.org\r\nX-Long: ${'x'.repeat(2_000_000)}\r\nSubject: lost\r\n\r\nbody`),
		);
		expect([email.truncated, email.from[0]!.address, email.text, codes(email).includes('header-too-large')]).toEqual([
			true,
			'a@example.org',
			'body',
			true,
		]);
	});

	it('headers of all messages inside: of the later ones only the beginning is read, and what follows them is', async () => {
		const inside = `--b\nContent-Type: message/rfc822\n\nSubject: inside\nTo: ${`${'u'.repeat(480)}@example.org,\n `.repeat(2_000)}x@example.org\nX-Last: x\n\nbody\n`;
		const mail = crlf(
			`From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n${inside.repeat(12)}--b\nContent-Type: application/zip; name=a.zip\n\nPK\n--b--\n`,
		);
		const email = await parseEmail(mail);
		const messages = email.attachments.slice(0, 12).map((one) => one.email!);
		const bytes = messages
			.flatMap(({ headers }) => headers)
			.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
		expect([bytes > 2_000_000, bytes <= EMAIL_LIMITS.maxTotalHeaderBytes + 12 * EMAIL_LIMITS.minHeaderBytes]).toEqual([
			true,
			true,
		]);
		expect(messages.map(({ subject }) => subject)).toEqual(Array.from({ length: 12 }, () => 'inside'));
		expect([messages[0]!.truncated, messages[0]!.to.length]).toEqual([false, 2_001]);
		expect([
			messages[11]!.truncated,
			messages[11]!.text,
			messages[11]!.to.length < 3,
			codes(messages[11]!).includes('header-too-large'),
		]).toEqual([true, 'body', true, true]);
		expect([email.truncated, codes(email).includes('header-too-large'), email.attachments[12]!.fileName]).toEqual([
			true,
			true,
			'a.zip',
		]);
	});

	it('a body without an empty line before it is no header, and is not cut with one', async () => {
		const part = `--b\nContent-Type: text/plain\n${`no field ${'x'.repeat(200)}\n`.repeat(3_000)}`;
		const email = await parseEmail(
			crlf(`From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n${part.repeat(9)}--b--\n`),
		);
		expect([email.truncated, email.text!.split('\n').filter((line) => line.startsWith('no field')).length]).toEqual([
			false,
			27_000,
		]);
	});

	it('an attachment: hashed and measured, not kept', async () => {
		const content = randomBytes(100_000);
		const email = await parseEmail(
			Buffer.from(
				`Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n${content.toString('base64')}`,
			),
			{ maxAttachmentBytes: 50_000 },
		);
		expect(email.attachments[0]).toMatchObject({
			contentOmitted: true,
			size: 100_000,
			sha256: createHash('sha256').update(content).digest('hex'),
			md5: createHash('md5').update(content).digest('hex'),
		});
		expect(email.attachments[0]!.content).toBeUndefined();
	});

	it('text', async () => {
		const email = await parseEmail(Buffer.from(`Subject: s\r\n\r\n${'x'.repeat(1_000)}`), { maxTextBytes: 100 });
		expect([
			email.text!.length,
			email.truncated,
			codes(email).includes('text-too-large'),
			email.parts[0]!.size,
		]).toEqual([100, true, true, 1_000]);
	});

	it('text of a multipart whose boundary is wrong, which was taken for a body', async () => {
		const email = await parseEmail(
			Buffer.from(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${'é'.repeat(1_000)}`),
			{ maxTextBytes: 101 },
		);
		expect([email.text, email.truncated, codes(email).includes('text-too-large')]).toEqual([
			'é'.repeat(50),
			true,
			true,
		]);
	});

	it('text without a charset, cut within a character: it is read in the same charset as the whole', async () => {
		for (const maxTextBytes of [100, 101, 102, 103]) {
			const { text } = await parseEmail(Buffer.from(`Subject: s\r\n\r\n${'𝐠é€'.repeat(100)}`), { maxTextBytes });
			expect('𝐠é€'.repeat(100).startsWith(text!)).toBe(true);
		}
	});

	it('parts, of which the last was an attached message: it is told that nothing of it was read', async () => {
		const email = await parseEmail(
			crlf(
				'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: message/rfc822\n\nSubject: inner\n\ny\n--b--\n',
			),
			{ maxParts: 3 },
		);
		expect([email.attachments[0]!.email!.subject, email.truncated, codes(email).includes('too-many-parts')]).toEqual([
			undefined,
			true,
			true,
		]);
	});

	it('addresses, over all fields of a kind, and references', async () => {
		const field = (name: string, each: string): string => `${name}: ${each.repeat(6_000)}x@example.com\r\n`;
		const email = await parseEmail(
			Buffer.from(`${field('To', 'u@example.com,\r\n ').repeat(2)}${field('References', '<a@example.org>\r\n ')}\r\nx`),
		);
		expect([email.to.length, email.references.length]).toEqual([EMAIL_LIMITS.maxAddresses, EMAIL_LIMITS.maxReferences]);
		expect(codes(email)).toEqual(expect.arrayContaining(['too-many-addresses', 'too-many-references']));
	});

	it('time, by the clock that is passed in; a source that falls silent is given up', async () => {
		let now = 0;
		const slow = await parseEmail(Readable.from([crlf('From: a@example.org\n'), crlf('Subject: s\n\nx')]), {
			maxMilliseconds: 10,
			now: () => (now += 8),
		});
		expect([slow.truncated, codes(slow).includes('too-slow'), slow.from[0]!.address]).toEqual([
			true,
			true,
			'a@example.org',
		]);
		const silent = new Readable({ read() {} });
		silent.push(crlf('From: b@example.org\n'));
		const given = await parseEmail(silent, { maxMilliseconds: 20 });
		expect([given.truncated, codes(given).includes('too-slow'), given.from[0]!.address]).toEqual([
			true,
			true,
			'b@example.org',
		]);
	});
});

describe('hostile shapes take linear time', () => {
	const header = 'From: a@example.org\r\n';
	const nested = (depth: number): string =>
		Array.from({ length: depth }, (_, i) => `Content-Type: multipart/mixed; boundary=n${i}\r\n\r\n--n${i}\r\n`).join(
			'',
		);
	const SHAPES: Record<string, () => string> = {
		'3,000 multiparts inside of each other': () => header + nested(3_000),
		'500 messages inside of each other': () => `${header}Content-Type: message/rfc822\r\n\r\n`.repeat(500),
		'50,000 parts': () => `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(50_000)}`,
		'100,000 recipients': () => `To: ${'u@example.com,\r\n '.repeat(60_000)}x@example.com\r\n\r\n`,
		'60,000 encoded words': () => `Subject: ${'=?utf-8?q?=C3=A9?=\r\n '.repeat(50_000)}\r\n\r\n`,
		'words in 60,000 charsets that do not exist': () =>
			`Subject: ${Array.from({ length: 60_000 }, (_, i) => `=?x${i}?q?a?=`).join('\r\n ')}\r\n\r\n`,
		'encoded words that never end': () => `Subject: ${'=?utf-8?q?a?b'.repeat(60_000)}\r\n\r\n`,
		'a header line of 5 MB': () => `X: ${'a'.repeat(5_000_000)}\r\n${header}\r\n`,
		'100,000 header fields': () => `${'X: a\r\n'.repeat(100_000)}\r\n`,
		'20,000 Received fields': () => `${'Received: from x by y; Tue, 5 May 2026 10:11:12 +0000\r\n'.repeat(20_000)}\r\n`,
		'50,000 open comments': () =>
			`From: ${'('.repeat(50_000)}\r\nDate: ${'('.repeat(50_000)}\r\nContent-Type: text/plain; ${'('.repeat(50_000)}\r\n\r\n`,
		'open quotes and brackets': () =>
			`From: ${'"a" (['.repeat(50_000)}\r\nTo: ${'<'.repeat(100_000)}\r\nCc: ${'a:'.repeat(100_000)}\r\n\r\n`,
		'5 MB of soft line breaks': () => `Content-Transfer-Encoding: quoted-printable\r\n\r\n${'=\r\n'.repeat(1_700_000)}`,
		'10,000 RFC 2231 pieces': () =>
			`Content-Type: text/plain${Array.from({ length: 10_000 }, (_, i) => `;\r\n name*${i}=a`).join('')}\r\n\r\n`,
		'lines that are nearly delimiters': () =>
			`Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--x\r\n'.repeat(300_000)}`,
		'only carriage returns': () => '\r'.repeat(2_000_000),
		NULs: () => '\0'.repeat(2_000_000),
		'escape sequences of iso-2022-jp': () =>
			`Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n${'\x1b$B'.repeat(500_000)}`,
		'format=flowed': () => `Content-Type: text/plain; format=flowed\r\n\r\n${'> a \r\n'.repeat(200_000)}`,
		'references to images': () => `Content-Type: text/html\r\n\r\n${'cid:'.repeat(1_000_000)}`,
	};

	// Each takes well under a second of the processor; what is quadratic takes minutes at these sizes.
	it.each(Object.keys(SHAPES))('%s', async (name) => {
		const bytes = Buffer.from(SHAPES[name]!(), 'latin1');
		const before = process.threadCpuUsage();
		const email = await parseEmail(bytes);
		const { user, system } = process.threadCpuUsage(before);
		expect((user + system) / 1_000).toBeLessThan(8_000);
		expect(email.size).toBe(bytes.length);
	});
});

it('a header without a colon takes a time in proportion to its length', () => {
	const cpu = (lines: number): number => {
		const block = Buffer.alloc(3 * lines, 'x\r\n');
		const runs = Array.from({ length: 3 }, () => {
			const before = process.threadCpuUsage();
			expect(parseHeaderBlock(block, 100)).toMatchObject({ fields: [], malformedAt: 0 });
			const { user, system } = process.threadCpuUsage(before);
			return user + system;
		});
		return Math.min(...runs);
	};
	cpu(1_000);
	// Eight times the lines: 64 times the work if each looked through all that follow.
	expect(cpu(400_000) / cpu(50_000)).toBeLessThan(24);
});

it('names of charsets that do not exist are not asked for one by one: the library throws two errors for each', () => {
	const asked = jest.spyOn(
		jest.requireActual<typeof import('libmime/lib/charset')>('libmime/lib/charset'),
		'createDecodeStream',
	);
	for (let i = 0; i < 1_000; i++) expect(decodeCharset(Buffer.from('caf\xe9', 'latin1'), `x-none-${i}`)).toBe('café');
	expect(asked.mock.calls.length).toBe(0);
	for (const [name, text] of [
		['iso-8859-2', 'é'],
		['latin2', 'é'],
		['win-1251', 'й'],
		['koi8-r', 'И'],
	] as const)
		expect([name, decodeCharset(Buffer.from('\xe9', 'latin1'), name)]).toEqual([name, text]);
	expect(decodeCharset(Buffer.from('\x1b$B$"\x1b(B'), 'iso-2022-jp-2')).toBe('あ');
	asked.mockRestore();
});

it('a message of 100 MB as a stream is read in constant memory', async () => {
	const block = Buffer.from(`${'QUJD'.repeat(19)}\r\n`.repeat(800));
	function* chunks(): Generator<Buffer> {
		yield crlf(
			'Content-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n\n',
		);
		for (let i = 0; i < 1_600; i++) yield Buffer.from(block);
		yield crlf('--b--\n');
	}
	const base = process.memoryUsage().rss;
	let peak = base;
	function* watched(): Generator<Buffer> {
		for (const chunk of chunks()) {
			peak = Math.max(peak, process.memoryUsage().rss);
			yield chunk;
		}
	}
	const email = await parseEmail(Readable.from(watched(), { objectMode: false }), { keepAttachments: false });
	expect(email.attachments[0]).toMatchObject({ contentOmitted: true, size: 1_600 * 800 * 57 });
	expect((peak - base) / 1e6).toBeLessThan(150);
});

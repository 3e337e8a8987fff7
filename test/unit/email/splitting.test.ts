import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { parseEmail } from '../../../lib/email';
import { codes, crlf } from './message';

const HEAD = 'From: a@example.org\nDate: 5 May 2026 10:00:00 +0000\n';
const mixed = (body: string, boundary = 'b'): Buffer =>
	crlf(`${HEAD}Content-Type: multipart/mixed; boundary="${boundary}"\n\n${body}`);

function* dealt(bytes: Buffer, size: number): Generator<Buffer> {
	for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe('the end of a part', () => {
	it('is the delimiter of any multipart around it', async () => {
		const email = await parseEmail(
			mixed('--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\ninner\n--b\n\nouter\n--b--\n'),
		);
		expect(email.parts.map(({ partId, text }) => [partId, text])).toEqual([
			['1.1', 'inner'],
			['2', 'outer'],
		]);
		expect(codes(email)).toEqual(['multipart-unterminated']);
	});

	it('does not take the line end with it, however many there are', async () => {
		expect(
			(await parseEmail(mixed('--b\n\n\n\none\n\n\n--b\n\n--b\n\n\n--b--\n'))).parts.map(({ text }) => text),
		).toEqual(['\n\none\n\n', '', '']);
	});

	it('may be the end of the message, in the middle of the delimiter or without a line end', async () => {
		expect((await parseEmail(mixed('--b\n\none\n--b--'))).warnings).toEqual([]);
		const cut = await parseEmail(mixed('--b\n\none\n--b'));
		expect([cut.parts.map(({ text }) => text), codes(cut)]).toEqual([['one', ''], ['multipart-unterminated']]);
		expect((await parseEmail(mixed('--bound\n\none\n--bou', 'bound'))).text).toBe('one\n--bou');
	});

	it('may have blanks behind it, and a boundary that begins like another', async () => {
		const email = await parseEmail(mixed('--b \t\n\none\n--bb\n--b-\n--b--x\n--b--  \nepilogue', 'b'));
		expect([email.text, email.outsideText]).toEqual(['one\n--bb\n--b-\n--b--x', 'epilogue']);
	});
});

describe('a header', () => {
	it('that a delimiter ends is a part all the same', async () => {
		const email = await parseEmail(
			mixed('--b\nContent-Type: text/html\n--b\nContent-Disposition: attachment; filename=a.txt\n--b--\n'),
		);
		expect(email.parts.map(({ contentType }) => contentType)).toEqual(['text/html', 'text/plain']);
		expect(email.attachments.map(({ fileName, size }) => [fileName, size])).toEqual([['a.txt', 0]]);
	});

	it.each([1_000, 70_000, 200_000])('of %d bytes over the limit is cut there, and its body read', async (over) => {
		const limit = 10_000;
		const part = `Content-Type: text/html\nX-Long: ${'x'.repeat(limit + over)}\nX-More: ${'y'.repeat(over)}\n\n<p>read</p>`;
		const email = await parseEmail(mixed(`--b\n${part}\n--b\n\nnext\n--b--\n`), { maxHeaderBytes: limit });
		expect([email.truncated, email.html, email.text, codes(email)]).toEqual([
			true,
			'<p>read</p>',
			'next',
			['header-too-large'],
		]);
	});

	it('is told from the text of a body that follows without an empty line', async () => {
		const email = await parseEmail(
			mixed('--b\nContent-Type: text/html\n<p>1</p>\nContent-Type: multipart/mixed; boundary=c\n--b--\n'),
		);
		expect([email.html, codes(email)]).toEqual([
			'<p>1</p>\nContent-Type: multipart/mixed; boundary=c\n',
			['header-separator-missing'],
		]);
	});
});

describe('what stands outside of the parts', () => {
	it('is kept of every multipart, without delimiters', async () => {
		const email = await parseEmail(
			mixed(
				'preamble\n--b\nContent-Type: multipart/mixed; boundary=c\n\ninner preamble\n--c\n\none\n--c--\ninner epilogue\n--b--\nepilogue\n',
			),
		);
		expect([email.text, email.outsideText]).toEqual(['one', 'inner preamble\ninner epilogue\npreamble\nepilogue\n']);
		expect(email.warnings).toEqual([]);
	});

	it('two ends in a row belong to their own multiparts', async () => {
		const email = await parseEmail(
			mixed(
				'--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--c--\n--b--\nhttps://outside.example.net/\n',
			),
		);
		expect([email.outsideText, codes(email)]).toEqual(['https://outside.example.net/\n', []]);
	});

	it('parts behind the end are read again and again', async () => {
		const email = await parseEmail(mixed('--b\n\none\n--b--\n--b\n\ntwo\n--b--\n--b\n\nthree\n--b--\n'));
		expect([email.text, codes(email)]).toEqual(['one\ntwo\nthree', ['part-after-end']]);
	});
});

describe('line ends', () => {
	it('of bare CR in all of a message are read; in others a CR is content, and the hash is of the bytes as they came', async () => {
		const cr = Buffer.from(
			mixed(
				'--b\nContent-Transfer-Encoding: quoted-printable\n\nsoft=\nline\n--b\nContent-Type: text/html\n\n<p>x</p>\n--b--\n',
			)
				.toString('latin1')
				.replaceAll('\r\n', '\r'),
			'latin1',
		);
		expect(await parseEmail(cr)).toMatchObject({
			text: 'softline',
			html: '<p>x</p>',
			warnings: [],
			size: cr.length,
			sha256: createHash('sha256').update(cr).digest('hex'),
		});
		const content = Buffer.from([0x00, 0x0d, 0x2d, 0x0d, 0x0a, 0x0d, 0xff, 0x0a]);
		const email = await parseEmail(
			Buffer.concat([
				mixed('--b\nContent-Type: application/zip\nContent-Transfer-Encoding: binary\n\n'),
				content,
				crlf('\n\n--b--\n'),
			]),
		);
		expect(email.attachments[0]!.content!.subarray(0, content.length)).toEqual(content);
	});

	it('of bare CR in the body alone do not hide a part', async () => {
		const body = '--b\rContent-Type: text/html\r\r<a href="https://hidden.example.net/">\r--b--\r';
		const email = await parseEmail(Buffer.concat([mixed(''), Buffer.from(body)]));
		expect(email.html).toContain('https://hidden.example.net/');
	});

	it('may have a CR more before a delimiter, wherever the bytes are cut', async () => {
		const bytes = Buffer.from(
			`${HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n\r--b\n\ntwo\n\n\n\r--b--\n`,
		);
		for (const size of [1, 3, 7, bytes.length]) {
			const { parts } = await parseEmail(Readable.from(dealt(bytes, size)));
			expect(parts.map(({ text }) => text)).toEqual(['one', 'two\n\n']);
		}
	});

	it('may be LF or CRLF', async () => {
		for (const lineEnd of ['\n', '\r\n']) {
			const bytes = Buffer.from(
				`${HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n`.replaceAll('\n', lineEnd),
			);
			expect([lineEnd, (await parseEmail(bytes)).text?.trim()]).toEqual([lineEnd, 'one']);
		}
	});
});

describe('a large message', () => {
	const base64 = Buffer.alloc(300_000, 'attachment')
		.toString('base64')
		.replace(/(.{76})/g, '$1\n');
	const quoted = `${'=41=C3=BC b '.repeat(30_000)}=\n${'x'.repeat(150_000)}`;
	const bytes = mixed(
		`${'preamble '.repeat(9_000)}\n--b\nContent-Transfer-Encoding: quoted-printable\n\n${quoted}\n--b\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n\n${base64}\n` +
			`--b\nContent-Type: message/rfc822\n\nSubject: inner\n\n${'long line '.repeat(20_000)}\n--b--\n`,
	);

	it('comes out whole', async () => {
		const email = await parseEmail(bytes);
		expect(email.text).toBe(`${'Aü b '.repeat(30_000)}${'x'.repeat(150_000)}`);
		expect(email.attachments[0]!.content!.equals(Buffer.alloc(300_000, 'attachment'))).toBe(true);
		expect(email.attachments[1]!.email).toMatchObject({ subject: 'inner', text: 'long line '.repeat(20_000) });
		expect(email.outsideText).toBe('preamble '.repeat(9_000));
		expect(email.warnings.map(({ code }) => code).filter((code) => !code.endsWith('-missing'))).toEqual([]);
	});

	it.each([1_021, 65_535, 65_536, 65_537, 300_000])('is the same from a stream in pieces of %d bytes', async (size) => {
		const { raw: _, ...whole } = await parseEmail(bytes);
		expect(await parseEmail(Readable.from(dealt(bytes, size)))).toEqual(whole);
	});
});

describe('hostile multiparts', () => {
	it('900 inside of each other, then lines that are nearly delimiters of all of them: linear', async () => {
		const nested = Array.from(
			{ length: 900 },
			(_, i) => `Content-Type: multipart/mixed; boundary=n${i}\n\n--n${i}\n`,
		).join('');
		const took: number[] = [];
		for (const lines of [20_000, 40_000]) {
			const start = performance.now();
			const email = await parseEmail(crlf(`${nested}\n${'--n\n'.repeat(lines)}`));
			took.push(performance.now() - start);
			expect(email.text!.split('\n').length).toBe(lines + 1);
		}
		expect(took[1]!).toBeLessThan(took[0]! * 4 + 500);
	});

	it('a body of one line, or of empty lines, takes no more memory than it has bytes', async () => {
		for (const body of ['x'.repeat(20_000_000), '\n'.repeat(2_000_000)]) {
			const email = await parseEmail(
				Readable.from(dealt(mixed(`--b\nContent-Type: application/zip\n\n${body}`), 10_000)),
				{ keepAttachments: false },
			);
			expect(email.attachments[0]!.size).toBeGreaterThanOrEqual(body.length);
		}
	});
});

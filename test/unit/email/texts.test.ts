import { readFileSync } from 'node:fs';
import { emailFromItem, parseEmail, reportFields, type Email } from '../../../lib/email';
import { readCms } from '../../../lib/email/mime/cms';
import { takeUuencoded } from '../../../lib/email/mime/uuencode';
import { asMsgMail, attachment, msg, stream, text } from './outlookFiles';
import { codes, crlf, fixture, sha256 } from './message';

const read = (name: string): Promise<Email> => parseEmail(fixture(name));
const textOf = (email: Email, type: string) => email.parts.find(({ contentType }) => contentType === type)?.text;

describe('every text of a body is among its parts, whatever its type', () => {
	it.each([
		['part-calendar.eml', 'text/calendar', 'LOCATION:https://meet.phish.example/room'],
		['part-amp.eml', 'text/x-amp-html', '<a href="https://amp.phish.example/go">'],
		['part-enriched.eml', 'text/enriched', 'https://enriched.phish.example/'],
		['part-xml.eml', 'text/xml', '<link>https://xml.phish.example/</link>'],
		['feedback-report.eml', 'message/feedback-report', 'Reported-URI: https://reported.phish.example/'],
	])('%s', async (name, type, expected) => expect(textOf(await read(name), type)).toContain(expected));

	it('and what stands before and behind all parts is beside them', async () => {
		expect((await read('outside-parts.eml')).outsideText).toBe(
			'Before: https://before.phish.example/\nAfter: https://after.phish.example/\n',
		);
	});
});

describe('a report is read by its fields', () => {
	it('of a complaint', async () => {
		const report = textOf(await read('feedback-report.eml'), 'message/feedback-report')!;
		expect(reportFields(report)).toEqual([
			[
				{ name: 'Feedback-Type', value: 'fraud' },
				{ name: 'User-Agent', value: 'Checker/2' },
				{ name: 'Version', value: '1' },
				{ name: 'Source-IP', value: '203.0.113.9' },
				{ name: 'Reported-URI', value: 'https://reported.phish.example/ path' },
				{ name: 'Reported-Domain', value: 'phish.example' },
			],
		]);
	});

	it('of a delivery, the message and each recipient apart', () => {
		const status =
			'Reporting-MTA: dns; mx.corp.example\n\nFinal-Recipient: rfc822; a@x.example\nAction: failed\n\n \nFinal-Recipient: rfc822; b@x.example\nno field\n';
		expect(reportFields(status).map((group) => group.map(({ value }) => value))).toEqual([
			['dns; mx.corp.example'],
			['rfc822; a@x.example', 'failed'],
			['rfc822; b@x.example'],
		]);
	});

	it('no more fields than a header may have', () => {
		expect(reportFields('A: b\n'.repeat(20_000)).flat()).toHaveLength(5_000);
	});
});

describe('a charset that the bytes refute', () => {
	const message = (charset: string, body: Buffer): Buffer =>
		Buffer.concat([Buffer.from(`From: a@x.example\r\nContent-Type: text/plain; charset=${charset}\r\n\r\n`), body]);
	const bodyOf = async (charset: string, body: Buffer) => (await parseEmail(message(charset, body))).text;

	it('does not count: Chinese in UTF-8 that is declared as GB2312', async () => {
		expect((await read('charset-refuted.eml')).text).toBe('您的账户需要验证。\n');
	});

	it.each([
		['iso-8859-1', 'Informação útil'],
		['windows-1252', 'It’s due'],
		['windows-1252', 'café'],
		['koi8-r', 'Привет'],
		['shift_jis', '請求書'],
		['big5', 'Größe: 5 €'],
		['iso-2022-jp', '請求書'],
		['utf-16', 'plain text in one byte each'],
		['utf-7', 'Größe'],
	])('%s: %s', async (charset, body) => expect(await bodyOf(charset, Buffer.from(body))).toBe(body));

	it.each([
		['windows-1252', 'c9922053414c45', 'É’ SALE'],
		['iso-8859-1', 'e9', 'é'],
		['gb2312', 'd4a4c1cb', '预了'],
		['windows-1251', 'cff0e8e2e5f2', 'Привет'],
		['utf-16le', '6100620063006400', 'abcd'],
	])('counts while it may be true: %s', async (charset, hex, body) =>
		expect(await bodyOf(charset, Buffer.from(hex, 'hex'))).toBe(body),
	);

	it('UTF-16 that is declared as something narrow is UTF-16', async () => {
		expect(await bodyOf('utf-8', Buffer.from('see https://wide.phish.example/', 'utf16le'))).toBe(
			'see https://wide.phish.example/',
		);
	});

	it('a declared UTF-16 file keeps its charset for who reads it', async () => {
		expect((await read('charset-utf-16-attachment.eml')).attachments).toMatchObject([{ charset: 'utf-16le' }]);
	});
});

describe('a transfer encoding that is not the declared one', () => {
	it.each([
		['base64-undeclared.eml', 'https://hidden.phish.example/'],
		['base64-untrue.eml', 'https://plain.phish.example/'],
	])('does not hide a text: %s', async (name, url) => {
		const email = await read(name);
		expect([email.html?.includes(url), codes(email)]).toEqual([true, ['encoding-wrong']]);
	});

	it.each(['"base64"', 'base-64', 'X-BASE64', " 'base64' "])(
		'is known under its usual misspellings: %s',
		async (name) => {
			const email = await parseEmail(
				crlf(
					`Content-Type: text/plain\nContent-Transfer-Encoding: ${name}\n\n${Buffer.from('hello there').toString('base64')}\n`,
				),
			);
			expect(email.text).toBe('hello there');
		},
	);

	it.each([
		['with something strewn into it', 'aHR0cHM6.Ly9.ub2lz.ZS5waGlz.aC5leG.FtcGxl'],
		[
			'with the footer of a list behind it',
			`${Buffer.from('https://noise.phish.example').toString('base64')}\n-- \nlist`,
		],
	])('base64 %s is base64', async (_, body) => {
		const email = await parseEmail(crlf(`Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n${body}\n`));
		expect([email.text?.startsWith('https://noise'), codes(email).includes('encoding-wrong')]).toEqual([true, false]);
	});

	it('a long word is a word', async () => {
		const word = 'abcdefgh'.repeat(20);
		const email = await parseEmail(crlf(`Content-Type: text/plain\n\n${word}`));
		expect([email.text, codes(email).includes('encoding-wrong')]).toEqual([word, false]);
	});
});

describe('a file in uuencode that stands in a text', () => {
	it('is an attachment, and no longer text', async () => {
		const email = await read('uuencoded-file.eml');
		const bytes = Buffer.from('<html><a href="https://uu.phish.example/">Sign in</a></html>\n');
		expect(email.text).toBe('The page is below.\n\n\nRegards\n');
		expect(email.attachments).toMatchObject([
			{
				partId: '1.u1',
				fileName: 'page.html',
				contentType: 'application/octet-stream',
				detectedType: 'text/html',
				size: bytes.length,
				sha256: sha256(bytes),
				content: bytes,
			},
		]);
	});

	it('also in its base64 form, and more than one', () => {
		const body = 'begin-base64 644 a.txt\nYWJj\n====\nbetween\nbegin 644 b.txt\n#86)C\n`\nend\n';
		const { text: rest, files } = takeUuencoded(Buffer.from(body), 10);
		expect(rest.toString()).toBe('between\n');
		expect(files.map(({ name, bytes }) => [name, bytes.toString()])).toEqual([
			['a.txt', 'abc'],
			['b.txt', 'abc'],
		]);
	});

	it.each([
		'begin the day\nwith coffee\nend\n',
		'begin 644 a.txt\nlower case is no such line\nend\n',
		'x begin 644 a\n#86)C\nend\n',
	])('what only begins like one stays text: %j', (body) =>
		expect(takeUuencoded(Buffer.from(body), 10)).toEqual({ text: Buffer.from(body), files: [] }),
	);

	it('of one whose end a limit cut off, no hash is told', async () => {
		const line = `M${'A'.repeat(60)}\n`;
		const email = await parseEmail(crlf(`Content-Type: text/plain\n\nbegin 644 a.bin\n${line.repeat(50)}end\n`), {
			maxTextBytes: 1_000,
		});
		expect(email.attachments).toMatchObject([{ fileName: 'a.bin', size: 0, sha256: '', contentOmitted: true }]);
		expect(codes(email)).toContain('text-too-large');
	});

	it('whatever begins and never ends takes time in proportion to the text', () => {
		for (const piece of [
			'begin',
			'begin 644 a\n',
			'\nbegin 644 ',
			'begin 644 a\n#86)C\n',
			'begin-base64 644 a\nYWJj\n',
		]) {
			const time = (bytes: number): number => {
				const body = Buffer.from(piece.repeat(Math.ceil(bytes / piece.length)));
				const start = performance.now();
				takeUuencoded(body, 1_000);
				return performance.now() - start;
			};
			time(50_000);
			const [small, large] = [time(250_000), time(2_000_000)];
			expect([piece, large < 30 * small + 200]).toEqual([piece, true]);
		}
	});
});

describe('a message within a signature (S/MIME)', () => {
	it.each(['smime-signed.eml', 'smime-signed-stream.eml'])(
		'is read as if it were signed in clear: %s',
		async (name) => {
			const email = await read(name);
			expect(email).toMatchObject({
				isMultipart: true,
				html: '<p><a href="https://signed.phish.example/">Open the order</a></p>',
				attachments: [
					{ partId: '1', fileName: 'smime.p7m' },
					{ partId: '1.1.2', fileName: 'list.txt', size: 12 },
				],
				truncated: false,
			});
			expect(codes(email)).toEqual([]);
		},
	);

	it('is read as well when no attachments are kept', async () => {
		const email = await parseEmail(fixture('smime-signed.eml'), { keepAttachments: false });
		expect(email.html).toContain('https://signed.phish.example/');
		expect(email.attachments.map(({ content }) => content)).toEqual([undefined, undefined]);
	});

	it('that is encrypted is told', async () => {
		expect(codes(await read('smime-encrypted.eml'))).toEqual(['encrypted']);
		const pgp = crlf(
			'Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b--\n',
		);
		expect(codes(await parseEmail(pgp))).toContain('encrypted');
	});

	it('that cannot be opened is told', async () => {
		const damaged = crlf('Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64\n\nAAAAAAAA\n');
		expect(codes(await parseEmail(damaged))).toContain('smime-unread');
		const large = await parseEmail(fixture('smime-signed.eml'), { maxAttachmentBytes: 100 });
		expect(codes(large)).toContain('smime-unread');
	});

	it('within another one, and so on, is opened to the depth that messages may have', async () => {
		const der = (type: number, body: Buffer): Buffer => {
			const length = Buffer.alloc(4);
			length.writeUInt32BE(body.length);
			return Buffer.concat([Buffer.from([type, 0x84]), length, body]);
		};
		const wrap = (content: Buffer): Buffer =>
			der(
				0x30,
				Buffer.concat([
					Buffer.from('06092a864886f70d010702', 'hex'),
					der(
						0xa0,
						der(
							0x30,
							Buffer.concat([
								Buffer.from('0201013100', 'hex'),
								der(0x30, Buffer.concat([Buffer.from('06092a864886f70d010701', 'hex'), der(0xa0, der(4, content))])),
							]),
						),
					),
				]),
			);
		let entity: Buffer = Buffer.from('Content-Type: text/plain\r\n\r\ninnermost');
		for (let i = 0; i < 20; i++)
			entity = Buffer.concat([
				Buffer.from('Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: binary\r\n\r\n'),
				wrap(entity),
			]);
		const email = await parseEmail(entity);
		expect(email.text).toBeUndefined();
		expect(email.attachments).toHaveLength(9);
		expect(codes(email)).toContain('too-deep');
	});

	it('lengths that lie end with the bytes that are there', () => {
		const signed = readFileSync(require.resolve('../../fixtures/email/smime-signed-stream.eml'), 'latin1');
		const bytes = Buffer.from(signed.slice(signed.indexOf('\r\n\r\n')), 'base64');
		for (let at = 0; at < bytes.length; at++) {
			for (const value of [0x00, 0x80, 0x84, 0xff]) {
				const bad = Buffer.from(bytes);
				bad[at] = value;
				const { content } = readCms(bad) ?? {};
				expect((content?.length ?? 0) <= bytes.length).toBe(true);
			}
			readCms(bytes.subarray(0, at));
		}
		// Indefinite lengths inside of each other, without an end.
		expect(
			readCms(Buffer.concat([bytes.subarray(0, 20), Buffer.alloc(2_000_000, Buffer.from([0x30, 0x80]))])),
		).toBeDefined();
	});

	const clear = Buffer.from(
		'Content-Type: multipart/signed; boundary=s; protocol="application/pkcs7-signature"\r\n\r\n--s\r\nContent-Type: text/html\r\n\r\n<a href="https://clear.phish.example/">x</a>\r\n--s\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nsignature\r\n--s--\r\n',
	);
	const outlook = msg(
		text(0x1a, 'IPM.Note.SMIME.MultipartSigned'),
		attachment(0, [text(0x3707, 'smime.p7m'), text(0x370e, 'multipart/signed'), stream(0x3701, 0x0102, clear)]),
	);

	it('that Outlook keeps as one attachment is the message of that attachment', async () => {
		const inside = (await parseEmail(asMsgMail(outlook))).attachments[0]!.email!;
		expect(inside.attachments[0]!.email).toMatchObject({
			html: '<a href="https://clear.phish.example/">x</a>',
			attachments: [{ fileName: 'smime.p7s' }],
			warnings: [],
		});
	});

	it('also in a .msg file that is the item itself', async () => {
		const email = await emailFromItem(
			{},
			{
				keys: ['data'],
				info: () => ({ fileName: 'a.msg' }),
				read: () => Promise.resolve(outlook),
			},
		);
		expect(email.attachments[0]!.email?.html).toContain('https://clear.phish.example/');
	});
});

describe('the type of an attachment by its bytes, beside the declared one', () => {
	const typed = async (bytes: Buffer, options = {}): Promise<string | undefined> => {
		const mail = `Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${bytes.toString('base64')}`;
		const [file] = (await parseEmail(Buffer.from(mail), options)).attachments;
		expect(file!.contentType).toBe('application/pdf');
		return file!.detectedType;
	};
	const program = Buffer.alloc(256);
	program.write('MZ', 'latin1');
	program.writeUInt32LE(128, 0x3c);
	program.write('PE\0\0', 128, 'latin1');
	const image = Buffer.alloc(0x9000);
	image.write('CD001', 0x8001, 'latin1');
	const zip = (name: string, body = '') => Buffer.from(`PK\x03\x04${'\0'.repeat(26)}${name}${body}`, 'latin1');

	it.each<[string, Buffer, string | undefined]>([
		['a PDF', Buffer.from('%PDF-1.7\n'), 'application/pdf'],
		['a program', program, 'application/vnd.microsoft.portable-executable'],
		['a disc image', image, 'application/x-iso9660-image'],
		['a page', Buffer.from('\ufeff\r\n<!DOCTYPE html>\n<html>'), 'text/html'],
		['a page in UTF-16', Buffer.from('<html><body>', 'utf16le'), 'text/html'],
		['a drawing', Buffer.from('<?xml version="1.0"?>\n<svg xmlns="x">'), 'image/svg+xml'],
		['an archive', zip('a.txt'), 'application/zip'],
		[
			'a document',
			zip('[Content_Types].xml', 'PK word/document.xml'),
			'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
		],
		[
			'an OpenDocument',
			zip('mimetype', 'application/vnd.oasis.opendocument.textPK'),
			'application/vnd.oasis.opendocument.text',
		],
		['a shortcut', Buffer.from('4c0000000114020000000000c000000000000046', 'hex'), 'application/x-ms-shortcut'],
		['a notebook', Buffer.from('e4525c7b8cd8a74daeb15378d02996d3', 'hex'), 'application/onenote'],
		['a message of Outlook', outlookBytes(), 'application/vnd.ms-outlook'],
		['words', Buffer.from('Dear reader'), undefined],
		['nothing', Buffer.alloc(0), undefined],
	])('%s', async (_, bytes, type) => {
		expect(await typed(bytes)).toBe(type);
		// Whether its bytes are kept or not.
		expect(await typed(bytes, { keepAttachments: false })).toBe(type);
	});

	it('of those inside of Outlook files, too', async () => {
		const mail = asMsgMail(msg(attachment(0, [text(0x3707, 'a.txt'), stream(0x3701, 0x0102, program)])));
		expect((await parseEmail(mail)).attachments[0]!.email!.attachments).toMatchObject([
			{ contentType: 'application/octet-stream', detectedType: 'application/vnd.microsoft.portable-executable' },
		]);
	});
});

function outlookBytes(): Buffer {
	return msg(text(0x37, 'subject'));
}

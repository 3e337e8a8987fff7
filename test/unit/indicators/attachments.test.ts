import { createHash } from 'node:crypto';
import { parseEmail, type Attachment, type Email } from '../../../lib/email';
import { extractIndicators, type ExtractOptions } from '../../../lib/indicators';
import { INDICATOR_LIMITS } from '../../../lib/limits';
import { emailToBundle } from '../../../lib/stix';
import { attachment, message } from './messages';

const brief = (email: Email, options?: ExtractOptions): string[] =>
	extractIndicators(email, options)
		.filter(({ type }) => type !== 'domain-name')
		.map(
			({ type, value, sources }) =>
				`${sources.map(({ part, field }) => `${part}:${field ?? ''}`).join('+')} ${type} ${value}`,
		);

it('an attachment is one file with every hash and its name', () => {
	const file = attachment('payload', { fileName: 'invoice.exe' });
	expect(extractIndicators(message({ attachments: [file] }))).toEqual([
		{
			type: 'file',
			value: file.sha256,
			hashes: { MD5: file.md5, 'SHA-1': file.sha1, 'SHA-256': file.sha256, 'SHA-512': file.sha512 },
			fileName: 'invoice.exe',
			original: 'invoice.exe',
			defanged: false,
			sources: [{ part: 'attachment', field: 'invoice.exe' }],
			flags: [],
		},
	]);
});

it.each([
	['SHA-1', 'SHA-256'],
	['SHA-256', 'SHA-1'],
	['MD5', 'SHA-512'],
	['SHA-512', 'SHA-1'],
] as const)(
	'a file that a text names by %s and then by %s, and that is attached, is one file and one indicator',
	async (...names) => {
		const content = Buffer.from('malware');
		const hash = (name: string) => createHash(name.replace('-', '')).update(content).digest('hex');
		const email = await parseEmail(
			Buffer.from(
				[
					'From: a@example.org',
					'Subject: x',
					'Content-Type: multipart/mixed; boundary=b',
					'',
					'--b',
					'',
					`seen as ${hash(names[0])},`,
					`and as ${hash(names[1])}`,
					'--b',
					'Content-Type: application/octet-stream; name=a.bin',
					'Content-Transfer-Encoding: base64',
					'',
					content.toString('base64'),
					'--b--',
				].join('\r\n'),
			),
		);
		const indicators = extractIndicators(email);
		expect(indicators.filter(({ type }) => type === 'file')).toHaveLength(1);
		const { objects } = emailToBundle(email, { indicators, patterns: { policy: 'unflagged' } });
		expect(objects.filter(({ type }) => type === 'file')).toHaveLength(1);
		const patterns = objects.flatMap((object) => (object.type === 'indicator' ? [String(object.pattern)] : []));
		expect(patterns.filter((pattern) => pattern.startsWith('[file:'))).toHaveLength(1);
	},
);

it('a hash named in the text and the attachment that has it are one file', () => {
	const file = attachment('payload', { fileName: 'invoice.exe' });
	const found = extractIndicators(message({ text: `MD5 ${file.md5}`, attachments: [file] }));
	expect(found).toHaveLength(1);
	expect(found[0]).toMatchObject({
		value: file.sha256,
		fileName: 'invoice.exe',
		sources: [{ part: 'text' }, { part: 'attachment' }],
	});
	expect(Object.keys(found[0]?.hashes ?? {}).sort()).toEqual(['MD5', 'SHA-1', 'SHA-256', 'SHA-512']);
});

it('empty files and pictures of the body are flagged', () => {
	const flags = extractIndicators(
		message({
			attachments: [
				attachment(''),
				attachment('png', { contentType: 'image/png', related: true, fileName: 'logo.png' }),
			],
		}),
	).map((one) => one.flags);
	expect(flags).toEqual([['empty-file'], ['inline-image']]);
});

it.each([
	['text/plain', 'a.txt'],
	['text/csv', 'a.csv'],
	['application/json', 'a'],
	['application/octet-stream', 'iocs.CSV'],
	['text/calendar', 'invite.ics'],
	['message/delivery-status', ''],
	['application/xml', 'x'],
])('text-like attachments are read: %s %s', (contentType, fileName) => {
	const file = attachment('\ufeff"seen","hxxps://evil[.]example/a"\r\n', {
		contentType,
		...(fileName === '' ? {} : { fileName }),
	});
	const url = extractIndicators(message({ attachments: [file] })).find(({ type }) => type === 'url');
	expect(url).toMatchObject({
		value: 'https://evil.example/a',
		defanged: true,
		sources: [{ part: 'attachment', field: fileName === '' ? '2' : fileName }],
	});
});

it('HTML attachments are parsed as HTML', () => {
	const html =
		'<style>td.mobile{}</style><form action="https://evil.example/post"><script>var x="http://script.example"</script>';
	expect(
		brief(
			message({
				attachments: [attachment(html, { fileName: 'Invoice.HTM', contentType: 'application/octet-stream' })],
			}),
			{ attachments: false },
		),
	).toEqual([
		'attachment:Invoice.HTM form[action] url https://evil.example/post',
		'attachment:Invoice.HTM script url http://script.example/',
	]);
});

it('binary attachments are not searched, nor text-like ones when it is turned off', () => {
	expect(
		brief(
			message({ attachments: [attachment('http://evil.example/', { contentType: 'image/png', fileName: 'x.png' })] }),
			{ attachments: false },
		),
	).toEqual([]);
	expect(
		brief(message({ attachments: [attachment('http://evil.example/', { contentType: 'text/plain' })] }), {
			attachments: false,
			textAttachments: false,
		}),
	).toEqual([]);
});

it('UTF-16 and windows-1252 attachments are read', () => {
	const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('http://evil.example/wide', 'utf16le')]);
	const latin = Buffer.from('caf\u00e9 http://evil.example/latin', 'latin1');
	expect(
		brief(
			message({
				attachments: [
					attachment(wide, { contentType: 'text/plain' }),
					attachment(latin, { contentType: 'text/plain' }),
				],
			}),
			{ attachments: false },
		),
	).toEqual(['attachment:2 url http://evil.example/wide', 'attachment:2 url http://evil.example/latin']);
});

describe('the charset of a text attachment', () => {
	const urls = (bytes: Buffer, parts: Partial<Attachment>) =>
		extractIndicators(message({ attachments: [attachment(bytes, parts)] }))
			.filter(({ type }) => type === 'url')
			.map(({ value }) => value);
	/** `http://пример.com` in KOI8-R. */
	const koi8 = Buffer.concat([Buffer.from('http://'), Buffer.from('d0d2c9cdc5d2', 'hex'), Buffer.from('.com/')]);

	it('is the declared one', () => {
		expect(urls(koi8, { contentType: 'text/plain', charset: 'koi8-r' })).toEqual(['http://xn--e1afmkfd.com/']);
	});

	it('is kept from the message on', async () => {
		const raw = Buffer.concat([
			Buffer.from(
				'From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=KOI8-R; name=iocs.txt\r\nContent-Disposition: attachment\r\n\r\n',
			),
			koi8,
			Buffer.from('\r\n--x--\r\n'),
		]);
		const found = extractIndicators(await parseEmail(raw)).map(({ value }) => value);
		expect(found).toContain('http://xn--e1afmkfd.com/');
		expect(found.join()).not.toContain('xn--5cahmkkd');
	});

	it.each(['utf16le', 'utf16be'])('is %s where the bytes show it, without a byte order mark', (encoding) => {
		const bytes = Buffer.from('IOC: http://evil.example/wide\r\n', 'utf16le');
		const wide = encoding === 'utf16le' ? bytes : bytes.swap16();
		expect(urls(wide, { contentType: 'text/csv' })).toEqual(['http://evil.example/wide']);
	});

	it('is what the document says itself', () => {
		const html = Buffer.concat([Buffer.from('<meta charset="koi8-r"><p>'), koi8]);
		expect(urls(html, { contentType: 'application/octet-stream', fileName: 'list.html' })).toEqual([
			'http://xn--e1afmkfd.com/',
		]);
		const xml = Buffer.concat([Buffer.from('<?xml version="1.0" encoding="koi8-r"?><u>'), koi8, Buffer.from('</u>')]);
		expect(urls(xml, { contentType: 'application/xml' })).toEqual(['http://xn--e1afmkfd.com/']);
	});

	it('is windows-1252 where nothing says, and not latin1', () => {
		// In latin1, 0x93 and 0x94 are controls, and 0x85 is a line end; here quotes and dots.
		const quoted = Buffer.from('\x93http://evil.example/a\x94 http://evil.example/b\x85', 'latin1');
		expect(urls(quoted, { contentType: 'text/plain' })).toEqual(['http://evil.example/a', 'http://evil.example/b']);
		// `š`, which latin1 does not have.
		const name = Buffer.from('http://\x9aumava.example/', 'latin1');
		expect(urls(name, { contentType: 'text/plain' })).toEqual(['http://xn--umava-udb.example/']);
	});

	it('cuts no character in two at the limit', () => {
		const text = `${'ы'.repeat(INDICATOR_LIMITS.maxAttachmentTextBytes / 2 - 16)} http://пример.com/ ыыы`;
		const bytes = Buffer.from(` ${text}`, 'utf8');
		expect(bytes.length).toBeGreaterThan(INDICATOR_LIMITS.maxAttachmentTextBytes);
		expect(urls(bytes, { contentType: 'text/plain' })).toEqual(['http://xn--e1afmkfd.com/']);
	});
});

describe('attached messages', () => {
	const inner = message({
		subject: 'see http://inner.example/s',
		from: [{ address: 'x@inner.example' }],
		html: '<a href="http://inner.example/h">x</a>',
		attachments: [attachment('http://inner.example/a', { contentType: 'text/plain', partId: '1.2' })],
	});
	const outer = message({
		text: 'http://outer.example/',
		attachments: [attachment('raw', { partId: '2', contentType: 'message/rfc822', email: inner })],
	});

	it('are read with their headers, bodies and attachments, each place with its part', () => {
		expect(brief(outer, { attachments: false })).toEqual([
			'text: url http://outer.example/',
			'2/header:From email-addr x@inner.example',
			'2/subject: url http://inner.example/s',
			'2/html:a[href] url http://inner.example/h',
			'2/attachment:1.2 url http://inner.example/a',
		]);
	});

	it('are left alone when it is turned off', () => {
		expect(brief(outer, { attachments: false, attachedMessages: false })).toEqual(['text: url http://outer.example/']);
	});

	it('eight deep and no deeper', () => {
		let email = message({ text: 'http://deep.example/9' });
		for (let depth = 8; depth >= 0; depth--)
			email = message({ text: `http://deep.example/${depth}`, attachments: [attachment('', { email })] });
		expect(brief(email, { attachments: false })).toHaveLength(9);
	});
});

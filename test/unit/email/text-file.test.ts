import {
	emailFromItem,
	emailFromJson,
	emailToJson,
	parseEmail,
	textOfFile,
	type BinaryReader,
} from '../../../lib/email';
import { crlf } from './message';

const KOI8 = Buffer.from('ht\x74p://\xd0\xd2\xc9\xcd\xc5\xd2.com/', 'latin1');
const URL_TEXT = 'http://пример.com/';
const wide = (text: string, order: 'le' | 'be'): Buffer => {
	const bytes = Buffer.from(text, 'utf16le');
	return order === 'le' ? bytes : bytes.swap16();
};

const MESSAGE = (type: string, content: Buffer): Buffer =>
	crlf(`
From: a@example.org
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

see attachment
--b
Content-Type: ${type}
Content-Disposition: attachment; filename=links.txt
Content-Transfer-Encoding: base64

${content.toString('base64')}
--b--
`);

describe('a text that came as a file', () => {
	it('keeps the charset that its sender declared, in the item too', async () => {
		const email = await parseEmail(MESSAGE('text/plain; charset=KOI8-R', KOI8));
		expect(email.attachments[0]).toMatchObject({ contentType: 'text/plain', charset: 'koi8-r' });
		const back = emailFromJson(JSON.parse(JSON.stringify(emailToJson(email))));
		expect(back.attachments[0]!.charset).toBe('koi8-r');
		const plain = await parseEmail(MESSAGE('text/plain', Buffer.from('x')));
		expect(plain.attachments[0]).not.toHaveProperty('charset');
	});

	it("keeps it in another node's item, where it stands beside the type", async () => {
		const binary: BinaryReader = {
			keys: ['attachment_0'],
			info: () => ({ fileName: 'links.txt', mimeType: 'Text/Plain; charset="KOI8-R"', size: KOI8.length }),
			read: () => Promise.resolve(KOI8),
		};
		const gmail = {
			id: '18c',
			threadId: '18c',
			snippet: 's',
			From: 'a@example.org',
			Subject: 's',
			To: 'b@example.org',
		};
		const email = await emailFromItem(gmail, binary);
		expect(email.attachments).toMatchObject([{ contentType: 'text/plain', charset: 'koi8-r' }]);
	});

	it.each<[string, Buffer, string, string | undefined, string]>([
		['in the declared charset', KOI8, 'text/plain', 'koi8-r', URL_TEXT],
		['as UTF-16 with a byte order mark', wide(`\ufeff${URL_TEXT}`, 'be'), 'text/plain', undefined, URL_TEXT],
		['as UTF-16 without a mark (little-endian)', wide(URL_TEXT, 'le'), 'text/plain', undefined, URL_TEXT],
		['as UTF-16 without a mark (big-endian)', wide(URL_TEXT, 'be'), 'text/plain', undefined, URL_TEXT],
		['as UTF-16 without a mark, called ASCII', wide(URL_TEXT, 'le'), 'text/plain', 'us-ascii', URL_TEXT],
		['as UTF-16 that is declared and shows nothing', wide('привет', 'le'), 'text/plain', 'utf-16le', 'привет'],
		['as UTF-8', Buffer.from(`\ufeff${URL_TEXT}`), 'text/csv', undefined, URL_TEXT],
		['as windows-1252 when it is not UTF-8', Buffer.from('caf\xe9 \x80', 'latin1'), 'text/plain', undefined, 'café €'],
		['in a charset that does not exist', Buffer.from(URL_TEXT), 'text/plain', 'x-none', URL_TEXT],
		[
			'in the charset that an HTML document names',
			Buffer.from('<meta charset=windows-1251>\xcf\xf0\xe8', 'latin1'),
			'text/html',
			undefined,
			'<meta charset=windows-1251>При',
		],
		[
			'in the encoding that an XML document names',
			Buffer.from('<?xml version="1.0" encoding="windows-1251"?><a>\xcf\xf0\xe8</a>', 'latin1'),
			'image/svg+xml',
			undefined,
			'<?xml version="1.0" encoding="windows-1251"?><a>При</a>',
		],
		['with zeros that make no UTF-16', Buffer.from('a\0\0\0b\0\0\0'), 'text/plain', undefined, 'a\0\0\0b\0\0\0'],
	])('is read %s', (_, bytes, contentType, charset, text) => {
		expect(textOfFile(bytes, { contentType, charset })).toBe(text);
	});

	it('is cut between characters, never within one', () => {
		const read = (bytes: Buffer, maxBytes: number, charset?: string) =>
			textOfFile(bytes, { contentType: 'text/plain', charset, maxBytes });
		expect(read(Buffer.from('grün'), 3)).toBe('gr');
		expect(read(wide('abcd😀', 'le'), 11)).toBe('abcd');
		expect(read(wide('привет😀', 'be'), 13, 'utf-16be')).toBe('привет');
	});
});

import { openAttachments } from '../../../lib/attachments';
import { isIncomplete, parseEmail, type Email } from '../../../lib/email';
import { extractIndicators } from '../../../lib/indicators';

const HEAD = 'From: Jane <jane@sender.example>\r\nTo: bob@own.example\r\nSubject: t\r\nMIME-Version: 1.0\r\n';
/** A message of a short text and one more part. */
const withPart = (header: string, body: string, subtype = 'mixed'): Promise<Email> =>
	parseEmail(
		Buffer.from(
			`${HEAD}Content-Type: multipart/${subtype}; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b\r\n${header}\r\n\r\n${body}\r\n--b--\r\n`,
			'latin1',
		),
	);
const told = (email: Email): string[] =>
	extractIndicators(email, { headers: false, attachments: false })
		.filter(({ derivedFrom }) => derivedFrom === undefined)
		.map(({ type, value }) => `${type} ${value}`);
const codes = ({ warnings }: Email): string[] => warnings.map(({ code }) => code);

describe.each(['mixed', 'alternative'])('in multipart/%s', (subtype) => {
	it.each(['message/global-headers', 'message/rfc822-headers', 'text/rfc822-headers'])(
		'the header of a returned message is read as %s',
		async (type) => {
			const email = await withPart(
				`Content-Type: ${type}`,
				'From: <a=b@drop.example.net>\r\nList-Unsubscribe: <https://drop.example.net/u>\r\nX-Id: 7@id.example.net',
				subtype,
			);
			expect(told(email)).toEqual(['email-addr a=b@drop.example.net', 'url https://drop.example.net/u']);
		},
	);

	it('a piece of a message is read, and told as one', async () => {
		const email = await withPart(
			'Content-Type: message/partial; id=x; number=1; total=2',
			'From: z@two.example.net\r\n\r\nhttps://drop.example.net/a',
			subtype,
		);
		expect(told(email)).toEqual(['email-addr z@two.example.net', 'url https://drop.example.net/a']);
		expect(codes(email)).toContain('message-in-pieces');
		expect(isIncomplete(email)).toBe(true);
	});

	it.each([
		[
			'access-type=URL; URL="https://drop.example.net/a-long/ path?a=1"',
			'url https://drop.example.net/a-long/path?a=1',
		],
		[
			'access-type=ANON-FTP; site="drop.example.net"; directory="pub"; name="a.exe"',
			'url ftp://drop.example.net/pub/a.exe',
		],
	])('where the content of a part lies: %s', async (parameters, value) => {
		const email = await withPart(
			`Content-Type: message/external-body; ${parameters}`,
			'Content-Type: text/plain\r\n\r\n',
			subtype,
		);
		expect(told(email)).toEqual([value]);
	});
});

describe('a text of which nothing is said', () => {
	const file = (name: string, bytes: Buffer | string, type = 'application/octet-stream'): Promise<Email> =>
		withPart(
			`Content-Type: ${type}${name === '' ? '' : `; name="${name}"`}\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64`,
			Buffer.from(bytes).toString('base64'),
		);
	const WORDS = 'Some words of configuration\r\nfull address:s:https://drop.example.net/p?a=1\r\n';

	it.each(['', 'config', 'a.dat', 'a.bin', 'a.inf', 'a.scf'])('is read whatever its name is: %j', async (name) => {
		const email = await file(name, WORDS);
		expect(told(email)).toEqual(['url https://drop.example.net/p?a=1']);
		expect(told(await openAttachments(email))).toEqual(['url https://drop.example.net/p?a=1']);
	});

	it('is read in every charset that shows', async () => {
		for (const bytes of [
			Buffer.from(`\ufeff${WORDS}`, 'utf16le'),
			Buffer.from(`Grüße ${WORDS}`, 'latin1'),
			Buffer.from(`文字列 ${WORDS}`),
		])
			expect(told(await file('a.dat', bytes))).toEqual(['url https://drop.example.net/p?a=1']);
	});

	it('is none where the bytes are those of a program, a picture or an archive', async () => {
		for (const head of ['MZ\x90\0\x03\0\0\0', '\x89PNG\r\n\x1a\n\0\0', 'PK\x03\x04\x14\0', '\0\0\0\0', '\x01\x02'])
			expect(told(await file('a.dat', Buffer.from(`${head}${WORDS}`, 'latin1')))).toEqual([]);
	});
});

describe('quoted-printable that no field names', () => {
	const page = (body: string, encoding = ''): Promise<Email> =>
		parseEmail(Buffer.from(`${HEAD}Content-Type: text/html\r\n${encoding}\r\n${body}\r\n`, 'latin1'));
	const BODY = '<html><a href=3D"https://drop.example.net/pa=\r\nth?x=3D1">x</a></html>';

	it.each(['', 'Content-Transfer-Encoding: 7bit\r\n', 'Content-Transfer-Encoding: 8bit\r\n'])(
		'is read, and told: %j',
		async (encoding) => {
			const email = await page(BODY, encoding);
			expect(told(email)).toEqual(['url https://drop.example.net/path?x=1']);
			expect(codes(email)).toContain('encoding-wrong');
		},
	);

	it('is none where an equals sign stands for itself', async () => {
		for (const body of [
			'<a href="https://drop.example.net/?x=3D1">y</a>',
			'<a href="https://drop.example.net/?x=3D1">y</a> a=\r\nb',
		]) {
			const email = await page(body);
			expect(told(email)).toEqual(['url https://drop.example.net/?x=3D1']);
			expect(codes(email)).not.toContain('encoding-wrong');
		}
	});
});

it('a text that is encrypted (PGP) is told as that', async () => {
	const raw = `${HEAD}Content-Type: text/plain\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----\r\n`;
	const email = await parseEmail(Buffer.from(raw));
	expect(codes(email)).toContain('encrypted');
	expect(isIncomplete(email)).toBe(true);
});

import { parseEmail } from '../../../lib/email';
import { extractIndicators, type Indicator } from '../../../lib/indicators';

const brief = ({ type, value }: Indicator): string => `${type} ${value}`;
const inText = (text: string): string[] => extractIndicators({ text }).map(brief);
const inMessage = async (message: string): Promise<string[]> =>
	extractIndicators(await parseEmail(Buffer.from(message.replaceAll('\n', '\r\n')))).map(brief);
const addresses = (found: readonly string[]): string[] => found.filter((value) => value.startsWith('email-addr'));

describe('where an address begins', () => {
	it('takes it whole in every field and link that holds addresses', async () => {
		const found = await inMessage(
			[
				'From: a@mail.example',
				'List-Unsubscribe: <https://list.example/u>, <mailto:leave-abc=bob=corp.example@lists.example?subject=x>',
				'Received-SPF: pass (mx: domain of b=c/d@spf.example designates 192.0.2.3 as permitted sender)',
				'Authentication-Results: mx.corp.example; spf=pass smtp.mailfrom="q q"@quoted.example',
				'X-Original-From: "O" <o@original.example>',
				'Content-Type: text/html',
				'',
				'<a href="mailto:e=f@link.example,g/h@link.example?cc=i@link.example">x</a>',
				'<a href="mailto:%22two%20words%22@link.example">x</a>',
			].join('\n'),
		);
		expect(addresses(found)).toEqual([
			'email-addr a@mail.example',
			'email-addr leave-abc=bob=corp.example@lists.example',
			'email-addr b=c/d@spf.example',
			'email-addr o@original.example',
			'email-addr "q q"@quoted.example',
			'email-addr e=f@link.example',
			'email-addr g/h@link.example',
			'email-addr i@link.example',
			'email-addr "two words"@link.example',
		]);
	});

	it('takes it whole in a text that says that it is one', () => {
		const text = [
			'envelope-from=<admin=corp.com@bounces.example> and',
			'ORGANIZER:mailto:a=b@cal.example',
			'ATTENDEE:MAILTO:c/d@cal.example',
			'"john doe"@quoted.example, o\'neil@plain.example',
			'VERP: admin=firm.com@lists.example',
		].join('\n');
		expect(addresses(inText(text))).toEqual([
			'email-addr admin=corp.com@bounces.example',
			'email-addr a=b@cal.example',
			'email-addr c/d@cal.example',
			'email-addr "john doe"@quoted.example',
			"email-addr o'neil@plain.example",
			'email-addr admin=firm.com@lists.example',
		]);
	});

	it('leaves out the parameter or the path that stands before it', () => {
		const text = 'email=a@x.example to=b.name@x.example &id=c@x.example ?mailto:?to=d@x.example sales/e@x.example';
		expect(addresses(inText(text))).toEqual(
			['a', 'b.name', 'c', 'd', 'e'].map((local) => `email-addr ${local}@x.example`),
		);
	});
});

describe('where a host ends when the blank behind its full stop is missing', () => {
	it.each([
		['Write to info@lure.com.Please do.', ['email-addr info@lure.com', 'domain-name lure.com']],
		['See www.lure.com.Then call.', ['domain-name www.lure.com']],
		['Open https://lure.com.Thanks', ['url https://lure.com/', 'domain-name lure.com']],
		['Blocked: lure.com.Regards', ['domain-name lure.com']],
		['lure[.]com.The 198.51.100[.]3.After', ['domain-name lure.com', 'ipv4-addr 198.51.100.3']],
		['hxxps://lure[.]com.Next', ['url https://lure.com/', 'domain-name lure.com']],
		['Адрес: lure.com.Ждём', ['domain-name lure.com']],
		['מייל: info@lure.co.il.תודה', ['email-addr info@lure.co.il', 'domain-name lure.co.il']],
	])('%s', (text, found) => {
		expect(inText(text)).toEqual(found);
	});

	it.each([
		['https://lure.com.Portal/login', ['url https://lure.com.portal/login']],
		['System.Net.Http and Object.Id.Value', []],
		['https://пример.com.рф', ['url https://xn--e1afmkfd.com.xn--p1ai/', 'domain-name xn--e1afmkfd.com.xn--p1ai']],
	])('leaves alone what is no sentence: %s', (text, found) => {
		expect(inText(text)).toEqual(found);
	});
});

describe('where a URL ends in texts of other scripts', () => {
	it.each([
		['زر https://lure.com/a، ثم https://trap.net/b؟', ['https://lure.com/a', 'https://trap.net/b']],
		['यहाँ देखें https://lure.com/a।', ['https://lure.com/a']],
		[
			'https://lure.com/a· https://trap.net/b։ https://bait.org/c– x',
			['https://lure.com/a', 'https://trap.net/b', 'https://bait.org/c'],
		],
		['https://lure.com/a。https://trap.net/b', ['https://lure.com/a', 'https://trap.net/b']],
		['请点击https://lure.com/login.php登录，谢谢', ['https://lure.com/login.php']],
		['こちらhttps://lure.com/aからお願いします。', ['https://lure.com/a']],
		[
			'https://wiki.com/wiki/東京 https://wiki.com/?q=東京&x=1',
			['https://wiki.com/wiki/%E6%9D%B1%E4%BA%AC', 'https://wiki.com/?q=%E6%9D%B1%E4%BA%AC&x=1'],
		],
		['https://wiki.com/wiki/1914–1918', ['https://wiki.com/wiki/1914%E2%80%931918']],
	])('%s', (text, urls) => {
		const found = extractIndicators({ text }).filter(({ type }) => type === 'url');
		expect(found.map(({ value }) => value)).toEqual(urls);
	});

	it('an address with IP before it, beside letters of another script', () => {
		expect(inText('访问ip198.51.100.7端口')).toEqual(['ipv4-addr 198.51.100.7']);
	});
});

describe('a scheme that is garbled', () => {
	it.each([
		'https%3A//lure.com/a',
		'https%3a%2f%2flure.com/a',
		'https[:/]/lure.com/a',
		'https:/ /lure.com/a',
		'https;//lure.com/a',
		'https[.]//lure.com/a',
		'https:\u2215\u2215lure.com/a',
		'h t t p s : / /lure.com/a',
		'hxxps\\://lure\\[\\.\\]com/a',
		'https:\\\\/\\\\/lure.com\\\\/a',
	])('is the one that was written: %s', (text) => {
		const [url] = extractIndicators({ text: `see ${text} now` });
		expect(url).toMatchObject({ type: 'url', value: 'https://lure.com/a' });
		expect(url!.flags).not.toContain('scheme-assumed');
	});

	it.each(['see https; lure.com/a', 'a tps://x and lure.com/a', 'either/ lure.com/a', 'https: lure.com/a'])(
		'nothing is made up: %s',
		(text) => {
			const url = extractIndicators({ text }).find(({ value }) => value.includes('lure.com/a'));
			expect(url).toMatchObject({
				value: 'http://lure.com/a',
				flags: expect.arrayContaining(['scheme-assumed']) as unknown,
			});
		},
	);

	it('an address whose sign and dots Markdown escaped', () => {
		expect(addresses(inText('user\\@lure\\[\\.\\]com'))).toEqual(['email-addr user@lure.com']);
	});
});

describe('a hash in a name, between marks, over two lines', () => {
	const md5 = '5eb63bbbe01eeed093cb22bb8f5acdc3';
	const sha1 = '2aae6c35c94fcfb415dbe95f408b9ce91ee846ed';
	const sha256 = 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9';
	it.each([
		[`sample-${sha256}.zip`, [sha256]],
		[`dump_${sha256}`, [sha256]],
		[`${sha1}_unpacked.bin`, [sha1]],
		[`_${md5}_ and ==${md5}==`, [md5]],
		[`SHA256: ${sha256.slice(0, 32)}\n${sha256.slice(32)}`, [sha256]],
		[`SHA-1    ${sha1.slice(0, 32)}\n         ${sha1.slice(32)}`, [sha1]],
	])('%s', (text, values) => {
		expect(extractIndicators({ text }).map(({ value }) => value)).toEqual(values);
	});

	it.each([
		`session-${md5}`,
		`pehash: ${sha1}`,
		`PE hash ${md5}`,
		`Public key SHA-256: ${sha256}`,
		`Subject Key Identifier: ${sha1}`,
		`Transaction ID: ${md5}`,
		`Client secret: ${sha1}`,
	])('is none of a file: %s', (text) => {
		expect(extractIndicators({ text })).toEqual([]);
	});
});

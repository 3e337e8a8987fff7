import { extractIndicators, type ExtractOptions, type Indicator } from '../../../lib/indicators';

const brief = ({ type, value, flags }: Indicator): string =>
	`${type} ${value}${flags.length > 0 ? ` (${flags.join(', ')})` : ''}`;
const inText = (text: string, options?: ExtractOptions): string[] => extractIndicators({ text }, options).map(brief);
const inHtml = (html: string): string[] => extractIndicators({ html }).map(brief);

describe('no bogus domain from HTML', () => {
	it('selectors, class names, ids, members in scripts and comments are not read', () => {
		expect(
			inHtml(`<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
			<html xmlns="http://www.w3.org/1999/xhtml" xmlns:o="urn:schemas-microsoft-com:office:office"><head>
			<style>td.mobile, div.mobile, table.center { background: url(http://css.example/x.png) } a::before { content: "evil.example" }
			.block-grid.seven { } p.MsoNormal { margin: 0.1in 72.0pt; }</style></head>
			<body class="table.mobile" id="slot-spacing.CENTER" style="background:url('http://style.example/a.png')">
			<!-- see hidden.example and http://comment.example/ -->
			<script>var x = "http://script.example/"; node.name = Object.id;</script>
			<td class=button.no>Hello</td></body></html>`),
		).toEqual([
			'url http://css.example/x.png (documentation)',
			'domain-name css.example (documentation)',
			'url http://style.example/a.png (documentation)',
			'domain-name style.example (documentation)',
			'url http://script.example/ (documentation)',
			'domain-name script.example (documentation)',
		]);
	});

	it('no ::before as an IPv6 address', () => {
		expect(inHtml('<p>a::before { } std::vector ::after std::be d:: ::bef</p>')).toEqual([]);
		expect(inText('.x::before{} std::vector<int> ::add a::b dead::beef ::1 Foo::Bar::Baz face::cafe')).toEqual([]);
	});

	it('percent-encoding in front of a name is not part of it', () => {
		expect(inText('q=https%3A%2F%2Fwww.evil.example%2Fa&b=c')).toEqual([
			'url https://www.evil.example/a (documentation)',
			'domain-name www.evil.example (documentation)',
		]);
		expect(inText('%2Fwww.evil.example')).toEqual(['domain-name www.evil.example (documentation)']);
	});

	it('inline tags join a word, blocks end it', () => {
		expect(inHtml('Visit ev<b>il</b>.exam<wbr>ple now')).toEqual(['domain-name evil.example (documentation)']);
		expect(inHtml('<td>sentence</td><td>.example</td><div>one.</div><div>example</div>')).toEqual([]);
	});
});

describe('prose, files and code', () => {
	it('a missing blank after a full stop is no domain', () => {
		expect(inText('end of sentence.Next one. Please sign.in or log.in today.Thanks e.g. i.e. etc. here.Click')).toEqual(
			[],
		);
	});

	it('code, anti-virus names and paths are no domains', () => {
		expect(inText('node.name(x) W64/BURNTCIGAR.CA!tr C:\\Users\\me.net\\x src/main.rs $this.id foo/bar.pl')).toEqual(
			[],
		);
	});

	it('a file name is flagged unless something else speaks for a domain', () => {
		expect(inText('see README.md and invoice.zip')).toEqual([
			'domain-name readme.md (file-name-like)',
			'domain-name invoice.zip (file-name-like)',
		]);
		expect(inText('invoice[.]zip www.invoice.mov https://setup.sh/x evil.zip/a user@script.py')).toEqual([
			'domain-name invoice.zip',
			'domain-name www.invoice.mov',
			'url https://setup.sh/x',
			'domain-name setup.sh',
			'url http://evil.zip/a (scheme-assumed)',
			'domain-name evil.zip',
			'email-addr user@script.py',
			'domain-name script.py',
		]);
		expect(inText('package com.vendor.app')).toEqual(['domain-name com.vendor.app (file-name-like)']);
	});

	it('short forms, queries and numbered headings are flagged by what stands around them', () => {
		const prose = 'CVR.nr. 12345678, kunde.nr 77, delivery approx.in 5 days, select a from b order.by c; 1.2.total.no';
		expect(inText(prose)).toEqual(
			['cvr.nr', 'kunde.nr', 'approx.in', 'order.by', '1.2.total.no'].map(
				(name) => `domain-name ${name} (file-name-like)`,
			),
		);
		const hosts = [
			'The domain approx.in resolves to this',
			'Domains:\napprox.in\norder.by\n1.2.total.no\nlogin-check.in',
			'approx.in/login',
			'approx[.]in order.by',
			'4.3.2.1.bl.list.no 3.camp.no',
		];
		for (const text of hosts) expect(inText(text).filter((line) => line.includes('file-name-like'))).toEqual([]);
		for (const text of hosts) expect(inText(text)).not.toEqual([]);
	});

	it('Content-IDs and unknown suffixes are no addresses', () => {
		expect(inText('cid:image001.png@01D8A2B3.C4D5E6F0 a@b foo@bar.notasuffix @everyone me@')).toEqual([]);
	});

	it('return paths with an address inside are read whole', () => {
		expect(inText('prvs=0123abcd=user@sender.example bounce+jane=victim.example@sender.example')).toEqual([
			'email-addr prvs=0123abcd=user@sender.example (documentation)',
			'domain-name sender.example (documentation)',
			'email-addr bounce+jane=victim.example@sender.example (documentation)',
		]);
		expect(inText('?email=user@sender.example&x=1')[0]).toBe('email-addr user@sender.example (documentation)');
	});

	it('weak spellings need more than two words around a dot', () => {
		expect(inText('the dot com bubble, a dot in space, connect the dot network, meet me at the dot')).toEqual([]);
		expect(inText('certbot failed at 0day[dot]rocks')).toEqual(['domain-name 0day.rocks']);
		expect(inText('End . In the name,address,info,com,net,org a,b,c')).toEqual([]);
	});
});

describe('numbers', () => {
	it('versions and dotted numbers that are no addresses', () => {
		expect(inText('10.0.19041.1 1.2.3.4.5 999.1.1.1 010.001.002.003 256.1.1.1 v1.2.3.4 1.3.6.1.4.1 1,2,3,4')).toEqual(
			[],
		);
	});

	it('what may be a version is flagged, not dropped', () => {
		expect(inText('Chrome/120.0.10.1 version 5.6.7.8, build 91.2.3.4; section 4.3.2.1')).toEqual([
			'ipv4-addr 120.0.10.1 (version-like)',
			'ipv4-addr 5.6.7.8 (version-like)',
			'ipv4-addr 91.2.3.4 (version-like)',
			'ipv4-addr 4.3.2.1 (version-like)',
		]);
		expect(inText('1[.]2[.]3[.]4')).toEqual(['ipv4-addr 1.2.3.4']);
	});

	it('behind the name of software, and before what is said of versions', () => {
		const versions = [
			'Chrome 120.0.10.1',
			'Adobe Reader 8.0.2.5',
			'Oracle 11.2.0.4',
			'upgraded to 8.0.2.5',
			'8.0.2.5 and earlier',
			'8.0.2.5 (build 7)',
			'versión 8.0.2.5',
		];
		for (const text of versions) expect(inText(text)[0]).toMatch(/^ipv4-addr [\d.]+ \(version-like\)$/);
		expect(
			inText('8.0.2.5 seen by exchange 91.200.14.7, client 91.200.14.7, tcp/8.0.2.6 and 8.0.2.7 and 8.0.2.8 later'),
		).toEqual(['8.0.2.5', '91.200.14.7', '8.0.2.6', '8.0.2.7', '8.0.2.8'].map((address) => `ipv4-addr ${address}`));
	});

	it('times and MAC addresses are no IPv6 addresses', () => {
		expect(inText('12:30:45 00:11:22:33:44:55 1:2:3 10:20 a:b:c:d:e:f:1 2024-01-01T10:00:00')).toEqual([]);
	});

	it('private, documentation and resolver addresses are flagged', () => {
		expect(
			inText('10.1.2.3 172.16.0.1 192.168.1.1 127.0.0.1 169.254.1.1 100.64.0.1 198.18.0.1 224.0.0.1 255.255.255.255'),
		).toEqual(
			[
				'10.1.2.3',
				'172.16.0.1',
				'192.168.1.1',
				'127.0.0.1',
				'169.254.1.1',
				'100.64.0.1',
				'198.18.0.1',
				'224.0.0.1',
				'255.255.255.255',
			].map((ip) => `ipv4-addr ${ip} (private)`),
		);
		expect(inText('192.0.2.1 198.51.100.1 203.0.113.1 2001:db8::1')).toEqual(
			['ipv4-addr 192.0.2.1', 'ipv4-addr 198.51.100.1', 'ipv4-addr 203.0.113.1', 'ipv6-addr 2001:db8::1'].map(
				(ip) => `${ip} (documentation)`,
			),
		);
		expect(inText('8.8.8.8 1.1.1.1 9.9.9.9 2606:4700:4700::1111')).toEqual(
			['ipv4-addr 8.8.8.8', 'ipv4-addr 1.1.1.1', 'ipv4-addr 9.9.9.9', 'ipv6-addr 2606:4700:4700::1111'].map(
				(ip) => `${ip} (resolver)`,
			),
		);
		expect(inText('fe80::1 fc00::1:2 ff02::1 [::1]')).toEqual(
			['fe80::1', 'fc00::1:2', 'ff02::1', '::1'].map((ip) => `ipv6-addr ${ip} (private)`),
		);
	});
});

describe('hash look-alikes', () => {
	const MD5 = '9e107d9d372bb6826bd81d3542a419d6';

	it('hashes of the four lengths, in either case, alone or as a file name', () => {
		const sha512 = 'ab12'.repeat(10) + 'cdef0345'.repeat(11);
		const found = extractIndicators({
			text: `MD5: ${MD5.toUpperCase()}, ${'2fd4e1c67a2d28fced849ee1bb76e7391b93eb12'}.exe sha256=${'d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592'} ${sha512}`,
		});
		expect(found.map(({ value, hashes }) => [value, Object.keys(hashes ?? {})])).toEqual([
			[MD5, ['MD5']],
			['2fd4e1c67a2d28fced849ee1bb76e7391b93eb12', ['SHA-1']],
			['d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592', ['SHA-256']],
			[sha512, ['SHA-512']],
		]);
	});

	it('identifiers of the same length are none', () => {
		expect(
			inText(
				`----=_Part_${MD5} ${MD5}@mail.invalid-suffix ${MD5}_x ${MD5}== x-${MD5} ${'0'.repeat(32)} ${'f'.repeat(64)} 12345678901234567890123456789012 9E107d9d372bb6826bd81d3542a419d6 123e4567-e89b-12d3-a456-426614174000`,
			),
		).toEqual([]);
	});

	it('the hashes of no bytes, UUIDs without dashes and commits are flagged', () => {
		expect(
			inText(
				'd41d8cd98f00b204e9800998ecf8427e da39a3ee5e6b4b0d3255bfef95601890afd80709 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
			).every((line) => line.endsWith('(empty-file)')),
		).toBe(true);
		expect(inText('uuid f47ac10b58cc4372a5670e02b2c3d479')).toEqual([
			'file f47ac10b58cc4372a5670e02b2c3d479 (id-like)',
		]);
		expect(inText('commit 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12')).toEqual([
			'file 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12 (id-like)',
		]);
	});
});

describe('URLs', () => {
	it('end where the sentence goes on', () => {
		const urls = (text: string): string[] =>
			extractIndicators({ text })
				.filter(({ type }) => type === 'url')
				.map(({ value }) => value);
		expect(
			urls(
				'see (http://a.example/b_(c)), "http://b.example/x", \'http://c.example/y\', <http://d.example/z>. [http://e.example/w] **http://f.example/v** http://g.example/u?',
			),
		).toEqual([
			'http://a.example/b_(c)',
			'http://b.example/x',
			'http://c.example/y',
			'http://d.example/z',
			'http://e.example/w',
			'http://f.example/v',
			'http://g.example/u',
		]);
		expect(
			urls(
				'http://a.example/1,http://b.example/2;https://c.example/3|http://d.example/4 “http://e.example/5” http://f.example/6…',
			),
		).toEqual([
			'http://a.example/1',
			'http://b.example/2',
			'https://c.example/3',
			'http://d.example/4',
			'http://e.example/5',
			'http://f.example/6',
		]);
		expect(urls('http://http://a.example/ linkhttps://b.example/ http://c.example/">click</a')).toEqual([
			'http://a.example/',
			'https://b.example/',
			'http://c.example/',
		]);
		expect(urls('http://a.example/straße?q=ü#ö')).toEqual(['http://a.example/stra%C3%9Fe?q=%C3%BC#%C3%B6']);
		expect(urls('请访问http://a.example/b。谢谢，http://c.example/d！')).toEqual([
			'http://a.example/b',
			'http://c.example/d',
		]);
	});

	it('user, port, integer and hexadecimal hosts as browsers read them', () => {
		expect(
			inText(
				'https://brand.example@evil.example:8443/login http://0x7f000001/ http://2130706433/a http://[2001:db8::1]:8080/ http://0300.0250.1.1/',
			),
		).toEqual([
			'url https://brand.example@evil.example:8443/login (documentation, userinfo)',
			'domain-name evil.example (documentation)',
			'url http://127.0.0.1/ (private)',
			'ipv4-addr 127.0.0.1 (private)',
			'url http://127.0.0.1/a (private)',
			'url http://[2001:db8::1]:8080/ (documentation)',
			'ipv6-addr 2001:db8::1 (documentation)',
			'url http://192.168.1.1/ (private)',
			'ipv4-addr 192.168.1.1 (private)',
		]);
	});

	it('schema, tracking, shortener and unsubscribe URLs are flagged by exact place', () => {
		expect(
			inText(
				'http://www.w3.org/1999/xhtml http://www.w3.org/Consortium/ https://bit.ly/x https://u1.ct.sendgrid.net/ls/click?upn=x https://shop.evil.com/unsubscribe?id=1',
			),
		).toEqual([
			'url http://www.w3.org/1999/xhtml (schema-url)',
			'domain-name www.w3.org',
			'url http://www.w3.org/Consortium/',
			'url https://bit.ly/x (shortener)',
			'domain-name bit.ly (shortener)',
			'url https://u1.ct.sendgrid.net/ls/click?upn=x (tracking)',
			'domain-name u1.ct.sendgrid.net (tracking)',
			'url https://shop.evil.com/unsubscribe?id=1 (unsubscribe)',
			'domain-name shop.evil.com',
		]);
	});
});

describe('other scripts', () => {
	it('names become A-labels, look-alikes are flagged, what hides is stripped', () => {
		expect(inText('bücher.example.com')).toEqual(['domain-name xn--bcher-kva.example.com (documentation, punycode)']);
		expect(inText('http://раypal.com/')).toEqual([
			'url http://xn--ypal-43d9g.com/ (punycode, confusable)',
			'domain-name xn--ypal-43d9g.com (punycode, confusable)',
		]);
		expect(inText('аррӏе.com xn--80ak6aa92e.com')).toEqual(['domain-name xn--80ak6aa92e.com (punycode, confusable)']);
		expect(inText('ev\u200bil\u00ad.exa\u2060mple and http://ev\u202eil.example/a')).toEqual([
			'domain-name evil.example (documentation)',
			'url http://evil.example/a (documentation)',
		]);
		expect(inText('пример.рф')).toEqual(['domain-name xn--e1afmkfd.xn--p1ai (punycode)']);
	});

	it('prose without blanks does not become part of a name', () => {
		expect(inText('详情请看www.evil.example谢谢。请访问evil.example。')).toEqual([
			'domain-name www.evil.example (documentation)',
			'domain-name evil.example (documentation)',
		]);
	});
});

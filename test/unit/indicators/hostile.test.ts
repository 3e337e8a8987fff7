import { extractIndicators, isValidIndicator, readWarningLists, refang, unwrapUrl } from '../../../lib/indicators';
import { message } from './messages';

// Half a megabyte of each: a quadratic step would take minutes, and the test its time limit. The bench prints the ratios.
const SIZE = 500_000;
const fill = (pattern: string): string => pattern.repeat(Math.ceil(SIZE / pattern.length));
const everything = {
	cve: true,
	asn: true,
	mac: true,
	wallets: true,
	phones: true,
	techniques: true,
	registryKeys: true,
	handles: true,
} as const;

const patterns = [
	'http://',
	'a@',
	'1.',
	'a:',
	'hxxp[:]//a[.]',
	'http://a/',
	'http://a.com(',
	'[',
	'[.',
	'a[.]',
	'(dot)',
	'a dot ',
	'user at a dot ',
	'a,',
	'a%2E',
	'::',
	'[a:',
	'\u200b',
	'a\u200b.',
	'a+',
	'a-',
	'_',
	'http__',
	'd41d8cd98f00b204e9800998ecf8427e',
	'http://a@',
	'a.[com]',
	'\\',
	"'",
	'00:',
	'http://xn--',
	'\ud800',
	'。',
	'文.',
	'a.zip\n',
	'a.zip,',
	'http://a.com/b,c\n',
	'<http://a\n',
	'<http://a.com/\nb>',
	'\\[.\\]',
	'\\u002f',
	'&amp;',
	'a\u2022',
	'\\\\a.com@80\\',
	'1.2.3.*',
	'1.2.3.4-',
	'md5 d41d8cd98f00b204e9800998ecf8427e,',
	'|.|',
	'[[.',
	'+1',
	'+1 ',
	'+1 (2) ',
	'(888) ',
	'888-555-',
	'8 ',
	'@a',
	'@abcd ',
	'@abcd.',
	'HKLM\\',
	'HKLM\\a ',
	'HKLM\\a\\ ',
	'HKLM\\A B C ',
	'.com.The ',
	'文a',
	'"a b"@',
	'<a=b@c.com>',
	'https%3A//',
	'h t t p',
	'\\\\/',
	'a。https://',
	'a.zip and ',
	'http://a.com/?u=//b.com&',
	'dXJsPWh0dHBzOi8v',
	'sha256 b94d27b9934d3e08a52e52d7da7dabfa\n',
	'T1566.',
	'AS ',
	'words of prose ',
	'wörter aus prosa. ',
	'aaaaaaaaaaaaaaaaaaaaa ',
];

it.each(patterns)('text of nothing but %j', (pattern) => {
	const found = extractIndicators(
		{ text: fill(pattern) },
		{ ...everything, ownDomains: ['northwind.com'], vipNames: ['Jane Doe'] },
	);
	expect(found.every(isValidIndicator)).toBe(true);
	expect(found.length).toBeLessThanOrEqual(5_000);
	expect(refang(fill(pattern).slice(0, 20_000)).length).toBeLessThanOrEqual(20_000);
});

it.each([
	'<div>',
	'</span>',
	'<a href="http://a.com">http://b.com</a>',
	'<a href=x>',
	'<!--[if mso]>',
	'<!--',
	'&#46;',
	'<a b=',
	'<textarea>',
	'<style>',
	'<',
	'<script>unescape("',
	"<script>atob('YWJj')</script>",
	'<script>"%3C',
	'<p style="display:none">a.com',
	'<style>url(http://a.com/',
	'<b style="background:url(http://a.com">',
	'<a onclick="',
	'<iframe srcdoc="',
	'<a href="data:text/html,<',
	'<style>/*',
	'<style>.a{display:none}</style><p class="a a a">',
	'<style>{font-size:0;',
	'<style>a,.b{display:none}',
	'<p class="none none" id=x>',
])('HTML of nothing but %j', (pattern) => {
	expect(extractIndicators({ html: fill(pattern) }).every(isValidIndicator)).toBe(true);
});

it.each(['http://a.com/', 'a, ', '&amp;', 'hxxp[:]//a[.]'])('attributes of nothing but %j', (pattern) => {
	const value = fill(pattern);
	expect(
		extractIndicators({
			html: `<a href="${value}">x</a><img srcset="${value}"><meta http-equiv=refresh content="0;url=${value}">`,
		}).every(isValidIndicator),
	).toBe(true);
});

it('a URL of five megabytes gives its host, and nothing of its length', () => {
	const found = extractIndicators({ text: `http://evil.example/${'a'.repeat(5_000_000)} http://next.example/` });
	expect(found.map(({ type, value }) => `${type} ${value}`)).toEqual([
		'domain-name evil.example',
		'url http://next.example/',
		'domain-name next.example',
	]);
	expect(JSON.stringify(found).length).toBeLessThan(2_000);
});

it('headers beyond reason: long Received lines, many fields, long results', () => {
	const found = extractIndicators(
		message({
			receivedLines: Array.from(
				{ length: 20_000 },
				(_, index) => `from a${index}.example ([203.0.${index >> 8}.${index & 255}]) ${'('.repeat(500)} by x`,
			),
			authenticationResults: [fill('header.d='), fill('client-ip=1')],
			headers: Array.from({ length: 5_000 }, () => ({ name: 'List-Unsubscribe', value: '<'.repeat(1_000) })),
			from: [{ address: fill('a@').slice(0, 100_000), name: fill('a.') }],
			subject: fill('http://'),
		}),
	);
	expect(found.filter(({ type }) => type === 'ipv4-addr')).toHaveLength(200);
});

it('rewriters wrapped in themselves without end', () => {
	let url = 'https://evil.example/';
	for (let depth = 0; depth < 8; depth++) url = `https://slack-redir.net/link?url=${encodeURIComponent(url)}`;
	expect(unwrapUrl(url).url).toBe('https://evil.example/');
	expect(unwrapUrl(`https://urldefense.com/v3/__${'*'.repeat(15_000)}__;${'A'.repeat(1_000)}!!x$`).wrappers).toEqual(
		[],
	);
});

it('hosts beyond number beside domains to be protected, and reports, calendars and documents of nothing but one line', () => {
	const hosts = Array.from({ length: 6_000 }, (_, index) => `northwin${index.toString(36)}.com`).join(' ');
	const protectedDomains = Array.from({ length: 600 }, (_, index) => `northwind${index}.com`);
	expect(extractIndicators({ text: hosts }, { protectedDomains }).every(isValidIndicator)).toBe(true);

	const types = [
		'message/delivery-status',
		'text/rfc822-headers',
		'text/calendar',
		'text/vcard',
		'application/json',
		'text/rtf',
	];
	for (const contentType of types) {
		for (const line of [
			'a: b\n',
			' \n',
			'a:\n b\n',
			'A;ENCODING=QUOTED-PRINTABLE:=\n',
			'\\n',
			'=',
			'{\\rtf1 ',
			'From: <a@b.com>\n',
		]) {
			const parts = [{ partId: '1', contentType, size: SIZE, text: fill(line).slice(0, 100_000) }];
			expect(extractIndicators(message({ parts })).every(isValidIndicator)).toBe(true);
		}
	}
});

it('a warning list of nothing but brackets, quotes or entries names its line in time', () => {
	for (const text of [
		fill('['),
		fill('{"list":['),
		fill('"'),
		fill('"a",'),
		`[${fill('{},')}7]`,
		`{"name":"x","type":"cidr","list":[${fill('"1.2.3.4",\n')}"x"]}`,
	])
		expect(() => readWarningLists(text)).toThrow(/line \d+/i);
});

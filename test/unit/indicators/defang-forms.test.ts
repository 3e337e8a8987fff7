import { extractIndicators, refang } from '../../../lib/indicators';

const URL_A = 'http://evil.example.com/a';
const HOST = 'evil.example.com';

/** Every spelling of the field, what it stands for, and the value that must come out. */
const forms: [written: string, refanged: string, type: string, value: string][] = [
	['hxxp://evil.example.com/a', URL_A, 'url', URL_A],
	['hXXps://evil.example.com/a', 'https://evil.example.com/a', 'url', 'https://evil.example.com/a'],
	['hxxp[://]evil.example.com/a', URL_A, 'url', URL_A],
	['http[:]//evil.example.com/a', URL_A, 'url', URL_A],
	['http:// evil.example.com/a', URL_A, 'url', URL_A],
	['h**p://evil.example.com/a', URL_A, 'url', URL_A],
	['h__p://evil.example.com/a', URL_A, 'url', URL_A],
	['http__evil.example.com', 'http://evil.example.com', 'url', 'http://evil.example.com/'],
	['hxxps:\\\\evil.example.com\\a', 'https://evil.example.com/a', 'url', 'https://evil.example.com/a'],
	['meow://evil.example.com/a', URL_A, 'url', URL_A],
	['tcp://evil[.]example[.]com:8080/', 'tcp://evil.example.com:8080/', 'url', 'tcp://evil.example.com:8080/'],
	['fxp://evil.example.com/a', 'ftp://evil.example.com/a', 'url', 'ftp://evil.example.com/a'],
	['http:\\\\evil.example.com/a', URL_A, 'url', URL_A],
	['hxxp:/evil.example.com/a', URL_A, 'url', URL_A],
	['http:/evil.example.com/a', URL_A, 'url', URL_A],
	['http:www.example.com/a', 'http://www.example.com/a', 'url', 'http://www.example.com/a'],
	['h[tt]p://evil.example.com/a', URL_A, 'url', URL_A],
	['[http]://evil.example.com/a', URL_A, 'url', URL_A],
	['xxxx://evil.example.com/a', URL_A, 'url', URL_A],
	['hxxxp://evil.example.com/a', URL_A, 'url', URL_A],
	['hzzzp://evil.example.com/a', URL_A, 'url', URL_A],
	['http://evil[.]example[.]com[/]path', 'http://evil.example.com/path', 'url', 'http://evil.example.com/path'],
	['hxxp[:]//evil[.]example[.]com/a[.]php', 'http://evil.example.com/a.php', 'url', 'http://evil.example.com/a.php'],
	...[
		'evil[.]example[.]com',
		'evil(.)example(.)com',
		'evil{.}example{.}com',
		'evil[dot]example[dot]com',
		'evil(dot)example(dot)com',
		'evil dot example dot com',
		'evil DOT example DOT com',
		'evil . example . com',
		'evil[.example[.com',
		'evil.]example.]com',
		'evil\\.example\\.com',
		'evil^.example^.com',
		'evil[\\.]example[\\.]com',
		'evil(\\.)example\\.com',
		'evil-dot-example-dot-com',
		'evil<.>example<.>com',
		'evil[,]example[,]com',
		'evil,example,com',
		'evil・example・com',
		'evil．example．com',
		'evil。example。com',
		'evil｡example｡com',
		'evil [.] example [.] com',
		'evil[d]example[d]com',
		'evil%2Eexample%2Ecom',
		'evil%2eexample%2ecom',
		'evil[punto]example(punkt)com',
		'evil.example.[com]',
	].map((written): [string, string, string, string] => [written, HOST, 'domain-name', HOST]),
	['www[.]evil[.]example.com', 'www.evil.example.com', 'domain-name', 'www.evil.example.com'],
	['[www].evil.example.com', 'www.evil.example.com', 'domain-name', 'www.evil.example.com'],
	['foo[-]bar.example.com', 'foo-bar.example.com', 'domain-name', 'foo-bar.example.com'],
	...[
		'user[@]example.com',
		'user(at)example(dot)com',
		'user[at]example[.]com',
		'user at example dot com',
		'user AT example DOT com',
		'user{@}example{.}com',
		'user <at> example.com',
		'user@example[.]com',
		'user＠example.com',
		'user@example,com',
		'user@example dot com',
		'user(arroba)example(punto)com',
	].map((written): [string, string, string, string] => [written, 'user@example.com', 'email-addr', 'user@example.com']),
	...[
		'192[.]0[.]2[.]1',
		'192.0.2[.]1',
		'192(.)0(.)2(.)1',
		'192[dot]0[dot]2[dot]1',
		'192,0,2,1',
		'192[,]0[,]2[,]1',
		'192．0．2．1',
	].map((written): [string, string, string, string] => [written, '192.0.2.1', 'ipv4-addr', '192.0.2.1']),
	['192.0.2.1[:]8080', '192.0.2.1:8080', 'ipv4-addr', '192.0.2.1'],
	['192[.]0[.]2[.]0/24', '192.0.2.0/24', 'ipv4-addr', '192.0.2.0/24'],
	['192[.]0[.]2[.]0[/]24', '192.0.2.0/24', 'ipv4-addr', '192.0.2.0/24'],
	['2001[:]db8[:]0[:]0[:]0[:]0[:]0[:]1', '2001:db8:0:0:0:0:0:1', 'ipv6-addr', '2001:db8::1'],
	['2001[:]db8[:][:]1', '2001:db8::1', 'ipv6-addr', '2001:db8::1'],
	['[:][:]ffff[:]192[.]0[.]2[.]1', '::ffff:192.0.2.1', 'ipv6-addr', '::ffff:c000:201'],
	['2001[:]db8[:]0[:]1[:][:]', '2001:db8:0:1::', 'ipv6-addr', '2001:db8:0:1::'],
	['[:][:]ffff[:]0[:]192[.]0[.]2[.]1', '::ffff:0:192.0.2.1', 'ipv6-addr', '::ffff:0:c000:201'],
];

describe('every defanged spelling', () => {
	it.each(forms)('%s', (written, refanged, type, value) => {
		expect(refang(written)).toBe(refanged);
		expect(refang(`Seen: ${written}\nend`)).toBe(`Seen: ${refanged}\nend`);
		const found = extractIndicators({ text: `Please block ${written} today` });
		expect(found[0]).toMatchObject({ type, value, defanged: true, original: written });
		expect(found.filter((indicator) => indicator.type === type)).toHaveLength(1);
	});
});

describe('plain spellings that must survive', () => {
	it.each([
		['2001:db8::1', 'ipv6-addr', '2001:db8::1'],
		['[2001:db8::1]:443', 'ipv6-addr', '2001:db8::1'],
		['2001:DB8:0:0::1', 'ipv6-addr', '2001:db8::1'],
		['::ffff:192.0.2.1', 'ipv6-addr', '::ffff:c000:201'],
		['192.0.2.0/24', 'ipv4-addr', '192.0.2.0/24'],
		['192.0.2.1/32', 'ipv4-addr', '192.0.2.1'],
		['2001:db8::/32', 'ipv6-addr', '2001:db8::/32'],
		['2001:db8::1/128', 'ipv6-addr', '2001:db8::1'],
		['fe80::1%eth0', 'ipv6-addr', 'fe80::1'],
	])('%s', (written, type, value) => {
		expect(refang(written)).toBe(written);
		expect(extractIndicators({ text: `from ${written}.` })[0]).toMatchObject({ type, value, defanged: false });
	});
});

it.each([
	'e.om/d.](hxxp][',
	'e.om/d.]hxxp[',
	'a[.]b](hxxp[:]//c[.]d',
	'hxxp[://]a[.]com](hxxp',
	'[.]](hxxp][',
	'a.b/c.](meow][.',
	'tps:\\3\\[/>',
	'hxxps:\\host.example@SSL@443\\[/][.]<input>',
])('a text that was refanged stays as it is when it is refanged again: %j', (text) => {
	const once = refang(text);
	expect(refang(once)).toBe(once);
});

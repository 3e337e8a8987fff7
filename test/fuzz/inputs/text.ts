import type { Random } from '../random';

/** Characters that readers treat in a way of their own, and such as have no form in UTF-8. */
export const CHARACTERS = [
	'\0', '\ud800', '\udfff', '\ufffd', '\ufeff', '\u200b', '\u202e', '\u2028', '\u00ad', 'é', 'ß', 'İ', '谢谢', '😀', '。', '．', '＠', 'Ｘ', '\r', '\n', '\r\n',
	'\t', ' ', '\u00a0', '\x7f', '\x1b', '"', "'", '\\', '<', '>', '&', '%', '#', ';', ',', '=', '+', '-', '_', '*', '!', '(', ')', '[', ']', '{', '}', '|', '~', '^', '`', '$', '@', ':', '/', '.', '?',
]; // prettier-ignore

/** Names that every object of JavaScript has. */
export const INHERITED = [
	'__proto__',
	'constructor',
	'prototype',
	'toString',
	'hasOwnProperty',
	'valueOf',
	'length',
	'then',
];

const PIECES = [
	'http://', 'https://', 'hxxp', 'hxxps://', '://', 'ftp://', 'mailto:', 'www.', 'example.com', 'evil', '.com', '.ru', 'xn--', 'xn--80ak6aa92e.com', 'com', 'co.uk', 'a.b',
	'[.]', '(dot)', '[dot]', ' dot ', ' . ', '-dot-', '[at]', '(at)', ' at ', '[:]', '[/]', '[://]', '%2E', '%2F', '%40', '%00', '%', '\\.', '^.', '.]', '[.',
	'192.0.2.1', '0x7f.1', '127.1', '/24', '::', '2001:db8::1', '2001:db8', 'ffff', '::ffff:192.0.2.1', ':8080', '999.999.999.999',
	'AS64500', 'CVE-2024-12345', '00:11:22:33:44:55', 'd41d8cd98f00b204e9800998ecf8427e', 'da39a3ee5e6b4b0d3255bfef95601890afd80709',
	'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', '1BoatSLRHtKNngkdXEeobR76b53LETtpyT', '0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe',
	'?u=https%3A%2F%2F', 'https://urldefense.com/v3/__', '__;', '!!', 'https://eur01.safelinks.protection.outlook.com/?url=', 'https://urldefense.proofpoint.com/v2/url?u=http-3A__',
	'https://www.google.com/url?q=', 'https://l.facebook.com/l.php?u=', 'https://secure-web.cisco.com/x/', '&amp;', '&#46;', '&nbsp;', '&url=', '?q=', '#frag', 'user:pw@',
	'\\[.\\]', '\\/', '\\u002f', '&period;', '[s]', '(s)', '[[.]]', '[kropka]', '(kukac)', '|.|', '\u2022', '](', '](https://', ',198.51.100.7', 'imphash: ', 'MD5: ', 'domain\n', 'file\n', '\\\\host.example@SSL@443\\', 'file://', '@80/', '.*', '-20', '/CL0/https:%2F%2F', '?url=https%253A%252F%252F', '#https://', 'aHR0cHM6Ly9ldmlsLmV4YW1wbGUvYQ', '<https://ev\nil.example/', 'ttps://', 'https//', '❤', '💌',
	'alice@example.org', '"a b"@example.org', 'soc@', '@example.net', 'a', '1', 'x', 'invoice.pdf.exe', 'setup.zip', 'readme.md',
]; // prettier-ignore

const TAGS = [
	'<a href="', '">', '</a>', "<a href='", '<a href=', '<img src="', '<img srcset="', ' 2x, ', '<form action="', '<base href="', '<body background="', '<td style="background:url(',
	'<meta http-equiv="refresh" content="0; url=', '<style>', '</style>', '<script>', '</script>', '<!--', '-->', '<!--[if mso]>', '<![endif]-->', '<br>', '<p>', '</p>', '<div style="display:none">', '</div>',
	'<span style="font-size:0">', '</span>', ' hidden>', '<p hidden>', '<b onclick="', 'javascript:', 'data:text/html,', 'data:text/html;base64,', 'unescape("', 'atob("', '")', '%3Cform action%3D', 'PGEgaHJlZj0iaHR0cHM6Ly9ldmlsLmV4YW1wbGUvIj4=', 'String.fromCharCode(104,116,116,112,58,47,47,97,46,99,111,109)', '\\x68\\x74', '@import "https://', '<iframe srcdoc="', '<meta http-equiv=refresh content="0;https://', ' data-href="https://',
	'<svg>', '<template>', '<title>', '</title>', '<textarea>', '<noscript>', '<![CDATA[', ']]>', '<area href="', '<iframe src="', '<input value="', '&lt;', '&#x68;ttp', '<', '>', '<a', '/>', '<table><tr><td>',
]; // prettier-ignore

/** Pieces of links, names, addresses and what people do to them, in any order. */
export function soup(random: Random, most = 30): string {
	return random.list(0, most, () => morsel(random)).join(random.pick(['', '', ' ', '\n']));
}

function morsel(random: Random): string {
	return random.choose(
		[8, () => random.pick(PIECES)],
		[2, () => random.pick(CHARACTERS)],
		[1, () => random.list(1, 8, () => random.pick(CHARACTERS)).join('')],
		[1, () => String.fromCharCode(...random.list(1, 6, () => random.below(0x10000)))],
		[1, () => random.list(1, 10, () => random.pick([...'abcdefghijklmnopqrstuvwxyz0123456789-_'])).join('')],
	);
}

/** The same with tags among it. */
export function tagSoup(random: Random, most = 30): string {
	return random.list(0, most, () => random.choose([1, () => random.pick(TAGS)], [1, () => morsel(random)])).join('');
}

/** Changes a text here and there. */
export function spoilText(
	text: string,
	random: Random,
	words: readonly string[],
	changes = random.between(1, 4),
): string {
	let bad = text;
	for (let i = 0; i < changes; i++) {
		const at = random.below(bad.length + 1);
		const span = random.below(Math.min(bad.length - at, 12) + 1);
		const instead = random.choose(
			[2, () => ''],
			[3, () => random.pick(words)],
			[2, () => random.pick(CHARACTERS)],
			[1, () => bad.slice(at, at + span).repeat(random.between(2, 5))],
			[1, () => bad.slice(random.below(bad.length + 1)).slice(0, 20)],
		);
		bad = bad.slice(0, at) + instead + bad.slice(at + span);
	}
	return bad;
}

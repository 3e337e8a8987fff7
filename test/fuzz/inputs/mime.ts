import type { Random } from '../random';
import { CHARACTERS, soup, tagSoup } from './text';

/** Messages made by the grammar of RFC 5322 and MIME, and against it. One character is one byte (latin1). */

const CHARSETS = [
	'utf-8', 'us-ascii', 'iso-8859-1', 'windows-1252', 'koi8-r', 'utf-16', 'utf-16le', 'utf-7', 'iso-2022-jp', 'shift_jis', 'gb18030', 'big5', 'euc-kr', 'cesu-8',
	'x-none', 'constructor', '', '"utf-8"', 'utf-8"', 'UTF8', 'ibm437', 'macintosh', 'utf-32', 'cp65001',
]; // prettier-ignore
const TYPES = [
	'text/plain', 'text/html', 'text/calendar', 'text/csv', 'text/rfc822-headers', 'text/x-amp-html', 'text/enriched', 'text/rtf', 'application/octet-stream', 'application/pkcs7-mime', 'multipart/encrypted', 'application/pdf', 'application/ms-tnef', 'application/vnd.ms-outlook',
	'message/rfc822', 'message/delivery-status', 'message/disposition-notification', 'message/feedback-report', 'message/partial', 'message/external-body', 'message/global',
	'multipart/mixed', 'multipart/alternative', 'multipart/related', 'multipart/digest', 'multipart/report', 'multipart/signed', 'multipart/', 'multipart',
	'image/png', '', 'text', '/', 'TEXT/HTML', 'constructor/__proto__', 'x/y; z',
]; // prettier-ignore
const ENCODINGS = [
	'7bit',
	'8bit',
	'binary',
	'base64',
	'quoted-printable',
	'x-uuencode',
	'uuencode',
	'BASE64',
	' base64 (x)',
	'x-none',
	'',
	'base64, base64',
	'"base64"',
	'base-64',
];
const BOUNDARIES = [
	'b',
	'b1',
	'--',
	'-',
	'=_x',
	'a b',
	'b ',
	'"',
	"'()+_,-./:=?",
	'x'.repeat(70),
	'x'.repeat(300),
	'',
	'(c)',
	'\\',
	'boundary',
];
const FIELDS = [
	'From', 'To', 'Cc', 'Bcc', 'Reply-To', 'Sender', 'Return-Path', 'Subject', 'Date', 'Message-ID', 'In-Reply-To', 'References', 'Received', 'Authentication-Results', 'Received-SPF',
	'DKIM-Signature', 'X-Originating-IP', 'List-Unsubscribe', 'Content-Type', 'Content-Transfer-Encoding', 'Content-Disposition', 'Content-ID', 'MIME-Version', 'X-MS-Exchange-Organization', 'Resent-From',
	'Delivered-To', 'Errors-To', 'Content-Location', 'Content-Description', 'Content-MD5', '__proto__', 'constructor', 'X', '',
]; // prettier-ignore
const DATES = [
	'Tue, 5 May 2026 10:11:12 +0200', '5 May 26 10:11 EST', 'Thu, 31 Feb 2026 25:61:61 +9999', '1 Jan 0001 00:00:00 +0000', '31 Dec 9999 23:59:59 -1200', '31 Dec 275760 00:00:00', '-1 Jan -1',
	'2026-05-05T10:11:12Z', '(c) Tue (c), 5 (c) May (c) 2026 10:11:12 (c) +0200 (c)', 'yesterday', '0', '',
]; // prettier-ignore

/** Words for those who change bytes of a message. */
export const MIME_WORDS: readonly string[] = [
	'\r\n', '\n', '\r', '\r\n\r\n', '\n\n', '\r\n ', '\r\n\t', '--', '--b', '\r\n--b\r\n', '\r\n--b--\r\n', '=?utf-8?B?', '=?utf-8?Q?', '?=', '=?utf-7?Q?+2AA-?=', '=?x?B?AAAA?=', '=\r\n', '=3D', '=',
	'boundary=', 'charset=', "filename*=utf-8''%E2%82%AC", 'filename*0*=', 'filename*1=', 'name="', '"', '(', ')', '<', '>', ';', ',', ':', '@', '\0', '\xff', '\xef\xbb\xbf', '\xe2\x80\xae',
	'begin 644 a.txt\r\n', '\r\nbegin-base64 644 a\r\nYWJj\r\n====\r\n', '#86)C\r\n', '0\x80\x06\x09*\x86H\x86\xf7\x0d\x01\x07\x02\xa0\x80', '$\x80', '\0\0', '`\r\nend\r\n', 'Content-Type: multipart/mixed; boundary=b\r\n', 'Content-Type: message/rfc822\r\n', 'Content-Transfer-Encoding: base64\r\n', 'Content-Transfer-Encoding: quoted-printable\r\n',
	'From ', '>From ', 'From: <a@example.org>, b@example.net\r\n', 'Subject:\r\n', 'Received: from x ([192.0.2.1]) by y; Tue, 5 May 2026 10:11:12 +0200\r\n',
	...FIELDS.map((field) => `${field}: `), ...TYPES, ...CHARSETS, ...BOUNDARIES,
]; // prettier-ignore

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

/** A whole message. */
export function grammarMessage(random: Random): Buffer {
	const ends = random.choose([8, () => '\r\n'], [2, () => '\n'], [1, () => '\r'], [1, () => undefined]);
	const text = `${random.chance(0.05) ? 'From a Tue May  5 10:11:12 2026\n' : ''}${envelope(random)}${entity(random, 0)}`;
	const ended = text.replace(/\n/g, () => ends ?? random.pick(['\r\n', '\n', '\r', '\n\r', '\r\r\n']));
	const bytes = Buffer.from(ended, 'latin1');
	return random.chance(0.1) ? bytes.subarray(0, random.below(bytes.length + 1)) : bytes;
}

function envelope(random: Random): string {
	const flood = random.chance(0.02) ? random.between(1_000, 8_000) : 0;
	return [
		...random.list(0, 14, () => field(random)),
		...Array.from({ length: flood }, (_, i) => `X-${i}: ${'y'.repeat(i % 90)}\n`),
	].join('');
}

function field(random: Random): string {
	const name = random.pick(FIELDS);
	const colon = random.choose([20, () => ': '], [1, () => ':'], [1, () => ' : '], [1, () => ''], [1, () => ':\n ']);
	return `${name}${colon}${fieldBody(name, random)}\n`;
}

function fieldBody(name: string, random: Random): string {
	if (random.chance(0.1)) return latin1(soup(random, 12)).replace(/[\r\n]/g, ' ');
	switch (name) {
		case 'Date':
			return random.pick(DATES);
		case 'Received':
			return `from ${host(random)} (${host(random)} [${random.pick(['192.0.2.7', 'IPv6:2001:db8::1', 'x'])}]) by ${host(random)} with ESMTP id x; ${random.pick(DATES)}`;
		case 'Subject':
			return words(random);
		case 'Message-ID':
		case 'In-Reply-To':
		case 'References':
			return random
				.list(0, 4, () => `<${random.pick(['a', 'b"', '', 'x y'])}@${host(random)}>`)
				.join(random.pick([' ', '', ', ']));
		case 'Content-Type':
		case 'Content-Disposition':
			return contentType(random, random.pick(BOUNDARIES));
		case 'Content-Transfer-Encoding':
			return random.pick(ENCODINGS);
		default:
			return random
				.list(0, random.chance(0.02) ? 3_000 : 4, () => mailbox(random))
				.join(random.pick([', ', ',', ';', ' ']));
	}
}

const host = (random: Random): string =>
	random.pick([
		'mx.example.net',
		'example.org',
		'localhost',
		'[192.0.2.1]',
		'x',
		'',
		'b\xfccher.example',
		'xn--bcher-kva.example',
	]);

function mailbox(random: Random): string {
	const address = `${random.pick(['alice', 'b.o.b', '"a b"', '', 'a@b', '"\\""'])}${random.pick(['@', '@', '@', '', '@@', ' @ '])}${host(random)}`;
	return random.choose(
		[4, () => address],
		[6, () => `${words(random)} <${address}>`],
		[2, () => `"${words(random)}" <${address}>`],
		[1, () => `${words(random)}: ${address}, ${address};`],
		[1, () => `(${'('.repeat(random.below(random.chance(0.05) ? 5_000 : 5))}c) ${address}`],
		[1, () => `<@r.example,@s.example:${address}>`],
		[1, () => `${'<'.repeat(random.below(20))}${address}${'>'.repeat(random.below(20))}`],
	);
}

/** Words of a header, encoded ones among them. */
function words(random: Random): string {
	return random
		.list(0, random.chance(0.02) ? 2_000 : 5, () =>
			random.choose(
				[3, () => random.pick(['invoice', 'Re:', 'Ihre', 'Rechnung', 'x'])],
				[2, () => encodedWord(random)],
				[1, () => latin1(random.pick(CHARACTERS))],
			),
		)
		.join(random.pick([' ', ' ', '', '\n ']));
}

function encodedWord(random: Random): string {
	const bytes = random.choose([2, () => Buffer.from(soup(random, 2))], [1, () => random.bytes(random.below(20))]);
	const isBase64 = random.chance(0.5);
	const text = isBase64
		? bytes.toString('base64')
		: [...bytes].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
	const language = random.chance(0.1) ? '*en' : '';
	return `=?${random.pick(CHARSETS)}${language}?${isBase64 ? random.pick(['B', 'b']) : random.pick(['Q', 'q', 'X'])}?${text}${random.pick(['?=', '?=', '?=', '?', '=', ''])}`;
}

function contentType(random: Random, boundary: string, type = random.pick(TYPES)): string {
	const quote = random.pick(['"', '"', '', "'"]);
	const parameters = random.list(0, random.chance(0.01) ? 2_000 : 4, (index) =>
		random.choose(
			[3, () => `charset=${random.pick(CHARSETS)}`],
			[3, () => `boundary=${quote}${boundary}${quote}`],
			[
				2,
				() =>
					`name=${quote}${random.pick(['a.txt', '../../etc/passwd', 'a.eml', 'winmail.dat', 'x.pdf.exe', encodedWord(random)])}${quote}`,
			],
			[2, () => `filename*${index}*=${random.pick(["utf-8''%E2%82%AC", '%', 'x', "utf-8'en'%C3%28"])}`],
			[1, () => `filename*=${random.pick(CHARSETS)}''%ff%00a`],
			[1, () => `format=flowed; delsp=yes`],
			[1, () => random.pick(['=', ';', '(c)', 'x', 'type="text/html"', 'report-type=delivery-status'])],
		),
	);
	return [type, ...parameters].join(random.pick(['; ', ';', ';\n ', ' ;']));
}

/** Header of a part, empty line and body. */
function entity(random: Random, depth: number): string {
	const deep = depth >= random.pick([2, 3, 5, 12]);
	const type = deep ? random.pick(['text/plain', 'text/html', 'application/octet-stream']) : random.pick(TYPES);
	const boundary = random.pick(BOUNDARIES);
	const encoding = random.pick(ENCODINGS);
	const head = [
		...(random.chance(0.9)
			? [
					`Content-Type: ${/^multipart/.test(type) ? `${type}; boundary="${boundary}"` : contentType(random, boundary, type)}`,
				]
			: []),
		...(random.chance(0.5) ? [`Content-Transfer-Encoding: ${encoding}`] : []),
		...(random.chance(0.3)
			? [`Content-Disposition: ${contentType(random, boundary, random.pick(['attachment', 'inline', '', 'x']))}`]
			: []),
		...(random.chance(0.1) ? [`Content-ID: <${random.pick(['c@x', '', '<', 'a b'])}>`] : []),
		...(random.chance(0.1) ? [field(random).trimEnd()] : []),
	].map((line) => `${line}\n`);
	const separator = random.choose([20, () => '\n'], [1, () => ''], [1, () => ' \n'], [1, () => '\n\n']);
	return `${head.join('')}${separator}${body(random, type, boundary, encoding, depth)}`;
}

function body(random: Random, type: string, boundary: string, encoding: string, depth: number): string {
	if (/^multipart/.test(type)) return multipart(random, boundary, depth);
	if (/^message\/(?:rfc822|global|partial)/.test(type) && random.chance(0.8))
		return `${envelope(random)}${entity(random, depth + 1)}`;
	const text = random.choose(
		[4, () => soup(random)],
		[type === 'text/html' ? 8 : 1, () => tagSoup(random)],
		[1, () => random.bytes(random.below(300)).toString('latin1')],
		[1, () => `Action: failed\nFinal-Recipient: rfc822; ${mailbox(random)}\n\n${envelope(random)}`],
		[1, () => 'x'.repeat(random.below(random.chance(0.05) ? 300_000 : 2_000))],
	);
	return encoded(Buffer.from(text), encoding, random);
}

function encoded(bytes: Buffer, encoding: string, random: Random): string {
	if (random.chance(0.15)) return bytes.toString('latin1');
	switch (encoding.trim().toLowerCase()) {
		case 'base64':
			return bytes.toString('base64').replace(/.{1,76}/g, (line) => `${line}${random.chance(0.02) ? '=-!' : ''}\n`);
		case 'quoted-printable':
			return [...bytes].map((byte) => (byte < 33 || byte > 126 || byte === 61 ? `=${byte.toString(16).toUpperCase().padStart(2, '0')}` : String.fromCharCode(byte))).join('').replace(/.{70}/g, '$&=\n'); // prettier-ignore
		case 'uuencode':
		case 'x-uuencode':
			return `begin 644 ${random.pick(['a.txt', '', '../x'])}\n${bytes.toString('latin1').replace(/[^\n]{1,45}/g, (line) => `${String.fromCharCode(32 + line.length)}${line}\n`)}${random.pick(['`\nend\n', 'end', ''])}`;
		default:
			return bytes.toString('latin1');
	}
}

function multipart(random: Random, boundary: string, depth: number): string {
	const many = random.chance(0.02) ? random.between(200, 1_500) : 0;
	const parts = [...random.list(0, 4, () => entity(random, depth + 1)), ...Array.from({ length: many }, () => '\nx')];
	const outside = (): string => (random.chance(0.2) ? `${latin1(soup(random, 6))}\n` : '');
	const opened = (): string =>
		random.choose(
			[16, () => `--${boundary}`],
			[1, () => `--${boundary} `],
			[1, () => boundary],
			[1, () => `--${boundary.toUpperCase()}`],
			[1, () => `--${random.pick(BOUNDARIES)}`],
		);
	const end = random.choose(
		[8, () => `--${boundary}--\n`],
		[2, () => ''],
		[1, () => `--${boundary}-\n`],
		[1, () => `--${boundary}--`],
	);
	return `${outside()}${parts.map((part) => `${opened()}\n${part}\n`).join('')}${end}${outside()}`;
}

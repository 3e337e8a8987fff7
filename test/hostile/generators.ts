/**
 * Hostile inputs that grow: each is made in any size, and read by what reads it in a workflow. What they have in common is that
 * their cost has to grow in proportion to their size; `growth.ts` measures that.
 */
import { emailFromItem, parseEmail } from '../../lib/email';
import { esaRowsToBundle, type EsaRow } from '../../lib/esa';
import { defang, extractIndicators, readWarningLists, refang, unwrapUrl } from '../../lib/indicators';
import { microsoftRowsToBundle } from '../../lib/microsoftHunt';
import { reportFromEmail } from '../../lib/opencti';
import { parsePattern, printPattern } from '../../lib/pattern';
import { bundleToHtml, bundleToSvg, emailToBundle } from '../../lib/stix';
import { emailWith, READERS } from './readers';
import { ATTRIBUTES, attributesOf, filled, HTML, PATTERNS, TEXTS } from './texts';

/** Makes an input of about so many characters or bytes, and gives what reads it: only that is measured. */
export type Generator = (size: number) => (() => unknown) | (() => Promise<unknown>);

const EVERYTHING = {
	cve: true,
	asn: true,
	mac: true,
	wallets: true,
	phones: true,
	techniques: true,
	registryKeys: true,
	handles: true,
	ownDomains: ['northwind.com'],
	vipNames: ['Jane Doe'],
};

/** Bytes of a message; the whole way to its bundle. */
const converted = (raw: Buffer) => async () => emailToBundle(await parseEmail(raw));
const mail = (head: string, body = '') => Buffer.from(`From: a@example.org\r\n${head}\r\n\r\n${body}`, 'latin1');
const headed =
	(make: (size: number) => string): Generator =>
	(size) =>
		converted(mail(make(size)));
const bodied =
	(head: string, make: (size: number) => string): Generator =>
	(size) =>
		converted(mail(head, make(size)));
const listed = (size: number, each: number, one: (i: number) => string, separator = '') =>
	Array.from({ length: Math.ceil(size / each) }, (_, i) => one(i)).join(separator);

const MIXED = 'Content-Type: multipart/mixed; boundary=b';

/** Messages whose header, structure or encodings are out of all proportion. */
const MESSAGES: Readonly<Record<string, Generator>> = {
	'many header fields': headed((n) => listed(n, 20, (i) => `X-${i}: value of it`, '\r\n')),
	'header fields of one name': headed((n) => filled('To: a@example.org\r\n', n).trimEnd()),
	'one header line': headed((n) => `Subject: ${'x'.repeat(n)}`),
	'a folded header': headed((n) => `Subject: x${filled('\r\n y', n)}`),
	'header of colons': headed((n) => filled(':', n)),
	'lines without a colon': headed((n) => filled('abc\r\n', n).trimEnd()),
	'comments in comments': headed((n) => `To: ${'('.repeat(n / 2)}${')'.repeat(n / 2)} a@example.org`),
	'open comments': headed((n) => `To: ${'('.repeat(n)}`),
	'quotes without end': headed((n) => `To: ${filled('"\\', n)}`),
	addresses: headed((n) => `To: ${listed(n, 22, (i) => `"a" <${i}@example.org>`, ',')}`),
	'groups of addresses': headed((n) => `To: ${filled('a:;', n)}`),
	'angle brackets': headed((n) => `To: ${filled('<', n)}`),
	'at signs': headed((n) => `To: ${filled('a@', n)}`),
	'encoded words': headed((n) => `Subject: ${filled('=?utf-8?q?=C3=A9?= ', n)}`),
	'encoded words that are cut': headed((n) => `Subject: ${filled('=?utf-8?b?w6k ', n)}`),
	'encoded words in unknown charsets': headed((n) => `Subject: ${listed(n, 22, (i) => `=?x-${i}?q?=C3=A9?=`, ' ')}`),
	'encoded words of half a character': headed((n) => `Subject: ${filled('=?utf-8?q?=C3?=', n)}`),
	'Message-IDs of References': headed((n) => `References: ${listed(n, 18, (i) => `<${i}@example.org>`, ' ')}`),
	parameters: headed((n) => `Content-Type: text/plain; ${listed(n, 10, (i) => `p${i}=x`, '; ')}`),
	'pieces of a parameter': headed((n) => `Content-Type: text/plain; ${listed(n, 16, (i) => `name*${i}*=%41`, '; ')}`),
	'Received lines': headed((n) => filled('Received: from a.example ([203.0.113.9]) by b.example; x\r\n', n).trimEnd()),
	'a Received line': headed((n) => `Received: from a.example ${'('.repeat(n)}`),
	'results of authentication': headed(
		(n) => `Authentication-Results: x; ${filled('dkim=pass header.d=a.example; ', n)}`,
	),
	'a Date': headed((n) => `Date: ${filled('Mon, 1 ', n)}`),
	parts: bodied(MIXED, (n) => `${filled('--b\r\n\r\nx\r\n', n)}--b--`),
	'parts that are empty': bodied(MIXED, (n) => filled('--b\r\n', n)),
	'lines that look like a boundary': bodied(MIXED, (n) => `--b\r\n\r\n${filled('--c\r\n', n)}`),
	dashes: bodied(MIXED, (n) => `--b\r\n\r\n${filled('-', n)}`),
	'multiparts in multiparts': bodied('Content-Type: multipart/mixed; boundary=b0', (n) =>
		listed(n, 60, (i) => `--b${i}\r\nContent-Type: multipart/mixed; boundary=b${i + 1}\r\n\r\n`),
	),
	'messages in messages': bodied('Content-Type: message/rfc822', (n) =>
		filled('Content-Type: message/rfc822\r\nSubject: x\r\n\r\n', n),
	),
	'line ends': bodied('Subject: x', (n) => filled('\r\n', n)),
	'bare CRs': bodied('Subject: x', (n) => filled('a\r', n)),
	'one line': bodied('Subject: x', (n) => 'x'.repeat(n)),
	NULs: bodied('Subject: x', (n) => '\0'.repeat(n)),
	'base64 of one line': bodied('Content-Transfer-Encoding: base64', (n) => 'QUFB'.repeat(n / 4)),
	'base64 with signs between': bodied('Content-Transfer-Encoding: base64', (n) => filled('Q-U-', n)),
	'quoted-printable': bodied('Content-Transfer-Encoding: quoted-printable', (n) => filled('=C3=A9', n)),
	'soft line ends': bodied('Content-Transfer-Encoding: quoted-printable', (n) => filled('=\r\n', n)),
	'equals signs': bodied('Content-Transfer-Encoding: quoted-printable', (n) => filled('=', n)),
	uuencode: bodied('Subject: x', (n) => `begin 644 a\r\n${filled('#0V%T\r\n', n)}end`),
	'begins of uuencode': bodied('Subject: x', (n) => filled('begin 644 a\r\n', n)),
	'format=flowed': bodied('Content-Type: text/plain; format=flowed', (n) => filled('>> a \r\n', n)),
	'utf-7': bodied('Content-Type: text/plain; charset=utf-7', (n) => filled('+AGE-', n)),
	'utf-16': bodied('Content-Type: text/plain; charset=utf-16', (n) => filled('\xd8\x00', n)),
	'iso-2022-jp': bodied('Content-Type: text/plain; charset=iso-2022-jp', (n) => filled('\x1b$B!!\x1b(B', n)),
	RTF: bodied('Content-Type: text/rtf', (n) => `{\\rtf1 ${filled("{\\b \\'e9}", n)}`),
	'open groups of RTF': bodied('Content-Type: text/rtf', (n) => `{\\rtf1 ${filled('{', n)}`),
	'a calendar': bodied('Content-Type: text/calendar', (n) => filled('A;B=C:d\r\n e\r\n', n)),
	'a report on delivery': bodied('Content-Type: message/delivery-status', (n) =>
		filled('Final-Recipient: rfc822; a@b.com\r\n', n),
	),
};

const MANY = (n: number, each: number) => Array.from({ length: Math.ceil(n / each) }, (_, i) => i);

/** A row of the appliance about so large. */
const row = (attributes: Record<string, unknown>): EsaRow => ({
	attributes: { timestamp: '10 Oct 2026 10:00:00 (GMT)', sender: 'a@example.org', ...attributes },
});
/** A row of a hunt in Microsoft 365. */
const delivered = (attributes: Record<string, unknown>) => ({ attributes });
const rows =
	(make: (size: number) => EsaRow[]): Generator =>
	(size) => {
		const made = make(size);
		return () => [JSON.stringify(esaRowsToBundle(made)), JSON.stringify(esaRowsToBundle(made, { stixVersion: '2.0' }))];
	};

const ROWS: Readonly<Record<string, Generator>> = {
	rows: rows((n) => MANY(n, 120).map((i) => row({ mid: [i + 1], recipient: [`${i}@example.org`] }))),
	'MIDs of a row': rows((n) => [row({ mid: MANY(n, 8).map((i) => i + 1) })]),
	'recipients of a row': rows((n) => [row({ mid: [1], recipient: MANY(n, 20).map((i) => `${i}@example.org`) })]),
	'MIDs and recipients of a row': rows((n) => [
		row({ mid: MANY(n, 30).map((i) => i + 1), recipient: MANY(n, 30).map((i) => `${i}@example.org`) }),
	]),
	'MIDs and statuses of a row': rows((n) => [
		row({
			mid: MANY(n, 30).map((i) => i + 1),
			messageStatus: Object.fromEntries(MANY(n, 30).map((i) => [i + 1, 'x'])),
		}),
	]),
	'a subject of a row': rows((n) => [row({ mid: [1, 2, 3], subject: 'x'.repeat(n) })]),
	'deliveries of Microsoft 365': (size) => {
		const made = MANY(size, 300).map((i) =>
			delivered({
				NetworkMessageId: `0000-${i}`,
				RecipientEmailAddress: `${i}@example.org`,
				SenderFromAddress: 'a@example.org',
				Subject: 'x',
				Timestamp: '2026-10-10T10:00:00Z',
			}),
		);
		return () => JSON.stringify(microsoftRowsToBundle(made));
	},
	'recipients of one message of Microsoft 365': (size) => {
		const made = MANY(size, 300).map((i) =>
			delivered({
				NetworkMessageId: '0000-1',
				RecipientEmailAddress: `${i}@example.org`,
				SenderFromAddress: 'a@example.org',
				Timestamp: '2026-10-10T10:00:00Z',
			}),
		);
		return () => JSON.stringify(microsoftRowsToBundle(made));
	},
};

const items =
	(make: (size: number) => Record<string, unknown>): Generator =>
	(size) => {
		const json = make(size);
		return async () => await emailFromItem(json as never, undefined as never).catch((error: unknown) => error);
	};

const ITEMS: Readonly<Record<string, Generator>> = {
	'an item with many header lines': items((n) => ({
		subject: 'x',
		text: 'y',
		// Of an object of many short fields, listing their names is what takes the time, and that is V8's: more than in proportion.
		headers: Object.fromEntries(MANY(n, 200).map((i) => [`x-${i}`, 'value '.repeat(30)])),
	})),
	'an item with many addresses': items((n) => ({
		subject: 'x',
		to: { value: MANY(n, 30).map((i) => ({ address: `${i}@example.org` })) },
	})),
	'an item of the Gmail API with many parts': items((n) => ({
		id: 'x',
		payload: {
			mimeType: 'multipart/mixed',
			headers: [],
			parts: MANY(n, 60).map(() => ({ mimeType: 'text/plain', body: { data: 'eA' } })),
		},
	})),
	'an item with lists in lists': items((n) => {
		let value: unknown = 'x';
		for (let depth = 0; depth < n / 4; depth++) value = [value];
		return { subject: 'x', from: value, headers: value, attachments: value };
	}),
};

/** Objects of a bundle, for its pictures. */
const pictured =
	(make: (size: number) => object[]): Generator =>
	(size) => {
		const bundle = { type: 'bundle', id: 'bundle--1', objects: make(size) } as never;
		return () => [bundleToSvg(bundle), bundleToHtml(bundle)];
	};

const PICTURES: Readonly<Record<string, Generator>> = {
	'a picture of many objects': pictured((n) =>
		MANY(n, 60).map((i) => ({ type: 'url', id: `url--${i}`, value: `u${i}` })),
	),
	'a picture of many types': pictured((n) => MANY(n, 40).map((i) => ({ type: `x-${i}`, id: `x-${i}--1` }))),
	'a picture of many lines': pictured((n) =>
		MANY(n, 90).map((i) => ({ type: 'relationship', id: `r--${i}`, source_ref: `r--${i - 1}`, target_ref: 'r--0' })),
	),
	'a picture of one long value': pictured((n) => [{ type: 'url', id: 'url--1', value: filled('<&', n) }]),
};

const WARNING_LISTS = ['[', '{"list":[', '"', '"a",', '{},', '1.2.3.4\n'];

/** All of them, by a name of their own. */
export const GENERATORS: Readonly<Record<string, Generator>> = {
	...Object.fromEntries(
		TEXTS.map((piece) => [
			`text of ${JSON.stringify(piece)}`,
			(size: number) => {
				const text = filled(piece, size);
				return () => extractIndicators({ text }, EVERYTHING);
			},
		]),
	),
	...Object.fromEntries(
		['hxxp[:]//a[.]', 'a[.]', 'a dot ', '[', '](', 'a@', '\\[.\\]'].map((piece) => [
			`refang and defang ${JSON.stringify(piece)}`,
			(size: number) => {
				const text = filled(piece, size);
				return () => [refang(text), defang(text), unwrapUrl(`https://slack-redir.net/link?url=${text}`)];
			},
		]),
	),
	...Object.fromEntries(
		HTML.flatMap((piece) => [
			[
				`HTML of ${JSON.stringify(piece)}`,
				(size: number) => {
					const html = filled(piece, size);
					return () => extractIndicators({ html });
				},
			],
			[
				`content of a report of ${JSON.stringify(piece)}`,
				(size: number) => {
					const email = emailWith({ text: '', html: filled(piece, size) });
					return () => reportFromEmail(email, { description: 'none' } as never);
				},
			],
		]),
	),
	...Object.fromEntries(
		ATTRIBUTES.map((piece) => [
			`attributes of ${JSON.stringify(piece)}`,
			(size: number) => {
				const html = attributesOf(piece, size / 3);
				return () => extractIndicators({ html });
			},
		]),
	),
	...Object.fromEntries(Object.entries(MESSAGES).map(([name, generator]) => [`a message with ${name}`, generator])),
	...Object.fromEntries(
		Object.entries(PATTERNS).map(([name, ofSize]) => [
			`a pattern: ${name}`,
			(size: number) => {
				const pattern = ofSize(size);
				return () => printPattern(parsePattern(pattern));
			},
		]),
	),
	...Object.fromEntries(
		WARNING_LISTS.map((piece) => [
			`a warning list of ${JSON.stringify(piece)}`,
			(size: number) => {
				const text = filled(piece, size);
				return () => readWarningLists(text);
			},
		]),
	),
	...ROWS,
	...ITEMS,
	...PICTURES,
	...READERS,
};

import { openAttachments } from '../../lib/attachments';
import { campaignKeys } from '../../lib/campaign';
import { emailFromItem, type Email } from '../../lib/email';
import { EsaClient } from '../../lib/esa';
import { firstLook } from '../../lib/firstLook';
import { extractIndicators } from '../../lib/indicators';
import { GraphMailbox, ImapMailbox } from '../../lib/mailbox';
import { DefenderClient, planDefenderHunt, planMessageTrace } from '../../lib/microsoftHunt';
import { huntFindings, incidentFromEmail, OpenCtiClient, reportFromEmail } from '../../lib/opencti';
import { matchPattern } from '../../lib/pattern';
import { analysedMessage } from '../../lib/reported';
import { emailToBundle, upgradedTo21 } from '../../lib/stix';
import { startServer } from '../lab/http/server';
import { ScriptedServer } from '../lab/imap';
import { selfSigned, type Certificate } from '../lab/tls/certificate';
import { storedZip } from '../unit/attachments/storedZip';
import type { Generator } from './generators';
import { filled } from './texts';

/*
 * What grows in everything else that is read: files of every sort, what servers answer, what reports a message, what a workflow hands on. Bounds
 * bend most of it down; nothing may bend it up.
 */

const many = <T>(size: number, each: number, one: (i: number) => T): T[] =>
	Array.from({ length: Math.max(1, Math.ceil(size / each)) }, (_, i) => one(i));

/** A message as a parser gives it. */
export const emailWith = (more: Partial<Email>): Email => ({
	messageId: '<a@example.org>',
	date: new Date(0),
	references: [],
	subject: 'x',
	from: [{ address: 'a@example.org' }],
	replyTo: [],
	to: [],
	cc: [],
	bcc: [],
	headers: [],
	receivedLines: [],
	authenticationResults: [],
	isMultipart: true,
	parts: [],
	attachments: [],
	size: 1,
	sha256: '0'.repeat(64),
	truncated: false,
	warnings: [],
	...more,
});

/** A message with one file. */
const withFile = (fileName: string, content: Buffer): Email =>
	emailWith({
		attachments: [
			{
				partId: '2',
				fileName,
				contentType: 'application/octet-stream',
				disposition: 'attachment',
				related: false,
				size: content.length,
				md5: '0'.repeat(32),
				sha1: '0'.repeat(40),
				sha256: '0'.repeat(64),
				sha512: '0'.repeat(128),
				content,
			},
		],
	});

const file =
	(name: string, make: (size: number) => string | Buffer): Generator =>
	(size) => {
		const made = make(size);
		const email = withFile(name, typeof made === 'string' ? Buffer.from(made, 'latin1') : made);
		return async () => await openAttachments(email, { otherArchives: true });
	};

const CONTENT_TYPES = {
	docx: '<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
	xlsx: '<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
};
const docx = (body: string): Buffer =>
	storedZip({
		'[Content_Types].xml': Buffer.from(CONTENT_TYPES.docx),
		'word/document.xml': Buffer.from(`<w:document><w:body>${body}</w:body></w:document>`),
	});
const xlsx = (rows: string): Buffer =>
	storedZip({
		'[Content_Types].xml': Buffer.from(CONTENT_TYPES.xlsx),
		'xl/workbook.xml': Buffer.from('<workbook/>'),
		'xl/worksheets/sheet1.xml': Buffer.from(`<worksheet><sheetData>${rows}</sheetData></worksheet>`),
	});

function pdf(content: string, more: readonly string[] = [], page = ''): string {
	const objects = [
		'<< /Type /Catalog /Pages 2 0 R >>',
		'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
		`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R ${page} >>`,
		`<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
		...more,
	];
	return `%PDF-1.7\n${objects.map((one, i) => `${i + 1} 0 obj\n${one}\nendobj\n`).join('')}trailer << /Root 1 0 R >>\n%%EOF\n`;
}

/** One header of a tar, whose file is empty. */
function tarEntry(name: string): Buffer {
	const block = Buffer.alloc(512);
	block.write(name);
	block.write('0000644\0', 100);
	block.write('00000000000\0', 124);
	block.write('        ', 148);
	block.write('0', 156);
	block.write('ustar\0', 257);
	const sum = block.reduce((total, byte) => total + byte, 0);
	block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
	return block;
}

const page = (i: number) => Buffer.from(`<a href="https://h${i}.example/">x</a>`);

const FILES: Readonly<Record<string, Generator>> = {
	'a page': file('a.html', (n) => filled('<p><a href="https://a.example/b">c</a></p>', n)),
	'a page of forms': file('a.html', (n) => filled('<form action="https://a.example/"><input type=password>', n)),
	'a page of a script': file('a.html', (n) => `<script>${filled('var a = atob("aHR0cDovL2E="); ', n)}</script>`),
	'a page of pictures in data': file('a.html', (n) => filled('<img src="data:image/png;base64,iVBORw0KGgo=">', n)),
	'a page of a table that may be a code': file('a.html', (n) => `<table>${filled('<tr><td bgcolor=#000 width=4 height=4><td bgcolor=#fff>', n)}`), // prettier-ignore
	'a page of shadows that may be a code': file('a.html', (n) => `<div style="box-shadow:${filled('1px 1px #000,', n)}">`), // prettier-ignore
	'a page of blocks that may be a code': file('a.html', (n) =>
		Buffer.from(`<pre>${filled('\u2588\u2580 \u2584\n', n)}`),
	),
	'a text': file('a.txt', (n) => filled('hxxps://evil[.]example/a\n', n)),
	'a text of blocks that may be a code': file('a.txt', (n) => Buffer.from(filled('\u2588\u2580 \u2584\n', n))),
	'a table of values': file('a.csv', (n) => filled('a,"b ""c""",https://a.example/\n', n)),
	'a calendar': file('a.ics', (n) => `BEGIN:VCALENDAR\r\n${filled('BEGIN:VEVENT\r\nDESCRIPTION:https://a.example/\r\n b\r\nEND:VEVENT\r\n', n)}`), // prettier-ignore
	'lines of a calendar that are folded': file(
		'a.ics',
		(n) => `BEGIN:VCALENDAR\r\nDESCRIPTION:${filled('a\\,\r\n ', n)}`,
	),
	'a script': file('a.js', (n) => filled('var a = "http" + "://a.example/"; ', n)),
	'a script of numbers': file('a.js', (n) => filled('String.fromCharCode(104,116,116,112);', n)),
	'a script of PowerShell': file('a.ps1', (n) => filled("$a = 'ht' + 'tp://a.example/'; ", n)),
	'a shortcut': file('a.url', (n) => `[InternetShortcut]\r\n${filled('URL=https://a.example/\r\n', n)}`),
	'a drawing': file('a.svg', (n) => `<svg>${filled('<a href="https://a.example/"><path d="M0 0h9v9"/></a>', n)}</svg>`),
	'a drawing of one path': file('a.svg', (n) => `<svg><path d="${filled('M0 0h9v9z', n)}"/></svg>`),
	'an archive of files': file('a.zip', (n) =>
		storedZip(Object.fromEntries(many(n, 120, (i) => [`f${i}.html`, page(i)]))),
	),
	'an archive of archives': file('a.zip', (n) => {
		let inner: Buffer = page(0);
		for (let i = 0; i < n / 200; i++) inner = storedZip({ [`a${i}.zip`]: inner });
		return inner;
	}),
	'names of an archive': file('a.zip', (n) => storedZip(Object.fromEntries(many(n, 100, (i) => [`f${i}`, Buffer.alloc(0)])))), // prettier-ignore
	'entries of a tar': file('a.tar', (n) => Buffer.concat([...many(n, 512, (i) => tarEntry(`f${i}`)), Buffer.alloc(1_024)])), // prettier-ignore
	'a document of paragraphs': file('a.docx', (n) => docx(filled('<w:p><w:r><w:t>https://a.example/</w:t></w:r></w:p>', n))), // prettier-ignore
	'a document of fields': file('a.docx', (n) => docx(filled('<w:p><w:fldSimple w:instr=" HYPERLINK &quot;https://a.example/&quot; "/></w:p>', n))), // prettier-ignore
	'a document of elements in elements': file('a.docx', (n) => docx(`${filled('<w:p>', n / 2)}${filled('</w:p>', n / 2)}`)), // prettier-ignore
	'rows of a sheet': file('a.xlsx', (n) => xlsx(filled('<row><c t="inlineStr"><is><t>https://a.example/</t></is></c></row>', n))), // prettier-ignore
	'formulas of a sheet': file('a.xlsx', (n) => xlsx(filled('<row><c><f>HYPERLINK("https://a.example/"&amp;"b")</f></c></row>', n))), // prettier-ignore
	'a file of RTF': file(
		'a.rtf',
		(n) => `{\\rtf1 ${filled('{\\field{\\*\\fldinst HYPERLINK "https://a.example/"}}', n)}}`,
	),
	'open groups of a file of RTF': file('a.rtf', (n) => `{\\rtf1 ${filled('{\\b', n)}`),
	'objects of a file of RTF': file('a.rtf', (n) => `{\\rtf1 ${filled('{\\object{\\*\\objdata 01050000}}', n)}}`),
	'operators of a PDF': file('a.pdf', (n) => pdf(filled('0 0 m 9 9 l S\n', n))),
	'texts of a PDF': file('a.pdf', (n) => pdf(`BT /F 9 Tf ${filled('(https://a.example/) Tj ', n)} ET`)),
	'links of a PDF': file('a.pdf', (n) => {
		const link = (i: number) => `<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://h${i}.example/) >> >>`; // prettier-ignore
		const links = many(n, 110, link);
		return pdf('', links, `/Annots [${links.map((_, i) => `${i + 5} 0 R`).join(' ')}]`);
	}),
	'objects of a PDF': file('a.pdf', (n) =>
		pdf(
			'',
			many(n, 40, () => '<< /A [1 2 3] /B (c) >>'),
		),
	),
	'scripts of a PDF': file('a.pdf', (n) => pdf('', many(n, 60, (i) => `<< /S /JavaScript /JS (app.launchURL\\("https://h${i}.example"\\)) >>`))), // prettier-ignore
	'names in names of a PDF': file('a.pdf', (n) => pdf('', [`${'<<'.repeat(n / 4)} /A ${'>>'.repeat(n / 4)}`])),
	'signed data': file('a.p7m', (n) =>
		Buffer.concat([
			Buffer.from('308006092a864886f70d010702a080308002010131003080', 'hex'),
			Buffer.from(filled('\x24\x80\x04\x01a', n), 'latin1'),
		]),
	),
	'sequences in sequences of signed data': file('a.p7m', (n) =>
		Buffer.concat([Buffer.from('308006092a864886f70d010702a080', 'hex'), Buffer.from(filled('\x30\x80', n), 'latin1')]),
	),
	'a picture of frames': file('a.gif', (n) =>
		Buffer.concat([
			Buffer.from('474946383961010001008000000000000000ffffff', 'hex').subarray(0, 19),
			Buffer.from(filled('\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0', n), 'latin1'),
			Buffer.from('3b', 'hex'),
		]),
	),
	'chunks of a picture': file('a.png', (n) =>
		Buffer.concat([
			Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de', 'hex'),
			Buffer.from(filled('\0\0\0\x04tEXta\0bc\0\0\0\0', n), 'latin1'),
		]),
	),
	'an older document': file('a.doc', (n) =>
		Buffer.concat([
			Buffer.from('d0cf11e0a1b11ae1', 'hex'),
			Buffer.from(filled('H\0Y\0P\0E\0R\0 \0"\0h\0t\0t\0p\0:\0/\0/\0', n), 'latin1'),
		]),
	),
	'a message in a file': file('a.eml', (n) => `From: a@example.org\r\nSubject: x\r\n\r\n${filled('https://a.example/\r\n', n)}`), // prettier-ignore
	'words that may be passwords': (size) => {
		const zip = storedZip({ 'a.html': page(0) });
		const email = { ...withFile('a.zip', zip), text: filled('the password is a1b2 ', size) };
		return async () => await openAttachments(email);
	},
};

/** Style sheets: what of a page is seen is asked of each element. */
const SHEETS: Readonly<Record<string, Generator>> = Object.fromEntries(
	Object.entries({
		'rules and elements': (n: number) =>
			`<style>${many(n / 2, 20, (i) => `.a${i}{display:none}`).join('')}</style>${many(n / 2, 16, (i) => `<p class=a${i}>b`).join('')}`,
		'names of a selector': (n: number) => `<style>${filled('.a', n / 2)}{display:none}</style>${filled('<p class=a>b', n / 2)}`,
		'elements of a selector': (n: number) => `<style>${filled('div ', n / 2)}{display:none}</style>${filled('<div>', n / 2)}`,
		'children of a selector': (n: number) => `<style>${filled('div>', n / 2)}p{display:none}</style>${filled('<div><p>', n / 2)}`,
		'neighbours of a selector': (n: number) => `<style>${filled('p~', n / 2)}p{display:none}</style>${filled('<p>', n / 2)}`,
		'a list of selectors': (n: number) => `<style>${filled('.a,', n / 2)}.b{display:none}</style>${filled('<p class="a b">c', n / 2)}`,
		'attributes of a selector': (n: number) => `<style>${filled('[a="b"]', n / 2)}{display:none}</style>${filled('<p a=b>c', n / 2)}`,
		'selectors in selectors': (n: number) => `<style>${filled(':not(', n / 2)}{display:none}</style>${filled('<p>', n / 2)}`,
		'rules in rules': (n: number) => `<style>${filled('@media all{', n / 2)}p{display:none}</style>${filled('<p>', n / 2)}`,
		'classes of an element': (n: number) => `<style>.a{display:none}</style><p class="${filled('a ', n)}">`,
		'comments of a sheet': (n: number) => `<style>${filled('/*a*/', n)}p{display:none}</style><p>`,
	}).map(([name, make]) => [
		`a style sheet: ${name}`,
		(size: number) => {
			const html = make(size);
			return () => extractIndicators({ html });
		},
	]),
); // prettier-ignore

/** Mail that reports, forwards or quotes another one. */
const REPORTS: Readonly<Record<string, Generator>> = Object.fromEntries(
	Object.entries({
		'heads of forwarded messages': (n: number) => ({ text: filled('---------- Forwarded message ---------\nFrom: a@example.org\nDate: x\nSubject: y\n\n', n) }),
		'lines From': (n: number) => ({ text: filled('From: a@example.org\n', n) }),
		'lines of dashes': (n: number) => ({ text: filled('-----\n', n) }),
		'a quotation in a quotation': (n: number) => ({ text: many(Math.sqrt(n), 1, (i) => `${'>'.repeat(i)} a`).join('\n') }),
		'quoted lines': (n: number) => ({ text: `On Monday A <a@example.org> wrote:\n${filled('> From: b\n', n)}` }),
		'an original message': (n: number) => ({ text: `-----Original Message-----\nFrom: a@example.org\nSubject: ${'x'.repeat(n)}\n` }),
		'quotations of HTML': (n: number) => ({ html: filled('<blockquote type=cite><b>From:</b> a@example.org<br><b>Subject:</b> x<br>', n) }),
		'rules of HTML': (n: number) => ({ html: filled('<hr><b>From:</b> a@example.org<br>', n) }),
		'a page without line ends': (n: number) => ({ html: filled('<b>From:</b> a ', n) }),
		subjects: (n: number) => ({ subject: filled('Fwd: [Phish] ', n), text: 'x' }),
	}).map(([name, make]) => [
		`a mail that reports: ${name}`,
		(size: number) => {
			const email = emailWith(make(size));
			return () => [analysedMessage(email), analysedMessage(email, { analyse: 'attached' })];
		},
	]),
); // prettier-ignore

/** What is shown of a message: the text of reports and incidents, the first look, the campaign. */
const SHOWN: Readonly<Record<string, Generator>> = {
	'the text of a report: lines': (size) => {
		const email = emailWith({ text: filled('a  b https://a.example/\r\n', size) });
		return () => reportFromEmail(email, { links: 'defang' });
	},
	'the text of a report: hidden elements that are not closed': (size) => {
		const email = emailWith({ html: filled('<p>a</p><svg><!-- ', size) });
		return () => reportFromEmail(email);
	},
	'the text of a report: links in links': (size) => {
		const email = emailWith({ html: filled('<a href="https://a.example/"><b>', size) });
		return () => reportFromEmail(email, { links: 'defang' });
	},
	'the text of an incident': (size) => {
		const email = emailWith({ text: filled('*a* [b](https://a.example/)\n', size) });
		return () => incidentFromEmail(email);
	},
	'the description of a report: attachments': (size) => {
		const one = withFile('a.bin', Buffer.from('x')).attachments[0]!;
		const email = emailWith({ attachments: many(size, 60, (i) => ({ ...one, fileName: `a${i}.bin`, partId: `${i}` })) });
		return () => reportFromEmail(email, { files: 'none' } as never);
	},
	'a first look: hops': (size) => {
		const line = 'from a.example (b.example [203.0.113.9]) by c.example with SMTP; Tue, 5 May 2026 10:11:12 +0200';
		const email = emailWith({ receivedLines: many(size, line.length, () => line) });
		return () => firstLook(email);
	},
	'a first look: results of authentication': (size) => {
		const email = emailWith({ authenticationResults: [`mx.example; ${filled('dkim=pass header.d=a.example; ', size)}`] });
		return () => firstLook(email);
	},
	'the keys of a campaign': (size) => {
		const email = emailWith({ text: filled('dear customer, your account 4711 is closed ', size), subject: filled('Invoice 17 ', size) });
		return () => campaignKeys(email, []);
	},
	'a bundle of addresses': (size) => {
		const email = emailWith({ to: many(size, 20, (i) => ({ address: `${i}@example.org` })) });
		return () => emailToBundle(email);
	},
}; // prettier-ignore

const url = (i: number) => ({ type: 'url', spec_version: '2.1', id: `url--${i}`, value: `https://h${i}.example/` });

/** What a step before may have put into an item. */
const HANDED_ON: Readonly<Record<string, Generator>> = {
	'objects of a bundle of STIX 2.0': (size) => {
		const objects = many(size, 120, (i) => ({
			type: 'observed-data', id: `observed-data--${i}`, first_observed: '2026-01-01T00:00:00Z', last_observed: '2026-01-01T00:00:00Z', number_observed: 1,
			objects: { '0': { type: 'url', value: `https://h${i}.example/` }, '1': { type: 'file', name: 'a', parent_directory_ref: '0' } },
		}));
		return () => upgradedTo21(objects);
	},
	'objects that a pattern is matched with': (size) => {
		const bundle = { type: 'bundle', objects: many(size, 80, url) };
		return () => matchPattern("[url:value = 'https://a.example/']", bundle);
	},
	'rows of a hunt for a report': (size) => {
		const rows = many(size, 100, (i) => ({ sender: 'a@example.org', recipients: [`${i}@example.org`], subject: 'x', time: '2026-01-01T00:00:00Z', matchedBy: ["url:value = 'a'"] }));
		return () => huntFindings({ matches: rows.length, rows, complete: true });
	},
	'an item with many attachments': (size) => {
		const json = { subject: 'x', text: 'y', attachments: many(size, 60, (i) => ({ filename: `a${i}.bin`, contentType: 'a/b', size: 1 })) };
		return async () => await emailFromItem(json as never, undefined as never).catch((error: unknown) => error);
	},
	'an item of the Gmail API with many header fields': (size) => {
		const json = { id: 'x', payload: { mimeType: 'text/plain', headers: many(size, 40, (i) => ({ name: `X-${i}`, value: 'y' })), body: { data: 'eA' } } };
		return async () => await emailFromItem(json as never, undefined as never).catch((error: unknown) => error);
	},
	'an item of Microsoft Graph with many recipients': (size) => {
		const json = { id: 'x', subject: 'x', body: { contentType: 'html', content: '<p>x' }, toRecipients: many(size, 60, (i) => ({ emailAddress: { address: `${i}@example.org` } })) };
		return async () => await emailFromItem(json as never, undefined as never).catch((error: unknown) => error);
	},
}; // prettier-ignore

const WINDOW = "START t'2026-10-01T00:00:00Z' STOP t'2026-10-02T00:00:00Z'";
const now = new Date('2026-10-02T00:00:00Z');

/** Patterns that become KQL, and filters of message trace. */
const QUERIES: Readonly<Record<string, Generator>> = Object.fromEntries(
	Object.entries({
		'many values': (n: number) => `[url:value IN (${many(n, 26, (i) => `'https://h${i}.example/'`).join(', ')})]`,
		'many alternatives': (n: number) => many(n, 46, (i) => `[email-message:subject = 'Invoice ${i}']`).join(' OR '),
		'a value of quotes': (n: number) => `[email-message:subject = '${filled('\\\\"', n)}']`,
		'a value of wildcards': (n: number) => `[email-message:subject LIKE '${filled('a%_', n)}']`,
		'many ANDs': (n: number) => `[${many(n, 44, (i) => `email-message:subject LIKE '%word ${i}%'`).join(' AND ')}]`,
	}).map(([name, make]) => [
		`a query for Microsoft 365: ${name}`,
		(size: number) => {
			const pattern = `${make(size)} ${WINDOW}`;
			const planned = (plan: () => unknown): unknown => {
				try {
					return plan();
				} catch (error) {
					// That a pattern cannot be asked is an answer, too.
					return error;
				}
			};
			return () => [
				planned(() => planDefenderHunt(pattern, { now })),
				planned(() => planMessageTrace(pattern, { now })),
			];
		},
	]),
);

const clock = { now: () => now.getTime(), sleep: () => Promise.resolve(), random: () => 0 };

/** One for all: making it takes longer than most of what is measured. */
let certificate: Promise<Certificate> | undefined;

/** What comes of a call to a server that gives this answer to everything but logins and the inbox; that the call fails is an answer, too. */
async function asked(body: string, work: (url: string, ca: string) => Promise<unknown>): Promise<unknown> {
	certificate ??= selfSigned();
	const { cert } = await certificate;
	const server = await startServer(
		(request, response) => {
			const { url = '' } = request;
			response.writeHead(200, { 'content-type': 'application/json' });
			if (url.endsWith('/login')) response.end('{"data":{"jwtToken":"a.b.c"}}');
			else if (/\/mailFolders\/[^/?]+(?:\?|$)/.test(url)) response.end('{"id":"inbox","displayName":"Inbox"}');
			else response.end(body);
		},
		await certificate,
	);
	try {
		return await work(server.url, cert).catch((error: unknown) => error);
	} finally {
		await server.close();
	}
}

const ofMicrosoft = (url: string, ca: string) => ({
	tenant: 'example.com',
	clientId: 'x',
	cloud: 'custom' as const,
	authorityUrl: url,
	graphUrl: url,
	ca,
	tokens: { token: () => Promise.resolve('token') },
	clock,
});

type Made = (size: number) => unknown;
const textOf = (made: unknown): string => (typeof made === 'string' ? made : JSON.stringify(made));

const ofGraph =
	(make: Made, work: (mailbox: GraphMailbox) => Promise<unknown>): Generator =>
	(size) => {
		const body = textOf(make(size));
		return () =>
			asked(body, async (url, ca) => {
				const mailbox = new GraphMailbox({ ...ofMicrosoft(url, ca), mailbox: 'a@example.com' });
				return await work(mailbox).finally(() => mailbox.close());
			});
	};
const ofOpenCti =
	(make: Made): Generator =>
	(size) => {
		const body = textOf(make(size));
		return () =>
			asked(body, async (url, ca) => {
				const client = new OpenCtiClient({ url, token: 'x', ca, clock, maxTries: 1 });
				return await client.findReports({ messageId: '<a@example.org>' }).finally(() => client.close());
			});
	};
const ofEsa =
	(make: Made): Generator =>
	(size) => {
		const body = textOf(make(size));
		return () =>
			asked(body, async (url, ca) => {
				const client = new EsaClient({ url, user: 'x', passphrase: 'y', ca, clock, maxTries: 1 } as never);
				return await client
					.search(
						{ subject: 'x', start: '2026-10-01T00:00:00Z', stop: '2026-10-02T00:00:00Z' },
						{
							maxRows: 10,
						},
					)
					.finally(() => client.close());
			});
	};

const nested = (size: number) => `${'['.repeat(size / 2)}${']'.repeat(size / 2)}`;

const ANSWERS: Readonly<Record<string, Generator>> = {
	'an answer of Graph: folders': ofGraph(
		(n) => ({ value: many(n, 60, (i) => ({ id: `${i}`, displayName: `Folder ${i}`, childFolderCount: 0 })) }),
		(mailbox) => mailbox.listFolders(),
	),
	'an answer of Graph: messages': ofGraph(
		(n) => ({ value: many(n, 80, (i) => ({ id: `${i}`, subject: 'x', receivedDateTime: '2026-01-01T00:00:00Z' })) }),
		(mailbox) => mailbox.poll(undefined, { cap: 1 }),
	),
	'an answer of Graph: an error': ofGraph(
		(n) => ({ error: { code: 'x'.repeat(n / 2), message: filled('token Bearer ', n / 2) } }),
		(mailbox) => mailbox.test(),
	),
	'an answer of Defender': (size) => {
		const body = JSON.stringify({
			schema: many(size / 2, 30, (i) => ({ name: `C${i}`, type: 'String' })),
			results: many(size / 2, 120, (i) => ({ NetworkMessageId: `${i}`, Subject: 'x', Timestamp: '2026-10-01T10:00:00Z', Total: Math.ceil(size / 240) })),
		});
		const plan = planDefenderHunt(`[email-message:subject = 'x'] ${WINDOW}`, { now });
		return () =>
			asked(body, async (url, ca) => {
				const client = new DefenderClient(ofMicrosoft(url, ca));
				return await client.hunt(plan).finally(() => client.close());
			});
	},
	'an answer of OpenCTI: edges': ofOpenCti((n) => ({
		data: { reports: { edges: many(n, 50, (i) => ({ node: { id: `${i}`, name: 'x' } })), pageInfo: { hasNextPage: false } } },
	})),
	'an answer of OpenCTI: errors': ofOpenCti((n) => ({
		errors: many(n, 60, (i) => ({ message: `wrong ${i}`, extensions: { code: 'X' } })),
	})),
	'an answer of OpenCTI: lists in lists': ofOpenCti((n) => `{"data":{"reports":${nested(n)}}}`),
	'an answer of the appliance: rows': ofEsa((n) => ({
		meta: { totalCount: 10, num_bad_records: 0 },
		data: many(n, n / 10, (i) => ({ attributes: { mid: [i], subject: 'x'.repeat(n / 10), timestamp: 'x' } })),
	})),
	'an answer of the appliance: columns of a row': ofEsa((n) => ({
		meta: { totalCount: 1, num_bad_records: 0 },
		data: [{ attributes: Object.fromEntries(many(n, 20, (i) => [`c${i}`, 'value'])) }],
	})),
	'an answer of the appliance: an error': ofEsa((n) => ({ error: { message: filled('passphrase y ', n), code: '404' } })),
}; // prettier-ignore

/** A mailbox whose server gives one response to a command: whatever it says is read to its end, or refused. */
const imap =
	(command: RegExp, make: (size: number) => string, work: (mailbox: ImapMailbox) => Promise<unknown>): Generator =>
	(size) => {
		const response = make(size);
		return async () => {
			const server = await ScriptedServer.start((socket) => {
				socket.write('* OK [CAPABILITY IMAP4rev1] ready\r\n');
				let rest = '';
				socket.on('data', (chunk: Buffer) => {
					const lines = (rest + chunk.toString('latin1')).split('\r\n');
					rest = lines.pop()!;
					for (const line of lines) {
						const [tag = ''] = line.split(' ', 1);
						if (command.test(line)) socket.write(`${response}${tag} OK done\r\n`, 'latin1');
						else if (/ (?:EXAMINE|SELECT) /.test(line))
							socket.write(
								`* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n${tag} OK [READ-ONLY] done\r\n`,
							);
						else if (/ UID SEARCH /.test(line)) socket.write(`* SEARCH 1 2 3\r\n${tag} OK done\r\n`);
						else socket.write(`${tag} OK done\r\n`);
					}
				});
			});
			const { host, port } = server;
			const mailbox = new ImapMailbox({ host, port, security: 'none', user: 'x', password: 'y', socketTimeoutMs: 5_000 } as never); // prettier-ignore
			try {
				return await work(mailbox).catch((error: unknown) => error);
			} finally {
				await mailbox.close();
				await server.close();
			}
		};
	};

const poll = (mailbox: ImapMailbox) => mailbox.poll(undefined, { firstRunLookBack: 'all' });

const RESPONSES: Readonly<Record<string, Generator>> = {
	'a response of IMAP: found numbers': imap(/ UID SEARCH /, (n) => `* SEARCH ${many(n, 8, (i) => i + 1).join(' ')}\r\n`, poll),
	'a response of IMAP: folders': imap(/ LIST /, (n) => many(n, 40, (i) => `* LIST (\\HasNoChildren) "/" "Folder ${i}"\r\n`).join(''), (mailbox) => mailbox.listFolders()),
	'a response of IMAP: flags': imap(/ UID FETCH /, (n) => `* 1 FETCH (UID 1 FLAGS (${filled('\\Seen ', n).trim()}))\r\n`, poll),
	'a response of IMAP: rows': imap(/ UID FETCH /, (n) => many(n, 60, (i) => `* ${i + 1} FETCH (UID ${i + 1} INTERNALDATE "05-May-2026 10:11:12 +0200")\r\n`).join(''), poll),
	'a response of IMAP: lists in lists': imap(/ UID FETCH /, (n) => `* 1 FETCH (UID 1 ENVELOPE ${'('.repeat(n / 2)}${')'.repeat(n / 2)})\r\n`, poll),
	'a response of IMAP: a body': imap(/ UID FETCH /, (n) => `* 1 FETCH (UID 1 RFC822.SIZE ${n} BODY[] {${n}}\r\n${'x'.repeat(n)})\r\n`, poll),
	'a response of IMAP: literals': imap(/ UID FETCH /, (n) => `* 1 FETCH (UID 1 ${filled('X {1}\r\na ', n)})\r\n`, poll),
	'a response of IMAP: capabilities': imap(/ CAPABILITY/, (n) => `* CAPABILITY IMAP4rev1 ${many(n, 8, (i) => `X${i}`).join(' ')}\r\n`, (mailbox) => mailbox.test()),
	'a response of IMAP: a refusal': imap(/ LOGIN /, (n) => `* NO ${filled('LOGIN x y ', n)}\r\n`, (mailbox) => mailbox.test()),
}; // prettier-ignore

/** All of these, by a name of their own. */
export const READERS: Readonly<Record<string, Generator>> = {
	...Object.fromEntries(Object.entries(FILES).map(([name, generator]) => [`a file: ${name}`, generator])),
	...SHEETS,
	...REPORTS,
	...SHOWN,
	...HANDED_ON,
	...QUERIES,
	...ANSWERS,
	...RESPONSES,
};

// The longest time in which one message, or one answer, keeps the process from everything else: for each part of a workflow that reads what
// others wrote, with inputs that are as large as the limits allow and made to hurt.
import { createRequire } from 'node:module';
import { anyOf, inMemory, trackedRows } from './hunts/inMemory.mjs';
import { phishing } from './mail/phishing.mjs';
import { longestBlock } from './result/block.mjs';

const require = createRequire(import.meta.url);
/** Milliseconds that one message may hold up others at most. */
const LONGEST = 50;
const MB = 1_000_000;

const filled = (piece, bytes) => piece.repeat(Math.ceil(bytes / piece.length));
const base64 = (bytes) => Buffer.from(filled('attached ', bytes)).toString('base64').replace(/(.{76})/g, '$1\r\n'); // prettier-ignore
const head = (more) => `From: a@example.org\r\nTo: b@example.com\r\nSubject: hostile\r\nDate: Tue, 5 May 2026 10:11:12 +0200\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n${more}\r\n\r\n`; // prettier-ignore
const MIXED = 'Content-Type: multipart/mixed; boundary=b';
const part = (type, body, more = '') => `--b\r\nContent-Type: ${type}${more}\r\n\r\n${body}\r\n`;
const HTML = '<table><tr><td><p style="color:red">Dear <b>customer</b>, <a href="https://login.example.net/a?b=1&amp;c=2">https://www.example.com/</a></p></td></tr></table>\n'; // prettier-ignore
const LINE = 'please review https://example.net/a?b=1 and block 203.0.113.5 as seen at evil[.]example[.]com\r\n';

/** Messages of the size that triggers deliver, 24 MB, or of what a limit leaves of them. */
const MAILS = {
	'an attachment of 18 MB': () =>
		`${head(MIXED)}${part('application/zip', base64(13 * MB), '\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.zip')}--b--\r\n`,
	'24 MB of text': () => head('Content-Type: text/plain') + filled(LINE, 24 * MB),
	'24 MB of HTML': () => head('Content-Type: text/html') + filled(HTML, 24 * MB),
	'1 MB of header fields': () =>
		head(Array.from({ length: 20_000 }, (_, i) => `X-Field-${i}: value of the field ${i} https://h${i}.example/`).join('\r\n')), // prettier-ignore
	'20,000 recipients': () =>
		head(`Cc: ${Array.from({ length: 20_000 }, (_, i) => `"User ${i}" <user${i}@example.com>`).join(',\r\n ')}`),
	'10,000 parts': () => head(MIXED) + filled(part('text/plain', LINE), 10_000 * 150) + '--b--\r\n',
	'24 MB of uuencode': () => head('Content-Type: text/plain') + `begin 644 a.bin\r\n${filled(`M${'9'.repeat(60)}\r\n`, 24 * MB)}end\r\n`, // prettier-ignore
	'24 MB of a forwarded message': () =>
		head('Content-Type: message/rfc822') + head('Content-Type: text/html') + filled(HTML, 24 * MB),
	'24 MB of a quoted message': () =>
		head('Content-Type: text/plain') +
		`FYI\r\n\r\n---------- Forwarded message ---------\r\nFrom: Mallory <mallory@example.net>\r\nDate: Mon, 4 May 2026 10:00:00 +0000\r\nSubject: Invoice\r\nTo: b@example.com\r\n\r\n${filled(LINE, 24 * MB)}`, // prettier-ignore
	'5,000 links': () => phishing(1, 5_000)[0],
};

/** An item that holds a raw message, as a trigger gives it. */
const itemOf = (raw) => ({
	json: { source: { kind: 'imap', mailbox: 'a@example.com', folder: 'INBOX', uid: 1 } },
	files: {
		keys: ['email'],
		info: () => ({ fileName: 'message.eml', mimeType: 'message/rfc822' }),
		read: async () => raw,
		bytes: async () => raw,
	},
});

const found = (count) =>
	Array.from({ length: count }, (_, i) => {
		const value = `https://h${i}.example.net/a`;
		return { type: 'url', value, original: value, defanged: true, sources: [{ part: 'text' }], flags: [] };
	});

/** `report(name, figure, unit, more)` is called once a figure. */
export async function run(report) {
	const { parseEmail, emailFromItem } = require('../dist/lib/email/index.js');
	const { closeAttachments } = require('../dist/lib/attachments/index.js');
	const { emailToBundleAsync } = require('../dist/lib/stix/index.js');
	const { reportSteps } = require('../dist/lib/opencti/container/index.js');
	const { emailSteps } = require('../dist/lib/opencti/bundle/createReportFromEmail.js');
	const { finishInTurns } = require('../dist/lib/steps.js');
	const { planHunt, esaBundleSteps } = require('../dist/lib/esa/index.js');
	const { microsoftBundleSteps } = require('../dist/lib/microsoftHunt/index.js');
	const { runPlan } = require('../dist/lib/hunt/index.js');
	const flow = require('../dist/lib/flow/index.js');
	const tell = async (what, work) =>
		report(what, Number((await longestBlock(work)).toFixed(1)), 'ms', { target: { most: LONGEST } });

	for (const [name, make] of Object.entries(MAILS)) {
		const raw = Buffer.from(make());
		const message = {
			id: '1',
			source: { kind: 'imap' },
			raw,
			size: raw.length,
			truncated: false,
			receivedAt: new Date(0),
		};
		const attachments = { include: true, types: [], maxBytes: 25 * MB, maxNumber: 50 };
		const triggered = { output: 'full', analyse: 'automatic', attachments };
		const email = await parseEmail(raw);
		await tell(`${name}: a trigger's item`, () => flow.messageItem(message, triggered));
		await tell(`${name}: Email to STIX, attachments opened`, () => flow.convertItem(itemOf(raw), { opening: {} }));
		await tell(`${name}: its indicators as items`, () => flow.extractFromItem(itemOf(raw), { opening: {} }));
		await tell(`${name}: what becomes a report`, () =>
			finishInTurns(emailSteps(email, { contents: 'observables' }, reportSteps)),
		);
	}
	await closeAttachments();

	const many = await parseEmail(phishing(1, 5_000)[0]);
	await tell('a bundle of 9,000 indicators, with its picture and its file', async () =>
		flow.convertItem(itemOf(phishing(1, 5_000)[0]), { picture: 'html', output: 'both' }),
	);
	await tell('a bundle of 9,000 indicators', () => emailToBundleAsync(many, { indicators: found(9_000) }));
	const item = { id: '1', subject: 'x', from: 'a@example.org', text: filled(LINE, 8 * MB), html: filled(HTML, 8 * MB) };
	await tell('an item of another node, 16 MB', () => emailFromItem(item, { keys: [], info: () => ({}) }));

	const now = new Date('2026-09-01T00:00:00Z');
	const plan = planHunt(anyOf(100), { now, timeRangeMinutes: 60 * 24 * 30 });
	const rows = trackedRows(10_000, 100);
	const target = inMemory(rows);
	await tell('a hunt of 100 indicators that finds 10,000 rows', () => runPlan(target, plan, { maxRows: 10_000 }));
	await tell('10,000 rows of an appliance to a bundle', () => finishInTurns(esaBundleSteps(rows)));
	const delivered = rows.map((_, i) => ({
		attributes: {
			NetworkMessageId: `network-${i}`,
			RecipientEmailAddress: `user${i}@example.org`,
			SenderFromAddress: `sender${i % 50}@example.com`,
			Subject: `Invoice ${i}`,
			Timestamp: '2026-10-10T10:00:00Z',
		},
	}));
	await tell('10,000 deliveries of Microsoft 365 to a bundle', () => finishInTurns(microsoftBundleSteps(delivered)));
	await tell('a pattern of 9,000 indicators, built', () => flow.builtPatterns(found(9_000)));
}

// The whole conversion, raw bytes to bundle as JSON text, next to mailparser's simpleParser in the same process.
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { messages } from './email.mjs';

const require = createRequire(import.meta.url);

async function rate(all, convert) {
	for (const one of all.slice(0, 50)) await convert(one);
	const start = performance.now();
	for (const one of all) await convert(one);
	return all.length / ((performance.now() - start) / 1_000);
}

/** A message with one attachment, as a stream that is made while it is read. */
function hugeMessage(bytes) {
	const block = Buffer.from(`${'QUJD'.repeat(19)}\r\n`.repeat(800));
	function* chunks() {
		yield Buffer.from(
			'From: a@example.org\r\nTo: b@example.org\r\nSubject: huge\r\nDate: Tue, 5 May 2026 10:11:12 +0200\r\n' +
				'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee hxxp://evil[.]example/x\r\n' +
				'--b\r\nContent-Type: application/zip; name=a.zip\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n',
		);
		for (let sent = 0; sent < bytes; sent += block.length) yield Buffer.from(block);
		yield Buffer.from('--b--\r\n');
	}
	return Readable.from(chunks(), { objectMode: false });
}

/** `report(name, figure, unit)` is called once a figure. */
export async function run(report) {
	const { parseEmail } = require('../dist/lib/email/index.js');
	const { extractIndicators } = require('../dist/lib/indicators/index.js');
	const { emailToBundle } = require('../dist/lib/stix/index.js');
	const { simpleParser } = require('mailparser');
	const all = messages();
	const bare = { skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true, skipImageLinks: true };
	const convert = async (raw) => JSON.stringify(emailToBundle(await parseEmail(raw), { patterns: { policy: 'unflagged' } }));
	const ours = [];
	const theirs = [];
	// Alternating, so that both see the same machine.
	for (let round = 0; round < 3; round++) {
		theirs.push(await rate(all, (one) => simpleParser(one, bare)));
		ours.push(await rate(all, convert));
	}
	const ratio = Math.max(...ours) / Math.max(...theirs);
	report('mailparser simpleParser, four skip options', Math.round(Math.max(...theirs)), 'messages/s');
	report('parse, extract, bundle, JSON', Math.round(Math.max(...ours)), 'messages/s');
	report('conversion / simpleParser (0.6 is 300 where it makes 500)', Number(ratio.toFixed(2)), '');

	const parsed = await Promise.all(all.map((one) => parseEmail(one)));
	const found = parsed.map((email) => extractIndicators(email));
	let start = performance.now();
	const objects = parsed.reduce((sum, email, i) => sum + emailToBundle(email, { indicators: found[i] }).objects.length, 0);
	report('bundle alone', Number(((performance.now() - start) / parsed.length).toFixed(2)), `ms a message, ${Math.round(objects / parsed.length)} objects`);

	globalThis.gc?.();
	const base = process.memoryUsage().rss;
	let peak = base;
	const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
	start = performance.now();
	const bundle = emailToBundle(await parseEmail(hugeMessage(140e6), { keepAttachments: false }));
	const text = JSON.stringify(bundle);
	clearInterval(timer);
	peak = Math.max(peak, process.memoryUsage().rss);
	report('a message of 140 MB', Number(((performance.now() - start) / 1_000).toFixed(1)), `s, a bundle of ${text.length} characters`);
	report('its memory above the base (at most 250)', Math.round((peak - base) / 1e6), 'MB');
}

// How fast and in how much memory messages are parsed, next to mailparser's simpleParser in the same process.
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';

const require = createRequire(import.meta.url);

/** A small generator with a seed, so that every run parses the same messages. */
function seeded(seed) {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
		return (state >>> 8) % below;
	};
}

const WORDS =
	'please review the attached invoice your account was suspended verify now click here security team payment order delivery update password expires today meeting notes quarterly report régulier größe 請查收'.split(
		' ',
	);

function paragraph(random, words) {
	return Array.from({ length: words }, () => WORDS[random(WORDS.length)]).join(' ');
}

function fold(text, width = 76) {
	return text.match(new RegExp(`.{1,${width}}`, 'g')).join('\r\n');
}

function quotedPrintable(text) {
	let output = '';
	let column = 0;
	for (const byte of Buffer.from(text)) {
		const piece =
			byte === 0x0a ? '\r\n' : byte < 0x20 || byte > 0x7e || byte === 0x3d ? `=${byte.toString(16).toUpperCase().padStart(2, '0')}` : String.fromCharCode(byte);
		if (piece === '\r\n') column = 0;
		else if (column + piece.length > 75) {
			output += '=\r\n';
			column = 0;
		}
		output += piece;
		column += piece.length;
	}
	return output;
}

function newsletter(random, rows) {
	const cells = Array.from(
		{ length: rows },
		(_, i) =>
			`<tr><td class="cell-${i}" style="padding:0 10px;font-family:Arial,sans-serif"><a href="https://click.example.com/t/${random(1e9)}?u=${random(1e9)}">${paragraph(random, 8)}</a><img src="https://img.example.org/p/${random(1e6)}.gif" width="1"></td></tr>`,
	).join('\n');
	return `<!DOCTYPE html><html><head><style>.cell{margin:0}</style></head><body><table>${cells}</table></body></html>`;
}

/** One message; `kind` runs through plain, alternative, newsletter, with attachments, forwarded. */
function message(random, i) {
	const header = [
		...Array.from({ length: 3 + random(5) }, (_, hop) => `Received: from mx${hop}.example.org (mx${hop}.example.org [192.0.2.${random(255)}])\r\n\tby relay.example.net with ESMTPS id ${random(1e9)}\r\n\tfor <user@example.com>; Tue, 5 May 2026 10:${10 + hop}:12 +0000`),
		`Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=example.org; dkim=pass header.d=example.org`,
		`DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=s1;\r\n\tbh=${Buffer.alloc(32, i).toString('base64')}; b=${fold(Buffer.alloc(256, i).toString('base64'), 70).replace(/\r\n/g, '\r\n\t')}`,
		`From: =?utf-8?B?${Buffer.from(paragraph(random, 2)).toString('base64')}?= <sender${i}@example.org>`,
		`To: "User, First" <user@example.com>, second@example.com`,
		`Subject: =?utf-8?Q?${quotedPrintable(paragraph(random, 6)).replace(/=\r\n/g, '').replace(/ /g, '_').replace(/\?/g, '=3F')}?=`,
		`Date: Tue, 5 May 2026 10:11:12 +0200`,
		`Message-ID: <${i}.${random(1e9)}@example.org>`,
		`X-Mailer: Example 1.0`,
		`MIME-Version: 1.0`,
	].join('\r\n');
	const text = `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${quotedPrintable(paragraph(random, 50 + random(300)))}\r\n`;
	const html = `Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: ${i % 2 ? 'quoted-printable' : 'base64'}\r\n\r\n`;
	const page = newsletter(random, 10 + random(120));
	const htmlPart = `${html}${i % 2 ? quotedPrintable(page) : fold(Buffer.from(page).toString('base64'))}\r\n`;
	const file = (size) =>
		`Content-Type: application/pdf; name="file-${i}.pdf"\r\nContent-Disposition: attachment; filename="file-${i}.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\n${fold(Buffer.from(Array.from({ length: size }, () => random(256))).toString('base64'))}\r\n`;
	const alternative = `Content-Type: multipart/alternative; boundary="alt${i}"\r\n\r\n--alt${i}\r\n${text}--alt${i}\r\n${htmlPart}--alt${i}--\r\n`;
	const mixed = (...parts) => `Content-Type: multipart/mixed; boundary="mix${i}"\r\n\r\n${parts.map((part) => `--mix${i}\r\n${part}`).join('')}--mix${i}--\r\n`;
	switch (i % 5) {
		case 0:
			return Buffer.from(`${header}\r\n${text}`);
		case 1:
			return Buffer.from(`${header}\r\n${alternative}`);
		case 2:
			return Buffer.from(`${header}\r\n${htmlPart}`);
		case 3:
			return Buffer.from(`${header}\r\n${mixed(alternative, file(5_000 + random(120_000)))}`);
		default:
			return Buffer.from(`${header}\r\n${mixed(text, `Content-Type: message/rfc822\r\n\r\n${header}\r\n${alternative}`)}`);
	}
}

/** The messages that the rates are measured on: the same in every run. */
export function messages(count = 400) {
	const random = seeded(20260505);
	return Array.from({ length: count }, (_, i) => message(random, i));
}

async function rate(all, parse) {
	for (const one of all.slice(0, 50)) await parse(one);
	const start = performance.now();
	for (const one of all) await parse(one);
	return all.length / ((performance.now() - start) / 1_000);
}

/** A message with one attachment, as a stream that is made while it is read. */
function hugeMessage(bytes) {
	const line = Buffer.from(`${'QUJD'.repeat(19)}\r\n`);
	const block = Buffer.concat(Array.from({ length: 800 }, () => line));
	function* chunks() {
		yield Buffer.from('From: a@example.org\r\nSubject: huge\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n');
		for (let sent = 0; sent < bytes; sent += block.length) yield Buffer.from(block);
		yield Buffer.from('--b--\r\n');
	}
	return Readable.from(chunks(), { objectMode: false });
}

/** `report(name, figure, unit)` is called once a figure. */
export async function run(report) {
	const { parseEmail } = require('../dist/lib/email/index.js');
	const { simpleParser } = require('mailparser');
	const all = messages();
	const megabytes = all.reduce((sum, one) => sum + one.length, 0) / 1e6;
	const bare = { skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true, skipImageLinks: true };
	const ours = [];
	const theirs = [];
	// Alternating, so that both see the same machine.
	for (let round = 0; round < 3; round++) {
		theirs.push(await rate(all, (one) => simpleParser(one, bare)));
		ours.push(await rate(all, (one) => parseEmail(one)));
	}
	const best = (rates) => Math.max(...rates);
	report('messages', all.length, `messages, ${megabytes.toFixed(1)} MB`);
	report('mailparser simpleParser, four skip options', Math.round(best(theirs)), 'messages/s');
	report('parseEmail', Math.round(best(ours)), 'messages/s');
	report('parseEmail / simpleParser', Number((best(ours) / best(theirs)).toFixed(2)), '');

	globalThis.gc?.();
	const base = process.memoryUsage().rss;
	let peak = base;
	const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
	const start = performance.now();
	const email = await parseEmail(hugeMessage(140e6), { keepAttachments: false });
	clearInterval(timer);
	peak = Math.max(peak, process.memoryUsage().rss);
	report('a message of 140 MB as a stream', Number(((performance.now() - start) / 1_000).toFixed(1)), `s, ${email.attachments[0].size} bytes hashed`);
	report('its memory above the base', Math.round((peak - base) / 1e6), 'MB');
}

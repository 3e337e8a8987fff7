// What it takes to open attachments: time of each kind, how long the process is kept from everything else, memory on hostile files.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';

const require = createRequire(import.meta.url);
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folders = ['attachments', 'attachments-held-out'].map((name) => join(root, 'test', 'fixtures', name));
/** What the readers need: these, and what they bring along. */
const PACKAGES = ['@embedpdf/pdfium', 'zxing-wasm', '@jsquash/webp', 'saxes'];
const ROUNDS = 5;
/** Milliseconds that one message may hold up others at most. */
const LONGEST = 50;

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const ms = (value) => Number(value.toFixed(1));

function mail({ file, name = file, type = 'application/octet-stream', body = '' }, bytes) {
	return Buffer.from(
		`From: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${body}\r\n--b\r\nContent-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${bytes.toString('base64').replace(/(.{76})/g, '$1\r\n')}\r\n--b--\r\n`,
	);
}

/** A PDF of one page that draws `content` with a picture or forms. */
function pdf(content, more = [], resources = '') {
	const objects = [
		'<< /Type /Catalog /Pages 2 0 R >>',
		'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
		`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << ${resources} >> >>`,
		content,
		...more,
	];
	const parts = objects.map((object, i) =>
		Buffer.concat([Buffer.from(`${i + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n')]),
	);
	return Buffer.concat([Buffer.from('%PDF-1.7\n'), ...parts, Buffer.from('trailer << /Root 1 0 R >>\n%%EOF\n')]);
}
const stream = (dictionary, data) =>
	Buffer.concat([
		Buffer.from(`<< ${dictionary} /Length ${data.length} >>\nstream\n`),
		Buffer.from(data),
		Buffer.from('\nendstream'),
	]);
const HOSTILE = {
	'a picture of 900 MB in a PDF of 900 kB': () =>
		pdf(
			stream('', 'q 600 0 0 600 0 0 cm /I Do Q'),
			[
				stream(
					'/Type /XObject /Subtype /Image /Width 30000 /Height 10000 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode',
					deflateSync(Buffer.alloc(900_000_000)),
				),
			],
			'/XObject << /I 5 0 R >>',
		),
	'forms inside of forms, thirty deep': () =>
		pdf(
			stream('', '/F0 Do'),
			Array.from({ length: 30 }, (_, i) =>
				stream(
					`/Type /XObject /Subtype /Form /BBox [0 0 600 600] /Resources << /XObject << /F${i + 1} ${6 + i} 0 R >> >>`,
					`/F${i + 1} Do `.repeat(4),
				),
			),
			'/XObject << /F0 5 0 R >>',
		),
	'three million operators': () =>
		pdf(stream('/Filter /FlateDecode', deflateSync(Buffer.from('0 0 m 9 9 l S\n'.repeat(1_000_000))))),
	'a stream packed twice, 300 MB': () =>
		pdf(stream('/Filter [/FlateDecode /FlateDecode]', deflateSync(deflateSync(Buffer.alloc(300_000_000, 32))))),
};

/**
 * The longest time that the main thread worked without a turn for others: of the processor, for on a machine that does other things, too,
 * the clock tells of those.
 */
class Blocks {
	#longest = 0;
	#isOn = false;

	start() {
		this.#longest = 0;
		this.#isOn = true;
		let before = cpu();
		const turn = () => {
			const now = cpu();
			this.#longest = Math.max(this.#longest, now - before);
			before = now;
			if (this.#isOn) setImmediate(turn);
		};
		setImmediate(turn);
	}

	/** Milliseconds. */
	stop() {
		this.#isOn = false;
		return this.#longest;
	}
}

/** Milliseconds that the main thread has worked; Node before 23.9 knows those of the whole process only. */
function cpu() {
	const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage();
	return (user + system) / 1000;
}

/** What the packages of the readers take on a disk, those that they need included. */
function installed() {
	const names = new Set(PACKAGES);
	const found = new Map();
	const waiting = PACKAGES.map((name) => ({ name, from: root }));
	for (const { name, from } of waiting) {
		let folder = from;
		while (!existsSync(join(folder, 'node_modules', name)) && folder !== dirname(folder)) folder = dirname(folder);
		const at = join(folder, 'node_modules', name);
		if (found.has(at) || !existsSync(at)) continue;
		names.add(name);
		found.set(at, sizeOf(at));
		const { dependencies = {} } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'));
		waiting.push(...Object.keys(dependencies).map((one) => ({ name: one, from: at })));
	}
	return { names: [...names], bytes: [...found.values()].reduce((sum, size) => sum + size, 0) };
}

/** Bytes of a package's own files; packages in it are counted by themselves. */
function sizeOf(folder) {
	return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
		if (entry.name === 'node_modules') return sum;
		const path = join(folder, entry.name);
		return sum + (entry.isDirectory() ? sizeOf(path) : statSync(path).size);
	}, 0);
}

/** `report(name, figure, unit)` is called once a figure. */
export async function run(report) {
	const { parseEmail } = require('../dist/lib/email/index.js');
	const { openAttachments, closeAttachments } = require('../dist/lib/attachments/index.js');
	const messages = [];
	for (const folder of folders)
		for (const one of JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')))
			if (one.library !== true)
				messages.push({ ...one, email: await parseEmail(mail(one, readFileSync(join(folder, one.file)))) });
	const blocks = new Blocks();

	const begin = performance.now();
	await openAttachments(messages[0].email, { otherArchives: true });
	report('the first file, with the start of the worker', ms(performance.now() - begin), 'ms');
	const times = new Map();
	blocks.start();
	for (let round = 0; round < ROUNDS; round++)
		for (const { kind = 'cms', codes, email } of messages) {
			const start = performance.now();
			await openAttachments(email, { otherArchives: true });
			const took = performance.now() - start;
			for (const name of kind === 'pdf' && codes.length > 0 ? ['pdf', 'pdf with a code'] : [kind])
				times.set(name, [...(times.get(name) ?? []), took]);
		}
	const block = blocks.stop();
	report('files of the corpus', messages.length, `files, ${ROUNDS} rounds`);
	for (const [name, list] of [...times].sort()) {
		list.sort((a, b) => a - b);
		report(`${name}: median, and the quickest and slowest`, ms(at(list, 0.5)), 'ms', {
			spread: [list[0], list.at(-1)].map(ms),
		});
		report(`${name}: 99 of 100 take at most`, ms(at(list, 0.99)), 'ms');
	}
	report('longest block of the event loop (processor time)', ms(block), 'ms', { target: { most: LONGEST } });
	const { bytes, names } = installed();
	report(`installed size of ${names.join(', ')}`, ms(bytes / 1e6), 'MB');

	const base = process.memoryUsage.rss();
	for (const [name, make] of Object.entries(HOSTILE)) {
		const email = await parseEmail(mail({ file: 'hostile.pdf' }, make()));
		globalThis.gc?.();
		const before = process.memoryUsage.rss();
		let peak = before;
		const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
		blocks.start();
		const start = performance.now();
		const { attachments } = await openAttachments(email);
		const took = performance.now() - start;
		clearInterval(timer);
		const block = blocks.stop();
		const { notRead } = attachments[0].opened;
		report(`${name}: ${notRead.length > 0 ? `not read (${notRead.join(', ')})` : 'read'}, after`, ms(took / 1000), 's');
		report(`${name}: memory above the base`, Math.round((peak - base) / 1e6), 'MB');
		report(`${name}: longest block of the event loop`, ms(block), 'ms', { target: { most: LONGEST } });
	}
	await closeAttachments();
}

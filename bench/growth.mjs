// How cost grows over 1, 10, 100 and 1,000 times the work, for each part of a workflow. A run of all draws the curves of the docs from it.
import { createRequire } from 'node:module';
import { anyOf, inMemory, trackedRows } from './hunts/inMemory.mjs';
import { phishing } from './mail/phishing.mjs';
import { mailWithPdf } from './network/mailWithPdf.mjs';
import { exponent } from './result/chart.mjs';
import { NO_DOVECOT } from './result/peers.mjs';

const require = createRequire(import.meta.url);
/** Times the work of one. */
const SIZES = [1, 10, 100, 1_000];
/** The exponent that growth may have: 1 is in proportion. */
const STEEPEST = 1.2;

/** Milliseconds of processor time, and on the clock, of the best of some rounds. */
async function spent(work, rounds = 3) {
	const best = { processor: Infinity, clock: Infinity };
	for (let round = 0; round < rounds; round++) {
		globalThis.gc?.();
		const start = performance.now();
		const before = process.cpuUsage();
		await work();
		const { user, system } = process.cpuUsage(before);
		best.processor = Math.min(best.processor, (user + system) / 1_000);
		best.clock = Math.min(best.clock, performance.now() - start);
	}
	return best;
}

/** Adds a curve; `figure(times)` gives its figure, in `unit`. */
async function grow(report, { name, chart, unit = 'ms' }, figure) {
	const points = [];
	for (const times of SIZES) points.push([times, Number((await figure(times)).toPrecision(4))]);
	report.curve({ name, chart, unit, points });
	report(`growth of ${name}, exponent`, Number(exponent(points).toFixed(2)), '', { target: { most: STEEPEST } });
}

/** Of work in this process: processor time, after a first run that the compiler has its part in. */
const grown = (report, name, chart, make, work) =>
	grow(report, { name, chart }, async (times) => {
		const input = await make(times);
		await work(input);
		return (await spent(() => work(input))).processor;
	});

async function mail(report) {
	const { parseEmail } = require('../dist/lib/email/index.js');
	const { extractIndicators } = require('../dist/lib/indicators/index.js');
	const { emailToBundle } = require('../dist/lib/stix/index.js');
	const [one] = phishing(1, 10);
	await grown(
		report,
		'messages converted',
		'mail',
		(times) => Array(times).fill(one),
		async (raws) => {
			for (const raw of raws) emailToBundle(await parseEmail(raw));
		},
	);
	const text = 'see hxxps://a[.]example.net/x and 203.0.113.9, mail a@example.org\n'.repeat(10);
	await grown(
		report,
		'text searched',
		'mail',
		(times) => text.repeat(times),
		(long) => extractIndicators({ text: long }),
	);
	await grown(
		report,
		'links of one message',
		'mail',
		async (times) => await parseEmail(phishing(1, 5 * times)[0]),
		(email) => emailToBundle(email),
	);
	await grown(
		report,
		'header fields of one message',
		'mail',
		(times) =>
			Buffer.from(
				`From: a@example.org\r\n${Array.from({ length: 5 * times }, (_, i) => `X-Field-${i}: a value of it, number ${i}\r\n`).join('')}\r\ntext`,
			),
		async (raw) => emailToBundle(await parseEmail(raw)),
	);
}

const attached = (name, content) => ({
	...mailWithPdf(0),
	attachments: [
		{ ...mailWithPdf(0).attachments[0], fileName: name, contentType: 'application/octet-stream', size: content.length, content },
	],
}); // prettier-ignore

/** On the clock, since a worker opens them. Bounds of the readers bend some of these curves down: what is left out is told. */
async function attachments(report) {
	const { openAttachments, closeAttachments } = require('../dist/lib/attachments/index.js');
	const { storedZip } = await import('../test/unit/attachments/storedZip.ts');
	const page = (bytes) => {
		const line = '<p>see <a href="https://example.org/a?b=1">the page</a> and hxxps://evil[.]example/x</p>\n';
		return Buffer.from(line.repeat(Math.ceil(bytes / line.length)));
	};
	const sheet = (rows) => {
		const cells = Array.from({ length: rows }, (_, i) => `<row><c t="inlineStr"><is><t>https://h${i}.example/</t></is></c></row>`);
		return storedZip({
			'[Content_Types].xml': Buffer.from('<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'),
			'xl/workbook.xml': Buffer.from('<workbook/>'),
			'xl/worksheets/sheet1.xml': Buffer.from(`<worksheet><sheetData>${cells.join('')}</sheetData></worksheet>`),
		});
	}; // prettier-ignore
	const files = {
		'bytes of a page, 5 KB and more': (times) => attached('page.html', page(5_000 * times)),
		'entries of an archive': (times) =>
			attached('files.zip', storedZip(Object.fromEntries(Array.from({ length: times }, (_, i) => [`page-${i}.html`, page(500)])))),
		'bytes of a file in an archive': (times) => attached('files.zip', storedZip({ 'page.html': page(5_000 * times) })),
		'rows of a sheet': (times) => attached('book.xlsx', sheet(5 * times)),
	}; // prettier-ignore
	for (const [name, make] of Object.entries(files))
		await grow(report, { name, chart: 'attachments' }, async (times) => {
			const email = make(times);
			await openAttachments(email);
			return (await spent(() => openAttachments(email))).clock;
		});
	await closeAttachments();
}

async function hunts(report) {
	const { compilePattern } = require('../dist/lib/pattern/index.js');
	const { esaRowsToBundle, planHunt } = require('../dist/lib/esa/index.js');
	const { runPlan } = require('../dist/lib/hunt/index.js');
	const now = new Date('2026-09-01T00:00:00Z');
	await grown(report, 'alternatives of a pattern, planned', 'hunts', anyOf, (pattern) => planHunt(pattern, { now }));
	const time = '2026-08-29T10:00:48Z';
	const observations = Array.from({ length: 1_000 }, (_, i) => ({
		type: 'observed-data',
		id: `observed-data--${i}`,
		first_observed: time,
		last_observed: time,
		objects: [{ type: 'email-message', id: 'email-message--1', subject: `Invoice ${i}` }],
	}));
	await grown(report, 'alternatives matched, 1,000 observations', 'hunts', anyOf, (pattern) =>
		compilePattern(pattern).match(observations),
	);
	const hunted = async ({ plan, target, rows }) => {
		const { matches } = await runPlan(target, plan, { maxRows: 1_000_000 });
		if (matches.length !== rows) throw new Error(`${matches.length} of ${rows} rows were found`);
	};
	const hunt = (indicators, rows) => ({
		plan: planHunt(anyOf(indicators), { now, timeRangeMinutes: 60 * 24 * 30 }),
		target: inMemory(trackedRows(rows, indicators)),
		rows,
	});
	await grown(report, 'indicators hunted, 1,000 rows', 'hunts', (times) => hunt(times, 1_000), hunted);
	await grown(report, 'rows of a hunt of 10 indicators', 'hunts', (times) => hunt(10, 50 * times), hunted);
	await grown(
		report,
		'rows of an appliance to a bundle',
		'hunts',
		(times) => trackedRows(10 * times, 100),
		(rows) => JSON.stringify(esaRowsToBundle(rows)),
	);
}

/** A report of so many observables, against the lab's platform in a thread of its own. */
async function opencti(report) {
	const { OpenCtiClient, reportFromEmail } = require('../dist/lib/opencti/index.js');
	const { emailToBundle } = require('../dist/lib/stix/index.js');
	const { startDelayed } = await import('./network/delayed.mjs');
	const requests = [];
	await grow(report, { name: 'observables of a report', chart: 'network' }, async (times) => {
		const platform = await startDelayed('opencti', 0);
		const client = new OpenCtiClient(platform.login);
		await client.test();
		const mail = mailWithPdf(times);
		const indicators = Array.from({ length: times }, (_, i) => {
			const value = `https://h${i}.example.net/a`;
			return { type: 'url', value, original: value, defanged: false, sources: [{ part: 'text' }], flags: [] };
		});
		const bundle = emailToBundle(mail, { indicators, include: { report: false } });
		const before = (await platform.look()).count;
		const start = performance.now();
		const { complete } = await client.createReportFromBundle(bundle, { draft: reportFromEmail(mail, { indicators }) });
		const ms = performance.now() - start;
		requests.push([times, (await platform.look()).count - before]);
		await client.close();
		await platform.stop();
		if (!complete) throw new Error(`The report of ${times} observables is not complete`);
		return ms;
	});
	return requests;
}

/** A first poll of so many messages of 10 KB, of Dovecot over TLS. */
async function imap(report) {
	const { Dovecot, dovecotBinary, mail: made } = await import('../test/lab/imap/index.ts');
	if (dovecotBinary() === undefined) {
		report.notMeasured('growth of messages of an IMAP poll', NO_DOVECOT);
		return;
	}
	const { ImapMailbox } = require('../dist/lib/mailbox/index.js');
	const server = await Dovecot.start({ users: { 'analyst@example.com': 'secret' } });
	try {
		const { host, tlsPort: port, ca, user, password } = server;
		const open = () => new ImapMailbox({ host, port, servername: 'localhost', ca, user, password });
		for (const times of SIZES)
			for (let i = 0; i < 5 * times; i++)
				server.deliver(made({ subject: `mail ${i}`, bytes: 10_000 }), { folder: `Times${times}` });
		await grow(report, { name: 'messages of an IMAP poll', chart: 'network' }, async (times) => {
			const work = async () => {
				const options = { folder: `Times${times}`, cap: 5 * times, firstRunLookBack: 'all', maxPollBytes: 2e8, budgetMs: 120_000 };
				const { messages } = await open().poll(undefined, options);
				if (messages.length !== 5 * times) throw new Error(`${messages.length} of ${5 * times} messages came`);
			}; // prettier-ignore
			await work();
			return (await spent(work)).clock;
		});
	} finally {
		await server.stop();
	}
}

/** `report(name, figure, unit)` is called once a figure. */
export async function run(report) {
	await mail(report);
	await attachments(report);
	await hunts(report);
	const requests = await opencti(report);
	await grow(report, { name: 'observables of a report', chart: 'requests', unit: 'requests' }, (times) =>
		Promise.resolve(requests.find(([one]) => one === times)[1]),
	);
	await imap(report);
}

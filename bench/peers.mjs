// Mail in the shapes of real phishing next to the packages that people use for parts of it; the longest block; growth.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chart, exponent } from './chart.mjs';
import { BARE, rates } from './corpus.mjs';
import { phishing } from './mail/phishing.mjs';

const require = createRequire(import.meta.url);
/** Times the work of one. */
const SIZES = [1, 10, 100, 1_000];
/** Milliseconds that one message may hold up others at most. */
const LONGEST = 50;

/** What is no dependency of the project: measured where it is installed. */
async function optional(name) {
	try {
		return await import(name);
	} catch {
		return undefined;
	}
}

/** Milliseconds of processor time of the best of some rounds. */
async function spent(work, rounds = 3) {
	let best = Infinity;
	for (let round = 0; round < rounds; round++) {
		globalThis.gc?.();
		const before = process.cpuUsage();
		await work();
		const { user, system } = process.cpuUsage(before);
		best = Math.min(best, (user + system) / 1_000);
	}
	return best;
}

/** The longest time, in milliseconds, in which nobody else had a turn. */
async function longestBlock(work) {
	let last = performance.now();
	let longest = 0;
	let isDone = false;
	const look = () => {
		const now = performance.now();
		longest = Math.max(longest, now - last);
		last = now;
		if (!isDone) setImmediate(look);
	};
	setImmediate(look);
	await work();
	isDone = true;
	look();
	return longest;
}

/** `report(name, figure, unit)` is called once a figure. */
export async function run(report) {
	const { parseEmail } = require('../dist/lib/email/index.js');
	const { extractIndicators, extractIndicatorsAsync } = require('../dist/lib/indicators/index.js');
	const { emailToBundle, emailToBundleAsync } = require('../dist/lib/stix/index.js');
	const { simpleParser } = require('mailparser');
	const postal = await optional('postal-mime');
	const iocs = await optional('ioc-extractor');

	const all = phishing(160);
	const size = Math.round(all.reduce((sum, one) => sum + one.length, 0) / all.length / 1_000);
	report('messages in the shapes of real phishing', all.length, `of ${size} KB on average`);
	const converted = await rates(all, {
		mailparser: (raw) => simpleParser(raw, BARE),
		...(postal === undefined ? {} : { 'postal-mime': (raw) => postal.default.parse(raw) }),
		parseEmail: (raw) => parseEmail(raw),
		conversion: async (raw) => emailToBundle(await parseEmail(raw)),
	});
	for (const [name, rate] of Object.entries(converted)) report(name, Math.round(rate), 'messages/s');
	if (postal === undefined) report('postal-mime: not measured (npm install --no-save postal-mime@4.0.0)', 0, '');
	const ratio = (one, other) => Number((converted[one] / converted[other]).toFixed(2));
	report('parseEmail / mailparser', ratio('parseEmail', 'mailparser'), '');
	report('conversion / mailparser (goal 0.60)', ratio('conversion', 'mailparser'), '');
	if (postal !== undefined) report('parseEmail / postal-mime', ratio('parseEmail', 'postal-mime'), '');
	for (const [shape, links] of [
		['5 links', 5],
		['50 links', 50],
		['300 links', 300],
	]) {
		const { theirs, ours } = await rates(phishing(40, links), {
			theirs: (raw) => simpleParser(raw, BARE),
			ours: async (raw) => emailToBundle(await parseEmail(raw)),
		});
		report(`conversion / mailparser, ${shape} a message`, Number((ours / theirs).toFixed(2)), '');
	}

	const emails = [];
	for (const raw of all) emails.push(await parseEmail(raw));
	const bodies = emails.map(({ text, html }) => `${text ?? ''}\n${html ?? ''}`);
	const found = await rates(emails, {
		ours: (email) => extractIndicators(email),
		...(iocs === undefined ? {} : { theirs: (email) => iocs.extractIOC(bodies[emails.indexOf(email)]) }),
	});
	report('extractIndicators', Math.round(found.ours), 'messages/s');
	if (iocs === undefined) report('ioc-extractor: not measured (npm install --no-save ioc-extractor@8.2.0)', 0, '');
	else {
		report('ioc-extractor', Math.round(found.theirs), 'messages/s');
		report('extractIndicators / ioc-extractor', Number((found.ours / found.theirs).toFixed(2)), '');
	}

	const large = await parseEmail(phishing(1, 5_000)[0]);
	const blocks = [];
	// Another program of the machine lengthens one of three, not all.
	for (let round = 0; round < 3; round++) blocks.push(await longestBlock(async () => await emailToBundleAsync(large)));
	report('links of a large message', 5_000, `${Math.round((large.html?.length ?? 0) / 1_000)} KB of HTML`);
	report(`the longest block of its emailToBundleAsync (at most ${LONGEST})`, Math.round(Math.min(...blocks)), 'ms');
	const searches = [];
	for (let round = 0; round < 3; round++)
		searches.push(await longestBlock(async () => await extractIndicatorsAsync(large)));
	report(
		`the longest block of its extractIndicatorsAsync (at most ${LONGEST})`,
		Math.round(Math.min(...searches)),
		'ms',
	);

	const curves = [];
	const grow = async (name, make, work) => {
		const points = [];
		for (const times of SIZES) {
			const input = await make(times);
			await work(input);
			points.push([times, await spent(() => work(input))]);
		}
		curves.push({ name, points });
		const shown = points.map(([, ms]) => ms.toFixed(ms < 10 ? 1 : 0)).join(', ');
		report(`growth of ${name}, exponent`, Number(exponent(points.slice(1)).toFixed(2)), `${shown} ms`);
	};
	const [one] = phishing(1, 10);
	await grow(
		'messages converted',
		(times) => Array(times).fill(one),
		async (raws) => {
			for (const raw of raws) emailToBundle(await parseEmail(raw));
		},
	);
	const text = 'see hxxps://a[.]example.net/x and 203.0.113.9, mail a@example.org\n'.repeat(10);
	await grow(
		'text searched',
		(times) => text.repeat(times),
		(long) => extractIndicators({ text: long }),
	);
	await grow(
		'links of one message',
		async (times) => await parseEmail(phishing(1, 5 * times)[0]),
		(email) => emailToBundle(email),
	);
	writeFileSync(
		new URL('../docs/images/bench-growth.svg', import.meta.url),
		chart('Processor time, and how much of the work', curves),
	);
}

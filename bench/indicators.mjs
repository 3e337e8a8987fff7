// How many messages a second indicators are found in, how many of the planted ones, and that hostile text costs linear time.
import { createRequire } from 'node:module';
import { ATTRIBUTES, attributesOf, filled, HTML, TEXTS } from '../test/hostile/texts.ts';
import { messages } from './corpus.mjs';

const require = createRequire(import.meta.url);

function seeded(seed) {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
		return (state >>> 8) % below;
	};
}

const WORDS =
	'please review the attached report before friday and block these at the gateway as seen in the campaign of this week'.split(
		' ',
	);
const SUFFIXES = ['com', 'net', 'org', 'info', 'ru', 'co.uk', 'xyz', 'top'];

/** One value of a kind, and how it must come out. */
function value(random) {
	const letters = (count) => Array.from({ length: count }, () => 'bcdfghjklmnpqrstvwxyz'[random(21)]).join('');
	const host = `${letters(3 + random(6))}.${letters(4 + random(8))}.${SUFFIXES[random(SUFFIXES.length)]}`;
	switch (random(6)) {
		case 0:
			return { type: 'url', text: `https://${host}/${letters(4)}/${letters(3)}.php?id=${random(1e6)}` };
		case 1:
			return { type: 'domain-name', text: host };
		case 2:
			return { type: 'email-addr', text: `${letters(6)}@${host}` };
		case 3:
			return { type: 'ipv4-addr', text: `${101 + random(90)}.${random(256)}.${random(256)}.${random(256)}` };
		case 4:
			return {
				type: 'ipv6-addr',
				text: `2a02:${(1 + random(0xfffe)).toString(16)}:${(1 + random(0xfffe)).toString(16)}::${(1 + random(0xfffe)).toString(16)}`,
			};
		default:
			return { type: 'file', text: `a1${Array.from({ length: 62 }, () => random(16).toString(16)).join('')}` };
	}
}

/** A message with planted values: prose, tables, links, styles; a third of the values defanged. */
function planted(random, defang, forms) {
	const prose = () => Array.from({ length: 5 + random(15) }, () => WORDS[random(WORDS.length)]).join(' ');
	const values = Array.from({ length: 12 }, () => value(random));
	const shown = values.map(({ type, text }) =>
		random(3) === 0 && type !== 'file' ? defang(text, forms[type]?.[random(forms[type].length)]) : text,
	);
	const around = [
		(text) => `(${text})`,
		(text) => `"${text}",`,
		(text) => `${text}.`,
		(text) => `IOC: ${text}`,
		(text) => `<${text}>`,
		(text) => `- ${text}`,
	];
	const text = shown
		.slice(0, 6)
		.map((one) => `${prose()} ${around[random(around.length)](one)}\r\n`)
		.join('');
	// What a style shows is fetched, too.
	values.push({ type: 'url', text: 'http://css.invalid/x' });
	const escape = (one) => one.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
	const rows = shown
		.slice(6)
		.map(
			(one) =>
				`<tr class="row.cell td.mobile"><td style="background:url(http://css.invalid/x)">${prose()}</td><td>${escape(one)}</td></tr>`,
		);
	const html = `<html><head><style>td.mobile{} a::before{} .block-grid.seven{}</style></head><body><!-- see hidden.com --><table>${rows.join('')}</table></body></html>`;
	return { values, input: { text, html } };
}

/** How much longer twice as much may take: twice, and what the collector adds. */
const LONGER = 2.4;

/** Milliseconds of processor time, the best of some rounds: other programs on the machine do not count. */
function elapsed(work, rounds = 3) {
	let best = Infinity;
	for (let round = 0; round < rounds; round++) {
		globalThis.gc?.();
		const before = process.cpuUsage();
		work();
		const { user, system } = process.cpuUsage(before);
		best = Math.min(best, (user + system) / 1_000);
	}
	return best;
}

/** `report(name, figure, unit)` is called once a figure. */
export async function run(report) {
	const { parseEmail } = require('../dist/lib/email/index.js');
	const { extractIndicators, defang } = require('../dist/lib/indicators/index.js');
	const { simpleParser } = require('mailparser');

	const all = messages();
	const parsed = [];
	for (const one of all) parsed.push(await parseEmail(one));
	for (const email of parsed.slice(0, 100)) extractIndicators(email);
	const characters = parsed.reduce((sum, email) => sum + (email.text?.length ?? 0) + (email.html?.length ?? 0), 0);
	let count = 0;
	const spent = elapsed(() => {
		count = 0;
		for (const email of parsed) count += extractIndicators(email).length;
	});
	report('extractIndicators alone', Math.round(all.length / (spent / 1_000)), `messages/s, ${count} indicators`);
	report('its speed in bodies', Number((characters / 1e6 / (spent / 1_000)).toFixed(1)), 'million characters/s');

	const bare = { skipHtmlToText: true, skipTextToHtml: true, skipTextLinks: true, skipImageLinks: true };
	const rate = async (work) => {
		const start = performance.now();
		for (const one of all) await work(one);
		return all.length / ((performance.now() - start) / 1_000);
	};
	let ours = 0;
	let theirs = 0;
	// Alternating, so that both see the same machine.
	for (let round = 0; round < 3; round++) {
		theirs = Math.max(theirs, await rate((one) => simpleParser(one, bare)));
		ours = Math.max(ours, await rate(async (one) => extractIndicators(await parseEmail(one))));
	}
	report('parse and extract, by the clock', Math.round(ours), 'messages/s', {
		comparedWith: 'mailparser without text conversions',
		theirs: Math.round(theirs),
		target: { least: 0.7 },
	});

	const random = seeded(7);
	const dotForms = ['[.]', '(.)', '[dot]', '{.}', '\uff0e', undefined];
	const forms = {
		url: ['hxxp', 'hXXp', 'http[:]//', 'meow', '[.]', undefined],
		'domain-name': dotForms,
		'email-addr': [...dotForms, '[at]', '(at)'],
		'ipv4-addr': dotForms,
		'ipv6-addr': ['[:]', undefined],
	};
	let wanted = 0;
	let found = 0;
	let invented = 0;
	for (let index = 0; index < 1_000; index++) {
		const { values, input } = planted(random, defang, forms);
		const indicators = extractIndicators(input);
		for (const { type, text } of values) {
			wanted++;
			const expected = type === 'url' ? new URL(text).href : text;
			if (indicators.some((indicator) => indicator.type === type && indicator.value === expected)) found++;
		}
		const known = values.map(({ text }) => text);
		invented += indicators.filter(
			({ value: one, derivedFrom }) =>
				derivedFrom === undefined && !known.includes(one) && !known.includes(one.replace(/\/$/, '')),
		).length;
	}
	report('planted values found', Number(((100 * found) / wanted).toFixed(2)), `% of ${wanted} in 1,000 messages`, {
		target: { least: 100 },
	});
	report('values that nobody planted', invented, '', { target: { most: 0 } });

	for (const [place, patterns] of Object.entries({ text: TEXTS, html: HTML, attribute: ATTRIBUTES })) {
		for (const pattern of patterns) {
			const input = (size) => {
				if (place === 'text') return { text: filled(pattern, size) };
				return { html: place === 'html' ? filled(pattern, size) : attributesOf(pattern, size / 3) };
			};
			const one = input(1e6);
			const two = input(2e6);
			extractIndicators(input(2e5));
			const first = elapsed(() => extractIndicators(one), 5);
			const second = elapsed(() => extractIndicators(two), 5);
			const what = `hostile ${place} ${JSON.stringify(pattern)}`;
			// Below 40 ms the clock and the collector are measured, not the work.
			if (second < 40) report(`${what}: 2 MB`, Number(second.toFixed(1)), 'ms');
			else
				report(`${what}: time of 2 MB, in times of 1 MB`, Number((second / first).toFixed(2)), '', {
					target: { most: LONGER },
				});
		}
	}
}

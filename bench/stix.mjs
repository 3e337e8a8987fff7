// The whole conversion, raw bytes to bundle, next to mailparser's simpleParser in the same process.
import { createRequire } from 'node:module';
import { BARE, footprint, hugeMessage, messages, rates } from './corpus.mjs';

const require = createRequire(import.meta.url);

/** `report(name, figure, unit)` is called once a figure. */
export async function run(report) {
	const { parseEmail } = require('../dist/lib/email/index.js');
	const { extractIndicators } = require('../dist/lib/indicators/index.js');
	const { emailToBundle } = require('../dist/lib/stix/index.js');
	const { simpleParser } = require('mailparser');
	const all = messages();
	const { theirs, extracted, ours, text } = await rates(all, {
		theirs: (raw) => simpleParser(raw, BARE),
		extracted: async (raw) => extractIndicators(await parseEmail(raw)),
		ours: async (raw) => emailToBundle(await parseEmail(raw)),
		text: async (raw) => JSON.stringify(emailToBundle(await parseEmail(raw))),
	});
	const beside = (target) => ({
		comparedWith: 'mailparser without text conversions',
		theirs: Math.round(theirs),
		...(target === undefined ? {} : { target: { least: target } }),
	});
	report('parse, extract, by processor time', Math.round(extracted), 'messages/s', beside(0.7));
	report('parse, extract, bundle, by processor time', Math.round(ours), 'messages/s', beside(0.6));
	report('the same and its JSON text', Math.round(text), 'messages/s', beside());

	const parsed = await Promise.all(all.map((one) => parseEmail(one)));
	const found = parsed.map((email) => extractIndicators(email));
	const start = performance.now();
	const objects = parsed.reduce(
		(sum, email, i) => sum + emailToBundle(email, { indicators: found[i] }).objects.length,
		0,
	);
	const each = (performance.now() - start) / parsed.length;
	const indicators = found.reduce((sum, list) => sum + list.length, 0) / found.length;
	report(
		'bundle alone',
		Number(each.toFixed(2)),
		`ms a message of ${Math.round(indicators)} indicators, ${Math.round(objects / parsed.length)} objects`,
	);

	const huge = await footprint(async () =>
		JSON.stringify(emailToBundle(await parseEmail(hugeMessage(140e6), { keepAttachments: false }))),
	);
	report('a message of 140 MB', Number((huge.ms / 1000).toFixed(1)), `s, a bundle of ${huge.result.length} characters`);
	report('its memory above the base', huge.megabytes, 'MB', { target: { most: 250 } });
}

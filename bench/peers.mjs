// Mail in the shapes of real phishing next to the packages that people use for parts of it.
import { createRequire } from 'node:module';
import { BARE, rates } from './corpus.mjs';
import { phishing } from './mail/phishing.mjs';
import { missing, peer } from './result/peers.mjs';

const require = createRequire(import.meta.url);
const MAILPARSER = 'mailparser without text conversions';
/** What converting a message may cost, next to mailparser's reading of it. */
const CONVERSION = { target: { least: 0.6 } };

/** `report(name, figure, unit, more)` is called once a figure. */
export async function run(report) {
	const { parseEmail } = require('../dist/lib/email/index.js');
	const { extractIndicators } = require('../dist/lib/indicators/index.js');
	const { emailToBundle } = require('../dist/lib/stix/index.js');
	const { simpleParser } = require('mailparser');
	const postal = await peer('postal-mime');
	const iocs = await peer('ioc-extractor');
	const linkify = await peer('linkify-it');

	const all = phishing(160);
	const size = Math.round(all.reduce((sum, one) => sum + one.length, 0) / all.length / 1_000);
	report('messages in the shapes of real phishing', all.length, `messages of ${size} KB on average`);
	const parsed = await rates(all, {
		mailparser: (raw) => simpleParser(raw, BARE),
		...(postal === undefined ? {} : { postal: (raw) => postal.default.parse(raw) }),
		parse: (raw) => parseEmail(raw),
		convert: async (raw) => emailToBundle(await parseEmail(raw)),
	});
	const beside = (ours, theirs, comparedWith, more = {}) => {
		const what = ours === 'parse' ? 'parse' : 'parse, extract, bundle';
		report(what, Math.round(parsed[ours]), 'messages/s', { comparedWith, theirs: Math.round(parsed[theirs]), ...more });
	};
	beside('parse', 'mailparser', MAILPARSER);
	if (postal === undefined) report.notMeasured('parse', missing('postal-mime'), 'postal-mime');
	else beside('parse', 'postal', 'postal-mime');
	beside('convert', 'mailparser', MAILPARSER, CONVERSION);
	if (postal === undefined) report.notMeasured('parse, extract, bundle', missing('postal-mime'), 'postal-mime');
	else beside('convert', 'postal', 'postal-mime');
	for (const links of [5, 50, 300]) {
		const { theirs, ours } = await rates(phishing(40, links), {
			theirs: (raw) => simpleParser(raw, BARE),
			ours: async (raw) => emailToBundle(await parseEmail(raw)),
		});
		report(`parse, extract, bundle; ${links} links a message`, Math.round(ours), 'messages/s', {
			comparedWith: MAILPARSER,
			theirs: Math.round(theirs),
			...CONVERSION,
		});
	}

	// The same bodies for all of them, as text: none of the others reads a message, or knows what HTML is.
	const emails = [];
	for (const raw of all) emails.push(await parseEmail(raw));
	const bodies = emails.map(({ text, html }) => `${text ?? ''}\n${html ?? ''}`);
	const found = await rates(bodies, {
		ours: (text) => extractIndicators({ text }),
		...(iocs === undefined ? {} : { 'ioc-extractor': (text) => iocs.extractIOC(text) }),
		...(linkify === undefined ? {} : { 'linkify-it': finder(linkify) }),
	});
	for (const [name, what] of [
		['ioc-extractor', 'indicators in a text'],
		['linkify-it', 'indicators in a text (the other finds URLs, hosts and addresses, and no defanged ones)'],
	]) {
		if (found[name] === undefined) report.notMeasured(what, missing(name), name);
		else report(what, Math.round(found.ours), 'messages/s', { comparedWith: name, theirs: Math.round(found[name]) });
	}
	const whole = await rates(emails, { ours: (email) => extractIndicators(email) });
	report('indicators in a message, HTML and header fields read as such', Math.round(whole.ours), 'messages/s');
}

/** As people use it: hosts without a scheme are found, too. */
function finder(linkify) {
	const { LinkifyIt = linkify.default } = linkify;
	const links = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: true });
	return (text) => links.match(text);
}

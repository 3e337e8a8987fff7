import { firstLook } from '../../../lib/firstLook';
import type { Indicator, IndicatorFlag } from '../../../lib/indicators';
import { caseFromEmail, reportFromEmail, type FromEmailOptions } from '../../../lib/opencti';
import type { Reported } from '../../../lib/reported';
import { email } from './messages';
import { closeWorlds, world } from './world';

// Who opens the report of a phish must not open its links by a slip of the mouse; those of a newsletter are to be read.

afterEach(closeWorlds);

const message = email({ html: '<p>Go to <a href="https://evil.example.net/login">your bank</a></p>' });
const KEPT = 'href="https://evil.example.net/login"';
const DEFANGED = '[hxxps[:]//evil[.]example[.]net/login]';

const reported: Reported = {
	certainty: 'sure',
	way: 'knowbe4',
	message: 'attached',
	through: [],
	mail: { addresses: [] },
} as unknown as Reported;
const found = (...flags: IndicatorFlag[]): Indicator => ({
	type: 'domain-name',
	value: 'examp1e.net',
	original: 'examp1e.net',
	defanged: false,
	sources: [{ part: 'html' }],
	flags,
});
/** A message whose domain in From does not stand behind it, as the server of the mailbox says. */
const forged = firstLook({
	...message,
	receivedLines: ['from evil.example.net by mx.example.com; Wed, 16 Apr 2025 10:10:42 +0000'],
	authenticationResults: ['mx.example.com; dmarc=fail header.from=example.org'],
	headers: [
		{ name: 'Authentication-Results', value: 'mx.example.com; dmarc=fail header.from=example.org' },
		{ name: 'Received', value: 'from evil.example.net by mx.example.com; Wed, 16 Apr 2025 10:10:42 +0000' },
	],
});

const PHISH: [what: string, options: FromEmailOptions][] = [
	['that somebody reported', { reported }],
	['that is labelled as one', { labels: ['Phishing'] }],
	['with a look-alike of a protected domain', { indicators: [found('lookalike-domain')] }],
	['whose sender has the name of a VIP', { indicators: [found('vip-name')] }],
	['whose sender is forged', { firstLook: forged }],
];

it.each(PHISH)('links in the content of a message %s are defanged, in a case as well', (_what, options) => {
	for (const { content } of [reportFromEmail(message, options), caseFromEmail(message, options)]) {
		expect(content).toContain(DEFANGED);
		expect(content).not.toContain('<a ');
	}
});

const HARMLESS: [what: string, options: FromEmailOptions][] = [
	['of which nothing is known', {}],
	['that was reported as no junk', { reported: { ...reported, category: 'not-junk' } }],
	['with ordinary flags', { indicators: [found('tracking', 'href-mismatch', 'unsubscribe')], labels: ['newsletter'] }],
];

it.each(HARMLESS)('links in the content of a message %s are kept', (_what, options) => {
	for (const { content } of [reportFromEmail(message, options), caseFromEmail(message, options)]) {
		expect(content).toContain(KEPT);
	}
});

it('a choice holds, whatever is known', () => {
	for (const [, options] of PHISH)
		expect(reportFromEmail(message, { ...options, links: 'keep' }).content).toContain(KEPT);
	for (const [, options] of HARMLESS) {
		expect(reportFromEmail(message, { ...options, links: 'defang' }).content).toContain(DEFANGED);
	}
});

it('the observables of such a report have the values as they are', async () => {
	const { lab, client } = await world();
	await client.createReportFromEmail(message, { contents: 'observables', labels: ['phishing'] });
	const [report] = lab.snapshot().reports;
	expect(report!.content).toContain(DEFANGED);
	const values = report!.objects.map(({ id }) => lab.store.get(id).data['value']);
	expect(values).toContain('https://evil.example.net/login');
});

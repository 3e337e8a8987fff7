import { LEAVE_OUT_PRESETS, extractIndicators, type IndicatorFlag } from '../../../lib/indicators';
import type { EmailReportOptions } from '../../../lib/opencti';
import { emailToBundle, type AnyBundle } from '../../../lib/stix';
import { EmailToStix } from '../../../nodes/EmailToStix/EmailToStix.node';
import { OpenCti } from '../../../nodes/OpenCti/OpenCti.node';
import { email } from './messages';
import { closeWorlds, world } from './world';

// What says nothing of one attack is left out of a report by choice: whom the mail went to, the way that it took, one's own house.

afterEach(closeWorlds);

const message = email({
	from: [{ address: 'pay@evil.example.net' }],
	to: [{ address: 'jane@corp.example.com' }, { address: 'guest@partner.example.org' }],
	cc: [{ address: 'it@corp.example.com' }],
	receivedLines: [
		'from relay1.mailer.example.net (relay1.mailer.example.net [203.0.113.5]) by relay2.mailer.example.net; Wed, 16 Apr 2025 10:10:40 +0000',
	],
	text: 'Pay at https://evil.example.net/pay or write to jane@corp.example.com',
	source: { kind: 'imap', mailbox: 'soc@corp.example.com', folder: 'INBOX', uid: 1, uidValidity: '1' },
});

async function valuesIn(options: EmailReportOptions): Promise<string[]> {
	const { lab, client } = await world();
	const result = await client.createReportFromEmail(message, { contents: 'observables', ...options });
	expect(result).toMatchObject({ complete: true });
	const [report] = lab.snapshot().reports;
	return report!.objects
		.flatMap(({ id }) => lab.store.get(id).data['value'] ?? [])
		.map(String)
		.sort();
}

const ATTACK = ['evil.example.net', 'https://evil.example.net/pay', 'pay@evil.example.net'];

it('by default recipients, relays and own domains are not among the observables, whoever is addressed', async () => {
	expect(await valuesIn({})).toEqual(ATTACK);
	expect(await valuesIn({ ownDomains: ['partner.example.org'] })).toEqual(ATTACK);
});

it('only own domains, where that is all that is left out: other recipients and relays stay', async () => {
	expect(await valuesIn({ leaveOut: ['own-domain'] })).toEqual(
		[...ATTACK, '203.0.113.5', 'guest@partner.example.org'].sort(),
	);
	expect(await valuesIn({ leaveOut: ['own-domain', 'relay'], ownDomains: ['partner.example.org'] })).toEqual(
		[...ATTACK, 'corp.example.com', 'it@corp.example.com', 'jane@corp.example.com'].sort(),
	);
});

it('nothing is left out where nothing is to be', async () => {
	const values = await valuesIn({ leaveOut: [] });
	expect(values).toEqual(
		expect.arrayContaining([
			...ATTACK,
			'203.0.113.5',
			'jane@corp.example.com',
			'it@corp.example.com',
			'guest@partner.example.org',
		]),
	);
});

it.each<[string, readonly IndicatorFlag[] | undefined, string[]]>([
	['none of its recipients, by default', undefined, []],
	['those of other domains', ['own-domain'], ['guest@partner.example.org']],
	['all of them', [], ['guest@partner.example.org', 'it@corp.example.com', 'jane@corp.example.com']],
])(
	'of a bundle of Email to STIX the report has %s, and all that was chosen there',
	async (_what, leaveOut, recipients) => {
		const indicators = extractIndicators(message, { exclude: [...LEAVE_OUT_PRESETS.phishingTriage] });
		const bundle = emailToBundle(message, { indicators }) as unknown as AnyBundle;
		const values = await valuesIn({ bundle, indicators, leaveOut });
		expect(values.filter((value) => /@(?:corp|partner)/.test(value))).toEqual(recipients);
		expect(values).toEqual(expect.arrayContaining(ATTACK));
	},
);

it('an address that was kept of what was found stays, though the mail went to it', async () => {
	const indicators = extractIndicators(message, { exclude: [] });
	const bundle = emailToBundle(message, { indicators }) as unknown as AnyBundle;
	expect(await valuesIn({ bundle, indicators })).toContain('jane@corp.example.com');
});

it('whoever sent a message stays, also from an own domain', async () => {
	const { lab, client } = await world();
	const own = { ...message, from: [{ address: 'ceo@corp.example.com' }] };
	await client.createReportFromEmail(own, { contents: 'observables' });
	const references = [...lab.store.entities.values()].flatMap(({ id }) => lab.store.referencesOf(id));
	expect(references.map(({ type, to }) => [type, lab.store.get(to).data['value']])).toEqual([
		['from', 'ceo@corp.example.com'],
	]);
});

it('the choice is the same in both nodes', () => {
	const [stix, platform] = [new EmailToStix(), new OpenCti()].map(({ description }) =>
		['leaveOut', 'leaveOutFlags'].map((name) => {
			const { displayOptions: _shown, ...property } = description.properties.find((one) => one.name === name)!;
			return property;
		}),
	);
	expect(platform).toEqual(stix);
});

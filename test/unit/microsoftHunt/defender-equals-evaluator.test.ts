import fc from 'fast-check';
import { systemClock } from '../../../lib/http';
import type { HuntPlan } from '../../../lib/hunt';
import { DefenderClient, planDefenderHunts } from '../../../lib/microsoftHunt';
import { MicrosoftLab } from '../../lab/graph';
import { DefenderLab, type DefenderSwitches } from '../../lab/hunting';
import { dates, FROM, HOUR, networks, shownNumber, shownText } from './comparisons';
import {
	ACTIONS,
	ADDRESSES,
	deliveries,
	FILES,
	HASHES,
	IPV4,
	IPV6,
	keyOf,
	knowledgeOf,
	LOCATIONS,
	NAMES,
	SUBJECTS,
	tablesOf,
	URLS,
	type GeneratedDelivery,
} from './deliveries';
import { huntEqualsEvaluator } from './provenHunt';

const switches: fc.Arbitrary<DefenderSwitches> = fc.record({
	fold: fc.constantFrom('ascii', 'unicode'),
	ties: fc.constantFrom('first', 'last'),
	sets: fc.constantFrom('as-read', 'reversed'),
	cap: fc.constantFrom(2, 3, 100_000),
	times: fc.constantFrom('iso', 'seven-digits'),
});

const leaf = fc.oneof(
	shownText('email-message:from_ref.value', ADDRESSES),
	shownText('email-message:sender_ref.value', ADDRESSES),
	shownText('email-message:to_refs[*].value', ADDRESSES),
	shownText('email-addr:value', ADDRESSES),
	shownText('email-addr:display_name', NAMES),
	shownText('email-message:subject', SUBJECTS),
	shownText('email-message:message_id', ['<0@example.net>', '<3@example.net>']),
	shownText('email-message:x_network_message_id', ['network-0', 'network-2']),
	shownText('email-message:x_direction', ['Inbound', 'Outbound']),
	shownText('email-message:x_delivery_actions[*]', ACTIONS),
	shownText('email-message:x_delivery_locations[*]', LOCATIONS),
	shownText('email-message:x_latest_delivery_locations[*]', LOCATIONS),
	shownText('email-message:x_threat_types[*]', ['Phish', 'Malware', 'Spam']),
	shownText('domain-name:value', ['example.com', 'evil.example', 'ok.example']),
	shownText('url:value', URLS),
	shownText('url:value', URLS),
	shownText('file:name', FILES),
	shownText('file:name', FILES),
	shownText("file:hashes.'SHA-256'", HASHES),
	shownNumber('file:size', [10, 2_000, 5_000_000, 7]),
	shownText('ipv4-addr:value', IPV4),
	shownText('ipv6-addr:value', IPV6),
	networks('ipv4-addr:value', ['192.0.2.0/24', '198.51.100.7/32', '0.0.0.0/0']),
	networks('ipv6-addr:value', ['2001:db8::/32', '2001:db8:1::/48']),
	dates('email-message:date'),
);

/** What rows of a delivery may say otherwise. */
const late = fc.oneof(
	fc.constantFrom(...ACTIONS).map((one) => `email-message:x_delivery_actions[*] = '${one}'`),
	fc.constantFrom(...LOCATIONS).map((one) => `email-message:x_delivery_locations[*] = '${one}'`),
	fc.constantFrom('Phish', 'Malware', 'Spam').map((one) => `email-message:x_threat_types[*] = '${one}'`),
);

const begun = Date.now();
let lab: MicrosoftLab;
let defender: DefenderLab;
let client: DefenderClient;

beforeAll(async () => {
	lab = await MicrosoftLab.start();
	defender = new DefenderLab();
	lab.graph.services.push(defender);
	client = new DefenderClient({
		...lab.credential(),
		tokens: lab.tokens(['ThreatHunting.Read.All']),
		clock: { ...systemClock, now: () => FROM + HOUR + Date.now() - begun },
	});
});
afterAll(async () => {
	await client.close();
	await lab.close();
});

/** Microsoft's analyser looks at every query, too: the lab refuses one with a fault. */
async function hunted(
	patterns: readonly string[],
	all: GeneratedDelivery[],
	how: DefenderSwitches,
): Promise<Array<string[] | Error>> {
	defender.tables = tablesOf(all);
	defender.switches = how;
	defender.queries = [];
	const plans = planDefenderHunts(patterns);
	const results = await client.huntAll(
		plans.filter((plan): plan is HuntPlan => !(plan instanceof Error)),
		{ details: false },
	);
	return plans.map((plan) => {
		if (plan instanceof Error) return plan;
		const result = results.shift()!;
		if (result instanceof Error) return result;
		expect(result.truncated).toBe(false);
		return result.rows.map(
			({ attributes }) => `${attributes.NetworkMessageId as string} ${attributes.RecipientEmailAddress as string}`,
		);
	});
}

huntEqualsEvaluator<GeneratedDelivery, DefenderSwitches>('Defender', {
	leaf,
	late,
	deliveries,
	switches,
	timeOf: ({ time }) => time,
	knowledgeOf,
	keyOf,
	hunted,
	cases: {
		trees: { runs: 250, found: 60 },
		edges: { runs: 300, found: 100 },
		joined: { runs: 80, found: 60 },
		together: { runs: 50, found: 100 },
	},
});

import fc from 'fast-check';
import { HuntError } from '../../../lib/hunt';
import { DefenderClient, planDefenderHunt, planDefenderHunts } from '../../../lib/microsoftHunt';
import { matchPattern } from '../../../lib/pattern';
import { MicrosoftLab } from '../../lab/graph';
import { DefenderLab, type DefenderSwitches } from '../../lab/hunting';
import {
	dates,
	edges,
	FROM,
	holds,
	joined,
	networks,
	printed,
	shownNumber,
	shownText,
	timestamp,
	trees,
	windowAt,
	windows,
	type Tree,
} from './comparisons';
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

let lab: MicrosoftLab;
let defender: DefenderLab;
let client: DefenderClient;

beforeAll(async () => {
	lab = await MicrosoftLab.start();
	defender = new DefenderLab();
	lab.graph.services.push(defender);
	client = new DefenderClient({ ...lab.credential(), tokens: lab.tokens(['ThreatHunting.Read.All']) });
});
afterAll(async () => {
	await client.close();
	await lab.close();
});

function given(all: readonly GeneratedDelivery[], how: DefenderSwitches): void {
	defender.tables = tablesOf(all);
	defender.switches = how;
	defender.queries = [];
}

async function hunted(pattern: string, all: readonly GeneratedDelivery[], how: DefenderSwitches): Promise<string[]> {
	given(all, how);
	const { rows, truncated } = await client.hunt(planDefenderHunt(pattern), { details: false });
	expect(truncated).toBe(false);
	return rows
		.map(({ attributes }) => `${attributes.NetworkMessageId as string} ${attributes.RecipientEmailAddress as string}`)
		.sort();
}

const due = (all: readonly GeneratedDelivery[], [start, stop]: readonly [number, number]) =>
	all.filter(({ time }) => time >= start && time < stop);

describe('a hunt in Defender returns the messages that match the pattern, all of them and no others', () => {
	it('whatever comparisons stand inside one observation, and Microsoft finds no fault in any query', async () => {
		let found = 0;
		let refused = 0;
		await fc.assert(
			fc.asyncProperty(trees(leaf), windows, deliveries, switches, async (tree, window, all, how) => {
				const pattern = `[${printed(tree)}] START ${timestamp(window[0])} STOP ${timestamp(window[1])}`;
				let result: string[];
				try {
					result = await hunted(pattern, all, how);
				} catch (error) {
					if (!(error instanceof HuntError)) throw error;
					refused++;
					return;
				}
				const wanted = due(all, window).filter((one) => holds(tree, knowledgeOf(one)));
				expect(result).toEqual(wanted.map(keyOf).sort());
				found += wanted.length;
			}),
			{ numRuns: 250 },
		);
		expect(found).toBeGreaterThan(60);
		expect(refused).toBeLessThan(20);
	}, 240_000);

	it('one or two comparisons, whenever the window begins and ends', async () => {
		let found = 0;
		const trees = fc.oneof(
			leaf.map((text): Tree => ({ leaf: text })),
			fc.tuple(late, late).map((texts): Tree => ({ operator: 'AND', operands: texts.map((text) => ({ leaf: text })) })),
		);
		await fc.assert(
			fc.asyncProperty(trees, edges, deliveries, switches, async (tree, edge, all, how) => {
				const window = windowAt(
					all.map(({ time }) => time),
					edge,
				);
				const pattern = `[${printed(tree)}] START ${timestamp(window[0])} STOP ${timestamp(window[1])}`;
				const wanted = due(all, window).filter((one) => holds(tree, knowledgeOf(one)));
				expect(await hunted(pattern, all, how)).toEqual(wanted.map(keyOf).sort());
				found += wanted.length;
			}),
			{ numRuns: 300 },
		);
		expect(found).toBeGreaterThan(100);
	}, 240_000);

	it('whatever joins and qualifies the observations', async () => {
		let found = 0;
		await fc.assert(
			fc.asyncProperty(joined(leaf), deliveries, switches, async (pattern, all, how) => {
				const result = await hunted(pattern, all, how);
				const { observations } = matchPattern(pattern, due(all, [FROM, FROM + 3_600_000]).map(knowledgeOf));
				expect(result).toEqual([...observations].sort());
				found += observations.length;
			}),
			{ numRuns: 80 },
		);
		expect(found).toBeGreaterThan(60);
	}, 240_000);

	it('and so does each of several hunts that share their queries', async () => {
		const patterns = fc.array(fc.array(leaf, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 6 });
		let found = 0;
		await fc.assert(
			fc.asyncProperty(patterns, deliveries, switches, async (lists, all, how) => {
				given(all, how);
				const window = `START ${timestamp(FROM)} STOP ${timestamp(FROM + 3_600_000)}`;
				const plans = planDefenderHunts(lists.map((leaves) => `[${leaves.join(' OR ')}] ${window}`));
				const results = await client.huntAll(plans as never, { details: false });
				lists.forEach((leaves, index) => {
					const tree = { operator: 'OR' as const, operands: leaves.map((text) => ({ leaf: text })) };
					const wanted = due(all, [FROM, FROM + 3_600_000]).filter((one) => holds(tree, knowledgeOf(one)));
					const result = results[index]!;
					if (result instanceof Error) throw result;
					const keys = result.rows.map(
						({ attributes }) =>
							`${attributes.NetworkMessageId as string} ${attributes.RecipientEmailAddress as string}`,
					);
					expect(keys.sort()).toEqual(wanted.map(keyOf).sort());
					found += wanted.length;
				});
			}),
			{ numRuns: 50 },
		);
		expect(found).toBeGreaterThan(100);
	}, 240_000);
});

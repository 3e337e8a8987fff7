import fc from 'fast-check';
import { EsaClient, planHunt } from '../../../lib/esa';
import { HuntError } from '../../../lib/hunt';
import { matchPattern } from '../../../lib/pattern';
import { DEFAULT_SWITCHES, EsaLab, generateTraffic, type LabMessage, type SearchSwitches } from '../../lab/esa';
import { asked, keyOf, knowledgeOf } from './knowledge';
import { anyPattern, anyTree, anyWindow, APPLIANCES, FROM, printed, type Tree } from './patterns';

const switches: fc.Arbitrary<SearchSwitches> = fc.record(
	{
		profile: fc.constantFrom('esa-14', 'esa-13', 'sma'),
		endDate: fc.constantFrom('instant', 'exclusive', 'minute'),
		reversedWindow: fc.constantFrom('empty', 'error'),
		halfPaging: fc.constantFrom('empty', 'serve'),
		events: fc.constantFrom('or', 'and-status', 'and'),
		textCase: fc.constantFrom('ignore', 'exact'),
		plus: fc.constantFrom('plus', 'space'),
		order: fc.constantFrom('newest', 'oldest'),
		findsPlaceholder: fc.boolean(),
		zone: fc.constantFrom('(GMT)', '(GMT +00:00)', '(GMT -05:00)', '(GMT-06:00)', '(GMT +05:30)', '(GMT+12:45)'),
		maxLimit: fc.constantFrom(20, 25, 50),
	},
	{
		requiredKeys: [
			'profile',
			'endDate',
			'reversedWindow',
			'halfPaging',
			'events',
			'textCase',
			'plus',
			'order',
			'findsPlaceholder',
		],
	},
);

const traffic = fc.record({
	seed: fc.integer(),
	count: fc.constantFrom(1, 30, 60),
	badRecords: fc.constantFrom(0, 0, 0.1),
});

const generated = (options: { seed: number; count: number; badRecords: number }): LabMessage[] =>
	generateTraffic({ ...options, from: FROM, durationMs: 3_600_000, appliances: APPLIANCES });

let lab: EsaLab;
let client: EsaClient;

beforeAll(async () => {
	lab = await EsaLab.start({ traffic: [] });
	client = new EsaClient({ url: lab.url, user: 'admin', passphrase: 'Lab-Passphrase-1' });
});
afterAll(async () => {
	await client.close();
	await lab.stop();
});

async function hunted(pattern: string, messages: LabMessage[], how: SearchSwitches): Promise<string[]> {
	lab.traffic = messages;
	lab.switches = how;
	const { rows, truncated } = await client.hunt(planHunt(pattern));
	expect(truncated).toBe(false);
	return rows
		.map(({ attributes }) =>
			keyOf({ serialNumber: attributes.serialNumber as string, mids: attributes.mid as number[] }),
		)
		.sort();
}

/** The evaluator decides each comparison, on the STIX of the row and on what the appliance knows besides. */
function holds(tree: Tree, observed: object): boolean {
	if ('leaf' in tree) return matchPattern(asked(`[${tree.leaf}]`), [observed]).matched;
	const decide = (operand: Tree) => holds(operand, observed);
	return tree.operator === 'AND' ? tree.operands.every(decide) : tree.operands.some(decide);
}

const isWithin = (window: string, time: number): boolean => {
	const [start, stop] = [...window.matchAll(/t'([^']+)'/g)].map(([, text]) => Date.parse(text ?? ''));
	return time >= (start ?? NaN) && time < (stop ?? NaN);
};

describe('a hunt returns the messages that match the pattern, all of them and no others', () => {
	it('whatever comparisons stand inside one observation, whatever the appliance does where its manual is silent', async () => {
		let found = 0;
		let refused = 0;
		await fc.assert(
			fc.asyncProperty(anyTree, anyWindow, traffic, switches, async (tree, window, options, how) => {
				const messages = generated(options);
				const pattern = `[${printed(tree)}] ${window}`;
				let result: string[];
				try {
					result = await hunted(pattern, messages, how);
				} catch (error) {
					// A value beyond the appliance, or a group twice in one AND: said, not dropped.
					if (!(error instanceof HuntError)) throw error;
					refused++;
					return;
				}
				const due = messages.filter(
					(message) => !message.bad && isWithin(window, message.time) && holds(tree, knowledgeOf(message, how)),
				);
				found += due.length;
				expect(result).toEqual(due.map(keyOf).sort());
			}),
			{ numRuns: 400 },
		);
		// The proof is about something: patterns find messages and few are refused, whatever the seed.
		expect(found).toBeGreaterThan(200);
		expect(refused).toBeLessThan(60);
	}, 120_000);

	it('whatever joins and qualifies the observations: AND, OR, FOLLOWEDBY, WITHIN, REPEATS, START and STOP', async () => {
		let found = 0;
		let refused = 0;
		await fc.assert(
			fc.asyncProperty(anyPattern, traffic, switches, async (pattern, options, how) => {
				const messages = generated(options);
				let result: string[];
				try {
					result = await hunted(pattern, messages, how);
				} catch (error) {
					if (!(error instanceof HuntError)) throw error;
					// Windows that have nothing in common are an error here and no match there.
					expect(error.code).toMatch(/^HUNT_(?:WINDOW_INVALID|VALUE_REFUSED)$/);
					refused++;
					return;
				}
				const shown = messages.filter(({ bad }) => !bad);
				const { observations } = matchPattern(
					asked(pattern),
					shown.map((message) => knowledgeOf(message, how)),
				);
				found += observations.length;
				expect(result).toEqual([...observations].sort());
			}),
			{ numRuns: 200 },
		);
		expect(found).toBeGreaterThan(100);
		expect(refused).toBeLessThan(60);
	}, 120_000);

	it("a status is compared in the words of rows, and a negation never meets the appliance's own word for it", async () => {
		const [message] = generated({ seed: 1, count: 1, badRecords: 0 }) as [LabMessage];
		const tracked = (mid: number, ...texts: Array<[status: string, word: string]>): LabMessage => ({
			...message,
			mids: texts.map((_, index) => mid + index),
			statuses: Object.fromEntries(texts.map(([text], index) => [String(mid + index), text])),
			events: { ...message.events, deliveryStatus: texts.map(([, word]) => word) },
		});
		const both = tracked(1, ['Delivered', 'DELIVERED'], ['Delivered', 'DELIVERED']);
		const one = tracked(3, ['Delivered', 'DELIVERED'], ['Bounced', 'BOUNCED']);
		const none = tracked(5, ['Bounced', 'BOUNCED']);
		const found = async (test: string, profile: SearchSwitches['profile'] = 'esa-14') =>
			await hunted(
				`[x-cisco-email-msgevent:message_status ${test}] START t'2023-08-28T23:30:00Z' STOP t'2023-08-29T00:30:00Z'`,
				[both, one, none],
				{ ...DEFAULT_SWITCHES, profile },
			);
		expect(await found("NOT IN ('Delivered')")).toEqual([one, none].map(keyOf));
		expect(await found("!= 'Delivered'")).toEqual([one, none].map(keyOf));
		expect(await found("NOT LIKE 'Deliv%'")).toEqual([one, none].map(keyOf));
		expect(await found("IN ('Delivered')")).toEqual([both, one].map(keyOf));
		expect(await found("IN ('DELIVERED')")).toEqual([both, one].map(keyOf));
		// AsyncOS 13 shows one status for all MIDs.
		expect(await found("NOT IN ('Delivered')", 'esa-13')).toEqual([none].map(keyOf));
	});
});

import fc from 'fast-check';
import { HuntError } from '../../../lib/hunt';
import { matchPattern } from '../../../lib/pattern';
import { forgetPaces, MessageTraceClient, planMessageTrace } from '../../../lib/microsoftHunt';
import { MicrosoftLab } from '../../lab/graph';
import { MessageTraceLab, type LabTrace, type TraceSwitches } from '../../lab/hunting';
import {
	dates,
	edges,
	FROM,
	holds,
	HOSTILE,
	joined,
	networks,
	printed,
	shownNumber,
	shownText,
	timestamp,
	trees,
	windowAt,
	windows,
} from './comparisons';

const ADDRESSES = ['ann@example.com', 'Ann@example.com', "o'hara@example.net", 'bob@example.org', 'eve@evil.example'];
const SUBJECTS = [
	'Invoice 17',
	'invoice 17',
	'RE: Invoice 17',
	'100% off_now',
	'Überweisung',
	'U\u0308berweisung',
	'',
	...HOSTILE,
];
const IPS = ['192.0.2.1', '192.0.2.200', '198.51.100.7', '2001:db8::1', ''];
const STATUSES = ['delivered', 'failed', 'quarantined', 'filteredAsSpam', 'recalled'];

const traces: fc.Arbitrary<LabTrace[]> = fc
	.array(
		fc.record({
			sender: fc.constantFrom(...ADDRESSES),
			recipient: fc.constantFrom(...ADDRESSES),
			time: fc.integer({ min: 0, max: 3_600_000 }).map((ms) => FROM + ms),
			subject: fc.constantFrom(...SUBJECTS),
			size: fc.constantFrom(100, 2_000, 45_678),
			fromIp: fc.constantFrom(...IPS),
			toIp: fc.constantFrom('', '203.0.113.9'),
			status: fc.constantFrom(...STATUSES),
		}),
		{ minLength: 1, maxLength: 14 },
	)
	.map((list) =>
		list.map((trace, index) => ({
			...trace,
			id: `trace-${index >> 1}`,
			messageId: `<${index >> 1}@example.net>`,
			recipient: `${index & 1 ? 'x' : ''}${trace.recipient}`,
		})),
	);

const switches: fc.Arbitrary<TraceSwitches> = fc.record({
	textCase: fc.constantFrom('ignore', 'exact'),
	repeated: fc.constantFrom('refuse', 'and'),
	order: fc.constantFrom('newest', 'oldest'),
	maxPage: fc.constantFrom(1, 3, 5_000),
	emptyPage: fc.boolean(),
	fractions: fc.boolean(),
	noIp: fc.constantFrom('', null),
});

const leaf = fc.oneof(
	shownText('email-message:sender_ref.value', ADDRESSES),
	shownText('email-message:to_refs[*].value', ADDRESSES),
	shownText('email-addr:value', ADDRESSES),
	shownText('email-message:subject', SUBJECTS),
	shownText('email-message:message_id', ['<0@example.net>', '<3@example.net>']),
	shownText('email-message:x_network_message_id', ['trace-0', 'trace-2']),
	shownText('email-message:x_delivery_statuses[*]', STATUSES),
	shownText('email-message:x_destination_ip', ['203.0.113.9']),
	shownText('domain-name:value', ['example.com', 'evil.example']),
	shownText('ipv4-addr:value', IPS),
	shownText('ipv6-addr:value', IPS),
	networks('ipv4-addr:value', ['192.0.2.0/24', '198.51.100.7/32', '0.0.0.0/0']),
	shownNumber('email-message:x_size', [100, 2_000, 5]),
	dates('email-message:date'),
);

/** Everything that is true of a message to one recipient: written here anew, for the code under test must not be its own witness. */
function knowledgeOf(trace: LabTrace): object {
	const addresses = [...new Set([trace.sender, trace.recipient])];
	const ref = (value: string) => `email-addr--${addresses.indexOf(value)}`;
	const moment = new Date(trace.time).toISOString();
	return {
		type: 'observed-data',
		id: `${trace.id} ${trace.recipient}`,
		first_observed: moment,
		last_observed: moment,
		objects: [
			...addresses.map((value) => ({ type: 'email-addr', id: ref(value), value })),
			...(trace.fromIp === ''
				? []
				: [{ type: trace.fromIp.includes(':') ? 'ipv6-addr' : 'ipv4-addr', value: trace.fromIp }]),
			{ type: 'domain-name', value: trace.sender.split('@')[1] },
			{
				type: 'email-message',
				sender_ref: ref(trace.sender),
				to_refs: [ref(trace.recipient)],
				subject: trace.subject,
				date: moment,
				message_id: trace.messageId,
				x_network_message_id: trace.id,
				x_delivery_statuses: [trace.status],
				x_size: trace.size,
				...(trace.toIp === '' ? {} : { x_destination_ip: trace.toIp }),
			},
		],
	};
}

let lab: MicrosoftLab;
let trace: MessageTraceLab;
let client: MessageTraceClient;
const NOW = FROM + 3 * 86_400_000;

beforeAll(async () => {
	lab = await MicrosoftLab.start({ now: () => NOW });
	trace = new MessageTraceLab(() => NOW);
	lab.graph.services.push(trace);
	client = new MessageTraceClient({
		...lab.credential(),
		tokens: lab.tokens(['ExchangeMessageTrace.Read.All']),
		clock: { now: () => NOW, sleep: () => Promise.resolve(), random: () => 0.5 },
	});
});
afterAll(async () => {
	await client.close();
	await lab.close();
});

async function hunted(pattern: string, all: LabTrace[], how: TraceSwitches): Promise<string[]> {
	trace.traces = all;
	trace.switches = how;
	// Each hunt stands for itself: how fast they may follow one another is another test.
	trace.times.length = 0;
	forgetPaces();
	const { rows, complete } = await client.hunt(planMessageTrace(pattern));
	expect(complete).toBe(true);
	return rows.map(({ attributes }) => `${attributes.id as string} ${attributes.recipientAddress as string}`).sort();
}

const keyOf = ({ id, recipient }: LabTrace) => `${id} ${recipient}`;

describe('a hunt in message trace returns the messages that match the pattern, all of them and no others', () => {
	it('whatever comparisons stand inside one observation, whatever the service does where its page is silent', async () => {
		let found = 0;
		let refused = 0;
		await fc.assert(
			fc.asyncProperty(trees(leaf), windows, traces, switches, async (tree, [start, stop], all, how) => {
				const pattern = `[${printed(tree)}] START ${timestamp(start)} STOP ${timestamp(stop)}`;
				let result: string[];
				try {
					result = await hunted(pattern, all, how);
				} catch (error) {
					if (!(error instanceof HuntError)) throw error;
					refused++;
					return;
				}
				const due = all.filter((one) => one.time >= start && one.time < stop && holds(tree, knowledgeOf(one)));
				expect(result).toEqual(due.map(keyOf).sort());
				found += due.length;
			}),
			{ numRuns: 400 },
		);
		expect(found).toBeGreaterThan(60);
		expect(refused).toBeLessThan(20);
	}, 120_000);

	it('each comparison by itself, whenever the window begins and ends', async () => {
		let found = 0;
		await fc.assert(
			fc.asyncProperty(leaf, edges, traces, switches, async (text, edge, all, how) => {
				const window = windowAt(
					all.map(({ time }) => time),
					edge,
				);
				const pattern = `[${text}] START ${timestamp(window[0])} STOP ${timestamp(window[1])}`;
				const due = all.filter(
					(one) => one.time >= window[0] && one.time < window[1] && holds({ leaf: text }, knowledgeOf(one)),
				);
				expect(await hunted(pattern, all, how)).toEqual(due.map(keyOf).sort());
				found += due.length;
			}),
			{ numRuns: 800 },
		);
		expect(found).toBeGreaterThan(300);
	}, 120_000);

	it('whatever joins and qualifies the observations', async () => {
		let found = 0;
		await fc.assert(
			fc.asyncProperty(joined(leaf), traces, switches, async (pattern, all, how) => {
				const result = await hunted(pattern, all, how);
				const { observations } = matchPattern(pattern, all.map(knowledgeOf));
				expect(result).toEqual([...observations].sort());
				found += observations.length;
			}),
			{ numRuns: 150 },
		);
		expect(found).toBeGreaterThan(100);
	}, 120_000);
});

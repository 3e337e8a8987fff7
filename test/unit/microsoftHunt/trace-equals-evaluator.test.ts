import fc from 'fast-check';
import type { HuntPlan } from '../../../lib/hunt';
import { forgetPaces, MessageTraceClient, planMessageTraces } from '../../../lib/microsoftHunt';
import { MicrosoftLab } from '../../lab/graph';
import { MessageTraceLab, type LabTrace, type TraceSwitches } from '../../lab/hunting';
import { dates, FROM, HOSTILE, networks, shownNumber, shownText } from './comparisons';
import { huntEqualsEvaluator } from './provenHunt';

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
			// Some recipients have a second row, of another status.
			second: fc.option(fc.constantFrom(...STATUSES), { freq: 4 }),
		}),
		{ minLength: 1, maxLength: 14 },
	)
	.map((list) =>
		list.flatMap(({ second, ...one }, index) => {
			const trace = {
				...one,
				id: `trace-${index >> 1}`,
				messageId: `<${index >> 1}@example.net>`,
				recipient: `${index & 1 ? 'x' : ''}${one.recipient}`,
			};
			return second === null || second === trace.status ? [trace] : [trace, { ...trace, status: second }];
		}),
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
	// Of all properties, this one alone is searched in several ways.
	{ weight: 5, arbitrary: shownText('email-message:subject', SUBJECTS) },
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

const keyOf = ({ id, recipient, status }: LabTrace): string => `${id} ${recipient} ${status}`;

/** Everything that is true of a message to one recipient: written here anew, for the code under test must not be its own witness. */
function knowledgeOf(trace: LabTrace): object {
	const addresses = [...new Set([trace.sender, trace.recipient])];
	const ref = (value: string) => `email-addr--${addresses.indexOf(value)}`;
	const moment = new Date(trace.time).toISOString();
	return {
		type: 'observed-data',
		id: keyOf(trace),
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
const BEGIN = FROM + 3 * 86_400_000;
/** Time stands still but for those who wait: a hunt that needs many pages waits for its turn. */
let now = BEGIN;

beforeAll(async () => {
	lab = await MicrosoftLab.start({ now: () => now });
	trace = new MessageTraceLab(() => now);
	lab.graph.services.push(trace);
	client = new MessageTraceClient({
		...lab.credential(),
		tokens: lab.tokens(['ExchangeMessageTrace.Read.All']),
		clock: {
			now: () => now,
			sleep: (ms) => {
				now += ms;
				return Promise.resolve();
			},
			random: () => 0.5,
		},
	});
});
afterAll(async () => {
	await client.close();
	await lab.close();
});

async function hunted(
	patterns: readonly string[],
	all: LabTrace[],
	how: TraceSwitches,
): Promise<Array<string[] | Error>> {
	trace.traces = all;
	trace.switches = how;
	// Each hunt stands for itself: how fast they may follow one another is another test.
	trace.times.length = 0;
	forgetPaces();
	now = BEGIN;
	const plans = planMessageTraces(patterns);
	const results = await client.huntAll(plans.filter((plan): plan is HuntPlan => !(plan instanceof Error)));
	return plans.map((plan) => {
		if (plan instanceof Error) return plan;
		const result = results.shift()!;
		if (result instanceof Error) return result;
		expect(result.complete).toBe(true);
		return result.rows.map(
			({ attributes: { id, recipientAddress, status } }) =>
				`${String(id)} ${String(recipientAddress)} ${String(status)}`,
		);
	});
}

huntEqualsEvaluator<LabTrace, TraceSwitches>('message trace', {
	leaf,
	deliveries: traces,
	switches,
	timeOf: ({ time }) => time,
	knowledgeOf,
	keyOf,
	hunted,
	cases: {
		trees: { runs: 400, found: 60 },
		edges: { runs: 800, found: 300 },
		joined: { runs: 150, found: 100 },
		together: { runs: 80, found: 100 },
	},
});

import type { GraphFault } from '../../lab/graph';
import {
	forgetPaces,
	MessageTraceClient,
	microsoftRowsToBundle,
	planMessageTrace,
	type MicrosoftHuntError,
} from '../../../lib/microsoftHunt';
import { MICROSOFT_HUNT_LIMITS, TRACE_LIMITS } from '../../../lib/limits';
import { LAB_CLIENT, LAB_TENANT, MicrosoftLab } from '../../lab/graph';
import { MessageTraceLab, TRACE_DEFAULTS, type LabTrace } from '../../lab/hunting';
import { HOSTILE, quote, timestamp } from './comparisons';

const DAY = 86_400_000;
const START = Date.UTC(2026, 9, 1);
const ROLES = ['ExchangeMessageTrace.Read.All'];

/** Time stands still but for those who wait. */
let now: number;
const clock = {
	now: () => now,
	sleep: (ms: number) => {
		now += ms;
		return Promise.resolve();
	},
	random: () => 0.5,
};
let lab: MicrosoftLab;
let trace: MessageTraceLab;
let client: MessageTraceClient;
let opened = 0;

/** Each with an application of its own: what is counted and held back is so by application. */
const open = (roles = ROLES) =>
	new MessageTraceClient({
		...lab.credential(),
		clientId: `${LAB_CLIENT}-${++opened}`,
		tokens: lab.tokens(roles),
		clock,
	});

beforeEach(async () => {
	now = START;
	forgetPaces();
	lab = await MicrosoftLab.start({ now: () => now });
	trace = new MessageTraceLab(() => now);
	lab.graph.services.push(trace);
	client = open();
});
afterEach(async () => {
	await client.close();
	await lab.close();
});

const mail = (index: number, more: Partial<LabTrace> = {}): LabTrace => ({
	id: `id-${index}`,
	sender: 'eve@evil.example',
	recipient: `user${index}@soc.example.org`,
	messageId: `<${index}@evil.example>`,
	time: START - DAY,
	subject: 'Invoice',
	size: 1_000,
	fromIp: '192.0.2.1',
	toIp: '',
	status: 'delivered',
	...more,
});
const within = (days: number) => `START ${timestamp(START - days * DAY)} STOP ${timestamp(START)}`;
const hunt = async (comparison: string, days = 2, options = {}) =>
	await client.hunt(planMessageTrace(`[${comparison}] ${within(days)}`, { now: new Date(now) }), options);
const next = (page: number): string => `${lab.graphUrl}/v1.0/${trace.path}?$skiptoken=${page}`;
const failureOf = async (hunting: Promise<unknown>): Promise<MicrosoftHuntError> => {
	try {
		await hunting;
	} catch (error) {
		return error as MicrosoftHuntError;
	}
	throw new Error('it did not fail');
};

describe('windows', () => {
	it('longer than ten days are asked in several requests, each message once', async () => {
		trace.traces = Array.from({ length: 60 }, (_, day) => mail(day, { time: START - day * DAY - 1_000 }));
		const { rows, complete, reading } = await hunt("email-message:sender_ref.value = 'eve@evil.example'", 45);
		expect([rows.length, complete, reading.requests]).toEqual([45, true, 5]);
		expect(trace.filters).toHaveLength(5);
		expect(trace.filters[0]).toBe(
			"senderAddress eq 'eve@evil.example' and receivedDateTime ge 2026-08-17T00:00:00Z and receivedDateTime le 2026-08-27T00:00:00Z",
		);
	});

	it('reach back ninety days; what is older is said to be missing', async () => {
		trace.traces = [mail(1, { time: START - 89 * DAY }), mail(2, { time: START - 95 * DAY })];
		const { rows, complete, warnings } = await hunt("email-message:sender_ref.value = 'eve@evil.example'", 120);
		expect(rows.map(({ attributes }) => attributes.id)).toEqual(['id-1']);
		expect(complete).toBe(false);
		expect(warnings).toContainEqual({
			code: 'hunt-incomplete',
			message: expect.stringContaining('reaches back 90 days'),
		});
		const old = await client.hunt(
			planMessageTrace(`[email-addr:value = 'a'] START t'2020-01-01T00:00:00Z' STOP t'2020-02-01T00:00:00Z'`),
		);
		expect([old.rows, old.complete]).toEqual([[], false]);
	});

	it('are no older than ninety days when their turn comes, after minutes of waiting', async () => {
		trace.traces = [mail(7)];
		const values = Array.from({ length: 110 }, (_, index) => quote(`user${index}@soc.example.org`)).join(', ');
		const plan = planMessageTrace(`[email-message:to_refs[*].value IN (${values})] ${within(120)}`);
		const { rows } = await client.hunt(plan);
		expect(rows).toHaveLength(1);
		expect(now - START).toBeGreaterThan(5 * 300_000);
	});

	it('end now, though the pattern says later', async () => {
		const pattern = `[email-addr:value = 'eve@evil.example'] START ${timestamp(START - DAY * 2)} STOP ${timestamp(START + DAY * 2)}`;
		trace.traces = [mail(1)];
		expect((await client.hunt(planMessageTrace(pattern))).rows).toHaveLength(1);
	});
});

describe('pages', () => {
	it.each([0, 1, 4_999, 5_000, 5_001])('%d rows are read once each', async (count) => {
		trace.traces = Array.from({ length: count }, (_, index) => mail(index));
		const { rows, reading } = await hunt("email-message:sender_ref.value = 'eve@evil.example'", 2, { maxRows: 20_000 });
		expect([rows.length, reading.requests]).toEqual([count, Math.max(1, Math.ceil(count / 5_000))]);
	});

	it.each<[string, (page: number) => object, number]>([
		['whose link is that of a page before', (page) => ({ '@odata.nextLink': next(page % 2) }), 2],
		['that bring nothing new', (page) => ({ '@odata.nextLink': next(page) }), MICROSOFT_HUNT_LIMITS.maxIdlePages + 2],
	])('%s are an error after few of them', async (_, more, most) => {
		trace.traces = [mail(1)];
		let page = 0;
		trace.tamper = ({ value }) => ({ value, ...more(++page) });
		const error = await failureOf(hunt("email-message:sender_ref.value = 'eve@evil.example'"));
		expect(error.code).toBe('M365_ANSWER_UNREADABLE');
		expect(trace.requests).toBeLessThanOrEqual(most + 1);
	});

	it('that claim no end cost rows, so that the cap ends them', async () => {
		trace.traces = [mail(1)];
		let page = 0;
		// Every third page has a row: none of them is idle for long.
		trace.tamper = () => {
			page++;
			const row = { id: `id-${page}`, recipientAddress: 'a@soc.example.org', senderAddress: 'eve@evil.example' };
			return { value: page % 3 === 0 ? [row] : [], '@odata.nextLink': next(page) };
		};
		const { truncated, complete } = await hunt("email-message:sender_ref.value = 'eve@evil.example'", 2, {
			maxRows: 30,
		});
		expect([truncated, complete, trace.requests]).toEqual([true, false, 30]);
	});

	it('reading stops at the cap, and says so', async () => {
		trace.traces = Array.from({ length: 30 }, (_, index) => mail(index));
		const { rows, truncated, complete } = await hunt("email-addr:value = 'eve@evil.example'", 2, { maxRows: 20 });
		expect([rows.length, truncated, complete]).toEqual([20, true, false]);
	});
});

it('a hunt of a hundred values waits rather than ask more than a hundred times in five minutes', async () => {
	const values = Array.from({ length: 130 }, (_, index) => quote(`user${index}@soc.example.org`)).join(', ');
	trace.traces = [mail(7), mail(129)];
	const plan = planMessageTrace(`[email-message:to_refs[*].value IN (${values})] ${within(20)}`);
	expect(client.costOf([plan])).toEqual({ queries: 130, requests: 260, minutes: 10 });
	const { rows } = await client.hunt(plan);
	expect(rows).toHaveLength(2);
	expect([trace.requests, trace.throttled]).toEqual([260, 0]);
	const most = Math.max(
		...trace.times.map((time) => trace.times.filter((one) => one >= time && one < time + 300_000).length),
	);
	expect(most).toBeLessThanOrEqual(TRACE_LIMITS.pace);
	expect(now - START).toBeGreaterThanOrEqual(600_000);
});

it('several hunts of one application, side by side, share the hundred requests, whoever waits where', async () => {
	const clientId = `${LAB_CLIENT}-shared`;
	const clients = [1, 2, 3].map(
		() => new MessageTraceClient({ ...lab.credential(), clientId, tokens: lab.tokens(ROLES), clock }),
	);
	try {
		trace.traces = [mail(7)];
		const plans = clients.map((_, place) => {
			const values = Array.from({ length: 90 }, (_, index) => quote(`user${index}@soc.example.org`)).join(', ');
			return planMessageTrace(`[email-message:to_refs[*].value IN (${values}, '${place}')] ${within(2)}`);
		});
		const results = await Promise.all(clients.map(async (one, place) => await one.hunt(plans[place]!)));
		expect(results.map(({ rows }) => rows.length)).toEqual([1, 1, 1]);
		expect([trace.requests, trace.throttled]).toEqual([273, 0]);
	} finally {
		for (const one of clients) await one.close();
	}
});

it('a hunt that waits for its turn ends when it is cancelled', async () => {
	const values = Array.from({ length: 130 }, (_, index) => quote(`user${index}@soc.example.org`)).join(', ');
	const plan = planMessageTrace(`[email-message:to_refs[*].value IN (${values})] ${within(2)}`);
	const cancel = new AbortController();
	let sleepers = 0;
	const waiting = new MessageTraceClient({
		...lab.credential(),
		clientId: `${LAB_CLIENT}-cancelled`,
		tokens: lab.tokens(ROLES),
		clock: {
			...clock,
			// Time does not pass: only who is woken goes on.
			sleep: async (_ms, signal) => {
				if (++sleepers === MICROSOFT_HUNT_LIMITS.parallel) setImmediate(() => cancel.abort());
				await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
			},
		},
	});
	try {
		await expect(waiting.hunt(plan, { signal: cancel.signal })).rejects.toMatchObject({ name: 'AbortError' });
		expect(trace.requests).toBe(TRACE_LIMITS.pace);
	} finally {
		await waiting.close();
	}
});

it('what a hunt costs can be bounded: then nothing is asked', async () => {
	const error = await failureOf(hunt("email-addr:value IN ('a', 'b')", 30, { maxRequests: 11 }));
	expect(error).toMatchObject({ code: 'HUNT_TOO_COSTLY', message: expect.stringContaining('at least 12 requests') });
	expect(trace.requests).toBe(0);
});

it('a window of a day more than ten costs two requests, and sends two', async () => {
	const plan = planMessageTrace(`[email-message:sender_ref.value = 'eve@evil.example'] ${within(11)}`);
	expect(client.costOf([plan]).requests).toBe(2);
	expect((await client.hunt(plan)).reading.requests).toBe(2);
});

it('a clock that is set back does not make hunts wait for the time that it was', async () => {
	const values = Array.from({ length: 100 }, (_, index) => quote(`user${index}@soc.example.org`)).join(', ');
	await client.hunt(planMessageTrace(`[email-message:to_refs[*].value IN (${values})] ${within(2)}`));
	now -= 3_600_000;
	const before = now;
	trace.times.length = 0;
	await client.hunt(planMessageTrace(`[email-message:to_refs[*].value = 'a@soc.example.org'] ${within(2)}`));
	expect(now).toBe(before);
});

it('several hunts ask once what they ask alike, and one that fails leaves the others alone', async () => {
	trace.traces = [mail(1), mail(2, { sender: 'ann@example.com' })];
	const plans = ['eve@evil.example', 'ann@example.com', 'eve@evil.example'].map((sender) =>
		planMessageTrace(`[email-message:sender_ref.value = '${sender}'] ${within(2)}`),
	);
	const results = await client.huntAll(plans);
	expect(results.map((result) => 'rows' in result && result.rows.length)).toEqual([1, 1, 1]);
	expect(trace.requests).toBe(2);
});

describe('values', () => {
	it.each(HOSTILE)('%j reaches message trace as it is', async (subject) => {
		trace.traces = [mail(1, { subject }), mail(2)];
		const { rows } = await hunt(`email-message:subject = ${quote(subject)}`);
		expect(rows.map(({ attributes }) => attributes.id)).toEqual(['id-1']);
		const sender = subject.length > 50 ? 'a' : subject;
		trace.traces = [mail(1, { sender }), mail(2)];
		expect((await hunt(`email-message:sender_ref.value = ${quote(sender)}`)).rows).toHaveLength(1);
	});

	it.each(['%U\u0308%', '%\u00dc%', 'U\u0308bel%', '%U\u0308b_l'])(
		'LIKE %j finds composed and decomposed characters alike',
		async (like) => {
			trace.traces = [mail(1, { subject: '\u00dcbel' }), mail(2, { subject: 'U\u0308bel' }), mail(3)];
			const { rows } = await hunt(`email-message:subject LIKE ${quote(like)}`);
			expect(rows.map(({ attributes }) => attributes.id)).toEqual(['id-1', 'id-2']);
		},
	);

	it.each(["'".repeat(10_000), '請求書'.repeat(400), '😀'.repeat(700), `a${'😀'.repeat(700)}`, `${'x'.repeat(999)}😀`])(
		'of a subject that no address holds are asked for by a part of it, and rows decide: case %#',
		async (subject) => {
			trace.traces = [
				mail(1, { subject }),
				mail(2, { subject: `${subject}!` }),
				mail(3, { subject: `!${subject}` }),
				mail(4),
			];
			const found = async (comparison: string) =>
				(await hunt(`email-message:subject ${comparison}`)).rows.map(({ attributes }) => attributes.id);
			expect(await found(`= ${quote(subject)}`)).toEqual(['id-1']);
			expect(await found(`LIKE ${quote(`${subject}%`)}`)).toEqual(['id-1', 'id-2']);
			expect(await found(`LIKE ${quote(`%${subject}`)}`)).toEqual(['id-1', 'id-3']);
			expect(await found(`LIKE ${quote(`%${subject}%`)}`)).toEqual(['id-1', 'id-2', 'id-3']);
			for (const filter of trace.filters) {
				expect(filter).toMatch(/^(?:startsWith|endsWith|contains)\(subject, '/);
				expect(encodeURIComponent(filter).length).toBeLessThan(1_300);
			}
			await expect(
				client.search({ start: new Date(START - DAY), stop: new Date(START), subject }),
			).rejects.toMatchObject({ code: 'HUNT_VALUE_REFUSED' });
		},
	);

	it('too long to be sent, and compared as a whole, are looked up in rows', async () => {
		const messageId = `<${'é'.repeat(400)}@example.com>`;
		trace.traces = [mail(1, { messageId }), mail(2)];
		expect((await hunt(`email-message:message_id = ${quote(messageId)}`)).rows).toHaveLength(1);
		expect(trace.filters).toEqual([expect.stringMatching(/^receivedDateTime ge/)]);
	});
});

describe('several rows of one recipient', () => {
	it('are decided each by itself, and are one message and one recipient in STIX', async () => {
		trace.traces = [mail(1, { status: 'failed' }), mail(1), mail(1), mail(2)];
		const { rows } = await hunt("email-message:sender_ref.value = 'eve@evil.example'");
		expect(rows.map(({ attributes: { id, status } }) => [id, status])).toEqual([
			['id-1', 'delivered'],
			['id-1', 'failed'],
			['id-2', 'delivered'],
		]);
		const { objects } = microsoftRowsToBundle(rows);
		expect(objects.filter(({ type }) => type === 'email-message')).toEqual([
			expect.objectContaining({ x_delivery_statuses: ['delivered', 'failed'] }),
			expect.objectContaining({ x_delivery_statuses: ['delivered'] }),
		]);
		expect(objects.filter(({ type }) => type === 'observed-data')).toEqual([
			expect.objectContaining({ number_observed: 1 }),
			expect.objectContaining({ number_observed: 1 }),
		]);
	});

	it.each<[string, Partial<LabTrace>, string]>([
		['the server that took it', { toIp: '203.0.113.9' }, "email-message:x_destination_ip = '203.0.113.9'"],
		['the server that sent it', { fromIp: '192.0.2.99' }, "ipv4-addr:value = '192.0.2.99'"],
		['its subject', { subject: '[EXT] Invoice' }, "email-message:subject = '[EXT] Invoice'"],
		['its size', { size: 9_999 }, 'email-message:x_size = 9999'],
	])('that differ in %s alone are both seen', async (_, more, comparison) => {
		trace.traces = [mail(1, more), mail(1), mail(1)];
		const { rows } = await hunt(`email-message:sender_ref.value = 'eve@evil.example' OR ${comparison}`);
		expect(rows).toHaveLength(2);
		expect((await hunt(`email-message:sender_ref.value = 'eve@evil.example' AND ${comparison}`)).rows).toHaveLength(1);
	});

	it('whichever of several queries finds one of them', async () => {
		trace.traces = [mail(1, { status: 'failed' }), mail(1)];
		const { rows } = await hunt(
			"email-message:x_delivery_statuses[*] = 'delivered' OR (email-message:to_refs[*].value = 'user1@soc.example.org' AND email-message:x_delivery_statuses[*] = 'failed')",
		);
		expect(rows.map(({ attributes: { status } }) => status)).toEqual(['delivered', 'failed']);
	});
});

describe('what cannot be searched', () => {
	it('is left out of an OR, with a warning', async () => {
		trace.traces = [mail(1)];
		const { rows, complete, leftOut } = await hunt(
			"url:value = 'https://evil.example/' OR file:name = 'a.exe' OR email-message:from_ref.value = 'x' OR email-addr:value = 'eve@evil.example'",
		);
		expect([rows.length, complete]).toEqual([1, false]);
		expect(leftOut).toEqual([expect.objectContaining({ code: 'hunt-terms-not-searchable', count: 3 })]);
	});

	it('is an error under AND and NOT', () => {
		for (const pattern of [
			"[url:value = 'https://evil.example/' AND email-message:subject = 'a']",
			"[url:value != 'https://evil.example/' OR email-message:subject = 'a']",
			"[url:value = 'https://evil.example/'] FOLLOWEDBY [email-message:subject = 'a']",
		])
			expect(() => planMessageTrace(pattern)).toThrow(
				'can neither be searched by message trace nor checked in its rows',
			);
	});
});

describe('refusals', () => {
	it('a missing permission is named, and the service principal that must exist', async () => {
		await client.close();
		client = open(['Mail.Read']);
		const missing = await failureOf(hunt("email-addr:value = 'a'"));
		expect(missing.code).toBe('M365_NOT_ALLOWED');
		expect(missing.hint).toContain('Grant the application permission ExchangeMessageTrace.Read.All');
		trace.isProvisioned = false;
		client = open();
		const principal = await failureOf(hunt("email-addr:value = 'a'"));
		expect(principal.hint).toContain('New-MgServicePrincipal -AppId 8bd644d1-64a1-4d4b-ae52-2e0cbf64e373');
	});

	it.each(['usGovL4', 'usGovL5', 'china'] as const)('the cloud %s has no message trace', (cloud) => {
		const attempt = () =>
			new MessageTraceClient({ tenant: LAB_TENANT, clientId: LAB_CLIENT, clientSecret: 'x', cloud });
		expect(attempt).toThrow(expect.objectContaining({ code: 'M365_CLOUD' }));
	});

	it.each<[GraphFault, string | undefined]>([
		[{ kind: 'throttled', retryAfter: 2 }, undefined],
		[{ kind: 'unavailable' }, undefined],
		[{ kind: 'unavailable', times: 9 }, 'M365_UNAVAILABLE'],
		[{ kind: 'html', times: 9 }, 'M365_UNAVAILABLE'],
		[{ kind: 'reset-in-body', times: 9 }, 'M365_UNREACHABLE'],
		[{ kind: 'throttled', retryAfter: 900 }, 'M365_THROTTLED'],
	])('%j is waited for, or an error: never nobody', async (fault, code) => {
		trace.traces = [mail(1)];
		lab.graph.faults.push({ ...fault, path: 'messageTraces' });
		const hunting = hunt("email-message:sender_ref.value = 'eve@evil.example'");
		if (code === undefined) expect((await hunting).rows).toHaveLength(1);
		else expect((await failureOf(hunting)).code).toBe(code);
	});

	it.each<[string, (answer: { value: unknown[] }) => unknown]>([
		['no list', () => ({ value: 'nobody' })],
		['no object', () => []],
		['a link that is none', (answer) => ({ ...answer, '@odata.nextLink': 5 })],
		[
			'the same page for ever',
			(answer) => ({ ...answer, '@odata.nextLink': `${lab.graphUrl}/v1.0/${trace.path}?$skiptoken=0` }),
		],
		['more rows than a page may have', (answer) => ({ value: Array.from({ length: 5_001 }, () => answer.value[0]) })],
	])('an answer with %s is an error', async (_, tamper) => {
		trace.traces = [mail(1)];
		trace.tamper = tamper;
		const error = await failureOf(hunt("email-message:sender_ref.value = 'eve@evil.example'"));
		expect(error.code).toBe('M365_ANSWER_UNREADABLE');
	});

	it('a link to another host is not followed', async () => {
		trace.traces = [mail(1)];
		trace.tamper = (answer) => ({ ...answer, '@odata.nextLink': 'https://evil.example/v1.0/next' });
		expect((await failureOf(hunt("email-message:sender_ref.value = 'eve@evil.example'"))).code).toBe(
			'M365_CONFIGURATION',
		);
	});

	it('rows that cannot be are counted, and the hunt is not complete', async () => {
		trace.traces = [mail(1)];
		trace.tamper = (answer) => ({ value: [...answer.value, null, 5, {}, { id: 7, recipientAddress: 'a' }] });
		const { rows, complete, warnings } = await hunt("email-message:sender_ref.value = 'eve@evil.example'");
		expect([rows.length, complete]).toEqual([1, false]);
		expect(warnings).toContainEqual({
			code: 'hunt-incomplete',
			message: expect.stringContaining('4 rows were not in the format'),
		});
	});
});

it('a search by fields finds what message trace finds, and refuses what cannot be sent', async () => {
	trace.traces = [mail(1), mail(2, { subject: 'Other', status: 'quarantined' })];
	const window = { start: new Date(START - 2 * DAY), stop: new Date(START) };
	const found = await client.search({ ...window, subject: 'other', status: 'quarantined', senderIp: '192.0.2.1' });
	expect(found.rows.map(({ attributes }) => attributes.id)).toEqual(['id-2']);
	await expect(client.search({ ...window, senderIp: 'no address' })).rejects.toMatchObject({
		code: 'HUNT_VALUE_REFUSED',
	});
	await expect(client.search({ start: window.stop, stop: window.start })).rejects.toMatchObject({
		code: 'HUNT_WINDOW_INVALID',
	});
	expect(trace.switches).toBe(TRACE_DEFAULTS);
});

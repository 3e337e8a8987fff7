import { planHunt, translatePattern } from '../../../lib/esa';
import { HuntError } from '../../../lib/hunt';
import {
	parsePattern,
	PatternSyntaxError,
	type ComparisonAnd,
	type Observation,
	type Pattern,
} from '../../../lib/pattern';

const WINDOW = "START t'2023-08-01T11:00:00Z' STOP t'2023-08-31T21:00:00Z'";
const DATES = 'startDate=2023-08-01T11:00:00.000Z&endDate=2023-08-31T21:00:00.000Z';
const HASH = '271c0119ac4455fc8db4ef4a8caf8e2bfcfb8bbd3b8c894e117a9ae9f743894b';
const M = 'x-cisco-email-msgevent:';
const now = new Date('2023-09-05T10:57:41Z');

const queries = (comparison: string): string[] =>
	translatePattern(`[${comparison}] ${WINDOW}`).map((query) => query.replace(`&${DATES}`, ''));

function refusalOf(run: () => unknown): HuntError {
	try {
		run();
	} catch (error) {
		if (error instanceof HuntError) return error;
		throw error;
	}
	throw new Error('nothing was refused');
}
const refused = (comparison: string) => refusalOf(() => planHunt(`[${comparison}] ${WINDOW}`, { now }));

describe("what stix-shifter's guide shows", () => {
	it('messages from an address: one query; STOP is rounded up to the minute that it lies in', () => {
		expect(
			translatePattern(
				"[ipv4-addr:value='1.1.1.1'] START t'2023-08-01T11:00:00.000Z' STOP t'2023-08-31T21:00:00.003Z'",
			),
		).toEqual(['senderIp=1.1.1.1&startDate=2023-08-01T11:00:00.000Z&endDate=2023-08-31T21:01:00.000Z']);
	});

	it('several observations: the first without START and STOP gets the last five minutes', () => {
		const pattern = `[ipv4-addr:value = '1.1.1.1' AND file:hashes.'SHA-256' = '${HASH}' ] OR [x-cisco-email-msgevent:message_status = 'DELIVERED']START t'2023-07-19T01:56:00.000Z' STOP t'2023-09-01T01:57:00.003Z'`;
		expect(translatePattern(pattern, { now })).toEqual([
			`fileSha256=${HASH}&senderIp=1.1.1.1&startDate=2023-09-05T10:52:00.000Z&endDate=2023-09-05T10:57:00.000Z`,
			'deliveryStatus=DELIVERED&startDate=2023-07-19T01:56:00.000Z&endDate=2023-09-01T01:58:00.000Z',
		]);
	});

	it('AND over events is an error of translation, as there; a hunt can do it', () => {
		const comparison = `${M}spam_positive='true' AND ${M}virus_positive='true'`;
		expect(refusalOf(() => queries(comparison)).code).toBe('HUNT_NOT_TRANSLATABLE');
		expect(planHunt(`[${comparison}] ${WINDOW}`).observations[0]?.alternatives).toEqual([
			{ queries: [0, 1], filter: [], terms: [1, 0], scan: false },
		]);
	});
});

describe("translation gives stix-shifter's queries where these are right", () => {
	it.each([
		[`${M}quarantined_to IN ('test','test2')`, ['quarantinedTo=test,test2']],
		["email-message:subject LIKE '%Reply%'", ['subjectfilterOperator=contains&subjectfilterValue=Reply']],
		[`${M}message_delivered = 'true'`, ['message_delivered=True']],
		[
			"file:name LIKE '%MicrosoftEdgeSetup%'",
			['attachmentNameOperator=contains&attachmentNameValue=MicrosoftEdgeSetup'],
		],
		[`file:hashes.'SHA-256' = '${HASH}'`, [`fileSha256=${HASH}`]],
		[
			"email-addr:value = 'test@xyz.com'",
			[
				'envelopeRecipientfilterOperator=is&envelopeRecipientfilterValue=test@xyz.com',
				'envelopeSenderfilterOperator=is&envelopeSenderfilterValue=test@xyz.com',
			],
		],
		[
			"ipv4-addr:value = '1.1.1.1' AND domain-name:value LIKE '%amazonses%'",
			['domainNameOperator=contains&domainNameValue=amazonses&senderIp=1.1.1.1'],
		],
		[
			"email-message:x_sender_ip_ref = '3.87.209.25' OR email-message:subject = 'important'",
			['subjectfilterOperator=is&subjectfilterValue=important', 'senderIp=3.87.209.25'],
		],
		[
			`(ipv4-addr:value = '1.1.1.1' OR email-message:from_ref = 'user1@xyz.com') AND (file:name LIKE '%Microsoft%' OR file:hashes.'SHA-256' = '${HASH}')`,
			[
				`fileSha256=${HASH}&envelopeSenderfilterOperator=is&envelopeSenderfilterValue=user1@xyz.com`,
				`fileSha256=${HASH}&senderIp=1.1.1.1`,
				'attachmentNameOperator=contains&attachmentNameValue=Microsoft&envelopeSenderfilterOperator=is&envelopeSenderfilterValue=user1@xyz.com',
				'attachmentNameOperator=contains&attachmentNameValue=Microsoft&senderIp=1.1.1.1',
			],
		],
		[`ipv4-addr:value = '1.1.1.1' OR ${M}spam_positive = 'true'`, ['spamPositive=True', 'senderIp=1.1.1.1']],
		[`${M}spam_positive = 'true' OR ${M}graymail = 'true'`, ['graymail=True&spamPositive=True']],
		[
			`${M}content_filters_name = 'test' AND ${M}content_filters_direction = 'inbound' AND ${M}content_filters_action = 'stopped'`,
			['contentFiltersAction=stopped&contentFiltersDirection=inbound&contentFiltersName=test'],
		],
	])('%s', (comparison, expected) => {
		expect(queries(comparison)).toEqual(expected);
	});

	it('values of one list column share a query, events of observations with one window too', () => {
		const list = ['test1', 'test2', 'test3'].map((name) => `${M}quarantined_to = '${name}'`).join(' OR ');
		expect(translatePattern(`[${list}] ${WINDOW}`)).toEqual([`${DATES}&quarantinedTo=test3,test2,test1`]);
		expect(translatePattern(`([${M}virus_positive = 'true'] OR [${M}spam_positive = 'true']) ${WINDOW}`)).toEqual([
			`virusPositive=True&${DATES}&spamPositive=True`,
		]);
	});
});

describe('where stix-shifter loses or adds messages', () => {
	it('an event ANDed with a column is not widened by an event that is ORed', () => {
		expect(queries(`${M}spam_positive='true' OR (email-message:subject='a' AND ${M}graymail='true')`)).toEqual([
			'graymail=True&subjectfilterOperator=is&subjectfilterValue=a',
			'spamPositive=True',
		]);
	});

	it('LIKE means LIKE: whole text, beginning, middle', () => {
		const like = (text: string) => queries(`email-message:subject LIKE '${text}'`)[0];
		expect(like('invoice')).toBe('subjectfilterOperator=is&subjectfilterValue=invoice');
		expect(like('invoice%')).toBe('subjectfilterOperator=begins_with&subjectfilterValue=invoice');
		expect(like('%invoice%')).toBe('subjectfilterOperator=contains&subjectfilterValue=invoice');
		expect(like('%Überweisung%')).toBe('subjectfilterOperator=contains&subjectfilterValue=%C3%9Cberweisung');
	});

	it('an ending, a placeholder or an inner % is searched by its longest piece and decided on the rows', () => {
		const plan = planHunt(`[email-message:subject LIKE '%inv_ice 2023%due'] ${WINDOW}`);
		expect(plan.queries).toEqual([`subjectfilterOperator=contains&subjectfilterValue=ice%202023&${DATES}`]);
		expect(plan.observations[0]?.alternatives[0]?.filter).toEqual(["email-message:subject LIKE '%inv_ice 2023%due'"]);
		expect(refusalOf(() => queries("email-message:subject LIKE '%due'")).code).toBe('HUNT_NOT_TRANSLATABLE');
	});

	it('values of one column ORed, or in a list, are one query each', () => {
		expect(queries(`${M}message_status='DELIVERED' OR ${M}message_status='DROPPED'`)).toEqual([
			'deliveryStatus=DROPPED',
			'deliveryStatus=DELIVERED',
		]);
		expect(queries("ipv4-addr:value IN ('192.0.2.1','192.0.2.2')")).toEqual([
			'senderIp=192.0.2.1',
			'senderIp=192.0.2.2',
		]);
	});

	it('the same query is asked once', () => {
		expect(translatePattern(`([ipv4-addr:value='192.0.2.1'] OR [ipv4-addr:value='192.0.2.1']) ${WINDOW}`)).toHaveLength(
			1,
		);
	});

	it('boolean literals, upper-case hashes and quoted quotes', () => {
		expect(queries(`${M}spam_positive = true`)).toEqual(['spamPositive=True']);
		expect(queries(`file:hashes.'SHA-256' = '${HASH.toUpperCase()}'`)).toEqual([`fileSha256=${HASH}`]);
		expect(queries("email-message:subject = 'it\\'s'")).toEqual(['subjectfilterOperator=is&subjectfilterValue=it%27s']);
		expect(queries("email-message:subject = '\\'q\\''")).toEqual([
			'subjectfilterOperator=is&subjectfilterValue=%27q%27',
		]);
	});

	it('a subject that looks like a parameter is a subject', () => {
		expect(queries("email-message:subject='about mailPolicyName'")).toEqual([
			'subjectfilterOperator=is&subjectfilterValue=about%20mailPolicyName',
		]);
		expect(queries("email-message:subject='startDate='")).toEqual([
			'subjectfilterOperator=is&subjectfilterValue=startDate%3D',
		]);
	});

	it('columns that the guide names and stix-shifter does not map', () => {
		expect(queries(`${M}direction = 'incoming'`)).toEqual(['messageDirection=incoming']);
		expect(queries(`${M}message_direction = 'outgoing'`)).toEqual(['messageDirection=outgoing']);
		expect(queries("email-message:message_id = '<a@example.com>'")).toEqual(['messageIdHeader=%3Ca@example.com%3E']);
		expect(queries("email-message:to_refs[*].value = 'a@example.com'")).toEqual([
			'envelopeRecipientfilterOperator=is&envelopeRecipientfilterValue=a@example.com',
		]);
		expect(queries("x-oca-host:hostname = 'esa1.example.com'")).toEqual(['ciscoHost=esa1.example.com']);
	});
});

describe('windows', () => {
	const datesOf = (window: string) =>
		translatePattern(`[ipv4-addr:value='192.0.2.1'] ${window}`, { now })[0]?.replace('senderIp=192.0.2.1&', '');

	it.each([
		["START t'2023-08-01T11:00:40Z' STOP t'2023-08-01T11:05:59.999Z'", '2023-08-01T11:00', '2023-08-01T11:06'],
		["START t'2023-08-01T11:00:10Z' STOP t'2023-08-01T11:00:20Z'", '2023-08-01T11:00', '2023-08-01T11:01'],
		["START t'2023-08-31T23:59:59Z' STOP t'2023-08-31T23:59:60Z'", '2023-08-31T23:59', '2023-09-01T00:00'],
		["START t'2023-12-31T23:00:00Z' STOP t'2023-12-31T23:59:00.00001Z'", '2023-12-31T23:00', '2024-01-01T00:00'],
		["START t'2023-12-31T23:00:00Z' STOP t'9999-12-31T23:59:59Z'", '2023-12-31T23:00', '9999-12-31T23:59'],
	])('%s: the last minute is not lost', (window, start, stop) => {
		expect(datesOf(window)).toBe(`startDate=${start}:00.000Z&endDate=${stop}:00.000Z`);
	});

	it('in a year below 100 the query and the check on rows mean that year', () => {
		const window = "START t'0050-01-01T00:00:00Z' STOP t'0099-12-31T23:59:60Z'";
		const { queries, observations } = planHunt(`[ipv4-addr:value='192.0.2.1'] ${window}`);
		expect(queries).toEqual(['senderIp=192.0.2.1&startDate=0050-01-01T00:00:00.000Z&endDate=0100-01-01T00:00:00.000Z']);
		expect(observations).toMatchObject([{ start: '0050-01-01T00:00:00.000Z', stop: '0100-01-01T00:00:00.000Z' }]);
	});

	it('a window inside a window is what both have in common', () => {
		const inner = "START t'2023-08-01T10:00:00Z' STOP t'2023-08-01T12:00:00Z'";
		const outer = "START t'2023-08-01T11:00:00Z' STOP t'2023-08-01T13:00:00Z'";
		expect(translatePattern(`([ipv4-addr:value='192.0.2.1'] ${inner}) ${outer}`)).toEqual([
			'senderIp=192.0.2.1&startDate=2023-08-01T11:00:00.000Z&endDate=2023-08-01T12:00:00.000Z',
		]);
	});

	it.each([
		["[ipv4-addr:value='192.0.2.1'] START t'2023-08-02T00:00:00Z' STOP t'2023-08-01T00:00:00Z'"],
		["[ipv4-addr:value='192.0.2.1'] START t'2023-08-01T00:00:00Z' STOP t'2023-08-01T00:00:00Z'"],
		[
			"([ipv4-addr:value='192.0.2.1'] START t'2023-08-01T00:00:00Z' STOP t'2023-08-02T00:00:00Z') START t'2023-08-03T00:00:00Z' STOP t'2023-08-04T00:00:00Z'",
		],
	])('%s is an error, not an empty answer', (pattern) => {
		expect(refusalOf(() => planHunt(pattern)).code).toBe('HUNT_WINDOW_INVALID');
	});

	it('now is the time of the call, and the time range is checked', () => {
		const pattern = "[ipv4-addr:value='192.0.2.1']";
		expect(translatePattern(pattern, { now, timeRangeMinutes: 60 })).toEqual([
			'senderIp=192.0.2.1&startDate=2023-09-05T09:57:00.000Z&endDate=2023-09-05T10:57:00.000Z',
		]);
		expect(translatePattern(pattern, { now: new Date('2024-01-01T00:00:00Z') })[0]).toContain(
			'endDate=2024-01-01T00:00',
		);
		expect(planHunt(pattern, { now }).warnings).toHaveLength(1);
		for (const timeRangeMinutes of [0, -1, 1.5, NaN, Infinity]) {
			expect(refusalOf(() => planHunt(pattern, { timeRangeMinutes })).code).toBe('HUNT_OPTION_INVALID');
		}
	});
});

describe('what cannot be hunted is an error that names the comparison and where it stands', () => {
	it.each([
		["url:value = 'http://example.com'", 'HUNT_NOT_SEARCHABLE', 'url:value'],
		["email-message:subject = 'a' AND url:value = 'b'", 'HUNT_NOT_SEARCHABLE', 'url:value'],
		["file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e'", 'HUNT_NOT_SEARCHABLE', 'file:hashes.MD5'],
		["file:name MATCHES 'exe$'", 'HUNT_NOT_SEARCHABLE', 'file:name'],
		["file:name LIKE '%.exe'", 'HUNT_NOT_SEARCHABLE', 'file:name'],
		["file:name != 'a.exe'", 'HUNT_NOT_SEARCHABLE', 'file:name'],
		[`${M}spam_positive = 'false'`, 'HUNT_VALUE_REFUSED', 'events that happened'],
		[`${M}spam_positive != 'true'`, 'HUNT_NOT_SEARCHABLE', 'spam_positive'],
		[`${M}message_status != 'DELIVERED'`, 'HUNT_NOT_SEARCHABLE', 'message_status'],
		[`${M}dlp_action = 'lost'`, 'HUNT_VALUE_REFUSED', 'delivered, encrypted, dropped'],
		[`${M}url_categories = 'A,B'`, 'HUNT_VALUE_REFUSED', 'comma'],
		[`${M}ip_reputation = '-1.5'`, 'HUNT_VALUE_REFUSED', 'whole numbers'],
		["file:hashes.'SHA-256' = 'abc'", 'HUNT_VALUE_REFUSED', '64'],
		['email-message:subject IN ()', 'HUNT_VALUE_REFUSED', 'empty'],
		[`${M}threat_name = ''`, 'HUNT_VALUE_REFUSED', 'empty'],
		[`${M}threat_name = '\ud800'`, 'HUNT_VALUE_REFUSED', 'threat_name'],
		[`${M}threat_name = '${'x'.repeat(3000)}'`, 'HUNT_VALUE_REFUSED', 'threat_name'],
		[
			`${M}content_filters_name = 'a' AND ${M}content_filters_direction = 'inbound'`,
			'HUNT_GROUP_INCOMPLETE',
			'content_filters_action',
		],
		[
			`${M}advanced_malware_protection = 'amp_clean' OR ${M}advanced_malware_protection_mailflow_direction = 'incoming'`,
			'HUNT_GROUP_INCOMPLETE',
			'advanced_malware_protection',
		],
		["email-message:to_refs.value = 'a@example.com'", 'HUNT_NOT_SEARCHABLE', 'to_refs'],
	])('%s', (comparison, code, words) => {
		const error = refused(comparison);
		expect(error.code).toBe(code);
		expect(error.message).toContain(words);
		expect(error.line).toBe(1);
		expect(error.column).toBeGreaterThan(1);
	});

	it('as an alternative it is left out of a hunt; query strings stay as they are, an error', () => {
		const pattern = `[email-message:subject = 'a' OR url:value = 'b' OR ${M}url_categories IN ('A,B','C')] ${WINDOW}`;
		expect(planHunt(pattern).leftOut).toEqual([
			{
				code: 'hunt-terms-not-searchable',
				count: 2,
				comparisons: ["url:value = 'b'", `${M}url_categories IN ('A,B')`],
			},
		]);
		expect(planHunt(pattern).queries).toEqual([
			`subjectfilterOperator=is&subjectfilterValue=a&${DATES}`,
			`urlCategories=C&${DATES}`,
		]);
		expect(refusalOf(() => translatePattern(pattern)).message).toContain('url:value');
	});

	it('says what to do, with the address of the table of columns', () => {
		expect(refused("email-message:subject = 'a' AND url:value = 'b'").hint).toMatch(
			/^Remove it from the pattern\. A hunt leaves it out by itself.*https:.*cisco-secure-email\.md#columns$/,
		);
	});

	it('the hint of to_refs.value is the path that works', () => {
		expect(refused("email-message:to_refs.value = 'a'").hint).toBe('Write email-message:to_refs[*].value.');
	});

	it("a syntax error is the parser's, with its place", () => {
		expect(() => planHunt("[ipv4-addr:value = '1.1.1.1'")).toThrow(PatternSyntaxError);
		expect(() => translatePattern('')).toThrow(PatternSyntaxError);
	});

	it('a regular expression or a network that cannot be used is refused before anything is asked', () => {
		expect(() => planHunt(`[email-message:subject MATCHES '('] ${WINDOW}`)).toThrow(
			expect.objectContaining({ code: 'PATTERN_REGEX_INVALID' }),
		);
		expect(() => planHunt(`[ipv4-addr:value ISSUBSET 'garbage'] ${WINDOW}`)).toThrow(
			expect.objectContaining({ code: 'PATTERN_CIDR_INVALID' }),
		);
	});

	it('what observation operators mean cannot be said in query strings', () => {
		for (const operator of ['AND', 'FOLLOWEDBY']) {
			const pattern = `([ipv4-addr:value='192.0.2.1'] ${operator} [file:name='a.exe']) ${WINDOW}`;
			expect(refusalOf(() => translatePattern(pattern)).code).toBe('HUNT_NOT_TRANSLATABLE');
			expect(planHunt(pattern).queries).toHaveLength(2);
		}
		for (const qualifier of ['WITHIN 5 SECONDS', 'REPEATS 3 TIMES']) {
			expect(refusalOf(() => translatePattern(`[ipv4-addr:value='192.0.2.1'] ${qualifier}`)).code).toBe(
				'HUNT_NOT_TRANSLATABLE',
			);
		}
	});
});

describe('bounds', () => {
	const many = (count: number, test: (i: number) => string) =>
		Array.from({ length: count }, (_, i) => test(i)).join(' OR ');

	it('ORs inside ANDs do not explode', () => {
		const or = `(${many(40, (i) => `file:name='f${i}'`)})`;
		const started = performance.now();
		expect(refused(`${or} AND ${or} AND ${or} AND ${or}`).code).toBe('HUNT_TOO_COMPLEX');
		expect(performance.now() - started).toBeLessThan(1000);
	});

	it('an AND of more comparisons than are allowed is refused before any of them is written out', () => {
		const ands = (count: number) =>
			Array.from({ length: count }, (_, i) => `email-message:subject LIKE '%${i}%'`).join(' AND ');
		expect(planHunt(`[${ands(1000)}] ${WINDOW}`).observations[0]?.alternatives[0]?.filter).toHaveLength(1000);
		expect(refused(ands(1001))).toMatchObject({
			code: 'HUNT_TOO_COMPLEX',
			message: expect.stringContaining('More than 1000 comparisons are joined by AND'),
		});

		const { expression } = parsePattern(`[${ands(20_000)}]`) as { expression: Observation };
		const { operands, ...and } = expression.expression as ComparisonAnd;
		let looks = 0;
		const watched = new Proxy(operands, {
			get(list, key, receiver) {
				if (typeof key === 'string' && /^\d+$/.test(key)) looks++;
				return Reflect.get(list, key, receiver) as unknown;
			},
		});
		const pattern: Pattern = {
			kind: 'pattern',
			expression: { ...expression, expression: { ...and, operands: watched } },
		};
		expect(refusalOf(() => planHunt(pattern)).code).toBe('HUNT_TOO_COMPLEX');
		expect(refusalOf(() => translatePattern(pattern)).code).toBe('HUNT_TOO_COMPLEX');
		expect(looks).toBeLessThan(2 * 1_100);
	});

	it('alternatives that are few and long are counted as they are written out', () => {
		const or = many(300, (i) => `email-message:subject = 's${i}'`);
		const ands = Array.from({ length: 990 }, (_, i) => `${M}url_reputation = 'v${i}'`).join(' AND ');
		expect(refused(`(${or}) AND ${ands}`).code).toBe('HUNT_TOO_COMPLEX');
		// A long constant stands in every query that it is ANDed with.
		const long = Array.from({ length: 12 }, (_, i) => `${M}threat_name = '${String(i).repeat(1900).slice(0, 1900)}'`);
		expect(refused(`(${many(900, (i) => `file:name = 'f${i}'`)}) AND ${long.join(' AND ')}`).code).toBe(
			'HUNT_TOO_COMPLEX',
		);
	});

	it('more queries than can be asked', () => {
		const list = (count: number) => Array.from({ length: count }, (_, i) => `'f${i}'`).join(',');
		expect(planHunt(`[file:name IN (${list(1000)})] ${WINDOW}`).queries).toHaveLength(1000);
		const { queries: asked, leftOut } = planHunt(`[file:name IN (${list(1001)})] ${WINDOW}`);
		expect(asked).toHaveLength(1000);
		expect(leftOut).toEqual([{ code: 'hunt-terms-beyond-limit', count: 1, comparisons: ["file:name IN ('f1000')"] }]);
	});

	it('a long list beside a narrower search is left to the rows', () => {
		const ips = Array.from({ length: 200 }, (_, i) => `'192.0.2.${i}'`).join(',');
		const plan = planHunt(`[ipv4-addr:value IN (${ips}) AND email-message:subject = 'a'] ${WINDOW}`);
		expect(plan.queries).toEqual([`subjectfilterOperator=is&subjectfilterValue=a&${DATES}`]);
	});
});

it('planning asks for no formatter of dates: that would take longer than the plan', () => {
	const formatters = jest.spyOn(Intl, 'DateTimeFormat');
	planHunt("[ipv4-addr:value = '192.0.2.1']", { now });
	translatePattern("[ipv4-addr:value = '192.0.2.1']");
	expect(formatters).not.toHaveBeenCalled();
	formatters.mockRestore();
});

it('a plan is plain JSON', () => {
	const plan = planHunt(`[email-message:x_cisco_mid = 1757 AND ${M}spam_positive = 'true'] ${WINDOW}`);
	expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
	expect(plan.observations[0]?.alternatives[0]?.filter).toEqual(['email-message:x_cisco_mid = 1757']);
});

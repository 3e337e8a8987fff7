import fc from 'fast-check';
import type { GraphFault } from '../../lab/graph';
import {
	DefenderClient,
	kqlString,
	planDefenderHunt,
	planDefenderHunts,
	type MicrosoftHuntError,
	type MicrosoftHuntResult,
} from '../../../lib/microsoftHunt';
import { systemClock } from '../../../lib/http';
import type { HuntPlan } from '../../../lib/hunt';
import { DEFENDER_LIMITS } from '../../../lib/limits';
import { LAB_CLIENT, LAB_TENANT, MicrosoftLab } from '../../lab/graph';
import { DefenderLab, emptyTables, faultsOf, literalOf, rowOf, type Row } from '../../lab/hunting';
import { HOSTILE, quote, timestamp } from './comparisons';

const ROLES = ['ThreatHunting.Read.All'];
const START = Date.UTC(2026, 9, 1);
const DAY = 86_400_000;
/** Twenty days after START, and on from there: what every tenant keeps reaches back beyond START. */
const begun = Date.now();
const clock = { ...systemClock, now: () => START + 20 * DAY + Date.now() - begun };
const WINDOW = `START ${timestamp(START)} STOP ${timestamp(START + DAY)}`;

let lab: MicrosoftLab;
let defender: DefenderLab;
let client: DefenderClient;
let opened = 0;

/** Each with an application of its own: what is held back is so by application. */
const open = (roles = ROLES) =>
	new DefenderClient({ ...lab.credential(), clientId: `${LAB_CLIENT}-${++opened}`, tokens: lab.tokens(roles), clock });

beforeAll(async () => {
	lab = await MicrosoftLab.start();
	lab.graph.throttling.windowMs = 1;
});
afterAll(async () => {
	await lab.close();
});
beforeEach(() => {
	defender = new DefenderLab();
	lab.graph.services.splice(0, 1, defender);
	lab.graph.faults.length = 0;
	client = open();
});
afterEach(async () => {
	await client.close();
});

function mail(index: number, more: Row = {}): void {
	defender.tables.EmailEvents!.push(
		rowOf('EmailEvents', {
			Timestamp: new Date(START + 1_000 * index),
			NetworkMessageId: `network-${index}`,
			InternetMessageId: `<${index}@evil.example>`,
			RecipientEmailAddress: `user${index}@soc.example.org`,
			SenderFromAddress: 'eve@evil.example',
			SenderMailFromAddress: 'bounce@evil.example',
			Subject: 'Invoice',
			EmailDirection: 'Inbound',
			DeliveryAction: 'Delivered',
			DeliveryLocation: 'Inbox/Folder',
			...more,
		}),
	);
}
const link = (index: number, url: string) =>
	defender.tables.EmailUrlInfo!.push(
		rowOf('EmailUrlInfo', {
			Timestamp: new Date(START + 1_000 * index + 60_000),
			NetworkMessageId: `network-${index}`,
			Url: url,
			UrlDomain: 'evil.example',
		}),
	);
const click = (index: number, more: Row = {}) =>
	defender.tables.UrlClickEvents!.push(
		rowOf('UrlClickEvents', {
			Timestamp: new Date(START + 3 * DAY),
			NetworkMessageId: `network-${index}`,
			Url: 'https://evil.example/',
			ActionType: 'ClickAllowed',
			AccountUpn: `user${index}@soc.example.org`,
			IPAddress: '203.0.113.5',
			IsClickedThrough: false,
			ReportId: `report-${index}`,
			...more,
		}),
	);
const hunt = async (comparison: string, options = {}): Promise<MicrosoftHuntResult> =>
	await client.hunt(planDefenderHunt(`[${comparison}] ${WINDOW}`), options);
const failureOf = async (hunting: Promise<unknown>): Promise<MicrosoftHuntError> => {
	try {
		await hunting;
	} catch (error) {
		return error as MicrosoftHuntError;
	}
	throw new Error('it did not fail');
};

describe('a value', () => {
	it.each(HOSTILE)('%j is one literal to Microsoft, and reaches Defender as it is', async (subject) => {
		expect(await literalOf(kqlString(subject))).toBe(subject);
		mail(1, { Subject: subject });
		mail(2);
		link(2, subject);
		const { rows } = await hunt(`email-message:subject = ${quote(subject)} OR url:value = ${quote(subject)}`);
		expect(rows.map(({ attributes }) => attributes.NetworkMessageId)).toEqual(['network-1', 'network-2']);
	});

	it('is one literal to Microsoft, whatever it is', async () => {
		await fc.assert(
			fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 60 }), async (text) => {
				expect(await literalOf(kqlString(text))).toBe(text);
			}),
			{ numRuns: 200 },
		);
		await fc.assert(
			fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (text) => {
				expect(await literalOf(kqlString(text))).toBe(text);
			}),
			{ numRuns: 200 },
		);
	}, 60_000);

	it('of 10,000 quotes is sent; half a character is not, and looked up in rows', async () => {
		const long = '"'.repeat(10_000);
		mail(1, { Subject: long });
		expect((await hunt(`email-message:subject = ${quote(long)}`)).rows).toHaveLength(1);
		expect(planDefenderHunt("[email-message:subject = '\udc00']").observations[0]!.alternatives[0]!.scan).toBe(true);
	});

	it('that nobody sees is shown in the query', () => {
		expect(kqlString('a\u202eb\u200b\u0000"\\')).toBe('"a\\u202Eb\\u200B\\u0000\\"\\\\"');
		expect(kqlString('\u2028\u2029')).toBe('"\\u2028\\u2029"');
	});
});

it('the lab refuses what Microsoft refuses, and what hunts do not send', async () => {
	expect(await faultsOf('EmailEvents | where Subjct == "a"')).toEqual([expect.stringContaining('Subjct')]);
	expect(await faultsOf('EmailEvents | where Timestamp > "a"')).not.toEqual([]);
	expect(await faultsOf('EmailEvents | where (Subject == "a"')).not.toEqual([]);
	const sent = JSON.stringify({ Query: 'EmailEvents | sample 5', Timespan: '2026-10-01T00:00:00Z' });
	const given = { method: 'POST', url: new URL(lab.graphUrl), headers: {}, claims: { roles: ROLES } as never };
	await expect(defender.answer({ ...given, body: Buffer.from(sent) })).rejects.toThrow(
		'KQL that the lab does not know',
	);
});

describe('one row a delivery', () => {
	it('with what all of its rows say, its links, and the time of the first', async () => {
		mail(1);
		mail(1, {
			Timestamp: new Date(START + 7_200_000),
			RecipientEmailAddress: 'USER1@soc.example.org',
			DeliveryAction: 'Blocked',
			DeliveryLocation: 'Quarantine',
			ThreatTypes: 'Phish',
		});
		link(1, 'https://evil.example/');
		const { rows } = await hunt(
			"url:value = 'https://evil.example/' AND email-message:x_delivery_actions[*] = 'Delivered' AND email-message:x_threat_types[*] = 'Phish'",
		);
		expect(rows).toHaveLength(1);
		expect(rows[0]!.attributes).toMatchObject({
			Timestamp: expect.stringMatching(/^2026-10-01T00:00:01/),
			DeliveryLocation: '["Inbox/Folder","Quarantine"]',
		});
		expect(rows[0]!.matchedBy).toEqual([
			"url:value = 'https://evil.example/'",
			"email-message:x_delivery_actions[*] = 'Delivered'",
			"email-message:x_threat_types[*] = 'Phish'",
		]);
	});

	it('is of the time of its first row: one from before the window is not in it, whatever its later rows say', async () => {
		const HOUR = 3_600_000;
		mail(1, { Timestamp: new Date(START - 23 * HOUR) });
		mail(1, { Timestamp: new Date(START + HOUR), DeliveryLocation: 'Quarantine' });
		expect((await hunt("email-message:subject = 'Invoice'")).rows).toEqual([]);
		expect((await hunt("email-message:x_delivery_locations[*] = 'Quarantine'")).rows).toEqual([]);
		// Rows from more than 24 hours before the window are not looked at: then the later row is the first that is known.
		defender.tables = emptyTables();
		mail(1, { Timestamp: new Date(START - 25 * HOUR) });
		mail(1, { Timestamp: new Date(START + HOUR), DeliveryLocation: 'Quarantine' });
		const { rows } = await hunt("email-message:subject = 'Invoice'");
		expect(rows[0]!.attributes).toMatchObject({ DeliveryLocation: '["Quarantine"]' });
	});

	it('with rows that came long after the window: a verdict of days later finds the message', async () => {
		mail(1);
		mail(1, { Timestamp: new Date(START + 9 * DAY), ThreatTypes: 'Phish', DeliveryLocation: 'Deleted items' });
		mail(2);
		const { rows } = await hunt("email-message:x_threat_types[*] = 'Phish'");
		expect(rows.map(({ attributes }) => attributes.NetworkMessageId)).toEqual(['network-1']);
		expect(rows[0]!.attributes.DeliveryLocation).toBe('["Inbox/Folder","Deleted items"]');
	});

	it('is of the time of its first row, whichever of several windows is read first', async () => {
		mail(1);
		mail(1, { Timestamp: new Date(START + 5 * DAY), DeliveryLocation: 'Quarantine' });
		const day = (from: number) => `START ${timestamp(START + from * DAY)} STOP ${timestamp(START + (from + 1) * DAY)}`;
		for (const [first, second] of [
			[0, 5],
			[5, 0],
		] as const) {
			const pattern = `([email-message:subject = 'Invoice'] ${day(first)}) OR ([email-message:subject = 'Invoice'] ${day(second)})`;
			const { rows } = await client.hunt(planDefenderHunt(pattern));
			expect(rows.map(({ attributes }) => attributes.Timestamp)).toEqual([
				expect.stringMatching(/^2026-10-01T00:00:01/),
			]);
			expect(rows[0]!.attributes.DeliveryLocation).toBe('["Inbox/Folder","Quarantine"]');
		}
	});

	it('is not taken for one of the window on a later page either, when it came before', async () => {
		const HOUR = 3_600_000;
		mail(1, { Timestamp: new Date(START - HOUR) });
		mail(1, { Timestamp: new Date(START + 30 * HOUR), DeliveryLocation: 'Quarantine' });
		for (const hour of [0, 10, 20, 26, 27, 28, 31]) mail(10 + hour, { Timestamp: new Date(START + hour * HOUR) });
		defender.switches = { ...defender.switches, cap: 3 };
		const plan = planDefenderHunt(
			`[email-message:subject = 'Invoice'] START ${timestamp(START)} STOP ${timestamp(START + 2 * DAY)}`,
		);
		const { rows } = await client.hunt(plan, { details: false });
		expect(rows.map(({ attributes }) => attributes.NetworkMessageId)).toEqual(
			[0, 10, 20, 26, 27, 28, 31].map((hour) => `network-${10 + hour}`),
		);
	});

	it('with links and files of which is told a day before or long after', async () => {
		mail(1, { Timestamp: new Date(START + 60_000) });
		for (const after of [-20 * 3_600_000, 5 * DAY]) {
			defender.tables.EmailUrlInfo!.push(
				rowOf('EmailUrlInfo', {
					Timestamp: new Date(START + after),
					NetworkMessageId: 'network-1',
					Url: `https://evil.example/${after}`,
				}),
			);
		}
		for (const after of [-20 * 3_600_000, 5 * DAY])
			expect((await hunt(`url:value = 'https://evil.example/${after}'`)).rows).toHaveLength(1);
	});

	it('a file counts for whom it was sent to', async () => {
		for (const recipient of ['a@soc.example.org', 'b@soc.example.org']) mail(1, { RecipientEmailAddress: recipient });
		const file = {
			Timestamp: new Date(START),
			NetworkMessageId: 'network-1',
			FileName: 'x.exe',
			SHA256: 'a'.repeat(64),
		};
		defender.tables.EmailAttachmentInfo!.push(
			rowOf('EmailAttachmentInfo', { ...file, RecipientEmailAddress: 'B@soc.example.org' }),
		);
		const { rows } = await hunt("file:name = 'x.exe'");
		expect(rows.map(({ attributes }) => attributes.RecipientEmailAddress)).toEqual(['b@soc.example.org']);
	});
});

describe('many rows', () => {
	it('are read a page at a time, each once', async () => {
		defender.switches = { ...defender.switches, cap: 700 };
		for (let index = 0; index < 3_000; index++)
			mail(index % 2_500, { RecipientEmailAddress: `u${index}@soc.example.org`, NetworkMessageId: `n${index}` });
		const { rows, truncated, reading } = await hunt("email-message:subject = 'Invoice'");
		expect([rows.length, truncated]).toEqual([3_000, false]);
		expect(reading.requests).toBeLessThanOrEqual(6);
	});

	it('end at the cap, and it is said', async () => {
		for (let index = 0; index < 30; index++) mail(index);
		const { rows, truncated, complete } = await hunt("email-message:subject = 'Invoice'", { maxRows: 20 });
		expect([rows.length, truncated, complete]).toEqual([20, true, false]);
	});

	it('that came in the same millisecond as the last one of a page are not passed over', async () => {
		for (const [index, second] of [0, 0, 1, 1, 2].entries())
			mail(index, { Timestamp: new Date(START + second * 1_000) });
		defender.switches = { ...defender.switches, cap: 3 };
		const { rows, complete } = await hunt("email-message:subject = 'Invoice'");
		expect([rows.length, complete]).toEqual([5, true]);
	});

	it.each([
		'Query result set has exceeded the internal data size limit 67108864 (E_QUERY_RESULT_SET_TOO_LARGE).',
		'The response exceeds the allowed size.',
	])('too large for one answer are asked for in smaller pages: %s', async (said) => {
		for (let index = 0; index < 300; index++) mail(index);
		defender.maxAnswer = { rows: 100, said };
		const { rows, complete } = await hunt("email-message:subject = 'Invoice'", { details: false });
		expect([rows.length, complete]).toEqual([300, true]);
		defender.maxAnswer = { rows: 1, said };
		expect((await failureOf(hunt("email-message:subject = 'Invoice'"))).code).toBe('M365_ANSWER_TOO_LARGE');
	});

	it('of one millisecond, cut, are told', async () => {
		for (let index = 0; index < 30; index++) mail(index, { Timestamp: new Date(START) });
		defender.switches = { ...defender.switches, cap: 10 };
		const { rows, complete, warnings } = await hunt("email-message:subject = 'Invoice'");
		expect([rows.length, complete]).toEqual([10, false]);
		expect(warnings).toContainEqual({ code: 'hunt-incomplete', message: expect.stringContaining('same millisecond') });
	});
});

describe('who clicked, and what became of it', () => {
	it('stands in the row of the recipient; a click and its click-through are one', async () => {
		mail(1);
		mail(2);
		click(1);
		click(1, { IsClickedThrough: true });
		click(2, { AccountUpn: 'somebody@else.example', ReportId: 'other' });
		defender.tables.EmailPostDeliveryEvents!.push(
			rowOf('EmailPostDeliveryEvents', {
				Timestamp: new Date(START + DAY),
				NetworkMessageId: 'network-2',
				RecipientEmailAddress: 'USER2@soc.example.org',
				Action: 'Moved to quarantine',
				ActionType: 'Phish ZAP',
				ActionResult: 'Success',
			}),
		);
		const { rows, complete } = await hunt("email-message:subject = 'Invoice'");
		expect(complete).toBe(true);
		expect(rows.map(({ attributes }) => attributes.Clicks)).toEqual([
			[expect.objectContaining({ AccountUpn: 'user1@soc.example.org', IsClickedThrough: true })],
			[expect.objectContaining({ AccountUpn: 'somebody@else.example' })],
		]);
		expect(rows[1]!.attributes.PostDelivery).toEqual([expect.objectContaining({ ActionType: 'Phish ZAP' })]);
		expect(defender.queries).toHaveLength(3);
	});

	it('is read also where an answer has something else in place of a truth', async () => {
		mail(1);
		click(1);
		click(1);
		defender.tamper = ({ results }) => ({
			results: results.map((row) =>
				'ReportId' in row ? { ...row, IsClickedThrough: { valueOf: 1, toString: 1 } } : row,
			),
		});
		const { rows } = await hunt("email-message:subject = 'Invoice'");
		expect(rows[0]!.attributes.Clicks).toHaveLength(1);
	});

	it('is told of more messages than one request asks for', async () => {
		const count = DEFENDER_LIMITS.messagesPerQuery + 1;
		for (let index = 0; index < count; index++) {
			mail(index);
			click(index);
		}
		const { rows } = await hunt("email-message:subject = 'Invoice'");
		expect(rows.filter(({ attributes }) => Array.isArray(attributes.Clicks))).toHaveLength(count);
		expect(defender.queries).toHaveLength(5);
	});

	it('of clicks that have no name each counts', async () => {
		mail(1);
		for (const minute of [1, 2]) click(1, { Timestamp: new Date(START + minute * 60_000), ReportId: '' });
		const { rows } = await hunt("email-message:subject = 'Invoice'");
		expect(rows[0]!.attributes.Clicks).toHaveLength(2);
	});

	it('is looked for from the oldest of the messages on', async () => {
		mail(1);
		mail(2, { Timestamp: new Date(START + 20 * 3_600_000) });
		click(1, { Timestamp: new Date(START + 60_000) });
		const { rows } = await hunt("email-message:subject = 'Invoice'");
		expect(rows[0]!.attributes.Clicks).toHaveLength(1);
	});

	it('is asked once of a table that there is not, however many messages were found', async () => {
		for (let index = 0; index <= DEFENDER_LIMITS.messagesPerQuery; index++) mail(index);
		delete defender.tables.UrlClickEvents;
		await hunt("email-message:subject = 'Invoice'");
		expect(defender.queries).toHaveLength(4);
	});

	it('is said to be known in part where an answer holds less than there is', async () => {
		mail(1);
		for (let index = 0; index < 30; index++) click(1, { ReportId: `click-${index}` });
		defender.switches = { ...defender.switches, cap: 10 };
		const { rows, complete, warnings } = await hunt("email-message:subject = 'Invoice'");
		expect(rows[0]!.attributes.Clicks).toHaveLength(10);
		expect(complete).toBe(false);
		expect(warnings).toContainEqual({
			code: 'hunt-incomplete',
			message: 'Not everything is known of who clicked: UrlClickEvents has 30 records, 10 were read.',
		});
	});

	it('costs each click one look, however many received the message', async () => {
		const count = 2_000;
		for (let index = 0; index < count; index++) {
			mail(0, { RecipientEmailAddress: `user${index}@soc.example.org`, Timestamp: new Date(START + index) });
			click(0, { AccountUpn: `user${index}@soc.example.org`, ReportId: `click-${index}` });
		}
		const plan = planDefenderHunt(`[email-message:subject = 'Invoice'] ${WINDOW}`);
		defender.isAnalysed = false;
		const lowered = jest.spyOn(String.prototype, 'toLowerCase');
		let calls: number;
		try {
			const { rows } = await client.hunt(plan);
			calls = lowered.mock.contexts.filter((text) => /^user\d+@soc\.example\.org$/.test(String(text))).length;
			expect(rows.filter(({ attributes }) => Array.isArray(attributes.Clicks))).toHaveLength(count);
		} finally {
			lowered.mockRestore();
		}
		expect(calls).toBeLessThan(count * 50);
	}, 60_000);

	it('is not asked where nothing was found, or nobody wants to know', async () => {
		mail(1);
		await hunt("email-message:subject = 'Other'");
		await hunt("email-message:subject = 'Invoice'", { details: false });
		expect(defender.queries.filter((query) => /UrlClickEvents|EmailPostDelivery/.test(query))).toEqual([]);
	});

	it('is said to be unknown where there is no such table; what was found stands', async () => {
		mail(1);
		delete defender.tables.UrlClickEvents;
		const { rows, complete, warnings } = await hunt("email-message:subject = 'Invoice'");
		expect([rows.length, complete]).toEqual([1, false]);
		expect(warnings).toContainEqual({
			code: 'hunt-incomplete',
			message: expect.stringContaining('It is not known who clicked: The tenant has no table UrlClickEvents'),
		});
	});
});

describe('never a wrong "nobody"', () => {
	it.each(['EmailEvents', 'EmailUrlInfo', 'EmailAttachmentInfo'] as const)(
		'a tenant without %s is told so',
		async (table) => {
			delete defender.tables[table];
			const error = await failureOf(hunt("email-message:subject = 'Invoice'"));
			expect(error).toMatchObject({
				code: 'M365_TABLE_MISSING',
				message: expect.stringContaining(`no table ${table}`),
			});
			expect(error.hint).toContain('Nothing is known of who received it');
		},
	);

	it('a table that is empty is no answer', async () => {
		defender.tables = emptyTables();
		const { rows, complete, warnings } = await hunt("email-message:subject = 'Invoice'");
		expect([rows, complete]).toEqual([[], false]);
		expect(warnings).toContainEqual({
			code: 'hunt-incomplete',
			message: expect.stringContaining('EmailEvents holds no message at all'),
		});
		mail(1);
		expect((await hunt("email-message:subject = 'Other'")).complete).toBe(true);
	});

	it('a hash that finds nothing proves nothing', async () => {
		mail(1);
		const { complete, warnings } = await hunt(`file:hashes.'SHA-256' = '${'a'.repeat(64)}'`);
		expect(complete).toBe(false);
		expect(warnings).toContainEqual({
			code: 'hunt-incomplete',
			message: expect.stringContaining('usually does not know the SHA-256'),
		});
	});

	it('of several hashes, each that finds nothing proves nothing', async () => {
		mail(1);
		defender.tables.EmailAttachmentInfo!.push(
			rowOf('EmailAttachmentInfo', {
				Timestamp: new Date(START),
				NetworkMessageId: 'network-1',
				RecipientEmailAddress: 'user1@soc.example.org',
				FileName: 'x.exe',
				SHA256: 'a'.repeat(64),
			}),
		);
		const one = await hunt(`file:hashes.'SHA-256' IN ('${'a'.repeat(64)}')`);
		expect([one.rows.length, one.complete]).toEqual([1, true]);
		const two = await hunt(`file:hashes.'SHA-256' IN ('${'a'.repeat(64)}', '${'b'.repeat(64)}')`);
		expect([two.rows.length, two.complete]).toEqual([1, false]);
		expect(two.warnings).toContainEqual({
			code: 'hunt-incomplete',
			message: expect.stringContaining('1 file hashes were found on no message'),
		});
	});

	it('a window that begins before what is kept is told so, though later messages are found', async () => {
		for (const day of [0, 12]) mail(day, { Timestamp: new Date(START + day * DAY) });
		const since = (days: number) =>
			`[email-message:subject = 'Invoice'] START ${timestamp(START - days * DAY)} STOP ${timestamp(START + 20 * DAY)}`;
		const [old, recent] = (await client.huntAll(planDefenderHunts([since(40), since(-1)]) as HuntPlan[], {
			details: false,
		})) as MicrosoftHuntResult[];
		expect([old!.rows.length, old!.complete]).toEqual([2, false]);
		expect(old!.warnings).toContainEqual({
			code: 'hunt-incomplete',
			message: expect.stringContaining('EmailEvents holds no message from before 2026-10-01T00:00:00.000Z'),
		});
		expect([recent!.rows.length, recent!.complete]).toEqual([1, true]);
		// A tenant that keeps more than thirty days.
		mail(50, { Timestamp: new Date(START - 40 * DAY + 3_600_000) });
		expect((await client.hunt(planDefenderHunt(since(40)), { details: false })).complete).toBe(true);
	});

	it('an old window of which nothing is kept is told so, though another one of the same run has messages', async () => {
		mail(1);
		const old = `[email-message:subject = 'Other'] START ${timestamp(START - 50 * DAY)} STOP ${timestamp(START - 49 * DAY)}`;
		const results = (await client.huntAll(
			planDefenderHunts([old, `[email-message:subject = 'Invoice'] ${WINDOW}`]) as HuntPlan[],
		)) as MicrosoftHuntResult[];
		expect(results.map(({ rows, complete }) => [rows.length, complete])).toEqual([
			[0, false],
			[1, true],
		]);
	});

	it('a window from the beginning of time is asked as Kusto can count it', async () => {
		mail(1);
		const plan = planDefenderHunt(
			"[email-message:subject = 'Invoice'] START t'0001-01-01T00:00:00Z' STOP t'9999-12-31T23:59:60Z'",
		);
		expect(plan.queries[0]).toMatch(
			/^let Start = datetime\(1970-01-01T00:00:00\.000Z\);\nlet Stop = datetime\(9999-12-31T23:59:59\.999Z\);/,
		);
		expect((await client.hunt(plan)).rows).toHaveLength(1);
		expect(defender.queries.join()).not.toMatch(/datetime\((?:000|[-+])/);
	});

	it('a search that finds nothing is told where nothing can be found', async () => {
		const window = { start: new Date(START), stop: new Date(START + DAY) };
		const gapsOf = async (fields: object, from = window) =>
			(await client.search({ ...from, ...fields })).warnings.map(({ message }) => message);
		expect(await gapsOf({ subject: 'a' })).toEqual([expect.stringContaining('EmailEvents holds no message at all')]);
		mail(1);
		expect(await gapsOf({ subject: 'a' })).toEqual([]);
		expect(await gapsOf({ sha256: 'a'.repeat(64) })).toEqual([
			expect.stringContaining('usually does not know the SHA-256'),
		]);
		expect(await gapsOf({ subject: 'Invoice' }, { ...window, start: new Date(START - 40 * DAY) })).toEqual([
			expect.stringContaining('EmailEvents holds no message from before'),
		]);
	});

	it.each<[string, (row: Row) => Row]>([
		['half a list', (row) => ({ ...row, Urls: String(row.Urls).slice(0, -9) })],
		['fewer links than it has', (row) => ({ ...row, Urls: '[]' })],
		['no list of links', (row) => ({ ...row, Urls: '' })],
		['links that are none', (row) => ({ ...row, Urls: '[5]' })],
		['a number in place of links', (row) => ({ ...row, Urls: 5 })],
		['half a list of verdicts', (row) => ({ ...row, ThreatTypes: '["Phi' })],
	])('a row with %s does not count as one without the link', async (_, tamper) => {
		mail(1);
		link(1, 'https://evil.example/');
		defender.tamper = ({ results }) => ({ results: results.map((row) => ('Urls' in row ? tamper(row) : row)) });
		const { complete, warnings } = await hunt("url:value = 'https://evil.example/'", { details: false });
		expect(complete).toBe(false);
		expect(warnings).toContainEqual({
			code: 'hunt-incomplete',
			message: expect.stringContaining('Of 1 messages, not all links, files or verdicts could be read'),
		});
	});

	it('what has no name is found by what it has: a sender without an address, a file without a name', async () => {
		mail(1, { SenderFromAddress: '', SenderDisplayName: 'Your Bank' });
		mail(2);
		defender.tables.EmailAttachmentInfo!.push(
			rowOf('EmailAttachmentInfo', {
				Timestamp: new Date(START),
				NetworkMessageId: 'network-2',
				RecipientEmailAddress: 'user2@soc.example.org',
				FileSize: 4_711,
			}),
		);
		const found = async (comparison: string) =>
			(await hunt(comparison)).rows.map(({ attributes }) => attributes.NetworkMessageId);
		expect(await found("email-addr:display_name = 'Your Bank'")).toEqual(['network-1']);
		expect(await found('file:size = 4711')).toEqual(['network-2']);
	});

	it.each([
		['%KPMG%', ['\u212aPMG invoice', 'KPMG']],
		['OK%', ['O\u212a then', 'OK']],
		['%\u212a%', ['K', '\u212a']],
		['%a;b%', ['a\u037eb', 'a;b']],
		['%\u8acb\u6c42%', ['\ufabb\u6c42', '\u8acb\u6c42']],
	])('LIKE %j finds what Unicode calls the same', async (like, subjects) => {
		defender.switches = { ...defender.switches, fold: 'ascii' };
		subjects.forEach((subject, index) => mail(index, { Subject: subject }));
		mail(7);
		const { rows } = await hunt(`email-message:subject LIKE ${quote(like)}`);
		expect(rows.map(({ attributes }) => attributes.Subject)).toEqual(subjects);
	});

	it.each<[string, (answer: { results: Row[] }) => unknown]>([
		['no list', () => ({ results: 'none' })],
		['rows that are none', () => ({ results: [5] })],
		['no count of its rows', ({ results }) => ({ results: results.map(({ Total: _, ...row }) => row) })],
		['a wrong count', ({ results }) => ({ results: results.map((row) => ({ ...row, Total: 0 })) })],
		['more rows than were asked for', ({ results }) => ({ results: Array.from({ length: 5_002 }, () => results[0]!) })],
		[
			'none of its rows in the format of the API',
			({ results }) => ({ results: results.map((row) => ({ ...row, NetworkMessageId: 7, Total: 9 })) }),
		],
	])('an answer with %s is an error', async (_, tamper) => {
		mail(1);
		defender.tamper = tamper;
		expect((await failureOf(hunt("email-message:subject = 'Invoice'"))).code).toBe('M365_ANSWER_UNREADABLE');
	});

	it('rows that cannot be are counted, and the hunt is not complete', async () => {
		mail(1);
		mail(2);
		defender.tamper = ({ results }) => ({
			results: results.map((row, index) => (index === 0 ? row : { ...row, NetworkMessageId: 7 })),
		});
		const { rows, complete } = await hunt("email-message:subject = 'Invoice'", { details: false });
		expect([rows.length, complete]).toEqual([1, false]);
	});

	it.each<[GraphFault, string | undefined]>([
		[{ kind: 'throttled', retryAfter: 0 }, undefined],
		[{ kind: 'throttled', retryAfter: 900 }, 'M365_THROTTLED'],
	])('%j is waited for, or an error', async (fault, code) => {
		mail(1);
		lab.graph.faults.push({ ...fault, path: 'runHuntingQuery' });
		const hunting = hunt("email-message:subject = 'Invoice'");
		if (code === undefined) expect((await hunting).rows).toHaveLength(1);
		else expect((await failureOf(hunting)).code).toBe(code);
	});

	it('a missing permission is named; China has no hunting', async () => {
		await client.close();
		client = open(['Mail.Read']);
		const error = await failureOf(hunt("email-message:subject = 'Invoice'"));
		expect(error).toMatchObject({ code: 'M365_NOT_ALLOWED', hint: expect.stringContaining('ThreatHunting.Read.All') });
		expect(
			() => new DefenderClient({ tenant: LAB_TENANT, clientId: LAB_CLIENT, clientSecret: 'x', cloud: 'china' }),
		).toThrow(expect.objectContaining({ code: 'M365_CLOUD' }));
	});
});

it('fifty hunts for two hundred values take few requests, and each finds its own', async () => {
	for (let index = 0; index < 200; index++) {
		mail(index, { SenderFromAddress: `s${index}@evil.example` });
		link(index, `https://evil.example/${index}`);
	}
	const value = (index: number) =>
		index % 2 === 0 ? `[url:value = 'https://evil.example/${index}']` : `[email-addr:value = 's${index}@evil.example']`;
	const patterns = Array.from({ length: 50 }, (_, item) =>
		// Each looks for four values of its own, and for what its neighbour looks for.
		[0, 1, 2, 3, 4].map((offset) => value((item * 4 + offset) % 200)).join(' OR '),
	);
	const now = new Date(START + DAY);
	const plans = planDefenderHunts(patterns, { now, timeRangeMinutes: 1_440 }) as HuntPlan[];
	expect(client.costOf(plans)).toEqual({ queries: 4, requests: 4, minutes: 0 });
	const results = (await client.huntAll(plans)) as MicrosoftHuntResult[];
	expect(results.map(({ rows }) => rows.length)).toEqual(Array.from({ length: 50 }, () => 5));
	expect(defender.queries.length).toBeLessThanOrEqual(30);
	expect(defender.queries).toHaveLength(6);
}, 60_000);

it('parts of a text are each looked for, in one query', async () => {
	for (const [index, subject] of ['an alpha', 'a beta', 'gamma', 'delta'].entries()) mail(index, { Subject: subject });
	const like = (text: string) => `email-message:subject LIKE '${text}'`;
	const { rows, reading } = await hunt([like('%alpha%'), like('%beta%'), like('gam%'), like('%elta')].join(' OR '), {
		details: false,
	});
	expect([rows.length, reading.requests]).toEqual([4, 1]);
});

it('a size is compared as the pattern says, also where it says not; one that Kusto cannot count is looked up in rows', async () => {
	mail(1);
	for (const size of [50, 200])
		defender.tables.EmailAttachmentInfo!.push(
			rowOf('EmailAttachmentInfo', {
				Timestamp: new Date(START),
				NetworkMessageId: 'network-1',
				RecipientEmailAddress: 'user1@soc.example.org',
				FileName: `${size}.bin`,
				FileSize: size,
			}),
		);
	mail(2);
	for (const comparison of ['file:size NOT < 100', 'file:size NOT >= 100', 'file:size >= 200', 'file:size IN (1, 50)'])
		expect((await hunt(comparison)).rows).toHaveLength(1);
	expect((await hunt('file:size NOT <= 200')).rows).toEqual([]);
	for (const size of ['9223372036854775808', '-1']) {
		expect(planDefenderHunt(`[file:size = ${size}]`).observations[0]!.alternatives[0]!.scan).toBe(true);
		expect((await hunt(`file:size = ${size}`)).rows).toEqual([]);
	}
});

it('a hunt that fails leaves the others alone', () => {
	const [good, bad] = planDefenderHunts(["[url:value = 'a']", "[mutex:name = 'x' AND url:value = 'a']"]);
	expect(good).not.toBeInstanceOf(Error);
	expect(bad).toMatchObject({ code: 'HUNT_NOT_SEARCHABLE' });
});

it('a search by fields finds what Defender finds, and refuses what cannot be sent', async () => {
	mail(1);
	mail(2, { Subject: 'Your INVOICE is late', SenderIPv4: '192.0.2.7' });
	const window = { start: new Date(START), stop: new Date(START + DAY) };
	const found = await client.search({
		...window,
		subject: 'invoice is',
		senderIp: '192.0.2.7',
		from: 'EVE@evil.example',
	});
	expect(found.rows.map(({ attributes }) => attributes.NetworkMessageId)).toEqual(['network-2']);
	// Pages have the message in common with which the next one begins.
	for (const index of [3, 4, 5]) mail(index, { Timestamp: new Date(START + 2_000) });
	mail(6);
	defender.switches = { ...defender.switches, cap: 5 };
	const all = await client.search({ ...window, from: 'eve@evil.example' }, { details: false });
	expect(all.rows.map(({ attributes }) => attributes.NetworkMessageId)).toEqual(
		[1, 2, 3, 4, 5, 6].map((index) => `network-${index}`),
	);
	await expect(client.search({ ...window, url: '\ud800' })).rejects.toMatchObject({ code: 'HUNT_VALUE_REFUSED' });
});

import { EsaClient, planHunt, type EsaRow } from '../../../lib/esa';
import { EsaLab, generateTraffic, rowOf, type EsaLabOptions } from '../../lab/esa';
import { FROM } from './patterns';

const HOUR = { start: new Date(FROM).toISOString(), stop: new Date(FROM + 3_600_000).toISOString() };
const WINDOW = `START t'${HOUR.start}' STOP t'${HOUR.stop}'`;
const everything = planHunt(`[EXISTS email-message:x_cisco_mid] ${WINDOW}`);
const labs: EsaLab[] = [];

async function labWith(
	count: number,
	options: EsaLabOptions = {},
	badRecords = 0,
): Promise<{ lab: EsaLab; client: EsaClient }> {
	const traffic = generateTraffic({ count, from: FROM, durationMs: 3_600_000, badRecords });
	const lab = await EsaLab.start({ traffic, ...options });
	labs.push(lab);
	return { lab, client: new EsaClient({ url: lab.url, user: 'admin', passphrase: 'Lab-Passphrase-1' }) };
}
afterEach(async () => {
	for (const lab of labs.splice(0)) await lab.stop();
});

const pagesOf = (lab: EsaLab): string[] =>
	lab.requests
		.filter(({ path }) => path.endsWith('/messages'))
		.map(({ query }) => query.replace(/^.*(offset=\d+&limit=\d+)$/, '$1'));
const midsOf = (rows: EsaRow[]) => rows.map(({ attributes }) => (attributes.mid as number[])[0]);

it.each([0, 1, 99, 100, 101, 250, 300])(
	'%d messages are read once each, in as few pages as they need',
	async (count) => {
		const { lab, client } = await labWith(count);
		const { rows, reading, truncated } = await client.hunt(everything);
		expect(rows).toHaveLength(count);
		expect(new Set(midsOf(rows)).size).toBe(count);
		expect(truncated).toBe(false);
		const pages = pagesOf(lab);
		expect(new Set(pages).size).toBe(pages.length);
		expect(reading.requests).toBe(Math.floor(count / 100) + 1);
	},
);

it('records that the appliance cannot show take their places: nothing is read twice, nothing skipped, and they are counted', async () => {
	const { lab, client } = await labWith(450, {}, 0.3);
	const bad = lab.traffic.filter((message) => message.bad).length;
	const { rows, reading, warnings } = await client.hunt(everything);
	expect(rows).toHaveLength(450 - bad);
	expect(reading.badRecords).toBe(bad);
	expect(pagesOf(lab)).toEqual([0, 100, 200, 300, 400].map((offset) => `offset=${offset}&limit=100`));
	expect(warnings).toContainEqual({
		code: 'hunt-incomplete',
		message: expect.stringContaining(`could not show ${bad} records`),
	});
});

it('an appliance that serves fewer rows at a time than asked for loses none', async () => {
	const { client } = await labWith(130, { switches: { maxLimit: 20 } });
	expect((await client.hunt(everything)).rows).toHaveLength(130);
});

it('mail that arrives while pages are read moves rows to later pages: none is lost, none comes twice', async () => {
	const { lab, client } = await labWith(250);
	const first = lab.traffic.slice();
	const newer = generateTraffic({ count: 30, seed: 9, from: FROM + 3_590_000, durationMs: 9_000 }).map(
		(message, i) => ({ ...message, mids: [90_000 + i] }),
	);
	const original = lab.requests.push.bind(lab.requests);
	lab.requests.push = (...requests) => {
		if (lab.requests.filter(({ path }) => path.endsWith('/messages')).length === 1) lab.traffic = [...first, ...newer];
		return original(...requests);
	};
	const mids = midsOf((await client.hunt(everything)).rows);
	expect(new Set(mids).size).toBe(mids.length);
	for (const {
		mids: [mid],
	} of first)
		expect(mids).toContain(mid);
});

it('a query that several parts of a pattern share is read once', async () => {
	const { lab, client } = await labWith(250);
	await client.hunt(
		planHunt(
			`([email-message:subject MATCHES 'a'] OR [email-message:subject MATCHES 'b'] OR [EXISTS email-message:date]) ${WINDOW}`,
		),
	);
	expect(pagesOf(lab)).toHaveLength(3);
});

it('a hunt that is cancelled asks no further', async () => {
	const { lab, client } = await labWith(300);
	const cancel = new AbortController();
	const original = lab.requests.push.bind(lab.requests);
	lab.requests.push = (...requests) => {
		if (requests.some(({ path }) => path.endsWith('/messages'))) cancel.abort();
		return original(...requests);
	};
	await expect(client.hunt(everything, { signal: cancel.signal })).rejects.toMatchObject({ code: 'HTTP_ABORTED' });
	expect(pagesOf(lab)).toHaveLength(1);
});

it('a cap on rows ends the reading where the appliance cannot narrow it down, and says so', async () => {
	const { lab, client } = await labWith(1000);
	const address = lab.traffic.find(({ sender }) => sender !== '')?.sender ?? '';
	const { rows, truncated, warnings, reading } = await client.hunt(
		planHunt(`[email-addr:value = '${address}'] ${WINDOW}`),
		{ maxRows: 600 },
	);
	expect(truncated).toBe(true);
	expect(reading.read).toBeLessThanOrEqual(600);
	expect(JSON.stringify(warnings)).toContain('stopped after 600 rows');
	for (const { mids, sender } of lab.traffic) if (sender === address) expect(midsOf(rows)).toContain(mids[0]);
});

describe('an appliance that is broken or hostile', () => {
	const rows = (count: number, from = 0) =>
		generateTraffic({ count: from + count, from: FROM, durationMs: 3_600_000 })
			.slice(from)
			.map((message) => rowOf(message, 'esa-14'));
	const body = (value: unknown) => ({ kind: 'body' as const, body: JSON.stringify(value) });
	const meta = { num_bad_records: 0, totalCount: 0 };

	test.each<[string, object | string]>([
		['a list instead of an object', []],
		['data is not a list', { meta, data: 'x' }],
		['meta is no object', { meta: 7, data: [] }],
		['more rows than asked for', { meta, data: rows(101) }],
		['null', 'null'],
		['nothing', ''],
	])('%s: a clear error', async (_, answer) => {
		const { lab, client } = await labWith(1);
		lab.fail({
			on: '/messages',
			what: { kind: 'body', body: typeof answer === 'string' ? answer : JSON.stringify(answer) },
		});
		await expect(client.hunt(everything)).rejects.toMatchObject({
			code: 'ESA_ANSWER_UNREADABLE',
			hint: expect.any(String),
		});
	});

	it('truncated JSON and a page of HTML: a clear error', async () => {
		const { lab, client } = await labWith(1);
		lab.fail({ on: '/messages', what: { kind: 'truncated' } });
		await expect(client.hunt(everything)).rejects.toMatchObject({ code: 'ESA_ANSWER_UNREADABLE' });
		lab.fail({ on: '/messages', what: { kind: 'html', status: 200 } });
		await expect(client.hunt(everything)).rejects.toMatchObject({ code: 'ESA_ANSWER_UNREADABLE' });
		lab.fail({ on: '/messages', what: { kind: 'html', status: 500 } });
		await expect(client.hunt(everything)).rejects.toMatchObject({ code: 'ESA_UNAVAILABLE', status: 500 });
	});

	it('the same full page for ever: an error after a few', async () => {
		const { lab, client } = await labWith(1);
		lab.fail({ on: '/messages', times: Infinity, what: body({ meta, data: rows(100) }) });
		await expect(client.hunt(everything)).rejects.toMatchObject({ code: 'ESA_ANSWER_UNREADABLE' });
		expect(pagesOf(lab).length).toBeLessThan(10);
	});

	it('bad records for ever, or a number of them beyond reason: bounded', async () => {
		const { lab, client } = await labWith(1);
		lab.fail({
			on: '/messages',
			times: Infinity,
			what: body({ meta: { num_bad_records: 1e300, totalCount: 0 }, data: [] }),
		});
		await expect(client.hunt(everything, { maxRows: 500 })).resolves.toMatchObject({ rows: [] });
		lab.failures.splice(0);
		lab.fail({
			on: '/messages',
			times: Infinity,
			what: body({ meta: { num_bad_records: 100, totalCount: 0 }, data: [] }),
		});
		await expect(client.hunt(everything, { maxRows: 500 })).resolves.toMatchObject({ truncated: true, rows: [] });
		expect(pagesOf(lab).length).toBeLessThan(20);
	});

	it('rows of another form are left out and counted, fields of another type do no harm', async () => {
		const { lab, client } = await labWith(1);
		const odd = [null, 7, 'x', [], {}, { attributes: [] }];
		const wrong = {
			attributes: {
				mid: 'seven',
				timestamp: 17,
				recipient: { a: 1 },
				messageStatus: [],
				messageID: 'x',
				subject: ['y'],
			},
		};
		lab.fail({ on: '/messages', what: body({ meta, data: [...odd, wrong, ...rows(1)] }) });
		const { rows: found, warnings } = await client.hunt(planHunt(`[EXISTS email-message:date] ${WINDOW}`));
		expect(found).toHaveLength(1);
		expect(JSON.stringify(warnings)).toContain('6 rows were not in the format of the API');
	});

	it('an answer of AsyncOS before 13 that is empty means nothing found', async () => {
		const { lab, client } = await labWith(1);
		lab.fail({ on: '/messages', what: body({}) });
		await expect(client.hunt(everything)).resolves.toMatchObject({ rows: [], truncated: false });
	});
});

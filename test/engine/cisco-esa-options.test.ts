import { EsaClient, type EsaHuntResult, type SearchResult } from '../../lib/esa';
import { CiscoEsa } from '../../nodes/CiscoEsa/CiscoEsa.node';
import { generateTraffic, rowOf } from '../lab/esa';
import { chain, execute, FakeCredentials, node } from './engine';

// Every option of the node reaches what it is meant for.

const TYPE = 'n8n-nodes-email-intel.ciscoEsa';
const NOW = new Date('2026-03-04T05:06:07Z');
const [start, stop] = ['2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z'];
const WINDOW = { start: new Date(start), stop: new Date(stop) };
/** What the node means where nobody says when. */
const WEEK = { start: '2026-02-25T05:06:00.000Z', stop: '2026-03-04T05:06:00.000Z' };

let nothing: EsaHuntResult;
const hunts = jest.spyOn(EsaClient.prototype, 'huntAll');
const searches = jest.spyOn(EsaClient.prototype, 'search');
beforeEach(() => {
	jest.useFakeTimers({
		now: NOW,
		doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'setInterval', 'queueMicrotask', 'performance', 'hrtime'],
	});
	const reading = { read: 0, badRecords: 0, unreadable: 0, requests: 0, messages: 0, rejected: 0 };
	const told = { counts: [], leftOut: [], warnings: [] };
	nothing = { rows: [], reading, truncated: false, complete: true, ...told };
	hunts.mockReset().mockImplementation((plans) => Promise.resolve(plans.map(() => nothing)));
	searches.mockReset().mockResolvedValue({ rows: [], truncated: false, warnings: [] } satisfies SearchResult);
});
afterEach(() => {
	jest.useRealTimers();
});

async function executed(parameters: object) {
	const credentials = new FakeCredentials({
		emailIntelCiscoEsaApi: { url: 'https://esa.invalid', product: 'ESA', user: 'u', passphrase: 'p' },
	});
	return await execute({
		types: { [TYPE]: new CiscoEsa() },
		nodes: [
			node('ESA', TYPE, parameters as never, {
				credentials: { emailIntelCiscoEsaApi: { id: '1', name: 'esa' } },
			}),
		],
		connections: chain('ESA'),
		credentials,
		startNode: 'ESA',
		startItems: [{ json: {} }],
	});
}

async function run(parameters: object) {
	const result = await executed(parameters);
	expect(result.error()).toBeUndefined();
	return result.output('ESA')![0]?.json;
}

const failureOf = async (parameters: object) => (await executed(parameters)).error()?.message;

const PATTERN = "[email-addr:value = 'a@example.com']";
const hunt = async (options: object, more: object = {}) => {
	const json = await run({ operation: 'hunt', pattern: PATTERN, output: 'summary', options, ...more });
	const [plans, given] = hunts.mock.calls.at(-1)!;
	return { json, plan: plans[0]!, given };
};
const translate = async (options: object, more: object = {}, form = 'plan') =>
	(await run({ operation: 'translate', pattern: PATTERN, form, options, ...more }))?.translation;

describe('Translate shows what Hunt does', () => {
	it.each([
		[{}, {}],
		[{}, { lookBack: 30, lookBackUnit: 'minutes' }],
		[{ headerAddresses: true }, {}],
		[{ headerAddresses: true }, { lookBack: 7, lookBackUnit: 'hours' }],
	])('with the options %j and %j', async (options, more) => {
		const { plan } = await hunt(options, more);
		expect(await translate(options, more)).toEqual({ ...plan, cost: expect.anything() as unknown });
	});

	it('over the same week when neither pattern nor parameter says when', async () => {
		expect((await hunt({})).plan.observations).toMatchObject([WEEK]);
		const { queries } = (await translate({}, {}, 'queries')) as { queries: string[] };
		expect(queries[0]).toContain(`startDate=${WEEK.start}&endDate=${WEEK.stop}`);
	});

	it('each option that Hunt plans by is an option of Translate', () => {
		const optionsOf = (operation: string) =>
			new CiscoEsa().description.properties
				.filter(({ name, displayOptions }) => name === 'options' && displayOptions?.show?.operation?.[0] === operation)
				.flatMap(({ options = [] }) => options.map(({ name }) => name));
		const results = ['customObjects', 'maxRequests', 'maxRows', 'stixVersion'];
		expect(
			optionsOf('hunt')
				.filter((name) => !results.includes(name))
				.sort(),
		).toEqual(optionsOf('translate').sort());
	});
});

describe('an option of Hunt reaches the hunt', () => {
	it.each([
		[{ lookBack: 30, lookBackUnit: 'minutes' }, '2026-03-04T04:36:00.000Z'],
		[{ lookBack: 30, lookBackUnit: 'hours' }, '2026-03-02T23:06:00.000Z'],
		[{ lookBack: '30' }, '2026-02-02T05:06:00.000Z'],
	])('%j the plan', async (parameters, begin) => {
		const { plan } = await hunt({}, parameters);
		expect(plan.observations[0]).toMatchObject({ start: begin, stop: WEEK.stop });
	});

	it.each([
		[{ lookBack: 0 }, "'Look Back' must be a whole number from 1 to 3,650, but it is 0"],
		[{ lookBack: 3_651 }, "'Look Back' must be a whole number from 1 to 3,650, but it is 3651"],
		[{ lookBack: '={{ $json.nothing }}' }, "'Look Back' must be a whole number"],
		[{ lookBackUnit: '={{ "weeks" }}' }, "'Look Back Unit' must be one of minutes, hours, days"],
	])('%j is refused in the words of the editor', async (parameters, words) => {
		expect(await failureOf({ operation: 'hunt', pattern: PATTERN, output: 'summary', ...parameters })).toContain(words);
		expect(await failureOf({ operation: 'search', output: 'summary', ...parameters })).toContain(words);
	});

	it('Search Header From the plan: every message of the window is read only when somebody asks for it', async () => {
		const { plan } = await hunt({});
		expect(plan.observations[0]?.alternatives.some(({ scan }) => scan)).toBe(false);
		const wide = await hunt({ headerAddresses: true });
		expect(wide.plan.observations[0]?.alternatives.some(({ scan }) => scan)).toBe(true);
	});

	it('Max Rows and the cancelling of the execution the reading', async () => {
		const { given } = await hunt({ maxRows: 17 });
		expect(given?.maxRows).toBe(17);
		expect(given?.signal).toMatchObject({ aborted: false });
	});

	it('STIX Version the bundle', async () => {
		expect((await hunt({ stixVersion: '2.0' })).json).toMatchObject({ hunt: { bundle: { spec_version: '2.0' } } });
	});

	it('Custom Object Types the bundle: what other platforms do not know is in it when somebody asks for it', async () => {
		const [first] = generateTraffic({ count: 1 });
		hunts.mockImplementation(
			async () =>
				await Promise.resolve([
					{
						...nothing,
						rows: [{ ...rowOf(first!, 'sma'), matchedBy: [PATTERN] }],
					},
				]),
		);
		const types = async (options: object) => {
			const { bundle } = (await hunt(options)).json!.hunt as unknown as {
				bundle: { objects: Array<{ type: string }> };
			};
			return bundle.objects.map(({ type }) => type);
		};
		expect((await types({})).filter((type) => type.startsWith('x-'))).toEqual([]);
		expect(await types({ customObjects: true })).toContain('x-cisco-email-msgevent');
	});
});

describe('Search', () => {
	const VALUES: Readonly<Record<string, string | number>> = {
		attachmentName: 'a.exe',
		deliveryStatus: 'BOUNCED',
		direction: 'outgoing',
		domain: 'example.com',
		event: 'virusPositive',
		host: 'esa1.example.com',
		messageId: '<1@example.com>',
		mid: 7,
		recipient: 'to@example.com',
		replyTo: 'reply@example.com',
		sender: 'from@example.com',
		senderIp: '192.0.2.1',
		sha256: 'a'.repeat(64),
		subject: 'Invoice',
	};
	const TEXTS = ['attachmentName', 'domain', 'recipient', 'replyTo', 'sender', 'subject'];
	const search = async (parameters: object) => {
		await run({ operation: 'search', window: 'times', start, stop, output: 'summary', ...parameters });
		return searches.mock.calls.at(-1)!;
	};

	it('has a field for each column that the library searches, and each reaches it', async () => {
		const { properties } = new CiscoEsa().description;
		const fields = properties
			.filter(({ name, displayOptions }) => name === 'fields' && displayOptions?.show?.resource?.[0] === 'message')
			.flatMap(({ options = [] }) => options.map(({ name }) => name));
		expect(fields.sort()).toEqual([...Object.keys(VALUES), 'textOperator'].sort());
		const [given] = await search({ fields: { ...VALUES, textOperator: 'begins_with' } });
		const texts = TEXTS.map((name) => [name, { operator: 'begins_with', value: VALUES[name] }]);
		expect(given).toEqual({ ...VALUES, ...Object.fromEntries(texts), ...WINDOW });
	});

	it('looks a week back when nobody says when, so that a schedule needs no expression', async () => {
		await run({ operation: 'search', output: 'summary', fields: { sender: 'a@example.com' } });
		const { start: begin, stop: end } = searches.mock.calls.at(-1)![0];
		expect([begin, end]).toEqual([new Date(WEEK.start), new Date(WEEK.stop)]);
		await run({ operation: 'search', output: 'summary', lookBack: 15, lookBackUnit: 'minutes' });
		expect(searches.mock.calls.at(-1)![0]).toEqual({
			start: new Date('2026-03-04T04:51:00.000Z'),
			stop: new Date(WEEK.stop),
		});
	});

	it('its options reach the search', async () => {
		const [given, reading] = await search({ fields: {}, options: { maxRows: 3, rejectedConnections: true } });
		expect(given).toEqual({ ...WINDOW, rejectedConnections: true });
		expect(reading?.maxRows).toBe(3);
		expect(reading?.signal).toMatchObject({ aborted: false });
	});
});

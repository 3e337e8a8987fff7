import { EsaClient, type EsaHuntResult, type SearchResult } from '../../lib/esa';
import { CiscoEsa } from '../../nodes/CiscoEsa/CiscoEsa.node';
import { chain, execute, FakeCredentials, node } from './engine';

// Every option of the node reaches what it is meant for.

const TYPE = 'n8n-nodes-email-intel.ciscoEsa';
const NOW = new Date('2026-03-04T05:06:07Z');
const [start, stop] = ['2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z'];
const WINDOW = { start: new Date(start), stop: new Date(stop) };

const hunts = jest.spyOn(EsaClient.prototype, 'hunt');
const searches = jest.spyOn(EsaClient.prototype, 'search');
beforeEach(() => {
	jest.useFakeTimers({
		now: NOW,
		doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'setInterval', 'queueMicrotask', 'performance', 'hrtime'],
	});
	const counts = { read: 0, badRecords: 0, unreadable: 0, requests: 0, messages: 0, rejected: 0 };
	const nothing: EsaHuntResult = { rows: [], counts, truncated: false, warnings: [], gaps: [] };
	hunts.mockReset().mockResolvedValue(nothing);
	searches.mockReset().mockResolvedValue({ rows: [], truncated: false, warnings: [] } satisfies SearchResult);
});
afterEach(() => {
	jest.useRealTimers();
});

async function run(parameters: object) {
	const credentials = new FakeCredentials({
		emailIntelCiscoEsaApi: { url: 'https://esa.invalid', product: 'ESA', user: 'u', passphrase: 'p' },
	});
	const result = await execute({
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
	expect(result.error()).toBeUndefined();
	return result.output('ESA')![0]?.json;
}

const PATTERN = "[email-addr:value = 'a@example.com']";
const hunt = async (options: object) => {
	const json = await run({ operation: 'hunt', pattern: PATTERN, output: 'summary', options });
	const [plan, given] = hunts.mock.calls.at(-1)!;
	return { json, plan, given };
};
const translate = async (options: object, form = 'plan') =>
	await run({ operation: 'translate', pattern: PATTERN, form, options });

describe('Translate shows what Hunt does', () => {
	it.each([{}, { timeRangeMinutes: 30 }, { headerAddresses: false }, { headerAddresses: false, timeRangeMinutes: 7 }])(
		'with the options %j',
		async (options) => {
			const { plan } = await hunt(options);
			expect(await translate(options)).toEqual(plan);
		},
	);

	it('over the same day when neither pattern nor option says when', async () => {
		const day = { start: '2026-03-03T05:06:00.000Z', stop: '2026-03-04T05:06:00.000Z' };
		expect((await hunt({})).plan.observations).toMatchObject([day]);
		const { queries } = (await translate({}, 'queries')) as { queries: string[] };
		expect(queries[0]).toContain(`startDate=${day.start}&endDate=${day.stop}`);
	});

	it('each option that Hunt plans by is an option of Translate', () => {
		const optionsOf = (operation: string) =>
			new CiscoEsa().description.properties
				.filter(({ name, displayOptions }) => name === 'options' && displayOptions?.show?.operation?.[0] === operation)
				.flatMap(({ options = [] }) => options.map(({ name }) => name));
		const results = ['customObjects', 'keepInput', 'maxRows', 'stixVersion'];
		expect(
			optionsOf('hunt')
				.filter((name) => !results.includes(name))
				.sort(),
		).toEqual(optionsOf('translate').sort());
	});
});

describe('an option of Hunt reaches the hunt', () => {
	it('Time Range and Search Header From the plan', async () => {
		const { plan } = await hunt({ timeRangeMinutes: 30 });
		expect(plan.observations[0]).toMatchObject({ start: '2026-03-04T04:36:00.000Z', stop: '2026-03-04T05:06:00.000Z' });
		expect(plan.observations[0]?.alternatives.some(({ scan }) => scan)).toBe(true);
		const narrow = await hunt({ headerAddresses: false });
		expect(narrow.plan.observations[0]?.alternatives.some(({ scan }) => scan)).toBe(false);
	});

	it('Max Rows and the cancelling of the execution the reading', async () => {
		const { given } = await hunt({ maxRows: 17 });
		expect(given?.maxRows).toBe(17);
		expect(given?.signal).toMatchObject({ aborted: false });
	});

	it('STIX Version the bundle, Keep Input Item the item', async () => {
		expect((await hunt({ stixVersion: '2.0' })).json).toMatchObject({ bundle: { spec_version: '2.0' } });
		expect((await hunt({ keepInput: true })).json).toMatchObject({ hunt: { matches: 0 } });
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
		await run({ operation: 'search', start, stop, output: 'summary', ...parameters });
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

	it('its options reach the search', async () => {
		const [given, reading] = await search({ fields: {}, options: { maxRows: 3, rejectedConnections: true } });
		expect(given).toEqual({ ...WINDOW, rejectedConnections: true });
		expect(reading?.maxRows).toBe(3);
		expect(reading?.signal).toMatchObject({ aborted: false });
	});
});

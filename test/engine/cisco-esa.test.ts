import { CiscoEsa } from '../../nodes/CiscoEsa/CiscoEsa.node';
import { EsaLab, generateTraffic } from '../lab/esa';
import { chain, execute, FakeCredentials, node, workflowPackage } from './engine';

const FROM = Date.UTC(2023, 7, 29, 10);
const WINDOW = `START t'${new Date(FROM).toISOString()}' STOP t'${new Date(FROM + 3_600_000).toISOString()}'`;
const TYPE = 'n8n-nodes-email-intel.ciscoEsa';

let lab: EsaLab;
beforeEach(async () => {
	lab = await EsaLab.start({ traffic: generateTraffic({ count: 300, from: FROM, durationMs: 3_600_000 }) });
});
afterEach(async () => {
	await lab.stop();
});

const credential = (changes: object = {}) => ({
	url: lab.url,
	product: 'ESA',
	user: 'admin',
	passphrase: 'Lab-Passphrase-1',
	verifyTls: true,
	...changes,
});

async function run(
	parameters: object,
	items: object[] = [{}],
	changes: object = {},
	onError?: 'continueRegularOutput',
) {
	const given =
		(parameters as { operation: string }).operation === 'translate'
			? {}
			: { credentials: { emailIntelCiscoEsaApi: { id: '1', name: 'esa' } } };
	const esa = node('ESA', TYPE, parameters as never, { ...given, ...(onError ? { onError } : {}) });
	const types = { [TYPE]: new CiscoEsa() };
	const credentials = new FakeCredentials({ emailIntelCiscoEsaApi: credential(changes) });
	return execute({
		types,
		nodes: [esa],
		connections: chain('ESA'),
		credentials,
		startNode: 'ESA',
		startItems: items.map((json) => ({ json: json as never })),
	});
}

/** The parameters of an operation on messages, by name. */
const parametersOf = (operation: string) =>
	Object.fromEntries(
		new CiscoEsa().description.properties
			.filter(
				({ displayOptions: { show } = {} }) => show?.operation?.[0] === operation && show.resource?.[0] === 'message',
			)
			.map((property) => [property.name, property]),
	);

const due = () =>
	lab.traffic.filter(({ subject, flags }) => subject === 'R&D budget' || flags.includes('spamPositive'));
const pattern = `[email-message:subject = 'R&D budget' OR x-cisco-email-msgevent:spam_positive = 'true'] ${WINDOW}`;

it('hunts a pattern: queries, rows, bundle and counts in one item', async () => {
	const result = await run({ operation: 'hunt', pattern, output: 'summary' });
	expect(result.error()).toBeUndefined();
	const [item] = result.output('ESA')!;
	const json = item!.json.hunt as unknown as {
		matches: number;
		queries: string[];
		rows: Array<{ mid: number[] }>;
		bundle: { objects: Array<{ type: string }> };
		truncated: boolean;
	};
	expect(json.matches).toBe(due().length);
	expect(json.rows.map(({ mid }) => mid[0]).sort()).toEqual(
		due()
			.map(({ mids }) => mids[0])
			.sort(),
	);
	expect(json.queries).toHaveLength(2);
	expect(json.bundle.objects.filter(({ type }) => type === 'observed-data')).toHaveLength(due().length);
	expect(json.truncated).toBe(false);
});

it('looks a week back when the pattern does not say when', async () => {
	await lab.stop();
	const [newest, oldest] = [24, 13 * 24].map((hours) => Date.now() - hours * 3_600_000);
	lab = await EsaLab.start({ traffic: generateTraffic({ count: 200, from: oldest!, durationMs: newest! - oldest! }) });
	const result = await run({ operation: 'hunt', pattern: "[email-message:subject = 'R&D budget']", output: 'summary' });
	const begin = Date.now() - 7 * 24 * 3_600_000;
	const budget = lab.traffic.filter(({ subject }) => subject === 'R&D budget');
	// A minute either way: windows begin and end at full minutes.
	const surely = budget.filter(({ time }) => time >= begin + 60_000).length;
	const maybe = budget.filter(({ time }) => time >= begin - 60_000).length;
	expect(surely).toBeGreaterThan(0);
	expect(budget.length).toBeGreaterThan(maybe);
	const { matches } = result.output('ESA')![0]!.json.hunt as { matches: number };
	expect(matches).toBeGreaterThanOrEqual(surely);
	expect(matches).toBeLessThanOrEqual(maybe);
});

describe('a message that is hunted for', () => {
	const message = { subject: 'Overdue invoice', messageId: '<1@example.com>', id: 'm1', warnings: [], complete: true };
	const links = ['a', 'b'].map((name) => `[url:value = 'https://evil.example/${name}']`).join(' OR ');

	it('stays, with its files: the pattern comes from it, and what was found is a field of it', async () => {
		const { pattern: preset } = parametersOf('hunt');
		expect(preset!.default).toBe('={{ $json.pattern }}');
		const result = await run({ operation: 'hunt', pattern: preset!.default, output: 'summary' }, [
			{ ...message, pattern },
			{ ...message, pattern: '' },
		]);
		expect(result.error()).toBeUndefined();
		const [first, second] = result.output('ESA')!.map(({ json }) => json);
		expect(first).toMatchObject({ ...message, pattern, hunt: { matches: due().length, complete: true } });
		// Build says so of a message that holds nothing to look for.
		const hunt = { matches: 0, queries: [], rows: [], warnings: [], complete: true };
		expect(second).toEqual({ ...message, pattern: '', hunt });
	});

	it('is hunted for by what can be searched: links and MD5 stop no chain, and are told', async () => {
		const mixed = `(${links} OR [file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e'] OR [email-message:subject = 'R&D budget']) ${WINDOW}`;
		const result = await run({ operation: 'hunt', pattern: '={{ $json.pattern }}', output: 'summary' }, [
			{ ...message, pattern: mixed },
			{ ...message, pattern: `(${links}) ${WINDOW}` },
		]);
		expect(result.error()).toBeUndefined();
		const [some, none] = result.output('ESA')!.map(({ json }) => json);
		const gap = { code: 'hunt-terms-not-searchable', message: expect.stringContaining("url:value = 'https://evil") };
		const budget = lab.traffic.filter(({ subject }) => subject === 'R&D budget');
		expect(some).toMatchObject({ complete: false, warnings: [gap], hunt: { matches: budget.length, complete: false } });
		expect(some!.hunt).toMatchObject({ leftOut: [{ code: gap.code, count: 3 }], warnings: [gap] });
		expect(none).toMatchObject({
			...message,
			complete: false,
			warnings: [gap],
			hunt: { matches: 0, complete: false, rows: [], queries: [], warnings: [gap], leftOut: [{ count: 2 }] },
		});
		expect(result.run.data.resultData.runData.ESA![0]!.hints?.map(({ message: text }) => text)).toEqual([
			expect.stringContaining('2 of 2 items are incomplete'),
		]);
		const rows = await run({ operation: 'hunt', pattern: links, output: 'messages' }, [message]);
		expect(rows.output('ESA') ?? []).toEqual([]);
		expect(rows.run.data.resultData.runData.ESA![0]!.hints?.[0]?.message).toMatch(
			/^Nothing was found in item 0.*url:value/s,
		);
	});

	it('is named in each of the items that its hunt gives, so that they can be grouped again', async () => {
		const items = (
			await run({ operation: 'hunt', pattern, output: 'messages' }, [
				{ ...message, from: [{ address: 'a@b.example' }], text: 'x' },
			])
		).output('ESA')!;
		expect(items).toHaveLength(due().length);
		const { subject, messageId, id } = message;
		for (const { json } of items)
			expect(json.message).toEqual({ subject, messageId, id, from: [{ address: 'a@b.example' }] });
	});

	it('shows first what people look for: subject, from, to, when, what became of it, and why it is there', async () => {
		const [{ json }] = (await run({ operation: 'hunt', pattern, output: 'summary' })).output('ESA') as [
			{ json: object },
		];
		const { hunt } = json as {
			hunt: { rows: Array<Record<string, unknown>>; counts: Array<{ term: string; matches: number }> };
		};
		expect(Object.keys(hunt).slice(0, 4)).toEqual(['matches', 'complete', 'rows', 'warnings']);
		for (const row of hunt.rows) {
			const first = ['subject', 'from', 'sender', 'to', 'receivedAt', 'status', 'matchedBy'];
			expect(Object.keys(row).filter((name) => first.includes(name))).toEqual(Object.keys(row).slice(0, first.length));
			const { mids, time, recipients } = lab.traffic.find(
				({ serialNumber, mids: [mid] }) => serialNumber === row.serialNumber && mid === (row.mid as number[])[0],
			)!;
			expect(row.receivedAt).toBe(new Date(time).toISOString());
			expect(row.to).toEqual(
				[...new Set(mids.flatMap((mid) => recipients[mid] ?? []))].map((address) => ({ address })),
			);
			expect((row.matchedBy as string[]).length).toBeGreaterThan(0);
		}
		const counted = hunt.counts.map(({ term, matches }) => [term, matches]);
		const by = (term: string) => hunt.rows.filter(({ matchedBy }) => (matchedBy as string[]).includes(term)).length;
		expect(counted).toEqual(hunt.counts.map(({ term }) => [term, by(term)]));
		expect(counted).toHaveLength(2);
	});
});

it('gives one item a message when asked, paired with its input', async () => {
	const result = await run({ operation: 'hunt', pattern: '={{ $json.pattern }}', output: 'messages' }, [
		{ pattern },
		{ pattern: `[email-message:subject = 'no such subject'] ${WINDOW}` },
	]);
	const items = result.output('ESA')!;
	expect(items).toHaveLength(due().length);
	expect(items.every(({ pairedItem }) => (pairedItem as { item: number }).item === 0)).toBe(true);
	expect(items[0]!.json).toMatchObject({ serialNumber: expect.any(String), bundle: { type: 'bundle' } });
});

it('translates without credentials and without asking anybody', async () => {
	const plan = (await run({ operation: 'translate', pattern, form: 'plan' })).output('ESA')![0]!.json;
	expect(plan).toMatchObject({ translation: { queries: expect.any(Array), observations: [expect.any(Object)] } });
	const { translation } = (
		await run({ operation: 'translate', pattern: `[ipv4-addr:value='192.0.2.1'] ${WINDOW}`, form: 'queries' })
	).output('ESA')![0]!.json;
	expect((translation as { queries: string[] }).queries).toEqual([
		'senderIp=192.0.2.1&startDate=2023-08-29T10:00:00.000Z&endDate=2023-08-29T11:00:00.000Z',
	]);
	expect(lab.requests).toEqual([]);
});

it('searches by fields and gets the details of what it found', async () => {
	const fields = { subject: 'budget', textOperator: 'contains', mid: 0, senderIp: '' };
	const found = (
		await run({
			operation: 'search',
			window: 'times',
			start: new Date(FROM).toISOString(),
			stop: new Date(FROM + 3_600_000).toISOString(),
			output: 'messages',
			fields,
		})
	).output('ESA')!;
	expect(found).toHaveLength(lab.traffic.filter(({ subject }) => subject === 'R&D budget').length);
	const details = await run(
		{
			operation: 'details',
			serialNumber: '={{ $json.serialNumber }}',
			mids: '={{ $json.mid }}',
			kinds: ['message', 'url'],
		},
		[found[0]!.json],
	);
	expect(details.error()).toBeUndefined();
	expect(details.output('ESA')![0]!.json).toMatchObject({
		...found[0]!.json,
		details: { message: { subject: 'R&D budget' }, url: { urlDetails: expect.any(Array) } },
	});
});

const inQuarantine = () =>
	lab.traffic.filter(({ statuses }) => Object.values(statuses).some((text) => text.startsWith('Quarantined')));
const held = {
	resource: 'quarantine',
	operation: 'search',
	window: 'times',
	start: new Date(FROM).toISOString(),
	stop: new Date(FROM + 3_600_000).toISOString(),
};

it('tells the connection that a message came by, and needs no MID for that', async () => {
	const { serialNumber, icid, senderGroup, mids } = lab.traffic[0]!;
	const details = (items: object[]) =>
		run(
			{
				operation: 'details',
				serialNumber: '={{ $json.serialNumber }}',
				mids: '={{ $json.mid }}',
				icid: '={{ $json.icid }}',
				kinds: ['connection'],
			},
			items,
		);
	const result = await details([
		{ serialNumber, icid, mid: mids },
		{ serialNumber, icid },
	]);
	expect(result.error()).toBeUndefined();
	const connection = { senderGroup, messages: { summary: [expect.any(Object)] } };
	expect(result.output('ESA')!.map(({ json }) => json)).toMatchObject([
		{ details: { icid, mids, connection } },
		{ details: { icid, mids: [], connection } },
	]);
	expect((await details([{ serialNumber, mid: mids }])).error()?.message).toContain("'icid' must be");
});

it('searches quarantine and changes nothing there', async () => {
	const all = await run({ ...held, quarantineType: 'spam' });
	expect(all.error()).toBeUndefined();
	expect(all.output('ESA')!.map(({ json }) => json.mid)).toEqual(inQuarantine().map(({ mids }) => mids[0]));
	const fields = { subject: 'invoice', operator: 'begins_with' };
	const some = await run({ ...held, quarantineType: 'pvo', quarantines: 'Policy, File Analysis', fields });
	expect(lab.requests.at(-1)?.query).toContain('quarantines=Policy%2CFile%20Analysis&');
	const due = inQuarantine().filter(({ subject = '' }) => /^invoice/i.test(subject));
	expect(some.output('ESA')!.map(({ json }) => json)).toMatchObject(
		due.map(({ mids, subject }) => ({ mid: mids[0], quarantineType: 'pvo', subject })),
	);
	expect(lab.requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith('/login'))).toEqual([]);
});

it('releases and deletes the messages of its items, and says how many the quarantine held', async () => {
	const [first, second, third] = inQuarantine().map(({ mids }) => mids[0]!);
	const selection = { resource: 'quarantine', quarantineType: 'pvo', quarantine: 'Policy', mids: '={{ $json.mid }}' };
	const released = await run({ ...selection, operation: 'release' }, [{ mid: first }, { mid: `${second}, 7` }]);
	expect(released.error()).toBeUndefined();
	expect(released.output('ESA')!.map(({ json }) => json)).toEqual([
		{
			mid: first,
			released: { count: 1, notInQuarantine: 0, mids: [first], quarantineType: 'pvo', quarantine: 'Policy' },
		},
		{
			mid: `${second}, 7`,
			released: { count: 1, notInQuarantine: 1, mids: [second, 7], quarantineType: 'pvo', quarantine: 'Policy' },
		},
	]);
	const deleted = await run({ ...selection, operation: 'delete', quarantineType: 'spam' }, [{ mid: [third] }]);
	expect(deleted.output('ESA')![0]!.json).toEqual({
		mid: [third],
		deleted: { count: 1, notInQuarantine: 0, mids: [third], quarantineType: 'spam' },
	});
	expect(lab.quarantine.released).toEqual([first, second]);
	expect(lab.quarantine.deleted).toEqual([third]);
});

it('deletes nothing when what an item names is no MID, or no quarantine is named', async () => {
	const [mid] = inQuarantine().map(({ mids }) => mids[0]!);
	const selection = { resource: 'quarantine', operation: 'delete', quarantineType: 'pvo', quarantine: 'Policy' };
	for (const wrong of [
		{ mids: '={{ $json.nothing }}' },
		{ mids: "={{ '' }}" },
		{ mids: `${mid}, all` },
		{ mids: `${mid}`, quarantine: ' ' },
	]) {
		expect((await run({ ...selection, ...wrong })).error()).toBeDefined();
	}
	const { error } = await run({ ...selection, mids: `${mid}, all` });
	expect(error()?.message).toBe("'MIDs' must be a whole number from 0 to 999,999,999,999,999, but it is 'all'");
	await expect(run({ ...selection, mids: '' })).rejects.toThrow('has issues');
	expect(lab.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
});

it('lists its operations in the order in which they are used', () => {
	const listed = new CiscoEsa().description.properties
		.filter(({ name }) => name === 'operation')
		.map(({ options = [] }) => options.map(({ name }) => name));
	expect(listed).toEqual([
		['Hunt', 'Search', 'Get Details', 'Translate'],
		['Search', 'Release', 'Delete'],
	]);
});

it('neither releases nor deletes unless that operation is chosen', () => {
	const { properties } = new CiscoEsa().description;
	const byName = (name: string) => properties.filter((property) => property.name === name);
	expect(byName('resource').map((property) => property.default)).toEqual(['message']);
	expect(byName('operation').map((property) => property.default)).toEqual(['hunt', 'search']);
});

it('says where a pattern is wrong, and goes on with the next item when told to', async () => {
	const both = "[url:value = 'x' AND email-message:subject = 'x']";
	const stopped = await run({ operation: 'hunt', pattern: both, output: 'summary' });
	expect(stopped.error()?.message).toContain('Line 1, column 2: url:value');
	expect(stopped.error()?.description).toContain('Remove it from the pattern');
	expect(stopped.error()?.description).toContain('HUNT_NOT_SEARCHABLE');
	const items = (
		await run(
			{ operation: 'hunt', pattern: '={{ $json.pattern }}', output: 'summary' },
			[{ pattern: '[' }, { pattern }],
			{},
			'continueRegularOutput',
		)
	).output('ESA')!;
	expect(items[0]!.json.error).toContain('Line 1');
	expect(items[1]!.json.hunt).toMatchObject({ matches: due().length });
});

it('tests the credential with a real login and says what is wrong', async () => {
	const { ciscoEsaLogin } = new CiscoEsa().methods.credentialTest;
	const test = (changes: object) =>
		ciscoEsaLogin.call({} as never, {
			id: '1',
			name: 'esa',
			type: 'emailIntelCiscoEsaApi',
			data: credential(changes) as never,
		});
	expect(await test({})).toEqual({ status: 'OK', message: 'Login accepted, 6 privileges' });
	expect(await test({ passphrase: 'wrong' })).toMatchObject({
		status: 'Error',
		message: expect.stringContaining('refused the login'),
	});
	expect(await test({ product: 'SMA' })).toMatchObject({
		status: 'Error',
		message: expect.stringContaining('product'),
	});
});

it('shows credentials where they are needed only', () => {
	const { credentials } = new CiscoEsa().description;
	expect(credentials).toHaveLength(1);
	expect(
		workflowPackage.NodeHelpers.displayParameter({ operation: 'translate' }, credentials![0] as never, null, null),
	).toBe(false);
	expect(
		workflowPackage.NodeHelpers.displayParameter({ operation: 'hunt' }, credentials![0] as never, null, null),
	).toBe(true);
});

it('a message whose values the appliance refuses stops no hunt for another, and says so', async () => {
	const parameters = { operation: 'hunt', pattern: '={{ $json.pattern }}', output: 'summary' };
	const chosen = `[email-message:subject = 'chosen by a stranger'] ${WINDOW}`;
	const refuse = () =>
		lab.fail({ on: '/messages', what: { kind: 'status', status: 400, message: 'Invalid value: chosen' } });
	refuse();
	const result = await run(parameters, [
		{ subject: 'a', pattern: chosen },
		{ subject: 'b', pattern },
	]);
	expect(result.error()).toBeUndefined();
	const [first, second] = result.output('ESA')!.map(({ json }) => json);
	expect(first).toMatchObject({
		subject: 'a',
		complete: false,
		hunt: { matches: 0, complete: false },
		warnings: [{ code: 'hunt-incomplete', message: expect.stringMatching(/not searched for.*ESA_QUERY_REFUSED/) }],
	});
	expect(second).toMatchObject({ subject: 'b', hunt: { matches: due().length, complete: true } });
	// A pattern that was typed in is the user's, who wants to see it.
	refuse();
	expect((await run({ ...parameters, pattern: chosen }, [{}])).error()?.description).toContain('ESA_QUERY_REFUSED');
});

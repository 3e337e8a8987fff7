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

const due = () =>
	lab.traffic.filter(({ subject, flags }) => subject === 'R&D budget' || flags.includes('spamPositive'));
const pattern = `[email-message:subject = 'R&D budget' OR x-cisco-email-msgevent:spam_positive = 'true'] ${WINDOW}`;

it('hunts a pattern: queries, rows, bundle and counts in one item', async () => {
	const result = await run({ operation: 'hunt', pattern, output: 'summary' });
	expect(result.error()).toBeUndefined();
	const [item] = result.output('ESA')!;
	const json = item!.json as {
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

it('looks a day back when the pattern does not say when', async () => {
	await lab.stop();
	const [newest, oldest] = [1, 47].map((hours) => Date.now() - hours * 3_600_000);
	lab = await EsaLab.start({ traffic: generateTraffic({ count: 200, from: oldest!, durationMs: newest! - oldest! }) });
	const result = await run({ operation: 'hunt', pattern: "[email-message:subject = 'R&D budget']", output: 'summary' });
	const yesterday = Date.now() - 24 * 3_600_000;
	const budget = lab.traffic.filter(({ subject }) => subject === 'R&D budget');
	// A minute either way: windows begin and end at full minutes.
	const surely = budget.filter(({ time }) => time >= yesterday + 60_000).length;
	const maybe = budget.filter(({ time }) => time >= yesterday - 60_000).length;
	expect(surely).toBeGreaterThan(0);
	expect(budget.length).toBeGreaterThan(maybe);
	const { matches } = result.output('ESA')![0]!.json as { matches: number };
	expect(matches).toBeGreaterThanOrEqual(surely);
	expect(matches).toBeLessThanOrEqual(maybe);
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
	expect(plan).toMatchObject({ queries: expect.any(Array), observations: [expect.any(Object)] });
	const { queries } = (
		await run({ operation: 'translate', pattern: `[ipv4-addr:value='192.0.2.1'] ${WINDOW}`, form: 'queries' })
	).output('ESA')![0]!.json;
	expect(queries).toEqual(['senderIp=192.0.2.1&startDate=2023-08-29T10:00:00.000Z&endDate=2023-08-29T11:00:00.000Z']);
	expect(lab.requests).toEqual([]);
});

it('searches by fields and gets the details of what it found', async () => {
	const fields = { subject: 'budget', textOperator: 'contains', mid: 0, senderIp: '' };
	const found = (
		await run({
			operation: 'search',
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
		message: { subject: 'R&D budget' },
		url: { urlDetails: expect.any(Array) },
	});
});

const inQuarantine = () =>
	lab.traffic.filter(({ statuses }) => Object.values(statuses).some((text) => text.startsWith('Quarantined')));
const held = {
	resource: 'quarantine',
	operation: 'search',
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
		{ icid, mids, connection },
		{ icid, mids: [], connection },
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
		{ quarantineType: 'pvo', quarantine: 'Policy', mids: [first], released: 1, notInQuarantine: 0 },
		{ quarantineType: 'pvo', quarantine: 'Policy', mids: [second, 7], released: 1, notInQuarantine: 1 },
	]);
	const deleted = await run({ ...selection, operation: 'delete', quarantineType: 'spam' }, [{ mid: [third] }]);
	expect(deleted.output('ESA')![0]!.json).toEqual({
		quarantineType: 'spam',
		mids: [third],
		deleted: 1,
		notInQuarantine: 0,
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

it('neither releases nor deletes unless that operation is chosen', () => {
	const { properties } = new CiscoEsa().description;
	const byName = (name: string) => properties.filter((property) => property.name === name);
	expect(byName('resource').map((property) => property.default)).toEqual(['message']);
	expect(byName('operation').map((property) => property.default)).toEqual(['hunt', 'search']);
});

it('says where a pattern is wrong, and goes on with the next item when told to', async () => {
	const stopped = await run({ operation: 'hunt', pattern: "[url:value = 'x']", output: 'summary' });
	expect(stopped.error()?.message).toContain('Line 1, column 2: url:value');
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
	expect(items[1]!.json.matches).toBe(due().length);
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

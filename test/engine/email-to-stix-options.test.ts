import type { INodeProperties } from 'n8n-workflow';
import * as indicators from '../../lib/indicators';
import * as stix from '../../lib/stix';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { chain, execute, node } from './engine';

// Every option of the node reaches the call that it is meant for.

jest.mock('../../lib/stix', () => {
	const actual: typeof stix = jest.requireActual('../../lib/stix');
	return { ...actual, emailToBundleAsync: jest.fn(actual.emailToBundleAsync) };
});
jest.mock('../../lib/indicators', () => {
	const actual: typeof indicators = jest.requireActual('../../lib/indicators');
	return { ...actual, extractIndicatorsAsync: jest.fn(actual.extractIndicatorsAsync) };
});
const bundles = jest.mocked(stix.emailToBundleAsync);
const extractions = jest.mocked(indicators.extractIndicatorsAsync);

const TYPE = 'n8n-nodes-email-intel.emailToStix';
const MESSAGE = 'From: a@example.com\r\nSubject: Hello\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n\r\nhello\r\n';

const WARNING_LIST = { name: 'Portals', type: 'hostname', list: ['portal.example'] };
const LISTS = {
	data: Buffer.from(JSON.stringify(WARNING_LIST)).toString('base64'),
	mimeType: 'application/json',
	fileName: 'portals.json',
};

async function attempt(parameters: object) {
	const result = await execute({
		types: { [TYPE]: new EmailToStix() },
		nodes: [node('STIX', TYPE, parameters as never)],
		connections: chain('STIX'),
		startNode: 'STIX',
		startItems: [{ json: { raw: Buffer.from(MESSAGE).toString('base64') }, binary: { lists: LISTS } }],
	});
	return { error: result.error(), item: result.output('STIX')?.[0] };
}

async function run(parameters: object) {
	const { error, item } = await attempt(parameters);
	expect(error).toBeUndefined();
	return item;
}

const convert = async (parameters: object) => {
	const item = await run({ operation: 'convert', ...parameters });
	return { item, options: bundles.mock.calls.at(-1)![1]! };
};
const extraction = async (parameters: object, operation: string) => {
	await run({ operation, extraction: parameters });
	return extractions.mock.calls.at(-1)![1]!;
};

const properties = new EmailToStix().description.properties;
/** Names of the options that a collection offers in an operation. */
const offered = (collection: string, operation: string) => {
	const isFor = ({ displayOptions }: INodeProperties) => displayOptions?.show?.operation?.includes(operation);
	const found = properties.find((property) => property.name === collection && isFor(property));
	return (found?.options as INodeProperties[]).map(({ name }) => name).sort();
};

describe('Convert to Bundle', () => {
	const OPTIONS: Array<[option: string, value: unknown, reaches: object]> = [
		['author', 'CERT Example', { identity: { name: 'CERT Example' } }],
		['identityClass', 'group', { identity: { identityClass: 'group' } }],
		['confidence', 70, { confidence: 70 }],
		['labels', 'phishing, wave', { labels: ['phishing', 'wave'] }],
		['markingIds', 'oasis', { markings: { ids: 'oasis' } }],
		['pap', 'red', { markings: { pap: 'red' } }],
		['patternPolicy', 'unflagged', { patterns: { policy: 'unflagged' } }],
		['maxArtifact', 2, { sizes: { maxArtifactBytes: 2_000_000 } }],
		['maxRawEmail', 3.5, { sizes: { maxRawEmailBytes: 3_500_000 } }],
	];

	it.each(OPTIONS)('%s: %j reaches the bundle as %j', async (option, value, reaches) => {
		expect((await convert({ options: { [option]: value } })).options).toMatchObject(reaches);
	});

	it.each<[string, object]>([
		['artifacts', { artifacts: true }],
		['attachments', { attachments: true }],
		['body', { body: true }],
		['headers', { headers: true, receivedLines: true }],
		['observables', { observables: 'all' }],
		['observedData', { observedData: true }],
		['rawEmail', { rawEmail: true }],
		['report', { report: true }],
	])('include: %s alone asks for that alone', async (choice, wanted) => {
		const { options } = await convert({ options: { include: [choice] } });
		const nothing = {
			artifacts: false,
			attachments: false,
			body: false,
			headers: false,
			receivedLines: false,
			observables: 'none',
			observedData: false,
			rawEmail: false,
			report: false,
		};
		expect(options.include).toEqual({ ...nothing, ...wanted });
	});

	it('TLP, Output and Picture decide about markings and files', async () => {
		const { item, options } = await convert({ tlp: 'red', output: 'both', options: { picture: 'svg' } });
		expect(options.markings?.tlp).toBe('red');
		expect(item?.json.bundle).toMatchObject({ type: 'bundle' });
		expect(Object.keys(item?.binary ?? {})).toEqual(expect.arrayContaining(['bundle', 'picture']));
		expect(item?.binary?.picture?.mimeType).toBe('image/svg+xml');
	});

	it.each([
		['TLP Marking', { tlp: '={{ $json.nothing }}' }, "'TLP Marking' returns nothing (item 0)"],
		['Output', { output: '={{ $json.nothing }}' }, "'Output' returns nothing (item 0)"],
		['Include', { options: { include: '={{ 5 }}' } }, "'Include' has a value that is not one of its options"],
		['PAP Marking', { options: { pap: 'purple' } }, "'PAP Marking' is not one of its options"],
	])('%s: %j is an error that names it', async (_name, parameters, message) => {
		expect((await attempt({ operation: 'convert', ...parameters })).error?.message).toBe(message);
	});

	it('what nobody sets is what the library means, but for what the fields show', async () => {
		const shown = (await convert({ options: {} })).options;
		const offeredDefault = (
			await convert({
				options: { include: ['attachments', 'body', 'headers', 'observables', 'observedData', 'report'] },
			})
		).options;
		expect(shown.include).toEqual(offeredDefault.include);
		expect(shown.confidence).toBeUndefined();
	});

	it('checkDkim looks at the signatures, and asks the DNS for none where there are none', async () => {
		const { item } = await convert({ options: { checkDkim: true } });
		expect(item?.json.firstLook).toMatchObject({ signatures: [] });
		expect((await convert({ options: {} })).item?.json.firstLook).not.toHaveProperty('signatures');
	});

	it('campaignLabel adds the keys of the campaign as labels', async () => {
		const { options, item } = await convert({ options: { campaignLabel: true } });
		const { key } = item!.json.campaign as { key: string };
		expect(options.labels).toContain(`campaign:${key}`);
		expect((await convert({ options: {} })).options.labels).toEqual([]);
	});

	it('no option is missing here', () => {
		// Label by Reporter needs a report: reported.test.ts.
		const elsewhere = ['reporterLabel'];
		const here = [
			...OPTIONS.map(([option]) => option),
			'campaignLabel',
			'checkDkim',
			'include',
			'picture',
			...elsewhere,
		];
		expect(here.sort()).toEqual(offered('options', 'convert'));
	});
});

describe.each(['convert', 'extract'])('Extraction of the operation %s', (operation) => {
	const OPTIONS: Array<[option: string, value: unknown, reaches: object]> = [
		['allowList', '.example.com, 192.0.2.0/24', { allowList: ['.example.com', '192.0.2.0/24'] }],
		['extract', ['urls', 'cve'], { urls: true, cve: true, domains: false, ips: false, headers: false, asn: false }],
		['maxIndicators', 7, { maxIndicators: 7 }],
		['ownDomains', 'example.org', { ownDomains: ['example.org'] }],
		['attachedMessages', false, { attachedMessages: false }],
		['textAttachments', false, { textAttachments: false }],
		['trustedRelays', '192.0.2.1', { trustedRelays: ['192.0.2.1'] }],
		['protectedDomains', 'bank.example', { protectedDomains: ['bank.example'] }],
		['vipNames', 'Jane Doe, J. Smith <j@example.net>', { vipNames: ['Jane Doe', 'J. Smith <j@example.net>'] }],
		['warningLists', JSON.stringify(WARNING_LIST), { warningLists: [WARNING_LIST] }],
		['warningLists', `={{ [${JSON.stringify(WARNING_LIST)}] }}`, { warningLists: [WARNING_LIST] }],
		['warningListFile', 'lists', { warningLists: [WARNING_LIST] }],
	];

	it.each(OPTIONS)('%s: %j reaches the search as %j', async (option, value, reaches) => {
		expect(await extraction({ [option]: value }, operation)).toMatchObject(reaches);
	});

	it('no option is missing here', () => {
		// Those of Open Attachments have tests of their own: open-attachments.test.ts.
		const here = new Set([...OPTIONS.map(([option]) => option), 'attachmentPasswords', 'otherArchives']);
		expect([...here].sort()).toEqual(offered('extraction', operation));
	});

	const leftOut = async (parameters: object) => {
		await run({ operation, ...parameters });
		return extractions.mock.calls.at(-1)![1]!.exclude;
	};

	it.each(['nothing', 'lookAlikes', 'phishingTriage'] as const)(
		'Leave Out: %s is the preset of lib',
		async (preset) => {
			expect(await leftOut({ leaveOut: preset })).toEqual(indicators.LEAVE_OUT_PRESETS[preset]);
		},
	);

	it('Leave Out is Phishing Triage where nobody chose, and the flags chosen where it is Custom', async () => {
		expect(await leftOut({})).toEqual(indicators.LEAVE_OUT_PRESETS.phishingTriage);
		expect(await leftOut({ leaveOut: 'custom', leaveOutFlags: ['tracking'] })).toEqual(['tracking']);
	});

	it('a bad warning list is an error that names its line', async () => {
		const text = '{\n"name": "Nets",\n"type": "cidr",\n"list": ["198.51.100.0/24",\n"198.51.100.0/33"]\n}';
		const { error } = await attempt({ operation, extraction: { warningLists: text } });
		expect(error?.message).toContain("The warning list 'Nets', line 5: the entry is not an address or a network");
		expect(error?.description).toContain('format of MISP');
	});

	it('own domains that nobody named are for lib to find', async () => {
		expect((await extraction({ ownDomains: ' ' }, operation)).ownDomains).toBeUndefined();
		expect((await extraction({ ownDomains: '={{ ["a.example", "b.example"] }}' }, operation)).ownDomains).toEqual([
			'a.example',
			'b.example',
		]);
	});

	it.each([
		['Leave Out', { leaveOut: '={{ $json.nothing }}' }, "'Leave Out' returns nothing (item 0)"],
		['Leave Out', { leaveOut: 'some' }, "'Leave Out' is not one of its options (item 0)"],
		['Extract', { extraction: { extract: '={{ 5 }}' } }, "'Extract' has a value that is not one of its options"],
		[
			'Flags',
			{ leaveOut: 'custom', leaveOutFlags: ['constructor'] },
			"'Flags' has a value that is not one of its options",
		],
	])('%s: %j is an error that names it', async (_name, parameters, message) => {
		const { error } = await attempt({ operation, ...parameters });
		expect(error?.message).toBe(message);
		expect(error?.description).toContain('Select a value from the list');
	});

	it('the cancelling of the execution ends the work', async () => {
		expect((await extraction({}, operation)).signal).toMatchObject({ aborted: false });
		if (operation === 'convert') expect((await convert({})).options.signal).toMatchObject({ aborted: false });
	});
});

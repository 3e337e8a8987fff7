import type { IDataObject, INode, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { CiscoEsa } from '../../nodes/CiscoEsa/CiscoEsa.node';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { MailboxReader } from '../../nodes/MailboxReader/MailboxReader.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { StixPattern } from '../../nodes/StixPattern/StixPattern.node';
import { OPENCTI_LIMITS } from '../../lib/limits';
import { EsaLab, generateTraffic } from '../lab/esa';
import { EmbeddedImap, mail } from '../lab/imap';
import { startOpenCti, type OpenCtiLab } from '../lab/opencti';
import { chain, execute, FakeCredentials, made, node, poller } from './engine';

// What is missing is known to every node behind: nothing that is made of half a message, or of half a hunt, is called whole.

const PACK = 'n8n-nodes-email-intel';
const types = {
	[`${PACK}.imapTrigger`]: new ImapTrigger(),
	[`${PACK}.mailbox`]: new MailboxReader(),
	[`${PACK}.emailToStix`]: new EmailToStix(),
	[`${PACK}.openCti`]: new OpenCti(),
	[`${PACK}.stixPattern`]: new StixPattern(),
	[`${PACK}.ciscoEsa`]: new CiscoEsa(),
};
const FROM = Date.UTC(2026, 10, 20, 10);
const WINDOW = { window: 'times', start: new Date(FROM).toISOString(), stop: new Date(FROM + 3_600_000).toISOString() };
const ESA_LOGIN = { user: 'hunter', passphrase: 'Lab-Hunter-1' };

let imap: EmbeddedImap;
let platform: OpenCtiLab;
let appliance: EsaLab;
let workflows = 0;

beforeEach(async () => {
	imap = await EmbeddedImap.start();
	platform = await startOpenCti();
	appliance = await EsaLab.start({
		traffic: generateTraffic({ count: 30, from: FROM, durationMs: 3_600_000 }),
		...ESA_LOGIN,
	});
});

afterEach(async () => {
	await imap.close();
	await platform.close();
	await appliance.stop();
});

const KINDS = ['emailIntelImapApi', 'emailIntelOpenCtiApi', 'emailIntelCiscoEsaApi'];
const step = (name: string, type: string, parameters: IDataObject, more: Partial<INode> = {}) =>
	node(name, `${PACK}.${type}`, parameters, {
		credentials: Object.fromEntries(KINDS.map((kind) => [kind, { id: kind, name: kind }])),
		...more,
	});
const credentials = () =>
	new FakeCredentials({
		emailIntelImapApi: { host: imap.host, port: imap.port, security: 'none', user: imap.user, password: imap.password },
		emailIntelOpenCtiApi: { url: platform.url, token: platform.token },
		emailIntelCiscoEsaApi: { url: appliance.url, product: 'ESA', ...ESA_LOGIN },
	});

const toStix = step('Email to STIX', 'emailToStix', {
	operation: 'convert',
	tlp: 'amber',
	output: 'json',
	options: {},
});
const hunt = (more: IDataObject = {}, output = 'summary') =>
	step('Hunt', 'ciscoEsa', {
		resource: 'message',
		operation: 'hunt',
		pattern: `[email-message:subject LIKE '%'] START t'${WINDOW.start}' STOP t'${WINDOW.stop}'`,
		output,
		options: more,
	});
const createReport = (options: IDataObject = {}) =>
	step('Create Report', 'openCti', {
		resource: 'report',
		operation: 'createFromEmail',
		tlp: 'amber',
		contents: 'none',
		options,
	});
const ofBundle = (resource: string, operation: string, bundle = '={{ $json.bundle }}', more: IDataObject = {}) =>
	step('OpenCTI', 'openCti', { resource, operation, bundle, mode: 'direct', options: {}, ...more });

const eml = (subject: string): INodeExecutionData => ({
	json: {},
	binary: {
		data: {
			data: Buffer.from(mail({ subject, body: 'Hello\r\n' })).toString('base64'),
			mimeType: 'message/rfc822',
			fileName: 'mail.eml',
		},
	},
});

/** Runs nodes in a row on items, with n8n's default: they stop on an error. */
async function run(steps: INode[], items: INodeExecutionData[]) {
	const nodes = [step('Mail', 'imapTrigger', {}), ...steps];
	const result = await execute({
		types,
		nodes,
		connections: chain(...nodes.map(({ name }) => name)),
		credentials: credentials(),
		startNode: 'Mail',
		startItems: items,
	});
	const last = steps.at(-1)!.name;
	return {
		error: result.error(),
		output: (result.output(last) ?? []).map(({ json }) => made(json)),
		hints: (result.run.data.resultData.runData[last]?.[0]?.hints ?? []).map(({ message }) => message),
	};
}

/** What the trigger hands over of what is in the mailbox. */
async function polled(options: IDataObject): Promise<INodeExecutionData[]> {
	const pollNode = step('Mail', 'imapTrigger', { folder: { __rl: true, mode: 'path', value: 'INBOX' }, options });
	const mailbox = poller({ types, pollNode, credentials: credentials(), workflowId: `gaps-${(workflows += 1)}` });
	await mailbox.activate();
	return mailbox.emitted[0]!;
}

const warned = (json: IDataObject | undefined) =>
	((json!.warnings ?? []) as unknown as { code: string }[]).map(({ code }) => code);

describe('a message of which only the beginning was fetched', () => {
	beforeEach(() => {
		imap.append(mail({ subject: 'huge', body: `${'x'.repeat(70)}\r\n`.repeat(6_000) }));
	});
	const options = { maxMessageSize: 0.2 };

	it.each([
		['report', 'createFromBundle'],
		['bundle', 'import'],
	])('behind Email to STIX, the result of %s: %s says why something is missing', async (resource, operation) => {
		const { output } = await run([toStix, ofBundle(resource, operation)], await polled(options));
		expect(output[0]).toMatchObject({ complete: false });
		expect(warned(output[0])).toEqual(expect.arrayContaining(['fetched-in-part', 'message-incomplete']));
	});

	it('a pattern that is made of its bundle is not complete either', async () => {
		const build = step('Build', 'stixPattern', {
			operation: 'build',
			source: 'bundle',
			bundle: '={{ $json.bundle }}',
			options: {},
		});
		const { output, hints } = await run([toStix, build], await polled(options));
		expect(output).toMatchObject([{ pattern: expect.any(String), complete: false }]);
		expect(warned(output[0])).toContain('fetched-in-part');
		// The node before has told it in its output pane.
		expect(hints).toEqual([]);
	});

	it('is told in the output pane, once and with the cause, where nothing was found in it', async () => {
		imap.append(mail({ subject: 'huge too', body: `${'x'.repeat(70)}\r\n`.repeat(6_000) }));
		const extract = step('Extract', 'emailToStix', { operation: 'extract', extraction: { extract: ['cve'] } });
		const { output, hints } = await run([extract], await polled(options));
		expect(output).toEqual([]);
		expect(hints).toEqual([expect.stringMatching(/^Nothing was found in item 0, 1.*'Max Message Size \(MB\)'/s)]);
	});
});

it('Get Attachments of a message that could not be read whole says so, with and without a file', async () => {
	// More text than is read of one message: what stands behind it is not known.
	const text = `${'x'.repeat(998)}\r\n`.repeat(9_000);
	imap.append(mail({ subject: 'long text', body: text }));
	imap.append(mail({ subject: 'plain', body: 'Hello\r\n' }));
	const items = await polled({});
	const get = (more: IDataObject) =>
		step('Get', 'mailbox', {
			connection: 'imap',
			resource: 'message',
			operation: 'getAttachments',
			messageBy: 'item',
			binaryProperty: 'data',
			...more,
		});
	const all = await run([get({ attachmentBy: 'all' })], items);
	expect(all.output).toEqual([]);
	expect(all.hints).toEqual([expect.stringMatching(/^Nothing was found in item 0, .*more text than the limit/s)]);
	const named = await run([get({ attachmentBy: 'fileName', fileName: 'a.pdf' })], items);
	expect(named.error?.message).toContain("no attachment named 'a.pdf'");
	expect(named.error?.description).toContain('more text than the limit');
});

describe('a hunt that ended before its last row', () => {
	const huntGap = { code: 'hunt-incomplete', message: expect.stringContaining('Reading stopped after 5 rows') };

	it('says so, in one item and in one a message', async () => {
		const whole = await run([hunt()], [{ json: {} }]);
		expect(whole.output[0]).toMatchObject({ hunt: { truncated: false, complete: true }, complete: true });
		expect((whole.output[0]!.hunt as IDataObject).matches).toBeGreaterThan(5);
		expect(warned(whole.output[0])).not.toContain('hunt-incomplete');
		expect(whole.hints).toEqual([]);
		const cut = await run([hunt({ maxRows: 5 })], [{ json: { complete: true, warnings: [] } }]);
		expect(cut.output[0]).toMatchObject({ hunt: { matches: 5, truncated: true, complete: false }, complete: false });
		expect(cut.output[0]!.warnings).toEqual([huntGap]);
		expect(cut.hints).toEqual([expect.stringContaining('1 of 1 items are incomplete')]);
		const rows = await run([hunt({ maxRows: 5 }, 'messages')], [{ json: {} }]);
		expect(rows.output).toHaveLength(5);
		for (const row of rows.output) expect(row).toMatchObject({ complete: false, warnings: [huntGap] });
	});

	it('and so does a search', async () => {
		const search = (options: IDataObject) =>
			step('Search', 'ciscoEsa', {
				resource: 'message',
				operation: 'search',
				...WINDOW,
				output: 'summary',
				fields: {},
				options,
			});
		expect((await run([search({})], [{ json: {} }])).output[0]).toMatchObject({
			search: { complete: true, warnings: [] },
		});
		const { output } = await run([search({ maxRows: 5 })], [{ json: {} }]);
		expect(output[0]).toMatchObject({
			search: { truncated: true, complete: false, warnings: [huntGap] },
			complete: false,
			warnings: [huntGap],
		});
	});

	it.each([
		['a bundle', '={{ $json.hunt.bundle }}'],
		['a list of bundles', '={{ [$json.hunt.bundle] }}'],
		['objects', '={{ $json.hunt.bundle.objects }}'],
	])('gives a report that is not complete when its findings are %s', async (_form, findings) => {
		const report = createReport({ findings });
		const cut = await run([hunt({ maxRows: 5 }), report], [eml('cut')]);
		expect(cut.error).toBeUndefined();
		expect(cut.output[0]).toMatchObject({ name: 'cut', complete: false });
		expect(cut.output[0]!.warnings).toContainEqual(huntGap);
		const whole = await run([hunt(), report], [eml('whole')]);
		expect(whole.output[0]).toMatchObject({ name: 'whole', complete: true });
	});

	it('gives an import that is not complete', async () => {
		const { output } = await run(
			[hunt({ maxRows: 5 }), ofBundle('bundle', 'import', '={{ $json.hunt.bundle }}')],
			[{ json: {} }],
		);
		expect(output[0]).toMatchObject({ complete: false });
		expect(output[0]!.warnings).toContainEqual(huntGap);
	});
});

it('the bundle of a message that is not whole is no whole finding', async () => {
	const bundle = {
		type: 'bundle',
		id: 'bundle--1',
		objects: [{ type: 'url', id: 'url--5', value: 'http://a.example/' }],
	};
	const warnings = [{ code: 'text-cut', message: 'Only the first characters were searched.' }];
	const item = { ...eml('with findings'), json: { bundle, complete: false, warnings } };
	const { output } = await run([createReport({ findings: '={{ $json.bundle }}' })], [item]);
	expect(output[0]).toMatchObject({ complete: false, warnings: expect.arrayContaining(warnings) });
});

it('findings of more objects than are made one by one stop no report', async () => {
	const objects = Array.from({ length: OPENCTI_LIMITS.maxDirectObjects + 1 }, (_, index) => ({
		type: 'x-nothing',
		id: `x-nothing--${String(index).padStart(8, '0')}-0000-4000-8000-000000000000`,
	}));
	const first = eml('many');
	const items = [{ ...first, json: { found: { type: 'bundle', objects } } as unknown as IDataObject }, eml('next')];
	const { error, output } = await run([createReport({ findings: '={{ $json.found }}' })], items);
	expect(error).toBeUndefined();
	expect(output).toMatchObject([
		{ name: 'many', complete: false },
		{ name: 'next', complete: true },
	]);
	expect(warned(output[0])).toContain('objects-omitted');
});

it('more indicators than are taken are told with what helps: another node has the option', async () => {
	const urls = Array.from({ length: 2_100 }, (_, index) => `http://h.example.net/${index}`).join('\r\n');
	const item = eml('urls');
	item.binary!.data!.data = Buffer.from(mail({ subject: 'urls', body: urls })).toString('base64');
	const raised = step('Email to STIX', 'emailToStix', {
		operation: 'convert',
		tlp: 'amber',
		output: 'json',
		options: {},
		extraction: { maxIndicators: 20_000 },
	});
	expect((await run([toStix], [item])).output[0]).toMatchObject({ complete: false });
	const { output } = await run([raised], [item]);
	expect(output[0]).toMatchObject({ complete: true });
	expect((output[0]!.indicators as IDataObject[]).filter(({ type }) => type === 'url')).toHaveLength(2_100);
});

it('Create From Email has no option for the number of indicators, and names the node that has one', async () => {
	const urls = Array.from({ length: 2_100 }, (_, index) => `http://h.example.net/${index}`).join('\r\n');
	const item = eml('urls');
	item.binary!.data!.data = Buffer.from(mail({ subject: 'urls', body: urls })).toString('base64');
	// What is of an own domain becomes no observable: the report is made of little.
	const report = { ...createReport({ ownDomains: 'example.net' }) };
	report.parameters = { ...report.parameters, contents: 'observables' };
	const { output } = await run([report], [item]);
	expect(output[0]).toMatchObject({ complete: false });
	expect(output[0]!.warnings).toContainEqual({
		code: 'indicators-omitted',
		message: expect.stringMatching(/^100 finding\(s\).*Email to STIX, where 'Max Indicators'.*Create From Bundle/s),
	});
});

describe('an expression that returns nothing', () => {
	const pattern = "[url:value = 'http://example.com/']";
	const NOTHING = '={{ $json.nothing }}';
	it.each([
		['Match', 'Pattern', 'stixPattern', { operation: 'match', pattern: NOTHING, bundle: '={{ $json.bundle }}' }],
		['Match', 'Bundle', 'stixPattern', { operation: 'match', pattern, bundle: NOTHING }],
		['Match', 'Bundle', 'stixPattern', { operation: 'match', pattern, bundle: '={{ 5 }}' }],
		['Validate', 'Pattern', 'stixPattern', { operation: 'validate', pattern: NOTHING }],
		['Validate', 'Pattern', 'stixPattern', { operation: 'validate', pattern: '={{ $json.bundle }}' }],
		['Build', 'Bundle', 'stixPattern', { operation: 'build', source: 'bundle', bundle: NOTHING, options: {} }],
		[
			'Build',
			'Indicators',
			'stixPattern',
			{ operation: 'build', source: 'indicators', indicators: NOTHING, options: {} },
		],
		[
			'Translate',
			'STIX Pattern',
			'ciscoEsa',
			{ resource: 'message', operation: 'translate', pattern: NOTHING, form: 'plan' },
		],
		[
			'Hunt',
			'STIX Pattern',
			'ciscoEsa',
			{ resource: 'message', operation: 'hunt', pattern: NOTHING, output: 'summary' },
		],
		[
			'Search',
			'sender',
			'ciscoEsa',
			{
				resource: 'message',
				operation: 'search',
				...WINDOW,
				output: 'summary',
				fields: { sender: NOTHING },
				options: {},
			},
		],
		[
			'Quarantine: Search',
			'sender',
			'ciscoEsa',
			{
				resource: 'quarantine',
				operation: 'search',
				...WINDOW,
				quarantineType: 'pvo',
				quarantines: 'Policy',
				fields: { sender: NOTHING },
			},
		],
		[
			'Quarantine: Release',
			'Quarantine Name',
			'ciscoEsa',
			{ resource: 'quarantine', operation: 'release', quarantineType: 'pvo', quarantine: NOTHING, mids: '7' },
		],
		[
			'Get Details',
			'Serial Number',
			'ciscoEsa',
			{ resource: 'message', operation: 'details', serialNumber: NOTHING, mids: '7', kinds: ['message'] },
		],
		['Find', 'Report ID', 'openCti', { resource: 'report', operation: 'find', by: 'id', reportId: NOTHING }],
		[
			'Find',
			'Name',
			'openCti',
			{ resource: 'report', operation: 'find', by: 'name', reportName: NOTHING, published: WINDOW.start },
		],
		[
			'Find',
			'Published',
			'openCti',
			{ resource: 'report', operation: 'find', by: 'name', reportName: 'x', published: NOTHING },
		],
		[
			'File: Add',
			'Object ID',
			'openCti',
			{ resource: 'file', operation: 'add', objectId: NOTHING, binaryNames: '*', options: {} },
		],
		[
			'Bundle: Import',
			'Bundle',
			'openCti',
			{ resource: 'bundle', operation: 'import', bundle: NOTHING, mode: 'direct' },
		],
		[
			'Create From Bundle',
			'Bundle',
			'openCti',
			{ resource: 'report', operation: 'createFromBundle', bundle: NOTHING, options: {} },
		],
	])('%s: the error names %s and the item', async (_operation, parameter, type, parameters) => {
		const bundle = { type: 'bundle', id: 'bundle--1', objects: [] };
		const only = step('Step', type, parameters, { onError: 'continueRegularOutput' });
		const { output } = await run([only], [{ json: { bundle } }, { json: { bundle } }]);
		expect(output).toHaveLength(2);
		for (const [index, { error }] of output.entries()) {
			expect(error).toMatch(new RegExp(`'${parameter}' .*\\(item ${index}\\)$`));
		}
	});
});

it('files of the message are there behind its report: they can be added to it with nothing filled in', async () => {
	const [{ displayOptions: _shown, ...objectId }] = new OpenCti().description.properties.filter(
		({ name }) => name === 'objectId',
	) as [INodeProperties];
	const add = step('Add', 'openCti', {
		resource: 'file',
		operation: 'add',
		objectId: objectId.default,
		binaryNames: '*',
		options: {},
	});
	const { output } = await run([createReport(), add], [eml('files')]);
	expect(output).toMatchObject([{ complete: true, files: [{ originalName: 'mail.eml', status: 'uploaded' }] }]);
});

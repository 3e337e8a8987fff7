import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { parseEmail } from '../../lib/email';
import { extractIndicators } from '../../lib/indicators';
import { emailToBundle, stixId } from '../../lib/stix';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { startOpenCti, type LabOptions, type OpenCtiLab } from '../lab/opencti';
import { execute, FakeCredentials, made, node } from './engine';
import { exampleMessages } from './exampleWorkflow';

const TYPE = 'n8n-nodes-email-intel.openCti';
const types = { [TYPE]: new OpenCti() };
const messages = new Map(exampleMessages().map(({ name, raw }) => [name.slice(0, 2), raw]));

let platform: OpenCtiLab;

afterEach(async () => {
	await platform.close();
});

const eml = (number: string): INodeExecutionData => ({
	json: {},
	binary: {
		data: { data: messages.get(number)!.toString('base64'), mimeType: 'message/rfc822', fileName: 'mail.eml' },
	},
});

/** What the node made of each item. */
const run = async (parameters: IDataObject, given: INodeExecutionData[], lab: LabOptions = {}) =>
	(await items(parameters, given, lab)).map(made);

/** The items that the node put out. */
async function items(parameters: IDataObject, given: INodeExecutionData[], lab: LabOptions = {}) {
	platform ??= await startOpenCti(lab);
	const step = node('OpenCTI', TYPE, parameters, {
		onError: 'continueRegularOutput',
		credentials: { emailIntelOpenCtiApi: { id: '1', name: 'o' } },
	});
	const credentials = new FakeCredentials({ emailIntelOpenCtiApi: { url: platform.url, token: platform.token } });
	const result = await execute({
		types,
		nodes: [step],
		connections: {},
		credentials,
		startNode: 'OpenCTI',
		startItems: given,
	});
	return result.output('OpenCTI')?.map(({ json }) => json) ?? [];
}

beforeEach(async () => {
	platform = await startOpenCti();
});

const report = (more: IDataObject = {}) => ({
	resource: 'report',
	operation: 'createFromEmail',
	tlp: 'amber',
	contents: 'none',
	options: {},
	...more,
});

describe('Create report from email', () => {
	it('puts what was found into the report, and indicators only of what a person had defanged', async () => {
		const [plain] = await run(report({ contents: 'indicators' }), [eml('01')]);
		const [defanged] = await run(report({ contents: 'indicators' }), [eml('08')]);
		expect([plain!.error, defanged!.error]).toEqual([undefined, undefined]);
		const types = (name: string) =>
			platform
				.snapshot()
				.reports.find((stored) => stored.name.startsWith(name))!
				.objects.map(({ type }) => type);
		expect(types('Weekly advisory')).toEqual(
			expect.arrayContaining(['IPv4-Addr', 'Domain-Name', 'Url', 'Email-Message']),
		);
		expect(types('Weekly advisory')).not.toContain('Indicator');
		expect(types('Phishing wave').filter((type) => type === 'Indicator').length).toBeGreaterThanOrEqual(5);
	});

	it('makes no observable of own domains', async () => {
		await run(report({ contents: 'observables', options: { ownDomains: 'cert.example.org' } }), [eml('01')]);
		expect(platform.snapshot().counts['Domain-Name']).toBe(1);
	});

	it.each(['a bundle', 'a list of objects', 'a list of bundles', 'a hunt without a hit'])(
		'takes findings that are %s',
		async (form) => {
			const value = 'http://example.org/finding';
			const url = { type: 'url', id: stixId('url', { value }), value };
			const bundle = { type: 'bundle', objects: [url] };
			const findings = {
				'a bundle': bundle,
				'a list of objects': [url],
				'a list of bundles': [bundle, bundle],
				'a hunt without a hit': { type: 'bundle' },
			}[form];
			const [made] = await run(report({ options: { findings: findings as IDataObject } }), [eml('01')]);
			expect(made).toMatchObject({ complete: true });
			expect(platform.store.ofType('Url')).toHaveLength(form === 'a hunt without a hit' ? 0 : 1);
		},
	);

	it.each([[7], ['[1]'], [{ objects: [] }], [{ type: 'bundle', objects: 'x' }]])(
		'says that findings such as %j are not a bundle',
		async (findings) => {
			const [made] = await run(report({ options: { findings: findings as IDataObject } }), [eml('01')]);
			expect(made!.error).toContain("'Findings' is not a STIX bundle");
			expect(platform.snapshot().reports).toEqual([]);
		},
	);

	it('puts findings of another step into the report', async () => {
		const findings = emailToBundle(await parseEmail(messages.get('07')!), { include: { report: false } });
		await run(report({ options: { findings: findings as unknown as IDataObject } }), [eml('04')]);
		const [stored] = platform.snapshot().reports;
		expect(stored!.name).toBe('<no subject> from duty@partner.example.net');
		expect(stored!.objects.map(({ type }) => type)).toContain('Observed-Data');
	});

	it('uploads the original message and carries labels, confidence and further markings', async () => {
		const options = {
			originalEmail: true,
			labels: 'phishing, newsletter',
			confidence: 40,
			markings: 'PAP:AMBER',
			attachmentTypes: '*',
		};
		const [created] = await run(report({ options }), [eml('03')]);
		const [stored] = platform.snapshot().reports;
		expect(stored).toMatchObject({ labels: expect.arrayContaining(['phishing', 'newsletter']), confidence: 40 });
		expect([...stored!.markings].sort()).toEqual(['PAP:AMBER', 'TLP:AMBER']);
		expect(stored!.files).toHaveLength(4);
		expect(created).toMatchObject({ complete: true, url: expect.stringContaining('/dashboard/analyses/reports/') });
	});
});

describe('Find report', () => {
	it('finds the report of a message by its Message-ID, and says so when there is none', async () => {
		await run(report(), [eml('01')]);
		const find = { resource: 'report', operation: 'find', by: 'messageId', messageId: '={{ $json.id }}' };
		const found = await items(find, [
			{ json: { id: '<adv-46@cert.example.org>' } },
			{ json: { id: '<nobody@example.org>', report: { id: 'of another node' } } },
		]);
		expect(found).toEqual([
			{
				id: '<adv-46@cert.example.org>',
				found: true,
				report: expect.objectContaining({ name: 'Weekly advisory 46: exploitation of edge devices' }),
			},
			{ id: '<nobody@example.org>', found: false },
		]);
	});

	it.each([
		['no Message-ID', {}],
		['an empty one', { messageId: ' ' }],
		['null', { messageId: null }],
	])('finds none for a message with %s, and goes on to the next', async (_name, without) => {
		await run(report(), [eml('01')]);
		const find = { resource: 'report', operation: 'find', by: 'messageId', messageId: '={{ $json.messageId }}' };
		const found = await items(find, [{ json: without }, { json: { messageId: '<adv-46@cert.example.org>' } }]);
		expect(found).toEqual([{ ...without, found: false }, expect.objectContaining({ found: true })]);
	});

	it('finds it by name and date', async () => {
		await run(report(), [eml('01')]);
		const name = 'Weekly advisory 46: exploitation of edge devices';
		const [found] = await items(
			{ resource: 'report', operation: 'find', by: 'name', reportName: name, published: '2026-11-16T07:15:00Z' },
			[{ json: {} }],
		);
		expect(found).toMatchObject({ found: true, report: { name } });
	});
});

describe('Create report from bundle', () => {
	it('imports the objects and the report that holds them', async () => {
		const bundle = emailToBundle(await parseEmail(messages.get('08')!), { markings: { tlp: 'green' } });
		const [created] = await run(
			{ resource: 'report', operation: 'createFromBundle', bundle: '={{ $json.bundle }}', options: {} },
			[{ json: { bundle } }],
		);
		expect(created).toMatchObject({ complete: true, markings: ['TLP:GREEN'] });
		const [stored] = platform.snapshot().reports;
		expect(stored!.objects.length).toBeGreaterThan(8);
	});

	it('names the parameter when it is no JSON', async () => {
		const [failed] = await run({ resource: 'report', operation: 'createFromBundle', bundle: '{', options: {} }, [
			{ json: {} },
		]);
		expect(failed).toMatchObject({ error: "'Bundle' is not valid JSON (item 0)" });
	});
});

describe('Create incident case', () => {
	it('opens a case, and adds a reply to it', async () => {
		const create = {
			resource: 'case',
			operation: 'create',
			tlp: 'amber',
			severity: 'high',
			options: { priority: 'P2' },
		};
		const reply = Buffer.from(
			'From: b@example.org\r\nTo: a@example.org\r\nSubject: Re: Weekly advisory 46\r\nDate: Tue, 17 Nov 2026 08:00:00 +0000\r\nMessage-ID: <reply@example.org>\r\nIn-Reply-To: <adv-46@cert.example.org>\r\n\r\nThanks.\r\n',
		);
		const item = {
			json: {},
			binary: { data: { data: reply.toString('base64'), mimeType: 'message/rfc822', fileName: 'r.eml' } },
		};
		const [opened] = await run(create, [eml('01')]);
		const [added] = await run(create, [item]);
		expect(opened).toMatchObject({ created: true, appended: false });
		expect(added).toMatchObject({ id: opened!.id, appended: true });
		const { cases } = platform.snapshot();
		expect(cases).toHaveLength(1);
		expect(cases[0]!.content).toContain('Thanks.');
	});
});

describe('Add files', () => {
	it('uploads binary data to an object, marked as the object, once', async () => {
		const [created] = await run(report(), [eml('01')]);
		const item = {
			json: { id: created!.id as string },
			binary: {
				data: { data: Buffer.from('a,b\n').toString('base64'), mimeType: 'text/csv', fileName: '../../iocs.csv' },
			},
		};
		const add = { resource: 'file', operation: 'add', objectId: '={{ $json.id }}', binaryNames: '*', options: {} };
		expect(await run(add, [item])).toEqual([expect.objectContaining({ complete: true })]);
		await run(add, [item]);
		const { files } = platform.snapshot().reports[0]!;
		expect(files).toEqual([
			expect.objectContaining({ name: expect.stringMatching(/^iocs-[0-9a-f]{12}\.csv$/), markings: ['TLP:AMBER'] }),
		]);
	});
});

describe('Import bundle', () => {
	it('imports object by object and tells the ids', async () => {
		const bundle = emailToBundle(await parseEmail(messages.get('08')!), { include: { report: false } });
		const [imported] = await run(
			{ resource: 'bundle', operation: 'import', bundle: '={{ $json.bundle }}', mode: 'direct' },
			[{ json: { bundle } }],
		);
		expect(imported).toMatchObject({ mode: 'direct', complete: true });
		expect(platform.snapshot().counts['IPv4-Addr']).toBeGreaterThanOrEqual(2);
	});
});

describe('Label Observables of operations on bundles', () => {
	/** As Email to STIX leaves an item: the bundle, and the indicators that it was made of. */
	async function converted(): Promise<INodeExecutionData> {
		const email = await parseEmail(messages.get('01')!);
		const indicators = extractIndicators(email);
		const bundle = emailToBundle(email, { indicators });
		return { json: { bundle, indicators } as unknown as IDataObject };
	}
	const operations = {
		'Create From Bundle': { resource: 'report', operation: 'createFromBundle' },
		Import: { resource: 'bundle', operation: 'import', mode: 'direct' },
	};
	const of = (name: keyof typeof operations, options: IDataObject) => ({
		...operations[name],
		bundle: '={{ $json.bundle }}',
		options,
	});

	it.each(['Create From Bundle', 'Import'] as const)(
		'%s: is on, and takes the indicators of the item',
		async (name) => {
			const [made] = await run(of(name, {}), [await converted()]);
			expect(made).toMatchObject({ complete: true });
			// From the fields of the message, and from where its values were found.
			expect(platform.snapshot().labels).toEqual(expect.arrayContaining(['email:sender', 'email:text']));
		},
	);

	it.each(['Create From Bundle', 'Import'] as const)('%s: off leaves them as the bundle says', async (name) => {
		const [made] = await run(of(name, { labelObservables: false }), [await converted()]);
		expect(made).toMatchObject({ complete: true });
		expect(platform.snapshot().labels.filter((label) => label.startsWith('email:'))).toEqual([]);
	});
});

import type { IDataObject, INode, INodeExecutionData, INodeType } from 'n8n-workflow';
import { EmailToStix } from '../../nodes/EmailToStix/EmailToStix.node';
import { OpenCti } from '../../nodes/OpenCti/OpenCti.node';
import { startOpenCti, type LabOptions, type OpenCtiLab } from '../lab/opencti';
import { chain, execute, FakeCredentials, made, node } from './engine';

// One message is one item: the node keeps it, takes what the nodes before made of it, and adds what it made.

const PACK = 'n8n-nodes-email-intel';
/** A node that lets nothing through but one field, as many do. */
const dropping: INodeType = {
	description: {
		displayName: 'Drop',
		name: 'drop',
		group: ['transform'],
		version: 1,
		description: '',
		defaults: { name: 'Drop' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [],
	},
	async execute() {
		return [this.getInputData().map((_item, item) => ({ json: { verdict: 'bad' }, pairedItem: { item } }))];
	},
};
const types: Record<string, INodeType> = {
	[`${PACK}.emailToStix`]: new EmailToStix(),
	[`${PACK}.openCti`]: new OpenCti(),
	drop: dropping,
};

let platform: OpenCtiLab;
afterEach(async () => await platform.close());
const start = async (options: LabOptions = {}) => (platform = await startOpenCti(options));

const step = (name: string, type: string, parameters: IDataObject) =>
	node(name, type, parameters, { credentials: { emailIntelOpenCtiApi: { id: '1', name: 'o' } } });
const toStix = (more: IDataObject = {}) =>
	step('Email to STIX', `${PACK}.emailToStix`, {
		operation: 'convert',
		tlp: 'red',
		output: 'json',
		options: { author: 'CERT Example', labels: 'phishing', pap: 'amber', patternPolicy: 'defanged' },
		extraction: { ownDomains: 'soc.example.org', exclude: ['own-domain'] },
		...more,
	});
/** With no parameter but what n8n stores of a node that was just added. */
const openCti = (operation: string, more: IDataObject = {}, resource = 'report') =>
	step(operation, `${PACK}.openCti`, { resource, operation, ...more });

async function run(steps: INode[], items: INodeExecutionData[]) {
	const result = await execute({
		types,
		nodes: steps,
		connections: chain(...steps.map(({ name }) => name)),
		credentials: new FakeCredentials({ emailIntelOpenCtiApi: { url: platform.url, token: platform.token } }),
		startNode: steps[0]!.name,
		startItems: structuredClone(items),
	});
	return { result, error: result.error(), output: result.output(steps.at(-1)!.name) ?? [] };
}

const mail: INodeExecutionData = {
	json: { ticket: 7 },
	binary: {
		email: {
			data: Buffer.from(
				'From: it@evil.example.net\r\nTo: jo@soc.example.org\r\nSubject: Quota\r\nDate: Thu, 19 Nov 2026 08:00:00 +0000\r\nMessage-ID: <q@evil.example.net>\r\n\r\nhxxp://evil[.]example[.]net/login or http://portal.soc.example.org/\r\n',
			).toString('base64'),
			mimeType: 'message/rfc822',
			fileName: 'message.eml',
		},
	},
};

describe('Create Report with nothing filled in', () => {
	it('takes the bundle of Email to STIX with all that was said there, and keeps the item', async () => {
		await start();
		const { error, output } = await run([toStix(), openCti('createFromEmail')], [mail]);
		expect(error).toBeUndefined();
		const [{ json, binary }] = output as [INodeExecutionData];
		expect(binary).toMatchObject({ email: { mimeType: 'message/rfc822' } });
		expect(json).toMatchObject({
			subject: 'Quota',
			bundle: { type: 'bundle' },
			report: { name: 'Quota', created: true, complete: true, url: expect.stringContaining('/dashboard/') },
			complete: true,
		});
		const [report] = platform.snapshot().reports;
		expect(report).toMatchObject({ author: 'CERT Example', labels: ['phishing'] });
		expect([...report!.markings].sort()).toEqual(['PAP:AMBER', 'TLP:RED']);
		expect(report!.objects.map(({ type }) => type)).toEqual(expect.arrayContaining(['Url', 'Indicator']));
		const urls = platform.store.ofType('Url').map(({ data }) => data['value'] as string);
		expect(urls).toEqual(['http://evil.example.net/login']);
		expect(report!.description).toContain('**Indicators found**');
	});

	it('reads the bundle of the file, too', async () => {
		await start();
		const { output } = await run([toStix({ output: 'binary' }), openCti('createFromEmail')], [mail]);
		expect(output[0]!.json).toMatchObject({ report: { markings: expect.arrayContaining(['TLP:RED']) } });
		expect(platform.store.ofType('Indicator').length).toBeGreaterThan(0);
	});

	it('says of each object what it is and where it is', async () => {
		await start();
		const { output } = await run([toStix(), openCti('createFromEmail')], [mail]);
		const { objects } = output[0]!.json.report as {
			objects: { type: string; name: string; id: string; url: string }[];
		};
		const [url] = objects.filter(({ type }) => type === 'url');
		expect(url).toMatchObject({
			name: 'http://evil.example.net/login',
			url: `${platform.url}/dashboard/id/${url!.id}`,
		});
	});

	it('puts a hunt into the report: what was seen, its objects by choice, and who received it', async () => {
		await start();
		const value = 'http://evil.example.net/second';
		const hunt = {
			matches: 3,
			queries: ['q'],
			rows: [
				{
					subject: 'Quota',
					recipient: ['al@soc.example.org'],
					messageStatus: 'Delivered',
					matchedBy: ["domain-name:value = 'evil.example.net'"],
				},
			],
			bundle: { type: 'bundle', id: 'bundle--1', objects: [{ type: 'url', id: 'url--5', value }] },
			warnings: [{ code: 'hunt-incomplete', message: 'One page is missing' }],
			complete: false,
		};
		const { output } = await run([openCti('createFromEmail')], [{ ...mail, json: { hunt } }]);
		const urls = () => platform.store.ofType('Url').map(({ data }) => data['value'] as string);
		expect(urls()).not.toContain(value);
		const seen = () =>
			platform.store
				.ofType('sighting')
				.map(({ data }) => [
					platform.store.get(String(data['fromId'])).data['value'],
					platform.store.get(String(data['toId'])).data['name'],
					data['attribute_count'],
				]);
		expect(seen()).toEqual([['evil.example.net', 'Mail system', 1]]);
		const options = { huntResults: 'messages', seenAt: 'Example Corp.' };
		await run([openCti('createFromEmail', { options })], [{ ...mail, json: { hunt } }]);
		expect(urls()).toContain(value);
		expect(seen()).toContainEqual(['evil.example.net', 'Example Corp.', 1]);
		const { description } = platform.snapshot().reports[0]!;
		expect(description).toContain('al@soc.example.org');
		expect(description).toContain('…and 2 more.');
		expect(description).toContain('One page is missing');
		// What the hunt did not find is missing in the report.
		expect(output[0]!.json).toMatchObject({
			report: { complete: false, warnings: expect.arrayContaining(hunt.warnings) },
			complete: false,
		});
	});
});

describe('the other operations keep the item, too', () => {
	it.each([
		['createFromBundle', 'report', 'report', { bundle: '={{ $json.bundle }}' }],
		['create', 'case', 'case', {}],
		['create', 'incident', 'incident', {}],
		['import', 'bundle', 'imported', { bundle: '={{ $json.bundle }}', mode: 'direct' }],
	])('%s of %s adds the field %s', async (operation, resource, field, more) => {
		await start();
		const { error, output } = await run([toStix(), openCti(operation, more, resource)], [mail]);
		expect(error).toBeUndefined();
		expect(output[0]!.json).toMatchObject({ subject: 'Quota', [field]: { complete: true }, complete: true });
		expect(output[0]!.binary).toHaveProperty('email');
	});

	it('a case is marked as was said of its message', async () => {
		await start();
		await run([toStix(), openCti('create', {}, 'case')], [mail]);
		expect(platform.snapshot().cases).toMatchObject([{ author: 'CERT Example' }]);
		expect([...platform.snapshot().cases[0]!.markings].sort()).toEqual(['PAP:AMBER', 'TLP:RED']);
	});

	it('an incident has what was found related to it, and is marked as was said of its message', async () => {
		await start();
		const options = { source: 'SOC mailbox' };
		const steps = [toStix(), openCti('create', { incidentType: 'compromise', severity: 'high', options }, 'incident')];
		for (const created of [1, 0]) {
			const { error, output } = await run(steps, [mail]);
			expect(error).toBeUndefined();
			expect(output[0]!.json).toMatchObject({
				ticket: 7,
				incident: {
					incidentType: 'compromise',
					severity: 'high',
					source: 'SOC mailbox',
					complete: true,
					counts: { incident: { created, found: 1 - created }, url: { created }, indicator: { refused: 0 } },
				},
			});
		}
		const [incident, ...others] = platform.snapshot().incidents;
		expect(others).toEqual([]);
		expect(incident).toMatchObject({ author: 'CERT Example', labels: ['phishing'] });
		expect([...incident!.markings].sort()).toEqual(['PAP:AMBER', 'TLP:RED']);
		expect(incident!.objects.map(({ type }) => type)).toEqual(
			expect.arrayContaining(['Url', 'Indicator', 'Email-Message']),
		);
		for (const { data, markings } of platform.store.ofType('relationship')) {
			const marked = markings.map((id) => platform.store.get(id).data['definition'] as string).sort();
			expect([data['relationship_type'], marked]).toEqual([data['relationship_type'], ['PAP:AMBER', 'TLP:RED']]);
		}
	});

	it('a case holds the observables and indicators of the item', async () => {
		await start();
		const { output } = await run([toStix(), openCti('create', {}, 'case')], [mail]);
		const [held] = platform.snapshot().cases;
		expect(held!.objects.map(({ type }) => type)).toEqual(
			expect.arrayContaining(['Url', 'Indicator', 'Email-Message']),
		);
		expect(output[0]!.json).toMatchObject({
			case: { counts: { 'case-incident': { created: 1 }, url: { created: 1 } } },
		});
	});

	const hunt = {
		matches: 2,
		queries: ['q'],
		rows: [
			{ subject: 'Quota', recipient: ['al@soc.example.org'], matchedBy: ["domain-name:value = 'evil.example.net'"] },
			{ subject: 'Quota', recipient: ['bo@soc.example.org'], matchedBy: ["domain-name:value = 'evil.example.net'"] },
		],
		warnings: [],
		complete: true,
	};
	/** What a hunt that comes after the report writes into the item. */
	const hunting: INodeType = {
		description: { ...dropping.description, displayName: 'Hunt', name: 'hunt' },
		async execute() {
			return [
				this.getInputData().map((item, at) => ({ ...item, json: { ...item.json, hunt }, pairedItem: { item: at } })),
			];
		},
	};
	types['hunt'] = hunting;

	it.each([
		['report', 'createFromEmail', 'report'],
		['case', 'create', 'case'],
		['incident', 'create', 'incident'],
	])(
		'notes, findings and files are added to the %s that a node before made, with nothing filled in, and once',
		async (kind, operation, resource) => {
			await start();
			const steps = [
				openCti(operation, { tlp: 'red' }, resource),
				step('Hunt', 'hunt', {}),
				step('Note', `${PACK}.openCti`, { resource: 'report', operation: 'addNote', note: 'Seen by **two** people' }),
				step('Findings', `${PACK}.openCti`, { resource: 'report', operation: 'addFindings' }),
				step('Files', `${PACK}.openCti`, { resource: 'file', operation: 'add', binaryNames: '*' }),
			];
			const notes = () => platform.store.ofType('Note');
			for (const created of [1, 0]) {
				const { error, result, output } = await run(steps, [mail]);
				expect(error).toBeUndefined();
				const made = (output[0]!.json[kind] as { id: string }).id;
				for (const [name, type] of [
					['Note', 'note'],
					['Findings', 'sighting'],
				] as const) {
					const [{ json }] = result.output(name) as [INodeExecutionData];
					expect(json).toMatchObject({
						ticket: 7,
						added: { id: made, complete: true, counts: { [type]: { created, found: 1 - created } } },
					});
				}
				expect(output[0]!.json).toMatchObject({ added: { id: made, complete: true }, complete: true });
				expect(notes()).toHaveLength(2);
				expect(notes().every(({ objects }) => objects.includes(made))).toBe(true);
			}
			for (const { markings } of [...notes(), ...platform.store.ofType('sighting')]) {
				expect(markings.map((id) => platform.store.get(id).data['definition'])).toEqual(['TLP:RED']);
			}
			const files = [...platform.store.files.values()].map(({ markings }) =>
				markings.map((id) => platform.store.get(id).data['definition'] as string),
			);
			expect(files).toEqual([['TLP:RED']]);
		},
	);

	it('a note goes to the report whose id somebody wrote into the item, or that was chosen from the list', async () => {
		await start();
		const { output } = await run([openCti('createFromEmail')], [mail]);
		const { id, standardId } = output[0]!.json.report as { id: string; standardId: string };
		const more = { note: 'Closed' };
		const byField = await run([openCti('addNote', more)], [{ json: { reportId: standardId } }]);
		expect(byField.output[0]!.json).toMatchObject({ added: { id, counts: { note: { created: 1 } } } });
		const chosen = { report: { __rl: true, mode: 'list', value: id }, ...more };
		const byList = await run([openCti('addNote', chosen)], [{ json: {} }]);
		expect(byList.output[0]!.json).toMatchObject({ added: { id, counts: { note: { found: 1 } } } });
		const { error } = await run([openCti('addNote', more)], [{ json: {} }]);
		expect(error?.message).toBe("'Report' returns nothing (item 0)");
		expect(error?.description).toContain('creates or finds a report');
	});

	it('a report that was just made is found, and files are added to it, with nothing filled in', async () => {
		await start();
		const steps = [
			openCti('createFromEmail'),
			openCti('find', { messageId: '<q@evil.example.net>' }),
			openCti('add', { binaryNames: '*' }, 'file'),
		];
		const { error, output } = await run(steps, [mail]);
		expect(error).toBeUndefined();
		expect(output[0]!.json).toMatchObject({
			ticket: 7,
			found: true,
			report: { name: 'Quota' },
			added: { complete: true, files: [{ originalName: 'message.eml', status: 'uploaded' }] },
		});
		expect(platform.snapshot().reports[0]!.files).toHaveLength(1);
	});
});

describe('what the user may not do is said before anything is made', () => {
	const withCsv: INodeExecutionData = {
		json: { from: 'a@example.org', subject: 'Lists', text: 'See the file', date: '2026-11-18T19:30:00Z' },
		binary: { data: { data: Buffer.from('a,b\n').toString('base64'), mimeType: 'text/csv', fileName: 'a.csv' } },
	};

	it.each([
		['files', ['KNOWLEDGE_KNUPDATE'], {}, 'KNOWLEDGE_KNUPLOAD'],
		['labels', ['KNOWLEDGE_KNUPDATE', 'KNOWLEDGE_KNUPLOAD'], { labels: ['new'] }, 'SETTINGS_SETLABELS'],
		['anything', ['KNOWLEDGE'], {}, 'KNOWLEDGE_KNUPDATE'],
	])('%s', async (_what, capabilities, options, missing) => {
		await start({ users: [{ token: 't', capabilities }] });
		const { error } = await run([openCti('createFromEmail', { contents: 'none', options })], [withCsv]);
		expect(error?.message).toContain(missing);
		expect(error?.description).toMatch(/Nothing was created.*Settings, Security, Roles/);
		expect(platform.snapshot()).toMatchObject({ reports: [], identities: [] });
	});

	it('a marking that the user may not use, with those that may be used', async () => {
		await start({ users: [{ token: 't', capabilities: ['KNOWLEDGE_KNUPDATE'], allowedMarkings: ['TLP:GREEN'] }] });
		const { error } = await run([openCti('createFromEmail', { tlp: 'red', contents: 'none' })], [mail]);
		expect(error?.description).toMatch(/TLP:GREEN.*OPENCTI_MARKING_UNKNOWN/s);
		expect(platform.snapshot()).toMatchObject({ reports: [], identities: [] });
	});
});

describe('a message that is not there, or has no date', () => {
	it('names the node before, what the item has, and what to do', async () => {
		await start();
		const drop = step('Verdict', 'drop', {});
		const { error } = await run([drop, openCti('createFromEmail')], [mail]);
		expect(error?.message).toBe('The item does not contain an email');
		expect(error?.description).toMatch(
			/^The item comes from 'Verdict' and has the fields verdict\. A node before this one may have dropped the message\. Connect this node/,
		);
	});

	const undated: INodeExecutionData = { json: { from: 'a@example.org', subject: 'Form', text: 'From a web form' } };

	it('names the option that helps where there is no date at all', async () => {
		await start();
		const { error } = await run([openCti('createFromEmail')], [undated]);
		expect(error?.description).toContain("'Published At'");
	});

	it.each([
		['date', { date: '2026-11-18T19:30:00Z' }, {}],
		['receivedAt', { receivedAt: '2026-11-18T19:30:00Z' }, {}],
		["the option 'Published At'", {}, { publishedAt: '2026-11-18T19:30:00Z' }],
	])('is dated by %s', async (_name, json, options) => {
		await start();
		const { output } = await run([openCti('createFromEmail', { options })], [{ json: { ...undated.json, ...json } }]);
		expect(made(output[0]!.json)).toMatchObject({ name: 'Form', published: '2026-11-18T19:30:00.000Z' });
	});
});

import type {
	GenericValue,
	ICredentialsDecrypted,
	IDataObject,
	IExecuteFunctions,
	ILoadOptionsFunctions,
	INodeProperties,
} from 'n8n-workflow';
import {
	CASE_DEFAULTS,
	CREATE_DEFAULTS,
	EMAIL_REPORT_DEFAULTS,
	FROM_EMAIL_DEFAULTS,
	IMPORT_DEFAULTS,
	INCIDENT_DEFAULTS,
	type OpenCtiClient,
	REPORT_DEFAULTS,
	reportFromEmail,
} from '../../../lib/opencti';
import { OpenCti } from '../../../nodes/OpenCti/OpenCti.node';
import { openCtiClient } from '../../../nodes/OpenCti/platform';
import * as bundle from '../../../nodes/OpenCti/bundle';
import * as incidentCase from '../../../nodes/OpenCti/case';
import * as file from '../../../nodes/OpenCti/file';
import * as incident from '../../../nodes/OpenCti/incident';
import * as report from '../../../nodes/OpenCti/report';
import { startOpenCti } from '../../lab/opencti';
import { email } from '../opencti/messages';

/*
 * Each option of the node, and the option of the library that it is meant for: what a user sets arrives, what nobody sets means the
 * same in both. An option that is added to the node and is not in the table turns a test red.
 */

const RAW = Buffer.from(
	'From: intel@example.org\r\nTo: soc@example.com\r\nSubject: Weekly\r\nDate: Wed, 16 Apr 2025 10:10:10 +0000\r\nMessage-ID: <1@example.org>\r\n\r\nSee http://evil.example.org/a\r\n',
);

const CSV = Buffer.from('domain\nevil.example.org\n');

/** n8n, as far as an operation asks it. */
function contextOf(parameters: IDataObject, json: IDataObject = {}): IExecuteFunctions {
	const email = { data: RAW.toString('base64'), mimeType: 'message/rfc822', fileName: 'mail.eml' };
	const binary = { email, data: { data: CSV.toString('base64'), mimeType: 'text/csv', fileName: 'iocs.csv' } };
	return {
		getInputData: () => [{ json, binary }],
		getNodeParameter: (name: string, _itemIndex: number, otherwise?: unknown) => parameters[name] ?? otherwise,
		getNode: () => ({ name: 'OpenCTI', typeVersion: 1 }),
		getTimezone: () => 'Europe/Berlin',
		helpers: {
			assertBinaryData: (_itemIndex: number, name: keyof typeof binary) => binary[name],
			getBinaryDataBuffer: (_itemIndex: number, name: keyof typeof binary) =>
				Promise.resolve(Buffer.from(binary[name].data, 'base64')),
		},
	} as unknown as IExecuteFunctions;
}

type Calls = { method: string; given: unknown[] }[];

/** A client that notes what it is asked for. */
function spy(): { client: OpenCtiClient; calls: Calls } {
	const calls: Calls = [];
	const answer = { warnings: [], complete: true };
	const client = new Proxy({} as OpenCtiClient, {
		get:
			(_target, method: string) =>
			(...given: unknown[]) => {
				calls.push({ method, given });
				return Promise.resolve(['addFiles', 'findReports'].includes(method) ? [] : answer);
			},
	});
	return { client, calls };
}

const operations = {
	'report: createFromEmail': report.operations['createFromEmail']!,
	'report: createFromBundle': report.operations['createFromBundle']!,
	'report: find': report.operations['find']!,
	'report: addNote': report.operations['addNote']!,
	'report: addFindings': report.operations['addFindings']!,
	'case: create': incidentCase.operations['create']!,
	'incident: create': incident.operations['create']!,
	'file: add': file.operations['add']!,
	'bundle: import': bundle.operations['import']!,
};
type Operation = keyof typeof operations;

async function asked(operation: Operation, parameters: IDataObject, json: IDataObject = {}): Promise<unknown[]> {
	const { client, calls } = spy();
	await operations[operation].execute(contextOf({ ...BASE, ...parameters }, json), 0, client);
	expect(calls).toHaveLength(1);
	return calls[0]!.given;
}

const BASE = {
	tlp: 'amber',
	severity: 'low',
	incidentType: 'phishing',
	options: {},
	objectId: 'report--1',
	binaryNames: 'data',
};
const optionsOf = async (operation: Operation, options: IDataObject, more: IDataObject = {}, json: IDataObject = {}) =>
	(await asked(operation, { ...more, options }, json)).at(-1) as Record<string, unknown>;

const finding = { type: 'url', id: 'url--1', value: 'http://example.org/' };

/** What both a report and a case are created with. */
const CREATION: [option: string, value: GenericValue | IDataObject, expected: Record<string, unknown>][] = [
	['missingLabels', 'error', { missingLabels: 'error' }],
	['sameNameAndDate', 'merge', { sameNameAndDate: 'merge' }],
	['triggerImport', true, { triggerImport: true }],
];
const FROM_EMAIL: [option: string, value: GenericValue | IDataObject, expected: Record<string, unknown>][] = [
	['attachmentTypes', 'image/*, text/plain', { attachmentTypes: ['image/*', 'text/plain'] }],
	['author', 'CERT', { author: 'CERT' }],
	['author', { __rl: true, mode: 'name', value: 'CERT' }, { author: 'CERT' }],
	['author', { __rl: true, mode: 'list', value: 'identity--1' }, { author: { id: 'identity--1' } }],
	['author', { __rl: true, mode: 'id', value: 'identity--1' }, { author: { id: 'identity--1' } }],
	['confidence', 40, { confidence: 40 }],
	// A switch of earlier versions has saved the first two.
	['defangLinks', true, { links: 'defang' }],
	['defangLinks', false, { links: 'keep' }],
	['labels', 'a, b', { labels: ['a', 'b'] }],
	['labels', ['a', 'b, c'], { labels: ['a', 'b, c'] }],
	['markings', 'PAP:RED', { marking: ['amber', 'PAP:RED'] }],
	['markings', ['PAP:RED', 'TLP:RED'], { marking: ['amber', 'PAP:RED', 'TLP:RED'] }],
	['namePrefix', '[Mail]', { namePrefix: '[Mail] ' }],
	['originalEmail', true, { originalEmail: true }],
	['published', 'received', { published: 'received' }],
	['publishedAt', '2026-11-20T10:00:00', { publishedFallback: new Date('2026-11-20T09:00:00Z') }],
];
const OF_REPORT: [option: string, value: GenericValue | IDataObject, expected: Record<string, unknown>][] = [
	['findings', { type: 'bundle', objects: [finding] }, { findings: [finding] }],
	['labelObservables', false, { roles: false }],
	[
		'campaignDay',
		true,
		{ campaign: { subject: 'weekly', urls: ['http://*/a'], key: expect.stringMatching(/^[0-9a-f]{16}$/) } },
	],
	['notes', 'Seen', { notes: 'Seen' }],
	['ownDomains', 'example.com, example.org', { ownDomains: ['example.com', 'example.org'] }],
	['huntResults', 'messages', { huntResults: { as: 'messages' } }],
	['huntRecipients', 'counts', { huntResults: { recipients: 'counts' } }],
	['largeFindings', 'queue', { huntResults: { large: 'queue' } }],
	['ownAddresses', true, { huntResults: { ownAddresses: true } }],
	['seenAt', ' Example Corp. ', { huntResults: { seenAt: 'Example Corp.' } }],
	['reliability', ' B - Usually reliable', { reliability: 'B - Usually reliable' }],
	['reportTypes', 'malware, campaign', { reportTypes: ['malware', 'campaign'] }],
	['reportTypes', ['malware'], { reportTypes: ['malware'] }],
	['updateExisting', true, { existing: 'update' }],
];
/** Where the work of the whole node goes: own-connection.test.ts. */
const OF_NODE = ['draft'];
/** Of Open Attachments: open-attachments.test.ts. */
const OF_OPENING = ['attachmentPasswords', 'otherArchives'];

const offered = (operation: Operation) => {
	const [resource, name] = operation.split(': ');
	const { properties } = new OpenCti().description;
	const shown = properties.filter(
		({ displayOptions: { show } = {} }) => show?.['resource']?.includes(resource) && show['operation']?.includes(name),
	);
	const collection = shown.find(({ name }) => name === 'options');
	return { shown, options: (collection?.options ?? []) as INodeProperties[] };
};

describe('Report: Create From Email', () => {
	it.each([...CREATION, ...FROM_EMAIL, ...OF_REPORT])('hands on %s = %j', async (option, value, expected) => {
		expect(await optionsOf('report: createFromEmail', { [option]: value })).toMatchObject(expected);
	});

	it('hands on marking, message and contents', async () => {
		const [message, options] = await asked('report: createFromEmail', { tlp: 'red', contents: 'indicators' });
		expect(message).toMatchObject({ messageId: '<1@example.org>' });
		expect(options).toMatchObject({ marking: ['red'], contents: 'indicators' });
	});

	it('with Published At: at the date of its own option, which must be there', async () => {
		const at = { published: 'at', publishedAt: '2026-11-20T10:00:00Z' };
		expect(await optionsOf('report: createFromEmail', at)).toMatchObject({ published: new Date(at.publishedAt) });
		await expect(optionsOf('report: createFromEmail', { published: 'at' })).rejects.toThrow("'Published At' is empty");
	});

	it.each([
		['labels', undefined, "'Label Names or IDs' returns nothing (item 0)"],
		['markings', [undefined], "'Other Marking Names or IDs' returns nothing (item 0)"],
		['markings', [{}], "'Other Marking Names or IDs' returns neither a text nor a list of texts (item 0)"],
		['reportTypes', null, "'Report Type Names or IDs' returns nothing (item 0)"],
		['author', undefined, "'Author' returns nothing (item 0)"],
	])('says that the expression of %s gives nothing, and makes no report without it', async (option, value, message) => {
		const given = { [option]: value } as IDataObject;
		await expect(optionsOf('report: createFromEmail', given)).rejects.toThrow(message);
	});

	describe('by itself takes what the item holds', () => {
		const red = { type: 'marking-definition', id: 'marking-definition--7', name: 'x' };
		const mine = {
			type: 'bundle',
			id: 'bundle--1',
			objects: [finding, { type: 'report', id: 'report--1', object_marking_refs: [red.id] }],
		};
		const indicator = { type: 'url', value: 'http://example.org/', sources: [{ part: 'text' }], flags: ['x'] };
		const hunt = {
			matches: 1,
			queries: ['q'],
			rows: [{ subject: 'Pay', recipient: ['a@example.com'], matchedBy: ['t'] }],
			bundle: { type: 'bundle', id: 'bundle--2', objects: [{ ...finding, id: 'url--2' }] },
			warnings: [{ code: 'c', message: 'One page is missing' }],
			complete: true,
		};
		const taken = async (json: IDataObject, contents = 'auto', tlp = 'auto') =>
			await optionsOf('report: createFromEmail', {}, { contents, tlp }, json);

		it('its bundle, with the indicators that it was made of and its marking', async () => {
			expect(await taken({ bundle: mine, indicators: [indicator, { type: 7 }] })).toMatchObject({
				bundle: mine,
				indicators: [indicator],
				marking: ['marking-definition--7'],
			});
			expect(await taken({ bundle: mine }, 'bundle', 'red')).toMatchObject({ bundle: mine, marking: ['red'] });
		});

		it('what hunts found, one or several', async () => {
			const [one] = [await taken({ hunt })];
			expect(one).toMatchObject({
				findings: [],
				hunts: [
					{
						matches: 1,
						rows: [{ subject: ['Pay'], recipients: ['a@example.com'], matchedBy: ['t'] }],
						objects: hunt.bundle.objects,
					},
				],
				huntResults: { as: 'sightings', recipients: 'names', large: 'note', ownAddresses: false },
			});
			expect(await taken({ hunt: [hunt, hunt] })).toMatchObject({ hunts: [{ matches: 1 }, { matches: 1 }] });
		});

		it('its observables where it has no bundle', async () => {
			expect(await taken({})).toMatchObject({ contents: 'observables', marking: ['TLP:AMBER+STRICT'], findings: [] });
			expect(await taken({ bundle: { type: 'bundle', objects: [] } })).toMatchObject({ contents: 'observables' });
		});

		it.each(['none', 'observables', 'indicators'])('and not where %s is chosen', async (contents) => {
			const options = await taken({ bundle: mine }, contents);
			expect(options).toMatchObject({ contents });
			expect(options).not.toHaveProperty('bundle');
		});

		it('and says so where its bundle is asked for and not there', async () => {
			await expect(taken({}, 'bundle')).rejects.toThrow('the item has no bundle (item 0)');
		});
	});

	it('has no option that is not asked for here', () => {
		const known = [
			...new Set([...CREATION, ...FROM_EMAIL, ...OF_REPORT].map(([option]) => option)),
			...OF_NODE,
			...OF_OPENING,
		];
		expect(
			offered('report: createFromEmail')
				.options.map(({ name }) => name)
				.sort(),
		).toEqual(known.sort());
	});
});

/** What a case, and an incident, take besides what a report takes. */
const OF_OTHERS = {
	'case: create': [
		['priority', 'P1', { priority: 'P1' }],
		['responseTypes', 'data-leak, phishing', { responseTypes: ['data-leak', 'phishing'] }],
		['responseTypes', ['data-leak'], { responseTypes: ['data-leak'] }],
	],
	'incident: create': [['source', ' SOC ', { source: 'SOC' }]],
} as const satisfies Record<string, readonly [string, GenericValue | IDataObject, Record<string, unknown>][]>;
/** Of reports only: their own vocabularies, one for a campaign and day, and the queue, which knows nothing else. */
const REPORTS_ONLY = new Set(['campaignDay', 'reliability', 'reportTypes', 'largeFindings']);

describe.each(['case: create', 'incident: create'] as const)('%s', (operation) => {
	const ofMessage = [...CREATION, ...FROM_EMAIL, ...OF_REPORT].filter(([option]) => !REPORTS_ONLY.has(option));
	const all = [...ofMessage, ...OF_OTHERS[operation]] as typeof CREATION;

	it.each(all)('hands on %s = %j', async (option, value, expected) => {
		expect(await optionsOf(operation, { [option]: value })).toMatchObject(expected);
	});

	it('hands on marking, message, contents and severity', async () => {
		const [message, options] = await asked(operation, { tlp: 'red', contents: 'indicators', severity: 'critical' });
		expect(message).toMatchObject({ messageId: '<1@example.org>' });
		expect(options).toMatchObject({ marking: ['red'], contents: 'indicators', severity: 'critical' });
	});

	it('by itself takes the bundle and the hunt of the item, and its observables where it has no bundle', async () => {
		const bundle = { type: 'bundle', id: 'bundle--1', objects: [finding] };
		const hunt = { matches: 1, rows: [{ subject: 'Pay' }] };
		expect(await optionsOf(operation, {}, { tlp: 'auto' }, { bundle, hunt })).toMatchObject({
			bundle,
			hunts: [{ matches: 1 }],
		});
		expect(await optionsOf(operation, {}, { tlp: 'auto' })).toMatchObject({ contents: 'observables' });
		await expect(optionsOf(operation, {}, { contents: 'bundle' })).rejects.toThrow(
			/the (?:Case|Incident)' is Item's Bundle/,
		);
	});

	it('has no option that is not asked for here', () => {
		const known = [...new Set(all.map(([option]) => option)), ...OF_NODE, ...OF_OPENING];
		expect(
			offered(operation)
				.options.map(({ name }) => name)
				.sort(),
		).toEqual(known.sort());
	});
});

it('Incident: Create hands on its type, which must be there', async () => {
	expect(await optionsOf('incident: create', {}, { incidentType: ' compromise' })).toMatchObject({
		incidentType: 'compromise',
	});
	await expect(optionsOf('incident: create', {}, { incidentType: '' })).rejects.toThrow(
		"'Incident Type Name or ID' is empty (item 0)",
	);
});

describe('what is added to a report that is there', () => {
	const hunt = { matches: 1, rows: [{ subject: 'Pay' }] };
	const bundle = { type: 'bundle', id: 'bundle--1', objects: [finding] };

	it('Report: Add Note hands on report, text, title and markings', async () => {
		const given = { report: 'report--7', note: 'Seen', options: { title: ' Verdict ', markings: 'TLP:RED' } };
		expect(await asked('report: addNote', given)).toEqual([
			'report--7',
			{ notes: [{ content: 'Seen', title: 'Verdict' }] },
			{ markings: ['TLP:RED'] },
		]);
		await expect(asked('report: addNote', { ...given, note: ' ' })).rejects.toThrow("'Note' is empty (item 0)");
	});

	it('Report: Add Findings hands on the hunt and the bundle of the item, and what is to become of them', async () => {
		const options = {
			...Object.fromEntries(OF_REPORT.map(([option, value]) => [option, value])),
			markings: ['TLP:RED'],
		};
		const given = await asked('report: addFindings', { report: 'report--7', options }, { hunt, bundle });
		expect(given).toMatchObject([
			'report--7',
			{ hunts: [{ matches: 1 }] },
			{
				bundle,
				markings: ['TLP:RED'],
				ownDomains: ['example.com', 'example.org'],
				huntResults: {
					as: 'messages',
					recipients: 'counts',
					large: 'queue',
					ownAddresses: true,
					seenAt: 'Example Corp.',
				},
			},
		]);
		await expect(asked('report: addFindings', { report: 'report--7' })).rejects.toThrow(
			'The item has no results of a hunt (item 0)',
		);
	});

	it.each(['report: addNote', 'report: addFindings'] as const)(
		'%s says that there is nothing to add to',
		async (operation) => {
			await expect(asked(operation, { report: '', note: 'Seen' }, { hunt })).rejects.toThrow(
				"'Report' returns nothing (item 0)",
			);
		},
	);

	it('has no option that is not asked for here', () => {
		const names = (operation: Operation) =>
			offered(operation)
				.options.map(({ name }) => name)
				.sort();
		expect(names('report: addNote')).toEqual(['draft', 'markings', 'title']);
		expect(names('report: addFindings')).toEqual(
			[
				'draft',
				'huntRecipients',
				'huntResults',
				'largeFindings',
				'markings',
				'ownAddresses',
				'ownDomains',
				'seenAt',
			].sort(),
		);
	});
});

describe('the other operations', () => {
	it.each([
		['labels', 'a, b', { labels: ['a', 'b'] }],
		['markings', 'TLP:RED, PAP:RED', { marking: ['TLP:RED', 'PAP:RED'] }],
		['name', 'Another', { name: 'Another' }],
	])('Report: Create From Bundle hands on %s = %j', async (option, value, expected) => {
		const bundle = { type: 'bundle', objects: [finding] };
		expect(await optionsOf('report: createFromBundle', { [option]: value }, { bundle })).toMatchObject(expected);
	});

	it.each(['direct', 'push', 'file'])('Bundle: Import hands on the mode %s', async (mode) => {
		const bundle = { type: 'bundle', objects: [finding] };
		expect(await asked('bundle: import', { bundle, mode })).toEqual([bundle, { mode, roles: true, indicators: [] }]);
	});

	it.each(['bundle: import', 'report: createFromBundle'] as const)(
		'%s hands on whether observables are labelled',
		async (operation) => {
			const bundle = { type: 'bundle', objects: [finding] };
			expect(await optionsOf(operation, {}, { bundle })).toMatchObject({ roles: true });
			expect(await optionsOf(operation, { labelObservables: false }, { bundle })).toMatchObject({ roles: false });
		},
	);

	it('File: Add hands on object, files, markings and connectors', async () => {
		const options = { markings: 'TLP:RED', triggerImport: true };
		const [object, files, given] = await asked('file: add', { objectId: 'report--7', options });
		expect(object).toBe('report--7');
		expect(files).toMatchObject([
			{ name: expect.stringMatching(/^iocs-[0-9a-f]{12}\.csv$/), originalName: 'iocs.csv', contentType: 'text/csv' },
		]);
		expect(given).toEqual({ markings: ['TLP:RED'], triggerImport: true });
	});

	it.each([
		[{ by: 'id', reportId: 'report--7' }, { id: 'report--7' }],
		[{ by: 'messageId', messageId: '<1@example.org>' }, { messageId: '<1@example.org>' }],
	])('Report: Find with %j asks for %j', async (parameters, query) => {
		expect(await asked('report: find', parameters)).toEqual([query]);
	});
});

describe('a default', () => {
	const all = (
		['report: createFromEmail', 'case: create', 'incident: create', 'file: add', 'bundle: import'] as const
	).flatMap((operation) => {
		const { shown, options } = offered(operation);
		return [...shown, ...options].map((property) => [operation, property.name, property.default] as const);
	});
	const lib: Record<string, unknown> = {
		attachmentTypes: FROM_EMAIL_DEFAULTS.attachmentTypes.join(', '),
		author: { mode: 'name', value: FROM_EMAIL_DEFAULTS.author },
		defangLinks: FROM_EMAIL_DEFAULTS.links,
		labelObservables: EMAIL_REPORT_DEFAULTS.roles,
		missingLabels: CREATE_DEFAULTS.missingLabels,
		incidentType: INCIDENT_DEFAULTS.incidentType,
		mode: IMPORT_DEFAULTS.mode,
		originalEmail: FROM_EMAIL_DEFAULTS.originalEmail,
		priority: CASE_DEFAULTS.priority,
		published: FROM_EMAIL_DEFAULTS.published,
		reportTypes: [...REPORT_DEFAULTS.reportTypes],
		sameNameAndDate: CREATE_DEFAULTS.sameNameAndDate,
		severity: CASE_DEFAULTS.severity,
		source: INCIDENT_DEFAULTS.source,
		triggerImport: CREATE_DEFAULTS.triggerImport,
	};

	it.each(all.filter(([, name]) => name in lib))("of %s: %s is the library's (%j)", (_operation, name, value) => {
		expect(value).toEqual(lib[name]);
	});

	const defaultOf = (wanted: string) =>
		offered('report: createFromEmail').shown.find(({ name }) => name === wanted)!.default as string;

	it('of Put Into the Report takes what the item holds', () => {
		expect(defaultOf('contents')).toBe('auto');
	});

	it('of TLP Marking marks a report as the library does by itself', async () => {
		const { marking } = await optionsOf('report: createFromEmail', {}, { tlp: defaultOf('tlp') });
		expect(reportFromEmail(email(), { marking: marking as string[] }).markings).toEqual(
			reportFromEmail(email()).markings,
		);
	});
});

describe('the log of n8n', () => {
	it('is told what the client does', async () => {
		const lab = await startOpenCti();
		const lines: string[] = [];
		const tell = (line: string) => void lines.push(line);
		const context = { logger: { debug: tell, info: tell, warn: tell, error: tell } };
		const client = openCtiClient({ url: lab.url, token: lab.token }, context);
		await client.test();
		await client.close();
		await lab.close();
		expect(lines).toEqual([expect.stringContaining('/graphql (EmailIntelAbout): 200')]);
	});
});

describe('the lists of the platform', () => {
	const { loadOptions, listSearch } = new OpenCti().methods;
	const contextFor = (credential: IDataObject, set?: unknown) =>
		({
			getCredentials: () => Promise.resolve(credential),
			getCurrentNodeParameter: () => set,
			getNode: () => ({ name: 'OpenCTI', typeVersion: 1 }),
		}) as unknown as ILoadOptionsFunctions;

	it('offer labels, markings, types, authors and open drafts, and keep what is set and not there yet', async () => {
		const lab = await startOpenCti();
		const credential = { url: lab.url, token: lab.token };
		lab.store.add('Label', { value: 'phishing' });
		lab.store.add('Organization', { name: 'CERT Example', identity_class: 'organization' });
		lab.store.add('Individual', { name: 'Jo Example', identity_class: 'individual' });
		lab.store.drafts.set('d1', { id: 'd1', name: 'Monday', status: 'open' });
		lab.store.drafts.set('d2', { id: 'd2', name: 'Sunday', status: 'validated' });
		const names = (list: { name: string }[]) => list.map(({ name }) => name);

		const labels = await loadOptions.getLabels.call(contextFor(credential, ['phishing', 'new one']));
		expect(labels).toEqual([
			{ name: 'phishing', value: 'phishing' },
			{ name: 'new one (not on the platform)', value: 'new one' },
		]);
		expect(names(await loadOptions.getMarkings.call(contextFor(credential)))).toEqual(
			expect.arrayContaining(['PAP:RED', 'TLP:AMBER+STRICT']),
		);
		expect(names(await loadOptions.getReportTypes.call(contextFor(credential)))).toEqual([
			'internal-report',
			'threat-report',
		]);
		expect(names(await loadOptions.getIncidentTypes.call(contextFor(credential, 'of our own')))).toEqual(
			expect.arrayContaining(['phishing', 'of our own (not on the platform)']),
		);
		for (const [name, at] of [
			['Older', '2026-01-01'],
			['Newer', '2026-01-02'],
		] as const) {
			lab.store.add('Report', { name, published: new Date(at), created: new Date(at) });
		}
		const reports = await listSearch.searchReports.call(contextFor(credential));
		expect(names(reports.results)).toEqual(['Newer (2026-01-02)', 'Older (2026-01-01)']);
		expect(names((await listSearch.searchReports.call(contextFor(credential), 'old')).results)).toEqual([
			'Older (2026-01-01)',
		]);
		expect(names(await loadOptions.getReliabilities.call(contextFor(credential)))[0]).toContain('A - ');
		expect((await listSearch.searchAuthors.call(contextFor(credential), 'example')).results).toEqual([
			{ name: 'CERT Example', value: expect.stringMatching(/^identity--/) },
			{ name: 'Jo Example (Individual)', value: expect.stringMatching(/^identity--/) },
		]);
		expect((await listSearch.searchDrafts.call(contextFor(credential))).results).toEqual([
			{ name: 'Monday', value: 'd1' },
		]);
		await lab.close();
	});

	it('say what is wrong when the platform refuses', async () => {
		const lab = await startOpenCti();
		await expect(loadOptions.getLabels.call(contextFor({ url: lab.url, token: 'wrong' }))).rejects.toMatchObject({
			message: expect.stringContaining('token was not accepted'),
		});
		await lab.close();
	});
});

describe('the credential test', () => {
	const tested = async (capabilities: string[]) => {
		const lab = await startOpenCti({ users: [{ token: 't', capabilities }] });
		const credential = { data: { url: lab.url, token: 't' } } as unknown as ICredentialsDecrypted;
		const result = await new OpenCti().methods.credentialTest.openCtiLogin.call({} as never, credential);
		await lab.close();
		return result;
	};

	it('fails for what every report needs, and says where to grant it', async () => {
		const { status, message } = await tested(['KNOWLEDGE', 'KNOWLEDGE_KNUPLOAD']);
		expect(status).toBe('Error');
		expect(message).toMatch(/lacks the capability KNOWLEDGE_KNUPDATE \(.*Settings, Security, Roles/);
		expect(message).not.toContain('EmailIntel');
	});

	it('succeeds without what only files need: the node says so when there are files', async () => {
		expect(await tested(['KNOWLEDGE_KNUPDATE'])).toMatchObject({ status: 'OK' });
	});
});

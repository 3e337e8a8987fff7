import type { GenericValue, IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import {
	CASE_DEFAULTS,
	CREATE_DEFAULTS,
	EMAIL_REPORT_DEFAULTS,
	FROM_EMAIL_DEFAULTS,
	IMPORT_DEFAULTS,
	type OpenCtiClient,
	REPORT_DEFAULTS,
	reportFromEmail,
	type CaseDraft,
} from '../../../lib/opencti';
import { OpenCti } from '../../../nodes/OpenCti/OpenCti.node';
import { openCtiClient } from '../../../nodes/OpenCti/platform';
import * as bundle from '../../../nodes/OpenCti/bundle';
import * as incidentCase from '../../../nodes/OpenCti/case';
import * as file from '../../../nodes/OpenCti/file';
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
function contextOf(parameters: IDataObject): IExecuteFunctions {
	const email = { data: RAW.toString('base64'), mimeType: 'message/rfc822', fileName: 'mail.eml' };
	const binary = { email, data: { data: CSV.toString('base64'), mimeType: 'text/csv', fileName: 'iocs.csv' } };
	return {
		getInputData: () => [{ json: {}, binary }],
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
	'case: create': incidentCase.operations['create']!,
	'file: add': file.operations['add']!,
	'bundle: import': bundle.operations['import']!,
};
type Operation = keyof typeof operations;

async function asked(operation: Operation, parameters: IDataObject): Promise<unknown[]> {
	const { client, calls } = spy();
	await operations[operation].execute(contextOf({ ...BASE, ...parameters }), 0, client);
	expect(calls).toHaveLength(1);
	return calls[0]!.given;
}

const BASE = { tlp: 'amber', severity: 'low', options: {}, objectId: 'report--1', binaryNames: 'data' };
const optionsOf = async (operation: Operation, options: IDataObject, more: IDataObject = {}) =>
	(await asked(operation, { ...more, options })).at(-1) as Record<string, unknown>;

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
	['confidence', 40, { confidence: 40 }],
	['defangLinks', true, { links: 'defang' }],
	['labels', 'a, b', { labels: ['a', 'b'] }],
	['markings', 'PAP:RED', { marking: ['amber', 'PAP:RED'] }],
	['namePrefix', '[Mail]', { namePrefix: '[Mail] ' }],
	['originalEmail', true, { originalEmail: true }],
	['published', 'received', { published: 'received' }],
];
const OF_REPORT: [option: string, value: GenericValue | IDataObject, expected: Record<string, unknown>][] = [
	['findings', { type: 'bundle', objects: [finding] }, { findings: [finding] }],
	['notes', 'Seen', { notes: 'Seen' }],
	['ownDomains', 'example.com, example.org', { ownDomains: ['example.com', 'example.org'] }],
	['reliability', ' B - Usually reliable', { reliability: 'B - Usually reliable' }],
	['reportTypes', 'malware, campaign', { reportTypes: ['malware', 'campaign'] }],
];

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

	it('has no option that is not asked for here', () => {
		const known = [...CREATION, ...FROM_EMAIL, ...OF_REPORT].map(([option]) => option);
		expect(
			offered('report: createFromEmail')
				.options.map(({ name }) => name)
				.sort(),
		).toEqual(known.sort());
	});
});

describe('Incident Case: Create', () => {
	it.each(CREATION)('hands on %s = %j', async (option, value, expected) => {
		expect(await optionsOf('case: create', { [option]: value })).toMatchObject(expected);
	});

	it.each([
		['priority', 'P1', { priority: 'P1' }],
		['responseTypes', 'data-leak, phishing', { responseTypes: ['data-leak', 'phishing'] }],
		['labels', 'a, b', { labels: ['a', 'b'] }],
		['markings', 'PAP:RED', { markings: ['TLP:AMBER', 'PAP:RED'] }],
		['confidence', 40, { confidence: 40 }],
		['author', 'CERT', { author: { name: 'CERT' } }],
		['namePrefix', '[Mail]', { name: '[Mail] Weekly' }],
	])('makes its draft with %s = %j', async (option, value, expected) => {
		const [draft] = await asked('case: create', { options: { [option]: value } });
		expect(draft).toMatchObject(expected);
	});

	it('makes its draft with the severity that was chosen', async () => {
		const [draft] = await asked('case: create', { severity: 'critical' });
		expect((draft as CaseDraft).severity).toBe('critical');
	});

	it('has no option that is not asked for here', () => {
		const known = [...[...CREATION, ...FROM_EMAIL].map(([option]) => option), 'priority', 'responseTypes'];
		expect(
			offered('case: create')
				.options.map(({ name }) => name)
				.sort(),
		).toEqual(known.sort());
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
		expect(await asked('bundle: import', { bundle, mode })).toEqual([bundle, { mode }]);
	});

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
	const all = (['report: createFromEmail', 'case: create', 'file: add', 'bundle: import'] as const).flatMap(
		(operation) => {
			const { shown, options } = offered(operation);
			return [...shown, ...options].map((property) => [operation, property.name, property.default] as const);
		},
	);
	const lib: Record<string, unknown> = {
		attachmentTypes: FROM_EMAIL_DEFAULTS.attachmentTypes.join(', '),
		author: FROM_EMAIL_DEFAULTS.author,
		contents: EMAIL_REPORT_DEFAULTS.contents,
		defangLinks: false,
		missingLabels: CREATE_DEFAULTS.missingLabels,
		mode: IMPORT_DEFAULTS.mode,
		originalEmail: FROM_EMAIL_DEFAULTS.originalEmail,
		priority: CASE_DEFAULTS.priority,
		published: FROM_EMAIL_DEFAULTS.published,
		reportTypes: REPORT_DEFAULTS.reportTypes.join(', '),
		sameNameAndDate: CREATE_DEFAULTS.sameNameAndDate,
		severity: CASE_DEFAULTS.severity,
		triggerImport: CREATE_DEFAULTS.triggerImport,
	};

	it.each(all.filter(([, name]) => name in lib))("of %s: %s is the library's (%j)", (_operation, name, value) => {
		expect(value).toBe(lib[name]);
	});

	it('of TLP Marking marks a report as the library does by itself', () => {
		const tlp = offered('report: createFromEmail').shown.find(({ name }) => name === 'tlp')!.default as string;
		expect(reportFromEmail(email(), { marking: tlp }).markings).toEqual(reportFromEmail(email()).markings);
		expect(FROM_EMAIL_DEFAULTS.links).toBe('keep');
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

import { reportFromBundle, reportFromEmail, type DirectImportResult } from '../../../lib/opencti';
import { OPENCTI_LIMITS } from '../../../lib/limits';
import { emailToBundle, type AnyBundle } from '../../../lib/stix';
import type { Indicator } from '../../../lib/indicators';
import { LAB_TOKEN } from '../../lab/opencti';
import { attachment, email } from './messages';
import { closeWorlds, failure, world } from './world';

afterEach(closeWorlds);

const CONNECTOR = {
	token: LAB_TOKEN,
	capabilities: [
		'KNOWLEDGE_KNUPDATE',
		'KNOWLEDGE_KNUPLOAD',
		'KNOWLEDGE_KNASKIMPORT',
		'SETTINGS_SETLABELS',
		'CONNECTORAPI',
		'MODULES',
	],
};

const found = (type: Indicator['type'], value: string): Indicator => ({
	type,
	value,
	original: value,
	defanged: true,
	sources: [{ part: 'text' }],
	flags: [],
});
const indicators = [
	found('ipv4-addr', '198.51.100.7'),
	found('domain-name', 'evil.example.org'),
	found('url', 'http://evil.example.org/a'),
];
const message = () => email({ attachments: [attachment('invoice.pdf', 'application/pdf', '%PDF-1.7')] });
const bundle = () => emailToBundle(message(), { indicators, patterns: { policy: 'defanged' } }) as unknown as AnyBundle;

it('a bundle becomes a report that holds the message, its observables, indicators and relationships', async () => {
	const { lab, client } = await world();
	const draft = reportFromEmail(message(), { indicators });
	const result = await client.createReportFromBundle(bundle(), { draft });
	expect(result.objects.filter(({ status }) => status !== 'imported')).toEqual([]);
	expect(result.complete).toBe(true);
	const { reports, counts } = lab.snapshot();
	expect(reports).toHaveLength(1);
	expect(reports[0]!.standardId).toBe(draft.standardId);
	expect(reports[0]!.files).toHaveLength(1);
	const types = new Set(reports[0]!.objects.map(({ type }) => type));
	for (const type of [
		'Email-Message',
		'Email-Addr',
		'IPv4-Addr',
		'Domain-Name',
		'Url',
		'StixFile',
		'Indicator',
		'Observed-Data',
		'relationship',
	]) {
		expect(types).toContain(type);
	}
	expect(counts).toMatchObject({ Indicator: 3, 'IPv4-Addr': 1, Url: 1 });
	const links = lab.store.refRelations.map(({ type }) => type);
	expect(links).toEqual(expect.arrayContaining(['from', 'to']));
});

it('every object of a bundle is as marked as the bundle says', async () => {
	const { lab, client } = await world();
	await client.createReportFromBundle(bundle());
	for (const entity of lab.store.entities.values()) {
		if (['Marking-Definition', 'Vocabulary', 'External-Reference', 'Organization', 'Label'].includes(entity.type))
			continue;
		expect([entity.type, entity.markings.map((id) => lab.store.get(id).data['definition'])]).toEqual([
			entity.type,
			['TLP:AMBER+STRICT'],
		]);
	}
});

it('a second import of a bundle duplicates nothing', async () => {
	const { lab, client } = await world();
	await client.createReportFromBundle(bundle());
	const { counts } = lab.snapshot();
	const again = await client.createReportFromBundle(bundle());
	expect(again.created).toBe(false);
	expect(lab.snapshot().counts).toEqual(counts);
});

it('an object that the platform refuses stops nothing and is told with its reason', async () => {
	const { lab, client } = await world();
	const odd = bundle();
	odd.objects!.push(
		{
			type: 'indicator',
			id: 'indicator--11111111-1111-4111-8111-111111111111',
			pattern: 'no pattern',
			pattern_type: 'stix',
			name: 'bad',
			valid_from: '2025-01-01T00:00:00Z',
		},
		{
			type: 'relationship',
			id: 'relationship--22222222-2222-4222-8222-222222222222',
			relationship_type: 'based-on',
			source_ref: 'indicator--11111111-1111-4111-8111-111111111111',
			target_ref: odd.objects!.find(({ type }) => type === 'url')!.id,
		},
		{ type: 'process', id: 'process--33333333-3333-4333-8333-333333333333', pid: 1 },
	);
	const result = await client.createReportFromBundle(odd);
	expect(result.complete).toBe(false);
	expect(result.objects.filter(({ status }) => status !== 'imported')).toMatchObject([
		{ type: 'indicator', status: 'failed', error: { code: 'OPENCTI_VALIDATION' } },
		{ type: 'relationship', status: 'dangling' },
		{ type: 'process', status: 'unsupported' },
	]);
	expect(lab.snapshot().reports).toHaveLength(1);
});

it('a marking of the bundle that the platform lacks ends the import before the first object', async () => {
	const { lab, client } = await world({ users: [CONNECTOR] });
	const before = lab.snapshot().counts;
	const oasis = emailToBundle(message(), {
		indicators,
		markings: { tlp: 'red', ids: 'oasis' },
	}) as unknown as AnyBundle;
	for (const mode of ['direct', 'push', 'file'] as const) {
		expect(await failure(client.importBundle(oasis, { mode }))).toMatchObject({ code: 'OPENCTI_MARKING_UNKNOWN' });
	}
	expect(lab.snapshot().counts).toEqual(before);
	expect(lab.store.bundles).toEqual([]);
	expect(lab.store.files.size).toBe(0);
});

it('sightings and relationships to objects that are on the platform already are made', async () => {
	const { lab, client } = await world();
	await client.importBundle(bundle());
	const indicator = lab.store.ofType('Indicator')[0]!;
	const identity = {
		type: 'identity',
		id: 'identity--44444444-4444-4444-8444-444444444444',
		name: 'Mail gateway',
		identity_class: 'system',
	};
	const sighting = {
		type: 'sighting',
		id: 'sighting--55555555-5555-4555-8555-555555555555',
		sighting_of_ref: indicator.standard_id,
		where_sighted_refs: [identity.id],
		count: 3,
		first_seen: '2025-04-16T10:00:00Z',
		last_seen: '2025-04-16T11:00:00Z',
	};
	const result = (await client.importBundle({ type: 'bundle', objects: [sighting, identity] })) as DirectImportResult;
	expect(result).toMatchObject({ mode: 'direct', complete: true });
	expect(result.objects.map(({ type }) => type)).toEqual(['sighting', 'identity']);
	expect(lab.store.ofType('sighting')[0]!.data).toMatchObject({ attribute_count: 3, fromId: indicator.id });
	const nowhere = {
		...sighting,
		id: 'sighting--77777777-7777-4777-8777-777777777777',
		sighting_of_ref: 'indicator--66666666-6666-4666-8666-666666666666',
	};
	const failed = (await client.importBundle({ type: 'bundle', objects: [nowhere, identity] })) as DirectImportResult;
	expect(failed.objects[0]).toMatchObject({ status: 'failed', error: { code: 'OPENCTI_REFERENCE_MISSING' } });
});

it('a bundle is pushed through a registered connector and a work that says how it went', async () => {
	const { lab, client } = await world({ users: [CONNECTOR] });
	const result = await client.importBundle(bundle(), { mode: 'push', connectorName: 'Mail intake' });
	expect(result).toMatchObject({ mode: 'push', queued: true });
	expect(lab.store.bundles).toMatchObject([
		{ workId: 'workId' in result ? result.workId : '', bundle: { type: 'bundle' } },
	]);
	expect(lab.store.connectors.get(lab.store.bundles[0]!.connectorId)).toMatchObject({
		name: 'Mail intake',
		type: 'EXTERNAL_IMPORT',
	});
	expect(await client.bundleWork(lab.store.bundles[0]!.workId!)).toEqual({ status: 'complete', errors: [] });
	await client.importBundle(bundle(), { mode: 'push', connectorName: 'Mail intake' });
	expect(new Set(lab.store.bundles.map(({ connectorId }) => connectorId)).size).toBe(1);
});

it('a platform that knows no work of a push gets the bundle without one', async () => {
	const { lab, client } = await world({ version: '6.4.0', users: [CONNECTOR] });
	const result = await client.importBundle(bundle(), { mode: 'push' });
	expect(result).not.toHaveProperty('workId');
	expect(lab.store.bundles).toHaveLength(1);
	expect([...lab.store.works.values()]).toMatchObject([{ status: 'complete', errors: [] }]);
});

it('a push that fails leaves its work in error, and is not sent twice', async () => {
	const { lab, client } = await world({ users: [CONNECTOR] });
	lab.fail({ kind: 'bad-gateway', operation: 'EmailIntelBundlePush' });
	expect(await failure(client.importBundle(bundle(), { mode: 'push' }))).toMatchObject({ code: 'OPENCTI_UNAVAILABLE' });
	expect([...lab.store.works.values()]).toMatchObject([
		{ status: 'complete', errors: ['The bundle could not be sent'] },
	]);
	expect(lab.requests.filter(({ operation }) => operation === 'EmailIntelBundlePush')).toHaveLength(1);
});

it.each(['FORBIDDEN_ACCESS', 'FUNCTIONAL_ERROR', 'bad-gateway', 'cut-json'] as const)(
	'a bundle in the queue is told as queued, though its work cannot be closed (%s)',
	async (kind) => {
		const { lab, client } = await world({ users: [CONNECTOR] });
		lab.fail({ kind, operation: 'EmailIntelWorkProcessed', times: 100 });
		const result = await client.importBundle(bundle(), { mode: 'push' });
		expect(result).toMatchObject({ queued: true, warnings: [{ code: 'work-open' }] });
		expect(lab.store.bundles).toHaveLength(1);
		lab.clearFaults();
		expect([...lab.store.works.values()]).toEqual([expect.objectContaining({ errors: [] })]);
	},
);

it('a platform that knows no work of a push gets the bundle, though its work cannot be closed', async () => {
	const { lab, client } = await world({ version: '6.4.0', users: [CONNECTOR] });
	lab.fail({ kind: 'FORBIDDEN_ACCESS', operation: 'EmailIntelWorkProcessed' });
	expect(await client.importBundle(bundle(), { mode: 'push' })).toMatchObject({ warnings: [{ code: 'work-open' }] });
	expect(lab.store.bundles).toHaveLength(1);
});

it('a push that fails says why, and not that its work could not be closed either', async () => {
	const { lab, client } = await world({ users: [CONNECTOR] });
	lab.fail({ kind: 'payload-too-large', operation: 'EmailIntelBundlePush' });
	lab.fail({ kind: 'FORBIDDEN_ACCESS', operation: 'EmailIntelWorkProcessed' });
	expect(await failure(client.importBundle(bundle(), { mode: 'push' }))).toMatchObject({ code: 'OPENCTI_TOO_LARGE' });
});

it('a user who is no connector is told what a push needs', async () => {
	const { client } = await world();
	expect(await failure(client.importBundle(bundle(), { mode: 'push' }))).toMatchObject({
		code: 'OPENCTI_FORBIDDEN',
		missingCapabilities: ['CONNECTORAPI'],
	});
});

it("a bundle is uploaded for the platform's STIX connector, marked as its strictest object", async () => {
	const { lab, client } = await world({ users: [CONNECTOR] });
	const result = await client.importBundle(bundle(), { mode: 'file' });
	expect(result).toMatchObject({ mode: 'file', queued: true, connector: { name: 'ImportFileStix' } });
	const [file] = [...lab.store.files.values()];
	const given = JSON.parse(JSON.stringify(bundle())) as AnyBundle;
	const objects = given.objects!.filter(({ type }) => type !== 'marking-definition');
	expect(JSON.parse(file!.bytes.toString('utf8'))).toEqual({ ...given, objects });
	expect(file!.markings.map((id) => lab.store.get(id).data['definition'])).toEqual(['TLP:AMBER+STRICT']);
	expect(lab.store.importJobs).toEqual([{ fileId: file!.id, connector: 'ImportFileStix' }]);
	lab.store.connectors.delete('import-file-stix');
	expect(await failure(client.importBundle(bundle(), { mode: 'file' }))).toMatchObject({
		code: 'OPENCTI_CONNECTOR_MISSING',
	});
});

it.each(['push', 'file'] as const)(
	'by %s, what comes with a report is marked as the report is, authors apart',
	async (mode) => {
		const { lab, client } = await world({ users: [CONNECTOR] });
		const given = bundle();
		const red = 'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed';
		const bare = given.objects!.map(({ object_marking_refs: own, ...object }) =>
			object.type === 'report' ? { ...object, object_marking_refs: [red] } : object,
		) as typeof given.objects;
		await client.importBundle({ ...given, objects: bare! }, { mode });
		const sent = (mode === 'push'
			? lab.store.bundles[0]!.bundle
			: JSON.parse([...lab.store.files.values()][0]!.bytes.toString())) as unknown as AnyBundle;
		expect(sent.objects).toHaveLength(given.objects!.filter(({ type }) => type !== 'marking-definition').length);
		for (const object of sent.objects!) {
			const isSpared = object.type === 'identity';
			expect([object.type, object['object_marking_refs']]).toEqual([object.type, isSpared ? undefined : [red]]);
		}
	},
);

it.each([{ type: 'bundle', objects: [] }, { type: 'report' }, { type: 'bundle' }])('%j is no bundle', async (odd) => {
	const { lab, client } = await world();
	expect(await failure(client.importBundle(odd))).toMatchObject({ code: 'OPENCTI_INPUT' });
	expect(lab.requests).toEqual([]);
});

it('files and content that a bundle carries for OpenCTI arrive byte for byte', async () => {
	const { lab, client } = await world();
	const report = {
		type: 'report',
		id: 'report--77777777-7777-4777-8777-777777777777',
		name: 'From a bundle',
		published: '2025-04-16T12:10:10+02:00',
		report_types: ['internal-report'],
		x_opencti_content: 'a < b\nc',
		x_opencti_files: [
			{ name: 'a.pdf', mime_type: 'application/pdf', data: Buffer.from([0, 255, 1]).toString('base64') },
			{ name: 'there' },
		],
	};
	const draft = reportFromBundle({ type: 'bundle', objects: [report] });
	expect(draft).toMatchObject({
		published: '2025-04-16T10:10:10.000Z',
		reportTypes: ['internal-report'],
		markings: ['TLP:AMBER+STRICT'],
	});
	await client.importBundle({ type: 'bundle', objects: [report] });
	const [stored] = lab.snapshot().reports;
	expect(stored!.content).toBe('<p>a &lt; b<br>c</p>');
	expect([...lab.store.files.values()].map(({ bytes }) => [...bytes])).toEqual([[0, 255, 1]]);
});

it('a bundle without a report needs a name and a date', () => {
	const objects = [{ type: 'url', id: 'url--1', value: 'http://example.org/' }];
	expect(() => reportFromBundle({ type: 'bundle', objects })).toThrow(/name and a publication date/);
	expect(reportFromBundle({ type: 'bundle', objects }, { name: 'Hunt', published: '2025-01-01T00:00:00Z' }).name).toBe(
		'Hunt',
	);
});

it('of more objects than are made one by one, relationships are left out first, and the report is made', async () => {
	const { client } = await world();
	const url = { type: 'url', id: 'url--3279f7c5-2ffc-5dd5-a0a2-8a3bbcd1e1a6', value: 'http://evil.example.org/a' };
	const links = Array.from({ length: 5 }, (_, index) => ({
		type: 'relationship',
		id: `relationship--0000000${index}-0000-4000-8000-000000000000`,
		relationship_type: 'related-to',
		source_ref: url.id,
		target_ref: url.id,
	}));
	// The platform takes no such objects: they cost no request.
	const others = Array.from({ length: OPENCTI_LIMITS.maxDirectObjects - 1 }, (_, index) => ({
		type: 'x-nothing',
		id: `x-nothing--${String(index).padStart(8, '0')}-0000-4000-8000-000000000000`,
	}));
	const draft = reportFromEmail(message());
	const objects = [...links, ...others, url];
	const report = await client.createReportFromBundle({ type: 'bundle', objects }, { draft });
	const imported = await client.importBundle({ type: 'bundle', objects }, { mode: 'direct' });
	for (const result of [report, imported as DirectImportResult]) {
		expect(result.complete).toBe(false);
		expect(result.warnings).toContainEqual({
			code: 'objects-omitted',
			message: expect.stringMatching(/^5 relationships were left out.*10000.*Queue/),
		});
		expect(result.objects).toHaveLength(OPENCTI_LIMITS.maxDirectObjects);
		expect(result.objects).toContainEqual(expect.objectContaining({ stixId: url.id, status: 'imported' }));
	}
	expect(report).toMatchObject({ created: true });
});

it('a message whose text is longer than an observable may have says so, on every run', async () => {
	const { client } = await world();
	const text = 'word '.repeat(OPENCTI_LIMITS.maxMessageTextCharacters / 4);
	const long = emailToBundle(email({ text }), { include: { report: false } }) as unknown as AnyBundle;
	for (const run of [1, 2]) {
		const result = (await client.importBundle(long, { mode: 'direct' })) as DirectImportResult;
		expect([run, result.objects.filter(({ status }) => status !== 'imported')]).toEqual([run, []]);
		expect(result.complete).toBe(false);
		expect(result.warnings.map(({ code }) => code)).toEqual(['message-text-cut']);
	}
	const short = emailToBundle(email(), { include: { report: false } }) as unknown as AnyBundle;
	expect(await client.importBundle(short, { mode: 'direct' })).toMatchObject({ complete: true, warnings: [] });
});

import { uploadFiles, type Upload } from '../../../lib/opencti/container/uploadFiles';
import { draftFile, type DirectImportResult } from '../../../lib/opencti';
import type { Platform } from '../../../lib/opencti/platform';
import type { AnyBundle, AnyStixObject } from '../../../lib/stix';
import { LAB_TOKEN } from '../../lab/opencti';
import { closeWorlds, failure, world, type World } from './world';

afterEach(closeWorlds);

const CONNECTOR = {
	token: LAB_TOKEN,
	capabilities: ['KNOWLEDGE_KNUPDATE', 'KNOWLEDGE_KNASKIMPORT', 'CONNECTORAPI', 'MODULES'],
};
const time = '2025-04-16T10:10:10.000Z';
const STRICT = 'marking-definition--826578e1-40ad-459f-bc73-ede076f81f37';
const GREEN = 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da';
const author: AnyStixObject = {
	type: 'identity',
	id: 'identity--11111111-1111-4111-8111-111111111111',
	name: 'Cisco Secure Email',
	identity_class: 'system',
};
const url = { type: 'url', id: 'url--3279f7c5-2ffc-5dd5-a0a2-8a3bbcd1e1a6', value: 'http://evil.example.org/a' };
const domain = {
	type: 'domain-name',
	id: 'domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7',
	value: 'example.com',
	object_marking_refs: [GREEN],
};
const seen = {
	type: 'observed-data',
	id: 'observed-data--22222222-2222-4222-8222-222222222222',
	created_by_ref: author.id,
	first_observed: time,
	last_observed: time,
	number_observed: 1,
	object_refs: [url.id],
};
const found: AnyBundle = { type: 'bundle', objects: [author, url, domain, seen] };
const withReport = (more: object = {}): AnyBundle => ({
	...found,
	objects: [
		...found.objects!,
		{ type: 'report', id: 'report--1', name: 'Hunt', published: time, object_refs: [url.id], ...more },
	],
});

/** Markings by type, as they are on the platform or in what was sent there. */
function markingsOf(lab: World['lab'], mode: 'direct' | 'push' | 'file'): Record<string, string> {
	const nameOf = (id: string) => lab.store.get(lab.store.find(id)!.id).data['definition'] as string;
	if (mode === 'direct') {
		const made = ['System', 'Url', 'Domain-Name', 'Observed-Data', 'Report'].flatMap((type) => lab.store.ofType(type));
		return Object.fromEntries(made.map(({ type, markings }) => [type, markings.map(nameOf).join()]));
	}
	const sent =
		mode === 'push'
			? (lab.store.bundles[0]!.bundle as unknown as AnyBundle)
			: (JSON.parse([...lab.store.files.values()][0]!.bytes.toString('utf8')) as AnyBundle);
	const names: Record<string, string> = {
		identity: 'System',
		url: 'Url',
		'domain-name': 'Domain-Name',
		'observed-data': 'Observed-Data',
		report: 'Report',
	};
	return Object.fromEntries(
		sent.objects!.map(({ type, object_marking_refs: refs }) => [
			names[type],
			((refs as string[] | undefined) ?? []).map(nameOf).join(),
		]),
	);
}

describe.each(['direct', 'push', 'file'] as const)('by %s', (mode) => {
	it('what a hunt found and nobody marked is TLP:AMBER+STRICT; what has a marking keeps it', async () => {
		const { lab, client } = await world({ users: [CONNECTOR] });
		await client.importBundle(found, { mode });
		expect(markingsOf(lab, mode)).toEqual({
			System: '',
			Url: 'TLP:AMBER+STRICT',
			'Domain-Name': 'TLP:GREEN',
			'Observed-Data': 'TLP:AMBER+STRICT',
		});
	});

	it('another marking can be chosen, and none', async () => {
		const { lab, client } = await world({ users: [CONNECTOR] });
		await client.importBundle(found, { mode, marking: 'red' });
		expect(markingsOf(lab, mode)).toMatchObject({ Url: 'TLP:RED', 'Domain-Name': 'TLP:GREEN' });
		const other = await world({ users: [CONNECTOR] });
		await other.client.importBundle(found, { mode, marking: [] });
		expect(markingsOf(other.lab, mode)).toMatchObject({ Url: '', 'Observed-Data': '' });
	});

	it('a report that nobody marked is TLP:AMBER+STRICT with all that it holds', async () => {
		const { lab, client } = await world({ users: [CONNECTOR] });
		await client.importBundle(withReport(), { mode });
		expect(markingsOf(lab, mode)).toMatchObject({
			Report: 'TLP:AMBER+STRICT',
			Url: 'TLP:AMBER+STRICT',
			'Observed-Data': 'TLP:AMBER+STRICT',
			'Domain-Name': expect.stringContaining('TLP:AMBER+STRICT'),
		});
	});

	it('a report that is marked decides for what it holds, whatever the default', async () => {
		const { lab, client } = await world({ users: [CONNECTOR] });
		await client.importBundle(withReport({ object_marking_refs: [GREEN] }), { mode, marking: 'red' });
		expect(markingsOf(lab, mode)).toMatchObject({
			Report: 'TLP:GREEN',
			Url: 'TLP:GREEN',
			'Observed-Data': 'TLP:GREEN',
		});
	});
});

it('a marking that the platform does not have is asked for only where something has none', async () => {
	const { lab, client } = await world();
	const error = await failure(client.importBundle(found, { marking: 'PAP:NONE' }));
	expect(error).toMatchObject({ code: 'OPENCTI_MARKING_UNKNOWN' });
	expect(lab.snapshot().counts).not.toHaveProperty('Url');
	const marked = { type: 'bundle', objects: [{ ...url, object_marking_refs: [STRICT] }] };
	const result = (await client.importBundle(marked, { marking: 'PAP:NONE' })) as DirectImportResult;
	expect(result.complete).toBe(true);
});

describe('a file whose marking the answer to its upload does not show', () => {
	const file = draftFile({ content: Buffer.from('%PDF'), contentType: 'application/pdf', fileName: 'a.pdf' });
	const red = {
		id: 'red',
		standard_id: 'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed',
		definition_type: 'TLP',
		definition: 'TLP:RED',
		x_opencti_order: 5,
	};
	const node = (markings: string[]) => ({
		id: 'f1',
		name: file.name,
		size: 4,
		metaData: { mimetype: null, file_markings: markings },
	});
	/** A platform that answers an upload without its markings, and a read with these. */
	const upload = async (stored: object) => {
		const asked: string[] = [];
		const platform = {
			references: { knownMarkings: (ids: string[]) => (ids.includes('red') ? [red] : []) },
			call: (document: { text?: string }) => {
				asked.push(Object.keys(document).join());
				if (asked.length === 1) return Promise.resolve({ stixDomainObjectEdit: { importPush: node([]) } });
				return Promise.resolve({ stixDomainObject: stored });
			},
		} as unknown as Platform;
		const what: Upload = { entityId: 'r1', files: [file], markings: [red], stored: [], options: {} };
		return { results: await uploadFiles(platform, what), requests: asked.length };
	};
	const readWith = (markings: string[]) => ({ importFiles: { edges: [{ node: node(markings) }] } });

	it('is uploaded as asked when a read shows it', async () => {
		expect(await upload(readWith(['red']))).toMatchObject({ results: [{ status: 'uploaded', id: 'f1' }], requests: 2 });
	});

	it.each([
		['a read does not show it either', readWith([])],
		['it cannot be read', null],
	])('failed when %s', async (_what, stored) => {
		expect((await upload(stored as object)).results).toMatchObject([
			{ status: 'failed', error: { code: 'OPENCTI_MARKING_MISMATCH' } },
		]);
	});
});

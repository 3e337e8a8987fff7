import { reportFromBundle, type DirectImportResult } from '../../../lib/opencti';
import { stixId, type AnyBundle, type AnyStixObject } from '../../../lib/stix';
import type { Entity } from '../../lab/opencti/store';
import { closeWorlds, world, type World } from './world';

// Bundles that others wrote: what the platform does not have, or does not see, costs no object and no marking.

afterEach(closeWorlds);

const uuid = (n: number) => `${String(n).padStart(8, '0')}-1111-4111-8111-111111111111`;
const AT = '2026-01-01T00:00:00.000Z';
const of = (type: string, n: number, more: object): AnyStixObject => ({
	type,
	spec_version: '2.1',
	id: `${type}--${uuid(n)}`,
	created: AT,
	modified: AT,
	...more,
});
const bundleOf = (...objects: unknown[]) => ({ type: 'bundle', objects }) as AnyBundle;
const RED = 'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed';
const GREEN = 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da';
const user = { token: 'lab-opencti-token', capabilities: ['BYPASS'] };
const markingsOf = ({ store }: World['lab'], { markings }: Entity) =>
	markings.map((id) => String(store.get(id).data['definition']));
/** The queue is worked on a moment later. */
const worked = () => new Promise((resolve) => setImmediate(resolve));

describe('a marking of a single property', () => {
	const marked = (ref: string) => [
		{ marking_ref: ref, selectors: ['value'] },
		{ lang: 'de', selectors: ['value'] },
	];
	const secret = of('domain-name', 1, { value: 'secret.example', granular_markings: marked(RED) });
	const open = of('domain-name', 2, { value: 'open.example', granular_markings: marked(GREEN) });

	it.each(['direct', 'push'] as const)('by %s is that of the object, never less than the others get', async (mode) => {
		const { lab, client } = await world({ users: [user] });
		const result = await client.importBundle(bundleOf(secret, open), { mode });
		await worked();
		const found = Object.fromEntries(
			lab.store.ofType('Domain-Name').map((entity) => [entity.data['value'], markingsOf(lab, entity)]),
		);
		expect(found).toEqual({ 'secret.example': ['TLP:RED'], 'open.example': ['TLP:AMBER+STRICT'] });
		expect(result.warnings.map(({ code }) => code)).toEqual(['granular-markings']);
	});

	it('of a report is that of the report, and with it of all that it holds', async () => {
		const { lab, client } = await world();
		const report = of('report', 3, {
			name: 'Partly secret',
			published: AT,
			object_marking_refs: [GREEN],
			granular_markings: [{ marking_ref: RED, selectors: ['description'] }],
			object_refs: [open.id],
		});
		const result = await client.createReportFromBundle(bundleOf(report, open));
		expect(result).toMatchObject({ complete: true, markings: ['TLP:RED'] });
		expect(markingsOf(lab, lab.store.ofType('Domain-Name')[0]!)).toEqual(['TLP:RED']);
	});

	it('that the user may not use ends the import before anything is made', async () => {
		const { lab, client } = await world({
			users: [{ ...user, capabilities: ['KNOWLEDGE_KNUPDATE'], allowedMarkings: ['TLP:GREEN', 'TLP:AMBER+STRICT'] }],
		});
		await expect(client.importBundle(bundleOf(secret, open))).rejects.toMatchObject({
			code: 'OPENCTI_MARKING_UNKNOWN',
		});
		expect(lab.store.ofType('Domain-Name')).toEqual([]);
	});

	it.each([[null], [[null, 7, {}, { marking_ref: 7 }, { marking_ref: '' }]], [{ marking_ref: RED }]])(
		'that is none (%j) is no marking',
		async (granular_markings) => {
			const { client } = await world();
			const odd = of('domain-name', 4, { value: 'odd.example', granular_markings });
			expect(await client.importBundle(bundleOf(odd))).toMatchObject({ complete: true, warnings: [] });
		},
	);
});

describe('an author who is not in the bundle', () => {
	const author = { created_by_ref: `identity--${uuid(404)}` };
	const address = of('email-addr', 10, { value: 'sender@example.com', ...author });
	const message = of('email-message', 11, {
		subject: 'Theirs',
		from_ref: address.id,
		to_refs: [address.id],
		...author,
	});
	const indicator = of('indicator', 12, {
		name: 'Theirs',
		pattern: "[email-addr:value = 'sender@example.com']",
		pattern_type: 'stix',
		valid_from: new Date().toISOString(),
		...author,
	});

	it('nor on the platform costs no object: it is made without, with its links, and that is told', async () => {
		const { lab, client } = await world();
		const result = (await client.importBundle(bundleOf(address, message, indicator))) as DirectImportResult;
		expect(result.complete).toBe(false);
		expect(result.objects.map(({ status, error }) => [status, error?.code])).toEqual(
			Array.from({ length: 3 }, () => ['incomplete', 'OPENCTI_REFERENCE_MISSING']),
		);
		expect(result.objects.every(({ id }) => id !== undefined)).toBe(true);
		expect(result.objects[0]!.error!.message).toContain(author.created_by_ref);
		expect(lab.store.refRelations.map(({ type }) => type).sort()).toEqual(['from', 'to']);
		// Looked up with everything else.
		expect(lab.requests.filter(({ operation }) => operation === 'EmailIntelObjectsByIds')).toHaveLength(1);
	});

	it('but on the platform is the author', async () => {
		const { lab, client } = await world();
		const theirs = lab.store.add('Organization', { name: 'Them', stix_id: author.created_by_ref });
		expect(await client.importBundle(bundleOf(address, message, indicator))).toMatchObject({ complete: true });
		expect(lab.store.ofType('Indicator', 'Email-Addr', 'Email-Message').map((entity) => entity.author)).toEqual([
			theirs.id,
			theirs.id,
			theirs.id,
		]);
	});

	it('but is made with the report is waited for', async () => {
		const { lab, client } = await world({ latency: 3 });
		const id = stixId('identity', { name: 'Email Intel', identity_class: 'organization' });
		const objects = [address, indicator].map((object) => ({ ...object, created_by_ref: id }));
		const report = of('report', 13, { name: 'With an author', published: AT, object_refs: [] });
		const made = await client.createReportFromBundle(bundleOf(...objects), {
			draft: {
				...reportFromBundle(bundleOf(report)),
				author: { name: 'Email Intel', kind: 'organization' },
			},
		});
		expect(made.complete).toBe(true);
		const [organization] = lab.store.ofType('Organization');
		expect(lab.store.ofType('Email-Addr')[0]!.author).toBe(organization!.id);
	});
});

it('a report with entries in its lists that are none is made of the others', async () => {
	const { lab, client } = await world();
	const odd = [null, 7, 'text', [], {}, true];
	const report = of('report', 20, {
		name: 'Odd report',
		published: AT,
		labels: [...odd, 'label'],
		external_references: [...odd, { source_name: 'them', external_id: '1' }],
		x_opencti_files: [...odd, { name: 'a.txt', mime_type: 'text/plain', data: 'aGk=' }],
	});
	const domain = of('domain-name', 21, { value: 'odd.example' });
	const result = await client.createReportFromBundle(bundleOf(report, domain));
	expect(result.complete).toBe(true);
	const [stored] = lab.snapshot().reports;
	expect(stored!.externalReferences).toEqual([{ sourceName: 'them', externalId: '1' }]);
	expect(stored!.labels).toEqual(['text', 'label']);
	expect(stored!.files.map(({ size }) => size)).toEqual([2]);
});

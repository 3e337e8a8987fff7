import { esaRowsToBundle } from '../../../lib/esa';
import { withoutCustomParts } from '../../../lib/opencti/bundle/customParts';
import { foldMessages } from '../../../lib/opencti/bundle/sharedInBundle';
import { reportFromEmail, type DirectImportResult } from '../../../lib/opencti';
import { emailToBundle, type AnyBundle, type AnyStixObject } from '../../../lib/stix';
import { generateTraffic, rowOf } from '../../lab/esa';
import { LAB_TOKEN } from '../../lab/opencti';
import { email } from './messages';
import { closeWorlds, world, type World } from './world';

/*
 * What is handed to the platform's own import. It takes every property that ends in `_ref` or `_refs` for one of its references, and
 * leaves out the references behind one that it does not know: seen on 7.260817.0.
 */

afterEach(closeWorlds);

const CONNECTOR = {
	token: LAB_TOKEN,
	capabilities: ['KNOWLEDGE_KNUPDATE', 'KNOWLEDGE_KNASKIMPORT', 'CONNECTORAPI', 'MODULES'],
};
const rows = generateTraffic({ count: 30, seed: 11 }).map((message) => rowOf(message, 'esa-14'));
const hunted = (stixVersion: '2.0' | '2.1' = '2.1') => esaRowsToBundle(rows, { stixVersion }) as unknown as AnyBundle;

const sentBy = (lab: World['lab'], mode: 'push' | 'file'): AnyStixObject[] => {
	const sent =
		mode === 'push'
			? (lab.store.bundles[0]!.bundle as unknown as AnyBundle)
			: (JSON.parse([...lab.store.files.values()][0]!.bytes.toString('utf8')) as AnyBundle);
	return sent.objects ?? [];
};
/** Every property of an object, those of what it holds included. */
function namesIn(value: unknown): string[] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([name, member]) => [name, ...namesIn(member)]);
}
const MODES = ['push', 'file'] as const;

it.each(MODES.flatMap((mode) => (['2.1', '2.0'] as const).map((version) => [mode, version] as const)))(
	'by %s, what a hunt found (STIX %s) has no reference that only its writer knows, and every recipient',
	async (mode, version) => {
		const { lab, client } = await world({ users: [CONNECTOR] });
		const given = hunted(version);
		await client.importBundle(given, { mode });
		const sent = sentBy(lab, mode);
		expect(namesIn(given).some((name) => /^x_.*_refs?$/.test(name))).toBe(true);
		expect(namesIn(sent).filter((name) => /^x_.*_refs?$/.test(name))).toEqual([]);
		// Of STIX 2.0 the keys within each observed-data.
		const recipients = (objects: readonly unknown[]) =>
			new Set(
				objects.flatMap((object) => {
					const { type, id, to_refs: to, objects: held } = object as Record<string, unknown>;
					const inner = typeof held === 'object' && held !== null ? Object.values(held) : [];
					const lists = type === 'email-message' ? [to] : inner.map((one: Record<string, unknown>) => one.to_refs);
					return lists.flatMap((list) =>
						((list as string[] | undefined) ?? []).map((ref) =>
							type === 'email-message' ? ref : `${String(id)} ${ref}`,
						),
					);
				}),
			);
		expect(recipients(sent).size).toBeGreaterThan(5);
		expect(recipients(sent)).toEqual(recipients(given.objects!));
		// The hunt's own bundle stays as it was.
		expect(given).toEqual(hunted(version));
	},
);

/** Addresses that a message of the platform has, by reference. */
const addressesOf = ({ store }: World['lab'], id: string, type: string) =>
	store.refRelations
		.filter((link) => link.from === id && link.type === type)
		.map((link) => store.get(link.to).data['value'] as string)
		.sort();

it('by push, the platform imports a hunt of a campaign without one error, and again, with every recipient', async () => {
	const { lab, client } = await world({ users: [CONNECTOR] });
	const given = hunted();
	for (let run = 1; run <= 2; run++) {
		const result = await client.importBundle(given, { mode: 'push' });
		expect(await client.bundleWork('workId' in result ? result.workId! : '')).toEqual({
			status: 'complete',
			errors: [],
		});
	}
	const value = new Map(given.objects!.map((object) => [object.id, object['value'] as string]));
	const wanted = new Map<string, Set<string>>();
	for (const { type, subject, to_refs: to } of given.objects!) {
		if (type !== 'email-message' || typeof subject !== 'string') continue;
		const all = wanted.get(subject.trim()) ?? new Set();
		for (const id of (to as string[] | undefined) ?? []) all.add(value.get(id)!.toLowerCase());
		wanted.set(subject.trim(), all);
	}
	expect(wanted.size).toBeGreaterThan(3);
	const messages = lab.store.ofType('Email-Message');
	const linked = messages.map(({ id, data }) => [String(data['subject']).trim(), addressesOf(lab, id, 'to')] as const);
	expect(new Map(linked)).toEqual(new Map([...wanted].map(([subject, all]) => [subject, [...all].sort()])));
});

it('by push, different mails of one subject stay different: their text goes with them', async () => {
	const { lab, client } = await world({ users: [CONNECTOR] });
	const of = (text: string) =>
		emailToBundle(email({ isMultipart: true, text, messageId: `<${text}@e.example>`, sha256: '' }), {
			include: { report: false },
		});
	for (const text of ['one', 'two']) await client.importBundle(of(text), { mode: 'push' });
	expect(lab.store.ofType('Email-Message').map(({ data }) => data['body'] as string)).toEqual(['one', 'two']);
});

describe('messages of one subject and text', () => {
	const message = (n: number, more: object = {}) => ({
		type: 'email-message',
		id: `email-message--${n}`,
		is_multipart: false,
		subject: 'Pay',
		from_ref: 'a--1',
		to_refs: [`t--${n}`],
		...more,
	});

	it('are sent as one, with the people of all, before the sender', () => {
		const seen = { type: 'observed-data', id: 'o--1', object_refs: ['email-message--1', 'email-message--2', 't--2'] };
		const { objects, folded } = foldMessages([message(1), message(2, { cc_refs: ['c--1'] }), seen], false);
		expect(folded).toBe(1);
		expect(objects).toEqual([
			message(1, { to_refs: ['t--1', 't--2'], cc_refs: ['c--1'] }),
			{ ...seen, object_refs: ['email-message--1', 't--2'] },
		]);
		const names = Object.keys(objects[0]!);
		expect(names.indexOf('to_refs')).toBeLessThan(names.indexOf('from_ref'));
	});

	it('of other senders keep them, related to the message', () => {
		const { objects } = foldMessages([message(1), message(2, { from_ref: 'a--2' })], false);
		expect(objects.slice(1)).toMatchObject([
			{ type: 'relationship', relationship_type: 'related-to', source_ref: 'a--2', target_ref: 'email-message--1' },
		]);
	});

	it('of another text stay apart, and a link between two that are one goes', () => {
		const link = { type: 'relationship', id: 'r--1', source_ref: 'email-message--1', target_ref: 'email-message--2' };
		expect(foldMessages([message(1), message(2, { body: 'x' }), link], false)).toMatchObject({ folded: 0 });
		expect(foldMessages([message(1), message(2), link], false).objects.map(({ id }) => id)).toEqual([
			'email-message--1',
		]);
	});

	it('a message without subject and text is left out, and counted', () => {
		const { objects, leftOut } = withoutCustomParts([{ type: 'email-message', id: 'email-message--9' }, message(1)]);
		expect(objects).toEqual([message(1)]);
		expect(leftOut).toEqual({ 'email-message': 1 });
	});
});

it.each(MODES)('by %s, objects of types that the platform does not have stay here, and are counted', async (mode) => {
	const { lab, client } = await world({ users: [CONNECTOR] });
	const given = hunted();
	const result = await client.importBundle(given, { mode });
	const custom = given.objects!.filter(({ type }) => type.startsWith('x-'));
	const sent = sentBy(lab, mode);
	expect(custom.length).toBeGreaterThan(0);
	expect(sent.filter(({ type }) => type.startsWith('x-'))).toEqual([]);
	const { leftOut } = result as { leftOut: Record<string, number> };
	const counted = Object.entries(leftOut).flatMap(([type, count]) => (type.startsWith('x-') ? [count] : []));
	expect(counted.reduce((sum, count) => sum + count, 0)).toBe(custom.length);
	expect(Object.keys(leftOut)).toContain('x-cisco-email-msgevent');
	const ids = new Set(sent.map(({ id }) => id));
	for (const { object_refs: refs } of sent)
		for (const id of (refs as string[] | undefined) ?? []) expect(ids.has(id)).toBe(true);
});

it.each(MODES)(
	'by %s, definitions of markings that the platform has stay here, references to them do not',
	async (mode) => {
		const { lab, client } = await world({ users: [CONNECTOR] });
		const given = emailToBundle(email(), { markings: { tlp: 'amber', pap: 'red' } }) as unknown as AnyBundle;
		const own = {
			type: 'marking-definition',
			id: 'marking-definition--11111111-1111-4111-8111-111111111111',
			created: '2025-01-01T00:00:00.000Z',
		};
		await client.importBundle({ ...given, objects: [...given.objects!, own] }, { mode });
		const sent = sentBy(lab, mode);
		expect(sent.filter(({ type }) => type === 'marking-definition')).toEqual([own]);
		const marked = sent.filter(({ object_marking_refs: refs }) => refs !== undefined);
		expect(marked.length).toBeGreaterThan(3);
		for (const { object_marking_refs: refs } of marked) expect(refs).toHaveLength(2);
	},
);

it('made one by one, objects of types that the platform can never have do not make the result incomplete', async () => {
	const { client } = await world();
	const given = hunted();
	const result = (await client.importBundle(given)) as DirectImportResult;
	const custom = result.objects.filter(({ type }) => type.startsWith('x-'));
	expect(custom.length).toBeGreaterThan(0);
	for (const object of custom)
		expect(object).toMatchObject({ status: 'left-out', reason: expect.stringContaining('custom') });
	expect(result.objects.filter(({ status }) => status !== 'imported' && status !== 'left-out')).toEqual([]);
	expect(result.complete).toBe(true);
	const report = await client.createReportFromBundle(given, { draft: reportFromEmail(email()) });
	expect(report.complete).toBe(true);
});

describe('what is left of a bundle', () => {
	const url = { type: 'url', id: 'url--1', value: 'http://example.org/' };
	const custom = { type: 'x-mine', id: 'x-mine--1' };
	const to = (id: string, ...object_refs: string[]) => ({ type: 'observed-data', id, object_refs });
	const left = (...objects: AnyStixObject[]) => withoutCustomParts(objects).objects.map(({ id }) => id);

	it('a collection of nothing but custom objects goes with them, and so on', () => {
		const link = { type: 'relationship', id: 'relationship--1', source_ref: 'url--1', target_ref: 'x-mine--1' };
		expect(
			left(to('o--3', 'o--2'), to('o--2', 'o--1', 'relationship--1'), link, to('o--1', 'x-mine--1'), custom, url),
		).toEqual(['url--1']);
	});

	it('one of other members keeps them', () => {
		const { objects, leftOut } = withoutCustomParts([to('o--1', 'x-mine--1', 'url--1'), custom, url]);
		expect(objects).toEqual([to('o--1', 'url--1'), url]);
		expect(leftOut).toEqual({ 'x-mine': 1 });
	});

	it('a sighting of what stays keeps its place, and loses the evidence that goes', () => {
		const sighting = { type: 'sighting', id: 's--1', sighting_of_ref: 'url--1', where_sighted_refs: ['identity--1'] };
		const evidence = { ...sighting, observed_data_refs: ['o--1'] };
		expect(withoutCustomParts([evidence, to('o--1', 'x-mine--1'), custom, url]).objects).toEqual([sighting, url]);
	});

	it.each([
		['x_opencti_linked_to_refs', 'url'],
		['resolves_to_refs', 'domain-name'],
		['raw_email_ref', 'email-message'],
		['covered_ref', 'security-coverage'],
	])('%s, which the platform knows, stays on a %s', (name, type) => {
		const object = { type, id: `${type}--1`, subject: 's', [name]: 'url--1' };
		expect(withoutCustomParts([object, url]).objects[0]).toBe(object);
	});

	it.each(['x_sender_ip_ref', 'x_from_refs', 'sender_ip_ref'])('%s goes', (name) => {
		const object = { type: 'email-message', id: 'email-message--1', subject: 's', [name]: 'url--1' };
		expect(withoutCustomParts([object, url]).objects[0]).toEqual({
			type: 'email-message',
			id: 'email-message--1',
			subject: 's',
		});
	});

	it('objects of OpenCTI and MITRE are no custom ones', () => {
		const own = ['x-opencti-simple-observable', 'x-mitre-tactic'].map((type) => ({ type, id: `${type}--1` }));
		expect(withoutCustomParts(own)).toEqual({ objects: own, leftOut: {} });
	});

	it('objects without an id, and two of one id, take no others with them', () => {
		expect(
			left(
				{ type: 'x-mine', id: '' },
				{ ...url, id: '' },
				to('o--1', 'x-mine--1', 'url--1'),
				to('o--1', 'url--1'),
				custom,
			),
		).toEqual(['', 'o--1', 'o--1']);
	});

	it('a chain of a hundred thousand collections is followed in one walk', () => {
		const chain = Array.from({ length: 100_000 }, (_, at) =>
			to(`o--${at}`, at === 0 ? 'x-mine--1' : `o--${at - 1}`),
		).reverse();
		expect(left(...chain, custom, url)).toEqual(['url--1']);
	});
});

import { draftFile, huntFindings, reportFromEmail } from '../../../lib/opencti';
import { emailToBundle, type AnyBundle } from '../../../lib/stix';
import type { Indicator } from '../../../lib/indicators';
import { email } from './messages';
import { closeWorlds, failure, world, type World } from './world';

// What is there already gets notes, findings and files; what it says stays as its people made it.

afterEach(closeWorlds);

const NOTE = { title: 'Verdict', content: 'Credential phish. Blocked at the proxy.' };
const file = (text = 'a,b\n') =>
	draftFile({ content: Buffer.from(text), contentType: 'text/csv', fileName: 'rows.csv' });
const hunt = (count: number, more: object = {}) =>
	huntFindings({
		matches: count,
		rows: Array.from({ length: count }, (_, at) => ({
			receivedAt: new Date(Date.UTC(2026, 10, 19, 0, at)).toISOString(),
			sender: 'it@evil.example.net',
			recipient: [`user${at}@soc.example.org`],
			subject: 'Quota',
			messageStatus: 'Delivered',
			matchedBy: ["domain-name:value = 'evil.example.net'"],
		})),
		warnings: [],
		...more,
	})!;
const KINDS = ['report', 'case', 'incident'] as const;
const TYPES = { report: 'Report', case: 'Case-Incident', incident: 'Incident' } as const;
const make = ({ client }: World, kind: (typeof KINDS)[number], marking = 'red') =>
	kind === 'report'
		? client.createReportFromEmail(email(), { marking })
		: kind === 'case'
			? client.createCaseFromEmail(email(), { marking })
			: client.createIncidentFromEmail(email(), { marking });
const markingsOf = ({ lab }: World, type: string) =>
	lab.store.ofType(type).map(({ markings }) => markings.map((id) => lab.store.get(id).data['definition'] as string));
/** What stands in it, but for what it holds. */
const stateOf = ({ lab }: World, id: string) => {
	const { data: given, markings, labels, references, confidence, author } = lab.store.get(id);
	const { objects: _objects, ...data } = given;
	return structuredClone({ data, markings, labels, references, confidence, author });
};

describe.each(KINDS)('a %s that is there', (kind) => {
	it('gets a note, findings and files, all marked as it is, and is not changed', async () => {
		const one = await world();
		const { lab, client } = one;
		const { id, url, name } = await make(one, kind);
		const before = stateOf(one, id);
		const result = await client.addTo(id, { notes: [NOTE], hunts: [hunt(3)], files: [file()] });
		expect(result).toMatchObject({ id, url, name, complete: true, warnings: [], markings: ['TLP:RED'] });
		expect(stateOf(one, id)).toEqual(before);
		expect(result.counts).toMatchObject({
			note: { created: 2 },
			sighting: { created: 1 },
			'domain-name': { created: 1 },
		});
		for (const type of ['Note', 'sighting', 'Domain-Name']) {
			for (const markings of markingsOf(one, type)) expect([type, markings]).toEqual([type, ['TLP:RED']]);
		}
		const notes = lab.store.ofType('Note');
		expect(notes.map(({ data }) => data['attribute_abstract']).sort()).toEqual(['Results of a hunt', 'Verdict']);
		expect(notes.every(({ objects }) => objects.includes(id))).toBe(true);
		expect(notes.map(({ data }) => String(data['content'])).join()).toContain('user2@soc.example.org');
		const [stored] = lab.store.ofType(TYPES[kind]);
		expect([...lab.store.files.values()].map(({ entityId, markings }) => [entityId, markings.length])).toEqual([
			[stored!.id, 1],
		]);
	});

	it('gets nothing twice', async () => {
		const one = await world();
		const { lab, client } = one;
		const { id } = await make(one, kind);
		const add = () => client.addTo(id, { notes: [NOTE], hunts: [hunt(3)], files: [file()] });
		const first = await add();
		const before = lab.snapshot().counts;
		const again = await add();
		expect(lab.snapshot().counts).toEqual(before);
		expect(again).toMatchObject({ complete: true, warnings: [], files: [{ status: 'present' }] });
		expect(again.counts).toMatchObject({ note: { created: 0, found: 2 }, sighting: { created: 0, found: 1 } });
		expect(again.objects.map((object) => object.id).sort()).toEqual(first.objects.map((object) => object.id).sort());
	});

	it('says of a sighting what was found now, and gets the later list in a note of its own', async () => {
		const one = await world();
		const { lab, client } = one;
		const { id } = await make(one, kind);
		await client.addTo(id, { hunts: [hunt(3)] });
		await client.addTo(id, { hunts: [hunt(5)] });
		expect(lab.store.ofType('sighting').map(({ data }) => data['attribute_count'])).toEqual([5]);
		expect(lab.store.ofType('Note')).toHaveLength(2);
	});
});

it('what was hunted for is seen of the indicator that the bundle of the message has', async () => {
	const { lab, client } = await world();
	const indicator: Indicator = {
		type: 'domain-name',
		value: 'evil.example.net',
		original: 'evil[.]example[.]net',
		defanged: true,
		sources: [{ part: 'text' }],
		flags: [],
	};
	const bundle = emailToBundle(email(), {
		indicators: [indicator],
		patterns: { policy: 'defanged' },
	}) as unknown as AnyBundle;
	const { id } = await client.createReportFromEmail(email(), { bundle });
	const before = lab.store.entities.size;
	const result = await client.addTo(id, { hunts: [hunt(2)] }, { bundle });
	expect(result.complete).toBe(true);
	const [sighting] = lab.store.ofType('sighting');
	expect(lab.store.get(String(sighting!.data['fromId'])).type).toBe('Indicator');
	// The place, the sighting and the note.
	expect(lab.store.entities.size).toBe(before + 3);
	expect(lab.snapshot().reports[0]!.objects.map(({ type }) => type)).toContain('sighting');
});

it('what is added can be marked stricter, and never less', async () => {
	const one = await world();
	const { lab, client } = one;
	const { id } = await make(one, 'report', 'amber');
	await client.addTo(id, { notes: [NOTE], files: [file()] }, { markings: ['TLP:RED', 'PAP:AMBER'] });
	expect(markingsOf(one, 'Note')[0]!.sort()).toEqual(['PAP:AMBER', 'TLP:RED']);
	await client.addTo(id, { notes: [{ content: 'A second one.' }] }, { markings: ['TLP:CLEAR'] });
	expect(markingsOf(one, 'Note')[1]).toEqual(['TLP:AMBER']);
	expect(lab.snapshot().reports[0]!.markings).toEqual(['TLP:AMBER']);
});

it('a note that says the same of two reports of one date is on both of them', async () => {
	const { lab, client } = await world();
	const [one, two] = await Promise.all(
		['One', 'Two'].map((subject) =>
			client.createReport(reportFromEmail(email({ subject, messageId: `<${subject}@example.org>` }))),
		),
	);
	const first = await client.addTo(one!.id, { notes: [NOTE] });
	const second = await client.addTo(two!.id, { notes: [NOTE] });
	expect([first.complete, second.complete, second.objects[0]!.id]).toEqual([true, true, first.objects[0]!.id]);
	expect([...lab.store.ofType('Note')[0]!.objects].sort()).toEqual([one!.id, two!.id].sort());
});

it('a user with less confidence is told that the findings did not get into the report', async () => {
	const { lab, client } = await world({
		users: [{ token: 'lab-opencti-token', capabilities: ['KNOWLEDGE_KNUPDATE'], maxConfidence: 40 }],
	});
	const theirs = lab.store.add('Report', { name: 'Theirs', published: new Date('2026-01-01T00:00:00Z') });
	const result = await client.addTo(theirs.id, { hunts: [hunt(2)] });
	expect(result.complete).toBe(false);
	expect(result.warnings).toMatchObject([
		{ code: 'not-stored', message: expect.stringContaining('maximum confidence') },
	]);
});

it('a note that the platform refuses leaves the rest, and is told', async () => {
	const one = await world();
	const { lab, client } = one;
	const { id } = await make(one, 'report');
	lab.fail({ kind: 'FUNCTIONAL_ERROR', operation: 'EmailIntelNoteAdd' });
	const result = await client.addTo(id, { notes: [NOTE], files: [file()] });
	expect(result).toMatchObject({ complete: false, files: [{ status: 'uploaded' }], counts: { note: { refused: 1 } } });
	expect((await client.addTo(id, { notes: [NOTE], files: [file()] })).complete).toBe(true);
});

it.each([
	['what is not there', 'report--00000000-0000-4000-8000-000000000000', 'OPENCTI_REFERENCE_MISSING'],
	['something else', 'identity', 'OPENCTI_INPUT'],
])('%s is told, and nothing is added', async (_what, which, code) => {
	const { lab, client } = await world();
	const identity = lab.store.add('Organization', { name: 'Example Corp.' });
	const error = await failure(client.addTo(which === 'identity' ? identity.id : which, { notes: [NOTE] }));
	expect(error).toMatchObject({ code, hint: expect.stringContaining('Nothing was added') });
	expect(lab.store.ofType('Note')).toEqual([]);
});

it.each([
	['notes', { notes: [NOTE] }, ['KNOWLEDGE'], 'KNOWLEDGE_KNUPDATE'],
	['files', { notes: [NOTE], files: [file()] }, ['KNOWLEDGE_KNUPDATE'], 'KNOWLEDGE_KNUPLOAD'],
])(
	'a right for %s that is missing is told before anything is added',
	async (_what, additions, capabilities, missing) => {
		const { lab, client } = await world({ users: [{ token: 'lab-opencti-token', capabilities }] });
		const theirs = lab.store.add('Report', { name: 'Theirs', published: new Date('2026-01-01T00:00:00Z') });
		const error = await failure(client.addTo(theirs.id, additions));
		expect(error.message).toContain(missing);
		expect(lab.store.ofType('Note')).toEqual([]);
	},
);

it('two phish that one person reported at one time have each the note of it', async () => {
	const { lab, client } = await world();
	const reported = (messageId: string) => ({
		way: 'arf' as const,
		certainty: 'certain' as const,
		message: 'quoted' as const,
		by: { address: 'jo@example.org' },
		at: '2026-11-19T08:00:00.000Z',
		mail: { messageId, addresses: [] },
	});
	const phish = (name: string) => email({ subject: name, messageId: `<${name}@evil.example>` });
	for (const [name, mail] of [
		['a', '<m1@example.org>'],
		['b', '<m1@example.org>'],
		['a', '<m2@example.org>'],
		['b', '<m2@example.org>'],
	] as const) {
		const result = await client.createReportFromEmail(phish(name), { reported: reported(mail) });
		expect(result.complete).toBe(true);
	}
	const reports = lab.snapshot().reports.map(({ id }) => id);
	expect(reports).toHaveLength(2);
	expect([...lab.store.ofType('Note')[0]!.objects].sort()).toEqual([...reports].sort());
});

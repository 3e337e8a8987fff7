import type { Indicator } from '../../../lib/indicators';
import { emailToBundle, type AnyBundle } from '../../../lib/stix';
import { attachment, email } from './messages';
import { closeWorlds, failure, world } from './world';

afterEach(closeWorlds);

const STRICT = 'TLP:AMBER+STRICT';
const found = (type: Indicator['type'], value: string): Indicator => ({
	type,
	value,
	original: value,
	defanged: true,
	sources: [{ part: 'text' }],
	flags: [],
});
const message = (more = {}) =>
	email({
		messageId: '<phish@evil.example.net>',
		subject: 'Mailbox full',
		text: 'Log in at http://login.evil.example.net/now\n# or [here](http://x.example)',
		attachments: [attachment('form.pdf', 'application/pdf', '%PDF-1.7')],
		...more,
	});
const indicators = () => [
	found('domain-name', 'evil.example.net'),
	found('attack-pattern', 'T1566.002'),
	found('cve', 'CVE-2026-1000'),
];
const bundle = () =>
	emailToBundle(message(), { indicators: indicators(), patterns: { policy: 'defanged' } }) as unknown as AnyBundle;

describe('an incident made of a message', () => {
	it('has type, severity, source, date, marking, author, reference, files, and the text at the end of its description', async () => {
		const { lab, client } = await world();
		const result = await client.createIncidentFromEmail(message(), {
			incidentType: 'compromise',
			severity: 'high',
			source: 'SOC mailbox',
			labels: ['phish'],
		});
		const [stored] = lab.snapshot().incidents;
		expect(stored).toMatchObject({
			name: 'Mailbox full',
			created: '2025-04-16T10:10:10.000Z',
			markings: [STRICT],
			author: 'Email Intel',
			labels: ['phish'],
			externalReferences: [{ sourceName: 'email', externalId: '<phish@evil.example.net>' }],
			files: [{ markings: [STRICT] }],
		});
		expect(result).toMatchObject({
			created: true,
			complete: true,
			incidentType: 'compromise',
			severity: 'high',
			source: 'SOC mailbox',
			url: `${lab.url}/dashboard/events/incidents/${stored!.id}`,
			warnings: [],
			counts: { incident: { created: 1, found: 0, updated: 0, refused: 0, leftOut: 0 } },
		});
		expect(result.standardId).toBe(stored!.standardId);
		const { data } = lab.store.ofType('Incident')[0]!;
		expect(new Date(String(data['first_seen'])).toISOString()).toBe('2025-04-16T10:10:10.000Z');
		expect(stored!.description).toContain('**Text of the message**');
		// What a sender writes is shown, and neither a link nor a heading.
		expect(stored!.description).toMatch(/^> Log in at hxxp/m);
		expect(stored!.description).toContain('> \\# or \\[here\\]');
		expect(stored!.description).not.toContain('Content tab');
	});

	it('gets what was found related to it, each by what the platform relates it by, all marked as it is', async () => {
		const { lab, client } = await world();
		const result = await client.createIncidentFromEmail(message(), { bundle: bundle(), marking: 'red' });
		expect(result.objects!.filter(({ status }) => status !== 'imported')).toEqual([]);
		const [incident] = lab.store.ofType('Incident');
		const links = lab.store
			.ofType('relationship')
			.filter(({ data }) => [data['fromId'], data['toId']].includes(incident!.id))
			.map(({ data, markings }) => {
				const isFrom = data['fromId'] === incident!.id;
				const other = lab.store.get(String(isFrom ? data['toId'] : data['fromId']));
				const marked = markings.map((id) => lab.store.get(id).data['definition'] as string);
				return `${other.type} ${isFrom ? '<' : '>'} ${String(data['relationship_type'])} ${marked.join()}`;
			});
		expect([...new Set(links)].sort()).toEqual([
			'Attack-Pattern < uses TLP:RED',
			'Domain-Name > related-to TLP:RED',
			'Email-Addr > related-to TLP:RED',
			'Email-Message > related-to TLP:RED',
			'Indicator > indicates TLP:RED',
			'Observed-Data > related-to TLP:RED',
			'StixFile > related-to TLP:RED',
			'Vulnerability < targets TLP:RED',
		]);
		expect(result.counts).toMatchObject({
			incident: { created: 1 },
			indicator: { created: 1 },
			'attack-pattern': { created: 1 },
			vulnerability: { created: 1 },
		});
	});

	it('is there once, however often it is asked for, with nothing written again', async () => {
		const { lab, client } = await world();
		const options = { bundle: bundle() };
		const first = await client.createIncidentFromEmail(message(), options);
		const before = lab.snapshot().counts;
		lab.requests.length = 0;
		const again = await client.createIncidentFromEmail(message(), options);
		expect(again).toMatchObject({ id: first.id, created: false, complete: true, warnings: [] });
		expect(lab.snapshot().counts).toEqual(before);
		expect(again.counts).toMatchObject({ incident: { created: 0, found: 1 }, indicator: { created: 0, found: 1 } });
		expect(Object.values(again.counts).every(({ created, refused }) => created === 0 && refused === 0)).toBe(true);
		expect(lab.requests.map(({ operation }) => operation)).not.toContain('EmailIntelRelationshipAdd');
	});

	it('keeps what its people made of it, is found by its Message-ID when they rename it, and tells of another text', async () => {
		const { lab, client } = await world();
		await client.createIncidentFromEmail(message());
		const [stored] = lab.store.ofType('Incident');
		lab.store.rename(stored!, 'Phish of May');
		Object.assign(stored!.data, { description: 'Ours', severity: 'critical', incident_type: 'alert' });
		const again = await client.createIncidentFromEmail(message(), { severity: 'low' });
		expect(again).toMatchObject({ id: stored!.id, created: false, severity: 'critical', incidentType: 'alert' });
		expect(again.warnings.map(({ code }) => code)).toEqual(['text-kept']);
		expect(stored!.data).toMatchObject({ name: 'Phish of May', description: 'Ours' });
		expect(lab.store.ofType('Incident')).toHaveLength(1);
	});

	it('tells of a type that the platform does not have, and of a text that is too long for it', async () => {
		const { client } = await world();
		const text = 'x '.repeat(40_000);
		const result = await client.createIncidentFromEmail(message({ text }), { incidentType: 'apocalypse' });
		expect(result.warnings.map(({ code }) => code).sort()).toEqual(['content-cut', 'vocabulary-unknown']);
		expect(result.complete).toBe(false);
	});

	it('is made all the same when its objects cannot be related to it, and the next run relates them', async () => {
		const { lab, client } = await world();
		lab.fail({ kind: 'FORBIDDEN_ACCESS', operation: 'EmailIntelRelationshipsBetween' });
		const options = { contents: 'observables' as const };
		const first = await client.createIncidentFromEmail(message(), options);
		expect(first).toMatchObject({ created: true, complete: false });
		expect(first.warnings.map(({ code }) => code)).toContain('objects-not-linked');
		const again = await client.createIncidentFromEmail(message(), options);
		expect(again).toMatchObject({ id: first.id, complete: true });
		expect(lab.snapshot().incidents[0]!.objects.length).toBeGreaterThan(2);
	});

	it('is not made at all where a right is missing', async () => {
		const { lab, client } = await world({
			users: [{ token: 'lab-opencti-token', capabilities: ['KNOWLEDGE_KNUPDATE'] }],
		});
		const error = await failure(client.createIncidentFromEmail(message(), { contents: 'observables' }));
		expect(error.message).toContain('KNOWLEDGE_KNUPLOAD');
		expect(lab.snapshot()).toMatchObject({ incidents: [], identities: [] });
	});
});

describe('a case made of a message', () => {
	it('holds what was found, marked as it is, and what the reply brings; each once', async () => {
		const { lab, client } = await world();
		const opened = await client.createCaseFromEmail(message(), { bundle: bundle(), marking: 'red' });
		expect(opened).toMatchObject({ created: true, complete: true, counts: { 'case-incident': { created: 1 } } });
		const [stored] = lab.snapshot().cases;
		const types = stored!.objects.map(({ type }) => type);
		expect(types).toEqual(expect.arrayContaining(['Domain-Name', 'Indicator', 'Email-Message', 'Attack-Pattern']));
		for (const { id } of stored!.objects) {
			const marked = lab.store.get(id).markings.map((one) => lab.store.get(one).data['definition'] as string);
			expect([lab.store.get(id).type, marked]).toEqual([lab.store.get(id).type, ['TLP:RED']]);
		}
		const reply = message({
			messageId: '<reply@example.org>',
			inReplyTo: '<phish@evil.example.net>',
			references: ['<phish@evil.example.net>'],
			subject: 'RE: Mailbox full',
			text: 'It also links to http://second.example.net/',
			attachments: [],
		});
		const options = { contents: 'observables' as const, marking: 'red' };
		for (const appended of [true, false]) {
			const added = await client.createCaseFromEmail(reply, options);
			expect(added).toMatchObject({ id: opened.id, appended, complete: true });
			expect(added.counts['case-incident']).toMatchObject(appended ? { updated: 1 } : { found: 1 });
		}
		const held = lab.snapshot().cases[0]!.objects;
		expect(new Set(held.map(({ id }) => id)).size).toBe(held.length);
		expect(held.length).toBeGreaterThan(stored!.objects.length);
	});
});

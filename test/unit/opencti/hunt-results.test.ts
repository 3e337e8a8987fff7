import type { HuntFindings } from '../../../lib/hunt';
import { OPENCTI_LIMITS } from '../../../lib/limits';
import { huntFindings, type BundleReportResult, type EmailReportOptions } from '../../../lib/opencti';
import { emailToBundle, stixId, type AnyBundle } from '../../../lib/stix';
import { LAB_TOKEN } from '../../lab/opencti';
import { email } from './messages';
import { closeWorlds, world, type World } from './world';

// A hunt's results on the platform: sightings that say what was found, messages by choice, notes and the queue for much.

afterEach(closeWorlds);

const TERM = "domain-name:value = 'evil.example.net'";
const row = (hour: number, more: object = {}) => ({
	receivedAt: new Date(Date.UTC(2026, 10, 19, hour)).toISOString(),
	sender: 'it@evil.example.net',
	recipient: [`user${hour}@soc.example.org`],
	subject: 'Quota',
	messageStatus: hour % 2 === 0 ? 'Delivered' : 'Quarantined',
	matchedBy: [TERM],
	...more,
});
const author = {
	type: 'identity',
	id: stixId('identity', { name: 'Mail log', identity_class: 'system' }),
	name: 'Mail log',
	identity_class: 'system',
};
const address = (value: string) => ({ type: 'email-addr', id: stixId('email-addr', { value }), value });
/** What a hunt put out: a row and the STIX of a message for each hour. */
function hunt(hours: readonly number[], more: (hour: number) => object = () => ({})): HuntFindings {
	const from = address('it@evil.example.net');
	const objects = hours.flatMap((hour) => {
		const to = address(`user${hour}@soc.example.org`);
		const message = {
			type: 'email-message',
			id: stixId('email-message', { subject: `Quota ${hour}`, from_ref: from.id }),
			is_multipart: false,
			subject: `Quota ${hour}`,
			from_ref: from.id,
			to_refs: [to.id],
		};
		return [to, message];
	});
	const bundle = { type: 'bundle', objects: [author, from, ...objects] };
	return huntFindings({
		matches: hours.length,
		rows: hours.map((hour) => row(hour, more(hour))),
		warnings: [],
		bundle,
	})!;
}
const hours = (count: number) => Array.from({ length: count }, (_, hour) => hour);

const report = async ({ client }: World, found: HuntFindings, more: EmailReportOptions = {}) =>
	(await client.createReportFromEmail(email(), { hunts: [found], ...more })) as BundleReportResult;
const sightingsOf = ({ lab }: World) =>
	lab.store.ofType('sighting').map(({ data, markings }) => ({
		of: lab.store.get(String(data['fromId'])).data['value'] as string,
		at: lab.store.get(String(data['toId'])).data['name'] as string,
		count: Number(data['attribute_count']),
		first: new Date(String(data['first_seen'])).getUTCHours(),
		last: new Date(String(data['last_seen'])).getUTCHours(),
		markings: markings.map((id) => lab.store.get(id).data['definition'] as string).join(),
	}));

describe('a hunt', () => {
	it('becomes a sighting in the report, marked as the report is, and no message', async () => {
		const here = await world();
		const result = await report(here, hunt([2, 3, 8]), { marking: 'red' });
		expect(result).toMatchObject({ complete: true, markings: ['TLP:RED'] });
		expect(sightingsOf(here)).toEqual([
			{ of: 'evil.example.net', at: 'Mail log', count: 3, first: 2, last: 8, markings: 'TLP:RED' },
		]);
		const { reports, counts } = here.lab.snapshot();
		expect(reports[0]!.objects.map(({ type }) => type)).toContain('sighting');
		expect(counts['Email-Message']).toBeUndefined();
		expect(reports[0]!.description).toContain('**Hunt**: 3 messages match. Delivered: 2, stopped: 1.');
	});

	it.each([
		['more', [2, 3, 8, 9], { count: 4, first: 2, last: 9 }],
		['the same', [2, 3, 8], { count: 3, first: 2, last: 8 }],
		['less', [3], { count: 1, first: 3, last: 3 }],
	])('asked again, with %s found, says what was found now: nothing is added up', async (_what, again, said) => {
		const here = await world();
		await report(here, hunt([2, 3, 8]));
		const result = await report(here, hunt(again));
		expect(result.objects.flatMap(({ error }) => error ?? [])).toEqual([]);
		expect(result).toMatchObject({ complete: true, created: false });
		expect(sightingsOf(here)).toMatchObject([said]);
	});

	it('that says the same again costs no edit', async () => {
		const here = await world();
		await report(here, hunt([2, 3, 8]));
		const before = here.lab.requests.length;
		await report(here, hunt([2, 3, 8]));
		const operations = here.lab.requests.slice(before).map(({ operation }) => operation);
		expect(operations).not.toContain('EmailIntelSightingPatch');
		expect(operations).not.toContain('EmailIntelSightingAdd');
	});

	it('of another mail for the same thing states the same sighting', async () => {
		const here = await world();
		await report(here, hunt([2, 3]));
		const other = email({ messageId: '<2@example.org>', subject: 'Another' });
		await here.client.createReportFromEmail(other, { hunts: [hunt([2, 3, 4])] });
		expect(sightingsOf(here)).toMatchObject([{ count: 3, last: 4 }]);
		const { reports } = here.lab.snapshot();
		expect(reports.map(({ objects }) => objects.filter(({ type }) => type === 'sighting').length)).toEqual([1, 1]);
	});

	it('at an organization, when one is named', async () => {
		const here = await world();
		await report(here, hunt([2]), { huntResults: { seenAt: 'Example Corp.' } });
		expect(sightingsOf(here)).toMatchObject([{ at: 'Example Corp.', count: 1 }]);
		expect(here.lab.snapshot().identities).toContain('Example Corp.');
	});

	it('is of the indicator that the bundle of the mail has', async () => {
		const here = await world();
		const text = 'See hxxp://evil[.]example[.]net/login';
		const bundle = emailToBundle(email({ text, parts: [] }), {
			patterns: { policy: 'defanged' },
		}) as unknown as AnyBundle;
		const found = hunt([2, 4], () => ({ matchedBy: ["url:value = 'http://evil.example.net/login'"] }));
		const result = await report(here, found, { bundle });
		expect(result.complete).toBe(true);
		const [sighting] = here.lab.store.ofType('sighting');
		expect(here.lab.store.get(String(sighting!.data['fromId'])).type).toBe('Indicator');
		expect(sighting!.data['attribute_count']).toBe(2);
	});

	it('whose messages are made has each related to the one that it was for, once, marked as the report is', async () => {
		const here = await world();
		const options = { contents: 'observables', huntResults: { as: 'messages' }, marking: 'red' } as const;
		for (let run = 0; run < 2; run++) {
			expect(await report(here, hunt([2, 3]), options)).toMatchObject({ complete: true });
		}
		const nameOf = (id: unknown) => here.lab.store.get(String(id)).data['subject'];
		const related = here.lab.store
			.ofType('relationship')
			.filter(({ data }) => nameOf(data['toId']) === 'Weekly threat report' && nameOf(data['fromId']) !== undefined);
		expect(related.map(({ data }) => [nameOf(data['fromId']), data['description']])).toEqual([
			['Quota 2', 'Found in a hunt for it'],
			['Quota 3', 'Found in a hunt for it'],
		]);
		for (const { markings } of related) {
			expect(markings.map((id) => here.lab.store.get(id).data['definition'])).toEqual(['TLP:RED']);
		}
	});

	it('whose sighting cannot be set tells so, and the report is there', async () => {
		const here = await world();
		await report(here, hunt([2]));
		here.lab.fail({ kind: 'FUNCTIONAL_ERROR', operation: 'EmailIntelSightingPatch', times: 10 });
		const result = await report(here, hunt([2, 3]));
		expect(result.complete).toBe(false);
		expect(result.objects.filter(({ type }) => type === 'sighting')).toMatchObject([{ status: 'incomplete' }]);
	});
});

describe('own people', () => {
	const addresses = ({ lab }: World) => lab.store.ofType('Email-Addr').map(({ data }) => data['value'] as string);
	const own = /@soc\.example\.org/;

	it('stand in the table and in the sighting, and are no observables', async () => {
		const here = await world();
		const result = await report(here, hunt([2, 3]), { huntResults: { as: 'messages' } });
		expect(result.complete).toBe(true);
		expect(addresses(here)).toEqual(['it@evil.example.net']);
		expect(here.lab.snapshot().counts['Email-Message']).toBe(2);
		expect(here.lab.snapshot().reports[0]!.description).toMatch(own);
		expect(here.lab.store.ofType('sighting')[0]!.data['description']).toMatch(own);
	});

	it('become observables when that is chosen, linked to what they received', async () => {
		const here = await world();
		await report(here, hunt([2, 3]), { huntResults: { as: 'messages', ownAddresses: true } });
		expect(addresses(here).sort()).toEqual(['it@evil.example.net', 'user2@soc.example.org', 'user3@soc.example.org']);
	});

	it('are numbers where numbers are chosen, in nothing that reaches the platform is a name', async () => {
		const here = await world();
		const much = hunt(hours(OPENCTI_LIMITS.maxDescriptionRows + 5));
		await report(here, much, { huntResults: { as: 'messages', recipients: 'counts' } });
		const stored = JSON.stringify([...here.lab.store.entities.values()].map(({ data }) => data));
		expect(stored).not.toMatch(/user\d+@soc\.example\.org/);
		expect(stored).toContain('1 recipient');
	});

	it('nothing but the table is made, when that is chosen', async () => {
		const here = await world();
		await report(here, hunt([2, 3]), { huntResults: { as: 'table' } });
		expect(here.lab.store.ofType('sighting', 'Email-Message', 'Domain-Name')).toEqual([]);
		expect(here.lab.snapshot().reports[0]!.description).toMatch(own);
	});
});

describe('a hunt that found much', () => {
	const many = OPENCTI_LIMITS.maxDescriptionRows + 10;

	it('has a note with all rows at the report, marked as the report is, once', async () => {
		const here = await world();
		const result = await report(here, hunt(hours(many)), { marking: 'red' });
		expect(result.complete).toBe(true);
		expect(result.objects.filter(({ type }) => type === 'note')).toMatchObject([{ status: 'imported' }]);
		await report(here, hunt(hours(many)), { marking: 'red' });
		const notes = here.lab.store.ofType('Note');
		expect(notes).toHaveLength(1);
		const [note] = notes;
		expect(note!.objects).toEqual([result.id]);
		expect(note!.markings.map((id) => here.lab.store.get(id).data['definition'] as string)).toEqual(['TLP:RED']);
		expect(String(note!.data['content'])).toContain(`user${many - 1}@soc.example.org`);
		expect(
			String(note!.data['content'])
				.split('\n')
				.filter((line) => line.startsWith('| ')),
		).toHaveLength(many + 2);
	});

	it('and whose report was there with a lower marking has a note that is marked as asked', async () => {
		const here = await world();
		await report(here, hunt([2]), { marking: 'green' });
		const result = await report(here, hunt(hours(many)), { marking: 'red' });
		expect(result.markings).toEqual(['TLP:GREEN']);
		const [note] = here.lab.store.ofType('Note');
		expect(note!.markings.map((id) => here.lab.store.get(id).data['definition'] as string)).toEqual(['TLP:RED']);
	});

	it('and whose note is refused has its report all the same, and says so', async () => {
		const here = await world();
		here.lab.fail({ kind: 'FUNCTIONAL_ERROR', operation: 'EmailIntelNoteAdd', times: 5 });
		const result = await report(here, hunt(hours(many)));
		expect(result.complete).toBe(false);
		expect(result.objects.filter(({ type }) => type === 'note')).toMatchObject([{ status: 'failed' }]);
		expect(here.lab.snapshot().reports).toHaveLength(1);
	});

	describe('more than is made one by one', () => {
		const tooMany = OPENCTI_LIMITS.maxDirectMessages + 1;
		const CONNECTOR = {
			token: LAB_TOKEN,
			capabilities: ['KNOWLEDGE_KNUPDATE', 'KNOWLEDGE_KNUPLOAD', 'SETTINGS_SETLABELS', 'CONNECTORAPI', 'MODULES'],
		};
		const large = () => hunt(hours(tooMany));

		it('lists the messages in the note, and says how to get them', async () => {
			const here = await world();
			const result = await report(here, large(), { huntResults: { as: 'messages' } });
			expect(here.lab.snapshot().counts['Email-Message']).toBeUndefined();
			expect(result.warnings.map(({ code }) => code)).toContain('messages-listed');
			expect(sightingsOf(here)).toMatchObject([{ count: tooMany }]);
			expect(here.lab.store.ofType('Note')).toHaveLength(1);
		});

		it('puts them into the queue where that is chosen: marked, in the report, without own people', async () => {
			const here = await world({ users: [CONNECTOR] });
			const result = await report(here, large(), { marking: 'red', huntResults: { as: 'messages', large: 'queue' } });
			expect(result).toMatchObject({ complete: true, queued: { queued: true } });
			const sent = here.lab.store.bundles[0]!.bundle as unknown as AnyBundle;
			const messages = sent.objects!.filter(({ type }) => type === 'email-message');
			expect(messages).toHaveLength(tooMany);
			const red = 'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed';
			for (const message of messages) expect(message['object_marking_refs']).toEqual([red]);
			expect(JSON.stringify(sent)).not.toContain('soc.example.org');
			expect(sent.objects!.filter(({ type }) => type === 'sighting')).toEqual([]);
			const reports = sent.objects!.filter(({ type }) => type === 'report');
			expect(reports).toMatchObject([{ id: result.standardId, name: result.name, object_marking_refs: [red] }]);
			expect(reports[0]).not.toHaveProperty('description');
		});

		it('says so where the queue cannot be used, and has the note', async () => {
			const here = await world();
			const result = await report(here, large(), { huntResults: { as: 'messages', large: 'queue' } });
			expect(result.complete).toBe(false);
			expect(result.warnings.map(({ code }) => code)).toContain('findings-not-added');
			expect(here.lab.store.ofType('Note')).toHaveLength(1);
			expect(here.lab.store.bundles).toEqual([]);
		});
	});
});

import {
	findingsOf,
	huntedObjects,
	huntSightings,
	planFor,
	runPlan,
	wasDelivered,
	withoutRecipients,
	type HuntFindings,
	type SightingOptions,
} from '../../../lib/hunt';
import { HUNT_LIMITS } from '../../../lib/limits';
import { huntFindings } from '../../../lib/opencti';
import { stixId, type AnyStixObject, type StixObject } from '../../../lib/stix';
import { hasSchemas, schemaProblemsOf } from '../stix/schemas';
import { MailLog, type LoggedMail } from './mailLog';

// What a hunt found, as an analyst has it: what was seen where, how often, when, and by whom.

const NOW = new Date('2026-11-20T12:00:00.000Z');
const mail = (hour: number, more: Partial<LoggedMail> = {}): LoggedMail => ({
	id: `m${hour}`,
	time: Date.parse('2026-11-20T00:00:00.000Z') + hour * 3_600_000,
	from: 'pay@evil.example.net',
	to: [`user${hour}@soc.example.org`],
	cc: [],
	subject: 'Invoice',
	urls: [],
	ip: '198.51.100.7',
	score: 0,
	files: [],
	...more,
});

/** The findings of a hunt for a pattern in a log of these mails. */
async function hunted(pattern: string, mails: LoggedMail[]): Promise<HuntFindings> {
	const target = Object.assign(new MailLog(), { system: 'Mail log', mails });
	const plan = planFor(target, pattern, { now: NOW, timeRangeMinutes: 24 * 60 });
	return findingsOf(target, await runPlan(target, plan));
}

const ofType = (objects: readonly AnyStixObject[], type: string) => objects.filter((object) => object.type === type);
const sightingsOf = (findings: HuntFindings, options?: SightingOptions) =>
	ofType(huntSightings([findings], options), 'sighting');
const address = (value: string): AnyStixObject => ({ type: 'email-addr', id: stixId('email-addr', { value }), value });

describe('a hunt in any target', () => {
	const sender = "email-message:from_ref.value = 'pay@evil.example.net'";
	const link = "url:value = 'http://evil.example.net/x'";

	it('becomes one sighting of each thing, with count, first and last time, and who received it', async () => {
		const mails = [mail(1), mail(5, { urls: ['http://evil.example.net/x'] }), mail(9)];
		const found = await hunted(`[${sender}] OR [${link}]`, mails);
		const objects = huntSightings([found]);
		const [identity] = ofType(objects, 'identity');
		expect(identity).toMatchObject({ name: 'Mail log', identity_class: 'system' });
		const names = new Map(objects.map((object) => [object.id, object['value']]));
		const seen = ofType(objects, 'sighting').map((sighting) => [
			names.get(sighting['sighting_of_ref'] as string),
			sighting['count'],
			sighting['first_seen'],
			sighting['last_seen'],
			sighting['where_sighted_refs'],
		]);
		expect(seen).toEqual([
			['pay@evil.example.net', 3, '2026-11-20T01:00:00.000Z', '2026-11-20T09:00:00.000Z', [identity!.id]],
			['http://evil.example.net/x', 1, '2026-11-20T05:00:00.000Z', '2026-11-20T05:00:00.000Z', [identity!.id]],
		]);
		expect(ofType(objects, 'sighting')[0]!['description']).toBe(
			'3 messages. Received by user1@soc.example.org, user5@soc.example.org, user9@soc.example.org.',
		);
		if (hasSchemas) expect(schemaProblemsOf(objects as unknown as StixObject[])).toEqual([]);
	});

	it('asked again later is the same sighting, which says more', async () => {
		const [first] = sightingsOf(await hunted(`[${sender}]`, [mail(1), mail(5)]));
		const [second] = sightingsOf(await hunted(`[${sender}]`, [mail(1), mail(5), mail(9)]));
		expect(second!.id).toBe(first!.id);
		expect([first!['count'], second!['count']]).toEqual([2, 3]);
		expect(second!['last_seen']).toBe('2026-11-20T09:00:00.000Z');
		expect(sightingsOf(await hunted(`[${sender}]`, [mail(1), mail(5)]))).toEqual([first]);
	});

	it('at another place is another sighting', async () => {
		const found = await hunted(`[${sender}]`, [mail(1)]);
		const [at] = sightingsOf(found, { seenAt: { name: 'Example Corp.' } });
		expect(at!.id).not.toBe(sightingsOf(found)[0]!.id);
		expect(ofType(huntSightings([found], { seenAt: { name: 'Example Corp.' } }), 'identity')).toMatchObject([
			{ name: 'Example Corp.', identity_class: 'organization' },
		]);
	});

	it('of an indicator is one of the indicator, else of the observable that is there', async () => {
		const found = await hunted(`[${sender}] OR [${link}]`, [mail(1, { urls: ['http://evil.example.net/x'] })]);
		const indicator = { type: 'indicator', id: 'indicator--1', pattern: `[${link}]`, pattern_type: 'stix' };
		const url = { type: 'url', id: 'url--1', value: 'http://evil.example.net/x' };
		const given = [url, address('PAY@evil.example.net'), indicator];
		const made = huntSightings([found], { objects: given });
		expect(ofType(made, 'sighting').map((sighting) => sighting['sighting_of_ref'])).toEqual([
			given[1]!.id,
			'indicator--1',
		]);
		// Nothing is made a second time.
		expect(made.map(({ type }) => type)).toEqual(['identity', 'sighting', 'sighting']);
	});

	it('for a person makes no observable of the person, unless asked', async () => {
		const own = 'user1@soc.example.org';
		const found = await hunted(`[email-addr:value = '${own}']`, [mail(1)]);
		expect(huntSightings([found])).toEqual([]);
		expect(huntSightings([found], { ownDomains: ['example.org'] })).toEqual([]);
		expect(ofType(huntSightings([found], { ownAddresses: true }), 'email-addr')).toMatchObject([{ value: own }]);
		// One of another house is no own person where own domains are known.
		expect(sightingsOf(found, { ownDomains: ['example.com'] })).toHaveLength(1);
		expect(sightingsOf(found, { objects: [address(own)] })).toHaveLength(1);
	});

	it('with numbers for names tells nobody', async () => {
		const pattern = `[${sender}] OR [email-addr:value = 'user5@soc.example.org']`;
		const found = withoutRecipients(
			await hunted(pattern, [mail(1), mail(5, { to: ['user5@soc.example.org', 'b@soc.example.org'] })]),
		);
		expect(JSON.stringify([found, huntSightings([found])])).not.toContain('soc.example.org');
		expect(sightingsOf(found)[0]!['description']).toBe('2 messages. Recipients: 3.');
	});
});

const row = (more: object = {}) => ({
	receivedAt: '2026-11-19T08:00:01.000Z',
	timestamp: '19 Nov 2026 08:00:01 (GMT +00:00)',
	sender: 'it@evil.example.net',
	recipient: ['jo@example.com'],
	subject: 'Quota',
	messageStatus: { '12': 'Delivered' },
	matchedBy: ["domain-name:value = 'evil.example.net'"],
	...more,
});
const found = (rows: object[], more: object = {}) =>
	huntFindings({ matches: rows.length, rows, warnings: [], ...more })!;

describe('what terms name', () => {
	const hash = 'a'.repeat(64);

	it.each([
		["file:hashes.'SHA-256' = '" + hash.toUpperCase() + "'", 'file', { hashes: { 'SHA-256': hash } }],
		["file:name = 'invoice.pdf'", 'file', { name: 'invoice.pdf' }],
		["ipv4-addr:value = '192.0.2.1'", 'ipv4-addr', { value: '192.0.2.1' }],
		["email-message:sender_ref.value = 'a@evil.example'", 'email-addr', { value: 'a@evil.example' }],
		["domain-name:value IN ('evil.example')", 'domain-name', { value: 'evil.example' }],
	])('%s', (term, type, properties) => {
		expect(ofType(huntSightings([found([row({ matchedBy: [term] })])]), type)).toMatchObject([properties]);
	});

	it.each([
		"email-message:subject LIKE 'Quota%'",
		"domain-name:value != 'evil.example'",
		"domain-name:value IN ('a.example', 'b.example')",
		"domain-name:value NOT = 'evil.example'",
		"ipv4-addr:value ISSUBSET '192.0.2.0/24'",
		"email-message:subject = 'Quota'",
		'subject = Quota',
		'',
		'[[[',
	])('%j names no single thing that anybody has: no sighting', (term) => {
		expect(huntSightings([found([row({ matchedBy: [term] })])])).toEqual([]);
	});

	it('a subject or a Message-ID names the message that has it', () => {
		const message = { type: 'email-message', id: 'email-message--1', subject: 'Quota', message_id: '<1@evil.example>' };
		for (const term of ["email-message:subject = 'Quota'", "email-message:message_id = '<1@evil.example>'"]) {
			const made = huntSightings([found([row({ matchedBy: [term] })])], { objects: [message] });
			expect(ofType(made, 'sighting')).toMatchObject([{ sighting_of_ref: message.id, count: 1 }]);
		}
	});

	it('a URL of thousands of characters is named whole', () => {
		const value = `http://evil.example.net/${'a'.repeat(9_000)}`;
		const made = huntSightings([found([row({ matchedBy: [`url:value = '${value}'`] })])]);
		expect(ofType(made, 'url')).toMatchObject([{ value }]);
	});

	it('a file is the same thing whatever rule named it', () => {
		const term = `file:hashes.'SHA-256' = '${hash}'`;
		const ids = ['stix', 'opencti'].map((fileIdentity) => {
			const file = { hashes: { 'SHA-256': hash }, name: 'a.pdf' };
			const id = stixId('file', file, { fileIdentity: fileIdentity as 'stix' });
			return sightingsOf(found([row({ matchedBy: [term] })]), { objects: [{ type: 'file', id, ...file }] })[0]!.id;
		});
		expect(ids[0]).toBe(ids[1]);
	});
});

describe('rows of any shape', () => {
	it('without times have a sighting without times', () => {
		const [sighting] = sightingsOf(found([row({ receivedAt: undefined, timestamp: 'never' })]), {
			time: '2026-01-01T00:00:00.000Z',
		});
		expect(sighting).toMatchObject({ created: '2026-01-01T00:00:00.000Z', count: 1 });
		expect(sighting).not.toHaveProperty('first_seen');
	});

	it('give the same for the same, never throw, and stay small', () => {
		const odd = [null, 1, [], {}, { matchedBy: 7 }, { matchedBy: [null, {}] }, { matchedBy: ['['.repeat(100_000)] }];
		expect(() => huntSightings([found(odd as object[], { matches: odd.length })])).not.toThrow();
		const many = Array.from({ length: 20_000 }, (_, at) => row({ recipient: [`p${at}@example.com`] }));
		const [sighting] = sightingsOf(found(many));
		expect(sighting!['count']).toBe(20_000);
		expect(String(sighting!['description'])).toMatch(/and more: 20000 in all\.$/);
		expect(String(sighting!['description']).split('@')).toHaveLength(HUNT_LIMITS.maxSightingRecipients + 1);
	});

	it.each([
		['Delivered', true],
		['delivered', true],
		['Quarantined By Anti-Spam', false],
		['Dropped By Anti-Virus', false],
		['Blocked', false],
		['Bounced', false],
		['FilteredAsSpam', false],
		['Processing', undefined],
		['Delivery in progress', undefined],
		['Delivery failed', false],
		['Junked', undefined],
	])('%j is delivered: %j', (status, delivered) => {
		expect(wasDelivered({ status: [status] })).toBe(delivered);
		expect(wasDelivered({ status: [status, 'Delivered'] })).toBe(true);
	});
});

describe('messages that a hunt found', () => {
	const [from, own, other] = ['it@evil.example.net', 'jo@soc.example.org', 'al@partner.example'].map(address) as [
		AnyStixObject,
		AnyStixObject,
		AnyStixObject,
	];
	const message = {
		type: 'email-message',
		id: 'email-message--1',
		from_ref: from.id,
		to_refs: [own.id, other.id],
		subject: 'Quota',
		x_envelope_recipients: ['jo@soc.example.org'],
	};
	const seen = { type: 'observed-data', id: 'observed-data--1', object_refs: [message.id, from.id, own.id, other.id] };
	const findings = found([row()], { bundle: { type: 'bundle', objects: [from, own, other, message, seen] } });

	it('come without own people', () => {
		expect(huntedObjects([findings], { ownDomains: ['soc.example.org'] })).toEqual([
			from,
			other,
			{ type: 'email-message', id: message.id, from_ref: from.id, to_refs: [other.id], subject: 'Quota' },
			{ ...seen, object_refs: [message.id, from.id, other.id] },
		]);
	});

	it('come without recipients where nobody says who is own', () => {
		const types = huntedObjects([findings]).map(({ id }) => id);
		expect(types).toEqual([from.id, message.id, seen.id]);
	});

	it('come as they are when own people are wanted', () => {
		expect(huntedObjects([findings], { ownAddresses: true })).toEqual(findings.objects);
	});
});

import { esaRowsToBundle } from '../../../lib/esa';
import { huntFindings, type DirectImportResult } from '../../../lib/opencti';
import { stixId, type AnyBundle, type AnyStixObject } from '../../../lib/stix';
import { generateTraffic, rowOf } from '../../lab/esa';
import { email } from './messages';
import { closeWorlds, world } from './world';

afterEach(closeWorlds);

const bundleOf = (...objects: object[]): AnyBundle => ({ type: 'bundle', objects: objects as AnyStixObject[] });
const KEY = 'HKEY_CURRENT_USER\\Software\\Evil\\Run';
const OBJECTS = [
	{
		type: 'attack-pattern',
		id: stixId('attack-pattern', { x_mitre_id: 'T1566.002', name: 'T1566.002' }),
		name: 'T1566.002',
		external_references: [{ source_name: 'mitre-attack', external_id: 'T1566.002' }],
	},
	{
		type: 'user-account',
		id: stixId('user-account', { account_login: 'evil_handle' }),
		account_login: 'evil_handle',
	},
	{ type: 'windows-registry-key', id: stixId('windows-registry-key', { key: KEY }), key: KEY },
	{ type: 'phone-number', id: stixId('phone-number', { value: '+15550100' }), value: '+15550100' },
	{ type: 'mutex', id: stixId('mutex', { name: 'evil-mutex' }), name: 'evil-mutex' },
	{ type: 'directory', id: stixId('directory', { path: '/tmp/evil' }), path: '/tmp/evil' },
	{ type: 'software', id: stixId('software', { name: 'Evil Mailer' }), name: 'Evil Mailer' },
];

describe('a bundle that is imported object by object', () => {
	it('brings techniques, accounts, keys of the registry, phone numbers and more, marked, each once', async () => {
		const { lab, client } = await world();
		const import_ = async () => (await client.importBundle(bundleOf(...OBJECTS))) as DirectImportResult;
		const first = await import_();
		expect(first.objects.map(({ type, status, standardId, stixId: id }) => [type, status, standardId === id])).toEqual(
			OBJECTS.map(({ type }) => [type, 'imported', type !== 'software']),
		);
		expect(first.counts).toMatchObject({ 'attack-pattern': { created: 1 }, 'user-account': { created: 1 } });
		const again = await import_();
		expect(again.objects.every(({ existed }) => existed === true)).toBe(true);
		expect(again.counts).toMatchObject({ 'attack-pattern': { found: 1, created: 0 }, software: { found: 1 } });
		for (const type of ['Attack-Pattern', 'User-Account', 'Windows-Registry-Key', 'Phone-Number', 'Software']) {
			const [stored, ...others] = lab.store.ofType(type);
			expect([type, others]).toEqual([type, []]);
			expect(stored!.markings).toHaveLength(1);
		}
		expect(lab.store.ofType('Windows-Registry-Key')[0]!.data['attribute_key']).toBe(KEY);
	});

	it('finds the technique that the platform has under its own name', async () => {
		const { lab, client } = await world();
		const theirs = lab.store.add('Attack-Pattern', { name: 'Spearphishing Link', x_mitre_id: 'T1566.002' });
		const result = (await client.importBundle(bundleOf(OBJECTS[0]!))) as DirectImportResult;
		expect(result.objects).toMatchObject([{ id: theirs.id, existed: true }]);
		expect(theirs.data['name']).toBe('Spearphishing Link');
		expect(theirs.markings).toEqual([]);
	});

	it('tells by their names of types that are not created one by one, and where they can go', async () => {
		const { client } = await world();
		const grouping = (n: number) => ({
			type: 'grouping',
			id: `grouping--${n}`,
			name: 'g',
			context: 'x',
			object_refs: [],
		});
		const result = (await client.importBundle(
			bundleOf(OBJECTS[1]!, grouping(1), grouping(2), { type: 'opinion', id: 'opinion--1', opinion: 'agree' }),
		)) as DirectImportResult;
		expect(result.complete).toBe(false);
		expect(result.counts).toMatchObject({ grouping: { refused: 2 }, 'user-account': { created: 1 } });
		const [warning] = result.warnings.filter(({ code }) => code === 'types-unsupported');
		expect(warning!.message).toMatch(/grouping \(2\), opinion \(1\).*Queue or File Import/);
		expect(result.objects.find(({ type }) => type === 'opinion')!.reason).toContain('opinion');
	});

	it('says what was made, found, updated, refused and left out, by type', async () => {
		const { client } = await world();
		const domain = (value: string) => ({ type: 'domain-name', id: stixId('domain-name', { value }), value });
		await client.importBundle(bundleOf(domain('one.example')));
		const objects = [
			domain('one.example'),
			domain('two.example'),
			domain('localhost'),
			{ type: 'email-message', id: 'email-message--00000000-0000-5000-8000-000000000001', is_multipart: false },
		];
		const kept = (await client.importBundle(bundleOf(...objects))) as DirectImportResult;
		expect(kept.counts).toEqual({
			'domain-name': { created: 1, found: 1, updated: 0, refused: 1, leftOut: 0 },
			'email-message': { created: 0, found: 0, updated: 0, refused: 0, leftOut: 1 },
		});
		const updated = (await client.importBundle(bundleOf(...objects), { existing: 'update' })) as DirectImportResult;
		expect(updated.counts['domain-name']).toEqual({ created: 0, found: 0, updated: 2, refused: 1, leftOut: 0 });
	});
});

describe('what a hunt found in the form of STIX 2.0', () => {
	const rows = generateTraffic({ count: 12, seed: 5 }).map((message) => rowOf(message, 'esa-14'));
	const hunted = (stixVersion: '2.0' | '2.1') => esaRowsToBundle(rows, { stixVersion }) as unknown as AnyBundle;

	const recipients = (hunted('2.1').objects ?? []).flatMap(({ type, value }) =>
		type === 'email-addr' ? String(value) : [],
	);

	it('is imported object by object as that of STIX 2.1 is', async () => {
		const counts = [];
		for (const version of ['2.1', '2.0'] as const) {
			const { lab, client } = await world();
			const result = (await client.importBundle(hunted(version))) as DirectImportResult;
			expect(result.objects.filter(({ status }) => !['imported', 'left-out'].includes(status))).toEqual([]);
			expect(result.complete).toBe(true);
			const made = lab.snapshot().counts;
			const recipients = lab.store.refRelations.filter(({ type }) => type === 'to').length;
			counts.push([made['Email-Message'], made['Email-Addr'], recipients, made['Observed-Data']]);
		}
		expect(counts[1]).toEqual(counts[0]);
	});

	it('becomes messages of a report, without addresses of the own people', async () => {
		const made = [];
		for (const version of ['2.1', '2.0'] as const) {
			const findings = huntFindings({ matches: rows.length, rows: [], bundle: hunted(version) })!;
			const { lab, client } = await world();
			const huntResults = { as: 'messages' as const };
			const ownDomains = recipients.map((address) => address.split('@')[1]!);
			const result = await client.createReportFromEmail(email(), { hunts: [findings], huntResults, ownDomains });
			expect(result.complete).toBe(true);
			expect(lab.store.refRelations.filter(({ type }) => type === 'to')).toEqual([]);
			made.push(lab.snapshot().counts['Email-Message']);
		}
		expect(made[0]).toBeGreaterThan(1);
		expect(made[1]).toBe(made[0]);
	});

	it('says what to switch where it cannot be said in STIX 2.1', async () => {
		const { client } = await world();
		const odd = {
			type: 'observed-data',
			id: 'observed-data--9d1f2b3c-0000-4000-8000-000000000001',
			objects: { 0: { type: 'email-message', from_ref: '7' } },
			first_observed: '2026-01-01T00:00:00Z',
			last_observed: '2026-01-01T00:00:00Z',
			number_observed: 1,
		};
		const result = (await client.importBundle(bundleOf(odd))) as DirectImportResult;
		expect(result.objects[0]!.error!.message).toMatch(/'STIX Version'.*2\.1.*'Mode' set to Queue/);
	});
});

describe('observations of the same objects', () => {
	it('are one on the platform: the times of all, and the numbers added; the next run adds nothing', async () => {
		const { lab, client } = await world();
		const url = { type: 'url', id: stixId('url', { value: 'http://evil.example/' }), value: 'http://evil.example/' };
		const observation = (n: number, day: string) => ({
			type: 'observed-data',
			id: `observed-data--9d1f2b3c-0000-4000-8000-00000000000${n}`,
			object_refs: [url.id],
			first_observed: `${day}T00:00:00.000Z`,
			last_observed: `${day}T00:00:00.000Z`,
			number_observed: 1,
		});
		const bundle = bundleOf(
			url,
			observation(1, '2026-01-02'),
			observation(2, '2026-01-03'),
			observation(3, '2026-01-03'),
		);
		for (let run = 0; run < 2; run++) {
			const result = (await client.importBundle(bundle)) as DirectImportResult;
			expect([result.complete, result.counts['observed-data']]).toMatchObject([
				true,
				run === 0 ? { created: 1, found: 0 } : { created: 0, found: 1 },
			]);
			const [stored, ...others] = lab.store.ofType('Observed-Data');
			expect(others).toEqual([]);
			expect(
				[stored!.data['first_observed'], stored!.data['last_observed']].map((time) =>
					new Date(String(time)).toISOString(),
				),
			).toEqual(['2026-01-02T00:00:00.000Z', '2026-01-03T00:00:00.000Z']);
			expect(stored!.data['number_observed']).toBe(2);
		}
	});
});

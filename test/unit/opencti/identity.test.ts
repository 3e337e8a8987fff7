import { reportFromEmail } from '../../../lib/opencti';
import { emailToBundle } from '../../../lib/stix';
import { standardId } from '../../lab/opencti/ids';
import { email } from './messages';
import { closeWorlds, failure, world } from './world';

afterEach(closeWorlds);

it("the lab's ids are the platform's: published test vectors", () => {
	const published = '2025-04-16T10:10:10.000Z';
	expect(standardId('Report', { name: '  TEST report \t', published })).toBe(
		'report--0a63ddf1-c18c-5b08-835a-7a6cda187ae8',
	);
	expect(standardId('Organization', { name: 'Email Intel IMAP' })).toBe(
		'identity--f1f25c53-7d95-5ee6-b5d0-3379bfb2e997',
	);
	expect(standardId('Label', { value: 'Phishing' })).toBe('label--64027af7-ee46-5b0c-93a3-96f98e17f1b7');
	expect(standardId('External-Reference', { source_name: 'email', external_id: '<abc@example.com>' })).toBe(
		'external-reference--74b87ed3-7ba0-5c32-ab65-653c2d80d3e1',
	);
	expect(standardId('Indicator', { pattern: " [ipv4-addr:value = '198.51.100.7'] " })).toBe(
		'indicator--3ae0b0a2-7289-5fda-8a85-02d057ba0968',
	);
	expect(standardId('Case-Incident', { name: 'case', created: '2022-11-25T19:00:05.000Z' })).toBe(
		'case-incident--4838a141-bd19-542c-85d9-cce0382645b5',
	);
	expect(standardId('Observed-Data', { objects: ['id'] })).toBe('observed-data--4765c523-81bc-54c8-b1af-ee81d961dad1');
	expect(
		standardId('relationship', { relationship_type: 'based-on', source_ref: 'from_id', target_ref: 'to_id' }),
	).toBe('relationship--0b11fa67-da01-5d34-9864-67d4d71c3740');
});

it.each([
	['no subject', { subject: undefined }, '<no subject> from intel@example.org'],
	['a blank subject', { subject: ' \t ' }, '<no subject> from intel@example.org'],
	['a subject of one character', { subject: '!' }, '! from intel@example.org'],
	['no sender either', { subject: '', from: [] }, '<no subject> from unknown sender'],
	['a folded subject', { subject: 'a\r\n b' }, 'a b'],
	['two blanks in its subject', { subject: ' Fwd:  invoice \t 4711\u00a0' }, 'Fwd:  invoice \t 4711'],
	['a fold before two blanks', { subject: 'a\r\n  b' }, 'a  b'],
	['line breaks and control characters in its subject', { subject: 'a\nb\r\nc\u0007d' }, 'a b c d'],
])('a message with %s has a name that the platform takes', async (_what, parts, name) => {
	const { client } = await world();
	const draft = reportFromEmail(email(parts));
	expect(draft.name).toBe(name);
	const result = await client.createReport(draft);
	expect(result.standardId).toBe(draft.standardId);
});

it('the name keeps the blanks of the subject: of two mails that differ in them alone, each has its report, in the bundle too', async () => {
	const { lab, client } = await world();
	const drafts = ['Invoice 4711', 'Invoice  4711'].map((subject, at) => {
		const message = email({ subject, messageId: `<blank-${at}@example.org>`, text: `mail ${at}` });
		const report = emailToBundle(message).objects.find(({ type }) => type === 'report');
		const draft = reportFromEmail(message);
		expect(report).toMatchObject({ id: draft.standardId, name: subject });
		return draft;
	});
	for (const draft of drafts) expect(await client.createReport(draft)).toMatchObject({ created: true, warnings: [] });
	expect(lab.snapshot().reports.map(({ name }) => name)).toEqual(['Invoice 4711', 'Invoice  4711']);
	// As `email-intel-imap` names it, and as every client of the platform computes it of that name.
	expect(drafts[1]!.standardId).toBe(standardId('Report', { name: 'Invoice  4711', published: drafts[1]!.published }));
});

it('a report that an earlier version made under a name without them is found by its message and completed', async () => {
	const { lab, client } = await world();
	const message = email({ subject: 'Invoice  4711' });
	const first = await client.createReport(reportFromEmail({ ...message, subject: 'Invoice 4711' }));
	const again = await client.createReport(reportFromEmail(message));
	expect(again).toMatchObject({ id: first.id, created: false });
	expect(lab.snapshot().reports).toHaveLength(1);
});

it('a subject of 5,000 characters is cut, the same way every time', () => {
	const draft = reportFromEmail(email({ subject: 'x'.repeat(5000) }));
	expect(draft.name).toHaveLength(1000);
	expect(draft.warnings).toMatchObject([{ code: 'name-cut' }]);
	expect(reportFromEmail(email({ subject: 'x'.repeat(5000) })).standardId).toBe(draft.standardId);
	const warned: string[] = [];
	const bundle = emailToBundle(email({ subject: 'x'.repeat(5000) }), { onWarning: ({ code }) => warned.push(code) });
	expect(bundle.objects.find(({ type }) => type === 'report')).toMatchObject({
		id: draft.standardId,
		name: draft.name,
	});
	expect(warned).toEqual(['name-cut']);
	expect(reportFromEmail(email({ subject: 'x'.repeat(998) }), { namePrefix: '[Mail] ' }).name).toMatch(
		/^\[Mail\] x{992}…$/,
	);
});

it('the report is dated by the Date header, by the reception on request, never by the clock', () => {
	expect(reportFromEmail(email()).published).toBe('2025-04-16T10:10:10.000Z');
	expect(reportFromEmail(email(), { published: 'received' }).published).toBe('2025-04-16T10:10:42.000Z');
	const without = reportFromEmail(email({ date: undefined }));
	expect(without.published).toBe('2025-04-16T10:10:42.000Z');
	expect(without.warnings).toMatchObject([{ code: 'date-fallback' }]);
	const neither = email({ date: undefined, receivedAt: undefined });
	expect(() => reportFromEmail(neither)).toThrow(expect.objectContaining({ code: 'OPENCTI_DATE_MISSING' }) as Error);
	expect(reportFromEmail(neither, { publishedFallback: new Date(0) }).published).toBe('1970-01-01T00:00:00.000Z');
});

const IMPOSSIBLE = [
	'',
	'-000100-01-01T00:00:00Z',
	'1903-01-01T00:00:00Z',
	'1969-12-31T23:59:59.999Z',
	'+020000-01-01T00:00:00Z',
];

it.each(IMPOSSIBLE.map((text) => new Date(text)))(
	'the impossible Date %p gives way to the reception, in the bundle too',
	(date) => {
		const draft = reportFromEmail(email({ date }));
		expect(draft.published).toBe('2025-04-16T10:10:42.000Z');
		const report = emailToBundle(email({ date })).objects.find(({ type }) => type === 'report');
		expect(report).toMatchObject({ id: draft.standardId, published: draft.published });
	},
);

it('two messages of the same subject and date stay two reports, on every run', async () => {
	const { lab, client } = await world();
	const first = email({ messageId: '<one@example.org>', text: 'first' });
	const second = email({ messageId: '<two@example.org>', text: 'second' });
	for (let run = 0; run < 3; run++) {
		await client.createReport(reportFromEmail(first));
		const result = await client.createReport(reportFromEmail(second));
		// From the second run on it is found by its Message-ID.
		expect(result.warnings.map(({ code }) => code)).toEqual(run === 0 ? ['same-name-and-date'] : []);
	}
	const { reports } = lab.snapshot();
	expect(reports.map(({ content }) => content)).toEqual(['<p>first</p>', '<p>second</p>']);
	expect(reports.map(({ externalReferences }) => externalReferences[0]!.externalId)).toEqual([
		'<one@example.org>',
		'<two@example.org>',
	]);
	expect(reports[1]!.name).toMatch(/^Weekly threat report \[[0-9a-f]{8}\]$/);
	await client.createReport(reportFromEmail(email({ messageId: '<three@example.org>' })), { sameNameAndDate: 'merge' });
	expect(lab.snapshot().reports).toHaveLength(2);
});

it('reports are found by Message-ID, by name and date, and by id', async () => {
	const { client } = await world();
	const { id, standardId: standard } = await client.createReport(reportFromEmail(email(), { labels: ['phishing'] }));
	const byMessage = await client.findReports({ messageId: ' <weekly-1@example.org> ' });
	expect(byMessage).toMatchObject([
		{ id, labels: ['phishing'], markings: ['TLP:AMBER+STRICT'], author: { name: 'Email Intel' } },
	]);
	expect((await client.findReport({ name: 'WEEKLY threat report', published: '2025-04-16T12:10:10+02:00' }))?.id).toBe(
		id,
	);
	expect((await client.findReport({ id: standard }))?.id).toBe(id);
	expect(await client.findReport({ messageId: '<other@example.org>' })).toBeUndefined();
	expect(await client.findReport({ id: 'report--00000000-0000-4000-8000-000000000000' })).toBeUndefined();
});

it('an author is found before it is made; an id of nobody, or of something else, ends the call', async () => {
	const { lab, client } = await world();
	await client.createReport(reportFromEmail(email(), { author: ' email INTEL ' }));
	await client.createReport(
		reportFromEmail(email({ subject: 'Second', messageId: '<second@example.org>' }), {
			author: { name: 'Email Intel' },
		}),
	);
	expect(lab.snapshot().identities).toHaveLength(1);
	const [report] = lab.snapshot().reports;
	for (const id of ['identity--00000000-0000-4000-8000-000000000000', report!.id]) {
		expect(
			await failure(
				client.createReport(
					reportFromEmail(email({ subject: 'Third', messageId: '<third@example.org>' }), { author: { id } }),
				),
			),
		).toMatchObject({ code: 'OPENCTI_AUTHOR_UNKNOWN' });
	}
	const none = await client.createReport(
		reportFromEmail(email({ subject: 'Third', messageId: '<third@example.org>' }), { author: null }),
	);
	expect(none.author).toBeUndefined();
});

it('labels are found whatever their case, and made once', async () => {
	const { lab, client } = await world();
	await client.createReport(reportFromEmail(email(), { labels: ['Phishing', 'phishing ', 'C2'] }));
	await client.createReport(
		reportFromEmail(email({ subject: 'Second', messageId: '<second@example.org>' }), { labels: ['PHISHING'] }),
	);
	expect(lab.snapshot().labels).toEqual(['Phishing', 'C2']);
	expect(lab.snapshot().reports.map(({ labels }) => labels)).toEqual([['Phishing', 'C2'], ['Phishing']]);
});

it('a report whose stored confidence is higher keeps its author, and the result says so', async () => {
	const { client } = await world();
	await client.createReport(reportFromEmail(email(), { author: 'First', confidence: 90 }));
	const result = await client.createReport(reportFromEmail(email(), { author: 'Second', confidence: 10 }));
	expect(result.author!.name).toBe('First');
	expect(result.warnings).toMatchObject([{ code: 'author-kept' }]);
});

it.each([-1, 101, 3.5])('a confidence of %d is refused', (confidence) => {
	expect(() => reportFromEmail(email(), { confidence })).toThrow(/confidence/);
});

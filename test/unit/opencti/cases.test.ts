import type { Email } from '../../../lib/email';
import { caseFromEmail } from '../../../lib/opencti';
import { attachment, email } from './messages';
import { closeWorlds, world } from './world';

afterEach(closeWorlds);

const first = () => email({ messageId: '<1@example.org>', subject: 'Strange login', text: 'Please look.' });
const reply = () =>
	email({
		messageId: '<2@example.org>',
		inReplyTo: '<1@example.org>',
		references: ['<1@example.org>'],
		subject: 'RE: Strange login',
		date: new Date('2025-04-16T11:00:00Z'),
		text: 'Any news?',
		attachments: [attachment('log.txt', 'text/plain', 'x')],
	});

it('a message opens a case with severity, priority, marking, content and reference', async () => {
	const { lab, client } = await world();
	const result = await client.createIncidentCase(
		caseFromEmail(first(), { severity: 'high', priority: 'P2', namePrefix: '[Mail] ' }),
	);
	const [stored] = lab.snapshot().cases;
	expect(stored).toMatchObject({
		name: '[Mail] Strange login',
		created: '2025-04-16T10:10:10.000Z',
		markings: ['TLP:AMBER+STRICT'],
		author: 'Email Intel',
	});
	expect(stored!.content).toContain('<blockquote><p>Please look.</p></blockquote>');
	expect(result).toMatchObject({
		created: true,
		appended: false,
		severity: 'high',
		priority: 'P2',
		url: `${lab.url}/dashboard/cases/incidents/${stored!.id}`,
		warnings: [],
	});
	expect(result.standardId).toBe(stored!.standardId);
});

it('a reply goes into the case of its conversation, once, with its file', async () => {
	const { lab, client } = await world();
	const opened = await client.createIncidentCase(caseFromEmail(first()));
	for (const appended of [true, false]) {
		const result = await client.createIncidentCase(caseFromEmail(reply()));
		expect(result).toMatchObject({ id: opened.id, created: false, appended, warnings: [], complete: true });
	}
	const { cases } = lab.snapshot();
	expect(cases).toHaveLength(1);
	expect(cases[0]!.content!.match(/<blockquote>/g)).toHaveLength(2);
	expect(cases[0]!.content!.indexOf('Please look.')).toBeLessThan(cases[0]!.content!.indexOf('Any news?'));
	expect(cases[0]!.files).toHaveLength(1);
	expect(cases[0]!.name).toBe('Strange login');
});

it('a reply that arrives before what it answers opens the case that both end up in', async () => {
	const { lab, client } = await world();
	const opened = await client.createIncidentCase(caseFromEmail(reply()));
	const result = await client.createIncidentCase(caseFromEmail(first()));
	expect(result).toMatchObject({ id: opened.id, appended: true });
	expect(lab.snapshot().cases).toHaveLength(1);
});

it('an answer to an answer stays in the conversation', async () => {
	const { lab, client } = await world();
	await client.createIncidentCase(caseFromEmail(first()));
	await client.createIncidentCase(caseFromEmail(reply()));
	const third = email({
		messageId: '<3@example.org>',
		inReplyTo: '<2@example.org>',
		references: [],
		subject: 'AW: RE: Strange login',
		date: new Date('2025-04-17T00:00:00Z'),
	});
	await client.createIncidentCase(caseFromEmail(third));
	expect(lab.snapshot().cases).toHaveLength(1);
});

it('messages of the same subject that answer nothing open cases of their own', async () => {
	const { lab, client } = await world();
	await client.createIncidentCase(caseFromEmail(first()));
	await client.createIncidentCase(
		caseFromEmail(
			email({ messageId: '<9@example.org>', subject: 'Strange login', date: new Date('2025-05-01T00:00:00Z') }),
		),
	);
	await client.createIncidentCase(
		caseFromEmail(email({ messageId: '<8@example.org>', subject: 'Strange login', text: 'Same second.' })),
	);
	expect(lab.snapshot().cases).toHaveLength(3);
});

it('a stricter reply raises the case before its text gets in', async () => {
	const { lab, client } = await world();
	await client.createIncidentCase(caseFromEmail(first(), { marking: 'green' }));
	await client.createIncidentCase(caseFromEmail(reply(), { marking: 'red' }));
	const [stored] = lab.snapshot().cases;
	expect(stored!.markings).toEqual(['TLP:RED']);
	const operations = lab.requests.map(({ operation }) => operation);
	expect(operations.lastIndexOf('EmailIntelCaseIncidentAdd')).toBeLessThan(operations.indexOf('EmailIntelFieldPatch'));
});

it('a reply leaves severity and priority of the case as its people set them', async () => {
	const { lab, client } = await world();
	await client.createIncidentCase(caseFromEmail(first(), { severity: 'low', priority: 'P4' }));
	const result = await client.createIncidentCase(caseFromEmail(reply(), { severity: 'critical', priority: 'P1' }));
	expect(result).toMatchObject({ created: false, severity: 'low', priority: 'P4' });
	expect(lab.store.ofType('Case-Incident').map(({ data }) => [data['severity'], data['priority']])).toEqual([
		['low', 'P4'],
	]);
});

it('a case whose name carries a mark says why, as a report does', async () => {
	const { client } = await world();
	await client.createIncidentCase(caseFromEmail(first()));
	const other = () => email({ messageId: '<8@example.org>', subject: 'Strange login', text: 'Same second.' });
	const made = await client.createIncidentCase(caseFromEmail(other()));
	expect(made.name).toMatch(/^Strange login \[[0-9a-f]{8}\]$/);
	expect(made.warnings).toMatchObject([{ code: 'same-name-and-date' }]);
	expect(await client.createIncidentCase(caseFromEmail(other()))).toMatchObject({ id: made.id, created: false });
});

it('values that the platform does not know are told', async () => {
	const { client } = await world();
	const result = await client.createIncidentCase(
		caseFromEmail(first(), { severity: 'apocalyptic', responseTypes: ['phishing'] }),
	);
	expect(result.warnings).toMatchObject([
		{ code: 'vocabulary-unknown', message: 'The platform does not know apocalyptic, phishing: left out.' },
	]);
});

it('after a lost connection at any step a second run completes the case, and nothing is there twice', async () => {
	const { lab, client } = await world();
	await client.createIncidentCase(caseFromEmail(first()));
	for (const operation of ['EmailIntelFieldPatch', 'EmailIntelImportPush', 'EmailIntelCaseIncidentAdd']) {
		lab.fail({ kind: 'reset-after', operation, times: 4 });
		await client.createIncidentCase(caseFromEmail(reply())).catch(() => undefined);
		lab.clearFaults();
	}
	await client.createIncidentCase(caseFromEmail(reply()));
	const [stored] = lab.snapshot().cases;
	expect(stored!.content!.match(/Any news/g)).toHaveLength(1);
	expect(stored!.files).toHaveLength(1);
});

describe('a message whose time is none', () => {
	const none = new Date(Number.NaN);
	const inner = email({ messageId: '<inner@example.org>', date: none, receivedAt: none, subject: 'Inner' });
	const dated = new Date('2026-01-01T00:00:00Z');
	const odd = (more: Partial<Email>) =>
		email({ ...more, attachments: [attachment('inner.eml', 'message/rfc822', 'x', { email: inner })] });
	const messages = {
		date: odd({ date: none, receivedAt: dated }),
		'time of reception': odd({ date: dated, receivedAt: none }),
	};

	it.each(
		(['date', 'time of reception'] as const).flatMap((which) =>
			(['createCaseFromEmail', 'createReportFromEmail', 'createIncidentFromEmail'] as const).map(
				(make) => [which, make] as const,
			),
		),
	)('%s: %s takes the other one, and shows that it is unreadable', async (which, make) => {
		const { lab, client } = await world();
		expect(await client[make](messages[which], { contents: 'observables' })).toMatchObject({ created: true });
		const { cases, reports, incidents } = lab.snapshot();
		const [stored] = [...cases, ...reports, ...incidents];
		expect(stored!.published ?? stored!.created).toBe(dated.toISOString());
		expect(`${stored!.description} ${stored!.content}`).toContain('unreadable');
	});
});

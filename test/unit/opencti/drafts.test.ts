import { OpenCtiClient, reportFromEmail } from '../../../lib/opencti';
import { read } from '../../platform/plain';
import { attachment, email } from './messages';
import { closeWorlds, world } from './world';

// What one draft holds is not there for another one: nothing of it is restricted, and nobody waits for its approval.

afterEach(closeWorlds);

it('one message in two drafts and in live data is a whole report in each; approved, they are one', async () => {
	const capabilities = ['KNOWLEDGE_KNUPDATE_KNDELETE', 'KNOWLEDGE_KNUPLOAD'];
	const { lab, client, clock } = await world({ users: [{ token: 'lab-opencti-token', capabilities }] });
	const drafts = [await client.createDraftWorkspace('One'), await client.createDraftWorkspace('Two')];
	const clients = drafts.map(
		(workspace) => new OpenCtiClient({ url: lab.url, token: lab.token, clock, workspace: { id: workspace.id } }),
	);
	const made = [];
	for (const one of [...clients, client]) {
		for (const created of [true, false]) {
			const result = await one.createReportFromEmail(email(), { contents: 'observables' });
			expect(result).toMatchObject({ created, complete: true });
			// This user may not make the labels of observables, which a draft tells only when they are made.
			expect(result.warnings.map(({ code }) => code)).toEqual(created ? ['label-unknown'] : []);
			made.push(result.id);
		}
	}
	expect(new Set(made).size).toBe(3);
	for (const one of clients) await one.close();
	for (const { id } of drafts) {
		await read(
			{ url: lab.url, token: lab.token, version: '7.260817.0', run: 'drafts' },
			'mutation V($id: ID!) { draftWorkspaceValidate(id: $id) { id } }',
			{ id },
		);
	}
	expect(lab.snapshot().reports).toHaveLength(1);
	expect(lab.store.ofType('Email-Message')).toHaveLength(1);
});

it('what a draft adds to a live report is in the draft until it is approved, and stays apart from other drafts', async () => {
	const capabilities = ['KNOWLEDGE_KNUPDATE_KNDELETE', 'KNOWLEDGE_KNUPLOAD', 'SETTINGS_SETLABELS'];
	const { lab, client, clock } = await world({ users: [{ token: 'lab-opencti-token', capabilities }] });
	const theirs = await client.createReportFromEmail(email(), { contents: 'observables', labels: ['live'] });
	const before = JSON.stringify(lab.snapshot());
	const workspaces = [await client.createDraftWorkspace('One'), await client.createDraftWorkspace('Two')];
	const [one, two] = workspaces.map(
		({ id }) => new OpenCtiClient({ url: lab.url, token: lab.token, clock, workspace: { id } }),
	) as [OpenCtiClient, OpenCtiClient];
	const more = email({
		cc: [{ address: 'further@example.com' }],
		text: 'See the attached file. It is <important>.\nAnd hxxp://bad[.]example/x',
		attachments: [attachment('rows.csv', 'text/csv', 'a,b\n')],
	});
	const added = await one.createReportFromEmail(more, {
		contents: 'observables',
		existing: 'update',
		labels: ['draft'],
	});
	expect(added).toMatchObject({ id: theirs.id, created: false, complete: true, labels: ['live', 'draft'] });
	const [live] = lab.snapshot().reports.filter(({ draft }) => draft === undefined);
	expect(live).toEqual((JSON.parse(before) as { reports: unknown[] }).reports[0]);
	expect(await two.findReport({ id: theirs.id })).toMatchObject({ labels: ['live'] });
	expect(await client.findReport({ id: theirs.id })).toMatchObject({ labels: ['live'] });
	expect(await one.findReport({ id: theirs.id })).toMatchObject({ labels: ['live', 'draft'] });
	const validate = 'mutation V($id: ID!) { draftWorkspaceValidate(id: $id) { id } }';
	const target = { url: lab.url, token: lab.token, version: '7.260817.0', run: 'drafts' };
	await read(target, validate, { id: workspaces[0]!.id });
	const [approved, ...others] = lab.snapshot().reports;
	expect(others).toEqual([]);
	expect(approved).toMatchObject({ id: theirs.id, labels: ['live', 'draft'] });
	expect(approved!.files.map(({ name }) => name)).toEqual([expect.stringMatching(/^rows-.*\.csv$/)]);
	expect(approved!.objects.map(({ type }) => type)).toContain('Url');
	await Promise.all([one.close(), two.close()]);
});

describe('a second message of one name and date that is to be added to the report of the first', () => {
	const second = () => email({ messageId: '<other@example.org>', text: 'Another text.', sha256: 'b'.repeat(64) });

	it('leaves the text as it is, which is told, and brings what is missing', async () => {
		const { lab, client } = await world();
		const first = await client.createReport(reportFromEmail(email()));
		const merge = { sameNameAndDate: 'merge' as const };
		const added = await client.createReport(reportFromEmail(second()), merge);
		expect(added).toMatchObject({ id: first.id, created: false, counts: { report: { found: 1, updated: 0 } } });
		expect(added.warnings.map(({ code }) => code)).toEqual(['text-kept']);
		const [stored] = lab.snapshot().reports;
		expect(stored!.content).toContain('See the attached file.');
		expect(stored!.externalReferences.map(({ externalId }) => externalId)).toEqual([
			'<weekly-1@example.org>',
			'<other@example.org>',
		]);
	});

	it('takes its place in the text where that is asked for', async () => {
		const { lab, client } = await world();
		await client.createReport(reportFromEmail(email()));
		const options = { sameNameAndDate: 'merge', existing: 'update' } as const;
		const added = await client.createReport(reportFromEmail(second()), options);
		expect(added).toMatchObject({ created: false, updated: true, counts: { report: { updated: 1 } } });
		expect(lab.snapshot().reports[0]!.content).toContain('Another text.');
	});
});

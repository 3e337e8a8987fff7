import { reportFromEmail, type OpenCtiError } from '../../../lib/opencti';
import { LAB_TOKEN } from '../../lab/opencti';
import { attachment, email } from './messages';
import { closeWorlds, failure, world } from './world';

afterEach(closeWorlds);
const withFile = () => email({ attachments: [attachment('a.txt', 'text/plain', 'some text')] });

it.each([
	['amber', 'TLP:AMBER'],
	['TLP:WHITE', 'TLP:CLEAR'],
	['tlp:red', 'TLP:RED'],
	['PAP:RED', 'PAP:RED'],
	['pap:green', 'PAP:GREEN'],
	['marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed', 'TLP:RED'],
])('a report asked as %s is %s, and so are its files', async (asked, stored) => {
	const { lab, client } = await world();
	await client.createReport(reportFromEmail(withFile(), { marking: asked }));
	const [report] = lab.snapshot().reports;
	expect(report!.markings).toEqual([stored]);
	expect(report!.files.map(({ markings }) => markings)).toEqual([[stored]]);
});

it('an unknown marking ends the call before anything is created, and the error lists what exists', async () => {
	const { lab, client } = await world();
	const before = lab.snapshot().counts;
	const error = await failure<OpenCtiError>(
		client.createReport(reportFromEmail(withFile(), { marking: 'TLP:PURPLE' })),
	);
	expect(error).toMatchObject({ name: 'OpenCtiError', code: 'OPENCTI_MARKING_UNKNOWN', transient: false });
	expect(error.known).toContain('TLP:AMBER+STRICT');
	expect(error.hint).toContain('TLP:RED');
	expect(lab.snapshot().counts).toEqual(before);
});

it("OASIS' own TLP 2.0 id, which the platform would drop in silence, is an error", async () => {
	const { lab, client } = await world();
	const oasis = 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1';
	const error = await failure<OpenCtiError>(client.createReport(reportFromEmail(email(), { marking: oasis })));
	expect(error.code).toBe('OPENCTI_MARKING_UNKNOWN');
	expect(lab.snapshot().reports).toEqual([]);
});

it('a renamed TLP marking is found by its id', async () => {
	const { lab, client } = await world();
	lab.store.find('marking-definition--826578e1-40ad-459f-bc73-ede076f81f37')!.data['definition'] = 'TLP:STRICT';
	const result = await client.createReport(reportFromEmail(email()));
	expect(result.markings).toEqual(['TLP:STRICT']);
});

it('a marking that the user may not use gives no report, marked or unmarked', async () => {
	const { lab, client } = await world({ users: [{ token: LAB_TOKEN, allowedMarkings: ['TLP:CLEAR', 'TLP:GREEN'] }] });
	const error = await failure<OpenCtiError>(client.createReport(reportFromEmail(email(), { marking: 'red' })));
	expect(error.code).toBe('OPENCTI_MARKING_UNKNOWN');
	expect(lab.snapshot().reports).toEqual([]);
});

it('on a platform that shows all markings to everybody, one that the user may not use is told with those that he may, and nothing is made', async () => {
	const token = 'lab-opencti-token';
	const capabilities = ['KNOWLEDGE_KNUPDATE', 'KNOWLEDGE_KNUPLOAD'];
	const { lab, client } = await world({
		users: [{ token, capabilities, allowedMarkings: ['TLP:CLEAR', 'TLP:GREEN'] }],
	});
	const before = lab.store.entities.size;
	for (const make of [
		() => client.createReportFromEmail(email(), { contents: 'observables' }),
		() => client.createCaseFromEmail(email(), { contents: 'observables' }),
		() => client.createIncidentFromEmail(email(), { contents: 'observables' }),
		() =>
			client.importBundle({ type: 'bundle', objects: [{ type: 'url', id: 'url--1', value: 'http://example.org/' }] }),
	]) {
		expect(await failure(make())).toMatchObject({
			code: 'OPENCTI_MARKING_UNKNOWN',
			message: 'The user of this token may not use the marking TLP:AMBER+STRICT',
			hint: expect.stringMatching(/^Nothing was created\. Choose one of: TLP:CLEAR, TLP:GREEN/),
		});
	}
	// Neither a reference to the message, nor an author, nor a message without its addresses is left.
	expect(lab.store.entities.size).toBe(before);
});

it('a marking deleted between look-up and creation is an error, not an unmarked report', async () => {
	const { lab, client } = await world();
	await client.createReport(reportFromEmail(email()));
	lab.store.delete(lab.store.find('marking-definition--826578e1-40ad-459f-bc73-ede076f81f37')!);
	const error = await failure<OpenCtiError>(
		client.createReport(reportFromEmail(email({ subject: 'Another one', messageId: '<another-one@example.org>' }))),
	);
	expect(error.code).toBe('OPENCTI_REFERENCE_MISSING');
	expect(lab.snapshot().reports.map(({ name }) => name)).toEqual(['Weekly threat report']);
});

it('creations carry the header that turns a silent drop into an error', async () => {
	const { lab, client } = await world();
	await client.createReport(reportFromEmail(withFile()));
	const creations = lab.requests.filter(({ operation }) => /Add$|Push$/.test(operation));
	expect(creations.length).toBeGreaterThan(3);
	expect(creations.every(({ retryNumber }) => retryNumber === '1')).toBe(true);
});

it('a platform that stores the report unmarked is found out: no file goes there, and the error names the report', async () => {
	const { lab, client } = await world({ dropMarkings: true });
	const error = await failure<OpenCtiError>(client.createReport(reportFromEmail(withFile())));
	const [report] = lab.snapshot().reports;
	expect(error).toMatchObject({ code: 'OPENCTI_MARKING_MISMATCH', entityId: report!.id });
	expect(error.hint).toContain(report!.id);
	expect(report!.files).toEqual([]);
});

it('on request an unmarked report is deleted again', async () => {
	const users = [{ token: LAB_TOKEN, capabilities: ['KNOWLEDGE_KNUPDATE_KNDELETE', 'KNOWLEDGE_KNUPLOAD'] }];
	const { lab, client } = await world({ dropMarkings: true, users });
	await failure(client.createReport(reportFromEmail(withFile()), { onMarkingMismatch: 'delete' }));
	expect(lab.snapshot().reports).toEqual([]);
});

it('a report that is there with a lower marking keeps it, what is added is as strict as asked, and that is told', async () => {
	const { lab, client } = await world();
	await client.createReport(reportFromEmail(email(), { marking: 'green' }));
	const result = await client.createReport(reportFromEmail(withFile(), { marking: 'red' }));
	const [report] = lab.snapshot().reports;
	expect(report!.markings).toEqual(['TLP:GREEN']);
	expect(report!.files[0]!.markings).toEqual(['TLP:RED']);
	expect(result).toMatchObject({
		complete: true,
		markings: ['TLP:GREEN'],
		warnings: [{ code: 'marking-kept' }, { code: 'text-kept' }],
	});
	expect(result.warnings[0]!.message).toMatch(/TLP:GREEN.*TLP:RED/);
});

it('a lower marking in a second run lowers nothing, the files included', async () => {
	const { lab, client } = await world();
	await client.createReport(reportFromEmail(email(), { marking: 'red' }));
	await client.createReport(reportFromEmail(withFile(), { marking: 'green' }));
	const [report] = lab.snapshot().reports;
	expect(report!.markings).toEqual(['TLP:RED']);
	expect(report!.files[0]!.markings).toEqual(['TLP:RED']);
});

it('a file that was there with a lower marking stays as it is, and that is told', async () => {
	const { lab, client } = await world();
	await client.createReport(reportFromEmail(withFile(), { marking: 'green' }));
	const result = await client.createReport(reportFromEmail(withFile(), { marking: 'red' }));
	expect(lab.snapshot().reports[0]!.files[0]!.markings).toEqual(['TLP:GREEN']);
	expect(result).toMatchObject({ complete: true, files: [{ status: 'present', lessMarked: true }] });
	expect(result.warnings.map(({ code }) => code)).toEqual(['marking-kept', 'file-marking-kept']);
	expect(lab.requests.filter(({ operation }) => operation === 'EmailIntelImportPush')).toHaveLength(1);
});

it('of two TLP markings the platform keeps the stricter one, which is what was asked', async () => {
	const { client } = await world();
	const result = await client.createReport(reportFromEmail(email(), { marking: ['green', 'red', 'PAP:AMBER'] }));
	expect([...result.markings].sort()).toEqual(['PAP:AMBER', 'TLP:RED']);
});

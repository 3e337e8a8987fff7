import { OpenCtiClient, platformSummary, reportFromEmail } from '../../../lib/opencti';
import { emailToBundle, type AnyBundle } from '../../../lib/stix';
import { email } from './messages';
import { closeWorlds, failure, world, type World } from './world';

// A platform that is segregated by organizations: who is not of its own sees what is shared with his, and shares by himself.

afterEach(closeWorlds);

const CAPABILITIES = ['KNOWLEDGE_KNUPDATE', 'KNOWLEDGE_KNUPLOAD', 'SETTINGS_SETLABELS'];
const segregated = () =>
	world({
		platformOrganization: 'CERT Example',
		users: [
			{ token: 'lab-opencti-token', capabilities: CAPABILITIES, organizations: ['Partner A'] },
			{ token: 'other', capabilities: CAPABILITIES, organizations: ['Partner B', 'Partner C'] },
			{ token: 'inside', capabilities: CAPABILITIES, organizations: ['CERT Example'] },
		],
	});
const open: OpenCtiClient[] = [];
const as = ({ lab, clock }: World, token: string) => {
	const client = new OpenCtiClient({ url: lab.url, token, clock });
	open.push(client);
	return client;
};
afterEach(async () => {
	await Promise.all(open.splice(0).map((client) => client.close()));
});

it('a new report says with which organization it is shared, and that others cannot see it', async () => {
	const { client } = await segregated();
	const result = await client.createReport(reportFromEmail(email()));
	expect(result).toMatchObject({ created: true, complete: true, organizations: ['Partner A'] });
	expect(result.warnings).toMatchObject([
		{ code: 'shared-with-organizations', message: expect.stringContaining('the organization Partner A only') },
	]);
	const again = await client.createReport(reportFromEmail(email()));
	expect(again).toMatchObject({ created: false, organizations: ['Partner A'], warnings: [] });
});

it('a report whose organizations cannot be read is there all the same', async () => {
	const { lab, client } = await segregated();
	lab.fail({ kind: 'FUNCTIONAL_ERROR', operation: 'EmailIntelReport', skip: 1 });
	const result = await client.createReport(reportFromEmail(email({ messageId: undefined })));
	expect(result).toMatchObject({ created: true, complete: true });
});

it('a report of another organization is an error that names who would have to be given it', async () => {
	const one = await segregated();
	await one.client.createReport(reportFromEmail(email({ messageId: undefined })));
	const error = await failure(as(one, 'other').createReport(reportFromEmail(email({ messageId: undefined }))));
	expect(error).toMatchObject({
		code: 'OPENCTI_RESTRICTED',
		message: expect.stringMatching(/may not see it \(the user belongs to the organizations Partner B and Partner C\)$/),
		hint: expect.stringContaining('must be shared with the organizations Partner B and Partner C'),
	});
});

it('an object of another organization is told in the result, with the organization, and the report is made', async () => {
	const one = await segregated();
	const bundle = emailToBundle(email({ text: 'one' }), {
		indicators: [
			{
				type: 'domain-name',
				value: 'evil.example.net',
				original: 'evil.example.net',
				defanged: true,
				sources: [{ part: 'text' }],
				flags: [],
			},
		],
	}) as unknown as AnyBundle;
	await one.client.importBundle({ ...bundle, objects: bundle.objects!.filter(({ type }) => type === 'domain-name') });
	const result = await as(one, 'other').createReportFromEmail(email(), { bundle });
	expect(result).toMatchObject({ created: true, complete: false, counts: { 'domain-name': { refused: 1 } } });
	const refused = 'objects' in result ? result.objects.find(({ type }) => type === 'domain-name')! : undefined;
	expect(refused!.error).toMatchObject({
		code: 'OPENCTI_RESTRICTED',
		message: expect.stringContaining('Partner B and Partner C'),
	});
});

it('who is of the platform shares with nobody, and is told nothing of it', async () => {
	const one = await segregated();
	const result = await as(one, 'inside').createReport(reportFromEmail(email()));
	expect(result.warnings).toEqual([]);
	expect(result).not.toHaveProperty('organizations');
});

it('a platform that is not segregated restricts nothing, though its users have organizations', async () => {
	const { client } = await world({
		users: [{ token: 'lab-opencti-token', capabilities: CAPABILITIES, organizations: ['Partner A'] }],
	});
	const result = await client.createReport(reportFromEmail(email()));
	expect(result.warnings).toEqual([]);
	expect(result).not.toHaveProperty('organizations');
});

it('a missing report is an error that says whose user cannot see it', async () => {
	const one = await segregated();
	const theirs = await as(one, 'inside').createReport(reportFromEmail(email()));
	const error = await failure(as(one, 'other').addTo(theirs.id, { notes: [{ content: 'Seen' }] }));
	expect(error.message).toContain('(the user belongs to the organizations Partner B and Partner C)');
});

it('the test of the credential names the organizations', async () => {
	const { client } = await segregated();
	const info = await client.test();
	expect(info.organizations).toEqual(['Partner A']);
	expect(platformSummary(info)).toMatch(/signed in as lab user 1 of Partner A$/);
});

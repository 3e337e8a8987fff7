import { Agent } from 'undici';
import { caseFromEmail, OpenCtiClient, reportFromEmail, type OpenCtiError } from '../../../lib/opencti';
import { emailToBundle } from '../../../lib/stix';
import { LAB_TOKEN, type Fault } from '../../lab/opencti';
import { attachment, email } from './messages';
import { closeWorlds, failure, world } from './world';

afterEach(closeWorlds);
const withFiles = (count = 1) =>
	email({
		attachments: Array.from({ length: count }, (_, at) => attachment(`part ${at}.txt`, 'text/plain', `text ${at}`)),
	});
/** A client to whom answers come otherwise than the lab sends them. */
async function changed(answer: (text: string) => string) {
	const agent = new Agent();
	const dispatcher = agent.compose(
		(dispatch) => (request, handler) =>
			dispatch(request, {
				onRequestStart: (...all) => handler.onRequestStart?.(...all),
				onResponseStart: (...all) => handler.onResponseStart?.(...all),
				onResponseData: (controller, chunk) =>
					handler.onResponseData?.(controller, Buffer.from(answer(chunk.toString()))),
				onResponseEnd: (...all) => handler.onResponseEnd?.(...all),
				onResponseError: (...all) => handler.onResponseError?.(...all),
			}),
	);
	const { client } = await world({}, { dispatcher });
	return { client, close: () => agent.destroy() };
}
const operations = [
	'EmailIntelMarkings',
	'EmailIntelIdentityAdd',
	'EmailIntelExternalReferenceAdd',
	'EmailIntelReport',
	'EmailIntelReportAdd',
	'EmailIntelImportPush',
];

it('a wrong token, which the platform answers with HTTP 200, is an error of the credential test', async () => {
	const { lab } = await world();
	const client = new OpenCtiClient({ url: lab.url, token: 'wrong' });
	const error = await failure<OpenCtiError>(client.test());
	await client.close();
	expect(error).toMatchObject({ code: 'OPENCTI_TOKEN_REFUSED', platformCode: 'AUTH_REQUIRED', transient: false });
	expect(JSON.stringify([error.message, error.hint])).not.toContain('wrong');
	expect(lab.requests).toHaveLength(1);
});

it.each(['', '   ', 'a b', 'tök€n'])('the token %j is refused before anything is sent', (token) => {
	expect(() => new OpenCtiClient({ url: 'https://opencti.example.com', token })).toThrow(/token/);
});

it('a token that was copied with the word Bearer before it is understood', async () => {
	const { lab } = await world();
	const client = new OpenCtiClient({ url: lab.url, token: ` Bearer ${LAB_TOKEN} ` });
	expect((await client.test()).version).toBe('7.260817.0');
	await client.close();
});

it.each<Fault['kind']>([
	'page',
	'unauthorized',
	'rate-limit',
	'reset',
	'UNKNOWN_ERROR',
	'FORBIDDEN_ACCESS',
	'null-data',
	'cut-json',
])('%s is told without the names of our own GraphQL operations', async (kind) => {
	const { lab, client } = await world();
	lab.fail({ kind, operation: 'EmailIntelAbout', times: 100 });
	const error = await failure<OpenCtiError>(client.test());
	expect(`${error.message} ${error.hint}`).toContain(lab.url);
	expect(`${error.message} ${error.hint}`).not.toContain('EmailIntel');
});

it('a URL of the front page or of the endpoint is understood, one of another path is an error', async () => {
	const { lab } = await world({ basePath: '/cti' });
	for (const url of [`${lab.url}/`, `${lab.url}/graphql`, `${lab.url}/dashboard/analyses/reports?x=1`]) {
		const client = new OpenCtiClient({ url, token: LAB_TOKEN });
		expect(client.baseUrl).toBe(lab.url);
		expect((await client.test()).version).toBe('7.260817.0');
		await client.close();
	}
	const client = new OpenCtiClient({ url: lab.url.replace('/cti', '/other'), token: LAB_TOKEN });
	expect(await failure(client.test())).toMatchObject({ code: 'OPENCTI_URL_WRONG' });
	await client.close();
});

test.each<[Fault['kind'], string]>([
	['page', 'OPENCTI_URL_WRONG'],
	['redirect', 'OPENCTI_URL_WRONG'],
	['unauthorized', 'OPENCTI_TOKEN_REFUSED'],
	['proxy-forbidden', 'OPENCTI_FORBIDDEN'],
	['payload-too-large', 'OPENCTI_TOO_LARGE'],
	['UNKNOWN_ERROR', 'OPENCTI_REFUSED'],
	['null-data', 'OPENCTI_ANSWER_UNREADABLE'],
	['cut-json', 'OPENCTI_ANSWER_UNREADABLE'],
])('%s is %s at once, without a second try', async (kind, code) => {
	const { lab, client } = await world();
	lab.fail({ kind, operation: 'EmailIntelReportAdd' });
	const error = await failure<OpenCtiError>(client.createReport(reportFromEmail(email())));
	expect(error).toMatchObject({ code, transient: false });
	expect(error.hint).toBeTruthy();
	expect(lab.requests.filter(({ operation }) => operation === 'EmailIntelReportAdd')).toHaveLength(1);
	expect(lab.snapshot().reports).toEqual([]);
});

it.each<[string, (client: OpenCtiClient) => Promise<unknown>]>([
	['a report', (client) => client.createReport(reportFromEmail(email()))],
	['a report with objects', (client) => client.createReportFromEmail(email(), { contents: 'observables' })],
	['a report of a bundle', (client) => client.createReportFromBundle(emailToBundle(email()))],
	['a case', (client) => client.createIncidentCase(caseFromEmail(email()))],
	['a case of a message', (client) => client.createCaseFromEmail(email())],
	['an incident', (client) => client.createIncidentFromEmail(email())],
])('%s whose ids the answers leave out ends with an error that has a code', async (_what, make) => {
	// The same length, so that the header fields are right.
	const { client, close } = await changed((answer) => answer.replaceAll('"standard_id"', '"another_key"'));
	const error = await failure<OpenCtiError>(make(client));
	await close();
	expect(error).toMatchObject({ code: expect.stringMatching(/^OPENCTI_/) });
});

it.each<[string, (client: OpenCtiClient) => Promise<{ id: string }>]>([
	['a report', (client) => client.createReport(reportFromEmail(email()))],
	['a case', (client) => client.createIncidentCase(caseFromEmail(email()))],
	['an incident', (client) => client.createIncidentFromEmail(email())],
])('adding to %s whose date is none ends with an error that has a code', async (_what, make) => {
	let dates = /never/g;
	const { client, close } = await changed((answer) => answer.replace(dates, (date) => date.replaceAll(/\d/g, 'x')));
	const { id } = await make(client);
	dates = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
	const error = await failure<OpenCtiError>(client.addTo(id, { notes: [{ content: 'A note' }] }));
	await close();
	expect(error).toMatchObject({ code: 'OPENCTI_ANSWER_UNREADABLE' });
});

test.each<Fault['kind']>([
	'rate-limit',
	'bad-gateway',
	'unavailable',
	'reset',
	'reset-after',
	'LOCK_ERROR',
	'DATABASE_ERROR',
	'FILESYSTEM_ERROR',
])('%s once, at any step, is overcome and duplicates nothing', async (kind) => {
	const { lab, client, clock } = await world();
	for (const operation of operations) lab.fail({ kind, operation });
	const result = await client.createReport(reportFromEmail(withFiles(2)));
	expect(result.complete).toBe(true);
	const { reports, counts } = lab.snapshot();
	expect(reports).toHaveLength(1);
	expect(reports[0]!.files).toHaveLength(2);
	expect(counts).toMatchObject({ Organization: 1, 'External-Reference': 1 });
	expect(clock.waits).toHaveLength(operations.length);
});

test.each<[Fault['kind'], string]>([
	['bad-gateway', 'OPENCTI_UNAVAILABLE'],
	['reset', 'OPENCTI_UNAVAILABLE'],
	['LOCK_ERROR', 'OPENCTI_LOCKED'],
	['DATABASE_ERROR', 'OPENCTI_UNAVAILABLE'],
])('%s that stays ends after four tries with a transient error', async (kind, code) => {
	const { lab, client, clock } = await world();
	lab.fail({ kind, operation: 'EmailIntelReportAdd', times: 100 });
	expect(await failure(client.createReport(reportFromEmail(email())))).toMatchObject({ code, transient: true });
	expect(lab.requests.filter(({ operation }) => operation === 'EmailIntelReportAdd')).toHaveLength(4);
	expect(clock.waits).toHaveLength(3);
	lab.clearFaults();
	expect((await client.createReport(reportFromEmail(email()))).created).toBe(true);
});

it('a lock is waited for between one and three seconds', async () => {
	const { lab, client, clock } = await world();
	lab.fail({ kind: 'LOCK_ERROR', operation: 'EmailIntelReportAdd', times: 3 });
	await client.createReport(reportFromEmail(email()));
	expect(clock.waits).toEqual([2000, 2000, 2000]);
});

it('Retry-After is kept to; one beyond the limit ends the tries', async () => {
	const { lab, client, clock } = await world();
	lab.fail({ kind: 'rate-limit', operation: 'EmailIntelAbout', headers: { 'retry-after': '7' } });
	await client.test();
	expect(clock.waits).toEqual([7000]);
	lab.fail({ kind: 'rate-limit', operation: 'EmailIntelAbout', headers: { 'retry-after': '3600' } });
	expect(await failure(client.test())).toMatchObject({ code: 'OPENCTI_UNAVAILABLE', status: 429 });
	expect(clock.waits).toHaveLength(1);
});

it('no answer in time is a transient error', async () => {
	const { lab, client } = await world({}, { timeoutMs: 100, maxTries: 1 });
	lab.fail({ kind: 'hang', operation: 'EmailIntelAbout' });
	expect(await failure(client.test())).toMatchObject({ code: 'OPENCTI_UNAVAILABLE', transient: true });
});

it('nobody listening is a transient error with what to check', async () => {
	const client = new OpenCtiClient({ url: 'http://127.0.0.1:9', token: 'x', maxTries: 1 });
	const error = await failure<OpenCtiError>(client.test());
	expect(error).toMatchObject({ code: 'OPENCTI_UNAVAILABLE', transient: true });
	expect(error.hint).toContain('firewall');
	await client.close();
});

it('a file that fails is visible with what was done, and a second run completes it', async () => {
	const { lab, client } = await world();
	lab.fail({ kind: 'UNKNOWN_ERROR', operation: 'EmailIntelImportPush', skip: 1 });
	const first = await client.createReport(reportFromEmail(withFiles(3)));
	expect(first.complete).toBe(false);
	expect(first.files.map(({ status }) => status)).toEqual(['uploaded', 'failed', 'uploaded']);
	expect(first.files[1]!.error).toMatchObject({ code: 'OPENCTI_REFUSED' });
	expect(lab.snapshot().reports[0]!.files).toHaveLength(2);

	const second = await client.createReport(reportFromEmail(withFiles(3)));
	expect(second).toMatchObject({ id: first.id, created: false, complete: true });
	expect(second.files.map(({ status }) => status)).toEqual(['present', 'uploaded', 'present']);
	expect(lab.snapshot().reports[0]!.files).toHaveLength(3);
});

it('a platform that goes away during the files leaves the rest untried, and says so', async () => {
	const { lab, client } = await world();
	lab.fail({ kind: 'reset', operation: 'EmailIntelImportPush', skip: 1, times: 100 });
	const result = await client.createReport(reportFromEmail(withFiles(4)));
	expect(result.files.map(({ status }) => status)).toEqual(['uploaded', 'failed', 'not-tried', 'not-tried']);
	expect(lab.requests.filter(({ operation }) => operation === 'EmailIntelImportPush')).toHaveLength(1 + 4);
});

it('the uploads of one report never run side by side: the platform locks the report', async () => {
	const { lab, client } = await world();
	const result = await client.createReport(reportFromEmail(withFiles(20)));
	expect(result.complete).toBe(true);
	expect(lab.requests.filter(({ error }) => error === 'LOCK_ERROR')).toEqual([]);
});

it('a user who may not upload is told so before anything is made, and how to do without', async () => {
	const { lab, client } = await world({ users: [{ token: LAB_TOKEN, capabilities: ['KNOWLEDGE_KNUPDATE'] }] });
	expect((await client.test()).missingCapabilities).toEqual(['KNOWLEDGE_KNUPLOAD']);
	const error = await failure<OpenCtiError>(client.createReport(reportFromEmail(withFiles(2))));
	expect(error).toMatchObject({ code: 'OPENCTI_FORBIDDEN', missingCapabilities: ['KNOWLEDGE_KNUPLOAD'] });
	expect(error.hint).toMatch(/Nothing was created\. .*Settings, Security, Roles.*'Attachment MIME Types'/);
	expect(lab.snapshot()).toMatchObject({ reports: [], identities: [] });
	const result = await client.createReport(reportFromEmail(withFiles(2), { attachmentTypes: [] }));
	expect(result).toMatchObject({ files: [], complete: true });
});

it('a user who may only read is told which capability is missing', async () => {
	const { client } = await world({ users: [{ token: LAB_TOKEN, capabilities: ['KNOWLEDGE'] }] });
	const error = await failure<OpenCtiError>(client.createReport(reportFromEmail(email())));
	expect(error).toMatchObject({ code: 'OPENCTI_FORBIDDEN', missingCapabilities: ['KNOWLEDGE_KNUPDATE'] });
	expect(error.message).toContain('KNOWLEDGE_KNUPDATE');
});

it('labels that the user may not make end the call before the report, or are left out on request', async () => {
	const { lab, client } = await world({
		users: [{ token: LAB_TOKEN, capabilities: ['KNOWLEDGE_KNUPDATE', 'KNOWLEDGE_KNUPLOAD'] }],
	});
	const draft = reportFromEmail(email(), { labels: ['phishing'] });
	expect(await failure(client.createReport(draft))).toMatchObject({
		code: 'OPENCTI_FORBIDDEN',
		missingCapabilities: ['SETTINGS_SETLABELS'],
	});
	// Before the platform had to refuse anything.
	expect(lab.requests.filter(({ operation }) => /Add$/.test(operation))).toEqual([]);
	expect(await failure(client.createReport(draft, { missingLabels: 'error' }))).toMatchObject({
		code: 'OPENCTI_LABEL_UNKNOWN',
	});
	expect(lab.snapshot().reports).toEqual([]);
	const result = await client.createReport(draft, { missingLabels: 'skip' });
	expect(result.warnings).toMatchObject([{ code: 'label-unknown' }]);
});

it('a report that exists where the user may not see it is an error of its own', async () => {
	const users = [{ token: 'all' }, { token: 'few', allowedMarkings: ['TLP:CLEAR'] }];
	const { lab, client } = await world({ users });
	await client.createReport(reportFromEmail(email(), { marking: 'red' }));
	const other = new OpenCtiClient({ url: lab.url, token: 'few' });
	expect(await failure(other.createReport(reportFromEmail(email(), { marking: 'clear' })))).toMatchObject({
		code: 'OPENCTI_RESTRICTED',
	});
	await other.close();
});

it('mandatory attributes of the platform are an error that says so', async () => {
	const { client } = await world({ settings: { Report: { mandatoryAttributes: ['x_opencti_reliability'] } } });
	const error = await failure<OpenCtiError>(client.createReport(reportFromEmail(email())));
	expect(error).toMatchObject({ code: 'OPENCTI_VALIDATION', platformCode: 'VALIDATION_ERROR' });
	const reliability = 'B - Usually reliable';
	expect((await client.createReport(reportFromEmail(email(), { reliability }))).created).toBe(true);
});

it('a mandatory external reference is met by the Message-ID', async () => {
	const { client } = await world({ settings: { Report: { enforceReference: true } } });
	expect((await client.createReport(reportFromEmail(email()))).created).toBe(true);
	const { messageId: _none, ...without } = email({ subject: 'Without an id' });
	expect(await failure(client.createReport(reportFromEmail(without)))).toMatchObject({ code: 'OPENCTI_VALIDATION' });
});

it('the reliability of a report arrives; one that the platform does not know is told', async () => {
	const { lab, client } = await world();
	const known = await client.createReport(reportFromEmail(email(), { reliability: 'B - Usually reliable' }));
	expect(known).toMatchObject({ reliability: 'B - Usually reliable', warnings: [] });
	expect(lab.store.ofType('Report')[0]!.data['x_opencti_reliability']).toBe('B - Usually reliable');
	const unknown = await client.createReport(
		reportFromEmail(email({ messageId: '<2@example.org>', subject: 'Another' }), { reliability: 'Z - Made up' }),
	);
	expect(unknown.warnings).toEqual([
		{ code: 'reliability-unknown', message: 'The platform has no reliability "Z - Made up": left out.' },
	]);
});

it('an unknown report type is told, not dropped in silence', async () => {
	const { client } = await world();
	const result = await client.createReport(reportFromEmail(email(), { reportTypes: ['threat-report', 'newsletter'] }));
	expect(result.reportTypes).toEqual(['threat-report']);
	expect(result.warnings).toMatchObject([{ code: 'report-type-unknown' }]);
	const draft = reportFromEmail(email(), { reportTypes: ['newsletter'] });
	const error = await failure<OpenCtiError>(client.createReport(draft, { missingReportTypes: 'error' }));
	expect(error).toMatchObject({ code: 'OPENCTI_REPORT_TYPE_UNKNOWN', known: ['internal-report', 'threat-report'] });
});

it('a content of 60 MB, above what the platform takes in a request, is one clear error', async () => {
	const { lab, client } = await world();
	const draft = { ...reportFromEmail(email()), content: `<p>${'a'.repeat(60_000_000)}</p>` };
	const error = await failure<OpenCtiError>(client.createReport(draft));
	expect(error).toMatchObject({ code: 'OPENCTI_TOO_LARGE', status: 500, transient: false });
	expect(error.message.length).toBeLessThan(300);
	expect(lab.snapshot().reports).toEqual([]);
});

it('a content of 4 MB, four times what multipart takes, arrives whole', async () => {
	const { lab, client } = await world();
	const text = 'x'.repeat(4_000_000);
	await client.createReport(reportFromEmail(email({ text, attachments: withFiles().attachments })));
	expect(lab.snapshot().reports[0]!.content).toContain(text);
});

it("no error repeats the message's text, even where the platform's own error does", async () => {
	const { client } = await world();
	const draft = { ...reportFromEmail(email({ text: 'Top secret paragraph' })), name: 'a' };
	const error = await failure<OpenCtiError>(client.createReport(draft));
	expect(error.code).toBe('OPENCTI_VALIDATION');
	expect(error.message).toContain('at least 2 characters');
	expect(JSON.stringify([error.message, error.hint, error.stack])).not.toContain('secret');
});

it('a personal draft of the user does not swallow reports: live is live', async () => {
	const { lab } = await world({ users: [{ token: LAB_TOKEN, draftContext: 'draft-1' }] });
	lab.store.drafts.set('draft-1', { id: 'draft-1', name: 'mine', status: 'open' });
	const live = new OpenCtiClient({ url: lab.url, token: LAB_TOKEN });
	await live.createReport(reportFromEmail(email()));
	await live.close();
	expect(lab.snapshot().reports.map(({ draft }) => draft)).toEqual([undefined]);
});

it('an approval draft keeps report and files out of live data until it is validated', async () => {
	const { lab, client } = await world();
	const workspace = await client.createDraftWorkspace('Mail of today');
	const draft = new OpenCtiClient({ url: lab.url, token: LAB_TOKEN, workspace });
	const result = await draft.createReport(reportFromEmail(withFiles()));
	expect(result.complete).toBe(true);
	expect(lab.snapshot().reports[0]!.draft).toBe(workspace.id);
	expect(await client.findReport({ messageId: '<weekly-1@example.org>' })).toBeUndefined();
	expect((await draft.findReport({ messageId: '<weekly-1@example.org>' }))?.id).toBe(result.id);
	lab.store.drafts.get(workspace.id)!.status = 'validated';
	expect(await failure(draft.createReport(reportFromEmail(email())))).toMatchObject({ code: 'OPENCTI_DRAFT_CLOSED' });
	await draft.close();
});

it.each(['6.1.1', '6.4.11'] as const)(
	'draft workspaces on %s, which has none or has them behind a switch, are an error that names the version',
	async (version) => {
		const { client } = await world({ version });
		expect(await failure(client.createDraftWorkspace('x'))).toMatchObject({
			code: 'OPENCTI_VERSION',
			hint: 'This needs OpenCTI 6.6 or later.',
		});
	},
);

it.each(['6.1.1', '6.4.0', '6.8.10', '6.9.17', '7.260817.0'] as const)(
	'reports with files work on %s with the same documents',
	async (version) => {
		const { lab, client } = await world({ version });
		const result = await client.createReport(reportFromEmail(withFiles(2), { labels: ['Phishing'] }));
		expect(result.complete).toBe(true);
		expect(result.warnings).toEqual([]);
		expect(lab.snapshot().reports[0]).toMatchObject({ markings: ['TLP:AMBER+STRICT'], files: [{}, {}] });
	},
);

import { createHash } from 'node:crypto';
import { OpenCtiClient, reportFromEmail } from '../../../lib/opencti';
import { startOpenCti, type OpenCtiLab } from '../../lab/opencti';
import { attachment, email } from './messages';
import { fastClock } from './clock';

let lab: OpenCtiLab;
let client: OpenCtiClient;
beforeEach(async () => {
	lab = await startOpenCti();
	client = new OpenCtiClient({ url: lab.url, token: lab.token, clock: fastClock() });
});
afterEach(async () => {
	await client.close();
	await lab.close();
});

const pdf = Buffer.from('%PDF-1.7\n\xff\x00\x01 bytes', 'latin1');
const mail = () =>
	email({
		attachments: [
			attachment('Report.PDF', 'application/pdf', pdf),
			attachment('run.exe', 'application/x-msdownload', 'MZ'),
		],
	});

it('a message becomes a report with name, date, marking, author, label, Message-ID and file', async () => {
	const result = await client.createReport(reportFromEmail(mail(), { labels: ['Phishing'] }));
	const { reports, importJobs } = lab.snapshot();
	expect(reports).toHaveLength(1);
	expect(reports[0]).toMatchObject({
		name: 'Weekly threat report',
		published: '2025-04-16T10:10:10.000Z',
		reportTypes: ['threat-report'],
		markings: ['TLP:AMBER+STRICT'],
		author: 'Email Intel',
		labels: ['Phishing'],
		externalReferences: [{ sourceName: 'email', externalId: '<weekly-1@example.org>' }],
	});
	expect(reports[0]!.content).toContain('<br>It is &lt;important&gt;.');
	expect(result).toMatchObject({
		id: reports[0]!.id,
		standardId: reports[0]!.standardId,
		url: `${lab.url}/dashboard/analyses/reports/${reports[0]!.id}`,
		created: true,
		complete: true,
		markings: ['TLP:AMBER+STRICT'],
		author: { name: 'Email Intel' },
		warnings: [],
		skippedFiles: [{ name: 'run.exe', reason: 'type-not-allowed' }],
	});
	expect(result.files).toMatchObject([{ originalName: 'Report.PDF', status: 'uploaded' }]);
	expect(reports[0]!.files).toMatchObject([{ mimetype: 'application/pdf', markings: ['TLP:AMBER+STRICT'] }]);
	expect(importJobs).toEqual([]);
});

it('an attachment comes back byte for byte', async () => {
	const result = await client.createReport(reportFromEmail(mail()));
	const answer = await fetch(`${lab.url}/storage/get/${result.files[0]!.id}`, {
		headers: { authorization: `Bearer ${lab.token}` },
	});
	const bytes = Buffer.from(await answer.arrayBuffer());
	expect(createHash('sha256').update(bytes).digest('hex')).toBe(createHash('sha256').update(pdf).digest('hex'));
});

it("our id is the platform's own", async () => {
	const draft = reportFromEmail(email({ subject: 'Alerte café — 北京 "quoted" \\ /' }));
	expect(draft.standardId).toBe('report--25a73b1a-c00c-5f5c-bc06-d69d2335cc78');
	const result = await client.createReport(draft);
	expect(result.standardId).toBe(draft.standardId);
});

it('a second run creates nothing twice and uploads nothing again', async () => {
	await client.createReport(reportFromEmail(mail(), { labels: ['phishing'] }));
	const before = lab.snapshot();
	const again = await client.createReport(reportFromEmail(mail(), { labels: ['phishing'] }));
	expect(again).toMatchObject({ created: false, complete: true, files: [{ status: 'present' }] });
	expect(lab.snapshot().counts).toEqual(before.counts);
	expect(lab.requests.filter(({ operation }) => operation === 'EmailIntelImportPush')).toHaveLength(1);
});

it('the test of a credential names version, user and missing capabilities', async () => {
	expect(await client.test()).toMatchObject({
		version: '7.260817.0',
		user: { email: 'lab1@example.com' },
		missingCapabilities: [],
	});
});

import { parseEmail } from '../../../lib/email';
import { OpenCtiClient, type ReportResult } from '../../../lib/opencti';
import { startOpenCti, type OpenCtiLab } from '../../lab/opencti';

const MESSAGE = [
	'From: IT Service <it@phish.example>',
	'To: analyst@example.com',
	'Subject: <b>Mailbox</b> full',
	'Date: Mon, 2 Nov 2026 08:00:00 +0000',
	'Message-ID: <1@phish.example>',
	'Content-Type: text/html',
	'',
	'<p>Open <a href="https://phish.example/login">this</a><script>alert(1)</script></p>',
].join('\r\n');

describe("The lab's page of a report", () => {
	let lab: OpenCtiLab;
	let report: ReportResult;

	beforeAll(async () => {
		lab = await startOpenCti({ basePath: '/cti' });
		const client = new OpenCtiClient({ url: lab.url, token: lab.token });
		const email = await parseEmail(Buffer.from(MESSAGE));
		report = await client.createReportFromEmail(email, {
			marking: ['TLP:AMBER'],
			contents: 'observables',
			labels: ['phishing'],
			originalEmail: true,
		});
	});
	afterAll(async () => await lab.close());

	const open = async (path: string) => {
		const answer = await fetch(path);
		return { headers: answer.headers, text: await answer.text() };
	};

	it('is what the address of a report opens: name, markings, content, files and objects', async () => {
		const { text } = await open(report.url);
		expect(text).toContain('<h1>&lt;b&gt;Mailbox&lt;/b&gt; full</h1>');
		for (const shown of ['TLP:AMBER', 'phishing', '.eml', 'it@phish.example', 'https://phish.example/login'])
			expect(text).toContain(shown);
		expect(text).toMatch(/<h2>Objects \([1-9]\d*\)<\/h2>/);
	});

	it('runs and fetches nothing of the message', async () => {
		const { headers, text } = await open(report.url);
		expect(headers.get('content-security-policy')).toContain("default-src 'none'");
		expect(text).toContain('<iframe sandbox ');
		expect(text).not.toMatch(/<script/i);
	});

	it.each(['', '/dashboard', '/dashboard/analyses/reports'])(
		'%j lists the reports, each with its page',
		async (path) => {
			const { text } = await open(`${lab.url}${path}`);
			expect(text).toContain(`href="/cti/dashboard/analyses/reports/${report.id}"`);
		},
	);

	it('a report that is not there is the empty page of the platform', async () => {
		expect((await open(`${lab.url}/dashboard/analyses/reports/none`)).text).toContain('<body></body>');
	});
});

import { OpenCtiTransport } from '../../../lib/opencti/platform/transport';
import { startServer } from '../../lab/http/server';
import { fastClock } from './clock';
import fc from 'fast-check';
import { reportFromEmail, selectFiles } from '../../../lib/opencti';
import { attachment, email } from './messages';
import { closeWorlds, world } from './world';

afterEach(closeWorlds);
const nameOf = (fileName: string | undefined, type: string, content = 'x') =>
	selectFiles(email({ attachments: [attachment(fileName, type, content)] }), { attachmentTypes: 'all' }).files[0]!.name;

it.each([
	['Report.pdf', 'application/pdf', /^Report-[0-9a-f]{12}\.pdf$/],
	['Report.PDF', 'application/pdf', /^Report-[0-9a-f]{12}\.pdf$/],
	['Report', 'application/pdf', /^Report-[0-9a-f]{12}\.pdf$/],
	['report.exe', 'application/pdf', /^report\.exe-[0-9a-f]{12}\.pdf$/],
	[undefined, 'text/plain', /^file-[0-9a-f]{12}\.txt$/],
	['report.pdf', 'application/octet-stream', /^report-[0-9a-f]{12}\.pdf$/],
	['report.pdf', 'constructor', /^report-[0-9a-f]{12}\.pdf$/],
	[undefined, '__proto__', /^file-[0-9a-f]{12}\.bin$/],
	['../../etc/passwd', 'text/plain', /^passwd-[0-9a-f]{12}\.txt$/],
	['C:\\Users\\x\\a.csv', 'text/csv', /^a-[0-9a-f]{12}\.csv$/],
	['a\u0000b\r\nContent-Type: text/html.txt', 'text/plain', /^html-[0-9a-f]{12}\.txt$/],
	['gpj.\u202Efdp.exe', 'application/pdf', /^gpj\._fdp\.exe-[0-9a-f]{12}\.pdf$/],
	['"; filename="evil.html', 'text/plain', /^__ filename__evil\.html-[0-9a-f]{12}\.txt$/],
	['....', 'text/plain', /^file-[0-9a-f]{12}\.txt$/],
	['über 北京.txt', 'text/plain', /^über 北京-[0-9a-f]{12}\.txt$/],
	['notes.md', 'text/plain', /^notes\.md-[0-9a-f]{12}\.txt$/],
	['unknown.xyz', 'application/x-unheard-of', /^unknown-[0-9a-f]{12}\.xyz$/],
	['noextension', 'application/x-unheard-of', /^noextension-[0-9a-f]{12}\.bin$/],
])('%j of type %s', (name, type, expected) => {
	expect(nameOf(name, type)).toMatch(expected);
});

it('whatever the sender calls it, the name is safe, short, typed, and the same on every run', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (given) => {
			const name = nameOf(given, 'application/pdf');
			expect(name).toMatch(/^[\p{L}\p{M}\p{N}._ ()+@-]+-[0-9a-f]{12}\.pdf$/u);
			expect(name.startsWith('.')).toBe(false);
			expect(Buffer.byteLength(name)).toBeLessThanOrEqual(140);
			expect(nameOf(given, 'application/pdf')).toBe(name);
		}),
	);
});

it('files that differ in case or in bytes only never overwrite each other on the platform', async () => {
	const { lab, client } = await world();
	const attachments = [
		attachment('A.pdf', 'application/pdf', 'first'),
		attachment('a.PDF', 'application/pdf', 'second'),
		attachment('a.pdf', 'application/pdf', 'third'),
		attachment('a.pdf', 'application/pdf', 'third'),
	];
	const result = await client.createReport(reportFromEmail(email({ attachments })));
	expect(result.files).toHaveLength(3);
	expect(result.skippedFiles).toMatchObject([{ name: 'a.pdf', reason: 'duplicate' }]);
	const stored = lab.snapshot().reports[0]!.files;
	expect(stored).toHaveLength(3);
	expect(stored.every(({ mimetype }) => mimetype === 'application/pdf')).toBe(true);
});

it.each(['"; filename="evil.html', 'a\r\nX: y.txt', 'ü 北京 😀.txt', '%22.txt', "a'b;c.txt"])(
	'the name %j reaches the platform as one name',
	async (fileName) => {
		const { lab, client } = await world();
		const result = await client.createReport(
			reportFromEmail(email({ attachments: [attachment(fileName, 'text/plain', 'x')] })),
		);
		expect(lab.snapshot().reports[0]!.files.map(({ name }) => name)).toEqual([result.files[0]!.name]);
	},
);

it('only allowed types are uploaded, the others are listed with the reason', () => {
	const attachments = [
		attachment('a.pdf', 'application/pdf', 'x'),
		attachment('b.pdf', 'application/octet-stream', 'x'),
		attachment('c.zip', 'application/zip', 'x'),
		attachment('d.txt', 'text/plain', ''),
		attachment('e.png', 'image/png', 'x', { related: true, disposition: 'inline' }),
		attachment('f.pdf', 'application/pdf', 'x', { content: undefined, contentOmitted: true }),
	];
	const draft = reportFromEmail(email({ attachments }));
	expect(draft.files.map(({ originalName }) => originalName)).toEqual(['a.pdf', 'b.pdf']);
	expect(draft.skippedFiles.map(({ name, reason }) => [name, reason])).toEqual([
		['c.zip', 'type-not-allowed'],
		['d.txt', 'empty'],
		['e.png', 'inline'],
		['f.pdf', 'content-omitted'],
	]);
	const all = reportFromEmail(email({ attachments }), {
		attachmentTypes: ['image/*', 'application/zip'],
		includeInline: true,
	});
	expect(all.files.map(({ originalName }) => originalName)).toEqual(['c.zip', 'e.png']);
});

it('the original message goes along on request, byte for byte, as .eml', async () => {
	const { lab, client } = await world();
	const message = email();
	await client.createReport(reportFromEmail(message, { originalEmail: true }));
	const [file] = lab.snapshot().reports[0]!.files;
	expect(file).toMatchObject({ mimetype: 'message/rfc822', sha256: message.sha256 });
});

it('import connectors start on request only', async () => {
	const { lab, client } = await world();
	const message = (subject: string) =>
		email({ subject, attachments: [attachment('a.pdf', 'application/pdf', subject)] });
	await client.createReport(reportFromEmail(message('quiet')));
	expect(lab.snapshot().importJobs).toEqual([]);
	await client.createReport(reportFromEmail(message('loud')), { triggerImport: true });
	expect(lab.snapshot().importJobs).toMatchObject([{ connector: 'ImportDocument' }]);
});

it('files can be added to a report later, under its markings', async () => {
	const { lab, client } = await world();
	const { id } = await client.createReport(reportFromEmail(email(), { marking: 'red' }));
	const { files } = reportFromEmail(email({ attachments: [attachment('late.csv', 'text/csv', 'a,b')] }));
	expect(await client.addFiles(id, files)).toMatchObject([{ status: 'uploaded', originalName: 'late.csv' }]);
	expect(await client.addFiles(id, files)).toMatchObject([{ status: 'present' }]);
	expect(lab.snapshot().reports[0]!.files).toMatchObject([{ markings: ['TLP:RED'], mimetype: 'text/csv' }]);
	await expect(client.addFiles('report--00000000-0000-4000-8000-000000000000', files)).rejects.toMatchObject({
		code: 'OPENCTI_REFERENCE_MISSING',
	});
});

it('a name that closes its header field stays a name, and a type that would add one is none', async () => {
	let body = '';
	const server = await startServer((_request, response, bytes) => {
		body = bytes.toString();
		response.end('{"data":{"uploadImport":{"id":"1"}}}');
	});
	const transport = new OpenCtiTransport({ url: server.url, token: 'token', clock: fastClock() });
	const text = 'mutation Upload($file: Upload!) { uploadImport(file: $file) { id } }';
	const document = { name: 'Upload', text, required: ['uploadImport'] };
	const file = {
		name: 'a"\r\nX-Evil: 1\r\n\r\n--b',
		contentType: 'text/plain\r\nX-Evil: 1',
		content: Buffer.from('content'),
	};
	try {
		await transport.call(document as never, { file: null } as never, { file });
	} finally {
		await transport.close();
		await server.close();
	}
	const [, , , part] = body.split(/^------?email-intel-[^\r\n]*\r\n/m);
	expect(part!.split('\r\n\r\n')[0]!.split('\r\n')).toEqual([
		'Content-Disposition: form-data; name="0"; filename="a%22%0D%0AX-Evil: 1%0D%0A%0D%0A--b"',
		'Content-Type: application/octet-stream',
	]);
});

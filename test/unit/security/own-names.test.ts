import { createHash } from 'node:crypto';
import { emailFromItem, parseEmail } from '../../../lib/email';
import { esaRowsToBundle } from '../../../lib/esa';
import { extractIndicators } from '../../../lib/indicators';
import { OpenCtiClient, reportFromEmail } from '../../../lib/opencti';
import { matchPattern } from '../../../lib/pattern';
import { bundleToHtml, bundleToSvg, emailToBundle, stixId } from '../../../lib/stix';
import { startServer } from '../../lab/http/server';
import { fastClock } from '../opencti/clock';

/** Names that every JavaScript object has by itself: a table that is asked for one of them must not answer. */
const NAMES = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];

/** What every object has, before and after: nothing of what was read may be in it. */
const ownNames = () => Object.getOwnPropertyNames(Object.prototype).sort();
const before = ownNames();
afterEach(() => {
	expect(ownNames()).toEqual(before);
	expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

describe.each(NAMES)('%s is no key', (name) => {
	it('as type of a MIME part, name of a header field, parameter and file', async () => {
		const email = await parseEmail(
			Buffer.from(
				[
					'From: a@example.org',
					'Date: Tue, 5 May 2026 10:11:12 +0200',
					'Subject: x',
					`${name}: {"polluted":1}`,
					`Content-Type: multipart/mixed; boundary=b; ${name}=x`,
					'',
					'--b',
					`Content-Type: ${name}`,
					`Content-Transfer-Encoding: ${name}`,
					`Content-Disposition: attachment; filename=${name}`,
					'',
					'x',
					'--b',
					`Content-Type: ${name}/${name}; charset=${name}`,
					`Content-Disposition: ${name}; filename=${name}`,
					'',
					'https://evil.example.net/',
					'--b--',
				].join('\r\n'),
			),
		);
		const draft = reportFromEmail(email);
		expect(draft.files.length).toBeGreaterThan(0);
		const bundle = emailToBundle(email);
		expect(JSON.parse(JSON.stringify(bundle))).toMatchObject({ type: 'bundle' });
		expect(extractIndicators(email).map(({ type }) => type)).toContain('file');
	});

	it('as type of an attachment that another reader named, in an item and in a report', async () => {
		const json = JSON.parse(
			`{"subject":"x","from":{"value":[{"address":"a@example.org"}]},"text":"y","headers":{"${name}":"z"},"${name}":{"polluted":1},
			"attachments":[{"contentType":"${name}","fileName":"a.${name}","content":"eA=="}],
			"payload":{"mimeType":"${name}","headers":[{"name":"${name}","value":"v"}]}}`,
		) as never;
		const email = await emailFromItem(json).catch((error: unknown) => error);
		if (email instanceof Error) expect(email).toMatchObject({ code: expect.stringMatching(/^EMAIL_/) });
		const plain = await parseEmail(
			Buffer.from('From: a@example.org\r\nDate: Tue, 5 May 2026 10:11:12 +0200\r\nSubject: x\r\n\r\ny'),
		);
		const content = Buffer.from('x');
		const hash = (kind: string) => createHash(kind).update(content).digest('hex');
		const hashes = { md5: hash('md5'), sha1: hash('sha1'), sha256: hash('sha256'), sha512: hash('sha512') };
		const attachment = { partId: '2', contentType: name, fileName: `a.${name}`, size: 1, content, ...hashes };
		const draft = reportFromEmail({ ...plain, attachments: [attachment as never] });
		expect([...draft.files, ...draft.skippedFiles].length).toBeGreaterThan(0);
	});

	it('as type and property of STIX objects', () => {
		expect(stixId(name, { value: 1 })).toMatch(/--[0-9a-f-]{36}$/);
		const objects = JSON.parse(
			`[{"type":"${name}","id":"${name}--1","${name}":{"polluted":1}},{"type":"relationship","id":"r","source_ref":"${name}--1","target_ref":"${name}","relationship_type":"${name}"}]`,
		) as object[];
		const bundle = { type: 'bundle', id: 'bundle--1', objects } as never;
		expect(bundleToSvg(bundle)).toContain('<svg');
		expect(bundleToHtml(bundle)).toContain('<html');
		expect(matchPattern(`[x-a:'${name}' = 1]`, [{ type: 'x-a', id: 'x-a--1' }] as never).matched).toBe(false);
	});

	it('as field of a row', () => {
		const attributes = JSON.parse(
			`{"mid":[1],"${name}":{"polluted":1},"recipientMap":{"${name}":["a@example.org"]},"messageStatus":{"${name}":"x"},"direction":"${name}","timestamp":"10 Oct 2026 10:00:00 (GMT)"}`,
		) as Record<string, unknown>;
		for (const stixVersion of ['2.1', '2.0'] as const)
			expect(esaRowsToBundle([{ attributes }], { stixVersion }).objects.length).toBeGreaterThan(1);
	});

	it('as code of an error of OpenCTI', async () => {
		const extensions = { code: name, data: { doc_code: name } };
		const server = await startServer(
			(_request, response) => void response.end(JSON.stringify({ errors: [{ name, message: name, extensions }] })),
		);
		const client = new OpenCtiClient({ url: server.url, token: 'token', clock: fastClock() });
		await expect(client.test()).rejects.toMatchObject({
			code: expect.stringMatching(/^OPENCTI_/),
			message: expect.not.stringContaining('undefined'),
			hint: expect.any(String),
		});
		await client.close();
		await server.close();
	});
});

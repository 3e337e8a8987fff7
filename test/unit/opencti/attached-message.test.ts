import { parseEmail } from '../../../lib/email';
import { OPENCTI_LIMITS } from '../../../lib/limits';
import { caseFromEmail, reportFromEmail } from '../../../lib/opencti';
import { attachment, email } from './messages';
import { closeWorlds, world } from './world';

// A phish comes as the attachment of the mail that reports it: what the analyst wants to see is the attachment.

afterEach(closeWorlds);

const PHISH = [
	'From: Helpdesk <it@evil.example.net>',
	'To: jo@example.com',
	'Subject: Your mailbox is full',
	'Date: Thu, 19 Nov 2026 08:00:00 +0000',
	'Message-ID: <phish@evil.example.net>',
	'Content-Type: text/html; charset=utf-8',
	'',
	'<p>Dear user, <a href="http://evil.example.net/login">http://mail.example.com/quota</a></p><script>x()</script>',
	'',
].join('\r\n');

const forwarded = (type = 'message/rfc822', name = '; name="Your mailbox is full.eml"') =>
	Buffer.from(
		[
			'From: Jo <jo@example.com>',
			'To: abuse@example.com',
			'Subject: Is this from us?',
			'Date: Thu, 19 Nov 2026 09:00:00 +0000',
			'Message-ID: <report@example.com>',
			'MIME-Version: 1.0',
			'Content-Type: multipart/mixed; boundary=b',
			'',
			'--b',
			'Content-Type: text/plain',
			'',
			'I did not click. See http://intranet.example.com/help',
			'--b',
			`Content-Type: ${type}${name}`,
			'Content-Disposition: attachment',
			'',
			PHISH,
			'--b--',
			'',
		].join('\r\n'),
	);

describe('a report of a forwarded phish', () => {
	it('shows the phish below the mail that reports it, with its links defanged', async () => {
		for (const draft of [reportFromEmail, caseFromEmail].map(async (make) => make(await parseEmail(forwarded())))) {
			const { content } = await draft;
			expect(content).toContain('I did not click.');
			expect(content).toContain('Attached message: Your mailbox is full');
			expect(content).toContain('Helpdesk &lt;it@evil.example.net&gt;');
			expect(content).toContain('2026-11-19T08:00:00.000Z');
			expect(content.indexOf('I did not click')).toBeLessThan(content.indexOf('Attached message'));
			expect(content).toContain('hxxp[:]//evil[.]example[.]net/login');
			expect(content).not.toMatch(/href|<script|http:\/\/evil|http:\/\/mail/);
			// The mail of the colleague is as the option says.
			expect(content).toContain('http://intranet.example.com/help');
		}
	});

	it.each([
		['message/rfc822', '; name="Your mailbox is full.eml"', /^Your mailbox is full-[0-9a-f]{12}\.eml$/],
		['message/rfc822', '', /^Your mailbox is full-[0-9a-f]{12}\.eml$/],
		['application/octet-stream', '; name="fwd.eml"', /^fwd-[0-9a-f]{12}\.eml$/],
		['text/plain', '; name="fwd.eml"', /^fwd-[0-9a-f]{12}\.eml$/],
	])('has its file, byte for byte, whatever type its sender declares (%s%s)', async (type, name, expected) => {
		const { lab, client } = await world();
		const draft = reportFromEmail(await parseEmail(forwarded(type, name)));
		expect(draft.files.map(({ name: file }) => file)).toEqual([expect.stringMatching(expected)]);
		expect(draft.files[0]!.content.toString()).toContain('Subject: Your mailbox is full');
		expect(draft.description).toContain('**Email Attachment Count**: 1');
		const result = await client.createReport(draft);
		expect(result).toMatchObject({ complete: true, files: [{ status: 'uploaded' }] });
		expect(lab.snapshot().reports[0]!.files).toMatchObject([{ mimetype: 'message/rfc822' }]);
	});

	it('counts what is attached, not what is uploaded', async () => {
		const { description } = reportFromEmail(await parseEmail(forwarded()), { attachmentTypes: ['text/csv'] });
		expect(description).toContain('**Email Attachment Count**: 1');
	});

	it('has the text of a message inside of an Outlook file, which has no bytes of its own', () => {
		const inner = email({ subject: 'Inside', text: 'Pay at http://evil.example.net/', partial: true });
		const none = { size: 0, md5: '', sha1: '', sha256: '', sha512: '', contentOmitted: true };
		const { content: _bytes, ...file } = attachment(undefined, 'message/rfc822', '', { ...none, email: inner });
		const draft = reportFromEmail(email({ attachments: [file] }));
		expect(draft.content).toContain('Attached message: Inside');
		expect(draft.content).toContain('Pay at hxxp[:]//evil[.]example[.]net/');
		expect([draft.incomplete, draft.warnings]).toEqual([undefined, []]);
	});

	it('reads messages inside of each other in their order, up to a limit that it tells', () => {
		const nested = email({ subject: 'inner', attachments: [] });
		const outer = attachment('a.eml', 'message/rfc822', 'a', {
			email: email({ subject: 'outer', attachments: [attachment('b.eml', 'message/rfc822', 'b', { email: nested })] }),
		});
		const next = attachment('c.eml', 'message/rfc822', 'c', { email: email({ subject: 'next' }) });
		const { content } = reportFromEmail(email({ attachments: [outer, next] }));
		expect([...content.matchAll(/Attached message: (\w+)/g)].map(([, name]) => name)).toEqual([
			'outer',
			'inner',
			'next',
		]);
		const many = Array.from({ length: OPENCTI_LIMITS.maxAttachedMessages + 1 }, (_, at) =>
			attachment(`${at}.eml`, 'message/rfc822', String(at), { email: nested }),
		);
		const draft = reportFromEmail(email({ attachments: many }));
		expect(draft.content.match(/Attached message/g)).toHaveLength(OPENCTI_LIMITS.maxAttachedMessages);
		expect(draft.incomplete).toBe(true);
		expect(draft.warnings.map(({ code }) => code)).toContain('attached-messages-omitted');
	});

	it('shares one bound on the text of all of them', () => {
		const text = 'word '.repeat(OPENCTI_LIMITS.maxContentBytes / 10);
		const long = Array.from({ length: 5 }, (_, at) =>
			attachment(`${at}.eml`, 'message/rfc822', String(at), { email: email({ text }) }),
		);
		const draft = reportFromEmail(email({ attachments: long }));
		expect(Buffer.byteLength(draft.content)).toBeLessThan(OPENCTI_LIMITS.maxContentBytes * 1.01);
		expect(draft.warnings.map(({ code }) => code)).toEqual(['content-cut']);
	});
});

describe('with links defanged', () => {
	it.each([
		['a text', { text: 'See https://evil.example.net/a?b=1.' }],
		['HTML', { html: '<p>See https://evil.example.net/a or <a href="https://evil.example.net/a">here</a></p>' }],
		[
			'HTML whose link shows its own address',
			{ html: '<a href="https://evil.example.net/a">https://evil.example.net/a</a>' },
		],
	])('no address of %s is left that a reader could follow', (_name, body) => {
		const { content } = reportFromEmail({ ...email(), text: undefined, ...body }, { links: 'defang' });
		expect(content).toContain('hxxps[:]//evil[.]example[.]net/a');
		expect(content).not.toMatch(/https?:\/\//);
	});
});

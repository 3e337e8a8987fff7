import { parseEmail } from '../../../lib/email';
import { caseFromEmail, reportFromBundle, reportFromEmail } from '../../../lib/opencti';
import { emailToBundle, stixId } from '../../../lib/stix';
import { attachment } from './messages';

/** Half of a character, by an encoded word: U+D800 in utf-7. */
const HALF = '=?utf-7?Q?+2AA-?=';
const MAIL = Buffer.from(`From: ${HALF} <a@example.org>
To: ${HALF} <b@example.org>
Subject: invoice ${HALF} 7
Message-ID: <a\0b@example.org>
References: <x\0y@example.org>
Date: Tue, 5 May 2026 10:11:12 +0200
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset=utf-7

<p>+2AA-\0https://evil.example.net/</p>
--b
Content-Type: text/plain; name="a${HALF}.txt"

x
--b
Content-Type: application/x-unwanted; name="b${HALF}.bin"

x
--b--
`);
const UNSTORABLE = /[\0\p{Surrogate}]/u;
/** Every text of it. */
function textsIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
	return Object.entries(value).flatMap(([name, member]) => [name, ...textsIn(member)]);
}

describe('texts that no database stores', () => {
	it('are told by U+FFFD in a report, a case and the report of a bundle, and the ids are those of what is sent', async () => {
		const email = await parseEmail(MAIL);
		expect(textsIn(email).some((text) => UNSTORABLE.test(text))).toBe(true);
		const report = reportFromEmail(email);
		const incident = caseFromEmail(email);
		for (const draft of [report, incident]) {
			expect(textsIn(draft).filter((text) => UNSTORABLE.test(text))).toEqual([]);
			expect(draft).toMatchObject({ name: 'invoice \uFFFD 7', messageId: '<a\uFFFDb@example.org>' });
		}
		expect(report.standardId).toBe(stixId('report', { name: report.name, published: report.published }));
		expect(incident.standardId).toBe(stixId('case-incident', { name: incident.name, created: incident.created }));
		const bundle = emailToBundle(email) as unknown as { objects: Array<Record<string, unknown>> };
		expect(bundle.objects.find(({ type }) => type === 'report')?.id).toBe(report.standardId);
	});

	it('of a foreign bundle are, too', () => {
		const draft = reportFromBundle({
			type: 'bundle',
			objects: [
				{
					type: 'report',
					id: 'report--1',
					name: 'a\ud800\0b',
					published: '2026-05-05T08:11:12.000Z',
					description: '\udfff',
					labels: ['x\0'],
					x_opencti_content: '\0',
				},
			],
		});
		expect(textsIn(draft).filter((text) => UNSTORABLE.test(text))).toEqual([]);
		expect(draft.name).toBe('a\uFFFD\uFFFDb');
		expect(draft.standardId).toBe(stixId('report', { name: draft.name, published: draft.published }));
	});

	it('leave the bytes of files as they are', async () => {
		const email = await parseEmail(MAIL);
		const file = attachment('a.txt', 'text/plain', Buffer.from([0, 0xff, 0xd8]));
		const { files } = reportFromEmail({ ...email, attachments: [file] });
		expect(files.map(({ content }) => content)).toEqual([file.content]);
	});
});

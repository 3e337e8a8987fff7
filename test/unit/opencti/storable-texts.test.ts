import { Agent } from 'undici';
import { parseEmail } from '../../../lib/email';
import { caseFromEmail, reportFromBundle, reportFromEmail } from '../../../lib/opencti';
import { emailToBundle, stixId } from '../../../lib/stix';
import { attachment } from './messages';
import { LAB_TOKEN } from '../../lab/opencti';
import { closeWorlds, world } from './world';

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

	describe('reach no platform, by whatever door', () => {
		afterEach(closeWorlds);

		const BAD = 'a\ud800\0b';
		const bundle = (id: string) => ({
			type: 'bundle' as const,
			id: 'bundle--1',
			objects: [
				{ type: 'email-addr', id, value: `${BAD}@example.org`, display_name: BAD, x_custom: { [BAD]: [BAD] } },
				{ type: 'domain-name', id: 'domain-name--1', value: `${BAD}.example` },
				{
					type: 'indicator',
					id: 'indicator--1',
					name: BAD,
					description: BAD,
					pattern: `[domain-name:value = '${BAD}.example']`,
					pattern_type: 'stix',
					valid_from: '2026-05-05T08:11:12Z',
					labels: [BAD],
				},
			],
		});

		/** All that is sent, as JSON: half of a character and NUL are escapes in it. */
		const unstorable = (bodies: string[]) => bodies.filter((body) => /\\u(?:d[89a-f]|0000)/i.test(body));
		async function recorded() {
			const bodies: string[] = [];
			const agent = new Agent();
			const dispatcher = agent.compose((dispatch) => (request, handler) => {
				bodies.push(Buffer.from(request.body as string | Buffer).toString());
				return dispatch(request, handler);
			});
			const { client } = await world({ users: [{ token: LAB_TOKEN, capabilities: ['BYPASS'] }] }, { dispatcher });
			return { client, bodies, close: () => agent.destroy() };
		}

		it.each(['direct', 'push', 'file'] as const)('a foreign bundle, imported in the mode %s', async (mode) => {
			const { client, bodies, close } = await recorded();
			await client.importBundle(bundle('email-addr--1'), { mode });
			await close();
			expect(bodies.filter((body) => body.includes('a\ufffd\ufffdb')).length).toBeGreaterThan(0);
			expect(unstorable(bodies)).toEqual([]);
		});

		it('what users write: names, labels, draft workspaces, questions', async () => {
			const { client, bodies, close } = await recorded();
			const email = await parseEmail(MAIL);
			await client.createReport({
				...reportFromEmail(email),
				name: BAD,
				labels: [BAD],
				author: { name: BAD, kind: 'organization' },
			} as never);
			await client.createReportFromEmail(email, { labels: [`${BAD}2`], bundle: emailToBundle(email) });
			await client.findReports({ messageId: BAD });
			await client.createDraftWorkspace(BAD);
			await close();
			expect(bodies.filter((body) => body.includes('a\ufffd\ufffdb')).length).toBeGreaterThan(3);
			expect(unstorable(bodies)).toEqual([]);
		});
	});
});

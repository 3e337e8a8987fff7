import fc from 'fast-check';
import {
	EmailError,
	emailFromItem,
	emailFromJson,
	emailToJson,
	parseEmail,
	type BinaryReader,
	type Email,
} from '../../../lib/email';
import { extractIndicators } from '../../../lib/indicators';
import { EMAIL_LIMITS } from '../../../lib/limits';
import { reportFromEmail } from '../../../lib/opencti';
import { emailToBundle } from '../../../lib/stix';
import { codes, crlf } from './message';

type Json = Record<string, unknown>;

const MESSAGE = crlf(`
Received: from mx.example.net (mx.example.net [192.0.2.7]) by mail.example.com; Tue, 5 May 2026 08:11:30 +0000
From: Alice <alice@example.org>
Sender: bob@example.org
To: soc@example.com
References: <r@example.org>
Subject: gr=C3=BC=C3=9Fe
Date: Tue, 5 May 2026 10:11:12 +0200
Message-ID: <item@example.org>
Content-Type: multipart/mixed; boundary=b

--b

body https://evil.example.net/
--b
Content-Type: text/html

<a href="https://html.example.net/">x</a>
--b
Content-Type: application/pdf; name=a.pdf
Content-ID: <c@example.org>
Content-Disposition: attachment

%PDF
--b
Content-Type: message/rfc822

From: inner@example.net
Subject: inner

inner body
--b--
`);
const DATED = { publishedFallback: new Date(0) };
const own = async (): Promise<Json> =>
	JSON.parse(
		JSON.stringify(emailToJson(await parseEmail(MESSAGE, { id: 'x', source: { kind: 'imap', uid: 5 } }))),
	) as Json;
/** The JSON with another value at a path such as `from.0.address`. */
async function changed(path: string, value: unknown): Promise<Json> {
	const json = await own();
	const keys = path.split('.');
	let at: Json = json;
	for (const key of keys.slice(0, -1)) at = at[key] as Json;
	at[keys.at(-1)!] = value;
	return json;
}

describe('an item that only looks like one of this pack', () => {
	it.each([
		['headers.0', 'text', 'headers[0]'],
		['headers.0.value', 7, 'headers[0].value'],
		['from.0', null, 'from[0]'],
		['from.0.address', ['a@example.org'], 'from[0].address'],
		['to', 'soc@example.com', 'to'],
		['sender', 'bob@example.org', 'sender'],
		['references', [1], 'references[0]'],
		['receivedLines', { 0: 'x' }, 'receivedLines'],
		['subject', { toString: 1 }, 'subject'],
		['parts.0', [], 'parts[0]'],
		['parts.0.size', '12', 'parts[0].size'],
		['parts.0.textIs', 'constructor', 'parts[0].textIs'],
		['parts.0.attachment', -1, 'parts[0].attachment'],
		['attachments.0.sha256', 'e3b0', 'attachments[0].sha256'],
		['attachments.0.md5', "x' OR 1=1", 'attachments[0].md5'],
		['attachments.0.size', 1.5, 'attachments[0].size'],
		['attachments.0.contentType', undefined, 'attachments[0].contentType'],
		['attachments.1.email', 'text', 'attachments[1].email'],
		['attachments.1.email.headers', undefined, 'attachments[1].email.headers'],
		['attachments.1.email.from.0.address', {}, 'attachments[1].email.from[0].address'],
		['sha256', 'x', 'sha256'],
		['truncated', 'no', 'truncated'],
		['source.uid', '5', 'source.uid'],
	])('is refused, and the error names the field: %s = %j', async (path, value, field) => {
		await expect(emailFromItem(await changed(path, value))).rejects.toBeInstanceOf(EmailError);
		await expect(emailFromItem(await changed(path, value))).rejects.toMatchObject({
			code: 'EMAIL_INPUT',
			message: expect.stringContaining(`"${field}"`),
			hint: expect.any(String),
		});
	});

	it('never shows what stands in the field', async () => {
		await expect(emailFromItem(await changed('attachments.0.md5', 'a secret'))).rejects.not.toMatchObject({
			message: expect.stringContaining('secret'),
		});
	});

	it('is read without what it does not have: absent and null are the same', async () => {
		const json = await own();
		for (const key of [
			'references',
			'to',
			'cc',
			'bcc',
			'replyTo',
			'receivedLines',
			'authenticationResults',
			'isMultipart',
			'truncated',
			'size',
		])
			delete json[key];
		const email = await emailFromItem({ ...json, sender: null, subject: null, source: null, html: null, date: null });
		expect(email).toMatchObject({
			references: [],
			to: [],
			receivedLines: [],
			isMultipart: false,
			truncated: false,
			size: 0,
			from: [{ address: 'alice@example.org' }],
		});
		expect([email.subject, email.sender, email.date, codes(email)]).toEqual([undefined, undefined, undefined, []]);
	});

	it('is read without a date that is none, and says so', async () => {
		const email = await emailFromItem(await changed('date', 'yesterday'));
		expect([email.date, codes(email), email.subject]).toEqual([undefined, ['date-invalid'], 'gr=C3=BC=C3=9Fe']);
	});

	it('keeps to the fields of a message', async () => {
		const email = await emailFromItem({
			...(await own()),
			bundle: { type: 'bundle' },
			['__proto__x']: 1,
			toString: 'x',
		});
		expect(Object.keys(email)).not.toContain('bundle');
		expect(Object.keys(email)).not.toContain('toString');
	});
});

describe('an item beyond the limits is read up to them, and says so', () => {
	it('messages inside of each other', async () => {
		let json = await own();
		for (let i = 0; i < 20_000; i++)
			json = {
				...json,
				attachments: [{ partId: '1', contentType: 'message/rfc822', related: false, size: 1, email: json }],
			};
		const email = await emailFromItem(json);
		let depth = 0;
		for (let at: Email | undefined = email; at !== undefined; at = at.attachments[0]?.email) depth++;
		expect([depth, codes(email)]).toEqual([EMAIL_LIMITS.maxDepth + 1, ['too-deep']]);
		expect(() => [
			extractIndicators(email),
			emailToBundle(email),
			reportFromEmail(email, DATED),
			emailToJson(email),
		]).not.toThrow();
	});

	it('messages beside each other, also when they are the same ones again and again', async () => {
		let json = await own();
		for (let i = 0; i < 6; i++)
			json = {
				...json,
				attachments: Array.from({ length: 20 }, () => ({
					partId: '1',
					contentType: 'message/rfc822',
					size: 1,
					email: json,
				})),
			};
		const email = await emailFromItem(json);
		const messages = (one: Email): number =>
			one.attachments.reduce((sum, { email: inner }) => sum + (inner === undefined ? 0 : messages(inner)), 1);
		expect([messages(email), codes(email)]).toEqual([EMAIL_LIMITS.maxParts + 1, ['too-many-parts']]);
	});

	it.each([
		['from', 300_000, { address: 'a@example.org' }, EMAIL_LIMITS.maxAddresses, 'too-many-addresses', false],
		['headers', 300_000, { name: 'X', value: 'y' }, EMAIL_LIMITS.maxHeaderFields, 'too-many-headers', true],
		[
			'parts',
			5_000,
			{ partId: '1', contentType: 'text/plain', size: 1 },
			EMAIL_LIMITS.maxParts,
			'too-many-parts',
			true,
		],
		['attachments', 5_000, { partId: '1', contentType: 'a/b', size: 1 }, EMAIL_LIMITS.maxParts, 'too-many-parts', true],
		['references', 300_000, '<a@example.org>', EMAIL_LIMITS.maxReferences, 'too-many-references', false],
		['warnings', 5_000, { code: 'x', message: 'y' }, EMAIL_LIMITS.maxWarnings, 'too-many-warnings', false],
	] as const)('the list %s', async (key, length, entry, max, code, truncated) => {
		const email = await emailFromItem(
			await changed(
				key,
				Array.from({ length }, () => entry),
			),
		);
		expect([codes(email).includes(code), email.truncated]).toEqual([true, truncated]);
		expect(email[key].filter((one) => typeof one !== 'object' || !('code' in one) || one.code === 'x')).toHaveLength(
			max,
		);
	});

	it('texts, without the half of a character', async () => {
		const email = await emailFromItem({
			...(await own()),
			subject: `x${'𝐠'.repeat(EMAIL_LIMITS.maxHeaderBytes)}`,
			text: `x${'𝐠'.repeat(EMAIL_LIMITS.maxTextBytes / 2)}`,
		});
		expect([email.truncated, codes(email)]).toEqual([true, ['header-too-large', 'text-too-large']]);
		expect([email.subject!.length, email.text!.length]).toEqual([
			EMAIL_LIMITS.maxHeaderBytes - 1,
			EMAIL_LIMITS.maxTextBytes - 1,
		]);
		expect([email.subject, email.text].filter((one) => /[\ud800-\udbff]$/.test(one!))).toEqual([]);
	});
});

describe('an item of another node beyond the limits is read up to them, and says so', () => {
	const long = 'x'.repeat(900);
	const names = Array.from({ length: 4_000 }, (_, i) => `X-${i}`);
	const size = (email: Email): number =>
		email.headers.reduce((sum, { name, value }) => sum + name.length + value.length, 0);

	it.each([
		[
			'Gmail and IMAP resolved',
			{ text: 'x', headers: Object.fromEntries(names.map((name) => [name, `${name}: ${long}`])) },
		],
		['Gmail API', { payload: { headers: names.map((name) => ({ name, value: long })), mimeType: 'text/plain' } }],
		['Outlook', { bodyPreview: 'x', internetMessageHeaders: names.map((name) => ({ name, value: long })) }],
		['IMAP simple', { textPlain: 'x', metadata: Object.fromEntries(names.map((name) => [name, long])) }],
		['Gmail simplified', { id: '1', threadId: '1', snippet: 'x', Subject: long.repeat(4_000) }],
	])('bytes of header fields: %s', async (_, json) => {
		const email = await emailFromItem(json);
		expect([email.truncated, codes(email)]).toEqual([true, expect.arrayContaining(['partial', 'header-too-large'])]);
		expect(size(email)).toBeLessThanOrEqual(EMAIL_LIMITS.maxHeaderBytes);
		expect(size(email)).toBeGreaterThan(EMAIL_LIMITS.maxHeaderBytes / 2);
		expect(size(await emailFromItem(json, undefined, { parse: { maxHeaderBytes: 5_000 } }))).toBeLessThanOrEqual(5_000);
	});

	it('number of header fields', async () => {
		const headers = Array.from({ length: 6_000 }, (_, i) => ({ name: `X-${i}`, value: 'y' }));
		const email = await emailFromItem({ bodyPreview: 'x', internetMessageHeaders: headers });
		expect([email.headers.length, email.truncated, codes(email)]).toEqual([
			EMAIL_LIMITS.maxHeaderFields,
			true,
			['partial', 'too-many-headers'],
		]);
	});

	it('a subject that stands beside the header', async () => {
		const email = await emailFromItem({ bodyPreview: 'x', subject: 'x'.repeat(2_000_000) });
		expect([email.subject!.length, email.truncated, codes(email)]).toEqual([
			EMAIL_LIMITS.maxHeaderBytes,
			true,
			['partial', 'header-too-large'],
		]);
	});

	it.each([
		['a list', Array.from({ length: 300_000 }, (_, i) => ({ emailAddress: { address: `u${i}@example.com` } }))],
		['one text', Array.from({ length: 20_000 }, (_, i) => `u${i}@example.com`).join(', ')],
		[
			'lists inside of lists',
			Array.from({ length: 300 }, () => Array.from({ length: 300 }, () => ['a@example.com', 'b@example.com'])),
		],
	])('recipients: %s', async (_, toRecipients) => {
		const email = await emailFromItem({ bodyPreview: 'x', toRecipients });
		expect([email.to.length, codes(email)]).toEqual([EMAIL_LIMITS.maxAddresses, ['too-many-addresses', 'partial']]);
	});

	it('text and HTML', async () => {
		for (const json of [
			{ bodyPreview: '𝐠'.repeat(100), receivedDateTime: 'x' },
			{ text: 'x', html: '𝐠'.repeat(100), headers: { from: 'From: a@example.org' } },
		]) {
			const email = await emailFromItem(json, undefined, { parse: { maxTextBytes: 99 } });
			expect([email.truncated, codes(email).includes('text-too-large')]).toEqual([true, true]);
			expect((email.html ?? email.text)!).toBe('𝐠'.repeat(49));
		}
	});

	it('parts of the Gmail API', async () => {
		const part = { mimeType: 'text/plain', body: { data: Buffer.from('x').toString('base64url') } };
		const email = await emailFromItem({
			payload: {
				headers: [{ name: 'From', value: 'a@example.org' }],
				parts: Array.from({ length: 200_000 }, () => part),
			},
		});
		expect([email.truncated, codes(email), email.text!.length < 2 * EMAIL_LIMITS.maxParts]).toEqual([
			true,
			['too-many-parts', 'partial'],
			true,
		]);
	});

	it('messages inside of a message that is attached as a file', async () => {
		let mail = crlf('From: a@example.org\nSubject: innermost\n\nx');
		for (let i = 0; i < EMAIL_LIMITS.maxDepth + 2; i++)
			mail = Buffer.concat([crlf('From: a@example.org\nContent-Type: message/rfc822\n\n'), mail]);
		const files: BinaryReader = {
			keys: ['attachment_0'],
			info: () => ({ fileName: 'a.eml' }),
			read: async () => mail,
		};
		const item = { bodyPreview: 'x', subject: 's', id: 'a' };
		for (const maxDepth of [EMAIL_LIMITS.maxDepth, 3, 1, 0]) {
			const email = await emailFromItem(item, files, { parse: { maxDepth } });
			let depth = 0;
			for (let at = email.attachments[0]?.email; at !== undefined; at = at.attachments[0]?.email) depth++;
			expect([depth, codes(email)]).toEqual([maxDepth, expect.arrayContaining(['too-deep'])]);
			const again = emailFromJson(JSON.parse(JSON.stringify(emailToJson(email))) as Json, { maxDepth });
			expect(emailToJson(again)).toEqual(emailToJson(email));
		}
	});

	it('attachments', async () => {
		const files: BinaryReader = {
			keys: Array.from({ length: 30 }, (_, i) => `attachment_${i}`),
			info: () => ({ fileName: 'a.txt' }),
			read: async () => Buffer.from('x'),
		};
		const email = await emailFromItem({ bodyPreview: 'x', subject: 's', id: 'a' }, files, { parse: { maxParts: 10 } });
		expect([email.attachments.length, email.truncated, codes(email)]).toEqual([
			10,
			true,
			['partial', 'too-many-parts'],
		]);
		let now = 0;
		const slow = await emailFromItem({ bodyPreview: 'x', subject: 's', id: 'a' }, files, {
			parse: { maxMilliseconds: 5, now: () => now++ },
		});
		expect([slow.attachments.length, slow.truncated, codes(slow)]).toEqual([5, true, ['partial', 'too-slow']]);
	});

	it('a body without header that was cut', async () => {
		const email = await emailFromItem({ raw: 'Just a text.\r\n'.repeat(100) }, undefined, {
			parse: { maxTextBytes: 100 },
		});
		expect([email.truncated, codes(email)]).toEqual([true, ['partial', 'text-too-large']]);
	});
});

describe('whatever stands in an item', () => {
	const odd = fc.oneof(
		fc.jsonValue({ maxDepth: 3 }),
		fc.constantFrom(
			null,
			[],
			{},
			[null],
			'',
			'constructor',
			'__proto__',
			{ constructor: 1 },
			{ toString: null, valueOf: 1 },
			1e308,
			-1,
			0.5,
			'\ud800',
			[[[[]]]],
			true,
		),
	);
	/** Where to change: the choices on the way down. */
	const changes = fc.array(
		fc.record({ way: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), value: odd, remove: fc.boolean() }),
		{ minLength: 1, maxLength: 4 },
	);

	const person = { emailAddress: { address: 'a@example.org', name: 'A' } };
	const part = { mimeType: 'text/plain', filename: '', body: { data: 'eA' } };
	const FOREIGN: Json[] = [
		{
			id: '1',
			threadId: 't',
			internalDate: '1777968672000',
			payload: {
				mimeType: 'multipart/mixed',
				headers: [{ name: 'From', value: 'a@example.org' }],
				parts: [part, { mimeType: 'multipart/alternative', parts: [part] }],
			},
		},
		{
			id: '18f0',
			threadId: 't',
			labelIds: ['INBOX'],
			headers: { from: 'From: a@example.org' },
			text: 'x',
			html: '<p>',
			from: { value: [{ address: 'a@example.org', name: 'A' }] },
		},
		{
			id: 'AAMk',
			subject: 'S',
			receivedDateTime: '2026-05-05T08:12:00Z',
			from: person,
			toRecipients: [person],
			internetMessageHeaders: [{ name: 'X', value: 'y' }],
			body: { contentType: 'html', content: '<p>' },
		},
		{
			textPlain: 'x',
			from: 'a@example.org',
			metadata: { to: 'b@example.com', received: ['x', 'y'] },
			attributes: { uid: 3 },
			date: 'x',
		},
		{ from: { address: 'a@example.org' }, subject: 'S', text: 'x', source: { kind: 'imap', uid: 5 }, raw: 'eA==' },
	];

	function change(json: Json, list: { way: number[]; value: unknown; remove: boolean }[]): void {
		for (const { way, value, remove } of list) {
			let at: Json = json;
			for (const [i, choice] of way.entries()) {
				const keys = Object.keys(at);
				const key = keys[choice % Math.max(keys.length, 1)];
				if (key === undefined) break;
				const next = at[key];
				if (i < way.length - 1 && typeof next === 'object' && next !== null) {
					at = next as Json;
					continue;
				}
				if (remove) delete at[key];
				else at[key] = value;
				break;
			}
		}
	}

	it('it is read or refused by an error of this pack, and what was read can be worked with', async () => {
		const samples = [await own(), ...FOREIGN];
		let read = 0;
		await fc.assert(
			fc.asyncProperty(fc.nat(), changes, async (which, list) => {
				// Half of them are items of this pack.
				const json = structuredClone(which % 2 === 0 ? samples[0]! : samples[which % samples.length]!);
				change(json, list);
				let email: Email;
				try {
					email = await emailFromItem(json);
				} catch (error) {
					expect(error).toBeInstanceOf(EmailError);
					return;
				}
				read++;
				const indicators = extractIndicators(email);
				emailToBundle(email, { indicators });
				reportFromEmail(email, DATED);
				expect(emailToJson(emailFromJson(emailToJson(email)))).toEqual(emailToJson(email));
			}),
			{ numRuns: 2_000 },
		);
		expect(read).toBeGreaterThan(500);
	});
});

it('leaves out what others wrote into the list of warnings, which travels with the message', async () => {
	const json = {
		sha256: '',
		headers: [],
		parts: [],
		attachments: [],
		from: [],
		warnings: [null, 7, 'late', { code: {} }, { code: 'partial', message: 'Only a part.' }],
	};
	expect((await emailFromItem(json)).warnings).toEqual([{ code: 'partial', message: 'Only a part.' }]);
});

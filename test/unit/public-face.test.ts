import { Readable } from 'node:stream';
import * as lib from '../../lib';

// What outside callers rely on: names, arguments and shapes. Nothing here may change without a new major version.

const MESSAGE = Buffer.from(
	'From: a@b.example\r\nSubject: Hello\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\n\r\nhxxp://evil[.]example[.]net/x\r\n',
);

it.each([
	'parseEmail',
	'emailFromItem',
	'extractIndicators',
	'refang',
	'unwrapUrl',
	'stixId',
	'emailToBundle',
	'parsePattern',
	'printPattern',
	'buildPattern',
	'matchPattern',
	'planHunt',
	'translatePattern',
	'esaRowsToBundle',
	'reportFromEmail',
	'ImapMailbox',
	'GraphMailbox',
	'EsaClient',
	'OpenCtiClient',
] as const)('%s is exported', (name) => {
	expect(typeof lib[name]).toBe('function');
});

it('parseEmail takes a Buffer or a stream', async () => {
	const fromBuffer = await lib.parseEmail(MESSAGE);
	const fromStream = await lib.parseEmail(Readable.from([MESSAGE]), { keepRawBytes: MESSAGE.length });
	expect(fromStream).toEqual(fromBuffer);
	expect(fromBuffer).toMatchObject({ subject: 'Hello', from: [{ address: 'a@b.example' }], truncated: false });
});

it('emailFromItem takes JSON and a reader of binary data', async () => {
	const reader = { keys: ['data'], info: () => ({ mimeType: 'message/rfc822' }), read: async () => MESSAGE };
	expect((await lib.emailFromItem({}, reader)).subject).toBe('Hello');
});

it('extractIndicators takes an Email, or text and html', async () => {
	const email = await lib.parseEmail(MESSAGE);
	const values = (found: lib.Indicator[]) =>
		found.filter(({ type }) => type === 'url').map(({ value, defanged }) => [value, defanged]);
	expect(values(lib.extractIndicators(email))).toEqual([['http://evil.example.net/x', true]]);
	expect(values(lib.extractIndicators({ text: 'hxxp://evil[.]example[.]net/x' }))).toEqual([
		['http://evil.example.net/x', true],
	]);
	expect(lib.refang('evil[.]example[.]net')).toBe('evil.example.net');
	expect(lib.unwrapUrl('https://www.google.com/url?q=https://evil.example.net/')).toMatchObject({
		url: 'https://evil.example.net/',
		wrappers: ['https://www.google.com/url?q=https://evil.example.net/'],
	});
});

it('stixId, emailToBundle and reportFromEmail give what the standards and the platform compute', async () => {
	const email = await lib.parseEmail(MESSAGE);
	expect(lib.stixId('email-addr', { value: 'jdoe@example.com' })).toBe(
		'email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171',
	);
	const report = lib.reportFromEmail(email);
	const bundle = lib.emailToBundle(email);
	expect(report.standardId).toBe(lib.stixId('report', { name: 'Hello', published: '2024-01-01T00:00:00.000Z' }));
	expect(bundle.objects.map(({ id }) => id)).toContain(report.standardId);
});

it('patterns are parsed, printed, built and matched', () => {
	const pattern = lib.parsePattern("[url:value='http://evil.example.net/x']");
	expect(lib.printPattern(pattern)).toBe("[url:value = 'http://evil.example.net/x']");
	expect(lib.buildPattern(lib.extractIndicators({ text: '198.51.100.7' }))).toBe("[ipv4-addr:value = '198.51.100.7']");
	const value = 'http://evil.example.net/x';
	const bundle = {
		type: 'bundle',
		id: 'bundle--1',
		objects: [{ type: 'url', id: lib.stixId('url', { value }), value }],
	};
	for (const form of [pattern, lib.printPattern(pattern)]) {
		expect(lib.matchPattern(form, bundle as never)).toEqual({ matched: true, observations: [expect.any(String)] });
	}
});

it('hunts are planned and translated, rows become bundles', () => {
	const pattern =
		"[email-message:sender_ref.value = 'a@b.example'] START t'2023-08-29T10:00:00Z' STOP t'2023-08-29T21:00:00Z'";
	const query =
		'envelopeSenderfilterOperator=is&envelopeSenderfilterValue=a@b.example&startDate=2023-08-29T10:00:00.000Z&endDate=2023-08-29T21:00:00.000Z';
	expect(lib.translatePattern(pattern)).toEqual([query]);
	const plan = lib.planHunt("[email-message:sender_ref.value = 'a@b.example']", {
		now: new Date('2026-01-01T00:00:00Z'),
		timeRangeMinutes: 10,
	});
	expect(plan.queries).toEqual([
		'envelopeSenderfilterOperator=is&envelopeSenderfilterValue=a@b.example&startDate=2025-12-31T23:50:00.000Z&endDate=2026-01-01T00:00:00.000Z',
	]);
	const row = {
		attributes: { sender: 'a@b.example', timestamp: '29 Aug 2023 12:00:00 (GMT +00:00)', mid: [1], subject: 'x' },
	};
	expect(lib.esaRowsToBundle([row] as never).type).toBe('bundle');
	expect(lib.esaRowsToBundle([row] as never, { stixVersion: '2.0' })).toMatchObject({
		type: 'bundle',
		spec_version: '2.0',
	});
});

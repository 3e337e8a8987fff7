import { failureOf, failureWarning } from '../../../lib/email';

const record = {
	id: 'eed40f4d74c0be27:1:2',
	source: { kind: 'imap', mailbox: 'analyst@example.com', folder: 'INBOX', uid: 2, uidValidity: '1' },
	size: 288,
	truncated: true,
	failure: {
		code: 'MAILBOX_UNAVAILABLE',
		message: 'The server reports an internal error.',
		attempts: 1,
		retryAt: '2026-11-26T07:12:15.809Z',
	},
};
const file = (fileName: string, mimeType = 'application/octet-stream', key = 'data') => ({
	keys: [key],
	info: () => ({ fileName, mimeType }),
});

const FULL = { sha256: '', headers: [], parts: [], attachments: [], from: [], warnings: [] };

describe('the record of a message that could not be fetched', () => {
	it('is known by its shape, before and after a way through JSON', () => {
		const expected = {
			code: 'MAILBOX_UNAVAILABLE',
			message: 'The server reports an internal error.',
			retryAt: new Date('2026-11-26T07:12:15.809Z'),
		};
		expect(failureOf(record)).toEqual(expected);
		const live = { ...record, failure: { ...record.failure, retryAt: new Date(record.failure.retryAt) } };
		expect(failureOf(live)).toEqual(expected);
		expect(failureOf(JSON.parse(JSON.stringify(live)) as Record<string, unknown>)).toEqual(expected);
	});

	it('is one also with headers that came in place of the message, and behind a node that passed it on', () => {
		expect(failureOf({ ...record, subject: 'broken', headers: [], from: [] })).toBeDefined();
		expect(failureOf({ ...record, complete: false, warnings: [failureWarning(failureOf(record)!)] })).toBeDefined();
		expect(failureOf(record, file('chart.png', 'image/png'))).toBeDefined();
		expect(failureOf(record, file('attached.eml', 'message/rfc822', 'attachment_0'))).toBeDefined();
		const full = { ...record, sha256: '', warnings: [], subject: 'broken', headers: [], from: [], text: '' };
		expect(failureOf({ ...full, parts: [{ text: '' }], attachments: [{ size: 0 }] })).toBeDefined();
		expect(failureOf({ ...record, subject: 'broken', from: 'a@example.org', to: [], attachments: [] })).toBeDefined();
		const { folder: _folder, uid: _uid, ...graph } = { ...record.source, kind: 'graph', graphId: 'AAMk' };
		expect(failureOf({ ...record, source: graph })).toBeDefined();
	});

	it('is one without a failure when nothing of a message is there', () => {
		const { failure: _failure, ...empty } = record;
		expect(failureOf(empty)).toMatchObject({ code: 'EMAIL_EMPTY' });
		expect(failureOf({ ...empty, failure: undefined })).toMatchObject({ code: 'EMAIL_EMPTY' });
		expect(failureOf({ ...empty, subject: 'x' })).toBeUndefined();
		expect(failureOf({ ...empty, truncated: false })).toBeUndefined();
	});

	it.each([
		['nothing', {}],
		['a failure of something else', { failure: record.failure }],
		['a failure without a code', { ...record, failure: { message: 'x' } }],
		['a failure that is a text', { ...record, failure: 'x' }],
		['a failure that is null', { ...record, failure: null }],
		['no id', { ...record, id: undefined }],
		['a source of no kind', { ...record, source: { uid: 1 } }],
		['a source of any kind', { ...record, source: { ...record.source, kind: 'whatever' } }],
		['a source without a place', { ...record, source: { kind: 'imap' } }],
		['a source of another shape', { ...record, source: { ...record.source, uid: 'two' } }],
		['a text', { ...record, from: 'a@example.org', subject: 'S', text: 'Read me' }],
		['a body', { ...record, body: 'Read me' }],
		['a body of Graph', { ...record, body: { contentType: 'text', content: 'Read me' } }],
		['HTML of n8n', { ...record, metadata: {}, textHtml: '<p>Read me</p>' }],
		['a raw message', { ...record, raw: 'RnJvbTogYUBleGFtcGxlLm9yZw==' }],
		['a raw message beside an empty record', { ...record, failure: undefined, raw: 'RnJvbTogYUBleGFtcGxlLm9yZw==' }],
		['a message of the Gmail API', { ...record, payload: { headers: [{ name: 'From', value: 'a@example.org' }] } }],
		['a message that Email to STIX carries on', { ...record, email: { ...FULL, text: 'Read me' } }],
		['a message as JSON, with a text', { ...record, ...FULL, text: 'Read me' }],
		['a message as JSON, with a part', { ...record, ...FULL, parts: [{ text: 'Read me' }] }],
		['a message as JSON, with a file', { ...record, ...FULL, attachments: [{ size: 5 }] }],
	])('is not: %s', (_name, json) => {
		expect(failureOf(json)).toBeUndefined();
	});

	it.each([
		['as the triggers hand it over', { keys: ['email'], info: () => ({}) }],
		['by its type', file('x', 'message/rfc822')],
		['by its name', file('mail.EML')],
		['of Outlook', file('mail.msg')],
		['fetched meanwhile, as bytes', file('', 'application/octet-stream')],
		['fetched meanwhile, as text', file('', 'text/plain')],
	])('is none when the message is in the item (%s)', (_name, binary) => {
		expect(failureOf(record, binary)).toBeUndefined();
	});
});

describe('its warning', () => {
	it('says that the message is missing, why, when it is tried again, and how to get it', () => {
		expect(failureWarning(failureOf(record)!)).toEqual({
			code: 'message-not-fetched',
			message:
				'The message could not be fetched: The server reports an internal error (MAILBOX_UNAVAILABLE). ' +
				'The trigger tries again after 2026-11-26T07:12:15.809Z; it then outputs the message as a separate item. ' +
				'Get it with the Mailbox Reader node (Get, From Input Item).',
		});
		expect(failureWarning({ code: 'MAILBOX_PROTOCOL', message: 'Given up' }).message).not.toContain('tries again');
	});

	it('stays short, however much a server says', () => {
		expect(failureWarning({ code: 'X', message: 'a '.repeat(1_000_000) }).message.length).toBeLessThan(1_000);
	});
});

import { parseEmail } from '../../../lib/email';
import { firstLook, type FirstLookOptions } from '../../../lib/firstLook';

const look = async (header: string, options?: FirstLookOptions) =>
	firstLook(await parseEmail(Buffer.from(`${header.trim()}\n\nText\n`.replace(/\n/g, '\r\n'))), options);
const differences = async (header: string) =>
	(await look(header)).senders.differences.map(({ code, other }) => `${code} ${other ?? ''}`.trim());

describe('the way of a message', () => {
	const HEADER = `
Received: from mx.corp.example (mx.corp.example [10.0.0.5]) by mail.corp.example with ESMTPS id 3; Fri, 20 Nov 2026 08:05:00 +0000
Received: from relay.sender.example (relay.sender.example [203.0.113.9]) by mx.corp.example with ESMTPS id 2 for <jane@corp.example>; Fri, 20 Nov 2026 08:01:00 +0000
Received: from [192.168.1.7] (host.dsl.example [198.51.100.4]) by relay.sender.example with ESMTPA id 1; Fri, 20 Nov 2026 08:01:30 +0000
From: a@sender.example`;

	it('is told from the sender to oneself, with delays and where it came in', async () => {
		const { hops, origin, seconds } = await look(HEADER);
		expect(hops.map(({ by, delaySeconds, place }) => [by, delaySeconds, place])).toEqual([
			['relay.sender.example', undefined, 'unproven'],
			// Its clock is half a minute behind.
			['mx.corp.example', -30, 'foreign'],
			['mail.corp.example', 240, 'own'],
		]);
		expect(origin).toEqual({
			from: 'relay.sender.example',
			helo: 'relay.sender.example',
			address: '203.0.113.9',
			by: 'mx.corp.example',
			protocol: 'ESMTPS',
			tls: true,
			recipient: 'jane@corp.example',
			at: '2026-11-20T08:01:00.000Z',
			delaySeconds: -30,
			place: 'foreign',
		});
		expect(seconds).toBe(210);
	});

	it('begins further out when one’s own relays are known', async () => {
		const { origin } = await look(HEADER, { trustedRelays: ['203.0.113.0/24'] });
		expect(origin).toMatchObject({ address: '192.168.1.7', place: 'foreign' });
	});

	it('is empty where no server wrote anything', async () => {
		expect(await look('From: a@sender.example')).toMatchObject({ hops: [], authentication: { verdict: 'unknown' } });
	});

	it('of ten thousand fields is cut, and does not take long', async () => {
		const line = 'Received: from a (a [203.0.113.9]) by b; Fri, 20 Nov 2026 08:01:00 +0000\n';
		expect((await look(`${line.repeat(4_900)}From: a@b.example`)).hops).toHaveLength(200);
	});
});

describe('those whom a message names as its sender', () => {
	it('are compared with From', async () => {
		expect(
			await differences(`
Return-Path: <bounce@bulk.example>
From: "service@bank.example" <info@sender.example>
Sender: other@elsewhere.example
Reply-To: money@free.example
Message-ID: <1@host.example>`),
		).toEqual([
			'reply-to-elsewhere money@free.example',
			'return-path-elsewhere bounce@bulk.example',
			'sender-elsewhere other@elsewhere.example',
			'message-id-elsewhere 1@host.example',
			'name-is-other-address service@bank.example',
		]);
	});

	it('are alike within one organisation', async () => {
		expect(
			await differences(`
Return-Path: <bounce@mail.sender.co.uk>
From: Sender Ltd. <info@sender.co.uk>
Reply-To: Support <support@help.sender.co.uk>
Message-ID: <1@mx.sender.co.uk>`),
		).toEqual([]);
	});

	it('show another domain in a name', async () => {
		expect(await differences('From: "paypal.com Service" <a@sender.example>')).toEqual([
			'name-is-other-domain paypal.com',
		]);
		expect(await differences('From: "Dr. med. A. Example" <a@sender.example>')).toEqual([]);
	});

	it('are several, or none', async () => {
		expect(await differences('From: a@sender.example, b@other.example')).toEqual(['several-from b@other.example']);
		expect(await differences('Subject: x')).toEqual(['from-missing']);
		expect(await differences('From: Sender (<a@sender.example>)')).toContain('from-misplaced');
	});
});

describe('marks of lists and machines', () => {
	it.each([
		['Auto-Submitted: auto-replied (vacation)', 'auto-reply'],
		['Auto-Submitted: auto-generated', 'auto-generated'],
		['Auto-Submitted: no', undefined],
		['Precedence: auto_reply', 'auto-reply'],
		['X-Autoreply: yes', 'auto-reply'],
		['Precedence: bulk', 'bulk'],
		['Return-Path: <>', 'auto-generated'],
		['Content-Type: multipart/report; report-type=delivery-status; boundary=x', 'bounce'],
		['Content-Type: multipart/report; report-type=disposition-notification; boundary=x', 'receipt'],
		['Content-Type: multipart/report; report-type=feedback-report; boundary=x', undefined],
		['X-Mailer: Outlook', undefined],
	])('%s: %s', async (field, kind) => {
		expect((await look(`${field}\nFrom: a@sender.example`)).marks.automatic).toBe(kind);
	});

	it.each(['MAILER-DAEMON@mx.example', 'no-reply@sender.example', 'list-request@sender.example'])(
		'%s is no person',
		async (address) => {
			expect((await look(`From: ${address}`)).marks.automatic).toBe('auto-generated');
		},
	);

	it('names the list', async () => {
		const { marks } = await look(
			'List-Id: Threats <threats.list.example>\nList-Unsubscribe: <mailto:x@list.example>\nPrecedence: list\nFrom: a@sender.example',
		);
		expect(marks).toEqual({ listId: 'threats.list.example', unsubscribe: true, precedence: 'list' });
	});
});

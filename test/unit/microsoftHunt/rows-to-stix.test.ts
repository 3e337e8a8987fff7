import fc from 'fast-check';
import { deliveryOf, microsoftRowsToBundle, withOverviewOf, type MicrosoftHuntRow } from '../../../lib/microsoftHunt';
import { matchPattern } from '../../../lib/pattern';
import { hasSchemas, schemaProblemsOf } from '../stix/schemas';

type Properties = Record<string, unknown>;

const DEFENDER: MicrosoftHuntRow = {
	attributes: {
		Timestamp: '2026-10-01T08:00:01.7688641Z',
		NetworkMessageId: '8f6a1f6e-0000-4000-8000-000000000001',
		InternetMessageId: '<1@evil.example>',
		RecipientEmailAddress: 'ann@soc.example.org',
		SenderFromAddress: 'eve@evil.example',
		SenderMailFromAddress: 'bounce@mail.evil.example',
		SenderDisplayName: 'Eve',
		SenderFromDomain: 'evil.example',
		SenderMailFromDomain: 'mail.evil.example',
		SenderIPv4: '192.0.2.1',
		SenderIPv6: '',
		Subject: 'Invoice 17',
		EmailDirection: 'Inbound',
		EmailClusterId: '123456789012345678',
		AuthenticationDetails: '{"SPF":"fail"}',
		DeliveryAction: '["Delivered"]',
		DeliveryLocation: '["Inbox/Folder"]',
		LatestDeliveryAction: '["ZAP"]',
		LatestDeliveryLocation: '["Quarantine"]',
		ThreatTypes: '["Phish, Spam"]',
		ThreatNames: '[""]',
		Urls: '[{"Url":"https://evil.example/a","UrlDomain":"evil.example","UrlLocation":"QRCode"}]',
		Attachments: `[{"FileName":"a.pdf","FileType":"pdf","SHA256":"${'a'.repeat(64)}","FileSize":10}]`,
		Clicks: [
			{
				Timestamp: '2026-10-01T09:00:00Z',
				AccountUpn: 'ann@soc.example.org',
				Url: 'https://evil.example/a',
				ActionType: 'ClickAllowed',
				IPAddress: '203.0.113.9',
				IsClickedThrough: 1,
			},
		],
		PostDelivery: [
			{ Timestamp: '2026-10-01T10:00:00Z', ActionType: 'Phish ZAP', Action: 'Moved', ActionResult: 'Success' },
		],
	},
};
const TRACE: MicrosoftHuntRow = {
	attributes: {
		id: '8f6a1f6e-0000-4000-8000-000000000002',
		senderAddress: 'eve@evil.example',
		recipientAddress: 'ann@soc.example.org',
		messageId: '<2@evil.example>',
		receivedDateTime: '2026-10-01T08:00:01Z',
		subject: 'Invoice 17',
		size: 45_678,
		fromIP: '2001:db8::1',
		toIP: '',
		status: 'delivered',
	},
};
const also = (row: MicrosoftHuntRow, changes: Properties): MicrosoftHuntRow => ({
	attributes: { ...row.attributes, ...changes },
});
const objectsOf = (rows: MicrosoftHuntRow[], options = {}): Properties[] =>
	microsoftRowsToBundle(rows, options).objects;
const messageOf = (rows: MicrosoftHuntRow[], options = {}): Properties =>
	objectsOf(rows, options).find(({ type }) => type === 'email-message')!;

it('a row of Defender becomes a message with all that is known of it', () => {
	const objects = objectsOf([DEFENDER], { people: 'clicks' });
	const byId = new Map(objects.map((object) => [object.id, object]));
	const message = messageOf([DEFENDER], { people: 'clicks' });
	const valuesOf = (property: string) =>
		[message[property]].flat().map((id) => byId.get(id)?.value ?? byId.get(id)?.name);
	expect(valuesOf('from_ref')).toEqual(['eve@evil.example']);
	expect(valuesOf('sender_ref')).toEqual(['bounce@mail.evil.example']);
	expect(valuesOf('to_refs')).toEqual(['ann@soc.example.org']);
	expect(valuesOf('x_url_refs')).toEqual(['https://evil.example/a']);
	expect(valuesOf('x_file_refs')).toEqual(['a.pdf']);
	expect(valuesOf('x_sender_ip_ref')).toEqual(['192.0.2.1']);
	expect(message).toMatchObject({
		subject: 'Invoice 17',
		date: '2026-10-01T08:00:01.768Z',
		message_id: '<1@evil.example>',
		x_direction: 'Inbound',
		x_delivery_actions: ['Delivered'],
		x_latest_delivery_locations: ['Quarantine'],
		x_threat_types: ['Phish', 'Spam'],
		x_qr_code_urls: ['https://evil.example/a'],
		x_clicks: [expect.objectContaining({ account: 'ann@soc.example.org', clickedThrough: true })],
		x_later_actions: [expect.objectContaining({ type: 'Phish ZAP' })],
	});
	expect(message).not.toHaveProperty('x_threat_names');
	expect(byId.get(message.from_ref)).toMatchObject({ display_name: 'Eve' });
});

it('recipients of one message are one message, seen so many times, from the first to the last', () => {
	const rows = [
		DEFENDER,
		also(DEFENDER, { RecipientEmailAddress: 'bob@soc.example.org', Timestamp: '2026-10-01T08:00:05Z', Clicks: [] }),
		also(DEFENDER, { RecipientEmailAddress: 'BOB@soc.example.org' }),
	];
	const objects = objectsOf(rows);
	expect(objects.filter(({ type }) => type === 'email-message')).toHaveLength(1);
	expect(messageOf(rows).to_refs).toHaveLength(2);
	expect(objects.find(({ type }) => type === 'observed-data')).toMatchObject({
		first_observed: '2026-10-01T08:00:01.768Z',
		last_observed: '2026-10-01T08:00:05.000Z',
		number_observed: 2,
	});
	// Whoever is found besides: the message stays the same.
	expect(messageOf(rows).id).toBe(messageOf([DEFENDER]).id);
});

it('a row of message trace becomes one, too', () => {
	expect(messageOf([TRACE])).toMatchObject({
		subject: 'Invoice 17',
		date: '2026-10-01T08:00:01.000Z',
		x_delivery_statuses: ['delivered'],
		x_size: 45_678,
	});
	expect(messageOf([TRACE])).not.toHaveProperty('x_destination_ip');
	expect(objectsOf([TRACE]).map(({ type }) => type)).toEqual(
		expect.arrayContaining(['ipv6-addr', 'domain-name', 'email-addr']),
	);
});

it.each([
	['none', false, false],
	['recipients', true, false],
	['clicks', true, true],
])('people: %s', (people, recipients, clicks) => {
	const text = JSON.stringify(objectsOf([DEFENDER, TRACE], { people }));
	expect(text.includes('ann@soc.example.org')).toBe(recipients);
	expect(text.includes('203.0.113.9')).toBe(clicks);
	expect(messageOf([DEFENDER], { people }).x_click_count).toBe(1);
});

(hasSchemas ? it : it.skip)('OASIS finds no fault in it', () => {
	for (const people of ['none', 'clicks'] as const)
		expect(schemaProblemsOf(microsoftRowsToBundle([DEFENDER, TRACE], { people }).objects)).toEqual([]);
});

it('the pattern that found a row finds it in its bundle', () => {
	const bundle = microsoftRowsToBundle([DEFENDER]);
	for (const pattern of [
		"[url:value = 'https://evil.example/a' AND file:name = 'a.pdf']",
		"[email-message:x_threat_types[*] = 'Phish' AND email-addr:display_name = 'Eve']",
		"[ipv4-addr:value ISSUBSET '192.0.2.0/24']",
	])
		expect(matchPattern(pattern, [...bundle.objects]).matched).toBe(true);
});

it.each([
	['ANN@soc.example.org', 'ClickAllowed', 'clicked'],
	[undefined, 'ClickAllowed', 'clicked'],
	['ann@soc.example.org', 'ClickBlocked', 'click blocked'],
	['bob@soc.example.org', 'ClickAllowed', 'clicked (another account)'],
])('the status of who received it does not say that they clicked when %s did: %s', (AccountUpn, ActionType, said) => {
	const { status } = withOverviewOf(also(DEFENDER, { Clicks: [{ AccountUpn, ActionType }] }), {});
	expect(String(status).split(', ').at(-1)).toBe(said);
});

it('records of which nothing can be read are counted, and no empty objects of STIX', () => {
	const message = messageOf([also(DEFENDER, { Clicks: [{}, { Timestamp: 5 }], PostDelivery: [{}] })], {
		people: 'clicks',
	});
	expect(message.x_click_count).toBe(2);
	expect(message).not.toHaveProperty('x_clicks');
	expect(message).not.toHaveProperty('x_later_actions');
});

it.each([
	[true, true],
	[1, true],
	['1', true],
	[false, false],
	[0, false],
	[{ valueOf: 1, toString: 1 }, false],
	[null, undefined],
])('whether a click went through is read of %j: %s', (IsClickedThrough, clickedThrough) => {
	const row = also(DEFENDER, { Clicks: [{ IsClickedThrough }] });
	expect(deliveryOf(row).clicks).toEqual(clickedThrough === undefined ? [{}] : [{ clickedThrough }]);
});

it('any row gives a bundle, the same for the same rows, without what no database stores', () => {
	const value = fc.oneof(
		fc.string({ unit: 'binary' }),
		fc.constant(null),
		fc.integer(),
		fc.constant([{ Url: '\0' }]),
		fc.constant('[1'),
		fc.object(),
	);
	const row = (base: MicrosoftHuntRow) =>
		fc
			.dictionary(fc.constantFrom(...Object.keys(base.attributes)), value)
			.map((changes) => also(base, { ...changes, NetworkMessageId: base.attributes.NetworkMessageId }));
	fc.assert(
		fc.property(fc.array(fc.oneof(row(DEFENDER), row(TRACE)), { maxLength: 4 }), (rows) => {
			const text = JSON.stringify(microsoftRowsToBundle(rows, { people: 'clicks' }));
			expect(JSON.stringify(microsoftRowsToBundle(rows, { people: 'clicks' }))).toBe(text);
			expect(text).not.toMatch(/\\u0000|\\ud[89a-f]/i);
		}),
	);
});

import fc from 'fast-check';
import { esaRowsToBundle, type EsaRow } from '../../../lib/esa';
import { matchPattern } from '../../../lib/pattern';
import { generateTraffic, rowOf } from '../../lab/esa';
import { GUIDE_ROW, rowWith } from './rows';

type Properties = Record<string, unknown>;
const objectsOf = (rows: EsaRow[]): Properties[] => esaRowsToBundle(rows).objects;
const ofType = (rows: EsaRow[], type: string): Properties[] => objectsOf(rows).filter((object) => object.type === type);

describe('times', () => {
	it.each([
		['29 Aug 2023 10:00:48 (GMT +00:00)', '2023-08-29T10:00:48.000Z'],
		['29 Aug 2023 10:00:48 (GMT)', '2023-08-29T10:00:48.000Z'],
		['29 Aug 2023 10:00:48 (GMT -05:00)', '2023-08-29T15:00:48.000Z'],
		['29 Aug 2023 10:00:48 (GMT-06:00)', '2023-08-29T16:00:48.000Z'],
		['29 Aug 2023 10:00:48 (GMT +05:30)', '2023-08-29T04:30:48.000Z'],
		['1 Jan 2024 00:15:00 (GMT +01:00)', '2023-12-31T23:15:00.000Z'],
		['20 Sep 2022 15:13 (GMT +00:00)', '2022-09-20T15:13:00.000Z'],
	])('%s is %s, seconds and all', (timestamp, expected) => {
		const [observed] = ofType([rowWith({ timestamp })], 'observed-data');
		expect(observed).toMatchObject({ first_observed: expected, last_observed: expected, number_observed: 1 });
		expect(ofType([rowWith({ timestamp })], 'email-message')[0]?.date).toBe(expected);
	});

	it.each(['', 'N/A', '31 Feb 2023 10:00:00 (GMT)', '29 Aug 2023 25:00:00 (GMT)', '2023-08-29', 17, null])(
		'%p is no time: the observables are there, and no observed-data is made up',
		(timestamp) => {
			const rows = [rowWith({ timestamp })];
			expect(ofType(rows, 'observed-data')).toEqual([]);
			expect(ofType(rows, 'email-message')).toHaveLength(2);
		},
	);
});

describe('nothing is lost', () => {
	it('every MID, status and Message-ID has its place', () => {
		const row = rowWith({
			mid: [1, 2, 3],
			messageStatus: { '1': 'Delivered', '3': 'Dropped By Anti-Virus' },
			messageID: { '1': '<a@example.com>', '2': '<b@example.com>' },
			recipientMap: { '1': ['a@example.com'], '2': ['b@example.com'] },
			recipient: ['a@example.com', 'b@example.com', 'c@example.com'],
		});
		const messages = ofType([row], 'email-message');
		expect(messages.map(({ x_cisco_mid, message_id }) => [x_cisco_mid, message_id])).toEqual([
			[1, '<a@example.com>'],
			[2, '<b@example.com>'],
			[3, undefined],
		]);
		expect(
			ofType([row], 'x-cisco-email-msgevent').map(({ message_status, x_cisco_mid }) => [x_cisco_mid, message_status]),
		).toEqual([
			[1, 'Delivered'],
			[3, 'Dropped By Anti-Virus'],
		]);
		expect(messages[0]?.to_refs).toHaveLength(3);
		expect(messages[0]?.x_recipients_of_mid).toEqual(['a@example.com']);
	});

	it('addresses stay as they are: VERP, slashes, display names; what is no address stays as text', () => {
		const row = rowWith({
			sender: 'MAILER-DAEMON',
			friendly_from: ['"Doe, Jo" <jo=x/y@example.com>', 'second@example.com'],
			recipient: ['bounce+id=42=bob@example.net', 'undisclosed recipients'],
			recipientMap: {},
		});
		const [message] = ofType([row], 'email-message');
		expect(ofType([row], 'email-addr').map(({ value }) => value)).toEqual(
			expect.arrayContaining(['jo=x/y@example.com', 'second@example.com', 'bounce+id=42=bob@example.net']),
		);
		expect(message).toMatchObject({
			x_friendly_from: ['"Doe, Jo" <jo=x/y@example.com>', 'second@example.com'],
			x_envelope_sender: 'MAILER-DAEMON',
			x_envelope_recipients: ['bounce+id=42=bob@example.net', 'undisclosed recipients'],
		});
		expect(message).not.toHaveProperty('sender_ref');
	});
});

describe('texts that no database stores', () => {
	it('hold U+FFFD in place of NUL and of half a character, in both versions of STIX', () => {
		const bad = 'a\0\ud800b';
		const rows = [
			rowWith({
				subject: bad,
				sender: `${bad}@example.com`,
				friendly_from: [bad],
				recipient: [bad],
				recipientMap: { 1757: [bad] },
				finalSubject: { 1757: bad },
				messageID: { 1757: bad },
				messageStatus: { 1757: bad },
				mailPolicy: [bad],
				senderDomain: bad,
				senderGroup: bad,
				hostName: bad,
				serialNumber: bad,
				direction: bad,
				replyTo: bad,
				sbrs: bad,
			}),
		];
		for (const bundle of [esaRowsToBundle(rows), esaRowsToBundle(rows, { stixVersion: '2.0' })]) {
			const json = JSON.stringify(bundle);
			expect(json).not.toMatch(/\\u0000|\\ud800/);
			expect(json).toContain('a\uFFFD\uFFFDb');
		}
		const [message] = ofType(rows, 'email-message');
		expect(message?.subject).toBe('a\uFFFD\uFFFDb');
	});
});

describe('nothing is invented', () => {
	it('no address for a bounce, no subject for a placeholder, no score None, no resolution, no parts', () => {
		const row = rowWith({
			sender: '',
			subject: '(No Subject)',
			sbrs: 'None',
			replyTo: 'N/A',
			messageID: {},
			hostName: '',
			senderDomain: '',
		});
		const [message] = ofType([row], 'email-message');
		for (const property of [
			'sender_ref',
			'subject',
			'message_id',
			'x_message_id_header',
			'x_cisco_host_ref',
			'x_sender_domain_ref',
			'body',
			'body_multipart',
		]) {
			expect(message).not.toHaveProperty(property);
		}
		expect(message?.is_multipart).toBe(false);
		const [event] = ofType([row], 'x-cisco-email-msgevent');
		expect(event).not.toHaveProperty('sbrs_score');
		expect(event).not.toHaveProperty('reply_to');
		expect(ofType([row], 'domain-name')).toEqual([]);
		expect(JSON.stringify(objectsOf([GUIDE_ROW]))).not.toContain('resolves_to_refs');
	});

	it('a refused connection is no message', () => {
		const row = {
			attributes: {
				icid: 17,
				messageStatus: 'REJECTED',
				rejected: 'sender group BLOCKED_LIST',
				senderIp: '203.0.113.66',
				serialNumber: 'S',
				timestamp: '29 Aug 2023 10:00:48 (GMT)',
			},
		};
		expect(ofType([row], 'email-message')).toEqual([]);
		expect(ofType([row], 'x-cisco-email-msgevent')).toEqual([
			expect.objectContaining({ message_status: 'REJECTED', x_rejected: 'sender group BLOCKED_LIST' }),
		]);
	});
});

describe('the bundle', () => {
	it('is the same for the same rows, byte for byte, and each row stands in it once', () => {
		const rows = generateTraffic({ count: 50 }).map((message) => rowOf(message, 'esa-14'));
		expect(JSON.stringify(esaRowsToBundle(rows))).toBe(JSON.stringify(esaRowsToBundle(structuredClone(rows))));
		expect(esaRowsToBundle([...rows, ...rows])).toEqual(esaRowsToBundle(rows));
		expect(ofType(rows, 'observed-data')).toHaveLength(50);
	});

	it('two messages of one sender with one subject are two objects', () => {
		const rows = [rowWith({ mid: [1] }), rowWith({ mid: [2] })];
		const ids = ofType(rows, 'email-message').map(({ id }) => id);
		expect(new Set(ids).size).toBe(ids.length);
	});

	it('has no reference that leads nowhere, and each observed-data is connected', () => {
		for (const profile of ['esa-14', 'esa-13', 'sma'] as const) {
			const objects = objectsOf(generateTraffic({ count: 80, seed: 3 }).map((message) => rowOf(message, profile)));
			const byId = new Map(objects.map((object) => [object.id as string, object]));
			expect(byId.size).toBe(objects.length);
			const refsOf = (object: Properties): string[] =>
				Object.entries(object).flatMap(([name, value]) =>
					/_refs?$/.test(name) ? [value as string | string[]].flat() : [],
				);
			for (const object of objects) for (const ref of refsOf(object)) expect(byId.has(ref)).toBe(true);
			for (const observed of objects.filter(({ type }) => type === 'observed-data')) {
				const members = observed.object_refs as string[];
				const reached = new Set<string>();
				const visit = (id: string): void => {
					if (reached.has(id)) return;
					reached.add(id);
					for (const ref of refsOf(byId.get(id) ?? {})) visit(ref);
				};
				visit(members.find((id) => id.startsWith('email-message--')) ?? '');
				expect([...reached].sort()).toEqual([...members].sort());
			}
		}
	});

	it('has standard identifiers for addresses, and leaves custom types out when asked', () => {
		expect(
			ofType([rowWith({ recipient: ['jdoe@example.com'], recipientMap: {} })], 'email-addr').map(({ id }) => id),
		).toContain('email-addr--6deb37bd-12b7-54ae-805f-5f7146f3d171');
		const { objects } = esaRowsToBundle([GUIDE_ROW], { customObjects: false });
		expect(objects.filter(({ type }) => (type as string).startsWith('x-'))).toEqual([]);
		expect(JSON.stringify(objects)).not.toContain('x_msgevent_ref');
	});

	it('is matched by the pattern that finds the row', () => {
		const bundle = esaRowsToBundle([GUIDE_ROW]);
		const pattern =
			"[email-message:sender_ref.value LIKE '%@amazonses.com' AND ipv4-addr:value = '1.1.1.1' AND x-cisco-email-msgevent:message_status = 'Delivered']";
		expect(matchPattern(pattern, bundle).matched).toBe(true);
		expect(matchPattern('[email-message:x_cisco_mid = 1757]', bundle).matched).toBe(true);
	});
});

describe("STIX 2.0 in stix-shifter's shape", () => {
	const bundle = esaRowsToBundle([GUIDE_ROW], { stixVersion: '2.0' });

	it("the guide's row gives the guide's objects under the guide's keys; seconds stay, guesses do not, the second MID follows", () => {
		const observed = bundle.objects[1] as { objects: Properties; first_observed: string };
		expect(bundle.spec_version).toBe('2.0');
		expect(observed.first_observed).toBe('2023-08-29T10:00:48.000Z');
		const first = {
			type: 'email-message',
			x_cisco_host_ref: '0',
			from_ref: '2',
			is_multipart: false,
			x_sender_ip_ref: '4',
			x_sender_group: 'UNKNOWNLIST',
			subject: 'URL - https://www.indianexpress.com',
			x_cisco_mid: 1756,
			x_cisco_icid: 1625,
			date: '2023-08-29T10:00:48.000Z',
			x_message_id_header: '<0100018a404d1371-34997a47-abde-49df-bb90-d6c22aaee8ba-000000@email.amazonses.com>',
			to_refs: ['7'],
			sender_ref: '8',
			x_serial_number: 'EC2CD1D95C273722A23A-CA0C47E74D1B',
		};
		const { x_message_id_header: _, ...second } = { ...first, x_cisco_mid: 1757 };
		expect(observed.objects).toEqual({
			'0': { type: 'x-oca-asset', hostname: 'host' },
			'1': first,
			'2': { type: 'email-addr', value: 'user1@dummydomain.com' },
			'3': {
				type: 'x-cisco-email-msgevent',
				message_status: 'Delivered',
				mail_policy: ['DEFAULT'],
				direction: 'incoming',
				reply_to: '6',
				sbrs_score: '3.5',
			},
			'4': { type: 'ipv4-addr', value: '1.1.1.1' },
			'5': { type: 'domain-name', value: 'amazonses.com' },
			'6': { type: 'email-addr', value: 'user3@dummydomain.com' },
			'7': { type: 'email-addr', value: 'user1@dummydomain.com' },
			'8': { type: 'email-addr', value: '0100018a404d1371-34997a47-abde-49df-bb90-d6c22aaee8ba-000000@amazonses.com' },
			'9': second,
		});
	});

	it('without a host the header From comes first, as in the guide', () => {
		const { objects } = esaRowsToBundle(
			[rowWith({ hostName: '', mid: [1786], messageStatus: { '1786': 'Delivered' }, messageID: {}, recipientMap: {} })],
			{ stixVersion: '2.0' },
		).objects[1] as { objects: Record<string, Properties> };
		expect(Object.entries(objects).map(([key, { type }]) => `${key} ${type as string}`)).toEqual([
			'0 email-addr', '1 email-message', '2 x-cisco-email-msgevent', '3 ipv4-addr', '4 domain-name', '5 email-addr', '6 email-addr', '7 email-addr',
		]); // prettier-ignore
	});
});

/** Values that STIX does not know: null, and lists and dictionaries of nothing. Texts may say `{}`. */
function emptiesOf(value: unknown): unknown[] {
	if (value === null) return [value];
	if (typeof value !== 'object') return [];
	const inner = Object.values(value);
	return inner.length === 0 ? [value] : inner.flatMap(emptiesOf);
}

it('a mail policy that is named {} is no empty value', () => {
	const bundle = esaRowsToBundle([{ attributes: { mailPolicy: ['{}', '[]'] } }]);
	expect(bundle.objects).toContainEqual(expect.objectContaining({ mail_policy: ['{}', '[]'] }));
	expect(emptiesOf(bundle)).toEqual([]);
	expect(emptiesOf({ a: [{ b: null }, {}, []] })).toEqual([null, {}, []]);
});

it('rows of any shape give a bundle, never a crash', () => {
	const keys = Object.keys(GUIDE_ROW.attributes);
	const anyRow = fc.record(
		Object.fromEntries(
			keys.map((key) => [key, fc.oneof(fc.constant(GUIDE_ROW.attributes[key]), fc.jsonValue({ maxDepth: 2 }))]),
		),
		{ requiredKeys: [] },
	);
	fc.assert(
		fc.property(fc.array(anyRow, { maxLength: 3 }), (rows) => {
			for (const stixVersion of ['2.1', '2.0'] as const) {
				const bundle = esaRowsToBundle(
					rows.map((attributes) => ({ attributes })),
					{ stixVersion },
				);
				expect(emptiesOf(JSON.parse(JSON.stringify(bundle)))).toEqual([]);
			}
		}),
	);
});

describe('ids that parsers of OASIS take', () => {
	const VERSION_4 = /--[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
	const profiles = ['esa-14', 'esa-13', 'sma'] as const;
	const trafficOf = (profile: (typeof profiles)[number]) =>
		generateTraffic({ count: 40, seed: 7 }).map((message) => rowOf(message, profile));

	it.each(profiles)('all of STIX 2.0 (%s) are of version 4, and the same on every run', (profile) => {
		const make = () => esaRowsToBundle(trafficOf(profile), { stixVersion: '2.0' });
		const { id, objects } = make();
		const ids = [id, ...objects.flatMap((object) => [object.id, object.created_by_ref ?? object.id])];
		for (const one of ids) expect(one).toMatch(VERSION_4);
		expect(new Set(objects.map((object) => object.id)).size).toBe(objects.length);
		const [identity, ...observed] = objects;
		expect(observed.every(({ created_by_ref: author }) => author === identity!.id)).toBe(true);
		expect(make()).toEqual({ type: 'bundle', id, objects, spec_version: '2.0' });
	});

	it('the identity of STIX 2.0 has a class of its vocabulary', () => {
		const [identity] = esaRowsToBundle([GUIDE_ROW], { stixVersion: '2.0' }).objects;
		expect(identity).toMatchObject({ type: 'identity', name: 'Cisco Secure Email', identity_class: 'unknown' });
	});

	it('a sender domain that is none is left out of STIX 2.0, as it is of 2.1', () => {
		const row = rowWith({ senderDomain: 'not a domain' });
		expect(JSON.stringify(esaRowsToBundle([row], { stixVersion: '2.0' }))).not.toContain('domain-name');
	});

	it.each([
		['with its MID', { mid: [1, 2] }],
		['without a MID', { mid: [] }],
	])('a message that shows neither From nor subject (%s) is of version 4, every other of version 5', (_what, rest) => {
		const nameless = rowWith({
			friendly_from: [],
			sender: '',
			subject: '(No Subject)',
			messageID: {},
			recipientMap: {},
			messageStatus: 'Delivered',
			...rest,
		});
		const ids = ofType([nameless], 'email-message').map(({ id }) => id as string);
		expect(ids.length).toBeGreaterThan(0);
		for (const id of ids) expect(id).toMatch(VERSION_4);
		for (const { id } of ofType([GUIDE_ROW], 'email-message')) expect(id).toMatch(/-5[0-9a-f]{3}-/);
	});
});

import { esaRowsToBundle, type EsaRow } from '../../../lib/esa';

type Properties = Record<string, unknown>;

const UNSTORABLE = /[\0\p{Surrogate}]/u;

/** A mail to n people, which the appliance split into n messages. */
function splintered(n: number, attributes: Properties = {}): EsaRow {
	const mids = Array.from({ length: n }, (_, index) => index + 1);
	return {
		attributes: {
			mid: mids,
			recipient: mids.map((mid) => `u${mid}@example.org`),
			recipientMap: Object.fromEntries(mids.map((mid) => [mid, [`u${mid}@example.org`]])),
			messageStatus: Object.fromEntries(mids.map((mid) => [mid, 'Delivered'])),
			friendly_from: ['Payroll <payroll@example.net>'],
			mailPolicy: ['DEFAULT'],
			sender: 'payroll@example.net',
			subject: 'Invoice',
			timestamp: '10 Oct 2026 10:00:00 (GMT)',
			...attributes,
		},
	};
}

describe.each(['2.1', '2.0'] as const)('rows of an appliance as STIX %s do not multiply', (stixVersion) => {
	it.each<[string, (n: number) => Properties]>([
		['recipients', () => ({})],
		['addresses in From', (n) => ({ friendly_from: Array.from({ length: n }, (_, i) => `Name <f${i}@example.net>`) })],
		['mail policies', (n) => ({ mailPolicy: Array.from({ length: n }, (_, i) => `policy ${i}`) })],
		['characters of a subject', (n) => ({ subject: 'x'.repeat(20 * n) })],
		[
			'recipients that are no addresses',
			(n) => ({ recipient: Array.from({ length: n }, (_, i) => `no address ${i}`) }),
		],
	])('a row of n MIDs and n %s: four times as many make some four times the STIX', (_what, more) => {
		const lengthOf = (n: number) => JSON.stringify(esaRowsToBundle([splintered(n, more(n))], { stixVersion })).length;
		expect(lengthOf(4_000) / lengthOf(1_000)).toBeLessThan(5);
	});
});

it('of a row with very many MIDs the first message says all that they share, and refers to the others', () => {
	const { objects } = esaRowsToBundle([splintered(4_000)]);
	const [first, ...others] = objects.filter(({ type }) => type === 'email-message') as Properties[];
	expect(first).toMatchObject({ subject: 'Invoice', from_ref: expect.stringContaining('email-addr--') });
	expect(first!.to_refs).toHaveLength(4_000);
	expect(first!.x_splintered_refs).toEqual(others.map(({ id }) => id));
	expect(others.at(-1)).toMatchObject({ x_cisco_mid: 4_000, x_recipients_of_mid: ['u4000@example.org'] });
	expect(others.some((other) => 'to_refs' in other)).toBe(false);
});

it('of a row of a usual size each message says all of it', () => {
	const { objects } = esaRowsToBundle([splintered(50)]);
	const messages = objects.filter(({ type }) => type === 'email-message') as Properties[];
	expect(messages).toHaveLength(50);
	for (const message of messages) expect(message).toMatchObject({ subject: 'Invoice', to_refs: { length: 50 } });
});

describe.each(['2.1', '2.0'] as const)(
	'what an appliance wrote is text that can be stored, as STIX %s',
	(stixVersion) => {
		it('half of a character and NUL are U+FFFD, wherever a row has them', () => {
			const bad = 'a\ud800b\0c';
			const texts = Object.fromEntries(
				[
					'friendly_from',
					'sender',
					'replyTo',
					'subject',
					'senderGroup',
					'direction',
					'sbrs',
					'hostName',
					'serialNumber',
					'senderDomain',
					'mailPolicy',
					'recipient',
				].map((name) => [name, bad]),
			);
			const maps = Object.fromEntries(
				['recipientMap', 'finalSubject', 'messageID', 'messageStatus'].map((name) => [name, { 1: bad, 2: bad }]),
			);
			const rows = [{ attributes: { ...texts, ...maps, mid: [1, 2], timestamp: '10 Oct 2026 10:00:00 (GMT)' } }];
			const strings: string[] = [];
			JSON.stringify(esaRowsToBundle(rows, { stixVersion }), (key, value: unknown) => {
				strings.push(key, typeof value === 'string' ? value : '');
				return value;
			});
			expect(strings.filter((text) => UNSTORABLE.test(text))).toEqual([]);
			expect(strings.filter((text) => text.includes('a\ufffdb\ufffdc')).length).toBeGreaterThan(5);
		});
	},
);

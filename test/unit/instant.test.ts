import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { instantOf, isZone } from '../../lib/instant';

const read = (text: string, zone?: string) => {
	const time = instantOf(text, zone);
	return time === undefined ? undefined : new Date(time).toISOString();
};

describe('a time with a zone is that time, whatever the zone around it', () => {
	it.each([
		['2026-11-20T08:00:00Z', '2026-11-20T08:00:00.000Z'],
		['2026-11-20t08:00:00z', '2026-11-20T08:00:00.000Z'],
		['2026-11-20T08:00:00.123456789Z', '2026-11-20T08:00:00.123Z'],
		['2026-11-20T08:00:00,5+01:00', '2026-11-20T07:00:00.500Z'],
		['2026-11-20T08:00:00+0530', '2026-11-20T02:30:00.000Z'],
		['2026-11-20T08:00-05', '2026-11-20T13:00:00.000Z'],
		['2026-11-20 08:00:00 +01:00', '2026-11-20T07:00:00.000Z'],
		[' 2026-11-20T08:00Z ', '2026-11-20T08:00:00.000Z'],
		['2024-02-29T23:59:60Z', '2024-03-01T00:00:00.000Z'],
		['0050-01-01T00:00:00Z', '0050-01-01T00:00:00.000Z'],
		['Fri, 20 Nov 2026 08:00:00 +0100', '2026-11-20T07:00:00.000Z'],
		['Fri, 20 Nov 2026 08:00:00 +0100 (CET)', '2026-11-20T07:00:00.000Z'],
		['20 Nov 2026 08:00 GMT', '2026-11-20T08:00:00.000Z'],
	])('%s', (text, time) => {
		for (const zone of [undefined, 'Asia/Kathmandu', 'America/Los_Angeles']) expect(read(text, zone)).toBe(time);
	});
});

describe('a time without a zone is what the clocks of the zone show', () => {
	it.each([
		// n8n's date picker writes this form.
		['2026-11-20T10:00:00', 'Europe/Berlin', '2026-11-20T09:00:00.000Z'],
		['2026-07-20T10:00:00', 'Europe/Berlin', '2026-07-20T08:00:00.000Z'],
		['2026-11-20 10:00', 'Europe/Berlin', '2026-11-20T09:00:00.000Z'],
		['2026-11-20', 'Europe/Berlin', '2026-11-19T23:00:00.000Z'],
		['2026-11-20', 'Pacific/Kiritimati', '2026-11-19T10:00:00.000Z'],
		['2026-11-20T10:00:00', 'America/Los_Angeles', '2026-11-20T18:00:00.000Z'],
		['2026-11-20T10:00:00.25', 'Asia/Kathmandu', '2026-11-20T04:15:00.250Z'],
		['2026-11-20T10:00:00', '+02:00', '2026-11-20T08:00:00.000Z'],
		['2026-11-20T10:00:00', undefined, '2026-11-20T10:00:00.000Z'],
		// Liberia kept the time of its capital, to the second, until 1972.
		['1900-01-01T00:00:00', 'Africa/Monrovia', '1900-01-01T00:43:08.000Z'],
	])('%s in %s', (text, zone, time) => expect(read(text, zone)).toBe(time));
});

describe('when the clocks are turned', () => {
	it('a time that they skip is as much later', () => {
		// Berlin, 29 March 2026: 02:00 to 03:00 is skipped.
		expect(read('2026-03-29T01:59:59', 'Europe/Berlin')).toBe('2026-03-29T00:59:59.000Z');
		expect(read('2026-03-29T02:30:00', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
		expect(read('2026-03-29T03:00:00', 'Europe/Berlin')).toBe('2026-03-29T01:00:00.000Z');
		// Beirut has skipped the midnight that a day begins with; Lord Howe skips half an hour, Apia skipped a day.
		expect(read('2021-03-28', 'Asia/Beirut')).toBe('2021-03-27T22:00:00.000Z');
		expect(read('2026-10-04T02:15:00', 'Australia/Lord_Howe')).toBe('2026-10-03T15:45:00.000Z');
		expect(read('2011-12-30T12:00:00', 'Pacific/Apia')).toBe('2011-12-30T22:00:00.000Z');
	});

	it('of a time that they show twice the first is meant, and an offset means the other', () => {
		// Berlin, 25 October 2026: 02:00 to 03:00 comes twice.
		expect(read('2026-10-25T02:30:00', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
		expect(read('2026-10-25T02:30:00+01:00', 'Europe/Berlin')).toBe('2026-10-25T01:30:00.000Z');
		expect(read('2026-10-25T03:00:00', 'Europe/Berlin')).toBe('2026-10-25T02:00:00.000Z');
	});
});

it.each([
	'',
	'yesterday',
	'now',
	'2026',
	'2026-11',
	'11/12/2026',
	'12.11.2026',
	'20261120',
	'20261120T080000Z',
	'2026-11-20T08',
	'2026-11-20T24:00:00',
	'2026-11-20T08:60:00',
	'2026-11-20T08:00:61Z',
	'2026-13-01',
	'2026-02-29',
	'2026-11-31T08:00:00Z',
	'0000-01-01T00:00:00Z',
	'2026-11-20T08:00:00+24:00',
	'2026-11-20T08:00:00 CET',
	'2026-11-20Z',
	'+275760-09-13T00:00:00Z',
	'Nov 20, 2026',
	'Fri, 20 Nov 2026 08:00:00',
	'31 Feb 2026 08:00 GMT',
	'1700000000000',
	'2026-11-20T08:00:00Z and more',
	`${'9'.repeat(100_000)}-11-20`,
	`2026-11-20T08:00:00.${'9'.repeat(100_000)}!`,
])('%.40s is read by nobody', (text) => expect(instantOf(text, 'Europe/Berlin')).toBeUndefined());

it('what is a zone', () => {
	expect(['UTC', 'Europe/Berlin', 'america/new_york', '+05:30'].every(isZone)).toBe(true);
	expect(['', 'Mars/Olympus', 'Berlin/Europe', undefined, null, 5].some(isZone)).toBe(false);
});

it('what the clocks of any zone show is read as the time at which they show it', () => {
	const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
	const times = fc.integer({ min: Date.UTC(1850, 0, 1), max: Date.UTC(2100, 0, 1) });
	fc.assert(
		fc.property(zones, times, (zone, time) => {
			const shown = new Intl.DateTimeFormat('sv-SE', {
				timeZone: zone,
				dateStyle: 'short',
				timeStyle: 'medium',
			});
			const clocks = shown.format(time);
			const second = Math.floor(time / 1000) * 1000;
			const found = instantOf(clocks, zone)!;
			expect(shown.format(found)).toBe(clocks);
			// Later than meant never; earlier only by what the clocks were turned back.
			expect(found).toBeLessThanOrEqual(second);
			if (found < second) {
				const turned = Array.from({ length: 1 + (second - found) / 60_000 }, (_, minute) =>
					shown.format(found + minute * 60_000),
				);
				expect([...turned].sort()).not.toEqual(turned);
			}
		}),
		{ numRuns: 2_000 },
	);
});

it('no text is read in the zone of the process', () => {
	const dates = [
		'2026-11-20T10:00:00',
		'2026-11-20',
		'20 Nov 2026 10:00',
		'Fri, 20 Nov 2026 10:00:00 +0100',
		'11/20/2026',
	];
	const texts = ['2026-11-20T10:00:00', '2026-11-20 10:00', '2026-11-20', '0099-01-01T00:00'];
	const program = `
		require(${JSON.stringify(join(__dirname, 'stix/typescript-hook.cjs'))});
		const { instantOf } = require(${JSON.stringify(join(__dirname, '../../lib/instant.ts'))});
		const { timestampOf } = require(${JSON.stringify(join(__dirname, '../../lib/stix/index.ts'))});
		const { reportFromBundle } = require(${JSON.stringify(join(__dirname, '../../lib/opencti/index.ts'))});
		const ids = ${JSON.stringify(texts)}.flatMap((published) => [
			reportFromBundle({ type: 'bundle', objects: [{ type: 'url', id: 'x' }] }, { name: 'A hunt', published }).standardId,
			reportFromBundle({ type: 'bundle', objects: [{ type: 'report', id: 'x', name: 'A hunt', published }] }).standardId,
		]);
		const { emailFromItem } = require(${JSON.stringify(join(__dirname, '../../lib/email/index.ts'))});
		const none = { keys: [], info: () => undefined, read: async () => undefined };
		Promise.all(${JSON.stringify(dates)}.map((date) => emailFromItem({ from: 'a@b.example', subject: 's', text: 't', date }, none))).then((emails) => process.stdout.write(JSON.stringify([${JSON.stringify(texts)}.flatMap((text) => [instantOf(text), timestampOf(text)]), ids, emails.map(({ date }) => date ?? 'none')])));
	`;
	const inZone = (TZ: string): unknown =>
		JSON.parse(execFileSync(process.execPath, ['-e', program], { env: { ...process.env, TZ } }).toString());
	const [times, ids, mails] = inZone('UTC') as [unknown[], string[], string[]];
	expect(times.slice(0, 2)).toEqual([Date.UTC(2026, 10, 20, 10), '2026-11-20T10:00:00.000Z']);
	expect(ids[0]).toBe(ids[1]);
	expect(mails).toEqual([
		'2026-11-20T10:00:00.000Z',
		'2026-11-20T00:00:00.000Z',
		'2026-11-20T10:00:00.000Z',
		'2026-11-20T09:00:00.000Z',
		'none',
	]);
	expect(inZone('Pacific/Kiritimati')).toEqual([times, ids, mails]);
	expect(inZone('America/St_Johns')).toEqual([times, ids, mails]);
});

import fc from 'fast-check';
import { parseMailDate } from '../../../lib/email/header/date';

const iso = (text: string): string | undefined => parseMailDate(text)?.date.toISOString();

describe('dates that are read', () => {
	it.each([
		['Tue, 5 May 2026 10:11:12 +0200', '2026-05-05T08:11:12.000Z'],
		['5 May 2026 10:11 -0730', '2026-05-05T17:41:00.000Z'],
		['Tue,05 May 2026 10:11:12 GMT', '2026-05-05T10:11:12.000Z'],
		['Tue, 5 May 26 10:11:12 PST', '2026-05-05T18:11:12.000Z'],
		['5 May 99 10:11:12 EDT', '1999-05-05T14:11:12.000Z'],
		['5 May 126 10:11:12 UT', '2026-05-05T10:11:12.000Z'],
		['Tue (comment (nested)), 5 May\r\n 2026 10 : 11 : 12 +0000 (UTC)', '2026-05-05T10:11:12.000Z'],
		['Tue May  5 10:11:12 2026', '2026-05-05T10:11:12.000Z'],
		['Tue May  5 10:11:12 CEST 2026', '2026-05-05T08:11:12.000Z'],
		['05-May-2026 10:11:12 +0000', '2026-05-05T10:11:12.000Z'],
		['2026-05-05T10:11:12Z', '2026-05-05T10:11:12.000Z'],
		['2026-05-05 10:11:12 +0100', '2026-05-05T09:11:12.000Z'],
		['5 May 2026 11:11:12 PM +0000', '2026-05-05T23:11:12.000Z'],
		['5 May 2026 10:11:12 GMT+02:00', '2026-05-05T08:11:12.000Z'],
		['31 Dec 2016 23:59:60 +0000', '2016-12-31T23:59:59.000Z'],
		['29 Feb 2024 00:00:00 -0000', '2024-02-29T00:00:00.000Z'],
		[Buffer.from('Вт, 5 May 2026 10:11:12 +0200').toString('latin1'), '2026-05-05T08:11:12.000Z'],
		['\xc2\xf2, 5 May 2026 10:11:12 +0200', '2026-05-05T08:11:12.000Z'],
		[Buffer.from('火, 5 May 2026 10:11:12 +0200').toString('latin1'), '2026-05-05T08:11:12.000Z'],
		[Buffer.from('الثلاثاء, 5 May 2026 10:11:12 +0200').toString('latin1'), '2026-05-05T08:11:12.000Z'],
		['ter\xe7a-feira, 5 May 2026 10:11:12 +0200', '2026-05-05T08:11:12.000Z'],
		['Th\xf9 Ba, 5 May 2026 10:11:12 +0200', '2026-05-05T08:11:12.000Z'],
		['\xc2\xf2 May  5 10:11:12 2026', '2026-05-05T10:11:12.000Z'],
	])('%s', (text, expected) => expect(iso(text)).toBe(expected));

	it('without a zone that says anything are UTC, and say so', () => {
		expect(parseMailDate('5 May 2026 10:11:12')).toEqual({ date: new Date('2026-05-05T10:11:12Z'), zoneKnown: false });
		expect(parseMailDate('5 May 2026 10:11:12 A')?.zoneKnown).toBe(false);
		expect(parseMailDate('5 May 2026 10:11:12 XYZ')?.zoneKnown).toBe(false);
		expect(parseMailDate('5 May 2026 10:11:12 +0000')?.zoneKnown).toBe(true);
	});
});

describe('what is no date stays none', () => {
	it.each([
		'',
		'yesterday',
		'30 Feb 2026 10:00:00 +0000',
		'29 Feb 2025 10:00:00 +0000',
		'5 May 2026',
		'5 May 2026 25:00:00 +0000',
		'5 May 2026 10:61:00 +0000',
		'5 Mai 2026 10:11:12 +0000',
		'0 May 2026 10:11:12 +0000',
		'5 May 2026 13:00:00 PM',
		'5 May 2026 10:00:00 +9999',
	])('%s', (text) => expect(parseMailDate(text)).toBeUndefined());
});

it('every date-time in the form of RFC 5322 is read back', () => {
	const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
	fc.assert(
		fc.property(
			fc.date({ min: new Date('1950-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }),
			fc.integer({ min: -1439, max: 1439 }),
			(moment, zone) => {
				const utc = Math.floor(moment.getTime() / 1_000) * 1_000;
				const local = new Date(utc + zone * 60_000);
				const two = (value: number): string => String(value).padStart(2, '0');
				const offset = `${zone < 0 ? '-' : '+'}${two(Math.floor(Math.abs(zone) / 60))}${two(Math.abs(zone) % 60)}`;
				const text = `${local.getUTCDate()} ${MONTHS[local.getUTCMonth()]} ${local.getUTCFullYear()} ${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())} ${offset}`;
				expect(parseMailDate(text)).toEqual({ date: new Date(utc), zoneKnown: true });
			},
		),
		{ seed: 42 },
	);
});

it.each(['Fri, 31 Dec 9999 23:59:59 -1200', 'Sat, 01 Jan 0000 00:00:00 +1200'])(
	'%s is none: it lies beyond the years of four digits',
	(text) => {
		expect(parseMailDate(text)).toBeUndefined();
	},
);

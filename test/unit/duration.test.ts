import { lookBack } from '../../lib/settings';

const from = (now: number, text: string) =>
	lookBack('Look-Back', text, { otherwise: 'P30D' }).startFrom(now)?.toISOString();

describe('look-back as an ISO 8601 duration', () => {
	const now = Date.parse('2026-03-31T12:00:00Z');
	it.each([
		['P30D', '2026-03-01T12:00:00.000Z'],
		['p1w', '2026-03-24T12:00:00.000Z'],
		['PT36H', '2026-03-30T00:00:00.000Z'],
		['P1DT2H30M15S', '2026-03-30T09:29:45.000Z'],
		['P1M', '2026-02-28T12:00:00.000Z'],
		['P1Y', '2025-03-31T12:00:00.000Z'],
		['PT0S', '2026-03-31T12:00:00.000Z'],
		['P99999Y', '1970-01-01T00:00:00.000Z'],
	])('%s', (text, expected) => expect(from(now, text)).toBe(expected));

	it.each(['P', 'PT', '30 days', 'P1D ago', '-P1D', 'P1.5D', 'P1H', 'P1DT', `P${'9'.repeat(50)}D`])(
		'%j is refused with an example',
		(text) => {
			expect(() => from(now, text)).toThrow(
				expect.objectContaining({ code: 'SETTING_INVALID', hint: expect.stringContaining('P30D') }),
			);
		},
	);

	it('29 February minus a year is 28 February', () => {
		expect(from(Date.parse('2028-02-29T00:00:00Z'), 'P1Y')).toBe('2027-02-28T00:00:00.000Z');
	});
});

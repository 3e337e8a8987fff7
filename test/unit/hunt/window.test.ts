import fc from 'fast-check';
import { timeText } from '../../../lib/hunt';

describe('a time in a query', () => {
	const isSame = (time: number) => expect(timeText(time)).toBe(new Date(time).toISOString());

	it('is written as JavaScript writes it, in every year that a query can name', () => {
		const most = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
		fc.assert(fc.property(fc.integer({ min: Date.parse('0000-01-01T00:00:00Z'), max: most }), isSame), {
			numRuns: 5_000,
		});
	});

	it('on leap days, at the ends of centuries, before 1970, and beyond what has four digits', () => {
		for (const time of [
			'0000-02-29T23:59:59.999Z',
			'1900-02-28T23:59:59.999Z',
			'1900-03-01T00:00:00.000Z',
			'1969-12-31T23:59:59.999Z',
			'2000-02-29T00:00:00.001Z',
			'2100-03-01T00:00:00.000Z',
			'9999-12-31T23:59:00.000Z',
			'+010000-01-01T00:00:00.000Z',
			'-000001-12-31T23:59:59.999Z',
		])
			isSame(Date.parse(time));
	});
});

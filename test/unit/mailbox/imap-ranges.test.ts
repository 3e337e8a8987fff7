import fc from 'fast-check';
import {
	coarsen,
	endOf,
	includes,
	intersect,
	rangesOf,
	sequenceSet,
	span,
	subtract,
	union,
	type UidRange,
} from '../../../lib/mailbox/imap/ranges';

const members = (ranges: readonly UidRange[]) => {
	const all: number[] = [];
	for (const [from, to] of ranges) for (let uid = from; uid <= to; uid++) all.push(uid);
	return all;
};
const uids = fc.uniqueArray(fc.integer({ min: 1, max: 120 }), { maxLength: 60 });
const normal = (ranges: readonly UidRange[]) =>
	ranges.every(([from, to], index) => from <= to && (index === 0 || from > ranges[index - 1]![1] + 1));

describe('sets of UIDs', () => {
	it('union, subtract and intersect do what sets do, in normal form', () => {
		fc.assert(
			fc.property(uids, uids, (a, b) => {
				const [x, y] = [rangesOf(a), rangesOf(b)];
				const sorted = (set: Iterable<number>) => [...set].sort((m, n) => m - n);
				expect(members(union(x, y))).toEqual(sorted(new Set([...a, ...b])));
				expect(members(subtract(x, y))).toEqual(sorted(a.filter((uid) => !b.includes(uid))));
				expect(members(intersect(x, y))).toEqual(sorted(a.filter((uid) => b.includes(uid))));
				for (const result of [x, union(x, y), subtract(x, y)]) expect(normal(result)).toBe(true);
				expect(span(x)).toBe(a.length);
				expect(a.every((uid) => includes(x, uid))).toBe(true);
				expect(includes(x, 200) || includes(x, 0)).toBe(false);
			}),
		);
	});

	it('an end holds the lowest or highest UIDs, as many as asked for', () => {
		fc.assert(
			fc.property(uids, fc.integer({ min: 0, max: 70 }), (a, count) => {
				const sorted = [...a].sort((m, n) => m - n);
				expect(members(endOf(rangesOf(a), 'low', count))).toEqual(sorted.slice(0, count));
				expect(members(endOf(rangesOf(a), 'high', count))).toEqual(count === 0 ? [] : sorted.slice(-count));
			}),
		);
	});

	it('a coarser set loses nothing and keeps its ends', () => {
		fc.assert(
			fc.property(uids, fc.integer({ min: 1, max: 10 }), (a, max) => {
				const ranges = rangesOf(a);
				const coarse = coarsen(ranges, max);
				expect(coarse.length).toBeLessThanOrEqual(Math.max(max, 0));
				expect(a.every((uid) => includes(coarse, uid))).toBe(true);
				expect([coarse[0]?.[0], coarse.at(-1)?.[1]]).toEqual([ranges[0]?.[0], ranges.at(-1)?.[1]]);
			}),
		);
	});

	it('300,000 neighbours are one range', () => {
		const ranges = rangesOf(Array.from({ length: 300_000 }, (_, index) => 300_000 - index));
		expect(ranges).toEqual([[1, 300_000]]);
		expect(sequenceSet([...ranges, [300_007, 300_007]])).toBe('1:300000,300007');
	});
});

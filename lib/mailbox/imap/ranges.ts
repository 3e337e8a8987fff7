import { IMAP_LIMITS } from '../../limits';

/** Inclusive range of UIDs. */
export type UidRange = [from: number, to: number];

/** Highest UID there can be (RFC 9051 section 9: nz-number is 32 bits). */
export const MAX_UID: number = IMAP_LIMITS.maxUid;

/** Whether a message may have it. Servers answer without one, or with something else in its place. */
export const isUid = (uid: unknown): uid is number =>
	Number.isInteger(uid) && (uid as number) > 0 && (uid as number) <= MAX_UID;

/*
 * Sets of UIDs as ascending, disjoint, non-touching ranges. A mailbox of 300,000 messages that wait is one range.
 * All functions are pure.
 */

/** The normal form of any ranges or single UIDs. */
export function union(...sets: ReadonlyArray<ReadonlyArray<UidRange>>): UidRange[] {
	const all = sets.flat().sort((a, b) => a[0] - b[0]);
	const result: UidRange[] = [];
	for (const [from, to] of all) {
		const last = result.at(-1);
		if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
		else result.push([from, to]);
	}
	return result;
}

/** Ranges of single UIDs, in any order. */
export function rangesOf(uids: readonly number[]): UidRange[] {
	return union(uids.map((uid): UidRange => [uid, uid]));
}

/** What is in `a` but not in `b`. */
export function subtract(a: readonly UidRange[], b: readonly UidRange[]): UidRange[] {
	const result: UidRange[] = [];
	let at = 0;
	for (const [from, to] of a) {
		let start = from;
		while (at < b.length && b[at]![1] < start) at++;
		for (let next = at; next < b.length && b[next]![0] <= to; next++) {
			const [cutFrom, cutTo] = b[next]!;
			if (cutFrom > start) result.push([start, cutFrom - 1]);
			start = Math.max(start, cutTo + 1);
		}
		if (start <= to) result.push([start, to]);
	}
	return result;
}

/** What is in both. */
export function intersect(a: readonly UidRange[], b: readonly UidRange[]): UidRange[] {
	const result: UidRange[] = [];
	for (let i = 0, j = 0; i < a.length && j < b.length;) {
		const from = Math.max(a[i]![0], b[j]![0]);
		const to = Math.min(a[i]![1], b[j]![1]);
		if (from <= to) result.push([from, to]);
		if (a[i]![1] < b[j]![1]) i++;
		else j++;
	}
	return result;
}

export function includes(ranges: readonly UidRange[], uid: number): boolean {
	// What is no number is neither below nor above a range.
	if (!isUid(uid)) return false;
	let low = 0;
	let high = ranges.length - 1;
	while (low <= high) {
		const middle = (low + high) >> 1;
		const [from, to] = ranges[middle]!;
		if (uid < from) high = middle - 1;
		else if (uid > to) low = middle + 1;
		else return true;
	}
	return false;
}

/** How many UIDs the ranges span, whether or not a message has them. */
export function span(ranges: readonly UidRange[]): number {
	return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

/** At most `count` UIDs from the low or the high end. */
export function endOf(ranges: readonly UidRange[], end: 'low' | 'high', count: number): UidRange[] {
	const result: UidRange[] = [];
	let left = count;
	for (const [from, to] of end === 'low' ? ranges : [...ranges].reverse()) {
		if (left <= 0) break;
		const width = Math.min(left, to - from + 1);
		result.push(end === 'low' ? [from, from + width - 1] : [to - width + 1, to]);
		left -= width;
	}
	return end === 'low' ? result : result.reverse();
}

/** Closes the narrowest gaps until there are at most `max` ranges: a superset. */
export function coarsen(ranges: readonly UidRange[], max: number): UidRange[] {
	if (ranges.length <= max) return ranges.map(([from, to]) => [from, to]);
	const gaps = ranges
		.slice(1)
		.map((range, index) => ({ index: index + 1, width: range[0] - ranges[index]![1] }))
		.sort((a, b) => a.width - b.width || a.index - b.index)
		.slice(0, ranges.length - max);
	const closed = new Set(gaps.map(({ index }) => index));
	const result: UidRange[] = [];
	ranges.forEach(([from, to], index) => {
		if (closed.has(index)) result.at(-1)![1] = to;
		else result.push([from, to]);
	});
	return result;
}

/** IMAP sequence-set (RFC 9051 section 9): `1:3,7`. */
export function sequenceSet(ranges: readonly UidRange[]): string {
	return ranges.map(([from, to]) => (from === to ? String(from) : `${from}:${to}`)).join(',');
}

/** The same, but up to `*` where the highest UID is meant: RFC 9051 has it name the last message, whatever its UID. */
export function sequenceSetToLast(ranges: readonly UidRange[]): string {
	const last = ranges.at(-1);
	if (last?.[1] !== MAX_UID) return sequenceSet(ranges);
	return [...ranges.slice(0, -1).map((range) => sequenceSet([range])), `${last[0]}:*`].join(',');
}

/** The first, the last and some between. */
export function spread(uids: readonly number[], count: number): number[] {
	if (uids.length <= count) return [...uids];
	return Array.from({ length: count }, (_, index) => uids[Math.round((index * (uids.length - 1)) / (count - 1))]!);
}

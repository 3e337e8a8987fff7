import { IMAP_LIMITS } from '../../limits';
import type { ImapFolderState, Stretch } from './cursor';
import { endOf, includes, intersect, MAX_UID, rangesOf, span, subtract, type UidRange } from './ranges';

/** UIDs in these ranges that the folder has, in any order. */
export type SearchUids = (ranges: readonly UidRange[]) => Promise<number[]>;

export interface Plan {
	/** Disjoint; together at most `cap` messages. */
	stretches: Stretch[];
	/** The messages in the order of hand-over. */
	uids: number[];
}

/** Share of the cap that newest-first leaves to the oldest that waits, so that a backlog drains under constant load. */
const RESERVED_SHARE = 0.2;

/**
 * Chooses what one poll takes out of `todo`: its low end (`oldest`), or its high end and a reserved share of the low
 * one (`newest`).
 */
export async function planPoll(
	state: ImapFolderState,
	cap: number,
	order: 'oldest' | 'newest',
	search: SearchUids,
): Promise<Plan> {
	// Newest-first leaves a range behind with every overload; from the low end the number cannot grow.
	if (order === 'oldest' || state.todo.length >= IMAP_LIMITS.maxRanges) {
		const low = await take(state.todo, 'low', cap, search);
		return { stretches: low === undefined ? [] : [low], uids: low?.uids ?? [] };
	}
	const reserved = cap > 1 ? Math.max(1, Math.floor(cap * RESERVED_SHARE)) : 0;
	const all = await take(state.todo, 'high', cap, search);
	if (all === undefined) return { stretches: [], uids: [] };
	if (all.from <= state.todo[0]![0] || reserved === 0) return { stretches: [all], uids: [...all.uids].reverse() };

	const highUids = all.uids.slice(reserved);
	const high: Stretch = { from: highUids[0]!, to: all.to, uids: highUids };
	const low = await take(subtract(state.todo, [[high.from, MAX_UID]]), 'low', reserved, search);
	return low === undefined
		? { stretches: [high], uids: [...highUids].reverse() }
		: { stretches: [high, low], uids: [...highUids].reverse().concat(low.uids) };
}

/** UIDs of `todo` that a plan passes over, because the search did not name them. */
export function holesOf(todo: readonly UidRange[], { stretches }: Plan): UidRange[] {
	const passed = stretches.map(({ from, to }): UidRange => [from, to]).sort(([a], [b]) => a - b);
	return subtract(intersect(passed, todo), rangesOf(stretches.flatMap(({ uids }) => uids)));
}

/** The `count` lowest or highest messages of `todo`. Searches in growing windows: 300,000 that wait are not listed for 50. */
async function take(
	todo: readonly UidRange[],
	end: 'low' | 'high',
	count: number,
	search: SearchUids,
): Promise<Stretch | undefined> {
	// Without a number of messages there would be no end to what is taken out of `todo`.
	if (!Number.isInteger(count) || count < 1) throw new RangeError(`a poll reads whole messages, not ${count}`);
	if (todo.length === 0) return undefined;
	let rest: UidRange[] = [...todo];
	let window = Math.max(1000, 4 * count);
	const found = new Set<number>();
	while (rest.length > 0 && found.size < count) {
		const ranges = endOf(rest, end, window);
		for (const uid of await search(ranges)) if (includes(ranges, uid)) found.add(uid);
		rest = subtract(rest, ranges);
		window = Math.min(window * 8, Math.max(1, span(rest)));
	}
	const uids = [...found].sort((a, b) => a - b);
	const lowest = todo[0]![0];
	const highest = todo.at(-1)![1];
	if (uids.length <= count && rest.length === 0) return { from: lowest, to: highest, uids };
	if (end === 'low') {
		const taken = uids.slice(0, count);
		return { from: lowest, to: taken.at(-1)!, uids: taken };
	}
	const taken = uids.slice(-count);
	return { from: taken[0]!, to: highest, uids: taken };
}

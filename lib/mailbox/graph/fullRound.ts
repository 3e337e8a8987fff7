import { GRAPH_LIMITS } from '../../limits';
import {
	remembering,
	sorted,
	take,
	waitingIn,
	type GraphFolderState,
	type Page,
	type GraphUncheckedRound,
} from './cursor';
import { fingerprint, fingerprintSet, isFull } from './fingerprints';

/*
 * A full round is checked: the first one, and a resync. Later rounds name what changed, and the second look finds what they leave
 * out; but a message of the look-back that the first round does not name is never spoken of again. So the folder is listed once more,
 * in another way: by receivedDateTime, the newest first. What is in the look-back and was not named is taken.
 *
 * Where more was named than is remembered, or a limit of the first run cut the look-back, a message that is not known may have been
 * passed over on purpose, or handed over: then only the newest are compared, and only between those that are known; after a resync
 * those that were received within the reach of the fingerprints.
 */

/** What a page of this list brought. */
export interface Checked {
	state: GraphFolderState;
	/** Messages that the round did not name. */
	found: number;
}

/** Takes in one page, the newest first. */
export function applyCheckPage(state: GraphFolderState, page: Page, order: 'oldest' | 'newest' = 'oldest'): Checked {
	const { unchecked, ...rest } = state;
	if (unchecked === undefined) return { state, found: 0 };
	const isWhole = unchecked.whole ?? isWholeIn(state, unchecked);
	const seen = fingerprintSet(state.seen);
	const known = new Set([...seen, ...fingerprintSet(state.again ?? '')]);
	const waiting = waitingIn(state);
	const isNamed = ({ id }: { id: string }) => known.has(fingerprint(id)) || waiting.has(id);
	// What was moved in or marked meanwhile may be remembered however old it is, and says nothing of its neighbours.
	const last = page.rows.findLastIndex(
		({ id, modifiedAt = 0 }) => seen.has(fingerprint(id)) && modifiedAt < state.base,
	);
	const reach = (state.memory?.since ?? Number.POSITIVE_INFINITY) + GRAPH_LIMITS.skewSeconds;
	const compared = isWhole
		? page.rows
		: unchecked.again
			? page.rows.filter(({ receivedAt = 0 }) => receivedAt >= reach)
			: page.rows.slice(0, unchecked.unsorted ? 0 : last + 1);
	const leftOut = compared.filter((row) => !isNamed(row));
	const { taken, left: _left, ...marks } = take(state, leftOut, () => (unchecked.again ? 'new' : 'look-back'));
	const rows = unchecked.rows + page.rows.length;
	const until = page.rows.reduce(
		(earliest, { receivedAt = earliest }) => Math.min(earliest, receivedAt),
		unchecked.until,
	);
	const isOver =
		page.nextLink === undefined ||
		// All of a page has the same time: no other edge leads on.
		until === unchecked.until ||
		(!isWhole && (compared.length < page.rows.length || rows >= GRAPH_LIMITS.maxSeen / 2));
	return {
		state: {
			...rest,
			...marks,
			todo: [...state.todo, ...sorted(taken, order)],
			memory: remembering(state.memory, taken.length, page.serverTime),
			...(isOver ? {} : { unchecked: { ...unchecked, until, rows, whole: isWhole } }),
		},
		found: taken.length,
	};
}

/** All that the round named is remembered. */
const isWholeIn = ({ seen }: GraphFolderState, { capped }: GraphUncheckedRound): boolean =>
	capped !== true && !isFull(seen, GRAPH_LIMITS.maxSeen);

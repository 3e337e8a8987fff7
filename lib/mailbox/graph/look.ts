import { GRAPH_LIMITS } from '../../limits';
import {
	remembering,
	sorted,
	take,
	waitingIn,
	type GraphFolderState,
	type SecondLook,
	type Page,
	type Row,
} from './cursor';
import { fingerprint, fingerprintSet } from './fingerprints';

/*
 * The second look. By public reports Exchange does not always name, in the folder it comes to, a message that is moved: the delta
 * query with immutable ids has it as removed only (microsoftgraph/microsoft-graph-docs-contrib#72), others see it named in both
 * (twentyhq/twenty#25751). So what changed in the folder lately is listed as well, by lastModifiedDateTime, which a move sets.
 *
 * Reading or flagging a message sets it, too. What was received within the reach of the fingerprints and is not among them
 * was never handed over: it is taken, in both worlds. What is older may have been handed over before, and is taken only where
 * the delta query named it as removed although it is there, or once it is known that moves are not named: a message that
 * only the look found has stayed in the folder, and the delta query never spoke of it.
 */

const lookOf = (state: GraphFolderState): SecondLook => {
	const from = Math.max(0, state.base - GRAPH_LIMITS.lookOverlapSeconds);
	return state.look ?? { from, began: from };
};

/** Where a look begins. */
export function startLook(state: GraphFolderState): GraphFolderState {
	return { ...state, look: lookOf(state) };
}

/** What a page of a look brought. */
export interface Looked {
	state: GraphFolderState;
	/** Changed messages that may have been moved in or not, left out because they are too many. */
	leftOut: number;
	/** All of the page has the same time, and there is more: only the link leads on. */
	stuck: boolean;
}

/** Takes in one page, ascending by lastModifiedDateTime. */
export function applyLookPage(state: GraphFolderState, page: Page, order: 'oldest' | 'newest' = 'oldest'): Looked {
	const look = lookOf(state);
	const { since } = state.memory ?? { since: page.serverTime };
	const removed = fingerprintSet(look.removed ?? '');
	const isNew = ({ receivedAt }: Row) => receivedAt !== undefined && receivedAt >= since + GRAPH_LIMITS.skewSeconds;
	const isBack = ({ id }: Row) => removed.has(fingerprint(id));
	const known = fingerprintSet(state.seen + (state.again ?? ''));
	const waiting = waitingIn(state);
	const unknown = page.rows.filter(({ id }) => !known.has(fingerprint(id)) && !waiting.has(id));
	const uncertain = look.untold === true ? unknown.filter((row) => !isNew(row) && !isBack(row)) : [];
	const leftOut = uncertain.length > GRAPH_LIMITS.maxUncertain ? uncertain.length : 0;
	const moved = new Set(leftOut > 0 ? [] : uncertain.map(({ id }) => id));
	const {
		taken,
		left: _left,
		...marks
	} = take(state, page.rows, (row) => (isNew(row) || isBack(row) || moved.has(row.id) ? 'new' : undefined));

	const last = page.rows.reduce((latest, { modifiedAt = 0 }) => Math.max(latest, modifiedAt), look.from);
	const complete = page.nextLink === undefined;
	const from = complete ? Math.max(look.from, last - GRAPH_LIMITS.lookOverlapSeconds) : last;
	// One that was left out of a round was delivered, not moved: it says nothing about moves.
	const isMoved = ({ receivedAt = 0, modifiedAt = 0 }: Row) => modifiedAt >= receivedAt + GRAPH_LIMITS.skewSeconds;
	const ids = new Set(taken.map(([id]) => id));
	const found = page.rows.filter((row) => isBack(row) || (isNew(row) && isMoved(row) && ids.has(row.id)));
	return {
		state: {
			...state,
			...marks,
			todo: [...state.todo, ...sorted(taken, order)],
			memory: remembering(state.memory, taken.length, page.serverTime),
			look: { ...look, from, ...unnamed(look, found, state.base) },
		},
		leftOut,
		stuck: !complete && from === look.from,
	};
}

/** Remembers what the delta query is still to name. */
function unnamed(
	{ unnamed: before = [], untold }: SecondLook,
	found: readonly Row[],
	at: number,
): Pick<SecondLook, 'unnamed'> {
	if (untold === true) return {};
	const ids = new Set(before.map(([id]) => id));
	const fresh = found.filter(({ id }) => !ids.has(id)).map(({ id }): [string, number] => [id, at]);
	const all = [...before, ...fresh].slice(-GRAPH_LIMITS.maxUnnamed);
	return all.length === 0 ? {} : { unnamed: all };
}

/** A message that the delta query has had time to name, and did not. Whether it is still in the folder must be asked. */
export function suspicious({ look, base }: GraphFolderState): string | undefined {
	return look?.unnamed?.find(([, at]) => at + GRAPH_LIMITS.unnamedSeconds <= base)?.[0];
}

/** It is not in the folder any more, and proves nothing. */
export function unsuspected(state: GraphFolderState, id: string): GraphFolderState {
	const { unnamed: before = [], ...look } = lookOf(state);
	const others = before.filter(([one]) => one !== id);
	return { ...state, look: { ...look, ...(others.length === 0 ? {} : { unnamed: others }) } };
}

/** Moves are not named here: what was passed over since the first look is looked at again. */
export function withoutMoves(state: GraphFolderState): GraphFolderState {
	const { unnamed: _unnamed, ...look } = lookOf(state);
	const from = Math.max(look.began, state.base - GRAPH_LIMITS.lookAgainSeconds);
	return { ...state, look: { ...look, from: Math.min(look.from, from), untold: true } };
}

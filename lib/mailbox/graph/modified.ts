import { GRAPH_LIMITS } from '../../limits';
import { sorted, take, withoutLookBack, type GraphFolderState, type ModifiedMark, type Page, type Row } from './cursor';
import { fingerprint, fingerprintSet } from './fingerprints';

/*
 * Polling by lastModifiedDateTime, for clouds whose Graph has no message delta query. Exchange sets it when a message
 * arrives, is moved in or changed; receivedDateTime would miss what is moved in or shown late.
 *
 * Pages go by key, not by `$skip`: the next request asks from the last time of the page on, so messages that are
 * deleted meanwhile shift nothing. Each round reaches back behind the newest row; what was seen there is known by its
 * fingerprint, and no round reaches back further than the fingerprints do.
 */

/** Takes in one page, ascending by lastModifiedDateTime, that was asked for with `mark.from` or by `link`. */
export function applyModifiedPage(
	state: GraphFolderState,
	page: Page,
	order: 'oldest' | 'newest' = 'oldest',
): GraphFolderState {
	const mark = state.mark ?? { from: 0, lowest: 0, recent: [] };
	const started = state.walking ? state.started : page.serverTime;
	const base = state.base === 0 ? started : state.base;
	const times = timesOf(mark);
	// A row that was passed over comes again with a later time when it is moved in after all.
	const fresh = page.rows.filter((row) => (times.get(fingerprint(row.id)) ?? -1) < (row.modifiedAt ?? 0));
	const { taken, left, ...marks } = take({ ...state, base }, fresh);

	const { recent, lowest } = rememberRows(mark, page.rows);
	const last = page.rows.reduce((latest, row) => Math.max(latest, row.modifiedAt ?? 0), 0);
	const complete = page.nextLink === undefined;
	// More messages with the same time than fit a page: only the link leads through them.
	const stuck = !complete && last <= mark.from;
	return {
		...withoutLookBack(state, complete),
		phase: complete ? 'steady' : state.phase,
		link: stuck ? page.nextLink! : '',
		walking: !complete,
		base: complete ? started : base,
		started,
		...(!complete && left !== undefined ? { left } : {}),
		...marks,
		todo: [...state.todo, ...sorted(taken, order)],
		mark: { recent, lowest, from: complete ? nextRound(recent, lowest) : Math.max(last, mark.from) },
	};
}

function timesOf({ recent }: ModifiedMark): Map<string, number> {
	return new Map(
		recent.flatMap(([at, fingerprints]) => [...fingerprintSet(fingerprints)].map((one): [string, number] => [one, at])),
	);
}

/** Keeps whole seconds only, the newest; above the bound the oldest fall out, and rounds begin behind them. */
function rememberRows(mark: ModifiedMark, rows: readonly Row[]): Pick<ModifiedMark, 'recent' | 'lowest'> {
	const times = timesOf(mark);
	for (const row of rows) times.set(fingerprint(row.id), row.modifiedAt ?? 0);
	const byTime = new Map<number, string[]>();
	for (const [one, at] of times) {
		const same = byTime.get(at);
		if (same === undefined) byTime.set(at, [one]);
		else same.push(one);
	}
	const recent: ModifiedMark['recent'] = [];
	let count = 0;
	for (const [at, ones] of [...byTime].sort(([a], [b]) => b - a)) {
		count += ones.length;
		if (count > GRAPH_LIMITS.maxSeen && recent.length > 0)
			return { recent, lowest: Math.max(mark.lowest, recent[0]![0]) };
		recent.unshift([at, ones.join('')]);
	}
	return { recent, lowest: mark.lowest };
}

function nextRound(recent: ModifiedMark['recent'], lowest: number): number {
	const newest = recent.at(-1)?.[0];
	return newest === undefined ? lowest : Math.max(lowest, newest - GRAPH_LIMITS.modifiedOverlapSeconds);
}

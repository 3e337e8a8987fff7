import { GRAPH_LIMITS } from '../../limits';
import { afterFailure, due, type NextTry } from '../retries';
import { fingerprint, fingerprintSet, remember } from './fingerprints';

/** A message that waits for its bytes. `links`: it has attachments, of which some may be mere links. */
export type Queued = [id: string, receivedAt: number, links?: 1];

/** A message that could not be fetched and is tried again: tries so far, when (milliseconds), and what it was queued as. */
export type SetAsideEntry = [attempts: number, at: number, receivedAt: number, links?: 1];

/** Rows seen by lastModifiedDateTime, for clouds without delta. */
export interface ModifiedMark {
	/** The next request asks for what was modified at or after this time. */
	from: number;
	/** Every row with this time or a later one that was seen is in `recent`: no round begins earlier. */
	lowest: number;
	/** Fingerprints by time, ascending. */
	recent: Array<[at: number, fingerprints: string]>;
}

/**
 * How far a folder was read. JSON; usually 1 to 5 KB, about 20 at worst (100 ids that wait, 500 fingerprints, one link).
 * All times are seconds since the epoch of the server's clock.
 *
 * The link of Exchange's delta query is the cursor; it moves only when every new id of its page lies in `todo`, and
 * a page is asked for only when `todo` is empty. So caps, crashes and large first rounds lose nothing: with an older
 * state the same messages come again, with the same ids.
 */
export interface GraphFolderState {
	v: 1;
	/** Whose folder: mailbox and Graph host. A cursor of another mailbox is not used. */
	account: string;
	/** The folder as it was asked for. */
	folder: string;
	folderId: string;
	method: 'delta' | 'modified';
	/** `initial`: the first round, with the look-back. `resync`: a full round after Exchange forgot the last link. */
	phase: 'initial' | 'steady' | 'resync';
	/** What to ask next; empty: begin a round. */
	link: string;
	/** A round is under way: `link` leads into its middle. */
	walking: boolean;
	/** Start of the last complete round; during the first round, its start. 0 before the first answer. */
	base: number;
	/** Start of the round under way. */
	started: number;
	/** The first round takes what was received at or after this time. Absent: everything. */
	floor?: number;
	/** What the first round may still take of the look-back. Absent: everything. */
	left?: number;
	/** Fingerprints of the messages last queued. */
	seen: string;
	todo: Queued[];
	/** Messages set aside, by id. */
	retry: Record<string, SetAsideEntry>;
	mark?: ModifiedMark;
}

export interface CursorStart {
	account: string;
	folder: string;
	folderId: string;
	method: 'delta' | 'modified';
	floor?: number;
	firstRunCap?: number;
}

export function startCursor({ account, folder, folderId, method, floor, firstRunCap }: CursorStart): GraphFolderState {
	// What lies a little below the look-back is seen too, so that what turns up there later is known to be new.
	const from = Math.max(0, (floor ?? 0) - GRAPH_LIMITS.modifiedOverlapSeconds);
	return {
		v: 1,
		account,
		folder,
		folderId,
		method,
		phase: 'initial',
		link: '',
		walking: false,
		base: 0,
		started: 0,
		...(floor === undefined ? {} : { floor }),
		...(firstRunCap === undefined ? {} : { left: firstRunCap }),
		seen: '',
		todo: [],
		retry: {},
		...(method === 'modified' ? { mark: { from, lowest: from, recent: [] } } : {}),
	};
}

/** A row of a page, times in seconds. */
export interface Row {
	id: string;
	receivedAt?: number;
	modifiedAt?: number;
	removed: boolean;
	hasAttachments: boolean;
}

export interface Page {
	rows: readonly Row[];
	/** More of this round. */
	nextLink?: string;
	/** The round is complete; the next one begins here. */
	deltaLink?: string;
	/** The server's clock, seconds. */
	serverTime: number;
}

/** Takes in one page of a delta round. */
export function applyPage(
	state: GraphFolderState,
	page: Page,
	order: 'oldest' | 'newest' = 'oldest',
): GraphFolderState {
	const started = state.walking ? state.started : page.serverTime;
	const base = state.base === 0 ? started : state.base;
	const { taken, seen, left } = take({ ...state, base }, page.rows);
	const complete = page.nextLink === undefined;
	return {
		...withoutLookBack(state, complete),
		phase: complete ? 'steady' : state.phase,
		link: page.nextLink ?? page.deltaLink ?? '',
		walking: !complete,
		base: complete ? started : base,
		started,
		...(!complete && left !== undefined ? { left } : {}),
		seen,
		todo: [...state.todo, ...sorted(taken, order)],
	};
}

/** The rows that are wanted and new; a row may come twice, in one page too. */
export function take(state: GraphFolderState, rows: readonly Row[]): { taken: Queued[]; seen: string; left?: number } {
	const known = fingerprintSet(state.seen);
	const waiting = new Set([...state.todo.map(([id]) => id), ...Object.keys(state.retry)]);
	const taken: Queued[] = [];
	const marks: string[] = [];
	let { left } = state;
	for (const row of rows) {
		if (row.removed) continue;
		const reason = whyWanted(state, row);
		if (reason === undefined) continue;
		if (reason === 'look-back' && left !== undefined) {
			// Counted also when it is a repetition: a round that starts anew counts anew.
			if (left === 0) continue;
			left--;
		}
		const mark = fingerprint(row.id);
		marks.push(mark);
		if (known.has(mark) || waiting.has(row.id)) continue;
		known.add(mark);
		taken.push(row.hasAttachments ? [row.id, row.receivedAt ?? 0, 1] : [row.id, row.receivedAt ?? 0]);
	}
	return { taken, seen: remember(state.seen, marks, GRAPH_LIMITS.maxSeen), ...(left === undefined ? {} : { left }) };
}

/**
 * A steady round names what came into the folder: all of it is wanted. A full round names everything: wanted is what
 * was received late enough, and what came into the folder after it was first or last read, however old: Exchange
 * sets lastModifiedDateTime when a message is moved or copied.
 */
function whyWanted({ phase, base, floor }: GraphFolderState, row: Row): 'new' | 'look-back' | undefined {
	if (phase === 'steady') return 'new';
	const edge = phase === 'resync' ? base - GRAPH_LIMITS.resyncOverlapSeconds : base;
	if (row.modifiedAt !== undefined && row.modifiedAt >= edge) return 'new';
	if (phase === 'resync') return row.receivedAt === undefined || row.receivedAt >= edge ? 'new' : undefined;
	return floor === undefined || row.receivedAt === undefined || row.receivedAt >= floor ? 'look-back' : undefined;
}

/** True when the first run's limit leaves out messages from this page on; false again for those behind it. */
export function reachesFirstRunLimit(state: GraphFolderState, page: Page): boolean {
	const { left, walking } = state;
	if (left === undefined || (left === 0 && walking)) return false;
	const base = state.base === 0 ? page.serverTime : state.base;
	const found = page.rows.filter((row) => !row.removed && whyWanted({ ...state, base }, row) === 'look-back').length;
	return found > left || (found === left && found > 0 && page.nextLink !== undefined);
}

/** The first round's settings are of no use after it. */
export function withoutLookBack(state: GraphFolderState, complete: boolean): GraphFolderState {
	if (!complete) return state;
	const { floor: _floor, left: _left, ...rest } = state;
	return rest;
}

export function sorted(queued: readonly Queued[], order: 'oldest' | 'newest'): Queued[] {
	const sign = order === 'oldest' ? 1 : -1;
	return [...queued].sort((a, b) => sign * (a[1] - b[1]));
}

/**
 * Exchange forgot the link (it keeps few generations), or the folder was created anew: read everything again.
 * What was queued stays queued; the fingerprints absorb what comes again.
 */
export function restart(state: GraphFolderState, firstRunCap?: number, folderId = state.folderId): GraphFolderState {
	return {
		...state,
		folderId,
		link: '',
		walking: false,
		phase: state.phase === 'initial' ? 'initial' : 'resync',
		...(state.phase === 'initial' && firstRunCap !== undefined ? { left: firstRunCap } : {}),
	};
}

/** Ends messages: handed over, not wanted or gone. */
export function settle(state: GraphFolderState, ids: ReadonlySet<string>): GraphFolderState {
	return {
		...state,
		todo: state.todo.filter(([id]) => !ids.has(id)),
		retry: Object.fromEntries(Object.entries(state.retry).filter(([id]) => !ids.has(id))),
	};
}

/** Takes a message out of the way after a failed try; it comes again later, or is given up. */
export function setAside(state: GraphFolderState, queued: Queued, now: number): NextTry & { state: GraphFolderState } {
	const [id, receivedAt, links] = queued;
	const rest = settle(state, new Set([id]));
	const next = afterFailure(state.retry[id]?.[0] ?? 0, Object.keys(rest.retry).length >= GRAPH_LIMITS.maxRetries, now);
	const { attempts, retryAt } = next;
	if (retryAt === undefined) return { ...next, state: rest };
	const entry: SetAsideEntry =
		links === undefined ? [attempts, retryAt, receivedAt] : [attempts, retryAt, receivedAt, links];
	return { ...next, state: { ...rest, retry: { ...rest.retry, [id]: entry } } };
}

/** Messages set aside whose time has come, the longest waiting first. `now` in milliseconds. */
export function dueRetries(state: GraphFolderState, now: number): Queued[] {
	return due(state.retry, ([, at]) => at, now, GRAPH_LIMITS.retriesPerPoll).map(([id, [, , receivedAt, links]]) =>
		links === undefined ? [id, receivedAt] : [id, receivedAt, links],
	);
}

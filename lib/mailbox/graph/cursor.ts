import { GRAPH_LIMITS } from '../../limits';
import { MINUTE } from '../../units';
import { afterFailure, due, type NextTry } from '../retries';
import { fingerprint, fingerprintSet, isFull, remember } from './fingerprints';

/** A message that waits for its bytes. `links`: it has attachments, of which some may be mere links. */
export type Queued = [id: string, receivedAt: number, links?: 1];

/** A message that could not be fetched and is tried again: tries so far, when (milliseconds), and what it was queued as. */
export type SetAsideEntry = [attempts: number, at: number, receivedAt: number, links?: 1];

/** A message that Exchange said it does not have, in answer to two questions: when it is asked for again (milliseconds), and what it was queued as. */
export type MissingEntry = [at: number, receivedAt: number, links?: 1];

/**
 * How far the fingerprints reach: every message received since then that was queued is among them. They are counted, so
 * that this is known although only `maxSeen` are kept: at most half of them were queued before `next`, and half after it.
 */
export interface SeenMemory {
	/** Seconds. */
	since: number;
	/** What `since` becomes next, seconds. */
	next: number;
	/** Messages queued since `next`. */
	count: number;
}

/**
 * The second look, by lastModifiedDateTime: with immutable ids the delta query is reported to name a message that is moved in only as
 * removed, in the folder that it came from (microsoftgraph/microsoft-graph-docs-contrib#72).
 */
export interface SecondLook {
	/** The next look asks for what was modified at or after this time, seconds. */
	from: number;
	/** The first look, seconds. */
	began: number;
	/** Fingerprints of rows that the delta query named as removed. */
	removed?: string;
	/** Messages that only the look has found so far, and when, seconds. */
	unnamed?: Array<[id: string, at: number]>;
	/** It is known that this Exchange does not name what is moved in. */
	untold?: true;
}

/** A full round is over, and is still to be compared with another list of the folder; see fullRound.ts. */
export interface GraphUncheckedRound {
	/** From where on it is compared, seconds. Absent: everything. */
	floor?: number;
	/** The list goes on with what was received at or before this time, seconds. */
	until: number;
	/** Rows of the list so far. */
	rows: number;
	/** The limit of the first run was reached: older messages were passed over. */
	capped?: true;
	/** Exchange did not sort the round: what is remembered of it is not the newest. */
	unsorted?: true;
	/** It was a resync. */
	again?: true;
	/** All that it named is remembered. */
	whole?: boolean;
}

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
 * How far a folder was read. JSON; usually 1 to 5 KB, about 30 at worst (200 ids that wait, 500 fingerprints, one link).
 * All times are seconds since the epoch of the server's clock.
 *
 * The link of Exchange's delta query is the cursor; it moves only when every new id of its page lies in `todo`, and
 * a page is asked for only when nothing in `todo` can be worked on. So caps, crashes and large first rounds lose nothing: with an older
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
	/** Fingerprints of messages that a resync named and that were received before the reach of `seen`. */
	again?: string;
	todo: Queued[];
	/** Messages set aside, by id. */
	retry: Record<string, SetAsideEntry>;
	/** Messages that Exchange said it does not have, by id. */
	missing?: Record<string, MissingEntry>;
	memory?: SeenMemory;
	look?: SecondLook;
	/** Exchange refused to sort the full round that is under way. */
	unsorted?: true;
	unchecked?: GraphUncheckedRound;
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
	/** Rows that name no message. */
	unreadable?: number;
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
	const { taken, left, ...marks } = take({ ...state, base }, page.rows);
	const complete = page.nextLink === undefined;
	return {
		...withoutLookBack(state, complete),
		...(complete && state.phase !== 'steady' ? { unchecked: state.unchecked ?? uncheckedOf(state, left, page) } : {}),
		memory: remembering(state.memory, taken.length, page.serverTime),
		...(state.look === undefined ? {} : { look: named(state.look, page.rows) }),
		phase: complete ? 'steady' : state.phase,
		link: page.nextLink ?? page.deltaLink ?? '',
		walking: !complete,
		base: complete ? started : base,
		started,
		...(!complete && left !== undefined ? { left } : {}),
		...marks,
		todo: [...state.todo, ...sorted(taken, order)],
	};
}

/** What is to be compared once a full round is over. It may have begun long ago: mail of the last minutes is for later rounds. */
function uncheckedOf(
	{ floor, unsorted, phase, base }: GraphFolderState,
	left: number | undefined,
	{ serverTime }: Page,
): GraphUncheckedRound {
	const isAgain = phase === 'resync';
	const start = isAgain ? Math.max(0, base - GRAPH_LIMITS.resyncOverlapSeconds) : floor;
	return {
		...(start === undefined ? {} : { floor: start }),
		until: serverTime,
		rows: 0,
		...(left === 0 ? { capped: true } : {}),
		...(unsorted ? { unsorted } : {}),
		...(isAgain ? { again: true } : {}),
	};
}

/** Why a row is taken; `look-back` counts against the limit of the first run. */
type Reason = 'new' | 'look-back' | undefined;

/** The rows that are wanted and new; a row may come twice, in one page too. */
export function take(
	state: GraphFolderState,
	rows: readonly Row[],
	reasonOf: (row: Row) => Reason = (row) => whyWanted(state, row),
): Taken {
	const known = fingerprintSet(state.seen + (state.again ?? ''));
	const waiting = waitingIn(state);
	const taken: Queued[] = [];
	const marks: Marks = { newest: [], lookBack: [], unremembered: [] };
	let { left } = state;
	for (const row of rows) {
		if (row.removed) continue;
		const reason = reasonOf(row);
		if (reason === undefined) continue;
		if (reason === 'look-back' && left !== undefined) {
			// Counted also when it is a repetition: a round that starts anew counts anew.
			if (left === 0) continue;
			left--;
		}
		const mark = fingerprint(row.id);
		const isKnown = known.has(mark);
		// A full round names all that is known, the newest first: in its order, the newest would be forgotten first.
		if (!isKnown || state.phase === 'steady') {
			const kind = isUnremembered(state, row.receivedAt) ? 'unremembered' : reason === 'new' ? 'newest' : 'lookBack';
			marks[kind].push({ mark, receivedAt: row.receivedAt ?? 0 });
		}
		if (isKnown || waiting.has(row.id)) continue;
		known.add(mark);
		taken.push(row.hasAttachments ? [row.id, row.receivedAt ?? 0, 1] : [row.id, row.receivedAt ?? 0]);
	}
	return { taken, ...remembered(state, marks), ...(left === undefined ? {} : { left }) };
}

/** What {@link take} found, and the fingerprints afterwards. */
type Taken = Pick<GraphFolderState, 'seen' | 'again' | 'left'> & { taken: Queued[] };

/** Fingerprints to remember: what came, what the look-back named, what a resync named that may have been forgotten. */
type Marks = Record<'newest' | 'lookBack' | 'unremembered', Array<{ mark: string; receivedAt: number }>>;

/**
 * What comes is remembered as the newest. The look-back is remembered behind it, the newest of it first, and as far as there is
 * room: its round goes back in time. What finds none, and what a resync names from before the reach of the fingerprints, is
 * kept apart: among the others it would push out those that the round is still to name.
 */
function remembered(
	{ seen: before, again: apart = '' }: GraphFolderState,
	{ newest, lookBack, unremembered }: Marks,
): Pick<GraphFolderState, 'seen' | 'again'> {
	const { maxSeen, maxAgain } = GRAPH_LIMITS;
	const seen = remember(
		before,
		newest.map(({ mark }) => mark),
		maxSeen,
	);
	const back = [...lookBack].sort((a, b) => b.receivedAt - a.receivedAt).map(({ mark }) => mark);
	const room = Math.max(0, maxSeen - fingerprintSet(seen).size);
	const rest = [...back.slice(room), ...unremembered.map(({ mark }) => mark)];
	const again = remember(apart, rest, maxAgain);
	return {
		seen: remember(back.slice(0, room).reverse().join(''), [...fingerprintSet(seen)], maxSeen),
		...(again === '' ? {} : { again }),
	};
}

/**
 * A steady round names what came into the folder: all of it is wanted. A full round names everything: wanted is what
 * was received late enough, and what came into the folder after it was first or last read, however old: Exchange
 * sets lastModifiedDateTime when a message is moved or copied.
 */
function whyWanted({ phase, base, floor }: GraphFolderState, row: Row): Reason {
	if (phase === 'steady') return 'new';
	const edge = phase === 'resync' ? base - GRAPH_LIMITS.resyncOverlapSeconds : base;
	if (row.modifiedAt !== undefined && row.modifiedAt >= edge) return 'new';
	if (phase === 'resync') return row.receivedAt === undefined || row.receivedAt >= edge ? 'new' : undefined;
	return floor === undefined || row.receivedAt === undefined || row.receivedAt >= floor ? 'look-back' : undefined;
}

/** Ids that are queued, or come again. */
export function waitingIn({ todo, retry, missing = {} }: GraphFolderState): Set<string> {
	return new Set([...todo.map(([id]) => id), ...Object.keys(retry), ...Object.keys(missing)]);
}

/** Counts what was queued. */
export function remembering(memory: SeenMemory | undefined, queued: number, serverTime: number): SeenMemory {
	const { since, next, count } = memory ?? { since: serverTime, next: serverTime, count: 0 };
	const half = GRAPH_LIMITS.maxSeen / 2;
	if (count + queued <= half) return { since, next, count: count + queued };
	// More at once than half of what is kept: only what comes from now on is sure to be among them.
	return { since: queued > half ? serverTime : next, next: serverTime, count: Math.min(queued, half) };
}

/** Of a resync: received before the reach of the fingerprints, so that it may have been queued before. */
function isUnremembered({ phase, memory, seen }: GraphFolderState, receivedAt = 0): boolean {
	if (phase !== 'resync' || !isFull(seen, GRAPH_LIMITS.maxSeen)) return false;
	return receivedAt < (memory?.since ?? Number.POSITIVE_INFINITY) + GRAPH_LIMITS.skewSeconds;
}

/**
 * How many messages of a page were queued that may have been before: of a resync those received before the reach of the
 * fingerprints, of any other round those that have not changed since then either, so that nothing brought them into the folder.
 */
export function unrememberedIn(before: GraphFolderState, after: GraphFolderState, rows: readonly Row[]): number {
	if (before.phase === 'initial' || !isFull(before.seen, GRAPH_LIMITS.maxSeen)) return 0;
	const since = before.memory?.since ?? 0;
	const modifiedAt = new Map(rows.map((row) => [row.id, row.modifiedAt ?? row.receivedAt ?? 0]));
	return after.todo
		.slice(before.todo.length)
		.filter(([id, receivedAt]) =>
			before.phase === 'resync'
				? isUnremembered(before, receivedAt)
				: receivedAt < since && (modifiedAt.get(id) ?? 0) < since,
		).length;
}

/** Keeps what the delta query says of messages, for the second look. */
function named(look: SecondLook, rows: readonly Row[]): SecondLook {
	const { removed = '', unnamed = [], ...rest } = look;
	const there = new Set(rows.filter((row) => !row.removed).map(({ id }) => id));
	const gone = rows
		.filter(({ id, removed: isRemoved }) => isRemoved && !there.has(id))
		.map(({ id }) => fingerprint(id));
	const marks = new Set([...there].map(fingerprint));
	const kept = remember(removed, gone, GRAPH_LIMITS.maxRemoved);
	const left = [...fingerprintSet(kept)].filter((mark) => !marks.has(mark)).join('');
	const still = unnamed.filter(([id]) => !there.has(id));
	return { ...rest, ...(left === '' ? {} : { removed: left }), ...(still.length === 0 ? {} : { unnamed: still }) };
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
	const { floor: _floor, left: _left, unsorted: _unsorted, ...rest } = state;
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
	const { look, unsorted: _unsorted, unchecked, ...rest } = state;
	return {
		...rest,
		...(unchecked === undefined || folderId !== state.folderId ? {} : { unchecked }),
		...(look === undefined || folderId !== state.folderId ? {} : { look }),
		folderId,
		link: '',
		walking: false,
		phase: state.phase === 'initial' ? 'initial' : 'resync',
		...(state.phase === 'initial' && firstRunCap !== undefined ? { left: firstRunCap } : {}),
	};
}

/** Ends messages: handed over, not wanted or gone. */
export function settle(state: GraphFolderState, ids: ReadonlySet<string>): GraphFolderState {
	const { missing = {}, ...rest } = state;
	const stillMissing = without(missing, ids);
	return {
		...rest,
		todo: state.todo.filter(([id]) => !ids.has(id)),
		retry: without(state.retry, ids),
		...(Object.keys(stillMissing).length === 0 ? {} : { missing: stillMissing }),
	};
}

const without = <Entry>(entries: Readonly<Record<string, Entry>>, ids: ReadonlySet<string>): Record<string, Entry> =>
	Object.fromEntries(Object.entries(entries).filter(([id]) => !ids.has(id)));

/**
 * Takes a message out of the way after a failed try; it comes again later, or is given up after the last one. Undefined when as
 * many others wait as a cursor may hold: it stays where it is.
 */
export function setAside(
	state: GraphFolderState,
	queued: Queued,
	now: number,
): (NextTry & { state: GraphFolderState }) | undefined {
	const [id, receivedAt, links] = queued;
	const rest = settle(state, new Set([id]));
	const next = afterFailure(state.retry[id]?.[0] ?? 0, false, now);
	const { attempts, retryAt } = next;
	if (retryAt === undefined) return { ...next, state: rest };
	if (Object.keys(rest.retry).length >= GRAPH_LIMITS.maxRetries) return undefined;
	const entry: SetAsideEntry =
		links === undefined ? [attempts, retryAt, receivedAt] : [attempts, retryAt, receivedAt, links];
	return { ...next, state: { ...rest, retry: { ...rest.retry, [id]: entry } } };
}

/** A message that Exchange says it does not have is asked for once more, a minute later. Undefined when too many are. */
export function setMissing(state: GraphFolderState, queued: Queued, now: number): GraphFolderState | undefined {
	const [id, receivedAt, links] = queued;
	const rest = settle(state, new Set([id]));
	const missing = rest.missing ?? {};
	if (Object.keys(missing).length >= GRAPH_LIMITS.maxMissing) return undefined;
	const at = now + MINUTE;
	const entry: MissingEntry = links === undefined ? [at, receivedAt] : [at, receivedAt, links];
	return { ...rest, missing: { ...missing, [id]: entry } };
}

/** A message that cannot be set aside lets the others go first. */
export function postpone(state: GraphFolderState, queued: Queued): GraphFolderState {
	const others = state.todo.filter(([id]) => id !== queued[0]);
	return others.length === state.todo.length ? state : { ...state, todo: [...others, queued] };
}

/** Messages set aside whose time has come, the longest waiting first. `now` in milliseconds. */
export function dueRetries(state: GraphFolderState, now: number): Queued[] {
	return due(state.retry, ([, at]) => at, now, GRAPH_LIMITS.retriesPerPoll).map(([id, [, , receivedAt, links]]) =>
		links === undefined ? [id, receivedAt] : [id, receivedAt, links],
	);
}

/** Messages that Exchange did not have a minute ago and more. `now` in milliseconds. */
export function dueMissing({ missing = {} }: GraphFolderState, now: number): Queued[] {
	return due(missing, ([at]) => at, now, GRAPH_LIMITS.maxMissing).map(([id, [, receivedAt, links]]) =>
		links === undefined ? [id, receivedAt] : [id, receivedAt, links],
	);
}

import { IMAP_LIMITS, MAILBOX_LIMITS } from '../../limits';
import { afterFailure, due, firstAsked, type NextTry } from '../retries';
import { coarsen, includes, intersect, MAX_UID, rangesOf, subtract, union, type UidRange } from './ranges';

/** A message that could not be fetched and is tried again. */
export interface RetryEntry {
	/** Tries so far. */
	n: number;
	/** Not before, milliseconds since the epoch. */
	at: number;
	/** Error code of the last try. */
	code: string;
	/** Its fingerprint, where the server tells it: it is found again when UIDs change. */
	known?: string;
}

/**
 * How far a folder was read. JSON; a few KB at most.
 *
 * A UID means something only together with its folder and UIDVALIDITY (RFC 9051 section 2.3.1.1), and dates mean
 * nothing: mail is moved in late, clocks and Date fields lie. So the cursor is the set of UIDs still to do.
 */
export interface ImapFolderState {
	v: 1;
	/** Whose folder: `user@host`. A cursor of another mailbox is not used. */
	account: string;
	/** As it was written. */
	path: string;
	/** As the server names the folder, which may be written in other ways; 0.1 did not save it. */
	serverPath?: string;
	/** Decimal string. */
	uidValidity: string;
	/** Counts UIDVALIDITY changes. */
	epoch: number;
	/** Highest UID ever seen. */
	top: number;
	/** UIDs not handed over yet. Every message that is in the folder, not in here and not in `retry`, was handed over or not wanted. */
	todo: UidRange[];
	/** UIDs a little below `top` that no message had when they were passed; a message may still turn up there. */
	absent: UidRange[];
	/** Messages set aside, by UID. */
	retry: Record<string, RetryEntry>;
	/** Messages up to this UID that were received before this time are not wanted: the look-back's exact edge. */
	floor?: { uid: number; time: number };
	/** When it was last read, milliseconds since the epoch. Used only when UIDVALIDITY changes. */
	polledAt?: number;
	/** Fingerprints of the messages handed over last, packed: they are recognised when UIDs change under them. */
	known?: string;
	/** UIDs and fingerprints of those with the highest UIDs. */
	tips?: Array<[uid: number, fingerprint: string]>;
	/** After a change of UIDs, when `todo` had to be coarsened: up to this UID, messages that are known were handed over before. */
	renumbered?: number;
	/** Polls in a row that found messages under new UIDs. */
	renumberings?: number;
	/** UIDs stick only when the folder is opened with SELECT: it is, from now on. */
	select?: true;
	/** Highest UID in the folder when it was last read, where it is not `top`: a search that does not find it is not believed. */
	anchor?: number;
	/** The server's search for UIDs leaves out messages: they are listed by FETCH. */
	byFetch?: true;
	/** UIDNEXT above `top` for which no message was found, asked in two ways. */
	next?: number;
	/** UIDNEXT of the last poll, since it went back although messages have higher UIDs: new mail gets UIDs from here on. */
	rewound?: number;
	/** Up to this UID all that had no message then are in `absent`. */
	watched?: number;
}

/** What the cursor of a folder is started with. */
export interface CursorStart {
	account: string;
	path: string;
	serverPath: string;
	uidValidity: string;
	epoch: number;
	/** UIDs of all messages in the folder. */
	existing: readonly number[];
	/** Those of the look-back. */
	uids: readonly number[];
	/** Undefined: no edge. */
	floor?: { uid: number; time: number };
	/** Messages that an earlier cursor had set aside. */
	retry?: Record<string, RetryEntry>;
	/** What the cursor before it remembered, and what of it is in the folder: UIDs and fingerprints. */
	before?: { state: ImapFolderState; recognised: ReadonlyMap<number, string> };
}

export function startCursor(start: CursorStart): ImapFolderState {
	const { account, path, serverPath, uidValidity, epoch, existing, floor, before } = start;
	const top = existing.reduce((highest, uid) => Math.max(highest, uid), 0);
	const exact = rangesOf(start.uids.filter((uid) => uid <= top));
	const todo = coarsen(exact, IMAP_LIMITS.maxRanges);
	const isCoarse = todo.length < exact.length;
	const absent =
		top === 0 ? [] : subtract([[lowestLate(top), top]], rangesOf(existing.filter((uid) => uid >= lowestLate(top))));
	return prune({
		v: 1,
		account,
		path,
		serverPath,
		uidValidity,
		epoch,
		top,
		todo,
		absent,
		retry: start.retry ?? {},
		...(floor === undefined ? {} : { floor }),
		...(before?.state.known === undefined ? {} : { known: before.state.known }),
		...(before?.state.known !== undefined && isCoarse ? { renumbered: top } : {}),
		...(before === undefined || before.recognised.size === 0 ? {} : { tips: highest([...before.recognised]) }),
	});
}

/** Remembers messages that were handed over. */
export function rememberTips(
	state: ImapFolderState,
	handedOver: ReadonlyArray<[uid: number, fingerprint: string]>,
): ImapFolderState {
	if (handedOver.length === 0) return state;
	return { ...state, tips: highest([...new Map([...(state.tips ?? []), ...handedOver])]) };
}

function highest(tips: Array<[number, string]>): Array<[number, string]> {
	return tips.sort(([a], [b]) => a - b).slice(-IMAP_LIMITS.maxTips);
}

/** Lowest UID that may still turn up late. */
const lowestLate = (top: number) => Math.max(1, top - IMAP_LIMITS.lateUids + 1);

/** Takes in what a search for UIDs above `top` and in `absent` found. */
export function discover(state: ImapFolderState, found: readonly number[]): ImapFolderState {
	const fresh = found.filter((uid) => uid > state.top && uid <= MAX_UID);
	const late = rangesOf(found.filter((uid) => includes(state.absent, uid)));
	if (fresh.length === 0 && late.length === 0) return state;
	const top = fresh.reduce((highest, uid) => Math.max(highest, uid), state.top);
	// Holes go along: one range instead of many, and searching a hole costs nothing.
	const passed: UidRange[] = top > state.top ? [[state.top + 1, top]] : [];
	const gaps = subtract(subtract(union(state.absent, passed), rangesOf(fresh)), late);
	const lowest = Math.min(lowestLate(top), state.rewound ?? MAX_UID);
	return {
		...state,
		top,
		todo: union(state.todo, passed, late),
		absent: lowest > 1 ? subtract(gaps, [[1, lowest - 1]]) : gaps,
	};
}

/**
 * UIDNEXT went back, and nothing has a UID as high any more: the folder was put back to an earlier state, and these UIDs are given
 * once more.
 */
export function lowerTop(state: ImapFolderState, uidNext: number): ImapFolderState {
	const gone: UidRange[] = [[uidNext, MAX_UID]];
	const { anchor: _gone, ...rest } = state;
	return prune({
		...rest,
		top: uidNext - 1,
		todo: subtract(state.todo, gone),
		absent: subtract(state.absent, gone),
		retry: Object.fromEntries(Object.entries(state.retry).filter(([uid]) => Number(uid) < uidNext)),
		...(state.tips === undefined ? {} : { tips: state.tips.filter(([uid]) => uid < uidNext) }),
	});
}

/**
 * UIDNEXT went back below messages that are there. New mail gets UIDs between theirs: it is looked for there, and what has come
 * meanwhile (`strange`) is still to do.
 */
export function rewind(
	state: ImapFolderState,
	uidNext: number,
	existing: readonly number[],
	strange: readonly number[],
): ImapFolderState {
	const taken = union(rangesOf(existing), state.todo, rangesOf(Object.keys(state.retry).map(Number)));
	const holes = uidNext > state.top ? [] : subtract([[uidNext, state.top]], taken);
	// The lowest are next. When the counter has passed them, others come in their place.
	const next = holes.slice(0, IMAP_LIMITS.maxRanges);
	return {
		...state,
		rewound: uidNext,
		watched: next.length < holes.length ? next.at(-1)![1] : state.top,
		todo: union(state.todo, rangesOf(strange)),
		absent: subtract(union(state.absent, next), rangesOf(strange)),
	};
}

/** An interval of `todo` and the messages in it that a search showed, ascending. */
export interface Stretch {
	from: number;
	to: number;
	uids: number[];
}

/**
 * Ends a stretch: what is not in `unfinished` was handed over, set aside, not wanted or is gone.
 * An unfinished message keeps the holes between it and its unfinished neighbours, so that ranges stay few; but not those
 * that `todo` had itself: there are messages that an earlier poll handed over out of turn.
 */
export function settle(state: ImapFolderState, stretch: Stretch, unfinished: ReadonlySet<number>): ImapFolderState {
	// An end that is no number would cut everything behind the beginning out of `todo`.
	if (!(Number.isInteger(stretch.from) && Number.isInteger(stretch.to))) {
		throw new RangeError(`a stretch goes from UID to UID, not from ${stretch.from} to ${stretch.to}`);
	}
	const kept: UidRange[] = [];
	let open: UidRange | undefined;
	for (const uid of stretch.uids) {
		if (!unfinished.has(uid)) open = undefined;
		else if (open === undefined) kept.push((open = [uid, uid]));
		else open[1] = uid;
	}
	const finished = rangesOf(stretch.uids.filter((uid) => !unfinished.has(uid)));
	return prune({
		...state,
		todo: union(subtract(state.todo, [[stretch.from, stretch.to]]), intersect(kept, state.todo)),
		absent: subtract(state.absent, finished),
	});
}

/**
 * Takes a message out of the way after a failed try; it comes again later, or is given up. Undefined when as many wait already as a
 * cursor holds: then it has to stay in `todo`.
 */
export function setAside(
	state: ImapFolderState,
	uid: number,
	code: string,
	now: number,
): (NextTry & { state: ImapFolderState }) | undefined {
	const { [uid]: entry, ...others } = state.retry;
	if (entry === undefined && Object.keys(others).length >= IMAP_LIMITS.maxRetries) return undefined;
	const next = afterFailure(entry?.n ?? 0, false, now);
	const { attempts, retryAt } = next;
	const known = entry?.known === undefined ? {} : { known: entry.known };
	const retry = retryAt === undefined ? others : { ...others, [uid]: { n: attempts, at: retryAt, code, ...known } };
	return { ...next, state: { ...state, retry } };
}

/** Messages set aside of which no fingerprint is known. */
export const unknownRetries = ({ retry }: ImapFolderState): number[] =>
	Object.entries(retry).flatMap(([uid, { known }]) => (known === undefined ? [Number(uid)] : []));

/** Keeps the fingerprints of messages that are set aside. */
export function rememberRetries(state: ImapFolderState, fingerprints: ReadonlyMap<number, string>): ImapFolderState {
	const told = Object.entries(state.retry).flatMap(([uid, entry]): Array<[string, RetryEntry]> => {
		const known = fingerprints.get(Number(uid));
		return known === undefined ? [] : [[uid, { ...entry, known }]];
	});
	return told.length === 0 ? state : { ...state, retry: { ...state.retry, ...Object.fromEntries(told) } };
}

/** Ends the retries of messages that were handed over or are gone. */
export function endRetries(state: ImapFolderState, uids: readonly number[]): ImapFolderState {
	if (!uids.some((uid) => uid in state.retry)) return state;
	const retry = { ...state.retry };
	for (const uid of uids) delete retry[uid];
	return { ...state, retry };
}

/** Messages set aside whose time has come, the longest waiting first. */
export function dueRetries(state: ImapFolderState, now: number): number[] {
	return due(state.retry, ({ at }) => at, now, IMAP_LIMITS.retriesPerPoll).map(([uid]) => Number(uid));
}

/** When a message that waits was first asked for, milliseconds since the epoch, about. */
export const firstTried = ({ n, at }: RetryEntry): number => firstAsked(Math.min(n, MAILBOX_LIMITS.maxAttempts), at);

/** True when the look-back does not reach to this message. */
export function isBelowFloor(state: ImapFolderState, uid: number, receivedAt: Date | undefined): boolean {
	const { floor } = state;
	return floor !== undefined && uid <= floor.uid && receivedAt !== undefined && receivedAt.getTime() < floor.time;
}

/** The edge of the look-back, and of what may be recognised, is of no use when nothing below it is left to do. */
function prune(state: ImapFolderState): ImapFolderState {
	const { floor, renumbered, ...rest } = state;
	const lowest = state.todo[0]?.[0];
	const isLeft = (uid: number) => lowest !== undefined && lowest <= uid;
	return {
		...rest,
		// Above `top`: messages below the edge have not been seen yet.
		...(floor !== undefined && (isLeft(floor.uid) || floor.uid > state.top) ? { floor } : {}),
		...(renumbered !== undefined && isLeft(renumbered) ? { renumbered } : {}),
	};
}

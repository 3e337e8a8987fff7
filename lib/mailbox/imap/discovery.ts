import { IMAP_LIMITS } from '../../limits';
import { DAY } from '../../units';
import { allUids, ascending, believable, datesOf, distrustText, untold, type OpenFolder } from './begin';
import type { OpenedFolder } from './connection';
import { lowerTop, rewind, type ImapFolderState } from './cursor';
import { receivedAt } from './messages';
import { accountName } from './options';
import { includes, MAX_UID, rangesOf, union, type UidRange } from './ranges';
import { fingerprints, recognised, remembered } from './recognition';

/** What the search of a poll found. */
export interface News {
	/** UIDs that are new or turned up late. */
	found: number[];
	/** UIDNEXT went back below what was seen before. What is above it now may have come since the folder was opened. */
	isBack: boolean;
	/** What that means is not known yet, or not any more. */
	looksAbove: boolean;
	/** Where UIDNEXT went back: UIDs that it has passed since the last poll, and that a message had then. It may be another one now. */
	passed: number[];
	/** The highest UID, when what was the highest is gone. */
	lower?: number;
	/** What the next poll has to know. */
	listing: Pick<ImapFolderState, 'anchor' | 'byFetch' | 'next'>;
}

/** UIDNEXT that is not above what was seen. None, or 0, tells nothing. */
export function wentBack({ uidNext }: OpenedFolder, { top }: ImapFolderState): boolean {
	return Boolean(uidNext) && uidNext! <= top;
}

/**
 * UIDs that are new or turned up late. The search is also for the highest UID that was there before: when it is not found, it may
 * be gone, or the search leaves out messages, and FETCH is asked. So it is when UIDNEXT says that something came and the search does
 * not.
 */
export async function findNew(open: OpenFolder, state: ImapFolderState): Promise<News> {
	const { connection, warn, folder } = open;
	const { top, anchor = top, absent } = state;
	const { uidNext = 0 } = folder;
	const fresh: UidRange = [Math.min(top + 1, MAX_UID), MAX_UID];
	// Once that is known, only where the counter has passed what is watched.
	const isKnown = state.rewound !== undefined && uidNext <= (state.watched ?? 0);
	const isBack = wentBack(folder, state);
	const looksAbove = isBack && !isKnown;
	const ranges = union(absent, [fresh]);
	const { rewound = uidNext } = state;
	const passed: UidRange[] = rewound < uidNext && rewound <= top ? [[rewound, Math.min(uidNext - 1, top)]] : [];
	const sought = union(ranges, passed);
	const news = (uids: readonly number[], listing: News['listing']): News => ({
		found: uids.filter((uid) => includes(ranges, uid)),
		isBack,
		looksAbove,
		passed: uids.filter((uid) => includes(passed, uid) && !includes(ranges, uid)),
		listing,
	});
	if (state.byFetch) {
		connection.distrustSearch();
		return news(await connection.searchUids(sought), {});
	}
	const named = await connection.searchUids(anchor > 0 ? union(sought, [[anchor, anchor]]) : sought);
	const listed = await believable(open, named, top);
	const highest = listed.reduce((most, uid) => Math.max(most, uid), 0);
	// UIDNEXT without a message: one that came and went, or one that the search left out.
	const isAnnounced = highest <= top && uidNext > top + 1;
	const next = isAnnounced ? { next: uidNext } : {};
	if ((!isAnnounced || uidNext === state.next) && (anchor === 0 || listed.includes(anchor)))
		return news(listed, { ...next, ...(anchor === top || highest > top ? {} : { anchor }) });
	const told = await connection.fetchUids([fresh]);
	const last = told.reduce((most, uid) => Math.max(most, uid), 0);
	const missed = told.filter((uid) => !listed.includes(uid) && (uid === anchor || uid > top));
	// What arrived in between is not missed.
	const late = missed.length === 0 ? [] : await connection.searchUids(rangesOf(missed));
	if (missed.every((uid) => late.includes(uid))) {
		const listing = { ...next, ...(last === 0 || last >= top ? {} : { anchor: last }) };
		return { ...news([...listed, ...late], listing), ...(last < anchor ? { lower: last } : {}) };
	}
	connection.distrustSearch();
	warn('search-incomplete', distrustText(folder));
	return news(await connection.searchUids(sought), { byFetch: true });
}

/**
 * What it means when UIDNEXT went back although the messages are the same: a backup was put back, or the server counts anew (GMX,
 * chatmail/core#2188).
 */
export async function withCounter(open: OpenFolder, state: ImapFolderState, news: News): Promise<ImapFolderState> {
	const { folder, warn } = open;
	const { rewound, watched, ...steady } = state;
	if (!news.isBack && rewound === undefined) return steady;
	const { uidNext } = folder;
	// Without a counter nothing is known of it.
	if (uidNext === undefined || uidNext === 0) return state;
	// Not from the search that found what is new: one that was cut short would make all that is there look new later.
	const existing = news.looksAbove
		? (await allUids(open, state.byFetch)).existing.filter((uid) => uid <= state.top)
		: undefined;
	const isFirst = rewound === undefined;
	const tell = (what: string, count: number) =>
		warn(
			'uidnext-rewound',
			`The server of ${accountName(folder.options)} counts the messages of '${folder.path}' from an earlier number again (UIDNEXT ${uidNext}, ${what} ${count} that may have come since the last poll were not recognized and are read; any of them that were output before are repeated.`,
		);
	if (existing !== undefined && !existing.some((uid) => uid >= uidNext)) {
		// Some of those below have their UID for the second time.
		const again = await strangers(open, state, belowCounter(existing, uidNext), news.found);
		if (again.length > 0) tell(`although there was UID ${state.top}).`, again.length);
		const lowered = lowerTop(steady, uidNext);
		return { ...lowered, todo: union(lowered.todo, rangesOf(again)) };
	}
	const strange = isFirst
		? await strangers(open, state, belowCounter(existing!, uidNext), news.found)
		: news.isBack
			? await unknown(open, state, news.passed, news.found)
			: await strangers(open, state, news.passed, news.found);
	if (isFirst || strange.length > 0)
		tell(`although there is UID ${state.top}). New messages are looked for between the others.`, strange.length);
	// UIDs that were passed may name other messages now.
	const tips = state.tips?.filter(([uid]) => uid < (rewound ?? uidNext) || uid >= uidNext);
	const kept = { ...state, ...(tips === undefined ? {} : { tips }) };
	if (existing !== undefined) return rewind(kept, uidNext, existing, strange);
	// It is where it was before.
	if (!news.isBack) {
		const { rewound: _over, watched: _all, ...again } = kept;
		return { ...again, todo: union(state.todo, rangesOf(strange)) };
	}
	return { ...kept, rewound: uidNext, todo: union(state.todo, rangesOf(strange)) };
}

/** Of these messages, those that are not waiting and not recognised. */
async function unknown(
	{ connection, folder }: OpenFolder,
	state: ImapFolderState,
	uids: readonly number[],
	found: readonly number[],
): Promise<number[]> {
	const pending = waiting(state, found);
	const candidates = uids.filter((uid) => !includes(pending, uid));
	const told = await fingerprints(connection, candidates);
	if (told.size === 0 && candidates.length > 0) throw untold(folder);
	const known = recognised(told, remembered(state));
	return candidates.filter((uid) => !known.has(uid));
}

const waiting = (state: ImapFolderState, found: readonly number[]) =>
	union(state.todo, rangesOf(found), rangesOf(Object.keys(state.retry).map(Number)));

/** Messages right below the counter: it gave UIDs to them last. */
const belowCounter = (existing: readonly number[], uidNext: number) =>
	existing.filter((uid) => uid < uidNext).slice(-IMAP_LIMITS.metadataMessages);

/**
 * Those of the messages that are not known: the counter may have given them their UIDs lately, however many that it had given before
 * stand between them. Of those received earlier, only the last.
 */
async function strangers(
	open: OpenFolder,
	state: ImapFolderState,
	below: readonly number[],
	found: readonly number[],
): Promise<number[]> {
	const pending = waiting(state, found);
	const strange = new Set(await unknown(open, state, below, found));
	const since = (state.polledAt ?? 0) - DAY;
	const rows = await datesOf(open.connection, below);
	const dates = new Map(rows.map((row) => [row.uid, receivedAt(row)?.getTime() ?? since]));
	const taken: number[] = [];
	for (const [at, uid] of below.toReversed().entries()) {
		if (includes(pending, uid)) continue;
		const isRecent = (dates.get(uid) ?? since) >= since;
		if (strange.has(uid) && (isRecent || at < IMAP_LIMITS.lateUids)) taken.push(uid);
	}
	return ascending(taken);
}

import { IMAP_LIMITS } from '../../limits';
import { DAY } from '../../units';
import { datesOf, distrustText, type OpenFolder } from './begin';
import type { OpenedFolder } from './connection';
import { lowerTop, rewind, type ImapFolderState } from './cursor';
import { receivedAt } from './messages';
import { accountName } from './options';
import { includes, MAX_UID, rangesOf, union, type UidRange } from './ranges';
import { fingerprints, knownOf, recognised } from './recognition';

/** What the search of a poll found. */
export interface News {
	/** UIDs that are new or turned up late. */
	found: number[];
	/** UIDs at UIDNEXT and above that are not new, where UIDNEXT went back. */
	above?: number[];
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
export async function findNew({ connection, warn, folder }: OpenFolder, state: ImapFolderState): Promise<News> {
	const { top, anchor = top, absent } = state;
	const { uidNext = 0 } = folder;
	const fresh: UidRange = [Math.min(top + 1, MAX_UID), MAX_UID];
	// Once that is known, only where no UID is left that may be given next.
	const isKnown = state.rewound !== undefined && absent.some(([, to]) => to >= uidNext);
	const looksAbove = wentBack(folder, state) && !isKnown;
	const above: UidRange[] = looksAbove ? [[uidNext, top]] : [];
	const wanted = union(absent, [fresh]);
	const isNew = (uid: number) => includes(wanted, uid);
	const news = (uids: readonly number[], listing: News['listing']): News => ({
		found: uids.filter(isNew),
		...(looksAbove ? { above: uids.filter((uid) => includes(above, uid) && !isNew(uid)) } : {}),
		listing,
	});
	const ranges = union(wanted, above);
	if (state.byFetch) {
		connection.distrustSearch();
		return news(await connection.searchUids(ranges), {});
	}
	const listed = await connection.searchUids(anchor > 0 ? union(ranges, [[anchor, anchor]]) : ranges);
	const highest = listed.reduce((most, uid) => Math.max(most, uid), 0);
	// UIDNEXT without a message: one that came and went, or one that the search left out.
	const isAnnounced = highest <= top && uidNext > top + 1;
	const next = isAnnounced ? { next: uidNext } : {};
	if ((!isAnnounced || uidNext === state.next) && (anchor === 0 || listed.includes(anchor)))
		return news(listed, { ...next, ...(anchor === top || highest > top ? {} : { anchor }) });
	const told = await connection.fetchUids(`${fresh[0]}:*`);
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
	return news(await connection.searchUids(ranges), { byFetch: true });
}

/**
 * What it means when UIDNEXT went back although the messages are the same: a backup was put back, or the server counts anew (GMX,
 * chatmail/core#2188).
 */
export async function withCounter(
	open: OpenFolder,
	state: ImapFolderState,
	{ above, found }: News,
): Promise<ImapFolderState> {
	const { folder, connection, warn } = open;
	const { rewound, ...steady } = state;
	if (!wentBack(folder, state)) return steady;
	const uidNext = folder.uidNext!;
	if (above === undefined) return state;
	if (above.length === 0 && !found.some((uid) => uid >= uidNext)) return lowerTop(steady, uidNext);
	const existing = await connection.searchUids([[1, state.top]]);
	const strange = rewound === undefined ? await strangers(open, state, existing) : [];
	if (rewound === undefined) {
		warn(
			'uidnext-rewound',
			`The server of ${accountName(folder.options)} counts the messages of '${folder.path}' from an earlier number again (UIDNEXT ${uidNext}, although there is UID ${state.top}). New messages are looked for between the others. ${strange.length} that came since the last poll were not recognized and are read; any of them that were output before are repeated.`,
		);
	}
	return rewind(state, uidNext, existing, strange);
}

/** Messages below the counter that came since the last poll and are not known. */
async function strangers(
	{ folder, connection }: OpenFolder,
	state: ImapFolderState,
	existing: readonly number[],
): Promise<number[]> {
	const pending = union(state.todo, rangesOf(Object.keys(state.retry).map(Number)));
	const below = existing
		.filter((uid) => uid < folder.uidNext! && !includes(pending, uid))
		.sort((a, b) => a - b)
		.slice(-IMAP_LIMITS.metadataMessages);
	const since = (state.polledAt ?? 0) - DAY;
	const rows = await datesOf(connection, below);
	const recent = new Set(rows.filter((row) => (receivedAt(row)?.getTime() ?? since) >= since).map(({ uid }) => uid));
	const candidates = below.filter((uid) => recent.has(uid));
	const known = recognised(await fingerprints(connection, candidates), knownOf(state.known));
	return candidates.filter((uid) => !known.has(uid));
}

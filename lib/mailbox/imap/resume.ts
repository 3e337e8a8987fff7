import { IMAP_LIMITS } from '../../limits';
import { DAY } from '../../units';
import { discover, startCursor, type ImapFolderState } from './cursor';
import { receivedAt } from './messages';
import { accountName, accountOf } from './options';
import { includes, MAX_UID, rangesOf, sequenceSet, union, type UidRange } from './ranges';
import { fingerprints, knownOf, recognised } from './recognition';
import { readState } from './savedState';
import type { ImapConnection, OpenedFolder } from './connection';

/** An open folder and what its first poll may take. */
export interface OpenFolder {
	connection: ImapConnection;
	folder: OpenedFolder;
	firstRunCap?: number | undefined;
	warn: (code: string, message: string) => void;
}

/** Where a poll goes on, in a folder that may have been opened otherwise meanwhile. */
export interface Resumed {
	state: ImapFolderState;
	folder: OpenedFolder;
}

/** Goes on from a saved cursor, with what has arrived since; or starts one, and says why. */
export async function resume(saved: unknown, since: Date | undefined, open: OpenFolder): Promise<Resumed> {
	const { folder, warn } = open;
	const account = accountName(folder.options);
	const state = readState(saved);
	if (needsSelect(folder) && state?.select !== true) warn('uids-do-not-stick', selectText(folder));
	if (state === undefined) {
		if (saved !== undefined && saved !== null) {
			warn(
				'cursor-unreadable',
				`The saved position of '${folder.path}' cannot be read. The folder is read from the start of its look-back, and messages may be repeated.`,
			);
		}
		return await start(open, since, undefined);
	}
	if (state.account !== accountOf(folder.options) || state.path !== folder.path) {
		warn(
			'other-mailbox',
			`The saved position belongs to '${state.path}' of ${readable(state.account)}; '${folder.path}' of ${account} is read from the start of its look-back.`,
		);
		return await start(open, since, undefined);
	}
	if (state.uidValidity !== folder.uidValidity) {
		return await start(open, since, {
			state,
			why: `UIDVALIDITY ${state.uidValidity} is now ${folder.uidValidity}`,
		});
	}
	const { found, ...listing } = await findNew(open, state);
	const moved = await haveMoved(open, state, found);
	if (moved !== false) {
		const why = `UIDVALIDITY ${state.uidValidity} is the same, but UIDs name other messages`;
		return await start(open, since, { state, why }, moved === 'each time');
	}
	const { renumberings: _ended, anchor: _last, ...steady } = discover(state, found);
	return { state: { ...steady, ...listing, ...(needsSelect(folder) ? { select: true } : {}) }, folder };
}

/**
 * UIDs that are new or turned up late. The search is also for the highest UID that was there before: when it is not found, it may
 * be gone, or the search leaves out messages, and FETCH is asked.
 */
async function findNew({ connection, warn, folder }: OpenFolder, state: ImapFolderState) {
	const { top, anchor = top, absent } = state;
	const fresh: UidRange = [Math.min(top + 1, MAX_UID), MAX_UID];
	const ranges = union(absent, [fresh]);
	if (state.byFetch) {
		connection.distrustSearch();
		return { found: await connection.searchUids(ranges) };
	}
	const listed = await connection.searchUids(anchor > 0 ? union(ranges, [[anchor, anchor]]) : ranges);
	const found = listed.filter((uid) => uid !== anchor || includes(ranges, uid));
	const highest = found.reduce((most, uid) => Math.max(most, uid), 0);
	if (anchor === 0 || listed.includes(anchor)) return { found, ...(anchor === top || highest > top ? {} : { anchor }) };
	const told = await connection.fetchUids(`${fresh[0]}:*`);
	const last = told.reduce((most, uid) => Math.max(most, uid), 0);
	const missed = told.filter((uid) => uid === anchor || (uid > top && !found.includes(uid)));
	// What arrived in between is not missed.
	const late = missed.length === 0 ? [] : await connection.searchUids(rangesOf(missed));
	if (missed.every((uid) => late.includes(uid))) {
		const all = [...found, ...late.filter((uid) => uid !== anchor)];
		return { found: all, ...(last === 0 || last > top ? {} : { anchor: last }) };
	}
	connection.distrustSearch();
	warn('search-incomplete', searchText(folder));
	return { found: await connection.searchUids(ranges), byFetch: true as const };
}

function searchText({ path, options }: OpenedFolder): string {
	return `The server of ${accountName(options)} does not find all messages of '${path}' when it searches by UID. From now on they are listed with FETCH.`;
}

/** Opened with SELECT because of the server, not because a user wants it. */
const needsSelect = ({ selected, options }: OpenedFolder) => selected && options.openForWriting !== true;

function selectText({ path, options }: OpenedFolder): string {
	return `The server of ${accountName(options)} gives messages new UIDs each time a folder is opened read-only (EXAMINE). From now on '${path}' is opened with SELECT. Bodies are still read with PEEK: nothing is marked as read.`;
}

/** An account as cursors know it, for people: a host name holds no @. */
const readable = (account: string) => account.replace(/@(?=[^@]*$)/, ' on ');

/**
 * Whether UIDs have changed although UIDVALIDITY has not: in a folder that was re-created within a second, after a counter was put
 * back, on a server whose UIDs do not stick. Costs nothing while there is nothing new.
 */
async function haveMoved(
	{ connection, folder }: OpenFolder,
	state: ImapFolderState,
	found: readonly number[],
): Promise<boolean | 'each time'> {
	const tips = state.tips ?? [];
	const isNew = found.some((uid) => uid > state.top);
	// None, or 0, tells nothing.
	const putBack = Boolean(folder.uidNext) && folder.uidNext! <= state.top;
	if (tips.length === 0 || (!isNew && !putBack)) return false;
	const now = await fingerprints(
		connection,
		tips.map(([uid]) => uid),
	);
	if (tips.some(([uid, fingerprint]) => (now.get(uid) ?? fingerprint) !== fingerprint)) return true;
	if (now.has(tips.at(-1)![0])) return false;
	if (putBack && now.size === 0) return true;
	// The last one is gone. It was deleted or moved, or it is one of the new: then a second look shows whether numbers go on changing.
	const fresh = found.filter((uid) => uid > state.top);
	const again = recognised(await fingerprints(connection, fresh), knownOf(state.known));
	if (again.size === 0) return false;
	// Where UIDs are known not to stick, it is enough that all of the last ones are back under others.
	if (state.select) return now.size === 0 && tips.every(([, fingerprint]) => [...again.values()].includes(fingerprint));
	const isProven = !folder.selected && (await numbersChange(connection, folder, [...again.keys()]));
	return isProven ? 'each time' : false;
}

/** True when the folder, opened again, has another UIDVALIDITY or other UIDs: they do not stick. */
async function numbersChange(
	connection: ImapConnection,
	folder: OpenedFolder,
	uids: readonly number[],
): Promise<boolean> {
	const again = await connection.examine(folder.serverPath);
	if (again.uidValidity !== folder.uidValidity) return true;
	const still = new Set(await connection.searchUids(rangesOf(uids)));
	// All of them: somebody may delete one meanwhile.
	return uids.length > 0 && !uids.some((uid) => still.has(uid));
}

/** The cursor that is no longer of use, and why. */
interface Before {
	state: ImapFolderState;
	why: string;
}

/** Starts a cursor, and opens the folder with SELECT where UIDs prove not to stick. */
async function start(
	open: OpenFolder,
	since: Date | undefined,
	before: Before | undefined,
	/** It was seen that they change each time that the folder is opened. */
	isProven = false,
): Promise<Resumed> {
	const { connection, warn } = open;
	let { folder } = open;
	const select = async () => {
		folder = await connection.select(folder.path);
		warn('uids-do-not-stick', selectText(folder));
		return await begin({ ...open, folder }, since, before);
	};
	let begun = isProven ? await select() : await begin(open, since, before);
	const renumberings = (before?.state.renumberings ?? 0) + (begun.recognised > 0 ? 1 : 0);
	const often = renumberings >= IMAP_LIMITS.maxRenumberings;
	if (!folder.selected && begun.existing.length > 0) {
		const last = begun.existing.slice(-IMAP_LIMITS.maxTips);
		if (often || (await numbersChange(connection, folder, last))) begun = await select();
	}
	// A server that does it at every poll is not told of at every poll, as long as nothing comes twice for it.
	if (before !== undefined && (!often || begun.strange > 0))
		warn('uidvalidity-reset', resetText(folder, before, begun));
	return {
		state: {
			...begun.state,
			...(before === undefined || begun.recognised === 0 ? {} : { renumberings }),
			...(needsSelect(folder) ? { select: true } : {}),
		},
		folder,
	};
}

function resetText(folder: OpenedFolder, { why, state }: Before, { recognised: known, strange }: Begun): string {
	const what = `The folder '${folder.path}' of ${accountName(folder.options)} was re-created or renumbered (${why}). It is read from the start of its look-back.`;
	if (state.known === undefined) return `${what} Messages that were output before may be repeated with new IDs.`;
	return `${what} ${known} of its messages were recognized and are not repeated. ${strange} were not: new messages, and any that were output before the last ${IMAP_LIMITS.maxKnown}, which are repeated with new IDs.`;
}

interface Begun {
	state: ImapFolderState;
	/** UIDs of all messages, ascending. */
	existing: number[];
	/** Messages of the look-back that were handed over before, and those of which nothing is known. */
	recognised: number;
	strange: number;
}

async function begin(open: OpenFolder, since: Date | undefined, before: Before | undefined): Promise<Begun> {
	const { folder, connection, firstRunCap } = open;
	if (before?.state.byFetch) connection.distrustSearch();
	const existing = (await connection.searchUids([[1, MAX_UID]])).sort((a, b) => a - b);
	const byFetch = before?.state.byFetch ?? (await isMissedBySearch(open, existing));
	// Mail that came since the last poll, and work unfinished then, may lie before the look-back.
	const floor = before === undefined ? since : earliest(since, before.state);
	// IMAP compares days in the server's zone: one day more, and INTERNALDATE decides.
	const wide =
		floor === undefined || existing.length === 0
			? existing
			: await connection.search({ since: new Date(floor.getTime() - DAY) });
	// The cap is for a first run: after a reset, everything may be unfinished.
	const uids = before !== undefined || firstRunCap === undefined ? wide : await newest(open, wide, firstRunCap, floor);
	const known = knownOf(before?.state.known);
	const again = known.length === 0 ? new Map() : recognised(await fingerprints(connection, uids), known);
	const unknown = uids.filter((uid) => !again.has(uid));
	const state = startCursor({
		account: accountOf(folder.options),
		path: folder.path,
		uidValidity: folder.uidValidity,
		epoch: before === undefined ? 0 : before.state.epoch + 1,
		existing,
		uids: unknown,
		...(floor === undefined ? {} : { floor: floor.getTime() }),
		...(before === undefined ? {} : { before: { state: before.state, recognised: again } }),
	});
	return {
		state: { ...state, ...(byFetch ? { byFetch } : {}) },
		existing,
		recognised: again.size,
		strange: unknown.length,
	};
}

/** Whether a search for the last message finds it, where its UID is not its number. */
async function isMissedBySearch(
	{ connection, folder, warn }: OpenFolder,
	existing: readonly number[],
): Promise<boolean> {
	const last = existing.at(-1);
	if (last === undefined || last === existing.length) return false;
	if ((await connection.searchUids([[last, last]])).includes(last)) return false;
	if (!(await connection.fetchUids(String(last))).includes(last)) return false;
	connection.distrustSearch();
	warn('search-incomplete', searchText(folder));
	return true;
}

/** The newest messages that the look-back reaches, as many as the cap allows. */
async function newest(
	open: OpenFolder,
	uids: readonly number[],
	cap: number,
	floor: Date | undefined,
): Promise<number[]> {
	// A cap that is no number is none: nothing gets lost for it.
	if (!(cap >= 0)) return [...uids];
	const descending = [...uids].sort((a, b) => b - a);
	const kept: number[] = [];
	for (let at = 0; at < descending.length && kept.length <= cap; at += IMAP_LIMITS.metadataMessages) {
		const window = descending.slice(at, at + IMAP_LIMITS.metadataMessages);
		if (floor === undefined) kept.push(...window);
		else kept.push(...(await receivedSince(open.connection, window, floor)));
	}
	if (kept.length > cap) {
		open.warn(
			'first-run-capped',
			`The look-back contains more messages than 'First Run Limit' (${cap}). Older messages are not read.`,
		);
	}
	return kept.slice(0, cap);
}

async function receivedSince(connection: ImapConnection, uids: readonly number[], floor: Date): Promise<number[]> {
	const rows = await connection.run('read dates', () =>
		connection.client.fetchAll(sequenceSet(rangesOf(uids)), { uid: true, internalDate: true }, { uid: true }),
	);
	const tooOld = new Set(rows.filter((row) => (receivedAt(row) ?? floor) < floor).map((row) => row.uid));
	return uids.filter((uid) => !tooOld.has(uid));
}

/** The look-back, or further back: to what the lost cursor still had to do, and a day before it was last read. */
function earliest(since: Date | undefined, before: ImapFolderState): Date | undefined {
	if (since === undefined) return undefined;
	const times = [
		since.getTime(),
		before.floor?.time,
		before.polledAt === undefined ? undefined : before.polledAt - DAY,
	];
	return new Date(Math.min(...times.filter((time) => time !== undefined)));
}

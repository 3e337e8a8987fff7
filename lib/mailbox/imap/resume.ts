import { IMAP_LIMITS } from '../../limits';
import { begin, untold, type Begun, type OpenFolder } from './begin';
import type { ImapConnection, OpenedFolder } from './connection';
import { discover, lowerTop, type ImapFolderState } from './cursor';
import { findNew, wentBack, withCounter, type News } from './discovery';
import { accountName, accountOf } from './options';
import { MAX_UID, rangesOf } from './ranges';
import { areInAnotherZone, fingerprints, knownOf, recognised, remembered } from './recognition';
import { readState } from './savedState';

/** Where a poll goes on, in a folder that may have been opened otherwise meanwhile. */
export interface Resumed {
	state: ImapFolderState;
	folder: OpenedFolder;
}

/** UIDVALIDITY where there is none, or 0 (RFC 9051 section 2.3.1.1 wants one; frappe#6960, bichon#288). */
export const NO_UIDVALIDITY = '0';

/** Goes on from a saved cursor, with what has arrived since; or starts one, and says why. */
export async function resume(saved: unknown, since: Date | undefined, open: OpenFolder): Promise<Resumed> {
	const { warn } = open;
	let { folder } = open;
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
	if (state.account !== accountOf(folder.options) || !(await isSameFolder(state, open))) {
		warn(
			'other-mailbox',
			`The saved position belongs to '${state.path}' of ${readable(state.account)}; '${folder.path}' of ${account} is read from the start of its look-back.`,
		);
		return await start(open, since, undefined);
	}
	// A counter that went back is asked for a second time.
	if (state.uidValidity === folder.uidValidity && wentBack(folder, state) && state.rewound === undefined) {
		const { connection } = open;
		folder = await (folder.selected ? connection.select(folder.path) : connection.examine(folder.path));
	}
	const at = { ...open, folder };
	// A server that tells none says nothing: whether the messages are the same is looked at.
	const isUntold = state.uidValidity === NO_UIDVALIDITY || folder.uidValidity === NO_UIDVALIDITY;
	if (state.uidValidity !== folder.uidValidity && !isUntold) {
		return await start(at, since, {
			state,
			why: `UIDVALIDITY ${state.uidValidity} is now ${folder.uidValidity}`,
		});
	}
	let news = await findNew(at, state);
	let known = state;
	const moved = await haveMoved(at, state, news, isUntold);
	if (typeof moved === 'object') {
		known = lowerTop(state, moved.upTo + 1);
		news = await findNew(at, known);
		warn('uidnext-rewound', givenAgainText(folder, moved.upTo, news));
	} else if (moved !== false) {
		const why = isUntold
			? 'the server tells no UIDVALIDITY, and UIDs name other messages'
			: `UIDVALIDITY ${state.uidValidity} is the same, but UIDs name other messages`;
		return await start(at, since, { state, why }, moved === 'each time');
	}
	const { renumberings: _ended, anchor: _last, next: _looked, ...steady } = discover(known, news.found);
	const uidValidity = folder.uidValidity === NO_UIDVALIDITY ? state.uidValidity : folder.uidValidity;
	const { path, serverPath } = folder;
	const named = {
		path,
		serverPath,
		uidValidity,
		...news.listing,
		...(needsSelect(folder) ? { select: true as const } : {}),
		// What was handed over under one of these UIDs, and is still there, does not come again.
		...(known === state ? {} : { renumbered: steady.top }),
	};
	return { state: await withCounter(at, { ...steady, ...named }, news), folder: { ...folder, uidValidity } };
}

/** Whether a position is that of the open folder, however its name was written: `Work` and `INBOX.Work` may be one. */
async function isSameFolder(state: ImapFolderState, { folder, connection }: OpenFolder): Promise<boolean> {
	if (state.serverPath !== undefined) return state.serverPath === folder.serverPath;
	if (state.path === folder.path || state.path === folder.serverPath) return true;
	// 0.1 saved a name as it was written.
	if (state.path.toUpperCase() === folder.serverPath) return true;
	await connection.learnNames();
	return connection.otherNames(state.path).includes(folder.serverPath);
}

/** Opened with SELECT because of the server, not because a user wants it. */
const needsSelect = ({ selected, options }: OpenedFolder) => selected && options.openForWriting !== true;

function selectText({ path, options }: OpenedFolder): string {
	return `The server of ${accountName(options)} gives messages new UIDs each time a folder is opened read-only (EXAMINE). From now on '${path}' is opened with SELECT. Bodies are still read with PEEK: nothing is marked as read.`;
}

/** An account as cursors know it, for people: a host name holds no @. */
const readable = (account: string) => account.replace(/@(?=[^@]*$)/, ' on ');

/** `upTo`: up to this UID they are as they were, and those above it were given once more. */
type Moved = boolean | 'each time' | { upTo: number };

/** Whether some of these messages are in the folder under other UIDs than they had. */
async function areAbove(
	connection: ImapConnection,
	uid: number,
	tips: ReadonlyArray<[uid: number, fingerprint: string]>,
): Promise<boolean> {
	const above = (await connection.searchUids([[Math.min(uid + 1, MAX_UID), MAX_UID]])).sort((a, b) => a - b);
	const told = await fingerprints(connection, above.slice(0, IMAP_LIMITS.metadataMessages));
	return (
		recognised(
			told,
			tips.map(([, fingerprint]) => fingerprint),
		).size > 0
	);
}

/**
 * Whether UIDs have changed although UIDVALIDITY has not: in a folder that was re-created within a second, after a counter was put
 * back, on a server whose UIDs do not stick. Costs nothing while there is nothing new.
 */
async function haveMoved(
	{ connection, folder }: OpenFolder,
	state: ImapFolderState,
	{ found, lower, isBack }: News,
	/** UIDVALIDITY tells nothing. */
	isUntold: boolean,
): Promise<Moved> {
	const tips = state.tips ?? [];
	const isNew = found.some((uid) => uid > state.top);
	const putBack = isBack;
	// A counter that runs through known UIDs gives those of deleted messages anew: what it has passed is looked at by itself.
	if (state.rewound !== undefined) return false;
	const isShorter = isUntold && lower !== undefined;
	if (tips.length === 0 || (!isNew && !putBack && !isShorter)) return false;
	const now = await fingerprints(
		connection,
		tips.map(([uid]) => uid),
	);
	const others = tips.filter(([uid, fingerprint]) => (now.get(uid) ?? fingerprint) !== fingerprint).map(([uid]) => uid);
	if (others.length > 0) {
		// Two answers that are alike.
		const again = await fingerprints(connection, others);
		const changed = tips.filter(([uid]) => others.includes(uid) && again.get(uid) === now.get(uid));
		if (changed.length === 0 || (await areInAnotherZone(connection, changed))) return false;
		const [lowest] = changed[0]!;
		const kept = tips.findLast(([uid, fingerprint]) => uid < lowest && now.get(uid) === fingerprint);
		return kept !== undefined && !(await areAbove(connection, kept[0], changed)) ? { upTo: kept[0] } : true;
	}
	if (now.has(tips.at(-1)![0])) return false;
	const fresh = found.filter((uid) => uid > state.top);
	if (now.size === 0) {
		// Named, and not answered for: that says nothing, unless the server answers for others.
		const named = await connection.searchUids(rangesOf(tips.map(([uid]) => uid)));
		if (named.length > 0) {
			if (fresh.length === 0) return false;
			if ((await fingerprints(connection, fresh.slice(-IMAP_LIMITS.maxTips))).size === 0) throw untold(folder);
			return false;
		}
	}
	if (putBack && now.size === 0) return true;
	// The last one is gone. Where nothing else tells it, the one before it should be known.
	if (isShorter && now.size === 0) {
		const before = lower === 0 ? new Map<number, string>() : await fingerprints(connection, [lower]);
		return lower !== 0 && recognised(before, knownOf(state.known)).size === 0;
	}
	// It was deleted or moved, or it is one of the new: then a second look shows whether numbers go on changing.
	const again = recognised(await fingerprints(connection, fresh), remembered(state));
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
		return await begin({ ...open, folder }, since, before?.state);
	};
	let begun = isProven ? await select() : await begin(open, since, before?.state);
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

function givenAgainText({ path, options }: OpenedFolder, upTo: number, { found }: News): string {
	return `The server of ${accountName(options)} gave UIDs of '${path}' to other messages: a backup was put back. Up to UID ${upTo} they are the same. ${found.length} that may have come since the last poll are read; any of them that were output before the last ${IMAP_LIMITS.maxKnown} are repeated.`;
}

function resetText(folder: OpenedFolder, { why, state }: Before, { recognised: known, strange, older }: Begun): string {
	const what = `The folder '${folder.path}' of ${accountName(folder.options)} was re-created or renumbered (${why}). It is read from the start of its look-back.`;
	const left = older === 0 ? '' : ` ${older} older ones, from before the look-back, are not read.`;
	if (state.known === undefined) return `${what} Messages that were output before may be repeated with new IDs.${left}`;
	return `${what} ${known} of its messages were recognized and are not repeated. ${strange} were not: new messages, and any that were output before the last ${IMAP_LIMITS.maxKnown}, which are repeated with new IDs.${left}`;
}

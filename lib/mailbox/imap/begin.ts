import type { FetchMessageObject } from 'imapflow';
import { IMAP_LIMITS } from '../../limits';
import { DAY } from '../../units';
import { MailboxError } from '../errors';
import { untoldMessages } from './explain';
import type { ImapConnection, OpenedFolder } from './connection';
import { firstTried, rememberTips, startCursor, unknownRetries, type ImapFolderState, type RetryEntry } from './cursor';
import { receivedAt } from './messages';
import { accountName, accountOf } from './options';
import { coarsen, MAX_UID, rangesOf, sequenceSet } from './ranges';
import { fingerprints, knownOf, recognised } from './recognition';

/** An open folder and what its first poll may take. */
export interface OpenFolder {
	connection: ImapConnection;
	folder: OpenedFolder;
	firstRunCap?: number | undefined;
	/** False when the server does not survive that it is asked for dates: those of a search decide. */
	readsDates?: boolean | undefined;
	warn: (code: string, message: string) => void;
}

/** A cursor from the start of the look-back, and what it was made of. */
export interface Begun {
	state: ImapFolderState;
	/** UIDs of all messages, ascending. */
	existing: number[];
	/** Messages that were handed over before. */
	recognised: number;
	/** Those to do of which nothing is known. */
	strange: number;
	/** Those from before the look-back of which nothing is known. They are not read. */
	older: number;
}

/** Starts a cursor; after another one that is no longer of use, with what that one remembered. */
export async function begin(
	open: OpenFolder,
	since: Date | undefined,
	before: ImapFolderState | undefined,
): Promise<Begun> {
	const { folder, connection, firstRunCap } = open;
	if (before?.byFetch) connection.distrustSearch();
	const { existing, byFetch } = await allUids(open, before?.byFetch);
	// Mail that came since the last poll, and work unfinished then, may lie before the look-back.
	const floor = before === undefined ? since : earliest(since, before);
	const wide = floor === undefined || existing.length === 0 ? existing : await notBefore(open, existing, floor);
	// The cap is for a first run: after a reset, everything may be unfinished.
	const uids = before !== undefined || firstRunCap === undefined ? wide : await newest(open, wide, firstRunCap, floor);
	const again = before === undefined ? undefined : await afterReset(open, existing, uids, before);
	const retry = again?.retry ?? {};
	const todo =
		again === undefined ? uids : [...uids.filter((uid) => !again.known.has(uid) && !(uid in retry)), ...again.late];
	const top = existing.at(-1) ?? 0;
	// What the counter has passed and nobody names now was there before: a folder may look empty for a moment.
	const edge = again?.edge ?? Math.max(top, (folder.uidNext ?? 0) - 1);
	const state = startCursor({
		account: accountOf(folder.options),
		path: folder.path,
		serverPath: folder.serverPath,
		uidValidity: folder.uidValidity,
		epoch: before === undefined ? 0 : before.epoch + 1,
		existing,
		uids: todo,
		retry,
		...(floor === undefined ? {} : { floor: { uid: Math.min(edge, MAX_UID), time: floor.getTime() } }),
		...(before === undefined || again === undefined ? {} : { before: { state: before, recognised: again.known } }),
	});
	return {
		state: { ...rememberTips(state, await passedOver(open, existing, todo)), ...(byFetch ? { byFetch } : {}) },
		existing,
		recognised: again?.known.size ?? 0,
		strange: todo.length,
		older: again?.older ?? 0,
	};
}

/** The messages with the highest UIDs, where they are left out: whether UIDs still name them is to be seen later on. */
async function passedOver(
	{ connection, readsDates }: OpenFolder,
	existing: readonly number[],
	todo: readonly number[],
): Promise<Array<[uid: number, fingerprint: string]>> {
	if (readsDates === false) return [];
	const taken = new Set(todo);
	const last = existing.slice(-IMAP_LIMITS.maxTips).filter((uid) => !taken.has(uid));
	return [...((await unlessRefused(connection, async () => await fingerprints(connection, last))) ?? [])];
}

/**
 * UIDs that a search named, without those that cannot be: at or above UIDNEXT, and not named when they are asked for by themselves. One
 * of these, taken for the highest, would hide all mail that comes under lower UIDs. Where no UIDNEXT is told, all above `top` are asked for.
 */
export async function believable(
	{ connection, folder }: OpenFolder,
	named: readonly number[],
	top: number,
): Promise<number[]> {
	const limit = Math.max(top + 1, folder.uidNext ?? 0);
	const doubtful = named.filter((uid) => uid >= limit);
	if (doubtful.length === 0) return [...named];
	const again = new Set(await connection.searchUids(coarsen(rangesOf(doubtful), IMAP_LIMITS.maxRanges)));
	return named.filter((uid) => uid < limit || again.has(uid));
}

/**
 * All UIDs, ascending. When the server says that there are more than its search names, or the last is missing, FETCH lists them.
 *
 * @throws MailboxError when search and FETCH name different messages, and too few: nothing can be concluded from that
 */
export async function allUids(
	open: OpenFolder,
	byFetch: true | undefined,
): Promise<{ existing: number[]; byFetch?: true }> {
	const { connection, warn, folder } = open;
	const named = ascending(await connection.searchUids([[1, MAX_UID]]));
	// As many as the server counts: none of them is too much.
	const isCounted = !folder.uidNext && named.length === connection.exists;
	const listed = isCounted ? named : await believable(open, named, 0);
	if (byFetch && listed.length === 0 && connection.exists > 0) throw untold(folder);
	if (byFetch) return { existing: listed, byFetch };
	if (listed.length >= connection.exists) {
		const last = await lookForLast(open, listed);
		if (last !== 'nobody') return { existing: listed, ...(last === 'missed' ? { byFetch: true } : {}) };
		// The number is right and a UID is not: another message has it, which the search did not name.
		listed.pop();
	}
	const fetched = ascending(await connection.fetchUids([[1, MAX_UID]]));
	const found = new Set(listed);
	const missed = fetched.filter((uid) => !found.has(uid));
	const existing = ascending([...listed, ...missed]);
	const isAgreed = missed.length === 0 && fetched.length === listed.length && existing.length > 0;
	if (existing.length < connection.exists && !isAgreed) throw untold(folder);
	if (missed.length === 0) return { existing };
	const isLasting = (await connection.searchUids(rangesOf(missed))).length < missed.length;
	if (isLasting) connection.distrustSearch();
	warn('search-incomplete', isLasting ? distrustText(folder) : incompleteText(folder));
	return { existing, ...(isLasting ? { byFetch: true } : {}) };
}

/** The server does not tell what it has: trouble that passes. */
export const untold = ({ path, options }: OpenedFolder): MailboxError =>
	untoldMessages(`messages of '${path}' that it counts`, options);

export const ascending = (uids: number[]) => uids.sort((a, b) => a - b);

export function incompleteText({ path, options }: OpenedFolder): string {
	return `The server of ${accountName(options)} left out messages of '${path}' when it was searched by UID. They were found with FETCH.`;
}

export function distrustText({ path, options }: OpenedFolder): string {
	return `The server of ${accountName(options)} does not find all messages of '${path}' when it searches by UID. From now on they are listed with FETCH.`;
}

/**
 * Whether a search for the last message finds it, where its UID is not its number. `missed`: only FETCH does; `nobody`: no message has
 * this UID.
 */
async function lookForLast(
	{ connection, folder, warn }: OpenFolder,
	existing: readonly number[],
): Promise<'found' | 'missed' | 'nobody'> {
	const last = existing.at(-1);
	if (last === undefined || last === existing.length) return 'found';
	if ((await connection.searchUids([[last, last]])).includes(last)) return 'found';
	if (!(await connection.fetchUids([[last, last]])).includes(last)) return 'nobody';
	connection.distrustSearch();
	warn('search-incomplete', distrustText(folder));
	return 'missed';
}

/**
 * Messages that may have been received at this time or later. A search tells them, in days of the server's zone: one day more, and
 * INTERNALDATE decides. Some search keys are refused (Proton Bridge, zammad#3233) or find nothing (WITHIN): dates of those left out
 * are looked at, and when these say otherwise, all dates are read.
 */
async function notBefore(open: OpenFolder, existing: readonly number[], floor: Date): Promise<number[]> {
	const { connection, warn, folder } = open;
	const found = await unlessRefused(connection, async () => {
		return await connection.search({ since: new Date(floor.getTime() - DAY) });
	});
	const named = new Set(found);
	if (found !== undefined) {
		const leftOut = existing.filter((uid) => !named.has(uid)).slice(-IMAP_LIMITS.metadataMessages);
		const dated =
			open.readsDates === false
				? undefined
				: await unlessRefused(connection, async () => await datesOf(connection, leftOut));
		// Unchecked, it is believed as long as it was not found to leave out messages.
		const isRight = dated?.every((row) => !isSince(row, floor)) ?? !connection.distrustsSearch;
		if (isRight) return existing.filter((uid) => named.has(uid));
	}
	warn(
		'search-by-date',
		`The server of ${accountName(folder.options)} does not find the messages of '${folder.path}' by their date. Their dates are read instead.`,
	);
	const kept: number[] = [];
	for (let at = 0; at < existing.length; at += IMAP_LIMITS.datedMessages)
		kept.push(...(await receivedSince(open, existing.slice(at, at + IMAP_LIMITS.datedMessages), floor)));
	return kept;
}

/** Undefined when the server refuses it, over a connection that stands. */
async function unlessRefused<T>(connection: ImapConnection, ask: () => Promise<T>): Promise<T | undefined> {
	try {
		return await ask();
	} catch (error) {
		if (!(error instanceof MailboxError) || !connection.usable) throw error;
		return undefined;
	}
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
		else kept.push(...(await receivedSince(open, window, floor)));
	}
	if (kept.length > cap) {
		open.warn(
			'first-run-capped',
			`The look-back contains more messages than 'First Run Limit' (${cap}). Older messages are not read.`,
		);
	}
	return kept.slice(0, cap);
}

/** Without those that are too old. What has no date, or none that the server gives, is not: it is looked at when it is here. */
async function receivedSince(open: OpenFolder, uids: readonly number[], floor: Date): Promise<number[]> {
	if (open.readsDates === false) return [...uids];
	const { connection } = open;
	const rows = (await unlessRefused(connection, async () => await datesOf(connection, uids))) ?? [];
	const tooOld = new Set(rows.filter((row) => !isSince(row, floor)).map((row) => row.uid));
	return uids.filter((uid) => !tooOld.has(uid));
}

const isSince = (row: FetchMessageObject, floor: Date) => (receivedAt(row) ?? floor) >= floor;

export async function datesOf(connection: ImapConnection, uids: readonly number[]): Promise<FetchMessageObject[]> {
	if (uids.length === 0) return [];
	const wanted = new Set(uids);
	const rows = await connection.run('read dates', () =>
		connection.client.fetchAll(sequenceSet(rangesOf(uids)), { uid: true, internalDate: true }, { uid: true }),
	);
	return rows.filter((row) => wanted.has(row.uid));
}

/**
 * The look-back, or further back: to what the lost cursor still had to do, a day before it was last read, and a day before what is set
 * aside was first asked for.
 */
function earliest(since: Date | undefined, before: ImapFolderState): Date | undefined {
	if (since === undefined) return undefined;
	const times = [
		since.getTime(),
		before.floor?.time,
		before.polledAt === undefined ? undefined : before.polledAt - DAY,
		...Object.values(before.retry).map((entry) => firstTried(entry) - DAY),
	];
	return new Date(Math.min(...times.filter((time) => time !== undefined)));
}

interface AfterReset {
	/** Handed over before, by UID. */
	known: Map<number, string>;
	/** Of the messages older than the look-back, those that are to be read all the same. */
	late: number[];
	/** What was set aside, under its new UIDs. */
	retry: Record<string, RetryEntry>;
	/** Up to this UID, dates decide. */
	edge: number;
	/** Older ones of which nothing is known. */
	older: number;
}

/**
 * What the memory of the cursor before says. UIDs follow the order of arrival: what stands behind the last message that is recognised
 * came after it, whatever its date says. Where none is recognised, or work was left, few older ones are all read, and of many none.
 */
async function afterReset(
	{ connection, folder }: OpenFolder,
	existing: readonly number[],
	uids: readonly number[],
	before: ImapFolderState,
): Promise<AfterReset> {
	const memory = knownOf(before.known);
	const recent = new Set(uids);
	const older = existing.filter((uid) => !recent.has(uid));
	const top = existing.at(-1) ?? 0;
	if (memory.length === 0 && Object.keys(before.retry).length === 0)
		return { known: new Map(), late: [], retry: {}, edge: top, older: older.length };
	const looked = older.slice(-IMAP_LIMITS.maxKnown);
	const asked = ascending([...looked, ...uids]);
	const told = await fingerprints(connection, asked);
	if (told.size === 0 && asked.length > 0) throw untold(folder);
	const known = recognised(told, memory);
	const last = Math.max(0, ...known.keys());
	const retry = foundAgain(told, known, before.retry);
	const isLeft = before.todo.length > 0 || unknownRetries(before).length > 0;
	const isFew = memory.length > 0 && looked.length === older.length && (known.size === 0 || isLeft);
	const edge = isFew ? 0 : last || top;
	const isOther = (uid: number) => !known.has(uid) && !(uid in retry);
	const late = looked.filter((uid) => uid > edge && isOther(uid));
	return { known, late, retry, edge, older: older.filter((uid) => uid <= edge && isOther(uid)).length };
}

/** What was set aside, found again by its fingerprint. */
function foundAgain(
	told: ReadonlyMap<number, string>,
	known: ReadonlyMap<number, string>,
	before: Readonly<Record<string, RetryEntry>>,
): Record<string, RetryEntry> {
	const entries = new Map(Object.values(before).map((entry) => [entry.known, entry]));
	const found = [...told].flatMap(([uid, fingerprint]): Array<[string, RetryEntry]> => {
		const entry = known.has(uid) ? undefined : entries.get(fingerprint);
		return entry === undefined ? [] : [[String(uid), entry]];
	});
	return Object.fromEntries(found.slice(0, IMAP_LIMITS.maxRetries));
}

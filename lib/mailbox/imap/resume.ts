import { IMAP_LIMITS } from '../../limits';
import { DAY } from '../../units';
import { discover, startCursor, type ImapFolderState } from './cursor';
import { receivedAt, type FolderIdentity } from './messages';
import { accountName, accountOf } from './options';
import { MAX_UID, rangesOf, sequenceSet } from './ranges';
import { readState } from './savedState';
import type { ImapConnection } from './connection';

/** An open folder and what its first poll may take. */
export interface OpenFolder {
	connection: ImapConnection;
	folder: FolderIdentity;
	firstRunCap?: number | undefined;
	warn: (code: string, message: string) => void;
}

/** Goes on from a saved cursor, with what has arrived since; or starts one, and says why. */
export async function resume(saved: unknown, since: Date | undefined, open: OpenFolder): Promise<ImapFolderState> {
	const { folder, connection, warn } = open;
	const account = accountName(folder.options);
	const state = readState(saved);
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
		warn(
			'uidvalidity-reset',
			`The folder '${folder.path}' of ${account} was re-created or renumbered (UIDVALIDITY ${state.uidValidity} is now ${folder.uidValidity}). It is read from the start of its look-back. Messages that were output before may be repeated with new IDs.`,
		);
		return await start(open, since, state);
	}
	return discover(state, await connection.searchUids([...state.absent, [Math.min(state.top + 1, MAX_UID), MAX_UID]]));
}

/** An account as cursors know it, for people: a host name holds no @. */
const readable = (account: string) => account.replace(/@(?=[^@]*$)/, ' on ');

async function start(
	open: OpenFolder,
	since: Date | undefined,
	before: ImapFolderState | undefined,
): Promise<ImapFolderState> {
	const { folder, connection, firstRunCap } = open;
	const existing = await connection.searchUids([[1, MAX_UID]]);
	// Mail that came since the last poll, and work unfinished then, may lie before the look-back.
	const floor = before === undefined ? since : earliest(since, before);
	// IMAP compares days in the server's zone: one day more, and INTERNALDATE decides.
	const wide =
		floor === undefined || existing.length === 0
			? existing
			: await connection.search({ since: new Date(floor.getTime() - DAY) });
	// The cap is for a first run: after a reset, everything may be unfinished.
	const uids = before !== undefined || firstRunCap === undefined ? wide : await newest(open, wide, firstRunCap, floor);
	return startCursor({
		account: accountOf(folder.options),
		path: folder.path,
		uidValidity: folder.uidValidity,
		epoch: before === undefined ? 0 : before.epoch + 1,
		existing,
		uids,
		...(floor === undefined ? {} : { floor: floor.getTime() }),
	});
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

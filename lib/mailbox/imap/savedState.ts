import { IMAP_LIMITS } from '../../limits';
import type { ImapFolderState } from './cursor';
import type { UidRange } from './ranges';

const isUid = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
const isRange = (value: unknown): value is UidRange => {
	if (!Array.isArray(value) || value.length !== 2) return false;
	const [from, to] = value as unknown[];
	return isUid(from) && isUid(to) && from <= to;
};
const isRanges = (value: unknown): value is UidRange[] =>
	Array.isArray(value) &&
	value.every(isRange) &&
	value.every((range, index) => index === 0 || range[0] > (value[index - 1] as UidRange)[1]);

/** A cursor as it came back from storage; undefined when it is not one of this version. */
export function readState(saved: unknown): ImapFolderState | undefined {
	if (typeof saved !== 'object' || saved === null) return undefined;
	const state = saved as Partial<ImapFolderState>;
	const texts = [state.account, state.path, state.uidValidity];
	if (state.v !== 1 || !texts.every((text) => typeof text === 'string') || !isUid(state.top) || !isUid(state.epoch))
		return undefined;
	if (!isRanges(state.todo) || !isRanges(state.absent) || typeof state.retry !== 'object' || state.retry === null)
		return undefined;
	const entries = Object.entries(state.retry);
	if (!entries.every(([uid, entry]) => /^\d{1,10}$/.test(uid) && isUid(entry?.n) && Number.isFinite(entry?.at)))
		return undefined;
	if (!entries.every(([, { known }]) => known === undefined || typeof known === 'string')) return undefined;
	if (state.floor !== undefined && !(isUid(state.floor?.uid) && Number.isFinite(state.floor?.time))) return undefined;
	if (state.polledAt !== undefined && !Number.isFinite(state.polledAt)) return undefined;
	return withReadableMemory(state as ImapFolderState);
}

const isTip = (tip: unknown) => Array.isArray(tip) && tip.length === 2 && isUid(tip[0]) && typeof tip[1] === 'string';

/** What only helps to recognise messages. */
const MEMORY = {
	known: (value: unknown) => typeof value === 'string',
	tips: (value: unknown) => Array.isArray(value) && value.length <= IMAP_LIMITS.maxTips && value.every(isTip),
	renumbered: isUid,
	renumberings: isUid,
	select: (value: unknown) => value === true,
	anchor: isUid,
	byFetch: (value: unknown) => value === true,
	serverPath: (value: unknown) => typeof value === 'string',
	next: isUid,
	rewound: isUid,
	watched: isUid,
};

/** Without the parts of its memory that cannot be read: the position holds. */
function withReadableMemory(state: ImapFolderState): ImapFolderState {
	const readable = { ...state };
	for (const [key, isReadable] of Object.entries(MEMORY))
		if (!isReadable(readable[key as keyof typeof MEMORY])) delete readable[key as keyof typeof MEMORY];
	return readable;
}

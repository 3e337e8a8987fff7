import type { GraphFolderState } from './cursor';

const isText = (value: unknown): value is string => typeof value === 'string';
/** Ids go into the path of a request, where half of a character has no form. */
const isId = (value: unknown): boolean => isText(value) && value !== '' && !/\p{Surrogate}/u.test(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
/** Seconds, such as a Date can hold. */
const isTime = (value: unknown): boolean =>
	typeof value === 'number' && !Number.isNaN(new Date(value * 1_000).getTime());
const isOptional = (value: unknown, is: (value: unknown) => boolean): boolean => value === undefined || is(value);
const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const isList = (value: unknown, is: (entry: unknown[]) => boolean): boolean =>
	Array.isArray(value) && value.every((entry) => Array.isArray(entry) && is(entry));

/** Links lead on within the server that gave them. A cursor names it behind the last @ of its account. */
function isLink(link: unknown, account: string): boolean {
	if (!isText(link)) return false;
	return link === '' || (URL.canParse(link) && new URL(link).host === account.slice(account.lastIndexOf('@') + 1));
}

/**
 * A cursor as it came back from storage; undefined when it is not one of this version. It comes out of n8n's database: of another
 * version, or edited by hand, it must not fail every poll.
 */
export function readState(saved: unknown): GraphFolderState | undefined {
	if (!isRecord(saved) || saved.v !== 1) return undefined;
	const {
		account,
		folder,
		folderId,
		method,
		phase,
		link,
		walking,
		base,
		started,
		floor,
		left,
		seen,
		again,
		todo,
		retry,
		missing,
		memory,
		look,
		unchecked,
		mark,
	} = saved;
	const isKnown =
		isText(account) &&
		isText(folder) &&
		isId(folderId) &&
		(method === 'delta' || method === 'modified') &&
		['initial', 'steady', 'resync'].some((one) => one === phase) &&
		isLink(link, account) &&
		typeof walking === 'boolean' &&
		isTime(base) &&
		isTime(started) &&
		isOptional(floor, isTime) &&
		isOptional(left, isCount) &&
		isText(seen) &&
		isOptional(again, isText) &&
		isList(todo, ([id, receivedAt]) => isId(id) && isTime(receivedAt)) &&
		isRecord(retry) &&
		Object.keys(retry).every(isId) &&
		isList(
			Object.values(retry),
			([attempts, at, receivedAt]) => isCount(attempts) && Number.isFinite(at) && isTime(receivedAt),
		) &&
		isOptional(missing, isMissing) &&
		isOptional(memory, isMemory) &&
		isOptional(look, isLook) &&
		isOptional(unchecked, isUnchecked) &&
		(mark === undefined ? method === 'delta' : isMark(mark));
	return isKnown ? (saved as unknown as GraphFolderState) : undefined;
}

const isMissing = (missing: unknown): boolean =>
	isRecord(missing) &&
	Object.keys(missing).every(isId) &&
	isList(Object.values(missing), ([at, receivedAt]) => Number.isFinite(at) && isTime(receivedAt));

const isMemory = (memory: unknown): boolean =>
	isRecord(memory) && isTime(memory.since) && isTime(memory.next) && isCount(memory.count);

const isLook = (look: unknown): boolean =>
	isRecord(look) &&
	isTime(look.from) &&
	isTime(look.began) &&
	isOptional(look.removed, isText) &&
	isOptional(look.unnamed, (unnamed) => isList(unnamed, ([id, at]) => isId(id) && isTime(at)));

const isUnchecked = (unchecked: unknown): boolean =>
	isRecord(unchecked) && isOptional(unchecked.floor, isTime) && isTime(unchecked.until) && isCount(unchecked.rows);

function isMark(mark: unknown): boolean {
	if (!isRecord(mark)) return false;
	const { from, lowest, recent } = mark;
	return isTime(from) && isTime(lowest) && isList(recent, ([at, fingerprints]) => isTime(at) && isText(fingerprints));
}

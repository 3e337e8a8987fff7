import { ESA_LIMITS } from '../limits';
import { EsaError } from './errors';
import type { HuntRunOptions } from './hunt';
import { isRecord } from './row';
import { unreadable, type Session } from './session';

/** `pvo`: policy, virus and outbreak quarantines. */
export type QuarantineType = 'spam' | 'pvo';

export interface QuarantineSearch {
	type: QuarantineType;
	start: Date;
	stop: Date;
	/** Names of the quarantines; needed for `pvo`. */
	quarantines?: string[];
	/** Filters of the API by their names, such as `subjectFilterBy` and `subjectFilterValue`. */
	filters?: Record<string, string>;
	orderBy?: string;
	orderDir?: 'asc' | 'desc';
}

export interface QuarantineResult {
	rows: Array<{ mid: number; attributes: Record<string, unknown> }>;
	truncated: boolean;
	/** Rows of another form than the API's, left out. */
	unreadable: number;
}

export interface QuarantineSelection {
	type: QuarantineType;
	mids: number[];
	/** Needed for `pvo`. */
	quarantine?: string;
}

const CALL = 'quarantine/messages';
const MINUTE = 60_000;

export async function search(
	session: Session,
	options: QuarantineSearch,
	{ maxRows, signal }: HuntRunOptions,
): Promise<QuarantineResult> {
	const { type, quarantines = [], filters = {}, orderBy, orderDir } = options;
	if (type === 'pvo' && quarantines.length === 0)
		throw new EsaError('ESA_CONFIGURATION', 'Name the policy, virus or outbreak quarantines to search');
	const max = maxRows ?? ESA_LIMITS.maxRows;
	const result: QuarantineResult = { rows: [], truncated: false, unreadable: 0 };
	for (let offset = 0; ; offset += ESA_LIMITS.pageSize) {
		if (offset >= max) return { ...result, truncated: true };
		const limit = Math.min(ESA_LIMITS.pageSize, max - offset);
		const { data } = await session.call({
			path: CALL,
			query: {
				quarantineType: type,
				...(quarantines.length > 0 ? { quarantines: quarantines.join(',') } : {}),
				startDate: new Date(Math.floor(options.start.getTime() / MINUTE) * MINUTE).toISOString(),
				endDate: new Date(Math.ceil(options.stop.getTime() / MINUTE) * MINUTE).toISOString(),
				...filters,
				orderBy,
				orderDir,
				offset,
				limit,
			},
			...(signal ? { signal } : {}),
		});
		if (!Array.isArray(data) || data.length > limit) throw unreadable(CALL, 'data is no list of the length asked for');
		for (const row of data as unknown[]) {
			if (isRecord(row) && Number.isSafeInteger(row.mid) && isRecord(row.attributes))
				result.rows.push(row as QuarantineResult['rows'][number]);
			else result.unreadable++;
		}
		if (data.length < limit) return result;
	}
}

export async function details(session: Session, type: QuarantineType, mid: number): Promise<Record<string, unknown>> {
	const { data } = await session.call({ path: `${CALL}/details`, query: { mid: integer(mid), quarantineType: type } });
	if (!isRecord(data)) throw unreadable(`${CALL}/details`, 'data is missing');
	if (data.mid === undefined) throw new EsaError('ESA_NOT_FOUND', `The quarantine holds no message ${mid}`);
	return data;
}

export async function release(session: Session, selection: QuarantineSelection): Promise<number> {
	return act(session, 'POST', { action: 'release', ...bodyOf(selection) });
}

export async function remove(session: Session, selection: QuarantineSelection): Promise<number> {
	return act(session, 'DELETE', bodyOf(selection));
}

/** MIDs have to be JSON integers. */
function bodyOf({ type, mids, quarantine }: QuarantineSelection): object {
	if (mids.length === 0) throw new EsaError('ESA_CONFIGURATION', 'Name the messages by their MIDs');
	if (type === 'pvo' && !quarantine)
		throw new EsaError('ESA_CONFIGURATION', 'Name the quarantine that holds the messages');
	return { quarantineType: type, mids: mids.map(integer), ...(quarantine ? { quarantineName: quarantine } : {}) };
}

function integer(mid: number): number {
	if (!Number.isSafeInteger(mid) || mid < 0) throw new EsaError('ESA_CONFIGURATION', 'A MID is a whole number');
	return mid;
}

async function act(session: Session, method: 'POST' | 'DELETE', json: object): Promise<number> {
	const { data } = await session.call({ method, path: CALL, json });
	const count = isRecord(data) ? data.totalCount : undefined;
	if (typeof count !== 'number') throw unreadable(CALL, 'data.totalCount is missing');
	return count;
}

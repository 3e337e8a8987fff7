import type { ReadOptions } from '../hunt';
import { isRecord } from '../json';
import { ESA_LIMITS } from '../limits';
import { instant } from '../settings';
import { EsaError, esaSettings, midOf } from './errors';
import { unreadable } from './explain';
import type { Login } from './login';
import { minuteAfter, minuteOf } from './minutes';
import { rowsOf } from './tracking';

/** `pvo`: policy, virus and outbreak quarantines. */
export type QuarantineType = 'spam' | 'pvo';

/** Which messages of a quarantine are looked for. */
export interface QuarantineSearch {
	type: QuarantineType;
	/** As of {@link SearchFields}. */
	start: Date | string;
	stop: Date | string;
	/** Names of the quarantines; needed for `pvo`. */
	quarantines?: string[] | undefined;
	/** What the messages are filtered by. */
	fields?: QuarantineFields | undefined;
	/** Filters of the API by their names, such as `subjectFilterBy` and `subjectFilterValue`. */
	filters?: Record<string, string> | undefined;
	orderBy?: string | undefined;
	orderDir?: 'asc' | 'desc' | undefined;
}

/** Texts of messages in quarantine; all that are given have to hold. */
export interface QuarantineFields {
	/** In spam quarantine the header From, else the envelope's. */
	sender?: string | undefined;
	/** Of the envelope. */
	recipient?: string | undefined;
	subject?: string | undefined;
	/** Not in spam quarantine. */
	attachmentName?: string | undefined;
	/** How sender, recipient and subject are compared. Default `contains`. */
	operator?: QuarantineOperator | undefined;
}

/** How a field of a quarantined message is compared. */
export type QuarantineOperator = 'is' | 'contains' | 'begins_with' | 'ends_with';

/** What a search of a quarantine found. */
export interface QuarantineResult {
	rows: Array<{ mid: number; attributes: Record<string, unknown> }>;
	truncated: boolean;
	/** Rows of another form than the API's, left out. */
	unreadable: number;
}

/** Messages of one quarantine, by their MIDs. */
export interface QuarantineSelection {
	type: QuarantineType;
	mids: number[];
	/** Needed for `pvo`. */
	quarantine?: string | undefined;
}

const CALL = 'quarantine/messages';

/** The other quarantines have words of their own for the operators of spam quarantine. */
const OPERATORS: Readonly<Record<QuarantineOperator, string>> = {
	is: 'matches_exactly',
	contains: 'contains',
	begins_with: 'starts_with',
	ends_with: 'ends_with',
};

export async function search(
	login: Login,
	options: QuarantineSearch,
	{ maxRows, signal }: ReadOptions,
): Promise<QuarantineResult> {
	const { type, quarantines = [], filters = {}, orderBy, orderDir } = options;
	if (type === 'pvo' && quarantines.length === 0)
		throw new EsaError('ESA_CONFIGURATION', 'No quarantine to search is selected', {
			hint: "Enter the names of policy, virus or outbreak quarantines in 'Quarantine Names'.",
		});
	if (quarantines.some((name) => name.includes(',')))
		throw new EsaError('ESA_CONFIGURATION', 'The name of a quarantine contains a comma', {
			hint: 'The appliance reads a comma as the end of a name. Rename the quarantine on the appliance.',
		});
	const window = {
		startDate: minuteOf(timeOf('start', options.start)),
		endDate: minuteAfter(timeOf('stop', options.stop)),
	};
	if (window.startDate >= window.endDate)
		throw new EsaError('ESA_CONFIGURATION', 'The start of the time window must be before its end');
	const texts = filtersOf(type, options.fields ?? {});
	const max = rowsOf(maxRows);
	const result: QuarantineResult = { rows: [], truncated: false, unreadable: 0 };
	for (let offset = 0; ;) {
		if (offset >= max) return { ...result, truncated: true };
		const limit = Math.min(ESA_LIMITS.pageSize, max - offset);
		const { data, meta } = await login.call({
			path: CALL,
			query: {
				quarantineType: type,
				...(quarantines.length > 0 ? { quarantines: quarantines.join(',') } : {}),
				...window,
				...texts,
				...filters,
				orderBy,
				orderDir,
				offset,
				limit,
			},
			...(signal ? { signal } : {}),
		});
		if (!Array.isArray(data) || data.length > limit)
			throw unreadable(CALL, 'data is not a list of the length asked for');
		for (const row of data as unknown[]) {
			if (isRecord(row) && Number.isSafeInteger(row.mid) && isRecord(row.attributes))
				result.rows.push(row as QuarantineResult['rows'][number]);
			else result.unreadable++;
		}
		offset += data.length;
		// Whether the total is that of the page is not documented: where it is more, a short page is not the last.
		const total = isRecord(meta) && typeof meta.totalCount === 'number' ? meta.totalCount : 0;
		if (data.length === 0 || (data.length < limit && offset >= total)) return result;
	}
}

function timeOf(field: string, value: Date | string): number {
	return esaSettings(() => instant(field, value)).getTime();
}

/** The parameters that ask for the texts given; they differ by the kind of quarantine. */
function filtersOf(type: QuarantineType, fields: QuarantineFields): Record<string, string> {
	const { sender, recipient, subject, attachmentName, operator = 'contains' } = fields;
	if (!Object.hasOwn(OPERATORS, operator))
		throw new EsaError('ESA_CONFIGURATION', `The operators are ${Object.keys(OPERATORS).join(', ')}`);
	const filters: Record<string, string> = {};
	if (type === 'pvo') {
		const texts = { subject, envelopeRecipient: recipient, envelopeSender: sender };
		for (const [name, value] of Object.entries(texts)) {
			if (!value) continue;
			filters[`${name}FilterBy`] = OPERATORS[operator];
			filters[`${name}FilterValue`] = value;
		}
		if (attachmentName) filters.attachmentName = attachmentName;
		return filters;
	}
	if (attachmentName)
		throw new EsaError('ESA_CONFIGURATION', 'The spam quarantine cannot be searched by attachment name', {
			hint: "Remove 'Attachment Name' from the fields.",
		});
	if (sender && subject)
		throw new EsaError(
			'ESA_CONFIGURATION',
			'The spam quarantine can be searched by sender or by subject, but not by both',
			{
				hint: 'Remove one of them from the fields.',
			},
		);
	if (sender || subject) {
		filters.filterBy = sender ? 'from_address' : 'subject';
		filters.filterOperator = operator;
		filters.filterValue = sender || subject || '';
	}
	if (recipient) {
		filters.envelopeRecipientFilterOperator = operator;
		filters.envelopeRecipientFilterValue = recipient;
	}
	return filters;
}

export async function details(login: Login, type: QuarantineType, mid: number): Promise<Record<string, unknown>> {
	const { data } = await login.call({
		path: `${CALL}/details`,
		query: { mid: midOf('mid', mid), quarantineType: type },
	});
	if (!isRecord(data)) throw unreadable(`${CALL}/details`, 'data is missing');
	if (data.mid === undefined) throw new EsaError('ESA_NOT_FOUND', `The quarantine does not contain the message ${mid}`);
	return data;
}

export async function release(login: Login, selection: QuarantineSelection): Promise<number> {
	return act(login, 'POST', { action: 'release', ...bodyOf(selection) });
}

export async function remove(login: Login, selection: QuarantineSelection): Promise<number> {
	return act(login, 'DELETE', bodyOf(selection));
}

/** MIDs have to be JSON integers. */
function bodyOf({ type, mids, quarantine }: QuarantineSelection): object {
	if (mids.length === 0)
		throw new EsaError('ESA_CONFIGURATION', 'No message is selected', {
			hint: "Enter the MIDs of the messages in 'MIDs'.",
		});
	if (type === 'pvo' && !quarantine)
		throw new EsaError('ESA_CONFIGURATION', 'The quarantine is missing', {
			hint: "Enter the name of the quarantine that contains the messages in 'Quarantine Name'.",
		});
	return {
		quarantineType: type,
		mids: mids.map((mid) => midOf('mids', mid)),
		...(quarantine ? { quarantineName: quarantine } : {}),
	};
}

async function act(login: Login, method: 'POST' | 'DELETE', json: object): Promise<number> {
	const { data } = await login.call({ method, path: CALL, json });
	const count = isRecord(data) ? data.totalCount : undefined;
	if (typeof count !== 'number') throw unreadable(CALL, 'data.totalCount is missing');
	return count;
}

import type { ReadBudget } from '../../hunt';
import { timeText } from '../../hunt';
import { isRecord } from '../../json';
import { MICROSOFT_HUNT_LIMITS, TRACE_LIMITS } from '../../limits';
import { DAY, MINUTE } from '../../units';
import type { Connection } from '../connection';
import { deliveryOf, isRow, keyOf, type MicrosoftHuntRow } from '../delivery';
import { unreadable } from '../errors';
import { partsOf, windowText } from './language';

const WHERE = 'message trace';
const PATH = 'admin/exchange/tracing/messageTraces';

/** The `$filter`s that are sent for a query at that time: ten days at most each, ninety back at most, none ahead. */
export function filtersOf(query: string, now: number): { filters: string[]; gap?: string } {
	const { conditions, start, stop } = partsOf(query);
	// Less than that: the server's clock goes on while a request waits for its turn and is on its way.
	const oldest = now - TRACE_LIMITS.maxDays * DAY + MICROSOFT_HUNT_LIMITS.requestMs + MINUTE;
	const from = Math.max(start, oldest);
	const to = Math.min(stop, now);
	const filters: string[] = [];
	for (let at = from; at < to; at += TRACE_LIMITS.windowDays * DAY) {
		// Whole seconds on both sides: rounded up, a window would be a second too long.
		const begin = Math.floor(at / 1_000) * 1_000;
		const end = Math.min(begin + TRACE_LIMITS.windowDays * DAY, Math.floor(to / 1_000) * 1_000);
		const window = windowText(begin, end);
		filters.push(conditions === '' ? window : `${conditions} and ${window}`);
	}
	if (start >= oldest) return { filters };
	return {
		filters,
		gap: `Message trace reaches back ${TRACE_LIMITS.maxDays} days. Messages before ${timeText(oldest)} are not searched for.`,
	};
}

/** All rows of a query, window by window, page by page. */
export async function readTraces(
	connection: Connection,
	query: string,
	budget: ReadBudget,
	signal?: AbortSignal,
): Promise<MicrosoftHuntRow[]> {
	const rows = new Map<string, MicrosoftHuntRow>();
	const { filters, gap } = filtersOf(query, connection.clock.now());
	if (gap !== undefined) budget.gaps.add(gap);
	for (const filter of filters) {
		if (!(await readWindow(connection, filter, budget, rows, signal))) break;
	}
	return [...rows.values()];
}

/** False when the budget ended it. */
async function readWindow(
	connection: Connection,
	filter: string,
	budget: ReadBudget,
	rows: Map<string, MicrosoftHuntRow>,
	signal?: AbortSignal,
): Promise<boolean> {
	let link: string | undefined;
	const links = new Set<string>();
	for (let idle = 0; ;) {
		signal?.throwIfAborted();
		const most = Math.min(TRACE_LIMITS.pageSize, budget.left);
		if (most === 0) {
			budget.truncated = true;
			return false;
		}
		const page = await readPage(connection, link === undefined ? { $filter: filter, $top: most } : link, signal);
		const { counts } = budget;
		counts.requests++;
		// A page that claims no end costs something, too.
		counts.read += Math.max(page.rows.length + page.unreadable, link === undefined && page.next === undefined ? 0 : 1);
		counts.unreadable += page.unreadable;
		const before = rows.size;
		for (const row of page.rows) {
			const own = { attributes: row };
			const key = keyOf(deliveryOf(own));
			if (!rows.has(key)) rows.set(key, own);
		}
		if (page.next === undefined) return true;
		idle = rows.size === before ? idle + 1 : 0;
		if (links.has(page.next) || idle > MICROSOFT_HUNT_LIMITS.maxIdlePages)
			throw unreadable(WHERE, 'it repeats the same rows on every page');
		links.add(page.next);
		link = page.next;
	}
}

interface Page {
	rows: Record<string, unknown>[];
	unreadable: number;
	next: string | undefined;
}

async function readPage(
	connection: Connection,
	from: string | { $filter: string; $top: number },
	signal: AbortSignal | undefined,
): Promise<Page> {
	const { body } = await connection.get<unknown>({
		...(typeof from === 'string' ? { path: from } : { path: PATH, query: from }),
		// Without it, a message that was recalled has no status.
		prefer: ['include-unknown-enum-members'],
		where: WHERE,
		signal,
		maxAnswerBytes: TRACE_LIMITS.maxAnswerBytes,
	});
	if (!isRecord(body) || !Array.isArray(body.value)) throw unreadable(WHERE, 'value is not a list');
	const list = body.value as unknown[];
	if (list.length > TRACE_LIMITS.pageSize)
		throw unreadable(WHERE, `a page holds ${list.length} rows, ${TRACE_LIMITS.pageSize} are the most`);
	const next = body['@odata.nextLink'];
	if (next !== undefined && typeof next !== 'string')
		throw unreadable(WHERE, 'its link to the next page is not a text');
	const rows = list.filter((row) => isRow(row, 'id', 'recipientAddress'));
	return { rows, unreadable: list.length - rows.length, next };
}

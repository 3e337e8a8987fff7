import type { ReadBudget } from '../hunt';
import { isRecord } from '../json';
import { HUNT_DEFAULTS } from '../defaults';
import { ESA_LIMITS, SETTING_LIMITS } from '../limits';
import { wholeNumber } from '../settings';
import { esaSettings } from './errors';
import { isRow, keysOf, type EsaRow } from './row';
import { unreadable } from './explain';
import type { Login } from './login';

/** How many rows are read at most. @throws EsaError `ESA_CONFIGURATION` */
export function rowsOf(maxRows: number | undefined): number {
	return esaSettings(() =>
		wholeNumber('maxRows', maxRows, { least: 1, most: SETTING_LIMITS.maxCount, otherwise: HUNT_DEFAULTS.maxRows }),
	);
}

/**
 * All rows of a query, page by page, each page once, over a window that does not move.
 *
 * The appliance counts in a page what it shows and what it cannot show (`num_bad_records`); a page that both do not fill is
 * the last. `offset` counts places, not rows shown. A page can come short because the appliance serves fewer at a time than
 * were asked for: when its number is round, the place behind it is asked, too.
 */
export async function readRows(
	login: Login,
	query: string,
	budget: ReadBudget,
	signal?: AbortSignal,
): Promise<EsaRow[]> {
	const rows: EsaRow[] = [];
	const seen = new Set<string>();
	let limit: number = ESA_LIMITS.pageSize;
	let pagesWithoutNews = 0;
	for (let offset = 0; ;) {
		const asked = Math.min(limit, budget.left);
		if (asked === 0) {
			budget.truncated = true;
			return rows;
		}
		const page = await readPage(login, query, offset, asked, signal);
		const before = rows.length;
		for (const row of page.rows) {
			const keys = keysOf(row);
			if (!keys.every((key) => seen.has(key))) rows.push(row);
			for (const key of keys) seen.add(key);
		}
		const places = page.rows.length + page.bad + page.unreadable;
		const { counts } = budget;
		counts.requests++;
		// A page that claims no end costs what it could have held.
		counts.read += Math.min(Math.max(places, 1), asked);
		counts.badRecords += Math.min(page.bad, asked);
		counts.unreadable += page.unreadable;
		const short = places < asked;
		if (short && places > 0 && places % 5 === 0 && offset === 0) {
			limit = places;
		} else if (short) {
			// Fewer than asked for because the budget asked for fewer is no end, but then nothing is left either.
			return rows;
		}
		pagesWithoutNews = rows.length === before && page.bad === 0 ? pagesWithoutNews + 1 : 0;
		// One such page can be new mail that moved the others on.
		if (pagesWithoutNews > 2) {
			throw unreadable('message-tracking/messages', 'it repeats the same rows on every page');
		}
		offset += short ? places : asked;
	}
}

interface Page {
	rows: EsaRow[];
	bad: number;
	unreadable: number;
}

async function readPage(
	login: Login,
	query: string,
	offset: number,
	limit: number,
	signal?: AbortSignal,
): Promise<Page> {
	// A manager asks all its gateways only when it is told to.
	const host = login.product === 'SMA' && !/(?:^|&)ciscoHost=/.test(query) ? '&ciscoHost=All_Hosts' : '';
	const option = /(?:^|&)searchOption=/.test(query) ? '' : '&searchOption=messages';
	const path = `message-tracking/messages?${query}${host}${option}&offset=${offset}&limit=${limit}`;
	const answer = await login.call({ path, ...(signal ? { signal } : {}) });
	const call = 'message-tracking/messages';
	// AsyncOS before 13 answers {} when it has nothing.
	const { data = [], meta = {} } = answer;
	if (!Array.isArray(data) || !isRecord(meta))
		throw unreadable(call, 'data or meta does not have the format of the API');
	if (data.length > limit) throw unreadable(call, `it holds ${data.length} rows, ${limit} were asked for`);
	const rows = data.filter(isRow);
	const bad = meta.num_bad_records;
	return {
		rows,
		bad: typeof bad === 'number' && Number.isSafeInteger(bad) && bad > 0 ? Math.min(bad, limit) : 0,
		unreadable: data.length - rows.length,
	};
}

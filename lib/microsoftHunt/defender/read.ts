import type { ReadBudget } from '../../hunt';
import { isRecord } from '../../json';
import { DEFENDER_LIMITS } from '../../limits';
import type { Connection } from '../connection';
import { deliveryOf, isRow, isWhole, keyOf, type MicrosoftHuntRow } from '../delivery';
import { MicrosoftHuntError, unreadable } from '../errors';
import { windowOf, withHead } from './language';
import { kqlInstant } from './literal';

const WHERE = 'advanced hunting';

/** Rows of one request. `since`: nothing before it is looked at; epoch milliseconds. */
export async function runQuery(
	connection: Connection,
	query: string,
	since: number,
	signal?: AbortSignal,
): Promise<Record<string, unknown>[]> {
	const { body } = await connection.post<unknown>({
		path: 'security/runHuntingQuery',
		// Up to now: without it, thirty days are looked at, also where there is more.
		json: { Query: query, Timespan: kqlInstant(since) },
		// Else, letters beyond ASCII are read as others.
		headers: { 'content-type': 'application/json; charset=utf-8' },
		where: WHERE,
		signal,
		timeoutMs: DEFENDER_LIMITS.timeoutMs,
		maxAnswerBytes: DEFENDER_LIMITS.maxAnswerBytes,
	});
	if (!isRecord(body) || !Array.isArray(body.results)) throw unreadable(WHERE, 'results is not a list');
	const rows = body.results as unknown[];
	if (!rows.every(isRecord)) throw unreadable(WHERE, 'a row is not an object');
	return rows;
}

/** All rows of a query, a page at a time: each begins with the last one's time. */
export async function readDeliveries(
	connection: Connection,
	query: string,
	budget: ReadBudget,
	signal?: AbortSignal,
): Promise<MicrosoftHuntRow[]> {
	const rows = new Map<string, MicrosoftHuntRow>();
	const { start: first, since } = windowOf(query);
	let start = first;
	let cut = 0;
	let size: number = DEFENDER_LIMITS.pageSize;
	for (;;) {
		signal?.throwIfAborted();
		const most = Math.min(size, budget.left);
		if (most === 0) {
			budget.truncated = true;
			break;
		}
		const { counts } = budget;
		counts.requests++;
		const answered = await readPage(connection, query, { start, since, most }, signal);
		// Messages with thousands of links: whoever sends one must not end the hunt for it.
		if (answered === undefined) {
			size = Math.ceil(most / DEFENDER_LIMITS.smallerPage);
			continue;
		}
		if (answered.length > most + 1)
			throw unreadable(WHERE, `it holds ${answered.length} rows, ${most + 1} were asked for`);
		const page = answered.slice(0, most);
		const total = totalOf(answered);
		counts.read += page.length;
		let last: number | undefined;
		for (const { Total: _, UrlTotal: links, AttachmentTotal: files, ...attributes } of page) {
			if (!isRow(attributes, 'NetworkMessageId', 'RecipientEmailAddress')) {
				counts.unreadable++;
				continue;
			}
			const row = { attributes };
			const delivery = deliveryOf(row);
			const key = keyOf(delivery);
			if (!rows.has(key)) {
				rows.set(key, row);
				if (!isWhole(row, { links, files })) cut++;
			}
			last = delivery.time ?? last;
		}
		if (total <= page.length) break;
		if (last === undefined) throw unreadable(WHERE, `it shows none of ${total} rows`);
		if (last <= start) {
			budget.truncated = true;
			budget.gaps.add(
				`More than ${page.length} messages were received in the same millisecond. Not all of them were read.`,
			);
			break;
		}
		start = last;
	}
	if (cut > 0)
		budget.gaps.add(
			`Of ${cut} messages, not all links, files or verdicts could be read. Whether they match is not known for certain.`,
		);
	return [...rows.values()];
}

/** Rows of a query from a time on; undefined where they are too large for one answer, and fewer can be asked for. */
async function readPage(
	connection: Connection,
	query: string,
	{ start, since, most }: { start: number; since: number; most: number },
	signal: AbortSignal | undefined,
): Promise<Record<string, unknown>[] | undefined> {
	try {
		// One more than is wanted tells whether there is more.
		const asked = withHead(query, start, most + 1);
		return await runQuery(connection, asked, since, signal);
	} catch (error) {
		if (most > 1 && error instanceof MicrosoftHuntError && error.code === 'M365_ANSWER_TOO_LARGE') return undefined;
		throw error;
	}
}

/** How many rows there are, whatever part of them was answered. @throws MicrosoftHuntError `M365_ANSWER_UNREADABLE` */
export function totalOf(rows: readonly Record<string, unknown>[]): number {
	const [first] = rows;
	if (first === undefined) return 0;
	if (!Number.isSafeInteger(first.Total) || (first.Total as number) < rows.length)
		throw unreadable(WHERE, 'it does not say how many rows there are');
	return first.Total as number;
}

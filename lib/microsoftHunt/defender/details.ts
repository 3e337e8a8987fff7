import { timeText } from '../../hunt';
import { DEFENDER_LIMITS } from '../../limits';
import type { Connection } from '../connection';
import { MicrosoftHuntError } from '../errors';
import { isClickedThrough } from '../delivery';
import type { DeliveryRow } from '../hunting';
import { kqlString, kqlTime } from './literal';
import { runQuery } from './read';

type Rows = Record<string, unknown>[];

/** A table that tells more of messages that were found. */
interface Table {
	name: 'UrlClickEvents' | 'EmailPostDeliveryEvents';
	/** What it tells, in the middle of a sentence. */
	about: string;
	columns: readonly string[];
	/** Field of a row that takes it. */
	field: 'Clicks' | 'PostDelivery';
	/** Column that names the recipient. */
	recipient: string;
}

const DETAILS: readonly Table[] = [
	{
		name: 'UrlClickEvents',
		about: 'who clicked',
		columns: [
			'Timestamp',
			'Url',
			'ActionType',
			'AccountUpn',
			'Workload',
			'NetworkMessageId',
			'ThreatTypes',
			'IPAddress',
			'IsClickedThrough',
			'ReportId',
		],
		field: 'Clicks',
		recipient: 'AccountUpn',
	},
	{
		name: 'EmailPostDeliveryEvents',
		about: 'what became of the messages',
		columns: [
			'Timestamp',
			'NetworkMessageId',
			'RecipientEmailAddress',
			'Action',
			'ActionType',
			'ActionTrigger',
			'ActionResult',
			'DeliveryLocation',
		],
		field: 'PostDelivery',
		recipient: 'RecipientEmailAddress',
	},
];

/**
 * Who clicked on links of the messages, and what became of these: written into their rows. What cannot be told is a sentence each, for a
 * hunt that says "nobody clicked" must know it.
 */
export async function addDetails(
	connection: Connection,
	rows: readonly DeliveryRow[],
	signal?: AbortSignal,
): Promise<string[]> {
	const byMessage = new Map<string, DeliveryRow[]>();
	for (const row of rows) {
		const known = byMessage.get(row.delivery.id);
		if (known === undefined) byMessage.set(row.delivery.id, [row]);
		else known.push(row);
	}
	if (byMessage.size === 0) return [];
	const times = rows.map(({ delivery }) => delivery.time).filter((time) => time !== undefined);
	const since = times.reduce((a, b) => Math.min(a, b), Infinity);
	const gaps = new Set<string>();
	for (const table of DETAILS) {
		for (let from = 0; from < byMessage.size; from += DEFENDER_LIMITS.messagesPerQuery) {
			signal?.throwIfAborted();
			const ids = [...byMessage.keys()].slice(from, from + DEFENDER_LIMITS.messagesPerQuery);
			const gap = await addOf(connection, table, ids, byMessage, Number.isFinite(since) ? since : 0);
			if (gap === undefined) continue;
			gaps.add(gap.message);
			if (gap.isLast) break;
		}
	}
	return [...gaps];
}

async function addOf(
	connection: Connection,
	table: Table,
	ids: readonly string[],
	byMessage: ReadonlyMap<string, DeliveryRow[]>,
	since: number,
): Promise<{ message: string; isLast?: true } | undefined> {
	const { name, about, columns } = table;
	const query = [
		name,
		`| where Timestamp >= ${kqlTime(timeText(since))}`,
		`| where NetworkMessageId in (${ids.map(kqlString).join(', ')})`,
		'| order by Timestamp asc',
		`| take ${DEFENDER_LIMITS.maxDetails + 1}`,
		`| project ${columns.join(', ')}`,
	].join('\n');
	let found: Rows;
	try {
		found = await runQuery(connection, query, since);
	} catch (error) {
		if (!(error instanceof MicrosoftHuntError)) throw error;
		// What was found stands without it.
		return { message: `It is not known ${about}: ${error.message}. ${error.hint ?? ''}`.trim(), isLast: true };
	}
	for (const detail of found.slice(0, DEFENDER_LIMITS.maxDetails)) addOne(table, detail, byMessage);
	return found.length > DEFENDER_LIMITS.maxDetails
		? {
				message: `Not everything is known of ${about}: there are more than ${DEFENDER_LIMITS.maxDetails} records in ${name}.`,
			}
		: undefined;
}

/** To the delivery that it is about; to the first of its message where no recipient is named so. */
function addOne(
	{ field, recipient, name }: Table,
	detail: Record<string, unknown>,
	byMessage: ReadonlyMap<string, DeliveryRow[]>,
): void {
	const rows = typeof detail.NetworkMessageId === 'string' ? byMessage.get(detail.NetworkMessageId) : undefined;
	if (rows === undefined) return;
	const named = detail[recipient];
	const who = typeof named === 'string' ? named.toLowerCase() : '';
	const row = rows.find(({ delivery }) => delivery.recipient.toLowerCase() === who) ?? rows[0]!;
	row.add(field, detail, name === 'UrlClickEvents' ? sameClick : undefined);
}

/** A click and its click-through have one ReportId: they are one click. */
function sameClick(known: Record<string, unknown>, detail: Record<string, unknown>): boolean {
	if (known.ReportId === undefined || known.ReportId === '' || known.ReportId !== detail.ReportId) return false;
	if (isClickedThrough(detail.IsClickedThrough)) known.IsClickedThrough = true;
	return true;
}

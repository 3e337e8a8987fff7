import { DEFENDER_LIMITS } from '../../limits';
import type { Connection } from '../connection';
import { MicrosoftHuntError } from '../errors';
import { isClickedThrough } from '../delivery';
import type { DeliveryRow } from '../hunting';
import { kqlString, kqlTime } from './literal';
import { runQuery, totalOf } from './read';

type Rows = Record<string, unknown>[];

/** The deliveries of a message. */
interface Recipients {
	first: DeliveryRow;
	/** In small letters. */
	byAddress: Map<string, DeliveryRow>;
}

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
	const byMessage = new Map<string, Recipients>();
	for (const row of rows) {
		const { id, recipient } = row.delivery;
		const known = byMessage.get(id) ?? { first: row, byAddress: new Map<string, DeliveryRow>() };
		byMessage.set(id, known);
		const address = recipient.toLowerCase();
		if (!known.byAddress.has(address)) known.byAddress.set(address, row);
	}
	if (byMessage.size === 0) return [];
	const times = rows.map(({ delivery }) => delivery.time).filter((time) => time !== undefined);
	const since = times.reduce((a, b) => Math.min(a, b), Infinity);
	const gaps = new Set<string>();
	for (const table of DETAILS) {
		for (let from = 0; from < byMessage.size; from += DEFENDER_LIMITS.messagesPerQuery) {
			signal?.throwIfAborted();
			const ids = [...byMessage.keys()].slice(from, from + DEFENDER_LIMITS.messagesPerQuery);
			const gap = await addOf(connection, table, ids, byMessage, { since: Number.isFinite(since) ? since : 0, signal });
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
	byMessage: ReadonlyMap<string, Recipients>,
	{ since, signal }: { since: number; signal: AbortSignal | undefined },
): Promise<{ message: string; isLast?: true } | undefined> {
	const { name, about, columns } = table;
	// How many there are stands in each row: an answer may be cut without a word.
	const query = [
		`let Found = materialize(${name}`,
		`| where Timestamp >= ${kqlTime(since)}`,
		`| where NetworkMessageId in (${ids.map(kqlString).join(', ')}));`,
		'let Total = toscalar(Found | count);',
		'Found',
		'| order by Timestamp asc',
		`| take ${DEFENDER_LIMITS.maxDetails}`,
		`| project ${columns.join(', ')}, Total`,
	].join('\n');
	let found: Rows;
	let total: number;
	try {
		found = await runQuery(connection, query, since, signal);
		total = totalOf(found);
	} catch (error) {
		if (!(error instanceof MicrosoftHuntError)) throw error;
		// What was found stands without it.
		return { message: `It is not known ${about}: ${error.message}. ${error.hint ?? ''}`.trim(), isLast: true };
	}
	for (const { Total: _, ...detail } of found) addOne(table, detail, byMessage);
	return total > found.length
		? { message: `Not everything is known of ${about}: ${name} has ${total} records, ${found.length} were read.` }
		: undefined;
}

/** To the delivery that it is about; to the first of its message where no recipient is named so. */
function addOne(
	{ field, recipient, name }: Table,
	detail: Record<string, unknown>,
	byMessage: ReadonlyMap<string, Recipients>,
): void {
	const rows = typeof detail.NetworkMessageId === 'string' ? byMessage.get(detail.NetworkMessageId) : undefined;
	if (rows === undefined) return;
	const named = detail[recipient];
	const who = typeof named === 'string' ? named.toLowerCase() : '';
	const row = rows.byAddress.get(who) ?? rows.first;
	row.add(field, detail, name === 'UrlClickEvents' ? sameClick : undefined);
}

/** A click and its click-through have one ReportId: they are one click. */
function sameClick(known: Record<string, unknown>, detail: Record<string, unknown>): boolean {
	if (known.ReportId === undefined || known.ReportId === '' || known.ReportId !== detail.ReportId) return false;
	if (isClickedThrough(detail.IsClickedThrough)) known.IsClickedThrough = true;
	return true;
}

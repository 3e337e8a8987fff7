import type { EmailAddress } from '../../email';
import { GRAPH_LIMITS } from '../../limits';
import { DAY } from '../../units';
import type { MailboxSearch } from '../mailbox';
import type { MailboxHit, MessageSummary } from '../message';
import { searchSettings } from '../settings';
import { folderPath, userPath, type GraphAccount } from './account';
import { resolveFolder, rowsOf, type FolderPage } from './folders';
import { sourceOf, SUMMARY_FIELDS, summaryOf, type MessageRow } from './messages';

/**
 * Messages that match, newest first. Words (from, to, subject, text) go through Exchange's search index (`$search`,
 * KQL), which knows days only and trails new mail by moments; times alone through `$filter`. Both are checked again here, for flags and
 * moves may follow: what does not say the words is no hit. What stands in the body is believed.
 */
export async function searchMessages(
	account: GraphAccount,
	wanted: MailboxSearch,
	folder: string | undefined,
	deadline: number,
): Promise<MailboxHit[]> {
	const { limit, ...times } = searchSettings(wanted);
	const search = { ...wanted, ...times };
	const base =
		folder === undefined ? userPath(account) : folderPath(account, (await resolveFolder(account, folder, deadline)).id);
	const kql = kqlOf(search);
	let path = `${base}/messages`;
	let query: Record<string, string | number> | undefined = {
		$select: SUMMARY_FIELDS,
		$top: Math.min(limit, GRAPH_LIMITS.pageSize),
		...(kql === '' ? timeQuery(search) : { $search: `"${kql.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"` }),
	};
	const hits: MailboxHit[] = [];
	const most = kql === '' ? Number.POSITIVE_INFINITY : GRAPH_LIMITS.maxSearched;
	for (let seen = 0; hits.length < limit && seen < most;) {
		const { body } = await account.get<FolderPage<MessageRow>>({
			path,
			...(query ? { query } : {}),
			where: `the messages of ${account.mailbox}`,
			deadline,
		});
		const rows = rowsOf(account, body);
		seen += rows.length;
		for (const row of rows) {
			const summary = summaryOf(row);
			if (isWithin(summary.receivedAt, search) && says(row, summary, search) && hits.length < limit)
				hits.push({ ...summary, id: row.id, source: sourceOf(account, row.id, folder) });
		}
		const next = body['@odata.nextLink'];
		if (next === undefined || next === path) break;
		path = next;
		query = undefined;
	}
	return hits.sort((a, b) => (b.receivedAt?.getTime() ?? 0) - (a.receivedAt?.getTime() ?? 0));
}

/**
 * The message with that Message-ID (with or without angle brackets). What is found is compared, and what is not found by the form of
 * the header is looked for without the brackets: some senders leave them out.
 */
export async function findByMessageId(
	account: GraphAccount,
	messageId: string,
	deadline: number,
): Promise<string | undefined> {
	const bare = messageId.trim().replace(/^</, '').replace(/>$/, '');
	for (const form of [`<${bare}>`, bare]) {
		const { body } = await account.get<FolderPage<MessageRow>>({
			path: `${userPath(account)}/messages`,
			query: {
				$filter: `internetMessageId eq '${form.replaceAll("'", "''")}'`,
				$select: 'id,internetMessageId',
				$top: MOST_NAMESAKES,
			},
			where: `a message of ${account.mailbox}`,
			deadline,
		});
		const found = rowsOf(account, body).find(
			({ internetMessageId }) => internetMessageId?.trim().toLowerCase() === form.toLowerCase(),
		);
		if (found !== undefined) return found.id;
	}
	return undefined;
}

/** Rows looked at for a Message-ID: copies have the same. */
const MOST_NAMESAKES = 10;

function isWithin(receivedAt: Date | undefined, { since, before }: MailboxSearch): boolean {
	const time = receivedAt?.getTime();
	return (
		(since === undefined || (time !== undefined && time >= since.getTime())) &&
		(before === undefined || (time !== undefined && time < before.getTime()))
	);
}

/** What a row does not tell is no reason to leave it out. */
function says(row: MessageRow, { from, to, subject }: MessageSummary, wanted: MailboxSearch): boolean {
	const people = (list: readonly EmailAddress[]) =>
		list.length === 0 ? undefined : list.map(({ name = '', address }) => `${name} ${address}`).join(' ');
	return (
		hasWords(people(from), wanted.from) &&
		hasWords(people(to), wanted.to) &&
		hasWords(row.subject === undefined ? undefined : subject, wanted.subject)
	);
}

/** Exchange compares words, by their beginnings, without accents and signs. */
function hasWords(text: string | undefined, wanted: string | undefined): boolean {
	if (text === undefined) return true;
	const said = plain(text);
	return [...plain(wanted ?? '').matchAll(/[\p{L}\p{N}]+/gu)].every(([word]) => said.includes(word));
}

const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

function timeQuery({ since, before }: MailboxSearch): Record<string, string> {
	const conditions = [
		...(since === undefined ? [] : [`receivedDateTime ge ${since.toISOString()}`]),
		...(before === undefined ? [] : [`receivedDateTime lt ${before.toISOString()}`]),
	];
	return {
		...(conditions.length === 0 ? {} : { $filter: conditions.join(' and ') }),
		$orderby: 'receivedDateTime desc',
	};
}

/** Keyword Query Language. Each word group is a phrase; a quote cannot be escaped within one and becomes a space. */
function kqlOf({ from, to, subject, text, since, before }: MailboxSearch): string {
	const term = (property: string, value: string | undefined): string[] => {
		const words = (value ?? '').replaceAll('"', ' ').trim();
		return words === '' ? [] : [`${property}"${words}"`];
	};
	const words = [...term('from:', from), ...term('to:', to), ...term('subject:', subject), ...term('', text)];
	if (words.length === 0) return '';
	const day = (date: Date) => date.toISOString().slice(0, 10);
	// A day more at both ends: Exchange compares days of the mailbox's own time zone.
	return [
		...words,
		...(since ? [`received>=${day(new Date(since.getTime() - DAY))}`] : []),
		...(before ? [`received<=${day(new Date(before.getTime() + DAY))}`] : []),
	].join(' AND ');
}

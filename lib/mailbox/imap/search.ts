import type { FetchMessageObject } from 'imapflow';
import type { EmailAddress } from '../../email';
import { IMAP_LIMITS } from '../../limits';
import { DAY } from '../../units';
import { MailboxError } from '../errors';
import type { MailboxSearch } from '../mailbox';
import type { MessageSummary } from '../message';
import type { ImapConnection } from './connection';
import { metadataOf, newestUids } from './lookup';
import { summaryOf } from './messages';
import { searchQuery } from './searchQuery';

/** A search whose times and limit were checked. */
export interface CheckedSearch extends Omit<MailboxSearch, 'limit'> {
	/** Infinite for all. */
	limit: number;
}

/**
 * Messages of the open folder that match, with their envelopes, the newest first.
 *
 * The server's answer is compared with the envelopes: some ignore what they are asked for and name all messages (QQ, Alimail: node-imap#686,
 * imapflow#222), and flags and moves may follow. When nothing is left, the newest messages are looked through, for others find nothing
 * (MailKit#1143; WITHIN: n8n-nodes-imap#141).
 *
 * @throws MailboxError
 */
export async function searchFolder(connection: ImapConnection, search: CheckedSearch): Promise<FetchMessageObject[]> {
	let refusal: MailboxError | undefined;
	const named = await connection.search(searchQuery(search, DAY)).catch((error: unknown) => {
		if (!(error instanceof MailboxError) || !connection.usable) throw error;
		refusal = error;
		return [];
	});
	const hits = await matching(
		connection,
		named.sort((a, b) => b - a),
		search,
	);
	if (hits.length > 0 || connection.exists === 0) return hits;
	// What stands in the body, an envelope does not tell.
	const second = search.text ? [] : await lookedThrough(connection, search);
	const isAll = !search.text && connection.exists <= IMAP_LIMITS.lookedThrough;
	if (refusal !== undefined && second.length === 0 && !isAll) throw refusal;
	return second;
}

/** All of the newest messages, unless none of the first ones matches: then the server was right. */
async function lookedThrough(connection: ImapConnection, search: CheckedSearch): Promise<FetchMessageObject[]> {
	const uids = await newestUids(connection);
	const first = await matching(connection, uids.slice(0, IMAP_LIMITS.metadataMessages), search);
	const left = search.limit - first.length;
	if (first.length === 0 || left <= 0) return first;
	return [
		...first,
		...(await matching(connection, uids.slice(IMAP_LIMITS.metadataMessages), { ...search, limit: left })),
	];
}

async function matching(
	connection: ImapConnection,
	uids: readonly number[],
	search: CheckedSearch,
): Promise<FetchMessageObject[]> {
	const hits: FetchMessageObject[] = [];
	const step = Math.min(IMAP_LIMITS.metadataMessages, search.limit);
	for (let at = 0; at < uids.length && hits.length < search.limit; at += step) {
		const metas = await metadataOf(connection, uids.slice(at, at + step), true);
		hits.push(...metas.filter((meta) => matches(summaryOf(meta), search)));
	}
	return hits.slice(0, search.limit);
}

/** IMAP compares days, in the server's zone: here the time decides. What a message does not tell is no reason to leave it out. */
function matches(message: MessageSummary, { from, to, subject, since, before }: CheckedSearch): boolean {
	const { receivedAt } = message;
	if (receivedAt !== undefined && since !== undefined && receivedAt < since) return false;
	if (receivedAt !== undefined && before !== undefined && receivedAt >= before) return false;
	return names(message.from, from) && names(message.to, to) && contains([message.subject], subject);
}

const names = (people: readonly EmailAddress[], wanted: string | undefined) =>
	contains(
		people.flatMap(({ name, address }) => [address, ...(name === undefined ? [] : [name, `${name} <${address}>`])]),
		wanted,
	);

/** RFC 9051 section 6.4.4: a substring, in any case. Texts that are not there, or could not be decoded, cannot be judged. */
function contains(texts: readonly string[], wanted: string | undefined): boolean {
	const sought = plain(wanted ?? '');
	if (sought === '' || texts.length === 0) return true;
	return texts.some((text) => text.includes('\uFFFD') || plain(text).includes(sought));
}

/** Without what servers and senders write differently: case, composition, quotes, folding. */
const plain = (text: string) =>
	text
		.normalize('NFKC')
		.toLowerCase()
		.replace(/["\\\s]+/g, ' ')
		.trim();

import type { SearchObject } from 'imapflow';
import type { MailboxSearch } from '../mailbox';

/**
 * SEARCH keys (RFC 9051 section 6.4.4) for a search. SINCE and BEFORE compare calendar days in the server's zone:
 * both are widened by `margin` milliseconds, and the caller compares times.
 */
export function searchQuery(search: MailboxSearch, margin: number): SearchObject {
	const { from, to, subject, text, since, before } = search;
	const query: SearchObject = {
		...(from ? { from } : {}),
		...(to ? { to } : {}),
		...(subject ? { subject } : {}),
		...(text ? { text } : {}),
		...(since ? { since: new Date(since.getTime() - margin) } : {}),
		...(before ? { before: new Date(before.getTime() + margin) } : {}),
	};
	return Object.keys(query).length === 0 ? { all: true } : query;
}

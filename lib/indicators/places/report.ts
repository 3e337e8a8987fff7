import { reportFields } from '../../email';
import { readDomainName, readMailAddress } from '../../values';
import type { Finding, Place } from '../finding';
import type { IndicatorFlag } from '../indicator';
import { SENDER_FIELDS } from './headers';
import { findingsInPiece, findingsInText, type Findings } from './text';
import type { Search } from './search';

/** Reports that machines write, field by field (RFC 3464, RFC 5965, RFC 8098), and the header of the message that one is about. */
const REPORT_TYPES =
	/^(?:message\/(?:(?:global-)?delivery-status|feedback-report|(?:global-)?disposition-notification)|(?:text|message)\/rfc822-headers|message\/global-headers)$/;
const HEADER_TYPES = /^(?:(?:text|message)\/rfc822-headers|message\/global-headers)$/;

/** Who the message was for. */
const RECIPIENTS = /^(?:final-recipient|original-recipient|original-rcpt-to)$/;
/** Servers on its way; the name stands behind its type: `dns; mx.example.org`. */
const SERVERS = /^(?:reporting-mta|remote-mta|received-from-mta|dsn-gateway|mdn-gateway|reporting-ua)$/;
/** Fields that hold one URL. */
const URI_FIELDS = /^reported-uri$/;
/** Addresses of the sender's side. */
const SENDERS = /^(?:original-mail-from|from|sender|reply-to|return-path|errors-to)$/;
/** Ids, programs, times, and fields of whole results. */
const UNREAD =
	/^(?:original-envelope-id|original-message-id|user-agent|version|arrival-date|received-date|last-attempt-date|will-retry-until|incidents|feedback-type|dkim-.*|message-id)$/;
/** Fields of the header of the message itself that say something of its sender; the rest of it is ids, signatures and relays. */
const OF_HEADER: ReadonlySet<string> = new Set([
	...SENDER_FIELDS,
	'from',
	'sender',
	'reply-to',
	'return-path',
	'subject',
	'list-unsubscribe',
	'x-originating-ip',
]);

export function isReport(contentType: string): boolean {
	return REPORT_TYPES.test(contentType);
}

/** What stands in a report, with the field as its place. */
export function* reportFindings(text: string, contentType: string, place: Place, search: Search): Findings {
	const isHeader = HEADER_TYPES.test(contentType);
	const taken = search.take(text);
	for (const group of reportFields(taken)) {
		const batch: Finding[] = [];
		for (const { name, value } of group) {
			const field = name.toLowerCase();
			if (!NAME.test(name)) continue;
			if (isHeader ? !OF_HEADER.has(field) : UNREAD.test(field)) continue;
			const at: Place = { ...place, field: [place.field ?? contentType, name].join(' '), flags: flagsOf(field) };
			delete at.offsets;
			const whole = wholeValue(field, value);
			if (whole !== undefined) batch.push({ found: whole, original: value, defanged: false, flags: [], place: at });
			// A long URL is folded anywhere; no blank belongs to it.
			else batch.push(...findingsInPiece(URI_FIELDS.test(field) ? value.replace(/\s/g, '') : value, at, search));
		}
		yield batch;
	}
	const others = otherLines(taken);
	if (others !== '') yield* findingsInText(others, { ...place, offsets: false }, search);
}

const NAME = /^[A-Za-z][\w-]{0,76}$/;
const FIELD = /^[A-Za-z][\w-]{0,76}[ \t]{0,8}:/;

/** Lines that are no fields, where somebody calls a text a report. */
function otherLines(text: string): string {
	let isInField = false;
	return text
		.split('\n')
		.filter((line) => {
			const isFolded = line.startsWith(' ') || line.startsWith('\t');
			if (!isFolded) isInField = FIELD.test(line);
			return !isInField && line.trim() !== '';
		})
		.join('\n');
}

function flagsOf(field: string): readonly IndicatorFlag[] {
	if (RECIPIENTS.test(field)) return ['recipient'];
	if (field === 'list-unsubscribe') return ['unsubscribe'];
	return SERVERS.test(field) ? ['relay'] : [];
}

/** Addresses and names of servers are taken whole. */
function wholeValue(field: string, value: string): Finding['found'] | undefined {
	if (!RECIPIENTS.test(field) && !SENDERS.test(field) && !SERVERS.test(field)) return undefined;
	const written = value.replace(/^[\w-]{1,30}\s{0,8};\s{0,8}/, '').trim();
	if (!SERVERS.test(field)) return readMailAddress(/^[^<>]{0,300}<([^<>\s]{1,320})>$/.exec(written)?.[1] ?? written);
	const host = readDomainName(written.split(/\s/, 1)[0] ?? '');
	return host?.registrable === undefined ? undefined : host;
}

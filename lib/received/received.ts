import { addrSpec, parseMailDate } from '../email';
import { withoutComments } from '../text';
import { readDomainName, readIpAddress, type IpAddress } from '../values';

/**
 * What a Received field says (RFC 5321 section 4.4), in the dialects of Sendmail, Postfix, Exim, qmail, Exchange and Gmail. Whoever
 * stands below the trust boundary may have written anything.
 */
export interface ReceivedHop {
	/** Address literals of the `from` part, in its order. */
	addresses: IpAddress[];
	/** Name that the client gave in HELO or EHLO. */
	helo?: string;
	/** Name that the receiver looked up; `unknown` is none. */
	reverse?: string;
	/** Name of the receiver. */
	by?: string;
	/** Protocol, in upper case (`ESMTPS`). RFC 3848: an S at its end is TLS, an A is a sender who signed in. */
	protocol?: string;
	/** The receiver's id of the transfer. */
	id?: string;
	/** Recipient of the envelope, where the receiver wrote down the only one. */
	recipient?: string;
	/** When it was received. */
	at?: Date;
	/** Whether the transfer was encrypted, where the line tells. */
	tls?: boolean;
}

const MAX_LINE = 4_000;
const FROM_END = /\s(?:by|with|via|id|for)\s/i;
const BY = /(?:^|\s)by\s{1,8}([a-z0-9][a-z0-9._-]{0,252})/i;
const HELO = /^from\s{1,8}\[?([^\s()[\]]{1,253})/i;
const IN_PARENTHESES = /\((?:HELO |EHLO |helo=)?([^\s()[\]@]{1,253})[\s)[]/i;
const LITERAL = /[[(\s=@](?:IPv6:)?([0-9a-f:.]{3,45})(?:%[a-z0-9]{1,16})?(?=[\])\s:;,]|$)/gi;
const PROTOCOL = /\swith\s{1,8}(?:Microsoft\s{1,4})?([a-z][a-z0-9-]{1,20})/i;
const ID = /\sid\s{1,8}([^\s;()]{1,200})/i;
const RECIPIENT = /\sfor\s{1,8}<?([^\s<>;()]{3,320})>?/i;
const ENCRYPTED = /\b(?:version=|using )(?:TLS|SSL)|\bTLS1|\(TLS\b/i;

/** Reads one Received field, unfolded. What it does not say is absent. */
export function readReceived(line: string): ReceivedHop {
	const text = line.slice(0, MAX_LINE).trim();
	return { ...serversOf(text), ...transferOf(text, line) };
}

/** Who handed a message to whom, which is all that most need to know. */
export type HopServers = Pick<ReceivedHop, 'addresses' | 'helo' | 'reverse' | 'by'>;

/** As {@link readReceived}, without how, for whom and when. */
export function readServers(line: string): HopServers {
	return serversOf(line.slice(0, MAX_LINE).trim());
}

function serversOf(text: string): HopServers {
	const hop: HopServers = { addresses: [] };
	const by = BY.exec(text)?.[1];
	if (by !== undefined) hop.by = by.toLowerCase();
	if (!/^from\s/i.test(text)) return hop;
	const end = text.slice(5).search(FROM_END);
	const from = end < 0 ? text : text.slice(0, end + 5);

	const helo = HELO.exec(from)?.[1];
	if (helo !== undefined && readDomainName(helo) !== undefined) hop.helo = helo.toLowerCase();
	const reverse = IN_PARENTHESES.exec(from)?.[1];
	// Sendmail says so of a name that does not lead back to the address.
	const isProved = !from.includes('may be forged');
	if (isProved && reverse !== undefined && readDomainName(reverse) !== undefined) hop.reverse = reverse.toLowerCase();
	const seen = new Set<string>();
	for (const found of from.matchAll(LITERAL)) {
		const address = readIpAddress(
			(found[1] ?? '').replace(/[.:]$/, (last) => (last === ':' && found[1]!.endsWith('::') ? last : '')),
		);
		if (address !== undefined && !seen.has(address.value)) {
			seen.add(address.value);
			hop.addresses.push(address);
		}
	}
	return hop;
}

/** How, for whom and when: all of it stands behind the `from` part. */
function transferOf(text: string, line: string): Partial<ReceivedHop> {
	const transfer: Partial<ReceivedHop> = {};
	// A date stands behind the last semicolon (RFC 5322 section 3.6.7), whatever was cut before it.
	const semicolon = line.lastIndexOf(';');
	const at = semicolon === -1 ? undefined : parseMailDate(line.slice(semicolon + 1, semicolon + 1 + MAX_LINE))?.date;
	if (at !== undefined) transfer.at = at;
	const clauses = ` ${semicolon === -1 || semicolon > text.length ? text : text.slice(0, semicolon)}`;
	// `(using TLSv1.3 with cipher …)` names no protocol.
	const plain = withoutComments(clauses);
	const protocol = PROTOCOL.exec(plain)?.[1]?.toUpperCase();
	if (protocol !== undefined) transfer.protocol = protocol;
	const id = ID.exec(plain)?.[1];
	if (id !== undefined) transfer.id = id;
	const recipient = addrSpec(RECIPIENT.exec(plain)?.[1] ?? '');
	if (recipient !== undefined) transfer.recipient = recipient;
	if (ENCRYPTED.test(clauses) || /^(?:UTF8)?(?:E?SMTP|LMTP)SA?$/.test(protocol ?? '')) transfer.tls = true;
	else if (/^(?:UTF8)?(?:E?SMTP|LMTP)A?$/.test(protocol ?? '')) transfer.tls = false;
	return transfer;
}

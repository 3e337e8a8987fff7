import { INDICATOR_LIMITS } from '../../limits';
import { decodePercent } from '../../text';
import type { Email } from '../../email';
import { readDomainName, readIpAddress, readMailAddress, type IpAddress, type Value } from '../../values';
import type { Finding, Place } from '../finding';
import type { IndicatorFlag } from '../indicator';
import { trimEnd } from '../characters';
import { scanText } from '../text';
import { linkFinding, linkText } from './links';
import { hopsOutside, type TrustedRelays } from './received';
import type { Search } from './search';
import { findingsInPiece, textFindings, type Findings } from './text';

/** What one header field gives: a text to search, a URL, an IP address or a host name. */
type HeaderValue = { field: string; flags?: readonly IndicatorFlag[] } & (
	| { kind: 'text' | 'url' | 'host'; value: string }
	| { kind: 'mailbox'; value: string; ofValue?: readonly IndicatorFlag[]; shownName?: string | undefined }
	| { kind: 'address'; address: IpAddress; original: string }
);

/** Fields in which providers note the address that a message was submitted from. */
const ORIGIN_FIELDS: ReadonlySet<string> = new Set([
	'x-originating-ip',
	'x-sender-ip',
	'x-source-ip',
	'x-client-ip',
	'x-senderip',
	'x-remote-ip',
	'x-real-ip',
	'x-originating-client-ip',
	'x-forefront-antispam-report',
	'x-ms-exchange-organization-originalclientipaddress',
]);
/** Fields with addresses of the sender's side, besides those that {@link Email} already holds. */
export const SENDER_FIELDS: ReadonlySet<string> = new Set([
	'errors-to',
	'x-envelope-from',
	'envelope-from',
	'x-sender',
	'resent-from',
	'resent-sender',
	'disposition-notification-to',
	'return-receipt-to',
	'x-apparently-from',
	'x-original-from',
]);
const NAMED_IN_RESULTS =
	/\b(?:(?:smtp\.mailfrom|smtp\.helo|header\.from|header\.d|header\.i|envelope-from|helo)=|domain of )(?:("[^"\\]{1,62}"@[^\s;"<>()]{1,255})|["<]?@?([^\s;"<>()]{3,320}))/gi;
const CLIENT_IN_RESULTS =
	/\b(?:client-ip|smtp\.remote-ip|policy\.iprev|sender ip is|designates)[= ]\[?([0-9a-f:.]{3,45})/gi;
/** Characters of a display name that are looked at: what a mail program shows of it is less. */
const MOST_NAME = 1_000;
const CIP = /(?:^|;)CIP:\[?([0-9a-f:.]{3,45})/i;

/** What the header of a message says about its sender's side. Most fields are short: they are read as one piece. */
export function* headerFindings(email: Email, part: string, search: Search): Findings {
	const { pieceCharacters } = INDICATOR_LIMITS;
	let batch: Finding[] = [];
	let read = 0;
	for (const header of readHeaders(email, search.trustedRelays)) {
		const place: Place = { part, field: header.field, flags: header.flags ?? [] };
		const found = valueOf(header);
		const finding = header.kind === 'url' ? linkFinding(header.value, place) : found && findingOf(found, header, place);
		if (finding !== undefined) batch.push(finding);
		const text =
			header.kind === 'text' || (header.kind === 'mailbox' && !finding)
				? header.value
				: header.kind === 'url' && !finding
					? linkText(header.value)
					: '';
		read += text.length;
		if (read > pieceCharacters) {
			yield batch;
			batch = [];
			read = 0;
		}
		if (text.length > pieceCharacters) yield* textFindings(text, place, search);
		else if (text !== '') batch.push(...findingsInPiece(search.take(text), place, search));
	}
	yield batch;
}

/** A value that needs no search. */
function valueOf(header: HeaderValue): Value | undefined {
	if (header.kind === 'address') return header.address;
	// An address field holds addresses: each is taken whole, whatever its letters.
	if (header.kind === 'mailbox') return readMailAddress(header.value);
	const host = header.kind === 'host' ? readDomainName(header.value) : undefined;
	return host?.registrable === undefined ? undefined : host;
}

function findingOf(found: Value, header: HeaderValue, place: Place): Finding {
	const original = header.kind === 'address' ? header.original : header.value;
	const { ofValue = [], shownName } = header.kind === 'mailbox' ? header : {};
	const finding: Finding = { found, original, defanged: false, flags: ofValue, place };
	if (shownName !== undefined) finding.shownName = shownName;
	return finding;
}

/** Everything in a fixed order. */
function* readHeaders(email: Email, trusted: TrustedRelays): Generator<HeaderValue> {
	yield* mailboxes('From', email.from);
	if (email.sender !== undefined) yield* mailboxes('Sender', [email.sender]);
	// Who reads From without an address reads its name, and answers to Reply-To.
	const { fromText } = email;
	yield* mailboxes('Reply-To', email.replyTo, fromText);
	if (email.returnPath !== undefined && email.returnPath !== '')
		yield { kind: 'mailbox', field: 'Return-Path', value: email.returnPath, shownName: fromText };

	for (const { name, value } of email.headers) {
		const field = name.toLowerCase();
		if (ORIGIN_FIELDS.has(field)) {
			const written =
				field === 'x-forefront-antispam-report' ? (CIP.exec(value)?.[1] ?? '') : value.replace(/[[\]\s]|^IPv6:/gi, '');
			const address = readIpAddress(written.split(/[,;]/, 1)[0] ?? '');
			if (address !== undefined) yield { kind: 'address', field: name, address, original: written };
		} else if (SENDER_FIELDS.has(field)) yield { kind: 'mailbox', field: name, value: bareAddress(value) };
		else if (field === 'received-spf') yield* results(name, value);
		else if (field === 'list-unsubscribe') {
			for (const part of value.split(',').slice(0, 20)) {
				const url = /<\s{0,8}([^<>\s]{1,16384})/.exec(part)?.[1];
				if (url === undefined) continue;
				if (/^https?:/i.test(url)) yield { kind: 'url', field: name, value: url, flags: ['unsubscribe'] };
				else if (/^mailto:/i.test(url))
					yield {
						kind: 'mailbox',
						field: name,
						value: decodePercent(url.slice(7).split('?', 1)[0]!),
						flags: ['unsubscribe'],
					};
			}
		}
	}
	for (const value of email.authenticationResults.slice(0, 50)) yield* results('Authentication-Results', value);

	for (const hop of hopsOutside(email.receivedLines.slice(0, INDICATOR_LIMITS.maxReceivedLines), trusted)) {
		for (const address of hop.addresses) {
			yield {
				kind: 'address',
				field: 'Received',
				address,
				original: address.value,
				flags: hop.internal ? ['relay'] : [],
			};
		}
	}
}

/** The only address of a field without its brackets and the name before them; else the field as it is. */
function bareAddress(value: string): string {
	return /^[^<>,]{0,300}<([^<>\s]{1,320})>\s{0,8}$/.exec(value)?.[1] ?? value;
}

function* mailboxes(field: string, list: Email['from'], shownInstead?: string): Generator<HeaderValue> {
	for (const { address, name, misplaced } of list) {
		const shownName = name ?? shownInstead;
		const isOther = name !== undefined && namesOther(name, address);
		const ofValue: IndicatorFlag[] = [];
		if (misplaced === true) ofValue.push('misplaced');
		if (isOther) ofValue.push('name-mismatch');
		yield { kind: 'mailbox', field, value: address, ofValue, shownName };
		if (name?.includes('.') === true)
			yield { kind: 'text', field, value: name, flags: isOther ? ['display-name'] : [] };
	}
}

/** Whether a display name holds another address, or a name under another domain, to be read instead of the true one. */
function namesOther(name: string, address: string): boolean {
	if (!name.includes('.')) return false;
	const own = readMailAddress(address);
	return scanText(name.slice(0, MOST_NAME)).some(({ found }) => {
		if (found.type === 'email-addr') return found.value !== own?.value;
		const host = found.type === 'domain-name' ? found : found.type === 'url' ? found.host : undefined;
		return host?.registrable !== undefined && host.registrable !== own?.domain.registrable;
	});
}

function* results(field: string, value: string): Generator<HeaderValue> {
	const text = value.slice(0, 20_000);
	for (const found of text.matchAll(NAMED_IN_RESULTS)) {
		const named = trimEnd(found[1] ?? found[2]!, '.,');
		if (named.includes('@')) yield { kind: 'mailbox', field, value: named };
		else yield { kind: 'host', field, value: named };
	}
	for (const found of text.matchAll(CLIENT_IN_RESULTS)) {
		const address = readIpAddress(found[1]!.replace(/\.$/, ''));
		if (address !== undefined) yield { kind: 'address', field, address, original: found[1]! };
	}
}

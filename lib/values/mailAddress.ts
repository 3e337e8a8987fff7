import { isIPv4, isIPv6 } from 'node:net';
import { domainValue, readDomainName, type DomainName } from './domainName';

/** The address of a mailbox under a known domain. */
export interface MailAddress {
	type: 'email-addr';
	/** Lower case, domain in A-labels. */
	value: string;
	domain: DomainName;
}

/** Puts an address together. Undefined when nothing can be registered under the domain. */
export function mailAddress(local: string, domain: DomainName | undefined): MailAddress | undefined {
	return domain?.registrable === undefined ? undefined : mailAddressOf(local, domain);
}

/** Nearly all of them: nothing in them that the grammar has to be asked about. */
const PLAIN = /^([\w.+-]{1,64})@([\w.-]{1,253})$/;

function mailAddressOf(local: string, domain: DomainName | undefined): MailAddress | undefined {
	return domain && { type: 'email-addr', value: `${local.toLowerCase()}@${domain.value}`, domain };
}

/** Reads an address that stands alone, as in a field of addresses: taken whole, or not at all. */
export function readMailAddress(written: string): MailAddress | undefined {
	const plain = PLAIN.exec(written);
	if (plain !== null) return mailAddressOf(plain[1]!, readDomainName(plain[2]!));
	const value = emailAddrValue(written.trim().replace(/^smtp:/i, ''));
	const domain = value === undefined ? undefined : readDomainName(value.slice(value.lastIndexOf('@') + 1));
	return value === undefined || domain === undefined || value.includes('\ufffd')
		? undefined
		: { type: 'email-addr', value, domain };
}

const MAX_LOCAL = 64;
const PLAIN_LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;

/** True for an address that extraction gives, in its canonical form: out of a text, or whole out of a field. */
export function isMailAddress(value: string): boolean {
	if (readMailAddress(value)?.value === value) return true;
	const sign = value.lastIndexOf('@');
	const local = value.slice(0, sign);
	if (sign < 1 || local.length > MAX_LOCAL || !PLAIN_LOCAL.test(local)) return false;
	return mailAddress(local, readDomainName(value.slice(sign + 1)))?.value === value;
}

// RFC 5322 section 3.2.3 atoms, non-ASCII of RFC 6532 included. Dots may stand anywhere: real mailboxes have them at odd places.
const DOT_ATOM = /^[^\s()<>[\]:;@\\,"\p{C}]+$/u;
const QUOTED = /^"(?:[^"\\\p{C}]|\\\P{C})*"$/u;
const LITERAL = /^\[(?:ipv6:)?([^\]]+)\]$/i;

/**
 * The value of an `email-addr`: any addr-spec in lower case, its domain in A-labels. RFC 5321 lets the local part's case matter, but no
 * receiver relies on it, and OpenCTI stores addresses in lower case: another spelling would be another object for the same mailbox.
 */
export function emailAddrValue(text: string): string | undefined {
	const address = text.trim();
	const at = address.lastIndexOf('@');
	if (at < 1 || address.length > 1_000) return undefined;
	const local = address.slice(0, at);
	if (!DOT_ATOM.test(local) && !QUOTED.test(local)) return undefined;
	const domain = address.slice(at + 1);
	const literal = LITERAL.exec(domain)?.[1];
	if (literal !== undefined) {
		return isIPv4(literal) || isIPv6(literal) ? `${local}@${domain}`.toLowerCase() : undefined;
	}
	const host = domainValue(domain);
	return host && `${local.toLowerCase()}@${host}`;
}

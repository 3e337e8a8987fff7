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
	if (domain?.registrable === undefined) return undefined;
	return { type: 'email-addr', value: `${local}@${domain.value}`.toLowerCase(), domain };
}

/** Reads an address that stands alone, as in a field of addresses: taken whole, or not at all. */
export function readMailAddress(written: string): MailAddress | undefined {
	const value = emailAddrValue(written.trim().replace(/^smtp:/i, ''));
	const domain = value === undefined ? undefined : readDomainName(value.slice(value.lastIndexOf('@') + 1));
	return value === undefined || domain === undefined || value.includes('\ufffd')
		? undefined
		: { type: 'email-addr', value, domain };
}

/** True for an address that extraction gives, in its canonical form. */
export function isMailAddress(value: string): boolean {
	return readMailAddress(value)?.value === value;
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

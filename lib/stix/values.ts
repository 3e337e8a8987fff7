import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';

/**
 * Values of observables in the form that STIX 2.1 section 6 asks for. Each gives `undefined` for what is none:
 * a wrong observable is worse than no observable.
 */

const HASH_LENGTHS: Readonly<Record<string, number>> = {
	MD5: 32,
	'SHA-1': 40,
	'SHA-256': 64,
	'SHA-512': 128,
	'SHA3-256': 64,
	'SHA3-512': 128,
};

/** Lower-case hex digest of the right length for its algorithm. */
export function hashValue(algorithm: string, digest: string | undefined): string | undefined {
	const length = HASH_LENGTHS[algorithm];
	return digest !== undefined && digest.length === length && /^[0-9a-f]+$/i.test(digest)
		? digest.toLowerCase()
		: undefined;
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Host name in A-labels and lower case, without a trailing dot (RFC 1034, RFC 5890). */
export function domainValue(text: string): string | undefined {
	const lower = text.trim().toLowerCase();
	const plain = /^[a-z0-9.-]+$/.test(lower) && !lower.includes('xn--');
	const domain = (plain ? lower : domainToASCII(lower).toLowerCase()).replace(/\.$/, '');
	if (domain === '' || domain.length > 253 || isIPv4(domain)) return undefined;
	return domain.split('.').every((label) => LABEL.test(label)) ? domain : undefined;
}

/** Address or network; host networks (/32) are addresses. */
export function ipv4Value(text: string): string | undefined {
	const [address = '', prefix, more] = text.trim().split('/');
	if (more !== undefined || !isIPv4(address)) return undefined;
	return withPrefix(address, prefix, 32);
}

/** Address or network in the form of RFC 5952, without zone; host networks (/128) are addresses. */
export function ipv6Value(text: string): string | undefined {
	const [zoned = '', prefix, more] = text.trim().split('/');
	const [address = ''] = zoned.split('%', 1);
	if (more !== undefined || !isIPv6(address)) return undefined;
	// The URL parser writes RFC 5952, mapped addresses in hexadecimal too, which OASIS' schema asks for.
	return withPrefix(new URL(`http://[${address}]/`).hostname.slice(1, -1), prefix, 128);
}

function withPrefix(address: string, prefix: string | undefined, bits: number): string | undefined {
	if (prefix === undefined) return address;
	if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) return undefined;
	return Number(prefix) === bits ? address : `${address}/${Number(prefix)}`;
}

/** Six pairs of hex digits in lower case with colons (STIX 2.1 section 6.10). */
export function macValue(text: string): string | undefined {
	const digits = text.trim().toLowerCase().replace(/[:.-]/g, '');
	return /^[0-9a-f]{12}$/.test(digits) ? (digits.match(/../g) ?? []).join(':') : undefined;
}

/** `AS64512` or `64512`. */
export function asNumber(text: string): number | undefined {
	const digits = /^(?:ASN?)?\s?(\d{1,10})$/i.exec(text.trim())?.[1];
	return digits !== undefined && Number(digits) <= 0xffff_ffff ? Number(digits) : undefined;
}

// RFC 5322 section 3.2.3 atoms, non-ASCII of RFC 6532 included. Dots may stand anywhere: real mailboxes have them at odd places.
const DOT_ATOM = /^[^\s()<>[\]:;@\\,"\p{C}]+$/u;
const QUOTED = /^"(?:[^"\\\p{C}]|\\\P{C})*"$/u;
const LITERAL = /^\[(?:ipv6:)?([^\]]+)\]$/i;

/**
 * addr-spec in lower case, its domain in A-labels. RFC 5321 lets the local part's case matter, but no receiver relies on it, and OpenCTI
 * stores addresses in lower case: another spelling would be another object for the same mailbox.
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

/** Most URLs of mail: nothing in them to encode. */
const PLAIN_URL = /^https?:\/\/[a-z0-9.-]+(?::\d{1,5})?(?:[/?][\w.~!$&'()*+,;=:@/?-]*)?$/;
const USERINFO = /[^\w.~!$&'()*+,;=:%-]/gu;
const PATH = /[^\w.~!$&'()*+,;=:@%/-]/gu;
const QUERY = /[^\w.~!$&'()*+,;=:@%/?-]/gu;

/** URI of RFC 3986: what it does not allow is percent-encoded, a host of other scripts becomes A-labels; the rest stays as written. */
export function urlValue(text: string): string | undefined {
	if (PLAIN_URL.test(text)) return text;
	const [beforeFragment, fragment] = cut(text.trim(), '#');
	const [beforeQuery, query] = cut(beforeFragment, '?');
	const [scheme, hierarchy] = cut(beforeQuery, ':');
	if (hierarchy === undefined || hierarchy === '' || !/^[a-z][a-z0-9+.-]*$/i.test(scheme)) return undefined;
	const authority = hierarchy.startsWith('//') ? hierarchy.slice(2).split('/', 1)[0] : undefined;
	const path = authority === undefined ? hierarchy : hierarchy.slice(2 + authority.length);
	if ((authority ?? '') + path === '') return undefined;
	const server = authority === undefined ? undefined : authorityValue(authority);
	if (authority !== undefined && server === undefined) return undefined;
	return [
		`${scheme}:`,
		server === undefined ? '' : `//${server}`,
		encoded(path, PATH),
		query === undefined ? '' : `?${encoded(query, QUERY)}`,
		fragment === undefined ? '' : `#${encoded(fragment, QUERY)}`,
	].join('');
}

function cut(text: string, at: string): [before: string, after: string | undefined] {
	const index = text.indexOf(at);
	return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

function authorityValue(authority: string): string | undefined {
	const at = authority.lastIndexOf('@');
	const user = at < 0 ? '' : `${encoded(authority.slice(0, at), USERINFO)}@`;
	const [, host = '', port = ''] = /^(.*?)(:\d{0,5})?$/s.exec(authority.slice(at + 1)) ?? [];
	if (host.startsWith('[')) return isIPv6(host.slice(1, -1)) && host.endsWith(']') ? user + host + port : undefined;
	const name = /^[\w.~!$&'()*+,;=%-]*$/.test(host) ? encoded(host, PATH) : domainToASCII(host);
	return name === '' && host !== '' ? undefined : user + name + port;
}

function encoded(text: string, forbidden: RegExp): string {
	return text.replace(/%(?![0-9a-f]{2})/gi, '%25').replace(forbidden, (char) => {
		// A lone surrogate has no UTF-8 form.
		const bytes = Buffer.from(char, 'utf8');
		return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
	});
}

const MEDIA_TYPE = /^[a-z]+\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;
const ARTIFACT_TOP_LEVEL = /^(?:application|audio|font|image|message|model|multipart|text|video)\//;
let mediaTypes: Readonly<Record<string, { source?: string }>> | undefined;

/** `type/subtype` in lower case without parameters, as a file may declare it. */
export function mediaTypeValue(text: string | undefined): string | undefined {
	const type = text?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
	return MEDIA_TYPE.test(type) ? type : undefined;
}

/** As an artifact must declare it: registered with IANA (STIX 2.1 section 6.1), anything else is `application/octet-stream`. */
export function registeredMediaType(text: string | undefined): string {
	// 190 KB of JSON: only when an artifact is written.
	mediaTypes ??= require('mime-db') as NonNullable<typeof mediaTypes>;
	const type = mediaTypeValue(text);
	return type !== undefined &&
		ARTIFACT_TOP_LEVEL.test(type) &&
		Object.hasOwn(mediaTypes, type) &&
		mediaTypes[type]?.source === 'iana'
		? type
		: 'application/octet-stream';
}

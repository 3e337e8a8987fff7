import { hostClass, isAlnum, isLocalPart, trimEnd } from './text/characters';
import { readHost, type Host } from './host';

export interface MailAddress {
	start: number;
	/** Lower case, domain in A-labels. */
	value: string;
	refanged: string;
	host: Host;
	/** The domain was written with `%2E`. */
	encoded: boolean;
}

/** Variable envelope return paths keep a second address in front of the sign (`bounce+user=example.com@…`, BATV, SRS). */
const ENVELOPE = /^(?:prvs|btv1|srs[01]|msprvs1|bounces?\b|noreply|no-reply|[^=+]+\+)/i;

/** Reads the local part that ends at the sign, and the domain. Undefined when there is no local part or no such domain. */
export function readMailAddress(text: string, floor: number, sign: number, domain: string): MailAddress | undefined {
	const encoded = domain.includes('%');
	const name = encoded ? domain.replace(/%2e/gi, '.') : domain;
	const host = readHost(trimEnd(name, '-_'));
	if (host?.registrable === undefined) return undefined;

	const limit = Math.max(floor, sign - 65);
	let start = sign;
	while (start > limit && isLocalPart(text.charCodeAt(start - 1))) start--;
	if (start === limit && start > floor && isLocalPart(text.charCodeAt(start - 1))) return undefined;
	// Not the tail of a local part in other letters (RFC 6531).
	if (start > floor && text.charCodeAt(start - 1) >= 128 && hostClass(text.charCodeAt(start - 1)) === 1)
		return undefined;

	let local = text.slice(start, sign);
	const cut = Math.max(...[...'&?#{|}$!*^`'].map((character) => local.lastIndexOf(character)));
	if (cut >= 0) local = local.slice(cut + 1);
	const escaped = /^.*%[0-9A-Fa-f]{2}/.exec(local);
	if (escaped !== null) local = local.slice(escaped[0].length);
	if (local.includes('=') && !ENVELOPE.test(local)) local = local.slice(local.lastIndexOf('=') + 1);
	let skip = 0;
	while (skip < local.length && !isAlnum(local.charCodeAt(skip)) && local[skip] !== '_') skip++;
	local = local.slice(skip);
	if (local === '' || local.length > 64 || local.endsWith('.') || local.includes('..')) return undefined;
	return {
		start: sign - local.length,
		value: `${local}@${host.name}`.toLowerCase(),
		refanged: `${local}@${name}`,
		host,
		encoded,
	};
}

/** True for an address this pack would print: dot-atom local part and a known domain. */
export function isMailAddress(value: string): boolean {
	const sign = value.lastIndexOf('@');
	const local = value.slice(0, sign);
	if (sign < 1 || local.length > 64 || !/^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(local))
		return false;
	const host = readHost(value.slice(sign + 1));
	return host?.registrable !== undefined && host.name === value.slice(sign + 1);
}

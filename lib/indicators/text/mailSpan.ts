import { mailAddress, readDomainName, readMailAddress, type MailAddress } from '../../values';
import { Char, hostClass, isAlnum, isLocalPart, trimEnd } from '../characters';

export interface MailSpan {
	start: number;
	found: MailAddress;
	refanged: string;
	/** The domain was written with `%2E`. */
	encoded: boolean;
}

/** Variable envelope return paths keep a second address in front of the sign (`bounce+user=example.com@…`, BATV, SRS). */
const ENVELOPE = /^(?:prvs|btv1|srs[01]|msprvs1|bounces?\b|noreply|no-reply|[^=+]+\+)/i;
const MAX_LOCAL = 64;

/**
 * Reads the local part that ends at the sign, no further back than `floor`, and the domain. Undefined when there is no local part or no
 * such domain.
 */
export function mailSpanAt(
	text: string,
	{ floor, sign, domain }: { floor: number; sign: number; domain: string },
): MailSpan | undefined {
	const encoded = domain.includes('%');
	const name = encoded ? domain.replace(/%2e/gi, '.') : domain;
	const host = readDomainName(trimEnd(name, '-_'));
	if (host?.registrable === undefined) return undefined;

	const limit = Math.max(floor, sign - MAX_LOCAL - 1);
	let start = sign;
	while (start > limit && isLocalPart(text.charCodeAt(start - 1))) start--;
	if (start === limit && start > floor && isLocalPart(text.charCodeAt(start - 1))) return undefined;
	// Not the tail of a local part in other letters (RFC 6531).
	if (start > floor && text.charCodeAt(start - 1) >= 128 && hostClass(text.charCodeAt(start - 1)) === 1)
		return undefined;

	const quoted = quotedLocalPart(text, limit, sign);
	const local =
		quoted ?? wholeLocalPart(text, limit, sign, sign + 1 + domain.length) ?? localPartOf(text.slice(start, sign));
	if (local === undefined) return undefined;
	const found = quoted === undefined ? mailAddress(local, host) : readMailAddress(`${local}@${name}`);
	if (found === undefined) return undefined;
	return { start: sign - local.length, found, refanged: `${local}@${name}`, encoded };
}

const QUOTED_LOCAL = /(?:^|[\s<:,;(])("[^"\\\p{C}]{1,62}")$/u;

/** `"a b"@example.org` */
function quotedLocalPart(text: string, limit: number, sign: number): string | undefined {
	if (text.charCodeAt(sign - 1) !== Char.QuotationMark) return undefined;
	return QUOTED_LOCAL.exec(text.slice(Math.max(0, limit - 1), sign))?.[1];
}

/** Of what says itself that it is an address, `mailto:a=b@…` or `<a/b@…>`, every character counts. */
function wholeLocalPart(text: string, limit: number, sign: number, end: number): string | undefined {
	let start = sign;
	while (start > limit && (isLocalPart(text.charCodeAt(start - 1)) || text.charCodeAt(start - 1) === Char.Slash))
		start--;
	const isMarked =
		(text.charCodeAt(start - 1) === Char.LessThan && text.charCodeAt(end) === Char.GreaterThan) ||
		/mailto:$/i.test(text.slice(Math.max(0, start - 7), start));
	const local = text.slice(start, sign);
	return isMarked && WHOLE_LOCAL.test(local) ? local : undefined;
}

/** Neither a path nor the parameters of a link. */
const WHOLE_LOCAL = /^[\w!#$*+=^`{|}~'-][\w!#$*+/=^`{|}~'.-]{0,63}$/;

/** What of a run of its characters is the local part: parameters and punctuation of what surrounds it are not. */
function localPartOf(run: string): string | undefined {
	let local = run;
	const cut = Math.max(...[...'&?#{|}$!*^`'].map((character) => local.lastIndexOf(character)));
	if (cut >= 0) local = local.slice(cut + 1);
	const escaped = /^.*%[0-9A-Fa-f]{2}/.exec(local);
	if (escaped !== null) local = local.slice(escaped[0].length);
	if (local.includes('=') && !ENVELOPE.test(local) && !isOfRecipient(local))
		local = local.slice(local.lastIndexOf('=') + 1);
	let skip = 0;
	while (skip < local.length && !isAlnum(local.charCodeAt(skip)) && local[skip] !== '_') skip++;
	local = local.slice(skip);
	return local === '' || local.length > MAX_LOCAL || local.endsWith('.') || local.includes('..') ? undefined : local;
}

const PARAMETER =
	/^(?:e-?mail|e|mail|m|to|cc|bcc|from|user(?:name)?|usr|u|login|account|address|addr|id|recipient|upn)=/i;

/** `user=example.com`: a whole address in front of the sign, as lists and mailers write that of the recipient. */
function isOfRecipient(local: string): boolean {
	return !PARAMETER.test(local) && readDomainName(local.slice(local.lastIndexOf('=') + 1))?.registrable !== undefined;
}

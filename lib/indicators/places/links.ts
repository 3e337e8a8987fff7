import { INDICATOR_LIMITS } from '../../limits';
import { readUrl, type Url } from '../../values';
import type { Finding, Place } from '../finding';
import type { IndicatorFlag } from '../indicator';
import { mayRewrite, unwrapUrl, withoutRecipient } from '../judgement';
import { readDefanged, scanText, type TextFinding } from '../text';
import type { HtmlLink } from './html';

/**
 * The URL of an attribute or a header field, not of running text. Undefined when it is none, for somebody defanged it, or it is longer
 * than the limit: {@link linkText} of it is searched.
 */
export function linkFinding(
	written: string,
	place: Place,
	targetFlags: readonly IndicatorFlag[] = [],
): Finding | undefined {
	const found = readUrl(written);
	if (found === undefined) return undefined;
	const opening = written.slice(0, MAX_MARKED);
	const defanged = MAY_BE_MARKED.test(opening) && readDefanged(opening).isDefanged(0, MAX_MARKED);
	return { found, original: written, defanged, flags: [], targetFlags, place };
}

/** As much of a link as is searched when it is not a URL. */
export function linkText(written: string): string {
	return written.slice(0, 2 * INDICATOR_LIMITS.maxUrlLength);
}

/** Defanging marks stand in the scheme and the host: the first characters of a link. */
const MAX_MARKED = 300;
/** Has a character that no URL needs. */
const MAY_BE_MARKED = /[^\w:/.?=&;%~+,@#!$'-]/;
/** As a browser writes it. */
const PLAIN_OPENING = /^https?:\/\/[^/\\\s]/;
const NO_FLAGS: readonly IndicatorFlag[] = [];

/** The URL that a client would open; undefined for what leads nowhere (relative without a base, `cid:`, `javascript:`…). */
export function absoluteUrl(
	link: HtmlLink,
	base: string | undefined,
): { url: string; flags: readonly IndicatorFlag[] } | undefined {
	const { url } = link;
	if (PLAIN_OPENING.test(url)) return { url, flags: NO_FLAGS };
	if (/^[a-z][a-z0-9+.-]{1,15}:[/\\]{1,4}[^/\\\s]/i.test(url)) {
		return { url: url.replace(/^(https?):[/\\]{1,4}/i, '$1://'), flags: [] };
	}
	if (
		/^(?:mailto|tel|sms|cid|data|javascript|about|blob|callto|skype|geo|market|intent|xmpp|sip|whatsapp|mid|webcal):/i.test(
			url,
		) ||
		url.startsWith('#')
	)
		return undefined;
	if (/^[/\\]{2}[^/\\]/.test(url)) return { url: `https://${url.slice(2)}`, flags: ['scheme-assumed'] };
	if (base !== undefined && /^https?:\/\//i.test(base)) {
		try {
			return { url: new URL(url, base).href, flags: [] };
		} catch {
			return undefined;
		}
	}
	if (/^www\.[a-z0-9-]{1,63}\./i.test(url)) return { url: `http://${url}`, flags: ['scheme-assumed'] };
	// Defanged, or a name without a scheme that a program had put there.
	return /[.\uff0e]|dot/i.test(url) && !url.startsWith('/') ? { url, flags: [] } : undefined;
}

/** One line, cut to the limit, without what a rewriter's URL says about the recipient. */
export function visibleText(label: string): string {
	const line = label.replace(/\s{2,}|[^\S ]/g, ' ').trim();
	const shown = /safelinks/i.test(line) ? line.split(' ').map(withoutRecipient).join(' ') : line;
	return shown.slice(0, INDICATOR_LIMITS.maxLinkText);
}

/** True when the visible text is a URL or a name under another registrable domain than what the link leads to. */
export function leadsElsewhere(text: string, link: { url: string }): boolean {
	if (text === '' || !/[.\uff0e]/.test(text)) return false;
	const shownDomain = registrableOf(scanText(text).find(({ start }) => start <= 1));
	if (shownDomain === undefined) return false;
	const url = readUrl(link.url);
	const target = url && targetOf(url);
	if (target === undefined) return false;
	return (target.host?.registrable ?? target.host?.value ?? target.address?.value) !== shownDomain;
}

/** Where a URL leads in the end, past what rewrote it. */
function targetOf(url: Url): Url | undefined {
	return url.host !== undefined && mayRewrite(url.host.value) ? readUrl(unwrapUrl(url.value).url) : url;
}

function registrableOf(finding: TextFinding | undefined): string | undefined {
	if (finding?.found.type === 'domain-name') return finding.found.registrable;
	if (finding?.found.type !== 'url') return undefined;
	const target = targetOf(finding.found) ?? finding.found;
	return target.host?.registrable ?? target.address?.value;
}

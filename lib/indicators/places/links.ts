import { INDICATOR_LIMITS } from '../../limits';
import type { Finding } from '../text/finding';
import type { HtmlLink } from './html';
import type { IndicatorFlag } from '../indicator';
import { unwrapUrl, withoutRecipient } from '../judgement/rewriters';
import { scanText } from '../text/scan';
import { readUrl } from '../url';

/** What a link of an HTML body leads to, and what it shows. */

/** The URL that a client would open; undefined for what leads nowhere (relative without a base, `cid:`, `javascript:`…). */
export function absoluteUrl(
	link: HtmlLink,
	base: string | undefined,
): { url: string; flags: readonly IndicatorFlag[] } | undefined {
	const { url } = link;
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
	const line = label.replace(/\s+/g, ' ').trim();
	const shown = /safelinks/i.test(line) ? line.split(' ').map(withoutRecipient).join(' ') : line;
	return shown.slice(0, INDICATOR_LIMITS.maxLinkText);
}

/** True when the visible text is a URL or a name under another registrable domain than what the link leads to. */
export function leadsElsewhere(text: string, link: { url: string }): boolean {
	if (text === '' || !/[.\uff0e]/.test(text)) return false;
	let shown: Finding | undefined;
	scanText(text, (finding) => {
		if (shown === undefined && finding.start <= 1) shown = finding;
	});
	const shownDomain = registrableOf(shown);
	if (shownDomain === undefined) return false;
	const { url: target } = unwrapUrl(link.url);
	const read = readUrl(target);
	if (read === undefined) return false;
	return (read.host?.registrable ?? read.host?.name ?? read.address?.value) !== shownDomain;
}

function registrableOf(finding: Finding | undefined): string | undefined {
	if (finding === undefined || (finding.type !== 'url' && finding.type !== 'domain-name')) return undefined;
	const { url, host } = finding;
	if (url === undefined) return host?.registrable;
	const target = readUrl(unwrapUrl(url.value).url) ?? url;
	return target.host?.registrable ?? target.address?.value;
}

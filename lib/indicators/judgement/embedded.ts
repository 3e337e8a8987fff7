import { INDICATOR_LIMITS } from '../../limits';
import { decodePercent } from '../../text';
import { parseUrl } from '../../values';

/** The opening of a URL, as it is or percent-encoded up to three times. */
const OPENING = /h(?:tt|xx)ps?(?::|%(?:25){0,2}3a)(?:[/\\]|%(?:25){0,2}(?:2f|5c))+/gi;
/** `http:/` and `https:` in base64. */
const OPENING_BASE64 = /aHR0c(?:DovL|HM6Ly)[\w+/-]{4,}/g;
const PLAIN_OPENING = /^h(?:tt|xx)p(s?):[/\\]+/i;
const MOST_DECODED = 3;

/** Services that name the host of the target, and nothing else of it, in a parameter. */
const NAMED_HOSTS: readonly { host: RegExp; parameter: string }[] = [
	{ host: /(?:^|\.)mimecast(?:protect)?\.com$/, parameter: 'domain' },
	{ host: /(?:^|\.)inky\.com$/, parameter: 'domain' },
];

/**
 * The URLs that stand in path, query and fragment of another, whatever service it is of: open redirects, click counters, proxies.
 * In a query one ends with its parameter, in a path with its segment where its own slashes are encoded.
 */
export function embeddedUrls(url: string): string[] {
	const server = url.indexOf('://') + 3;
	const from = url.indexOf('/', server);
	if (from < 0 || !mayHoldUrl(url, from)) return [];
	const rest = url.slice(from);
	const { maxEmbeddedUrls } = INDICATOR_LIMITS;
	const found: string[] = [];
	const query = rest.indexOf('?');
	OPENING.lastIndex = 0;
	for (let match = OPENING.exec(rest); match !== null && found.length < maxEmbeddedUrls; match = OPENING.exec(rest)) {
		const end = endOfEmbedded(rest, match, query);
		const inner = decoded(rest.slice(match.index, end));
		if (inner !== undefined) found.push(inner);
		OPENING.lastIndex = Math.max(end, OPENING.lastIndex);
	}
	for (const [encoded] of rest.matchAll(OPENING_BASE64)) {
		if (found.length >= maxEmbeddedUrls) break;
		const inner = Buffer.from(encoded, 'base64').toString('latin1');
		const visible = /^[\x21-\x7e]+/.exec(inner)?.[0];
		if (visible !== undefined && parseUrl(visible) !== undefined) found.push(visible);
	}
	return found;
}

/** The host that a service names in its URL. */
export function namedHost(url: string): string | undefined {
	const parsed = /[?&]domain=/i.test(url) ? parseUrl(url) : undefined;
	const service = parsed && NAMED_HOSTS.find(({ host }) => host.test(parsed.hostname));
	return service === undefined ? undefined : (parsed?.searchParams.get(service.parameter) ?? undefined);
}

/** A quick no for most URLs. */
function mayHoldUrl(url: string, from: number): boolean {
	if (url.length - from <= 11) return false;
	const hasColon = url.includes(':', from) || url.includes('%', from);
	return (hasColon && /(?:tt|xx)p/i.test(url)) || url.includes('aHR0c', from);
}

function endOfEmbedded(rest: string, { index, 0: opening }: RegExpExecArray, query: number): number {
	const before = rest[index - 1];
	const isWhole = before === '?' || before === '#';
	const inPath = query < 0 || index < query;
	// What is written out goes on to the end: `/https://host/path?query`.
	if (isWhole || (inPath && /[/\\]$/.test(opening) && !rest.slice(0, index).includes('#'))) return rest.length;
	const ends = inPath ? /[/?#&]/g : /[&#]/g;
	ends.lastIndex = index + opening.length;
	return ends.exec(rest)?.index ?? rest.length;
}

/** Decoded until it opens as a URL does, its host in plain letters. */
function decoded(written: string): string | undefined {
	let text = written;
	for (let times = 0; times <= MOST_DECODED; times++) {
		if (PLAIN_OPENING.test(text) && !/^[^/\\?#]*%/.test(text.replace(PLAIN_OPENING, ''))) {
			const url = text.replace(PLAIN_OPENING, (_, secure: string) => `http${secure}://`);
			return parseUrl(url) === undefined ? undefined : url;
		}
		text = decodePercent(text);
	}
	return undefined;
}

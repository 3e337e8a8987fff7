import { INDICATOR_LIMITS } from '../../limits';
import { decodePercent } from '../../text';
import { parseUrl, readDomainName } from '../../values';

/** The opening of a URL, as it is or percent-encoded up to three times. */
const OPENING = /h(?:tt|xx)ps?(?::|%(?:25){0,2}3a)(?:[/\\]|%(?:25){0,2}(?:2f|5c))+/gi;
/** `?to=//example.com/path`, encoded or not: the scheme is that of the page. */
const WITHOUT_SCHEME = /(?<=[?&][\w.[\]-]{1,40}=)(?:\/\/|%2f%2f)(?=[a-z0-9])[^&#]{4,}/gi;
/** `http` in base64, at each of the three places where it may begin. */
const HTTP_BASE64 = /aHR0c|odHRw|h0dHA|h0dHB/;
const BASE64 = /[\w+/-]{16,4096}/g;
const PLAIN_OPENING = /^h(?:tt|xx)p(s?):[/\\]+/i;
const MOST_DECODED = 3;

/** Services that name the target in a parameter without a scheme: its host, or its host and path. */
const NAMED_HOSTS: readonly { host: RegExp; parameters: readonly string[] }[] = [
	{ host: /(?:^|\.)mimecast(?:protect)?\.com$/, parameters: ['domain'] },
	{ host: /(?:^|\.)inky\.com$/, parameters: ['domain'] },
	{ host: /^(?:www\.)?google\.(?:[a-z]{2,3}|com?\.[a-z]{2})$/, parameters: ['q', 'url'] },
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
	for (const [written] of rest.matchAll(WITHOUT_SCHEME)) {
		if (found.length >= maxEmbeddedUrls) break;
		const inner = `${url.slice(0, server - 2)}${decodePercent(written)}`;
		const host = parseUrl(inner)?.hostname;
		if (host !== undefined && readDomainName(host)?.registrable !== undefined) found.push(inner);
	}
	if (!HTTP_BASE64.test(rest)) return found;
	for (const [encoded] of rest.matchAll(BASE64)) {
		if (found.length >= maxEmbeddedUrls) break;
		const start = encoded.indexOf('aHR0c');
		// A path has no beginning of its own.
		const text = start >= 0 ? encoded.slice(start) : HTTP_BASE64.test(encoded) ? encoded : '';
		const inner = Buffer.from(text, 'base64').toString('latin1');
		const visible = /https?:\/\/[\x21-\x7e]+/.exec(inner)?.[0];
		if (visible !== undefined && parseUrl(visible) !== undefined) found.push(visible);
	}
	return found;
}

/** The host that a service names in its URL. */
export function namedHost(url: string): string | undefined {
	const parsed = /[?&](?:domain|q|url)=/i.test(url) ? parseUrl(url) : undefined;
	const service = parsed && NAMED_HOSTS.find(({ host }) => host.test(parsed.hostname));
	if (service === undefined || (service.parameters[0] === 'q' && parsed?.pathname !== '/url')) return undefined;
	const named = service.parameters.map((name) => parsed?.searchParams.get(name)).find((value) => value);
	return named?.includes('://') === true ? undefined : named?.split(/[/?#]/, 1)[0];
}

/** A quick no for most URLs. */
function mayHoldUrl(url: string, from: number): boolean {
	if (url.length - from <= 11) return false;
	const hasColon = url.includes(':', from) || url.includes('%', from);
	if ((hasColon && /(?:tt|xx)p/i.test(url)) || HTTP_BASE64.test(url)) return true;
	return url.includes('=//', from) || /=%2f%2f/i.test(url);
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

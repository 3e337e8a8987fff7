import { INDICATOR_LIMITS } from '../../limits';
import { decodePercent } from '../../text';
import { parseUrl } from '../../values';
import { trimEnd } from '../characters';

/** One service that wraps URLs, and how its wrapper is read. */
interface Rewriter {
	name: string;
	/** Tested on the parsed host name only, from end to end. */
	host: RegExp;
	/** Tested on the path. */
	path: RegExp;
	/** The wrapped text, percent-decoded once. `written` is the URL before it was parsed. */
	target: (url: URL, written: string) => string | undefined;
	/** Parameters that hold the recipient's address: left out of what is reported. */
	personal?: readonly string[];
}

const param =
	(...names: string[]) =>
	(url: URL): string | undefined => {
		for (const name of names) {
			const value = rawParam(url, name);
			if (value !== undefined && value !== '') return decodePercent(value);
		}
		return undefined;
	};

const REWRITERS: readonly Rewriter[] = [
	{
		name: 'Microsoft Safe Links',
		host: /^(?:[a-z0-9-]+\.)*safelinks\.protection\.(?:outlook\.com|office365\.us|partner\.outlook\.cn)$/,
		path: /^/,
		target: param('url'),
		personal: ['data', 'sdata'],
	},
	{
		name: 'Microsoft Safe Links (Teams)',
		host: /^statics\.teams\.cdn\.office\.net$/,
		path: /\/safelinks\/(?:[^/]+\/)?[^/]*\.html$/,
		target: param('url'),
		personal: ['data', 'sdata', 'locale'],
	},
	{
		name: 'Proofpoint v1',
		host: /^urldefense\.proofpoint\.com$/,
		path: /^\/v1\/url$/,
		target: (url) => unescapeHtml(param('u')(url)),
	},
	{ name: 'Proofpoint v2', host: /^urldefense\.proofpoint\.com$/, path: /^\/v2\/url$/, target: proofpoint2 },
	{
		name: 'Proofpoint v3',
		host: /^urldefense(?:\.proofpoint\.com|\.com|\.us)$/,
		path: /^\/v3\/__/,
		target: proofpoint3,
	},
	{
		name: 'Proofpoint isolation',
		host: /^(?:[a-z0-9-]+\.)*urlisolation\.com$/,
		path: /^\/browser/,
		target: param('url'),
	},
	{ name: 'Barracuda', host: /^linkprotect\.cudasvc\.com$/, path: /^\/url/, target: param('a') },
	{
		name: 'Cisco Secure Email',
		host: /^secure-web\.cisco\.com$/,
		path: /^\/[^/]+\/[^/]+$/,
		target: (url) => decodeTwice(url.pathname.split('/')[2]),
	},
	{
		name: 'Trend Micro',
		host: /^(?:[a-z0-9-]+\.)*trendmicro\.com$/,
		path: /^\/wis\/clicktime\/v[12]\/query/,
		target: (url) => decodeTwice(rawParam(url, 'url')),
	},
	{
		name: 'Mimecast',
		host: /^(?:protect-[a-z]{2}\.mimecast\.com|(?:[a-z0-9-]+\.)*mimecastprotect\.com)$/,
		path: /^\/(?:s|r)\//,
		target: param('url'),
	},
	{
		name: 'Sophos',
		host: /^(?:[a-z0-9-]+\.)+protection\.sophos\.com$/,
		path: /^\//,
		target: (url) => base64Text(rawParam(url, 'u')),
	},
	{ name: 'Symantec', host: /^clicktime\.symantec\.com$/, path: /^\//, target: param('u') },
	{ name: 'Trellix', host: /^protect\d*\.fireeye\.com$/, path: /^\/(?:v\d\/)?url/, target: param('u') },
	{
		name: 'Check Point',
		host: /^(?:[a-z0-9-]+\.)+url-protection\.com$/,
		path: /^\/v1\/(?:r\d+\/)?url/,
		target: param('o'),
	},
	{
		name: 'Check Point (Avanan)',
		host: /^(?:url\.avanan\.click|protect\.checkpoint\.com)$/,
		path: /^\/v2\//,
		target: avanan,
	},
	{ name: 'Vade', host: /^antiphishing\.vadesecure\.com$/, path: /^\/v\d/, target: param('u') },
	{ name: 'Vade', host: /^(?:[a-z0-9-]+\.)+vadesecure\.com$/, path: /^\/safeproxy\/v[34]/, target: param('u') },
	{ name: 'Libraesva', host: /^urlsand\.esvalabs\.com$/, path: /^\//, target: param('u') },
	{ name: 'Trustwave', host: /^(?:[a-z]{2}\.)?scanmail\.trustwave\.com$/, path: /^\//, target: param('u') },
	{
		name: 'Mailinblack',
		host: /^mibc-fr-[a-z0-9]+\.mailinblack\.com$/,
		path: /^\/securelink/,
		target: (url) => jsonField(base64Text(rawParam(url, 'key')), 'url'),
	},
	{ name: 'Hornetsecurity', host: /^atpscan\.global\.hornetsecurity\.com$/, path: /^\//, target: param('u', 'url') },
	{
		name: 'Google redirect',
		host: /^(?:[a-z]+\.)?google\.(?:com?\.)?[a-z]{2,3}$/,
		path: /^\/url$/,
		target: (url) => absolute(param('q')(url)) ?? param('url')(url),
	},
	{ name: 'Google AMP', host: /^(?:[a-z]+\.)?google\.(?:com?\.)?[a-z]{2,3}$/, path: /^\/amp\//, target: googleAmp },
	{
		name: 'Bing',
		host: /^(?:www\.)?bing\.com$/,
		path: /^\/ck\/a$/,
		target: (url) => (/^a1./.test(rawParam(url, 'u') ?? '') ? base64Text(rawParam(url, 'u')!.slice(2)) : undefined),
	},
	{ name: 'Facebook', host: /^lm?\.facebook\.com$/, path: /^\/l\.php$/, target: param('u') },
	{ name: 'Slack', host: /^slack-redir\.net$/, path: /^\/link$/, target: param('url') },
	{
		name: 'Mandrill',
		host: /^(?:[a-z0-9-]+\.)*mandrillapp\.com$/,
		path: /^\/track\/click/,
		target: (url) => jsonField(jsonField(base64Text(rawParam(url, 'p')), 'p'), 'url'),
	},
	{
		name: 'Amazon SES',
		host: /^(?:[a-z0-9-]+\.)*awstrack\.me$/,
		path: /^\/L0\/./,
		target: (url) => decodePercent(url.pathname.split('/')[2] ?? ''),
	},
	{
		name: 'AMP cache',
		host: /^[a-z0-9-]+\.cdn\.ampproject\.org$/,
		path: /^\/(?:[civr]|wp)\/./,
		target: ampCache,
	},
	{ name: 'Google Translate', host: /^[a-z0-9-]+\.translate\.goog$/, path: /^/, target: translated },
	{
		name: 'redirector',
		host: /^(?:(?:www|m)\.)?(?:linkedin|youtube|duckduckgo|steamcommunity|medium|vk|googleadservices|googleweblight)\.com$|^adclick\.g\.doubleclick\.net$|^t\.umblr\.com$|^out\.reddit\.com$|^l\.(?:instagram|messenger)\.com$|^translate\.google\.(?:com?\.)?[a-z]{2,3}$|^(?:www\.)?bing\.com$/,
		path: /^\/(?:$|l\/?$|r\/?$|i$|safety\/go|redir\/|redirect$|linkfilter\/|away(?:\.php)?$|pagead\/aclk|pcs\/click|aclk|translate$|alink\/)/,
		target: param('url', 'u', 'q', 'to', 'z', 'uddg', 'adurl', 'lite_url'),
	},
	{
		name: 'mail gateway',
		host: /^link\.edgepilot\.com$|^linklock\.titanhq\.com$|^(?:[a-z0-9-]+\.)*mailguard\.com\.au$|^protect-[a-z0-9-]+\.trellix\.com$|^(?:[a-z0-9-]+\.)+seclinks\.[a-z.]{2,20}$|^clicktime\.cloud\.postoffice\.net$|^(?:[a-z0-9-]+\.)*hes\.trendmicro\.com$/,
		path: /^/,
		target: param('url', 'u', 'U', 'redir', 'a'),
	},
];

/** A URL freed of the services that rewrote it. */
export interface Unwrapped {
	/** What the innermost wrapper leads to; the URL itself when nothing wraps it. */
	url: string;
	/** The wrappers, outermost first, without parameters that hold the recipient. */
	wrappers: string[];
	/** Names of the services, in the same order. */
	rewriters: string[];
}

/**
 * Unwraps what link rewriters and redirectors wrapped, one inside the other up to 8 deep. A wrapper is known by its
 * parsed host, so a host that only looks like one stays as it is; so does one whose target is no absolute http(s) URL.
 */
export function unwrapUrl(url: string): Unwrapped {
	const unwrapped: Unwrapped = { url, wrappers: [], rewriters: [] };
	for (let depth = 0; depth < INDICATOR_LIMITS.maxUnwrapDepth; depth++) {
		const parsed = parse(unwrapped.url);
		if (parsed === undefined) break;
		const found = rewriterOf(parsed, unwrapped.url);
		if (found === undefined) break;
		unwrapped.wrappers.push(withoutRecipient(unwrapped.url));
		unwrapped.rewriters.push(found.name);
		unwrapped.url = found.target;
	}
	return unwrapped;
}

/** The service that wrote a URL, and what it wraps. */
function rewriterOf(url: URL, written: string): { name: string; target: string } | undefined {
	const host = url.hostname.replace(/\.$/, '');
	if (!mayRewrite(host)) return undefined;
	for (const { name, host: hosts, path, target: targetOf } of REWRITERS) {
		if (!hosts.test(host) || !path.test(url.pathname)) continue;
		const target = absolute(targetOf(url, written));
		if (target !== undefined) return { name, target };
	}
	return undefined;
}

/** A rewriter's URL without the parameters in which it carries the recipient's address; any other URL as it is. */
export function withoutRecipient(url: string): string {
	const parsed = parse(url);
	if (parsed === undefined) return url;
	const personal = REWRITERS.find(
		(rewriter) => rewriter.personal !== undefined && rewriter.host.test(parsed.hostname),
	)?.personal;
	if (personal === undefined || parsed.search === '') return url;
	const kept = queryOf(parsed).filter((pair) => !personal.includes(pair.split('=', 1)[0]!.toLowerCase()));
	parsed.search = kept.join('&');
	return parsed.href;
}

function parse(text: string): URL | undefined {
	if (text.length > INDICATOR_LIMITS.maxUrlLength || !/^https?:/i.test(text)) return undefined;
	return parseUrl(text);
}

const REWRITER_DOMAINS =
	/(?:^|\.)(?:outlook\.com|office365\.us|outlook\.cn|office\.net|proofpoint\.com|urldefense\.(?:com|us)|urlisolation\.com|cudasvc\.com|cisco\.com|trendmicro\.com|mimecast(?:protect)?\.com|sophos\.com|symantec\.com|fireeye\.com|url-protection\.com|avanan\.click|vadesecure\.com|esvalabs\.com|trustwave\.com|mailinblack\.com|hornetsecurity\.com|google\.[a-z.]{2,6}|bing\.com|facebook\.com|slack-redir\.net|mandrillapp\.com|awstrack\.me|ampproject\.org|translate\.goog|checkpoint\.com|(?:linkedin|youtube|duckduckgo|steamcommunity|medium|vk|googleadservices|googleweblight|umblr|reddit|instagram|messenger|edgepilot|titanhq|trellix)\.com|doubleclick\.net|mailguard\.com\.au|seclinks\.[a-z.]{2,20}|postoffice\.net)$/;

/** A quick no for most hosts: under none of the rewriters' domains. */
export function mayRewrite(host: string): boolean {
	return REWRITER_DOMAINS.test(host);
}

/** The text when it is an absolute http(s) URL with a host. */
function absolute(text: string | undefined): string | undefined {
	if (text === undefined || !/^https?:\/\//i.test(text.trim())) return undefined;
	const parsed = parse(text.trim());
	return parsed === undefined || !/^\[|[^.]\.[^.]|^localhost$/.test(parsed.hostname) ? undefined : text.trim();
}

/** Texts copied from HTML source still have `&amp;` between the parameters. */
function queryOf(url: URL): string[] {
	return url.search.slice(1).replaceAll('&amp;', '&').split('&');
}

function rawParam(url: URL, name: string): string | undefined {
	for (const pair of queryOf(url)) {
		const equals = pair.indexOf('=');
		if (equals > 0 && pair.slice(0, equals).toLowerCase() === name)
			return pair.slice(equals + 1) + (name === 'u' || name === 'url' || name === 'q' ? url.hash : '');
	}
	return undefined;
}

function decodeTwice(text: string | undefined): string | undefined {
	if (text === undefined) return undefined;
	const once = decodePercent(text);
	return /^https?%3a/i.test(once) ? decodePercent(once) : once;
}

function unescapeHtml(text: string | undefined): string | undefined {
	return text
		?.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&quot;', '"')
		.replaceAll('&#39;', "'")
		.replaceAll('&amp;', '&');
}

function base64Text(text: string | undefined): string | undefined {
	if (text === undefined) return undefined;
	const plain = trimEnd(decodePercent(text), '= \t\r\n');
	return /^[A-Za-z0-9+/_-]+$/.test(plain) ? Buffer.from(plain, 'base64').toString('utf8') : undefined;
}

function jsonField(text: string | undefined, field: string): string | undefined {
	if (text === undefined) return undefined;
	try {
		const value = (JSON.parse(text) as Record<string, unknown> | null)?.[field];
		return typeof value === 'string' ? value : undefined;
	} catch {
		return undefined;
	}
}

/** `-` stands for `%` and `_` for `/`; a dash of the URL itself is `-2D`. */
function proofpoint2(url: URL): string | undefined {
	const wrapped = rawParam(url, 'u')?.replaceAll('-', '%').replaceAll('_', '/');
	return wrapped === undefined ? undefined : unescapeHtml(decodePercent(wrapped));
}

const RUN_LENGTHS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** `/v3/__<url>__;<base64url of the replaced characters>!…`: `*` is the next of them, `**X` the next 2 to 65. */
function proofpoint3(_url: URL, written: string): string | undefined {
	const rest = written.slice(written.indexOf('/v3/__') + 6);
	const end = rest.indexOf('__;');
	const stop = rest.indexOf('!', end);
	if (end < 1 || stop < 0) return undefined;
	const replaced = Buffer.from(rest.slice(end + 3, stop), 'base64');
	const template = rest.slice(0, end).replace(/^(https?):\/(?!\/)/i, '$1://');
	const characters = [...replaced.toString('utf8')].map((character) => Buffer.from(character));
	return (
		substitute(template, characters) ??
		substitute(
			template,
			[...replaced].map((byte) => Buffer.from([byte])),
		)
	);
}

function substitute(template: string, units: readonly Buffer[]): string | undefined {
	const pieces: Buffer[] = [];
	let used = 0;
	for (let at = 0; at < template.length; at++) {
		if (template[at] !== '*') {
			const next = template.indexOf('*', at);
			const stop = next < 0 ? template.length : next;
			pieces.push(Buffer.from(template.slice(at, stop)));
			at = stop - 1;
			continue;
		}
		const run = template[at + 1] === '*' ? RUN_LENGTHS.indexOf(template[at + 2] ?? ' ') : -1;
		const count = run < 0 ? 1 : run + 2;
		if (run >= 0) at += 2;
		if (used + count > units.length) return undefined;
		pieces.push(...units.slice(used, used + count));
		used += count;
	}
	return used === units.length ? Buffer.concat(pieces).toString('utf8') : undefined;
}

/** `/v2/___<url>___.<blob>`, where a proxy may have taken one of the two slashes. */
function avanan(_url: URL, written: string): string | undefined {
	const start = written.indexOf('___');
	const end = written.indexOf('___', start + 3);
	if (start < 0 || end < 0) return undefined;
	return decodePercent(written.slice(start + 3, end)).replace(/^(https?):\/(?!\/)/i, '$1://');
}

function googleAmp(url: URL): string | undefined {
	const secure = url.pathname.startsWith('/amp/s/');
	const rest = url.pathname.slice(secure ? 7 : 5);
	return rest === '' ? undefined : `${secure ? 'https' : 'http'}://${rest}${url.search}${url.hash}`;
}

/** `/c/s/host/path`: `s` for https. */
function ampCache(url: URL): string | undefined {
	const [, , first = '', ...rest] = url.pathname.split('/');
	const secure = first === 's';
	const target = secure ? rest.join('/') : [first, ...rest].join('/');
	return target === '' ? undefined : `${secure ? 'https' : 'http'}://${target}${url.search}${url.hash}`;
}

/** The host with `-` for its dots and `--` for its hyphens; parameters that begin with `_x_` are the service's own. */
function translated(url: URL): string {
	const label = url.hostname.slice(0, url.hostname.indexOf('.'));
	const host = label.replaceAll('--', '\0').replaceAll('-', '.').replaceAll('\0', '-');
	const kept = queryOf(url).filter((pair) => pair !== '' && !pair.startsWith('_x_'));
	return `https://${host}${url.pathname}${kept.length > 0 ? `?${kept.join('&')}` : ''}${url.hash}`;
}

import { isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { INDICATOR_LIMITS } from '../limits';
import { withoutInvisible } from '../text';
import { readDomainName, type DomainName } from './domainName';
import { readIpAddress, type IpAddress } from './ipAddress';

/** An absolute URL with a host. */
export interface Url {
	type: 'url';
	/** As the WHATWG URL standard prints it: host in A-labels or dotted decimal, default port left out. {@link urlValue} is its form in STIX. */
	value: string;
	host?: DomainName;
	address?: IpAddress;
	/** `user@` or `user:password@` stands before the host. */
	userinfo: boolean;
}

/** Schemes with an authority that mail and reports name. */
export const URL_SCHEMES: ReadonlySet<string> = new Set(
	(
		'http https ftp ftps sftp ssh telnet tcp udp ws wss smb file ldap ldaps rdp vnc rtsp rtmp socks4 socks5 tftp git irc ' +
		'ircs rmi dns mms nntp imap smtp'
	).split(' '),
);
const SPECIAL_SCHEMES: ReadonlySet<string> = new Set(['http', 'https', 'ftp', 'ws', 'wss']);
/** Schemes of shares, where Windows writes the port of a WebDAV server behind an at sign: `file://host@80/`, `file://host@SSL@443/`. */
const SHARED: ReadonlySet<string> = new Set(['file', 'smb']);
const WEBDAV_PORT = /^([^@:]+)(?:@ssl)?(?:@(\d{1,5}))?$/i;
const withPort = (_: string, host: string, port: string | undefined): string =>
	port === undefined ? host : `${host}:${port}`;
/** Most URLs: nothing in scheme and host to read again before they are parsed. */
const PLAIN_OPENING = /^https?:\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?#]|$)/;
const SCHEME = /^([a-z][a-z0-9+.-]{1,15}):[/\\]{2,}/i;

/** Reads an absolute URL with a host. Undefined when it is none, or longer than the limit, as written or encoded. */
export function readUrl(written: string): Url | undefined {
	if (written.length > INDICATOR_LIMITS.maxUrlLength) return undefined;
	if (PLAIN_OPENING.test(written)) {
		const url = parseUrl(written);
		return url && urlOf(url, false);
	}
	const opening = SCHEME.exec(written);
	const scheme = opening?.[1]?.toLowerCase();
	if (opening === null || scheme === undefined || !URL_SCHEMES.has(scheme)) return undefined;
	const rest = written.slice(opening[0].length);
	const end = rest.search(/[/\\?#]/);
	const server = end < 0 ? rest : rest.slice(0, end);
	const visible = /^[\x00-\x7f]*$/.test(server) ? server : withoutInvisible(server);
	const authority = SHARED.has(scheme) ? visible.replace(WEBDAV_PORT, withPort) : visible;
	const tail = end < 0 ? '' : rest.slice(end);
	const special = SPECIAL_SCHEMES.has(scheme);
	const url = parseUrl(special ? `${scheme}://${authority}${tail}` : `http://${authority}${tail}`);
	if (url === undefined) return undefined;

	const userinfo = url.username !== '' || url.password !== '';
	const read = urlOf(url, userinfo);
	if (read === undefined || special) return read;
	const port = /:(\d{1,5})$/.exec(authority)?.[1];
	const before = userinfo ? `${url.username}${url.password === '' ? '' : `:${url.password}`}@` : '';
	const path = tail === '' ? '' : url.pathname + url.search + url.hash;
	const value = `${scheme}://${before}${url.hostname}${port === undefined ? '' : `:${Number(port)}`}${path}`;
	return { ...read, value };
}

function urlOf(url: URL, userinfo: boolean): Url | undefined {
	const { href, hostname } = url;
	const named = readUrlHost(hostname);
	// Encoded, a URL may be three times as long.
	if (named === undefined || href.length > INDICATOR_LIMITS.maxUrlLength) return undefined;
	if (named.host !== undefined) return { type: 'url', value: href, host: named.host, userinfo };
	return { type: 'url', value: href, ...named, userinfo };
}

/** As the WHATWG standard parses it. Undefined for what is no URL, which it throws for. */
export function parseUrl(text: string): URL | undefined {
	try {
		return new URL(text);
	} catch {
		return undefined;
	}
}

function readUrlHost(hostname: string): { host?: DomainName; address?: IpAddress } | undefined {
	const address = readIpAddress(hostname.startsWith('[') ? hostname.slice(1, -1) : hostname);
	if (address !== undefined) return { address };
	if (hostname.startsWith('[')) return undefined;
	if (hostname === 'localhost') return {};
	const host = readDomainName(hostname);
	return host === undefined ? undefined : { host };
}

/** Most URLs of mail: nothing in them to encode. */
const PLAIN_URL =
	/^https?:\/\/[a-z0-9._-]+(?::\d{1,5})?(?:[/?](?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?(?:#(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?$/;
const USERINFO = /[^\w.~!$&'()*+,;=:%-]/gu;
const PATH = /[^\w.~!$&'()*+,;=:@%/-]/gu;
const QUERY = /[^\w.~!$&'()*+,;=:@%/?-]/gu;

/**
 * The value of a `url` in STIX, a URI of RFC 3986: what that does not allow is percent-encoded (`?q[]=a|b` is `?q%5B%5D=a%7Cb`), a host of
 * other scripts becomes A-labels; the rest stays as written. Undefined for what has no scheme and nothing behind it.
 */
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
	// What comes out of it may hold what browsers take in a host, and no URI does: braces, for one.
	const name = encoded(/^[\w.~!$&'()*+,;=%-]*$/.test(host) ? host : domainToASCII(host), PATH);
	return name === '' && host !== '' ? undefined : user + name + port;
}

function encoded(text: string, forbidden: RegExp): string {
	return text.replace(/%(?![0-9a-f]{2})/gi, '%25').replace(forbidden, (char) => {
		// A lone surrogate has no UTF-8 form.
		const bytes = Buffer.from(char, 'utf8');
		return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
	});
}

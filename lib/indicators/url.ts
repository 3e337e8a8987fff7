import { INDICATOR_LIMITS } from '../limits';
import { withoutInvisible } from '../text';
import { readAddress, type Address } from './address';
import { readHost, type Host } from './host';

export interface ReadUrl {
	/** As the WHATWG URL standard prints it: host in A-labels or dotted decimal, default port left out. */
	value: string;
	host?: Host;
	address?: Address;
	/** `user@` or `user:password@` stands before the host. */
	userinfo: boolean;
}

/** Schemes with an authority that mail and reports name. */
export const URL_SCHEMES: ReadonlySet<string> = new Set([
	'http',
	'https',
	'ftp',
	'ftps',
	'sftp',
	'ssh',
	'telnet',
	'tcp',
	'udp',
	'ws',
	'wss',
	'smb',
	'file',
	'ldap',
	'ldaps',
	'rdp',
	'vnc',
	'rtsp',
	'rtmp',
	'socks4',
	'socks5',
	'tftp',
	'git',
	'irc',
	'ircs',
	'rmi',
	'dns',
	'mms',
	'nntp',
	'imap',
	'smtp',
]);
const SPECIAL_SCHEMES: ReadonlySet<string> = new Set(['http', 'https', 'ftp', 'ws', 'wss']);
const SCHEME = /^([a-z][a-z0-9+.-]{1,15}):[/\\]{2,}/i;

/** Reads an absolute URL with a host. Undefined when it is none, or longer than the limit. */
export function readUrl(written: string): ReadUrl | undefined {
	if (written.length > INDICATOR_LIMITS.maxUrlLength) return undefined;
	const opening = SCHEME.exec(written);
	const scheme = opening?.[1]?.toLowerCase();
	if (opening === null || scheme === undefined || !URL_SCHEMES.has(scheme)) return undefined;
	const rest = written.slice(opening[0].length);
	const end = rest.search(/[/\\?#]/);
	const server = end < 0 ? rest : rest.slice(0, end);
	const authority = /^[\x00-\x7f]*$/.test(server) ? server : withoutInvisible(server);
	const tail = end < 0 ? '' : rest.slice(end);
	const special = SPECIAL_SCHEMES.has(scheme);
	const url = parse(special ? `${scheme}://${authority}${tail}` : `http://${authority}${tail}`);
	if (url === undefined) return undefined;

	const userinfo = url.username !== '' || url.password !== '';
	const named = readUrlHost(url.hostname);
	if (named === undefined) return undefined;
	if (special) return { value: url.href, ...named, userinfo };
	const port = /:(\d{1,5})$/.exec(authority)?.[1];
	const before = userinfo ? `${url.username}${url.password === '' ? '' : `:${url.password}`}@` : '';
	const path = tail === '' ? '' : url.pathname + url.search + url.hash;
	return {
		value: `${scheme}://${before}${url.hostname}${port === undefined ? '' : `:${Number(port)}`}${path}`,
		...named,
		userinfo,
	};
}

function parse(text: string): URL | undefined {
	try {
		return new URL(text);
	} catch {
		return undefined;
	}
}

function readUrlHost(hostname: string): { host?: Host; address?: Address } | undefined {
	if (hostname.startsWith('[')) {
		const address = readAddress(hostname.slice(1, -1));
		return address === undefined ? undefined : { address };
	}
	const address = readAddress(hostname);
	if (address !== undefined) return { address };
	if (hostname === 'localhost') return {};
	const host = readHost(hostname);
	return host === undefined ? undefined : { host };
}

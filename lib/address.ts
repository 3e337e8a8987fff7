import { isIPv6 } from 'node:net';
import { SETTING_LIMITS } from './limits';
import { SettingError, wholeNumber } from './settings';

/*
 * Addresses as people type them: a URL without its scheme, a host with its port. What can mean one thing only is completed here,
 * the same way for every credential; what contradicts itself is an error.
 */

/** A scheme and the slash behind it. `host:6443` has none, though a URL parser reads one. */
const SCHEME = /^[a-z][a-z0-9+.-]*:\//i;

/** The URL with a scheme in front: `scheme` where it has none. Blank text stays blank. Whether it is a URL is not checked. */
export function withScheme(text: string, scheme: 'https' | 'http' = 'https'): string {
	const given = text.trim();
	if (given === '' || SCHEME.test(given)) return given;
	return given.startsWith('//') ? `${scheme}:${given}` : `${scheme}://${given}`;
}

/** True for an http URL of another machine: whatever is sent to it, a token or a passphrase too, can be read on the way. */
export function sendsInClearText(text: string): boolean {
	const absolute = withScheme(text);
	const url = URL.canParse(absolute) ? new URL(absolute) : undefined;
	return url?.protocol === 'http:' && !/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
}

/** A host, and its port where one is known. */
export interface HostAndPort {
	/** An IPv6 address is without brackets. */
	host: string;
	port?: number;
}

/**
 * Splits `imap.example.com:993` and `[2001:db8::1]:993`. A port of its own may be given beside the host; they have to be the
 * same. Undefined when it is not a host: it is empty, or holds a scheme, a path, a user or white space.
 *
 * @throws SettingError `SETTING_INVALID` for a port beyond its bounds, or two ports that differ
 */
export function hostAndPort(text: string, given?: unknown): HostAndPort | undefined {
	const { maxPort } = SETTING_LIMITS;
	const port = wholeNumber('Port', given, { least: 1, most: maxPort, otherwise: undefined });
	const [, inBrackets, name, written] = /^(?:\[([^\][]*)\]|([^\][:]*))(?::(\d*))?$/.exec(text.trim()) ?? [];
	// A bare IPv6 address holds colons, and no port can follow it.
	const host = inBrackets ?? name ?? (isIPv6(text.trim()) ? text.trim() : '');
	if (host === '' || /[\s/\\@]/.test(host)) return undefined;
	if (!written) return { host, ...(port === undefined ? {} : { port }) };
	const own = Number(written);
	if (own < 1 || own > maxPort) {
		throw new SettingError('Host', `'Host' ends with a port that does not exist: ${written.slice(0, 10)}`, {
			hint: `Use a port from 1 to ${maxPort}.`,
		});
	}
	if (port !== undefined && port !== own) {
		throw new SettingError('Port', `'Host' ends with port ${own}, but 'Port' is ${port}`, {
			hint: `Remove the port from 'Host', or set 'Port' to ${own}.`,
		});
	}
	return { host, port: own };
}

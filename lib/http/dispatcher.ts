import type { LookupFunction } from 'node:net';
import * as tls from 'node:tls';
import type { Dispatcher } from 'undici';
import { withScheme } from '../address';
import { HTTP_LIMITS } from '../limits';
import { decodePercent } from '../text';
import { HttpError } from './errors';

/** How a peer is reached. The same for every REST and GraphQL client of the pack. */
export interface NetworkOptions {
	/** PEM certificates that are trusted besides the usual ones. */
	ca?: string | undefined;
	/** Default true. False accepts any certificate: only for a lab. */
	verifyTls?: boolean | undefined;
	/** `http://user:pw@host:port`, `https://…` or `socks5://…`. Default: the proxy environment (HTTP_PROXY, HTTPS_PROXY, NO_PROXY). */
	proxy?: string | undefined;
	/** Resolves host names; a host application may pass one that enforces its egress rules. */
	lookup?: LookupFunction | undefined;
	/** @throws when a URL must not be asked, before any connection */
	validateUrl?: ((url: URL) => Promise<void>) | undefined;
}

/** The usual CAs (system and NODE_EXTRA_CA_CERTS included) and the user's own. */
export function secureContextFor(ca: string): tls.SecureContext {
	const certificates = ca.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g);
	if (certificates === null) {
		throw new HttpError('HTTP_CONFIGURATION', 'The CA certificate is not in PEM format', {
			hint: 'Paste the text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.',
		});
	}
	try {
		return tls.createSecureContext({ ca: [...tls.getCACertificates('default'), ...certificates] });
	} catch (cause) {
		throw new HttpError('HTTP_CONFIGURATION', 'The CA certificate cannot be read', {
			cause,
			hint: 'Paste the whole PEM text. It can contain several certificates.',
		});
	}
}

/**
 * One connection pool with these settings; close it when done.
 *
 * @throws HttpError `HTTP_CONFIGURATION`
 */
export function createDispatcher(options: NetworkOptions = {}): Dispatcher {
	// undici costs some 90 ms to load: only when somebody connects.
	const undici = require('undici') as typeof import('undici');
	const connect = {
		timeout: HTTP_LIMITS.connectTimeoutMs,
		rejectUnauthorized: options.verifyTls ?? true,
		...(options.ca ? { secureContext: secureContextFor(options.ca) } : {}),
		...(options.lookup ? { lookup: options.lookup } : {}),
	};
	if (!options.proxy) return new undici.EnvHttpProxyAgent({ connect, requestTls: connect, allowH2: false });

	const proxy = parseProxy(options.proxy);
	if (proxy.protocol.startsWith('socks')) return new undici.Socks5ProxyAgent(proxy, { requestTls: connect });
	const token = proxy.username
		? {
				token: `Basic ${Buffer.from(`${decodePercent(proxy.username)}:${decodePercent(proxy.password)}`).toString('base64')}`,
			}
		: {};
	return new undici.ProxyAgent({
		uri: `${proxy.protocol}//${proxy.host}`,
		requestTls: connect,
		allowH2: false,
		...token,
	});
}

function parseProxy(text: string): URL {
	let url: URL;
	try {
		url = new URL(withScheme(text, 'http'));
	} catch {
		// The parser's own error repeats its input, which may hold a password.
		throw new HttpError('HTTP_CONFIGURATION', 'The proxy is not a URL', { hint: PROXY_HINT });
	}
	if (!['http:', 'https:', 'socks5:', 'socks:'].includes(url.protocol)) {
		throw new HttpError('HTTP_CONFIGURATION', `A proxy URL cannot begin with ${url.protocol}//`, {
			hint: PROXY_HINT,
		});
	}
	return url;
}

const PROXY_HINT =
	'Write it as http://host:port, https://host:port or socks5://host:port, with user:password@ before the host if the proxy requires a login.';

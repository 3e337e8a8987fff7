import * as tls from 'node:tls';
import type { Dispatcher } from 'undici';
import { withScheme } from '../address';
import { HTTP_LIMITS } from '../limits';
import { decodePercent } from '../text';
import { checkEgress, environmentProxy, type EgressRules } from './egress';
import { HttpError } from './errors';

/** How a peer is reached. The same for every REST and GraphQL client of the pack. */
export interface NetworkOptions extends EgressRules {
	/** PEM certificates that are trusted besides the usual ones. */
	ca?: string | undefined;
	/** Default true. False accepts any certificate: only for a lab. */
	verifyTls?: boolean | undefined;
	/** `http://user:pw@host:port`, `https://…` or `socks5://…`. Default: the proxy environment (HTTP_PROXY, HTTPS_PROXY, NO_PROXY). */
	proxy?: string | undefined;
}

/** Reading all trusted certificates costs some 40 ms: once for each text of a CA, not for each client or connection. */
const contexts = new Map<string, tls.SecureContext>();

/** The usual CAs (system and NODE_EXTRA_CA_CERTS included) and the user's own. @throws HttpError `HTTP_CONFIGURATION` */
export function secureContextFor(ca: string): tls.SecureContext {
	const known = contexts.get(ca);
	if (known !== undefined) return known;
	const context = readContext(ca);
	if (contexts.size >= HTTP_LIMITS.maxSecureContexts) contexts.clear();
	contexts.set(ca, context);
	return context;
}

function readContext(ca: string): tls.SecureContext {
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
 * One connection pool with these settings; close it when done. The egress rules are asked for the proxy of each request, too.
 *
 * @throws HttpError `HTTP_CONFIGURATION`
 */
export function createDispatcher(options: NetworkOptions = {}): Dispatcher {
	const proxy = options.proxy ? parseProxy(options.proxy) : undefined;
	const dispatcher = dispatcherOf(options, proxy);
	if (options.validateUrl === undefined) return dispatcher;
	return dispatcher.compose((dispatch) => (request, handler) => {
		const through = proxy ?? proxyOfEnvironment(request.origin);
		if (through === undefined) return dispatch(request, handler);
		checkEgress(options, through, `the proxy ${through.host}`).then(
			() => dispatch(request, handler),
			// undici's own interceptors have no controller before a request is sent, either.
			(error: Error) => handler.onResponseError?.(undefined as never, error),
		);
		return true;
	});
}

function proxyOfEnvironment(origin: string | URL | undefined): URL | undefined {
	const proxy = origin === undefined ? undefined : environmentProxy(new URL(origin));
	// What is no URL, undici refuses by itself.
	return proxy !== undefined && URL.canParse(proxy) ? new URL(proxy) : undefined;
}

const isSocks = (proxy: string | undefined) => /^socks/i.test(proxy ?? '');

function dispatcherOf(options: NetworkOptions, proxy: URL | undefined): Dispatcher {
	// undici costs some 90 ms to load: only when somebody connects.
	const undici = require('undici') as typeof import('undici');
	const connect = {
		timeout: HTTP_LIMITS.connectTimeoutMs,
		rejectUnauthorized: options.verifyTls ?? true,
		...(options.ca ? { secureContext: secureContextFor(options.ca) } : {}),
		...(options.lookup ? { lookup: options.lookup } : {}),
	};
	// Names of proxies are resolved as those of peers are.
	const proxyLookup = options.lookup ? { lookup: options.lookup } : {};
	const proxyTls = options.lookup ? { proxyTls: proxyLookup } : {};
	if (proxy === undefined) {
		const { http_proxy, HTTP_PROXY, https_proxy, HTTPS_PROXY } = process.env;
		// With options for TLS undici speaks TLS to a SOCKS proxy.
		const own = [http_proxy ?? HTTP_PROXY, https_proxy ?? HTTPS_PROXY].some(isSocks) ? {} : proxyTls;
		return new undici.EnvHttpProxyAgent({ connect, requestTls: connect, allowH2: false, ...own });
	}
	if (isSocks(proxy.protocol)) {
		const toProxy = undici.buildConnector({ timeout: HTTP_LIMITS.connectTimeoutMs, ...proxyLookup });
		return new undici.Socks5ProxyAgent(proxy, { requestTls: connect, connect: toProxy });
	}
	const token = proxy.username
		? {
				token: `Basic ${Buffer.from(`${decodePercent(proxy.username)}:${decodePercent(proxy.password)}`).toString('base64')}`,
			}
		: {};
	return new undici.ProxyAgent({
		uri: `${proxy.protocol}//${proxy.host}`,
		requestTls: connect,
		allowH2: false,
		...proxyTls,
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

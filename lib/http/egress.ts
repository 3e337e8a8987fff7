import { isIP, type LookupFunction } from 'node:net';
import { systemCodeOf } from '../errors';
import { HttpError } from './errors';

/** Where this machine may connect to: what a host application has to say of it. */
export interface EgressRules {
	/** Resolves host names; a host application may pass one that enforces its egress rules. */
	lookup?: LookupFunction | undefined;
	/** @throws when a URL must not be asked, before any connection. Only its host counts. */
	validateUrl?: ((url: URL) => Promise<void>) | undefined;
}

/** A name that nobody knows, or nobody at present: no rule speaks of that. */
const NO_NAME: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENODATA', 'ESERVFAIL', 'ETIMEOUT']);

/**
 * Asks the rules before a connection. Node resolves no address that is written as one, so that a `lookup` never hears of it, and
 * libraries resolve the names of proxies by themselves.
 *
 * @param who What is to be reached, for the error: `the proxy`, `https://host`.
 * @throws HttpError `HTTP_FORBIDDEN_ADDRESS`
 * @throws what resolving a name fails with
 */
export async function checkEgress({ validateUrl }: EgressRules, url: URL, who: string): Promise<void> {
	try {
		await validateUrl?.(url);
	} catch (cause) {
		if (NO_NAME.has(systemCodeOf(cause) ?? '')) throw cause;
		throw new HttpError('HTTP_FORBIDDEN_ADDRESS', `n8n's egress rules do not allow a connection to ${who}`, {
			cause,
			hint: 'The administrator of n8n decides which addresses nodes may reach (N8N_SSRF_…). Ask them to allow this one.',
		});
	}
}

/** `https://host` of a host name or an address as people write it, IPv6 without brackets. Undefined when it is none. */
export function urlOfHost(host: string): URL | undefined {
	const text = `https://${isIP(host) === 6 ? `[${host}]` : host}`;
	return URL.canParse(text) ? new URL(text) : undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy of the environment through which undici asks an origin; undefined where it asks without one. Where undici's reading of
 * NO_PROXY has corners, an origin counts as behind the proxy: one question more is asked, none too few.
 */
export function environmentProxy(origin: URL, environment: Environment = process.env): string | undefined {
	const plain = environment.http_proxy ?? environment.HTTP_PROXY;
	const secure = environment.https_proxy ?? environment.HTTPS_PROXY;
	const proxy = origin.protocol === 'https:' ? secure || plain : plain;
	if (!proxy || isExempt(origin, environment.no_proxy ?? environment.NO_PROXY ?? '')) return undefined;
	return proxy;
}

function isExempt({ hostname, port, protocol }: URL, noProxy: string): boolean {
	const host = hostname.replace(/\.$/, '').toLowerCase();
	const asked = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
	return noProxy
		.toLowerCase()
		.split(/[,\s]/)
		.some((entry) => {
			const [, wildcard, name, onlyPort] = /^(\*?)\.?([^:]*?)\.?(?::(\d+))?$/.exec(entry) ?? [];
			if (name === undefined || (onlyPort !== undefined && onlyPort !== asked)) return false;
			if (name === '') return wildcard === '*';
			return host.endsWith(`.${name}`) || (wildcard === '' && host === name);
		});
}

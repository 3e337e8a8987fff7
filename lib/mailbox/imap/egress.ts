import { isIP } from 'node:net';
import { checkEgress, HttpError, urlOfHost } from '../../http';
import { MailboxError } from '../errors';
import type { CheckedImapOptions } from './options';

/**
 * Asks the host application's egress rules for the server and its proxy, before any connection: `lookup` alone never hears of an
 * address that is written as one, nor of the name of a proxy, which imapflow resolves by itself.
 *
 * @returns The options, with the proxy's address in place of its name, so that it leads nowhere else a moment later. A proxy that is
 * reached over TLS keeps its name: its certificate is for that.
 * @throws MailboxError `MAILBOX_CONFIGURATION` where the rules say no
 */
export async function withinEgressRules(options: CheckedImapOptions): Promise<CheckedImapOptions> {
	const { host, proxy: through } = options;
	if (options.validateUrl === undefined) return options;
	const server = urlOfHost(host);
	if (server === undefined) throw forbidden(`the IMAP server ${host}`);
	const proxy = through ? new URL(through) : undefined;
	await ask(options, server, `the IMAP server ${host}`).catch((error: unknown) => {
		// The proxy resolves the name: whether it is known here does not matter.
		if (error instanceof MailboxError || proxy === undefined) throw error;
	});
	if (proxy === undefined) return options;
	const name = proxy.hostname.replace(/^\[|\]$/g, '');
	const proxyHost = urlOfHost(name);
	if (proxyHost === undefined) throw forbidden(`the proxy ${name}`);
	await ask(options, proxyHost, `the proxy ${proxy.host}`);
	if (proxy.protocol === 'https:' || isIP(name) !== 0 || options.lookup === undefined) return options;
	return { ...options, proxy: withHost(through!, await addressOf(name, options.lookup)) };
}

async function ask(options: CheckedImapOptions, url: URL, who: string): Promise<void> {
	try {
		await checkEgress(options, url, who);
	} catch (error) {
		throw error instanceof HttpError ? forbidden(who, error) : error;
	}
}

function forbidden(who: string, error?: HttpError): MailboxError {
	return new MailboxError('MAILBOX_CONFIGURATION', error?.message ?? `The egress rules cannot be asked for ${who}`, {
		hint: error?.hint ?? "Check 'Host' and 'Proxy' in the credential.",
		cause: error?.cause,
	});
}

async function addressOf(name: string, lookup: NonNullable<CheckedImapOptions['lookup']>): Promise<string> {
	return await new Promise((resolve, reject) =>
		lookup(name, {}, (error, address) => {
			const first = typeof address === 'string' ? address : address?.[0]?.address;
			if (error !== null || first === undefined) reject(error ?? new Error(`${name} has no address`));
			else resolve(first);
		}),
	);
}

/** A URL with another host. `URL` itself changes none of `socks5:` and its like. */
function withHost(url: string, address: string): string {
	const { protocol, username, password, port } = new URL(url);
	const user = username === '' ? '' : `${username}${password === '' ? '' : `:${password}`}@`;
	const host = isIP(address) === 6 ? `[${address}]` : address;
	return `${protocol}//${user}${host}${port === '' ? '' : `:${port}`}`;
}

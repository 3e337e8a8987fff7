import { hostAndPort, withScheme } from '../../address';
import type { Clock, EgressRules } from '../../http';
import { IMAP_DEFAULTS } from '../../defaults';
import { SETTING_LIMITS } from '../../limits';
import type { Logger } from '../../logger';
import { wholeNumber } from '../../settings';
import { MailboxError, mailboxSettings } from '../errors';
import { actionTimeout } from '../settings';

/** Which IMAP server is read, as whom, and how it is reached. */
export interface ImapOptions extends EgressRules {
	/** May end with the port, as in `imap.example.com:993`; a `port` beside it has to be the same. */
	host: string;
	/** Default 993 for `tls`, 143 otherwise. */
	port?: number | undefined;
	/** `starttls` requires the upgrade: a server that does not offer it is refused, never used in clear text. Default `tls`. */
	security?: 'tls' | 'starttls' | 'none' | undefined;
	/** Login, usually the address. */
	user: string;
	/** Either this … */
	password?: string | undefined;
	/** … or an OAuth 2.0 access token (OAUTHBEARER, else XOAUTH2). With `force` the token was refused and a new one is due. */
	accessToken?: ((force?: boolean) => Promise<string>) | undefined;
	/** PEM certificates that are trusted besides the usual ones. */
	ca?: string | undefined;
	/** Default true. False accepts any certificate: only for a lab. */
	verifyTls?: boolean | undefined;
	/** `http://user:pw@host:port`, `https://…`, `socks5://…`, `socks4://…`. Default: none. */
	proxy?: string | undefined;
	/** Name on the certificate when `host` is an address. */
	servername?: string | undefined;
	/** Milliseconds until the connection stands, DNS and proxy included. Default 20,000. */
	connectTimeoutMs?: number | undefined;
	/** Milliseconds until the server greets. Default 10,000. */
	greetingTimeoutMs?: number | undefined;
	/** Milliseconds of silence after which a connection counts as dead. Default 30,000. */
	socketTimeoutMs?: number | undefined;
	/** Milliseconds for one action other than a poll. Default 120,000; a download has no such limit. */
	actionTimeoutMs?: number | undefined;
	/**
	 * Folders are opened with SELECT also for reading, for servers where EXAMINE does not make UIDs stick and this is not noticed by
	 * itself. Bodies are read with PEEK all the same: only \\Recent changes. Default false.
	 */
	openForWriting?: boolean | undefined;
	/** For servers that claim IMAP4rev2 and fail at it. */
	disableImap4rev2?: boolean | undefined;
	clock?: Clock | undefined;
	/** Told at the level debug of what is asked of the server: account, folder, UIDs, outcome and milliseconds. */
	logger?: Logger | undefined;
}

/** The one folder that every server has (RFC 9051 section 5.1). */
export const INBOX = 'INBOX';

/** `user@host`, as cursors and ids know an account. */
export function accountOf(options: ImapOptions): string {
	return `${options.user.trim()}@${options.host.trim().toLowerCase()}`;
}

/** `user on host`, as people read it: logins are mostly addresses, and two @ look like a slip. */
export function accountName({ user, host }: ImapOptions): string {
	return `${user.trim()} on ${host.trim().toLowerCase()}`;
}

/** Options whose numbers are checked and have their defaults. */
export type CheckedImapOptions = ImapOptions &
	Required<
		Pick<ImapOptions, 'port' | 'connectTimeoutMs' | 'greetingTimeoutMs' | 'socketTimeoutMs' | 'actionTimeoutMs'>
	>;

export function portOf({ port, security = 'tls' }: Pick<ImapOptions, 'port' | 'security'>): number {
	return port ?? (security === 'tls' ? IMAP_DEFAULTS.port : IMAP_DEFAULTS.plainPort);
}

export function isGmail({ host }: ImapOptions): boolean {
	return isGmailHost(host);
}

/** Whether messages of this server have Gmail's ids. */
export function isGmailHost(host: string): boolean {
	return /^(?:imap|imap-mail)?\.?(?:gmail|googlemail)\.com$/i.test(host.trim());
}

const PROXIES = new Set(['http:', 'https:', 'socks:', 'socks4:', 'socks4a:', 'socks5:']);

/** @throws MailboxError `MAILBOX_CONFIGURATION` for what cannot work, before any connection */
export function checkedOptions(options: ImapOptions): CheckedImapOptions {
	const { user, password, accessToken } = options;
	const server = mailboxSettings(() => hostAndPort(options.host, options.port));
	if (server === undefined) {
		throw new MailboxError('MAILBOX_CONFIGURATION', 'The IMAP host is not a host name', {
			hint: "Enter only the name or IP address in 'Host' of the credential, such as imap.example.com, without imap:// and without a path.",
		});
	}
	const named = { ...options, ...server };
	const numbers = mailboxSettings(() => numbersOf(named));
	if (user.trim() === '')
		throw new MailboxError('MAILBOX_CONFIGURATION', 'The IMAP user is empty', {
			hint: "Enter the login in 'User' of the credential, usually the whole email address.",
		});
	if (!password && accessToken === undefined) {
		throw new MailboxError('MAILBOX_CONFIGURATION', `There is no password for ${accountName(named)}`, {
			hint: 'Enter the password, or sign in with OAuth2.',
		});
	}
	const proxy = withScheme(options.proxy ?? '', 'http');
	if (proxy !== '') {
		// URL's own error repeats its input, which may hold a password.
		const protocol = URL.canParse(proxy) ? new URL(proxy).protocol : '';
		if (!PROXIES.has(protocol)) {
			throw new MailboxError('MAILBOX_CONFIGURATION', 'The proxy URL is not valid', {
				hint: 'Write it as http://host:port, https://host:port, socks5://host:port or socks4://host:port, with user:password@ before the host if the proxy requires a login.',
			});
		}
	}
	return { ...named, ...numbers, ...(proxy === '' ? {} : { proxy }) };
}

function numbersOf({ port, security, ...timeouts }: ImapOptions) {
	const milliseconds = (name: 'connectTimeoutMs' | 'greetingTimeoutMs' | 'socketTimeoutMs') =>
		wholeNumber(name, timeouts[name], {
			least: 1,
			most: SETTING_LIMITS.maxMilliseconds,
			otherwise: IMAP_DEFAULTS[name],
		});
	return {
		port: wholeNumber('Port', port, {
			least: 1,
			most: SETTING_LIMITS.maxPort,
			otherwise: portOf({ security }),
		}),
		connectTimeoutMs: milliseconds('connectTimeoutMs'),
		greetingTimeoutMs: milliseconds('greetingTimeoutMs'),
		socketTimeoutMs: milliseconds('socketTimeoutMs'),
		actionTimeoutMs: actionTimeout(timeouts.actionTimeoutMs),
	};
}

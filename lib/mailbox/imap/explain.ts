import type { ImapFlowError } from 'imapflow';
import { messageOf, systemCodeOf } from '../../errors';
import { isTlsCode, tlsHint } from '../../tls';
import { MailboxError, type MailboxErrorCode } from '../errors';
import { accountName, isGmail, portOf, type ImapOptions } from './options';

/** What was being done, for the message: `open the folder 'INBOX'`. */
export interface Situation {
	options: ImapOptions;
	doing: string;
	/** The last `error` event: the awaited call only says that there is no connection. */
	event?: Error;
	/** Our own watchdog closed the connection. */
	outOfTime?: boolean;
}

interface Rule {
	code: MailboxErrorCode;
	says: string;
	hint: string;
}

/** Response codes of RFC 5530, RFC 9051 section 7.1 and of Gmail and Exchange. They decide before anything else. */
const RESPONSE_CODES: Record<string, Rule> = {
	LIMIT: {
		code: 'MAILBOX_LIMIT',
		says: 'has too many connections from this user',
		hint: 'Close other mail programs or poll less often. The password is correct.',
	},
	OVERQUOTA: {
		code: 'MAILBOX_THROTTLED',
		says: 'reports that the quota of the account is used up',
		hint: "Gmail allows about 2,500 MB per day by IMAP. It works again after some hours. Poll less often, or lower 'Max Messages per Poll' and 'Max Message Size (MB)'.",
	},
	THROTTLED: {
		code: 'MAILBOX_THROTTLED',
		says: 'is throttling this account',
		hint: "It works again after a while. Poll less often, or lower 'Max Messages per Poll'.",
	},
	UNAVAILABLE: {
		code: 'MAILBOX_UNAVAILABLE',
		says: 'is currently not available',
		hint: 'Part of the mail system is down. n8n tries again at the next poll.',
	},
	TEMPFAIL: {
		code: 'MAILBOX_UNAVAILABLE',
		says: 'reports trouble that passes',
		hint: 'Nothing is wrong with the credential. n8n tries again at the next poll.',
	},
	INUSE: {
		code: 'MAILBOX_UNAVAILABLE',
		says: 'has the folder in exclusive use',
		hint: 'Another program has locked it. n8n tries again at the next poll.',
	},
	SERVERBUG: {
		code: 'MAILBOX_UNAVAILABLE',
		says: 'reports an internal error',
		hint: 'Check the log of the mail server.',
	},
	CONTACTADMIN: {
		code: 'MAILBOX_LOGIN_REFUSED',
		says: 'asks you to contact its administrator',
		hint: 'Contact the administrator of the mail server.',
	},
	EXPIRED: {
		code: 'MAILBOX_LOGIN_REFUSED',
		says: 'reports that the password has expired',
		hint: 'Set a new password and enter it in the credential.',
	},
	PRIVACYREQUIRED: {
		code: 'MAILBOX_TLS',
		says: 'does not accept a login without encryption',
		hint: "Set 'Security' in the credential to TLS (port 993) or STARTTLS (port 143).",
	},
	AUTHORIZATIONFAILED: {
		code: 'MAILBOX_LOGIN_REFUSED',
		says: 'does not allow this user to open the mailbox',
		hint: 'The password is correct, but the user has no access to this mailbox.',
	},
	NOPERM: {
		code: 'MAILBOX_NOT_ALLOWED',
		says: 'does not allow this for the user',
		hint: 'Ask the administrator for access to this folder (ACL).',
	},
};

const NOT_TLS_HINT = "Use port 993 with TLS, or set 'Security' in the credential to STARTTLS for port 143.";

/** Limits of connections in the words of Gmail, Dovecot, Cyrus (`Too many open connections (4 of 4 for …)`), Exchange and others. */
const TOO_MANY =
	/too many (?:\w+ ){0,3}(?:connections|sessions|logins)|maximum number of (?:\w+ ){0,2}(?:connections|sessions)|connection limit (?:exceeded|reached)/i;

/** Trouble that passes, in the words of servers that have no response code for it: Exchange Online, Dovecot, Gmail, Yahoo, Courier. */
const PASSING =
	/authenticated but not connected|temporar(?:y|ily)|try again (?:later|in)|server (?:is )?(?:currently )?(?:unavailable|not available|busy)|service (?:is )?(?:not |un)available|system error|internal (?:server )?error|unable to open (?:this|the) mailbox|maintenance/i;

/** A quota of commands or bytes, without a response code. */
const USED_UP = /(?:command|bandwidth|download|transfer)[^.]{1,30}limits?\b|over ?quota|quota (?:is )?exceeded/i;

/** After its OK to STARTTLS the server went on in clear text. */
const NO_TLS_BYTES = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG']);

const TIMEOUTS = new Set([
	'CONNECT_TIMEOUT',
	'GREETING_TIMEOUT',
	'UPGRADE_TIMEOUT',
	'ETIMEOUT',
	'ETIMEDOUT',
	'EAUTH_TIMEOUT',
]);
const NO_CONNECTION = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'EADDRNOTAVAIL',
	'ENETDOWN',
	'EHOSTDOWN',
]);
const TOO_LARGE = new Set(['LiteralTooLarge', 'LineTooLarge', 'ResponseTooLarge', 'TooManyTokens', 'TooManyResponses']);

/** Response code of a NO or BAD: for FETCH and SEARCH imapflow leaves it in the parsed response. */
export function responseCodeOf(error: unknown): string | undefined {
	const { serverResponseCode, response } = error as ImapFlowError;
	if (typeof serverResponseCode === 'string' && serverResponseCode !== '') return serverResponseCode.toUpperCase();
	if (typeof response === 'object' && response !== null) {
		const attributes = (response as { attributes?: unknown }).attributes;
		const section = Array.isArray(attributes)
			? (attributes[0] as { section?: Array<{ value?: unknown }> } | undefined)?.section
			: undefined;
		const value = Array.isArray(section) ? section[0]?.value : undefined;
		if (typeof value === 'string') return value.toUpperCase();
	}
	const text = typeof response === 'string' ? response : ((error as ImapFlowError).responseText ?? '');
	return /^\[([A-Z][A-Z0-9-]{2,30})[\] ]/.exec(text)?.[1];
}

/** True when the server itself answered NO or BAD, over a connection that stands. */
export function isRefusal(error: unknown): boolean {
	const status = (error as ImapFlowError | undefined)?.responseStatus;
	return status === 'NO' || status === 'BAD';
}

/** Turns what imapflow or Node threw into a {@link MailboxError} in the user's words. */
export function toMailboxError(error: unknown, situation: Situation): MailboxError {
	if (error instanceof MailboxError) return error;
	const { options, doing, event } = situation;
	const where = `${options.host.trim()}:${portOf(options)}`;
	const who = `${options.user.trim()} on ${where}`;
	const failure = error as ImapFlowError;
	const cause = chained(error, event);
	const make = (code: MailboxErrorCode, message: string, hint: string, retryAfterMs?: number) =>
		new MailboxError(code, message, { hint, cause, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
	const said = saidBy(failure);

	if (situation.outOfTime) {
		return make(
			'MAILBOX_TIMEOUT',
			`${where}: the time limit was reached (${doing})`,
			"The server is slow or the connection stalled. If it happens again, lower 'Max Messages per Poll' or 'Max Message Size (MB)'.",
		);
	}
	const rule = RESPONSE_CODES[responseCodeOf(error) ?? ''];
	if (rule !== undefined) return make(rule.code, `The IMAP server ${rule.says}: ${who} (${doing}${said})`, rule.hint);
	if (failure.code === 'ETHROTTLE') {
		return make(
			'MAILBOX_THROTTLED',
			`The IMAP server is throttling ${who} (${doing})`,
			"It works again after a while. Poll less often, or lower 'Max Messages per Poll'.",
			failure.throttleReset,
		);
	}
	if (TOO_MANY.test(said)) {
		const limit = RESPONSE_CODES['LIMIT']!;
		return make(limit.code, `The IMAP server ${limit.says}: ${who} (${doing}${said})`, limit.hint);
	}
	const passing = USED_UP.test(said) ? RESPONSE_CODES['OVERQUOTA'] : PASSING.test(said) && RESPONSE_CODES['TEMPFAIL'];
	if (passing) return make(passing.code, `The IMAP server ${passing.says}: ${who} (${doing}${said})`, passing.hint);
	if (failure.authenticationFailed) return refusedLogin(failure, options, who, said, make);
	const code = systemCodeOf(event) ?? failure.code ?? systemCodeOf(error) ?? '';
	const own = failure.code ?? '';
	// A server that does not offer it is not asked for it.
	if (options.security === 'starttls' && (NO_TLS_BYTES.has(code) || (failure.tlsFailed && code === 'ECONNRESET'))) {
		return make(
			'MAILBOX_TLS',
			`${where} accepted STARTTLS and then did not speak TLS (${code})`,
			"The server's own TLS is broken, usually because it cannot read its certificate: check the log of the mail server, or use TLS on port 993. Nothing was sent in clear text.",
		);
	}
	if (failure.tlsFailed && !isTlsCode(code)) {
		return make(
			'MAILBOX_TLS',
			`${where} does not offer STARTTLS, or the upgrade failed: ${messageOf(error)}`,
			'Use TLS on port 993. Nothing was sent in clear text.',
		);
	}
	const tls = [own, code].find(isTlsCode);
	if (tls !== undefined)
		return make('MAILBOX_TLS', `${where}: the TLS connection failed (${tls})`, tlsHint(tls, NOT_TLS_HINT));
	if (
		own === 'EPROXY' ||
		own === 'ProxyError' ||
		own === 'UnsupportedProxyAddress' ||
		(failure._err !== undefined && options.proxy)
	) {
		return make(
			'MAILBOX_PROXY',
			`The proxy could not connect to ${where}: ${messageOf(failure._err ?? error)}`,
			'Check the proxy URL with its user and password, and that the proxy allows this host and port.',
		);
	}
	if (own === 'GREETING_TIMEOUT' && (options.security ?? 'tls') !== 'tls') {
		return make(
			'MAILBOX_TLS',
			`${where} accepts connections but sends no greeting`,
			"It probably expects TLS from the start. Set 'Security' in the credential to TLS (usually port 993).",
		);
	}
	if (TIMEOUTS.has(own) || TIMEOUTS.has(code)) {
		return make(
			'MAILBOX_TIMEOUT',
			`${where}: no answer within the time limit (${doing})`,
			'Check the host name, the port, the firewall and the proxy. The server may be overloaded.',
		);
	}
	if (NO_CONNECTION.has(own) || NO_CONNECTION.has(code)) {
		return make(
			'MAILBOX_UNREACHABLE',
			`${where}: no connection (${NO_CONNECTION.has(own) ? own : code})`,
			'Check the host name, the port, the firewall and the proxy.',
		);
	}
	if (TOO_LARGE.has(code) || TOO_LARGE.has(own)) {
		return make(
			'MAILBOX_PROTOCOL',
			`${where} sent more data than announced, or than any answer needs (${doing})`,
			'The server reports a wrong size for the message, or is not an IMAP server.',
		);
	}
	if (isRefusal(error)) {
		// Only words say why, and they may mean anything: it is tried again.
		return new MailboxError('MAILBOX_PROTOCOL', `The IMAP server refused to ${doing}: ${who}${said}`, {
			cause,
			hint: 'The message contains the answer of the server. Its log may say more. n8n tries again at the next poll.',
			transient: true,
		});
	}
	if (
		own === 'NoConnection' ||
		own === 'EConnectionClosed' ||
		own === 'ClosedAfterConnectText' ||
		own === 'ClosedAfterConnectTLS' ||
		own === 'StateLogout' ||
		code === 'ECONNRESET' ||
		code === 'EPIPE'
	) {
		const reason = typeof failure.reason === 'string' && failure.reason !== '' ? `: ${quoted(failure.reason)}` : '';
		const hint = own.startsWith('ClosedAfterConnect')
			? "Check 'Port' and 'Security' in the credential: TLS usually uses port 993, STARTTLS port 143. A server with too many connections from this address may also close them like this."
			: 'n8n tries again at the next poll. If it persists, check the log of the server.';
		return make('MAILBOX_CONNECTION_LOST', `${where} closed the connection (${doing})${reason}`, hint);
	}
	return make(
		'MAILBOX_PROTOCOL',
		`${where}: ${doing} failed: ${quoted(messageOf(error))}`,
		"Check that 'Host' and 'Port' in the credential are those of an IMAP server.",
	);
}

/** The server counts what it does not tell of. No answer is no absence: it is trouble that passes. */
export const untoldMessages = (what: string, options: ImapOptions): MailboxError =>
	new MailboxError('MAILBOX_PROTOCOL', `The IMAP server does not answer for ${what}: ${accountName(options)}`, {
		hint: 'The server seems to be in trouble. It is asked again at the next poll.',
		transient: true,
	});

function refusedLogin(
	failure: ImapFlowError,
	options: ImapOptions,
	who: string,
	said: string,
	make: (code: MailboxErrorCode, message: string, hint: string) => MailboxError,
): MailboxError {
	if (/login is disabled/i.test(failure.message) || /login is disabled|logindisabled/i.test(said)) {
		const rule = RESPONSE_CODES['PRIVACYREQUIRED']!;
		return make(rule.code, `The IMAP server ${rule.says}: ${who}`, rule.hint);
	}
	if (options.accessToken !== undefined) {
		const hint = isGmail(options)
			? 'Sign in again in the credential, with the scope https://mail.google.com/ and with the address of the mailbox. IMAP access must be enabled.'
			: 'Sign in again in the credential. The token must be for IMAP and for this user.';
		return make('MAILBOX_LOGIN_REFUSED', `The IMAP server refused the OAuth2 token of ${who}${said}`, hint);
	}
	const hint = isGmail(options)
		? 'Gmail requires an app password (with 2-Step Verification) or OAuth2. The account password does not work.'
		: 'Check the user and the password. Many providers require an app password, or the whole email address as the user.';
	return make('MAILBOX_LOGIN_REFUSED', `The IMAP server refused the user or password of ${who}${said}`, hint);
}

/** The server's own words, shortened: they are often the best explanation. */
function saidBy(failure: ImapFlowError): string {
	const text =
		failure.responseText ??
		(typeof failure.response === 'string' ? failure.response.replace(/^\S+ (?:NO|BAD) /, '') : '');
	return text === '' ? '' : `; it said ${quoted(text)}`;
}

const quoted = (text: string) => `'${text.replace(/[\r\n\t]+/g, ' ').slice(0, 200)}'`;

/** The event holds the real reason; both are kept. */
function chained(error: unknown, event: Error | undefined): unknown {
	if (event === undefined || event === error || !(error instanceof Error)) return error;
	error.cause ??= event;
	return error;
}

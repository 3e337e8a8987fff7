import type { SecureContext } from 'node:tls';
import type { ImapFlow, ImapFlowError } from 'imapflow';
import { secureContextFor, systemClock, type Clock } from '../../http';
import { messageOf } from '../../errors';
import { MailboxError } from '../errors';
import { accountName, type CheckedImapOptions } from './options';
import { missingFolder } from './folders';
import type { FolderIdentity } from './messages';
import { responseCodeOf, toMailboxError } from './explain';
import { sequenceSet, type UidRange } from './ranges';

export interface ConnectionLimits {
	/** Milliseconds since the epoch at which the connection is closed whatever it does; undefined: never. */
	deadline?: number;
	/** Largest literal: a safety net, it ends the connection. */
	maxLiteralBytes: number;
}

/**
 * One IMAP connection, used once. imapflow's traps end here: errors that only an event tells, results that mean
 * failure without an exception, commands that never answer.
 */
export class ImapConnection {
	readonly client: ImapFlow;
	readonly #clock: Clock;
	#event?: Error;
	#watchdog?: NodeJS.Timeout;
	#outOfTime = false;

	readonly #options: CheckedImapOptions;

	private constructor(
		options: CheckedImapOptions,
		limits: ConnectionLimits,
		credential: { pass: string } | { accessToken: string },
	) {
		this.#options = options;
		this.#clock = options.clock ?? systemClock;
		this.client = createClient(options, limits, credential, this.#remaining(limits.deadline));
		// Before connect() and for life: an `error` event without listener ends the process.
		this.client.on('error', (error) => {
			this.#event ??= error;
		});
		this.client.once('close', () => clearTimeout(this.#watchdog));
		if (limits.deadline !== undefined) this.extend(limits.deadline);
	}

	/** Moves the time at which the connection is closed, in milliseconds since the epoch. */
	extend(deadline: number): void {
		clearTimeout(this.#watchdog);
		this.#watchdog = setTimeout(() => {
			this.#outOfTime = true;
			this.client.close();
		}, this.#remaining(deadline));
		this.#watchdog.unref();
	}

	/**
	 * Connects and logs in; a refused OAuth2 token is renewed once.
	 *
	 * @throws MailboxError
	 */
	static async open(options: CheckedImapOptions, limits: ConnectionLimits): Promise<ImapConnection> {
		if (options.accessToken === undefined)
			return await ImapConnection.#connect(options, limits, { pass: options.password ?? '' });
		const accessToken = await token(options, false);
		try {
			return await ImapConnection.#connect(options, limits, { accessToken });
		} catch (error) {
			if (!(error instanceof MailboxError) || error.code !== 'MAILBOX_LOGIN_REFUSED') throw error;
			options.logger?.debug(`IMAP: the access token of ${accountName(options)} was refused, asking for a new one`);
			return await ImapConnection.#connect(options, limits, { accessToken: await token(options, true) });
		}
	}

	static async #connect(
		options: CheckedImapOptions,
		limits: ConnectionLimits,
		credential: { pass: string } | { accessToken: string },
	): Promise<ImapConnection> {
		const connection = new ImapConnection(options, limits, credential);
		try {
			await connection.run('connect and log in', () => connection.client.connect());
			return connection;
		} catch (error) {
			connection.abort();
			throw error;
		}
	}

	/** Runs commands; what they throw becomes a MailboxError. */
	async run<T>(doing: string, commands: () => Promise<T>): Promise<T> {
		const started = this.#clock.now();
		const tell = (outcome: string) => {
			const { logger } = this.#options;
			logger?.debug(`IMAP: ${accountName(this.#options)}: ${doing}: ${outcome}, ${this.#clock.now() - started} ms`);
		};
		try {
			const result = await commands();
			tell('done');
			return result;
		} catch (error) {
			const explained = this.explain(error, doing);
			tell(explained.code);
			throw explained;
		}
	}

	explain(error: unknown, doing: string): MailboxError {
		const options = this.#options;
		const event = this.#event;
		const outOfTime = this.#outOfTime;
		return toMailboxError(error, { options, doing, outOfTime, ...(event === undefined ? {} : { event }) });
	}

	/** False once the connection is gone: nothing more can be asked. */
	get usable(): boolean {
		return this.client.usable;
	}

	/**
	 * EXAMINE: nothing that is done later can change a flag.
	 *
	 * @throws MailboxError `MAILBOX_FOLDER_MISSING` with near matches
	 */
	async examine(path: string): Promise<FolderIdentity> {
		return await this.#openFolder(path, true);
	}

	/** SELECT, for the explicit actions only. */
	async select(path: string): Promise<FolderIdentity> {
		return await this.#openFolder(path, false);
	}

	async #openFolder(path: string, readOnly: boolean): Promise<FolderIdentity> {
		const box = await this.run(`open the folder '${path}'`, async () => {
			try {
				return await this.client.mailboxOpen(path, { readOnly });
			} catch (error) {
				throw (await this.#missing(path, error)) ?? error;
			}
		});
		const { uidValidity = 0, exists } = box;
		return { options: this.#options, path, uidValidity: String(uidValidity), messages: exists };
	}

	/** That a folder is missing, when that is why it could not be opened. */
	async #missing(path: string, error: unknown): Promise<MailboxError | undefined> {
		const { mailboxMissing, responseStatus } = error as ImapFlowError;
		// Servers without the NONEXISTENT response code say a bare NO or BAD: the list of folders decides.
		const mayBe = (mailboxMissing || responseStatus === 'NO' || responseStatus === 'BAD') && !this.#decided(error);
		if (!mayBe) return undefined;
		const folders = await this.client.list().catch(() => []);
		const isMissing = mailboxMissing || !folders.some((folder) => folder.path === path);
		return isMissing ? missingFolder(path, folders, this.#options, error) : undefined;
	}

	#decided(error: unknown): boolean {
		const code = responseCodeOf(error);
		return code !== undefined && !['NONEXISTENT', 'TRYCREATE', 'CANNOT', 'SYNTAX'].includes(code);
	}

	/** UIDs in these ranges, and nothing else, whatever the server answers. */
	async searchUids(ranges: readonly UidRange[], since?: Date): Promise<number[]> {
		const set = sequenceSet(ranges);
		return await this.search({ uid: set, ...(since === undefined ? {} : { since }) });
	}

	/** UID SEARCH. imapflow answers `false` for NO and `undefined` without connection: both are errors, not "no mail". */
	async search(query: Parameters<ImapFlow['search']>[0]): Promise<number[]> {
		const doing = 'search the folder';
		const found = await this.run(doing, () => this.client.search(query, { uid: true }));
		if (Array.isArray(found)) return found;
		if (found === undefined)
			throw this.explain(Object.assign(new Error('no connection'), { code: 'NoConnection' }), doing);
		throw new MailboxError(
			'MAILBOX_PROTOCOL',
			`The IMAP server refused to search the folder: ${accountName(this.#options)}`,
			{
				hint: 'The server may not support this search, or may have a problem with this folder.',
				transient: true,
			},
		);
	}

	/** Logs out when the connection stands, else just lets go. Never throws. */
	async close(): Promise<void> {
		clearTimeout(this.#watchdog);
		if (!this.client.usable) return this.abort();
		// logout() waits up to ten seconds for an answer; nobody needs it that much.
		const patience = setTimeout(() => this.client.close(), 2000);
		try {
			await this.client.logout();
		} catch (error) {
			this.#options.logger?.debug(`IMAP: logout failed: ${messageOf(error)}`);
		} finally {
			clearTimeout(patience);
			this.abort();
		}
	}

	/** Lets go at once. */
	abort(): void {
		clearTimeout(this.#watchdog);
		this.client.close();
	}

	#remaining(deadline: number | undefined): number {
		return deadline === undefined ? Number.POSITIVE_INFINITY : Math.max(1, deadline - this.#clock.now());
	}
}

async function token(options: CheckedImapOptions, force: boolean): Promise<string> {
	try {
		return await options.accessToken!(force);
	} catch (cause) {
		if (cause instanceof MailboxError) throw cause;
		throw new MailboxError(
			'MAILBOX_LOGIN_REFUSED',
			`No OAuth2 token is available for ${accountName(options)}: ${messageOf(cause)}`,
			{ cause, hint: 'Open the OAuth2 credential and sign in again.' },
		);
	}
}

function createClient(
	options: CheckedImapOptions,
	limits: ConnectionLimits,
	credential: { pass: string } | { accessToken: string },
	remaining: number,
): ImapFlow {
	// imapflow costs some 100 ms to load: only when somebody connects.
	const imapflow = require('imapflow') as typeof import('imapflow');
	const secure = (options.security ?? 'tls') === 'tls';
	return new imapflow.ImapFlow({
		host: options.host.trim(),
		port: options.port,
		secure,
		...(secure ? {} : { doSTARTTLS: options.security === 'starttls' }),
		...(options.servername ? { servername: options.servername } : {}),
		auth: { user: options.user.trim(), ...credential },
		tls: {
			rejectUnauthorized: options.verifyTls ?? true,
			...(options.ca ? { secureContext: contextOf(options.ca) } : {}),
			// imapflow hands these options to net.connect() and tls.connect().
			...(options.lookup ? { lookup: options.lookup } : {}),
		},
		...(options.proxy ? { proxy: options.proxy } : {}),
		...(options.disableImap4rev2 ? { disableIMAP4rev2: true } : {}),
		logger: false,
		disableAutoIdle: true,
		idHashAlgorithm: 'sha256',
		connectionTimeout: Math.min(remaining, options.connectTimeoutMs),
		greetingTimeout: Math.min(remaining, options.greetingTimeoutMs),
		socketTimeout: Math.min(remaining, options.socketTimeoutMs),
		maxLiteralSize: limits.maxLiteralBytes,
		clientInfo: { name: 'n8n-nodes-email-intel' },
	});
}

/** Reading all trusted certificates costs some 40 ms: once for each CA text, not for each connection. */
const contexts = new Map<string, SecureContext>();
const MAX_CONTEXTS = 16;

function contextOf(ca: string): SecureContext {
	const known = contexts.get(ca);
	if (known !== undefined) return known;
	try {
		const context = secureContextFor(ca);
		if (contexts.size >= MAX_CONTEXTS) contexts.clear();
		contexts.set(ca, context);
		return context;
	} catch (cause) {
		const hint =
			cause instanceof Error && 'hint' in cause ? String(cause.hint) : 'Paste the whole PEM text of the certificate.';
		throw new MailboxError('MAILBOX_CONFIGURATION', messageOf(cause), { cause, hint });
	}
}

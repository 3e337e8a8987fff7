import type { FetchMessageObject, FetchQueryObject, SearchObject } from 'imapflow';
import { IMAP_LIMITS } from '../../limits';
import { MailboxError, type MailboxErrorCode } from '../errors';
import type { ImapConnection } from './connection';
import { isRefusal } from './explain';
import { rangesOf, spread } from './ranges';
import { fetchRows, goesOn } from './reading';
import { fingerprints } from './recognition';

/** Opens a connection with the folder EXAMINEd, or throws. */
export type Connect = () => Promise<ImapConnection>;

/** What the fetching of some messages led to. */
export interface Fetched<T> {
	got: Map<number, T>;
	/** Messages that are to blame themselves: the server refuses them, or the connection does not survive them. */
	failed: Map<number, MailboxError>;
	/** Not answered for, asked twice, although a search in between names them. */
	silent: number[];
	/** Not answered for, and not named by a search. */
	gone: Set<number>;
	/** Not tried to the end, because the poll had to stop. */
	left: number[];
}

export interface FetcherOptions {
	reconnect: Connect;
	/** False when it is not worth to begin something. */
	hasTime: () => boolean;
	/** UIDs of messages that the server once gave, the likeliest to be there first: it is asked for one of them when it gives none of others. */
	known: () => readonly number[];
}

type Attempt = (uids: readonly number[]) => Promise<void>;

/** What is known of some messages that are about to be asked for. */
interface Standing {
	/** The connection was lost over these already. */
	isSuspected?: boolean;
	/** The server gives others: what it refuses here is the messages' fault. */
	isServing?: boolean;
}

/** Codes that say something about the account or the server, not about the message asked for. */
const NOT_THE_MESSAGE: ReadonlySet<MailboxErrorCode> = new Set<MailboxErrorCode>([
	'MAILBOX_LIMIT',
	'MAILBOX_THROTTLED',
	'MAILBOX_LOGIN_REFUSED',
	'MAILBOX_NOT_ALLOWED',
]);

/**
 * Fetches messages in batches, and one by one where a batch fails: a message that the server cannot give, or that
 * kills the connection, costs itself and no other.
 *
 * No single answer is believed. What FETCH does not answer for is searched for and asked for again. When nothing of a batch
 * can be had, and no other message either, it is the server's trouble: the fetcher stops, and nobody is blamed.
 */
export class Fetcher {
	/** Why no more can be fetched in this poll. */
	stopped?: MailboxError;
	#reconnects = 0;
	#refusals = 0;
	/** The message whose bytes came last. */
	#given?: number;

	readonly #options: FetcherOptions;

	constructor(
		public connection: ImapConnection,
		options: FetcherOptions,
	) {
		this.#options = options;
	}

	/** FETCH of all, one command for every `batchSize`. */
	async rows(
		uids: readonly number[],
		query: FetchQueryObject,
		batchSize: number,
		doing: string,
	): Promise<Fetched<FetchMessageObject>> {
		return await this.taken(uids, query, batchSize, doing, (row) => row);
	}

	/** The same; of each row, as it comes, only what `take` makes of it is kept. It is called once a message and must not throw. */
	async taken<T>(
		uids: readonly number[],
		query: FetchQueryObject,
		batchSize: number,
		doing: string,
		take: (row: FetchMessageObject) => T,
	): Promise<Fetched<T>> {
		const result = nothing<T>();
		const attempt: Attempt = async (wanted) => {
			await fetchRows(this.connection, wanted, query, doing, (row) => {
				if (result.got.has(row.uid)) return;
				result.got.set(row.uid, take(row));
				if (row.source?.length) this.#given = row.uid;
			});
			await this.#askAgain(wanted, query, doing, result, take);
		};
		for (let start = 0; start < uids.length; start += batchSize)
			await this.#batch(uids.slice(start, start + batchSize), result, attempt);
		return result;
	}

	/** UID SEARCH; undefined when the server does not answer it. For what the poll can do without. */
	async search(query: SearchObject): Promise<number[] | undefined> {
		return await this.#optional(async () => await this.connection.search(query));
	}

	/** Some header fields of one message; undefined when the server does not give them. For what the poll can do without. */
	async headers(uid: number, fields: string[]): Promise<Buffer | undefined> {
		return await this.#optional(async () => {
			let headers: Buffer | undefined;
			await fetchRows(this.connection, [uid], { uid: true, headers: fields }, 'recognise a message', (row) => {
				headers = row.headers;
			});
			return headers;
		});
	}

	/** Whether a message has more bytes than so many; undefined when the server does not answer. */
	async goesOn(uid: number, bytes: number): Promise<boolean | undefined> {
		return await this.#optional(async () => await goesOn(this.connection, uid, bytes));
	}

	/** Fingerprints of messages, from the fields that the server gives by name; undefined when it does not answer. */
	async fingerprints(uids: readonly number[]): Promise<Map<number, string> | undefined> {
		return await this.#optional(async () => await fingerprints(this.connection, uids));
	}

	/** One message by itself. `read` gives undefined only for one that is gone, which it has made sure of. */
	async alone<T>(uid: number, read: (connection: ImapConnection) => Promise<T | undefined>): Promise<Fetched<T>> {
		const result = nothing<T>();
		await this.#batch([uid], result, async () => {
			const got = await read(this.connection);
			if (got === undefined) result.gone.add(uid);
			else result.got.set(uid, got);
			this.#given = got === undefined ? this.#given : uid;
		});
		return result;
	}

	async #optional<T>(ask: () => Promise<T>): Promise<T | undefined> {
		if (!(await this.#ready())) return undefined;
		try {
			return await ask();
		} catch (error) {
			if (!(error instanceof MailboxError)) throw error;
			return undefined;
		}
	}

	/** What was not answered for is searched for; what the search names is asked for again. Throws what a command throws. */
	async #askAgain<T>(
		uids: readonly number[],
		query: FetchQueryObject,
		doing: string,
		result: Fetched<T>,
		take: (row: FetchMessageObject) => T,
	): Promise<void> {
		const missing = uids.filter((uid) => isOpen(result, uid));
		if (missing.length === 0) return;
		const named = new Set(await this.connection.searchUids(rangesOf(missing)));
		for (const uid of missing) if (!named.has(uid)) result.gone.add(uid);
		const again = missing.filter((uid) => named.has(uid));
		if (again.length === 0) return;
		await fetchRows(this.connection, again, query, doing, (row) => {
			if (!result.got.has(row.uid)) result.got.set(row.uid, take(row));
		});
		result.silent.push(...again.filter((uid) => isOpen(result, uid)));
	}

	async #batch<T>(
		uids: readonly number[],
		result: Fetched<T>,
		attempt: Attempt,
		{ isSuspected = false, isServing = false }: Standing = {},
	): Promise<void> {
		if (uids.length === 0) return;
		if (!(await this.#ready())) {
			result.left.push(...uids);
			return;
		}
		const error = await this.#outcome(uids, attempt);
		if (error === undefined) return;
		// Servers answer in ascending order: the first that is missing is where it broke.
		const open = uids.filter((uid) => isOpen(result, uid)).sort((a, b) => a - b);
		if (open.length === 0) return;
		const [first] = open as [number];
		const lost = !this.connection.usable;
		if (NOT_THE_MESSAGE.has(error.code) || (!lost && ++this.#refusals >= IMAP_LIMITS.maxRefusals)) {
			this.#stop(error, open, result);
		} else if (uids.length === 1 && (!lost || isSuspected)) {
			// With nothing else to ask for, or no time, one message is not held back for ever.
			const isServers = !isServing && this.#options.hasTime() && (await this.serves(open)) === false;
			if (isServers) this.#stop(error, open, result);
			else result.failed.set(first, error);
		} else if (lost && !this.#options.hasTime()) {
			// All the time went into this command. The message it stood at waits apart, so that it cannot take
			// the time of every poll to come.
			const isStuck = open.length === uids.length;
			if (isStuck) result.failed.set(first, error);
			this.#stop(error, isStuck ? open.slice(1) : open, result);
		} else if (lost) {
			await this.#batch([first], result, attempt, { isSuspected: true, isServing });
			await this.#batch(open.slice(1), result, attempt, { isServing });
		} else if (isServing || open.length < uids.length) {
			await this.#parts(open, open.length < uids.length, result, attempt);
		} else {
			await this.#judge(error, open, result, attempt);
		}
	}

	/** What the attempt threw. */
	async #outcome(uids: readonly number[], attempt: Attempt): Promise<MailboxError | undefined> {
		try {
			await attempt(uids);
			return undefined;
		} catch (error) {
			if (!(error instanceof MailboxError)) throw error;
			return error;
		}
	}

	/** The suspect by itself, then the rest; or halves when there is none. */
	async #parts<T>(
		uids: readonly number[],
		firstIsSuspect: boolean,
		result: Fetched<T>,
		attempt: Attempt,
	): Promise<void> {
		const cut = firstIsSuspect ? 1 : Math.ceil(uids.length / 2);
		await this.#batch(uids.slice(0, cut), result, attempt, { isServing: true });
		await this.#batch(uids.slice(cut), result, attempt, { isServing: true });
	}

	/**
	 * Nothing of several messages came: some are asked for by themselves. When none of these can be had, and nothing else either, it
	 * is the server.
	 */
	async #judge<T>(error: MailboxError, uids: readonly number[], result: Fetched<T>, attempt: Attempt): Promise<void> {
		const probes = new Set(spread(uids, IMAP_LIMITS.askedAgain));
		const refused = new Map<number, MailboxError>();
		for (const uid of probes) {
			if (!(await this.#ready())) break;
			const failure = await this.#outcome([uid], attempt);
			if (failure === undefined) break;
			refused.set(uid, failure);
		}
		const open = uids.filter((uid) => isOpen(result, uid));
		if (this.stopped !== undefined) {
			result.left.push(...open);
			return;
		}
		// What is refused while others are not is to blame. Where all are, one that the server once gave decides.
		if (refused.size === probes.size && (await this.serves(uids)) !== true) {
			this.#stop(error, open, result);
			return;
		}
		for (const [uid, failure] of refused) result.failed.set(uid, failure);
		const rest = open.filter((uid) => isOpen(result, uid));
		if (rest.length > 0) await this.#parts(rest, false, result, attempt);
	}

	/** Whether the server gives a message that it once gave, another than these; undefined when there is none. */
	async serves(others: readonly number[]): Promise<boolean | undefined> {
		const given = this.#given === undefined ? [] : [this.#given];
		const candidates = new Set([...given, ...this.#options.known()]);
		for (const uid of others) candidates.delete(uid);
		let served: false | undefined;
		for (const uid of [...candidates].slice(0, IMAP_LIMITS.askedAgain)) {
			if (!(await this.#ready())) return false;
			try {
				let isGiven: boolean | undefined;
				const query = { uid: true, source: { start: 0, maxLength: 1 } };
				await fetchRows(this.connection, [uid], query, 'fetch a message', (row) => {
					isGiven = row.source!.length > 0;
				});
				if (isGiven) return true;
				if (isGiven === false) served = false;
			} catch (error) {
				if (!(error instanceof MailboxError)) throw error;
				return false;
			}
		}
		return served;
	}

	/** Nothing more is fetched in this poll. */
	stop(error: MailboxError): void {
		this.stopped ??= error;
	}

	#stop<T>(error: MailboxError, uids: readonly number[], result: Fetched<T>): void {
		this.stop(error);
		result.left.push(...uids);
	}

	/** True when the next command can be given; connects anew after a loss. */
	async #ready(): Promise<boolean> {
		if (this.stopped !== undefined) return false;
		if (!this.#options.hasTime()) {
			this.stopped = new MailboxError('MAILBOX_TIMEOUT', 'The time limit of this poll was reached', {
				hint: "The next poll reads the remaining messages. If it happens repeatedly, lower 'Max Messages per Poll' or poll more often.",
			});
			return false;
		}
		if (this.connection.usable) return true;
		if (this.#reconnects >= IMAP_LIMITS.reconnects) {
			this.stopped = this.connection.explain(
				Object.assign(new Error('no connection'), { code: 'NoConnection' }),
				'fetch messages',
			);
			return false;
		}
		this.#reconnects++;
		try {
			this.connection.abort();
			this.connection = await this.#options.reconnect();
			return true;
		} catch (error) {
			if (!(error instanceof MailboxError)) throw error;
			this.stopped = error;
			return false;
		}
	}
}

/** True when the server itself said that it cannot give the message; else the network may be to blame. */
export function wasRefused(error: MailboxError): boolean {
	return isRefusal(error.cause) || error.code === 'MAILBOX_UNAVAILABLE' || error.code === 'MAILBOX_PROTOCOL';
}

const nothing = <T>(): Fetched<T> => ({ got: new Map(), failed: new Map(), silent: [], gone: new Set(), left: [] });

function isOpen<T>({ got, failed, silent, gone }: Fetched<T>, uid: number): boolean {
	return !got.has(uid) && !gone.has(uid) && !failed.has(uid) && !silent.includes(uid);
}

import type { FetchMessageObject, FetchQueryObject, SearchObject } from 'imapflow';
import { IMAP_LIMITS } from '../../limits';
import { MailboxError, type MailboxErrorCode } from '../errors';
import type { ImapConnection } from './connection';
import { isRefusal } from './explain';
import { fetchRows } from './reading';

/** Opens a connection with the folder EXAMINEd, or throws. */
export type Connect = () => Promise<ImapConnection>;

/** What the fetching of some messages led to. A UID in none of them is gone from the folder. */
export interface Fetched<T> {
	got: Map<number, T>;
	/** Messages that are to blame themselves: the server refuses them, or the connection does not survive them. */
	failed: Map<number, MailboxError>;
	/** Not tried to the end, because the poll had to stop. */
	left: number[];
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
 */
export class Fetcher {
	/** Why no more can be fetched in this poll. */
	stopped?: MailboxError;
	#reconnects = 0;

	readonly #reconnect: Connect;
	/** False when it is not worth to begin something. */
	readonly #hasTime: () => boolean;

	constructor(
		public connection: ImapConnection,
		reconnect: Connect,
		hasTime: () => boolean,
	) {
		this.#reconnect = reconnect;
		this.#hasTime = hasTime;
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
		const result: Fetched<T> = { got: new Map(), failed: new Map(), left: [] };
		for (let start = 0; start < uids.length; start += batchSize) {
			const batch = uids.slice(start, start + batchSize);
			await this.#batch(batch, result, async (wanted) => {
				await fetchRows(this.connection, wanted, query, doing, (row) => {
					if (!result.got.has(row.uid)) result.got.set(row.uid, take(row));
				});
			});
		}
		return result;
	}

	/** UID SEARCH; undefined when the server does not answer it. For what the poll can do without. */
	async search(query: SearchObject): Promise<number[] | undefined> {
		if (!(await this.#ready())) return undefined;
		try {
			return await this.connection.search(query);
		} catch (error) {
			if (!(error instanceof MailboxError)) throw error;
			return undefined;
		}
	}

	/** Some header fields of one message; undefined when the server does not give them. For what the poll can do without. */
	async headers(uid: number, fields: string[]): Promise<Buffer | undefined> {
		if (!(await this.#ready())) return undefined;
		try {
			let headers: Buffer | undefined;
			await fetchRows(this.connection, [uid], { uid: true, headers: fields }, 'recognise a message', (row) => {
				headers = row.headers;
			});
			return headers;
		} catch (error) {
			if (!(error instanceof MailboxError)) throw error;
			return undefined;
		}
	}

	/** One message by itself, for those too large for a batch. */
	async alone<T>(uid: number, read: (connection: ImapConnection) => Promise<T | undefined>): Promise<Fetched<T>> {
		const result: Fetched<T> = { got: new Map(), failed: new Map(), left: [] };
		await this.#batch([uid], result, async () => {
			const got = await read(this.connection);
			if (got !== undefined) result.got.set(uid, got);
		});
		return result;
	}

	async #batch<T>(
		uids: readonly number[],
		result: Fetched<T>,
		attempt: (uids: readonly number[]) => Promise<void>,
		/** The connection was lost over these already. */
		suspected = false,
	): Promise<void> {
		if (!(await this.#ready())) {
			result.left.push(...uids);
			return;
		}
		try {
			await attempt(uids);
		} catch (error) {
			if (!(error instanceof MailboxError)) throw error;
			// Servers answer in ascending order: the first that is missing is where it broke.
			const open = uids.filter((uid) => !result.got.has(uid)).sort((a, b) => a - b);
			if (open.length === 0) return;
			if (NOT_THE_MESSAGE.has(error.code)) {
				this.stopped = error;
				result.left.push(...open);
				return;
			}
			const lost = !this.connection.usable;
			if (uids.length === 1 && (!lost || suspected)) {
				result.failed.set(open[0]!, error);
				return;
			}
			if (lost && !this.#hasTime()) {
				// All the time went into this command. The message it stood at waits apart, so that it cannot take
				// the time of every poll to come.
				this.stopped = error;
				const stuck = open.length === uids.length;
				if (stuck) result.failed.set(open[0]!, error);
				result.left.push(...(stuck ? open.slice(1) : open));
				return;
			}
			const [first, rest] = partsOf(open, lost || open.length < uids.length);
			await this.#batch(first, result, attempt, lost);
			if (rest.length > 0) await this.#batch(rest, result, attempt);
		}
	}

	/** True when the next command can be given; connects anew after a loss. */
	async #ready(): Promise<boolean> {
		if (this.stopped !== undefined) return false;
		if (!this.#hasTime()) {
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
			this.connection = await this.#reconnect();
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

/** What is tried next after a batch failed: the suspect by itself, then the rest; or halves when there is none. */
function partsOf(uids: readonly number[], firstIsSuspect: boolean): [readonly number[], readonly number[]] {
	const cut = firstIsSuspect ? 1 : Math.ceil(uids.length / 2);
	return [uids.slice(0, cut), uids.slice(cut)];
}

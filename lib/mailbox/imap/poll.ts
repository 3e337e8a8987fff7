import type { FetchMessageObject } from 'imapflow';
import { systemClock, type Clock } from '../../http';
import { messageOf } from '../../errors';
import { IMAP_LIMITS } from '../../limits';
import { MiB } from '../../units';
import { MailboxError } from '../errors';
import type { MailboxMessage } from '../message';
import type { PollOptions, PollResult, PollWarning } from '../polling';
import { pollSettings, type PollSettings } from '../settings';
import { dueRetries, isBelowFloor, endRetries, rememberTip, setAside, settle, type ImapFolderState } from './cursor';
import { Fetcher, wasRefused } from './fetcher';
import { Intake, type IntakeSink } from './intake';
import { messageId, receivedAt, sourceOf, summaryOf, toMessage, type MessageBytes } from './messages';
import { INBOX, type ImapOptions } from './options';
import { planPoll } from './plan';
import { fingerprintOf, knownLength, knownOf, packKnown } from './recognition';
import { resume } from './resume';
import { readState } from './savedState';
import type { ImapConnection, OpenedFolder } from './connection';

/** Opens a connection that ends at `deadline`. */
export type OpenConnection = (deadline: number, maxLiteralBytes: number) => Promise<ImapConnection>;

/**
 * One poll: what is new, as much of it as fits, and the cursor to save once it was handed over.
 *
 * @throws MailboxError when nothing could be read; after that, what was read is returned
 */
export async function pollFolder(
	options: ImapOptions,
	open: OpenConnection,
	saved: unknown,
	poll: PollOptions,
): Promise<PollResult<ImapFolderState>> {
	const run = new Poll(options, open, poll);
	try {
		return await run.result(saved);
	} finally {
		await run.end();
	}
}

class Poll {
	readonly #clock: Clock;
	readonly #path: string;
	readonly #settings: PollSettings;
	/** What is left at the end for handing over and logging out. */
	readonly #reserve: number;
	readonly #warnings: PollWarning[] = [];
	readonly #messages = new Map<number, MailboxMessage>();
	readonly #unfinished = new Set<number>();
	#state!: ImapFolderState;
	#folder!: OpenedFolder;
	/** Fingerprints of what was handed over, this poll's last. */
	#known: string[] = [];
	#before: ReadonlySet<string | undefined> = new Set();
	#fetcher?: Fetcher;
	#connection?: ImapConnection;

	readonly #open: OpenConnection;
	readonly #poll: PollOptions;

	constructor(options: ImapOptions, open: OpenConnection, poll: PollOptions) {
		this.#open = open;
		this.#poll = poll;
		this.#clock = options.clock ?? systemClock;
		this.#path = poll.folder ?? INBOX;
		// What is wrong with the settings is told before a connection is made.
		this.#settings = pollSettings(poll, this.#clock.now());
		this.#reserve = Math.min(2000, this.#settings.budgetMs / 10);
	}

	async result(saved: unknown): Promise<PollResult<ImapFolderState>> {
		const settings = this.#settings;
		const since = settings.lookBack.startFrom(this.#clock.now());
		this.#connection = await this.#open(settings.deadline, this.#maxLiteral);
		const folder = await this.#openFolder(this.#connection, readState(saved)?.select === true);
		const resumed = await resume(saved, since, {
			connection: this.#connection,
			folder,
			firstRunCap: settings.firstRunCap,
			warn: (code, message) => this.#warn(code, message),
		});
		this.#state = resumed.state;
		this.#folder = resumed.folder;
		this.#known = knownOf(this.#state.known);
		this.#before = new Set(this.#known);
		this.#fetcher = new Fetcher(
			this.#connection,
			async () => await this.#reopen(),
			() => this.#hasTime(),
		);

		const plan = await planPoll(
			this.#state,
			settings.cap,
			this.#poll.order ?? 'oldest',
			async (ranges) => await this.#connection!.searchUids(ranges),
		);
		const intake = this.#intake(this.#fetcher);
		await intake.take(plan.uids);
		for (const stretch of plan.stretches) this.#state = settle(this.#state, stretch, this.#unfinished);
		const planned = new Set(plan.uids);
		const due = dueRetries(this.#state, this.#clock.now()).filter((uid) => !planned.has(uid));
		await this.#retry(due, intake);

		const { stopped } = this.#fetcher;
		if (stopped !== undefined) {
			const progress = this.#messages.size > 0 || [...plan.uids, ...due].some((uid) => !this.#unfinished.has(uid));
			if (!progress) throw stopped;
			this.#warn(
				'stopped-early',
				`${stopped.message}. The messages read so far are output. The next poll reads the rest.`,
			);
		}
		return {
			messages: [...plan.uids, ...due].flatMap((uid) => this.#messages.get(uid) ?? []),
			state: this.#saved(),
			more: this.#state.todo.length > 0 || dueRetries(this.#state, this.#clock.now()).length > 0,
			warnings: this.#warnings,
		};
	}

	async end(): Promise<void> {
		await (this.#fetcher?.connection ?? this.#connection)?.close();
	}

	async #openFolder(connection: ImapConnection, select: boolean): Promise<OpenedFolder> {
		return select ? await connection.select(this.#path) : await connection.examine(this.#path);
	}

	/** The cursor as it is saved: it remembers as much as it has room for. */
	#saved(): ImapFolderState {
		const { known: _packed, ...state } = { ...this.#state, polledAt: this.#clock.now() };
		const room = IMAP_LIMITS.maxStateCharacters - JSON.stringify(state).length;
		let most: number = IMAP_LIMITS.maxKnown;
		while (most > 0 && knownLength(most) > room) most -= 16;
		const known = packKnown(this.#known, most);
		return known === undefined ? state : { ...state, known };
	}

	/** Room for a batch of messages that the server says are small and are not. */
	get #maxLiteral(): number {
		return this.#settings.maxMessageBytes + 4 * MiB;
	}

	#hasTime(): boolean {
		return this.#clock.now() < this.#settings.deadline - this.#reserve;
	}

	async #reopen(): Promise<ImapConnection> {
		const connection = await this.#open(this.#settings.deadline, this.#maxLiteral);
		try {
			const { uidValidity } = await this.#openFolder(connection, this.#folder.selected);
			if (this.#state.byFetch) connection.distrustSearch();
			if (uidValidity === this.#folder.uidValidity) return connection;
			throw new MailboxError('MAILBOX_CONNECTION_LOST', `The folder '${this.#path}' was replaced while it was read`, {
				hint: 'The next poll reads it from the start.',
			});
		} catch (error) {
			connection.abort();
			throw error;
		}
	}

	/** What cannot be had is set aside, what there is no time for stays unfinished. */
	#intake(fetcher: Fetcher): Intake {
		const { floor } = this.#state;
		const sink: IntakeSink = {
			isWanted: (meta) => this.#isWanted(meta),
			deliver: (meta, bytes) => this.#deliver(meta, bytes),
			fail: (uid, error, meta) => this.#fail(uid, error, meta),
			leave: (uid) => this.#unfinished.add(uid),
		};
		return new Intake(fetcher, sink, {
			maxMessageBytes: this.#settings.maxMessageBytes,
			maxPollBytes: this.#settings.maxPollBytes,
			judgeFirst: this.#poll.filter !== undefined ? 'all' : floor && new Date(floor.time),
			now: () => this.#clock.now(),
		});
	}

	#deliver(meta: FetchMessageObject, bytes: MessageBytes): void {
		this.#state = endRetries(this.#state, [meta.uid]);
		const fingerprint = fingerprintOf(meta);
		// It was handed over under another UID, and came along with what stands between unknown ones.
		if (meta.uid <= (this.#state.renumbered ?? 0) && this.#before.has(fingerprint)) return;
		const message = toMessage(this.#folder, meta, bytes);
		this.#messages.set(meta.uid, message);
		this.#poll.onMessage?.(message);
		if (fingerprint === undefined) return;
		this.#known.push(fingerprint);
		this.#state = rememberTip(this.#state, meta.uid, fingerprint);
	}

	#isWanted(meta: FetchMessageObject): boolean {
		if (isBelowFloor(this.#state, meta.uid, receivedAt(meta))) return false;
		try {
			return this.#poll.filter === undefined || this.#poll.filter(summaryOf(meta));
		} catch (error) {
			// What the filter cannot judge must not get lost.
			this.#warn(
				'filter-failed',
				`The filter failed for UID ${meta.uid}, so the message is output: ${messageOf(error)}`,
			);
			return true;
		}
	}

	/** Sets a message aside; it is told at once when the server refused it, at the second try when the connection broke. */
	#fail(uid: number, error: MailboxError, meta: FetchMessageObject | undefined): void {
		const aside = setAside(this.#state, uid, error.code, this.#clock.now());
		this.#state = aside.state;
		this.#unfinished.delete(uid);
		const { attempts, retryAt } = aside;
		const first = wasRefused(error) ? 1 : 2;
		if (attempts !== first && retryAt !== undefined) return;
		const received = meta === undefined ? undefined : receivedAt(meta);
		this.#messages.set(uid, {
			id: messageId(this.#folder, uid, meta?.emailId),
			source: sourceOf(this.#folder, uid, meta?.emailId),
			size: meta?.size ?? 0,
			...(received ? { receivedAt: received } : {}),
			raw: Buffer.alloc(0),
			truncated: true,
			failure: {
				code: error.code,
				message: error.message,
				attempts,
				...(retryAt === undefined ? {} : { retryAt: new Date(retryAt) }),
			},
		});
	}

	/** Tries again what was set aside; what is gone by now is forgotten. */
	async #retry(due: readonly number[], intake: Intake): Promise<void> {
		if (due.length === 0) return;
		await intake.take(due, true);
		const pending = due.filter((uid) => this.#unfinished.has(uid));
		const failedAgain = due.filter((uid) => (this.#state.retry[uid]?.at ?? 0) > this.#clock.now());
		this.#state = endRetries(
			this.#state,
			due.filter((uid) => !pending.includes(uid) && !failedAgain.includes(uid)),
		);
	}

	#warn(code: string, message: string): void {
		this.#warnings.push({ code, message });
	}
}

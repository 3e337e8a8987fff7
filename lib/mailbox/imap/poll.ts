import type { FetchMessageObject } from 'imapflow';
import { systemClock, type Clock } from '../../http';
import { messageOf } from '../../errors';
import { IMAP_LIMITS } from '../../limits';
import { MiB } from '../../units';
import { MailboxError } from '../errors';
import type { MailboxMessage } from '../message';
import type { PollOptions, PollResult, PollWarning } from '../polling';
import { pollSettings, type PollSettings } from '../settings';
import { distrustText, incompleteText } from './begin';
import {
	dueRetries,
	endRetries,
	isBelowFloor,
	rememberRetries,
	rememberTips,
	setAside,
	settle,
	unknownRetries,
	type ImapFolderState,
} from './cursor';
import { Fetcher, wasRefused } from './fetcher';
import { HandedOver } from './handedOver';
import { Intake, type IntakeSink } from './intake';
import { messageId, receivedAt, sourceOf, summaryOf, toMessage, type MessageBytes } from './messages';
import { INBOX, type ImapOptions } from './options';
import { holesOf, planPoll, type Plan } from './plan';
import { coarsen, includes, rangesOf } from './ranges';
import { fingerprintOf, knownLength, knownOf, packKnown } from './recognition';
import { NO_UIDVALIDITY, resume, type Resumed } from './resume';
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
	readonly #handedOver = new HandedOver();
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
		const resumed = await this.#resume(saved, since, folder);
		this.#state = resumed.state;
		this.#folder = resumed.folder;
		this.#before = new Set(knownOf(this.#state.known));
		this.#fetcher = new Fetcher(this.#connection, {
			reconnect: async () => await this.#reopen(),
			hasTime: () => this.#hasTime(),
			known: () => this.#onceGiven(),
		});

		const plan = await this.#plan();
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
			state: this.#saved(await this.#remembered(this.#fetcher)),
			more: this.#state.todo.length > 0 || dueRetries(this.#state, this.#clock.now()).length > 0,
			warnings: this.#warnings,
		};
	}

	/** A first run that the server ends when dates are asked for gets along without them: each message has its own. */
	async #resume(saved: unknown, since: Date | undefined, folder: OpenedFolder): Promise<Resumed> {
		const open = {
			firstRunCap: this.#settings.firstRunCap,
			warn: (code: string, message: string) => this.#warn(code, message),
		};
		const connection = this.#connection!;
		try {
			return await resume(saved, since, { ...open, connection, folder });
		} catch (error) {
			const isFirst = saved === undefined || saved === null;
			if (!(error instanceof MailboxError) || connection.usable || !isFirst || !this.#hasTime()) throw error;
			connection.abort();
			this.#connection = await this.#open(this.#settings.deadline, this.#maxLiteral);
			const again = await this.#openFolder(this.#connection, false);
			return await resume(saved, since, { ...open, connection: this.#connection, folder: again, readsDates: false });
		}
	}

	/**
	 * What this poll takes. UIDs that a search does not name between those that it does are asked for once more, with FETCH, before
	 * they count as nobody's: answers are cut short now and then (rustmailer/bichon#339).
	 */
	async #plan(): Promise<Plan> {
		const connection = this.#connection!;
		const planned = async (extra: readonly number[]) =>
			await planPoll(this.#state, this.#settings.cap, this.#poll.order ?? 'oldest', async (ranges) => [
				...(await connection.searchUids(ranges)),
				...extra.filter((uid) => includes(ranges, uid)),
			]);
		const plan = await planned([]);
		const holes = coarsen(holesOf(this.#state.todo, plan), IMAP_LIMITS.maxRanges);
		if (holes.length === 0 || this.#state.byFetch) return plan;
		const named = new Set(plan.uids);
		const missed = (await connection.fetchUids(holes)).filter((uid) => includes(holes, uid) && !named.has(uid));
		if (missed.length === 0) return plan;
		const again = new Set(await connection.searchUids(rangesOf(missed)));
		if (missed.every((uid) => again.has(uid))) {
			this.#warn('search-incomplete', incompleteText(this.#folder));
		} else {
			connection.distrustSearch();
			this.#state = { ...this.#state, byFetch: true };
			this.#warn('search-incomplete', distrustText(this.#folder));
		}
		return await planned(missed);
	}

	async end(): Promise<void> {
		await (this.#fetcher?.connection ?? this.#connection)?.close();
	}

	async #openFolder(connection: ImapConnection, select: boolean): Promise<OpenedFolder> {
		return select ? await connection.select(this.#path) : await connection.examine(this.#path);
	}

	/** Fingerprints of what was handed over, this poll's last. */
	async #remembered(fetcher: Fetcher): Promise<string[]> {
		const isDone = fetcher.stopped === undefined && fetcher.connection.usable && this.#hasTime();
		const { known, tips } = await this.#handedOver.remember(async (uids) =>
			isDone ? await fetcher.fingerprints(uids) : undefined,
		);
		const unknown = isDone ? unknownRetries(this.#state) : [];
		const aside = unknown.length === 0 ? undefined : await fetcher.fingerprints(unknown);
		this.#state = rememberRetries(rememberTips(this.#state, tips), aside ?? new Map<number, string>());
		return [...knownOf(this.#state.known), ...known];
	}

	/** The cursor as it is saved: it remembers as much as it has room for. */
	#saved(remembered: readonly string[]): ImapFolderState {
		const { known: _packed, ...state } = { ...this.#state, polledAt: this.#clock.now() };
		const room = IMAP_LIMITS.maxStateCharacters - JSON.stringify(state).length;
		let most: number = IMAP_LIMITS.maxKnown;
		while (most > 0 && knownLength(most) > room) most -= 16;
		const known = packKnown(remembered, most);
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
			if (uidValidity === this.#folder.uidValidity || uidValidity === NO_UIDVALIDITY) return connection;
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
		const { floor, renumbered } = this.#state;
		const sink: IntakeSink = {
			isWanted: (meta) => {
				const isWanted = this.#isWanted(meta);
				if (!isWanted) this.#handedOver.passOver(meta.uid);
				return isWanted;
			},
			deliver: (meta, bytes) => this.#deliver(meta, bytes),
			fail: (uid, error, meta) => this.#fail(uid, error, meta),
			leave: (uid) => this.#unfinished.add(uid),
		};
		return new Intake(fetcher, sink, {
			maxMessageBytes: this.#settings.maxMessageBytes,
			maxPollBytes: this.#settings.maxPollBytes,
			judgeFirst: this.#poll.filter !== undefined ? 'all' : floor && new Date(floor.time),
			isRecognised: renumbered !== undefined,
			now: () => this.#clock.now(),
		});
	}

	#deliver(meta: FetchMessageObject, bytes: MessageBytes): void {
		this.#state = endRetries(this.#state, [meta.uid]);
		// It was handed over under another UID, and came along with what stands between unknown ones.
		if (meta.uid <= (this.#state.renumbered ?? 0) && this.#before.has(fingerprintOf(meta))) return;
		const message = toMessage(this.#folder, meta, bytes);
		this.#messages.set(meta.uid, message);
		this.#poll.onMessage?.(message);
		this.#handedOver.add(meta, bytes.raw);
	}

	#isWanted(meta: FetchMessageObject): boolean {
		// What was set aside was wanted.
		if (!(meta.uid in this.#state.retry) && isBelowFloor(this.#state, meta.uid, receivedAt(meta))) return false;
		// Without an envelope nothing can be judged, either.
		if (this.#poll.filter === undefined || meta.envelope === undefined) return true;
		try {
			return this.#poll.filter(summaryOf(meta));
		} catch (error) {
			// What the filter cannot judge must not get lost.
			this.#warn(
				'filter-failed',
				`The filter failed for UID ${meta.uid}, so the message is output: ${messageOf(error)}`,
			);
			return true;
		}
	}

	/** Messages that were handed over, by earlier polls, the latest first: those that can be asked for when nothing else comes. */
	#onceGiven(): number[] {
		const { tips = [], anchor, top, todo, retry } = this.#state;
		const known = new Set(knownOf(this.#state.known));
		const handedOver = tips.filter(([, fingerprint]) => known.has(fingerprint));
		const given = [...handedOver.map(([uid]) => uid).reverse(), anchor ?? top];
		return given.filter((uid) => uid > 0 && !includes(todo, uid) && !(uid in retry));
	}

	/** Sets a message aside; it is told at once when the server refused it, at the second try when the connection broke. */
	#fail(uid: number, error: MailboxError, meta: FetchMessageObject | undefined): void {
		const aside = setAside(this.#state, uid, error.code, this.#clock.now());
		if (aside === undefined) {
			this.#warnOnce(
				'retries-full',
				`More messages of '${this.#path}' cannot be fetched than are set aside (${IMAP_LIMITS.maxRetries}). The others stay in line and are tried at each poll: ${error.message}`,
			);
			this.#unfinished.add(uid);
			return;
		}
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

	#warnOnce(code: string, message: string): void {
		if (!this.#warnings.some((warning) => warning.code === code)) this.#warn(code, message);
	}

	#warn(code: string, message: string): void {
		this.#warnings.push({ code, message });
	}
}

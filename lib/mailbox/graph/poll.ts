import { GRAPH_LIMITS } from '../../limits';
import { MailboxError } from '../errors';
import type { MailboxMessage, MessageSummary } from '../message';
import type { PollResult, PollWarning } from '../polling';
import {
	applyPage,
	dueMissing,
	dueRetries,
	postpone,
	reachesFirstRunLimit,
	restart,
	setAside,
	setMissing,
	settle,
	startCursor,
	unrememberedIn,
	type GraphFolderState,
	type Page,
	type Queued,
} from './cursor';
import { GraphMailboxError } from './errors';
import type { GraphAccount } from './account';
import { leadsNowhere, resolveFolder } from './folders';
import { applyLookPage, startLook, suspicious, unsuspected, withoutMoves } from './look';
import { applyCheckPage } from './fullRound';
import { folderOf, headersOf, isReadable, sourceOf, STOPS } from './messages';
import { applyModifiedPage } from './modified';
import { fetchCheckPage, fetchLookPage, fetchPage, newestIds } from './pages';
import { readQueued, type Outcome } from './reading';
import { readState } from './savedState';

/** Settings of one poll, checked and with their defaults. */
export interface PollSettings {
	folder: string;
	cap: number;
	order: 'oldest' | 'newest';
	/** Start of the look-back for the server's time, seconds; undefined: everything. */
	floorOf: (serverTime: number) => number | undefined;
	firstRunCap?: number;
	maxMessageBytes: number;
	maxPollBytes: number;
	deadline: number;
	budgetMs: number;
	filter?: (message: MessageSummary) => boolean;
	/** How changes are found where there is no cursor yet. */
	method: 'delta' | 'modified';
	/** `mailbox@host`: what the cursor belongs to. */
	account: string;
	now: () => number;
}

/** Rounds begun anew in one poll; an Exchange that forgets every link at once is left alone until the next. */
const MAX_RESTARTS = 3;
/** How often links may lead back in one poll: an answer may come twice. */
const MAX_LOOPS = 5;

/**
 * One poll of one folder: what waits first, then page after page of the round, until the round, the cap, the bytes or
 * the time end. What was found before a failure is handed over, and the cursor covers exactly that.
 */
export class FolderPoll {
	#state!: GraphFolderState;
	readonly #messages: MailboxMessage[] = [];
	readonly #warnings: PollWarning[] = [];
	/** Messages that could not be had: for their own sake, or because Exchange is in trouble. */
	readonly #doubtful = new Map<string, { queued: Queued; error: MailboxError }>();
	/** Messages that Exchange says it does not have, since another one was asked for: for the first time, and again. */
	readonly #missing = new Map<string, { queued: Queued; isSecond: boolean }>();
	/** Messages that stay in the queue until the next poll. */
	readonly #left = new Set<string>();
	/** No further message is asked for: as many wait for another try as a cursor may hold. */
	#stalled = false;
	#bytes = 0;
	/** A message did not fit into the bytes of this poll any more: it and what comes after it waits. */
	#full = false;
	#gone = 0;
	/** Messages that may have been handed over before. */
	#uncertain = 0;
	/** Links that were followed. */
	readonly #visited = new Set<string>();
	#loops = 0;
	/** Pages asked for again. */
	#asksAgain = 0;
	#isLate = false;
	#restarts = 0;
	/** Something moved: the new state is worth more than an error. */
	#progress = false;
	#complete = false;
	/** A full round could not be compared with another list. */
	#checkFailed = false;
	/** The second look is done. */
	#looked = false;
	/** Pages of it, and the link that it needs where all of a page has the same time. */
	#lookPages = 0;
	#lookLink: string | undefined;

	readonly #account: GraphAccount;
	readonly #settings: PollSettings;

	constructor(account: GraphAccount, settings: PollSettings) {
		this.#account = account;
		this.#settings = settings;
	}

	/** @throws MailboxError when nothing could be done */
	async run(saved: GraphFolderState | undefined): Promise<PollResult<GraphFolderState>> {
		await this.#begin(saved);
		try {
			const { now } = this.#settings;
			await this.#drain([...dueRetries(this.#state, now()), ...dueMissing(this.#state, now())]);
			for (;;) {
				await this.#drain(this.#state.todo);
				if (this.#isWaiting() || this.#isOver()) break;
				if (!this.#complete) await this.#turnPage();
				else if (this.#state.unchecked !== undefined && !this.#checkFailed) await this.#check();
				else if (!this.#looked) await this.#look();
				else break;
			}
		} catch (error) {
			if (!(error instanceof MailboxError) || !this.#progress) throw error;
			this.#warn('stopped-early', `The poll stopped early. The next poll continues: ${error.message}`);
		}
		if (this.#uncertain > 0) {
			this.#warn(
				'maybe-repeated',
				`Exchange names ${this.#uncertain} message(s) again that are older than what is remembered of those that were output. They may be output a second time, with the same id`,
			);
		}
		if (this.#gone > 0) this.#warn('message-gone', `${this.#gone} message(s) were deleted before they could be read`);
		const state = this.#state;
		const messages = this.#messages;
		const warnings = this.#warnings;
		return { messages, state, more: state.todo.length > 0 || !this.#complete, warnings };
	}

	async #begin(saved: GraphFolderState | undefined): Promise<void> {
		const settings = this.#settings;
		const state = readState(saved);
		if (state !== undefined) {
			if (state.account === settings.account && state.folder === settings.folder) {
				this.#state = state;
				return;
			}
			this.#warn(
				'other-mailbox',
				'The saved position belongs to another mailbox or folder. This folder is read from the start of its look-back',
			);
		} else if (saved !== undefined && saved !== null) {
			this.#warn(
				'cursor-unreadable',
				'The saved position could not be read. The folder is read from the start of its look-back',
			);
		}
		const { id, serverTime } = await resolveFolder(this.#account, settings.folder, settings.deadline);
		const floor = settings.floorOf(serverTime);
		this.#state = startCursor({
			account: settings.account,
			folder: settings.folder,
			folderId: id,
			method: settings.method,
			...(floor === undefined ? {} : { floor }),
			...(settings.firstRunCap === undefined ? {} : { firstRunCap: settings.firstRunCap }),
		});
	}

	/** Fetches what waits, in its order, several at a time. */
	async #drain(queue: readonly Queued[]): Promise<void> {
		const todo = queue.filter((queued) => this.#isFree(queued));
		for (let at = 0; at < todo.length && !this.#isOver();) {
			const room = Math.min(this.#account.concurrency, this.#settings.cap - this.#messages.length);
			const batch = todo.slice(at, at + room);
			// A turn that takes nothing would be followed by another, and the loop by none.
			if (batch.length === 0) break;
			at += batch.length;
			const results = await Promise.allSettled(batch.map((queued) => this.#read(queued)));
			results.forEach((result, index) => {
				if (result.status === 'fulfilled' && this.#fits(result.value)) this.#take(batch[index]!, result.value);
			});
			const stopped = results.find((result) => result.status === 'rejected');
			if (stopped !== undefined) throw stopped.reason;
			if (this.#doubtful.size + this.#missing.size >= GRAPH_LIMITS.maxDoubtful) await this.#judge();
		}
		await this.#judge();
	}

	#isFree([id]: Queued): boolean {
		return !this.#doubtful.has(id) && !this.#missing.has(id) && !this.#left.has(id);
	}

	/** Something of the queue can still be worked on, or it is too long for more. */
	#isWaiting(): boolean {
		const { todo } = this.#state;
		return todo.length > GRAPH_LIMITS.maxLeft || todo.some((queued) => this.#isFree(queued));
	}

	async #read(queued: Queued): Promise<Outcome> {
		return await readQueued(this.#account, queued, {
			...this.#settings,
			onFilterFailed: (reason) => this.#warn('filter-failed', `The filter failed, so the message is output: ${reason}`),
		});
	}

	/** Graph does not tell sizes beforehand: what is too much was fetched in vain, and comes with the next poll. */
	#fits(outcome: Outcome): boolean {
		const bytes = outcome.kind === 'message' ? outcome.message.raw.length : 0;
		if (this.#messages.length > 0 && this.#bytes + bytes > this.#settings.maxPollBytes) this.#full = true;
		return !this.#full;
	}

	#take(queued: Queued, outcome: Outcome): void {
		const [id] = queued;
		switch (outcome.kind) {
			case 'doubtful':
				this.#doubtful.set(id, { queued, error: outcome.error });
				return;
			case 'missing':
				this.#missing.set(id, { queued, isSecond: this.#state.missing?.[id] !== undefined });
				return;
			case 'late':
				// Where all are late, only the first one is set aside: the others may have waited for it.
				if (this.#isLate) this.#left.add(id);
				else this.#report(queued, outcome.error, Buffer.alloc(0));
				this.#isLate = true;
				return;
			case 'message':
				this.#messages.push(outcome.message);
				this.#bytes += outcome.message.raw.length;
				break;
			case 'unwanted':
		}
		this.#progress = true;
		this.#state = settle(this.#state, new Set([id]));
	}

	/**
	 * Some messages could not be had, or are not there. Where another one can be read, it is for their own sake: they are set aside,
	 * and the poll goes on. Else Exchange is in trouble: the poll stops, with a handful of requests, and the queue stays whole.
	 */
	async #judge(): Promise<void> {
		const doubtful = [...this.#doubtful.values()];
		const missing = [...this.#missing.values()];
		if (doubtful.length + missing.length === 0) return;
		const readable = await this.#isAnotherReadable();
		const denied = doubtful.find(({ error }) => error.code === 'MAILBOX_NOT_ALLOWED');
		const isTrouble =
			readable === false ||
			(readable === undefined && (denied !== undefined || doubtful.length >= GRAPH_LIMITS.maxDoubtful));
		if (isTrouble) throw (denied ?? doubtful[0])?.error ?? noneFound(this.#account);
		this.#doubtful.clear();
		this.#missing.clear();
		for (const { queued, isSecond } of missing) this.#setMissing(queued, isSecond);
		for (const { queued, error } of doubtful) await this.#setAside(queued, error);
	}

	/** Two answers said that it is not there. It is gone when they say so again, a minute later. */
	#setMissing(queued: Queued, isSecond: boolean): void {
		const [id] = queued;
		if (isSecond) this.#gone++;
		const state = isSecond ? settle(this.#state, new Set([id])) : setMissing(this.#state, queued, this.#settings.now());
		if (state === undefined) {
			this.#left.add(id);
			return;
		}
		this.#state = state;
		this.#progress = true;
	}

	/** Whether the bytes of a message can be had that is none of the doubtful ones. Undefined: there is none. */
	async #isAnotherReadable(): Promise<boolean | undefined> {
		const account = this.#account;
		const { deadline, folder } = this.#settings;
		const last = this.#messages.findLast(({ failure }) => failure === undefined)?.id;
		if (last !== undefined && (await isReadable(account, last, deadline)) === true) return true;
		const { folderId, retry, missing = {} } = this.#state;
		const isKnown = (id: string) =>
			id === last ||
			this.#doubtful.has(id) ||
			this.#missing.has(id) ||
			Object.hasOwn(retry, id) ||
			Object.hasOwn(missing, id);
		const listed = await newestIds(account, folderId, { folder, deadline }).catch((error: unknown) => {
			if (!(error instanceof MailboxError) || STOPS.has(error.code)) throw error;
			return undefined;
		});
		// Not even the list can be had: that is no fault of the messages.
		if (listed === undefined) return false;
		const others = listed.filter((id) => !isKnown(id));
		let tried: boolean | undefined;
		for (const id of others.slice(0, GRAPH_LIMITS.maxWitnesses)) {
			// Listed a moment ago: that it is not found says no more than that it cannot be read.
			if ((await isReadable(account, id, deadline)) === true) return true;
			tried = false;
		}
		return tried;
	}

	/** Its header is asked for, so that people see which message it is. */
	async #setAside(queued: Queued, error: MailboxError): Promise<void> {
		const isDenied = error.code === 'MAILBOX_NOT_ALLOWED';
		const header = isDenied ? Buffer.alloc(0) : await headersOf(this.#account, queued[0], this.#settings.deadline);
		this.#report(queued, error, header);
	}

	#report(queued: Queued, error: MailboxError, header: Buffer): void {
		const [id, receivedAt] = queued;
		const next = setAside(this.#state, queued, this.#settings.now());
		if (next === undefined) {
			this.#wait(queued, error);
			return;
		}
		const { state, attempts, retryAt } = next;
		this.#progress = true;
		this.#state = state;
		this.#messages.push({
			id,
			source: sourceOf(this.#account, id, this.#settings.folder),
			size: 0,
			...(receivedAt === 0 ? {} : { receivedAt: new Date(receivedAt * 1000) }),
			raw: header,
			truncated: true,
			failure: {
				code: error.code,
				message: error.message,
				attempts,
				...(retryAt === undefined ? {} : { retryAt: new Date(retryAt) }),
			},
		});
	}

	/** As many are set aside as a cursor holds: this one waits behind the others. */
	#wait(queued: Queued, error: MailboxError): void {
		this.#state = postpone(this.#state, queued);
		this.#left.add(queued[0]);
		this.#stalled = this.#left.size >= GRAPH_LIMITS.maxDoubtful;
		this.#progress = true;
		const { maxRetries } = GRAPH_LIMITS;
		this.#warn(
			'many-failures',
			`${maxRetries} messages that could not be fetched are waiting for another try, as many as can be remembered. Further ones wait in the queue: ${error.message}`,
		);
	}

	async #turnPage(): Promise<void> {
		let page: Page | undefined;
		try {
			page = await this.#nextPage();
		} catch (error) {
			if (!(error instanceof GraphMailboxError)) throw error;
			if (await this.#recover(error)) return;
			// Begun anew often enough for one poll: it passes.
			throw error.isSyncStateLost ? new MailboxError('MAILBOX_UNAVAILABLE', error.message, { cause: error }) : error;
		}
		if (page === undefined) return;
		const apply = this.#state.method === 'delta' ? applyPage : applyModifiedPage;
		if (reachesFirstRunLimit(this.#state, page)) {
			this.#warn(
				'first-run-capped',
				`The first run takes the newest ${this.#settings.firstRunCap ?? 0} messages. Older ones are left out`,
			);
		}
		const before = this.#state;
		this.#state = apply(before, page, this.#settings.order);
		this.#uncertain += unrememberedIn(before, this.#state, page.rows);
		this.#complete = !this.#state.walking;
		this.#progress = true;
	}

	/** True when the round can begin anew. */
	async #recover(error: GraphMailboxError): Promise<boolean> {
		const state = this.#state;
		const settings = this.#settings;
		const atStart = state.link === '';
		if (error.isSyncStateLost && !atStart && this.#beginAnew()) {
			return true;
		} else if (error.isGone || error.isMalformedId) {
			const { id } = await resolveFolder(this.#account, settings.folder, settings.deadline);
			if (id === state.folderId) throw error.isGone ? notFoundNow(this.#account, settings.folder, error) : error;
			this.#warn(
				'folder-replaced',
				`The folder '${settings.folder}' is not the same folder as before. It is read from the start`,
			);
			this.#state = restart(state, settings.firstRunCap, id);
		} else if (state.method === 'delta' && atStart && error.status === 400 && this.#isNewestFirst()) {
			this.#state = { ...state, unsorted: true };
			return true;
		} else if (state.method === 'delta' && atStart && error.isDeltaMissing) {
			this.#warn('no-delta', 'This cloud has no delta query for messages. Changes are found by lastModifiedDateTime');
			this.#state = {
				...startCursor({
					...state,
					method: 'modified',
					...(state.left === undefined ? {} : { firstRunCap: state.left }),
				}),
				seen: state.seen,
				todo: state.todo,
				retry: state.retry,
				...(state.missing === undefined ? {} : { missing: state.missing }),
			};
		} else {
			return false;
		}
		// The new start is worth saving, whatever the next request brings.
		this.#progress = true;
		return true;
	}

	/** A full round comes newest first, the one order that the delta query has: new mail need not wait for its end. */
	#isNewestFirst(): boolean {
		return this.#state.phase !== 'steady' && this.#state.unsorted !== true;
	}

	/** False: it was begun anew often enough. */
	#beginAnew(): boolean {
		if (++this.#restarts > MAX_RESTARTS) return false;
		this.#warn(
			'resync',
			'Exchange no longer knows how far the folder was read. It is read again, and messages that were output recently are not repeated',
		);
		this.#state = restart(this.#state, this.#settings.firstRunCap);
		// The new start is worth saving, whatever the next request brings.
		this.#progress = true;
		return true;
	}

	/** Undefined: the links led in a circle, and the round begins anew. */
	async #nextPage(): Promise<Page | undefined> {
		const state = this.#state;
		if (state.link !== '') this.#visited.add(state.link);
		const ask = async () =>
			await fetchPage(this.#account, state, { ...this.#settings, newestFirst: this.#isNewestFirst() });
		const page = await this.#whole(await ask(), ask);
		const isLoop = page.nextLink !== undefined && this.#visited.has(page.nextLink);
		if (!isLoop || ++this.#loops <= MAX_LOOPS) return page;
		if (this.#beginAnew()) return undefined;
		throw leadsNowhere(this.#account);
	}

	/** A row that names no message is asked for once more, with its page. */
	async #whole(page: Page, ask: () => Promise<Page>): Promise<Page> {
		if (!page.unreadable || this.#asksAgain >= GRAPH_LIMITS.maxDoubtful) return page;
		this.#asksAgain++;
		const second = await ask().catch((error: unknown) => {
			if (error instanceof MailboxError) return undefined;
			throw error;
		});
		if (second?.unreadable === 0) return second;
		this.#warn(
			'rows-unreadable',
			`${page.unreadable} rows of a list of messages had no id, also when it was read again. Messages may be missing; those that came lately are looked for by the time of their last change`,
		);
		return { ...page, rows: [...page.rows, ...(second?.rows ?? [])] };
	}

	/** One page of the list that a full round is compared with; see fullRound.ts. What fails here is done by the next poll. */
	async #check(): Promise<void> {
		let page: Page;
		try {
			page = await fetchCheckPage(this.#account, this.#state, this.#settings);
		} catch (error) {
			if (!(error instanceof MailboxError)) throw error;
			this.#checkFailed = true;
			this.#warn(
				'list-unchecked',
				`Whether Exchange's list of the folder was complete could not be checked. The next poll checks it: ${error.message}`,
			);
			return;
		}
		const { state, found } = applyCheckPage(this.#state, page, this.#settings.order);
		this.#state = state;
		this.#progress = true;
		if (found === 0) return;
		this.#warn(
			'list-incomplete',
			'Exchange left messages out when it listed the folder. They were found in a second list, and are output',
		);
	}

	/** One page of the second look; see look.ts. It is a help: what fails here is looked for by the next poll, from the same time on. */
	async #look(): Promise<void> {
		const account = this.#account;
		if (this.#state.method === 'modified') {
			this.#looked = true;
			return;
		}
		let page: Page;
		try {
			this.#state = startLook(this.#state);
			if (this.#lookPages === 0) await this.#proveMoves();
			page = await fetchLookPage(account, this.#state, this.#lookLink, this.#settings);
		} catch (error) {
			if (!(error instanceof MailboxError)) throw error;
			this.#looked = true;
			this.#warn(
				'moves-unchecked',
				`Whether messages were moved in that Exchange did not name could not be checked. The next poll checks it: ${error.message}`,
			);
			return;
		}
		const before = this.#state.todo.length;
		const { state, leftOut, stuck } = applyLookPage(this.#state, page, this.#settings.order);
		this.#state = state;
		if (state.todo.length > before) this.#progress = true;
		this.#lookLink = stuck ? page.nextLink : undefined;
		this.#looked = page.nextLink === undefined || ++this.#lookPages >= GRAPH_LIMITS.maxLookPages;
		// More with one time than one poll reads: the next one would stand here again.
		if (this.#looked && stuck) this.#state = { ...state, look: { ...state.look!, from: state.look!.from + 1 } };
		if (leftOut > 0 || (this.#looked && stuck)) {
			this.#warn(
				'many-changes',
				'Very many messages of the folder were changed at once. Older ones among them that were moved in are not output, because they cannot be told from those that were merely marked or flagged',
			);
		}
	}

	/** A message that the delta query had time to name, and did not, although it is in the folder: moves are not named. */
	async #proveMoves(): Promise<void> {
		const id = suspicious(this.#state);
		if (id === undefined) return;
		const folderId = await folderOf(this.#account, id, this.#settings.deadline);
		if (folderId !== this.#state.folderId) {
			this.#state = unsuspected(this.#state, id);
			return;
		}
		this.#state = withoutMoves(this.#state);
		this.#progress = true;
		this.#warn(
			'moves-untold',
			'Exchange does not say when a message is moved into this folder. Such messages are found by the time of their last change. So an older message may be output when it is marked or flagged',
		);
	}

	#isOver(): boolean {
		const { cap, maxPollBytes, deadline, now } = this.#settings;
		// Said in this way, what is no number ends the poll.
		return (
			this.#full || this.#stalled || !(this.#messages.length < cap && this.#bytes < maxPollBytes && now() < deadline)
		);
	}

	#warn(code: string, message: string): void {
		if (!this.#warnings.some((warning) => warning.code === code)) this.#warnings.push({ code, message });
	}
}

/** The folder was found a moment ago: that its messages are not is no proof that it was deleted. */
const notFoundNow = ({ mailbox }: GraphAccount, folder: string, cause: GraphMailboxError): MailboxError =>
	new MailboxError(
		'MAILBOX_UNAVAILABLE',
		`Exchange lists the folder '${folder.slice(0, 80)}' of ${mailbox}, but does not find it (${cause.graphCodes.join(', ')})`,
		{ cause, hint: 'No action is needed. The next poll asks for it again.' },
	);

const noneFound = ({ mailbox }: GraphAccount): MailboxError =>
	new MailboxError('MAILBOX_UNAVAILABLE', `Exchange does not find any of the messages that it listed in ${mailbox}`, {
		hint: 'No action is needed. The next poll asks for them again.',
	});

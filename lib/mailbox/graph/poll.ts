import { messageOf } from '../../errors';
import { MailboxError } from '../errors';
import type { MailboxMessage, MessageSummary } from '../message';
import type { PollResult, PollWarning } from '../polling';
import {
	applyPage,
	dueRetries,
	reachesFirstRunLimit,
	restart,
	setAside,
	settle,
	startCursor,
	type GraphFolderState,
	type Page,
	type Queued,
} from './cursor';
import { GraphMailboxError } from './errors';
import type { GraphAccount } from './account';
import { resolveFolder } from './folders';
import { fetchMessage, getRow, headerOf, sourceOf, STOPS, SUMMARY_FIELDS, summaryOf } from './messages';
import { applyModifiedPage } from './modified';
import { fetchPage, leadsNowhere } from './pages';
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

/** So many refused messages, and none that could be read, are no accident of single messages. */
const MAX_DENIED = 3;

/** Rounds begun anew in one poll; an Exchange that forgets every link at once is left alone until the next. */
const MAX_RESTARTS = 3;

type Outcome =
	| { kind: 'message'; message: MailboxMessage }
	| { kind: 'unwanted' }
	| { kind: 'gone' }
	| { kind: 'denied'; error: MailboxError }
	| { kind: 'failed'; error: MailboxError; header: Buffer };

/**
 * One poll of one folder: what waits first, then page after page of the round, until the round, the cap, the bytes or
 * the time end. What was found before a failure is handed over, and the cursor covers exactly that.
 */
export class FolderPoll {
	#state!: GraphFolderState;
	readonly #messages: MailboxMessage[] = [];
	readonly #warnings: PollWarning[] = [];
	/** Messages whose bytes were refused although the mailbox may be read. */
	readonly #denied = new Map<string, { queued: Queued; error: MailboxError }>();
	#bytes = 0;
	/** A message did not fit into the bytes of this poll any more: it and what comes after it waits. */
	#full = false;
	#gone = 0;
	#repeatedLinks = 0;
	#restarts = 0;
	/** Exchange refused to sort this round. */
	#unsorted = false;
	/** Something moved: the new state is worth more than an error. */
	#progress = false;
	#complete = false;

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
			await this.#drain(dueRetries(this.#state, this.#settings.now()));
			for (;;) {
				await this.#drain(this.#state.todo);
				const waiting = this.#state.todo.some(([id]) => !this.#denied.has(id));
				if (this.#complete || waiting || this.#isOver()) break;
				await this.#turnPage();
			}
			this.#judgeDenied();
		} catch (error) {
			if (!(error instanceof MailboxError) || !this.#progress) throw error;
			this.#warn('stopped-early', `The poll stopped early. The next poll continues: ${error.message}`);
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
		const todo = queue.filter(([id]) => !this.#denied.has(id));
		for (let at = 0; at < todo.length && !this.#isOver();) {
			const room = Math.min(this.#account.concurrency, this.#settings.cap - this.#messages.length);
			const batch = todo.slice(at, at + room);
			// A turn that takes nothing would be followed by another, and the loop by none.
			if (batch.length === 0) break;
			at += batch.length;
			const results = await Promise.allSettled(batch.map((queued) => this.#fetch(queued)));
			results.forEach((result, index) => {
				if (result.status === 'fulfilled' && this.#fits(result.value)) this.#take(batch[index]!, result.value);
			});
			const stopped = results.find((result) => result.status === 'rejected');
			if (stopped !== undefined) throw stopped.reason;
			if (this.#denied.size >= MAX_DENIED) this.#judgeDenied();
		}
	}

	async #fetch(queued: Queued): Promise<Outcome> {
		const account = this.#account;
		const settings = this.#settings;
		const { deadline } = settings;
		const [id] = queued;
		const began = settings.now();
		try {
			if (settings.filter !== undefined) {
				const row = await getRow(account, id, SUMMARY_FIELDS, deadline);
				if (!this.#isWanted(settings.filter, summaryOf(row))) return { kind: 'unwanted' };
			}
			return {
				kind: 'message',
				message: await fetchMessage(account, queued, settings.folder, settings.maxMessageBytes, deadline),
			};
		} catch (error) {
			if (!(error instanceof MailboxError) || STOPS.has(error.code)) throw error;
			if (error instanceof GraphMailboxError && error.isGone) return { kind: 'gone' };
			if (error.code === 'MAILBOX_NOT_ALLOWED') return { kind: 'denied', error };
			if (settings.now() >= deadline - 1000) {
				// A message that takes half a poll and more would block the others for ever; any other was merely late.
				if (began > deadline - settings.budgetMs / 2) throw error;
				return { kind: 'failed', error, header: Buffer.alloc(0) };
			}
			return this.#blame(id, error);
		}
	}

	/** A filter that fails must not lose a message. */
	#isWanted(filter: NonNullable<PollSettings['filter']>, summary: MessageSummary): boolean {
		try {
			return filter(summary);
		} catch (error) {
			this.#warn('filter-failed', `The filter failed, so the message is output: ${messageOf(error)}`);
			return true;
		}
	}

	/** The message, or all of Graph? Its fields tell. */
	async #blame(id: string, error: MailboxError): Promise<Outcome> {
		try {
			const row = await getRow(
				this.#account,
				id,
				'id,receivedDateTime,internetMessageHeaders',
				this.#settings.deadline,
			);
			return { kind: 'failed', error, header: headerOf(row) };
		} catch (probe) {
			if (probe instanceof GraphMailboxError && probe.isGone) return { kind: 'gone' };
			throw error;
		}
	}

	/** Graph does not tell sizes beforehand: what is too much was fetched in vain, and comes with the next poll. */
	#fits(outcome: Outcome): boolean {
		const bytes = outcome.kind === 'message' ? outcome.message.raw.length : 0;
		if (this.#messages.length > 0 && this.#bytes + bytes > this.#settings.maxPollBytes) this.#full = true;
		return !this.#full;
	}

	#take(queued: Queued, outcome: Outcome): void {
		const [id] = queued;
		if (outcome.kind === 'denied') {
			this.#denied.set(id, { queued, error: outcome.error });
			return;
		}
		this.#progress = true;
		if (outcome.kind === 'failed') {
			this.#reportFailure(queued, outcome.error, outcome.header);
			return;
		}
		if (outcome.kind === 'gone') this.#gone++;
		if (outcome.kind === 'message') {
			this.#messages.push(outcome.message);
			this.#bytes += outcome.message.raw.length;
		}
		this.#state = settle(this.#state, new Set([id]));
	}

	/** Refused messages among others that could be read are set aside; refused ones alone are a missing permission. */
	#judgeDenied(): void {
		const denied = [...this.#denied.values()];
		if (denied.length === 0) return;
		if (!this.#messages.some(({ raw, failure }) => raw.length > 0 && failure === undefined)) throw denied[0]!.error;
		for (const { queued, error } of denied) this.#reportFailure(queued, error, Buffer.alloc(0));
		this.#denied.clear();
	}

	#reportFailure(queued: Queued, error: MailboxError, header: Buffer): void {
		const [id, receivedAt] = queued;
		const { state, attempts, retryAt } = setAside(this.#state, queued, this.#settings.now());
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

	async #turnPage(): Promise<void> {
		let page: Page;
		try {
			page = await this.#nextPage();
		} catch (error) {
			if (error instanceof GraphMailboxError && (await this.#recover(error))) return;
			throw error;
		}
		const apply = this.#state.method === 'delta' ? applyPage : applyModifiedPage;
		if (reachesFirstRunLimit(this.#state, page)) {
			this.#warn(
				'first-run-capped',
				`The first run takes the newest ${this.#settings.firstRunCap ?? 0} messages. Older ones are left out`,
			);
		}
		this.#state = apply(this.#state, page, this.#settings.order);
		this.#complete = !this.#state.walking;
		this.#progress = true;
	}

	/** True when the round can begin anew. */
	async #recover(error: GraphMailboxError): Promise<boolean> {
		const state = this.#state;
		const settings = this.#settings;
		const atStart = state.link === '';
		if (error.isSyncStateLost && !atStart && ++this.#restarts <= MAX_RESTARTS) {
			this.#warn(
				'resync',
				'Exchange no longer knows how far the folder was read. It is read again, and messages that were output recently are not repeated',
			);
			this.#state = restart(state, settings.firstRunCap);
		} else if (error.isGone || error.isMalformedId) {
			const { id } = await resolveFolder(this.#account, settings.folder, settings.deadline);
			if (id === state.folderId) throw error;
			this.#warn(
				'folder-replaced',
				`The folder '${settings.folder}' is not the same folder as before. It is read from the start`,
			);
			this.#state = restart(state, settings.firstRunCap, id);
		} else if (state.method === 'delta' && atStart && error.status === 400 && this.#isNewestFirst()) {
			this.#unsorted = true;
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
		return this.#state.phase !== 'steady' && !this.#unsorted;
	}

	async #nextPage(): Promise<Page> {
		const state = this.#state;
		const settings = this.#settings;
		const account = this.#account;
		const page = await fetchPage(account, state, { ...settings, newestFirst: this.#isNewestFirst() });
		if (page.nextLink !== undefined && page.nextLink === state.link && ++this.#repeatedLinks > 5) {
			throw leadsNowhere(account);
		}
		return page;
	}

	#isOver(): boolean {
		const { cap, maxPollBytes, deadline, now } = this.#settings;
		// Said in this way, what is no number ends the poll.
		return this.#full || !(this.#messages.length < cap && this.#bytes < maxPollBytes && now() < deadline);
	}

	#warn(code: string, message: string): void {
		if (!this.#warnings.some((warning) => warning.code === code)) this.#warnings.push({ code, message });
	}
}

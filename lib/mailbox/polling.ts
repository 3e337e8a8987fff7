import type { MailboxMessage, MessageSummary } from './message';

/** What one poll of a folder may use and take. */
export interface PollOptions {
	/** IMAP path (default INBOX) or Graph folder id. */
	folder?: string | undefined;
	/** Messages handed over by one poll; the rest waits for the next. Default 50. */
	cap?: number | undefined;
	/** Default `oldest`. `newest` keeps a fifth of the cap for the oldest of the backlog, so that it drains. */
	order?: 'oldest' | 'newest' | undefined;
	/** How far the first poll of a folder looks back: an ISO 8601 duration, or `all`, in any case. Default `P30D`; `PT0S` takes only what arrives from now on. */
	firstRunLookBack?: string | undefined;
	/** Messages of the look-back that are taken, the newest. Default: all of them. */
	firstRunCap?: number | undefined;
	/** Bytes of one message. Above: headers only, `truncated`. Default 25 MiB. */
	maxMessageBytes?: number | undefined;
	/** Bytes of all messages of one poll. Above: the rest waits; one message is always taken. Default 64 MiB. */
	maxPollBytes?: number | undefined;
	/** Milliseconds for the whole poll, connecting included. Default 36,000. */
	budgetMs?: number | undefined;
	/** The same as a point of time (milliseconds since the epoch); the earlier one counts. */
	deadline?: number | undefined;
	/**
	 * Told of each message as soon as it is here, while others are still on their way (IMAP). Must not throw. Not a
	 * hand-over: the result has all of them, in their order, with the state that belongs to them.
	 */
	onMessage?: ((message: MailboxMessage) => void) | undefined;
	/** False: the message is not wanted and counts as handled. */
	filter?: ((message: MessageSummary) => boolean) | undefined;
}

/** What the user should be told about a poll that worked. */
export interface PollWarning {
	/** Stable word: `uidvalidity-reset`, `other-mailbox`, `cursor-unreadable`, `first-run-capped`, `stopped-early`… */
	code: string;
	message: string;
}

/** What one poll brought. */
export interface PollResult<State> {
	messages: MailboxMessage[];
	/** To be saved after the messages were handed over. With the old one, the same messages come again, with the same ids. */
	state: State;
	/** Something waits already: the next poll need not wait for its turn. */
	more: boolean;
	warnings: PollWarning[];
}

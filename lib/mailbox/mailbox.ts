import type { Readable } from 'node:stream';
import type { EmailAddress, EmailSource, EmailWarning } from '../email';

/** A message as a mailbox hands it over: the bytes are not parsed yet. */
export interface MailboxMessage {
	/** Stable across redelivery of the same message in the same folder. */
	id: string;
	source: EmailSource;
	/** Bytes as the server tells them; 0 when unknown. */
	size: number;
	/** INTERNALDATE or receivedDateTime. */
	receivedAt?: Date;
	/** All bytes, when they fit the limit. Else only the first bytes, at least the headers. */
	raw: Buffer;
	/** The size limit cut it: `raw` is only its beginning. */
	truncated: boolean;
	/** Set when this is a message that could not be fetched; `raw` may then be empty. */
	failure?: MessageFailure;
	/** Files that were attached as mere links to a cloud (Microsoft 365); they are not in `raw`. */
	links?: MessageLink[];
	/** What belongs to the message and could not be had, though its bytes are here. */
	warnings?: EmailWarning[];
}

export interface MessageLink {
	name: string;
	/** Where the server tells it; else it stands in the body. */
	url?: string;
}

/** Why a message is handed over without its bytes. It does not hold up the others. */
export interface MessageFailure {
	/** As of MailboxError. */
	code: string;
	message: string;
	/** Tries so far. */
	attempts?: number;
	/** When it is tried again. Absent when it was given up: fetch it by hand. */
	retryAt?: Date;
}

/** What a filter may look at before the bytes are fetched. */
export interface MessageSummary {
	from: EmailAddress[];
	to: EmailAddress[];
	subject: string;
	messageId?: string;
	/** The sender's Date header. */
	date?: Date;
	receivedAt?: Date;
	size: number;
}

/** What one poll of a folder may use and take. */
export interface PollOptions {
	/** IMAP path (default INBOX) or Graph folder id. */
	folder?: string;
	/** Messages handed over by one poll; the rest waits for the next. Default 50. */
	cap?: number;
	/** Default `oldest`. `newest` keeps a fifth of the cap for the oldest of the backlog, so that it drains. */
	order?: 'oldest' | 'newest';
	/** How far the first poll of a folder looks back: an ISO 8601 duration, or `all`, in any case. Default `P30D`; `PT0S` takes only what arrives from now on. */
	firstRunLookBack?: string;
	/** Messages of the look-back that are taken, the newest. Default: all of them. */
	firstRunCap?: number;
	/** Bytes of one message. Above: headers only, `truncated`. Default 25 MiB. */
	maxMessageBytes?: number;
	/** Bytes of all messages of one poll. Above: the rest waits. Default 128 MiB. */
	maxPollBytes?: number;
	/** Milliseconds for the whole poll, connecting included. Default 36,000. */
	budgetMs?: number;
	/** The same as a point of time (milliseconds since the epoch); the earlier one counts. */
	deadline?: number;
	/**
	 * Told of each message as soon as it is here, while others are still on their way (IMAP). Must not throw. Not a
	 * hand-over: the result has all of them, in their order, with the state that belongs to them.
	 */
	onMessage?: (message: MailboxMessage) => void;
	/** False: the message is not wanted and counts as handled. */
	filter?: (message: MessageSummary) => boolean;
}

/** What the user should be told about a poll that worked. */
export interface PollWarning {
	/** Stable word: `uidvalidity-reset`, `other-mailbox`, `cursor-unreadable`, `first-run-capped`, `stopped-early`… */
	code: string;
	message: string;
}

export interface PollResult<State> {
	messages: MailboxMessage[];
	/** To be saved after the messages were handed over. With the old one, the same messages come again, with the same ids. */
	state: State;
	/** Something waits already: the next poll need not wait for its turn. */
	more: boolean;
	warnings: PollWarning[];
}

/** What a mailbox is searched for. All that is given must match. */
export interface MailboxSearch {
	from?: string;
	to?: string;
	subject?: string;
	/** Received at this time or later; exact, although IMAP itself compares days. */
	since?: Date;
	/** Received before this time; exact. */
	before?: Date;
	/** Anywhere in headers and body. */
	text?: string;
	/** Newest first, at most this many, or `all`. Default 50. */
	limit?: number | 'all';
}

/** A message that was found, without its bytes. */
export interface MailboxHit extends MessageSummary {
	id: string;
	source: EmailSource;
	/** IMAP flags. */
	flags?: string[];
}

/** A folder as offered to the user. */
export interface MailboxFolder {
	/** What to give back to open it: IMAP path or Graph folder id. */
	id: string;
	/** Path for people, with the server's separator (`/` on Graph). */
	path: string;
	name: string;
	/** Role, e.g. `\\Inbox`, `\\Junk`; on Graph the well-known name. */
	specialUse?: string;
	messages?: number;
	unseen?: number;
}

/** Streams of single messages are for those who must not hold 140 MB in memory. */
export interface MailboxDownload {
	size?: number;
	receivedAt?: Date;
	source: EmailSource;
	id: string;
	stream: Readable;
}

import type { EmailSource } from '../email';
import type { MailboxDownload, MailboxHit, MailboxMessage } from './message';
import type { PollOptions, PollResult } from './polling';
import type { MessageReference } from './reference';

/**
 * A mailbox, whatever it speaks. Reading changes nothing in it. `State` is how far a folder was read: plain JSON, which a
 * mailbox checks when it comes back.
 *
 * All methods throw {@link MailboxError}.
 */
export interface Mailbox<State = unknown> {
	/**
	 * New messages of a folder since `state`, with the state to save once they were handed over; it is not changed itself.
	 * Undefined: first run. A state of another mailbox or folder is not used, and a warning says so.
	 */
	poll(state: State | undefined, options?: PollOptions): Promise<PollResult<State>>;
	/** The newest message that the filter lets through; undefined when there is none. Touches no state. */
	sample(options?: SampleOptions): Promise<MailboxMessage | undefined>;
	/**
	 * One message with its bytes.
	 *
	 * @throws MailboxError `MAILBOX_MESSAGE_MISSING`
	 */
	get(message: MessageReference, options?: MessageBounds): Promise<MailboxMessage>;
	/**
	 * One message as a stream, for those too large for memory: read it to its end or destroy it. It ends with the bytes
	 * that the bounds allow.
	 *
	 * @throws MailboxError `MAILBOX_MESSAGE_MISSING`; the stream may end with a MailboxError
	 */
	download(message: MessageReference, options?: MessageBounds): Promise<MailboxDownload>;
	/** Messages that match, newest first, without their bytes. */
	search(search: MailboxSearch, options?: SearchOptions): Promise<MailboxHit[]>;
	/** All folders that can be opened. */
	listFolders(options?: FolderListOptions): Promise<MailboxFolder[]>;
	/** Logs in for real and says what it found. */
	test(): Promise<MailboxTest>;
	/** Ends all connections. */
	close(): Promise<void>;
	/** What can be changed in the mailbox; absent where everything is read only. */
	readonly changes?: MailboxChanges;
}

/** What a mailbox changes only when it is told to. Each says where the message is then. */
export interface MailboxChanges {
	/**
	 * Marks it as read.
	 *
	 * @throws MailboxError `MAILBOX_MESSAGE_MISSING`
	 */
	markAsRead(message: MessageReference): Promise<EmailSource>;
	/**
	 * Adds flags (`\\Flagged`) or keywords (`$Phishing`), or removes them.
	 *
	 * @throws MailboxError `MAILBOX_MESSAGE_MISSING`
	 */
	flag(message: MessageReference, flags: readonly string[], action?: 'add' | 'remove'): Promise<EmailSource>;
	/**
	 * Moves it to another folder. Its new UID is known only where the server tells it.
	 *
	 * @throws MailboxError `MAILBOX_MESSAGE_MISSING`, `MAILBOX_FOLDER_MISSING`
	 */
	move(message: MessageReference, destination: string): Promise<EmailSource>;
}

/** What {@link Mailbox.sample} looks at. */
export type SampleOptions = Pick<PollOptions, 'folder' | 'maxMessageBytes' | 'filter'>;

/** How much of one message is read. */
export interface MessageBounds {
	/** Bytes of the message. Above: {@link Mailbox.get} gives its headers, `truncated`. Default 160 MiB. */
	maxMessageBytes?: number | undefined;
}

/** Where a mailbox is searched. */
export interface SearchOptions {
	/** IMAP path (default INBOX), or on Microsoft 365 a name, path or id (default: the whole mailbox). */
	folder?: string | undefined;
}

/** Options of `Mailbox.listFolders`. */
export interface FolderListOptions {
	/** Whether to count their messages. Costs one request a folder on IMAP; Microsoft 365 tells it anyway. */
	counts?: boolean | undefined;
	/** Told when there are more than can be listed (Microsoft 365: 10,000). */
	onTruncated?: (() => void) | undefined;
}

/** What a mailbox is searched for. All that is given must match. */
export interface MailboxSearch {
	from?: string | undefined;
	to?: string | undefined;
	subject?: string | undefined;
	/** Received at this time or later; exact, although IMAP itself compares days. */
	since?: Date | undefined;
	/** Received before this time; exact. */
	before?: Date | undefined;
	/** Anywhere in headers and body. */
	text?: string | undefined;
	/** Newest first, at most this many, or `all`. Default 50. */
	limit?: number | 'all' | undefined;
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

/** What a login found. */
export interface MailboxTest {
	/** `user@host`. */
	account: string;
	/** Folders that can be opened. */
	folders: MailboxFolder[];
	/** Messages in the inbox, where it was asked for (IMAP). */
	inboxMessages?: number;
	/** Whether the bytes of a message could be read (Microsoft 365); undefined when there is none to try. */
	canReadMessages?: boolean;
	/** The connection (IMAP). */
	port?: number;
	encrypted?: boolean;
	/** Name and version, where the server tells them (IMAP). */
	server?: string;
}

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

/** A file that the message links to instead of carrying it. */
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

/** A message that was found, without its bytes. */
export interface MailboxHit extends MessageSummary {
	id: string;
	source: EmailSource;
	/** IMAP flags. */
	flags?: string[];
}

/** Streams of single messages are for those who must not hold 140 MB in memory. */
export interface MailboxDownload {
	size?: number;
	receivedAt?: Date;
	source: EmailSource;
	id: string;
	stream: Readable;
}

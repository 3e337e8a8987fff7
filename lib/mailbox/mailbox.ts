import type { Readable } from 'node:stream';
import type { EmailSource } from '../email';

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
	failure?: { code: string; message: string };
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

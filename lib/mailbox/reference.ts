import type { EmailSource } from '../email';

/** Which message. A kind of mailbox refuses a form that it does not know with MAILBOX_CONFIGURATION. */
export type MessageReference =
	/** IMAP: its number in a folder (default INBOX), as of this UIDVALIDITY, when given. */
	| { uid: number; uidValidity?: string | undefined; folder?: string | undefined }
	/** The Message-ID of its header, with or without angle brackets. On IMAP within a folder (default INBOX). */
	| { messageId: string; folder?: string | undefined }
	/** Microsoft 365: Graph's immutable id. */
	| { id: string };

/** The reference to a message that a mailbox gave, in a poll, a search or a look-up; undefined when its source names none. */
export function referenceTo(source: Partial<EmailSource>): MessageReference | undefined {
	const { graphId, uid, uidValidity, folder } = source;
	if (typeof graphId === 'string' && graphId !== '') return { id: graphId };
	if (typeof folder !== 'string' || !Number.isInteger(uid)) return undefined;
	return { uid: uid!, folder, ...(uidValidity ? { uidValidity } : {}) };
}

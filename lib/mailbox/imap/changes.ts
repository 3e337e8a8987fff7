import type { EmailSource } from '../../email';
import { MailboxError } from '../errors';
import type { MailboxChanges } from '../mailbox';
import type { MessageReference } from '../reference';
import type { ImapConnection } from './connection';
import { findIn, imapReference } from './lookup';
import { sourceOf } from './messages';
import { accountName, INBOX, type ImapOptions } from './options';

/** Runs an action on the mailbox's connection, one after the other. */
export type Exclusively = <T>(action: (connection: ImapConnection) => Promise<T>) => Promise<T>;

/** The explicit actions: only they open a folder for writing. */
export class ImapChanges implements MailboxChanges {
	readonly #options: ImapOptions;
	readonly #exclusively: Exclusively;

	constructor(options: ImapOptions, exclusively: Exclusively) {
		this.#options = options;
		this.#exclusively = exclusively;
	}

	async markAsRead(message: MessageReference): Promise<EmailSource> {
		return await this.flag(message, ['\\Seen']);
	}

	async flag(
		message: MessageReference,
		flags: readonly string[],
		action: 'add' | 'remove' = 'add',
	): Promise<EmailSource> {
		return await this.#exclusively(async (connection) => {
			const { client } = connection;
			const { source } = await this.#change(connection, message, 'change the flags of a message', (uid) =>
				action === 'add'
					? client.messageFlagsAdd(uid, [...flags], { uid: true })
					: client.messageFlagsRemove(uid, [...flags], { uid: true }),
			);
			return source;
		});
	}

	async move(message: MessageReference, destination: string): Promise<EmailSource> {
		return await this.#exclusively(async (connection) => {
			// A missing target must be told as one, with near matches, before anything is touched.
			const target = await connection.examine(destination);
			const { capabilities } = connection.client;
			if (!capabilities.has('MOVE') && !capabilities.has('UIDPLUS')) {
				// It would take COPY, STORE and an EXPUNGE that removes whatever else is marked as deleted.
				throw new MailboxError(
					'MAILBOX_PROTOCOL',
					`The IMAP server cannot move a message safely: ${accountName(this.#options)}`,
					{ hint: 'The server supports neither MOVE (RFC 6851) nor UIDPLUS (RFC 4315).' },
				);
			}
			const { source, result } = await this.#change(connection, message, `move a message to '${destination}'`, (uid) =>
				connection.client.messageMove(uid, target.serverPath, { uid: true }),
			);
			const { uid: before, uidValidity: _uidValidity, ...rest } = source;
			const uid = result.uidMap?.get(before!);
			const now = { ...rest, folder: target.path };
			return uid === undefined ? now : { ...now, uid, uidValidity: target.uidValidity };
		});
	}

	async #change<T>(
		connection: ImapConnection,
		message: MessageReference,
		doing: string,
		action: (uid: string) => Promise<T | false | undefined>,
	): Promise<{ source: EmailSource; result: T }> {
		const reference = imapReference(this.#options, message);
		const folder = await connection.select(reference.folder ?? INBOX);
		try {
			// Courier says READ-ONLY, and then OK to a STORE that stores nothing.
			if (folder.readOnly) {
				throw new MailboxError(
					'MAILBOX_NOT_ALLOWED',
					`The IMAP server opens '${folder.path}' read-only and does not ${doing}: ${accountName(this.#options)}`,
					{ hint: 'Ask the administrator for access to this folder (ACL): the right to change it.' },
				);
			}
			// In the folder as it is open now: with EXAMINE, some servers number its messages otherwise.
			const meta = await findIn(connection, folder, reference);
			const result = await connection.run(doing, () => action(String(meta.uid)));
			if (result === false || result === undefined) {
				throw new MailboxError(
					'MAILBOX_PROTOCOL',
					`The IMAP server refused to ${doing}: ${accountName(this.#options)}`,
					{ hint: 'The folder may be read-only for this user, or the flag may not be allowed.' },
				);
			}
			return { source: sourceOf(folder, meta.uid, meta.emailId), result };
		} finally {
			// Nothing that follows may happen to a folder open for writing. Not by CLOSE: it would expunge what somebody
			// else has marked as deleted (RFC 9051 section 6.4.1).
			if (connection.usable) await connection.leave(folder.serverPath).catch(() => connection.abort());
		}
	}
}

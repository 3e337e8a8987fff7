import type { ListResponse } from 'imapflow';
import { MailboxError } from '../errors';
import type { MailboxFolder } from '../mailbox';
import { accountName, type ImapOptions } from './options';

/** Folders that can be opened, as offered to the user. */
export function toFolders(listed: readonly ListResponse[]): MailboxFolder[] {
	return listed.filter(isSelectable).map((folder) => ({
		id: folder.path,
		path: folder.path,
		name: folder.name,
		...(folder.specialUse ? { specialUse: folder.specialUse } : {}),
		...(folder.status?.messages === undefined ? {} : { messages: folder.status.messages }),
		...(folder.status?.unseen === undefined ? {} : { unseen: folder.status.unseen }),
	}));
}

/** False for names that only have folders below them. Attributes come in any case (RFC 9051 section 7.3.1): imap4d says \\NoSelect. */
export function isSelectable({ flags }: Pick<ListResponse, 'flags'>): boolean {
	return ![...flags].some((flag) => /^\\(?:noselect|nonexistent)$/i.test(flag));
}

/** Words of servers that have no response code for it: Cyrus and Courier. */
const NO_RIGHT =
	/permission denied|access denied|no permission|not permitted|insufficient (?:access|rights|permission)/i;

/**
 * A folder that is there and was not opened, as the server said it. A lock or a fault passes, and only words say what it is: it is
 * tried again.
 */
export function refusedFolder(refusal: MailboxError): MailboxError {
	if (refusal.code !== 'MAILBOX_PROTOCOL') return refusal;
	const { message, cause } = refusal;
	return NO_RIGHT.test(message)
		? new MailboxError('MAILBOX_NOT_ALLOWED', message, {
				cause,
				hint: 'Ask the administrator for access to this folder (ACL): the right to read it.',
				transient: true,
			})
		: new MailboxError('MAILBOX_PROTOCOL', message, {
				cause,
				hint: "The folder exists. The server's own words are above. n8n tries again at the next poll.",
				transient: true,
			});
}

/** MAILBOX_FOLDER_MISSING that names the folders which may be meant. */
export function missingFolder(
	path: string,
	listed: readonly ListResponse[],
	options: ImapOptions,
	cause: unknown,
): MailboxError {
	const near = nearest(
		path,
		toFolders(listed).map((folder) => folder.path),
	);
	return new MailboxError(
		'MAILBOX_FOLDER_MISSING',
		`There is no folder '${path.slice(0, 200)}' in the mailbox of ${accountName(options)}`,
		{
			cause,
			hint:
				near.length > 0
					? `Did you mean ${near.map((name) => `'${name}'`).join(' or ')}? It may have been renamed or removed.`
					: 'It may have been renamed or removed. Select a folder from the list.',
		},
	);
}

/** Up to three paths that resemble it: the same letters in another case, the same last part, or few edits away. */
export function nearest(path: string, paths: readonly string[]): string[] {
	const wanted = path.slice(0, 100).toLowerCase();
	return paths
		.map((candidate) => {
			const other = candidate.slice(0, 100).toLowerCase();
			const part = other.split(/[/.]/).at(-1)!;
			const samePart = part === wanted.split(/[/.]/).at(-1) || other.endsWith(wanted);
			const score = other === wanted ? 0 : samePart ? 0.5 : distance(wanted, other);
			return { candidate, score };
		})
		.filter(({ score }) => score <= Math.max(2, Math.floor(wanted.length / 3)))
		.sort((a, b) => a.score - b.score)
		.slice(0, 3)
		.map(({ candidate }) => candidate);
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
	let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const current = [i];
		for (let j = 1; j <= b.length; j++) {
			const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
			current.push(Math.min(substitution, previous[j]! + 1, current[j - 1]! + 1));
		}
		previous = current;
	}
	return previous[b.length]!;
}

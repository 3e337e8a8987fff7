import { EMAIL_LIMITS, WARNING_LIMITS } from '../limits';
import { MiB } from '../units';
import type { Attachment, Email, EmailWarning } from './email';
import { truncates } from './warnings';

export const FETCHED_IN_PART = 'fetched-in-part';

/** Codes of warnings that tell of something missing though `truncated` is not set. */
const MISSING: ReadonlySet<string> = new Set([
	'attachment-unread',
	'attachments-omitted',
	'encrypted',
	FETCHED_IN_PART,
	'message-in-pieces',
	'outlook-damaged',
	'outlook-unread',
	'raw-omitted',
	'smime-unread',
	'too-deep',
	'too-many-addresses',
	'too-many-warnings',
]);

/** Codes of warnings of an item that end when the whole message is fetched. What was made of the item before keeps its own. */
const UNTIL_FETCHED: ReadonlySet<string> = new Set([
	'attachments-left-out',
	FETCHED_IN_PART,
	'links-missing',
	'message-not-fetched',
	'partial',
	'raw-omitted',
]);

/** Whether a warning of an item says what is missing only as long as the whole message is not there. */
export function endsWhenFetched({ code }: EmailWarning): boolean {
	return UNTIL_FETCHED.has(code);
}

type Read = Pick<Email, 'truncated' | 'warnings'>;

/** Whether something of the message was not read, so that whatever is made of it lacks that, too. Bytes of files apart. */
export function isIncomplete({ truncated, warnings }: Read): boolean {
	return truncated || warnings.some(({ code }) => MISSING.has(code));
}

/** Those of its warnings that say what was not read. */
export function gapsOf({ warnings }: Pick<Read, 'warnings'>): EmailWarning[] {
	return warnings.filter(({ code }) => MISSING.has(code) || truncates(code));
}

/** Says that to those who see what was made of the message, and not the message. */
export const INCOMPLETE_WARNING: EmailWarning = {
	code: 'message-incomplete',
	message:
		'The message is incomplete, and so is the result. The other warnings say what is missing. If the item does not contain all bytes of the message, get it with the Mailbox Reader node. What exceeds a limit of the parser stays missing.',
};

/** Of a message of which only the beginning was fetched. */
export function partlyFetched(bytes: number): EmailWarning {
	return {
		code: FETCHED_IN_PART,
		message: `The message (${sizeOf(bytes)}) exceeds 'Max Message Size (MB)', so only its beginning was fetched. Increase the option, or get the message with the Mailbox Reader node.`,
	};
}

/** Of an item of output Simple that has no raw message: what it never holds is missing. */
export function rawOmitted(attachments: readonly NamedFile[]): EmailWarning {
	const files = attachments.length > 0 ? `, the bytes of the files ${fileList(attachments)}` : '';
	return {
		code: 'raw-omitted',
		message: `The item contains only a summary of the message (output Simple). Missing are headers other than From, To, Cc, Reply-To, Subject and Date, HTML in addition to text${files}. Switch on 'Include Raw Message' in the node that reads the mailbox, or get the message with the Mailbox Reader node first.`,
	};
}

/** Of attachments that an item of another node tells of and does not hold; `{}` for some without names. */
export function attachmentsNotLoaded(origin: string, attachments: readonly NamedFile[]): EmailWarning {
	const named = attachments.filter(({ fileName, partId }) => (fileName ?? partId) !== undefined);
	const files = named.length > 0 ? fileList(named) : 'their names are not in the item';
	return {
		code: 'attachments-omitted',
		message: `The message has attachments that the item (${origin}) does not contain: ${files}. Configure the previous node to download them into binary data, or to output the raw message (.eml).`,
	};
}

/**
 * Of attachments whose bytes a limit kept out: what did not happen for it, which files, why, and how to get them.
 *
 * @param consequence What did not happen, such as `Not uploaded`.
 */
export function attachmentsOmitted(
	consequence: string,
	attachments: readonly NamedFile[],
	email: Origin,
): EmailWarning {
	return {
		code: 'attachments-omitted',
		message: `${consequence}, because the item does not contain the bytes: ${fileList(attachments)}. ${howToGetBytes(email)}`,
	};
}

/** What tells why bytes are not here. */
type Origin = Partial<Pick<Email, 'partial' | 'raw' | 'source'>>;

/** How to get bytes of a message that are not here, by what keeps them out. */
export function howToGetBytes({ partial, raw, source }: Origin): string {
	if (raw !== undefined) return ABOVE_MEMORY;
	// Our own mailbox nodes name the mailbox; what other nodes put out does not.
	return partial === true && source?.mailbox === undefined ? OF_ANOTHER_NODE : WITHOUT_RAW;
}

const WITHOUT_RAW =
	"The item has no raw message. Switch on 'Include Raw Message' in the node that reads the mailbox and let the nodes in between pass binary data on, or get the message with the Mailbox Reader node first.";
const OF_ANOTHER_NODE =
	'The item does not contain the raw message. Configure the previous node to put the raw message, or at least its attachments, into binary data, or read the mailbox with a trigger or the Mailbox Reader node of this pack.';
const ABOVE_MEMORY = `A file above ${EMAIL_LIMITS.maxAttachmentBytes / MiB} MiB, or beyond ${EMAIL_LIMITS.maxTotalAttachmentBytes / MiB} MiB in total, is not kept in memory. Get it with the Mailbox Reader node (Get Attachments).`;

/** Whether an attachment has bytes, and they are not here. */
export function lacksBytes({ content, contentOmitted, size }: Attachment): boolean {
	return content === undefined && (contentOmitted === true || size > 0);
}

export interface NamedFile {
	fileName?: string;
	partId?: string;
	size?: number;
}

/** Names and sizes of files for a warning: `report.pdf (2.1 MB), part 3 (12 kB) and 4 more`. */
export function fileList(files: readonly NamedFile[]): string {
	const { maxNamedFiles, maxNameCharacters } = WARNING_LIMITS;
	const named = files.slice(0, maxNamedFiles).map(({ fileName, partId, size }) => {
		const name = fileName ?? `part ${partId ?? '?'}`;
		return `${name.slice(0, maxNameCharacters)}${size === undefined ? '' : ` (${sizeOf(size)})`}`;
	});
	const more = files.length - named.length;
	return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function sizeOf(bytes: number): string {
	return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

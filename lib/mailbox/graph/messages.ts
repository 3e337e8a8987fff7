import type { EmailAddress, EmailSource, EmailWarning } from '../../email';
import { compact, isRecord } from '../../json';
import type { GraphBytes } from '../../microsoft';
import { GRAPH_LIMITS, MAILBOX_LIMITS, WARNING_LIMITS } from '../../limits';
import { MailboxError } from '../errors';
import type { MailboxMessage, MessageLink, MessageSummary } from '../message';
import type { Queued } from './cursor';
import { segment, userPath, type GraphAccount } from './account';
import { GraphMailboxError } from './errors';
import { linkOf, rowsOf, type FolderPage } from './folders';

interface Recipient {
	emailAddress?: { address?: string; name?: string };
}

/** The fields of a message that we ask for. */
export interface MessageRow {
	id: string;
	subject?: string | null;
	internetMessageId?: string | null;
	sentDateTime?: string | null;
	receivedDateTime?: string | null;
	lastModifiedDateTime?: string | null;
	parentFolderId?: string | null;
	hasAttachments?: boolean;
	from?: Recipient | null;
	toRecipients?: Recipient[];
	internetMessageHeaders?: Array<{ name?: string; value?: string }>;
	'@removed'?: unknown;
}

/** Failures of the whole mailbox: trying other messages would not help. */
export const STOPS: ReadonlySet<string> = new Set([
	'MAILBOX_LOGIN_REFUSED',
	'MAILBOX_TLS',
	'MAILBOX_PROXY',
	'MAILBOX_THROTTLED',
	'MAILBOX_LIMIT',
	'MAILBOX_CONFIGURATION',
]);

export const SUMMARY_FIELDS = 'id,subject,from,toRecipients,internetMessageId,sentDateTime,receivedDateTime';

export const messagePath = (account: GraphAccount, id: string): string =>
	`${userPath(account)}/messages/${segment(id)}`;
const whereOf = (account: GraphAccount) => `a message of ${account.mailbox}`;

export function sourceOf(account: GraphAccount, id: string, folder?: string): EmailSource {
	return { kind: 'graph', mailbox: account.mailbox, ...(folder === undefined ? {} : { folder }), graphId: id };
}

export const dateOf = (text: unknown): Date | undefined => {
	const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
	return Number.isNaN(time) ? undefined : new Date(time);
};

export function summaryOf(row: MessageRow): MessageSummary {
	const date = dateOf(row.sentDateTime);
	const receivedAt = dateOf(row.receivedDateTime);
	return {
		from: addresses(row.from ? [row.from] : []),
		to: addresses(Array.isArray(row.toRecipients) ? row.toRecipients : []),
		subject: textOf(row.subject) ?? '',
		...compact({ messageId: textOf(row.internetMessageId) || undefined }),
		...(date === undefined ? {} : { date }),
		...(receivedAt === undefined ? {} : { receivedAt }),
		// Graph does not tell sizes.
		size: 0,
	};
}

function addresses(recipients: readonly Recipient[]): EmailAddress[] {
	return recipients.flatMap((recipient) => {
		const { emailAddress } = isRecord(recipient) ? (recipient as Recipient) : {};
		const address = textOf(emailAddress?.address);
		return address ? [{ address, ...compact({ name: textOf(emailAddress?.name) || undefined }) }] : [];
	});
}

/** What is no text is as if it were not there. */
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/**
 * The fields of a message.
 *
 * @throws MailboxError
 */
export async function getRow(account: GraphAccount, id: string, select: string, deadline: number): Promise<MessageRow> {
	const { body } = await account.get<MessageRow>({
		path: messagePath(account, id),
		query: { $select: select },
		where: whereOf(account),
		deadline,
	});
	if (typeof body.id === 'string') return body;
	throw new MailboxError('MAILBOX_UNAVAILABLE', `Microsoft Graph answered without the fields of ${whereOf(account)}`);
}

/** True where a row tells nothing that a filter could judge by. */
export const tellsNothing = (row: MessageRow): boolean =>
	row.subject === undefined && row.from === undefined && row.toRecipients === undefined;

/**
 * The first bytes of a message, as MIME. Exchange knows no message without a header: an answer without bytes is none, and is asked
 * for once more.
 *
 * @throws MailboxError `MAILBOX_UNAVAILABLE` for an answer that stays empty
 */
export async function readMime(
	account: GraphAccount,
	id: string,
	maxBytes: number,
	deadline: number,
): Promise<GraphBytes> {
	const request = { path: `${messagePath(account, id)}/$value`, where: whereOf(account), deadline };
	const first = await account.bytes(request, maxBytes);
	if (!isNoMessage(first.bytes)) return first;
	const second = await account.bytes(request, maxBytes);
	if (!isNoMessage(second.bytes)) return second;
	throw isMarkup(second.bytes) ? pageForMime(account) : emptyMime(account);
}

/** What came in place of a message, by its beginning; undefined for one. */
export const noMime = (account: GraphAccount, beginning: Buffer): MailboxError | undefined =>
	isMarkup(beginning) ? pageForMime(account) : beginning.length === 0 ? emptyMime(account) : undefined;

const isNoMessage = (bytes: Buffer): boolean => isBlank(bytes) || isMarkup(bytes);

/** A page of a proxy or a portal, whatever kind of content it is called: no header of a message begins so. */
const isMarkup = (bytes: Buffer): boolean =>
	/^(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|\?xml)\b/i.test(bytes.subarray(0, 256).toString('latin1'));

const pageForMime = (account: GraphAccount): MailboxError =>
	new MailboxError('MAILBOX_UNAVAILABLE', `A web page came in place of ${whereOf(account)}`, {
		hint: 'Something between here and Microsoft answered, usually a proxy. It is tried again.',
	});

/** Line ends alone are no message either. */
const isBlank = (bytes: Buffer): boolean => bytes.subarray(0, 64).toString('latin1').trim() === '' && bytes.length < 64;

const emptyMime = (account: GraphAccount): MailboxError =>
	new MailboxError('MAILBOX_UNAVAILABLE', `Microsoft Graph sent no bytes for ${whereOf(account)}`, {
		hint: 'Exchange lists the message, but its content was empty. Try again later.',
	});

/**
 * The bytes of a message that its row was read of: where Graph does not find them, that is no proof that it was deleted
 * (microsoftgraph/msgraph-sdk-dotnet#3080, microsoftgraph/msgraph-sdk-java#1225).
 */
export const contentMissing = (account: GraphAccount, { graphCodes }: GraphMailboxError): MailboxError =>
	new MailboxError(
		'MAILBOX_UNAVAILABLE',
		`Exchange lists ${whereOf(account)}, but does not find its content (${graphCodes.join(', ')})`,
		{ hint: 'Try again later.' },
	);

/**
 * One message with its MIME bytes. Exchange does not store MIME, it builds it anew: the bytes need not be those that
 * were received, and a DKIM signature may fail on them.
 */
export async function fetchMessage(
	account: GraphAccount,
	queued: Queued,
	folder: string | undefined,
	maxMessageBytes: number,
	deadline: number,
): Promise<MailboxMessage> {
	const [id, receivedAt, links] = queued;
	const readUpTo = Math.max(maxMessageBytes, MAILBOX_LIMITS.maxHeaderBytes);
	const { bytes, truncated, size } = await readMime(account, id, readUpTo, deadline);
	const tooLarge = truncated || bytes.length > maxMessageBytes;
	const { references, warnings } = links === undefined ? NO_LINKS : await referenceLinks(account, id, deadline);
	return {
		id,
		source: sourceOf(account, id, folder),
		size: size ?? (truncated ? 0 : bytes.length),
		...(receivedAt === 0 ? {} : { receivedAt: new Date(receivedAt * 1000) }),
		raw: tooLarge ? headerBlock(bytes) : bytes,
		truncated: tooLarge,
		...(references.length === 0 ? {} : { links: references }),
		...(warnings.length === 0 ? {} : { warnings }),
	};
}

/** A copy, so that the rest of a large message can be collected. */
function headerBlock(bytes: Buffer): Buffer {
	const head = bytes.subarray(0, MAILBOX_LIMITS.maxHeaderBytes);
	const ends = [head.indexOf('\r\n\r\n'), head.indexOf('\n\n')].filter((at) => at !== -1);
	return Buffer.from(ends.length === 0 ? head : head.subarray(0, Math.min(...ends) + 2));
}

interface AttachmentRow {
	'@odata.type'?: string;
	id: string;
	name?: string | null;
	contentType?: string | null;
	size?: number;
	isInline?: boolean;
	sourceUrl?: string | null;
}

/** An attachment as Graph lists it, without its bytes. */
export interface GraphAttachment {
	id: string;
	/** `item`: an attached message, event or contact. `reference`: a link to a file in a cloud; it has no bytes. */
	kind: 'file' | 'item' | 'reference';
	name: string;
	contentType?: string;
	size?: number;
	inline: boolean;
	/** Of a reference, where Graph tells it. */
	url?: string;
}

const KINDS: ReadonlyMap<unknown, GraphAttachment['kind']> = new Map([
	['#microsoft.graph.fileAttachment', 'file'],
	['#microsoft.graph.itemAttachment', 'item'],
	['#microsoft.graph.referenceAttachment', 'reference'],
]);

/** The attachments of a message, without their bytes. */
export interface GraphAttachmentList {
	attachments: GraphAttachment[];
	/** There are more than were listed. */
	truncated: boolean;
}

/** Attachments without their bytes: `$select` keeps contentBytes out of the answer. */
export async function listAttachments(
	account: GraphAccount,
	id: string,
	deadline: number,
): Promise<GraphAttachmentList> {
	const found: GraphAttachment[] = [];
	let path = `${messagePath(account, id)}/attachments`;
	let query: Record<string, string> | undefined = { $select: 'id,name,contentType,size,isInline' };
	for (let pages = 0; pages < GRAPH_LIMITS.maxAttachmentPages; pages++) {
		const { body } = await account.get<FolderPage<AttachmentRow>>({
			path,
			...(query ? { query } : {}),
			where: whereOf(account),
			deadline,
		});
		for (const row of rowsOf(account, body)) {
			found.push({
				id: row.id,
				kind: KINDS.get(row['@odata.type']) ?? 'file',
				name: textOf(row.name) ?? '',
				inline: row.isInline === true,
				...compact({
					contentType: textOf(row.contentType) || undefined,
					size: typeof row.size === 'number' ? row.size : undefined,
					url: textOf(row.sourceUrl) || undefined,
				}),
			});
		}
		const next = linkOf(account, body['@odata.nextLink']);
		if (next === undefined) return { attachments: found, truncated: false };
		path = next;
		query = undefined;
	}
	return { attachments: found, truncated: true };
}

interface Links {
	references: MessageLink[];
	warnings: EmailWarning[];
}
const NO_LINKS: Links = { references: [], warnings: [] };

/**
 * Links to files in a cloud: they are not in the MIME bytes. The message is here already: when Graph does not list
 * its attachments, it goes on without the links.
 *
 * @throws MailboxError of the kinds in {@link STOPS}
 */
async function referenceLinks(account: GraphAccount, id: string, deadline: number): Promise<Links> {
	try {
		const { attachments, truncated } = await listAttachments(account, id, deadline);
		const references = attachments
			.filter(({ kind }) => kind === 'reference')
			.map(({ name, url }) => ({ name, ...(url === undefined ? {} : { url }) }));
		const message = `Links to attached cloud files may be missing, because only the first ${attachments.length} attachments were checked.`;
		return { references, warnings: truncated ? [{ code: 'links-missing', message }] : [] };
	} catch (error) {
		if (!(error instanceof MailboxError) || STOPS.has(error.code)) throw error;
		const message = `Links to attached cloud files may be missing, because their list could not be read: ${error.message.slice(0, WARNING_LIMITS.maxQuotedCharacters)} (${error.code}). Get the message again later with the Mailbox Reader node.`;
		return { references: [], warnings: [{ code: 'links-missing', message }] };
	}
}

/** The folder that a message is in; undefined when it is not there any more. */
export async function folderOf(account: GraphAccount, id: string, deadline: number): Promise<string | undefined> {
	try {
		return (await getRow(account, id, 'id,parentFolderId', deadline)).parentFolderId ?? undefined;
	} catch (error) {
		if (error instanceof GraphMailboxError && error.isGone) return undefined;
		throw error;
	}
}

/** Whether the bytes of a message can be had at present; undefined when it is not there. */
export async function isReadable(account: GraphAccount, id: string, deadline: number): Promise<boolean | undefined> {
	try {
		await readMime(account, id, 1, deadline);
		return true;
	} catch (error) {
		if (!(error instanceof MailboxError) || STOPS.has(error.code)) throw error;
		return error instanceof GraphMailboxError && error.isGone ? undefined : false;
	}
}

/** The header of a message whose MIME cannot be had; empty when its fields cannot be had either. */
export async function headersOf(account: GraphAccount, id: string, deadline: number): Promise<Buffer> {
	try {
		return headerOf(await getRow(account, id, 'id,receivedDateTime,internetMessageHeaders', deadline));
	} catch (error) {
		if (!(error instanceof MailboxError) || STOPS.has(error.code)) throw error;
		return Buffer.alloc(0);
	}
}

/** The header of a message whose MIME could not be built, from the fields that Graph keeps of it. */
function headerOf(row: MessageRow): Buffer {
	const rows: unknown = row.internetMessageHeaders;
	const lines = (Array.isArray(rows) ? (rows as unknown[]) : []).flatMap((header) => {
		if (!isRecord(header)) return [];
		const { name, value } = header;
		if (typeof name !== 'string' || !/^[\w-]{1,200}$/.test(name)) return [];
		return [`${name}: ${(typeof value === 'string' ? value : '').replace(/[\r\n]+/g, ' ')}\r\n`];
	});
	return Buffer.from(lines.join('') + (lines.length > 0 ? '\r\n' : ''), 'utf8').subarray(
		0,
		MAILBOX_LIMITS.maxHeaderBytes,
	);
}

import { isRecord } from '../../json';
import { GRAPH_LIMITS } from '../../limits';
import { MailboxError } from '../errors';
import type { GraphFolderState, Page, Row } from './cursor';
import { folderPath, type GraphAccount } from './account';
import { rowsOf, type FolderPage } from './folders';
import { dateOf, type MessageRow } from './messages';

const ROW_FIELDS = 'id,receivedDateTime,lastModifiedDateTime,hasAttachments';
/** Rows of a page by lastModifiedDateTime; it is asked for by `$top`. */
const MODIFIED_PAGE = 50;

/** Rows among which a message is looked for that can be read. */
const NEWEST = 20;

export interface PageRequest {
	/** For error texts. */
	folder: string;
	deadline: number;
	/** Of a full round: the one order that the delta query has. */
	newestFirst: boolean;
}

/**
 * The page that the cursor points at. Rounds have no filter: Exchange would cut them at 5,000 messages, and would
 * never show older mail that is moved in.
 */
export async function fetchPage(account: GraphAccount, state: GraphFolderState, request: PageRequest): Promise<Page> {
	const { body, serverTime } = await account.get<FolderPage<MessageRow> & { '@odata.deltaLink'?: string }>({
		...(state.link === '' ? firstOf(account, state, request.newestFirst) : { path: state.link }),
		// A preference holds for one request: a link does not carry it.
		...(state.method === 'delta' ? { prefer: [`odata.maxpagesize=${GRAPH_LIMITS.pageSize}`] } : {}),
		where: `${account.mailbox}, folder ${request.folder.slice(0, 80)}`,
		deadline: request.deadline,
	});
	const nextLink = body['@odata.nextLink'];
	const deltaLink = body['@odata.deltaLink'];
	if (state.method === 'delta' && !nextLink && !deltaLink) throw leadsNowhere(account);
	return pageOf(account, body, serverTime);
}

/** The page of the second look that `link`, or else `look.from` leads to. */
export async function fetchLookPage(
	account: GraphAccount,
	{ folderId, look }: GraphFolderState,
	link: string | undefined,
	request: Pick<PageRequest, 'folder' | 'deadline'>,
): Promise<Page> {
	const { body, serverTime } = await account.get<FolderPage<MessageRow>>({
		...(link === undefined ? modifiedSince(account, folderId, look?.from ?? 0, GRAPH_LIMITS.pageSize) : { path: link }),
		where: `${account.mailbox}, folder ${request.folder.slice(0, 80)}`,
		deadline: request.deadline,
	});
	return pageOf(account, body, serverTime);
}

/** The next page of the list that a full round is compared with, the newest first. */
export async function fetchCheckPage(
	account: GraphAccount,
	{ folderId, unchecked }: GraphFolderState,
	request: Pick<PageRequest, 'folder' | 'deadline'>,
): Promise<Page> {
	const { floor, until = 0 } = unchecked ?? {};
	const { body, serverTime } = await account.get<FolderPage<MessageRow>>({
		path: `${folderPath(account, folderId)}/messages`,
		query: {
			$select: ROW_FIELDS,
			$filter: [
				...(floor === undefined ? [] : [`receivedDateTime ge ${timeOf(floor)}`]),
				`receivedDateTime le ${timeOf(until)}`,
			].join(' and '),
			$orderby: 'receivedDateTime desc',
			$top: GRAPH_LIMITS.pageSize,
		},
		where: `${account.mailbox}, folder ${request.folder.slice(0, 80)}`,
		deadline: request.deadline,
	});
	return pageOf(account, body, serverTime);
}

/** The messages of a folder that were received last, by id; a few. */
export async function newestIds(
	account: GraphAccount,
	folderId: string,
	request: Pick<PageRequest, 'folder' | 'deadline'>,
): Promise<string[]> {
	const { body } = await account.get<FolderPage<MessageRow>>({
		path: `${folderPath(account, folderId)}/messages`,
		query: { $select: 'id', $orderby: 'receivedDateTime desc', $top: NEWEST },
		where: `${account.mailbox}, folder ${request.folder.slice(0, 80)}`,
		deadline: request.deadline,
	});
	return rowsOf(account, body)
		.flatMap(rowOf)
		.map(({ id }) => id);
}

/** @throws MailboxError `MAILBOX_PROTOCOL` for what is no page */
function pageOf(
	account: GraphAccount,
	body: FolderPage<MessageRow> & { '@odata.deltaLink'?: string },
	serverTime: number,
): Page {
	const nextLink = linkOf(account, body['@odata.nextLink']);
	const deltaLink = linkOf(account, body['@odata.deltaLink']);
	if (!Array.isArray(body.value)) throw leadsNowhere(account);
	const rows = body.value.flatMap(rowOf);
	return {
		rows,
		unreadable: body.value.length - rows.length,
		...(nextLink === undefined ? {} : { nextLink }),
		...(deltaLink === undefined ? {} : { deltaLink }),
		serverTime: Math.floor(serverTime / 1000),
	};
}

/** Absent and empty are the same. */
function linkOf(account: GraphAccount, link: unknown): string | undefined {
	if (link === undefined || link === null || link === '') return undefined;
	if (typeof link !== 'string') throw leadsNowhere(account);
	return link;
}

export function leadsNowhere(account: GraphAccount): MailboxError {
	return new MailboxError(
		'MAILBOX_PROTOCOL',
		`Microsoft Graph sent a page of ${account.mailbox} whose link to the next page is not valid`,
		{
			transient: true,
		},
	);
}

function firstOf(account: GraphAccount, state: GraphFolderState, newestFirst: boolean) {
	const folder = folderPath(account, state.folderId);
	if (state.method === 'delta') {
		const order = newestFirst ? { $orderby: 'receivedDateTime desc' } : {};
		return { path: `${folder}/messages/delta`, query: { $select: ROW_FIELDS, changeType: 'created', ...order } };
	}
	return modifiedSince(account, state.folderId, state.mark?.from ?? 0, MODIFIED_PAGE);
}

/** `from` in seconds since the epoch. */
function modifiedSince(account: GraphAccount, folderId: string, from: number, rows: number) {
	return {
		path: `${folderPath(account, folderId)}/messages`,
		query: {
			$select: ROW_FIELDS,
			// What is sorted by must stand in the filter first, or Exchange answers InefficientFilter.
			$filter: `lastModifiedDateTime ge ${timeOf(from)}`,
			$orderby: 'lastModifiedDateTime asc',
			$top: rows,
		},
	};
}

/** From seconds since the epoch. */
const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

function rowOf(row: MessageRow | null): Row[] {
	if (!isRecord(row) || typeof row.id !== 'string' || row.id === '') return [];
	return [
		{
			id: row.id,
			removed: row['@removed'] !== undefined,
			hasAttachments: row.hasAttachments === true,
			...seconds('receivedAt', row.receivedDateTime),
			...seconds('modifiedAt', row.lastModifiedDateTime),
		},
	];
}

function seconds<K extends 'receivedAt' | 'modifiedAt'>(
	key: K,
	text: string | null | undefined,
): Partial<Record<K, number>> {
	const date = dateOf(text);
	return date === undefined ? {} : ({ [key]: Math.floor(date.getTime() / 1000) } as Record<K, number>);
}

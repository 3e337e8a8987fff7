import { GRAPH_LIMITS } from '../../limits';
import { MailboxError } from '../errors';
import type { GraphFolderState, Page, Row } from './cursor';
import { folderPath, type GraphAccount } from './account';
import type { FolderPage } from './folders';
import { dateOf, type MessageRow } from './messages';

const ROW_FIELDS = 'id,receivedDateTime,lastModifiedDateTime,hasAttachments';
/** Rows of a page by lastModifiedDateTime; it is asked for by `$top`. */
const MODIFIED_PAGE = 50;

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
	if (!Array.isArray(body.value) || (state.method === 'delta' && !nextLink && !deltaLink)) throw leadsNowhere(account);
	return {
		rows: body.value.flatMap(rowOf),
		...(nextLink === undefined ? {} : { nextLink }),
		...(deltaLink === undefined ? {} : { deltaLink }),
		serverTime: Math.floor(serverTime / 1000),
	};
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
	const from = new Date((state.mark?.from ?? 0) * 1000).toISOString().replace('.000Z', 'Z');
	return {
		path: `${folder}/messages`,
		query: {
			$select: ROW_FIELDS,
			// What is sorted by must stand in the filter first, or Exchange answers InefficientFilter.
			$filter: `lastModifiedDateTime ge ${from}`,
			$orderby: 'lastModifiedDateTime asc',
			$top: MODIFIED_PAGE,
		},
	};
}

function rowOf(row: MessageRow): Row[] {
	if (typeof row.id !== 'string') return [];
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

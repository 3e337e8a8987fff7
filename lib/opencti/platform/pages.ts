import { nodesOf, type Connection } from '../documents';

/** Nodes of one page. */
const PAGE_SIZE = 500;

/** The nodes of all pages of an answer, up to a limit: a platform that never ends its pages is not waited for. */
export async function allPages<T>(
	maxPages: number,
	read: (page: { first: number; after?: string }) => Promise<Connection<T> | null>,
): Promise<T[]> {
	const nodes: T[] = [];
	let after: string | undefined;
	for (let page = 0; page < maxPages; page++) {
		const connection = await read({ first: PAGE_SIZE, ...(after === undefined ? {} : { after }) });
		nodes.push(...nodesOf(connection));
		after = connection?.pageInfo?.endCursor ?? undefined;
		if (connection?.pageInfo?.hasNextPage !== true || after === undefined) break;
	}
	return nodes;
}

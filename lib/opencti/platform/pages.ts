import { nodesOf, type Connection } from '../documents';

/** Nodes of one page. */
const PAGE_SIZE = 500;

type Read<T> = (page: { first: number; after?: string }) => Promise<Connection<T> | null>;

/** The nodes of all pages of an answer, up to a limit: a platform that never ends its pages is not waited for. */
export async function allPages<T>(maxPages: number, read: Read<T>): Promise<T[]> {
	return (await pagesUpTo(maxPages, read)).nodes;
}

/** The same, and whether there are no more. */
export async function pagesUpTo<T>(maxPages: number, read: Read<T>): Promise<{ nodes: T[]; isWhole: boolean }> {
	const nodes: T[] = [];
	let after: string | undefined;
	for (let page = 0; page < maxPages; page++) {
		const connection = await read({ first: PAGE_SIZE, ...(after === undefined ? {} : { after }) });
		nodes.push(...nodesOf(connection));
		after = connection?.pageInfo?.endCursor ?? undefined;
		if (connection?.pageInfo?.hasNextPage !== true || after === undefined) return { nodes, isWhole: true };
	}
	return { nodes, isWhole: false };
}

import type { LabFolder, LabMailbox } from './exchange';
import { compares, filterOf, LabRefusal, paged, queryOf, selectOf } from './odata';

const FOLDER_FIELDS = [
	'id',
	'displayName',
	'parentFolderId',
	'childFolderCount',
	'totalItemCount',
	'unreadItemCount',
	'isHidden',
];

/** By id or well-known name. */
export function findFolder(mailbox: LabMailbox, id: string): LabFolder {
	const folder = [...mailbox.folders.values()].find((one) => one.id === id || one.wellKnown === id.toLowerCase());
	if (folder !== undefined) return folder;
	throw /^[A-Za-z0-9_+/=-]+$/.test(id)
		? new LabRefusal(404, 'ErrorItemNotFound', 'The specified object was not found in the store.')
		: new LabRefusal(400, 'ErrorInvalidIdMalformed', 'Id is malformed.');
}

/** One folder. */
export function showFolder(mailbox: LabMailbox, folder: LabFolder, url: URL): unknown {
	return folderRow(mailbox, folder, selectOf(queryOf(url, ['$select']).$select, 'mailFolder', FOLDER_FIELDS));
}

/** Folders in the parent, or at the top. */
export function listFolders(mailbox: LabMailbox, parent: LabFolder | undefined, url: URL): unknown {
	const query = queryOf(url, ['$select', '$top', '$skip', '$filter', 'includeHiddenFolders']);
	let folders = mailbox.children(parent?.id, query.includeHiddenFolders === 'true');
	for (const comparison of query.$filter === undefined ? [] : filterOf(query.$filter)) {
		if (comparison.property !== 'displayName')
			throw new LabRefusal(400, 'ErrorInvalidUrlQuery', 'Only displayName can be filtered by.');
		folders = folders.filter(({ displayName }) => compares(displayName, comparison));
	}
	const select = selectOf(query.$select, 'mailFolder', FOLDER_FIELDS);
	return paged(folders, query, url, (folder) => folderRow(mailbox, folder, select));
}

function folderRow(mailbox: LabMailbox, folder: LabFolder, select: readonly string[]): Record<string, unknown> {
	const values: Record<string, unknown> = {
		id: folder.id,
		displayName: folder.displayName,
		parentFolderId: folder.parentId,
		childFolderCount: mailbox.children(folder.id, false).length,
		totalItemCount: folder.members.size,
		unreadItemCount: folder.members.size,
		isHidden: folder.hidden,
	};
	return Object.fromEntries(select.map((field) => [field, values[field]]));
}

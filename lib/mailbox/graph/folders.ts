import { compact, isRecord } from '../../json';
import { GRAPH_LIMITS } from '../../limits';
import { MailboxError } from '../errors';
import type { MailboxFolder } from '../mailbox';
import type { GraphAnswer } from '../../microsoft';
import { folderPath, userPath, type GraphAccount } from './account';
import { GraphMailboxError } from './errors';

/** Names that Exchange knows in every language: learn.microsoft.com/graph/api/resources/mailfolder. */
const WELL_KNOWN = new Set([
	'inbox',
	'archive',
	'deleteditems',
	'drafts',
	'sentitems',
	'junkemail',
	'outbox',
	'clutter',
	'conflicts',
	'conversationhistory',
	'localfailures',
	'msgfolderroot',
	'recoverableitemsdeletions',
	'scheduled',
	'searchfolders',
	'serverfailures',
	'syncissues',
]);
/** Every mailbox has these: that one of them is not found passes. */
const ALWAYS_THERE = new Set(['inbox', 'drafts', 'sentitems', 'deleteditems']);
/** Those that are worth a mark in a list of folders. */
const MARKED = ['inbox', 'junkemail', 'deleteditems', 'sentitems', 'archive', 'drafts'];

interface FolderRow {
	id: string;
	displayName?: string;
	childFolderCount?: number;
	totalItemCount?: number;
	unreadItemCount?: number;
}

export interface FolderPage<T> {
	value?: T[];
	'@odata.nextLink'?: string;
}

/**
 * The rows of a list. An answer without one is not an empty list.
 *
 * @throws MailboxError `MAILBOX_PROTOCOL`
 */
export function rowsOf<T>({ mailbox }: GraphAccount, { value }: FolderPage<T>): T[] {
	// What has no id cannot be asked for.
	if (Array.isArray(value)) return value.filter((row) => isRecord(row) && typeof row.id === 'string' && row.id !== '');
	throw new MailboxError('MAILBOX_PROTOCOL', `Microsoft Graph sent a list of ${mailbox} that cannot be read`, {
		transient: true,
	});
}

/** Absent and empty are the same. */
export function linkOf(account: GraphAccount, link: unknown): string | undefined {
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

const FIELDS = 'id,displayName,childFolderCount,totalItemCount,unreadItemCount';

export interface ResolvedFolder {
	id: string;
	/** Milliseconds since the epoch. */
	serverTime: number;
}

/**
 * The id of a folder: a well-known name (`inbox`), a path (`Inbox/Reports/2026`, a slash in a name written `\/`), or
 * an id. A path begins below the mailbox's root; its first name may be a well-known one. Ids survive renaming.
 *
 * @throws MailboxError `MAILBOX_FOLDER_MISSING`, which names the folders that are there
 */
export async function resolveFolder(account: GraphAccount, folder: string, deadline: number): Promise<ResolvedFolder> {
	const names = segmentsOf(folder);
	const wellKnown = names[0]!.toLowerCase();
	if (names.length === 1 && !WELL_KNOWN.has(wellKnown) && looksLikeId(folder.trim())) {
		const answer = await byId(account, folder.trim(), deadline);
		if (answer !== undefined) return { id: answer.body.id, serverTime: answer.serverTime };
	}
	let current: GraphAnswer<FolderRow> | undefined;
	let rest = names;
	if (WELL_KNOWN.has(wellKnown)) {
		current = await byId(account, wellKnown, deadline);
		if (current !== undefined) rest = names.slice(1);
	}
	for (const [depth, name] of rest.entries()) {
		const parent: string | undefined = current?.body.id;
		current = await childByName(account, parent, name, deadline);
		const bare = name.trim().toLowerCase();
		if (current === undefined && parent === undefined && bare !== wellKnown && WELL_KNOWN.has(bare))
			current = await byId(account, bare, deadline);
		current ??= await childListed(account, parent, name, deadline);
		if (current === undefined && depth === 0 && parent === undefined && ALWAYS_THERE.has(wellKnown))
			throw notFoundNow(account, wellKnown);
		if (current === undefined)
			throw await missing(account, folder, parent, names.slice(0, names.length - rest.length + depth + 1), deadline);
	}
	if (current === undefined) throw await missing(account, folder, undefined, names, deadline);
	return { id: current.body.id, serverTime: current.serverTime };
}

/** All folders with their paths, parents before children; `truncated` when the list was cut. */
export async function listFolders(
	account: GraphAccount,
	deadline: number,
): Promise<{ folders: MailboxFolder[]; truncated: boolean }> {
	const roles = await wellKnownIds(account, deadline);
	const folders: MailboxFolder[] = [];
	const waiting: Array<{ id?: string; path: string }> = [{ path: '' }];
	for (let parent = waiting.shift(); parent !== undefined; parent = waiting.shift()) {
		for await (const row of children(account, parent.id, deadline)) {
			if (folders.length >= GRAPH_LIMITS.maxFolders) return { folders: byPath(folders), truncated: true };
			const name = typeof row.displayName === 'string' ? row.displayName : '';
			const path = `${parent.path}${escaped(name)}`;
			const specialUse = roles.get(row.id);
			folders.push({
				id: row.id,
				path,
				name,
				...(specialUse === undefined ? {} : { specialUse }),
				...compact({ messages: numberOf(row.totalItemCount), unseen: numberOf(row.unreadItemCount) }),
			});
			if ((row.childFolderCount ?? 0) > 0) waiting.push({ id: row.id, path: `${path}/` });
		}
	}
	return { folders: byPath(folders), truncated: false };
}

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

const byPath = (folders: MailboxFolder[]) => folders.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));

async function wellKnownIds(account: GraphAccount, deadline: number): Promise<Map<string, string>> {
	const ids = new Map<string, string>();
	await Promise.all(
		MARKED.map(async (name) => {
			const answer = await byId(account, name, deadline);
			if (answer !== undefined) ids.set(answer.body.id, name);
		}),
	);
	return ids;
}

async function byId(account: GraphAccount, id: string, deadline: number): Promise<GraphAnswer<FolderRow> | undefined> {
	let answer: GraphAnswer<FolderRow>;
	try {
		answer = await account.get<FolderRow>({
			path: folderPath(account, id),
			query: { $select: FIELDS },
			where: `${account.mailbox}, folder ${id.slice(0, 40)}`,
			deadline,
		});
	} catch (error) {
		if (
			error instanceof GraphMailboxError &&
			(error.isGone || error.isMalformedId || error.graphCodes.includes('errorfoldernotfound'))
		)
			return undefined;
		throw error;
	}
	if (typeof answer.body.id === 'string' && answer.body.id !== '') return answer;
	throw new MailboxError(
		'MAILBOX_PROTOCOL',
		`Microsoft Graph sent a folder of ${account.mailbox} that cannot be read`,
		{
			transient: true,
		},
	);
}

/** The folder of that name as it is written, else without the spaces around it. */
async function childByName(
	account: GraphAccount,
	parent: string | undefined,
	name: string,
	deadline: number,
): Promise<GraphAnswer<FolderRow> | undefined> {
	const found = await childNamed(account, parent, name, deadline);
	const trimmed = name.trim();
	if (found !== undefined || trimmed === name || trimmed === '') return found;
	return await childNamed(account, parent, trimmed, deadline);
}

/** The folder of that name; names differ by more than case only in other clients, so an exact match comes first. */
async function childNamed(
	account: GraphAccount,
	parent: string | undefined,
	name: string,
	deadline: number,
): Promise<GraphAnswer<FolderRow> | undefined> {
	const answer = await account.get<FolderPage<FolderRow>>({
		path: parent === undefined ? `${userPath(account)}/mailFolders` : `${folderPath(account, parent)}/childFolders`,
		query: { $filter: `displayName eq '${name.replaceAll("'", "''")}'`, $select: FIELDS, includeHiddenFolders: 'true' },
		where: `${account.mailbox}, folder ${name.slice(0, 80)}`,
		deadline,
	});
	const row = named(rowsOf(account, answer.body), name);
	return row === undefined ? undefined : { body: row, serverTime: answer.serverTime };
}

/** The folder of that name among those that are listed: that a question for a name finds none is not believed. */
async function childListed(
	account: GraphAccount,
	parent: string | undefined,
	name: string,
	deadline: number,
): Promise<GraphAnswer<FolderRow> | undefined> {
	const rows: FolderRow[] = [];
	for await (const row of children(account, parent, deadline)) if (rows.push(row) >= GRAPH_LIMITS.maxFolders) break;
	const found = named(rows, name) ?? named(rows, name.trim());
	return found && (await byId(account, found.id, deadline));
}

/** What is answered is compared: a condition may be ignored. */
function named(rows: readonly FolderRow[], name: string): FolderRow | undefined {
	const plain = (text: unknown) =>
		typeof text === 'string' ? text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase() : undefined;
	const sought = plain(name);
	return (
		rows.find(({ displayName }) => displayName === name) ??
		rows.find(({ displayName }) => plain(displayName) === sought)
	);
}

const notFoundNow = ({ mailbox }: GraphAccount, folder: string): MailboxError =>
	new MailboxError(
		'MAILBOX_UNAVAILABLE',
		`Exchange does not find the folder '${folder}' of ${mailbox}, which every mailbox has`,
		{
			hint: 'No action is needed. The next poll asks for it again.',
		},
	);

async function* children(
	account: GraphAccount,
	parent: string | undefined,
	deadline: number,
): AsyncGenerator<FolderRow> {
	let path = parent === undefined ? `${userPath(account)}/mailFolders` : `${folderPath(account, parent)}/childFolders`;
	let query: Record<string, string | number> | undefined = { $select: FIELDS, $top: 100 };
	const visited = new Set<string>();
	for (;;) {
		const { body } = await account.get<FolderPage<FolderRow>>({
			path,
			...(query ? { query } : {}),
			where: `the folders of ${account.mailbox}`,
			deadline,
		});
		yield* rowsOf(account, body);
		const next = linkOf(account, body['@odata.nextLink']);
		// A link that leads back would never end.
		if (next === undefined || visited.has(next)) return;
		visited.add(next);
		path = next;
		query = undefined;
	}
}

async function missing(
	account: GraphAccount,
	folder: string,
	parent: string | undefined,
	upTo: string[],
	deadline: number,
): Promise<MailboxError> {
	const names: string[] = [];
	try {
		for await (const { displayName } of children(account, parent, deadline))
			if (typeof displayName === 'string' && names.push(displayName) >= 20) break;
	} catch {
		// The names are a help, not the answer.
	}
	const place = parent === undefined ? 'the mailbox' : `'${upTo.slice(0, -1).join('/')}'`;
	return new MailboxError(
		'MAILBOX_FOLDER_MISSING',
		`The folder '${folder.slice(0, 200)}' is not in ${account.mailbox}`,
		{
			hint:
				names.length === 0
					? "Select the folder from the list, or enter its path, such as 'Inbox/Reports'."
					: `In ${place} there are: ${names.join(', ')}.`,
		},
	);
}

/** Folder ids are Base64 of 100 characters and more, without spaces; nobody names a folder so. */
const looksLikeId = (text: string) => text.length >= 60 && /^[A-Za-z0-9+/=_-]+$/.test(text);

/**
 * A name as a segment of a path: a slash in it has a backslash before it, and so has a backslash that stands before a slash
 * or at the end. Any other backslash is one.
 */
const escaped = (name: string): string =>
	name
		.split('/')
		.map((part) => part + '\\'.repeat(endingBackslashes(part)))
		.join('\\/');

function endingBackslashes(text: string): number {
	let count = 0;
	while (text.at(-1 - count) === '\\') count++;
	return count;
}

/** The names of a path, as they are: spaces around a name may belong to it. Nothing is the inbox. */
function segmentsOf(path: string): string[] {
	const names = [''];
	const add = (text: string) => names.push(names.pop()! + text);
	let backslashes = 0;
	for (const [part] of path.matchAll(/\\+|\/|[^\\/]+/g)) {
		if (part.startsWith('\\')) {
			backslashes = part.length;
			continue;
		}
		add('\\'.repeat(part === '/' ? Math.floor(backslashes / 2) : backslashes));
		if (part !== '/' || backslashes % 2 === 1) add(part);
		else names.push('');
		backslashes = 0;
	}
	add('\\'.repeat(Math.ceil(backslashes / 2)));
	const filled = names.filter((name) => name.trim() !== '');
	return filled.length === 0 ? ['inbox'] : filled;
}

import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import type { MailboxHit, MailboxSearch } from '../../../lib/mailbox';
import { READER_LIMITS } from '../../../lib/limits';
import { decidingText } from '../../shared/decidingText';
import { chosenFolder, emptyFolderNotice, folderProperty } from '../../shared/folders';
import { shownFor } from '../../shared/operation';
import { timeOption } from '../../shared/timeOption';
import { limitOf, limitProperties } from '../limit';
import type { Mailboxes } from '../connection';
import { imapFolderProperty } from './selection';

/** Exchange answers a search for words with no more than this. */
const GRAPH_MOST = 1000;

export const option: INodePropertyOptions = {
	name: 'Search',
	value: 'search',
	action: 'Search messages',
	description: 'Find messages by sender, recipient, subject, text and time, newest first, without their bytes',
};

const anyFolder = folderProperty(
	{ displayName: 'By Name or Path', name: 'path', placeholder: 'e.g. inbox/Phishing' },
	'',
);

const timeProperties: Record<'before' | 'since', INodeProperties> = {
	before: {
		displayName: 'Received Before',
		name: 'before',
		type: 'dateTime',
		default: '',
		description: "Without a zone, the workflow's is meant",
	},
	since: {
		displayName: 'Received Since',
		name: 'since',
		type: 'dateTime',
		default: '',
		description: "Without a zone, the workflow's is meant",
	},
};

export const description = shownFor({ resource: ['message'], operation: ['search'] }, [
	{
		...imapFolderProperty,
		description: 'Folder to search',
		displayOptions: { show: { connection: ['gmail', 'imap'] } },
	},
	emptyFolderNotice({ connection: ['gmail', 'imap'] }),
	{
		...anyFolder,
		required: false,
		description: 'Folder to search. Empty: the whole mailbox.',
		displayOptions: { show: { connection: ['graph'] } },
	},
	...limitProperties,
	{
		displayName: 'Search For',
		name: 'criteria',
		type: 'collection',
		placeholder: 'Add condition',
		default: {},
		description: 'All of it must match. Nothing: every message.',
		options: [
			timeProperties.before,
			timeProperties.since,
			{
				displayName: 'Recipient',
				name: 'to',
				type: 'string',
				default: '',
				placeholder: 'e.g. ceo@example.com',
				description: 'Words of a To address',
			},
			{
				displayName: 'Sender',
				name: 'from',
				type: 'string',
				default: '',
				placeholder: 'e.g. example.org',
				description: 'Words of the From address or name',
			},
			{
				displayName: 'Subject',
				name: 'subject',
				type: 'string',
				default: '',
				placeholder: 'e.g. invoice',
			},
			{
				displayName: 'Text',
				name: 'text',
				type: 'string',
				default: '',
				description: 'Words anywhere in header or body',
			},
		],
	},
]);

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
): Promise<INodeExecutionData[]> {
	const search = criteria(context, itemIndex);
	const hits =
		mailboxes.connection === 'graph'
			? await searchGraph(context, itemIndex, mailboxes, search)
			: await searchImap(context, itemIndex, mailboxes, search);
	return hits.map((hit) => ({ json: hitJson(hit) }));
}

function criteria(context: IExecuteFunctions, itemIndex: number): MailboxSearch {
	const raw = context.getNodeParameter('criteria', itemIndex, {}) as Record<string, unknown>;
	const given = (name: string) => raw[name] !== undefined && raw[name] !== null && raw[name] !== '';
	const words = ['from', 'to', 'subject', 'text'].filter(given).map((name) => [name, String(raw[name])]);
	const times = Object.entries(timeProperties)
		.filter(([name]) => given(name))
		.map(([name, property]) => [name, timeOption(context, property, raw[name])]);
	return { ...(Object.fromEntries([...words, ...times]) as MailboxSearch), limit: limitOf(context, itemIndex) };
}

async function searchImap(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
	search: MailboxSearch,
): Promise<MailboxHit[]> {
	const folder = chosenFolder(context.getNodeParameter('folder', itemIndex, '', { extractValue: true }));
	return await (await mailboxes.imap(itemIndex)).search(folder, search);
}

async function searchGraph(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
	search: MailboxSearch,
): Promise<MailboxHit[]> {
	// An expression that gives nothing must not search the whole mailbox.
	const folder = decidingText(context, anyFolder, itemIndex, { extractValue: true });
	const mailbox = await mailboxes.graph(itemIndex);
	const { budgetMs } = READER_LIMITS;
	const hits = await mailbox.search(search, { budgetMs, ...(folder === '' ? {} : { folder }) });
	const { limit: _limit, since: _since, before: _before, ...words } = search;
	if (hits.length >= GRAPH_MOST && Object.keys(words).length > 0) {
		context.addExecutionHints({
			message: `Microsoft 365 finds at most ${GRAPH_MOST} messages by words: there may be older ones. Search within shorter times.`,
			location: 'outputPane',
		});
	}
	return hits;
}

function hitJson({ date, receivedAt, ...hit }: MailboxHit): IDataObject {
	return {
		...hit,
		date: date?.toISOString(),
		receivedAt: receivedAt?.toISOString(),
	};
}

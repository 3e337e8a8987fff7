import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import { hitJson, mayHaveMissed } from '../../../lib/flow';
import type { MailboxSearch } from '../../../lib/mailbox';
import { addressings } from '../../shared/connections';
import { decidingText } from '../../shared/decidingText';
import { chosenFolder, emptyFolderNotice } from '../../shared/folders';
import { shownFor } from '../../shared/operation';
import { timeOption } from '../../shared/timeOption';
import { limitOf, limitProperties } from '../limit';
import type { Mailboxes } from '../connection';

export const option: INodePropertyOptions = {
	name: 'Search',
	value: 'search',
	action: 'Search messages',
	description: 'Find messages by sender, recipient, subject, text and time, newest first, without the raw messages',
};

/** The folder to search; where one must be chosen, a notice says when none is. */
const folderProperties = [...addressings].flatMap(([{ searchFolder }, connection]) => [
	{ ...searchFolder, displayOptions: { show: { connection } } },
	...(searchFolder.required ? [emptyFolderNotice({ connection })] : []),
]);

const timeProperties: Record<'before' | 'since', INodeProperties> = {
	before: {
		displayName: 'Received Before',
		name: 'before',
		type: 'dateTime',
		default: '',
		description: "A time without a time zone is in the workflow's time zone",
	},
	since: {
		displayName: 'Received Since',
		name: 'since',
		type: 'dateTime',
		default: '',
		description: "A time without a time zone is in the workflow's time zone",
	},
};

export const description = shownFor({ resource: ['message'], operation: ['search'] }, [
	...folderProperties,
	...limitProperties,
	{
		displayName: 'Search For',
		name: 'criteria',
		type: 'collection',
		placeholder: 'Add condition',
		default: {},
		description: 'Conditions for the search. A message must meet all of them. Leave empty to find all messages.',
		options: [
			timeProperties.before,
			timeProperties.since,
			{
				displayName: 'Recipient',
				name: 'to',
				type: 'string',
				default: '',
				placeholder: 'e.g. ceo@example.com',
				description: 'Words in a To address',
			},
			{
				displayName: 'Sender',
				name: 'from',
				type: 'string',
				default: '',
				placeholder: 'e.g. example.org',
				description: 'Words in the From address or name',
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
				description: 'Words anywhere in the headers or the body',
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
	const folder = folderOf(context, itemIndex, mailboxes);
	const mailbox = await mailboxes.of(itemIndex);
	const hits = await mailbox.search(search, { folder });
	const { name, mostByWords } = mailboxes.connection;
	if (mayHaveMissed(hits, search, mostByWords)) {
		context.addExecutionHints({
			message: `${name} finds at most ${mostByWords} messages when it searches for words. There may be older ones: search a shorter time range.`,
			location: 'outputPane',
		});
	}
	return hits.map((hit) => ({ json: hitJson(hit) as IDataObject }));
}

/** Undefined: the whole mailbox. An expression that gives nothing must not mean that. */
function folderOf(context: IExecuteFunctions, itemIndex: number, { connection }: Mailboxes): string | undefined {
	const { searchFolder } = connection.addressing;
	const extractValue = true;
	if (searchFolder.required) return chosenFolder(context.getNodeParameter('folder', itemIndex, '', { extractValue }));
	return decidingText(context, searchFolder, itemIndex, { extractValue }) || undefined;
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

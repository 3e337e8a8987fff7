import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import { READER_DEFAULTS } from '../../../lib/defaults';
import { fetchedAttachments, type AttachmentChoice } from '../../../lib/flow';
import { SETTING_LIMITS } from '../../../lib/limits';
import { storedFiles } from '../../shared/flowItem';
import { foundNothing } from '../../shared/items';
import { numberOption } from '../../shared/numberOption';
import { shownFor } from '../../shared/operation';
import { orStillMissing } from '../../shared/unfetched';
import type { Mailboxes } from '../connection';
import { isOfItem, selectionProperties, selectMessage, textParameter } from './selection';

export const option: INodePropertyOptions = {
	name: 'Get Attachments',
	value: 'getAttachments',
	action: 'Get attachments of a message',
	description: 'Get one or all attachments of a message as one item each',
};

// A name by itself: the lint rule for defaults reads no others.
const { attachmentNumber } = READER_DEFAULTS;

const indexProperty: INodeProperties = {
	displayName: 'Number',
	name: 'index',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: SETTING_LIMITS.maxCount },
	required: true,
	default: attachmentNumber,
	description: 'Position in the list of attachments of the item, starting at 0',
	displayOptions: { show: { attachmentBy: ['index'] } },
};

export const description = [
	...selectionProperties(['getAttachments']),
	...shownFor({ resource: ['message'], operation: ['getAttachments'] }, [
		{
			displayName: 'Attachment',
			name: 'attachmentBy',
			type: 'options',
			options: [
				{ name: 'All', value: 'all' },
				{ name: 'By File Name', value: 'fileName' },
				{
					name: 'By Number',
					value: 'index',
					description: 'Position in the list of attachments of the item, starting at 0',
				},
				{ name: 'By SHA-256', value: 'sha256' },
			],
			default: 'all',
		},
		{
			displayName: 'File Name',
			name: 'fileName',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. invoice.pdf',
			displayOptions: { show: { attachmentBy: ['fileName'] } },
		},
		indexProperty,
		{
			displayName: 'SHA-256',
			name: 'sha256',
			type: 'string',
			required: true,
			default: '',
			displayOptions: { show: { attachmentBy: ['sha256'] } },
		},
		{
			displayName: 'Put Output in Field',
			name: 'binaryProperty',
			type: 'string',
			required: true,
			default: 'data',
			hint: 'The name of the output binary field to put the file in',
		},
	]),
];

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
): Promise<INodeExecutionData | INodeExecutionData[]> {
	const ask = async () => await attachmentsOf(context, itemIndex, mailboxes);
	return isOfItem(context, itemIndex) ? await orStillMissing(context, itemIndex, ask) : await ask();
}

async function attachmentsOf(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
): Promise<INodeExecutionData[]> {
	const field = context.getNodeParameter('binaryProperty', itemIndex);
	const choice = choiceOf(context, itemIndex);
	const { mailbox, message } = await selectMessage(context, itemIndex, mailboxes);
	const { items, gaps } = await fetchedAttachments(mailbox, message, choice);
	if (items.length === 0 && gaps.length > 0) foundNothing(context, itemIndex, gaps);
	return await Promise.all(
		items.map(async ({ json, file }) => ({
			json: json as IDataObject,
			...(file === undefined ? {} : { binary: await storedFiles(context, { [String(field)]: file }) }),
		})),
	);
}

function choiceOf(context: IExecuteFunctions, itemIndex: number): AttachmentChoice {
	const by = context.getNodeParameter('attachmentBy', itemIndex) as AttachmentChoice['by'];
	if (by === 'all') return { by };
	if (by !== 'index') return { by, value: textParameter(context, by, itemIndex) };
	return { by, value: numberOption(indexProperty, context.getNodeParameter(indexProperty.name, itemIndex)) };
}

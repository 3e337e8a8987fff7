import type {
	IBinaryData,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodePropertyOptions,
} from 'n8n-workflow';
import { fetchedItem, withMessage } from '../../../lib/flow';
import { attachmentRuleProperties, attachmentRules } from '../../shared/attachmentRules';
import { storedFiles } from '../../shared/flowItem';
import { shownFor } from '../../shared/operation';
import { includeRawProperty, outputOf, outputProperty } from '../../shared/triggerOptions';
import { orStillMissing } from '../../shared/unfetched';
import type { Mailboxes } from '../connection';
import { isOfItem, selectionProperties, selectMessage } from './selection';

export const option: INodePropertyOptions = {
	name: 'Get',
	value: 'get',
	action: 'Get a message',
	description: 'Get one message of any size as an email item, with the raw message (.eml) in binary data',
};

export const description = [
	...selectionProperties(['get']),
	...shownFor({ resource: ['message'], operation: ['get'] }, [
		outputProperty,
		includeRawProperty,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				attachmentRuleProperties.types,
				{
					displayName: 'Include Attachments',
					name: 'attachments',
					type: 'boolean',
					default: false,
					description: 'Whether to put each attachment into binary data, in addition to the raw message',
				},
				attachmentRuleProperties.maxSize,
				attachmentRuleProperties.maxNumber,
			],
		},
	]),
];

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
): Promise<INodeExecutionData> {
	const ask = async () => await get(context, itemIndex, mailboxes);
	return isOfItem(context, itemIndex) ? await orStillMissing(context, itemIndex, ask) : await ask();
}

async function get(context: IExecuteFunctions, itemIndex: number, mailboxes: Mailboxes): Promise<INodeExecutionData> {
	const output = outputOf(context.getNodeParameter(outputProperty.name, itemIndex, outputProperty.default));
	const includeRaw = context.getNodeParameter(includeRawProperty.name, itemIndex, includeRawProperty.default) !== false;
	const attachments = attachmentRules(context.getNodeParameter('options', itemIndex, {}));
	const { mailbox, message } = await selectMessage(context, itemIndex, mailboxes);
	let streamed: IBinaryData | undefined;
	const item = await fetchedItem(mailbox, message, {
		output,
		includeRaw,
		attachments,
		keep: async (stream) => {
			streamed = await context.helpers.prepareBinaryData(stream, 'message.eml', 'message/rfc822');
			const { id, data } = streamed;
			// Where n8n keeps binary data in memory there is no id.
			return { input: id === undefined ? Buffer.from(data, 'base64') : await context.helpers.getBinaryStream(id) };
		},
	});
	const files = {
		...(streamed === undefined ? {} : { email: streamed }),
		...(await storedFiles(context, item.files)),
	};
	if (!isOfItem(context, itemIndex)) return { json: item.json as IDataObject, binary: files };
	const { json: before, binary } = context.getInputData()[itemIndex]!;
	return { json: withMessage(before, item.json) as IDataObject, binary: { ...binary, ...files } };
}

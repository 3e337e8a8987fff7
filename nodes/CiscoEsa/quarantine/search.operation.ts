import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { withOverview, type EsaClient, type QuarantineFields, type QuarantineType } from '../../../lib/esa';
import type { HuntWarning } from '../../../lib/hunt';
import { conditions } from '../../shared/jsonParameter';
import { numberOption } from '../../shared/numberOption';
import { listOf, shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import { givenWindow, maxRowsOption, windowOf, windowProperties } from '../../shared/huntParameters';
import { rowItems } from '../../shared/huntResult';
import { typeProperty } from './selection';

export const option: INodePropertyOptions = {
	name: 'Search',
	value: 'search',
	action: 'Search messages in quarantine',
	description: 'Find messages that are held in quarantine and output one item for each',
};

export const description = shownFor({ resource: ['quarantine'], operation: ['search'] }, [
	typeProperty,
	{
		displayName: 'Quarantine Names',
		name: 'quarantines',
		type: 'string',
		required: true,
		default: 'Policy, Virus, Outbreak, File Analysis, Unclassified',
		displayOptions: { show: { quarantineType: ['pvo'] } },
		description: 'Names of the quarantines to search, as shown on the appliance, separated by commas',
	},
	...windowProperties,
	{
		displayName: 'Fields',
		name: 'fields',
		type: 'collection',
		placeholder: 'Add field',
		default: {},
		description: 'Conditions for the search. A message must meet all of them.',
		options: [
			{
				displayName: 'Attachment Name',
				name: 'attachmentName',
				type: 'string',
				default: '',
				description: 'Name of an attachment. Not available for the spam quarantine.',
			},
			{
				displayName: 'Recipient',
				name: 'recipient',
				type: 'string',
				default: '',
				description: 'Recipient of the envelope',
			},
			{
				displayName: 'Sender',
				name: 'sender',
				type: 'string',
				default: '',
				description: 'Sender of the envelope. In the spam quarantine, the From header.',
			},
			{
				displayName: 'Subject',
				name: 'subject',
				type: 'string',
				default: '',
				description: 'Subject of the message. In the spam quarantine, search by sender or by subject, not by both.',
			},
			{
				displayName: 'Text Operator',
				name: 'operator',
				type: 'options',
				options: [
					{ name: 'Begins With', value: 'begins_with' },
					{ name: 'Contains', value: 'contains' },
					{ name: 'Ends With', value: 'ends_with' },
					{ name: 'Is', value: 'is' },
				],
				default: 'contains',
				description: 'How recipient, sender and subject are compared',
			},
		],
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [maxRowsOption],
	},
]);

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: EsaClient,
): Promise<INodeExecutionData[]> {
	const type = context.getNodeParameter('quarantineType', itemIndex) as QuarantineType;
	const { maxRows } = context.getNodeParameter('options', itemIndex, {}) as { maxRows?: unknown };
	const fields = context.getNodeParameter('fields', itemIndex, {}) as QuarantineFields;
	const needed = [...givenWindow(context, itemIndex), ...(Object.values(fields) as unknown[])];
	const record = passedOn(context, itemIndex, ...needed);
	if (record !== undefined) return [record];
	const signal = context.getExecutionCancelSignal?.();
	const { rows, truncated, unreadable } = await client.searchQuarantine(
		{
			type,
			...windowOf(context, itemIndex),
			...(type === 'pvo' ? { quarantines: listOf(context.getNodeParameter('quarantines', itemIndex)) } : {}),
			fields: conditions(context, 'fields', itemIndex),
		},
		{ maxRows: numberOption(maxRowsOption, maxRows), signal },
	);
	const gaps = [
		...(truncated
			? [`Reading stopped after ${rows.length} messages in quarantine. There may be more: increase 'Max Rows'.`]
			: []),
		...(unreadable > 0 ? [`${unreadable} rows were not in the format of the API and were left out.`] : []),
	].map((message): HuntWarning => ({ code: 'hunt-incomplete', message }));
	for (const { message } of gaps) context.logger.warn(`${context.getNode().name}: ${message}`);
	const messages = rows.map(({ mid, attributes }) => withOverview(attributes, { mid, quarantineType: type }));
	return rowItems(context, itemIndex, messages, gaps);
}

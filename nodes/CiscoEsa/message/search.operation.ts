import type { IExecuteFunctions, INodeExecutionData, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { HUNT_DEFAULTS } from '../../../lib/defaults';
import type { EsaBundleOptions, EsaClient, SearchFields } from '../../../lib/esa';
import { ESA_LIMITS } from '../../../lib/limits';
import { conditions } from '../../shared/jsonParameter';
import { numberOption } from '../../shared/numberOption';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import {
	customObjectsOption,
	maxRowsOption,
	outputProperty,
	stixVersionOption,
	windowOf,
	windowProperties,
} from '../parameters';
import { resultItems, type Output } from '../result';

export const option: INodePropertyOptions = {
	name: 'Search',
	value: 'search',
	action: 'Search messages by fields',
	description: 'Find messages by sender, recipient, subject and other fields, as the appliance finds them',
};

const TEXTS = {
	attachmentName: 'Attachment Name',
	domain: 'Sender Domain',
	recipient: 'Recipient',
	sender: 'Sender',
	subject: 'Subject',
};

const textFields = Object.entries(TEXTS).map(([name, displayName]): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	description: 'Compared as Text Operator says',
}));

// A name by itself: the lint rule for defaults reads no others.
const { mid } = HUNT_DEFAULTS;

/** 0 is no MID: the field is there, and asks for none. */
const midField: INodeProperties = {
	displayName: 'MID',
	name: 'mid',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: ESA_LIMITS.maxMid },
	default: mid,
	description: 'The number of the message on the appliance',
};

export const description = shownFor({ resource: ['message'], operation: ['search'] }, [
	...windowProperties,
	outputProperty,
	{
		displayName: 'Fields',
		name: 'fields',
		type: 'collection',
		placeholder: 'Add field',
		default: {},
		description: 'All that are given have to hold',
		options: [
			...textFields,
			{
				displayName: 'Delivery Status',
				name: 'deliveryStatus',
				type: 'options',
				options: ['Aborted', 'Bounced', 'Delivered', 'Dropped'].map((name) => ({ name, value: name.toUpperCase() })),
				default: 'DELIVERED',
			},
			{
				displayName: 'Direction',
				name: 'direction',
				type: 'options',
				options: [
					{ name: 'Incoming', value: 'incoming' },
					{ name: 'Outgoing', value: 'outgoing' },
				],
				default: 'incoming',
			},
			{
				displayName: 'Message-ID',
				name: 'messageId',
				type: 'string',
				default: '',
				placeholder: '<ID@example.com>',
				description: 'As in the header, with angle brackets',
			},
			midField,
			{ displayName: 'Sender IP', name: 'senderIp', type: 'string', default: '', description: 'IPv4 or IPv6 address' },
			{ displayName: 'SHA-256', name: 'sha256', type: 'string', default: '', description: 'Hash of an attachment' },
			{
				displayName: 'Text Operator',
				name: 'textOperator',
				type: 'options',
				options: [
					{ name: 'Begins With', value: 'begins_with' },
					{ name: 'Contains', value: 'contains' },
					{ name: 'Is', value: 'is' },
				],
				default: 'is',
				description: 'How texts are compared. The appliance ignores upper and lower case.',
			},
		],
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			customObjectsOption,
			maxRowsOption,
			{
				displayName: 'Rejected Connections',
				name: 'rejectedConnections',
				type: 'boolean',
				default: false,
				description: 'Whether to search connections that were refused, instead of messages',
			},
			stixVersionOption,
		],
	},
]);

interface Options extends EsaBundleOptions {
	maxRows?: unknown;
	rejectedConnections?: boolean;
}

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: EsaClient | undefined,
): Promise<INodeExecutionData[]> {
	const output = context.getNodeParameter('output', itemIndex) as Output;
	const raw = context.getNodeParameter('fields', itemIndex, {}) as Record<string, string | number>;
	const window = ['start', 'stop'].map((name) => context.getNodeParameter(name, itemIndex));
	// A field that is to come from the message and does not would widen the search to everything.
	const record = passedOn(context, itemIndex, ...window, ...Object.values(raw));
	if (record !== undefined) return [record];
	const given = { ...conditions(context, 'fields', itemIndex), mid: numberOption(midField, raw[midField.name]) };
	const { maxRows, rejectedConnections, ...bundle } = context.getNodeParameter('options', itemIndex, {}) as Options;
	const { textOperator = 'is', ...fields }: Record<string, string | number> = given;
	const compared = Object.entries(fields)
		.filter(([, value]) => value !== '' && value !== mid)
		.map(([name, value]) => [name, name in TEXTS ? { operator: textOperator, value } : value]);
	const search: SearchFields = {
		...(Object.fromEntries(compared) as Partial<SearchFields>),
		...windowOf(context, itemIndex),
		...(rejectedConnections ? { rejectedConnections } : {}),
	};
	const { rows, warnings, truncated } = await client!.search(search, { maxRows: numberOption(maxRowsOption, maxRows) });
	return resultItems(context, itemIndex, rows, output, bundle, { warnings, gaps: warnings, truncated });
}

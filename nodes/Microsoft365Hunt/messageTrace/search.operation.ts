import type { IExecuteFunctions, INodeExecutionData, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { MessageTraceClient, TRACE_STATUSES } from '../../../lib/microsoftHunt';
import { resultItems } from '../../shared/huntResult';
import { forEachItemWith } from '../../shared/items';
import { shownFor } from '../../shared/operation';
import { connecting } from '../connection';
import { searchProperties, searchSettings, textField } from '../parameters';

export const option: INodePropertyOptions = {
	name: 'Search',
	value: 'search',
	action: 'Search messages in message trace',
	description: 'Find messages by sender, recipient, subject and other fields',
};

const STATUS_NAMES: Readonly<Record<(typeof TRACE_STATUSES)[number], string>> = {
	gettingStatus: 'Getting Status',
	pending: 'Pending',
	failed: 'Failed',
	delivered: 'Delivered',
	expanded: 'Expanded',
	quarantined: 'Quarantined',
	filteredAsSpam: 'Filtered as Spam',
	recalled: 'Recalled',
};

const fields: INodeProperties[] = [
	textField('Message-ID', 'messageId', {
		placeholder: '<ID@example.com>',
		description: 'Message-ID from the header, with angle brackets',
	}),
	textField('Network Message ID', 'networkMessageId', { description: "Microsoft's ID of the message" }),
	textField('Recipient', 'recipient'),
	textField('Sender', 'sender'),
	textField('Sender IP', 'senderIp', { description: 'IPv4 or IPv6 address' }),
	{
		displayName: 'Status',
		name: 'status',
		type: 'options',
		options: [...TRACE_STATUSES]
			.map((value) => ({ name: STATUS_NAMES[value], value }))
			.sort((a, b) => (a.name < b.name ? -1 : 1)),
		default: 'delivered',
		description: 'What became of the message',
	},
	textField('Subject', 'subject', { description: 'Part of the subject' }),
];

export const description = shownFor(
	{ resource: ['messageTrace'], operation: ['search'] },
	searchProperties(fields, []),
);

export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const connect = connecting((options) => new MessageTraceClient(options));
	return await forEachItemWith<MessageTraceClient>(
		context,
		async (itemIndex, clients) => await connect(context, itemIndex, clients),
		async (itemIndex, client) => {
			const settings = searchSettings(context, itemIndex);
			if (settings.record !== undefined) return settings.record;
			const { output, view, reading } = settings;
			const signal = context.getExecutionCancelSignal?.();
			const found = await client.search(settings.fields, { ...reading, signal });
			const { rows, warnings, truncated } = found;
			return resultItems(context, itemIndex, output, 'search', { rows, warnings, about: { truncated } }, view);
		},
	);
}

import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { DefenderClient } from '../../../lib/microsoftHunt';
import { resultItems } from '../../shared/huntResult';
import { forEachItemWith } from '../../shared/items';
import { shownFor } from '../../shared/operation';
import { connecting } from '../connection';
import { detailsOption, searchProperties, searchSettings, textField } from '../parameters';

export const option: INodePropertyOptions = {
	name: 'Search',
	value: 'search',
	action: 'Search messages in Defender',
	description: 'Find messages by sender, recipient, link, attachment and other fields',
};

const fields = [
	textField('Attachment Name', 'fileName', { description: 'Part of the name of an attachment' }),
	textField('Domain', 'domain', { description: 'Domain of the sender, or host name of a link' }),
	textField('Envelope Sender', 'sender'),
	textField('From', 'from', { description: 'Address in the From header' }),
	textField('Message-ID', 'messageId', {
		placeholder: '<ID@example.com>',
		description: 'Message-ID from the header, with angle brackets',
	}),
	textField('Network Message ID', 'networkMessageId', { description: "Microsoft's ID of the message" }),
	textField('Recipient', 'recipient'),
	textField('Sender IP', 'senderIp', { description: 'IPv4 or IPv6 address' }),
	textField('SHA-256', 'sha256', { description: 'Hash of an attachment. Defender usually does not know it.' }),
	textField('Subject', 'subject', { description: 'Part of the subject' }),
	textField('Threat', 'threat', { description: 'Part of the verdict, such as Phish, Malware or Spam' }),
	textField('URL', 'url', { description: 'A link, as it stands in the message' }),
];

export const description = shownFor(
	{ resource: ['defender'], operation: ['search'] },
	searchProperties(fields, [detailsOption]),
);

export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const connect = connecting((options) => new DefenderClient(options));
	return await forEachItemWith<DefenderClient>(
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

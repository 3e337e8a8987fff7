import type { INodeProperties, IPollFunctions } from 'n8n-workflow';
import { messageFilter, type PollOptions } from '../../lib/mailbox';
import { attachmentRuleProperties, attachmentRules } from './attachmentRules';
import type { EmailItemOptions } from './emailItem';
import { chosenFolder } from './folders';
import { messageFilterRules } from './messageFilters';

const MB = 1_000_000;

/** What every mailbox trigger lets the user choose, with its defaults. */
export interface TriggerOptions {
	poll: PollOptions;
	item: EmailItemOptions;
}

/** Reads the parameters that every mailbox trigger has. Throws MAILBOX_CONFIGURATION for an expression that is none. */
export function triggerOptions(context: IPollFunctions): TriggerOptions {
	const raw = context.getNodeParameter('options', {}) as Record<string, unknown>;
	const filter = messageFilter(messageFilterRules(context.getNodeParameter('filters', {}) as Record<string, unknown>));
	const number = (name: string, fallback: number) => (typeof raw[name] === 'number' ? raw[name] : fallback);
	const string = (name: string, fallback: string) =>
		typeof raw[name] === 'string' && raw[name] !== '' ? raw[name] : fallback;
	return {
		poll: {
			folder: chosenFolder(context.getNodeParameter('folder', '', { extractValue: true })),
			cap: number('messagesPerPoll', 50),
			firstRunCap: number('firstRunLimit', 500),
			firstRunLookBack: string('firstRunLookBack', 'P30D'),
			order: raw.order === 'newest' ? 'newest' : 'oldest',
			maxMessageBytes: number('maxMessageSize', 25) * MB,
			...(filter ? { filter } : {}),
		},
		item: {
			output: context.getNodeParameter('output', 'full') === 'simple' ? 'simple' : 'full',
			rawLimitBytes: number('rawLimit', 1) * MB,
			attachments: attachmentRules(raw),
		},
	};
}

/** What an item holds in JSON. */
export const outputProperty: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{ name: 'Full Email', value: 'full', description: 'Everything that was read, with headers, parts and hashes' },
		{
			name: 'Simple',
			value: 'simple',
			description: 'Sender, recipients, subject, dates, text and names of attachments',
		},
	],
	default: 'full',
	description: 'What the item holds. The raw message in binary data is the same.',
};

export const triggerOptionsProperty: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		attachmentRuleProperties.types,
		{
			displayName: 'First Run Limit',
			name: 'firstRunLimit',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 500,
			description: 'Max number of messages to take from the time before the first poll. The newest are taken.',
		},
		{
			displayName: 'First Run Look-Back',
			name: 'firstRunLookBack',
			type: 'string',
			default: 'P30D',
			placeholder: 'e.g. P7D',
			description: 'How far back the first poll reads, as an ISO 8601 duration. PT0S starts with the next message.',
		},
		{
			displayName: 'Include Attachments',
			name: 'attachments',
			type: 'boolean',
			default: false,
			description:
				'Whether to put each attachment into binary data, beside the raw message. Nodes of this pack read them from the raw message anyway.',
		},
		attachmentRuleProperties.maxSize,
		attachmentRuleProperties.maxNumber,
		{
			displayName: 'Max Message Size (MB)',
			name: 'maxMessageSize',
			type: 'number',
			typeOptions: { minValue: 0.1, numberPrecision: 1 },
			default: 25,
			description: 'Of a larger message only the headers are read. It is delivered, marked as truncated.',
		},
		{
			displayName: 'Max Messages per Poll',
			name: 'messagesPerPoll',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 50,
			description: 'What is left over comes with the next polls',
		},
		{
			displayName: 'Order',
			name: 'order',
			type: 'options',
			options: [
				{ name: 'Newest First', value: 'newest' },
				{ name: 'Oldest First', value: 'oldest' },
			],
			default: 'oldest',
			description: 'Which messages come first when there are more than one poll takes. No message is lost either way.',
		},
		{
			displayName: 'Raw Message Limit (MB)',
			name: 'rawLimit',
			type: 'number',
			typeOptions: { minValue: 0, numberPrecision: 1 },
			default: 1,
			description:
				'Up to this size the raw message (.eml) travels with the item. Above it, use the Mailbox Reader node to fetch it.',
		},
	],
};

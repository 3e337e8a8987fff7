import type { INodeProperties, IPollFunctions } from 'n8n-workflow';
import { POLL_DEFAULTS, TRIGGER_DEFAULTS } from '../../lib/defaults';
import { MEGABYTE_LIMITS, SETTING_LIMITS } from '../../lib/limits';
import { messageFilter, type PollOptions } from '../../lib/mailbox';
import type { Analyse } from '../../lib/reported';
import { analyseProperty } from './analysis';
import { attachmentRuleProperties, attachmentRules } from './attachmentRules';
import { choiceOption } from './choices';
import type { EmailItemOptions } from './emailItem';
import { chosenFolder } from './folders';
import { lookBackOption, lookBackProperties } from './lookBackOption';
import { messageFilterRules } from './messageFilters';
import { megabytesOption, numberOption } from './numberOption';

// Names by themselves: the lint rule for defaults reads no others.
const { cap } = POLL_DEFAULTS;
const { firstRunCap, messageMegabytes } = TRIGGER_DEFAULTS;

/** What every mailbox trigger lets the user choose, with its defaults. */
export interface TriggerOptions {
	poll: PollOptions;
	item: EmailItemOptions;
}

/**
 * Reads the parameters that every mailbox trigger has.
 *
 * @throws SettingError `SETTING_INVALID` for a number or look-back that is none, `MAILBOX_CONFIGURATION` for an
 * expression that is none
 */
export function triggerOptions(context: IPollFunctions): TriggerOptions {
	const raw = context.getNodeParameter('options', {}) as Record<string, unknown>;
	const filter = messageFilter(messageFilterRules(context.getNodeParameter('filters', {}) as Record<string, unknown>));
	const given = ({ name }: INodeProperties) => raw[name];
	return {
		poll: {
			folder: chosenFolder(context.getNodeParameter('folder', '', { extractValue: true })),
			cap: numberOption(messagesPerPollOption, given(messagesPerPollOption)),
			firstRunCap: numberOption(firstRunLimitOption, given(firstRunLimitOption)),
			firstRunLookBack: lookBackOption(raw),
			order: raw.order === 'newest' ? 'newest' : 'oldest',
			maxMessageBytes: megabytesOption(maxMessageSizeOption, given(maxMessageSizeOption)),
			...(filter ? { filter } : {}),
		},
		item: {
			output: outputOf(context.getNodeParameter(outputProperty.name, outputProperty.default)),
			analyse: choiceOption<Analyse>(analyseProperty, given(analyseProperty)),
			includeRaw: context.getNodeParameter(includeRawProperty.name, includeRawProperty.default) !== false,
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
		{ name: 'Full Email', value: 'full', description: 'All fields, with headers, MIME parts and hashes' },
		{
			name: 'Simple',
			value: 'simple',
			description: 'Subject, sender, recipients, dates, text and attachments',
		},
	],
	default: 'simple',
	description:
		'Which fields the item contains. Nodes of this pack read the raw message too, so Simple is enough for them.',
};

/** Everything that is not the full email is the simple one. */
export const outputOf = (value: unknown): EmailItemOptions['output'] => (value === 'full' ? 'full' : 'simple');

export const includeRawProperty: INodeProperties = {
	displayName: 'Include Raw Message',
	name: 'includeRaw',
	type: 'boolean',
	default: true,
	description:
		'Whether to put the raw message (.eml) into binary data. n8n can only pin items without binary data: switch this off and choose the output Full Email, then only the bytes of attachments are missing.',
};

const firstRunLimitOption: INodeProperties = {
	displayName: 'First Run Limit',
	name: 'firstRunLimit',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: SETTING_LIMITS.maxCount },
	default: firstRunCap,
	description: 'Max number of messages to read from before the first poll. The newest messages are read.',
};

const maxMessageSizeOption: INodeProperties = {
	displayName: 'Max Message Size (MB)',
	name: 'maxMessageSize',
	type: 'number',
	typeOptions: { minValue: 0.1, maxValue: MEGABYTE_LIMITS.most, numberPrecision: 1 },
	default: messageMegabytes,
	description:
		'For a larger message, only the headers are read. Its item is marked as truncated. Get the whole message with the Mailbox Reader node.',
};

const messagesPerPollOption: INodeProperties = {
	displayName: 'Max Messages per Poll',
	name: 'messagesPerPoll',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: SETTING_LIMITS.maxCount },
	default: cap,
	description: 'The remaining messages are read by the next polls',
};

/** The raw message is the one that came, whatever the fields show. */
const analyseOfItem: INodeProperties = {
	...analyseProperty,
	description:
		"Whose mail the fields of the item show. Of a reported message, the field 'reported' contains who reported it and how. The raw message is always the one that arrived.",
};

export const triggerOptionsProperty: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		analyseOfItem,
		attachmentRuleProperties.types,
		firstRunLimitOption,
		lookBackProperties.choice,
		lookBackProperties.number,
		lookBackProperties.unit,
		{
			displayName: 'Include Attachments',
			name: 'attachments',
			type: 'boolean',
			default: false,
			description:
				'Whether to put each attachment into binary data, in addition to the raw message. Nodes of this pack read them from the raw message anyway.',
		},
		attachmentRuleProperties.maxSize,
		attachmentRuleProperties.maxNumber,
		maxMessageSizeOption,
		messagesPerPollOption,
		{
			displayName: 'Order',
			name: 'order',
			type: 'options',
			options: [
				{ name: 'Newest First', value: 'newest' },
				{ name: 'Oldest First', value: 'oldest' },
			],
			default: 'oldest',
			description:
				'Which messages to read first when there are more than the limit per poll. No message is lost in either case.',
		},
	],
};

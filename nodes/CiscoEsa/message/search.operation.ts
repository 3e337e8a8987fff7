import type { IExecuteFunctions, INodeExecutionData, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { HuntOutput } from '../../../lib/flow';
import { HUNT_DEFAULTS } from '../../../lib/defaults';
import {
	DELIVERY_STATUSES,
	ESA_EVENTS,
	filledFields,
	type EsaBundleOptions,
	type EsaClient,
	type EsaEvent,
	type SearchColumn,
	type SearchFields,
	type TextColumn,
	type TextOperator,
} from '../../../lib/esa';
import { ESA_LIMITS } from '../../../lib/limits';
import { conditions } from '../../shared/jsonParameter';
import { numberOption } from '../../shared/numberOption';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import { givenWindow, maxRowsOption, windowOf, windowProperties } from '../../shared/huntParameters';
import { outputProperty, resultItems } from '../../shared/huntResult';
import { customObjectsOption, stixVersionOption } from '../parameters';
import { rowView } from '../rows';

export const option: INodePropertyOptions = {
	name: 'Search',
	value: 'search',
	action: 'Search messages by fields',
	description: 'Find messages by sender, recipient, subject and other fields with the search of the appliance',
};

const TEXTS: Readonly<Record<TextColumn, string>> = {
	attachmentName: 'Attachment Name',
	domain: 'Sender Domain',
	recipient: 'Recipient',
	replyTo: 'Reply-To',
	sender: 'Sender',
	subject: 'Subject',
};

const textFields = Object.entries(TEXTS).map(([name, displayName]): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	description: 'Compared by the Text Operator',
}));

const EVENTS: Readonly<Record<EsaEvent, string>> = {
	containedMaliciousUrls: 'Contained Malicious URLs',
	containedNeutralUrls: 'Contained Neutral URLs',
	daneFailure: 'DANE Failure',
	graymail: 'Graymail',
	hardBounced: 'Hard Bounced',
	inOutbreakQuarantine: 'In Outbreak Quarantine',
	message_delivered: 'Message Delivered',
	quarantinedAsSpam: 'Quarantined as Spam',
	safeprintExt: 'Safe Print',
	softBounced: 'Soft Bounced',
	spamPositive: 'Spam Positive',
	suspectSpam: 'Suspect Spam',
	virusPositive: 'Virus Positive',
};

// A name by itself: the lint rule for defaults reads no others.
const { mid } = HUNT_DEFAULTS;

/** 0 is no MID: the field is there, and asks for none. */
const midField: INodeProperties = {
	displayName: 'MID',
	name: 'mid',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: ESA_LIMITS.maxMid },
	default: mid,
	description: 'Message ID (MID) on the appliance',
};

/** A field for each column that the library searches, whether it is text or not. */
const otherFields: Readonly<Record<Exclude<SearchColumn, TextColumn> | 'event', INodeProperties>> = {
	deliveryStatus: {
		displayName: 'Delivery Status',
		name: 'deliveryStatus',
		type: 'options',
		options: [...DELIVERY_STATUSES]
			.sort()
			.map((value) => ({ name: value.charAt(0) + value.slice(1).toLowerCase(), value })),
		default: 'DELIVERED',
	},
	direction: {
		displayName: 'Direction',
		name: 'direction',
		type: 'options',
		options: [
			{ name: 'Incoming', value: 'incoming' },
			{ name: 'Outgoing', value: 'outgoing' },
		],
		default: 'incoming',
	},
	event: {
		displayName: 'Event',
		name: 'event',
		type: 'options',
		options: ESA_EVENTS.map((value) => ({ name: EVENTS[value], value })).sort((a, b) => (a.name < b.name ? -1 : 1)),
		default: 'spamPositive',
		description:
			'What happened to the message. Only one event can be selected, because the appliance joins several with OR.',
	},
	host: {
		displayName: 'Gateway',
		name: 'host',
		type: 'string',
		default: '',
		placeholder: 'esa1.example.com',
		description: 'Host name of one gateway that reports to the manager (SMA)',
	},
	messageId: {
		displayName: 'Message-ID',
		name: 'messageId',
		type: 'string',
		default: '',
		placeholder: '<ID@example.com>',
		description: 'Message-ID from the header, with angle brackets',
	},
	mid: midField,
	senderIp: {
		displayName: 'Sender IP',
		name: 'senderIp',
		type: 'string',
		default: '',
		description: 'IPv4 or IPv6 address',
	},
	sha256: {
		displayName: 'SHA-256',
		name: 'sha256',
		type: 'string',
		default: '',
		description: 'Hash of an attachment',
	},
};

const textOperatorField: INodeProperties = {
	displayName: 'Text Operator',
	name: 'textOperator',
	type: 'options',
	options: [
		{ name: 'Begins With', value: 'begins_with' },
		{ name: 'Contains', value: 'contains' },
		{ name: 'Is', value: 'is' },
	],
	default: 'is',
	description: 'How texts are compared. The comparison is case-insensitive.',
};

export const description = shownFor({ resource: ['message'], operation: ['search'] }, [
	...windowProperties,
	{
		displayName: 'Fields',
		name: 'fields',
		type: 'collection',
		placeholder: 'Add field',
		default: {},
		description: 'Conditions for the search. A message must meet all of them.',
		options: [...textFields, ...Object.values(otherFields), textOperatorField].sort((a, b) =>
			a.displayName < b.displayName ? -1 : 1,
		),
	},
	outputProperty,
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
				description: 'Whether to search for rejected connections instead of messages',
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
	client: EsaClient,
): Promise<INodeExecutionData[]> {
	const output = context.getNodeParameter('output', itemIndex) as HuntOutput;
	const raw = context.getNodeParameter('fields', itemIndex, {}) as Record<string, string | number>;
	// A field that is to come from the message and does not would widen the search to everything.
	const record = passedOn(context, itemIndex, ...givenWindow(context, itemIndex), ...Object.values(raw));
	if (record !== undefined) return [record];
	const given = { ...conditions(context, 'fields', itemIndex), mid: numberOption(midField, raw[midField.name]) };
	const {
		maxRows,
		rejectedConnections,
		customObjects = false,
		...bundle
	} = context.getNodeParameter('options', itemIndex, {}) as Options;
	const { textOperator = 'is', ...fields }: Record<string, string | number> = given;
	const search: SearchFields = {
		...filledFields(fields, textOperator as TextOperator),
		...windowOf(context, itemIndex),
		...(rejectedConnections ? { rejectedConnections } : {}),
	};
	const signal = context.getExecutionCancelSignal?.();
	const { rows, warnings, truncated } = await client.search(search, {
		maxRows: numberOption(maxRowsOption, maxRows),
		signal,
	});
	const finding = { rows, warnings, about: { truncated } };
	return resultItems(context, itemIndex, output, 'search', finding, rowView({ ...bundle, customObjects }));
}

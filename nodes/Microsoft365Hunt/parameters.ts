import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { HuntOutput, RowView } from '../../lib/flow';
import { MICROSOFT_HUNT_DEFAULTS } from '../../lib/defaults';
import {
	microsoftBundleSteps,
	withOverviewOf,
	type MicrosoftBundleOptions,
	type MicrosoftHuntedRow,
	type MicrosoftHuntRow,
} from '../../lib/microsoftHunt';
import * as shared from '../shared/huntParameters';
import { outputProperty } from '../shared/huntResult';
import type { HuntSettings } from '../shared/hunts';
import { conditions } from '../shared/jsonParameter';
import { numberOption } from '../shared/numberOption';
import { passedOn } from '../shared/unfetched';

const { lookBackOf, lookBackProperties, maxRowsOption, patternProperty, windowProperties } = shared;

// A name by itself: the lint rule for defaults reads no others.
const { maxRequests } = MICROSOFT_HUNT_DEFAULTS;

const maxRequestsOption: INodeProperties = { ...shared.maxRequestsOption, default: maxRequests };

const peopleOption: INodeProperties = {
	displayName: 'People in STIX',
	name: 'people',
	type: 'options',
	options: [
		{ name: 'None', value: 'none', description: 'Only how many received and clicked' },
		{ name: 'Recipients', value: 'recipients', description: 'Who received the message' },
		{
			name: 'Recipients and Clicks',
			value: 'clicks',
			description: 'Who received the message, and who clicked, when and from which address',
		},
	],
	default: 'recipients',
	description: 'Which personal data of colleagues the STIX bundle contains. The rows of the item contain all of it.',
};

/** Who clicked, and what became of it. Defender alone knows. */
export const detailsOption: INodeProperties = {
	displayName: 'Clicks and Later Actions',
	name: 'details',
	type: 'boolean',
	default: true,
	description:
		'Whether to also read who clicked on links of the messages, and what happened to the messages afterwards',
};

/** Options of hunts and searches: those of one target, and those of both, by name. */
const optionsOf = (more: readonly INodeProperties[]): INodeProperties => ({
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [...more, peopleOption, maxRowsOption].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
});

export const huntProperties = (more: readonly INodeProperties[]): INodeProperties[] => [
	patternProperty,
	...lookBackProperties,
	outputProperty,
	optionsOf([...more, maxRequestsOption]),
];

export const searchProperties = (
	fields: readonly INodeProperties[],
	more: readonly INodeProperties[],
): INodeProperties[] => [
	...windowProperties,
	{
		displayName: 'Fields',
		name: 'fields',
		type: 'collection',
		placeholder: 'Add field',
		default: {},
		description: 'Conditions for the search. A message must meet all of them.',
		options: [...fields],
	},
	outputProperty,
	optionsOf(more),
];

export const translateProperties: INodeProperties[] = [patternProperty, ...lookBackProperties];

interface Options extends MicrosoftBundleOptions {
	maxRows?: unknown;
	maxRequests?: unknown;
	details?: boolean;
}

export interface Reading {
	maxRows: number;
	maxRequests?: number;
	details: boolean;
}

const rowView = (options: MicrosoftBundleOptions): RowView<MicrosoftHuntRow & Partial<MicrosoftHuntedRow>> => ({
	fieldsOf: (row) => withOverviewOf(row, row.matchedBy === undefined ? {} : { matchedBy: row.matchedBy }),
	bundleOf: (rows) => microsoftBundleSteps(rows, options),
});

export function huntSettings(
	context: IExecuteFunctions,
	itemIndex: number,
): HuntSettings<MicrosoftHuntRow & Partial<MicrosoftHuntedRow>, Reading> {
	const given = context.getNodeParameter('options', itemIndex, {}) as Options;
	const { output, view, reading } = commonSettings(context, itemIndex, given);
	return {
		planning: { timeRangeMinutes: lookBackOf(context, itemIndex) },
		reading: { ...reading, maxRequests: numberOption(maxRequestsOption, given.maxRequests) },
		output,
		view,
	};
}

function commonSettings(context: IExecuteFunctions, itemIndex: number, { people, maxRows, details = true }: Options) {
	return {
		output: context.getNodeParameter('output', itemIndex) as HuntOutput,
		view: rowView({ people }),
		reading: { maxRows: numberOption(maxRowsOption, maxRows), details },
	};
}

/** What a search asks for; the record of a message that was not fetched is passed on. */
export function searchSettings(context: IExecuteFunctions, itemIndex: number) {
	const raw = context.getNodeParameter('fields', itemIndex, {}) as Record<string, string>;
	// A field that is to come from the message and does not would widen the search to everything.
	const record = passedOn(context, itemIndex, ...shared.givenWindow(context, itemIndex), ...Object.values(raw));
	if (record !== undefined) return { record };
	const fields = { ...conditions(context, 'fields', itemIndex), ...shared.windowOf(context, itemIndex) };
	const given = context.getNodeParameter('options', itemIndex, {}) as Options;
	return { fields, ...commonSettings(context, itemIndex, given) };
}

export const textField = (displayName: string, name: string, more: Partial<INodeProperties> = {}): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	...more,
});

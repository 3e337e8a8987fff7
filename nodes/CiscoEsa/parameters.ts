import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { HUNT_DEFAULTS } from '../../lib/defaults';
import type { HuntOptions } from '../../lib/hunt';
import { ESA_LIMITS, HUNT_LIMITS, SETTING_LIMITS } from '../../lib/limits';
import { wholeNumber } from '../../lib/settings';
import { numberOption } from '../shared/numberOption';
import { listOf } from '../shared/operation';
import { timeOption } from '../shared/timeOption';

// Names by themselves: the lint rule for defaults reads no others.
const { maxRows, timeRangeMinutes } = HUNT_DEFAULTS;

export const patternProperty: INodeProperties = {
	displayName: 'STIX Pattern',
	name: 'pattern',
	type: 'string',
	typeOptions: { rows: 4 },
	required: true,
	default: '',
	placeholder: "[email-message:subject LIKE '%invoice%'] START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00Z'",
	description: 'What to look for, as a STIX 2.1 pattern. START and STOP set the time window of the search.',
};

const headerAddressesOption: INodeProperties = {
	displayName: 'Search Header From and Reply-To',
	name: 'headerAddresses',
	type: 'boolean',
	default: true,
	description:
		'Whether email-addr:value also matches addresses in the From and Reply-To headers. The appliance cannot search these headers, so every message of the time window is read.',
};

const timeRangeOption: INodeProperties = {
	displayName: 'Time Range (Minutes)',
	name: 'timeRangeMinutes',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: HUNT_LIMITS.maxTimeRangeMinutes },
	default: timeRangeMinutes,
	description:
		'How far back to search if the pattern has no START and STOP. Messages appear in message tracking with a delay of some minutes.',
};

/** What a hunt is planned by: *Translate* has all of it, for it shows what *Hunt* does. */
export const planProperties: INodeProperties[] = [headerAddressesOption, timeRangeOption];

/** Values of {@link planProperties}. */
export interface PlanParameters {
	headerAddresses?: unknown;
	timeRangeMinutes?: unknown;
}

export function planOptions({ headerAddresses, timeRangeMinutes: minutes }: PlanParameters): HuntOptions {
	return {
		headerAddresses: headerAddresses as boolean | undefined,
		timeRangeMinutes: numberOption(timeRangeOption, minutes),
	};
}

export const maxRowsOption: INodeProperties = {
	displayName: 'Max Rows',
	name: 'maxRows',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: SETTING_LIMITS.maxCount },
	default: maxRows,
	description: 'Max number of rows to read from the appliance. A warning is added when there are more.',
};

export const stixVersionOption: INodeProperties = {
	displayName: 'STIX Version',
	name: 'stixVersion',
	type: 'options',
	options: [
		{ name: "2.0 (Stix-Shifter's Shape)", value: '2.0' },
		{ name: '2.1', value: '2.1' },
	],
	default: '2.1',
	description: 'STIX version of the bundle',
};

export const customObjectsOption: INodeProperties = {
	displayName: 'Custom Object Types',
	name: 'customObjects',
	type: 'boolean',
	default: true,
	description:
		'Whether to add x-cisco-email-msgevent and x-oca-asset objects to a STIX 2.1 bundle. Turn this off for platforms that reject unknown object types.',
};

export const outputProperty: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{ name: 'One Item', value: 'summary', description: 'Queries, rows, bundle and warnings in one item' },
		{ name: 'One Item per Message', value: 'messages', description: 'Each row with its own bundle' },
	],
	default: 'summary',
	description: 'How to output the messages that were found',
};

const startProperty: INodeProperties = {
	displayName: 'From',
	name: 'start',
	type: 'dateTime',
	required: true,
	default: '',
	description: "Start of the time window, to the minute. A time without a time zone is in the workflow's time zone.",
};

const stopProperty: INodeProperties = {
	displayName: 'To',
	name: 'stop',
	type: 'dateTime',
	required: true,
	default: '',
	description: "End of the time window, to the minute. A time without a time zone is in the workflow's time zone.",
};

export const windowProperties: INodeProperties[] = [startProperty, stopProperty];

/** The window of a search. @throws SettingError `SETTING_INVALID` */
export function windowOf(context: IExecuteFunctions, itemIndex: number): { start: Date; stop: Date } {
	const [start, stop] = [startProperty, stopProperty].map((property) =>
		timeOption(context, property, context.getNodeParameter(property.name, itemIndex)),
	) as [Date, Date];
	return { start, stop };
}

/**
 * Numbers that the appliance gave (MIDs, an ICID): of a list, of a comma-separated text, or one. None for what is empty.
 *
 * @throws SettingError `SETTING_INVALID` that names the parameter as the editor does
 */
export function numbersOf(displayName: string, value: unknown): number[] {
	const words = Array.isArray(value) ? (value as unknown[]) : typeof value === 'string' ? listOf(value) : [value];
	const given = words.filter((word) => word !== undefined && word !== null && word !== '');
	return given.map((word) => wholeNumber(displayName, word, { least: 0, most: ESA_LIMITS.maxMid }));
}

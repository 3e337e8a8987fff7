import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { HUNT_DEFAULTS } from '../../lib/defaults';
import { HUNT_LIMITS, SETTING_LIMITS } from '../../lib/limits';
import { SettingError, wholeNumber } from '../../lib/settings';
import { DAY, floorToMinute, HOUR, MINUTE } from '../../lib/units';
import { timeOption } from './timeOption';

/* Parameters that hunts and searches have, whatever they ask. */

// Names by themselves: the lint rule for defaults reads no others.
const { maxRows, maxRequests, lookBackDays } = HUNT_DEFAULTS;

export const patternProperty: INodeProperties = {
	displayName: 'STIX Pattern',
	name: 'pattern',
	type: 'string',
	typeOptions: { rows: 4 },
	required: true,
	default: '={{ $json.pattern }}',
	placeholder: "[email-message:subject LIKE '%invoice%'] START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00Z'",
	description:
		"What to look for, as a STIX 2.1 pattern: the pattern of the item from 'Build' of the STIX Pattern node, or your own. START and STOP set the time window of the search.",
};

const lookBackProperty: INodeProperties = {
	displayName: 'Look Back',
	name: 'lookBack',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: HUNT_LIMITS.maxTimeRangeMinutes },
	required: true,
	default: lookBackDays,
	description: 'How far back to search, from now. Messages appear in what is searched with a delay of some minutes.',
};

const lookBackUnitProperty: INodeProperties = {
	displayName: 'Look Back Unit',
	name: 'lookBackUnit',
	type: 'options',
	options: [
		{ name: 'Minutes', value: 'minutes' },
		{ name: 'Hours', value: 'hours' },
		{ name: 'Days', value: 'days' },
	],
	default: 'days',
	description: "Unit of 'Look Back'",
};

const MINUTES_OF: Readonly<Record<string, number>> = { minutes: 1, hours: HOUR / MINUTE, days: DAY / MINUTE };

/** Minutes to look back. @throws SettingError `SETTING_INVALID` that names the parameter as the editor does */
export function lookBackOf(context: IExecuteFunctions, itemIndex: number): number {
	const unit: unknown = context.getNodeParameter(lookBackUnitProperty.name, itemIndex);
	const minutes = typeof unit === 'string' && Object.hasOwn(MINUTES_OF, unit) ? MINUTES_OF[unit] : undefined;
	if (minutes === undefined) {
		const { displayName } = lookBackUnitProperty;
		throw new SettingError(displayName, `'${displayName}' must be one of ${Object.keys(MINUTES_OF).join(', ')}`);
	}
	const most = Math.floor(HUNT_LIMITS.maxTimeRangeMinutes / minutes);
	const value: unknown = context.getNodeParameter(lookBackProperty.name, itemIndex);
	return minutes * wholeNumber(lookBackProperty.displayName, value, { least: 1, most });
}

/** How far a hunt looks back: *Translate* has the same, for it shows what *Hunt* does. */
export const lookBackProperties: INodeProperties[] = [
	{
		...lookBackProperty,
		description: `${lookBackProperty.description} START and STOP of the pattern take precedence.`,
	},
	lookBackUnitProperty,
];

export const maxRowsOption: INodeProperties = {
	displayName: 'Max Rows',
	name: 'maxRows',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: SETTING_LIMITS.maxCount },
	default: maxRows,
	description: 'Max number of rows to read for one item. A warning is added when there are more.',
};

export const maxRequestsOption: INodeProperties = {
	displayName: 'Max Requests',
	name: 'maxRequests',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: SETTING_LIMITS.maxCount },
	default: maxRequests,
	description:
		"Max number of requests that the hunts of all items may need, as 'Translate' counts them. Above it, nothing is asked and the node fails.",
};

const windowProperty: INodeProperties = {
	displayName: 'Window',
	name: 'window',
	type: 'options',
	options: [
		{ name: 'Up to Now', value: 'lookBack', description: 'The last minutes, hours or days' },
		{ name: 'Between Two Times', value: 'times', description: 'From one time to another' },
	],
	default: 'lookBack',
	description: 'Time window of the search',
};

const startProperty: INodeProperties = {
	displayName: 'From',
	name: 'start',
	type: 'dateTime',
	required: true,
	default: '',
	displayOptions: { show: { window: ['times'] } },
	description: "Start of the time window, to the minute. A time without a time zone is in the workflow's time zone.",
};

const stopProperty: INodeProperties = {
	displayName: 'To',
	name: 'stop',
	type: 'dateTime',
	required: true,
	default: '',
	displayOptions: { show: { window: ['times'] } },
	description: "End of the time window, to the minute. A time without a time zone is in the workflow's time zone.",
};

const isRelative = { show: { window: ['lookBack'] } };

export const windowProperties: INodeProperties[] = [
	windowProperty,
	{ ...lookBackProperty, displayOptions: isRelative },
	{ ...lookBackUnitProperty, displayOptions: isRelative },
	startProperty,
	stopProperty,
];

/** What the parameters of a window give, for items that lack the field that they are to come from. */
export function givenWindow(context: IExecuteFunctions, itemIndex: number): unknown[] {
	const isBetween = context.getNodeParameter(windowProperty.name, itemIndex) === 'times';
	const names = isBetween ? [startProperty, stopProperty] : [lookBackProperty, lookBackUnitProperty];
	return names.map(({ name }) => context.getNodeParameter(name, itemIndex) as unknown);
}

/** The window of a search; up to now, in full minutes. @throws SettingError `SETTING_INVALID` */
export function windowOf(context: IExecuteFunctions, itemIndex: number): { start: Date; stop: Date } {
	if (context.getNodeParameter(windowProperty.name, itemIndex) !== 'times') {
		const stop = floorToMinute(Date.now());
		return { start: new Date(stop - lookBackOf(context, itemIndex) * MINUTE), stop: new Date(stop) };
	}
	const [start, stop] = [startProperty, stopProperty].map((property) =>
		timeOption(context, property, context.getNodeParameter(property.name, itemIndex)),
	) as [Date, Date];
	return { start, stop };
}

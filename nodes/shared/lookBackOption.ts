import type { INodeProperties } from 'n8n-workflow';
import { POLL_DEFAULTS, TRIGGER_DEFAULTS } from '../../lib/defaults';
import { SETTING_LIMITS } from '../../lib/limits';
import { isEmpty, lookBack, SettingError } from '../../lib/settings';
import { numberOption } from './numberOption';

// Names by themselves: the lint rule for defaults reads no others.
const { firstRunLookBack } = POLL_DEFAULTS;
const { lookBackNumber } = TRIGGER_DEFAULTS;

const CUSTOM = 'custom';
const shownForCustom = { show: { firstRunLookBack: [CUSTOM] } };

const numberProperty: INodeProperties = {
	displayName: 'First Run Look-Back: Number',
	name: 'firstRunLookBackNumber',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: SETTING_LIMITS.maxLookBack },
	default: lookBackNumber,
	description: 'How many hours, days, weeks or months the first poll reads back',
	displayOptions: shownForCustom,
};

/** How a number of each unit is written as an ISO 8601 duration. */
const UNITS: Readonly<Record<string, (number: number) => string>> = {
	days: (number) => `P${number}D`,
	hours: (number) => `PT${number}H`,
	months: (number) => `P${number}M`,
	weeks: (number) => `P${number}W`,
};

const unitProperty: INodeProperties = {
	displayName: 'First Run Look-Back: Unit',
	name: 'firstRunLookBackUnit',
	type: 'options',
	options: [
		{ name: 'Days', value: 'days' },
		{ name: 'Hours', value: 'hours' },
		{ name: 'Months', value: 'months' },
		{ name: 'Weeks', value: 'weeks' },
	],
	default: 'days',
	description: 'What the number counts',
	displayOptions: shownForCustom,
};

/** Values are what lib reads: ISO 8601 durations, or all. A workflow may hold any other of them. */
const choiceProperty: INodeProperties = {
	displayName: 'First Run Look-Back',
	name: 'firstRunLookBack',
	type: 'options',
	allowArbitraryValues: true,
	options: [
		{ name: 'Only New Messages', value: 'PT0S', description: 'Start with the next message that comes' },
		{ name: '1 Day', value: 'P1D' },
		{ name: '7 Days', value: 'P7D' },
		{ name: '30 Days', value: 'P30D' },
		{ name: '90 Days', value: 'P90D' },
		{ name: 'Everything', value: 'all', description: 'As many of the newest as First Run Limit allows' },
		{ name: 'Custom', value: CUSTOM, description: 'Add the options Number and Unit of First Run Look-Back' },
	],
	default: firstRunLookBack,
	description: 'How far back the first poll reads. Later polls go on where the one before ended.',
};

/** Fields of the `options` collection of a trigger. */
export const lookBackProperties = { choice: choiceProperty, number: numberProperty, unit: unitProperty };

/**
 * How far the first poll looks back, as an ISO 8601 duration or `all`; undefined where nobody says so. A number that an
 * expression gives counts days.
 *
 * @throws SettingError `SETTING_INVALID`
 */
export function lookBackOption(raw: Record<string, unknown>): string | undefined {
	const chosen = raw[choiceProperty.name];
	if (chosen === CUSTOM) {
		const number = numberOption(numberProperty, raw[numberProperty.name]);
		const unit = raw[unitProperty.name];
		return unitOf(isEmpty(unit) ? unitProperty.default : unit)(number);
	}
	const isNumber = typeof chosen === 'number' || (typeof chosen === 'string' && /^\s*\d+\s*$/.test(chosen));
	if (isNumber) {
		const days = numberOption({ ...numberProperty, displayName: choiceProperty.displayName }, chosen);
		return UNITS.days!(days);
	}
	lookBack(choiceProperty.displayName, chosen, { otherwise: firstRunLookBack });
	return chosen as string | undefined;
}

function unitOf(value: unknown): (number: number) => string {
	if (typeof value === 'string' && Object.hasOwn(UNITS, value)) return UNITS[value]!;
	throw new SettingError(
		unitProperty.displayName,
		`'${unitProperty.displayName}' must be one of ${Object.keys(UNITS).join(', ')}`,
		{ hint: 'Correct the option, or check what its expression returns.' },
	);
}

import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { HuntOptions } from '../../lib/hunt';
import { ESA_LIMITS } from '../../lib/limits';
import { wholeNumber } from '../../lib/settings';
import { lookBackOf } from '../shared/huntParameters';
import { listOf } from '../shared/operation';

const headerAddressesOption: INodeProperties = {
	displayName: 'Search Header Addresses',
	name: 'headerAddresses',
	type: 'boolean',
	default: false,
	description:
		'Whether email-addr:value also matches addresses in the From and Reply-To headers. The appliance cannot search these headers, so every message of the time window is read.',
};

/** Further options that a hunt is planned by. */
export const planProperties: INodeProperties[] = [headerAddressesOption];

/** Values of {@link planProperties}. */
export interface PlanParameters {
	headerAddresses?: boolean;
}

export function planOptions(
	context: IExecuteFunctions,
	itemIndex: number,
	{ headerAddresses = false }: PlanParameters,
): HuntOptions {
	return { headerAddresses, timeRangeMinutes: lookBackOf(context, itemIndex) };
}

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
	default: false,
	description:
		'Whether to add x-cisco-email-msgevent and x-oca-asset objects to a STIX 2.1 bundle. Platforms that do not know these types, such as OpenCTI, ignore or reject them.',
};

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

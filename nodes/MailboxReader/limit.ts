import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { READER_DEFAULTS } from '../../lib/defaults';
import { SETTING_LIMITS } from '../../lib/limits';
import { numberOption } from '../shared/numberOption';

// A name by itself: the lint rule for defaults reads no others.
const { limit } = READER_DEFAULTS;

const limitProperty: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: SETTING_LIMITS.maxCount },
	default: limit,
	description: 'Max number of results to return',
	displayOptions: { show: { returnAll: [false] } },
};

/** How many results a list gives. */
export const limitProperties: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	limitProperty,
];

/**
 * How many results are asked for.
 *
 * @throws SettingError `SETTING_INVALID`
 */
export function limitOf(context: IExecuteFunctions, itemIndex: number): number | 'all' {
	if (context.getNodeParameter('returnAll', itemIndex)) return 'all';
	return numberOption(limitProperty, context.getNodeParameter(limitProperty.name, itemIndex, limitProperty.default));
}

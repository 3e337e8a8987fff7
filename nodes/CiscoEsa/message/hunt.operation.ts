import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import type { HuntOutput } from '../../../lib/flow';
import { planHunts, type EsaBundleOptions, type EsaClient, type HuntedRow } from '../../../lib/esa';
import type { ReadOptions } from '../../../lib/hunt';
import { lookBackProperties, maxRequestsOption, maxRowsOption, patternProperty } from '../../shared/huntParameters';
import { outputProperty } from '../../shared/huntResult';
import { forEachHunt, type HuntManner } from '../../shared/hunts';
import { numberOption } from '../../shared/numberOption';
import { shownFor } from '../../shared/operation';
import {
	customObjectsOption,
	planOptions,
	planProperties,
	stixVersionOption,
	type PlanParameters,
} from '../parameters';
import { rowView } from '../rows';

export const option: INodePropertyOptions = {
	name: 'Hunt',
	value: 'hunt',
	action: 'Hunt messages with a STIX pattern',
	description: 'Find all messages that match a STIX pattern, and no others',
};

export const description = shownFor({ resource: ['message'], operation: ['hunt'] }, [
	patternProperty,
	...lookBackProperties,
	outputProperty,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [customObjectsOption, maxRequestsOption, maxRowsOption, ...planProperties, stixVersionOption],
	},
]);

interface Options extends EsaBundleOptions, PlanParameters {
	maxRows?: unknown;
	maxRequests?: unknown;
}

const manner = (
	connect: HuntManner<HuntedRow, EsaClient, ReadOptions>['connect'],
): HuntManner<HuntedRow, EsaClient, ReadOptions> => ({
	connect,
	plans: planHunts,
	settings: (context, itemIndex) => {
		const {
			maxRows,
			maxRequests,
			headerAddresses,
			customObjects = false,
			...bundle
		} = context.getNodeParameter('options', itemIndex, {}) as Options;
		return {
			planning: planOptions(context, itemIndex, { headerAddresses }),
			reading: {
				maxRows: numberOption(maxRowsOption, maxRows),
				maxRequests: numberOption(maxRequestsOption, maxRequests),
			},
			output: context.getNodeParameter('output', itemIndex) as HuntOutput,
			view: rowView({ ...bundle, customObjects }),
		};
	},
});

/** All items as one hunt: what they ask alike, the appliance is asked once. */
export async function executeAll(
	context: IExecuteFunctions,
	connect: HuntManner<HuntedRow, EsaClient, ReadOptions>['connect'],
): Promise<INodeExecutionData[][]> {
	return await forEachHunt(context, manner(connect));
}

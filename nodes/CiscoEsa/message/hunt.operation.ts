import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { planHunt, type EsaBundleOptions, type EsaClient } from '../../../lib/esa';
import { withInput } from '../../shared/items';
import { filledParameter, isNothing, textParameter } from '../../shared/jsonParameter';
import { numberOption } from '../../shared/numberOption';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import {
	customObjectsOption,
	maxRowsOption,
	outputProperty,
	patternProperty,
	planOptions,
	planProperties,
	stixVersionOption,
	type PlanParameters,
} from '../parameters';
import { resultItems, type Output } from '../result';

export const option: INodePropertyOptions = {
	name: 'Hunt',
	value: 'hunt',
	action: 'Hunt messages with a STIX pattern',
	description: 'Find all messages that match a STIX pattern, and no others',
};

export const description = shownFor({ resource: ['message'], operation: ['hunt'] }, [
	patternProperty,
	outputProperty,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			customObjectsOption,
			{
				displayName: 'Keep Input Item',
				name: 'keepInput',
				type: 'boolean',
				default: false,
				description:
					"Whether to keep the fields and files of the input item and put the results into the field 'hunt'. An empty pattern then finds nothing.",
			},
			maxRowsOption,
			...planProperties,
			stixVersionOption,
		],
	},
]);

interface Options extends EsaBundleOptions, PlanParameters {
	keepInput?: boolean;
	maxRows?: unknown;
}

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: EsaClient,
): Promise<INodeExecutionData[]> {
	const record = passedOn(context, itemIndex, context.getNodeParameter(patternProperty.name, itemIndex));
	if (record !== undefined) return [record];
	const output = context.getNodeParameter('output', itemIndex) as Output;
	const { keepInput, maxRows, headerAddresses, timeRangeMinutes, ...bundle } = context.getNodeParameter(
		'options',
		itemIndex,
		{},
	) as Options;
	const rowLimit = numberOption(maxRowsOption, maxRows);
	const pattern = keepInput
		? textParameter(context, patternProperty, itemIndex)
		: filledParameter(context, patternProperty, itemIndex);
	if (isNothing(pattern)) return [withInput(context, itemIndex, { hunt: { matches: 0, queries: [], rows: [] } })];
	const plan = planHunt(pattern, planOptions({ headerAddresses, timeRangeMinutes }));
	const signal = context.getExecutionCancelSignal?.();
	const { rows, warnings, gaps, truncated, counts } = await client.hunt(plan, { maxRows: rowLimit, signal });
	for (const warning of warnings) context.logger.warn(`${context.getNode().name}: ${warning}`);
	const about = { pattern, queries: plan.queries, warnings, gaps, truncated, counts };
	const items = resultItems(context, itemIndex, rows, output, bundle, about);
	return keepInput ? items.map(({ json }) => withInput(context, itemIndex, { hunt: json })) : items;
}

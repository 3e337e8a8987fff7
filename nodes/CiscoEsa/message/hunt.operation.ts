import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { planHunt, type EsaBundleOptions, type EsaClient } from '../../../lib/esa';
import { withInput } from '../../shared/items';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import {
	customObjectsOption,
	maxRowsOption,
	outputProperty,
	patternProperty,
	stixVersionOption,
	timeRangeOption,
} from '../parameters';
import { resultItems, type Output } from '../result';

/** Minutes. Tracking shows a message some minutes late: the few that a plan looks back by itself find nothing. */
const ONE_DAY = 1440;

export const option: INodePropertyOptions = {
	name: 'Hunt',
	value: 'hunt',
	action: 'Hunt messages with a STIX pattern',
	description: 'Find the messages that match a STIX pattern, all of them and no others',
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
					"Whether the fields and files of the input item stay, with everything found in the field 'hunt'. An empty pattern then finds nothing.",
			},
			maxRowsOption,
			{
				displayName: 'Search Header From and Reply-To',
				name: 'headerAddresses',
				type: 'boolean',
				default: true,
				description:
					'Whether email-addr:value also means addresses that stand in the headers alone. The appliance cannot search them: every message of the window is read.',
			},
			stixVersionOption,
			{ ...timeRangeOption, default: ONE_DAY },
		],
	},
]);

interface Options extends EsaBundleOptions {
	headerAddresses?: boolean;
	keepInput?: boolean;
	maxRows?: number;
	timeRangeMinutes?: number;
}

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: EsaClient | undefined,
): Promise<INodeExecutionData[]> {
	const pattern = context.getNodeParameter('pattern', itemIndex) as string;
	const record = passedOn(context, itemIndex, pattern);
	if (record !== undefined) return [record];
	const output = context.getNodeParameter('output', itemIndex) as Output;
	const { keepInput, maxRows, headerAddresses, timeRangeMinutes, ...bundle } = context.getNodeParameter(
		'options',
		itemIndex,
		{},
	) as Options;
	if (keepInput && pattern.trim() === '')
		return [withInput(context, itemIndex, { hunt: { matches: 0, queries: [], rows: [] } })];
	const plan = planHunt(pattern, {
		...(headerAddresses === undefined ? {} : { headerAddresses }),
		timeRangeMinutes: timeRangeMinutes ?? ONE_DAY,
	});
	const signal = context.getExecutionCancelSignal?.();
	const { rows, warnings, truncated, counts } = await client!.hunt(plan, {
		...(maxRows ? { maxRows } : {}),
		...(signal ? { signal } : {}),
	});
	for (const warning of warnings) context.logger.warn(`${context.getNode().name}: ${warning}`);
	const items = resultItems(rows, output, bundle, { pattern, queries: plan.queries, warnings, truncated, counts });
	return keepInput ? items.map(({ json }) => withInput(context, itemIndex, { hunt: json })) : items;
}

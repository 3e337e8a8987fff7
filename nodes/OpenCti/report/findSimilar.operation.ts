import type { IExecuteFunctions, INodeExecutionData, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { SIMILAR_DEFAULTS } from '../../../lib/defaults';
import { similarItem } from '../../../lib/flow';
import { SETTING_LIMITS } from '../../../lib/limits';
import type { OpenCtiClient } from '../../../lib/opencti';
import { flowItem, outputJson } from '../../shared/flowItem';
import { numberOption } from '../../shared/numberOption';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';

export const option: INodePropertyOptions = {
	name: 'Find Similar',
	value: 'findSimilar',
	action: 'Find similar reports',
	description: 'Find the reports of messages of the same campaign',
};

// A name by itself: the lint rule for defaults reads no others.
const { limit } = SIMILAR_DEFAULTS;

const limitProperty: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: SETTING_LIMITS.maxCount },
	default: limit,
	description: 'Max number of results to return',
};

export const description = shownFor({ resource: ['report'], operation: ['findSimilar'] }, [
	{
		displayName:
			"Finds reports with the labels that 'Label by Campaign' of Email to STIX, or 'One Report per Campaign and Day' of Create From Email, adds",
		name: 'similarNotice',
		type: 'notice',
		default: '',
	},
	limitProperty,
]);

/** The item with the reports that are like its message; its own report is none of them. */
export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: OpenCtiClient,
): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex);
	if (record !== undefined) return record;
	const most = numberOption(limitProperty, context.getNodeParameter(limitProperty.name, itemIndex, limit));
	const signal = context.getExecutionCancelSignal?.();
	const json = await similarItem(flowItem(context, itemIndex), client, { limit: most, signal });
	return outputJson(context, itemIndex, json);
}

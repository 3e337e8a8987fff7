import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { planHunt, translatePattern } from '../../../lib/esa';
import { grown, isNothing, translatedItem } from '../../../lib/flow';
import { outputJson } from '../../shared/flowItem';
import { textParameter } from '../../shared/jsonParameter';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import { lookBackProperties, patternProperty } from '../../shared/huntParameters';
import { planOptions, planProperties, type PlanParameters } from '../parameters';

export const option: INodePropertyOptions = {
	name: 'Translate',
	value: 'translate',
	action: 'Translate a STIX pattern to queries',
	description: 'Show the queries of a pattern without sending them to the appliance',
};

export const description = shownFor({ resource: ['message'], operation: ['translate'] }, [
	patternProperty,
	{
		displayName: 'Form',
		name: 'form',
		type: 'options',
		options: [
			{
				name: 'Hunt Plan',
				value: 'plan',
				description: 'The steps of the Hunt operation: queries, time windows, checks on rows and warnings',
			},
			{
				name: 'Query Strings',
				value: 'queries',
				description: 'Queries in the format of stix-shifter. Fails if query strings alone cannot express the pattern.',
			},
		],
		default: 'plan',
		description: 'Format of the result',
	},
	...lookBackProperties,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: planProperties,
	},
]);

export async function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex, context.getNodeParameter(patternProperty.name, itemIndex));
	if (record !== undefined) return record;
	const pattern = textParameter(context, patternProperty, itemIndex);
	const given: PlanParameters = context.getNodeParameter('options', itemIndex, {});
	const options = planOptions(context, itemIndex, given);
	const form = context.getNodeParameter('form', itemIndex) as 'plan' | 'queries';
	const { json } = context.getInputData()[itemIndex]!;
	const item =
		form === 'plan' || isNothing(pattern)
			? translatedItem(json, pattern, {}, (text) => planHunt(text, options))
			: grown(json, { translation: { pattern, queries: translatePattern(pattern, options) } });
	return await Promise.resolve(outputJson(context, itemIndex, item));
}

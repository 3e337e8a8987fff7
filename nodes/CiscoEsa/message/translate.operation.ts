import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { planHunt, translatePattern } from '../../../lib/esa';
import { grown } from '../../shared/items';
import { isNothing, textParameter } from '../../shared/jsonParameter';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import { lookBackProperties, patternProperty, planOptions, planProperties, type PlanParameters } from '../parameters';

export const option: INodePropertyOptions = {
	name: 'Translate',
	value: 'translate',
	action: 'Translate a STIX pattern to queries',
	description: 'Show what a pattern asks the appliance, without asking it',
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
				description: 'What the Hunt operation does: queries, windows, checks on rows, warnings',
			},
			{
				name: 'Query Strings',
				value: 'queries',
				description: "In stix-shifter's form. What query strings alone cannot say is an error.",
			},
		],
		default: 'plan',
		description: 'What to show',
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
	const translation = isNothing(pattern)
		? { pattern: '', queries: [] }
		: form === 'plan'
			? planHunt(pattern, options)
			: { pattern, queries: translatePattern(pattern, options) };
	return await Promise.resolve(grown(context, itemIndex, { translation: translation }));
}

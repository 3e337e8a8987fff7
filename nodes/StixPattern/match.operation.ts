import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { matchedItem } from '../../lib/flow';
import type { MatchInput } from '../../lib/pattern';
import { outputJson } from '../shared/flowItem';
import { shownFor } from '../shared/operation';
import { passedOn } from '../shared/unfetched';
import { bundleProperty, filledParameter, jsonParameter, textParameter } from '../shared/jsonParameter';
import { patternProperty } from './parameter';

export const option: INodePropertyOptions = {
	name: 'Match',
	value: 'match',
	action: 'Match a pattern against a bundle',
	description: 'Check whether a bundle matches a pattern, and which of its observations do',
};

export const description = shownFor({ operation: ['match'] }, [
	patternProperty,
	{ ...bundleProperty, description: 'A STIX bundle, or a list of observed-data objects or cyber-observables' },
]);

/** The item travels on, with `matched` and `observations` added, so that an IF node can route it. */
export function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData> {
	const record = passedOn(
		context,
		itemIndex,
		context.getNodeParameter('pattern', itemIndex),
		context.getNodeParameter('bundle', itemIndex),
	);
	if (record !== undefined) return Promise.resolve(record);
	// Build found nothing to look for in this message, and nothing matches it.
	const { json } = context.getInputData()[itemIndex]!;
	const isEmpty = json.pattern === '' && textParameter(context, patternProperty, itemIndex) === '';
	const pattern = isEmpty ? '' : filledParameter(context, patternProperty, itemIndex);
	const bundle = isEmpty ? [] : (jsonParameter(context, bundleProperty, itemIndex) as MatchInput);
	return Promise.resolve(outputJson(context, itemIndex, matchedItem(json, pattern, bundle)));
}

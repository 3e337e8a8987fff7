import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { matchPattern, type MatchInput } from '../../lib/pattern';
import { withInput } from '../shared/items';
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
	const isNothing =
		context.getInputData()[itemIndex]!.json.pattern === '' && textParameter(context, patternProperty, itemIndex) === '';
	if (isNothing) return Promise.resolve(withInput(context, itemIndex, { matched: false, observations: [] }));
	const pattern = filledParameter(context, patternProperty, itemIndex);
	const bundle = jsonParameter(context, bundleProperty, itemIndex) as MatchInput;
	const result = matchPattern(pattern, bundle);
	return Promise.resolve(withInput(context, itemIndex, { ...result }));
}

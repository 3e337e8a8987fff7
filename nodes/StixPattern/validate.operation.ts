import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { validatedItem } from '../../lib/flow';
import { outputJson } from '../shared/flowItem';
import { textParameter } from '../shared/jsonParameter';
import { shownFor } from '../shared/operation';
import { passedOn } from '../shared/unfetched';
import { patternProperty } from './parameter';

export const option: INodePropertyOptions = {
	name: 'Validate',
	value: 'validate',
	action: 'Validate a pattern',
	description: 'Check a pattern against the STIX 2.1 grammar and rules, and show where it is wrong',
};

export const description = shownFor({ operation: ['validate'] }, [patternProperty]);

/** The item travels on. A pattern that is wrong is an answer here, no failure. */
export function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex, context.getNodeParameter('pattern', itemIndex));
	if (record !== undefined) return Promise.resolve(record);
	const pattern = textParameter(context, patternProperty, itemIndex);
	const { json } = context.getInputData()[itemIndex]!;
	return Promise.resolve(outputJson(context, itemIndex, validatedItem(json, pattern)));
}

import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { translatedItem } from '../../lib/flow';
import type { HuntOptions, HuntPlan } from '../../lib/hunt';
import { outputJson } from '../shared/flowItem';
import { lookBackOf, patternProperty } from '../shared/huntParameters';
import { forEachItem } from '../shared/items';
import { textParameter } from '../shared/jsonParameter';
import { passedOn } from '../shared/unfetched';

/** *Translate* of a target: the plan of each item's pattern, and what it would cost. Asks nobody: it needs no credential. */
export async function translating(
	context: IExecuteFunctions,
	language: Parameters<typeof translatedItem>[2],
	planOf: (pattern: string, options: HuntOptions) => HuntPlan,
): Promise<INodeExecutionData[][]> {
	return await forEachItem(context, async (itemIndex) => {
		const record = passedOn(context, itemIndex, context.getNodeParameter(patternProperty.name, itemIndex));
		if (record !== undefined) return record;
		const pattern = textParameter(context, patternProperty, itemIndex);
		const timeRangeMinutes = lookBackOf(context, itemIndex);
		const { json } = context.getInputData()[itemIndex]!;
		const item = translatedItem(json, pattern, language, (text) => planOf(text, { timeRangeMinutes }));
		return await Promise.resolve(outputJson(context, itemIndex, item));
	});
}

import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { costOf, type HuntOptions, type HuntPlan } from '../../lib/hunt';
import { lookBackOf, patternProperty } from '../shared/huntParameters';
import { forEachItem, grown } from '../shared/items';
import { isNothing, textParameter } from '../shared/jsonParameter';
import { passedOn } from '../shared/unfetched';

/** *Translate* of a target: the plan of each item's pattern, and what it would cost. Asks nobody: it needs no credential. */
export async function translating(
	context: IExecuteFunctions,
	language: Parameters<typeof costOf>[0],
	planOf: (pattern: string, options: HuntOptions) => HuntPlan,
): Promise<INodeExecutionData[][]> {
	return await forEachItem(context, async (itemIndex) => {
		const record = passedOn(context, itemIndex, context.getNodeParameter(patternProperty.name, itemIndex));
		if (record !== undefined) return record;
		const pattern = textParameter(context, patternProperty, itemIndex);
		const timeRangeMinutes = lookBackOf(context, itemIndex);
		if (isNothing(pattern))
			return await Promise.resolve(grown(context, itemIndex, { translation: { pattern: '', queries: [] } }));
		const plan = planOf(pattern, { timeRangeMinutes });
		const translation = { ...plan, cost: costOf(language, [plan]) };
		return grown(context, itemIndex, { translation });
	});
}

import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { costOf } from '../../../lib/hunt';
import { TRACE_LANGUAGE, planMessageTrace } from '../../../lib/microsoftHunt';
import { lookBackOf, patternProperty } from '../../shared/huntParameters';
import { forEachItem, grown } from '../../shared/items';
import { isNothing, textParameter } from '../../shared/jsonParameter';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import { translateProperties } from '../parameters';

export const option: INodePropertyOptions = {
	name: 'Translate',
	value: 'translate',
	action: 'Translate a STIX pattern for message trace',
	description: 'Show the filters of a pattern without sending them',
};

export const description = shownFor({ resource: ['messageTrace'], operation: ['translate'] }, translateProperties);

/** Asks nobody: it needs no credential. */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await forEachItem(context, async (itemIndex) => {
		const record = passedOn(context, itemIndex, context.getNodeParameter(patternProperty.name, itemIndex));
		if (record !== undefined) return record;
		const pattern = textParameter(context, patternProperty, itemIndex);
		const timeRangeMinutes = lookBackOf(context, itemIndex);
		if (isNothing(pattern))
			return await Promise.resolve(grown(context, itemIndex, { translation: { pattern: '', queries: [] } }));
		const plan = planMessageTrace(pattern, { timeRangeMinutes });
		const translation = { ...plan, cost: costOf(TRACE_LANGUAGE, [plan]) };
		return grown(context, itemIndex, { translation });
	});
}

import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { extractFromItem } from '../../lib/flow';
import { analyseProperty } from '../shared/analysis';
import { flowItem } from '../shared/flowItem';
import { foundNothing } from '../shared/items';
import { leaveOutProperties } from '../shared/leaveOut';
import { openAttachmentsProperty } from '../shared/openAttachments';
import { shownFor } from '../shared/operation';
import { passedOn } from '../shared/unfetched';
import { extractionProperty, readingOptions } from './indicatorOptions';

export const option: INodePropertyOptions = {
	name: 'Extract Indicators',
	value: 'extract',
	action: 'Extract indicators from email',
	description: 'Output one item for each indicator of a message, with the places where it was found',
};

export const description = shownFor({ operation: ['extract'] }, [
	analyseProperty,
	...leaveOutProperties,
	openAttachmentsProperty,
	extractionProperty,
]);

export async function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]> {
	const record = passedOn(context, itemIndex);
	if (record !== undefined) return [record];
	const { items, gaps } = await extractFromItem(flowItem(context, itemIndex), await readingOptions(context, itemIndex));
	if (items.length === 0 && gaps.length > 0) foundNothing(context, itemIndex, gaps);
	return items.map((json) => ({ json: json as IDataObject }));
}

import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { EmailWarning } from '../../lib/email';
import {
	foundItems,
	rowItems as rowItemsOf,
	type Finding,
	type HuntOutput,
	type RowView,
	type Several,
} from '../../lib/flow';
import { outputJson } from './flowItem';
import { foundNothing } from './items';

export const outputProperty: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{
			name: 'One Item',
			value: 'summary',
			description: 'The input item, with everything that was found in one field',
		},
		{
			name: 'One Item per Message',
			value: 'messages',
			description: "Each row with its own bundle, and the message of the input item in 'message'",
		},
	],
	default: 'summary',
	description: 'How to output the messages that were found',
};

/** Items of what was found: the input item with everything in the field `name`, or one item a message. */
export async function resultItems<Row>(
	context: IExecuteFunctions,
	itemIndex: number,
	output: HuntOutput,
	name: 'hunt' | 'search',
	finding: Finding<Row>,
	view: RowView<Row>,
): Promise<INodeExecutionData[]> {
	const { json } = context.getInputData()[itemIndex]!;
	return severalItems(context, itemIndex, await foundItems(json, output, name, finding, view), output);
}

/** An item a row, with the message of the input item to group them by. */
export function rowItems(
	context: IExecuteFunctions,
	itemIndex: number,
	rows: readonly object[],
	gaps: readonly EmailWarning[],
): INodeExecutionData[] {
	const { json } = context.getInputData()[itemIndex]!;
	return severalItems(context, itemIndex, rowItemsOf(json, rows, gaps), 'messages');
}

/** Output items: the one that grew keeps the files of its input item. Where there is none, the output pane tells what is missing. */
export function severalItems(
	context: IExecuteFunctions,
	itemIndex: number,
	{ items, gaps }: Several,
	output: HuntOutput,
): INodeExecutionData[] {
	if (items.length === 0 && gaps.length > 0) foundNothing(context, itemIndex, gaps);
	return items.map((json) =>
		output === 'summary' ? outputJson(context, itemIndex, json) : { json: json as IDataObject },
	);
}

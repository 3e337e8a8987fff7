import type { IExecuteFunctions, INodeExecutionData, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { notedItem } from '../../../lib/flow';
import type { OpenCtiClient } from '../../../lib/opencti';
import { outputJson } from '../../shared/flowItem';
import { filledParameter } from '../../shared/jsonParameter';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import { additionOptions, additionsCollection, targetOf, targetProperty, type AdditionParameters } from '../existing';

export const option: INodePropertyOptions = {
	name: 'Add Note',
	value: 'addNote',
	action: 'Add note to report or case',
	description: 'Add a note to an existing report, case or incident. The same note is not added twice.',
};

const noteProperty: INodeProperties = {
	displayName: 'Note',
	name: 'note',
	type: 'string',
	typeOptions: { rows: 4 },
	required: true,
	default: '',
	description: 'Text of the note, in Markdown',
};

const titleOption: INodeProperties = {
	displayName: 'Title',
	name: 'title',
	type: 'string',
	default: '',
	description: 'Title of the note',
};

export const description = shownFor({ resource: ['report'], operation: ['addNote'] }, [
	targetProperty,
	noteProperty,
	additionsCollection([titleOption]),
]);

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: OpenCtiClient,
): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex);
	if (record !== undefined) return record;
	const parameters = context.getNodeParameter('options', itemIndex, {}) as AdditionParameters & { title?: string };
	const content = filledParameter(context, noteProperty, itemIndex);
	const { title = '' } = parameters;
	const note = { content, ...(title.trim() === '' ? {} : { title: title.trim() }) };
	const target = targetOf(context, itemIndex);
	const { json } = context.getInputData()[itemIndex]!;
	const item = await notedItem(json, client, target, note, additionOptions(context, itemIndex, parameters));
	return outputJson(context, itemIndex, item);
}

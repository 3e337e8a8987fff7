import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { EmailWarning } from '../../lib/email';
import { isRecord } from '../../lib/json';
import { NOTE } from './bundleGaps';
import { foundNothing, grown } from './items';

export type Output = 'summary' | 'messages';

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

/** What a target makes of its rows for people, and for platforms. */
export interface RowView<Row> {
	fieldsOf(row: Row): object;
	bundleOf(rows: readonly Row[]): object;
}

/** What a hunt or a search found, and what it says of that. */
export interface Finding<Row> {
	rows: readonly Row[];
	warnings: readonly EmailWarning[];
	/** What stands behind the rows: queries, counts. */
	about?: IDataObject;
}

/** Items of what was found: the input item with everything in the field `name`, or one item a message. */
export function resultItems<Row>(
	context: IExecuteFunctions,
	itemIndex: number,
	output: Output,
	name: 'hunt' | 'search',
	{ rows, warnings, about = {} }: Finding<Row>,
	view: RowView<Row>,
): INodeExecutionData[] {
	const gaps = warnings.filter(({ code }) => code !== NOTE);
	if (output === 'messages') {
		const messages = rows.map((row) => ({ ...view.fieldsOf(row), bundle: view.bundleOf([row]) }));
		return rowItems(context, itemIndex, messages, gaps);
	}
	const complete = gaps.length === 0;
	const found = {
		matches: rows.length,
		complete,
		rows: rows.map((row) => view.fieldsOf(row)),
		warnings,
		...about,
		bundle: view.bundleOf(rows),
	};
	return [grown(context, itemIndex, { [name]: found }, { warnings: gaps, complete })];
}

/**
 * An item a row, with the message of the input item to group them by. Each says that there may be more, for none of them is the last;
 * without a row, the output pane does.
 */
export function rowItems(
	context: IExecuteFunctions,
	itemIndex: number,
	rows: readonly object[],
	gaps: readonly EmailWarning[],
): INodeExecutionData[] {
	if (rows.length === 0 && gaps.length > 0) foundNothing(context, itemIndex, gaps);
	const message = messageOf(context.getInputData()[itemIndex]!.json);
	const more = {
		...(message === undefined ? {} : { message }),
		...(gaps.length === 0 ? {} : { complete: false, warnings: gaps }),
	};
	return rows.map((row) => ({ json: { ...row, ...more } }));
}

/** Names of a message's fields by which it is known again. */
const REFERENCE = ['id', 'messageId', 'subject', 'from', 'receivedAt', 'date'] as const;

/** The message that an item is, or is of. */
function messageOf(json: IDataObject): IDataObject | undefined {
	if (isRecord(json.message)) return json.message as IDataObject;
	if (json.messageId === undefined && json.subject === undefined) return undefined;
	const message: IDataObject = {};
	for (const name of REFERENCE) if (json[name] !== undefined) message[name] = json[name];
	return message;
}

import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { esaRowsToBundle, withOverview, type EsaBundleOptions, type EsaRow, type HuntedRow } from '../../lib/esa';
import type { EmailWarning } from '../../lib/email';
import { isRecord } from '../../lib/json';
import { NOTE } from '../shared/bundleGaps';
import { foundNothing, grown } from '../shared/items';

export type Output = 'summary' | 'messages';

/** What a hunt or a search found, and what it says of that. */
export interface Finding {
	rows: ReadonlyArray<EsaRow & Partial<HuntedRow>>;
	warnings: readonly EmailWarning[];
	/** What stands behind the rows: queries, counts. */
	about?: IDataObject;
}

/** Items of what was found: the input item with everything in the field `name`, or one item a message. */
export function resultItems(
	context: IExecuteFunctions,
	itemIndex: number,
	output: Output,
	name: 'hunt' | 'search',
	{ rows, warnings, about = {} }: Finding,
	options: EsaBundleOptions,
): INodeExecutionData[] {
	const gaps = warnings.filter(({ code }) => code !== NOTE);
	if (output === 'messages') {
		const messages = rows.map((row) => ({ ...fieldsOf(row), bundle: esaRowsToBundle([row], options) }));
		return rowItems(context, itemIndex, messages, gaps);
	}
	const complete = gaps.length === 0;
	const found = {
		matches: rows.length,
		complete,
		rows: rows.map(fieldsOf),
		warnings,
		...about,
		bundle: esaRowsToBundle(rows, options),
	};
	return [grown(context, itemIndex, { [name]: found }, { warnings: gaps, complete })];
}

/** What people look for first, what of a pattern found it, and the appliance's own fields. */
const fieldsOf = ({ attributes, matchedBy }: EsaRow & Partial<HuntedRow>): object =>
	withOverview(attributes, matchedBy === undefined ? {} : { matchedBy });

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

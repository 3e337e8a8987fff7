import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { esaRowsToBundle, type EsaBundleOptions, type EsaRow, type HuntedRow } from '../../lib/esa';
import type { EmailWarning } from '../../lib/email';
import { NOTE } from '../shared/bundleGaps';
import { foundNothing } from '../shared/items';

export type Output = 'summary' | 'messages';

/** What a search said besides its rows. */
export interface Told {
	warnings: readonly string[];
	/** Those of the warnings for which rows may be missing. */
	gaps: readonly string[];
}

/** Code of a warning for which messages may be missing. */
const GAP = 'hunt-incomplete';

/** Items of what was found: one with everything, or one a message. `about` is what the operation says besides. */
export function resultItems(
	context: IExecuteFunctions,
	itemIndex: number,
	rows: ReadonlyArray<EsaRow & Partial<HuntedRow>>,
	output: Output,
	options: EsaBundleOptions,
	{ warnings, gaps, ...about }: Told & Record<string, unknown>,
): INodeExecutionData[] {
	if (output === 'messages') {
		const messages = rows.map((row) => ({ ...fieldsOf(row), bundle: esaRowsToBundle([row], options) }));
		return rowItems(context, itemIndex, messages, gaps);
	}
	const json = {
		matches: rows.length,
		...about,
		warnings: warnings.map((message): EmailWarning => ({ code: gaps.includes(message) ? GAP : NOTE, message })),
		complete: gaps.length === 0,
		rows: rows.map(fieldsOf),
		bundle: esaRowsToBundle(rows, options),
	};
	return [{ json: json }];
}

/** The appliance's own fields, and what of a pattern found them. */
const fieldsOf = ({ attributes, matchedBy }: EsaRow & Partial<HuntedRow>): object =>
	matchedBy === undefined ? attributes : { ...attributes, matchedBy };

/** An item a row. Each says that there may be more, for none of them is the last; without a row, the output pane does. */
export function rowItems(
	context: IExecuteFunctions,
	itemIndex: number,
	rows: readonly object[],
	gaps: readonly string[],
): INodeExecutionData[] {
	const warnings = gaps.map((message): EmailWarning => ({ code: GAP, message }));
	if (rows.length === 0 && warnings.length > 0) foundNothing(context, itemIndex, warnings);
	const told = warnings.length === 0 ? {} : { complete: false, warnings };
	return rows.map((row) => ({ json: { ...row, ...told } }));
}

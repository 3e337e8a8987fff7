import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { esaRowsToBundle, type EsaBundleOptions, type EsaRow } from '../../lib/esa';

export type Output = 'summary' | 'messages';

/** Items of what was found: one with everything, or one a message. `about` is what the operation says besides. */
export function resultItems(
	rows: EsaRow[],
	output: Output,
	options: EsaBundleOptions,
	about: object,
): INodeExecutionData[] {
	const item = (json: object): INodeExecutionData => ({ json: json as IDataObject });
	if (output === 'messages') {
		return rows.map(({ attributes }) => item({ ...attributes, bundle: esaRowsToBundle([{ attributes }], options) }));
	}
	return [
		item({
			matches: rows.length,
			...about,
			rows: rows.map(({ attributes }) => attributes),
			bundle: esaRowsToBundle(rows, options),
		}),
	];
}

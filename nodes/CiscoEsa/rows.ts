import { esaBundleSteps, withOverview, type EsaBundleOptions, type EsaRow, type HuntedRow } from '../../lib/esa';
import type { RowView } from '../../lib/flow';

/** Rows of message tracking and of the quarantine, as items have them. */
export const rowView = (options: EsaBundleOptions): RowView<EsaRow & Partial<HuntedRow>> => ({
	/** What people look for first, what of a pattern found it, and the appliance's own fields. */
	fieldsOf: ({ attributes, matchedBy }) => withOverview(attributes, matchedBy === undefined ? {} : { matchedBy }),
	bundleOf: (rows) => esaBundleSteps(rows, options),
});

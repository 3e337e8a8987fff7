import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { EmailWarning } from '../../lib/email';
import type { HuntOmissionCode } from '../../lib/hunt';
import { isRecord } from '../../lib/json';
import { NOTE, warningsOf, withBundleGaps } from '../shared/bundleGaps';
import { grown } from '../shared/items';

/**
 * The input item with what an operation made in a field of its own. Its warnings are those of the item, too; what was made of
 * something incomplete is incomplete.
 *
 * @param sources What it was made of, besides the message: bundles, lists of objects, results of hunts.
 */
export function withResult(
	context: IExecuteFunctions,
	itemIndex: number,
	result: Record<string, object>,
	sources: readonly unknown[] = [],
): INodeExecutionData {
	const [[field, made] = ['result', {}]] = Object.entries(result);
	let known = made as IDataObject;
	for (const source of sources) {
		if (source === undefined) continue;
		const isHunt = isRecord(source) && 'matches' in source;
		if (isHunt && isAllThatCanBeFound(source)) continue;
		known = withBundleGaps(context, itemIndex, isHunt ? source.bundle : source, known);
		if (isHunt && source.complete === false) known = { ...known, complete: false };
	}
	const { warnings, complete } = known as { warnings?: EmailWarning[]; complete?: boolean };
	return grown(context, itemIndex, { [field]: known }, { warnings, complete });
}

const NOT_SEARCHABLE: HuntOmissionCode = 'hunt-terms-not-searchable';

/**
 * Whether a hunt found all that its system can be asked for. What no system can search is missing of the item, and said in the report;
 * the report holds all that there is.
 */
function isAllThatCanBeFound(hunt: Record<string, unknown>): boolean {
	if (hunt.complete !== false) return true;
	const gaps = warningsOf(hunt).filter(({ code }) => code !== NOTE);
	return gaps.length > 0 && gaps.every(({ code }) => code === NOT_SEARCHABLE);
}

import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { NOT_OPENED } from '../../lib/attachments';
import { INCOMPLETE_WARNING, isIncomplete, type EmailWarning } from '../../lib/email';
import { defang, extractIndicatorsAsync, type Indicator, type LeftOut } from '../../lib/indicators';
import { compact } from '../../lib/json';
import { indicatorPattern } from '../../lib/stix';
import { searchedHashes } from '../../lib/values';
import { withoutReporterIndicators, type Analyse } from '../../lib/reported';
import { analyseProperty, readAnalysed } from '../shared/analysis';
import { choiceParameter } from '../shared/choices';
import { foundNothing } from '../shared/items';
import { leaveOutProperties } from '../shared/leaveOut';
import { openAttachmentsProperty, withOpenAttachments } from '../shared/openAttachments';
import { shownFor } from '../shared/operation';
import { passedOn } from '../shared/unfetched';
import { extractionProperty, extractOptions } from './indicatorOptions';
import { messageReference } from './messageFields';

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
	const options = await extractOptions(context, itemIndex);
	const analyse = choiceParameter<Analyse>(context, analyseProperty, itemIndex);
	const { analysed, reporters } = await readAnalysed(context, itemIndex, analyse, options);
	const { reported } = analysed;
	const email = await withOpenAttachments(context, itemIndex, analysed.email, extractionProperty.name);
	const gaps: EmailWarning[] = [
		...(analysed.complete ? [] : analysed.warnings),
		...(isIncomplete(email) ? [INCOMPLETE_WARNING] : []),
		...email.warnings.filter(({ code }) => code === NOT_OPENED),
	];
	const notes = analysed.complete ? analysed.warnings : [];
	const onWarning = (warning: EmailWarning) => gaps.push(warning);
	let leftOut: LeftOut = {};
	const onLeftOut = (counts: LeftOut) => (leftOut = counts);
	const signal = context.getExecutionCancelSignal?.();
	const found = await extractIndicatorsAsync(email, { ...options, onWarning, onLeftOut, signal });
	const indicators = withoutReporterIndicators(found, reporters);
	const message = messageReference(email);
	const ofMessage = {
		message,
		...(Object.keys(leftOut).length === 0 ? {} : { leftOut }),
		...(reported === undefined ? {} : { reported: reported as unknown as IDataObject }),
		...(gaps.length === 0 ? {} : { complete: false }),
		...(gaps.length + notes.length === 0
			? {}
			: { warnings: [...new Set([...(gaps.length === 0 ? [] : email.warnings), ...notes, ...gaps])] }),
	};
	if (indicators.length === 0) {
		const why = [...new Set(gaps.length > 0 ? [...email.warnings, ...gaps] : []), ...leftOutWarning(leftOut)];
		if (why.length > 0) foundNothing(context, itemIndex, why);
	}
	return indicators.map((indicator) => ({ json: { ...fieldsOf(indicator), ...ofMessage } }));
}

/**
 * First what people look at: the value, as they may paste it without harm, what is thought of it, and the pattern by which a hunt
 * looks for it.
 */
function fieldsOf(indicator: Indicator): IDataObject {
	const { type, value, flags, defanged, ...rest } = indicator;
	const pattern = indicatorPattern(indicator, indicator.hashes && searchedHashes(indicator.hashes));
	const display = defang(value);
	return compact({ type, value, display, flags, defanged, pattern, ...rest });
}

/** There is no item then that could tell. */
function leftOutWarning(leftOut: LeftOut): EmailWarning[] {
	const counts = Object.entries(leftOut).map(([flag, count]) => `${flag} ${count}`);
	if (counts.length === 0) return [];
	const message = `'Leave Out' removed all values that were found (${counts.join(', ')}).`;
	return [{ code: 'left-out', message }];
}

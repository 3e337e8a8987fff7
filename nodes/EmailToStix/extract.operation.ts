import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { INCOMPLETE_WARNING, isIncomplete, type EmailWarning } from '../../lib/email';
import { defang, extractIndicatorsAsync, type Indicator } from '../../lib/indicators';
import { indicatorPattern } from '../../lib/stix';
import { readEmail } from '../shared/emailItem';
import { foundNothing } from '../shared/items';
import { shownFor } from '../shared/operation';
import { passedOn } from '../shared/unfetched';
import { extractOptions, indicatorOptionsProperty } from './indicatorOptions';

export const option: INodePropertyOptions = {
	name: 'Extract Indicators',
	value: 'extract',
	action: 'Extract indicators from email',
	description: 'Output one item for each indicator of a message, with the places where it was found',
};

export const description = shownFor({ operation: ['extract'] }, [indicatorOptionsProperty]);

export async function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]> {
	const record = passedOn(context, itemIndex);
	if (record !== undefined) return [record];
	const parameters = context.getNodeParameter('extraction', itemIndex, {}) as Parameters<typeof extractOptions>[0];
	const email = await readEmail(context, itemIndex);
	const { id, messageId, subject } = email;
	const message = { id, messageId, subject, from: email.from[0]?.address };
	const gaps: EmailWarning[] = isIncomplete(email) ? [INCOMPLETE_WARNING] : [];
	const onWarning = (warning: EmailWarning) => gaps.push(warning);
	const signal = context.getExecutionCancelSignal?.();
	const indicators = await extractIndicatorsAsync(email, { ...extractOptions(parameters), onWarning, signal });
	const incomplete = gaps.length === 0 ? {} : { complete: false, warnings: [...email.warnings, ...gaps] };
	if (indicators.length === 0 && gaps.length > 0) foundNothing(context, itemIndex, [...email.warnings, ...gaps]);
	return indicators.map((indicator) => ({
		json: { ...indicator, ...writtenForms(indicator), message, ...incomplete },
	}));
}

/** The value as people may paste it without harm, and as a pattern that a hunt understands. */
function writtenForms(indicator: Indicator): { display: string; pattern?: string } {
	const pattern = indicatorPattern(indicator, indicator.hashes);
	return { display: defang(indicator.value), ...(pattern === undefined ? {} : { pattern }) };
}

import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { defang, extractIndicators, type Indicator } from '../../lib/indicators';
import { indicatorPattern } from '../../lib/stix';
import { readEmail } from '../shared/emailItem';
import { shownFor } from '../shared/operation';
import { extractOptions, indicatorOptionsProperty } from './indicatorOptions';

export const option: INodePropertyOptions = {
	name: 'Extract Indicators',
	value: 'extract',
	action: 'Extract indicators from email',
	description: 'Put out one item for each indicator of a message, with the places where it was found',
};

export const description = shownFor({ operation: ['extract'] }, [indicatorOptionsProperty]);

export async function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]> {
	const parameters = context.getNodeParameter('extraction', itemIndex, {}) as Parameters<typeof extractOptions>[0];
	const email = await readEmail(context, itemIndex);
	const { id, messageId, subject } = email;
	const message = { id, messageId, subject, from: email.from[0]?.address };
	return extractIndicators(email, extractOptions(parameters)).map((indicator) => ({
		json: { ...indicator, ...writtenForms(indicator), message },
	}));
}

/** The value as people may paste it without harm, and as a pattern that a hunt understands. */
function writtenForms(indicator: Indicator): { display: string; pattern?: string } {
	const pattern = indicatorPattern(indicator, indicator.hashes);
	return { display: defang(indicator.value), ...(pattern === undefined ? {} : { pattern }) };
}

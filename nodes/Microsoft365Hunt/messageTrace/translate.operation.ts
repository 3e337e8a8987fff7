import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { TRACE_LANGUAGE, planMessageTrace } from '../../../lib/microsoftHunt';
import { shownFor } from '../../shared/operation';
import { translateProperties } from '../parameters';
import { translating } from '../translating';

export const option: INodePropertyOptions = {
	name: 'Translate',
	value: 'translate',
	action: 'Translate a STIX pattern for message trace',
	description: 'Show the filters of a pattern without sending them',
};

export const description = shownFor({ resource: ['messageTrace'], operation: ['translate'] }, translateProperties);

export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await translating(context, TRACE_LANGUAGE, planMessageTrace);
}

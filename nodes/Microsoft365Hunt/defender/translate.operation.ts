import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { DEFENDER_LANGUAGE, planDefenderHunt } from '../../../lib/microsoftHunt';
import { shownFor } from '../../shared/operation';
import { translateProperties } from '../parameters';
import { translating } from '../translating';

export const option: INodePropertyOptions = {
	name: 'Translate',
	value: 'translate',
	action: 'Translate a STIX pattern for Defender',
	description: 'Show the KQL of a pattern without running it',
};

export const description = shownFor({ resource: ['defender'], operation: ['translate'] }, translateProperties);

export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await translating(context, DEFENDER_LANGUAGE, planDefenderHunt);
}

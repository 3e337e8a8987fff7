import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import type { EsaClient } from '../../../lib/esa';
import { shownFor } from '../../shared/operation';
import { actOn, selectionProperties } from './selection';

export const option: INodePropertyOptions = {
	name: 'Release',
	value: 'release',
	action: 'Release messages from quarantine',
	description: 'Release messages that are held in quarantine and deliver them to their recipients',
};

export const description = shownFor({ resource: ['quarantine'], operation: ['release'] }, selectionProperties);

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: EsaClient,
): Promise<INodeExecutionData> {
	return await actOn(context, itemIndex, 'released', async (selection) => await client.releaseQuarantined(selection));
}

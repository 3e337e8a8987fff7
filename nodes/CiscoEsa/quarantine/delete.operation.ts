import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import type { EsaClient } from '../../../lib/esa';
import { shownFor } from '../../shared/operation';
import { actOn, selectionProperties } from './selection';

export const option: INodePropertyOptions = {
	name: 'Delete',
	value: 'delete',
	action: 'Delete messages from quarantine for good',
	description: 'Delete messages that are held in quarantine, for good: they cannot be brought back',
};

export const description = shownFor({ resource: ['quarantine'], operation: ['delete'] }, selectionProperties);

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: EsaClient,
): Promise<INodeExecutionData> {
	return await actOn(context, itemIndex, 'deleted', async (selection) => await client.deleteQuarantined(selection));
}

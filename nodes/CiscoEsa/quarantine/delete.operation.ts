import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import type { EsaClient } from '../../../lib/esa';
import { shownFor } from '../../shared/operation';
import { actOn, selectionProperties } from './selection';

export const option: INodePropertyOptions = {
	name: 'Delete',
	value: 'delete',
	action: 'Permanently delete messages from quarantine',
	description: 'Permanently delete messages that are held in quarantine. They cannot be restored.',
};

export const description = shownFor({ resource: ['quarantine'], operation: ['delete'] }, selectionProperties);

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: EsaClient,
): Promise<INodeExecutionData> {
	return await actOn(context, itemIndex, 'deleted', async (selection) => await client.deleteQuarantined(selection));
}

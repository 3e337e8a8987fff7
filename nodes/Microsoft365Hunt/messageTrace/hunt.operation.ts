import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { MessageTraceClient, planMessageTraces } from '../../../lib/microsoftHunt';
import { forEachHunt } from '../../shared/hunts';
import { shownFor } from '../../shared/operation';
import { connecting } from '../connection';
import { huntProperties, huntSettings } from '../parameters';

export const option: INodePropertyOptions = {
	name: 'Hunt',
	value: 'hunt',
	action: 'Hunt messages in message trace',
	description: 'Find all messages that match a STIX pattern, up to 90 days back',
};

export const description = shownFor({ resource: ['messageTrace'], operation: ['hunt'] }, huntProperties([]));

/** All items as one hunt: what they ask alike is asked once. */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await forEachHunt(context, {
		connect: connecting((options) => new MessageTraceClient(options)),
		plans: planMessageTraces,
		settings: huntSettings,
	});
}

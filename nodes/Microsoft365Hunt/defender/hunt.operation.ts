import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { DefenderClient, planDefenderHunts } from '../../../lib/microsoftHunt';
import { forEachHunt } from '../../shared/hunts';
import { shownFor } from '../../shared/operation';
import { connecting } from '../connection';
import { detailsOption, huntProperties, huntSettings } from '../parameters';

export const option: INodePropertyOptions = {
	name: 'Hunt',
	value: 'hunt',
	action: 'Hunt messages in Defender',
	description:
		'Find all messages that match a STIX pattern, with links, attachments, who clicked and what happened afterwards',
};

export const description = shownFor({ resource: ['defender'], operation: ['hunt'] }, huntProperties([detailsOption]));

/** All items as one hunt: what they ask alike is asked once. */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await forEachHunt(context, {
		connect: connecting((options) => new DefenderClient(options)),
		plans: planDefenderHunts,
		settings: huntSettings,
	});
}

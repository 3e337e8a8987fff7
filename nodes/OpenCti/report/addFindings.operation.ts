import {
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodePropertyOptions,
} from 'n8n-workflow';
import { findingsItem, hasHunts } from '../../../lib/flow';
import type { OpenCtiClient } from '../../../lib/opencti';
import { flowItem, outputJson } from '../../shared/flowItem';
import { listOf, shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import { ownDomainsOption } from '../emailContents';
import { additionOptions, additionsCollection, targetOf, targetProperty, type AdditionParameters } from '../existing';
import { huntResultOptions, huntResultProperties, type HuntResultParameters } from '../huntResults';

export const option: INodePropertyOptions = {
	name: 'Add Findings',
	value: 'addFindings',
	action: 'Add findings of a hunt to report or case',
	description:
		'Add what a hunt found to an existing report, case or incident: sightings, and a note with the messages. Nothing is added twice.',
};

export const description = shownFor({ resource: ['report'], operation: ['addFindings'] }, [
	targetProperty,
	additionsCollection([...huntResultProperties, ownDomainsOption]),
]);

interface FindingsParameters extends AdditionParameters, HuntResultParameters {
	ownDomains?: string;
}

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: OpenCtiClient,
): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex);
	if (record !== undefined) return record;
	const parameters = context.getNodeParameter('options', itemIndex, {}) as FindingsParameters;
	const item = flowItem(context, itemIndex);
	if (!hasHunts(item.json)) {
		throw new NodeOperationError(context.getNode(), `The item has no results of a hunt (item ${itemIndex})`, {
			itemIndex,
			description:
				"Put a node that hunts (Cisco Secure Email or Microsoft 365 Hunt, operation Hunt) before this one: it writes the field 'hunt' of the item.",
		});
	}
	const json = await findingsItem(item, client, targetOf(context, itemIndex), {
		...additionOptions(context, itemIndex, parameters),
		huntResults: huntResultOptions(parameters),
		ownDomains: listOf(parameters.ownDomains),
	});
	return outputJson(context, itemIndex, json);
}

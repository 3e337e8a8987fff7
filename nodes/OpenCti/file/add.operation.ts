import type { IExecuteFunctions, INodeExecutionData, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { filesItem } from '../../../lib/flow';
import type { OpenCtiClient } from '../../../lib/opencti';
import { flowItem, outputJson } from '../../shared/flowItem';
import { filledParameter } from '../../shared/jsonParameter';
import { listOf, shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import { MADE_BEFORE } from '../existing';
import { markingsOption, namesOf } from '../fields';
import { draftOption } from '../workspace';

const fileMarkings = markingsOption('Marking Names or IDs');

export const option: INodePropertyOptions = {
	name: 'Add',
	value: 'add',
	action: 'Add files to report or case',
	description: 'Upload binary data to an existing report, case, incident or other object',
};

const objectIdProperty: INodeProperties = {
	displayName: 'Object ID',
	name: 'objectId',
	type: 'string',
	required: true,
	default: MADE_BEFORE,
	description: 'Internal ID or standard ID of the report, case, incident or other object in OpenCTI',
};

const binaryNamesProperty: INodeProperties = {
	displayName: 'Input Data Field Names',
	name: 'binaryNames',
	type: 'string',
	required: true,
	default: 'data',
	placeholder: 'e.g. data, attachment_0',
	description: 'Names of the binary fields that contain the files, separated by commas. Use * to upload all files.',
};

export const description = shownFor({ resource: ['file'], operation: ['add'] }, [
	objectIdProperty,
	binaryNamesProperty,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			draftOption,
			fileMarkings,
			{
				displayName: 'Start Import Connectors',
				name: 'triggerImport',
				type: 'boolean',
				default: false,
				description: 'Whether to run the automatic import connectors of the platform on the uploaded files',
			},
		],
	},
]);

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: OpenCtiClient,
): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex);
	if (record !== undefined) return record;
	const objectId = filledParameter(context, objectIdProperty, itemIndex);
	const wanted = listOf(filledParameter(context, binaryNamesProperty, itemIndex));
	const options = context.getNodeParameter('options', itemIndex, {}) as { markings?: unknown; triggerImport?: boolean };
	const markings = namesOf(context, itemIndex, fileMarkings, options);
	const names = wanted.includes('*') ? Object.keys(context.getInputData()[itemIndex]?.binary ?? {}) : wanted;
	// A name that is not there is an error that says which.
	for (const name of names) context.helpers.assertBinaryData(itemIndex, name);
	const json = await filesItem(flowItem(context, itemIndex), client, objectId, {
		names,
		noFiles: NO_FILES,
		triggerImport: options.triggerImport === true,
		...(markings.length > 0 ? { markings } : {}),
	});
	return outputJson(context, itemIndex, json);
}

const NO_FILES =
	"The item has no binary data, so nothing was uploaded. Connect this node to a node that outputs files: a mailbox trigger with 'Include Attachments' on (for messages up to 'Max Message Size (MB)'), or the Mailbox Reader node (Get Attachments).";

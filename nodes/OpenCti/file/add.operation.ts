import type { IExecuteFunctions, INodeExecutionData, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { draftFile, type DraftFile, type OpenCtiClient } from '../../../lib/opencti';
import { filledParameter } from '../../shared/jsonParameter';
import { listOf, shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';

export const option: INodePropertyOptions = {
	name: 'Add',
	value: 'add',
	action: 'Add files to report or case',
	description: 'Upload binary data to an existing report, case or other object',
};

const objectIdProperty: INodeProperties = {
	displayName: 'Object ID',
	name: 'objectId',
	type: 'string',
	required: true,
	default: '={{ $json.id }}',
	description: 'Internal ID or standard ID of the report, case or other object in OpenCTI',
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
			{
				displayName: 'Markings',
				name: 'markings',
				type: 'string',
				default: '',
				placeholder: 'e.g. TLP:AMBER',
				description:
					'Markings of the files, separated by commas. Only needed if they are stricter than the markings of the object.',
			},
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
	const { markings, triggerImport } = context.getNodeParameter('options', itemIndex, {}) as {
		markings?: string;
		triggerImport?: boolean;
	};
	const names = wanted.includes('*') ? Object.keys(context.getInputData()[itemIndex]?.binary ?? {}) : wanted;
	const files: DraftFile[] = [];
	for (const name of names) files.push(await fileOf(context, itemIndex, name));
	const uploaded = await client.addFiles(objectId, files, {
		triggerImport: triggerImport === true,
		...(markings ? { markings: listOf(markings) } : {}),
	});
	const warnings = files.length > 0 ? [] : [NO_FILES];
	const complete = files.length > 0 && uploaded.every(({ status }) => status === 'uploaded' || status === 'present');
	return { json: { id: objectId, complete, files: uploaded, warnings } };
}

const NO_FILES = {
	code: 'no-files',
	message:
		"The item has no binary data, so nothing was uploaded. The OpenCTI node does not output files. Connect this node to a node that does, and set 'Object ID' to the ID of the report: a mailbox trigger with 'Include Attachments' on (for messages up to 'Raw Message Limit (MB)'), or the Mailbox Reader node (Get Attachments).",
};

async function fileOf(context: IExecuteFunctions, itemIndex: number, name: string): Promise<DraftFile> {
	const { fileName, mimeType } = context.helpers.assertBinaryData(itemIndex, name);
	const content = await context.helpers.getBinaryDataBuffer(itemIndex, name);
	return draftFile({ content, contentType: mimeType, fileName });
}

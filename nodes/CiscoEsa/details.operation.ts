import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import type { EsaClient, MessageReference } from '../../lib/esa';
import { listOf, shownFor } from '../shared/operation';

export const option: INodePropertyOptions = {
	name: 'Get Details',
	value: 'details',
	action: 'Get the details of a message',
	description: 'Get what the appliance did with a message, and why',
};

export const description = shownFor({ operation: ['details'] }, [
	{
		displayName: 'Serial Number',
		name: 'serialNumber',
		type: 'string',
		required: true,
		default: '={{ $json.serialNumber }}',
		description: 'Of the appliance that handled the message, as rows name it',
	},
	{
		displayName: 'MIDs',
		name: 'mids',
		type: 'string',
		required: true,
		default: '={{ $json.mid }}',
		description: 'Numbers of the message on that appliance, separated by commas',
	},
	{
		displayName: 'Details',
		name: 'kinds',
		type: 'multiOptions',
		options: [
			{ name: 'Advanced Malware Protection', value: 'amp' },
			{ name: 'Data Loss Prevention', value: 'dlp' },
			{ name: 'Message', value: 'message' },
			{ name: 'URLs', value: 'url' },
		],
		default: ['message'],
		description: 'What to get. Each is one request and needs its privilege.',
	},
]);

const CALLS = {
	amp: (client: EsaClient, message: MessageReference) => client.ampDetails(message),
	dlp: (client: EsaClient, message: MessageReference) => client.dlpDetails(message),
	message: (client: EsaClient, message: MessageReference) => client.messageDetails(message),
	url: (client: EsaClient, message: MessageReference) => client.urlDetails(message),
} as const;

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: EsaClient | undefined,
): Promise<INodeExecutionData> {
	const mids = context.getNodeParameter('mids', itemIndex) as unknown;
	const reference = {
		serialNumber: context.getNodeParameter('serialNumber', itemIndex) as string,
		mids: (Array.isArray(mids) ? mids : listOf(String(mids))).map(Number),
	};
	const json: IDataObject = { ...reference };
	for (const kind of context.getNodeParameter('kinds', itemIndex) as Array<keyof typeof CALLS>) {
		json[kind] = await CALLS[kind](client!, reference);
	}
	return { json };
}

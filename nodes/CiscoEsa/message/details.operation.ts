import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import type { EsaClient, EsaMessageReference } from '../../../lib/esa';
import { grown } from '../../shared/items';
import { filledParameter } from '../../shared/jsonParameter';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import { numbersOf } from '../parameters';

export const option: INodePropertyOptions = {
	name: 'Get Details',
	value: 'details',
	action: 'Get the details of a message',
	description: 'Get what the appliance did with a message, and why',
};

const serialNumberProperty: INodeProperties = {
	displayName: 'Serial Number',
	name: 'serialNumber',
	type: 'string',
	required: true,
	default: '={{ $json.serialNumber }}',
	description:
		"Serial number of the appliance that handled the message, from the field 'serialNumber' of Hunt or Search",
};

export const description = shownFor({ resource: ['message'], operation: ['details'] }, [
	serialNumberProperty,
	{
		displayName: 'MIDs',
		name: 'mids',
		type: 'string',
		default: '={{ $json.mid }}',
		description:
			"Message IDs (MIDs) on that appliance, separated by commas, from the field 'mid' of Hunt or Search. Not required for connection details.",
	},
	{
		displayName: 'Details',
		name: 'kinds',
		type: 'multiOptions',
		options: [
			{ name: 'Advanced Malware Protection', value: 'amp' },
			{ name: 'Connection', value: 'connection' },
			{ name: 'Data Loss Prevention', value: 'dlp' },
			{ name: 'Message', value: 'message' },
			{ name: 'URLs', value: 'url' },
		],
		default: ['message'],
		description: 'Which details to get. Each one is a separate request and needs its own privilege.',
	},
	{
		displayName: 'ICID',
		name: 'icid',
		type: 'string',
		default: '={{ $json.icid }}',
		displayOptions: { show: { kinds: ['connection'] } },
		description: "Injection connection ID (ICID) of the message, from the field 'icid' of Hunt or Search",
	},
]);

const CALLS = {
	amp: (client: EsaClient, message: EsaMessageReference) => client.ampDetails(message),
	connection: (client: EsaClient, { serialNumber }: EsaMessageReference, icid: number) =>
		client.connectionDetails({ serialNumber, icid }),
	dlp: (client: EsaClient, message: EsaMessageReference) => client.dlpDetails(message),
	message: (client: EsaClient, message: EsaMessageReference) => client.messageDetails(message),
	url: (client: EsaClient, message: EsaMessageReference) => client.urlDetails(message),
} as const;

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: EsaClient,
): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex, context.getNodeParameter('serialNumber', itemIndex));
	if (record !== undefined) return record;
	const kinds = context.getNodeParameter('kinds', itemIndex) as Array<keyof typeof CALLS>;
	const reference = {
		serialNumber: filledParameter(context, serialNumberProperty, itemIndex),
		mids: numbersOf('MIDs', context.getNodeParameter('mids', itemIndex, '')),
	};
	const [icid = NaN] = kinds.includes('connection')
		? numbersOf('ICID', context.getNodeParameter('icid', itemIndex, ''))
		: [];
	const details: IDataObject = { ...reference, ...(Number.isNaN(icid) ? {} : { icid }) };
	for (const kind of kinds) details[kind] = await CALLS[kind](client, reference, icid);
	return grown(context, itemIndex, { details });
}

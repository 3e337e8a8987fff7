import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import type { OpenCtiClient, ReportQuery } from '../../../lib/opencti';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';

export const option: INodePropertyOptions = {
	name: 'Find',
	value: 'find',
	action: 'Find report',
	description: 'Find the reports that a message gave, or one by name and date, or by ID',
};

export const description = shownFor({ resource: ['report'], operation: ['find'] }, [
	{
		displayName: 'Find By',
		name: 'by',
		type: 'options',
		options: [
			{ name: 'ID', value: 'id' },
			{ name: 'Message-ID', value: 'messageId' },
			{ name: 'Name and Date', value: 'name' },
		],
		default: 'messageId',
		description: 'What is known of the report',
	},
	{
		displayName: 'Message-ID',
		name: 'messageId',
		type: 'string',
		required: true,
		default: '={{ $json.messageId }}',
		description: 'As in the header of the message, with angle brackets',
		displayOptions: { show: { by: ['messageId'] } },
	},
	{
		displayName: 'Report ID',
		name: 'reportId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. report--0a63ddf1-c18c-5b08-835a-7a6cda187ae8',
		description: 'Internal ID or standard ID',
		displayOptions: { show: { by: ['id'] } },
	},
	{
		displayName: 'Name',
		name: 'reportName',
		type: 'string',
		required: true,
		default: '',
		displayOptions: { show: { by: ['name'] } },
	},
	{
		displayName: 'Published',
		name: 'published',
		type: 'dateTime',
		required: true,
		default: '',
		displayOptions: { show: { by: ['name'] } },
	},
]);

/** One item a report; a single item that says so when there is none. */
export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: OpenCtiClient,
): Promise<INodeExecutionData[]> {
	const query = queryOf(context, itemIndex);
	const record = passedOn(context, itemIndex, ...Object.values(query));
	if (record !== undefined) return [record];
	const reports = await client.findReports(query);
	if (reports.length === 0) return [{ json: { found: false } }];
	return reports.map((report) => ({ json: { found: true, ...report } }));
}

function queryOf(context: IExecuteFunctions, itemIndex: number): ReportQuery {
	const text = (name: string) => context.getNodeParameter(name, itemIndex) as string;
	const by = text('by');
	if (by === 'id') return { id: text('reportId') };
	if (by === 'name') return { name: text('reportName'), published: text('published') };
	return { messageId: text('messageId') };
}

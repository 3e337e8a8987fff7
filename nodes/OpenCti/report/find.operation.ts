import type { IExecuteFunctions, INodeExecutionData, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { foundReportItems, isNothing } from '../../../lib/flow';
import type { OpenCtiClient, ReportQuery } from '../../../lib/opencti';
import { outputJson } from '../../shared/flowItem';
import { filledParameter } from '../../shared/jsonParameter';
import { shownFor } from '../../shared/operation';
import { timeOption } from '../../shared/timeOption';
import { passedOn } from '../../shared/unfetched';

export const option: INodePropertyOptions = {
	name: 'Find',
	value: 'find',
	action: 'Find report',
	description: 'Find the reports that were created from a message, or one report by name and date or by ID',
};

const messageIdProperty: INodeProperties = {
	displayName: 'Message-ID',
	name: 'messageId',
	type: 'string',
	required: true,
	default: '={{ $json.messageId }}',
	description: 'Message-ID from the header of the message, with angle brackets',
	displayOptions: { show: { by: ['messageId'] } },
};
const reportIdProperty: INodeProperties = {
	displayName: 'Report ID',
	name: 'reportId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. report--0a63ddf1-c18c-5b08-835a-7a6cda187ae8',
	description: 'Internal ID or standard ID of the report in OpenCTI',
	displayOptions: { show: { by: ['id'] } },
};
const nameProperty: INodeProperties = {
	displayName: 'Name',
	name: 'reportName',
	type: 'string',
	required: true,
	default: '',
	displayOptions: { show: { by: ['name'] } },
};
const publishedProperty: INodeProperties = {
	displayName: 'Published',
	name: 'published',
	type: 'dateTime',
	required: true,
	default: '',
	description: "Publication date, to the second. A time without a time zone is in the workflow's time zone.",
	displayOptions: { show: { by: ['name'] } },
};

/** What each way to find a report goes by. */
const NEEDED = {
	id: [reportIdProperty],
	messageId: [messageIdProperty],
	name: [nameProperty, publishedProperty],
} as const;

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
		description: 'How to find the report',
	},
	messageIdProperty,
	reportIdProperty,
	nameProperty,
	publishedProperty,
]);

/** One item a report, with all that came in; a single one when there is none. A message without Message-ID has none that it can be found by. */
export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: OpenCtiClient,
): Promise<INodeExecutionData[]> {
	const by = context.getNodeParameter('by', itemIndex) as keyof typeof NEEDED;
	const given = NEEDED[by].map(({ name }) => context.getNodeParameter(name, itemIndex));
	const record = passedOn(context, itemIndex, ...given);
	if (record !== undefined) return [record];
	const isSought = by !== 'messageId' || !given.every(isNothing);
	const reports = isSought ? await client.findReports(queryOf(context, itemIndex, by)) : [];
	const { json } = context.getInputData()[itemIndex]!;
	return foundReportItems(json, reports).map((item) => outputJson(context, itemIndex, item));
}

function queryOf(context: IExecuteFunctions, itemIndex: number, by: keyof typeof NEEDED): ReportQuery {
	const [first = '', second = ''] = NEEDED[by].map((property) => filledParameter(context, property, itemIndex));
	if (by === 'id') return { id: first };
	if (by === 'messageId') return { messageId: first };
	return { name: first, published: timeOption(context, publishedProperty, second) };
}

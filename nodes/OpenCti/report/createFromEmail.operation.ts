import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { reportFromEmail, type CreateOptions, type OpenCtiClient, type ReportFromEmailOptions } from '../../../lib/opencti';
import { readEmail } from '../../shared/emailItem';
import { tlpProperty } from '../../shared/markings';
import { listOf, shownFor } from '../../shared/operation';

export const option: INodePropertyOptions = {
	name: 'Create From Email',
	value: 'createFromEmail',
	action: 'Create report from email',
	description: 'Create a report that holds the message, with its attachments, or complete the one that is there',
};

export const description = shownFor({ resource: ['report'], operation: ['createFromEmail'] }, [
	tlpProperty,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Attachment MIME Types',
				name: 'attachmentTypes',
				type: 'string',
				default: 'application/pdf, text/csv, text/plain',
				description: 'Types of attachments that are uploaded, separated by commas. image/* is allowed, * uploads all of them.',
			},
			{
				displayName: 'Author',
				name: 'author',
				type: 'string',
				default: 'Email Intel',
				description: 'Name of the organization that is the author of the report. It is created when missing.',
			},
			{
				displayName: 'Confidence',
				name: 'confidence',
				type: 'number',
				typeOptions: { minValue: 0, maxValue: 100 },
				default: 50,
				description: 'From 0 to 100. When left out, the platform uses the maximum of the user.',
			},
			{
				displayName: 'Labels',
				name: 'labels',
				type: 'string',
				default: '',
				placeholder: 'e.g. phishing, newsletter',
				description: 'Labels separated by commas. What is missing is created, which needs the capability to manage labels.',
			},
			{
				displayName: 'Other Markings',
				name: 'markings',
				type: 'string',
				default: '',
				placeholder: 'e.g. PAP:AMBER',
				description: 'Further markings of the platform, separated by commas',
			},
			{
				displayName: 'Published',
				name: 'published',
				type: 'options',
				options: [
					{ name: 'Date Header of the Message', value: 'date' },
					{ name: 'When It Was Received', value: 'received' },
				],
				default: 'date',
				description: 'Which date the report carries. It is part of its identity.',
			},
			{
				displayName: 'Report Types',
				name: 'reportTypes',
				type: 'string',
				default: 'threat-report',
				description: "Values of the platform's report types, separated by commas",
			},
			{
				displayName: 'Start Import Connectors',
				name: 'triggerImport',
				type: 'boolean',
				default: false,
				description: "Whether the platform's automatic import connectors run on the uploaded files",
			},
			{
				displayName: 'Upload Original Message',
				name: 'originalEmail',
				type: 'boolean',
				default: false,
				description: 'Whether the message itself is uploaded too, byte for byte, as an .eml file',
			},
		],
	},
]);

interface Options {
	attachmentTypes?: string;
	author?: string;
	confidence?: number;
	labels?: string;
	markings?: string;
	published?: 'date' | 'received';
	reportTypes?: string;
	triggerImport?: boolean;
	originalEmail?: boolean;
}

export async function execute(context: IExecuteFunctions, itemIndex: number, client: OpenCtiClient): Promise<INodeExecutionData> {
	const tlp = context.getNodeParameter('tlp', itemIndex) as string;
	const options = context.getNodeParameter('options', itemIndex, {}) as Options;
	const email = await readEmail(context, itemIndex);
	const draft = reportFromEmail(email, draftOptions(tlp, options));
	const created = await client.createReport(draft, createOptions(options));
	const warnings = [...email.warnings, ...created.warnings];
	return { json: { ...created, messageId: email.messageId, warnings } as unknown as IDataObject };
}

function draftOptions(tlp: string, options: Options): ReportFromEmailOptions {
	const { attachmentTypes, author, confidence, labels, markings, published, reportTypes, originalEmail } = options;
	return {
		marking: [tlp, ...listOf(markings)],
		...(attachmentTypes === undefined ? {} : { attachmentTypes: listOf(attachmentTypes) }),
		...(author === undefined ? {} : { author }),
		...(confidence === undefined ? {} : { confidence }),
		labels: listOf(labels),
		...(published === undefined ? {} : { published }),
		...(reportTypes === undefined ? {} : { reportTypes: listOf(reportTypes) }),
		originalEmail: originalEmail === true,
	};
}

const createOptions = ({ triggerImport }: Options): CreateOptions => ({ triggerImport: triggerImport === true });

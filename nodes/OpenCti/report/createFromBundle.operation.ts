import type { AnyBundle } from '../../../lib/stix';
import type { IExecuteFunctions, INodeExecutionData, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { OpenCtiClient } from '../../../lib/opencti';
import { withBundleGaps } from '../../shared/bundleGaps';
import { bundleProperty, jsonParameter } from '../../shared/jsonParameter';
import { listOf, shownFor } from '../../shared/operation';
import { timeOption } from '../../shared/timeOption';
import { passedOn } from '../../shared/unfetched';

export const option: INodePropertyOptions = {
	name: 'Create From Bundle',
	value: 'createFromBundle',
	action: 'Create report from bundle',
	description: 'Import the objects of a bundle and create a report that contains them',
};

const publishedOption: INodeProperties = {
	displayName: 'Published',
	name: 'published',
	type: 'dateTime',
	default: '',
	description:
		"If not set, the date of the report in the bundle is used. A time without a time zone is in the workflow's time zone.",
};

export const description = shownFor({ resource: ['report'], operation: ['createFromBundle'] }, [
	bundleProperty,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Labels',
				name: 'labels',
				type: 'string',
				default: '',
				description: 'Additional labels, separated by commas',
			},
			{
				displayName: 'Markings',
				name: 'markings',
				type: 'string',
				default: '',
				placeholder: 'e.g. TLP:AMBER',
				description:
					'Markings of the report, separated by commas. If not set, the markings of the report in the bundle are used.',
			},
			{
				displayName: 'Name',
				name: 'name',
				type: 'string',
				default: '',
				description: 'If not set, the name of the report in the bundle is used',
			},
			publishedOption,
		],
	},
]);

interface BundleParameters {
	labels?: string;
	markings?: string;
	name?: string;
	published?: unknown;
}

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: OpenCtiClient,
): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex, context.getNodeParameter('bundle', itemIndex));
	if (record !== undefined) return record;
	const bundle = jsonParameter(context, bundleProperty, itemIndex) as AnyBundle;
	const { labels, markings, name, published } = context.getNodeParameter('options', itemIndex, {}) as BundleParameters;
	const date = timeOption(context, publishedOption, published, undefined);
	const report = await client.createReportFromBundle(bundle, {
		labels: listOf(labels),
		...(markings ? { marking: listOf(markings) } : {}),
		...(name ? { name } : {}),
		...(date === undefined ? {} : { published: date }),
	});
	return { json: withBundleGaps(context, itemIndex, bundle, { ...report }) };
}

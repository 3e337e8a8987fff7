import type { AnyBundle } from '../../../lib/stix';
import type { IExecuteFunctions, INodeExecutionData, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { OpenCtiClient } from '../../../lib/opencti';
import { bundleProperty, jsonParameter } from '../../shared/jsonParameter';
import { shownFor } from '../../shared/operation';
import { timeOption } from '../../shared/timeOption';
import { passedOn } from '../../shared/unfetched';
import { updateOption } from '../containerOptions';
import { labelOption } from '../emailContents';
import { labelsOption, markingsOption, namesOf } from '../fields';
import { itemIndicators } from '../itemParts';
import { withResult } from '../result';
import { draftOption } from '../workspace';

const reportMarkings = markingsOption('Marking Names or IDs');

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
			draftOption,
			labelsOption,
			labelOption,
			reportMarkings,
			{
				displayName: 'Name',
				name: 'name',
				type: 'string',
				default: '',
				description: 'If not set, the name of the report in the bundle is used',
			},
			publishedOption,
			updateOption,
		],
	},
]);

interface BundleParameters {
	labels?: unknown;
	markings?: unknown;
	name?: string;
	published?: unknown;
	updateExisting?: boolean;
	labelObservables?: boolean;
}

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: OpenCtiClient,
): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex, context.getNodeParameter('bundle', itemIndex));
	if (record !== undefined) return record;
	const bundle = jsonParameter(context, bundleProperty, itemIndex) as AnyBundle;
	const options = context.getNodeParameter('options', itemIndex, {}) as BundleParameters;
	const { name, published } = options;
	const marking = namesOf(context, itemIndex, reportMarkings, options);
	const date = timeOption(context, publishedOption, published, undefined);
	const report = await client.createReportFromBundle(bundle, {
		labels: namesOf(context, itemIndex, labelsOption, options),
		roles: options.labelObservables !== false,
		indicators: itemIndicators(context, itemIndex),
		...(marking.length > 0 ? { marking } : {}),
		...(options.updateExisting === true ? { existing: 'update' as const } : {}),
		...(name ? { name } : {}),
		...(date === undefined ? {} : { published: date }),
	});
	return withResult(context, itemIndex, { report }, [bundle]);
}

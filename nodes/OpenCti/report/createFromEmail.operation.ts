import type { IExecuteFunctions, INodeExecutionData, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { REPORT_DEFAULTS, type OpenCtiClient } from '../../../lib/opencti';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import { createOptions } from '../containerOptions';
import { campaignOf } from '../campaign';
import { emailProperties, emailToMake, REPORT, type EmailParameters } from '../emailContents';
import { namesOf, reliabilityOption, reportTypesOption } from '../fields';

const typesOption = reportTypesOption(REPORT_DEFAULTS.reportTypes);

export const option: INodePropertyOptions = {
	name: 'Create From Email',
	value: 'createFromEmail',
	action: 'Create report from email',
	description: 'Create a report from the message with its attachments, or complete the existing report',
};

const campaignOption: INodeProperties = {
	displayName: 'One Report per Campaign and Day',
	name: 'campaignDay',
	type: 'boolean',
	default: false,
	description:
		'Whether messages of one campaign and day go into one report. Each further message adds its objects, its file and a note; the text stays that of the first.',
};

export const description = shownFor(
	{ resource: ['report'], operation: ['createFromEmail'] },
	emailProperties(REPORT, [], [campaignOption, reliabilityOption, typesOption]),
);

interface ReportParameters extends EmailParameters {
	campaignDay?: boolean;
	reliability?: unknown;
	reportTypes?: unknown;
}

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: OpenCtiClient,
): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex);
	if (record !== undefined) return record;
	const parameters = context.getNodeParameter('options', itemIndex, {}) as ReportParameters;
	const { email, options, finished } = await emailToMake(context, itemIndex, REPORT, parameters);
	const { reliability } = parameters;
	const isReliabilityGiven = typeof reliability === 'string' && reliability.trim() !== '';
	const created = await client.createReportFromEmail(email, {
		...options,
		...createOptions(parameters),
		...(parameters.campaignDay === true ? { campaign: (await campaignOf(context, itemIndex)).keys } : {}),
		...(isReliabilityGiven ? { reliability: reliability.trim() } : {}),
		...(parameters.reportTypes === undefined
			? {}
			: { reportTypes: namesOf(context, itemIndex, typesOption, parameters) }),
	});
	return finished(created);
}

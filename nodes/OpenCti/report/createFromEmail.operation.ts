import type { IExecuteFunctions, INodeExecutionData, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { ContainerChoice } from '../../../lib/flow';
import { REPORT_DEFAULTS, type OpenCtiClient } from '../../../lib/opencti';
import { shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import { emailProperties, fromEmail, REPORT, type EmailParameters } from '../emailContents';
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
	const { reliability, reportTypes } = parameters;
	const isReliabilityGiven = typeof reliability === 'string' && reliability.trim() !== '';
	const choice: ContainerChoice = {
		kind: 'report',
		campaignDay: parameters.campaignDay === true,
		...(isReliabilityGiven ? { reliability: reliability.trim() } : {}),
		...(reportTypes === undefined ? {} : { reportTypes: namesOf(context, itemIndex, typesOption, parameters) }),
	};
	return await fromEmail(context, itemIndex, client, REPORT, choice, parameters);
}

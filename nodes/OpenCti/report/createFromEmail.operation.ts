import {
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';
import { EMAIL_REPORT_DEFAULTS, REPORT_DEFAULTS, type OpenCtiClient, type ReportContents } from '../../../lib/opencti';
import type { AnyStixObject } from '../../../lib/stix';
import { isRecord, withBundleGaps } from '../../shared/bundleGaps';
import { readEmail } from '../../shared/emailItem';
import { isNothing, jsonParameter } from '../../shared/jsonParameter';
import { tlpProperty } from '../../shared/markings';
import { listOf, shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import { createOptions, fromEmailOptions, optionsCollection, type ContainerParameters } from '../containerOptions';

const { contents } = EMAIL_REPORT_DEFAULTS;
const usualTypes = REPORT_DEFAULTS.reportTypes.join(', ');

export const option: INodePropertyOptions = {
	name: 'Create From Email',
	value: 'createFromEmail',
	action: 'Create report from email',
	description: 'Create a report from the message with its attachments, or complete the existing report',
};

const findingsOption: INodeProperties = {
	displayName: 'Findings',
	name: 'findings',
	type: 'json',
	default: '',
	placeholder: 'e.g. {{ $json.bundle }}',
	description: 'A STIX bundle with more objects for the report, such as the results of a hunt',
};

export const description = shownFor({ resource: ['report'], operation: ['createFromEmail'] }, [
	tlpProperty,
	{
		displayName: 'Put Into the Report',
		name: 'contents',
		type: 'options',
		options: [
			{
				name: 'Message Only',
				value: 'none',
				description: 'The text and the attachments. No indicators are extracted.',
			},
			{ name: 'Observables', value: 'observables', description: 'Values found in the message, as observables' },
			{
				name: 'Observables and Indicators',
				value: 'indicators',
				description: 'The same, with an indicator for each value that was defanged in the message',
			},
		],
		default: contents,
		description: 'What to put into the report in addition to the message',
	},
	optionsCollection([
		findingsOption,
		{
			displayName: 'Notes',
			name: 'notes',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			description: 'Markdown text to add at the end of the description',
		},
		{
			displayName: 'Own Domains',
			name: 'ownDomains',
			type: 'string',
			default: '',
			placeholder: 'e.g. example.com, example.org',
			description: 'Domains of your organization, separated by commas. No observables are created for them.',
		},
		{
			displayName: 'Reliability',
			name: 'reliability',
			type: 'string',
			default: '',
			placeholder: 'e.g. B - Usually reliable',
			description: 'A value of the reliability scale in OpenCTI. Only set when the report is created.',
		},
		{
			displayName: 'Report Types',
			name: 'reportTypes',
			type: 'string',
			default: usualTypes,
			description: 'Report types that exist in OpenCTI, separated by commas',
		},
	]),
]);

interface ReportParameters extends ContainerParameters {
	findings?: unknown;
	notes?: string;
	ownDomains?: string;
	reliability?: string;
	reportTypes?: string;
}

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: OpenCtiClient,
): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex);
	if (record !== undefined) return record;
	const tlp = context.getNodeParameter('tlp', itemIndex) as string;
	const parameters = context.getNodeParameter('options', itemIndex, {}) as ReportParameters;
	const given = givenFindings(context, itemIndex, parameters.findings);
	const findings = findingsOf(context, itemIndex, given);
	const email = await readEmail(context, itemIndex);
	const { notes, ownDomains, reliability, reportTypes } = parameters;
	const created = await client.createReportFromEmail(email, {
		...fromEmailOptions(tlp, parameters),
		...createOptions(parameters),
		contents: context.getNodeParameter('contents', itemIndex, contents) as ReportContents,
		findings,
		ownDomains: listOf(ownDomains),
		...(notes ? { notes } : {}),
		...(reliability?.trim() ? { reliability: reliability.trim() } : {}),
		...(reportTypes === undefined ? {} : { reportTypes: listOf(reportTypes) }),
	});
	const warnings = [...email.warnings, ...created.warnings];
	const json = { ...created, messageId: email.messageId, warnings };
	return { json: withBundleGaps(context, itemIndex, given, json) };
}

/** As an expression gives it, or the JSON that was pasted; nothing where a hunt found nothing. */
function givenFindings(context: IExecuteFunctions, itemIndex: number, given: unknown): unknown {
	if (typeof given !== 'string' || isNothing(given)) return given;
	return jsonParameter(context, { ...findingsOption, name: `options.${findingsOption.name}` }, itemIndex);
}

/** The objects of a bundle, of several, or of a list; a hunt without a hit gives none. Something else is not left out in silence. */
function findingsOf(context: IExecuteFunctions, itemIndex: number, given: unknown): AnyStixObject[] {
	if (isNothing(given)) return [];
	const objects = (Array.isArray(given) ? (given as unknown[]) : [given]).flatMap((entry) => {
		if (!isRecord(entry) || typeof entry.type !== 'string') return undefined;
		if (entry.type !== 'bundle') return entry as AnyStixObject;
		return entry.objects === undefined
			? []
			: Array.isArray(entry.objects)
				? (entry.objects as AnyStixObject[])
				: undefined;
	});
	if (objects.every((object) => object !== undefined)) return objects;
	throw new NodeOperationError(context.getNode(), "The option 'Findings' is not a STIX bundle", {
		itemIndex,
		description: 'Use an expression that returns a bundle, such as {{ $json.hunt.bundle }}, or a list of STIX objects.',
	});
}

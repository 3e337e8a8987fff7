import {
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';
import { REPORT_DEFAULTS, type OpenCtiClient, type ReportContents } from '../../../lib/opencti';
import type { AnyStixObject } from '../../../lib/stix';
import { isRecord } from '../../../lib/json';
import { firstLook } from '../../../lib/firstLook';
import type { Analyse } from '../../../lib/reported';
import { analyseProperty, readAnalysed, withReported } from '../../shared/analysis';
import { choiceParameter } from '../../shared/choices';
import { isNothing, jsonParameter } from '../../shared/jsonParameter';
import { leaveOutProperties, leftOutFlags } from '../../shared/leaveOut';
import {
	attachmentPasswordsOption,
	openAttachmentsProperty,
	otherArchivesOption,
	withOpenAttachments,
} from '../../shared/openAttachments';
import { listOf, shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import {
	createOptions,
	fromEmailOptions,
	optionsCollection,
	updateOption,
	type ContainerParameters,
} from '../containerOptions';
import { markingProperty, namesOf, reliabilityOption, reportTypesOption } from '../fields';
import { huntResultOptions, huntResultProperties, type HuntResultParameters } from '../huntResults';
import { chosenBundle, findingsOfHunts, itemHunts, itemIndicators, type ContentsChoice } from '../itemParts';
import { withResult } from '../result';

const typesOption = reportTypesOption(REPORT_DEFAULTS.reportTypes);

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
	placeholder: 'e.g. {{ $json.enrichment.bundle }}',
	description:
		"A STIX bundle with more objects for the report. The results of a hunt, in the field 'hunt' of the item, are added without it.",
};

export const description = shownFor({ resource: ['report'], operation: ['createFromEmail'] }, [
	analyseProperty,
	markingProperty,
	{
		displayName: 'Put Into the Report',
		name: 'contents',
		type: 'options',
		options: [
			{
				name: 'Automatic',
				value: 'auto',
				description: 'The bundle of the item if it has one, otherwise the observables of the message',
			},
			{
				name: "Item's Bundle",
				value: 'bundle',
				description: 'The bundle that Email to STIX made of the message, with the settings of that node',
			},
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
		default: 'auto',
		description: 'What to put into the report in addition to the message, its files and the results of a hunt',
	},
	...leaveOutProperties.map((property) => ({
		...property,
		displayOptions: {
			show: { ...property.displayOptions?.show, contents: ['auto', 'bundle', 'observables', 'indicators'] },
		},
	})),
	openAttachmentsProperty,
	optionsCollection([
		attachmentPasswordsOption,
		...huntResultProperties,
		findingsOption,
		{
			displayName: 'Label Observables',
			name: 'labelObservables',
			type: 'boolean',
			default: true,
			description:
				'Whether to add to new observables and indicators what is known of them: a label and a description with their role (sender, link, attachment, …) and tricks such as lookalike-domain, and a score. Existing ones are not changed.',
		},
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
			description:
				"Domains of your organization, separated by commas, for 'Leave Out'. Leave empty to use the domain of the mailbox that the message was read from.",
		},
		otherArchivesOption,
		reliabilityOption,
		typesOption,
		updateOption,
	]),
]);

interface ReportParameters extends ContainerParameters, HuntResultParameters {
	findings?: unknown;
	labelObservables?: boolean;
	notes?: string;
	ownDomains?: string;
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
	const tlp = context.getNodeParameter('tlp', itemIndex) as string;
	const parameters = context.getNodeParameter('options', itemIndex, {}) as ReportParameters;
	const choice = context.getNodeParameter('contents', itemIndex, 'auto') as ContentsChoice;
	const bundle = await chosenBundle(context, itemIndex, choice);
	const hunts = itemHunts(context, itemIndex);
	const given = givenFindings(context, itemIndex, parameters.findings);
	const findings = findingsOf(context, itemIndex, given);
	const { notes, ownDomains, reliability } = parameters;
	const analyse = choiceParameter<Analyse>(context, analyseProperty, itemIndex);
	const { analysed } = await readAnalysed(context, itemIndex, analyse, { ownDomains: listOf(ownDomains) });
	const { reported, file } = analysed;
	const email = await withOpenAttachments(context, itemIndex, analysed.email, 'options');
	const isReliabilityGiven = typeof reliability === 'string' && reliability.trim() !== '';
	const created = await client.createReportFromEmail(email, {
		...fromEmailOptions(context, itemIndex, tlp, parameters, bundle),
		...createOptions(parameters),
		...(bundle === undefined
			? { contents: contentsOf(choice) }
			: { bundle, indicators: itemIndicators(context, itemIndex) }),
		findings,
		reported,
		messageFile: file,
		firstLook: firstLook(email),
		hunts: findingsOfHunts(hunts),
		huntResults: huntResultOptions(parameters),
		ownDomains: listOf(ownDomains),
		leaveOut: leftOutFlags(context, itemIndex),
		roles: parameters.labelObservables !== false,
		...(notes ? { notes } : {}),
		...(isReliabilityGiven ? { reliability: reliability.trim() } : {}),
		...(parameters.reportTypes === undefined
			? {}
			: { reportTypes: namesOf(context, itemIndex, typesOption, parameters) }),
	});
	const warnings = [...email.warnings, ...analysed.warnings, ...created.warnings];
	const complete = created.complete && analysed.complete;
	const report = { ...created, messageId: email.messageId, warnings, complete };
	return withReported(withResult(context, itemIndex, { report }, [bundle, given, ...hunts]), reported);
}

/** Of a message without a bundle. */
const contentsOf = (choice: ContentsChoice): ReportContents =>
	choice === 'none' || choice === 'indicators' ? choice : 'observables';

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
		description:
			'Use an expression that gives a bundle, such as {{ $json.enrichment.bundle }}, or a list of STIX objects.',
	});
}

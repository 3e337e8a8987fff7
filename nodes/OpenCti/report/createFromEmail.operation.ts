import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';
import type { Email, EmailWarning } from '../../../lib/email';
import { extractIndicators, type Indicator } from '../../../lib/indicators';
import { reportFromEmail, type OpenCtiClient } from '../../../lib/opencti';
import { emailToBundle, isOmission, type AnyBundle, type AnyStixObject } from '../../../lib/stix';
import { isRecord, withBundleGaps } from '../../shared/bundleGaps';
import { readEmail } from '../../shared/emailItem';
import { isNothing, jsonParameter } from '../../shared/jsonParameter';
import { tlpProperty } from '../../shared/markings';
import { listOf, shownFor } from '../../shared/operation';
import { passedOn } from '../../shared/unfetched';
import { createOptions, fromEmailOptions, optionsCollection, type ContainerParameters } from '../containerOptions';

export const option: INodePropertyOptions = {
	name: 'Create From Email',
	value: 'createFromEmail',
	action: 'Create report from email',
	description: 'Create a report that holds the message, with its attachments, or complete the one that is there',
};

const findingsOption: INodeProperties = {
	displayName: 'Findings',
	name: 'findings',
	type: 'json',
	default: '',
	placeholder: 'e.g. {{ $json.bundle }}',
	description: 'A STIX bundle whose objects are put into the report too, such as what a hunt found',
};

export const description = shownFor({ resource: ['report'], operation: ['createFromEmail'] }, [
	tlpProperty,
	{
		displayName: 'Put Into the Report',
		name: 'contents',
		type: 'options',
		options: [
			{ name: 'Message Only', value: 'none', description: 'Text and attachments; nothing is extracted' },
			{ name: 'Observables', value: 'observables', description: 'What was found in the message, as observables' },
			{
				name: 'Observables and Indicators',
				value: 'indicators',
				description: 'The same, and an indicator for each value that a person had defanged',
			},
		],
		default: 'none',
		description: 'What the report holds besides the message',
	},
	optionsCollection([
		findingsOption,
		{
			displayName: 'Notes',
			name: 'notes',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			description: 'Markdown that is put at the end of the description',
		},
		{
			displayName: 'Own Domains',
			name: 'ownDomains',
			type: 'string',
			default: '',
			placeholder: 'e.g. example.com, example.org',
			description: 'Domains of your organisation, separated by commas. They become no observables.',
		},
		{
			displayName: 'Report Types',
			name: 'reportTypes',
			type: 'string',
			default: 'threat-report',
			description: "Values of the platform's report types, separated by commas",
		},
	]),
]);

interface ReportParameters extends ContainerParameters {
	findings?: unknown;
	notes?: string;
	ownDomains?: string;
	reportTypes?: string;
}

type Contents = 'none' | 'observables' | 'indicators';

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	client: OpenCtiClient,
): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex);
	if (record !== undefined) return record;
	const tlp = context.getNodeParameter('tlp', itemIndex) as string;
	const contents = context.getNodeParameter('contents', itemIndex, 'none') as Contents;
	const parameters = context.getNodeParameter('options', itemIndex, {}) as ReportParameters;
	const given = givenFindings(context, itemIndex, parameters.findings);
	const findings = findingsOf(context, itemIndex, given);

	const email = await readEmail(context, itemIndex);
	const gaps: EmailWarning[] = [];
	const onWarning = (warning: EmailWarning) => {
		if (isOmission(warning)) gaps.push(warning);
	};
	const indicators = contents === 'none' ? [] : indicatorsOf(email, parameters, gaps);
	const objects = contents === 'none' ? [] : (bundleOf(email, indicators, tlp, contents, onWarning).objects ?? []);
	const { notes, reportTypes } = parameters;
	const draft = reportFromEmail(email, {
		...fromEmailOptions(tlp, parameters),
		indicators,
		gaps,
		...(notes ? { notes } : {}),
		...(reportTypes === undefined ? {} : { reportTypes: listOf(reportTypes) }),
	});
	const options = createOptions(parameters);
	// What a person chose comes first: a message of very many objects must not push it out.
	const all = [...findings, ...objects];
	const created =
		all.length === 0
			? await client.createReport(draft, options)
			: await client.createReportFromBundle({ type: 'bundle', objects: all }, { ...options, draft });
	const warnings = [...email.warnings, ...created.warnings];
	const json = { ...created, messageId: email.messageId, warnings } as unknown as IDataObject;
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
		description: 'Use an expression that gives a bundle, such as {{ $json.hunt.bundle }}, or a list of STIX objects.',
	});
}

type Listener = (warning: EmailWarning) => void;

/** Puts what a limit kept out among the gaps. This node has no option for the number of indicators: another one has. */
function indicatorsOf(email: Email, { ownDomains }: ReportParameters, gaps: EmailWarning[]): Indicator[] {
	let omitted = 0;
	const indicators = extractIndicators(email, {
		ownDomains: listOf(ownDomains),
		exclude: ['own-domain', 'private', 'schema-url'],
		onOmitted: (_type, findings) => (omitted += findings),
		onWarning: (warning) => {
			if (isOmission(warning) && warning.code !== OMITTED) gaps.push(warning);
		},
	});
	if (omitted > 0) {
		gaps.push({
			code: OMITTED,
			message: `${omitted} finding(s) are above the maximum number of indicators: left out. Convert the message with Email to STIX, where 'Max Indicators' can be raised, and use Create From Bundle.`,
		});
	}
	return indicators;
}

const OMITTED = 'indicators-omitted';

/** The objects alone: the report is made of the draft. */
function bundleOf(
	email: Email,
	indicators: Indicator[],
	tlp: string,
	contents: Contents,
	onWarning: Listener,
): AnyBundle {
	return emailToBundle(email, {
		indicators,
		markings: { tlp: tlp as 'amber' },
		include: { report: false },
		patterns: { policy: contents === 'indicators' ? 'defanged' : 'never' },
		ids: { fileIdentity: 'opencti' },
		onWarning,
	}) as unknown as AnyBundle;
}

import type { IExecuteFunctions, INodeExecutionData, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { BUNDLE_DEFAULTS, OFFERED_CONFIDENCE } from '../../lib/defaults';
import { convertItem, includeOf, USUAL_PARTS, type ConvertOptions } from '../../lib/flow';
import { MEGABYTE_LIMITS, STIX_LIMITS } from '../../lib/limits';
import type { BundleOptions, MarkingIds, PapLevel, TlpLevel } from '../../lib/stix';
import { MiB } from '../../lib/units';
import { analyseProperty } from '../shared/analysis';
import { choiceOption, choiceParameter, choicesOption } from '../shared/choices';
import { flowItem, outputItem } from '../shared/flowItem';
import { leaveOutProperties } from '../shared/leaveOut';
import { tlpProperty } from '../shared/markings';
import { megabytesOption, numberOption } from '../shared/numberOption';
import { openAttachmentsProperty } from '../shared/openAttachments';
import { listOf, shownFor } from '../shared/operation';
import { passedOn } from '../shared/unfetched';
import { extractionProperty, readingOptions } from './indicatorOptions';

export const option: INodePropertyOptions = {
	name: 'Convert to Bundle',
	value: 'convert',
	action: 'Convert email to STIX bundle',
	description: 'Create a STIX 2.1 bundle for each message, with its addresses, files and indicators in a report',
};

/** As users write them. */
const artifactMegabytes = BUNDLE_DEFAULTS.maxArtifactBytes / MiB;
const rawEmailMegabytes = BUNDLE_DEFAULTS.maxRawEmailBytes / MiB;

const confidenceOption: INodeProperties = {
	displayName: 'Confidence',
	name: 'confidence',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: STIX_LIMITS.maxConfidence },
	default: OFFERED_CONFIDENCE,
	description: `From 0 to ${STIX_LIMITS.maxConfidence}. Set on every object that supports it.`,
};

const megabytesTypeOptions = { minValue: 0, maxValue: MEGABYTE_LIMITS.most, numberPrecision: 1 };

const maxArtifactOption: INodeProperties = {
	displayName: 'Max Attachment Size (MB)',
	name: 'maxArtifact',
	type: 'number',
	typeOptions: megabytesTypeOptions,
	default: artifactMegabytes,
	description: 'Attachments above this size are left out. Applies to Attachment Bytes of the option Include.',
};

const maxRawEmailOption: INodeProperties = {
	displayName: 'Max Raw Message Size (MB)',
	name: 'maxRawEmail',
	type: 'number',
	typeOptions: megabytesTypeOptions,
	default: rawEmailMegabytes,
	description: 'A message above this size is left out. Applies to Raw Message of the option Include.',
};

const identityClassOption: INodeProperties = {
	displayName: 'Author Class',
	name: 'identityClass',
	type: 'options',
	options: [
		{ name: 'Group', value: 'group' },
		{ name: 'Individual', value: 'individual' },
		{ name: 'Organization', value: 'organization' },
		{ name: 'System', value: 'system' },
	],
	default: 'organization',
	description: 'Identity class of the author',
};

const includeOption: INodeProperties = {
	displayName: 'Include',
	name: 'include',
	type: 'multiOptions',
	options: [
		{
			name: 'Attachment Bytes',
			value: 'artifacts',
			description: 'Each attachment as an artifact, within the size limits',
		},
		{ name: 'Attachments', value: 'attachments', description: 'Each attachment as a file with its hashes' },
		{ name: 'Body', value: 'body', description: 'The text of the message' },
		{ name: 'Headers', value: 'headers', description: 'All header fields and Received lines' },
		{
			name: 'Observables',
			value: 'observables',
			description: 'Addresses, domains, URLs and hashes found in the message',
		},
		{ name: 'Observed Data', value: 'observedData', description: 'One observed-data object for all observables' },
		{
			name: 'Raw Message',
			value: 'rawEmail',
			description: 'The whole message as an artifact, within the size limits',
		},
		{ name: 'Report', value: 'report', description: 'One report that contains all objects' },
	],
	default: [...USUAL_PARTS],
	description: 'What to include in the bundle in addition to the email-message object',
};

const patternPolicyOption: INodeProperties = {
	displayName: 'Indicators',
	name: 'patternPolicy',
	type: 'options',
	options: [
		{ name: 'All That Nothing Speaks Against', value: 'unflagged' },
		{ name: 'Never', value: 'never' },
		{ name: 'Only Defanged Values', value: 'defanged' },
	],
	default: 'never',
	description:
		'Which observables also become indicators with a pattern. A person defanged a value to mark it as malicious.',
};

const markingIdsOption: INodeProperties = {
	displayName: 'Marking IDs',
	name: 'markingIds',
	type: 'options',
	options: [
		{ name: 'OASIS TLP 2.0', value: 'oasis' },
		{ name: 'OpenCTI', value: 'opencti' },
	],
	default: 'opencti',
	description: 'Which IDs the marking objects have. OpenCTI does not know those of OASIS by default.',
};

const papOption: INodeProperties = {
	displayName: 'PAP Marking',
	name: 'pap',
	type: 'options',
	options: [
		{ name: 'None', value: 'none' },
		{ name: 'PAP:AMBER', value: 'amber' },
		{ name: 'PAP:CLEAR', value: 'clear' },
		{ name: 'PAP:GREEN', value: 'green' },
		{ name: 'PAP:RED', value: 'red' },
	],
	default: 'none',
	description: 'Which actions are allowed with the result (Permissible Actions Protocol)',
};

const pictureOption: INodeProperties = {
	displayName: 'Picture',
	name: 'picture',
	type: 'options',
	options: [
		{ name: 'HTML Page', value: 'html' },
		{ name: 'None', value: 'none' },
		{ name: 'SVG Image', value: 'svg' },
	],
	default: 'none',
	description: "A drawing of the bundle in the binary field 'picture'. Defanged values and flags are marked.",
};

const outputProperty: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{ name: 'Binary File', value: 'binary', description: 'The bundle as a file in binary data' },
		{ name: 'Both', value: 'both', description: 'The bundle as a field and as a file' },
		{ name: 'JSON', value: 'json', description: "The bundle in the field 'bundle'" },
	],
	default: 'json',
	description: 'Format of the output',
};

const checkDkimOption: INodeProperties = {
	displayName: 'Check DKIM Signatures (DNS)',
	name: 'checkDkim',
	type: 'boolean',
	default: false,
	description:
		'Whether to check the DKIM signatures of the message with the keys of its domains. Their DNS servers see the question. Needs the raw message as it was delivered.',
};

const campaignLabelOption: INodeProperties = {
	displayName: 'Label by Campaign',
	name: 'campaignLabel',
	type: 'boolean',
	default: false,
	description:
		"Whether to add labels with the keys of the message's campaign, so that reports of one campaign can be found together",
};

const reporterLabelOption: INodeProperties = {
	displayName: 'Label by Reporter',
	name: 'reporterLabel',
	type: 'boolean',
	default: false,
	description:
		"Whether to add labels with the way of reporting and the reporter's address, such as reported-by:jane@example.com",
};

export const description = shownFor({ operation: ['convert'] }, [
	analyseProperty,
	tlpProperty,
	...leaveOutProperties,
	openAttachmentsProperty,
	outputProperty,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Author',
				name: 'author',
				type: 'string',
				default: 'Email Intel',
				description: 'Name of the organization that is the author of the objects in the bundle',
			},
			identityClassOption,
			checkDkimOption,
			confidenceOption,
			includeOption,
			patternPolicyOption,
			{
				displayName: 'Labels',
				name: 'labels',
				type: 'string',
				default: '',
				placeholder: 'e.g. phishing, newsletter',
				description: 'Labels for the report and the indicators, separated by commas',
			},
			campaignLabelOption,
			reporterLabelOption,
			markingIdsOption,
			maxArtifactOption,
			maxRawEmailOption,
			papOption,
			pictureOption,
		],
	},
	extractionProperty,
]);

interface Options {
	author?: string;
	identityClass?: unknown;
	confidence?: unknown;
	maxArtifact?: unknown;
	maxRawEmail?: unknown;
	picture?: unknown;
	checkDkim?: unknown;
	campaignLabel?: unknown;
	reporterLabel?: unknown;
	include?: unknown;
	labels?: unknown;
	markingIds?: unknown;
	pap?: unknown;
	patternPolicy?: unknown;
}

export async function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex);
	if (record !== undefined) return record;
	const tlp = choiceParameter<TlpLevel>(context, tlpProperty, itemIndex);
	const options = context.getNodeParameter('options', itemIndex, {}) as Options;
	const item = await convertItem(flowItem(context, itemIndex), {
		...(await readingOptions(context, itemIndex)),
		output: choiceParameter<NonNullable<ConvertOptions['output']>>(context, outputProperty, itemIndex),
		picture: choiceOption<NonNullable<ConvertOptions['picture']>>(pictureOption, options.picture),
		bundle: bundleOptions(tlp, options),
		campaignLabel: options.campaignLabel === true,
		reporterLabel: options.reporterLabel === true,
		checkDkim: options.checkDkim === true,
	});
	return await outputItem(context, itemIndex, item);
}

function bundleOptions(tlp: TlpLevel, options: Options): NonNullable<ConvertOptions['bundle']> {
	const { author } = options;
	return {
		markings: {
			tlp,
			pap: choiceOption<PapLevel | 'none'>(papOption, options.pap),
			ids: choiceOption<MarkingIds>(markingIdsOption, options.markingIds),
		},
		include: includeOf(choicesOption(includeOption, options.include)),
		labels: listOf(options.labels),
		identity: {
			name: author || undefined,
			identityClass: choiceOption<string>(identityClassOption, options.identityClass),
		},
		sizes: {
			maxArtifactBytes: megabytesOption(maxArtifactOption, options.maxArtifact, undefined),
			maxRawEmailBytes: megabytesOption(maxRawEmailOption, options.maxRawEmail, undefined),
		},
		confidence: numberOption(confidenceOption, options.confidence, undefined),
		patterns: { policy: choiceOption<PatternPolicy>(patternPolicyOption, options.patternPolicy) },
	};
}

type PatternPolicy = NonNullable<NonNullable<BundleOptions['patterns']>['policy']>;

import type {
	IBinaryKeyData,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import { isPartlyOpened } from '../../lib/attachments';
import { BUNDLE_DEFAULTS, OFFERED_CONFIDENCE } from '../../lib/defaults';
import {
	declaredMessage,
	emailToJson,
	INCOMPLETE_WARNING,
	isEmailJson,
	isIncomplete,
	MESSAGE_KEY,
	withOpenedOf,
	type Email,
	type EmailWarning,
	type ItemMessage,
} from '../../lib/email';
import { extractIndicatorsAsync, type LeftOut } from '../../lib/indicators';
import { MEGABYTE_LIMITS, STIX_LIMITS } from '../../lib/limits';
import { MiB } from '../../lib/units';
import {
	bundleToHtml,
	bundleToSvg,
	emailToBundleAsync,
	isOmission,
	type Bundle,
	type BundleOptions,
	type IncludeOptions,
	type MarkingIds,
	type PapLevel,
	type TlpLevel,
} from '../../lib/stix';
import { campaignKeys, campaignLabels } from '../../lib/campaign';
import { checkDkim, firstLook, textRecord } from '../../lib/firstLook';
import { withoutReporter, withoutReporterIndicators, reporterLabels, type Analyse } from '../../lib/reported';
import { analyseProperty, readAnalysed } from '../shared/analysis';
import { choiceOption, choiceParameter, choicesOption } from '../shared/choices';
import { binaryNames } from '../shared/emailItem';
import { grown } from '../shared/items';
import { leaveOutProperties } from '../shared/leaveOut';
import { tlpProperty } from '../shared/markings';
import { megabytesOption, numberOption } from '../shared/numberOption';
import { openAttachmentsProperty, withOpenAttachments } from '../shared/openAttachments';
import { listOf, shownFor } from '../shared/operation';
import { passedOn } from '../shared/unfetched';
import { extractionProperty, extractOptions } from './indicatorOptions';
import { messageFields, openedFields } from './messageFields';

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

const INCLUDE_DEFAULT = ['attachments', 'body', 'headers', 'observables', 'observedData', 'report'];

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
	default: [...INCLUDE_DEFAULT],
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

const PICTURES = {
	html: { draw: bundleToHtml, fileName: 'bundle.html', mimeType: 'text/html' },
	svg: { draw: bundleToSvg, fileName: 'bundle.svg', mimeType: 'image/svg+xml' },
};

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
	const output = choiceParameter<'json' | 'binary' | 'both'>(context, outputProperty, itemIndex);
	const options = context.getNodeParameter('options', itemIndex, {}) as Options;
	const picture = choiceOption<keyof typeof PICTURES | 'none'>(pictureOption, options.picture);
	const extraction = await extractOptions(context, itemIndex);
	const analyse = choiceParameter<Analyse>(context, analyseProperty, itemIndex);
	const { message, analysed, reporters } = await readAnalysed(context, itemIndex, analyse, extraction);
	const { reported } = analysed;
	const email = await withOpenAttachments(context, itemIndex, analysed.email, extractionProperty.name);

	const told: EmailWarning[] = [...analysed.warnings, ...(isIncomplete(email) ? [INCOMPLETE_WARNING] : [])];
	const onWarning = (warning: EmailWarning) => told.push(warning);
	let leftOut: LeftOut = {};
	const onLeftOut = (counts: LeftOut) => (leftOut = counts);
	const signal = context.getExecutionCancelSignal?.();
	const found = await extractIndicatorsAsync(email, { ...extraction, onWarning, onLeftOut, signal });
	const indicators = withoutReporterIndicators(found, reporters);
	const campaign = campaignKeys(email, indicators, extraction);
	const ofCampaign = options.campaignLabel === true ? campaignLabels(campaign) : [];
	const chosen = bundleOptions(tlp, options, [
		...ofCampaign,
		...(options.reporterLabel === true ? reporterLabels(reported) : []),
	]);
	const bundle = await emailToBundleAsync(withoutReporter(email, reporters), {
		...chosen,
		indicators,
		onWarning,
		signal,
	});
	const look = {
		...firstLook(email, extraction),
		...(options.checkDkim === true ? await signaturesOf(email, onWarning) : {}),
	};

	const { fields, files } = await readableAs(context, itemIndex, message, email);
	const added = {
		...fields,
		reported,
		firstLook: look,
		campaign,
		indicators,
		leftOut,
		objects: countsOf(bundle),
		bundle,
	} as unknown as IDataObject;
	const item = grown(context, itemIndex, added, {
		warnings: [...email.warnings, ...told],
		complete: analysed.complete && !isIncomplete(email) && !told.some(isOmission) && !isPartlyOpened(email),
	});
	item.json.warnings ??= [];
	// What a node before may have put there is not of this message.
	if (Object.keys(leftOut).length === 0) delete item.json.leftOut;
	if (reported === undefined) delete item.json.reported;
	// The nodes behind do as this one was told.
	if (analyse === 'itself') item.json.analysed = analyse;
	else delete item.json.analysed;
	if (output === 'binary') delete item.json.bundle;
	if (output !== 'json') {
		const bytes = Buffer.from(JSON.stringify(bundle, null, '\t'), 'utf8');
		files.bundle = await context.helpers.prepareBinaryData(bytes, 'bundle.json', 'application/stix+json');
	}
	if (picture !== 'none') {
		const { draw, fileName, mimeType } = PICTURES[picture];
		const bytes = Buffer.from(draw(bundle, { indicators }), 'utf8');
		files.picture = await context.helpers.prepareBinaryData(bytes, fileName, mimeType);
	}
	const binary = { ...item.binary, ...files };
	return { json: item.json, ...(Object.keys(binary).length > 0 ? { binary } : {}) };
}

/**
 * What is put on an item so that it is the message for people and nodes alike: its fields, and the bytes as a file where they came in
 * base64. The node behind this one sees other fields than this one did, and must read the same message all the same: where
 * neither the item's own JSON nor a file shows it, the message as JSON is added.
 *
 * @param email The one that is analysed: its fields are those that people see.
 */
async function readableAs(
	context: IExecuteFunctions,
	itemIndex: number,
	{ email: whole, key }: ItemMessage,
	email: Email,
): Promise<{ fields: IDataObject; files: IBinaryKeyData }> {
	const { json, binary = {} } = context.getInputData()[itemIndex]!;
	const files: IBinaryKeyData = {};
	const { raw } = whole;
	const isFree = !(MESSAGE_KEY in binary);
	if (key === undefined && raw !== undefined && isFree) {
		files[MESSAGE_KEY] = await context.helpers.prepareBinaryData(raw, 'message.eml', 'message/rfc822');
	}
	const here = key ?? (MESSAGE_KEY in files ? MESSAGE_KEY : undefined);
	const names = binaryNames({ ...binary, ...files });
	// With a text beside them, fewer files count as the message than without.
	const isFoundBesideText = here !== undefined && here === declaredMessage(names, true);
	const isFound = isFoundBesideText || (here !== undefined && here === declaredMessage(names, false));
	const isOwn = isEmailJson(json);
	return {
		fields: {
			...messageFields(email, json, isFoundBesideText || !isFound),
			...openedFields(email, whole, json),
			...(isFound || isOwn ? {} : { email: emailToJson(withOpenedOf(whole, email)) }),
		},
		files,
	};
}

/** What one's own check of the signatures gives. Of a message whose bytes were changed on the way it says nothing. */
async function signaturesOf(email: Email, onWarning: (warning: EmailWarning) => void): Promise<object> {
	if (email.raw === undefined) {
		const message = 'The DKIM signatures were not checked, because the item does not contain the raw message.';
		onWarning({ code: 'dkim-unchecked', message });
		return {};
	}
	const { signatures, warnings } = await checkDkim(email.raw, { resolve: textRecord });
	warnings.forEach(onWarning);
	if (email.source?.kind === 'graph' && signatures.some(({ result }) => result === 'fail')) {
		const message =
			'A DKIM signature does not fit the message. Microsoft Graph builds the raw message anew, which breaks good signatures as well.';
		onWarning({ code: 'dkim-bytes-changed', message });
	}
	return { signatures };
}

function bundleOptions(tlp: TlpLevel, options: Options, further: readonly string[]): BundleOptions {
	const { author } = options;
	return {
		markings: {
			tlp,
			pap: choiceOption<PapLevel | 'none'>(papOption, options.pap),
			ids: choiceOption<MarkingIds>(markingIdsOption, options.markingIds),
		},
		include: includeOptions(choicesOption(includeOption, options.include)),
		labels: [...listOf(options.labels), ...further],
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

function includeOptions(chosen: readonly string[]): IncludeOptions {
	const has = (name: string) => chosen.includes(name);
	return {
		artifacts: has('artifacts'),
		attachments: has('attachments'),
		body: has('body'),
		headers: has('headers'),
		receivedLines: has('headers'),
		observables: has('observables') ? 'all' : 'none',
		observedData: has('observedData'),
		rawEmail: has('rawEmail'),
		report: has('report'),
	};
}

/** How many objects of each type there are, for who does not open the bundle. */
function countsOf({ objects }: Bundle): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { type } of objects) counts[type] = (counts[type] ?? 0) + 1;
	return counts;
}

import type {
	IBinaryKeyData,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import { BUNDLE_DEFAULTS, OFFERED_CONFIDENCE } from '../../lib/defaults';
import {
	declaredMessage,
	emailToJson,
	INCOMPLETE_WARNING,
	isIncomplete,
	MESSAGE_KEY,
	type Email,
	type EmailWarning,
} from '../../lib/email';
import { extractIndicatorsAsync } from '../../lib/indicators';
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
	type TlpLevel,
} from '../../lib/stix';
import { binaryNames, readMessage } from '../shared/emailItem';
import { tlpProperty } from '../shared/markings';
import { megabytesOption, numberOption } from '../shared/numberOption';
import { listOf, shownFor } from '../shared/operation';
import { passedOn } from '../shared/unfetched';
import { extractOptions, indicatorOptionsProperty } from './indicatorOptions';

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

export const description = shownFor({ operation: ['convert'] }, [
	tlpProperty,
	{
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
	},
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
			{
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
			},
			confidenceOption,
			{
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
			},
			{
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
			},
			{
				displayName: 'Labels',
				name: 'labels',
				type: 'string',
				default: '',
				placeholder: 'e.g. phishing, newsletter',
				description: 'Labels for the report and the indicators, separated by commas',
			},
			{
				displayName: 'Marking IDs',
				name: 'markingIds',
				type: 'options',
				options: [
					{ name: 'OASIS TLP 2.0', value: 'oasis' },
					{ name: 'OpenCTI', value: 'opencti' },
				],
				default: 'opencti',
				description: 'Which IDs the marking objects have. OpenCTI does not know those of OASIS by default.',
			},
			maxArtifactOption,
			maxRawEmailOption,
			{
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
			},
			{
				displayName: 'Picture',
				name: 'picture',
				type: 'options',
				options: [
					{ name: 'HTML Page', value: 'html' },
					{ name: 'None', value: 'none' },
					{ name: 'SVG Image', value: 'svg' },
				],
				default: 'none',
				description: "A drawing of the bundle in the binary field 'picture'",
			},
		],
	},
	indicatorOptionsProperty,
]);

const PICTURES = {
	html: { draw: bundleToHtml, fileName: 'bundle.html', mimeType: 'text/html' },
	svg: { draw: bundleToSvg, fileName: 'bundle.svg', mimeType: 'image/svg+xml' },
};

interface Options {
	author?: string;
	identityClass?: string;
	confidence?: unknown;
	maxArtifact?: unknown;
	maxRawEmail?: unknown;
	picture?: keyof typeof PICTURES | 'none';
	include?: string[];
	labels?: string;
	markingIds?: 'opencti' | 'oasis';
	pap?: 'none' | 'clear' | 'green' | 'amber' | 'red';
	patternPolicy?: 'never' | 'defanged' | 'unflagged';
}

export async function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData> {
	const record = passedOn(context, itemIndex);
	if (record !== undefined) return record;
	const tlp = context.getNodeParameter('tlp', itemIndex) as TlpLevel;
	const output = context.getNodeParameter('output', itemIndex) as 'json' | 'binary' | 'both';
	const options = context.getNodeParameter('options', itemIndex, {}) as Options;
	const { email, key } = await readMessage(context, itemIndex);
	// The message travels on: a node behind this one may want its raw bytes.
	const binary: IBinaryKeyData = { ...context.getInputData()[itemIndex]?.binary };
	const { raw } = email;
	const isFree = !(MESSAGE_KEY in binary);
	if (key === undefined && raw !== undefined && isFree) {
		binary[MESSAGE_KEY] = await context.helpers.prepareBinaryData(raw, 'message.eml', 'message/rfc822');
	}
	const here = key ?? (raw === undefined || !isFree ? undefined : MESSAGE_KEY);
	// The node behind this one sees other fields than this one did: it must read the same message all the same.
	const isFound = here !== undefined && here === declaredMessage(binaryNames(binary), false);
	const told: EmailWarning[] = isIncomplete(email) ? [INCOMPLETE_WARNING] : [];
	const onWarning = (warning: EmailWarning) => told.push(warning);
	const extraction = context.getNodeParameter('extraction', itemIndex, {}) as Parameters<typeof extractOptions>[0];
	const signal = context.getExecutionCancelSignal?.();
	const indicators = await extractIndicatorsAsync(email, { ...extractOptions(extraction), onWarning, signal });
	const bundle = await emailToBundleAsync(email, { ...bundleOptions(tlp, options), indicators, onWarning, signal });

	const json = {
		...summaryOf(email, bundle),
		indicators,
		warnings: [...email.warnings, ...told],
		complete: !isIncomplete(email) && !told.some(isOmission),
		...(output === 'binary' ? {} : { bundle }),
		...(isFound ? {} : { email: emailToJson(email) }),
	};
	if (output !== 'json') {
		const bytes = Buffer.from(JSON.stringify(bundle, null, '\t'), 'utf8');
		binary.bundle = await context.helpers.prepareBinaryData(bytes, 'bundle.json', 'application/stix+json');
	}
	const picture = options.picture === undefined || options.picture === 'none' ? undefined : PICTURES[options.picture];
	if (picture) {
		binary.picture = await context.helpers.prepareBinaryData(
			Buffer.from(picture.draw(bundle), 'utf8'),
			picture.fileName,
			picture.mimeType,
		);
	}
	return { json, ...(Object.keys(binary).length > 0 ? { binary } : {}) };
}

function bundleOptions(tlp: TlpLevel, options: Options): BundleOptions {
	const { author, identityClass, include, labels, markingIds, pap, patternPolicy } = options;
	return {
		markings: { tlp, pap: pap || undefined, ids: markingIds || undefined },
		include: includeOptions(include ?? INCLUDE_DEFAULT),
		labels: listOf(labels),
		identity: { name: author || undefined, identityClass: identityClass || undefined },
		sizes: {
			maxArtifactBytes: megabytesOption(maxArtifactOption, options.maxArtifact, undefined),
			maxRawEmailBytes: megabytesOption(maxRawEmailOption, options.maxRawEmail, undefined),
		},
		confidence: numberOption(confidenceOption, options.confidence, undefined),
		patterns: { policy: patternPolicy || undefined },
	};
}

function includeOptions(chosen: string[]): IncludeOptions {
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

/** What a reader wants to see without opening the bundle. */
function summaryOf(email: Email, bundle: Bundle) {
	const objects: Record<string, number> = {};
	for (const { type } of bundle.objects) objects[type] = (objects[type] ?? 0) + 1;
	return {
		id: email.id,
		messageId: email.messageId,
		subject: email.subject,
		from: email.from[0]?.address,
		date: email.date?.toISOString(),
		// Bytes do not tell when a mailbox received them.
		receivedAt: email.receivedAt?.toISOString(),
		bundleId: bundle.id,
		objects,
		source: email.source,
	};
}

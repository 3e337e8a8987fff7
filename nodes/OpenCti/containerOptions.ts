import {
	NodeOperationError,
	type IExecuteFunctions,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';
import { OFFERED_CONFIDENCE } from '../../lib/defaults';
import type { ContainerOptions } from '../../lib/flow';
import { STIX_LIMITS } from '../../lib/limits';
import { CREATE_DEFAULTS, FROM_EMAIL_DEFAULTS, type CreateOptions, type FromEmailOptions } from '../../lib/opencti';
import { choiceOption } from '../shared/choices';
import { numberOption } from '../shared/numberOption';
import { listOf } from '../shared/operation';
import { timeOption } from '../shared/timeOption';
import { authorOf, authorOption, labelsOption, markingsOption, namesOf } from './fields';
import { draftOption } from './workspace';

const { published } = FROM_EMAIL_DEFAULTS;
const { missingLabels, sameNameAndDate } = CREATE_DEFAULTS;
const attachmentTypes = FROM_EMAIL_DEFAULTS.attachmentTypes.join(', ');

type Option = INodeProperties | INodePropertyOptions;

const confidenceOption: INodeProperties = {
	displayName: 'Confidence',
	name: 'confidence',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: STIX_LIMITS.maxConfidence },
	default: OFFERED_CONFIDENCE,
	description: `From 0 to ${STIX_LIMITS.maxConfidence}. If not set, the platform uses the maximum of the user.`,
};

const furtherMarkings = markingsOption('Other Marking Names or IDs');

const publishedAtOption: INodeProperties = {
	displayName: 'Published At',
	name: 'publishedAt',
	type: 'dateTime',
	default: '',
	description:
		"The date if 'Published' is At. Otherwise the date of messages that have none. Without a time zone, the zone of the workflow is used.",
};

/** Of what others may have made, or changed since. */
export const updateOption: INodeProperties = {
	displayName: 'Update What Is There',
	name: 'updateExisting',
	type: 'boolean',
	default: false,
	description:
		'Whether to overwrite the text of an existing report, and the values and markings of existing objects. If off, existing data stays as it is and only missing data is added.',
};

/** `true` and `false` are what a switch of earlier versions has saved. */
const defangOption: INodeProperties = {
	displayName: 'Defang Links',
	name: 'defangLinks',
	type: 'options',
	options: [
		{ name: 'Always', value: true },
		{
			name: 'Automatic',
			value: 'auto',
			description:
				'If the message is a phish: it was reported, it gets a label with "phish", its sender is not authentic, or a value in it has a flag such as lookalike-domain',
		},
		{ name: 'Never', value: false },
	],
	default: 'auto',
	description:
		'Whether to defang the links in the content so that they cannot be clicked. Those of attached messages always are. The values of observables are not changed.',
};

/** What a report and a case made from a message have in common, in the order of the list. */
const COMMON: INodeProperties[] = [
	{
		displayName: 'Attachment MIME Types',
		name: 'attachmentTypes',
		type: 'string',
		default: attachmentTypes,
		description:
			'MIME types of the attachments to upload, separated by commas. Wildcards such as image/* work, and * uploads all attachments.',
	},
	authorOption,
	confidenceOption,
	defangOption,
	draftOption,
	{
		displayName: 'If Labels Are Missing',
		name: 'missingLabels',
		type: 'options',
		options: [
			{ name: 'Create Them', value: 'create' },
			{ name: 'Leave Them Out', value: 'skip' },
			{ name: 'Stop', value: 'error' },
		],
		default: missingLabels,
		description: 'What to do if a label does not exist. Creating labels requires the capability to manage labels.',
	},
	labelsOption,
	{
		displayName: 'Name Prefix',
		name: 'namePrefix',
		type: 'string',
		default: '',
		placeholder: 'e.g. [Mail]',
		description: 'Text to put before the subject in the name',
	},
	furtherMarkings,
	{
		displayName: 'Published',
		name: 'published',
		type: 'options',
		options: [
			{ name: 'At', value: 'at', description: "At the date of the option 'Published At'" },
			{ name: 'Date Header of the Message', value: 'date' },
			{ name: 'When It Was Received', value: 'received' },
		],
		default: published,
		description: 'Which date to use. The date is part of the identity of the object.',
	},
	publishedAtOption,
	{
		displayName: 'Same Name and Date',
		name: 'sameNameAndDate',
		type: 'options',
		options: [
			{ name: 'Add to the Existing One', value: 'merge' },
			{ name: 'Keep Apart', value: 'separate' },
		],
		default: sameNameAndDate,
		description: 'What to do if another message already created an object with the same name and date',
	},
	{
		displayName: 'Start Import Connectors',
		name: 'triggerImport',
		type: 'boolean',
		default: false,
		description: 'Whether to run the automatic import connectors of the platform on the uploaded files',
	},
	{
		displayName: 'Upload Original Message',
		name: 'originalEmail',
		type: 'boolean',
		default: false,
		description: 'Whether to also upload the unchanged original message as an .eml file',
	},
];

/** The `options` collection of an operation: what is common, and what is its own, in alphabetical order. */
export function optionsCollection(own: Option[]): INodeProperties {
	const displayName = (option: Option) => ('displayName' in option ? option.displayName : option.name);
	const options = [...COMMON, ...own].sort((a, b) => displayName(a).localeCompare(displayName(b)));
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options,
	};
}

export interface ContainerParameters {
	attachmentTypes?: string;
	author?: unknown;
	confidence?: unknown;
	defangLinks?: unknown;
	labels?: unknown;
	markings?: unknown;
	missingLabels?: CreateOptions['missingLabels'];
	namePrefix?: string;
	originalEmail?: boolean;
	published?: 'at' | 'date' | 'received';
	publishedAt?: unknown;
	sameNameAndDate?: CreateOptions['sameNameAndDate'];
	triggerImport?: boolean;
	updateExisting?: boolean;
}

/** Parameters as options of what is made of a message. */
export function fromEmailOptions(
	context: IExecuteFunctions,
	itemIndex: number,
	parameters: ContainerParameters,
): Partial<Omit<FromEmailOptions, 'marking'>> & Pick<ContainerOptions, 'markings'> {
	const { attachmentTypes, defangLinks, namePrefix, originalEmail } = parameters;
	const chosen = choiceOption<'auto' | boolean>(defangOption, defangLinks);
	const confidence = numberOption(confidenceOption, parameters.confidence, undefined);
	const author = authorOf(context, itemIndex, parameters);
	return {
		markings: namesOf(context, itemIndex, furtherMarkings, parameters),
		labels: namesOf(context, itemIndex, labelsOption, parameters),
		originalEmail: originalEmail === true,
		...(chosen === 'auto' ? {} : { links: chosen === true ? ('defang' as const) : ('keep' as const) }),
		...(attachmentTypes === undefined ? {} : { attachmentTypes: listOf(attachmentTypes) }),
		...(author === undefined ? {} : { author }),
		...(confidence === undefined ? {} : { confidence }),
		...(namePrefix ? { namePrefix: `${namePrefix.trim()} ` } : {}),
		...publication(context, itemIndex, parameters),
	};
}

function publication(
	context: IExecuteFunctions,
	itemIndex: number,
	{ published, publishedAt }: ContainerParameters,
): Pick<FromEmailOptions, 'published' | 'publishedFallback'> {
	const at = timeOption(context, publishedAtOption, publishedAt, undefined);
	if (published === 'at') {
		if (at !== undefined) return { published: at };
		throw new NodeOperationError(
			context.getNode(),
			`'Published' is At, and '${publishedAtOption.displayName}' is empty (item ${itemIndex})`,
			{ itemIndex, description: "Add the option 'Published At', or choose another date in 'Published'." },
		);
	}
	return {
		...(published === undefined ? {} : { published }),
		...(at === undefined ? {} : { publishedFallback: at }),
	};
}

/** Parameters as options of the client's create calls. */
export function createOptions({
	missingLabels,
	sameNameAndDate,
	triggerImport,
	updateExisting,
}: ContainerParameters): CreateOptions {
	return {
		...(updateExisting === true ? { existing: 'update' as const } : {}),
		triggerImport: triggerImport === true,
		...(missingLabels === undefined ? {} : { missingLabels }),
		...(sameNameAndDate === undefined ? {} : { sameNameAndDate }),
	};
}

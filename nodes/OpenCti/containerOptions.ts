import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { OFFERED_CONFIDENCE } from '../../lib/defaults';
import { STIX_LIMITS } from '../../lib/limits';
import { CREATE_DEFAULTS, FROM_EMAIL_DEFAULTS, type CreateOptions, type FromEmailOptions } from '../../lib/opencti';
import { numberOption } from '../shared/numberOption';
import { listOf } from '../shared/operation';

const { author, published } = FROM_EMAIL_DEFAULTS;
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
	{
		displayName: 'Author',
		name: 'author',
		type: 'string',
		default: author,
		description: 'Name of the organization that is the author. It is created if it does not exist.',
	},
	confidenceOption,
	{
		displayName: 'Defang Links',
		name: 'defangLinks',
		type: 'boolean',
		default: false,
		description: 'Whether to defang the links in the content so that they cannot be clicked',
	},
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
	{
		displayName: 'Labels',
		name: 'labels',
		type: 'string',
		default: '',
		placeholder: 'e.g. phishing, newsletter',
		description: 'Labels, separated by commas',
	},
	{
		displayName: 'Name Prefix',
		name: 'namePrefix',
		type: 'string',
		default: '',
		placeholder: 'e.g. [Mail]',
		description: 'Text to put before the subject in the name',
	},
	{
		displayName: 'Other Markings',
		name: 'markings',
		type: 'string',
		default: '',
		placeholder: 'e.g. PAP:AMBER',
		description: 'Additional markings that exist in OpenCTI, separated by commas',
	},
	{
		displayName: 'Published',
		name: 'published',
		type: 'options',
		options: [
			{ name: 'Date Header of the Message', value: 'date' },
			{ name: 'When It Was Received', value: 'received' },
		],
		default: published,
		description: 'Which date to use. The date is part of the identity of the object.',
	},
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
	author?: string;
	confidence?: unknown;
	defangLinks?: boolean;
	labels?: string;
	markings?: string;
	missingLabels?: CreateOptions['missingLabels'];
	namePrefix?: string;
	originalEmail?: boolean;
	published?: 'date' | 'received';
	sameNameAndDate?: CreateOptions['sameNameAndDate'];
	triggerImport?: boolean;
}

/** Parameters as options of `reportFromEmail` and `caseFromEmail`. */
export function fromEmailOptions(tlp: string, parameters: ContainerParameters): FromEmailOptions {
	const { attachmentTypes, author, defangLinks, labels, markings, namePrefix, originalEmail, published } = parameters;
	const confidence = numberOption(confidenceOption, parameters.confidence, undefined);
	return {
		marking: [tlp, ...listOf(markings)],
		labels: listOf(labels),
		originalEmail: originalEmail === true,
		links: defangLinks === true ? 'defang' : 'keep',
		...(attachmentTypes === undefined ? {} : { attachmentTypes: listOf(attachmentTypes) }),
		...(author ? { author } : {}),
		...(confidence === undefined ? {} : { confidence }),
		...(namePrefix ? { namePrefix: `${namePrefix.trim()} ` } : {}),
		...(published === undefined ? {} : { published }),
	};
}

/** Parameters as options of the client's create calls. */
export function createOptions({ missingLabels, sameNameAndDate, triggerImport }: ContainerParameters): CreateOptions {
	return {
		triggerImport: triggerImport === true,
		...(missingLabels === undefined ? {} : { missingLabels }),
		...(sameNameAndDate === undefined ? {} : { sameNameAndDate }),
	};
}

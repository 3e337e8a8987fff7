import type { INodeProperties } from 'n8n-workflow';
import type { Attachment } from '../../lib/email';
import { listOf } from './operation';

const MB = 1_000_000;
const DEFAULT_SIZE = 10;
const DEFAULT_NUMBER = 20;

/** Which attachments become binary data. All of them stay listed in the item, with sizes and hashes. */
export interface AttachmentRules {
	include: boolean;
	/** Lower case `type/subtype` or `type/*`. Empty: all. */
	types: string[];
	maxBytes: number;
	maxNumber: number;
}

/** Reads the fields of {@link attachmentRuleProperties} out of an `options` collection. */
export function attachmentRules(raw: Record<string, unknown>): AttachmentRules {
	const number = (name: string, fallback: number) => (typeof raw[name] === 'number' ? raw[name] : fallback);
	return {
		include: raw.attachments === true,
		types: listOf(raw.attachmentTypes).map((type) => type.toLowerCase()),
		maxBytes: number('maxAttachmentSize', DEFAULT_SIZE) * MB,
		maxNumber: number('maxAttachments', DEFAULT_NUMBER),
	};
}

/** The attachments that a message's binary data gets, with their place in its list. */
export function chosenAttachments(
	attachments: readonly Attachment[],
	rules: AttachmentRules,
): [index: number, attachment: Attachment][] {
	if (!rules.include) return [];
	const isAsked = ({ contentType, size }: Attachment) =>
		size <= rules.maxBytes &&
		(rules.types.length === 0 ||
			rules.types.some((type) =>
				type.endsWith('/*') ? contentType.startsWith(type.slice(0, -1)) : contentType === type,
			));
	return [...attachments.entries()].filter(([, attachment]) => isAsked(attachment)).slice(0, rules.maxNumber);
}

/** Fields of an `options` collection that has an `attachments` switch. */
export const attachmentRuleProperties: Record<'types' | 'maxSize' | 'maxNumber', INodeProperties> = {
	types: {
		displayName: 'Attachment Types',
		name: 'attachmentTypes',
		type: 'string',
		default: '',
		placeholder: 'e.g. application/pdf, image/*',
		description:
			'MIME types to put into binary data, separated by commas, as the sender declared them. Empty: all. The others stay listed with their hashes.',
		displayOptions: { show: { attachments: [true] } },
	},
	maxSize: {
		displayName: 'Max Attachment Size (MB)',
		name: 'maxAttachmentSize',
		type: 'number',
		typeOptions: { minValue: 0.001, numberPrecision: 3 },
		default: DEFAULT_SIZE,
		description: 'A larger attachment is not put into binary data. It stays listed with its hashes.',
		displayOptions: { show: { attachments: [true] } },
	},
	maxNumber: {
		displayName: 'Max Attachments',
		name: 'maxAttachments',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: DEFAULT_NUMBER,
		description:
			'Attachments of one message that are put into binary data at most. The others stay listed with their hashes.',
		displayOptions: { show: { attachments: [true] } },
	},
};

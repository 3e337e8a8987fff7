import type { INodeProperties } from 'n8n-workflow';
import { TRIGGER_DEFAULTS } from '../../lib/defaults';
import { fileList, type Attachment, type Email, type EmailWarning } from '../../lib/email';
import { MEGABYTE_LIMITS, SETTING_LIMITS } from '../../lib/limits';
import { megabytesOption, numberOption } from './numberOption';
import { listOf } from './operation';

// Names by themselves: the lint rule for defaults reads no others.
const { attachmentMegabytes, attachments: mostAttachments } = TRIGGER_DEFAULTS;

/** Which attachments become binary data. All of them stay listed in the item, with sizes and hashes. */
export interface AttachmentRules {
	include: boolean;
	/** Lower case `type/subtype` or `type/*`. Empty: all. */
	types: string[];
	maxBytes: number;
	maxNumber: number;
}

/**
 * Reads the fields of {@link attachmentRuleProperties} out of an `options` collection.
 *
 * @throws SettingError `SETTING_INVALID`
 */
export function attachmentRules(raw: Record<string, unknown>): AttachmentRules {
	const { maxSize, maxNumber } = attachmentRuleProperties;
	const include = raw.attachments === true;
	// Without the switch the editor does not show the numbers: they mean nothing, whatever they are.
	const shown = ({ name }: INodeProperties) => (include ? raw[name] : undefined);
	return {
		include,
		types: listOf(raw.attachmentTypes).map((type) => type.toLowerCase()),
		maxBytes: megabytesOption(maxSize, shown(maxSize)),
		maxNumber: numberOption(maxNumber, shown(maxNumber)),
	};
}

/** The attachments that a message's binary data gets, with their place in its list. */
export function chosenAttachments(
	attachments: readonly Attachment[],
	rules: AttachmentRules,
): [index: number, attachment: Attachment][] {
	return wanted(attachments, rules)
		.filter(([, { size }]) => size <= rules.maxBytes)
		.slice(0, rules.maxNumber);
}

/** Those of the asked types, whatever their size and number. */
function wanted(attachments: readonly Attachment[], { include, types }: AttachmentRules): [number, Attachment][] {
	if (!include) return [];
	const isAsked = (contentType: string) =>
		types.some((type) => (type.endsWith('/*') ? contentType.startsWith(type.slice(0, -1)) : contentType === type));
	return [...attachments.entries()].filter(([, { contentType }]) => types.length === 0 || isAsked(contentType));
}

/**
 * The warning about attachments that were asked for and that a limit keeps out of binary data; none when all are there.
 *
 * @param whole False when only the beginning of the message was fetched: then no attachment goes along.
 */
export function leftOutAttachments({ attachments }: Email, rules: AttachmentRules, whole = true): EmailWarning[] {
	const chosen = new Map(whole ? chosenAttachments(attachments, rules) : []);
	const left = wanted(attachments, rules).filter(([index]) => chosen.get(index)?.content === undefined);
	if (left.length === 0) return [];
	const limit = whole ? "'Max Attachment Size (MB)' or 'Max Attachments'" : "'Max Message Size (MB)'";
	const message = `Not in binary data: ${fileList(left.map(([, file]) => file))}. Raise ${limit}, or use Get Attachments of the Mailbox Reader node.`;
	return [{ code: 'attachments-left-out', message }];
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
			'MIME types to put into binary data, separated by commas, as declared by the sender. Leave empty for all types. Other attachments are still listed with their hashes.',
		displayOptions: { show: { attachments: [true] } },
	},
	maxSize: {
		displayName: 'Max Attachment Size (MB)',
		name: 'maxAttachmentSize',
		type: 'number',
		typeOptions: { minValue: 0.001, maxValue: MEGABYTE_LIMITS.most, numberPrecision: 3 },
		default: attachmentMegabytes,
		description: 'Larger attachments are not put into binary data. They are still listed with their hashes.',
		displayOptions: { show: { attachments: [true] } },
	},
	maxNumber: {
		displayName: 'Max Attachments',
		name: 'maxAttachments',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: SETTING_LIMITS.maxCount },
		default: mostAttachments,
		description:
			'Max number of attachments per message to put into binary data. Other attachments are still listed with their hashes.',
		displayOptions: { show: { attachments: [true] } },
	},
};

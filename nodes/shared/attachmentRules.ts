import type { INodeProperties } from 'n8n-workflow';
import { TRIGGER_DEFAULTS } from '../../lib/defaults';
import type { AttachmentRules } from '../../lib/flow';
import { MEGABYTE_LIMITS, SETTING_LIMITS } from '../../lib/limits';
import { megabytesOption, numberOption } from './numberOption';
import { listOf } from './operation';

// Names by themselves: the lint rule for defaults reads no others.
const { attachmentMegabytes, attachments: mostAttachments } = TRIGGER_DEFAULTS;

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

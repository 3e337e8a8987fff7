import type { IBinaryData, IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { parseEmail, type EmailInput } from '../../../lib/email';
import { EMAIL_LIMITS, READER_LIMITS } from '../../../lib/limits';
import { attachmentRuleProperties, attachmentRules, leftOutAttachments } from '../../shared/attachmentRules';
import { attachmentBinary, emailItemJson, type BinaryStore } from '../../shared/emailItem';
import { shownFor } from '../../shared/operation';
import { includeRawProperty, outputOf, outputProperty } from '../../shared/triggerOptions';
import type { Mailboxes } from '../connection';
import { forRecords } from './record';
import { isOfItem, selectionProperties, selectMessage } from './selection';
import { withMessage } from './withMessage';

export const option: INodePropertyOptions = {
	name: 'Get',
	value: 'get',
	action: 'Get a message',
	description: 'Get one message of any size as an email item, with the raw message (.eml) in binary data',
};

export const description = [
	...selectionProperties(['get']),
	...shownFor({ resource: ['message'], operation: ['get'] }, [
		outputProperty,
		includeRawProperty,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				attachmentRuleProperties.types,
				{
					displayName: 'Include Attachments',
					name: 'attachments',
					type: 'boolean',
					default: false,
					description: 'Whether to put each attachment into binary data, in addition to the raw message',
				},
				attachmentRuleProperties.maxSize,
				attachmentRuleProperties.maxNumber,
			],
		},
	]),
];

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
): Promise<INodeExecutionData> {
	return await forRecords(context, itemIndex, async () => await get(context, itemIndex, mailboxes));
}

async function get(context: IExecuteFunctions, itemIndex: number, mailboxes: Mailboxes): Promise<INodeExecutionData> {
	const output = outputOf(context.getNodeParameter(outputProperty.name, itemIndex, outputProperty.default));
	const includeRaw = context.getNodeParameter(includeRawProperty.name, itemIndex, includeRawProperty.default) !== false;
	const rules = attachmentRules(context.getNodeParameter('options', itemIndex, {}));
	const store: BinaryStore = async (bytes, fileName, mimeType) =>
		await context.helpers.prepareBinaryData(bytes, fileName, mimeType);

	const { mailbox, message: reference } = await selectMessage(context, itemIndex, mailboxes);
	const message = await mailbox.get(reference, { maxMessageBytes: READER_LIMITS.memoryBytes });
	const { id, source, receivedAt } = message;
	let bytes: EmailInput = message.raw;
	let raw: IBinaryData | undefined;
	if (message.truncated) {
		const { stream } = await mailbox.download(reference);
		if (includeRaw) {
			raw = await context.helpers.prepareBinaryData(stream, 'message.eml', 'message/rfc822');
			// Where n8n keeps binary data in memory there is no id.
			bytes = raw.id === undefined ? Buffer.from(raw.data, 'base64') : await context.helpers.getBinaryStream(raw.id);
		} else {
			bytes = stream;
		}
	} else if (includeRaw) {
		raw = await store(message.raw, 'message.eml', 'message/rfc822');
	}
	const email = await parseEmail(bytes, {
		id,
		source,
		keepAttachments: rules.include,
		keepRawBytes: 0,
		...(receivedAt ? { receivedAt } : {}),
	});
	const truncated = email.truncated || email.size >= EMAIL_LIMITS.maxBytes;
	const limits = [...(message.warnings ?? []), ...leftOutAttachments(email, rules)];
	const facts = { ...message, size: email.size, truncated, limits, rawOmitted: !includeRaw };
	const json = emailItemJson(email, facts, output);
	const binary = {
		...(raw === undefined ? {} : { email: raw }),
		...(await attachmentBinary(email, rules, store)),
	};
	return isOfItem(context, itemIndex) ? withMessage(context, itemIndex, json, binary) : { json, binary };
}

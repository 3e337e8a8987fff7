import {
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';
import { READER_DEFAULTS } from '../../../lib/defaults';
import {
	INCOMPLETE_WARNING,
	isIncomplete,
	parseEmail,
	type Attachment,
	type Email,
	type EmailWarning,
} from '../../../lib/email';
import { EMAIL_LIMITS, READER_LIMITS, SETTING_LIMITS } from '../../../lib/limits';
import { foundNothing } from '../../shared/items';
import { numberOption } from '../../shared/numberOption';
import { shownFor } from '../../shared/operation';
import type { Mailboxes } from '../connection';
import { forRecords } from './record';
import { selectionProperties, selectMessage, textParameter } from './selection';

export const option: INodePropertyOptions = {
	name: 'Get Attachments',
	value: 'getAttachments',
	action: 'Get attachments of a message',
	description: 'Get one or all attachments of a message as one item each',
};

// A name by itself: the lint rule for defaults reads no others.
const { attachmentNumber } = READER_DEFAULTS;

const indexProperty: INodeProperties = {
	displayName: 'Number',
	name: 'index',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: SETTING_LIMITS.maxCount },
	required: true,
	default: attachmentNumber,
	description: 'Position in the list of attachments of the item, starting at 0',
	displayOptions: { show: { attachmentBy: ['index'] } },
};

export const description = [
	...selectionProperties(['getAttachments']),
	...shownFor({ resource: ['message'], operation: ['getAttachments'] }, [
		{
			displayName: 'Attachment',
			name: 'attachmentBy',
			type: 'options',
			options: [
				{ name: 'All', value: 'all' },
				{ name: 'By File Name', value: 'fileName' },
				{
					name: 'By Number',
					value: 'index',
					description: 'Position in the list of attachments of the item, starting at 0',
				},
				{ name: 'By SHA-256', value: 'sha256' },
			],
			default: 'all',
		},
		{
			displayName: 'File Name',
			name: 'fileName',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. invoice.pdf',
			displayOptions: { show: { attachmentBy: ['fileName'] } },
		},
		indexProperty,
		{
			displayName: 'SHA-256',
			name: 'sha256',
			type: 'string',
			required: true,
			default: '',
			displayOptions: { show: { attachmentBy: ['sha256'] } },
		},
		{
			displayName: 'Put Output in Field',
			name: 'binaryProperty',
			type: 'string',
			required: true,
			default: 'data',
			hint: 'The name of the output binary field to put the file in',
		},
	]),
];

type Choice = { what: string; test: (attachment: Attachment, index: number) => boolean };

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
): Promise<INodeExecutionData | INodeExecutionData[]> {
	return await forRecords(context, itemIndex, async () => await attachmentsOf(context, itemIndex, mailboxes));
}

async function attachmentsOf(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
): Promise<INodeExecutionData[]> {
	const field = context.getNodeParameter('binaryProperty', itemIndex);
	const { what, test } = choice(context, itemIndex);
	const email = await readAll(context, itemIndex, mailboxes);
	const found = [...email.attachments.entries()].filter(([index, attachment]) => test(attachment, index));
	const missed = isIncomplete(email) ? [...email.warnings, INCOMPLETE_WARNING] : [];
	if (found.length === 0 && what !== '') throw missing(context, itemIndex, what, email.attachments, missed);
	if (found.length === 0 && missed.length > 0) foundNothing(context, itemIndex, missed);
	const { id, messageId, subject, from, source } = email;
	const gaps = missed.length > 0 ? { complete: false, warnings: missed } : {};
	return await Promise.all(
		found.map(async ([index, { content, email: _attached, ...attachment }]) => {
			const name = attachment.fileName ?? `attachment_${index}`;
			const json = { index, ...attachment, message: { id, messageId, subject, from, source }, ...gaps };
			if (content === undefined) return { json };
			return {
				json,
				binary: { [field]: await context.helpers.prepareBinaryData(content, name, attachment.contentType) },
			};
		}),
	);
}

function choice(context: IExecuteFunctions, itemIndex: number): Choice {
	const by = context.getNodeParameter('attachmentBy', itemIndex) as 'all' | 'fileName' | 'index' | 'sha256';
	if (by === 'all') return { what: '', test: () => true };
	if (by === 'index') {
		const wanted = numberOption(indexProperty, context.getNodeParameter(indexProperty.name, itemIndex));
		return { what: `with the number ${wanted}`, test: (_attachment, index) => index === wanted };
	}
	const value = textParameter(context, by, itemIndex);
	if (by === 'sha256')
		return { what: `with the SHA-256 ${value.slice(0, 64)}`, test: ({ sha256 }) => sha256 === value.toLowerCase() };
	return { what: `named '${value.slice(0, 200)}'`, test: ({ fileName }) => fileName === value };
}

/** The parsed message with the bytes of all its attachments. A large one is read as it comes. */
async function readAll(context: IExecuteFunctions, itemIndex: number, mailboxes: Mailboxes): Promise<Email> {
	const { mailbox, message: reference } = await selectMessage(context, itemIndex, mailboxes);
	const message = await mailbox.get(reference, { maxMessageBytes: READER_LIMITS.memoryBytes });
	const { id, source } = message;
	const input = message.truncated ? (await mailbox.download(reference)).stream : message.raw;
	return await parseEmail(input, {
		id,
		source,
		keepRawBytes: 0,
		maxAttachmentBytes: EMAIL_LIMITS.maxBytes,
		maxTotalAttachmentBytes: EMAIL_LIMITS.maxBytes,
	});
}

function missing(
	context: IExecuteFunctions,
	itemIndex: number,
	what: string,
	attachments: readonly Attachment[],
	missed: readonly EmailWarning[],
): NodeOperationError {
	const names = attachments.slice(0, 20).map(({ fileName }, index) => `${index}: ${fileName ?? '(no name)'}`);
	const has = names.length === 0 ? 'The message has no attachments.' : `It has ${names.join(', ')}.`;
	return new NodeOperationError(context.getNode(), `The message has no attachment ${what}`, {
		itemIndex,
		description: [has, ...missed.map(({ message }) => message)].join(' '),
	});
}

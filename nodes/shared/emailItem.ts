import type { IBinaryKeyData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { emailFromItem, emailToJson, parseEmail, type Email } from '../../lib/email';
import type { MailboxMessage } from '../../lib/mailbox';
import { inlineBinary } from './binary';

/** How a message becomes an item. */
export interface EmailItemOptions {
	/** The raw message is attached as binary `email` up to this many bytes. */
	rawLimitBytes: number;
	/** Attach `attachment_0`, `attachment_1`… too. */
	attachments: boolean;
}

/** The email item of a fetched message. Every message becomes one, whatever its state. */
export async function toEmailItem(message: MailboxMessage, options: EmailItemOptions): Promise<INodeExecutionData> {
	const { id, source, receivedAt, raw, size } = message;
	if (raw.length === 0) {
		const json = { id, source, size, receivedAt: receivedAt?.toISOString(), truncated: true, failure: message.failure };
		return { json: json as unknown as IDataObject };
	}
	const email = await parseEmail(raw, {
		id,
		source,
		keepAttachments: options.attachments,
		keepRawBytes: 0,
		...(receivedAt ? { receivedAt } : {}),
	});
	const whole = !message.truncated && raw.length <= options.rawLimitBytes;
	const json = {
		...emailToJson(email),
		size: Math.max(size, raw.length),
		truncated: email.truncated || !whole,
		...(message.failure ? { failure: message.failure } : {}),
		...(message.links ? { links: message.links } : {}),
	};
	const binary: IBinaryKeyData = whole ? { email: inlineBinary(raw, 'message.eml', 'message/rfc822') } : {};
	if (whole && options.attachments) {
		email.attachments.forEach(({ content, fileName, contentType }, index) => {
			if (content) binary[`attachment_${index}`] = inlineBinary(content, fileName ?? `attachment_${index}`, contentType);
		});
	}
	return { json: json as unknown as IDataObject, ...(Object.keys(binary).length > 0 ? { binary } : {}) };
}

/** The message that an input item holds: an item of this pack, of n8n's own mail nodes, or any raw .eml. */
export async function readEmail(context: IExecuteFunctions, itemIndex: number): Promise<Email> {
	const item = context.getInputData()[itemIndex]!;
	const binary = item.binary ?? {};
	return await emailFromItem(item.json, {
		keys: Object.keys(binary),
		info: (key) => ({
			fileName: binary[key]?.fileName,
			mimeType: binary[key]?.mimeType,
			size: binary[key]?.bytes,
		}),
		read: async (key) => await context.helpers.getBinaryDataBuffer(itemIndex, key),
	});
}

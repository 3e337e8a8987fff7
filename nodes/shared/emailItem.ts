import type { IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import { messageItem, type AttachmentRules, type MessageItemOptions } from '../../lib/flow';
import type { MailboxMessage } from '../../lib/mailbox';
import { inlineBinary } from './binary';

/** How a message becomes an item. */
export interface EmailItemOptions extends Pick<MessageItemOptions, 'analyse'> {
	output: 'full' | 'simple';
	includeRaw: boolean;
	attachments: AttachmentRules;
}

/** The email item of a fetched message, its bytes in the item itself. Every message becomes one, whatever its state. */
export async function toEmailItem(message: MailboxMessage, options: EmailItemOptions): Promise<INodeExecutionData> {
	const { json, files } = await messageItem(message, options);
	const binary: IBinaryKeyData = {};
	for (const [key, { bytes, fileName, mimeType }] of Object.entries(files)) {
		binary[key] = inlineBinary(bytes, fileName, mimeType);
	}
	return { json: json as IDataObject, ...(Object.keys(binary).length > 0 ? { binary } : {}) };
}

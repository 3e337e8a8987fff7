import type { IBinaryData, IBinaryKeyData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import {
	emailToJson,
	emailToSimpleJson,
	gapsOf,
	inReadingOrder,
	isIncomplete,
	parseEmail,
	partlyFetched,
	readItem,
	type BinaryReader,
	type Email,
	type EmailWarning,
	type ItemMessage,
} from '../../lib/email';
import type { MailboxMessage } from '../../lib/mailbox';
import { analysedMessage, type Analyse, type Reported } from '../../lib/reported';
import { chosenAttachments, leftOutAttachments, type AttachmentRules } from './attachmentRules';
import { inlineBinary } from './binary';

/** How a message becomes an item. */
export interface EmailItemOptions {
	/** What the JSON holds. */
	output: 'full' | 'simple';
	/** The raw message is attached as binary `email`, where all of it was fetched. */
	includeRaw: boolean;
	/** Whose mail the JSON tells of. The raw message is always the one that came. Default: the message itself. */
	analyse?: Analyse;
	/** Which attachments are attached as `attachment_0`, `attachment_1`…, numbered as in the JSON's list. */
	attachments: AttachmentRules;
}

/** Makes binary data of bytes: in the item, or in n8n's store. */
export type BinaryStore = (bytes: Buffer, fileName: string, mimeType: string) => IBinaryData | Promise<IBinaryData>;

/** What a mailbox tells of a message besides its bytes, and what limits kept out of the item. */
type MessageFacts = Pick<MailboxMessage, 'failure' | 'links' | 'size' | 'truncated'> & {
	limits: readonly EmailWarning[];
	/** Its bytes are known and not in the item, because nobody wants them there. */
	rawOmitted?: boolean;
	/** Who reported it, when it is not the message that came, and what is to be told of that. */
	reported?: Reported | undefined;
	notes?: readonly EmailWarning[];
};

/** The email item of a fetched message, its bytes in the item itself. Every message becomes one, whatever its state. */
export async function toEmailItem(message: MailboxMessage, options: EmailItemOptions): Promise<INodeExecutionData> {
	const { id, source, receivedAt, raw, size } = message;
	if (raw.length === 0) {
		const { failure } = message;
		const json = { receivedAt: receivedAt?.toISOString(), failure, size, truncated: true, id, source };
		return { json: inReadingOrder(json) as IDataObject };
	}
	const came = await parseEmail(raw, {
		id,
		source,
		keepAttachments: options.attachments.include,
		keepRawBytes: 0,
		...(receivedAt ? { receivedAt } : {}),
	});
	// Of a message that was fetched in part, nobody knows what else is in it.
	const analyse = message.truncated ? 'itself' : (options.analyse ?? 'itself');
	const { email, reported, warnings: told, complete } = analysedMessage(came, { analyse });
	const whole = !message.truncated;
	const facts = { ...message, reported, size: Math.max(size, raw.length), truncated: email.truncated || !whole };
	const limits = [
		...(message.warnings ?? []),
		...(complete ? [] : told),
		...(message.truncated && message.failure === undefined ? [partlyFetched(facts.size)] : []),
		...leftOutAttachments(email, options.attachments, whole),
	];
	const binary: IBinaryKeyData = {
		...(whole && options.includeRaw ? { email: inlineBinary(raw, 'message.eml', 'message/rfc822') } : {}),
		...(whole ? await attachmentBinary(email, options.attachments, inlineBinary) : {}),
	};
	const rawOmitted = whole && !options.includeRaw;
	const json = emailItemJson(email, { ...facts, limits, notes: complete ? told : [], rawOmitted }, options.output);
	return { json, ...(Object.keys(binary).length > 0 ? { binary } : {}) };
}

/** The JSON of an email item. Where something of the message is missing it is not complete, and says what. */
export function emailItemJson(
	email: Email,
	{ size, truncated, failure, links, limits, notes = [], rawOmitted, reported }: MessageFacts,
	output: EmailItemOptions['output'],
): IDataObject {
	const told = [...(output === 'full' ? email.warnings : gapsOf(email)), ...limits, ...notes];
	return inReadingOrder({
		...(output === 'simple' ? emailToSimpleJson({ ...email, truncated }) : emailToJson(email)),
		...(output === 'full' || told.length > 0 ? { warnings: told } : {}),
		...(limits.length > 0 || isIncomplete(email) ? { complete: false } : {}),
		...(reported === undefined ? {} : { reported }),
		size,
		truncated,
		...(rawOmitted ? { rawOmitted } : {}),
		...(failure ? { failure } : {}),
		...(links ? { links } : {}),
	}) as IDataObject;
}

/** Binary data of the attachments that the rules let through and whose bytes are there. */
export async function attachmentBinary(
	email: Email,
	rules: AttachmentRules,
	store: BinaryStore,
): Promise<IBinaryKeyData> {
	const binary: IBinaryKeyData = {};
	for (const [index, { content, fileName, contentType }] of chosenAttachments(email.attachments, rules)) {
		const key = `attachment_${index}`;
		if (content) binary[key] = await store(content, fileName ?? key, contentType);
	}
	return binary;
}

/** The message that an input item holds: an item of this pack, of n8n's own mail nodes, or any raw .eml. */
export async function readEmail(context: IExecuteFunctions, itemIndex: number): Promise<Email> {
	return (await readMessage(context, itemIndex)).email;
}

/** The same, and the binary property that it was read from. */
export async function readMessage(context: IExecuteFunctions, itemIndex: number): Promise<ItemMessage> {
	const { json, binary } = context.getInputData()[itemIndex]!;
	const read = async (key: string) => await context.helpers.getBinaryDataBuffer(itemIndex, key);
	return await readItem(json, { ...binaryNames(binary), read });
}

/** The binary properties of an item, without their bytes. */
export function binaryNames(binary: IBinaryKeyData = {}): Pick<BinaryReader, 'keys' | 'info'> {
	return {
		keys: Object.keys(binary),
		info: (key) => ({
			fileName: binary[key]?.fileName,
			mimeType: binary[key]?.mimeType,
			size: binary[key]?.bytes,
		}),
	};
}

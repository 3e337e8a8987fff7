import {
	emailToJson,
	emailToSimpleJson,
	gapsOf,
	inReadingOrder,
	isIncomplete,
	parseEmail,
	partlyFetched,
	type Email,
	type EmailWarning,
} from '../email';
import type { MailboxMessage } from '../mailbox';
import { analysedMessage, type Analyse, type Reported } from '../reported';
import { giveWay } from '../steps';
import { attachmentFiles, leftOutAttachments, type AttachmentRules, type AttachmentWords } from './attachmentRules';
import type { AddedFile, GrownItem, Json } from './item';

/** How a message of a mailbox becomes an item. */
export interface MessageItemOptions {
	/** What the JSON holds. Default `simple`: subject, sender, recipients, dates, text and attachments. */
	output?: 'full' | 'simple' | undefined;
	/** Whose mail the JSON tells of; the file `email` is always the one that came. Default `itself`. */
	analyse?: Analyse | undefined;
	/** The raw message is the file `email`, where all of it was fetched. Default true. */
	includeRaw?: boolean | undefined;
	/** Which attachments are the files `attachment_0`, `attachment_1`…, numbered as in the JSON's list. Default: none. */
	attachments?: AttachmentRules | undefined;
	words?: AttachmentWords | undefined;
}

export const NO_ATTACHMENTS: AttachmentRules = { include: false, types: [], maxBytes: 0, maxNumber: 0 };

/** The item of a fetched message, its bytes in the file `email`. Every message becomes one, whatever its state. */
export async function messageItem(
	message: MailboxMessage,
	{
		output = 'simple',
		analyse = 'itself',
		includeRaw = true,
		attachments = NO_ATTACHMENTS,
		words,
	}: MessageItemOptions = {},
): Promise<GrownItem> {
	const { id, source, receivedAt, raw, size, failure } = message;
	if (raw.length === 0) {
		const json = { receivedAt: receivedAt?.toISOString(), failure, size, truncated: true, id, source };
		return { json: inReadingOrder(json), files: {} };
	}
	const came = await parseEmail(raw, {
		id,
		source,
		keepAttachments: attachments.include,
		keepRawBytes: 0,
		...(receivedAt ? { receivedAt } : {}),
	});
	const whole = !message.truncated;
	// Of a message that was fetched in part, nobody knows what else is in it.
	const { email, reported, warnings: told, complete } = analysedMessage(came, { analyse: whole ? analyse : 'itself' });
	await giveWay();
	const facts = { ...message, reported, size: Math.max(size, raw.length), truncated: email.truncated || !whole };
	const limits = [
		...(message.warnings ?? []),
		...(complete ? [] : told),
		...(message.truncated && failure === undefined ? [partlyFetched(facts.size)] : []),
		...leftOutAttachments(email, attachments, whole, words),
	];
	const files = {
		...(whole && includeRaw ? { email: rawFile(raw) } : {}),
		...(whole ? attachmentFiles(email, attachments) : {}),
	};
	const rawOmitted = whole && !includeRaw;
	return { json: messageJson(email, { ...facts, limits, notes: complete ? told : [], rawOmitted }, output), files };
}

/** What a mailbox tells of a message besides its bytes, and what limits kept out of the item. */
export type MessageFacts = Pick<MailboxMessage, 'failure' | 'links' | 'size' | 'truncated'> & {
	limits: readonly EmailWarning[];
	/** Its bytes are known and not in the item, because nobody wants them there. */
	rawOmitted?: boolean;
	/** Who reported it, when it is not the message that came, and what is to be told of that. */
	reported?: Reported | undefined;
	notes?: readonly EmailWarning[];
};

/** The JSON of a message's item. Where something of the message is missing it is not complete, and says what. */
export function messageJson(
	email: Email,
	{ size, truncated, failure, links, limits, notes = [], rawOmitted, reported }: MessageFacts,
	output: 'full' | 'simple',
): Json {
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
	});
}

/** The raw message as the file that every step reads it from. */
export const rawFile = (bytes: Buffer): AddedFile => ({ bytes, fileName: 'message.eml', mimeType: 'message/rfc822' });

import {
	emailToJson,
	emailToSimpleJson,
	gapsOf,
	inReadingOrder,
	isIncomplete,
	parseEmail,
	partlyFetched,
	type EmailWarning,
} from '../email';
import type { MailboxMessage } from '../mailbox';
import { analysedMessage, type Analyse } from '../reported';
import type { AddedFile, GrownItem } from './item';

/** How a message of a mailbox becomes an item. */
export interface MessageItemOptions {
	/** What the JSON holds. Default `simple`: subject, sender, recipients, dates, text and attachments. */
	output?: 'full' | 'simple' | undefined;
	/** Whose mail the JSON tells of; the file `email` is always the one that came. Default `itself`. */
	analyse?: Analyse | undefined;
}

/** The item of a fetched message, its bytes in the file `email`. Every message becomes one, whatever its state. */
export async function messageItem(
	message: MailboxMessage,
	{ output = 'simple', analyse = 'itself' }: MessageItemOptions = {},
): Promise<GrownItem> {
	const { id, source, receivedAt, raw, size, failure, links } = message;
	if (raw.length === 0) {
		const json = { receivedAt: receivedAt?.toISOString(), failure, size, truncated: true, id, source };
		return { json: inReadingOrder(json), files: {} };
	}
	const came = await parseEmail(raw, {
		id,
		source,
		keepAttachments: false,
		keepRawBytes: 0,
		...(receivedAt ? { receivedAt } : {}),
	});
	const whole = !message.truncated;
	// Of a message that was fetched in part, nobody knows what else is in it.
	const analysed = analysedMessage(came, { analyse: whole ? analyse : 'itself' });
	const { email, reported, warnings: told, complete } = analysed;
	const wholeSize = Math.max(size, raw.length);
	const truncated = email.truncated || !whole;
	const limits: EmailWarning[] = [
		...(message.warnings ?? []),
		...(complete ? [] : told),
		...(message.truncated && failure === undefined ? [partlyFetched(wholeSize)] : []),
	];
	const warnings = [...(output === 'full' ? email.warnings : gapsOf(email)), ...limits, ...(complete ? told : [])];
	const json = inReadingOrder({
		...(output === 'simple' ? emailToSimpleJson({ ...email, truncated }) : emailToJson(email)),
		...(output === 'full' || warnings.length > 0 ? { warnings } : {}),
		...(limits.length > 0 || isIncomplete(email) ? { complete: false } : {}),
		...(reported === undefined ? {} : { reported }),
		size: wholeSize,
		truncated,
		...(failure ? { failure } : {}),
		...(links ? { links } : {}),
	});
	return { json, files: whole ? { email: rawFile(raw) } : {} };
}

/** The raw message as the file that every step reads it from. */
export const rawFile = (bytes: Buffer): AddedFile => ({ bytes, fileName: 'message.eml', mimeType: 'message/rfc822' });

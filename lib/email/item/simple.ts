import { compact, isRecord } from '../../json';
import { EMAIL_LIMITS } from '../../limits';
import type { Attachment, Email, EmailAddress } from '../email';
import { inReadingOrder } from './fields';
import { cutText } from './jsonShape';

/**
 * What most workflows look at of a message (output Simple), in the shapes that {@link emailToJson} has, too. Headers, the
 * MIME tree, HTML beside a text and messages inside are left to the raw message. Dates are ISO 8601 texts.
 */
export function emailToSimpleJson(email: Email): Record<string, unknown> {
	const { subject, from, to, cc, replyTo, date, receivedAt, text, html, attachments } = email;
	const { isMultipart, sha256, truncated, messageId, id, source } = email;
	return inReadingOrder({
		subject,
		from: from.map(simpleAddress),
		to: to.map(simpleAddress),
		...(cc.length === 0 ? {} : { cc: cc.map(simpleAddress) }),
		...(replyTo.length === 0 ? {} : { replyTo: replyTo.map(simpleAddress) }),
		date: date?.toISOString(),
		receivedAt: receivedAt?.toISOString(),
		// Many phishing messages have HTML only.
		...(text === undefined ? { html } : { text }),
		attachments: attachments.map(simpleAttachment),
		// The id of the message in STIX hangs on these.
		...(isMultipart ? { isMultipart } : {}),
		...(truncated ? {} : { sha256 }),
		messageId,
		id,
		source,
	});
}

const simpleAddress = ({ address, name }: EmailAddress): EmailAddress => ({
	address,
	...(name === undefined ? {} : { name }),
});

/** As {@link emailToJson} has it, without a message inside. All hashes: the file's STIX id hangs on them. */
const simpleAttachment = ({ content: _content, email: _attached, ...attachment }: Attachment) => attachment;

/** The output Simple of this pack's triggers and of the Mailbox Reader. */
export function isOwnSimple({ id, source, truncated, attachments, to }: Record<string, unknown>): boolean {
	if (typeof id !== 'string' || !isRecord(source) || typeof source.kind !== 'string') return false;
	return typeof truncated === 'boolean' && Array.isArray(attachments) && Array.isArray(to);
}

/** The attachments that such an item lists, without their bytes. An item of an earlier version has their names alone. */
export function simpleAttachments(listed: readonly unknown[]): Attachment[] {
	return listed.filter(isRecord).map((given) => {
		const { partId, fileName, contentType, detectedType, location, charset, disposition, contentId, related, size } =
			given;
		const bytes = Number.isSafeInteger(size) && (size as number) >= 0 ? (size as number) : 0;
		return {
			...compact({
				fileName: textOf(fileName),
				charset: textOf(charset),
				contentId: textOf(contentId),
				detectedType: textOf(detectedType),
				location: textOf(location),
			}),
			partId: textOf(partId) ?? '',
			contentType: textOf(contentType) ?? 'application/octet-stream',
			...(disposition === 'inline' || disposition === 'attachment' ? { disposition } : {}),
			related: related === true,
			size: bytes,
			md5: digestOf(given.md5, 16),
			sha1: digestOf(given.sha1, 20),
			sha256: digestOf(given.sha256, 32),
			sha512: digestOf(given.sha512, 64),
			...(bytes > 0 ? { contentOmitted: true } : {}),
		};
	});
}

/** No name, type or id of a file is longer than the header that it stood in. */
const textOf = (value: unknown): string | undefined =>
	typeof value === 'string' && value !== '' ? cutText(value, EMAIL_LIMITS.maxHeaderBytes) : undefined;

/** A digest of so many bytes in hex; the empty text for anything else. */
export const digestOf = (value: unknown, bytes: number): string =>
	typeof value === 'string' && value.length === bytes * 2 && !/[^\da-f]/i.test(value) ? value.toLowerCase() : '';

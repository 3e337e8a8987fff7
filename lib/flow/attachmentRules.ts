import { fileList, type Attachment, type Email, type EmailWarning } from '../email';
import type { AddedFile } from './item';

/** Which attachments become files of an item. All of them stay listed in its JSON, with sizes and hashes. */
export interface AttachmentRules {
	include: boolean;
	/** Lower case `type/subtype` or `type/*`. Empty: all. */
	types: readonly string[];
	/** Of one attachment. */
	maxBytes: number;
	maxNumber: number;
}

/** How to get an attachment that was left out, in the words of the host. Default: those of n8n. */
export interface AttachmentWords {
	otherwise?: string | undefined;
}

/** The attachments that a message's item gets, with their place in its list. */
function chosenAttachments(
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

/** The attachments that the rules let through and whose bytes are there, as `attachment_0`, … by their place in the list. */
export function attachmentFiles({ attachments }: Email, rules: AttachmentRules): Record<string, AddedFile> {
	const files: Record<string, AddedFile> = {};
	for (const [index, { content, fileName, contentType }] of chosenAttachments(attachments, rules)) {
		const key = attachmentKey(index);
		if (content) files[key] = { bytes: content, fileName: fileName ?? key, mimeType: contentType };
	}
	return files;
}

export const attachmentKey = (index: number): string => `attachment_${index}`;

/**
 * The warning about attachments that were asked for and that a limit keeps out; none when all are there.
 *
 * @param whole False when only the beginning of the message was fetched: then no attachment goes along.
 */
export function leftOutAttachments(
	{ attachments }: Email,
	rules: AttachmentRules,
	whole = true,
	{ otherwise = 'use Get Attachments of the Mailbox Reader node' }: AttachmentWords = {},
): EmailWarning[] {
	const chosen = new Map(whole ? chosenAttachments(attachments, rules) : []);
	const left = wanted(attachments, rules).filter(([index]) => chosen.get(index)?.content === undefined);
	if (left.length === 0) return [];
	const limit = whole ? "'Max Attachment Size (MB)' or 'Max Attachments'" : "'Max Message Size (MB)'";
	const message = `Not in binary data: ${fileList(left.map(([, file]) => file))}. Raise ${limit}, or ${otherwise}.`;
	return [{ code: 'attachments-left-out', message }];
}

import { INDICATOR_LIMITS } from '../../limits';
import type { Attachment } from '../../email';

const TEXT_TYPES =
	/^(?:text\/|application\/(?:json|xml|xhtml\+xml|javascript|x-javascript|csv|x-sh|x-yaml|yaml|ics|rtf|hta|sql|x-powershell|ld\+json|atom\+xml|rss\+xml|soap\+xml)$|image\/svg\+xml$|message\/(?:delivery-status|feedback-report|disposition-notification)$)/;
const TEXT_NAMES =
	/\.(?:txt|csv|tsv|log|md|json|jsonl|xml|ya?ml|ini|conf|cfg|eml|ics|vcf|ps1|bat|cmd|vbs|js|hta|sh|py|url|reg|sql|iqy|html?|xhtml|shtml|svg|mht)$/i;
const HTML = /^(?:text\/html|application\/xhtml\+xml|application\/hta|image\/svg\+xml)$/;
const HTML_NAMES = /\.(?:html?|xhtml|shtml|svg|hta)$/i;

/** Whether an attachment is a text that is searched when its bytes are there. */
export function isTextAttachment({
	contentType,
	fileName = '',
}: Pick<Attachment, 'contentType' | 'fileName'>): boolean {
	return TEXT_TYPES.test(contentType) || TEXT_NAMES.test(fileName);
}

/** The text of a text-like attachment, or undefined. The declared charset counts; without one UTF-8, else windows-1252. */
export function textOfAttachment(attachment: Attachment): { text: string; html: boolean } | undefined {
	const { content, contentType, fileName = '' } = attachment;
	if (content === undefined || content.length === 0) return undefined;
	if (!isTextAttachment(attachment)) return undefined;
	const bytes = content.subarray(0, INDICATOR_LIMITS.maxAttachmentTextBytes);
	return { text: decode(bytes), html: HTML.test(contentType) || HTML_NAMES.test(fileName) };
}

function decode(bytes: Buffer): string {
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
	if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
	const text = bytes.toString('utf8');
	return text.includes('\ufffd') ? bytes.toString('latin1') : text.replace(/^\uFEFF/, '');
}

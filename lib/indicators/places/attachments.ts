import { INDICATOR_LIMITS } from '../../limits';
import { lacksBytes, textOfFile, type Attachment } from '../../email';
import type { FileValue } from '../../values';
import type { Finding, Place } from '../finding';
import { htmlFindings } from './document';
import type { Search } from './search';
import { textFindings, type Findings } from './text';

const TEXT_TYPES =
	/^(?:text\/|application\/(?:json|xml|xhtml\+xml|javascript|x-javascript|csv|x-sh|x-yaml|yaml|ics|rtf|hta|sql|x-powershell|ld\+json|atom\+xml|rss\+xml|soap\+xml)$|image\/svg\+xml$|message\/(?:delivery-status|feedback-report|disposition-notification)$)/;
const TEXT_NAMES =
	/\.(?:txt|csv|tsv|log|md|json|jsonl|xml|ya?ml|ini|conf|cfg|eml|ics|vcf|ps1|bat|cmd|vbs|js|hta|sh|py|url|reg|sql|iqy|html?|xhtml|shtml|svg|mht)$/i;
const HTML = /^(?:text\/html|application\/xhtml\+xml|application\/hta|image\/svg\+xml)$/;
const HTML_NAMES = /\.(?:html?|xhtml|shtml|svg|hta)$/i;

/** Where an attachment stands. */
function placeOf({ fileName, partId }: Attachment, part: string): Place {
	return { part, field: fileName ?? partId };
}

/** The file itself, known by its hashes. Undefined for what has no bytes. */
export function fileFinding(attachment: Attachment, part: string): Finding | undefined {
	const { fileName, md5, sha1, sha256, sha512, related, contentType } = attachment;
	if (sha256 === '') return undefined;
	const hashes = { MD5: md5, 'SHA-1': sha1, 'SHA-256': sha256, 'SHA-512': sha512 };
	const found: FileValue = { type: 'file', value: sha256, hashes, name: fileName };
	const isInline = related && contentType.startsWith('image/');
	return {
		found,
		original: fileName ?? sha256,
		defanged: false,
		flags: isInline ? ['inline-image'] : [],
		place: placeOf(attachment, part),
	};
}

/** What stands in a text-like attachment: HTML is read as HTML, the rest as text. */
export function* attachmentFindings(attachment: Attachment, part: string, search: Search): Findings {
	if (!isTextAttachment(attachment)) return;
	const { unsearched } = search;
	if (lacksBytes(attachment)) unsearched.attachments.push(attachment);
	else if (attachment.size > INDICATOR_LIMITS.maxAttachmentTextBytes) unsearched.cut.push(attachment);
	if (search.isExhausted) {
		unsearched.text ||= attachment.size > 0;
		return;
	}
	const content = textOfAttachment(attachment);
	const place = placeOf(attachment, part);
	if (content?.html === true) yield* htmlFindings(content.text, place, search);
	else if (content !== undefined) yield* textFindings(content.text, { ...place, offsets: true }, search);
}

/** Whether an attachment is a text that is searched when its bytes are there. */
function isTextAttachment({ contentType, fileName = '' }: Pick<Attachment, 'contentType' | 'fileName'>): boolean {
	return TEXT_TYPES.test(contentType) || TEXT_NAMES.test(fileName);
}

/** The text of a text-like attachment, read in its charset, or undefined. */
function textOfAttachment({
	content,
	contentType,
	charset,
	fileName = '',
}: Attachment): { text: string; html: boolean } | undefined {
	if (content === undefined || content.length === 0) return undefined;
	const html = HTML.test(contentType) || HTML_NAMES.test(fileName);
	const maxBytes = INDICATOR_LIMITS.maxAttachmentTextBytes;
	// A document that is HTML by its name alone names its charset as any other does.
	const text = textOfFile(content, { contentType: html ? 'text/html' : contentType, charset, maxBytes });
	return { text, html };
}

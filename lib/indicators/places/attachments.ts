import { INDICATOR_LIMITS } from '../../limits';
import { lacksBytes, readRtf, textOfFile, type Attachment } from '../../email';
import type { FileValue } from '../../values';
import type { Finding, Place } from '../finding';
import { decodedFindings, htmlFindings } from './document';
import { withWholeLiterals } from './literals';
import type { Search } from './search';
import { linkFinding, linkText } from './links';
import { OUTSIDE, type Inside } from './opened';
import { isReport, reportFindings } from './report';
import { findingsInPiece, textFindings, type Findings } from './text';
import { isHtml, typedTextInSteps } from './typed';

const TEXT_TYPES =
	/^(?:text\/|application\/(?:json|xml|xhtml\+xml|javascript|x-javascript|csv|x-sh|x-yaml|yaml|ics|rtf|hta|sql|x-powershell|ld\+json|atom\+xml|rss\+xml|soap\+xml)$|image\/svg\+xml$|message\/(?:(?:global-)?delivery-status|feedback-report|(?:global-)?disposition-notification|global-headers|rfc822-headers|partial)$)/;
const TEXT_NAMES =
	/\.(?:txt|csv|tsv|log|md|json|jsonl|xml|ya?ml|ini|conf|cfg|eml|ics|vcf|ps1|psm1|bat|cmd|vbs|vbe|js|jse|wsf|hta|sh|py|url|website|reg|rdp|sql|iqy|html?\.?|xhtml|shtml|svg|mht|mhtml|library-ms|search-ms|xslt?|vcs|ifb|ndjson)$/i;
const SCRIPT_NAMES = /\.(?:js|jse|vbs|vbe|wsf|ps1|psm1)$/i;
/** What nothing was said of may be HTML. */
const UNTOLD_TYPES = /^application\/(?:octet-stream|binary|x-download|force-download|unknown)$/;
const BEGINS_AS_HTML = /^(?:\xef\xbb\xbf)?\s{0,200}<(?:!doctype\s+html|html|head|body|script|svg)\b/i;

/** Where an attachment stands. */
function placeOf({ fileName, partId }: Attachment, part: string, { path, flags }: Inside): Place {
	return { part, field: `${path}${fileName ?? partId}`, ...(flags.length > 0 ? { flags } : {}) };
}

/** The file itself, known by its hashes. Undefined for what has no bytes. */
export function fileFinding(attachment: Attachment, part: string, inside: Inside = OUTSIDE): Finding | undefined {
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
		place: placeOf(attachment, part, inside),
	};
}

/** What stands in a text-like attachment: HTML is read as HTML, the rest as text. Of one that lies elsewhere, where that is. */
export function* attachmentFindings(
	attachment: Attachment,
	part: string,
	search: Search,
	inside: Inside = OUTSIDE,
): Findings {
	if (attachment.location !== undefined)
		yield* textFindings(attachment.location, placeOf(attachment, part, inside), search);
	if (!isTextAttachment(attachment)) return;
	const { unsearched } = search;
	if (lacksBytes(attachment)) unsearched.attachments.push(attachment);
	else if (attachment.size > INDICATOR_LIMITS.maxAttachmentTextBytes) unsearched.cut.push(attachment);
	if (search.isExhausted) {
		unsearched.text ||= attachment.size > 0;
		return;
	}
	const { fileName = '', content, opened } = attachment;
	const contentType = opened?.kind === 'html' ? 'text/html' : attachment.contentType;
	const place = placeOf(attachment, part, inside);
	if (content !== undefined && isRtf(content)) {
		yield* rtfFindings(content, attachment.charset, place, search);
		return;
	}
	const written = textOfAttachment(attachment);
	if (written === undefined) return;
	if (isReport(contentType)) {
		yield* reportFindings(written, contentType, place, search);
		return;
	}
	const typed = yield* typedTextInSteps(written, contentType, fileName);
	const { html, delimiter } = typed;
	const isScript = !html && (SCRIPT_NAMES.test(fileName) || /javascript|x-powershell/.test(contentType));
	const text = isScript ? yield* withWholeLiterals(typed.text) : typed.text;
	if (html) yield* htmlFindings(text, place, search);
	else yield* textFindings(text, { ...place, offsets: text === written }, search, { delimiter });
	if (isScript) yield* decodedFindings(text, place, search);
}

/** Whether an attachment is a text that is searched when its bytes are there. */
function isTextAttachment({
	contentType,
	fileName = '',
	content,
	opened,
	detectedType,
}: Pick<Attachment, 'contentType' | 'fileName' | 'content' | 'opened' | 'detectedType'>): boolean {
	// By its bytes, where somebody has looked.
	if (opened?.kind === 'html' || opened?.kind === 'script') return true;
	// What stands in a document that is one XML file was put together there: as it is written it is in pieces.
	if (opened?.kind === 'office' && opened.texts.length + opened.links.length > 0) return false;
	if (TEXT_TYPES.test(contentType) || TEXT_NAMES.test(fileName)) return true;
	if (content === undefined) return false;
	// Word opens RTF under any name of its own.
	if (isRtf(content)) return true;
	if (!UNTOLD_TYPES.test(contentType)) return false;
	return BEGINS_AS_HTML.test(content.toString('latin1', 0, 512)) || (detectedType === undefined && isWords(content));
}

/** Bytes that are looked at for whether they are those of a text. */
const SAMPLE = 4 * 1024;

/** No control characters, and letters in UTF-8, in UTF-16 with its mark, or few that are not in ASCII. */
function isWords(content: Buffer): boolean {
	const sample = content.subarray(0, SAMPLE);
	if (/^(?:\xff\xfe|\xfe\xff)/.test(sample.toString('latin1', 0, 2))) return true;
	const bytes = sample.toString('latin1');
	if (bytes.trim().length < 4 || /[\0-\x08\v\x0e-\x1a\x1c-\x1f\x7f]/.test(bytes)) return false;
	const foreign = bytes.match(/[\x80-\xff]/g)?.length ?? 0;
	return foreign * 20 <= bytes.length || !/\ufffd(?!$)/.test(sample.toString('utf8'));
}

const isRtf = (content: Buffer): boolean => content.toString('latin1', 0, 4) === '{\\rt';

/** The text of a document in RTF, or the HTML that Outlook packed into it, and where its hyperlinks lead. */
export function* rtfFindings(content: Buffer, charset: string | undefined, place: Place, search: Search): Findings {
	const maxLength = INDICATOR_LIMITS.maxAttachmentTextBytes;
	const read = readRtf(content.subarray(0, maxLength), { maxLength, charset });
	if (read === undefined) return;
	const { kind, text, links, cut } = read;
	if (cut) search.unsearched.text = true;
	if (kind === 'html') yield* htmlFindings(text, place, search);
	else yield* textFindings(text, place, search);
	const batch: Finding[] = [];
	for (const link of links) {
		const finding = linkFinding(link, place);
		if (finding !== undefined) batch.push(finding);
		else batch.push(...findingsInPiece(search.take(linkText(link)), place, search));
	}
	yield batch;
}

/** The text of a text-like attachment, read in its charset, or undefined. */
function textOfAttachment({ content, contentType, charset, fileName = '' }: Attachment): string | undefined {
	if (content === undefined || content.length === 0) return undefined;
	const maxBytes = INDICATOR_LIMITS.maxAttachmentTextBytes;
	// A document that is HTML by its name alone names its charset as any other does.
	return textOfFile(content, {
		contentType: isHtml(contentType, fileName) ? 'text/html' : contentType,
		charset,
		maxBytes,
	});
}

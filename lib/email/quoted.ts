import { EMAIL_LIMITS } from '../limits';
import type { Attachment, Email } from './email';
import { parseHeaderBlock, readEnvelope, withoutHalfCharacter } from './header';
import { textParts } from './mime';
import { Warnings } from './warnings';

/** What somebody quotes of a message in another one. */
export interface Quotation {
	/** Header fields, one a line, as in a message. */
	header: string;
	text?: string | undefined;
	html?: string | undefined;
	attachments?: readonly Attachment[] | undefined;
}

/** What is odd about a header of which only some fields are quoted. */
const NO_HEADER = ['header-missing', 'from-missing', 'date-missing'] as const;

/**
 * The message that is quoted in another one: `partial`, for its bytes are not there, and most of its header is not either. Never throws.
 */
export function quotedMessage({ header, text, html, attachments = [] }: Quotation): Email {
	const warnings = new Warnings();
	const bytes = Buffer.from(header);
	const isCut = bytes.length > EMAIL_LIMITS.maxHeaderBytes;
	if (isCut) warnings.notice('header-too-large');
	const block = isCut ? withoutHalfCharacter(bytes.subarray(0, EMAIL_LIMITS.maxHeaderBytes)) : bytes;
	const envelope = readEnvelope(parseHeaderBlock(block, EMAIL_LIMITS.maxHeaderFields), undefined, warnings);
	for (const code of NO_HEADER) warnings.forget(code);
	return {
		...envelope,
		isMultipart: false,
		...(text === undefined ? {} : { text }),
		...(html === undefined ? {} : { html }),
		parts: textParts(text, html),
		attachments: [...attachments],
		size: 0,
		sha256: '',
		partial: true,
		truncated: warnings.truncated,
		warnings: warnings.list(),
	};
}

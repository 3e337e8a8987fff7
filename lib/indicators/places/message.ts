import type { Attachment, Email, EmailPart } from '../../email';
import { INDICATOR_LIMITS } from '../../limits';
import { attachmentFindings, fileFinding, rtfFindings } from './attachments';
import { htmlFindings } from './document';
import { headerFindings } from './headers';
import { insideOf, openedFindings, OUTSIDE, type Inside } from './opened';
import { isReport, reportFindings } from './report';
import type { Search } from './search';
import { textFindings, type Findings } from './text';
import { typedTextInSteps } from './typed';

/** A message, or the bodies of one. */
export type ExtractInput = Email | { text?: string | undefined; html?: string | undefined };

/** Where in the tree of attached messages one is: `2/` inside of part 2. */
interface Position {
	prefix: string;
	depth: number;
}

/**
 * The tour of a message: header, subject, text, HTML, other text parts, what stands outside of all parts, attachments, attached
 * messages. */
export function* messageFindings(
	input: ExtractInput,
	search: Search,
	{ prefix, depth }: Position = { prefix: '', depth: 0 },
): Findings {
	const { options } = search;
	const email = 'headers' in input ? input : undefined;
	if (email !== undefined && options.headers !== false) yield* headerFindings(email, `${prefix}header`, search);
	if (email?.subject !== undefined)
		yield* textFindings(email.subject, { part: `${prefix}subject`, offsets: true }, search);
	if (input.text !== undefined) yield* textFindings(input.text, { part: `${prefix}text`, offsets: true }, search);
	if (input.html !== undefined) yield* htmlFindings(input.html, { part: `${prefix}html` }, search);

	for (const one of email?.parts ?? []) yield* partFindings(one, prefix, search);
	if (email?.outsideText !== undefined)
		yield* textFindings(email.outsideText, { part: `${prefix}outside`, offsets: true }, search);

	if (email?.opened !== undefined) yield* openedFindings(email.opened, `${prefix}body`, OUTSIDE, search);
	for (const attachment of email?.attachments ?? [])
		yield* fileFindings(attachment, search, { prefix, depth }, OUTSIDE);
}

/** A file: itself, the text or the message that it is, what was found in it, and the files inside of it. */
function* fileFindings(attachment: Attachment, search: Search, { prefix, depth }: Position, around: Inside): Findings {
	const { options, unsearched } = search;
	const part = `${prefix}attachment`;
	const file = options.attachments === false ? undefined : fileFinding(attachment, part, around);
	if (file !== undefined) yield [file];
	if (attachment.email === undefined) {
		if (options.textAttachments !== false) yield* attachmentFindings(attachment, part, search, around);
	} else if (options.attachedMessages !== false) {
		const inside = { prefix: `${prefix}${attachment.partId}/`, depth: depth + 1 };
		if (depth < INDICATOR_LIMITS.maxMessageDepth) yield* messageFindings(attachment.email, search, inside);
		else unsearched.messages++;
	}
	const { opened } = attachment;
	if (opened === undefined) return;
	const inside = insideOf(attachment, around);
	yield* openedFindings(opened, part, inside, search);
	for (const child of opened.children) yield* fileFindings(child, search, { prefix, depth }, inside);
}

/** A text part that is neither of the two bodies nor a file: a calendar, AMP, a report. */
function* partFindings(
	{ contentType, text, attachment, fileName }: EmailPart,
	prefix: string,
	search: Search,
): Findings {
	if (text === undefined || attachment !== undefined || contentType === 'text/plain' || contentType === 'text/html')
		return;
	if (isReport(contentType)) {
		yield* reportFindings(text, contentType, { part: `${prefix}text`, field: contentType }, search);
		return;
	}
	if (text.startsWith('{\\rtf')) {
		yield* rtfFindings(Buffer.from(text, 'latin1'), undefined, { part: `${prefix}text`, field: contentType }, search);
		return;
	}
	const typed = yield* typedTextInSteps(text, contentType, fileName);
	const place = { part: `${prefix}${typed.html ? 'html' : 'text'}`, field: contentType };
	if (typed.html) yield* htmlFindings(typed.text, place, search);
	else yield* textFindings(typed.text, { ...place, offsets: typed.text === text }, search, typed);
}

import type { Attachment, Email } from '../email';
import { readHtml } from '../indicators';
import { REPORTED_LIMITS } from '../limits';

/** What a mail carries, and what it says itself. */
export interface Structure {
	/** Attached messages, and files that say that they are one. */
	messages: Attachment[];
	/** Those of them that could be read. */
	readable: Attachment[];
	/** Files that are neither a message nor decoration. */
	files: Attachment[];
	/** Its own visible text, without signature. */
	text: string;
	/** Its own text is longer than a reporter's words are. */
	isLong: boolean;
}

const MESSAGE_TYPES = /^(?:message\/(?:rfc822|global|news)|application\/(?:vnd\.ms-outlook|x-msg|mbox))$/;
const MESSAGE_NAMES = /\.(?:eml|msg|mbox)$/i;
const TNEF = /^application\/(?:vnd\.)?ms-tnef$/;
/** Signatures of mail, address cards, pictures: of a screenshot or of a signature. */
const DECORATION =
	/^(?:image\/|application\/(?:x-)?pkcs7-signature$|application\/pgp-(?:signature|keys)$|text\/(?:x-)?vcard$)/;

/** Looks at what a mail is made of. */
export function structureOf(email: Email): Structure {
	const all = email.attachments.flatMap(opened);
	const messages = eachOnce(all.filter(isMessage));
	const text = ownText(email);
	const { maxOwnText, maxOwnHtml } = REPORTED_LIMITS;
	return {
		messages,
		readable: messages.filter(({ email: attached }) => attached !== undefined && isReadable(attached)),
		files: all.filter((attachment) => !isMessage(attachment) && !isDecoration(attachment)),
		text,
		isLong: text.length > maxOwnText || (email.html?.length ?? 0) > maxOwnHtml,
	};
}

/** People attach a message twice, as a file and as a message. What differs in anything that is looked at is another one. */
function eachOnce(messages: Attachment[]): Attachment[] {
	const seen = new Set<string>();
	return messages.filter(({ sha256, email }) => {
		const files = email?.attachments.map(({ sha256: of }) => of) ?? [];
		const { messageId, subject, text, html } = email ?? {};
		const keys = [
			...(sha256 === '' ? [] : [sha256]),
			...(messageId === undefined ? [] : [JSON.stringify([messageId, subject, text?.trim(), html?.trim(), files])]),
		];
		const isKnown = keys.some((key) => seen.has(key));
		for (const key of keys) seen.add(key);
		return !isKnown;
	});
}

/** Whether a file of messages (RFC 4155) holds more than the first one. */
export function holdsMore({ contentType, fileName = '', content }: Attachment): boolean {
	if (contentType !== 'application/mbox' && !/\.mbox$/i.test(fileName)) return false;
	return (
		content !== undefined && /\n\r?\nFrom \S{1,300} [^\r\n]{10,60}\r?\n[\w-]{1,60}:/.test(content.toString('latin1'))
	);
}

/** A winmail.dat is no file: what it holds is. */
function opened(attachment: Attachment): Attachment[] {
	const { contentType, fileName = '', email } = attachment;
	const isTnef = TNEF.test(contentType) || /^winmail\.dat$/i.test(fileName);
	return isTnef && email !== undefined ? email.attachments : [attachment];
}

function isMessage({ contentType, fileName = '', email }: Attachment): boolean {
	return email !== undefined || MESSAGE_TYPES.test(contentType) || MESSAGE_NAMES.test(fileName);
}

function isDecoration({ contentType, related, fileName = '' }: Attachment): boolean {
	return related || DECORATION.test(contentType) || /\.(?:vcf|p7s|asc)$/i.test(fileName);
}

/** Whether there is a message in it: bytes that are none have no header and are read as one all the same. */
function isReadable({ from, subject, messageId, headers, receivedLines }: Email): boolean {
	if (from.length > 0 || messageId !== undefined || receivedLines.length > 0) return true;
	return subject !== undefined && headers.length >= 2;
}

/** What a reader sees of a mail, up to its signature. */
export function ownText({ text, html }: Pick<Email, 'text' | 'html'>): string {
	const isText = text !== undefined && text.trim() !== '';
	const shown = isText ? text : html === undefined ? '' : readHtml(html.slice(0, REPORTED_LIMITS.maxOwnHtml)).text;
	return withoutSignature(shown)
		.replace(/[\u00a0\u200b\ufeff]/g, ' ')
		.replace(/\n{3,}/g, '\n\n')
		.trim();
}

/** Mail programs put `-- ` before a signature (RFC 3676 section 4.3). */
function withoutSignature(text: string): string {
	const at = text.search(/(?:^|\n)-- ?\n/);
	return at === -1 ? text : text.slice(0, at);
}

import { EMAIL_LIMITS } from '../../limits';
import type { Budget } from '../budget';
import { parseHeaderBlock, readEnvelope, withoutHalfCharacter } from '../header';
import type { Attachment, Email, EmailAddress } from '../email';
import { safeFileName } from '../fileName';
import { decodeText, hashesOf, isMediaType, NO_HASHES, textParts } from '../mime';
import {
	MAPI,
	MapiReading,
	MapiText,
	type MapiAttachment,
	type MapiMessage,
	type MapiProperties,
	type MapiReader,
} from './mapi';
import { Warnings } from '../warnings';

/**
 * The message that a file in one of Outlook's formats holds, `partial` for it was never MIME; messages inside to the
 * given depth. Within the budget: what is beyond is left out, with a warning.
 *
 * @throws a plain Error when the file is of another format
 */
export function readOutlookFile(bytes: Buffer, read: MapiReader, budget: Budget, maxDepth: number): Email {
	const reading = new MapiReading(budget);
	reading.warnings.warn('partial', PARTIAL);
	if (bytes.length > budget.maxBytes) reading.warnings.notice('too-large');
	return emailFromMapi(read(bytes.subarray(0, budget.maxBytes), reading, maxDepth), budget, reading.warnings);
}

const PARTIAL = 'This is not a MIME message. It was reconstructed from the data that Outlook stored.';

/** Its header is the one that it came over the internet with, if any. */
function emailFromMapi(message: MapiMessage, budget: Budget, warnings = new Warnings()): Email {
	const { properties } = message;
	warnings.warn('partial', PARTIAL);
	const read = headerReader(budget, warnings);
	const header = parseHeaderBlock(
		headerBytes(read(properties, MAPI.transportHeaders), budget, warnings),
		EMAIL_LIMITS.maxHeaderFields,
	);
	const envelope = readEnvelope(header, undefined, warnings);
	for (const code of ['header-missing', 'from-missing', 'date-missing']) warnings.forget(code);
	const sender = address(
		read(properties, MAPI.senderSmtpAddress) ?? read(properties, MAPI.senderAddress),
		read(properties, MAPI.senderName),
	);
	const text = textBody(properties.get(MAPI.body), budget, warnings);
	const html = htmlBody(properties.get(MAPI.html), budget, warnings);
	if (text === undefined && html === undefined && holdsRtf(properties)) warnings.notice('rtf-unread');
	const date = envelope.date ?? dateOf(properties, MAPI.clientSubmitTime);
	const receivedAt = envelope.receivedAt ?? dateOf(properties, MAPI.deliveryTime);
	const subject = envelope.subject ?? read(properties, MAPI.subject);
	const messageId = envelope.messageId ?? read(properties, MAPI.messageId);
	const recipients = (kind: number): EmailAddress[] =>
		message.recipients
			.map((one) => ({ one, known: recipientKind(one) }))
			.filter(({ known }) => (known ?? TO) === kind)
			.map(({ one, known }) => {
				const found = address(read(one, MAPI.smtpAddress) ?? read(one, MAPI.emailAddress), read(one, MAPI.displayName));
				if (found !== undefined && known === undefined) warnings.notice('recipient-kind-unknown');
				return found;
			})
			.filter((one) => one !== undefined);
	const orElse = (found: EmailAddress[], other: () => EmailAddress[]): EmailAddress[] =>
		found.length > 0 ? found : other();
	const from = orElse(envelope.from, () => (sender === undefined ? [] : [sender]));
	const to = orElse(envelope.to, () => recipients(TO));
	const cc = orElse(envelope.cc, () => recipients(CC));
	const bcc = orElse(envelope.bcc, () => recipients(BCC));
	const attachments: Attachment[] = [];
	for (const [i, attachment] of message.attachments.entries()) {
		if (budget.deadline.isOver()) {
			warnings.notice('too-slow');
			break;
		}
		attachments.push(attachmentOf(attachment, String(i + 3), read, budget, warnings));
	}
	return {
		...envelope,
		...(messageId === undefined ? {} : { messageId }),
		...(subject === undefined ? {} : { subject }),
		...(date === undefined ? {} : { date }),
		...(receivedAt === undefined ? {} : { receivedAt }),
		from,
		to,
		cc,
		bcc,
		isMultipart: message.attachments.length > 0,
		...(text === undefined ? {} : { text }),
		...(html === undefined ? {} : { html }),
		parts: textParts(text, html),
		attachments,
		size: 0,
		sha256: '',
		partial: true,
		truncated: warnings.truncated,
		warnings: warnings.list(),
	};
}

function attachmentOf(
	attachment: MapiAttachment,
	partId: string,
	read: HeaderReader,
	budget: Budget,
	warnings: Warnings,
): Attachment {
	const { properties, content, message } = attachment;
	// A message has a title and no file name: what stands there is the same for all ("Untitled Attachment").
	const names = [MAPI.attachLongName, MAPI.attachShortName, MAPI.displayName];
	const name = firstOf(message === undefined ? names : names.reverse(), (id) => read(properties, id));
	const fileName = name === undefined ? undefined : safeFileName(name);
	const contentId = read(properties, MAPI.attachContentId);
	const declared = read(properties, MAPI.attachMimeTag)?.toLowerCase();
	const contentType = declared !== undefined && isMediaType(declared) ? declared : 'application/octet-stream';
	const keep =
		content !== undefined && content.length <= budget.maxAttachmentBytes && budget.takeAttachment(content.length);
	const email = message === undefined ? undefined : emailFromMapi(message, budget);
	if (email !== undefined) warnings.fromInside(email);
	else if (content === undefined) warnings.notice('attachment-unread');
	return {
		partId,
		contentType: email === undefined ? contentType : 'application/vnd.ms-outlook',
		...(fileName === undefined ? {} : { fileName }),
		...(contentId === undefined ? {} : { contentId }),
		related: contentId !== undefined,
		size: content?.length ?? 0,
		...(content === undefined ? NO_HASHES : hashesOf(content)),
		...(keep ? { content } : content === undefined ? {} : { contentOmitted: true }),
		...(email === undefined ? {} : { email }),
	};
}

function firstOf(ids: number[], read: (id: number) => string | undefined): string | undefined {
	for (const id of ids) {
		const value = read(id);
		if (value !== undefined) return value;
	}
	return undefined;
}

/** Kinds of recipients (PidTagRecipientType, MS-OXOMSG section 2.2.3.1). */
const [TO, CC, BCC] = [1, 2, 3] as const;
/** What stands above says how far sending it came. */
const KIND = 0x0fff_ffff;

/** Undefined when it is none that is known. */
function recipientKind(recipient: MapiProperties): number | undefined {
	const kind = Number(recipient.get(MAPI.recipientType) ?? TO) & KIND;
	return kind === TO || kind === CC || kind === BCC ? kind : undefined;
}

function holdsRtf(properties: MapiProperties): boolean {
	const rtf = properties.get(MAPI.rtf);
	return Buffer.isBuffer(rtf) ? rtf.length > 0 : typeof rtf === 'number' && rtf > 0;
}

type HeaderReader = (properties: MapiProperties, id: number) => string | undefined;

/** Reads what a MIME message would have in its headers: all of it together is no more than its header may have. Undefined when empty. */
function headerReader(budget: Budget, warnings: Warnings): HeaderReader {
	let left = budget.maxHeaderBytes;
	return (properties, id) => {
		const value = properties.get(id);
		if (!(value instanceof MapiText)) return undefined;
		const granted = budget.takeOutlookHeader(Math.min(value.length, left));
		left -= granted;
		if (granted < value.length) warnings.notice('header-too-large');
		return value.read(granted) || undefined;
	};
}

function headerBytes(text: string | undefined, budget: Budget, warnings: Warnings): Buffer {
	const bytes = Buffer.from(text ?? '');
	if (bytes.length <= budget.maxHeaderBytes) return bytes;
	warnings.notice('header-too-large');
	return withoutHalfCharacter(bytes.subarray(0, budget.maxHeaderBytes));
}

function textBody(value: unknown, budget: Budget, warnings: Warnings): string | undefined {
	if (!(value instanceof MapiText)) return undefined;
	return limited(value, 'text', budget, warnings).replaceAll('\r\n', '\n') || undefined;
}

function htmlBody(value: unknown, budget: Budget, warnings: Warnings): string | undefined {
	if (value instanceof MapiText) return limited(value, 'html', budget, warnings) || undefined;
	if (!Buffer.isBuffer(value)) return undefined;
	const granted = budget.takeText('html', value.length);
	if (granted < value.length) warnings.notice('text-too-large');
	const kept = granted < value.length ? withoutHalfCharacter(value.subarray(0, granted)) : value;
	return decodeText(kept, { contentType: 'text/html', flowed: false, deleteSpace: false }) || undefined;
}

function limited(value: MapiText, kind: 'text' | 'html', budget: Budget, warnings: Warnings): string {
	const granted = budget.takeText(kind, value.length);
	if (granted < value.length) warnings.notice('text-too-large');
	return value.read(granted);
}

function dateOf(properties: MapiProperties, id: number): Date | undefined {
	const value = properties.get(id);
	return value instanceof Date ? value : undefined;
}

/** Exchange keeps X.500 names where others have addresses: those are none. */
function address(value: string | undefined, name: string | undefined): EmailAddress | undefined {
	if (!value?.includes('@')) return undefined;
	return name === undefined || name === value ? { address: value } : { address: value, name };
}

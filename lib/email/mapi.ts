import { EMAIL_LIMITS } from '../limits';
import type { Budget } from './budget';
import { decodeCharset } from './charset';
import type { Attachment, Email, EmailAddress } from './email';
import { readEnvelope } from './envelope';
import { safeFileName } from './fileName';
import { parseHeaderBlock } from './header';
import { decodeText, hashesOf } from './leaf';
import { Warnings } from './warnings';

/** Properties of a MAPI object by their id (MS-OXPROPS): text decoded, binary as it is, times as dates. */
export type MapiProperties = Map<number, string | Buffer | Date>;

/** A message or attachment as .msg files and TNEF streams hold them. */
export interface MapiMessage {
	properties: MapiProperties;
	recipients: MapiProperties[];
	attachments: { properties: MapiProperties; content?: Buffer; message?: MapiMessage }[];
}

/** The properties that are read (MS-OXPROPS section 2). */
export const MAPI = {
	subject: 0x0037,
	clientSubmitTime: 0x0039,
	transportHeaders: 0x007d,
	recipientType: 0x0c15,
	senderName: 0x0c1a,
	senderAddress: 0x0c1f,
	deliveryTime: 0x0e06,
	body: 0x1000,
	html: 0x1013,
	messageId: 0x1035,
	displayName: 0x3001,
	emailAddress: 0x3003,
	attachData: 0x3701,
	attachShortName: 0x3704,
	attachLongName: 0x3707,
	attachMimeTag: 0x370e,
	attachContentId: 0x3712,
	smtpAddress: 0x39fe,
	senderSmtpAddress: 0x5d01,
} as const;

/** Windows FILETIME: 100 nanoseconds since 1601. Undefined when out of range. */
export function fileTime(low: number, high: number): Date | undefined {
	const date = new Date((high * 2 ** 32 + low) / 10_000 - 11_644_473_600_000);
	return Number.isNaN(date.getTime()) || (low === 0 && high === 0) ? undefined : date;
}

/** Text of a MAPI string property: PT_UNICODE is UTF-16, PT_STRING8 in a code page that is rarely told. */
export function mapiText(bytes: Buffer, unicode: boolean): string {
	const text = unicode ? bytes.toString('utf16le', 0, bytes.length & ~1) : decodeCharset(bytes);
	let end = text.length;
	while (end > 0 && text.charCodeAt(end - 1) === 0) end--;
	return text.slice(0, end);
}

/** The Email of a message that was never MIME: `partial`, its header the one that it came over the internet with, if any. */
export function emailFromMapi(message: MapiMessage, budget: Budget): Email {
	const { properties } = message;
	const header = parseHeaderBlock(Buffer.from(textOf(properties, MAPI.transportHeaders) ?? ''), EMAIL_LIMITS.maxHeaderFields);
	const warnings = new Warnings();
	warnings.warn('partial', 'This is no MIME message: it was put together from what Outlook stored of it.');
	const envelope = readEnvelope(header, undefined, warnings);
	for (const code of ['header-missing', 'from-missing', 'date-missing']) warnings.forget(code);
	const sender = address(textOf(properties, MAPI.senderSmtpAddress) ?? textOf(properties, MAPI.senderAddress), textOf(properties, MAPI.senderName));
	const text = limited(textOf(properties, MAPI.body)?.replaceAll('\r\n', '\n'), 'text', budget);
	const markup = properties.get(MAPI.html);
	const html = limited(Buffer.isBuffer(markup) ? decodeText(markup, { contentType: 'text/html', flowed: false, deleteSpace: false }) : markup?.toString(), 'html', budget);
	const date = envelope.date ?? dateOf(properties, MAPI.clientSubmitTime);
	const receivedAt = dateOf(properties, MAPI.deliveryTime) ?? envelope.receivedAt;
	const subject = envelope.subject ?? textOf(properties, MAPI.subject);
	const messageId = envelope.messageId ?? textOf(properties, MAPI.messageId);
	const recipients = (kind: number): EmailAddress[] =>
		message.recipients
			.filter((one) => (one.get(MAPI.recipientType) ?? '1') === String(kind))
			.map((one) => address(textOf(one, MAPI.smtpAddress) ?? textOf(one, MAPI.emailAddress), textOf(one, MAPI.displayName)))
			.filter((one) => one !== undefined);
	const orElse = (found: EmailAddress[], other: () => EmailAddress[]): EmailAddress[] => (found.length > 0 ? found : other());
	const bodies = [['text/plain', text], ['text/html', html]] as const;
	return {
		...envelope,
		...(messageId === undefined ? {} : { messageId }),
		...(subject === undefined ? {} : { subject }),
		...(date === undefined ? {} : { date }),
		...(receivedAt === undefined ? {} : { receivedAt }),
		from: orElse(envelope.from, () => (sender === undefined ? [] : [sender])),
		to: orElse(envelope.to, () => recipients(1)),
		cc: orElse(envelope.cc, () => recipients(2)),
		bcc: orElse(envelope.bcc, () => recipients(3)),
		isMultipart: message.attachments.length > 0,
		...(text === undefined ? {} : { text }),
		...(html === undefined ? {} : { html }),
		parts: bodies
			.filter(([, body]) => body !== undefined)
			.map(([contentType, body], i) => ({ partId: String(i + 1), contentType, size: Buffer.byteLength(body!), text: body! })),
		attachments: message.attachments.map((attachment, i) => attachmentOf(attachment, String(i + 3), budget)),
		size: 0,
		sha256: '',
		partial: true,
		truncated: warnings.truncated,
		warnings: warnings.list(),
	};
}

function attachmentOf({ properties, content = Buffer.alloc(0), message }: MapiMessage['attachments'][number], partId: string, budget: Budget): Attachment {
	const name = textOf(properties, MAPI.attachLongName) ?? textOf(properties, MAPI.attachShortName) ?? textOf(properties, MAPI.displayName);
	const fileName = name === undefined ? undefined : safeFileName(name);
	const contentId = textOf(properties, MAPI.attachContentId);
	const declared = textOf(properties, MAPI.attachMimeTag)?.toLowerCase();
	const keep = content.length <= budget.maxAttachmentBytes && budget.takeAttachment(content.length);
	return {
		partId,
		contentType: message === undefined ? (declared ?? 'application/octet-stream') : 'application/vnd.ms-outlook',
		...(fileName === undefined ? {} : { fileName }),
		...(contentId === undefined ? {} : { contentId }),
		related: contentId !== undefined,
		size: content.length,
		...hashesOf(content),
		...(keep ? { content } : { contentOmitted: true }),
		...(message === undefined ? {} : { email: emailFromMapi(message, budget) }),
	};
}

function textOf(properties: MapiProperties, id: number): string | undefined {
	const value = properties.get(id);
	return typeof value === 'string' && value !== '' ? value : undefined;
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

function limited(text: string | undefined, kind: 'text' | 'html', budget: Budget): string | undefined {
	return text === undefined ? undefined : text.slice(0, budget.takeText(kind, text.length));
}

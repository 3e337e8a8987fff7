import { compact } from '../../json';
import { EMAIL_LIMITS } from '../../limits';
import type { Budget } from '../budget';
import {
	addrSpec,
	charsetOfCodePage,
	charsetOfLocale,
	parseAddresses,
	parseHeaderBlock,
	readEnvelope,
	withoutHalfCharacter,
} from '../header';
import type { Attachment, Email, EmailAddress, EmailPart } from '../email';
import { safeFileName } from '../fileName';
import { decodeText, hashesOf, isMediaType, NO_HASHES, textParts, typeOfBytes } from '../mime';
import { readRtf, unpackedSize, unpackRtf } from '../rtf';
import { entryParts } from './entries';
import { readOneOff, readOneOffs } from './entryId';
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

/** Its header is the one that it came over the internet with, if any. `outer` is the charset of the message around it. */
function emailFromMapi(message: MapiMessage, budget: Budget, warnings = new Warnings(), outer?: string): Email {
	const { properties } = message;
	warnings.warn('partial', PARTIAL);
	const charset = charsetOf(message) ?? outer;
	const reader = headerReader(budget, warnings, charset);
	const read = (id: number): string | undefined => reader(properties, id);
	const header = parseHeaderBlock(
		headerBytes(read(MAPI.transportHeaders), budget, warnings),
		EMAIL_LIMITS.maxHeaderFields,
	);
	const envelope = readEnvelope(header, undefined, warnings);
	for (const code of ['header-missing', 'from-missing', 'date-missing']) warnings.forget(code);
	const bodies = readBodies(properties, charset, budget, warnings);
	const date = envelope.date ?? dateOf(properties, MAPI.clientSubmitTime);
	const receivedAt = envelope.receivedAt ?? dateOf(properties, MAPI.deliveryTime);
	const subject = envelope.subject ?? read(MAPI.subject);
	const messageId = envelope.messageId ?? read(MAPI.messageId);
	const inReplyTo = envelope.inReplyTo ?? read(MAPI.inReplyTo);
	const references = (read(MAPI.references) ?? '').split(/[\s,]+/).filter((id) => id !== '');
	if (references.length > EMAIL_LIMITS.maxReferences) warnings.notice('too-many-references');
	const listed = recipientsOf(message, reader, warnings);
	// A message without a list of recipients may still say to whom it shows that it went.
	const recipients = (kind: number): EmailAddress[] =>
		message.recipients.length > 0 ? listed(kind) : addressesIn(read(SHOWN_RECIPIENTS[kind]!), charset);
	const orElse = (found: EmailAddress[], other: () => EmailAddress[]): EmailAddress[] =>
		found.length > 0 ? found : other();
	const author = envelope.from.length > 0 ? {} : authorOf(properties, reader);
	const sender = envelope.sender ?? author.sender;
	const fromText = envelope.fromText ?? author.fromText;
	const attachments: Attachment[] = [];
	for (const [i, attachment] of message.attachments.entries()) {
		if (budget.deadline.isOver()) {
			warnings.notice('too-slow');
			break;
		}
		attachments.push(attachmentOf(attachment, { partId: String(i + 3), read: reader, budget, warnings, charset }));
	}
	const { text, html } = bodies;
	return {
		...envelope,
		...(messageId === undefined ? {} : { messageId }),
		...(inReplyTo === undefined ? {} : { inReplyTo }),
		references: envelope.references.length > 0 ? envelope.references : references.slice(0, EMAIL_LIMITS.maxReferences),
		...(subject === undefined ? {} : { subject }),
		...(date === undefined ? {} : { date }),
		...(receivedAt === undefined ? {} : { receivedAt }),
		from: orElse(envelope.from, () => author.from ?? []),
		...(fromText === undefined ? {} : { fromText }),
		...(sender === undefined ? {} : { sender }),
		replyTo: orElse(envelope.replyTo, () => replyToOf(properties, reader, charset)),
		to: orElse(envelope.to, () => recipients(TO)),
		cc: orElse(envelope.cc, () => recipients(CC)),
		bcc: orElse(envelope.bcc, () => recipients(BCC)),
		isMultipart: message.attachments.length > 0,
		...(text === undefined ? {} : { text }),
		...(html === undefined ? {} : { html }),
		parts: [...textParts(text, html), ...bodies.parts, ...entryParts(properties, read)],
		attachments,
		size: 0,
		sha256: '',
		partial: true,
		truncated: warnings.truncated,
		warnings: warnings.list(),
	};
}

/** Charset of its 8-bit strings: as the message says, as the stream around it says, that of its language, that of its HTML. */
function charsetOf({ properties, codePage }: MapiMessage): string | undefined {
	const page = (id: number): number => Number(properties.get(id) ?? 0);
	const ofHtml = charsetOfCodePage(page(MAPI.internetCodePage));
	return (
		charsetOfCodePage(page(MAPI.codePage)) ??
		charsetOfCodePage(codePage ?? 0) ??
		charsetOfLocale(page(MAPI.locale)) ??
		// HTML in UTF-8 says nothing of the strings: those were never in it.
		(ofHtml === 'utf-8' ? undefined : ofHtml)
	);
}

// --- who ---

/** Properties in which one person stands, in the order in which they are believed. */
interface Person {
	addresses: readonly number[];
	entry: number;
	/** Names: some programs write the address there, and nowhere else. */
	names: readonly number[];
}

const SENDER: Person = {
	addresses: [MAPI.senderSmtpAddress, MAPI.senderAddress],
	entry: MAPI.senderEntry,
	names: [MAPI.senderName],
};
const REPRESENTED: Person = {
	addresses: [MAPI.representingSmtpAddress, MAPI.representingAddress],
	entry: MAPI.representingEntry,
	names: [MAPI.representingName],
};
const CREATOR: Person = { addresses: [MAPI.creatorSmtpAddress], entry: 0, names: [MAPI.creatorName] };
const RECIPIENT: Person = {
	addresses: [MAPI.smtpAddress, MAPI.emailAddress],
	entry: MAPI.entryId,
	names: [MAPI.displayName, MAPI.recipientName],
};

/** Exchange keeps X.500 names (`/O=…/CN=…`) where others have addresses: those are none, and another property has it. */
function mailboxOf(properties: MapiProperties, read: HeaderReader, person: Person): EmailAddress | undefined {
	const entry = properties.get(person.entry);
	const oneOff = Buffer.isBuffer(entry) ? readOneOff(entry) : undefined;
	const shown = firstOf(person.names, (id) => read(properties, id)) ?? (oneOff && read.text(oneOff.name));
	const name =
		shown === undefined ? undefined : (BOTH.exec(shown)?.[1]?.replace(/["']/g, '').trim() ?? shown) || undefined;
	const address =
		firstOf(person.addresses, (id) => smtpAddress(read(properties, id))) ??
		smtpAddress(oneOff && read.text(oneOff.address)) ??
		firstOf(person.names, (id) => smtpAddress(read(properties, id)));
	if (address === undefined) return undefined;
	return name === undefined || name === address ? { address } : { address, name };
}

/** A name, and an address in angle brackets. */
const BOTH = /^([^<>]{0,300})<([^<>\s]{1,320})>\s{0,8}$/;

const smtpAddress = (text: string | undefined): string | undefined =>
	text === undefined || /^\/o=/i.test(text) ? undefined : addrSpec(BOTH.exec(text)?.[2] ?? text);

/** Who wrote a message without header. Sent on behalf: the one it was sent for, and the one who sent it. */
function authorOf(
	properties: MapiProperties,
	read: HeaderReader,
): { from?: EmailAddress[]; sender?: EmailAddress; fromText?: string } {
	const sender = mailboxOf(properties, read, SENDER);
	const represented = mailboxOf(properties, read, REPRESENTED);
	const from = represented ?? sender ?? mailboxOf(properties, read, CREATOR);
	if (from === undefined) {
		const fromText = firstOf([MAPI.representingName, MAPI.senderName], (id) => read(properties, id));
		return fromText === undefined ? {} : { fromText };
	}
	const isOnBehalf = sender !== undefined && sender.address.toLowerCase() !== from.address.toLowerCase();
	// Of one and the same, the name may stand in the other place.
	const name = from.name ?? (isOnBehalf ? undefined : read(properties, MAPI.senderName));
	const named = name === undefined || name === from.address ? from : { ...from, name };
	return { from: [named], ...(isOnBehalf ? { sender } : {}) };
}

/** Reply-To: entry ids with the addresses in them, and their names, which may be addresses. */
function replyToOf(properties: MapiProperties, read: HeaderReader, charset: string | undefined): EmailAddress[] {
	const entries = properties.get(MAPI.replyEntries);
	const found = (Buffer.isBuffer(entries) ? readOneOffs(entries) : [])
		.map(({ name, address }) => {
			const one = smtpAddress(read.text(address));
			const shown = read.text(name);
			if (one === undefined) return undefined;
			return shown === undefined || shown === one ? { address: one } : { address: one, name: shown };
		})
		.filter((one) => one !== undefined);
	// The names may hold addresses that no entry has.
	const known = new Set(found.map(({ address }) => address.toLowerCase()));
	const named = addressesIn(read(properties, MAPI.replyNames), charset);
	return [...found, ...named.filter(({ address }) => !known.has(address.toLowerCase()))];
}

function addressesIn(list: string | undefined, charset: string | undefined): EmailAddress[] {
	if (list === undefined) return [];
	return parseAddresses(Buffer.from(list).toString('latin1'), EMAIL_LIMITS.maxAddresses, charset).addresses.slice(
		0,
		EMAIL_LIMITS.maxAddresses,
	);
}

function recipientsOf(message: MapiMessage, read: HeaderReader, warnings: Warnings): (kind: number) => EmailAddress[] {
	return (kind) =>
		message.recipients
			.map((one) => ({ one, known: recipientKind(one) }))
			.filter(({ known }) => (known ?? TO) === kind)
			.map(({ one, known }) => {
				const found = mailboxOf(one, read, RECIPIENT);
				if (found === undefined) warnings.notice('recipient-without-address');
				else if (known === undefined) warnings.notice('recipient-kind-unknown');
				return found;
			})
			.filter((one) => one !== undefined);
}

// --- what ---

interface Bodies {
	text?: string;
	html?: string;
	/** Texts that are neither. */
	parts: EmailPart[];
}

/** Outlook keeps a text in one to three forms. HTML is packed into RTF when it is not there by itself. */
function readBodies(
	properties: MapiProperties,
	charset: string | undefined,
	budget: Budget,
	warnings: Warnings,
): Bodies {
	const text = textBody(properties.get(MAPI.body), charset, budget, warnings);
	const page = Number(properties.get(MAPI.internetCodePage) ?? 0);
	const html = htmlBody(properties.get(MAPI.html), charset, charsetOfCodePage(page), budget, warnings);
	const packed = properties.get(MAPI.rtf);
	if (html !== undefined || !Buffer.isBuffer(packed) || packed.length === 0) return compact({ text, html, parts: [] });
	const unpacked = unpackRtf(packed, budget.takeRtf(unpackedSize(packed)));
	const rtf = unpacked && readRtf(unpacked.bytes, { maxLength: budget.textLeft, charset });
	if (rtf !== undefined) budget.takeText(rtf.kind, rtf.text.length);
	if (rtf === undefined || !unpacked!.whole || rtf.cut) warnings.notice('rtf-unread');
	if (rtf === undefined) return compact({ text, parts: [] });
	if (rtf.kind === 'html') return compact({ text, html: rtf.text || undefined, parts: [] });
	const shown = [rtf.text.trim(), ...rtf.links.map((link) => `<${link}>`)].filter((line) => line !== '').join('\n');
	if (text === undefined) return compact({ text: shown || undefined, parts: [] });
	// The text is there already; where its links lead, is not.
	const links = rtf.links.map((link) => `<${link}>`).join('\n');
	return compact({
		text,
		parts:
			links === '' ? [] : [{ partId: '1.3', contentType: 'text/rtf', size: Buffer.byteLength(links), text: links }],
	});
}

interface AttachmentContext {
	partId: string;
	read: HeaderReader;
	budget: Budget;
	warnings: Warnings;
	/** Of the message that it is attached to. */
	charset: string | undefined;
}

function attachmentOf(
	attachment: MapiAttachment,
	{ partId, read, budget, warnings, charset }: AttachmentContext,
): Attachment {
	const { properties, content, message } = attachment;
	// A message has a title and no file name: what stands there is the same for all ("Untitled Attachment").
	const names = [MAPI.attachLongName, MAPI.attachShortName, MAPI.displayName];
	const name = firstOf(message === undefined ? names : names.reverse(), (id) => read(properties, id));
	const fileName = name === undefined ? undefined : safeFileName(name);
	const contentId = read(properties, MAPI.attachContentId);
	const declared = read(properties, MAPI.attachMimeTag)?.toLowerCase();
	const contentType = declared !== undefined && isMediaType(declared) ? declared : 'application/octet-stream';
	const disposition = /^(?:inline|attachment)$/i
		.exec(read(properties, MAPI.attachDisposition) ?? '')?.[0]
		.toLowerCase();
	// Bytes that are here are what is attached, wherever else a copy of them lies.
	const location =
		content === undefined ? firstOf([MAPI.attachLongPath, MAPI.attachPath], (id) => read(properties, id)) : undefined;
	const keep =
		content !== undefined && content.length <= budget.maxAttachmentBytes && budget.takeAttachment(content.length);
	const email = message === undefined ? undefined : emailFromMapi(message, budget, undefined, charset);
	const detectedType = content === undefined ? undefined : typeOfBytes(content);
	if (email !== undefined) warnings.fromInside(email);
	else if (content === undefined) warnings.notice('attachment-unread');
	return {
		partId,
		contentType: email === undefined ? contentType : 'application/vnd.ms-outlook',
		...(detectedType === undefined ? {} : { detectedType }),
		...(fileName === undefined ? {} : { fileName }),
		...(disposition === undefined ? {} : { disposition: disposition as 'inline' | 'attachment' }),
		...(location === undefined ? {} : { location }),
		...(contentId === undefined ? {} : { contentId }),
		related: contentId !== undefined,
		size: content?.length ?? 0,
		...(content === undefined ? NO_HASHES : hashesOf(content)),
		...(keep ? { content } : content === undefined ? {} : { contentOmitted: true }),
		...(email === undefined ? {} : { email }),
	};
}

function firstOf(ids: readonly number[], read: (id: number) => string | undefined): string | undefined {
	for (const id of ids) {
		const value = read(id);
		if (value !== undefined) return value;
	}
	return undefined;
}

/** Kinds of recipients (PidTagRecipientType, MS-OXOMSG section 2.2.3.1). */
const [TO, CC, BCC] = [1, 2, 3] as const;
const SHOWN_RECIPIENTS: Readonly<Record<number, number>> = {
	[TO]: MAPI.displayTo,
	[CC]: MAPI.displayCc,
	[BCC]: MAPI.displayBcc,
};
/** What stands above says how far sending it came. */
const KIND = 0x0fff_ffff;

/** Undefined when it is none that is known. */
function recipientKind(recipient: MapiProperties): number | undefined {
	const kind = Number(recipient.get(MAPI.recipientType) ?? TO) & KIND;
	return kind === TO || kind === CC || kind === BCC ? kind : undefined;
}

/** Reads what a MIME message would have in its headers: all of it together is no more than its header may have. Undefined when empty. */
interface HeaderReader {
	(properties: MapiProperties, id: number): string | undefined;
	/** The same of a text that stands within a property. */
	text(value: MapiText): string | undefined;
}

function headerReader(budget: Budget, warnings: Warnings, charset: string | undefined): HeaderReader {
	let left = budget.maxHeaderBytes;
	const text = (value: MapiText): string | undefined => {
		const granted = budget.takeOutlookHeader(Math.min(value.length, left));
		left -= granted;
		if (granted < value.length) warnings.notice('header-too-large');
		return value.read(granted, charset) || undefined;
	};
	const read = (properties: MapiProperties, id: number): string | undefined => {
		const value = properties.get(id);
		return value instanceof MapiText ? text(value) : undefined;
	};
	return Object.assign(read, { text });
}

function headerBytes(text: string | undefined, budget: Budget, warnings: Warnings): Buffer {
	const bytes = Buffer.from(text ?? '');
	if (bytes.length <= budget.maxHeaderBytes) return bytes;
	warnings.notice('header-too-large');
	return withoutHalfCharacter(bytes.subarray(0, budget.maxHeaderBytes));
}

function textBody(value: unknown, charset: string | undefined, budget: Budget, warnings: Warnings): string | undefined {
	if (!(value instanceof MapiText)) return undefined;
	return limited(value, 'text', charset, budget, warnings).replaceAll('\r\n', '\n') || undefined;
}

/** `page` is the charset of its bytes, as the message says; of a string it is that of all strings. */
function htmlBody(
	value: unknown,
	charset: string | undefined,
	page: string | undefined,
	budget: Budget,
	warnings: Warnings,
): string | undefined {
	if (value instanceof MapiText) return limited(value, 'html', charset, budget, warnings) || undefined;
	if (!Buffer.isBuffer(value)) return undefined;
	const granted = budget.takeText('html', value.length);
	if (granted < value.length) warnings.notice('text-too-large');
	const kept = granted < value.length ? withoutHalfCharacter(value.subarray(0, granted)) : value;
	const detail = { contentType: 'text/html', flowed: false, deleteSpace: false };
	// "ASCII" is what is written where nothing is known: then the document says it itself.
	return (
		decodeText(kept, page === undefined || page === 'us-ascii' ? detail : { ...detail, charset: page }) || undefined
	);
}

function limited(
	value: MapiText,
	kind: 'text' | 'html',
	charset: string | undefined,
	budget: Budget,
	warnings: Warnings,
): string {
	const granted = budget.takeText(kind, value.length);
	if (granted < value.length) warnings.notice('text-too-large');
	return value.read(granted, charset);
}

function dateOf(properties: MapiProperties, id: number): Date | undefined {
	const value = properties.get(id);
	return value instanceof Date ? value : undefined;
}

import type { Readable } from 'node:stream';

/** One mailbox of an address header field (RFC 5322 section 3.4), groups flattened. */
export interface EmailAddress {
	/** addr-spec as the sender wrote it (`Jane@Example.com`); never empty. */
	address: string;
	/** Display name, RFC 2047 words decoded. Absent when there is none. */
	name?: string;
	/** Display name of the group that it stood in (RFC 5322 group syntax). */
	group?: string;
	/**
	 * Set in `from` when it stands where no address belongs: in a comment, or inside of an encoded word. Mail programs show it as the
	 * sender, mail servers do not read it.
	 */
	misplaced?: true;
}

/** One header field, in the order of the message. */
export interface HeaderField {
	/** Field name as written (`Message-ID`). */
	name: string;
	/** Unfolded body, RFC 2047 words decoded; bytes that are no text are U+FFFD. */
	value: string;
}

/** What was odd about a message. Never an error: the message is there all the same. */
export interface EmailWarning {
	/** Stable word, e.g. `date-invalid`, `from-repeated`, `boundary-missing`, `too-deep`, `outlook-damaged`. */
	code: string;
	/** One sentence for the user. */
	message: string;
}

/** One leaf of the MIME tree, in message order; multipart containers are not listed. */
export interface EmailPart {
	/** Section number as in IMAP (RFC 9051 section 6.4.5.1): `1`, `2.1`. */
	partId: string;
	/** Lower case `type/subtype`, without parameters; `text/plain` when absent. */
	contentType: string;
	/** Content-Type field body as written, with parameters. Absent when the part has none. */
	contentTypeHeader?: string;
	charset?: string;
	/** Content-Disposition field body as written. */
	dispositionHeader?: string;
	disposition?: 'inline' | 'attachment';
	fileName?: string;
	contentId?: string;
	/** Decoded size in bytes. */
	size: number;
	/**
	 * Decoded text of a text/* part that is not an attachment, and of a machine-readable report (delivery-status,
	 * disposition-notification, feedback-report, rfc822-headers). Line ends are LF.
	 */
	text?: string;
	/** Index into {@link Email.attachments} when the part is one. */
	attachment?: number;
}

/** A part that is not a body: files, inline images, attached messages; also files in uuencode that stand in a text (`2.u1`). */
export interface Attachment {
	partId: string;
	/** RFC 2047 and RFC 2231 decoded, without path, control and bidi characters. Absent when the sender gave none. */
	fileName?: string;
	/** Lower case `type/subtype` as the sender declared it; `application/octet-stream` when absent. */
	contentType: string;
	/**
	 * What its first bytes say that it is, whatever its sender says. Absent when they say nothing, as those of most texts, and where
	 * there are none.
	 */
	detectedType?: string;
	/** Of a text, as the sender declared it, in lower case (`koi8-r`). Absent when none was declared. See {@link textOfFile}. */
	charset?: string;
	disposition?: 'inline' | 'attachment';
	/** Where the file lies, when an Outlook message holds a link to it and no bytes: a path, a share, a URL. */
	location?: string;
	/** Without angle brackets. */
	contentId?: string;
	/** Referenced by the HTML body (multipart/related): an inline image, usually. */
	related: boolean;
	/** Decoded size in bytes; 0 for what has none. */
	size: number;
	/**
	 * Lower-case hex over the bytes, as the other three. Empty for what has none: a message inside of an Outlook message, an object
	 * that is no file, and a file whose bytes are not whole.
	 */
	md5: string;
	sha1: string;
	sha256: string;
	sha512: string;
	/** The decoded bytes; absent when larger than the limits allow to keep (`contentOmitted`). */
	content?: Buffer;
	/** Set when the bytes were hashed and measured but not kept, or not read to their end. Not where there are none. */
	contentOmitted?: boolean;
	/**
	 * The parsed message when this is message/rfc822 (or an .eml), unless too deep; of an Outlook .msg or winmail.dat
	 * what it holds (`partial`).
	 */
	email?: Email;
	/** What hides in it, once `openAttachments` has looked. */
	opened?: Opened;
}

/**
 * A message as read from its RFC 5322 bytes.
 *
 * Everything in it is what the sender or a relay wrote: nothing is trusted, nothing is invented.
 * Absent means absent; a missing or unreadable Date is never replaced by the clock.
 */
export interface Email {
	/** Message-ID as in the header, with angle brackets. */
	messageId?: string;
	inReplyTo?: string;
	references: string[];
	/** The sender's Date header; absent when missing or unreadable (see warnings). */
	date?: Date;
	/** When the mailbox received it: INTERNALDATE or receivedDateTime, else the top Received line. */
	receivedAt?: Date;
	/** Decoded. Absent when there is no Subject field; may be empty. */
	subject?: string;
	from: EmailAddress[];
	/** What From shows when no address stands where it belongs (`"Support" <>`, `A <a@example,org>`), decoded. Else absent. */
	fromText?: string;
	sender?: EmailAddress;
	replyTo: EmailAddress[];
	to: EmailAddress[];
	cc: EmailAddress[];
	bcc: EmailAddress[];
	/** addr-spec of Return-Path; empty string for the null path `<>`. */
	returnPath?: string;
	headers: HeaderField[];
	/** Bodies of the Received fields, top (latest) first, unfolded. */
	receivedLines: string[];
	/** Bodies of the Authentication-Results fields, top first. */
	authenticationResults: string[];
	/** Content-Type field body of the message itself. */
	contentType?: string;
	/** True when the message itself is multipart/*, or what it is signed with (S/MIME) holds its parts. */
	isMultipart: boolean;
	/** Text body: the text/plain parts; absent when there are none (never made from HTML). */
	text?: string;
	html?: string;
	/**
	 * Text before the first and after the last part of a multipart (RFC 2046 preamble and epilogue). No client shows
	 * it, payloads hide there. Absent when blank.
	 */
	outsideText?: string;
	parts: EmailPart[];
	attachments: Attachment[];
	/** Bytes of the whole message as received; 0 when `partial`. */
	size: number;
	/** Lower-case hex over the bytes as received; empty when nobody has seen them. */
	sha256: string;
	/** The bytes as received; absent when the options or limits forbid to keep them. */
	raw?: Buffer;
	/** True when a limit cut the message short: what is here is what could be read. */
	truncated: boolean;
	/** Set when the message was never seen as bytes: it was put together from what another node's JSON tells of it. */
	partial?: true;
	/** Codes of the bodies and pictures in them (`data:`), once `openAttachments` has looked. Absent when there are none. */
	opened?: Opened;
	warnings: EmailWarning[];
	/** Where it was read from, when known. */
	source?: EmailSource;
	/** Stable across redelivery, when the source gives one. */
	id?: string;
}

/** Where a message was found. */
export interface EmailSource {
	kind: 'imap' | 'gmail' | 'graph' | 'file';
	/** Login or address of the mailbox. */
	mailbox?: string;
	folder?: string;
	uid?: number;
	/** Decimal string: it may exceed 2^53 on no server known, but it is compared, never counted with. */
	uidValidity?: string;
	graphId?: string;
	/** Server-wide id that survives moves: X-GM-MSGID or OBJECTID EMAILID. */
	emailId?: string;
}

/** Options of {@link parseEmail}. Limits default to `EMAIL_LIMITS`, and may be less or more; bytes, milliseconds, counts. */
export interface ParseOptions {
	/** Keep the raw bytes in `Email.raw` up to this many bytes. Default: `maxBytes` for a Buffer input, 0 for a stream. */
	keepRawBytes?: number | undefined;
	/** Keep attachments' bytes. Default true, within the limits. */
	keepAttachments?: boolean | undefined;
	maxBytes?: number | undefined;
	maxHeaderBytes?: number | undefined;
	maxParts?: number | undefined;
	maxDepth?: number | undefined;
	maxTextBytes?: number | undefined;
	maxAttachmentBytes?: number | undefined;
	maxTotalAttachmentBytes?: number | undefined;
	maxMilliseconds?: number | undefined;
	/** Sets `Email.receivedAt` (INTERNALDATE, receivedDateTime). */
	receivedAt?: Date | undefined;
	source?: EmailSource | undefined;
	id?: string | undefined;
	/** Milliseconds since the epoch, for the time limit. Default `Date.now`. */
	now?: (() => number) | undefined;
}

/** The bytes of a message: all at once, or as they come. */
export type EmailInput = Buffer | Readable;

/** What a file is, by its bytes. */
export type FileKind =
	| 'archive'
	| 'certificate'
	| 'cms'
	| 'encrypted'
	| 'executable'
	| 'html'
	| 'image'
	| 'message'
	| 'office'
	| 'office-legacy'
	| 'other'
	| 'pdf'
	| 'rtf'
	| 'script'
	| 'shortcut'
	| 'text'
	| 'zip';

/** What is odd about a file. A flag judges nothing: what becomes of it is the user's policy. */
export type FileFlag =
	| 'damaged'
	| 'dde-field'
	| 'disk-image'
	| 'double-extension'
	| 'embedded-file'
	| 'encrypted-message'
	| 'executable'
	| 'executable-inside'
	| 'external-relationship'
	| 'external-template'
	| 'html-smuggling'
	| 'image-only'
	| 'invisible-in-name'
	| 'launch-action'
	| 'macro'
	| 'many-links'
	| 'ole-object'
	| 'open-action'
	| 'password-form'
	| 'password-in-message'
	| 'password-protected'
	| 'pdf-javascript'
	| 'script'
	| 'script-inside'
	| 'shortcut'
	| 'signed-profile'
	| 'submit-form'
	| 'type-mismatch'
	| 'unsafe-path';

/** Which limit, or what else, kept a part of a file from being read. */
export type NotRead =
	| 'actions'
	| 'archive-library'
	| 'bytes'
	| 'children'
	| 'codes'
	| 'crashed'
	| 'depth'
	| 'drawn-pages'
	| 'encrypted'
	| 'files'
	| 'frames'
	| 'links'
	| 'memory'
	| 'method'
	| 'no-bytes'
	| 'pages'
	| 'password'
	| 'pictures'
	| 'pixels'
	| 'ratio'
	| 'size'
	| 'text'
	| 'time'
	| 'unreadable';

/** A text that stands in a file. */
export interface OpenedText {
	text: string;
	/** Where: `page 2`, `word/document.xml`. */
	place?: string;
}

/** A link of a file: what opens when a reader clicks, or what the file loads itself. */
export interface OpenedLink {
	/** As it stands there, without blanks at its ends. */
	url: string;
	/** What it is: `annotation`, `action`, `relationship`, `field`, `template`. */
	field: string;
	/** From 1. */
	page?: number;
	/** Share of the page that it covers, from 0 to 1. */
	area?: number;
	/** One of many small links to many hosts beside a large one: it is there to keep scanners busy. */
	decoy?: true;
}

/** A code that a camera reads. */
export interface OpenedCode {
	/** `QRCode`, `DataMatrix`, `Aztec`, `PDF417`…; `TextQRCode` for one that is drawn with characters. */
	format: string;
	text: string;
	/** What its text is. */
	content: 'contact' | 'event' | 'link' | 'mail' | 'otp' | 'payment' | 'phone' | 'place' | 'text' | 'wallet' | 'wifi';
	/** From 1. */
	page?: number;
}

/** What was found inside of a file. */
export interface Opened {
	kind: FileKind;
	texts: OpenedText[];
	links: OpenedLink[];
	codes: OpenedCode[];
	/** Files inside of it, with their hashes; opened themselves as far as the limits allow. */
	children: Attachment[];
	/** What the file says of itself: `title`, `author`, `pages`, the `password` that opened it. */
	properties: Record<string, string | number | boolean>;
	flags: FileFlag[];
	/** Empty when everything was read. */
	notRead: NotRead[];
}

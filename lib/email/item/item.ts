import { hash } from 'node:crypto';
import { isRecord } from '../../json';
import { EMAIL_LIMITS } from '../../limits';
import { Budget } from '../budget';
import { parseHeaderBlock, parseStructuredField, readEnvelope, withoutHalfCharacter } from '../header';
import type { Attachment, Email, ParseOptions } from '../email';
import { EmailError } from '../errors';
import { safeFileName } from '../fileName';
import { attachmentsNotLoaded, lacksBytes, type NamedFile } from '../gaps';
import {
	declaredMessage,
	isMessageFile,
	isOutlookFile,
	likeliestFirst,
	mayBeMessage,
	MESSAGE_KEY,
	NO_BINARY,
	type BinaryReader,
} from './files';
import { carriedMessage, firstFormat, RAW_PROPERTIES, type ItemContent } from './formats';
import { dateOf, emailFromJson, isEmailJson, sourceOf, withOpened } from './json';
import { cutText } from './jsonShape';
import { guessBoundary, hashesOf, textParts } from '../mime';
import { parseEmail, parseOutlookMessage } from '../parse';
import { SettingError } from '../../settings';
import { recordedFailure } from './unfetched';
import type { Warnings } from '../warnings';

/** Options of {@link emailFromItem}: where in the item the message is, and how it is read. */
export interface ItemOptions {
	/** Binary property that holds the message. Default: found out. */
	binaryProperty?: string | undefined;
	/** JSON property that holds the message in base64, base64url or as text. Default: found out. */
	jsonProperty?: string | undefined;
	/** Limits and what to keep. */
	parse?: ParseOptions | undefined;
}

/** A message, and the binary property that its bytes were read from; none where it was read from JSON. */
export interface ItemMessage {
	email: Email;
	key?: string;
}

/**
 * The message of an n8n item: an item of this pack; a binary .eml or Outlook .msg; base64 in a property such as `raw`; the output of
 * n8n's own Gmail, Microsoft Outlook and Email Trigger (IMAP) nodes in every format. Which one is found out.
 *
 * An item without the message's bytes gives what it has: `partial` is set, `size` is 0, `sha256` empty, and a warning
 * (`partial`) says so. Whatever the item holds, what is above a limit is left out, with a warning.
 *
 * What the JSON tells of a message is never given up for a file that its sender attached: in numbered binary properties
 * (`attachment_0`, `file_0`) no message is looked for then.
 *
 * @throws EmailError EMAIL_NOT_FOUND when the item holds no message, EMAIL_EMPTY when the property is empty, EMAIL_INPUT
 * when a .msg file is broken, or when an item that looks like one of this pack has a field of another shape.
 */
export async function emailFromItem(
	json: Record<string, unknown>,
	binary?: BinaryReader,
	options?: ItemOptions,
): Promise<Email> {
	return (await readItem(json, binary, options)).email;
}

/** As {@link emailFromItem}, and where in the item the message was. */
export async function readItem(
	json: Record<string, unknown>,
	binary: BinaryReader = NO_BINARY,
	options: ItemOptions = {},
): Promise<ItemMessage> {
	if (!isRecord(json))
		throw notFound('The item has no JSON object', 'Pass on the item unchanged from the previous node.');
	const message = await readMessage(json, binary, options);
	return { ...message, email: withOpened(message.email, json) };
}

async function readMessage(
	json: Record<string, unknown>,
	binary: BinaryReader,
	options: ItemOptions,
): Promise<ItemMessage> {
	const own = isEmailJson(json);
	const parse = { ...options.parse, ...carriedOver(json, own) };
	const file = async (key: string, more: ParseOptions = {}): Promise<ItemMessage> => {
		const bytes = await binary.read(key);
		const isOutlook = isOutlookFile(binary.info(key)) && !isMessageFile(binary.info(key));
		return {
			key,
			email: isOutlook
				? { ...(await fromOutlookFile(bytes, parse)), ...mailboxOf(parse) }
				: await parseEmail(bytes, { ...parse, ...more }),
		};
	};
	const chosen = options.binaryProperty;
	if (chosen !== undefined) {
		if (!binary.keys.includes(chosen)) {
			throw notFound(
				`The item has no binary field "${chosen}"`,
				`It has ${binary.keys.length > 0 ? binary.keys.join(', ') : 'none'}.`,
			);
		}
		return { key: chosen, email: await parseEmail(await binary.read(chosen), parse) };
	}
	if (options.jsonProperty !== undefined) return { email: await fromProperty(json, options.jsonProperty, parse) };
	// The headers that a record has in place of its message give way to the message, fetched meanwhile.
	const isRecorded = recordedFailure(json) !== undefined;
	if (own && !isRecorded) {
		if (binary.keys.includes(MESSAGE_KEY) && isMessageFile(binary.info(MESSAGE_KEY))) return await file(MESSAGE_KEY);
		return await fromOwnItem(json, binary, parse);
	}
	for (const property of RAW_PROPERTIES) {
		const bytes = messageBytes(json[property]);
		if (bytes !== undefined) return { email: await parseEmail(bytes, { ...parse, ...fromGmail(json, parse) }) };
	}
	const carried = carriedMessage(json);
	if (carried !== undefined)
		return await fromOwnItem(carried, binary, { ...options.parse, ...carriedOver(carried, true), ...parse });
	const told = firstFormat(json);
	const content = isRecorded ? undefined : told;
	const declared = declaredMessage(binary, content !== undefined);
	if (declared !== undefined) return await file(declared, overlay(content, parse));
	if (content !== undefined) return { email: await fromContent(content, binary, parse) };
	for (const key of likeliestFirst(binary.keys).flat()) {
		if (!mayBeMessage(binary.info(key))) continue;
		const bytes = await binary.read(key);
		if (looksLikeMessage(bytes)) return { key, email: await parseEmail(bytes, parse) };
	}
	if (own) return { email: await fromOwnJson(json, binary, parse) };
	if (told !== undefined) return { email: await fromContent(told, binary, parse) };
	if (typeof json.raw === 'string' && json.raw !== '') return { email: await fromBodyOnly(json.raw, parse) };
	throw notFound(
		'The item does not contain an email',
		"A node before this one may have dropped the message. Connect this node to one that still has it, let the node before keep its input (in Edit Fields: 'Include Other Input Fields'), or bring both together with a Merge node. Accepted are the items of a mailbox node of this pack and of the Gmail, Microsoft Outlook and Email Trigger (IMAP) nodes, an .eml file in binary data, and base64 in the field `raw`.",
	);
}

async function fromProperty(json: Record<string, unknown>, property: string, parse: ParseOptions): Promise<Email> {
	const value = json[property];
	if (typeof value !== 'string')
		throw notFound(
			`The item has no text in the field "${property}"`,
			'Enter the name of a field that contains the message in base64.',
		);
	const bytes = messageBytes(value) ?? decodeBase64(value) ?? Buffer.from(value, 'utf8');
	return await parseEmail(bytes, parse);
}

/** What our own item, or whoever made it, says of the message beside its bytes. */
function carriedOver(json: Record<string, unknown>, own: boolean): ParseOptions {
	const receivedAt = dateOf(json.receivedAt);
	const source = sourceOf(json.source, own);
	return {
		...(receivedAt === undefined ? {} : { receivedAt }),
		...(source === undefined ? {} : { source }),
		...((own || source !== undefined) && typeof json.id === 'string' ? { id: json.id } : {}),
	};
}

/** Gmail API's raw format has the arrival time and the id beside the message. */
function fromGmail(json: Record<string, unknown>, parse: ParseOptions): ParseOptions {
	return 'internalDate' in json || 'threadId' in json
		? overlay(firstFormat({ threadId: '', snippet: '', ...json }), parse)
		: {};
}

function overlay(content: ItemContent | undefined, parse: ParseOptions): ParseOptions {
	return {
		...(parse.receivedAt === undefined && content?.known.receivedAt !== undefined
			? { receivedAt: content.known.receivedAt }
			: {}),
		...(parse.id === undefined && content?.known.id !== undefined ? { id: content.known.id } : {}),
		...(parse.source === undefined && content?.source !== undefined ? { source: content.source } : {}),
	};
}

type FoundContent = NonNullable<ReturnType<typeof firstFormat>>;

// --- bytes ---

function messageBytes(value: unknown): Buffer | undefined {
	if (typeof value !== 'string' || value === '') return undefined;
	const decoded = decodeBase64(value);
	if (decoded !== undefined && looksLikeMessage(decoded)) return decoded;
	const bytes = Buffer.from(value, 'utf8');
	return looksLikeMessage(bytes) ? bytes : undefined;
}

/** Base64 in either alphabet, line ends allowed; undefined when the text holds anything else. */
function decodeBase64(text: string): Buffer | undefined {
	return /[^\w+/\s=-]/.test(text) ? undefined : Buffer.from(text, 'base64');
}

/** Whether the first lines are a message header: fields, some of which only messages have. */
function looksLikeMessage(bytes: Buffer): boolean {
	const head = bytes.subarray(0, 16_384);
	const text = head.toString('latin1').replace(/^(?:\u00ef\u00bb\u00bf)?[\r\n]*/, '');
	const end = text.search(/\r\n\r\n|\n\n|\r\r/);
	const block = parseHeaderBlock(Buffer.from(end === -1 ? text : text.slice(0, end), 'latin1'), 200);
	const known = block.fields.filter(({ key }) => KNOWN_FIELDS.has(key)).length;
	return block.malformedAt === undefined ? known >= 1 && block.fields.length >= 2 : known >= 2;
}

const KNOWN_FIELDS = new Set([
	'from',
	'received',
	'return-path',
	'message-id',
	'mime-version',
	'delivered-to',
	'to',
	'date',
	'dkim-signature',
	'x-mailer',
	'content-type',
]);

async function fromOutlookFile(bytes: Buffer, parse: ParseOptions): Promise<Email> {
	try {
		return await parseOutlookMessage(bytes, parse);
	} catch (cause) {
		if (cause instanceof SettingError) throw cause;
		throw new EmailError('EMAIL_INPUT', 'The Outlook .msg file cannot be read', {
			cause,
			hint: 'Save the message again in Outlook, or as .eml.',
		});
	}
}

// --- no bytes ---

/** Our own JSON, or the bytes that it was made of: they are known by their hash, whatever they are called. */
async function fromOwnItem(
	json: Record<string, unknown>,
	binary: BinaryReader,
	parse: ParseOptions,
): Promise<ItemMessage> {
	const { size } = json;
	const sha256 = typeof json.sha256 === 'string' ? json.sha256.toLowerCase() : '';
	const mayBeIt = (key: string) => {
		const info = binary.info(key);
		return (info.size === undefined || info.size === size) && (isMessageFile(info) || mayBeMessage(info));
	};
	// A message that was put together from JSON has none.
	const keys = sha256 === '' ? [] : binary.keys.filter(mayBeIt);
	for (const key of keys.slice(0, parse.maxParts ?? EMAIL_LIMITS.maxParts)) {
		const bytes = await binary.read(key);
		if (hash('sha256', bytes) === sha256) return { key, email: await parseEmail(bytes, parse) };
	}
	return { email: { ...(await fromOwnJson(json, binary, parse)), ...mailboxOf(parse) } };
}

/** Our own JSON. Bytes of attachments are taken from binary data where they are the same. */
async function fromOwnJson(json: Record<string, unknown>, binary: BinaryReader, parse: ParseOptions): Promise<Email> {
	// Such an item is called truncated, too, when nothing but its raw bytes is missing.
	const email = emailFromJson(json.rawOmitted === true ? { ...json, truncated: false } : json, parse);
	const lacking = new Map(email.attachments.filter(lacksBytes).map((attachment) => [attachment.sha256, attachment]));
	const sizes = new Set([...lacking.values()].map(({ size }) => size));
	const mayBeOne = (key: string) =>
		sizes.has(binary.info(key).size ?? Number.NaN) || (sizes.size > 0 && binary.info(key).size === undefined);
	const keys = parse.keepAttachments === false ? [] : binary.keys.filter(mayBeOne);
	let left = parse.maxTotalAttachmentBytes ?? EMAIL_LIMITS.maxTotalAttachmentBytes;
	for (const key of keys.slice(0, parse.maxParts ?? EMAIL_LIMITS.maxParts)) {
		const content = await binary.read(key);
		const attachment = lacking.get(hash('sha256', content));
		if (
			attachment === undefined ||
			content.length > Math.min(left, parse.maxAttachmentBytes ?? EMAIL_LIMITS.maxAttachmentBytes)
		)
			continue;
		left -= content.length;
		attachment.content = content;
		delete attachment.contentOmitted;
	}
	return email;
}

const PARTIAL = (origin: string): string =>
	`The item (${origin}) does not contain the raw message. Only the fields of its JSON are used.`;

async function fromContent(content: FoundContent, binary: BinaryReader, parse: ParseOptions): Promise<Email> {
	const budget = new Budget(parse);
	const { known, warnings } = content;
	warnings.warn('partial', PARTIAL(content.origin));
	const header = parseHeaderBlock(headerOf(content.fields, budget, warnings), EMAIL_LIMITS.maxHeaderFields);
	const envelope = readEnvelope(header, undefined, warnings);
	for (const code of NO_HEADER) warnings.forget(code);
	const text = limited(content.text, 'text', budget, warnings);
	const html = limited(content.html, 'html', budget, warnings);
	const attachments = withListed(await attachmentsOf(binary, parse, budget, warnings), content.attachments ?? []);
	const missing = notHere(content.files ?? [], attachments);
	if (missing.length > 0) {
		const { code, message } = attachmentsNotLoaded(content.origin, missing);
		warnings.warn(code, message);
	}
	const contentType = header.fields.find(({ key }) => key === 'content-type')?.raw;
	const filled = Object.fromEntries(
		Object.entries(known)
			.filter(([key]) => {
				const value = (envelope as Readonly<Record<string, unknown>>)[key];
				return value === undefined || key === 'receivedAt' || (Array.isArray(value) && value.length === 0);
			})
			.map(([key, value]) => [key, typeof value === 'string' ? shortened(value, budget, warnings) : value]),
	);
	return {
		...envelope,
		...filled,
		...(contentType === undefined ? {} : { contentType }),
		isMultipart: content.isMultipart ?? /^multipart\//i.test(contentType ?? ''),
		...(text === undefined ? {} : { text }),
		...(html === undefined ? {} : { html }),
		parts: textParts(text, html),
		attachments,
		size: 0,
		sha256: content.sha256 ?? '',
		partial: true,
		truncated: warnings.truncated || content.truncated === true,
		warnings: warnings.list(),
		...(content.source === undefined ? {} : { source: content.source }),
		...mailboxOf(parse),
	};
}

/** Attachments that came as binary data, and those that the item lists and that did not. */
function withListed(here: readonly Attachment[], listed: readonly Attachment[]): Attachment[] {
	const known = new Set(here.map(({ sha256 }) => sha256));
	return [...here, ...listed.filter(({ sha256 }) => sha256 === '' || !known.has(sha256))];
}

/** Those of the named files that did not come as binary data; the node between may have given them other names. */
function notHere(files: readonly NamedFile[], attachments: readonly Attachment[]): NamedFile[] {
	if (attachments.length >= files.length) return [];
	const here = new Set(attachments.map(({ fileName }) => fileName));
	const missing = files.filter(({ fileName }) => fileName === undefined || !here.has(safeFileName(fileName)));
	return missing.length > 0 ? missing : files.slice(attachments.length);
}

/** A field body that came through JSON is text: back to the bytes of a header, so that one reader serves both, and one limit. */
function headerOf(fields: ItemContent['fields'], budget: Budget, warnings: Warnings): Buffer {
	const max = budget.maxHeaderBytes;
	const lines: string[] = [];
	let left = max;
	for (const [name, body] of fields) {
		if (left <= 0) break;
		// Of one field, no more than could be kept is looked at.
		const line = `${cutText(name, left).trim()}: ${cutText(body, left)
			.replace(/\r?\n(?![ \t])/g, ' ')
			.trim()}`;
		lines.push(line);
		left -= Math.max(line.length, name.length + body.length);
	}
	const bytes = Buffer.from(lines.join('\r\n'));
	if (left >= 0 && lines.length === fields.length && bytes.length <= max) return bytes;
	warnings.notice('header-too-large');
	return withoutHalfCharacter(bytes.subarray(0, max));
}

function limited(
	text: string | undefined,
	kind: 'text' | 'html',
	budget: Budget,
	warnings: Warnings,
): string | undefined {
	if (text === undefined) return undefined;
	const granted = budget.takeText(kind, text.length);
	if (granted < text.length) warnings.notice('text-too-large');
	return cutText(text, granted);
}

function shortened(text: string, budget: Budget, warnings: Warnings): string {
	if (text.length > budget.maxHeaderBytes) warnings.notice('header-too-large');
	return cutText(text, budget.maxHeaderBytes);
}

/** What the mailbox, or our own item, says of the message. */
function mailboxOf({ receivedAt, source, id }: ParseOptions): Partial<Email> {
	return {
		...(receivedAt === undefined ? {} : { receivedAt }),
		...(source === undefined ? {} : { source }),
		...(id === undefined ? {} : { id }),
	};
}

/** The binary data of such an item are the message's attachments. */
async function attachmentsOf(
	binary: BinaryReader,
	parse: ParseOptions,
	budget: Budget,
	warnings: Warnings,
): Promise<Attachment[]> {
	const attachments: Attachment[] = [];
	for (const [i, key] of binary.keys.entries()) {
		const over = budget.deadline.isOver();
		if (over || !budget.takePart()) {
			warnings.notice(over ? 'too-slow' : 'too-many-parts');
			break;
		}
		const info = binary.info(key);
		const content = await binary.read(key);
		const fileName = info.fileName === undefined ? undefined : safeFileName(info.fileName);
		const keep = content.length <= budget.maxAttachmentBytes && budget.takeAttachment(content.length);
		const attachment: Attachment = {
			partId: String(i + 3),
			...typeOf(info.mimeType),
			...(fileName === undefined ? {} : { fileName }),
			related: false,
			size: content.length,
			...hashesOf(content),
			...(keep ? { content } : { contentOmitted: true }),
		};
		if (isMessageFile(info) && content.length > 0) {
			if (budget.maxDepth > 0) {
				const inside = { maxDepth: budget.maxDepth - 1, keepRawBytes: keep ? content.length : 0 };
				attachment.email = await parseEmail(content, { ...options(parse), ...inside });
				warnings.fromInside(attachment.email);
			} else warnings.notice('too-deep');
		}
		attachments.push(attachment);
	}
	return attachments;
}

/** Some nodes give a file's type with its parameters. */
function typeOf(mimeType: string | undefined): Pick<Attachment, 'contentType' | 'charset'> {
	const { value, params } = parseStructuredField(cutText(mimeType ?? '', EMAIL_LIMITS.maxHeaderBytes));
	const charset = params.charset?.trim().toLowerCase();
	return { contentType: value || 'application/octet-stream', ...(charset ? { charset } : {}) };
}

/** Limits only: an attached message has its own id, source and time. */
function options({ receivedAt: _receivedAt, source: _source, id: _id, ...limits }: ParseOptions): ParseOptions {
	return limits;
}

/** What is odd about a message whose header nobody gave. */
const NO_HEADER: ReadonlySet<string> = new Set(['header-missing', 'from-missing', 'date-missing', 'boundary-missing']);

/** Email Trigger (IMAP), format RAW: the body of the message as text, without its header. */
async function fromBodyOnly(raw: string, parse: ParseOptions): Promise<Email> {
	const body = Buffer.from(raw, 'utf8');
	const boundary = guessBoundary(body);
	const header = boundary === undefined ? 'MIME-Version: 1.0\r\n' : 'Content-Type: multipart/mixed\r\n';
	const email = await parseEmail(Buffer.concat([Buffer.from(`${header}\r\n`), body]), { ...parse, keepRawBytes: 0 });
	const { contentType: _contentType, raw: _raw, warnings, ...rest } = email;
	return {
		...rest,
		headers: [],
		size: 0,
		sha256: '',
		partial: true,
		warnings: [
			{ code: 'partial', message: PARTIAL('Email Trigger (IMAP), format RAW: the body without header') },
			...warnings.filter(({ code }) => !NO_HEADER.has(code)),
		],
	};
}

function notFound(message: string, hint: string): EmailError {
	return new EmailError('EMAIL_NOT_FOUND', message, { hint });
}

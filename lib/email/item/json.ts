import { instantOf } from '../../instant';
import { isRecord } from '../../json';
import { ATTACHMENT_LIMITS, EMAIL_LIMITS } from '../../limits';
import { parseMailDate } from '../header';
import type {
	Attachment,
	Email,
	EmailAddress,
	EmailPart,
	EmailSource,
	EmailWarning,
	HeaderField,
	Opened,
	OpenedCode,
	OpenedLink,
	OpenedText,
	ParseOptions,
} from '../email';
import { inReadingOrder } from './fields';
import {
	body,
	count,
	decimal,
	digest,
	flag,
	list,
	oneOf,
	optional,
	orElse,
	record,
	text,
	type Shape,
	type ShapeContext,
} from './jsonShape';
import { Warnings } from '../warnings';

/** Bodies of one part only are written once: the part says which of the two its text is. */
type PartJson = EmailPart & { textIs?: 'text' | 'html' };

/**
 * JSON form of an Email: without bytes (`raw`, attachments' `content`), dates as ISO 8601 strings, attached messages
 * included, in the order in which people read. {@link emailFromJson} reads it back.
 */
export function emailToJson(email: Email): Record<string, unknown> {
	const { raw: _raw, attachments, parts, date, receivedAt, opened, ...rest } = email;
	return inReadingOrder({
		...rest,
		parts: parts.map((part) => partToJson(part, email)),
		...(date === undefined ? {} : { date: date.toISOString() }),
		...(receivedAt === undefined ? {} : { receivedAt: receivedAt.toISOString() }),
		...(opened === undefined ? {} : { opened: openedToJson(opened) }),
		attachments: attachments.map(attachmentToJson),
	});
}

function attachmentToJson({ content: _content, email, opened, ...rest }: Attachment): Record<string, unknown> {
	return {
		...rest,
		...(email === undefined ? {} : { email: emailToJson(email) }),
		...(opened === undefined ? {} : { opened: openedToJson(opened) }),
	};
}

/** Of lists, those in which something is. */
function openedToJson({ kind, children, properties, ...lists }: Opened): Record<string, unknown> {
	return {
		kind,
		...(Object.keys(properties).length === 0 ? {} : { properties }),
		...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
		...(children.length === 0 ? {} : { children: children.map(attachmentToJson) }),
	};
}

/** Whether a value looks like what {@link emailToJson} gives. {@link emailFromJson} looks closer. */
export function isEmailJson(json: Record<string, unknown>): boolean {
	return (
		typeof json.sha256 === 'string' &&
		['headers', 'parts', 'attachments', 'from', 'warnings'].every((key) => Array.isArray(json[key]))
	);
}

/**
 * The Email of its JSON form, without bytes. What is above a limit (`maxDepth`, `maxParts`, `maxHeaderBytes` of the options,
 * `EMAIL_LIMITS`) is left out, with a warning; fields that an Email does not have are, too.
 *
 * @throws EmailError EMAIL_INPUT when a field has another shape; the text names it.
 */
export function emailFromJson(json: Record<string, unknown>, options: ParseOptions = {}): Email {
	const warnings = new Warnings();
	const maxParts = options.maxParts ?? EMAIL_LIMITS.maxParts;
	const email = EMAIL(json, '', {
		warnings,
		depth: options.maxDepth ?? EMAIL_LIMITS.maxDepth,
		messages: { left: maxParts },
		maxParts,
		maxHeaderBytes: options.maxHeaderBytes ?? EMAIL_LIMITS.maxHeaderBytes,
	});
	if (warnings.truncated) email.truncated = true;
	const known = new Set(email.warnings.map(({ code }) => code));
	email.warnings.push(...warnings.list().filter(({ code }) => !known.has(code)));
	return email;
}

const nothing = (): never[] => [];
/** A time that workflows have put into words of their own is left out. */
const time: Shape<Date | undefined> = (value, field, { warnings }) => {
	const date = dateOf(value);
	if (date === undefined && value !== undefined && value !== null)
		warnings.warn('date-invalid', `The item's field "${field}" is not a date. It was left out.`);
	return date;
};
/** Set or absent. */
const onlyTrue: Shape<true | undefined> = (value, field, context) => optional(flag)(value, field, context) || undefined;
const ADDRESS = record<EmailAddress>({
	address: text,
	name: optional(text),
	group: optional(text),
	misplaced: onlyTrue,
});
const addresses = orElse(list(ADDRESS, EMAIL_LIMITS.maxAddresses, 'too-many-addresses'), nothing);
const lines = orElse(list(text, EMAIL_LIMITS.maxHeaderFields, 'too-many-headers'), nothing);
const HEADER = record<HeaderField>({ name: text, value: text });
const WARNING = record<EmailWarning>({ code: text, message: text });
const WARNING_LIST = list(WARNING, EMAIL_LIMITS.maxWarnings, 'too-many-warnings');
/** The one list that every node of a workflow adds to, others than ours too: what is not a warning of ours is left out. */
const warnings: Shape<EmailWarning[]> = (value, field, context) => {
	const isOurs = (entry: unknown) =>
		isRecord(entry) && typeof entry.code === 'string' && typeof entry.message === 'string';
	return WARNING_LIST(Array.isArray(value) ? value.filter(isOurs) : value, field, context);
};
/** The warnings of ours in any item's field of that name, no more than are kept; what is cut is told to `told`. */
export function warningsOf(value: unknown, told: Warnings): EmailWarning[] {
	if (!Array.isArray(value)) return [];
	return warnings(value, 'warnings', { ...NO_MESSAGES, warnings: told });
}

const DISPOSITION = optional(oneOf('inline', 'attachment'));

const PART = record<PartJson>({
	partId: text,
	contentType: text,
	contentTypeHeader: optional(text),
	charset: optional(text),
	dispositionHeader: optional(text),
	disposition: DISPOSITION,
	fileName: optional(text),
	contentId: optional(text),
	size: count,
	text: optional(body),
	attachment: optional(count),
	textIs: optional(oneOf('text', 'html')),
});

/** A short text: a flag, a kind. Those that are not known here were written by a later release. */
const word = <T extends string>(): Shape<T> => text as Shape<T>;
const words = <T extends string>(): Shape<T[]> => orElse(list(word<T>(), 100, 'too-many-parts'), nothing);
const { maxLinks, maxCodes, maxPages, maxChildren } = ATTACHMENT_LIMITS;

const OPENED: Shape<Opened> = record<Opened>({
	kind: word(),
	texts: orElse(
		list(record<OpenedText>({ text: body, place: optional(text) }), maxLinks + maxPages, 'text-too-large'),
		nothing,
	),
	links: orElse(
		list(
			record<OpenedLink>({
				url: text,
				field: text,
				page: optional(count),
				area: optional(decimal),
				decoy: onlyTrue,
			}),
			maxLinks,
			'too-many-parts',
		),
		nothing,
	),
	codes: orElse(
		list(
			record<OpenedCode>({ format: text, text, content: word(), page: optional(count) }),
			maxCodes,
			'too-many-parts',
		),
		nothing,
	),
	// Files inside of files, as deep as attached messages may lie.
	children: orElse(
		list(
			(value, field, context) => {
				const { depth, messages } = context;
				if (depth <= 0 || messages.left-- <= 0) context.warnings.notice('too-deep');
				return ATTACHMENT(depth > 0 ? value : NO_FILE, field, { ...context, depth: depth - 1 });
			},
			maxChildren,
			'too-many-parts',
		),
		nothing,
	),
	properties: orElse(properties, () => ({})),
	flags: words(),
	notRead: words(),
});

const NO_FILE = { partId: '', contentType: 'application/octet-stream', size: 0 };

/**
 * The message with what an item says was found inside of its files, which its bytes do not tell; files of attached messages included.
 * What no file fits is left out.
 */
export function withOpened(email: Email, json: Record<string, unknown>): Email {
	const listed = Array.isArray(json.attachments) ? (json.attachments as unknown[]) : [];
	const context = { ...NO_MESSAGES, depth: EMAIL_LIMITS.maxDepth, warnings: new Warnings() };
	const byHash = new Map<string, Opened>();
	for (const one of listed.slice(0, EMAIL_LIMITS.maxParts)) {
		if (!isRecord(one) || typeof one.sha256 !== 'string' || one.sha256 === '' || !isRecord(one.opened)) continue;
		const opened = shaped(one.opened, { ...context, messages: { left: EMAIL_LIMITS.maxParts } });
		if (opened !== undefined) byHash.set(one.sha256, opened);
	}
	// Of a report of another message, the item tells the bodies of that one.
	const body = isRecord(json.opened) && !isRecord(json.reported) ? shaped(json.opened, context) : undefined;
	const found = openedByHash(email, byHash);
	return body === undefined ? found : { ...found, opened: body };
}

/** A message with what was found inside of the files of it, or of a message attached to it, after that one was opened. */
export function withOpenedOf(whole: Email, analysed: Email): Email {
	const byHash = new Map<string, Opened>();
	for (const { sha256, opened } of filesIn(analysed))
		if (opened !== undefined && sha256 !== '') byHash.set(sha256, opened);
	return openedByHash(whole, byHash);
}

function* filesIn({ attachments }: Email): Generator<Attachment> {
	for (const attachment of attachments) {
		yield attachment;
		if (attachment.email !== undefined) yield* filesIn(attachment.email);
	}
}

function openedByHash(email: Email, byHash: ReadonlyMap<string, Opened>): Email {
	if (byHash.size === 0) return email;
	const attachments = email.attachments.map((attachment): Attachment => {
		const opened = byHash.get(attachment.sha256);
		const inner = attachment.email === undefined ? undefined : openedByHash(attachment.email, byHash);
		return {
			...attachment,
			...(opened === undefined ? {} : { opened }),
			...(inner === undefined ? {} : { email: inner }),
		};
	});
	return { ...email, attachments };
}

/** Undefined for what another node made of it. */
function shaped(value: unknown, context: ShapeContext): Opened | undefined {
	try {
		return OPENED(value, 'opened', context);
	} catch {
		return undefined;
	}
}

/** What a file says of itself, and nothing that is no word, number or yes. */
function properties(value: unknown): Opened['properties'] {
	if (!isRecord(value)) return {};
	const { maxPropertyCharacters } = ATTACHMENT_LIMITS;
	const kept: Opened['properties'] = Object.create(null) as Opened['properties'];
	for (const [name, one] of Object.entries(value).slice(0, 100)) {
		if (typeof one === 'string') kept[name.slice(0, 100)] = one.slice(0, maxPropertyCharacters);
		else if (typeof one === 'boolean' || (typeof one === 'number' && Number.isFinite(one)))
			kept[name.slice(0, 100)] = one;
	}
	return { ...kept };
}

const ATTACHMENT: Shape<Attachment> = record<Attachment>({
	partId: text,
	fileName: optional(text),
	contentType: text,
	detectedType: optional(text),
	charset: optional(text),
	disposition: DISPOSITION,
	location: optional(text),
	contentId: optional(text),
	related: orElse(flag, () => false),
	size: count,
	md5: orElse(digest(16), () => ''),
	sha1: orElse(digest(20), () => ''),
	sha256: orElse(digest(32), () => ''),
	sha512: orElse(digest(64), () => ''),
	content: () => undefined,
	contentOmitted: optional(flag),
	email: optional((value, field, context) => {
		const { depth, messages, warnings } = context;
		if (depth > 0 && messages.left-- > 0) return EMAIL(value, field, { ...context, depth: depth - 1 });
		warnings.notice(depth > 0 ? 'too-many-parts' : 'too-deep');
		return undefined;
	}),
	opened: optional((value, field, context) => OPENED(value, field, context)),
});

const SOURCE = record<EmailSource>({
	kind: oneOf('imap', 'gmail', 'graph', 'file'),
	mailbox: optional(text),
	folder: optional(text),
	uid: optional(count),
	uidValidity: optional(text),
	graphId: optional(text),
	emailId: optional(text),
});

/** For what holds no messages and no parts. */
const NO_MESSAGES = { depth: 0, messages: { left: 0 }, maxParts: 0, maxHeaderBytes: EMAIL_LIMITS.maxHeaderBytes };

/** The field `source` of any item. Undefined when it is something else that has this name. */
export function sourceOf(value: unknown, own: boolean): EmailSource | undefined {
	try {
		return optional(SOURCE)(value, 'source', { ...NO_MESSAGES, warnings: new Warnings() });
	} catch (error) {
		if (own) throw error;
		return undefined;
	}
}

const STORED = record<Omit<Email, 'parts'> & { parts: PartJson[] }>({
	messageId: optional(text),
	inReplyTo: optional(text),
	references: orElse(list(text, EMAIL_LIMITS.maxReferences, 'too-many-references'), nothing),
	date: time,
	receivedAt: time,
	subject: optional(text),
	from: addresses,
	fromText: optional(text),
	sender: optional(ADDRESS),
	replyTo: addresses,
	to: addresses,
	cc: addresses,
	bcc: addresses,
	returnPath: optional(text),
	headers: list(HEADER, EMAIL_LIMITS.maxHeaderFields, 'too-many-headers'),
	receivedLines: lines,
	authenticationResults: lines,
	contentType: optional(text),
	isMultipart: orElse(flag, () => false),
	text: optional(body),
	html: optional(body),
	outsideText: optional(body),
	parts: list(PART, ({ maxParts }) => maxParts, 'too-many-parts'),
	attachments: list(ATTACHMENT, ({ maxParts }) => maxParts, 'too-many-parts'),
	size: orElse(count, () => 0),
	sha256: digest(32),
	raw: () => undefined,
	truncated: orElse(flag, () => false),
	partial: onlyTrue,
	opened: optional(OPENED),
	warnings,
	source: optional(SOURCE),
	id: optional(text),
});

const EMAIL: Shape<Email> = (value, field, context) => {
	const email = STORED(value, field, context);
	const parts = email.parts.map(({ textIs, ...part }): EmailPart => {
		const own = textIs === undefined ? undefined : email[textIs];
		return own === undefined ? part : { ...part, text: own };
	});
	return { ...email, parts };
};

function partToJson(part: EmailPart, { text, html }: Email): PartJson {
	if (part.text === undefined || part.text === '') return part;
	const textIs = part.text === text ? 'text' : part.text === html ? 'html' : undefined;
	if (textIs === undefined) return part;
	const { text: _text, ...rest } = part;
	return { ...rest, textIs };
}

/**
 * A date given as a text in ISO 8601 or of a Date field, in UTC where it names no zone, or as milliseconds since the epoch in a number
 * or text. Undefined when it is none.
 */
export function dateOf(value: unknown): Date | undefined {
	const number = typeof value === 'string' && /^\d{10,16}$/.test(value) ? Number(value) : value;
	if (typeof number !== 'string' && typeof number !== 'number' && !(number instanceof Date)) return undefined;
	const time = typeof number === 'string' ? (instantOf(number) ?? parseMailDate(number)?.date ?? Number.NaN) : number;
	const date = new Date(time);
	// RFC 3339 and STIX write four digits: what another program counts as a later year is no date that could be read back.
	const year = date.getUTCFullYear();
	return year >= 0 && year <= 9_999 ? date : undefined;
}

import { compact, isRecord } from '../../json';
import { EMAIL_LIMITS } from '../../limits';
import { parseAddresses } from '../header';
import type { Attachment, Email, EmailAddress, EmailSource } from '../email';
import { FETCHED_IN_PART, rawOmitted, type NamedFile } from '../gaps';
import { dateOf, isEmailJson, warningsOf } from './json';
import { cutText } from './jsonShape';
import { digestOf, isOwnSimple, simpleAttachments } from './simple';
import { Warnings } from '../warnings';

type Json = Record<string, unknown>;

/** JSON properties in which messages are handed on in base64 (`raw` is Gmail's). */
export const RAW_PROPERTIES = ['raw', 'eml', 'mime', 'rawEmail', 'rawMessage'];

/** Where Email to STIX puts a message whose bytes the next node would not find. */
export function carriedMessage({ email }: Json): Json | undefined {
	return isRecord(email) && isEmailJson(email) ? email : undefined;
}

/** What an item of another node tells of a message whose bytes it does not hold. */
export interface ItemContent {
	/** Which node's output it is, for the user. */
	origin: string;
	/** Header fields as they stood in the message, as far as the item has them: name and raw body. */
	fields: [name: string, body: string][];
	text?: string;
	html?: string;
	/** Known from elsewhere than the header fields; these fill what the fields leave out. */
	known: Partial<
		Pick<
			Email,
			'messageId' | 'date' | 'receivedAt' | 'subject' | 'from' | 'sender' | 'replyTo' | 'to' | 'cc' | 'bcc' | 'id'
		>
	>;
	source?: EmailSource;
	/** Attachments that are named, their bytes elsewhere; without a name where it is only told that there are some. */
	files?: NamedFile[];
	/** Attachments that are known by size and hash, without their bytes. */
	attachments?: Attachment[];
	/** Whether the message is multipart/*, where its Content-Type is not among the fields. */
	isMultipart?: boolean;
	/** Of the bytes of the message, where they were seen. */
	sha256?: string;
	/** A limit cut the message short. */
	truncated?: boolean;
}

/**
 * The outputs that are understood without MIME bytes, most telling first. A mailparser `date` is never believed: that
 * library puts the present time in place of a date it cannot read. What is left out of them is told to `warnings`.
 */
export const ITEM_FORMATS: ((json: Json, warnings: Warnings) => ItemContent | undefined)[] = [
	ownSimpleItem,
	mailparserItem,
	gmailApiItem,
	gmailSimpleItem,
	graphItem,
	imapSimpleItem,
	plainItem,
];

/** The content of an item by the first of {@link ITEM_FORMATS} that it has, and what was left out. */
export function firstFormat(json: Json): (ItemContent & { warnings: Warnings }) | undefined {
	for (const format of ITEM_FORMATS) {
		const warnings = new Warnings();
		const content = format(json, warnings);
		if (content !== undefined) return { ...content, warnings };
	}
	return undefined;
}

/**
 * Such an item without the raw message: also one of which only the headers were fetched. It is a summary, so it always lacks
 * something.
 */
function ownSimpleItem(json: Json, warnings: Warnings): ItemContent | undefined {
	if (!isOwnSimple(json)) return undefined;
	const { id, source, truncated, attachments } = json as {
		id: string;
		source: Json;
		truncated: boolean;
		attachments: unknown[];
	};
	// What kept the message from being here is told by the item alone.
	for (const { code, message } of warningsOf(json.warnings, warnings)) warnings.warn(code, message);
	if (attachments.length > EMAIL_LIMITS.maxParts) warnings.notice('too-many-parts');
	const listed = attachments.slice(0, EMAIL_LIMITS.maxParts);
	const files = listed.filter((name) => typeof name === 'string').map((fileName): NamedFile => ({ fileName }));
	const known = simpleAttachments(listed);
	if (!warnings.has(FETCHED_IN_PART)) {
		const { code, message } = rawOmitted([...files, ...known]);
		warnings.warn(code, message);
	}
	// An item of an earlier version: an address, and its name beside it.
	const name = textOf(json.fromName);
	const from = addressesOf(asAddresses(json.from), warnings)?.map((one) => ({
		...one,
		...(name === undefined ? {} : { name }),
	}));
	return compact({
		origin: `${source.kind === 'graph' ? 'Microsoft 365' : 'IMAP'} mailbox, output Simple`,
		fields: [],
		text: textOf(json.text),
		html: textOf(json.html),
		known: compact({
			id,
			messageId: textOf(json.messageId),
			subject: typeof json.subject === 'string' ? json.subject : undefined,
			date: dateOf(json.date),
			from,
			to: addressesOf(asAddresses(json.to), warnings),
			cc: addressesOf(asAddresses(json.cc), warnings),
			replyTo: addressesOf(asAddresses(json.replyTo), warnings),
		}),
		attachments: known,
		isMultipart: json.isMultipart === true,
		sha256: digestOf(json.sha256, 32),
		truncated: truncated && json.rawOmitted !== true,
	});
}

/** What Simple calls an address is one, and no list of them however it is written; a name around it was put there since. */
const asAddresses = (value: unknown): unknown => (Array.isArray(value) ? value.map(asAddress) : asAddress(value));
const asAddress = (value: unknown): unknown =>
	typeof value === 'string' && !value.endsWith('>') ? { address: value } : value;

/** Gmail node and trigger (Simplify off) and Email Trigger IMAP (format Resolved): mailparser's result, headers by name. */
function mailparserItem(json: Json): ItemContent | undefined {
	const { headers } = json;
	if (!isRecord(headers) || !('html' in json || 'text' in json || 'textAsHtml' in json)) return undefined;
	const fields = Object.values(headers)
		.filter((line): line is string => typeof line === 'string' && line.includes(':'))
		.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]);
	if (fields.length === 0) return undefined;
	const uid = uidOf(json);
	const gmail = typeof json.threadId === 'string' || Array.isArray(json.labelIds);
	return compact({
		origin: gmail ? 'Gmail' : 'Email Trigger (IMAP), format Resolved',
		fields,
		text: textOf(json.text),
		html: textOf(json.html),
		known: compact({ id: textOf(json.id), receivedAt: dateOf(json.internalDate) }),
		source: gmail ? gmailSource(json) : uid === undefined ? undefined : { kind: 'imap' as const, uid },
	});
}

/** A message of the Gmail API in format `full`, as an HTTP Request node gets it. */
function gmailApiItem(json: Json, warnings: Warnings): ItemContent | undefined {
	const { payload } = json;
	if (!isRecord(payload) || !Array.isArray(payload.headers)) return undefined;
	const fields = payload.headers
		.filter(isRecord)
		.filter((field) => typeof field.name === 'string' && typeof field.value === 'string')
		.map((field): [string, string] => [field.name as string, field.value as string]);
	const bodies = new Map<unknown, string[]>([
		['text/plain', []],
		['text/html', []],
	]);
	const files: NamedFile[] = [];
	const waiting: unknown[] = [payload];
	for (let i = 0; i < waiting.length; i++) {
		const part = waiting[i];
		if (!isRecord(part)) continue;
		const data = isRecord(part.body) ? part.body.data : undefined;
		if (typeof data === 'string' && !part.filename)
			bodies.get(part.mimeType)?.push(Buffer.from(data, 'base64url').toString('utf8'));
		else if (isElsewhere(part)) files.push(namedPart(part));
		const parts: unknown[] = Array.isArray(part.parts) ? part.parts : [];
		const room = EMAIL_LIMITS.maxParts - waiting.length;
		if (parts.length > room) warnings.notice('too-many-parts');
		waiting.push(...parts.slice(0, room));
	}
	const bodyOf = (type: string): string | undefined =>
		bodies.get(type)!.length > 0 ? bodies.get(type)!.join('\n') : undefined;
	return compact({
		origin: 'Gmail API',
		fields,
		text: bodyOf('text/plain'),
		html: bodyOf('text/html'),
		known: compact({ id: textOf(json.id), receivedAt: dateOf(json.internalDate) }),
		source: gmailSource(json),
		files,
	});
}

/** A part whose bytes the Gmail API gives on another request: every file, and a text that is too long. */
function isElsewhere({ filename, body }: Json): boolean {
	return textOf(filename) !== undefined || (isRecord(body) && typeof body.attachmentId === 'string');
}

function namedPart({ filename, partId, body }: Json): NamedFile {
	const size = isRecord(body) ? body.size : undefined;
	return compact({
		fileName: textOf(filename),
		partId: textOf(partId),
		size: typeof size === 'number' && size >= 0 ? size : undefined,
	});
}

/** Gmail node and trigger with Simplify on: some header fields by name, and a snippet instead of the body. */
function gmailSimpleItem(json: Json): ItemContent | undefined {
	if (typeof json.threadId !== 'string' || !('internalDate' in json || 'snippet' in json)) return undefined;
	const fields = ['From', 'To', 'Cc', 'Bcc', 'Subject', 'Date', 'Message-ID', 'Message-Id', 'Reply-To']
		.filter((name) => typeof json[name] === 'string')
		.map((name): [string, string] => [name, json[name] as string]);
	return compact({
		origin: 'Gmail, simplified',
		fields,
		text: textOf(json.snippet),
		known: compact({ id: textOf(json.id), receivedAt: dateOf(json.internalDate) }),
		source: gmailSource(json),
		truncated: true,
	});
}

/** Microsoft Outlook node and trigger: a Graph message resource, whole or simplified. */
function graphItem(json: Json, warnings: Warnings): ItemContent | undefined {
	if (!['internetMessageId', 'receivedDateTime', 'bodyPreview', 'toRecipients'].some((key) => key in json))
		return undefined;
	const headers = Array.isArray(json.internetMessageHeaders) ? json.internetMessageHeaders.filter(isRecord) : [];
	const body = isRecord(json.body) ? json.body : undefined;
	const content = textOf(body?.content);
	const isHtml = textOf(body?.contentType)?.toLowerCase() === 'html';
	return compact({
		origin: 'Microsoft Outlook',
		fields: headers
			.filter((field) => typeof field.name === 'string' && typeof field.value === 'string')
			.map((field): [string, string] => [field.name as string, field.value as string]),
		text: content === undefined ? textOf(json.bodyPreview) : isHtml ? undefined : content,
		html: isHtml ? content : undefined,
		known: compact({
			id: textOf(json.id),
			messageId: textOf(json.internetMessageId),
			subject: typeof json.subject === 'string' ? json.subject : undefined,
			date: dateOf(json.sentDateTime),
			receivedAt: dateOf(json.receivedDateTime),
			from: addressesOf(json.from, warnings),
			sender: addressesOf(json.sender, warnings)?.[0],
			replyTo: addressesOf(json.replyTo, warnings),
			to: addressesOf(json.toRecipients ?? json.to, warnings),
			cc: addressesOf(json.ccRecipients, warnings),
			bcc: addressesOf(json.bccRecipients, warnings),
		}),
		source: typeof json.id === 'string' ? { kind: 'graph' as const, graphId: json.id } : undefined,
		files: graphFiles(json, warnings),
		// The first 255 characters.
		truncated: content === undefined && textOf(json.bodyPreview) !== undefined,
	});
}

/** By name where the request expanded them, else that there are some. */
function graphFiles({ attachments, hasAttachments }: Json, warnings: Warnings): NamedFile[] {
	const listed = Array.isArray(attachments) ? attachments.slice(0, EMAIL_LIMITS.maxParts).filter(isRecord) : [];
	if (Array.isArray(attachments) && attachments.length > EMAIL_LIMITS.maxParts) warnings.notice('too-many-parts');
	if (listed.length === 0) return hasAttachments === true ? [{}] : [];
	return listed.map(({ name, size }) =>
		compact({ fileName: textOf(name), size: typeof size === 'number' && size >= 0 ? size : undefined }),
	);
}

/** Email Trigger (IMAP), format Simple: texts, the usual fields on top, the others under `metadata`. */
function imapSimpleItem(json: Json): ItemContent | undefined {
	if (!isRecord(json.metadata) || !('textPlain' in json || 'textHtml' in json)) return undefined;
	const fields: [string, string][] = [];
	for (const [name, value] of [
		...['from', 'to', 'cc', 'subject', 'date'].map((key) => [key, json[key]] as const),
		...Object.entries(json.metadata),
	]) {
		for (const body of Array.isArray(value) ? (value as unknown[]) : [value])
			if (typeof body === 'string') fields.push([name, body]);
	}
	const uid = uidOf(json);
	return compact({
		origin: 'Email Trigger (IMAP), format Simple',
		fields,
		text: textOf(json.textPlain),
		html: textOf(json.textHtml),
		known: {},
		source: uid === undefined ? undefined : { kind: 'imap' as const, uid },
	});
}

/** Anything that names a sender or a subject and has a text, such as a form's or a webhook's JSON. */
function plainItem(json: Json, warnings: Warnings): ItemContent | undefined {
	const text = textOf(json.text) ?? textOf(json.body);
	const html = textOf(json.html);
	const from = addressesOf(json.from, warnings);
	if ((text === undefined && html === undefined) || (from === undefined && typeof json.subject !== 'string'))
		return undefined;
	return compact({
		origin: 'JSON with from, subject and text',
		fields: [],
		text,
		html,
		known: compact({
			messageId: textOf(json.messageId),
			date: dateOf(json.date),
			subject: typeof json.subject === 'string' ? json.subject : undefined,
			from,
			replyTo: addressesOf(json.replyTo, warnings),
			to: addressesOf(json.to, warnings),
			cc: addressesOf(json.cc, warnings),
		}),
	});
}

/** Addresses in any form that these nodes use: text, Graph's emailAddress, mailparser's value lists, and lists of them. */
function addressesOf(value: unknown, warnings: Warnings): EmailAddress[] | undefined {
	const found: EmailAddress[] = [];
	// Lists may hold lists: each is gone through where it stands, and none is copied.
	const open: Iterator<unknown>[] = [[value].values()];
	let left: number = EMAIL_LIMITS.maxHeaderBytes;
	const short = (text: string): string => {
		if (text.length > left) warnings.notice('header-too-large');
		const kept = cutText(text, left);
		left -= kept.length;
		return kept;
	};
	for (let steps = 0; open.length > 0 && found.length <= EMAIL_LIMITS.maxAddresses;) {
		const next = open.at(-1)!.next();
		if (next.done) {
			open.pop();
			continue;
		}
		const one: unknown = next.value;
		if (++steps > EMAIL_LIMITS.maxAddresses * FORMS_AROUND) {
			warnings.notice('too-many-addresses');
			break;
		}
		if (typeof one === 'string') {
			const { addresses, cut } = parseAddresses(Buffer.from(short(one)).toString('latin1'), EMAIL_LIMITS.maxAddresses);
			if (cut) warnings.notice('too-many-addresses');
			found.push(...addresses);
		} else if (Array.isArray(one)) open.push(one.values());
		else if (isRecord(one)) {
			if (isRecord(one.emailAddress)) open.push([one.emailAddress].values());
			else if (Array.isArray(one.value)) open.push(one.value.values());
			else if (Array.isArray(one.group)) open.push(one.group.values());
			else if (typeof one.address === 'string' && one.address !== '') {
				const address = short(one.address);
				const name = typeof one.name === 'string' ? short(one.name.trim()) : '';
				if (address !== '') found.push({ address, ...(name === '' || name === address ? {} : { name }) });
			}
		}
	}
	if (found.length > EMAIL_LIMITS.maxAddresses) warnings.notice('too-many-addresses');
	return found.length === 0 ? undefined : found.slice(0, EMAIL_LIMITS.maxAddresses);
}

/** Lists and objects that may stand around one address. */
const FORMS_AROUND = 4;

/** Gmail's message id is X-GM-MSGID in hexadecimal. */
function gmailSource(json: Json): EmailSource {
	const hex = typeof json.id === 'string' && /^[0-9a-f]{1,16}$/i.test(json.id) ? json.id : undefined;
	return { kind: 'gmail', ...(hex === undefined ? {} : { emailId: BigInt(`0x${hex}`).toString() }) };
}

function uidOf(json: Json): number | undefined {
	const uid = isRecord(json.attributes) ? json.attributes.uid : undefined;
	return Number.isSafeInteger(uid) && (uid as number) >= 0 ? (uid as number) : undefined;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Without the keys whose value is undefined. */

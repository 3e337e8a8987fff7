import { parseAddresses } from './address';
import type { Email, EmailAddress, EmailSource } from './email';
import { dateOf } from './json';

type Json = Record<string, unknown>;

/** What an item of another node tells of a message whose bytes it does not hold. */
export interface ItemContent {
	/** Which node's output it is, for the user. */
	origin: string;
	/** Header fields as they stood in the message, as far as the item has them: name and raw body. */
	fields: [name: string, body: string][];
	text?: string;
	html?: string;
	/** Known from elsewhere than the header fields; these fill what the fields leave out. */
	known: Partial<Pick<Email, 'messageId' | 'date' | 'receivedAt' | 'subject' | 'from' | 'sender' | 'replyTo' | 'to' | 'cc' | 'bcc' | 'id'>>;
	source?: EmailSource;
}

/**
 * The outputs that are understood without MIME bytes, most telling first. A mailparser `date` is never believed: that
 * library puts the present time in place of a date it cannot read.
 */
export const ITEM_FORMATS: ((json: Json) => ItemContent | undefined)[] = [mailparserItem, gmailApiItem, gmailSimpleItem, graphItem, imapSimpleItem, plainItem];

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
function gmailApiItem(json: Json): ItemContent | undefined {
	const { payload } = json;
	if (!isRecord(payload) || !Array.isArray(payload.headers)) return undefined;
	const fields = payload.headers
		.filter(isRecord)
		.filter((field) => typeof field.name === 'string' && typeof field.value === 'string')
		.map((field): [string, string] => [field.name as string, field.value as string]);
	const bodies: Record<string, string[]> = { 'text/plain': [], 'text/html': [] };
	const waiting: unknown[] = [payload];
	for (let count = 0; waiting.length > 0 && count < 1_000; count++) {
		const part = waiting.shift();
		if (!isRecord(part)) continue;
		const data = isRecord(part.body) ? part.body.data : undefined;
		if (typeof part.mimeType === 'string' && typeof data === 'string' && !part.filename) {
			bodies[part.mimeType]?.push(Buffer.from(data, 'base64url').toString('utf8'));
		}
		if (Array.isArray(part.parts)) waiting.push(...(part.parts as unknown[]));
	}
	return compact({
		origin: 'Gmail API',
		fields,
		text: bodies['text/plain']!.length > 0 ? bodies['text/plain']!.join('\n') : undefined,
		html: bodies['text/html']!.length > 0 ? bodies['text/html']!.join('\n') : undefined,
		known: compact({ id: textOf(json.id), receivedAt: dateOf(json.internalDate) }),
		source: gmailSource(json),
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
	});
}

/** Microsoft Outlook node and trigger: a Graph message resource, whole or simplified. */
function graphItem(json: Json): ItemContent | undefined {
	if (!['internetMessageId', 'receivedDateTime', 'bodyPreview', 'toRecipients'].some((key) => key in json)) return undefined;
	const headers = Array.isArray(json.internetMessageHeaders) ? json.internetMessageHeaders.filter(isRecord) : [];
	const body = isRecord(json.body) ? json.body : undefined;
	const content = textOf(body?.content);
	const isHtml = String(body?.contentType).toLowerCase() === 'html';
	return compact({
		origin: 'Microsoft Outlook',
		fields: headers.map((field): [string, string] => [String(field.name), String(field.value)]),
		text: content === undefined ? textOf(json.bodyPreview) : isHtml ? undefined : content,
		html: isHtml ? content : undefined,
		known: compact({
			id: textOf(json.id),
			messageId: textOf(json.internetMessageId),
			subject: typeof json.subject === 'string' ? json.subject : undefined,
			date: dateOf(json.sentDateTime),
			receivedAt: dateOf(json.receivedDateTime),
			from: addressesOf(json.from),
			sender: addressesOf(json.sender)?.[0],
			replyTo: addressesOf(json.replyTo),
			to: addressesOf(json.toRecipients ?? json.to),
			cc: addressesOf(json.ccRecipients),
			bcc: addressesOf(json.bccRecipients),
		}),
		source: typeof json.id === 'string' ? { kind: 'graph' as const, graphId: json.id } : undefined,
	});
}

/** Email Trigger (IMAP), format Simple: texts, the usual fields on top, the others under `metadata`. */
function imapSimpleItem(json: Json): ItemContent | undefined {
	if (!isRecord(json.metadata) || !('textPlain' in json || 'textHtml' in json)) return undefined;
	const fields: [string, string][] = [];
	for (const [name, value] of [...['from', 'to', 'cc', 'subject', 'date'].map((key) => [key, json[key]] as const), ...Object.entries(json.metadata)]) {
		for (const body of Array.isArray(value) ? (value as unknown[]) : [value]) if (typeof body === 'string') fields.push([name, body]);
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
function plainItem(json: Json): ItemContent | undefined {
	const text = textOf(json.text) ?? textOf(json.body);
	const html = textOf(json.html);
	const from = addressesOf(json.from);
	if ((text === undefined && html === undefined) || (from === undefined && typeof json.subject !== 'string')) return undefined;
	return compact({
		origin: 'JSON with from, subject and text',
		fields: [],
		text,
		html,
		known: compact({
			messageId: textOf(json.messageId),
			subject: typeof json.subject === 'string' ? json.subject : undefined,
			from,
			replyTo: addressesOf(json.replyTo),
			to: addressesOf(json.to),
			cc: addressesOf(json.cc),
		}),
	});
}

/** Addresses in any form that these nodes use: text, Graph's emailAddress, mailparser's value lists, and lists of them. */
function addressesOf(value: unknown): EmailAddress[] | undefined {
	const found: EmailAddress[] = [];
	const waiting: unknown[] = [value];
	for (let count = 0; waiting.length > 0 && count < 10_000; count++) {
		const one = waiting.shift();
		if (typeof one === 'string') found.push(...parseAddresses(Buffer.from(one).toString('latin1'), 10_000).addresses);
		else if (Array.isArray(one)) waiting.push(...(one as unknown[]));
		else if (isRecord(one)) {
			if (isRecord(one.emailAddress)) waiting.push(one.emailAddress);
			else if (Array.isArray(one.value)) waiting.push(...(one.value as unknown[]));
			else if (Array.isArray(one.group)) waiting.push(...(one.group as unknown[]));
			else if (typeof one.address === 'string' && one.address !== '') {
				const name = typeof one.name === 'string' ? one.name.trim() : '';
				found.push({ address: one.address, ...(name === '' || name === one.address ? {} : { name }) });
			}
		}
	}
	return found.length === 0 ? undefined : found;
}

/** Gmail's message id is X-GM-MSGID in hexadecimal. */
function gmailSource(json: Json): EmailSource {
	const hex = typeof json.id === 'string' && /^[0-9a-f]{1,16}$/i.test(json.id) ? json.id : undefined;
	return { kind: 'gmail', ...(hex === undefined ? {} : { emailId: BigInt(`0x${hex}`).toString() }) };
}

function uidOf(json: Json): number | undefined {
	const uid = isRecord(json.attributes) ? json.attributes.uid : undefined;
	return typeof uid === 'number' ? uid : undefined;
}

export function isRecord(value: unknown): value is Json {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Without the keys whose value is undefined. */
function compact<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
	return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
}

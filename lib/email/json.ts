import type { Attachment, Email, EmailPart } from './email';

/** Bodies of one part only are written once: the part says which of the two its text is. */
type PartJson = EmailPart & { textIs?: 'text' | 'html' };

/**
 * JSON form of an Email: without bytes (`raw`, attachments' `content`), dates as ISO 8601 strings, attached messages
 * included. {@link emailFromJson} reads it back.
 */
export function emailToJson(email: Email): Record<string, unknown> {
	const { raw: _raw, attachments, parts, date, receivedAt, ...rest } = email;
	return {
		...rest,
		parts: parts.map((part) => partToJson(part, email)),
		...(date === undefined ? {} : { date: date.toISOString() }),
		...(receivedAt === undefined ? {} : { receivedAt: receivedAt.toISOString() }),
		attachments: attachments.map(({ content: _content, email: attached, ...attachment }) => ({
			...attachment,
			...(attached === undefined ? {} : { email: emailToJson(attached) }),
		})),
	};
}

/** Whether a value has the shape that {@link emailToJson} gives. */
export function isEmailJson(json: Record<string, unknown>): boolean {
	return typeof json.sha256 === 'string' && ['headers', 'parts', 'attachments', 'from', 'warnings'].every((key) => Array.isArray(json[key]));
}

/** The Email of its JSON form, without bytes. The value must satisfy {@link isEmailJson}. */
export function emailFromJson(json: Record<string, unknown>): Email {
	const { date, receivedAt, ...rest } = json;
	const { text, html } = json as unknown as Email;
	const sent = dateOf(date);
	const received = dateOf(receivedAt);
	const attachments = (json.attachments as Attachment[]).map((attachment) => {
		const attached = attachment.email as Record<string, unknown> | undefined;
		const { email: _email, ...own } = attachment;
		return { ...own, ...(attached !== undefined && isEmailJson(attached) ? { email: emailFromJson(attached) } : {}) };
	});
	return {
		...EMPTY_LISTS(),
		...(rest as unknown as Email),
		...(sent === undefined ? {} : { date: sent }),
		...(received === undefined ? {} : { receivedAt: received }),
		parts: (json.parts as PartJson[]).map(({ textIs, ...part }) => {
			const body = textIs === undefined ? undefined : { text, html }[textIs];
			return typeof body === 'string' ? { ...part, text: body } : part;
		}),
		attachments,
	};
}

function partToJson(part: EmailPart, { text, html }: Email): PartJson {
	if (part.text === undefined || part.text === '') return part;
	const textIs = part.text === text ? 'text' : part.text === html ? 'html' : undefined;
	if (textIs === undefined) return part;
	const { text: _text, ...rest } = part;
	return { ...rest, textIs };
}

const EMPTY_LISTS = (): Pick<Email, 'references' | 'replyTo' | 'to' | 'cc' | 'bcc' | 'receivedLines' | 'authenticationResults'> => ({
	references: [],
	replyTo: [],
	to: [],
	cc: [],
	bcc: [],
	receivedLines: [],
	authenticationResults: [],
});

/** A date given as ISO 8601 text, or as milliseconds since the epoch in a number or text. Undefined when it is none. */
export function dateOf(value: unknown): Date | undefined {
	const number = typeof value === 'string' && /^\d{10,16}$/.test(value) ? Number(value) : value;
	if (typeof number !== 'string' && typeof number !== 'number' && !(number instanceof Date)) return undefined;
	const date = new Date(number);
	return Number.isNaN(date.getTime()) ? undefined : date;
}

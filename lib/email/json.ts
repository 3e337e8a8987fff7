import type { Attachment, Email } from './email';

/**
 * JSON form of an Email: without bytes (`raw`, attachments' `content`), dates as ISO 8601 strings, attached messages
 * included. {@link emailFromJson} reads it back.
 */
export function emailToJson(email: Email): Record<string, unknown> {
	const { raw: _raw, attachments, date, receivedAt, ...rest } = email;
	return {
		...rest,
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
		attachments,
	};
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

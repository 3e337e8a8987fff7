import type { IDataObject } from 'n8n-workflow';
import { emailToJson, isEmailJson, withOpenedOf, type Email } from '../../lib/email';
import { compact } from '../../lib/json';

/**
 * The fields of a message that every item of this pack has, for an item that came as raw message or from another node: first what
 * people look at. An item that is a message of ours has them already.
 *
 * @param withContent Put text and attachments beside them, where the item has none of its own.
 */
export function messageFields(email: Email, json: IDataObject, withContent: boolean): IDataObject {
	if (isEmailJson(json)) return {};
	const { subject, from, to, text, html, messageId } = email;
	const { date, receivedAt } = timesOf(email);
	const hasText = ['text', 'html', 'body'].some((name) => json[name] !== undefined);
	const attachments = email.attachments.map(({ partId, fileName, contentType, size, sha256 }) =>
		compact({ partId, fileName, contentType, size, sha256: sha256 === '' ? undefined : sha256 }),
	);
	return compact({
		subject,
		from,
		to,
		date,
		receivedAt,
		...(withContent && !hasText ? (text === undefined ? { html } : { text }) : {}),
		...(withContent && json.attachments === undefined ? { attachments } : {}),
		messageId,
		id: email.id,
		source: email.source,
	}) as unknown as IDataObject;
}

/**
 * What was found inside of the attachments, for an item whose message was opened: beside the hashes of each. An item that is a message
 * of ours lists those of the whole mail.
 */
export function openedFields(email: Email, whole: Email, json: IDataObject): IDataObject {
	if (email.opened === undefined && email.attachments.every(({ opened }) => opened === undefined)) return {};
	const shown = isEmailJson(json) ? withOpenedOf(whole, email) : email;
	const { attachments } = emailToJson({ ...shown, parts: [] });
	const { opened } = emailToJson({ ...email, parts: [], attachments: [] });
	return compact({ attachments, opened }) as unknown as IDataObject;
}

/** What an item that is not the message itself says of it, so that such items can be grouped again. */
export function messageReference(email: Email): IDataObject {
	const { id, messageId, subject, from, source } = email;
	return compact({ id, messageId, subject, from, ...timesOf(email), source }) as unknown as IDataObject;
}

function timesOf(email: Email): { date?: unknown; receivedAt?: unknown } {
	// Bytes do not tell when a mailbox received them.
	const { date, receivedAt } = emailToJson({ ...email, parts: [], attachments: [] });
	return compact({ date, receivedAt });
}

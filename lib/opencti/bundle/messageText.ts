import { readHtml } from '../../indicators';
import { OPENCTI_LIMITS } from '../../limits';
import type { AnyStixObject } from '../../stix';
import { storableText } from '../../storable';

/** Of messages that were read before: the ids of one are asked for several times, and each time its text is a part of them. */
const known = new WeakMap<AnyStixObject, { text: string | undefined }>();

/**
 * The plain text of a STIX e-mail message, for the platform's `body`: the plain parts, else the text of the HTML ones. With the
 * subject it is what tells messages apart there, and what a message without subject is named by. Undefined when there is none.
 */
export function messageText(message: AnyStixObject): string | undefined {
	const before = known.get(message);
	if (before !== undefined) return before.text;
	const whole = wholeText(message).slice(0, OPENCTI_LIMITS.maxMessageTextCharacters);
	const text = whole === '' ? undefined : storableText(whole);
	known.set(message, { text });
	return text;
}

/** Whether {@link messageText} is no more than the beginning. */
export function isMessageTextCut(message: AnyStixObject): boolean {
	const { maxMessageTextCharacters } = OPENCTI_LIMITS;
	// Reading HTML only makes it shorter, but for the blank lines between parts: most messages are not read for this.
	const most = partsOf(message).reduce((sum, { body }) => sum + body.length + BETWEEN.length, 0);
	return most > maxMessageTextCharacters && wholeText(message).length > maxMessageTextCharacters;
}

const BETWEEN = '\n\n';

function wholeText(message: AnyStixObject): string {
	const parts = partsOf(message);
	const plain = parts.filter(({ type }) => type.startsWith('text/plain'));
	const html = parts.filter(({ type }) => /^(?:text\/html|application\/xhtml)/.test(type));
	const chosen =
		plain.length > 0
			? plain.map(({ body }) => body)
			: html.length > 0
				? html.map(({ body }) => readHtml(body).text)
				: parts.map(({ body }) => body);
	return chosen
		.map((body) => body.trim())
		.filter((body) => body !== '')
		.join(BETWEEN);
}

interface TextPart {
	type: string;
	body: string;
}

function partsOf({ body, content_type, body_multipart }: AnyStixObject): TextPart[] {
	if (typeof body === 'string') return [{ type: typeOf(content_type), body }];
	if (!Array.isArray(body_multipart)) return [];
	return (body_multipart as unknown[]).flatMap((part) => {
		if (typeof part !== 'object' || part === null) return [];
		const { body: text, content_type: type } = part as Record<string, unknown>;
		return typeof text === 'string' ? [{ type: typeOf(type), body: text }] : [];
	});
}

const typeOf = (contentType: unknown) =>
	typeof contentType === 'string' ? contentType.trim().toLowerCase() : 'text/plain';

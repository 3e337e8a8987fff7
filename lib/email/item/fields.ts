/**
 * The fields of a message in the order in which people look for them: a table of n8n shows the first ones. Those of the
 * mailbox and of nodes are among them, for they stand beside the message's own.
 */
const FIRST = [
	'subject',
	'from',
	'to',
	'date',
	'receivedAt',
	'text',
	'html',
	'attachments',
	'links',
	'cc',
	'bcc',
	'replyTo',
	'sender',
	'failure',
	'complete',
	'warnings',
	'size',
	'truncated',
	'rawOmitted',
	'partial',
] as const;
const LAST = [
	'flags',
	'authenticationResults',
	'headers',
	'receivedLines',
	'returnPath',
	'contentType',
	'isMultipart',
	'outsideText',
	'parts',
	'sha256',
	'inReplyTo',
	'references',
	'messageId',
	'id',
	'source',
] as const;

const MESSAGE_FIELDS: readonly string[] = [...FIRST, ...LAST];

/** The fields of an item in reading order; what is no field of a message stays as it stands, between the first and the last. */
export function inReadingOrder(json: Record<string, unknown>): Record<string, unknown> {
	const known = (names: readonly string[]) =>
		names.filter((name) => json[name] !== undefined).map((name) => [name, json[name]]);
	const others = Object.entries(json).filter(([name]) => !MESSAGE_FIELDS.includes(name));
	return Object.fromEntries([...known(FIRST), ...others, ...known(LAST)]) as Record<string, unknown>;
}

/** What of an item is no field of a message: what nodes have added to it. */
export function withoutMessage(json: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(json).filter(([name]) => !MESSAGE_FIELDS.includes(name)));
}

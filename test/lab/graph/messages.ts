import type { LabMailbox, LabMessage } from './exchange';
import { compares, filterOf, LabRefusal, paged, queryOf, selectOf, timeText, type Preferences } from './odata';
import { searchOf } from './search';

export const MESSAGE_FIELDS = [
	'id',
	'subject',
	'from',
	'toRecipients',
	'internetMessageId',
	'sentDateTime',
	'receivedDateTime',
	'lastModifiedDateTime',
	'hasAttachments',
	'parentFolderId',
	'internetMessageHeaders',
];

/** The messages that the query asks for, a page of them. */
export function listMessages(mailbox: LabMailbox, messages: LabMessage[], url: URL, preferences: Preferences): unknown {
	const query = queryOf(url, ['$select', '$top', '$skip', '$filter', '$orderby', '$search']);
	const comparisons = query.$filter === undefined ? [] : filterOf(query.$filter);
	const [orderBy, direction = 'asc'] = (query.$orderby ?? 'receivedDateTime desc').split(' ');
	if (query.$search !== undefined && (query.$filter !== undefined || query.$orderby !== undefined))
		throw new LabRefusal(
			400,
			'SearchWithFilter',
			'The query parameter $search cannot be used with $filter or $orderby.',
		);
	if (query.$orderby !== undefined && comparisons.length > 0 && comparisons[0]!.property !== orderBy)
		throw new LabRefusal(400, 'InefficientFilter', 'The restriction or sort order is too complex for this operation.');
	const value = (message: LabMessage, property: string | undefined): number | string => {
		if (property === 'receivedDateTime' || property === 'sentDateTime')
			return Math.floor(message.receivedAt / 1000) * 1000;
		if (property === 'lastModifiedDateTime') return Math.floor(message.modifiedAt / 1000) * 1000;
		if (property === 'internetMessageId') return message.messageId;
		throw new LabRefusal(400, 'ErrorInvalidUrlQuery', `The property '${property}' cannot be used here.`);
	};
	let rows = messages.filter((message) =>
		comparisons.every((comparison) => compares(value(message, comparison.property), comparison)),
	);
	if (query.$search !== undefined) rows = rows.filter(searchOf(query.$search, mailbox));
	const sign = direction === 'desc' ? -1 : 1;
	rows.sort((a, b) =>
		value(a, orderBy) < value(b, orderBy) ? -sign : value(a, orderBy) > value(b, orderBy) ? sign : 0,
	);
	const select = selectOf(query.$select, 'message', MESSAGE_FIELDS);
	return paged(rows, query, url, (message) => messageRow(mailbox, message, select, preferences));
}

/** A message as the API shows it. */
export function messageRow(
	mailbox: LabMailbox,
	message: LabMessage,
	select: readonly string[],
	{ immutable }: Preferences,
): Record<string, unknown> {
	const person = (address: string) => ({ emailAddress: { address, name: address.split('@')[0] } });
	const header = mailbox.mimeOf(message).toString('latin1').split('\r\n\r\n')[0]!;
	const values: Record<string, () => unknown> = {
		subject: () => message.subject,
		from: () => person(message.from),
		toRecipients: () => message.to.map(person),
		internetMessageId: () => message.messageId,
		sentDateTime: () => timeText(message.receivedAt),
		receivedDateTime: () => timeText(message.receivedAt),
		lastModifiedDateTime: () => timeText(message.modifiedAt),
		hasAttachments: () => message.attachments.length > 0,
		parentFolderId: () => message.folderId,
		internetMessageHeaders: () =>
			header
				.split('\r\n')
				.map((line) => ({ name: line.slice(0, line.indexOf(':')), value: line.slice(line.indexOf(':') + 2) })),
	};
	const row: Record<string, unknown> = {
		'@odata.etag': `W/"${message.modifiedAt}"`,
		id: immutable ? message.immutableId : message.mutableId,
	};
	for (const field of select) if (field !== 'id') row[field] = values[field]?.();
	return row;
}

/** Immutable ids are known only to requests that ask for them, and mutable ones only to those that do not. */
export function findMessage(mailbox: LabMailbox, id: string, { immutable }: Preferences): LabMessage {
	const message = mailbox.messages.get((immutable ? id : mailbox.byMutableId.get(id)) ?? '');
	if (message === undefined)
		throw new LabRefusal(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');
	return message;
}

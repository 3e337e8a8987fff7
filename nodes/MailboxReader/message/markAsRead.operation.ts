import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import type { Mailboxes } from '../connection';
import { changed, passedUnread, selectForChange } from './change';
import { selectionProperties } from './selection';

export const option: INodePropertyOptions = {
	name: 'Mark as Read',
	value: 'markAsRead',
	action: 'Mark a message as read',
	description: 'Mark a message as read in the mailbox. IMAP and Gmail only.',
};

export const description = selectionProperties(['markAsRead']);

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
): Promise<INodeExecutionData> {
	const record = passedUnread(context, itemIndex);
	if (record !== undefined) return record;
	const { changes, message } = await selectForChange(context, itemIndex, mailboxes);
	return changed(context, itemIndex, await changes.markAsRead(message), { markedAsRead: true });
}

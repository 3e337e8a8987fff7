import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import type { MailboxChanges, MessageReference } from '../../../lib/mailbox';
import { passedOn } from '../../shared/unfetched';
import type { Mailboxes } from '../connection';
import { selectMessage } from './selection';

/**
 * The item as it came in when it stands for a message that a trigger could not fetch. Nobody has read that message: it must stay
 * where the trigger tries again, and look as it does. Whoever chooses it by its number means it.
 */
export function passedUnread(context: IExecuteFunctions, itemIndex: number): INodeExecutionData | undefined {
	return context.getNodeParameter('messageBy', itemIndex) === 'item' ? passedOn(context, itemIndex) : undefined;
}

/** The chosen message, for what changes a mailbox: not every kind can be changed. */
export async function selectForChange(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
): Promise<{ changes: MailboxChanges; message: MessageReference }> {
	const { name, readOnly } = mailboxes.connection;
	const refused = () =>
		new NodeOperationError(context.getNode(), `A ${name} mailbox is read-only`, {
			itemIndex,
			...(readOnly === undefined ? {} : { description: readOnly }),
		});
	// Before anything else of the item is looked at.
	if (readOnly !== undefined) throw refused();
	const { mailbox, message } = await selectMessage(context, itemIndex, mailboxes);
	if (mailbox.changes === undefined) throw refused();
	return { changes: mailbox.changes, message };
}

import { NodeOperationError, type IDataObject, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import type { EmailSource } from '../../../lib/email';
import type { MailboxChanges, MessageReference } from '../../../lib/mailbox';
import { withInput } from '../../shared/items';
import { passedOn } from '../../shared/unfetched';
import type { Mailboxes } from '../connection';
import { isOfItem, selectMessage } from './selection';

/**
 * The item as it came in when it stands for a message that a trigger could not fetch. Nobody has read that message: it must stay
 * where the trigger tries again, and look as it does. Whoever chooses it by its number means it.
 */
export function passedUnread(context: IExecuteFunctions, itemIndex: number): INodeExecutionData | undefined {
	return isOfItem(context, itemIndex) ? passedOn(context, itemIndex) : undefined;
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

/** What was changed: beside all that came in, where the message is the input item's. */
export function changed(
	context: IExecuteFunctions,
	itemIndex: number,
	source: EmailSource,
	done: IDataObject,
): INodeExecutionData {
	const added = { source: { ...source }, ...done };
	return isOfItem(context, itemIndex) ? withInput(context, itemIndex, added) : { json: added };
}

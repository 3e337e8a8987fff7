import { NodeOperationError, type IExecuteFunctions, type INodeExecutionData } from 'n8n-workflow';
import { passedOn } from '../../shared/unfetched';
import type { Mailboxes } from '../connection';
import { selectMessage, type Selection } from './selection';

/**
 * The item as it came in when it stands for a message that a trigger could not fetch. Nobody has read that message: it must stay
 * where the trigger tries again, and look as it does. Whoever chooses it by its number means it.
 */
export function passedUnread(context: IExecuteFunctions, itemIndex: number): INodeExecutionData | undefined {
	return context.getNodeParameter('messageBy', itemIndex) === 'item' ? passedOn(context, itemIndex) : undefined;
}

/** The chosen message, for what changes a mailbox: IMAP and Gmail only. */
export async function selectForChange(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
): Promise<Selection & { kind: 'imap' }> {
	if (mailboxes.connection !== 'graph')
		return (await selectMessage(context, itemIndex, mailboxes)) as Selection & { kind: 'imap' };
	throw new NodeOperationError(context.getNode(), 'A Microsoft 365 mailbox can be read only', {
		itemIndex,
		description:
			"This pack asks for the permission Mail.Read alone. To change messages there, use n8n's Microsoft Outlook node.",
	});
}

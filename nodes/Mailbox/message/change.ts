import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import type { Mailboxes } from '../connection';
import { selectMessage, type Selection } from './selection';

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

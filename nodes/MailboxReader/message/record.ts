import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { EmailError } from '../../../lib/email';
import { MailboxError } from '../../../lib/mailbox';
import { toNodeError } from '../../shared/errors';
import { passedOnAgain } from '../../shared/unfetched';
import { isOfItem } from './selection';

/** What keeps the mailbox shut, whichever message is asked for: the user has to do something about it. */
const SHUT: ReadonlySet<string> = new Set([
	'MAILBOX_LOGIN_REFUSED',
	'MAILBOX_NOT_ALLOWED',
	'MAILBOX_UNREACHABLE',
	'MAILBOX_TLS',
	'MAILBOX_PROXY',
	'MAILBOX_LIMIT',
	'MAILBOX_FOLDER_MISSING',
	'MAILBOX_CONFIGURATION',
]);

/** Asks once more for a message that a trigger could not fetch. One that still cannot be had passes through and stops no other. */
export async function forRecords<Result>(
	context: IExecuteFunctions,
	itemIndex: number,
	ask: () => Promise<Result>,
): Promise<Result | INodeExecutionData> {
	try {
		return await ask();
	} catch (error) {
		const ofMessage = error instanceof EmailError || (error instanceof MailboxError && !SHUT.has(error.code));
		const record = ofMessage && isOfItem(context, itemIndex) ? passedOnAgain(context, itemIndex, error) : undefined;
		if (record === undefined) throw toNodeError(context.getNode(), error, itemIndex);
		return record;
	}
}

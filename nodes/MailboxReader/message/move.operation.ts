import {
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodePropertyOptions,
} from 'n8n-workflow';
import { imap } from '../../shared/imap';
import { shownFor } from '../../shared/operation';
import type { Mailboxes } from '../connection';
import { changed, passedUnread, selectForChange } from './change';
import { selectionProperties } from './selection';

export const option: INodePropertyOptions = {
	name: 'Move',
	value: 'move',
	action: 'Move a message',
	description: 'Move a message to another folder. IMAP and Gmail only.',
};

export const description = [
	...selectionProperties(['move']),
	...shownFor({ resource: ['message'], operation: ['move'] }, [
		{
			...imap.addressing.folder,
			displayName: 'Destination Folder',
			name: 'destination',
			default: { mode: 'list', value: '' },
			description: 'Existing folder to move the message to',
		},
	]),
];

/** `source` of the result is where the message is now, so that the next step finds it. */
export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
): Promise<INodeExecutionData> {
	const record = passedUnread(context, itemIndex);
	if (record !== undefined) return record;
	const destination = context.getNodeParameter('destination', itemIndex, '', { extractValue: true }) as string;
	const { changes, message } = await selectForChange(context, itemIndex, mailboxes);
	if (destination === '') {
		throw new NodeOperationError(context.getNode(), "'Destination Folder' is empty", {
			itemIndex,
			description: 'Choose an existing folder to move the message to.',
		});
	}
	return changed(context, itemIndex, await changes.move(message, destination), { moved: true });
}

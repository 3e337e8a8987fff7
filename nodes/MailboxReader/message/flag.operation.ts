import {
	NodeOperationError,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodePropertyOptions,
} from 'n8n-workflow';
import { listOf, shownFor } from '../../shared/operation';
import type { Mailboxes } from '../connection';
import { changed, passedUnread, selectForChange } from './change';
import { selectionProperties } from './selection';

export const option: INodePropertyOptions = {
	name: 'Flag',
	value: 'flag',
	action: 'Flag a message',
	description: 'Add flags to a message or remove them. IMAP and Gmail only.',
};

export const description = [
	...selectionProperties(['flag']),
	...shownFor({ resource: ['message'], operation: ['flag'] }, [
		{
			displayName: 'Change',
			name: 'flagChange',
			type: 'options',
			options: [
				{ name: 'Add', value: 'add' },
				{ name: 'Remove', value: 'remove' },
			],
			default: 'add',
		},
		{
			displayName: 'Flags',
			name: 'flags',
			type: 'string',
			required: true,
			default: '\\Flagged',
			placeholder: 'e.g. \\Flagged, $Phishing',
			description: 'IMAP flags and keywords, separated by commas. \\Seen means read, \\Flagged is the star.',
		},
	]),
];

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
): Promise<INodeExecutionData> {
	const record = passedUnread(context, itemIndex);
	if (record !== undefined) return record;
	const change = context.getNodeParameter('flagChange', itemIndex) as 'add' | 'remove';
	const flags = listOf(context.getNodeParameter('flags', itemIndex));
	const { changes, message } = await selectForChange(context, itemIndex, mailboxes);
	if (flags.length === 0) {
		throw new NodeOperationError(context.getNode(), "'Flags' is empty", {
			itemIndex,
			description: 'Enter at least one flag, such as \\Flagged.',
		});
	}
	const source = await changes.flag(message, flags, change);
	return changed(context, itemIndex, source, { [change === 'add' ? 'flagsAdded' : 'flagsRemoved']: flags });
}

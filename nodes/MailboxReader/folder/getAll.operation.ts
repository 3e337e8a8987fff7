import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { READER_LIMITS } from '../../../lib/limits';
import { shownFor } from '../../shared/operation';
import { limitOf, limitProperties } from '../limit';
import type { Mailboxes } from '../connection';

export const option: INodePropertyOptions = {
	name: 'Get Many',
	value: 'getAll',
	action: 'Get many folders',
	description: 'List the folders of the mailbox with their paths and roles',
};

export const description = shownFor({ resource: ['folder'], operation: ['getAll'] }, [
	...limitProperties,
	{
		displayName: 'Count Messages',
		name: 'counts',
		type: 'boolean',
		default: false,
		description: 'Whether to ask how many messages each folder has. It costs one more request a folder.',
		displayOptions: { show: { connection: ['gmail', 'imap'] } },
	},
]);

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
): Promise<INodeExecutionData[]> {
	const limit = limitOf(context, itemIndex);
	const folders = await list(context, itemIndex, mailboxes);
	return (limit === 'all' ? folders : folders.slice(0, limit)).map((folder) => ({ json: { ...folder } }));
}

async function list(context: IExecuteFunctions, itemIndex: number, mailboxes: Mailboxes) {
	if (mailboxes.connection === 'graph') {
		const mailbox = await mailboxes.graph(itemIndex);
		return await mailbox.listFolders({ budgetMs: READER_LIMITS.budgetMs });
	}
	return await (
		await mailboxes.imap(itemIndex)
	).listFolders({ counts: context.getNodeParameter('counts', itemIndex) as boolean });
}

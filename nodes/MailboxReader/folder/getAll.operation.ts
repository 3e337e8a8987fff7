import type { IExecuteFunctions, INodeExecutionData, INodePropertyOptions } from 'n8n-workflow';
import { kindsWith } from '../../shared/connections';
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
		description: 'Whether to include the number of messages in each folder. This takes one more request per folder.',
		displayOptions: { show: { connection: kindsWith(({ countsOnRequest }) => countsOnRequest) } },
	},
]);

export async function execute(
	context: IExecuteFunctions,
	itemIndex: number,
	mailboxes: Mailboxes,
): Promise<INodeExecutionData[]> {
	const limit = limitOf(context, itemIndex);
	// Where nobody is asked, the server tells it anyway.
	const counts = context.getNodeParameter('counts', itemIndex, false) === true;
	const onTruncated = () =>
		context.addExecutionHints({
			message: 'The mailbox has more folders than can be listed. Use the path of a folder that is missing here.',
			type: 'warning',
			location: 'outputPane',
		});
	const folders = await (await mailboxes.of(itemIndex)).listFolders({ counts, onTruncated });
	return (limit === 'all' ? folders : folders.slice(0, limit)).map((folder) => ({ json: { ...folder } }));
}

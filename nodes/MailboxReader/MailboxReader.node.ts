import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type ILoadOptionsFunctions,
	type INodeExecutionData,
	type INodeListSearchResult,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { connectionOf, type ConnectionKind } from '../shared/connections';
import { searchFolders } from '../shared/folders';
import { forEachItem } from '../shared/items';
import { openMailbox } from '../shared/mailboxConnection';
import type { OperationModule } from '../shared/operation';
import {
	connectionCredentials,
	connectionProperty,
	Mailboxes,
	mailboxProperty,
	openForWritingProperty,
} from './connection';
import { description as folderDescription, operations as folderOperations } from './folder';
import { description as messageDescription, operations as messageOperations } from './message';

const resources: Record<string, Record<string, OperationModule<Mailboxes>>> = {
	folder: folderOperations,
	message: messageOperations,
};

export class MailboxReader implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Mailbox Reader',
		name: 'mailbox',
		icon: { light: 'file:../../icons/mailboxReader.svg', dark: 'file:../../icons/mailboxReader.dark.svg' },
		group: ['input'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Gets and searches messages, attachments and folders of IMAP, Gmail and Microsoft 365 mailboxes',
		defaults: { name: 'Mailbox Reader' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: connectionCredentials,
		properties: [
			connectionProperty,
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Folder', value: 'folder' },
					{ name: 'Message', value: 'message' },
				],
				default: 'message',
			},
			mailboxProperty,
			...folderDescription,
			...messageDescription,
			openForWritingProperty,
		],
	};

	methods = {
		listSearch: {
			async searchFolders(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
				const kind = (this.getCurrentNodeParameter('connection') ?? 'imap') as ConnectionKind;
				const address = (this.getCurrentNodeParameter('mailbox') ?? '') as string;
				const open = async () => await openMailbox(this, connectionOf(kind), { address });
				return await searchFolders(this, open, filter);
			},
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const parameter = (name: string) => this.getNodeParameter(name, 0) as string;
		const operation = resources[parameter('resource')]![parameter('operation')]!;
		const mailboxes = new Mailboxes(this, parameter('connection') as ConnectionKind);
		try {
			return await forEachItem(this, async (itemIndex) => await operation.execute(this, itemIndex, mailboxes));
		} finally {
			await mailboxes.close();
		}
	}
}

import {
	NodeConnectionTypes,
	type ILoadOptionsFunctions,
	type INodeExecutionData,
	type INodeListSearchResult,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';
import { decidingText } from '../shared/decidingText';
import { searchFolders } from '../shared/folders';
import { graph, mailboxProperty } from '../shared/graph';
import { graphLogin } from '../shared/graphTest';
import { openMailbox } from '../shared/mailboxConnection';
import { openMailboxSource } from '../shared/mailboxSource';
import { runPoll } from '../shared/poll';
import { triggerProperties } from './description';

export class GraphTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Microsoft 365 Mailbox Trigger',
		name: 'graphTrigger',
		icon: { light: 'file:../../icons/graph365.svg', dark: 'file:../../icons/graph365.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["folder"]["cachedResultName"] || $parameter["folder"]["value"] }}',
		description:
			'Starts the workflow for every message that arrives in a folder of a Microsoft 365 mailbox. Signs in as an application and only reads.',
		defaults: { name: 'Microsoft 365 Mailbox Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'emailIntelGraphApi', required: true, testedBy: 'graphLogin' }],
		properties: triggerProperties,
	};

	methods = {
		credentialTest: { graphLogin },
		listSearch: {
			async searchFolders(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
				const address = (this.getCurrentNodeParameter('mailbox') as string | undefined) ?? '';
				return await searchFolders(this, async () => await openMailbox(this, graph, { address }), filter);
			},
		},
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		const open = async () => {
			// An expression that gives nothing must not read the credential's mailbox.
			const address = decidingText(this, mailboxProperty);
			return await openMailbox(this, graph, { address });
		};
		return await runPoll(this, async () => await openMailboxSource(this, open));
	}
}

import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import type { GraphFolderState, GraphMailbox } from '../../lib/mailbox';
import { toEmailItem } from '../shared/emailItem';
import { graphMailbox } from '../shared/graph';
import type { PollSource } from '../shared/poll';
import { triggerOptions, type TriggerOptions } from '../shared/triggerOptions';

/** A folder of a Microsoft 365 mailbox as {@link PollSource}: parameters in, items out. */
export class GraphSource implements PollSource<GraphFolderState> {
	private constructor(
		private readonly mailbox: GraphMailbox,
		private readonly folder: string,
		private readonly options: TriggerOptions,
	) {}

	static async open(context: IPollFunctions): Promise<GraphSource> {
		const credential = await context.getCredentials('emailIntelGraphApi');
		const mailbox = context.getNodeParameter('mailbox', '') as string;
		const folder = context.getNodeParameter('folder', '', { extractValue: true }) as string;
		const options = triggerOptions(context.getNodeParameter('options', {}) as IDataObject);
		return new GraphSource(graphMailbox(credential, mailbox, context), folder, options);
	}

	async sample(): Promise<INodeExecutionData | undefined> {
		const message = await this.mailbox.sample({ folder: this.folder, maxMessageBytes: this.options.maxMessageBytes });
		return message && (await toEmailItem(message, this.options));
	}

	async changes(cursor: GraphFolderState | undefined, budgetMs: number) {
		const { firstRunLookBack, firstRunLimit, limit, order, maxMessageBytes } = this.options;
		const { messages, state, warnings } = await this.mailbox.poll(cursor, {
			folder: this.folder,
			cap: limit,
			firstRunCap: firstRunLimit,
			firstRunLookBack,
			order,
			maxMessageBytes,
			budgetMs,
		});
		const items: INodeExecutionData[] = [];
		for (const message of messages) items.push(await toEmailItem(message, this.options));
		return { items, cursor: state, warnings: warnings.map(({ message }) => message) };
	}

	async close(): Promise<void> {
		await this.mailbox.close();
	}
}

import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import type { ImapFolderState, ImapMailbox } from '../../lib/mailbox';
import { toEmailItem } from '../shared/emailItem';
import { imapMailbox } from '../shared/imap';
import type { PollSource } from '../shared/poll';
import { triggerOptions, type TriggerOptions } from '../shared/triggerOptions';

/** An IMAP folder as {@link PollSource}: parameters in, items out. */
export class ImapSource implements PollSource<ImapFolderState> {
	private constructor(
		private readonly mailbox: ImapMailbox,
		private readonly folder: string,
		private readonly options: TriggerOptions,
	) {}

	static async open(context: IPollFunctions): Promise<ImapSource> {
		const credential = await context.getCredentials('emailIntelImapApi');
		const folder = context.getNodeParameter('folder', '', { extractValue: true }) as string;
		const options = triggerOptions(context.getNodeParameter('options', {}) as IDataObject);
		return new ImapSource(imapMailbox(credential, context), folder, options);
	}

	async sample(): Promise<INodeExecutionData | undefined> {
		const message = await this.mailbox.sample({ folder: this.folder, maxMessageBytes: this.options.maxMessageBytes });
		return message && (await toEmailItem(message, this.options));
	}

	async changes(cursor: ImapFolderState | undefined, budgetMs: number) {
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

import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import type { MailboxMessage, PollOptions, PollResult } from '../../lib/mailbox';
import { toEmailItem } from './emailItem';
import type { PollSource } from './poll';
import { triggerOptions } from './triggerOptions';

/** What every mailbox of `lib` can do for a trigger. `C` is its cursor. */
export interface PolledMailbox<C> {
	poll(state: C | undefined, options: PollOptions): Promise<PollResult<C>>;
	sample(options: Pick<PollOptions, 'folder' | 'maxMessageBytes' | 'filter'>): Promise<MailboxMessage | undefined>;
	close(): Promise<void>;
}

/** A folder of a mailbox as {@link PollSource}: parameters in, items out. */
export async function openMailboxSource<C>(
	context: IPollFunctions,
	open: () => PolledMailbox<C> | Promise<PolledMailbox<C>>,
): Promise<PollSource<C>> {
	const { poll, item } = triggerOptions(context);
	const mailbox = await open();
	return {
		async sample(): Promise<INodeExecutionData | undefined> {
			const message = await mailbox.sample(poll);
			return message && (await toEmailItem(message, item));
		},
		async changes(cursor, budgetMs) {
			const { messages, state, warnings } = await mailbox.poll(cursor, { ...poll, budgetMs });
			const items: INodeExecutionData[] = [];
			for (const message of messages) items.push(await toEmailItem(message, item));
			return { items, cursor: state, warnings: warnings.map(({ message }) => message) };
		},
		close: async () => await mailbox.close(),
	};
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import type { Mailbox, MailboxMessage } from '../../lib/mailbox';
import { toEmailItem, type EmailItemOptions } from './emailItem';
import type { PollSource } from './poll';
import { triggerOptions } from './triggerOptions';

/** Makes items one at a time, beginning while other messages are still on their way: waiting for a server costs nothing then. */
class ItemQueue {
	readonly #begun = new Map<MailboxMessage, Promise<INodeExecutionData>>();
	#last: Promise<unknown> = Promise.resolve();

	readonly #options: EmailItemOptions;

	constructor(options: EmailItemOptions) {
		this.#options = options;
	}

	begin(message: MailboxMessage): Promise<INodeExecutionData> {
		const known = this.#begun.get(message);
		if (known !== undefined) return known;
		// The connection is looked after between two messages.
		const made = this.#last.then(nextTurn).then(async () => await toEmailItem(message, this.#options));
		this.#last = made.catch(() => undefined);
		this.#begun.set(message, made);
		return made;
	}
}

/** A folder of a mailbox as {@link PollSource}: parameters in, items out. */
export async function openMailboxSource<C>(
	context: IPollFunctions,
	open: () => Promise<Pick<Mailbox<C>, 'poll' | 'sample' | 'close'>>,
): Promise<PollSource<C>> {
	const { poll, item } = triggerOptions(context);
	const mailbox = await open();
	return {
		async sample(): Promise<INodeExecutionData | undefined> {
			const message = await mailbox.sample(poll);
			return message && (await toEmailItem(message, item));
		},
		async changes(cursor, budgetMs) {
			const makers = new ItemQueue(item);
			const { messages, state, warnings } = await mailbox.poll(cursor, {
				...poll,
				budgetMs,
				onMessage: (message) => void makers.begin(message),
			});
			const items: INodeExecutionData[] = [];
			for (const message of messages) items.push(await makers.begin(message));
			return { items, cursor: state, warnings: warnings.map(({ message }) => message) };
		},
		close: async () => await mailbox.close(),
	};
}

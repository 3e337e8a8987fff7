import { systemClock } from '../../http';
import { IMAP_LIMITS } from '../../limits';
import { MailboxError } from '../errors';
import { accountName, accountOf, type CheckedImapOptions } from './options';

/** Polls of one account that are under way in this process, and those that wait for their turn. */
interface Queue {
	running: number;
	waiting: Array<() => void>;
}

const queues = new Map<string, Queue>();

/**
 * Runs a poll when fewer than {@link IMAP_LIMITS.polls} of the same account are under way: many triggers of one mailbox come in the same
 * second, and servers allow few connections of one user (Gmail 15, Dovecot 10, Courier 4).
 *
 * @throws MailboxError `MAILBOX_LIMIT` when its turn does not come before `deadline`, milliseconds since the epoch
 */
export async function inTurn<T>(options: CheckedImapOptions, deadline: number, poll: () => Promise<T>): Promise<T> {
	const key = `${accountOf(options)}:${options.port}`;
	const queue = queues.get(key) ?? { running: 0, waiting: [] };
	queues.set(key, queue);
	if (queue.running >= IMAP_LIMITS.polls) await turn(queue, options, deadline);
	else queue.running++;
	try {
		return await poll();
	} finally {
		// The one that waits takes over the place.
		const next = queue.waiting.shift();
		if (next !== undefined) next();
		else if (--queue.running === 0) queues.delete(key);
	}
}

async function turn(queue: Queue, options: CheckedImapOptions, deadline: number): Promise<void> {
	const clock = options.clock ?? systemClock;
	await new Promise<void>((resolve, reject) => {
		const begin = () => {
			clearTimeout(timer);
			resolve();
		};
		const timer = setTimeout(
			() => {
				queue.waiting = queue.waiting.filter((other) => other !== begin);
				reject(
					new MailboxError(
						'MAILBOX_LIMIT',
						`${IMAP_LIMITS.polls} other polls of ${accountName(options)} are under way`,
						{
							hint: 'Poll less often, or read several folders with fewer triggers. It is tried again at the next poll.',
						},
					),
				);
			},
			Math.max(1, deadline - clock.now()),
		);
		timer.unref();
		queue.waiting.push(begin);
	});
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IPollFunctions } from 'n8n-workflow';
import type { MailboxMessage, PollOptions } from '../../../lib/mailbox';
import { openMailboxSource } from '../../../nodes/shared/mailboxSource';
import { mail } from '../../lab/imap';

/** A message that tells when somebody reads its bytes. */
function message(subject: string, read: string[]): MailboxMessage {
	const raw = Buffer.from(mail({ subject }));
	return {
		id: subject,
		source: { kind: 'imap', mailbox: 'soc@example.com', folder: 'INBOX' },
		size: raw.length,
		truncated: false,
		get raw() {
			if (read.at(-1) !== subject) read.push(subject);
			return raw;
		},
	};
}

const context = {
	getNodeParameter: (name: string, fallback: unknown) => (name === 'folder' ? 'INBOX' : fallback),
} as unknown as IPollFunctions;

describe('the items of a poll', () => {
	it('are begun while the mailbox still fetches, and handed over in the order of the poll', async () => {
		const read: string[] = [];
		const [early, late] = [message('early', read), message('late', read)];
		let turns = 0;
		const source = await openMailboxSource(context, async () => ({
			async poll(_state: undefined, { onMessage }: PollOptions) {
				onMessage!(early);
				for (; !read.includes('early') && turns < 1000; turns++) await nextTurn();
				return { messages: [late, early], state: undefined, more: false, warnings: [] };
			},
			sample: () => Promise.resolve(undefined),
			close: () => Promise.resolve(),
		}));
		const { items } = await source.changes(undefined, 1000);
		expect(turns).toBeLessThan(1000);
		expect(read).toEqual(['early', 'late']);
		expect(items.map(({ json }) => json.subject)).toEqual(['late', 'early']);
	});

	it('say what the mailbox could not give of a message that is here', async () => {
		const warnings = [{ code: 'links-missing', message: 'The list of attachments could not be had.' }];
		const source = await openMailboxSource(context, async () => ({
			poll: () =>
				Promise.resolve({
					messages: [{ ...message('here', []), warnings }],
					state: undefined,
					more: false,
					warnings: [],
				}),
			sample: () => Promise.resolve(undefined),
			close: () => Promise.resolve(),
		}));
		const { items } = await source.changes(undefined, 1000);
		expect(items).toMatchObject([{ json: { subject: 'here', complete: false, warnings, truncated: false } }]);
	});

	it('a mailbox that fails while items are made fails alone', async () => {
		const source = await openMailboxSource(context, async () => ({
			poll(_state: undefined, { onMessage }: PollOptions) {
				onMessage!(message('lost', []));
				return Promise.reject(new Error('no connection'));
			},
			sample: () => Promise.resolve(undefined),
			close: () => Promise.resolve(),
		}));
		await expect(source.changes(undefined, 1000)).rejects.toThrow('no connection');
		await nextTurn();
	});
});

import { GRAPH_LIMITS } from '../../../lib/limits';
import { GraphAccount } from '../../../lib/mailbox/graph/account';
import { startCursor, type GraphFolderState } from '../../../lib/mailbox/graph/cursor';
import { fetchMessage } from '../../../lib/mailbox/graph/messages';
import { FolderPoll, type PollSettings } from '../../../lib/mailbox/graph/poll';

describe('a poll whose numbers are none', () => {
	const state: GraphFolderState = {
		...startCursor({ account: 'm@g', folder: 'inbox', folderId: 'f', method: 'delta' }),
		phase: 'steady',
		todo: [
			['a', 1],
			['b', 2],
		],
	};

	it.each(['cap', 'maxPollBytes', 'deadline'] as const)(
		'ends at once, and everything still waits: %s',
		async (name) => {
			let looks = 0;
			const settings: PollSettings = {
				folder: 'inbox',
				cap: 50,
				order: 'oldest',
				floorOf: () => undefined,
				maxMessageBytes: 1000,
				maxPollBytes: 1000,
				budgetMs: 500,
				deadline: Date.now() + 500,
				method: 'delta',
				account: 'm@g',
				now: () => {
					looks++;
					return Date.now();
				},
				[name]: Number.NaN,
			};
			const client = { concurrency: 3, get: () => Promise.reject(new Error('asked')) };
			const poll = new FolderPoll(new GraphAccount(client as never, 'm'), settings);
			const result = await poll.run(state);
			expect(result.state.todo).toEqual(state.todo);
			expect(result).toMatchObject({ messages: [], more: true });
			// A loop that takes nothing would look at the clock until the deadline.
			expect(looks).toBeLessThan(20);
		},
	);
});

it('a message with more attachments than are listed says so: a link to a cloud may be among the rest', async () => {
	let pages = 0;
	const client = {
		concurrency: 1,
		bytes: async () => ({ bytes: Buffer.from('Subject: many\r\n\r\n'), truncated: false }),
		// A list without an end, one attachment a page.
		get: async () => ({
			body: { value: [{ id: `a${pages}`, name: 'a' }], '@odata.nextLink': `https://graph.example/${++pages}` },
			serverTime: 0,
		}),
	};
	const message = await fetchMessage(new GraphAccount(client as never, 'm'), ['id', 1, 1], 'inbox', 1000, Date.now());
	expect(pages).toBe(GRAPH_LIMITS.maxAttachmentPages);
	expect(message.warnings).toEqual([
		{ code: 'links-missing', message: expect.stringContaining(`the first ${pages} attachments`) },
	]);
});

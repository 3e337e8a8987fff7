import fc from 'fast-check';
import { POLL_DEFAULTS } from '../../../lib/defaults';
import { GraphMailbox, ImapMailbox, type Mailbox, type MailboxMessage, type PollOptions } from '../../../lib/mailbox';
import { MicrosoftLab } from '../../lab/graph';
import { EmbeddedImap, mail } from '../../lab/imap';

/*
 * What one poll takes fits into memory and into n8n's database: it ends early, and the next one goes on. Whatever the sizes
 * of the messages, each comes once.
 */

interface Box {
	mailbox: Mailbox;
	close: () => Promise<void>;
}
type Open = (raws: readonly string[]) => Promise<Box>;

const imap: Open = async (raws) => {
	const server = await EmbeddedImap.start({ messages: raws.map((raw) => ({ raw, date: new Date() })) });
	const { host, port, user, password } = server;
	const mailbox = new ImapMailbox({ host, port, user, password, security: 'none' });
	return { mailbox, close: async () => await server.close() };
};

const graph: Open = async (raws) => {
	const lab = await MicrosoftLab.start();
	const box = lab.graph.mailbox('soc@example.com');
	const first = Date.now() - 3_600_000;
	raws.forEach((raw, index) =>
		box.deliver(box.folder('inbox'), { raw: Buffer.from(raw), receivedAt: first + index * 1000 }),
	);
	const mailbox = new GraphMailbox({ ...lab.credential(), mailbox: 'soc@example.com', tokens: lab.tokens() });
	return { mailbox, close: async () => await lab.close() };
};

const KINDS: Array<[string, Open]> = [
	['IMAP', imap],
	['Microsoft 365', graph],
];

/** Polls until nothing waits; the messages of each poll. */
async function polls(open: Open, raws: readonly string[], options: PollOptions): Promise<MailboxMessage[][]> {
	const { mailbox, close } = await open(raws);
	try {
		const taken: MailboxMessage[][] = [];
		let state: unknown;
		for (let more = true; more;) {
			const result = await mailbox.poll(state, options);
			taken.push(result.messages);
			// Saved by n8n, and read again.
			state = JSON.parse(JSON.stringify(result.state));
			more = result.more;
			if (taken.length > raws.length + 1) throw new Error('the polls come to no end');
		}
		return taken;
	} finally {
		await mailbox.close();
		await close();
	}
}

const bytesOf = (messages: readonly MailboxMessage[]) => messages.reduce((sum, { raw }) => sum + raw.length, 0);
const subjectOf = ({ raw }: MailboxMessage) => /^Subject: (.*)\r$/m.exec(raw.toString('latin1'))![1];
const numbered = (sizes: readonly number[]) => sizes.map((bytes, index) => mail({ subject: `m${index}`, bytes }));

describe.each(KINDS)('a folder of large messages (%s)', (_name, open) => {
	it('by default a poll takes 64 MiB of them and no more, and the next one the rest', async () => {
		const taken = await polls(open, numbered([20e6, 20e6, 20e6, 20e6, 1000]), {});
		expect(taken).toHaveLength(2);
		expect(taken[0]!.map(subjectOf)).toEqual(expect.arrayContaining(['m0', 'm1', 'm2']));
		expect(bytesOf(taken[0]!)).toBeLessThanOrEqual(POLL_DEFAULTS.maxPollBytes);
		expect(POLL_DEFAULTS.maxPollBytes).toBe(64 * 2 ** 20);
		expect(taken.flat().map(subjectOf).sort()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
	});

	it('whatever their sizes and their order: each comes once, whole, and no poll is above its bytes but for a single message', async () => {
		const sizes = fc.array(fc.integer({ min: 400, max: 60_000 }), { minLength: 1, maxLength: 14 });
		const options = fc.record({
			maxPollBytes: fc.integer({ min: 1000, max: 150_000 }),
			cap: fc.integer({ min: 1, max: 9 }),
			order: fc.constantFrom('oldest' as const, 'newest' as const),
		});
		await fc.assert(
			fc.asyncProperty(sizes, options, async (bytes, given) => {
				const raws = numbered(bytes);
				const taken = await polls(open, raws, given);
				const all = taken.flat();
				expect(all.map(({ raw }) => raw.toString()).sort()).toEqual([...raws].sort());
				expect(all.some(({ truncated }) => truncated)).toBe(false);
				for (const messages of taken.filter(({ length }) => length > 1)) {
					expect(bytesOf(messages)).toBeLessThanOrEqual(given.maxPollBytes);
				}
			}),
			{ numRuns: 25 },
		);
	});
});

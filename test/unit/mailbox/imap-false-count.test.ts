import { ImapMailbox, type ImapFolderState } from '../../../lib/mailbox';
import { MESSAGES, PASSWORD, startDialogue, USER, type Dialogue } from '../../fuzz/inputs/imap';
import type { ScriptedServer } from '../../lab/imap';

/** Found by `npm run fuzz -- imap`: a folder of four billion messages that are not there was listed until the time of the poll was over. */

let server: ScriptedServer | undefined;
afterEach(async () => await server?.close());

/** Commands of a poll of six messages: some ten. */
const FEW = 40;

it('a server that counts messages which it does not have is not asked for each, and the next poll has those that are there', async () => {
	let isFalse = true;
	let commands = 0;
	const dialogue: Dialogue = {
		capabilities: 'IMAP4rev1',
		spoil: (answer, _tag, line) => {
			commands++;
			// Enough to see it; the old way would end with the time of the poll only.
			if (commands > 20 * FEW) return { answer: '* BYE\r\n' };
			return isFalse && / EXAMINE /.test(line)
				? { answer: answer.replace('* 6 EXISTS', '* 4294967294 EXISTS') }
				: undefined;
		},
	};
	server = await startDialogue(() => dialogue);
	const { host, port } = server;
	const poll = async (state?: ImapFolderState) => {
		const box = new ImapMailbox({ host, port, security: 'none', user: USER, password: PASSWORD });
		return await box.poll(state, { cap: 50, firstRunLookBack: 'all' }).finally(() => box.close());
	};
	await expect(poll()).rejects.toMatchObject({ code: 'MAILBOX_PROTOCOL', transient: true });
	expect(commands).toBeLessThan(FEW);
	isFalse = false;
	expect((await poll()).messages).toHaveLength(MESSAGES.size);
});

it('a server that names its last message only, in both ways, and counts many more, is not believed that there are no others', async () => {
	let isInTrouble = true;
	const uids = [...MESSAGES.keys()];
	const last = uids.at(-1)!;
	const dialogue: Dialogue = {
		capabilities: 'IMAP4rev1',
		spoil: (answer, tag, line) => {
			if (!isInTrouble) return undefined;
			if (/ EXAMINE /.test(line)) return { answer: answer.replace('* 6 EXISTS', '* 200000 EXISTS') };
			if (/ UID SEARCH /.test(line)) return { answer: `* SEARCH ${last}\r\n${tag} OK done\r\n` };
			if (!/ FETCH \d+:/.test(line) || / UID FETCH /.test(line)) return undefined;
			const row = line.includes(':* ') ? `* 200000 FETCH (UID ${last})\r\n` : '';
			return { answer: `${row}${tag} OK done\r\n` };
		},
	};
	server = await startDialogue(() => dialogue);
	const { host, port } = server;
	const poll = async () => {
		const box = new ImapMailbox({ host, port, security: 'none', user: USER, password: PASSWORD });
		return await box.poll(undefined, { cap: 50, firstRunLookBack: 'all' }).finally(() => box.close());
	};
	await expect(poll()).rejects.toMatchObject({ code: 'MAILBOX_PROTOCOL', transient: true });
	isInTrouble = false;
	expect((await poll()).messages).toHaveLength(MESSAGES.size);
});

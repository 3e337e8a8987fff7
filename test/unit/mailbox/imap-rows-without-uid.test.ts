import { ImapMailbox, type ImapFolderState } from '../../../lib/mailbox';
import { includes } from '../../../lib/mailbox/imap/ranges';
import { MESSAGES, PASSWORD, startDialogue, USER, type Dialogue } from '../../fuzz/inputs/imap';
import type { ScriptedServer } from '../../lab/imap';

/** Found by `npm run fuzz -- imap`: a row that lists a message without its UID ended a poll in a RangeError of JavaScript. */

let server: ScriptedServer | undefined;
afterEach(async () => await server?.close());

const right: Dialogue = { capabilities: 'IMAP4rev1', spoil: () => undefined };
/** Its search by UID finds nothing, and of the last message that FETCH lists the UID is missing. */
const untold: Dialogue = {
	capabilities: 'IMAP4rev1',
	spoil: (answer, _tag, line) => {
		if (/UID SEARCH UID/.test(line)) return { answer: answer.replace(/^\* SEARCH[^\r]*\r\n/, '') };
		if (/UID FETCH \S+ UID$/.test(line) && !/ 19:\*/.test(line))
			return { answer: answer.replace(/\* 6 FETCH \(UID 18\)/, '* 6 FETCH (UID )') };
		return undefined;
	},
};

describe('A server that lists a message without its UID', () => {
	it('ends no poll, and every message is handed over once it tells the UID', async () => {
		let dialogue = right;
		server = await startDialogue(() => dialogue);
		const { host, port } = server;
		let state: ImapFolderState | undefined;
		const poll = async (cap: number): Promise<Array<number | undefined>> => {
			const box = new ImapMailbox({ host, port, security: 'none', user: USER, password: PASSWORD });
			try {
				const result = await box.poll(state, { cap, firstRunLookBack: 'all' });
				({ state } = result);
				return result.messages.map(({ source }) => (source.kind === 'imap' ? source.uid : undefined));
			} finally {
				await box.close();
			}
		};
		const uids = await poll(2);
		dialogue = untold;
		uids.push(...(await poll(50)));
		dialogue = right;
		uids.push(...(await poll(50)));
		expect(uids).toEqual([...MESSAGES.keys()]);
	});

	it.each([undefined, Number.NaN, 4.5])('finds %s in no range of UIDs', (uid) => {
		expect(includes([[1, 9]], uid as number)).toBe(false);
	});
});

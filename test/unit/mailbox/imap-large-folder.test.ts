import { IMAP_LIMITS } from '../../../lib/limits';
import { ImapMailbox, type ImapFolderState } from '../../../lib/mailbox';
import { EmbeddedImap, mail, rules } from '../../lab/imap';

const MESSAGES = 700;
const BOUNDS = { maxResponses: 300, uidsAtOnce: 100, metadataMessages: 30, datedMessages: 100 } as const;

/** With bounds of hundreds in place of hundreds of thousands: what is tested is that no answer is asked for that none may give. */
describe('a folder of more messages than one answer may have rows, on a server whose search cannot be trusted', () => {
	const messages = Array.from({ length: MESSAGES }, (_, index) => ({ raw: mail({ subject: `m${index + 1}` }) }));
	let server: EmbeddedImap;
	let box: ImapMailbox;
	let state: ImapFolderState | undefined;
	beforeEach(async () => {
		for (const [name, value] of Object.entries(BOUNDS))
			jest.replaceProperty(IMAP_LIMITS, name as keyof typeof IMAP_LIMITS, value);
		server = await EmbeddedImap.start({ messages });
		// It names the first hundred, whatever it is asked for.
		server.follow(rules.searchMisses((uid) => uid > 100));
		const { host, port, user, password } = server;
		box = new ImapMailbox({ host, port, security: 'none', user, password });
		state = undefined;
	});
	afterEach(async () => {
		await box.close();
		await server.close();
		jest.restoreAllMocks();
	});
	const poll = async () => {
		const result = await box.poll(state, { cap: 300, firstRunCap: MESSAGES });
		state = result.state;
		return result.messages.map(({ raw }) => Number(/^Subject: m(\d+)/m.exec(raw.toString('latin1'))?.[1]));
	};
	const untilQuiet = async () => {
		const got: number[] = [];
		for (let some = await poll(); some.length > 0; some = await poll()) got.push(...some);
		return got;
	};
	const listings = () => server.commands.filter((line) => /^FETCH [\d:*]+ \(?UID\)?$/.test(line));

	it('is read whole, each message once', async () => {
		expect((await untilQuiet()).sort((a, b) => a - b)).toEqual(messages.map((_, index) => index + 1));
		expect(listings().length).toBeGreaterThan(0);
	});

	it('loses nothing when messages go while it is listed', async () => {
		let isGone = false;
		server.fault({
			command: 'FETCH',
			when: (line) => {
				// Between two answers, as EXPUNGE may come: the numbers of what is above fall.
				if (!isGone && line.includes(':*')) {
					isGone = true;
					setImmediate(() => [10, 20, 650, 660].forEach((uid) => server.remove(uid)));
				}
				return false;
			},
			how: 'drop',
		});
		// What the server counts and what it names differ at that moment: it is asked again at the next poll.
		await expect(poll()).rejects.toMatchObject({ code: 'MAILBOX_PROTOCOL', transient: true });
		const got = new Set(await untilQuiet());
		const missed = messages.map((_, index) => index + 1).filter((uid) => !got.has(uid));
		expect(isGone).toBe(true);
		expect(missed.filter((uid) => ![10, 20, 650, 660].includes(uid))).toEqual([]);
	});

	it('finds what is new afterwards', async () => {
		await untilQuiet();
		server.commands.length = 0;
		for (const subject of ['m701', 'm702']) server.append(mail({ subject }));
		expect(await untilQuiet()).toEqual([701, 702]);
	});

	it('does not believe the search about dates either, where the server loses the connection over them', async () => {
		server.fault({ command: 'UID FETCH', when: 'INTERNALDATE)', how: 'drop' });
		expect((await untilQuiet()).sort((a, b) => a - b)).toEqual(messages.map((_, index) => index + 1));
	});
});

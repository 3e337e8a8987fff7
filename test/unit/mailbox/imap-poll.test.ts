import { ImapMailbox, type ImapFolderState, type ImapOptions } from '../../../lib/mailbox';
import { EmbeddedImap, mail, type EmbeddedImapOptions } from '../../lab/imap';

const clock = { now: () => Date.now(), sleep: async () => undefined, random: () => 0 };

describe('polling an IMAP folder', () => {
	let server: EmbeddedImap;
	const start = async (options: EmbeddedImapOptions = {}) => {
		server = await EmbeddedImap.start(options);
		return server;
	};
	const open = (options: Partial<ImapOptions> = {}) =>
		new ImapMailbox({
			host: server.host,
			port: server.port,
			security: 'none',
			user: server.user,
			password: server.password,
			clock,
			...options,
		});
	const subjects = (messages: Array<{ raw: Buffer }>) =>
		messages.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw.toString())?.[1]);
	afterEach(async () => await server.close());

	test('hands over what is there, then only what is new, byte for byte', async () => {
		await start({
			messages: [
				{ raw: mail({ subject: 'one' }), date: new Date() },
				{ raw: mail({ subject: 'two' }), date: new Date() },
			],
		});
		const mailbox = open();
		const first = await mailbox.poll(undefined);
		expect(subjects(first.messages)).toEqual(['one', 'two']);
		expect(first.messages[0]!.raw.toString()).toBe(mail({ subject: 'one' }));
		expect(first.more).toBe(false);
		const second = await mailbox.poll(first.state);
		expect(second.messages).toEqual([]);
		server.append(mail({ subject: 'three' }));
		const third = await mailbox.poll(JSON.parse(JSON.stringify(second.state)) as ImapFolderState);
		expect(subjects(third.messages)).toEqual(['three']);
		expect(third.messages[0]!.source).toEqual({
			kind: 'imap',
			mailbox: server.user,
			folder: 'INBOX',
			uid: 3,
			uidValidity: '1',
		});
		expect(server.list().every(({ flags }) => !flags.includes('\\Seen'))).toBe(true);
		expect(server.commands.filter((line) => /^SELECT/i.test(line))).toEqual([]);
	});
});

import { ImapMailbox, type ImapFolderState, type ImapOptions } from '../../../lib/mailbox';
import { asClient, mail, type RealImap } from '../../lab/imap';
import { cyrus, describeWith, dovecot, prefixedDovecot, type ServerKind } from '../../lab/imap/withServers';
import { Story } from './imapStory';

const KINDS: ServerKind[] = [dovecot, prefixedDovecot, cyrus];
/** `CHAOS_SEEDS=5,6` runs other stories, `CHAOS_STEPS=1000` longer ones. */
const STEPS = Number(process.env['CHAOS_STEPS'] ?? 80);
const SEEDS = (process.env['CHAOS_SEEDS'] ?? '1').split(',').map(Number);

const subjects = (messages: ReadonlyArray<{ raw: Buffer }>) =>
	messages.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw.toString('latin1'))?.[1]);

for (const kind of KINDS) {
	describeWith(kind, `a real ${kind.name}`, () => {
		let server: RealImap;
		const mailboxes: ImapMailbox[] = [];
		const open = (options: Partial<ImapOptions> = {}) => {
			const mailbox = new ImapMailbox({
				host: server.host,
				port: server.tlsPort,
				servername: 'localhost',
				ca: server.ca,
				user: server.user,
				password: server.password,
				...options,
			});
			mailboxes.push(mailbox);
			return mailbox;
		};
		const folder = (name: string) => `${server.prefix}${name}`;
		beforeEach(async () => {
			server = await kind.start();
		});
		afterEach(async () => {
			for (const mailbox of mailboxes.splice(0)) await mailbox.close();
			await server.stop();
		});

		it('the test of the credential: TLS, STARTTLS, no encryption, and a wrong password', async () => {
			const ways: Array<Partial<ImapOptions>> = [
				{},
				{ security: 'starttls', port: server.port },
				{ security: 'none', port: server.port },
			];
			for (const way of ways) {
				const found = await open(way).test();
				expect(found).toMatchObject({ inboxMessages: 0, encrypted: way.security !== 'none' });
				expect(found.folders.map(({ path }) => path)).toContain('INBOX');
			}
			await expect(open({ password: 'wrong' }).test()).rejects.toMatchObject({
				code: 'MAILBOX_LOGIN_REFUSED',
				transient: false,
			});
		});

		it('folders: those of the user are listed, opened and polled by the names that were listed', async () => {
			const names = ['Phishing', 'Über & Co', 'two words'].map(folder);
			await asClient(server, async (client) => {
				for (const name of names) await client.mailboxCreate(name);
			});
			const listed = (await open().listFolders({ counts: true })).map(({ path }) => path);
			expect(listed).toEqual(expect.arrayContaining(['INBOX', ...names]));
			for (const name of names) {
				await asClient(server, async (client) => await client.append(name, Buffer.from(mail({ subject: 'one' }))));
				const { messages, state } = await open().poll(undefined, { folder: name });
				expect([messages.length, state.path]).toEqual([1, name]);
			}
			await expect(open().poll(undefined, { folder: folder('Phising') })).rejects.toMatchObject({
				code: 'MAILBOX_FOLDER_MISSING',
				hint: expect.stringContaining(`'${folder('Phishing')}'`),
			});
		});

		it('polls: each message once, byte for byte, and none marked as read', async () => {
			const mailbox = open();
			let state: ImapFolderState | undefined;
			const got: string[] = [];
			for (const round of ['a', 'b', 'c', 'd']) {
				for (const name of [`${round}1`, `${round}2`]) await server.deliver(mail({ subject: name }));
				for (let poll = 0; poll < 2; poll++) {
					const result = await mailbox.poll(state, { cap: 3 });
					state = result.state;
					got.push(...result.messages.map((message) => subjects([message])[0]!));
					for (const { raw } of result.messages) expect(raw.toString()).toContain('Grüße\r\n');
				}
			}
			expect(got.sort()).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2', 'd1', 'd2']);
			const flags = await open().search({});
			expect(flags.filter((hit) => hit.flags?.includes('\\Seen'))).toEqual([]);
		});

		it('reads, searches, flags and moves the message that an item names', async () => {
			const target = folder('Done');
			await asClient(server, async (client) => await client.mailboxCreate(target));
			for (const subject of ['one', 'two']) await server.deliver(mail({ subject }));
			const mailbox = open();
			const { messages } = await mailbox.poll(undefined);
			const { uid, uidValidity } = messages.find((message) => subjects([message])[0] === 'one')!.source;
			const reference = { uid: uid!, uidValidity: uidValidity!, folder: 'INBOX' };
			expect(subjects([await mailbox.get(reference)])).toEqual(['one']);
			expect((await mailbox.search({ subject: 'two' })).map(({ subject }) => subject)).toEqual(['two']);
			await mailbox.changes.markAsRead(reference);
			await mailbox.changes.flag(reference, ['\\Flagged']);
			const [hit] = await mailbox.search({ subject: 'one' });
			expect(hit!.flags).toEqual(expect.arrayContaining(['\\Seen', '\\Flagged']));
			await mailbox.changes.move(reference, target);
			expect((await mailbox.search({}, { folder: target })).map(({ subject }) => subject)).toEqual(['one']);
			expect((await mailbox.search({})).map(({ subject }) => subject)).toEqual(['two']);
		});

		it.each(SEEDS)(
			'a story of trouble (seed %i): nothing is lost, nothing comes twice, nothing is marked as read',
			async (seed) => {
				const story = new Story(server, seed);
				await story.run(STEPS);
				const end = await story.end();
				process.stderr.write(`${kind.name}, seed ${seed}: ${JSON.stringify(end.tally)}\n`);
				expect(end).toMatchObject({ lost: [], doubled: [], seen: [] });
				const { delivered, unsaved, cut } = end.tally;
				expect(Math.min(delivered, unsaved, cut)).toBeGreaterThan(0);
			},
			60_000,
		);
	});
}

import { connect, createServer, type AddressInfo } from 'node:net';
import type { ImapFlow } from 'imapflow';
import { ImapMailbox, type ImapFolderState, type ImapOptions } from '../../../lib/mailbox';
import { Courier, Cyrus, Dovecot, asClient, command, connectClient, mail, type RealImap } from '../../lab/imap';
import {
	courier,
	cyrus,
	describeWith,
	dovecot,
	imap4d,
	prefixedDovecot,
	type ServerKind,
} from '../../lab/imap/withServers';
import { Story } from './imapStory';

/** Stands before Courier, and removes a file between its answer to SEARCH and FETCH. */
async function removesAtFetch(real: Courier, path: string) {
	let removed = false;
	const server = createServer((client) => {
		const upstream = connect({ host: real.host, port: real.port });
		client.on('data', (chunk: Buffer) => {
			// FETCH of bytes, after the list was made.
			if (/ UID FETCH .*BODY\.PEEK\[\]/.test(chunk.toString('latin1'))) removed = real.remove(path) || removed;
			upstream.write(chunk);
		});
		upstream.pipe(client);
		for (const socket of [client, upstream]) socket.on('error', () => undefined);
		client.on('close', () => upstream.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		port: (server.address() as AddressInfo).port,
		removed: () => removed,
		close: async () => await new Promise((resolve) => server.close(resolve)),
	};
}

const KINDS: ServerKind[] = [dovecot, prefixedDovecot, cyrus, courier, imap4d];
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
			if (kind.name === imap4d.name) {
				// It has neither MOVE nor UIDPLUS.
				await expect(mailbox.changes.move(reference, target)).rejects.toMatchObject({ code: 'MAILBOX_PROTOCOL' });
				return;
			}
			await mailbox.changes.move(reference, target);
			expect((await mailbox.search({}, { folder: target })).map(({ subject }) => subject)).toEqual(['one']);
			expect((await mailbox.search({})).map(({ subject }) => subject)).toEqual(['two']);
		});

		it.each(SEEDS)(
			'a story of trouble (seed %i): nothing is lost, nothing comes twice, nothing is marked as read',
			async (seed) => {
				const story = new Story(server, seed);
				// It takes seconds for what the others do in milliseconds.
				await story.run(kind.name === imap4d.name ? STEPS / 2 : STEPS);
				const end = await story.end();
				process.stderr.write(`${kind.name}, seed ${seed}: ${JSON.stringify(end.tally)}\n`);
				expect(end).toMatchObject({ lost: [], doubled: [], seen: [] });
				const { delivered, unsaved, cut } = end.tally;
				expect(Math.min(delivered, unsaved, cut)).toBeGreaterThan(0);
			},
			60_000 + 500 * STEPS,
		);
	});
}

describe('what each real server has of its own', () => {
	let server: RealImap | undefined;
	const mailboxes: ImapMailbox[] = [];
	const open = (options: Partial<ImapOptions> = {}) => {
		const { host, port, user, password } = server!;
		const mailbox = new ImapMailbox({ host, port, security: 'none', user, password, ...options });
		mailboxes.push(mailbox);
		return mailbox;
	};
	const started = async <Server extends RealImap>(starting: Promise<Server>): Promise<Server> => {
		const one = await starting;
		server = one;
		return one;
	};
	afterEach(async () => {
		for (const mailbox of mailboxes.splice(0)) await mailbox.close();
		await server?.stop();
		server = undefined;
	});

	/** All of these are listed, open, and give their one message. */
	const areRead = async (folders: string[]) => {
		expect((await open().listFolders()).map(({ path }) => path)).toEqual(expect.arrayContaining(folders));
		for (const folder of folders) {
			const { messages, state } = await open().poll(undefined, { folder });
			expect([folder, messages.length, state.path]).toEqual([folder, 1, folder]);
			expect(await open().search({}, { folder })).toHaveLength(1);
		}
	};

	describeWith(cyrus, 'Cyrus', () => {
		it.each(['default', 'alternative'] as const)(
			'shared folders and those of other users are listed and read (%s names)',
			async (names) => {
				const real = await started(Cyrus.start({ names }));
				await asClient(real, async () => undefined, 'other');
				const theirs = names === 'default' ? 'user.other.SOC' : 'user/other/SOC';
				await real.administrate(['CREATE', 'abuse'], ['SETACL', 'abuse', 'analyst', 'lrsip'], ['CREATE', theirs]);
				await real.administrate(['SETACL', theirs, 'analyst', 'lrsip']);
				const folders =
					names === 'default' ? ['abuse', 'user.other.SOC'] : ['Shared Folders/abuse', 'Other Users/other/SOC'];
				const raw = Buffer.from(mail({ subject: 'one' }));
				await asClient(real, async (client) => {
					for (const folder of folders) await client.append(folder, raw);
				});
				await areRead(folders);
			},
		);

		it("a folder that may not be read is told in the server's words; changes without the right are refused", async () => {
			const real = await started(Cyrus.start());
			await asClient(real, async (client) => {
				for (const name of ['INBOX.Acl', 'INBOX.Ro']) await client.mailboxCreate(name);
				await client.append('INBOX.Ro', Buffer.from(mail({ subject: 'one' })));
			});
			await real.administrate(
				['SETACL', 'user.analyst.Acl', 'analyst', 'l'],
				['SETACL', 'user.analyst.Ro', 'analyst', 'lr'],
			);
			await expect(open().poll(undefined, { folder: 'INBOX.Acl' })).rejects.toMatchObject({
				code: 'MAILBOX_NOT_ALLOWED',
				transient: true,
				message: expect.stringContaining('Permission denied'),
			});
			await expect(open().changes.markAsRead({ uid: 1, folder: 'INBOX.Ro' })).rejects.toMatchObject({
				code: expect.stringMatching(/^MAILBOX_(?:NOT_ALLOWED|PROTOCOL)$/),
			});
		});

		it('its limit of connections is not a wrong password', async () => {
			const real = await started(Cyrus.start({ maxConnections: 1 }));
			const other = await connectClient(real);
			await expect(open().test()).rejects.toMatchObject({ code: 'MAILBOX_LIMIT', transient: true });
			await other.logout();
		});

		it('the same bytes twice have one id: its EMAILID is of the content', async () => {
			const real = await started(Cyrus.start());
			for (let copy = 0; copy < 2; copy++) await real.deliver(mail({ subject: 'twin' }), { date: new Date() });
			const { messages } = await open().poll(undefined);
			expect([messages.length, new Set(messages.map(({ id }) => id)).size]).toEqual([2, 1]);
		});
	});

	describeWith(prefixedDovecot, 'Dovecot with the prefix INBOX.', () => {
		it('shared folders are listed and read', async () => {
			const real = await started(Dovecot.start({ prefix: 'INBOX.' }));
			for (const folder of ['shared.abuse', 'INBOX.Work']) real.deliver(mail({ subject: 'one' }), { folder });
			await areRead(['shared.abuse', 'INBOX.Work']);
		});
	});

	describeWith(courier, 'Courier', () => {
		it('shared folders are listed and read', async () => {
			const real = await started(Courier.start());
			await areRead([real.shareFolder('lab', 'abuse', mail({ subject: 'one' }))]);
		});

		it('two mails of one second, the later one with the name that sorts first, and a poll between them: both come, once', async () => {
			const real = await started(Courier.start());
			// Somebody has opened the folder for writing before: UIDVALIDITY stays the same.
			real.deliver(mail({ subject: 'old' }));
			await asClient(real, async (client) => await client.mailboxOpen('INBOX'));
			const first = await open().poll(undefined);
			const date = new Date();
			real.deliverAs('V801I9M900000', mail({ subject: 'earlier' }), { date });
			const second = await open().poll(first.state);
			real.deliverAs('V801I1M100000', mail({ subject: 'later' }), { date });
			const third = await open().poll(second.state);
			const fourth = await open().poll(third.state);
			expect([first, second, third, fourth].map(({ messages }) => subjects(messages))).toEqual([
				['old'],
				['earlier'],
				['later'],
				[],
			]);
		});

		it("a folder that may not be read is told in the server's words; one without the rights to change it is not changed", async () => {
			const real = await started(Courier.start());
			await asClient(real, async (client) => {
				for (const name of ['INBOX.Acl', 'INBOX.Ro']) await client.mailboxCreate(name);
				await client.append('INBOX.Ro', Buffer.from(mail({ subject: 'one' })));
				await command(client, 'SETACL', 'INBOX.Acl', 'owner', 'la');
				await command(client, 'SETACL', 'INBOX.Ro', 'owner', 'lra');
			});
			await expect(open().poll(undefined, { folder: 'INBOX.Acl' })).rejects.toMatchObject({
				code: 'MAILBOX_NOT_ALLOWED',
				transient: true,
				message: expect.stringContaining('Access denied'),
			});
			const reference = { uid: 1, folder: 'INBOX.Ro' };
			const { changes } = open();
			for (const change of [
				async () => await changes.markAsRead(reference),
				async () => await changes.flag(reference, ['\\Flagged']),
			])
				await expect(change()).rejects.toMatchObject({ code: 'MAILBOX_NOT_ALLOWED' });
		});

		it('its limit of connections closes without a greeting: the hint names it', async () => {
			const real = await started(Courier.start({ maxConnections: 3 }));
			const others: ImapFlow[] = [];
			for (let tried = 0; tried < 4; tried++) {
				const other = await connectClient(real).catch(() => undefined);
				if (other !== undefined) others.push(other);
			}
			await expect(open().test()).rejects.toMatchObject({
				code: 'MAILBOX_CONNECTION_LOST',
				transient: true,
				hint: expect.stringContaining('too many connections'),
			});
			for (const other of others) await other.logout();
		});

		it('STARTTLS that fails after its OK is its own fault, and said so', async () => {
			await started(Courier.start({ certificate: false }));
			await expect(open({ security: 'starttls', verifyTls: false }).test()).rejects.toMatchObject({
				code: 'MAILBOX_TLS',
				hint: expect.stringContaining("The server's own TLS is broken"),
			});
		});

		it('its placeholder for a message that is gone is not mail', async () => {
			const real = await started(Courier.start());
			real.deliver(mail({ subject: 'stays' }));
			const gone = real.deliverAs('V801I5M500000', mail({ subject: 'goes' }));
			const proxy = await removesAtFetch(real, gone);
			const { messages, state } = await open({ port: proxy.port }).poll(undefined);
			expect([proxy.removed(), subjects(messages), state.retry]).toEqual([true, ['stays'], {}]);
			await proxy.close();
		});
	});
});

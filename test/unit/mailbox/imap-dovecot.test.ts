import { connect } from 'node:net';
import {
	ImapMailbox,
	type ImapFolderState,
	type ImapOptions,
	type MailboxDownload,
	type MailboxSearch,
} from '../../../lib/mailbox';
import { Dovecot, mail, type DovecotOptions } from '../../lab/imap';
import { describeWithDovecot } from '../../lab/imap/withServers';

const DAY = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY);
const subjects = (messages: ReadonlyArray<{ raw: Buffer }>) =>
	messages.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw.toString('latin1'))?.[1]);

describeWithDovecot('a real Dovecot', () => {
	let server: Dovecot;
	const mailboxes: ImapMailbox[] = [];
	const start = async (options: DovecotOptions = {}) => (server = await Dovecot.start(options));
	const open = (options: Partial<ImapOptions> = {}) => {
		const mailbox = new ImapMailbox({
			host: server.host,
			port: server.tlsPort,
			servername: 'localhost',
			ca: server.ca,
			user: server.user,
			password: server.password,
			connectTimeoutMs: 5000,
			...options,
		});
		mailboxes.push(mailbox);
		return mailbox;
	};
	const plain = { port: undefined as never, security: 'none' as const };
	afterEach(async () => {
		for (const mailbox of mailboxes.splice(0)) await mailbox.close();
		await server.stop();
	});
	/** Commands that only another client gives. */
	const asUser = async (action: (client: import('imapflow').ImapFlow) => Promise<unknown>) => {
		const { ImapFlow } = require('imapflow') as typeof import('imapflow');
		const client = new ImapFlow({
			host: server.host,
			port: server.port,
			secure: false,
			doSTARTTLS: false,
			auth: { user: server.user, pass: server.password },
			logger: false,
		});
		client.on('error', () => undefined);
		await client.connect();
		try {
			return await action(client);
		} finally {
			await client.logout();
		}
	};

	it('TLS, STARTTLS and no encryption lead to the same messages, byte for byte, and nothing is marked seen', async () => {
		await start();
		const raw = Buffer.from(mail({ subject: 'bytes' }).replace('Grüße', 'Gr\xfc\xdfe'), 'latin1');
		server.deliver(raw);
		for (const way of [{}, { security: 'starttls' as const, port: server.port }, { ...plain, port: server.port }]) {
			const { messages } = await open(way).poll(undefined);
			expect(messages.map((message) => message.raw.equals(raw))).toEqual([true]);
		}
		await open().get({ uid: 1 });
		await open().sample();
		expect(server.flags().join()).not.toContain('S');
	});

	it.each([
		['OAUTHBEARER', ['xoauth2', 'oauthbearer']],
		['XOAUTH2', ['xoauth2']],
	] as const)('logs in with %s', async (_name, oauth) => {
		await start({ oauth: [...oauth] });
		const calls: Array<boolean | undefined> = [];
		const accessToken = async (force?: boolean) => {
			calls.push(force);
			return server.token();
		};
		expect(await open({ password: undefined, accessToken }).test()).toMatchObject({
			inboxMessages: 0,
			encrypted: true,
		});
		expect(calls).toEqual([false]);
	});

	it.each([
		['OAUTHBEARER', ['xoauth2', 'oauthbearer']],
		['XOAUTH2', ['xoauth2']],
	] as const)('a refused token (%s) is renewed once, and a second refusal is told', async (_name, oauth) => {
		await start({ oauth: [...oauth] });
		const expired = server.token(server.user, { exp: Math.floor(Date.now() / 1000) - 60 });
		const accessToken = async (force?: boolean) => (force ? server.token() : expired);
		expect((await open({ password: undefined, accessToken }).test()).inboxMessages).toBe(0);
		const forced: boolean[] = [];
		const stubborn = async (force?: boolean) => {
			forced.push(force === true);
			return expired;
		};
		await expect(open({ password: undefined, accessToken: stubborn }).test()).rejects.toMatchObject({
			code: 'MAILBOX_LOGIN_REFUSED',
			transient: false,
			message: expect.stringContaining('refused the OAuth2 token'),
		});
		expect(forced).toEqual([false, true]);
	});

	it('the first run takes the look-back exactly to its time, and the newest of it', async () => {
		await start();
		for (const days of [40, 3, 0, 90, 6.9, 7.1])
			server.deliver(mail({ subject: `${days} days` }), { date: daysAgo(days) });
		expect(subjects((await open().poll(undefined, { firstRunLookBack: 'P7D' })).messages).sort()).toEqual([
			'0 days',
			'3 days',
			'6.9 days',
		]);
		expect(subjects((await open().poll(undefined, { firstRunLookBack: 'all' })).messages)).toHaveLength(6);
		expect((await open().poll(undefined, { firstRunLookBack: 'PT0S' })).messages).toEqual([]);
		const capped = await open().poll(undefined, { firstRunLookBack: 'P7D', firstRunCap: 2 });
		expect(capped.messages).toHaveLength(2);
		expect(capped.warnings.map(({ code }) => code)).toEqual(['first-run-capped']);
		expect((await open().poll(capped.state)).messages).toEqual([]);
	});

	it('mail moved in comes, although each of its dates is old', async () => {
		await start();
		const mailbox = open();
		let { state } = await mailbox.poll(undefined, { folder: 'INBOX' });
		server.deliver(mail({ subject: 'old' }), { folder: 'Junk', date: new Date('2001-01-01T00:00:00Z') });
		await asUser(async (client) => {
			await client.mailboxOpen('Junk');
			await client.messageMove('1:*', 'INBOX');
		});
		const first = await mailbox.poll(state);
		expect(subjects(first.messages)).toEqual(['old']);
		state = first.state;
		expect((await mailbox.poll(state)).messages).toEqual([]);
	});

	it('a re-created folder is noticed and read afresh; a missing one is named, with its like', async () => {
		await start();
		await asUser(async (client) => await client.mailboxCreate('Phishing'));
		server.deliver(mail({ subject: 'before' }), { folder: 'Phishing' });
		const mailbox = open();
		const first = await mailbox.poll(undefined, { folder: 'Phishing' });
		await asUser(async (client) => await client.mailboxDelete('Phishing'));
		await expect(mailbox.poll(first.state, { folder: 'Phishing' })).rejects.toMatchObject({
			code: 'MAILBOX_FOLDER_MISSING',
			transient: false,
		});
		await asUser(async (client) => await client.mailboxCreate('Phishing'));
		server.deliver(mail({ subject: 'after' }), { folder: 'Phishing' });
		const second = await mailbox.poll(first.state, { folder: 'Phishing' });
		expect(subjects(second.messages)).toEqual(['after']);
		expect(second.warnings.map(({ code }) => code)).toEqual(['uidvalidity-reset']);
		expect(second.state.epoch).toBe(1);
		expect(second.messages[0]!.id).not.toBe(first.messages[0]!.id);
		await expect(mailbox.poll(undefined, { folder: 'phising' })).rejects.toMatchObject({
			hint: expect.stringContaining("'Phishing'"),
		});
	});

	it('folders with Unicode and spaces are listed, opened and told with their role', async () => {
		await start();
		const names = ['威胁情报', 'Ärger & Co', 'a "quoted" one'];
		await asUser(async (client) => {
			for (const name of names) await client.mailboxCreate(name);
		});
		const mailbox = open();
		const folders = await mailbox.listFolders({ counts: true });
		expect(folders.map(({ path }) => path)).toEqual(expect.arrayContaining([...names, 'INBOX']));
		expect(folders.find(({ path }) => path === 'Junk')).toMatchObject({ specialUse: '\\Junk', messages: 0, unseen: 0 });
		for (const folder of names) expect((await mailbox.poll(undefined, { folder })).state.path).toBe(folder);
	});

	it('a message above the limit comes with its headers only; below it comes whole, streamed or not', async () => {
		await start();
		for (const [subject, bytes] of [
			['small', 2000],
			['streamed', 6_000_000],
			['large', 9_000_000],
		] as const)
			server.deliver(mail({ subject, bytes }));
		const { messages } = await open().poll(undefined, { maxMessageBytes: 8_000_000 });
		expect(messages.map(({ size, truncated, raw }) => [size, truncated, raw.length < 1000])).toEqual([
			[2000, false, false],
			[6_000_000, false, false],
			[9_000_000, true, true],
		]);
		expect(messages[1]!.raw.toString()).toBe(mail({ subject: 'streamed', bytes: 6_000_000 }));
		expect(subjects(messages)).toEqual(['small', 'streamed', 'large']);
		expect((await open().get({ uid: 3 })).raw.length).toBe(9_000_000);
		expect(await open().get({ uid: 3 }, { maxMessageBytes: 1000 })).toMatchObject({
			truncated: true,
			size: 9_000_000,
		});
	});

	it('a download streams every byte and ends its connection', async () => {
		await start();
		server.deliver(mail({ subject: 'big', bytes: 3_500_000 }));
		const download: MailboxDownload = await open().download({ uid: 1, folder: 'INBOX' });
		expect(download).toMatchObject({ size: 3_500_000, source: { uid: 1 } });
		const chunks: Buffer[] = [];
		for await (const chunk of download.stream as AsyncIterable<Buffer>) chunks.push(chunk);
		expect(Buffer.concat(chunks).toString()).toBe(mail({ subject: 'big', bytes: 3_500_000 }));
		await expect(open().download({ uid: 99, folder: 'INBOX' })).rejects.toMatchObject({
			code: 'MAILBOX_MESSAGE_MISSING',
		});
	});

	it('search: sender, recipient, subject, text and times to the second, newest first', async () => {
		await start();
		server.deliver(mail({ subject: 'invoice', from: 'Eve <eve@example.net>', body: 'Please pay Grüße\r\n' }), {
			date: new Date('2026-11-10T10:00:00Z'),
		});
		server.deliver(mail({ subject: 'invoice reminder' }), { date: new Date('2026-11-10T14:00:00Z') });
		server.deliver(mail({ subject: 'lunch', to: 'Bob <bob@example.com>' }), { date: new Date('2026-11-11T10:00:00Z') });
		const mailbox = open();
		const found = async (search: MailboxSearch) =>
			(await mailbox.search(search, { folder: 'INBOX' })).map(({ subject }) => subject);
		expect(await found({})).toEqual(['lunch', 'invoice reminder', 'invoice']);
		expect(await found({ subject: 'INVOICE' })).toEqual(['invoice reminder', 'invoice']);
		expect(await found({ from: 'eve@example.net' })).toEqual(['invoice']);
		expect(await found({ to: 'bob' })).toEqual(['lunch']);
		expect(await found({ text: 'pay Grüße' })).toEqual(['invoice']);
		expect(await found({ since: new Date('2026-11-10T12:00:00Z') })).toEqual(['lunch', 'invoice reminder']);
		expect(await found({ before: new Date('2026-11-10T12:00:00Z') })).toEqual(['invoice']);
		expect(await found({ subject: 'invoice', since: new Date('2026-11-11T12:00:00Z') })).toEqual([]);
		expect(await found({ limit: 1 })).toEqual(['lunch']);
		expect((await mailbox.search({ subject: 'lunch' }))[0]).toMatchObject({
			from: [{ address: 'sender@example.org', name: 'Sender' }],
			flags: [],
			source: { uid: 3, folder: 'INBOX' },
		});
	});

	it('get by Message-ID finds the exact one, with or without brackets', async () => {
		await start();
		server.deliver(mail({ subject: 'longer', messageId: '<ab@example.org>' }));
		server.deliver(mail({ subject: 'exact', messageId: '<b@example.org>' }));
		for (const messageId of ['<b@example.org>', 'b@example.org'])
			expect(subjects([await open().get({ messageId })])).toEqual(['exact']);
		await expect(open().get({ messageId: '<c@example.org>' })).rejects.toMatchObject({
			code: 'MAILBOX_MESSAGE_MISSING',
		});
		await expect(open().get({ messageId: '' })).rejects.toMatchObject({ code: 'MAILBOX_MESSAGE_MISSING' });
	});

	it('only the explicit actions change anything: seen, flags, move', async () => {
		await start();
		server.deliver(mail({ subject: 'one' }));
		const mailbox = open();
		const flags = async (folder = 'INBOX') => (await mailbox.search({}, { folder })).map((hit) => hit.flags);
		const { state } = await mailbox.poll(undefined);
		expect(await flags()).toEqual([[]]);
		await mailbox.changes.markAsRead({ uid: 1 });
		await mailbox.changes.flag({ uid: 1 }, ['\\Flagged', '$Phishing']);
		expect((await flags())[0]!.sort()).toEqual(['$Phishing', '\\Flagged', '\\Seen']);
		await mailbox.changes.flag({ uid: 1 }, ['\\Flagged'], 'remove');
		expect((await flags())[0]!.sort()).toEqual(['$Phishing', '\\Seen']);
		await expect(mailbox.changes.move({ uid: 1 }, 'Nowhere')).rejects.toMatchObject({ code: 'MAILBOX_FOLDER_MISSING' });
		expect(await mailbox.changes.move({ uid: 1 }, 'Junk')).toMatchObject({ folder: 'Junk', uid: 1 });
		expect(await flags('Junk')).toHaveLength(1);
		await expect(mailbox.changes.markAsRead({ uid: 1 })).rejects.toMatchObject({ code: 'MAILBOX_MESSAGE_MISSING' });
		expect((await mailbox.poll(state)).messages).toEqual([]);
	});

	it('an action touches its message only: what others have marked as deleted stays', async () => {
		await start();
		for (const subject of ['one', 'two', 'marked']) server.deliver(mail({ subject }));
		await asUser(async (client) => {
			await client.mailboxOpen('INBOX');
			await client.messageFlagsAdd('3', ['\\Deleted'], { uid: true });
			// Not close: that would expunge it.
			await client.mailboxOpen('INBOX', { readOnly: true });
		});
		const mailbox = open();
		await mailbox.changes.markAsRead({ uid: 1 });
		await mailbox.changes.move({ uid: 2 }, 'Junk');
		await mailbox.listFolders();
		await mailbox.close();
		expect((await open().search({})).map(({ subject }) => subject)).toEqual(['marked', 'one']);
	});

	it('actions that run at the same time do not get in the way of each other', async () => {
		await start();
		server.deliver(mail({ subject: 'inbox' }));
		server.deliver(mail({ subject: 'junk' }), { folder: 'Junk' });
		const mailbox = open();
		const folders = ['INBOX', 'Junk', 'INBOX', 'Junk', 'INBOX'];
		const messages = await Promise.all(folders.map(async (folder) => await mailbox.get({ uid: 1, folder })));
		expect(subjects(messages)).toEqual(['inbox', 'junk', 'inbox', 'junk', 'inbox']);
	});

	it('a connection limit is not called a wrong password', async () => {
		await start({ maxConnections: 1 });
		const first = open();
		await first.test();
		await expect(open().test()).rejects.toMatchObject({ code: 'MAILBOX_LIMIT', transient: true });
		await expect(open({ password: 'wrong' }).test()).rejects.toMatchObject({
			code: 'MAILBOX_LOGIN_REFUSED',
			transient: false,
		});
	});

	it('wrong TLS settings are recognised both ways, and a stranger certificate by name', async () => {
		await start();
		await expect(open({ port: server.port }).test()).rejects.toMatchObject({
			code: 'MAILBOX_TLS',
			hint: expect.stringContaining('does not speak TLS on this port'),
		});
		await expect(open({ ...plain, port: server.tlsPort, greetingTimeoutMs: 500 }).test()).rejects.toMatchObject({
			code: 'MAILBOX_TLS',
			hint: expect.stringContaining("Set 'Security' in the credential to TLS"),
		});
		await expect(open({ ca: undefined }).test()).rejects.toMatchObject({
			code: 'MAILBOX_TLS',
			hint: expect.stringContaining('CA'),
		});
		await expect(open({ servername: 'imap.example.com' }).test()).rejects.toMatchObject({
			code: 'MAILBOX_TLS',
			message: expect.stringContaining('ALTNAME'),
		});
		expect((await open({ ca: undefined, verifyTls: false }).test()).encrypted).toBe(true);
	});

	it('a server that wants encryption says so', async () => {
		await start({ address: '127.0.0.2' });
		await expect(open({ ...plain, port: server.port }).test()).rejects.toMatchObject({
			code: 'MAILBOX_TLS',
			message: expect.stringContaining('without encryption'),
		});
	});

	it('a poll killed between hand-over and save is repeated with the same ids', async () => {
		await start();
		for (let i = 0; i < 5; i++) server.deliver(mail({ subject: `m${i}` }));
		const { state } = await open().poll(undefined, { cap: 2 });
		const saved = JSON.stringify(state);
		const ids = async () =>
			(await open().poll(JSON.parse(saved) as ImapFolderState, { cap: 2 })).messages.map(({ id }) => id);
		expect(await ids()).toEqual(await ids());
	});

	it('the harness leaves no process and no file behind', async () => {
		await start();
		const { port } = server;
		await server.stop();
		await expect(
			new Promise((resolve, reject) =>
				connect({ host: '127.0.0.1', port }, () => resolve('open')).once('error', reject),
			),
		).rejects.toMatchObject({ code: 'ECONNREFUSED' });
	});
});

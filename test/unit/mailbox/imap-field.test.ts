import {
	ImapMailbox,
	MailboxError,
	type ImapFolderState,
	type ImapOptions,
	type PollOptions,
} from '../../../lib/mailbox';
import { IMAP_LIMITS } from '../../../lib/limits';
import { EmbeddedImap, mail, ScriptedServer, type EmbeddedImapOptions } from '../../lab/imap';

const subjects = (messages: ReadonlyArray<{ raw: Buffer; failure?: unknown }>) =>
	messages
		.filter(({ failure }) => failure === undefined)
		.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw.toString('latin1'))?.[1]);
const names = (count: number) => Array.from({ length: count }, (_, index) => `m${index + 1}`);
const messagesOf = (subject: string[]) => subject.map((name) => ({ raw: mail({ subject: name }) }));

/** What real servers do besides the RFCs, each as it was seen: nothing is lost, nothing comes twice, and errors say what it is. */
describe('IMAP servers in the field', () => {
	const open: Array<{ close(): Promise<void> }> = [];
	let server: EmbeddedImap;
	const start = async (options: EmbeddedImapOptions = {}) => {
		server = await EmbeddedImap.start(options);
		open.push(server);
		return server;
	};
	const mailbox = (options: Partial<ImapOptions> = {}) => {
		const created = new ImapMailbox({
			host: server.host,
			port: server.port,
			security: 'none',
			user: server.user,
			password: server.password,
			...options,
		});
		open.unshift(created);
		return created;
	};
	const failure = async (promise: Promise<unknown>): Promise<MailboxError> => {
		const error = await promise.then(
			() => undefined,
			(thrown: unknown) => thrown,
		);
		expect(error).toBeInstanceOf(MailboxError);
		return error as MailboxError;
	};
	/** So many polls, one after the other: what they handed over, and what they warned of. */
	const polls = async (count: number, options: PollOptions = {}, imap: Partial<ImapOptions> = {}) => {
		const got: Array<string | undefined> = [];
		const warned: string[] = [];
		let state: ImapFolderState | undefined;
		for (let poll = 0; poll < count; poll++) {
			const box = mailbox(imap);
			const result = await box.poll(state && (JSON.parse(JSON.stringify(state)) as ImapFolderState), options);
			await box.close();
			state = result.state;
			got.push(...subjects(result.messages));
			warned.push(...result.warnings.map(({ code }) => code));
		}
		return { got, warned, state: state! };
	};
	const opened = () =>
		server.commands.filter((line) => /^(?:EXAMINE|SELECT) /.test(line)).map((line) => line.split(' ')[0]);
	const seen = () => server.list().filter(({ flags }) => flags.includes('\\Seen'));
	afterEach(async () => {
		for (const part of open.splice(0)) await part.close();
	});

	describe('UIDs that do not stick', () => {
		it('a server that tells no UIDNEXT with EXAMINE (Courier 5.0.13) is opened with SELECT, which is said once', async () => {
			await start({ messages: messagesOf(names(3)) });
			server.fault({
				command: 'EXAMINE',
				how: { rewrite: (answer) => answer.replace(/^\* OK \[UIDNEXT.*\r\n/m, '') },
			});
			const { got, warned } = await polls(3);
			expect(got).toEqual(names(3));
			expect(warned).toEqual(['uids-do-not-stick']);
			expect(opened()).toEqual(['EXAMINE', 'SELECT', 'SELECT', 'SELECT']);
			expect(seen()).toEqual([]);
		});

		it('a folder that only the trigger reads, numbered afresh at each EXAMINE (imap4d 3.15): each message comes once', async () => {
			await start({ messages: messagesOf(names(3)), uids: 'renumbered' });
			const { got, warned, state } = await polls(6);
			expect(got).toEqual(names(3));
			expect(warned).toEqual(['uids-do-not-stick']);
			expect(state.select).toBe(true);
			expect(seen()).toEqual([]);
		});

		it('more waits there than a poll takes: all of it comes, each once', async () => {
			await start({ messages: messagesOf(names(120)), uids: 'renumbered' });
			const { got } = await polls(4, { cap: 50 });
			expect(got.sort()).toEqual(names(120).sort());
		});

		it('a folder that somebody SELECTed once: mail that came since is numbered afresh under the same UIDVALIDITY', async () => {
			await start({ messages: messagesOf(names(3)) });
			// imap4d 3.15: 1 2 3 5, at the next EXAMINE 1 2 3 6.
			let fixed = 3;
			server.fault({
				command: 'EXAMINE',
				when: () => {
					for (const { uid } of server.list().filter((message) => message.uid > fixed)) server.renumber(uid);
					return false;
				},
				how: 'drop',
			});
			server.fault({ command: 'SELECT', when: () => ((fixed = Infinity), false), how: 'drop' });
			const first = await mailbox().poll(undefined);
			server.append(mail({ subject: 'm4' }));
			const second = await mailbox().poll(first.state);
			server.append(mail({ subject: 'm5' }));
			const third = await mailbox().poll(second.state);
			const fourth = await mailbox().poll(third.state);
			expect([first, second, third, fourth].map(({ messages }) => subjects(messages))).toEqual([
				names(3),
				['m4'],
				['m5'],
				[],
			]);
		});

		it('UIDVALIDITY that is new at each connect (thunderbird-android#1074): each message comes once, told twice at most', async () => {
			await start({ messages: messagesOf(names(5)), uids: 'each open' });
			const { got, warned } = await polls(6, { cap: 2 });
			expect(got.sort()).toEqual(names(5));
			expect(warned.filter((code) => code === 'uidvalidity-reset').length).toBeLessThanOrEqual(2);
			expect(warned.filter((code) => code === 'uids-do-not-stick')).toHaveLength(1);
		});

		it('what is alike and came twice is handed over twice, also across a change of UIDs', async () => {
			const date = new Date('2026-11-20T10:00:00Z');
			const twin = { raw: mail({ subject: 'twin' }), date };
			await start({ messages: [twin] });
			const first = await mailbox().poll(undefined, { firstRunLookBack: 'all' });
			server.append(twin);
			server.setUidValidity(99);
			const second = await mailbox().poll(first.state, { firstRunLookBack: 'all' });
			expect([subjects(first.messages), subjects(second.messages)]).toEqual([['twin'], ['twin']]);
		});

		it('whoever wants SELECT from the first poll on has it, and nothing is marked as read', async () => {
			await start({ messages: messagesOf(names(2)) });
			const { got, warned, state } = await polls(2, {}, { openForWriting: true });
			await mailbox({ openForWriting: true }).search({});
			expect([got, warned, state.select]).toEqual([names(2), [], undefined]);
			expect(new Set(opened())).toEqual(new Set(['SELECT']));
			expect(seen()).toEqual([]);
		});

		it('servers whose UIDs stick are opened with EXAMINE, and an idle poll opens the folder once', async () => {
			await start({ messages: messagesOf(names(2)) });
			const { state } = await polls(1);
			server.commands.length = 0;
			expect((await mailbox().poll(state)).messages).toEqual([]);
			expect(opened()).toEqual(['EXAMINE']);
			expect(server.commands.filter((line) => line.startsWith('UID '))).toHaveLength(1);
		});

		it('what a position remembers stays within its bounds', async () => {
			const count = IMAP_LIMITS.maxKnown + 50;
			await start({ messages: messagesOf(names(count)) });
			const { got, state } = await polls(2, { cap: count });
			expect(got).toHaveLength(count);
			expect(Buffer.from(state.known!, 'base64')).toHaveLength(5 * IMAP_LIMITS.maxKnown);
			expect(JSON.stringify(state).length).toBeLessThan(IMAP_LIMITS.maxStateCharacters);
		});
	});

	it('a folder re-created within a second has the same UIDVALIDITY (imap4d 3.15): what is in it comes, all of it', async () => {
		await start({ folders: ['Reports'] });
		const fill = (prefix: string, count: number) => {
			for (let index = 0; index < count; index++)
				server.append({ raw: mail({ subject: `${prefix}${index}` }), folder: 'Reports' });
		};
		fill('my', 4);
		const first = await mailbox().poll(undefined, { folder: 'Reports' });
		server.deleteFolder('Reports');
		server.createFolder('Reports');
		server.setUidValidity(Number(first.state.uidValidity), 'Reports');
		fill('mz', 5);
		const second = await mailbox().poll(first.state, { folder: 'Reports' });
		expect(subjects(second.messages)).toEqual(['mz0', 'mz1', 'mz2', 'mz3', 'mz4']);
		expect(second.warnings.map(({ code }) => code)).toEqual(['uidvalidity-reset']);
		expect((await mailbox().poll(second.state, { folder: 'Reports' })).messages).toEqual([]);
	});

	it('a search that takes UIDs for message numbers (imap4d 3.15) loses nothing: they are listed by FETCH, which is said once', async () => {
		await start({ messages: messagesOf(names(4)) });
		server.remove(2);
		server.fault({
			command: 'UID SEARCH',
			when: 'UID SEARCH UID ',
			how: {
				rewrite: (answer, line) => {
					const ranges = line
						.split(' ')[3]!
						.split(',')
						.map((range) => range.split(':').map(Number));
					const found = server
						.list()
						.filter((_, at) => ranges.some(([from, to = from]) => at + 1 >= from! && at + 1 <= to!))
						.map(({ uid }) => ` ${uid}`);
					return answer.replace(/^\* SEARCH.*\r\n/m, `* SEARCH${found.join('')}\r\n`);
				},
			},
		});
		const first = await mailbox().poll(undefined);
		expect(subjects(first.messages)).toEqual(['m1', 'm3', 'm4']);
		server.append(mail({ subject: 'm5' }));
		const second = await mailbox().poll(first.state);
		expect(subjects(second.messages)).toEqual(['m5']);
		expect([...first.warnings, ...second.warnings].map(({ code }) => code)).toEqual(['search-incomplete']);
	});

	it('mail that arrives while a search is checked, the newest message being gone, is not a fault of the search', async () => {
		await start({ messages: messagesOf(names(3)) });
		const first = await mailbox().poll(undefined);
		server.remove(3);
		let arrived = false;
		server.fault({
			command: 'UID FETCH',
			when: (line) => {
				if (line.includes(':*') && !arrived) {
					arrived = true;
					server.append(mail({ subject: 'm4' }));
				}
				return false;
			},
			how: 'drop',
		});
		const second = await mailbox().poll(first.state);
		expect([arrived, subjects(second.messages), second.warnings, second.state.byFetch]).toEqual([
			true,
			['m4'],
			[],
			undefined,
		]);
		// The next polls know the highest message that is there: they ask once.
		server.remove(4);
		const third = await mailbox().poll(second.state);
		server.commands.length = 0;
		expect((await mailbox().poll(third.state)).messages).toEqual([]);
		expect(server.commands.filter((line) => line.startsWith('UID '))).toEqual(['UID SEARCH UID 2,5:4294967295']);
	});

	describe('names of folders', () => {
		/** Cyrus by default, Courier, Dovecot with `prefix = INBOX.`: the user's own folders begin with the inbox's name. */
		const namespaces = async (folders: string[]) => {
			await start({ folders });
			server.fault({
				command: 'NAMESPACE',
				how: {
					rewrite: (answer) =>
						answer.replace(/^\* NAMESPACE.*/m, '* NAMESPACE (("INBOX/" "/")) (("user/" "/")) (("" "/"))'),
				},
			});
			for (const folder of folders) server.append({ raw: mail({ subject: folder.replaceAll('/', ' ') }), folder });
		};

		it('shared folders and those of other users are listed and opened where the own ones have a prefix', async () => {
			const folders = ['INBOX/Work', 'abuse', 'user/other'];
			await namespaces(folders);
			const listed = (await mailbox().listFolders()).map(({ path }) => path);
			expect(listed).toEqual(expect.arrayContaining(['INBOX', ...folders]));
			for (const folder of folders) {
				const { messages, state } = await mailbox().poll(undefined, { folder });
				expect([subjects(messages), state.path]).toEqual([[folder.replaceAll('/', ' ')], folder]);
			}
		});

		it('an own folder opens without its prefix as it did, under the name that was written', async () => {
			await namespaces(['INBOX/Work']);
			const { messages, state } = await mailbox().poll(undefined, { folder: 'Work' });
			expect([subjects(messages), state.path, messages[0]!.source.folder]).toEqual([['INBOX Work'], 'Work', 'Work']);
			expect((await mailbox().poll(state, { folder: 'Work' })).messages).toEqual([]);
		});

		it("a path is written with `/`, whatever the server's separator", async () => {
			await start({ folders: ['INBOX.Phishing'] });
			server.fault({
				command: 'NAMESPACE',
				how: { rewrite: (answer) => answer.replace(/^\* NAMESPACE.*/m, '* NAMESPACE (("INBOX." ".")) NIL NIL') },
			});
			for (const folder of ['INBOX/Phishing', 'INBOX.Phishing', 'Phishing'])
				expect((await mailbox().poll(undefined, { folder })).state.path).toBe(folder);
		});

		it('a folder that has spaces around its name is opened, and a typed space does no harm', async () => {
			await start({ folders: ['EOM Reports ', 'Work'] });
			expect((await mailbox().poll(undefined, { folder: 'EOM Reports ' })).state.path).toBe('EOM Reports ');
			expect((await mailbox().poll(undefined, { folder: ' Work' })).state.path).toBe('Work');
		});

		it('names that only have folders below them are not offered, however the server spells that (imap4d: \\NoSelect)', async () => {
			await start({ folders: ['Par'] });
			server.fault({
				command: 'LIST',
				how: { rewrite: (answer) => answer.replace(/^\* LIST \([^)]*\)( \S+ "?Par"?)/gm, '* LIST (\\NoSelect)$1') },
			});
			expect((await mailbox().listFolders()).map(({ path }) => path)).not.toContain('Par');
		});

		it('a folder that is not subscribed is offered: LSUB says \\Noselect of it (Courier)', async () => {
			await start({ folders: ['Par', 'Par/Child'] });
			server.fault({
				command: 'LSUB',
				how: { rewrite: (answer) => (answer.startsWith('*') ? '' : `* LSUB (\\Noselect) "/" "Par"\r\n${answer}`) },
			});
			expect((await mailbox().listFolders()).map(({ path }) => path)).toContain('Par');
		});
	});

	describe('a folder that is there and is refused', () => {
		it.each([
			['NO Permission denied', { no: 'Permission denied' }, 'MAILBOX_NOT_ALLOWED'],
			[
				'Courier without the right to read',
				{ no: 'Access denied for SELECT/EXAMINE on INBOX.Acl (ACL "r" required)' },
				'MAILBOX_NOT_ALLOWED',
			],
			['a lock', { no: 'Unable to lock the mailbox' }, 'MAILBOX_PROTOCOL'],
			['Exchange, for some minutes', { bad: 'User is authenticated but not connected.' }, 'MAILBOX_UNAVAILABLE'],
		] as const)("is told in the server's words, and may pass (%s)", async (_what, how, code) => {
			await start({ folders: ['Acl'] });
			server.fault({ command: 'EXAMINE', when: 'Acl', how });
			const error = await failure(mailbox().poll(undefined, { folder: 'Acl' }));
			expect(error).toMatchObject({ code, transient: true });
			expect(error.message).toContain('no' in how ? how.no : how.bad);
			expect(String(error.hint)).not.toContain('Did you mean');
		});

		it.each(['LIST', 'LSUB'])('a server that refuses %s as well does not make a folder missing', async (list) => {
			await start({ folders: ['Work'] });
			const trouble = { bad: 'User is authenticated but not connected.' };
			for (const command of ['EXAMINE', list]) server.fault({ command, how: trouble });
			const error = await failure(mailbox().poll(undefined, { folder: 'Work' }));
			expect([error.code, error.transient]).toEqual(['MAILBOX_UNAVAILABLE', true]);
			expect(error.message).toContain('authenticated but not connected');
		});

		it('a folder that the list lacks, and that is found by its name, is not missing', async () => {
			await start({ folders: ['Work'] });
			server.fault({ command: 'EXAMINE', when: 'Work', how: { bad: 'Out of cheese' } });
			server.fault({ command: 'LIST', how: { rewrite: (answer) => answer.replace(/^\* LIST .*Work.*\r\n/gm, '') } });
			const error = await failure(mailbox().poll(undefined, { folder: 'Work' }));
			expect([error.code, error.transient]).toEqual(['MAILBOX_PROTOCOL', true]);
			expect(error.message).toContain('Out of cheese');
		});

		it('a folder that the list lacks, and that is asked for by its name in vain, is missing', async () => {
			await start({ folders: ['Work'] });
			expect(await failure(mailbox().poll(undefined, { folder: 'Wrok' }))).toMatchObject({
				code: 'MAILBOX_FOLDER_MISSING',
				transient: false,
				hint: expect.stringContaining("'Work'"),
			});
		});
	});

	it.each([
		'Too many open connections (4 of 4 for analyst)',
		'[ALERT] Too many simultaneous connections. (Failure)',
		'Maximum number of concurrent connections exceeded',
		'Too many logins for user',
	])('a limit of connections is not a wrong password: %s', async (words) => {
		await start();
		for (const command of ['LOGIN', 'AUTHENTICATE PLAIN']) server.fault({ command, how: { no: words } });
		expect(await failure(mailbox().test())).toMatchObject({ code: 'MAILBOX_LIMIT', transient: true });
	});

	it('a server that closes without a greeting may have too many connections (Courier, MAXPERIP): the hint says so', async () => {
		await start();
		const full = await ScriptedServer.start((socket) => socket.end());
		open.push(full);
		const error = await failure(mailbox({ port: full.port }).test());
		expect(error).toMatchObject({ code: 'MAILBOX_CONNECTION_LOST', transient: true });
		expect(error.hint).toContain('too many connections');
	});

	it('a server that agrees to STARTTLS and then fails in clear text (Courier) is not told to use STARTTLS', async () => {
		await start();
		const broken = await ScriptedServer.start((socket) => {
			socket.write('* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n');
			socket.on('data', (chunk: Buffer) => {
				const [, tag, command] = /^(\S+) (\S+)/.exec(chunk.toString('latin1')) ?? [];
				if (command === 'CAPABILITY') socket.write(`* CAPABILITY IMAP4rev1 STARTTLS\r\n${tag} OK\r\n`);
				else if (command === 'STARTTLS')
					socket.write(`${tag} OK Begin SSL/TLS negotiation now.\r\n`, () =>
						setImmediate(() => socket.write(`${tag} NO STARTTLS failed: 500\r\n`)),
					);
			});
		});
		open.push(broken);
		const error = await failure(mailbox({ port: broken.port, security: 'starttls' }).test());
		expect(error.code).toBe('MAILBOX_TLS');
		expect(error.hint).toContain("The server's own TLS is broken");
		expect(error.hint).not.toContain('set the security to STARTTLS');
	});

	it('bytes are not deflated, which takes longer than it saves, although the server offers it (Cyrus)', async () => {
		await start({ capabilities: ['COMPRESS=DEFLATE'], messages: messagesOf(names(1)) });
		await polls(1);
		expect(server.commands.filter((line) => line.startsWith('COMPRESS'))).toEqual([]);
	});

	describe('an empty answer for a message that has a size', () => {
		it('is asked for once more, by itself and whole: hoodiecrow-imap empties all but the first of a partial FETCH', async () => {
			await start({ messages: messagesOf(names(3)), emptyPartials: true });
			const { got, warned } = await polls(1);
			expect([got, warned]).toEqual([names(3), []]);
		});

		it('is set aside and told when it stays empty, and holds up no other', async () => {
			await start({ messages: messagesOf(names(3)), emptyBodies: [2] });
			const { messages, state } = await mailbox().poll(undefined);
			expect(subjects(messages)).toEqual(['m1', 'm3']);
			expect(messages.find(({ failure: told }) => told !== undefined)).toMatchObject({
				source: { uid: 2 },
				failure: { code: 'MAILBOX_PROTOCOL', message: expect.stringContaining('asked in two ways') },
			});
			expect(Object.keys(state.retry)).toEqual(['2']);
			expect((await failure(mailbox().get({ uid: 2 }))).code).toBe('MAILBOX_PROTOCOL');
		});

		it('for all of them is the trouble of the server: a few are asked for again, and all wait', async () => {
			await start({ messages: messagesOf(names(40)), emptyBodies: names(40).map((_, index) => index + 1) });
			const error = await failure(mailbox().poll(undefined));
			expect(error).toMatchObject({ code: 'MAILBOX_PROTOCOL', transient: true });
			expect(server.commands.filter((line) => line.startsWith('UID FETCH')).length).toBeLessThan(20);
		});

		it('for all of them, while what came before is there, is theirs: a few are set aside in each poll', async () => {
			await start({
				messages: messagesOf(names(1)),
				emptyBodies: Array.from({ length: 40 }, (_, index) => index + 2),
			});
			const first = await mailbox().poll(undefined);
			for (const message of messagesOf(names(40))) server.append(message);
			const { messages, state } = await mailbox().poll(first.state);
			expect(messages.map(({ failure: told }) => told?.code)).toEqual(
				Array.from({ length: IMAP_LIMITS.askedAgain }, () => 'MAILBOX_PROTOCOL'),
			);
			expect(state.todo).toEqual([[IMAP_LIMITS.askedAgain + 2, 41]]);
		});

		it('is a message where its size is 0 as well', async () => {
			await start({ messages: messagesOf(names(2)), emptyBodies: [1] });
			server.lieAboutSize(1, 0);
			const { messages } = await mailbox().poll(undefined);
			expect(messages.map(({ failure: told, raw }) => [told, raw.length > 0])).toEqual([
				[undefined, false],
				[undefined, true],
			]);
		});
	});

	describe("Courier's placeholder for a message whose file is gone", () => {
		const placeholder =
			'From: System Administrator <root@localhost>\r\nSubject: message unavailable\r\n\r\nThis message is no longer available on the server.\r\n';
		const startWith = async () => await start({ messages: [{ raw: placeholder }, ...messagesOf(['m2'])] });
		/** The session is told of it at NOOP. */
		const goesAtNoop = () => server.fault({ command: 'NOOP', when: () => (server.remove(1), false), how: 'drop' });

		it('is not mail', async () => {
			await startWith();
			goesAtNoop();
			const { messages, state } = await mailbox().poll(undefined);
			expect([subjects(messages), state.retry]).toEqual([['m2'], {}]);
		});

		it('is not what Get gives', async () => {
			await startWith();
			goesAtNoop();
			expect((await failure(mailbox().get({ uid: 1 }))).code).toBe('MAILBOX_MESSAGE_MISSING');
		});

		it('written by somebody as a mail, it is one', async () => {
			await startWith();
			expect(subjects((await mailbox().poll(undefined)).messages)).toEqual(['message unavailable', 'm2']);
		});
	});

	it.each(['markAsRead', 'flag', 'move'] as const)(
		'a folder that SELECT opens read-only is not changed, and %s says so (Courier says OK and stores nothing)',
		async (action) => {
			await start({ messages: messagesOf(['m1']), folders: ['Done'] });
			server.fault({ command: 'SELECT', how: { rewrite: (answer) => answer.replace('READ-WRITE', 'READ-ONLY') } });
			const { changes } = mailbox();
			const done = {
				markAsRead: () => changes.markAsRead({ uid: 1 }),
				flag: () => changes.flag({ uid: 1 }, ['\\Flagged']),
				move: () => changes.move({ uid: 1 }, 'Done'),
			};
			expect(await failure(done[action]())).toMatchObject({ code: 'MAILBOX_NOT_ALLOWED', transient: false });
			expect(server.commands.filter((line) => /STORE|MOVE|COPY/.test(line))).toEqual([]);
		},
	);
});

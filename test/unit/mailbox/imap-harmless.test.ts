import { connect, type AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { ImapMailbox, type ImapFolderState, type ImapOptions, type PollOptions } from '../../../lib/mailbox';
import { describeIf } from '../../lab/describeIf';
import {
	createCertificate,
	Dovecot,
	dovecotBinary,
	EmbeddedImap,
	mail,
	rules,
	ScriptedServer,
	type EmbeddedImapOptions,
} from '../../lab/imap';

const names = (count: number) => Array.from({ length: count }, (_, index) => `m${index + 1}`);
const messagesOf = (subjects: readonly string[]) => subjects.map((subject) => ({ raw: mail({ subject }) }));
const subjectsOf = (messages: ReadonlyArray<{ raw: Buffer; failure?: unknown }>) =>
	messages
		.filter(({ failure }) => failure === undefined)
		.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw.toString('latin1'))?.[1]);

/** What users of mail programs have reported of servers, and what has never done harm here: it must not begin to. */
describe('what servers in the field do, without harm', () => {
	const open: Array<{ close(): Promise<void> }> = [];
	let server: EmbeddedImap;
	const start = async (options: EmbeddedImapOptions = {}) => {
		server = await EmbeddedImap.start(options);
		open.push(server);
	};
	const mailbox = (options: Partial<ImapOptions> = {}) => {
		const { host, port, user, password } = server;
		const created = new ImapMailbox({ host, port, security: 'none', user, password, ...options });
		open.unshift(created);
		return created;
	};
	const poll = async (state?: ImapFolderState, options: PollOptions = {}) => {
		const result = await mailbox().poll(state && (JSON.parse(JSON.stringify(state)) as ImapFolderState), options);
		return { got: subjectsOf(result.messages), state: result.state, result };
	};
	afterEach(async () => {
		for (const part of open.splice(0)) await part.close();
	});

	describe('rows', () => {
		it.each([
			['in reverse order', rules.rowsReversed()],
			['in two pieces, the flags and the date first', rules.rowsInPieces()],
			['with a size of 0', rules.sizeZero()],
			['with the bytes as literal8', rules.literal8()],
		])('%s: each message comes once, whole', async (_what, rule) => {
			const raws = messagesOf(names(12));
			await start({ messages: raws });
			server.follow(rule);
			const first = await poll(undefined, { firstRunLookBack: 'all' });
			expect(first.result.messages.map(({ raw }) => raw.toString()).sort()).toEqual(raws.map(({ raw }) => raw).sort());
			expect((await poll(first.state)).got).toEqual([]);
		});

		it('a search without a line says that there is nothing', async () => {
			await start({ messages: messagesOf(names(2)) });
			server.fault({ command: 'UID SEARCH', how: { rewrite: (answer) => answer.replace(/^\* SEARCH *\r\n/m, '') } });
			const first = await poll();
			server.append({ raw: mail({ subject: 'm3' }) });
			const second = await poll(first.state);
			expect([first.got, second.got, (await poll(second.state)).got]).toEqual([names(2), ['m3'], []]);
		});

		it('a search that is answered with ESEARCH only (Stalwart)', async () => {
			await start({ messages: messagesOf(names(3)), capabilities: ['ESEARCH'] });
			server.follow(rules.searchExtended());
			const first = await poll();
			expect([first.got, (await poll(first.state)).got]).toEqual([names(3), []]);
		});

		it('a server that refuses sets of UIDs is told in its words at each poll, and nothing is given up', async () => {
			await start({ messages: messagesOf(names(2)) });
			const first = await poll();
			const repair = server.fault({ command: 'UID SEARCH', when: '4294967295', how: { bad: 'Invalid UID set' } });
			for (const state of [undefined, first.state])
				await expect(poll(state)).rejects.toMatchObject({ message: expect.stringContaining('Invalid UID set') });
			repair();
			server.append({ raw: mail({ subject: 'm3' }) });
			expect((await poll(first.state)).got).toEqual(['m3']);
		});

		it('mail without Date, and mail of one second in a burst above the cap, newest first: all of it, once', async () => {
			const date = new Date();
			const raws = messagesOf(names(60)).map(({ raw }) => ({ raw: raw.replace(/^Date: .*\r\n/m, ''), date }));
			await start({ messages: raws });
			const got: unknown[] = [];
			let state: ImapFolderState | undefined;
			for (let more = true; more;) {
				const next = await poll(state, { cap: 7, order: 'newest' });
				got.push(...next.got);
				({ state } = next);
				({ more } = next.result);
			}
			expect(got.sort()).toEqual(names(60).sort());
		});
	});

	describe('answers to other commands', () => {
		it.each([
			['a code that no one knows', ' OK [Error="x y" Proxy=BN9PR] done'],
			['no text', ' OK'],
		])('a tagged OK with %s (Office 365)', async (_what, text) => {
			await start({ messages: messagesOf(names(2)) });
			for (const command of ['LOGIN', 'AUTHENTICATE PLAIN', 'EXAMINE', 'UID SEARCH'])
				server.fault({ command, how: { rewrite: (answer) => answer.replace(/^([A-Z0-9]+) OK.*/m, `$1${text}`) } });
			expect((await poll()).got).toEqual(names(2));
		});

		it('UIDNEXT NIL when a folder is opened', async () => {
			await start({ messages: messagesOf(names(2)) });
			for (const command of ['EXAMINE', 'SELECT'])
				server.fault({ command, how: { rewrite: (answer) => answer.replace(/\[UIDNEXT \d+\]/, '[UIDNEXT NIL]') } });
			const first = await poll();
			server.append({ raw: mail({ subject: 'm3' }) });
			expect([first.got, (await poll(first.state)).got]).toEqual([names(2), ['m3']]);
		});

		it.each(['LSUB', 'ID', 'ENABLE', 'NAMESPACE'])('a server that refuses %s', async (command) => {
			await start({ messages: messagesOf(names(2)), folders: ['Reports'] });
			for (const how of [{ bad: 'Unknown command' }, { no: 'Not now' }]) {
				const repair = server.fault({ command, how });
				expect((await poll()).got).toEqual(names(2));
				expect((await mailbox().listFolders()).map(({ path }) => path)).toEqual(
					expect.arrayContaining(['INBOX', 'Reports']),
				);
				repair();
			}
		});

		it('names of folders without a separator, with odd attributes, and one that cannot be selected', async () => {
			await start({ folders: ['[Gmail]', '[Gmail]/Spam'] });
			server.fault({
				command: 'LIST',
				how: {
					rewrite: (answer) =>
						answer
							.replace(/^\* LIST \([^)]*\) "\/" "?INBOX"?/m, '* LIST (\\X-Odd \\HASNOCHILDREN) NIL INBOX')
							.replace(/^\* LIST \([^)]*\) "\/" "?\[Gmail\]"?\r/m, '* LIST (\\noselect) "/" "[Gmail]"\r'),
				},
			});
			const paths = (await mailbox().listFolders()).map(({ path }) => path);
			expect(paths).toEqual(expect.arrayContaining(['INBOX', '[Gmail]/Spam']));
			expect(paths).not.toContain('[Gmail]');
		});

		it('names of folders as literals', async () => {
			await start({ folders: ['Reports'] });
			server.fault({
				command: 'LIST',
				how: { rewrite: (answer) => answer.replace(/"\/" "?Reports"?\r\n/, '"/" {7}\r\nReports\r\n') },
			});
			expect((await mailbox().listFolders()).map(({ path }) => path)).toContain('Reports');
		});

		it('LOGOUT that is never answered', async () => {
			await start({ messages: messagesOf(names(2)) });
			server.fault({ command: 'LOGOUT', how: 'hang' });
			expect((await poll()).got).toEqual(names(2));
		});

		it.each(['LOGIN', 'AUTHENTICATE PLAIN', 'EXAMINE', 'UID SEARCH', 'UID FETCH', 'LOGOUT'])(
			'a connection that is closed in %s: the poll ends, and all of it comes, a minute later at the latest',
			async (command) => {
				await start({ messages: messagesOf(names(3)) });
				const repair = server.fault({ command, how: 'drop' });
				const first = await poll().catch((error: unknown) => error);
				repair();
				// It passes: n8n's start survives it.
				if (first instanceof Error) expect(first).toMatchObject({ code: 'MAILBOX_CONNECTION_LOST', transient: true });
				const before = first instanceof Error ? undefined : (first as Awaited<ReturnType<typeof poll>>);
				const clock = { now: () => Date.now() + 61_000, sleep: async () => undefined, random: () => 0 };
				const { messages } = await mailbox({ clock }).poll(before?.state);
				expect([...(before?.got ?? []), ...subjectsOf(messages)].sort()).toEqual(names(3));
			},
		);

		it('a server that only speaks TLS 1.1 is told as too old, and not as one with a strange certificate', async () => {
			const { key, cert } = await createCertificate();
			const old = createServer({
				...{ key, cert, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
			});
			old.on('tlsClientError', () => undefined);
			await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
			try {
				await start();
				const { port } = old.address() as AddressInfo;
				await expect(mailbox({ port, security: 'tls' }).test()).rejects.toMatchObject({
					code: 'MAILBOX_TLS',
					hint: expect.stringContaining('no longer secure'),
				});
			} finally {
				old.close();
			}
		});

		it('a clock that is a year ahead, and back: nothing is lost, nothing comes twice', async () => {
			await start({ messages: messagesOf(names(3)) });
			const year = 365 * 86_400_000;
			const got: unknown[] = [];
			let state: ImapFolderState | undefined;
			for (const [at, ahead] of [0, year, -year, 0].entries()) {
				if (at > 0) server.append({ raw: mail({ subject: `m${at + 3}` }) });
				const clock = { now: () => Date.now() + ahead, sleep: async () => undefined, random: () => 0 };
				const result = await mailbox({ clock }).poll(state);
				got.push(...subjectsOf(result.messages));
				({ state } = result);
			}
			expect(got).toEqual(names(6));
		});

		it('users of a shared mailbox are written with a backslash', async () => {
			await start({ user: 'DOMAIN\\user\\shared', messages: messagesOf(names(1)) });
			expect((await poll()).got).toEqual(names(1));
		});

		it('PREAUTH: who is logged in already does not log in', async () => {
			await start({ messages: messagesOf(names(2)) });
			const front = await ScriptedServer.start((socket) => {
				const behind = connect(server.port, server.host);
				let said = '';
				const logIn = (chunk: Buffer) => {
					said += chunk.toString('latin1');
					if (/^\* OK.*\r\n$/.test(said)) behind.write(`x LOGIN ${server.user} ${server.password}\r\n`);
					if (!/^x OK.*\r\n$/m.test(said)) return;
					behind.off('data', logIn);
					socket.write('* PREAUTH [CAPABILITY IMAP4rev1] ready\r\n');
					behind.pipe(socket);
					socket.pipe(behind);
				};
				behind.on('data', logIn);
				behind.on('error', () => undefined);
				socket.on('close', () => behind.destroy());
			});
			open.unshift(front);
			const { messages } = await mailbox({ port: front.port }).poll(undefined);
			expect(subjectsOf(messages)).toEqual(names(2));
			expect(front.received).not.toMatch(/LOGIN|AUTHENTICATE/);
		});
	});
});

const NO_DOVECOT = dovecotBinary() === undefined ? { reason: 'Dovecot 2.3 is not installed' } : undefined;

describeIf(NO_DOVECOT, 'odd names and passwords on Dovecot', () => {
	let server: Dovecot;
	afterEach(async () => await server.stop());
	const open = (options: Partial<ImapOptions> = {}) => {
		const { host, port, user, password } = server;
		return new ImapMailbox({ host, port, security: 'none', user, password, ...options });
	};

	it('folders with odd names are listed, opened and polled by the names that were listed', async () => {
		server = await Dovecot.start({});
		const folders = [
			...[
				'AT&T',
				'R&D',
				'Über',
				'quo"te',
				"apo'strophe",
				'back\\slash',
				'{5}',
				'a*b',
				'a%b',
				'😀 phish',
				'&Jjo-',
				'(paren)',
			],
			...['two  spaces', 'cafe\u0301', 'café', '[Gmail]', 'x'.repeat(180)],
		];
		const { ImapFlow } = require('imapflow') as typeof import('imapflow');
		const client = new ImapFlow({
			...{ host: server.host, port: server.port, secure: false, doSTARTTLS: false, logger: false },
			auth: { user: server.user, pass: server.password },
		});
		await client.connect();
		for (const folder of folders) {
			await client.mailboxCreate(folder);
			await client.append(folder, Buffer.from(mail({ subject: 'm1' })));
		}
		await client.logout();
		const mailbox = open();
		const paths = (await mailbox.listFolders())
			.map(({ path }) => path)
			.filter((path) => !['INBOX', 'Junk'].includes(path));
		expect(paths).toHaveLength(folders.length);
		for (const folder of paths) {
			const { messages } = await mailbox.poll(undefined, { folder });
			expect([folder, subjectsOf(messages)]).toEqual([folder, ['m1']]);
		}
		await mailbox.close();
	}, 60_000);

	it.each(['pässwörd', '100%', 'quo"te', 'back\\slash', ' two  spaces ', "apo'strophe", '{5}', '日本'])(
		'the password %j logs in',
		async (password) => {
			server = await Dovecot.start({ users: { 'analyst@example.com': password } });
			const mailbox = open({ password });
			expect((await mailbox.test()).inboxMessages).toBe(0);
			await mailbox.close();
		},
	);
});

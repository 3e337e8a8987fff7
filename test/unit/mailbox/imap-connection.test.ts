import { text } from 'node:stream/consumers';
import { ImapMailbox, MailboxError, type ImapOptions } from '../../../lib/mailbox';
import { nearest } from '../../../lib/mailbox/imap/folders';
import { isGmail } from '../../../lib/mailbox/imap/options';
import { responseCodeOf, toMailboxError } from '../../../lib/mailbox/imap/explain';
import {
	createCertificate,
	EmbeddedImap,
	mail,
	ScriptedServer,
	startHttpProxy,
	startSocksProxy,
	type EmbeddedImapOptions,
} from '../../lab/imap';

describe('connecting to an IMAP server', () => {
	const open: Array<{ close(): Promise<void> }> = [];
	let server: EmbeddedImap;
	const start = async (options: EmbeddedImapOptions = {}) => {
		server = await EmbeddedImap.start({ messages: [{ raw: mail({ subject: 'one' }) }], ...options });
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
			connectTimeoutMs: 2000,
			greetingTimeoutMs: 500,
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
		expect(String((error as MailboxError).message) + String((error as MailboxError).hint)).not.toMatch(
			/secret|pw-of-proxy/,
		);
		return error as MailboxError;
	};
	afterEach(async () => {
		for (const part of open.splice(0)) await part.close();
	});

	it('the test says what it found', async () => {
		await start();
		expect(await mailbox().test()).toMatchObject({
			account: 'analyst@example.com@127.0.0.1',
			port: server.port,
			encrypted: false,
			folders: [{ path: 'INBOX' }, { path: 'Junk' }],
			inboxMessages: 1,
		});
	});

	it('TLS and STARTTLS with the own CA', async () => {
		const certificate = await createCertificate();
		await start({ tls: certificate });
		expect((await mailbox({ security: 'tls', ca: certificate.ca }).test()).encrypted).toBe(true);
		expect((await failure(mailbox({ security: 'tls' }).test())).code).toBe('MAILBOX_TLS');
		await start({ starttls: certificate, loginDisabled: true });
		expect((await mailbox({ security: 'starttls', ca: certificate.ca }).test()).encrypted).toBe(true);
		expect(await failure(mailbox({ security: 'none' }).test())).toMatchObject({
			code: 'MAILBOX_TLS',
			message: expect.stringContaining('without encryption'),
		});
	});

	it('STARTTLS is never downgraded: without the offer no password is sent', async () => {
		await start();
		const error = await failure(mailbox({ security: 'starttls' }).test());
		expect(error).toMatchObject({
			code: 'MAILBOX_TLS',
			transient: false,
			message: expect.stringContaining('does not offer STARTTLS'),
		});
		expect(server.commands.filter((line) => /LOGIN|AUTHENTICATE/i.test(line))).toEqual([]);
	});

	it('a certificate for another name and an expired idea of one are told apart', async () => {
		const certificate = await createCertificate(['mail.example.com'], ['192.0.2.1']);
		await start({ tls: certificate });
		expect((await failure(mailbox({ security: 'tls', ca: certificate.ca }).test())).hint).toContain(
			'for another host name',
		);
		expect(
			(await mailbox({ security: 'tls', ca: certificate.ca, servername: 'mail.example.com' }).test()).encrypted,
		).toBe(true);
		expect((await mailbox({ security: 'tls', verifyTls: false }).test()).encrypted).toBe(true);
	});

	it('XOAUTH2: a refused token is renewed once; one that cannot be had is not asked for twice', async () => {
		await start({ accessToken: 'fresh-secret' });
		const calls: Array<boolean | undefined> = [];
		const accessToken = async (force?: boolean) => {
			calls.push(force);
			return force ? 'fresh-secret' : 'stale-secret';
		};
		expect((await mailbox({ password: undefined, accessToken }).test()).inboxMessages).toBe(1);
		expect(calls).toEqual([false, true]);
		let asked = 0;
		const broken = async () => {
			asked++;
			throw new Error('invalid_grant');
		};
		expect(await failure(mailbox({ password: undefined, accessToken: broken }).test())).toMatchObject({
			code: 'MAILBOX_LOGIN_REFUSED',
			message: expect.stringContaining('invalid_grant'),
		});
		expect(asked).toBe(1);
	});

	it('a wrong password is one, and is said without the password', async () => {
		await start();
		expect(await failure(mailbox({ password: 'not-the-secret' }).test())).toMatchObject({
			code: 'MAILBOX_LOGIN_REFUSED',
			transient: false,
			message: expect.stringContaining('analyst@example.com on 127.0.0.1'),
		});
	});

	it('through an HTTP proxy, with its password, the name unresolved', async () => {
		await start();
		const proxy = await startHttpProxy('user:pw-of-proxy');
		open.push(proxy);
		const url = (credentials: string) => `http://${credentials}127.0.0.1:${proxy.port}`;
		expect(
			(await mailbox({ host: 'imap.lab.example.com', proxy: url('user:pw-of-proxy@') }).test()).inboxMessages,
		).toBe(1);
		expect(proxy.targets).toEqual([`imap.lab.example.com:${server.port}`]);
		expect(await failure(mailbox({ proxy: url('user:wrong@') }).test())).toMatchObject({
			code: 'MAILBOX_PROXY',
			transient: true,
			message: expect.stringContaining('407'),
		});
	});

	it('through a SOCKS5 proxy, the name unresolved; a dead proxy is told as one', async () => {
		await start();
		const proxy = await startSocksProxy();
		open.push(proxy);
		expect(
			(await mailbox({ host: 'imap.lab.example.com', proxy: `socks5://127.0.0.1:${proxy.port}` }).test()).inboxMessages,
		).toBe(1);
		expect(proxy.targets).toEqual([`imap.lab.example.com:${server.port}`]);
		const dead = await ScriptedServer.start(() => undefined);
		await dead.close();
		expect((await failure(mailbox({ proxy: `socks5://127.0.0.1:${dead.port}` }).test())).code).toBe('MAILBOX_PROXY');
	});

	it("the host's own resolver is used, so that its egress rules hold", async () => {
		await start();
		const asked: string[] = [];
		const lookup: ImapOptions['lookup'] = (name, options, callback) => {
			asked.push(name);
			if (name === 'forbidden.example.com') return callback(new Error('egress to this address is not allowed'), '', 4);
			if (options.all) return callback(null, [{ address: '127.0.0.1', family: 4 }]);
			return callback(null, '127.0.0.1', 4);
		};
		expect((await mailbox({ host: 'imap.lab.example.com', lookup }).test()).inboxMessages).toBe(1);
		expect((await failure(mailbox({ host: 'forbidden.example.com', lookup }).test())).message).toContain(
			'egress to this address is not allowed',
		);
		expect(asked).toEqual(['imap.lab.example.com', 'forbidden.example.com']);
	});

	it.each([
		[
			'a web server',
			(socket: import('node:net').Socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
			'none',
			['MAILBOX_TLS', 'MAILBOX_TIMEOUT'],
		],
		[
			'something that hangs up',
			(socket: import('node:net').Socket) => socket.end(),
			'none',
			['MAILBOX_CONNECTION_LOST'],
		],
		[
			'a server that says goodbye',
			(socket: import('node:net').Socket) => socket.end('* BYE too busy\r\n'),
			'none',
			['MAILBOX_CONNECTION_LOST'],
		],
		['silence instead of TLS', () => undefined, 'tls', ['MAILBOX_TIMEOUT']],
		[
			'an SMTP server instead of TLS',
			(socket: import('node:net').Socket) => socket.write('220 mail.example.com ESMTP\r\n'),
			'tls',
			['MAILBOX_CONFIGURATION'],
		],
	] as const)('%s is no IMAP server, and is told so in time', async (_what, talk, security, codes) => {
		await start();
		const stranger = await ScriptedServer.start(talk);
		open.push(stranger);
		const began = Date.now();
		const error = await failure(mailbox({ port: stranger.port, security }).poll(undefined, { budgetMs: 3000 }));
		expect(codes).toContain(error.code);
		expect(error.message).toContain(`127.0.0.1:${stranger.port}`);
		expect(Date.now() - began).toBeLessThan(3500);
	});

	it('nobody listens', async () => {
		await start();
		const gone = await ScriptedServer.start(() => undefined);
		await gone.close();
		expect(await failure(mailbox({ port: gone.port }).poll(undefined))).toMatchObject({
			code: 'MAILBOX_UNREACHABLE',
			transient: true,
			message: expect.stringContaining('ECONNREFUSED'),
		});
	});

	it('a folder that is missing is named together with its like', async () => {
		await start({ folders: ['Reports', 'Phishing'] });
		expect(await failure(mailbox().poll(undefined, { folder: 'reports' }))).toMatchObject({
			code: 'MAILBOX_FOLDER_MISSING',
			hint: expect.stringContaining("'Reports'"),
		});
		expect(nearest('posteingang', ['INBOX', 'Junk'])).toEqual([]);
		expect(nearest('Phising', ['Phishing', 'INBOX', 'Archive/Phising'])).toEqual(['Archive/Phising', 'Phishing']);
	});

	it.each([
		['a host with scheme', { host: 'imaps://mail.example.com' }],
		['an empty host', { host: ' ' }],
		['no user', { user: '' }],
		['no password and no token', { password: '' }],
		['a port that is none', { port: 70_000 }],
		['a proxy that is none', { proxy: 'ftp://user:pw-of-proxy@proxy.example.com' }],
		['a proxy of an unknown kind', { proxy: 'ftp://proxy.example.com:3128' }],
	])('%s is told before anything is connected', async (_what, wrong) => {
		const options = { host: 'imap.example.com', user: 'a@example.com', password: 'secret', ...wrong };
		expect(() => new ImapMailbox(options)).toThrow(
			expect.objectContaining({ code: 'MAILBOX_CONFIGURATION', transient: false, hint: expect.any(String) }),
		);
	});

	it('a CA that is no certificate is told', async () => {
		await start();
		expect((await failure(mailbox({ security: 'tls', ca: 'MIIB…' }).test())).code).toBe('MAILBOX_CONFIGURATION');
	});

	it('Gmail is told what it needs; others are not', () => {
		const refused = (host: string, token = false) =>
			toMailboxError(
				Object.assign(new Error('Command failed'), {
					authenticationFailed: true,
					serverResponseCode: 'AUTHENTICATIONFAILED',
				}),
				{
					options: { host, user: 'a@example.com', ...(token ? { accessToken: async () => '' } : { password: 'x' }) },
					doing: 'log in',
				},
			).hint;
		expect(refused('imap.gmail.com')).toContain('Gmail requires an app password');
		expect(refused('imap.gmail.com', true)).toContain('https://mail.google.com/');
		expect(refused('mail.example.com')).not.toContain('Gmail');
		expect([
			isGmail({ host: 'imap.gmail.com', user: 'a' }),
			isGmail({ host: 'imap.gmail.com.example.net', user: 'a' }),
		]).toEqual([true, false]);
	});

	it('the response code of a FETCH error is found where imapflow leaves it', () => {
		const error = Object.assign(new Error('Command failed'), {
			responseStatus: 'NO',
			response: { attributes: [{ section: [{ type: 'ATOM', value: 'overquota' }] }] },
		});
		expect(responseCodeOf(error)).toBe('OVERQUOTA');
		expect(responseCodeOf(Object.assign(new Error(''), { serverResponseCode: 'LIMIT' }))).toBe('LIMIT');
		expect(responseCodeOf(new Error('x'))).toBeUndefined();
	});

	it('nothing but the explicit actions opens a folder for writing or fetches without PEEK', async () => {
		await start({ folders: ['Reports'] });
		const reader = mailbox();
		await reader.poll(undefined);
		await reader.sample();
		await reader.search({ subject: 'one' });
		await reader.get({ uid: 1 });
		await reader.get({ uid: 1 }, { maxMessageBytes: 10 });
		await reader.listFolders({ counts: true });
		await text((await reader.download({ uid: 1 })).stream);
		const writing = () =>
			server.commands.filter((line) =>
				/^(?:SELECT|(?:UID )?STORE|(?:UID )?MOVE|(?:UID )?COPY|EXPUNGE|APPEND|CLOSE)\b|BODY\[/i.test(line),
			);
		expect(writing()).toEqual([]);
		await reader.changes.markAsRead({ uid: 1 });
		expect(writing()).not.toEqual([]);
		expect(server.list()[0]!.flags).toEqual(['\\Seen']);
		await reader.changes.move({ uid: 1 }, 'Reports');
		expect([server.list(), server.list('Reports')].map(({ length }) => length)).toEqual([0, 1]);
	});
});

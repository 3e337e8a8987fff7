import {
	ImapMailbox,
	MailboxError,
	type ImapFolderState,
	type ImapOptions,
	type PollOptions,
} from '../../../lib/mailbox';
import { EmbeddedImap, mail, type EmbeddedImapOptions } from '../../lab/imap';

const subjects = (messages: ReadonlyArray<{ raw: Buffer; failure?: unknown }>) =>
	messages
		.filter(({ failure }) => failure === undefined)
		.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw.toString('latin1'))?.[1]);

/** Servers that drop, stall, refuse and lie: the poll ends in its budget, says what it is, and nothing is lost. */
describe('an IMAP server in trouble', () => {
	let server: EmbeddedImap;
	let time = 0;
	const startWith = async (count: number, options: EmbeddedImapOptions = {}) =>
		(server = await EmbeddedImap.start({
			...options,
			messages: Array.from({ length: count }, (_, index) => ({ raw: mail({ subject: `m${index + 1}` }) })),
		}));
	const open = (options: Partial<ImapOptions> = {}) =>
		new ImapMailbox({
			host: server.host,
			port: server.port,
			security: 'none',
			user: server.user,
			password: server.password,
			clock: { now: () => Date.now() + time, sleep: async () => undefined, random: () => 0 },
			...options,
		});
	const poll = async (state?: ImapFolderState, options: PollOptions = {}, imap: Partial<ImapOptions> = {}) =>
		await open(imap).poll(state, options);
	const failure = async (promise: Promise<unknown>): Promise<MailboxError> => {
		const error = await promise.then(
			() => undefined,
			(thrown: unknown) => thrown,
		);
		expect(error).toBeInstanceOf(MailboxError);
		return error as MailboxError;
	};
	/** FETCH of bodies, not of sizes. */
	const ofBody = (uid?: number) => (line: string) =>
		/BODY\.PEEK\[\]/.test(line) && (uid === undefined || covers(line, uid));
	const covers = (line: string, uid: number) =>
		(/^UID FETCH (\S+)/.exec(line)?.[1] ?? '').split(',').some((range) => {
			const [from, to = from] = range.split(':').map(Number);
			return uid >= from! && uid <= to!;
		});
	beforeEach(() => (time = 0));
	afterEach(async () => await server.close());

	it.each([
		['LOGIN', 'drop' as const, 'MAILBOX_CONNECTION_LOST', true],
		['LOGIN', { bye: 'going down for maintenance' }, 'MAILBOX_CONNECTION_LOST', true],
		['LOGIN', { no: '[LIMIT] Maximum number of connections exceeded' }, 'MAILBOX_LIMIT', true],
		['LOGIN', { no: '[ALERT] Too many simultaneous connections' }, 'MAILBOX_LIMIT', true],
		['LOGIN', { no: '[UNAVAILABLE] Temporary authentication failure' }, 'MAILBOX_UNAVAILABLE', true],
		['LOGIN', { no: '[AUTHENTICATIONFAILED] Invalid credentials' }, 'MAILBOX_LOGIN_REFUSED', false],
		['LOGIN', { no: '[EXPIRED] Password expired' }, 'MAILBOX_LOGIN_REFUSED', false],
		['LOGIN', { no: '[PRIVACYREQUIRED] Use TLS' }, 'MAILBOX_TLS', false],
		['LOGIN', { no: '[OVERQUOTA] Account exceeded command or bandwidth limits' }, 'MAILBOX_THROTTLED', true],
		['EXAMINE', 'drop' as const, 'MAILBOX_CONNECTION_LOST', true],
		['EXAMINE', { no: '[INUSE] Mailbox in use' }, 'MAILBOX_UNAVAILABLE', true],
		['EXAMINE', { no: '[NOPERM] No permission' }, 'MAILBOX_NOT_ALLOWED', false],
		['EXAMINE', { no: '[SERVERBUG] Internal error occurred' }, 'MAILBOX_UNAVAILABLE', true],
		['UID SEARCH', 'drop' as const, 'MAILBOX_CONNECTION_LOST', true],
		['UID SEARCH', { no: 'Cannot search' }, 'MAILBOX_PROTOCOL', true],
		['UID SEARCH', { bad: 'Unknown search key' }, 'MAILBOX_PROTOCOL', true],
		['UID FETCH', { no: '[OVERQUOTA] Account exceeded command or bandwidth limits' }, 'MAILBOX_THROTTLED', true],
	])('%s answered with %j is %s, not "no mail" and not a wrong password', async (command, how, code, transient) => {
		await startWith(3);
		// AUTH=PLAIN is what the client prefers; LOGIN stands for both.
		const commands = command === 'LOGIN' ? ['LOGIN', 'AUTHENTICATE PLAIN'] : [command];
		const repaired = commands.map((name) => server.fault({ command: name, how }));
		const error = await failure(poll());
		expect([error.code, error.transient]).toEqual([code, transient]);
		expect(error.message).toContain(server.host);
		expect(error.hint).toBeTruthy();
		expect(JSON.stringify([error.message, error.hint])).not.toContain(server.password);
		for (const repair of repaired) repair();
		expect(subjects((await poll()).messages)).toEqual(['m1', 'm2', 'm3']);
	});

	it('a poll that gets no answer ends in its budget with what is complete; the message it stood at waits apart', async () => {
		await startWith(3);
		server.append(mail({ subject: 'big', bytes: 6_000_000 }));
		server.append(mail({ subject: 'after' }));
		const repair = server.fault({ command: 'UID FETCH', when: (line) => line.startsWith('UID FETCH 4 '), how: 'hang' });
		const began = Date.now();
		const first = await poll(undefined, { budgetMs: 1500 });
		expect(Date.now() - began).toBeLessThan(3000);
		expect(subjects(first.messages)).toEqual(['m1', 'm2', 'm3', 'after']);
		expect(first.warnings.map(({ code }) => code)).toEqual(['stopped-early']);
		expect(first.state.retry).toMatchObject({ 4: { n: 1, code: 'MAILBOX_TIMEOUT' } });
		// It cannot hold up the others for ever …
		server.append(mail({ subject: 'later' }));
		const second = await poll(first.state, { budgetMs: 1500 });
		expect(subjects(second.messages)).toEqual(['later']);
		// … it is told at the second try, and comes when it can.
		time = 120_000;
		const third = await poll(second.state, { budgetMs: 1500 });
		expect(third.messages).toMatchObject([{ failure: { code: 'MAILBOX_TIMEOUT', attempts: 2 }, source: { uid: 4 } }]);
		repair();
		time = 1_000_000;
		const fourth = await poll(third.state);
		expect(subjects(fourth.messages)).toEqual(['big']);
		expect(fourth.messages[0]!.id).toBe(third.messages[0]!.id);
		expect(fourth.state.retry).toEqual({});
	});

	it('a server that goes silent is noticed by itself, and the real cause is kept', async () => {
		await startWith(1);
		server.fault({ command: 'EXAMINE', how: 'hang' });
		const error = await failure(poll(undefined, {}, { socketTimeoutMs: 1500 }));
		expect(error.code).toBe('MAILBOX_TIMEOUT');
		expect(String((error.cause as Error).cause)).toContain('Socket timeout');
	});

	it('a message the server refuses costs only itself: told at once, tried again, then delivered', async () => {
		await startWith(5);
		const repair = server.fault({ command: 'UID FETCH', when: ofBody(3), how: { no: '[SERVERBUG] Internal error' } });
		const first = await poll();
		expect(subjects(first.messages)).toEqual(['m1', 'm2', 'm4', 'm5']);
		const [failed] = first.messages.filter((message) => message.failure);
		expect(failed).toMatchObject({
			source: { uid: 3 },
			truncated: true,
			failure: { code: 'MAILBOX_UNAVAILABLE', attempts: 1, retryAt: expect.any(Date) },
		});
		expect((await poll(first.state)).messages).toEqual([]);
		repair();
		time = 61_000;
		const second = await poll(first.state);
		expect(subjects(second.messages)).toEqual(['m3']);
		expect(second.messages[0]!.id).toBe(failed!.id);
	});

	it('in a large batch, refused as a whole, the poison is found in a few commands', async () => {
		await startWith(100);
		server.fault({ command: 'UID FETCH', when: ofBody(77), how: { no: 'Some messages could not be fetched' } });
		const { messages } = await poll(undefined, { cap: 100 });
		expect(subjects(messages)).toHaveLength(99);
		expect(messages.find(({ failure: told }) => told)!.source.uid).toBe(77);
		expect(server.commands.filter(ofBody()).length).toBeLessThan(20);
	});

	it('a message that is never to be had is given up in the open, after days', async () => {
		await startWith(1);
		server.fault({ command: 'UID FETCH', when: ofBody(1), how: { no: 'Corrupted' } });
		let state: ImapFolderState | undefined;
		const told: unknown[] = [];
		for (let i = 0; i < 12; i++) {
			const result = await poll(state);
			({ state } = result);
			told.push(
				...result.messages.map((message) => [message.failure!.attempts, message.failure!.retryAt instanceof Date]),
			);
			time += 86_400_000;
		}
		expect(told).toEqual([
			[1, true],
			[8, false],
		]);
		expect(state).toMatchObject({ todo: [], retry: {} });
	});

	it('a message whose sizes the server refuses costs only itself as well', async () => {
		await startWith(4);
		server.fault({
			command: 'UID FETCH',
			when: (line) => /RFC822\.SIZE/.test(line) && covers(line, 2),
			how: { no: 'Corrupted index' },
		});
		const { messages } = await poll();
		expect(subjects(messages)).toEqual(['m1', 'm3', 'm4']);
		expect(messages.find(({ failure: told }) => told)).toMatchObject({ source: { uid: 2 } });
	});

	it('a message that kills every connection does not hold up the others', async () => {
		await startWith(4);
		server.fault({ command: 'UID FETCH', when: ofBody(2), how: 'drop' });
		const first = await poll();
		expect(subjects(first.messages)).toEqual(['m1', 'm3', 'm4']);
		expect(first.state.retry).toMatchObject({ 2: { n: 1 } });
		time = 61_000;
		expect((await poll(first.state)).messages).toMatchObject([
			{ failure: { code: 'MAILBOX_CONNECTION_LOST', attempts: 2 } },
		]);
	});

	it('one lost connection is made up for in the same poll', async () => {
		await startWith(4);
		server.fault({ command: 'UID FETCH', when: ofBody(), how: { cutAfter: 900 }, times: 1 });
		const result = await poll();
		expect(subjects(result.messages)).toEqual(['m1', 'm2', 'm3', 'm4']);
		expect([result.messages.length, result.warnings, server.connections]).toEqual([4, [], 2]);
	});

	it('a large message whose stream breaks is not handed over short', async () => {
		await startWith(0);
		const raw = mail({ subject: 'big', bytes: 6_000_000 });
		server.append(raw);
		server.fault({
			command: 'UID FETCH',
			when: (line) => /<2097152\./.test(line),
			how: { cutAfter: 500_000 },
			times: 1,
		});
		const { messages } = await poll();
		expect(messages.map((message) => message.raw.toString() === raw)).toEqual([true]);
	});

	it('the server dies in the middle: what was complete is handed over, the rest comes later', async () => {
		await startWith(230);
		server.fault({ command: 'UID FETCH', when: ofBody(220), how: 'drop' });
		for (const command of ['LOGIN', 'AUTHENTICATE PLAIN'])
			server.fault({ command, when: () => server.connections > 1, how: { no: '[UNAVAILABLE] down' } });
		const first = await poll(undefined, { cap: 230 });
		expect(subjects(first.messages)).toHaveLength(200);
		expect(first).toMatchObject({
			more: true,
			warnings: [{ code: 'stopped-early' }],
			state: { todo: [[201, 230]], retry: {} },
		});
	});

	it('throttled in the middle: what was complete is handed over, nobody is blamed', async () => {
		await startWith(230);
		server.fault({
			command: 'UID FETCH',
			when: ofBody(220),
			how: { no: '[OVERQUOTA] Account exceeded command or bandwidth limits' },
		});
		const first = await poll(undefined, { cap: 230 });
		expect(subjects(first.messages)).toHaveLength(200);
		expect(first.state).toMatchObject({ todo: [[201, 230]], retry: {} });
	});

	it('a size that is told too small does not fill the memory: cut at the limit, the connection lives', async () => {
		await startWith(1);
		server.append(mail({ subject: 'liar', bytes: 300_000 }));
		server.append(mail({ subject: 'm3' }));
		server.lieAboutSize(2, 1000);
		const { messages } = await poll(undefined, { maxMessageBytes: 10_000 });
		expect(messages.map(({ truncated, raw }) => [truncated, raw.length <= 10_000])).toEqual([
			[false, true],
			[true, true],
			[false, true],
		]);
		expect(subjects(messages)).toEqual(['m1', 'liar', 'm3']);
		expect(server.connections).toBe(1);
	});

	it('a size that is told too large does no harm: the bytes count', async () => {
		await startWith(2);
		server.lieAboutSize(1, 7_000_000);
		const { messages } = await poll();
		expect(messages.map(({ size, truncated }) => [size, truncated])).toEqual(
			[mail({ subject: 'm1' }), mail({ subject: 'm2' })].map((raw) => [Buffer.byteLength(raw), false]),
		);
	});

	it('mail that is expunged while it is read is gone, not an error', async () => {
		await startWith(3);
		server.fault({
			command: 'UID FETCH',
			when: (line) => {
				if (ofBody()(line)) server.remove(2);
				return false;
			},
			how: 'drop',
		});
		const result = await poll();
		expect(subjects(result.messages)).toEqual(['m1', 'm3']);
		expect(result.state).toMatchObject({ todo: [], retry: {} });
	});

	it('a slow server is waited for', async () => {
		await startWith(2);
		server.fault({ command: 'UID FETCH', how: { delayMs: 150 } });
		expect(subjects((await poll()).messages)).toEqual(['m1', 'm2']);
	});

	it('a download that breaks ends with an error, not with a short file', async () => {
		await startWith(0);
		server.append(mail({ subject: 'big', bytes: 3_000_000 }));
		server.fault({ command: 'UID FETCH', when: (line) => /<1048576\./.test(line), how: { cutAfter: 500_000 } });
		const { stream } = await open().download({ uid: 1 });
		const read = async () => {
			let bytes = 0;
			for await (const chunk of stream as AsyncIterable<Buffer>) bytes += chunk.length;
			return bytes;
		};
		expect((await failure(read())).code).toBe('MAILBOX_CONNECTION_LOST');
	});

	it('after a break the next action of the same mailbox connects anew', async () => {
		await startWith(2);
		const mailbox = open();
		await mailbox.test();
		server.dropAll();
		await mailbox.search({}).catch(() => undefined);
		expect(await mailbox.search({})).toHaveLength(2);
		await mailbox.close();
	});
});

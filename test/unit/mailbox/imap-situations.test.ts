import {
	ImapMailbox,
	MailboxError,
	messageFilter,
	type ImapFolderState,
	type ImapOptions,
	type PollOptions,
} from '../../../lib/mailbox';
import { IMAP_LIMITS } from '../../../lib/limits';
import { summaryOf } from '../../../lib/mailbox/imap/messages';
import { EmbeddedImap, mail, ofBodies, rules, ScriptedServer, type EmbeddedImapOptions } from '../../lab/imap';

const DAY = 86_400_000;
const names = (count: number, from = 1) => Array.from({ length: count }, (_, index) => `m${index + from}`);
const messagesOf = (subjects: readonly string[]) => subjects.map((subject) => ({ raw: mail({ subject }) }));
const upTo = (count: number, from = 1) => Array.from({ length: count }, (_, index) => index + from);

/**
 * What users of mail programs have reported of servers, situation by situation: a message is handed over, or told of and tried again;
 * never lost, and not doubled.
 */
describe('what servers in the field do', () => {
	const open: Array<{ close(): Promise<void> }> = [];
	let server: EmbeddedImap;
	let time = 0;
	const start = async (options: EmbeddedImapOptions = {}) => {
		server = await EmbeddedImap.start(options);
		open.push(server);
	};
	const mailbox = (options: Partial<ImapOptions> = {}) => {
		const created = new ImapMailbox({
			host: server.host,
			port: server.port,
			security: 'none',
			user: server.user,
			password: server.password,
			clock: { now: () => Date.now() + time, sleep: async () => undefined, random: () => 0 },
			...options,
		});
		open.unshift(created);
		return created;
	};
	const poll = async (state?: ImapFolderState, options: PollOptions = {}) => {
		const result = await mailbox().poll(state && (JSON.parse(JSON.stringify(state)) as ImapFolderState), options);
		const failed = result.messages.flatMap(({ failure, source }) => (failure === undefined ? [] : [source.uid!]));
		const got = result.messages
			.filter(({ failure }) => failure === undefined)
			.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw.toString('latin1'))?.[1]);
		return { got, failed, state: result.state, warned: result.warnings.map(({ code }) => code), result };
	};
	const failure = async (promise: Promise<unknown>): Promise<MailboxError> => {
		const error = await promise.then(
			() => undefined,
			(thrown: unknown) => thrown,
		);
		expect(error).toBeInstanceOf(MailboxError);
		return error as MailboxError;
	};
	const commands = (start: string) => server.commands.filter((line) => line.startsWith(start)).length;
	const everything = { firstRunLookBack: 'all' };
	const reports = { filter: messageFilter({ subjectContains: 'm' })! };
	beforeEach(() => (time = 0));
	afterEach(async () => {
		for (const part of open.splice(0)) await part.close();
	});

	describe('left out is not deleted', () => {
		it.each([
			['one, once', [3], 1],
			['one of them, whatever is asked with others', [3], undefined],
			['all of a batch, once', 'all', 1],
		] as const)('SEARCH names messages and FETCH answers OK without a row (%s)', async (_what, uids, times) => {
			await start({ messages: messagesOf(names(20)) });
			const repair = server.follow(rules.rowLeftOut(uids, times));
			const first = await poll();
			repair();
			time = 61_000;
			const second = await poll(first.state);
			expect([...first.got, ...second.got].sort()).toEqual(names(20).sort());
			expect(first.failed).toEqual(times === undefined ? [3] : []);
		});

		it('rows that are never there, of all messages: the poll stops, and all stay in line', async () => {
			await start({ messages: messagesOf(names(200)) });
			const repair = server.follow(rules.rowLeftOut('all'));
			const error = await failure(poll(undefined, { cap: 200 }));
			expect(error.transient).toBe(true);
			expect(commands('UID FETCH')).toBeLessThan(25);
			repair();
			expect((await poll(undefined, { cap: 200 })).got).toEqual(names(200));
		});

		it('a row that comes only when the message is asked for by itself is read', async () => {
			await start({ messages: messagesOf(names(5)) });
			server.follow(rules.rowOnlyAlone([2]));
			expect((await poll()).got).toEqual(['m1', 'm3', 'm4', 'm5', 'm2'].sort());
		});

		it('a row that cannot be read: a failure record, tried again, then delivered', async () => {
			await start({ messages: messagesOf(names(4)) });
			const repair = server.follow(rules.rowUnreadable([2]));
			const first = await poll();
			expect([first.got, first.failed]).toEqual([['m1', 'm3', 'm4'], [2]]);
			repair();
			time = 61_000;
			expect((await poll(first.state)).got).toEqual(['m2']);
		});

		it.each(['envelopeUnescaped', 'envelopeNil', 'envelopeEmpty'] as const)(
			'an ENVELOPE that cannot be read (%s) does not decide: a filter sees the header, and the sender cannot hide',
			async (rule) => {
				await start({ messages: [...messagesOf(names(3)), { raw: mail({ subject: 'other' }) }] });
				server.follow(rules[rule]([2, 4]));
				const { got, failed } = await poll(undefined, reports);
				expect([got.sort(), failed]).toEqual([names(3), []]);
			},
		);

		it('a row without UID is asked for again', async () => {
			await start({ messages: messagesOf(names(4)) });
			server.follow(rules.rowWithoutUid([2], 1));
			const { got, failed } = await poll();
			expect([got.sort(), failed]).toEqual([names(4), []]);
		});

		it('a row that never has a UID is a failure record, tried again, then delivered', async () => {
			await start({ messages: messagesOf(names(4)) });
			const repair = server.follow(rules.rowWithoutUid([2]));
			const first = await poll();
			repair();
			time = 61_000;
			expect([first.got, first.failed, (await poll(first.state)).got]).toEqual([['m1', 'm3', 'm4'], [2], ['m2']]);
		});

		it('what a second search does not name any more is gone', async () => {
			await start({ messages: messagesOf(names(4)) });
			server.fault({
				command: 'UID FETCH',
				when: (line) => {
					if (ofBodies(line)) server.remove(3);
					return false;
				},
				how: 'drop',
			});
			const { got, failed, state } = await poll();
			expect([got, failed, state.retry, state.todo]).toEqual([['m1', 'm2', 'm4'], [], {}, []]);
		});
	});

	describe('one answer does not stop the trigger', () => {
		it('BODY[] NIL for one message: a failure record, and the others go on', async () => {
			await start({ messages: messagesOf(names(5)) });
			const repair = server.follow(rules.bodyNil([2]));
			const first = await poll();
			expect([first.got, first.failed]).toEqual([['m1', 'm3', 'm4', 'm5'], [2]]);
			server.append(mail({ subject: 'm6' }));
			const second = await poll(first.state);
			expect(second.got).toEqual(['m6']);
			repair();
			time = 61_000;
			expect((await poll(second.state)).got).toEqual(['m2']);
		});

		it('BODY[] NIL is neither what Get gives nor what a download does', async () => {
			await start({ messages: messagesOf(names(1)) });
			server.follow(rules.bodyNil([1]));
			for (const asked of [mailbox().get({ uid: 1 }), mailbox().download({ uid: 1 })])
				expect((await failure(asked)).message).toContain('gave no bytes of a message');
		});
	});

	describe('trouble of the server is not a fault of each message', () => {
		it.each([
			'[UNAVAILABLE] Backend down',
			'[SERVERBUG] Internal error occurred',
			'[TEMPFAIL] please come back',
			'Some error',
		])('FETCH refused for every message for ten polls (%s): all 500 come later, nobody is blamed', async (text) => {
			await start({ messages: messagesOf(names(120)) });
			const first = await poll(undefined, { cap: 20 });
			const repair = server.follow(rules.fetchRefused(text));
			let state = first.state;
			for (let tried = 0; tried < 10; tried++) {
				server.commands.length = 0;
				expect((await failure(poll(state))).transient).toBe(true);
				expect(commands('UID')).toBeLessThan(10);
			}
			repair();
			const got = [...first.got];
			for (let more = true; more;) {
				const next = await poll(state);
				got.push(...next.got);
				({ state } = next);
				({ more } = next.result);
			}
			expect(got).toEqual(names(120));
			expect(state.retry).toEqual({});
		});

		it('bodies refused while sizes are told: the same, on the first run, too', async () => {
			await start({ messages: messagesOf(names(200)) });
			const repair = server.follow(rules.fetchRefused('Mailbox is busy', ofBodies));
			const error = await failure(poll(undefined, { cap: 200, ...reports }));
			expect([error.transient, error.message]).toEqual([true, expect.stringContaining('Mailbox is busy')]);
			expect(commands('UID FETCH')).toBeLessThan(10);
			repair();
			expect((await poll(undefined, { cap: 200 })).got).toEqual(names(200));
		});

		it('a full list of messages to try again drops nothing', async () => {
			const bad = IMAP_LIMITS.maxRetries + 12;
			await start({ messages: messagesOf(names(bad + 1)) });
			const repair = server.follow(rules.bodyNil(upTo(bad)));
			let { state, got, failed, warned } = await poll(undefined, { cap: 200 });
			for (let again = 0; again < 40; again++) {
				const next = await poll(state, { cap: 200 });
				({ state } = next);
				got = [...got, ...next.got];
				failed = [...failed, ...next.failed];
				warned = [...warned, ...next.warned];
			}
			expect(Object.keys(state.retry)).toHaveLength(IMAP_LIMITS.maxRetries);
			expect(state.todo).not.toEqual([]);
			expect(warned).toContain('retries-full');
			repair();
			for (let again = 0; again < 40; again++) {
				time += DAY;
				const next = await poll(state, { cap: 200 });
				({ state } = next);
				got = [...got, ...next.got];
			}
			expect(got.sort()).toEqual(names(bad + 1).sort());
		});
	});

	describe('empty is not delivered', () => {
		it.each(['some', 'unknown'] as const)(
			'a body of no bytes with a size that is %s is not a message',
			async (size) => {
				await start({ messages: messagesOf(names(3)), emptyBodies: [2] });
				if (size === 'unknown') server.follow(rules.sizeLeftOut());
				const { got, failed } = await poll();
				expect([got, failed]).toEqual([['m1', 'm3'], [2]]);
			},
		);

		it('a download of no bytes is not a file of no bytes', async () => {
			await start({ messages: messagesOf(names(1)), emptyBodies: [1] });
			expect((await failure(mailbox().download({ uid: 1 }))).message).toContain('gave no bytes');
		});
	});

	describe('passing trouble is called passing', () => {
		it.each(['EXAMINE', 'NAMESPACE', 'UID SEARCH', 'UID FETCH'])(
			"%s answered with 'User is authenticated but not connected' passes, and is told in these words",
			async (command) => {
				await start({ messages: messagesOf(names(3)) });
				server.follow(rules.notConnected(command));
				// A poll does without NAMESPACE.
				const error = await failure(command === 'NAMESPACE' ? mailbox().test() : poll());
				expect([error.transient, error.message]).toEqual([
					true,
					expect.stringMatching(/authenticated but not connected/),
				]);
				expect(error.code).not.toBe('MAILBOX_LOGIN_REFUSED');
			},
		);

		it.each([
			'Temporary authentication failure.',
			'[AUTHENTICATIONFAILED] Temporary authentication failure. [server:2026-11-20]',
			'Server Unavailable. 15',
			'System Error (Failure)',
			'Service temporarily unavailable',
			'[UNAVAILABLE] Temporary authentication failure',
			'Internal error occurred. Refer to server log for more information.',
			'Please try again later',
		])('a login refused with %j is no wrong password', async (text) => {
			await start();
			server.follow(rules.loginRefused(text));
			expect(await failure(poll())).toMatchObject({
				transient: true,
				message: expect.stringContaining(text.slice(-20)),
			});
		});

		it.each(['[OVERQUOTA] Too much mail', 'Account exceeded command or bandwidth limits. (Failure)'])(
			'a quota (%s) passes',
			async (text) => {
				await start();
				server.follow(rules.loginRefused(text));
				expect(await failure(poll())).toMatchObject({ code: 'MAILBOX_THROTTLED', transient: true });
			},
		);

		it.each(['Unable to open this mailbox.', 'System Error (Failure)', 'Server Unavailable. 15', 'Mailbox is locked'])(
			'opening the folder refused with %j passes',
			async (text) => {
				await start();
				server.follow(rules.openRefused(text));
				expect(await failure(poll())).toMatchObject({ transient: true, message: expect.stringContaining(text) });
			},
		);

		it.each(['Invalid credentials', 'LOGIN failed, please try another password', 'Authentication failed'])(
			'a wrong password (%s) stays one',
			async (text) => {
				await start();
				server.follow(rules.loginRefused(text));
				expect(await failure(poll())).toMatchObject({ code: 'MAILBOX_LOGIN_REFUSED', transient: false });
			},
		);
	});

	describe('counters are looked at', () => {
		it('UIDNEXT goes back although UIDVALIDITY stays: new mail under lower UIDs comes, and it is said once', async () => {
			await start({ messages: messagesOf(names(2)) });
			server.append({ raw: mail({ subject: 'm3' }), uid: 500 });
			const first = await poll();
			// The server forgets its counter and goes on from 3.
			let next = 3;
			server.follow(rules.uidNext(() => next));
			const second = await poll(first.state);
			server.append({ raw: mail({ subject: 'm4' }), uid: 3 });
			server.append({ raw: mail({ subject: 'm5' }), uid: 4 });
			next = 5;
			const third = await poll(second.state);
			server.append({ raw: mail({ subject: 'm6' }), uid: 5 });
			next = 6;
			const fourth = await poll(third.state);
			const fifth = await poll(fourth.state);
			expect([first, second, third, fourth, fifth].map(({ got }) => got)).toEqual([
				names(3),
				[],
				['m4', 'm5'],
				['m6'],
				[],
			]);
			expect([second, third, fourth, fifth].flatMap(({ warned }) => warned)).toEqual(['uidnext-rewound']);
		});

		it('UIDNEXT went back, and mail came before that was noticed: it is recognised as new', async () => {
			await start({ messages: messagesOf(names(2)) });
			server.append({ raw: mail({ subject: 'm3' }), uid: 500 });
			const first = await poll();
			server.append({ raw: mail({ subject: 'm4' }), uid: 3 });
			server.follow(rules.uidNext(() => 4));
			const second = await poll(first.state);
			expect([second.got, second.warned]).toEqual([['m4'], ['uidnext-rewound']]);
			expect((await poll(second.state)).got).toEqual([]);
		});

		it('a counter that was put back runs through UIDs of deleted messages to its old place: what has them now comes', async () => {
			await start({ messages: messagesOf(names(10)) });
			const first = await poll();
			let next = 4;
			server.follow(rules.uidNext(() => next));
			const second = await poll(first.state);
			for (const uid of [8, 10]) {
				server.remove(uid);
				server.append({ raw: mail({ subject: `n${uid}` }), uid });
			}
			next = 11;
			const third = await poll(second.state);
			expect([first.got.length, second.got, third.got]).toEqual([10, [], ['n8', 'n10']]);
			expect((await poll(third.state)).got).toEqual([]);
		});

		it('a folder whose messages a search does not list for once is not an empty one', async () => {
			await start({ messages: messagesOf(names(3)) });
			const first = await poll();
			server.setUidValidity(9);
			server.follow(rules.searchEmpty(() => true, 2));
			server.follow(rules.rowLeftOut('all', 1));
			const error = await failure(poll(first.state));
			expect([error.code, error.transient]).toEqual(['MAILBOX_PROTOCOL', true]);
			// What is there was handed over: it is recognised once the server lists it.
			const again = async () => (await poll(first.state).catch(() => ({ got: [] }))).got;
			expect([await again(), await again(), await again()]).toEqual([[], [], []]);
			expect((await poll(first.state)).got).toEqual([]);
		});

		it('a date that is left out once, when messages are recognised, makes none of them a new one', async () => {
			await start({ messages: messagesOf(names(3)) });
			const first = await poll();
			server.setUidValidity(9);
			server.fault({
				command: 'UID FETCH',
				when: 'HEADER.FIELDS',
				times: 1,
				how: { rewrite: (answer) => answer.replace(/INTERNALDATE "[^"]*"/, 'INTERNALDATE NIL') },
			});
			expect((await poll(first.state)).got).toEqual([]);
		});

		it('a backup is put back: UIDs that are gone are given once more, and what has them comes', async () => {
			await start({ messages: messagesOf(names(5)) });
			const first = await poll();
			for (const uid of [4, 5]) server.remove(uid);
			let next: number | undefined = 4;
			server.follow(rules.uidNext(() => next));
			const second = await poll(first.state);
			next = undefined;
			server.append({ raw: mail({ subject: 'n4' }), uid: 4 });
			server.append({ raw: mail({ subject: 'n5' }), uid: 5 });
			next = 6;
			const third = await poll(second.state);
			expect([second.got, third.got]).toEqual([[], ['n4', 'n5']]);
			expect((await poll(third.state)).got).toEqual([]);
		});

		it.each([
			['the first run', 0],
			['a later poll', 1],
		])(
			'SEARCH names only the first and the last of 300 messages (%s): EXISTS and FETCH say otherwise',
			async (_what, before) => {
				await start({ messages: messagesOf(names(before)) });
				const first = before > 0 ? await poll() : undefined;
				for (const message of messagesOf(names(300, before + 1))) server.append(message);
				server.follow(rules.searchTruncated(before > 0 ? 2 : 1));
				const second = await poll(first?.state, { cap: 500 });
				const third = await poll(second.state, { cap: 500 });
				expect([...second.got, ...third.got].sort()).toEqual(names(300, before + 1).sort());
				expect([...second.warned, ...third.warned]).toEqual(['search-incomplete']);
			},
		);

		it('SEARCH leaves out what is new, poll after poll, while UIDNEXT counts it', async () => {
			await start({ messages: messagesOf(names(3)) });
			const first = await poll();
			for (const message of messagesOf(names(3, 4))) server.append(message);
			server.follow(rules.searchMisses((uid) => uid > 3));
			const second = await poll(first.state);
			expect([second.got, second.warned]).toEqual([names(3, 4), ['search-incomplete']]);
		});

		it('UIDNEXT counts mail that came and went: asked about once', async () => {
			await start({ messages: messagesOf(names(3)) });
			const first = await poll();
			server.append(mail({ subject: 'gone' }));
			server.remove(4);
			const second = await poll(first.state);
			server.commands.length = 0;
			const third = await poll(second.state);
			expect([second.got, second.warned, third.got, commands('UID')]).toEqual([[], [], [], 1]);
		});

		it('UIDVALIDITY of twenty digits is compared as it is: a re-created folder is noticed', async () => {
			await start({ messages: messagesOf(names(3)) });
			let value = '17000000000000000001';
			server.follow(rules.uidValidity(() => value));
			const first = await poll();
			expect([first.state.uidValidity, first.result.messages[0]!.id]).toEqual([value, expect.stringContaining(value)]);
			value = '17000000000000000002';
			for (const uid of [1, 2, 3]) server.remove(uid);
			server.append({ raw: mail({ subject: 'n1' }), uid: 1 });
			const second = await poll(first.state);
			expect([second.got, second.warned, second.state.uidValidity]).toEqual([['n1'], ['uidvalidity-reset'], value]);
		});

		it.each([
			['undefined', rules.uidValidity(() => undefined)],
			['0', rules.uidValidity(() => '0')],
			['undefined, and UIDNEXT neither', rules.countersUntold()],
		])('UIDVALIDITY %s: works, and a re-created folder is noticed by its messages', async (_what, rule) => {
			await start({ messages: messagesOf(names(5)) });
			server.follow(rule);
			const first = await poll();
			for (const uid of upTo(5)) server.remove(uid);
			server.append({ raw: mail({ subject: 'n1' }), uid: 1 });
			server.append({ raw: mail({ subject: 'n2' }), uid: 2 });
			const second = await poll(first.state);
			expect([first.got, second.got, second.warned]).toEqual([names(5), ['n1', 'n2'], ['uidvalidity-reset']]);
			expect((await poll(second.state)).got).toEqual([]);
		});

		it('UIDVALIDITY missing: that the newest is deleted is no new folder', async () => {
			await start({ messages: messagesOf(names(5)) });
			server.follow(rules.countersUntold());
			const first = await poll();
			for (const uid of [2, 3, 4, 5]) server.remove(uid);
			const second = await poll(first.state);
			expect([second.got, second.warned]).toEqual([[], []]);
		});

		it('UIDVALIDITY that is told now and then only is no new folder', async () => {
			await start({ messages: messagesOf(names(3)) });
			let value: string | undefined = '7';
			server.follow(rules.uidValidity(() => value));
			const first = await poll();
			value = undefined;
			server.append(mail({ subject: 'm4' }));
			const second = await poll(first.state);
			value = '7';
			const third = await poll(second.state);
			expect([second.got, third.got, second.warned, third.warned, third.state.uidValidity]).toEqual([
				['m4'],
				[],
				[],
				[],
				'7',
			]);
		});

		it.each([
			['UIDNEXT missing', () => undefined],
			['UIDNEXT 0', () => 0],
			['UIDNEXT too small', () => 1],
		])('%s: all is delivered, once', async (_what, value) => {
			await start({ messages: messagesOf(names(3)) });
			server.follow(rules.uidNext(value));
			const first = await poll();
			server.append(mail({ subject: 'm4' }));
			const second = await poll(first.state);
			const third = await poll(second.state);
			expect([first.got, second.got, third.got]).toEqual([names(3), ['m4'], []]);
		});
	});

	describe('UIDVALIDITY that changes', () => {
		it('at each connect, of more messages than are remembered: those that are not recognised are counted in words', async () => {
			const count = IMAP_LIMITS.maxKnown + 20;
			await start({ messages: messagesOf(names(count)), uids: 'each open' });
			const first = await poll(undefined, { cap: 1000 });
			const second = await poll(first.state, { cap: 1000 });
			expect([first.got.length, second.got.length]).toEqual([count, 20]);
			expect(second.result.warnings.map(({ message }) => message).join()).toContain('20 were not');
		});

		it('old-dated mail that is moved in after a reset and before the next poll is delivered, whatever its dates say', async () => {
			await start({ messages: messagesOf(names(3)) });
			const first = await poll();
			server.setUidValidity(9);
			server.append({ raw: mail({ subject: 'old' }), date: new Date(Date.now() - 400 * DAY) });
			const second = await poll(first.state);
			expect(second.got).toEqual(['old']);
		});

		it('into a folder that was made anew, too', async () => {
			await start({ messages: messagesOf(names(3)) });
			const first = await poll();
			for (const uid of upTo(3)) server.remove(uid);
			server.setUidValidity(9);
			server.append({ raw: mail({ subject: 'old' }), date: new Date(Date.now() - 400 * DAY), uid: 1 });
			expect((await poll(first.state)).got).toEqual(['old']);
		});

		it('what was left out by the look-back stays out, and is counted', async () => {
			const old = { date: new Date(Date.now() - 400 * DAY) };
			await start({ messages: [{ raw: mail({ subject: 'before' }), ...old }, ...messagesOf(names(3))] });
			const first = await poll();
			server.setUidValidity(9);
			const second = await poll(first.state);
			expect([first.got, second.got]).toEqual([names(3), []]);
			expect(second.result.warnings[0]!.message).toContain('1 older ones, from before the look-back, are not read');
		});

		it('unfinished work of old date is not dropped', async () => {
			const old = { date: new Date(Date.now() - 400 * DAY) };
			await start({ messages: messagesOf(names(1)) });
			const first = await poll();
			for (const message of messagesOf(names(9, 2))) server.append({ ...message, ...old });
			const second = await poll(first.state, { cap: 3 });
			server.setUidValidity(9);
			const third = await poll(second.state, { cap: 50 });
			expect([...second.got, ...third.got].sort()).toEqual(names(9, 2).sort());
		});
	});

	describe('sizes and dates', () => {
		it('no RFC822.SIZE, with a filter: the bytes decide', async () => {
			await start({ messages: messagesOf(names(4)) });
			server.append(mail({ subject: 'm5', bytes: 400_000 }));
			server.follow(rules.sizeLeftOut());
			const { got, failed, result } = await poll(undefined, reports);
			expect([got.sort(), failed]).toEqual([names(5), []]);
			expect(result.messages.every(({ size, raw }) => size === raw.length)).toBe(true);
			// All bytes of the large one: what is cut has the size that it was cut to.
			expect(result.messages.at(-1)!.raw.length).toBe(Buffer.byteLength(mail({ subject: 'm5', bytes: 400_000 })));
		});

		it('no RFC822.SIZE, with a filter and a limit: what is larger is cut at the limit', async () => {
			await start({ messages: messagesOf(names(1)) });
			server.append(mail({ subject: 'm2', bytes: 400_000 }));
			server.follow(rules.sizeLeftOut());
			const { result } = await poll(undefined, { ...reports, maxMessageBytes: 200_000 });
			expect(result.messages.map(({ truncated, raw }) => [truncated, raw.length <= 200_000])).toEqual([
				[false, true],
				[true, true],
			]);
		});

		it('INTERNALDATE NIL is no date, not 1970: the look-back takes it', async () => {
			await start({ messages: messagesOf(names(2)) });
			server.follow(rules.dateNil([1, 2]));
			const { got, result } = await poll();
			expect([got, result.messages.map(({ receivedAt }) => receivedAt)]).toEqual([names(2), [undefined, undefined]]);
		});

		it.each(['00-Jan-0000 00:00:00 +0000', 'Fri, 20 Nov 2026 10:00:00 +0000', '20-Nov-2026 10:00:00 +1400', 'none'])(
			'INTERNALDATE %j does not stop or lose a message',
			async (text) => {
				await start({ messages: messagesOf(names(2)) });
				server.follow(rules.date([1], text));
				expect((await poll()).got).toEqual(names(2));
			},
		);

		it.each([
			['refuses SINCE', () => rules.searchRefused('SINCE', 'BAD unsupported search query')],
			['finds nothing by date', () => rules.searchEmpty('SINCE')],
		])('a server that %s on the first run: dates are read instead, which is said', async (_what, rule) => {
			const old = { raw: mail({ subject: 'old' }), date: new Date(Date.now() - 400 * DAY) };
			await start({ messages: [old, ...messagesOf(names(3))] });
			server.follow(rule());
			const { got, warned } = await poll();
			expect([got, warned]).toEqual([names(3), ['search-by-date']]);
		});

		it.each([
			['refuses', { no: 'Too much' }],
			['ends the connection', 'drop' as const],
		])('a server that %s when dates are read on the first run: it makes progress', async (_what, how) => {
			const old = { raw: mail({ subject: 'old' }), date: new Date(Date.now() - 400 * DAY) };
			await start({ messages: [old, ...messagesOf(names(3))] });
			server.follow(rules.datesRefused(how));
			expect((await poll(undefined, { firstRunCap: 10 })).got).toEqual(names(3));
		});

		it('a Date without zone is UTC, in whatever zone this process reads the envelope', () => {
			const asRead = new Date('2026-11-19T20:00:00Z');
			const headers = Buffer.from('Date: Fri, 20 Nov 2026 10:00:00\r\n\r\n');
			const { date } = summaryOf({ seq: 1, uid: 1, envelope: { date: asRead }, headers });
			expect(date?.toISOString()).toBe('2026-11-20T10:00:00.000Z');
		});
	});

	describe('a search is checked', () => {
		const all = () => server.list().map(({ uid }) => uid);

		it.each([
			['FROM', { from: 'eve@' }],
			['SUBJECT', { subject: 'M2' }],
			['TO', { to: 'soc@example.com' }],
		])('a server that ignores %s and names all messages: only those that match are hits', async (key, search) => {
			await start({
				messages: [
					...messagesOf(['m1']),
					{ raw: mail({ subject: 'm2', from: 'Eve <eve@example.net>', to: 'SOC <soc@example.com>' }) },
					...messagesOf(['m3']),
				],
			});
			server.follow(rules.searchIgnoresKeys(key, all));
			const hits = await mailbox().search(search);
			expect(hits.map(({ subject }) => subject)).toEqual(['m2']);
		});

		it.each([
			['finds nothing', () => rules.searchEmpty('SUBJECT')],
			['refuses', () => rules.searchRefused('SUBJECT', '[SERVERBUG] Internal error')],
		])('a server that %s for what is there: the newest messages are looked through', async (_what, rule) => {
			await start({ messages: messagesOf(names(4)) });
			server.follow(rule());
			expect((await mailbox().search({ subject: 'm3' })).map(({ subject }) => subject)).toEqual(['m3']);
		});

		it('what is not there is not found, and the search of the body is believed', async () => {
			await start({ messages: messagesOf(names(4)) });
			expect(await mailbox().search({ subject: 'nothing like it' })).toEqual([]);
			expect(await mailbox().search({ text: 'nothing like it' })).toEqual([]);
		});

		it('Received Since finds what YOUNGER does not', async () => {
			await start({ messages: messagesOf(names(3)), capabilities: ['WITHIN'] });
			server.follow(rules.searchEmpty((line) => /YOUNGER|SINCE/.test(line)));
			const hits = await mailbox().search({ since: new Date(Date.now() - DAY) });
			expect(hits).toHaveLength(3);
		});

		it.each([
			['refused', () => rules.searchRefused('HEADER', '[SERVERBUG] SEARCH Server error')],
			['in vain', () => rules.searchEmpty('HEADER')],
		])('a Message-ID is searched for %s (Yahoo): the newest messages are looked through', async (_what, rule) => {
			await start({ messages: messagesOf(names(4)) });
			server.follow(rule());
			for (const messageId of ['<m3@example.org>', 'm3@example.org'])
				expect((await mailbox().get({ messageId })).source.uid).toBe(3);
			const error = await failure(mailbox().get({ messageId: '<nobody@example.org>' }));
			expect([error.code, error.hint]).toEqual([
				'MAILBOX_MESSAGE_MISSING',
				expect.stringContaining(`newest ${IMAP_LIMITS.lookedThrough} messages`),
			]);
		});

		it.each(['envelopeUnescaped', 'envelopeNil', 'envelopeEmpty'] as const)(
			'the sample of a filter is judged by the header where the envelope tells nothing (%s)',
			async (rule) => {
				await start({ messages: messagesOf(['report', 'other']) });
				server.follow(rules[rule]([1, 2]));
				const sample = await mailbox().sample({ filter: messageFilter({ subjectContains: 'report' })! });
				expect(sample?.source.uid).toBe(1);
			},
		);

		it('what a filter cannot judge is a sample, as it is handed over by a poll', async () => {
			await start({ messages: messagesOf(['other']) });
			server.fault({
				command: 'UID FETCH',
				when: (line) => line.includes('HEADER.FIELDS') && !line.includes('ENVELOPE'),
				how: { rewrite: (answer) => (answer.startsWith('* ') ? '' : answer) },
			});
			server.follow(rules.envelopeEmpty([1]));
			const filter = messageFilter({ subjectContains: 'report' })!;
			expect((await poll(undefined, { filter })).got).toEqual(['other']);
			expect(await mailbox().sample({ filter })).toBeDefined();
		});

		it('a hit whose envelope cannot be read is told with what its header says', async () => {
			await start({ messages: messagesOf(names(3)) });
			server.follow(rules.envelopeUnescaped([2]));
			expect((await mailbox().search({})).map(({ subject }) => subject)).toEqual(['m3', 'm2', 'm1']);
		});
	});

	describe('names and hints', () => {
		it('a folder whose name is in an unusual UTF-7 is opened by the name that LIST gave (Yandex, modern-email/defects#46)', async () => {
			await start({ folders: ['&AGEAYg-'] });
			server.append({ raw: mail({ subject: 'm1' }), folder: '&AGEAYg-' });
			const [folder] = (await mailbox().listFolders()).filter(({ path }) => path === 'ab');
			expect(folder).toBeDefined();
			expect((await poll(undefined, { folder: 'ab' })).got).toEqual(['m1']);
		});

		it.each([
			['an SMTP server', '220 mx.example.com ESMTP ready\r\n'],
			['a POP3 server', '+OK POP3 server ready\r\n'],
		])('a port of %s is told as that', async (what, greeting) => {
			await start();
			const other = await ScriptedServer.start((socket) => void socket.write(greeting));
			open.push(other);
			for (const security of ['none', 'tls'] as const) {
				const error = await failure(mailbox({ port: other.port, security, greetingTimeoutMs: 300 }).test());
				expect([error.code, error.message]).toEqual([
					'MAILBOX_CONFIGURATION',
					expect.stringContaining(`is not an IMAP server: it greets like ${what}`),
				]);
			}
		});

		it('twenty triggers of one mailbox in one second share a few connections', async () => {
			await start({ messages: messagesOf(names(2)) });
			let most = 0;
			server.fault({
				command: 'EXAMINE',
				when: () => {
					most = Math.max(most, server.open);
					return false;
				},
				how: 'drop',
			});
			const results = await Promise.all(Array.from({ length: 20 }, async () => await poll()));
			expect(results.map(({ got }) => got)).toEqual(Array.from({ length: 20 }, () => names(2)));
			expect(most).toBeLessThanOrEqual(IMAP_LIMITS.polls);
		});

		it('a poll whose turn does not come in its time says so, and passes', async () => {
			await start({ messages: messagesOf(names(1)) });
			server.fault({ command: 'EXAMINE', how: { delayMs: 400 } });
			const waiting = Array.from({ length: IMAP_LIMITS.polls }, async () => await poll());
			expect(await failure(mailbox().poll(undefined, { budgetMs: 100 }))).toMatchObject({
				code: 'MAILBOX_LIMIT',
				transient: true,
			});
			await Promise.all(waiting);
		});

		it('one folder has one position and one set of IDs, however its name is written', async () => {
			await start({ folders: ['INBOX.Work'] });
			server.fault({
				command: 'NAMESPACE',
				how: { rewrite: (answer) => answer.replace(/^\* NAMESPACE.*/m, '* NAMESPACE (("INBOX." ".")) NIL NIL') },
			});
			server.append({ raw: mail({ subject: 'm1' }), folder: 'INBOX.Work' });
			const first = await poll(undefined, { folder: 'Work' });
			const again = await poll(undefined, { folder: 'INBOX.Work' });
			expect(again.result.messages[0]!.id).toBe(first.result.messages[0]!.id);
			const { serverPath: _new, ...of01 } = first.state;
			for (const state of [first.state, of01]) {
				const moved = await poll(state, { folder: 'INBOX.Work' });
				expect([moved.got, moved.warned]).toEqual([[], []]);
			}
			const inbox = await poll(undefined, { folder: 'inbox' });
			expect((await poll(inbox.state, { folder: 'INBOX' })).warned).toEqual([]);
		});
	});

	describe('a position that 0.1 saved', () => {
		const of01 = (todo: [number, number][]) => ({
			v: 1,
			account: `${server.user}@${server.host}`,
			path: 'INBOX',
			uidValidity: '1',
			epoch: 0,
			top: 3,
			todo,
			absent: [],
			retry: {},
			polledAt: Date.now() - 60_000,
		});

		it('is read: what was handed over does not come again, and what was not does', async () => {
			await start({ messages: messagesOf(names(5)) });
			const { got, warned } = await poll(of01([[3, 3]]) as unknown as ImapFolderState, everything);
			expect([got, warned]).toEqual([['m3', 'm4', 'm5'], []]);
		});

		it('or told: what cannot be read begins again, and says from where', async () => {
			await start({ messages: messagesOf(names(2)) });
			const { got, result } = await poll({ v: 0, uid: 7 } as unknown as ImapFolderState);
			expect([got, result.warnings]).toEqual([
				names(2),
				[
					{
						code: 'cursor-unreadable',
						message: expect.stringContaining('The folder is read from the start of its look-back'),
					},
				],
			]);
		});
	});

	describe('what does no harm', () => {
		it('FETCH refused for one message: a failure record, and the others go on', async () => {
			await start({ messages: messagesOf(names(4)) });
			server.follow(
				rules.fetchRefused('Cannot read', (line) => ofBodies(line) && /FETCH (?:\S*[:,])?2[ ,:]|1:4/.test(line)),
			);
			const { got, failed } = await poll();
			expect([got, failed]).toEqual([['m1', 'm3', 'm4'], [2]]);
		});

		it('a body that is left out of its row: a failure record, tried again', async () => {
			await start({ messages: messagesOf(names(3)) });
			const repair = server.follow(rules.bodyLeftOut([2]));
			const first = await poll();
			repair();
			time = 61_000;
			expect([first.got, first.failed, (await poll(first.state)).got]).toEqual([['m1', 'm3'], [2], ['m2']]);
		});

		it('rows of flags, of other messages and counts in the middle of FETCH', async () => {
			await start({ messages: messagesOf(names(4)) });
			server.follow(rules.chatter(() => 4));
			const { got, failed } = await poll();
			expect([got.sort(), failed]).toEqual([names(4), []]);
		});

		it('UIDs up to the highest there is', async () => {
			await start({ messages: messagesOf(names(1)) });
			const first = await poll();
			server.append({ raw: mail({ subject: 'top' }), uid: 4_294_967_295 });
			const second = await poll(first.state);
			expect([second.got, second.state.top, (await poll(second.state)).got]).toEqual([['top'], 4_294_967_295, []]);
		});
	});
});

import { ImapMailbox, type ImapFolderState, type ImapOptions, type PollOptions } from '../../../lib/mailbox';
import { EmbeddedImap, mail, type EmbeddedImapOptions } from '../../lab/imap';

const subjects = (messages: ReadonlyArray<{ raw: Buffer }>) =>
	messages.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw.toString('latin1'))?.[1]);

describe('polling an IMAP folder', () => {
	let server: EmbeddedImap;
	let time = 0;
	const start = async (options: EmbeddedImapOptions = {}) => (server = await EmbeddedImap.start(options));
	const startWith = async (count: number, options: EmbeddedImapOptions = {}) =>
		await start({
			...options,
			messages: Array.from({ length: count }, (_, index) => ({ raw: mail({ subject: `m${index + 1}` }) })),
		});
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
	/** As a trigger does it: the state goes through JSON between polls. */
	const poll = async (state?: ImapFolderState, options: PollOptions = {}) => {
		const result = await open().poll(state, options);
		return { ...result, state: JSON.parse(JSON.stringify(result.state)) as ImapFolderState };
	};
	beforeEach(() => (time = 0));
	afterEach(async () => await server.close());

	it('hands over what is there, then only what is new, byte for byte, and marks nothing as seen', async () => {
		await startWith(2);
		const first = await poll();
		expect(first.messages.map(({ raw }) => raw.toString())).toEqual([mail({ subject: 'm1' }), mail({ subject: 'm2' })]);
		expect(first.more).toBe(false);
		const second = await poll(first.state);
		expect(second.messages).toEqual([]);
		server.append(mail({ subject: 'm3' }));
		const third = await poll(second.state);
		expect(subjects(third.messages)).toEqual(['m3']);
		expect(third.messages[0]!.source).toEqual({
			kind: 'imap',
			mailbox: server.user,
			folder: 'INBOX',
			uid: 3,
			uidValidity: '1',
		});
		expect(server.list().flatMap(({ flags }) => flags)).toEqual([]);
		expect(server.commands.filter((line) => /^SELECT|^STORE|^UID STORE|BODY\[/i.test(line))).toEqual([]);
		expect(server.connections).toBe(3);
	});

	it('each message is told of as soon as it is here, before the poll is over', async () => {
		await startWith(3);
		server.append(mail({ subject: 'm4', bytes: 300_000 }));
		const told: unknown[] = [];
		const fetched: number[] = [];
		const { messages } = await poll(undefined, {
			order: 'newest',
			onMessage: (message) => {
				told.push(message);
				fetched.push(server.commands.filter((line) => line.startsWith('UID FETCH')).length);
			},
		});
		expect(subjects(told as typeof messages).sort()).toEqual(['m1', 'm2', 'm3', 'm4']);
		expect(new Set(told)).toEqual(new Set(messages));
		// The rest of the large one was fetched after the small ones were told.
		expect(fetched).toEqual([1, 1, 1, 2]);
		expect(subjects(messages)).toEqual(['m4', 'm3', 'm2', 'm1']);
	});

	it('a cap leaves the rest for later, says so, and loses nothing in either order', async () => {
		await startWith(25);
		for (const order of ['oldest', 'newest'] as const) {
			let state: ImapFolderState | undefined;
			const seen: Array<string | undefined> = [];
			const more: boolean[] = [];
			for (let i = 0; i < 4; i++) {
				const result = await poll(state, { cap: 10, order });
				({ state } = result);
				seen.push(...subjects(result.messages));
				more.push(result.more);
			}
			expect(more).toEqual([true, true, false, false]);
			expect(new Set(seen).size).toBe(25);
			expect(seen).toHaveLength(25);
			expect(seen.slice(0, 10)).toEqual(
				order === 'oldest'
					? ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9', 'm10']
					: ['m25', 'm24', 'm23', 'm22', 'm21', 'm20', 'm19', 'm18', 'm1', 'm2'],
			);
		}
	});

	it('a filter sees decoded sender and subject; what it drops does not come again', async () => {
		await start({
			messages: [
				{
					raw: mail({ subject: '=?UTF-8?Q?Verd=C3=A4chtig?=', from: '=?UTF-8?B?SsO8cmdlbg==?= <juergen@example.net>' }),
				},
				{ raw: mail({ subject: 'newsletter' }) },
			],
		});
		const seen: unknown[] = [];
		const filter: PollOptions['filter'] = (message) => {
			seen.push([message.subject, message.from]);
			return message.subject === 'Verdächtig';
		};
		const first = await poll(undefined, { filter });
		expect(first.messages).toHaveLength(1);
		expect(seen[0]).toEqual(['Verdächtig', [{ address: 'juergen@example.net', name: 'Jürgen' }]]);
		expect((await poll(first.state)).messages).toEqual([]);
	});

	it('a filter that fails lets the message through: it must not cost mail', async () => {
		await startWith(2);
		const { messages } = await poll(undefined, {
			filter: ({ subject }) => {
				if (subject === 'm1') throw new Error('bug');
				return true;
			},
		});
		expect(subjects(messages)).toEqual(['m1', 'm2']);
	});

	it('mail that turns up below the highest UID, on a server that shows it late, still comes', async () => {
		await startWith(3);
		server.append({ raw: mail({ subject: 'm6' }), uid: 6 });
		const first = await poll();
		expect(subjects(first.messages)).toEqual(['m1', 'm2', 'm3', 'm6']);
		server.append({ raw: mail({ subject: 'late' }), uid: 5 });
		const second = await poll(first.state);
		expect(subjects(second.messages)).toEqual(['late']);
		expect((await poll(second.state)).messages).toEqual([]);
	});

	it('UIDVALIDITY changed: told, nothing new is missed, and what was handed over does not come again', async () => {
		await startWith(3);
		const first = await poll();
		server.setUidValidity(77);
		server.append(mail({ subject: 'm4' }));
		const second = await poll(first.state);
		expect(second.warnings.map(({ code }) => code)).toEqual(['uidvalidity-reset']);
		expect(second.warnings[0]!.message).toContain("'INBOX'");
		expect(second.warnings[0]!.message).toContain('3 of its messages were recognized');
		expect(subjects(second.messages)).toEqual(['m4']);
		expect(second.state).toMatchObject({ uidValidity: '77', epoch: 1 });
		expect((await poll(second.state)).messages).toEqual([]);
	});

	it('UIDVALIDITY changed under a position of 0.1, which remembers no messages: they come again, with other ids', async () => {
		await startWith(3);
		const first = await poll();
		server.setUidValidity(77);
		const { known: _known, tips: _tips, ...older } = first.state;
		const second = await poll(older);
		expect(second.warnings.map(({ code }) => code)).toEqual(['uidvalidity-reset']);
		expect(subjects(second.messages)).toEqual(['m1', 'm2', 'm3']);
		const ids = [...first.messages, ...second.messages].map(({ id }) => id);
		expect(new Set(ids).size).toBe(6);
	});

	it('work that was unfinished at a reset is not cut off by the look-back', async () => {
		const day = 86_400_000;
		await start({
			messages: [29, 28, 1].map((days) => ({
				raw: mail({ subject: `${days}` }),
				date: new Date(Date.now() - days * day),
			})),
		});
		const first = await poll(undefined, { cap: 1, firstRunLookBack: 'P30D' });
		expect(subjects(first.messages)).toEqual(['29']);
		server.setUidValidity(5);
		time = 5 * day;
		expect(subjects((await poll(first.state, { firstRunLookBack: 'P30D' })).messages)).toEqual(['28', '1']);
	});

	it('what came between the last poll and a reset is not cut off by a look-back of none', async () => {
		await startWith(0);
		const first = await poll(undefined, { firstRunLookBack: 'PT0S' });
		server.append({ raw: mail({ subject: 'between' }), date: new Date(Date.now() + 1000) });
		server.setUidValidity(5);
		time = 3_600_000;
		expect(subjects((await poll(first.state, { firstRunLookBack: 'PT0S' })).messages)).toEqual(['between']);
	});

	it.each([
		['another folder', { folder: 'Reports' }, {}],
		['another user', {}, { user: 'other' }],
	])('a cursor of %s is not used: it would lose mail', async (_what, options, other) => {
		await startWith(2, { folders: ['Reports'] });
		server.append({ raw: mail({ subject: 'report' }), folder: 'Reports' });
		const first = await poll();
		const foreign = 'user' in other ? { ...first.state, account: `${other.user}@elsewhere` } : first.state;
		const second = await poll(foreign, options);
		expect(second.warnings.map(({ code }) => code)).toEqual(['other-mailbox']);
		expect(subjects(second.messages)).toEqual('folder' in options ? ['report'] : ['m1', 'm2']);
	});

	it('a cursor that cannot be read starts afresh and says so', async () => {
		await startWith(1);
		const result = await poll({ v: 99 } as never);
		expect(result.warnings.map(({ code }) => code)).toEqual(['cursor-unreadable']);
		expect(result.messages).toHaveLength(1);
	});

	it('a sample is the newest that fits, and no cursor is involved', async () => {
		await startWith(3);
		expect(subjects([(await open().sample())!])).toEqual(['m3']);
		expect(subjects([(await open().sample({ filter: ({ subject }) => subject === 'm1' }))!])).toEqual(['m1']);
		expect(await open().sample({ filter: () => false })).toBeUndefined();
		expect(subjects((await poll()).messages)).toEqual(['m1', 'm2', 'm3']);
	});

	it('an empty folder has no sample and no mail, and what comes first is new', async () => {
		await start();
		expect(await open().sample()).toBeUndefined();
		const first = await poll();
		expect(first).toMatchObject({ messages: [], more: false, warnings: [] });
		server.append(mail({ subject: 'first' }));
		expect(subjects((await poll(first.state, { firstRunLookBack: 'PT0S' })).messages)).toEqual(['first']);
	});

	it('the bytes of one poll are bounded: the rest waits', async () => {
		await start({ messages: [1, 2, 3].map((index) => ({ raw: mail({ subject: `m${index}`, bytes: 40_000 }) })) });
		const first = await poll(undefined, { maxPollBytes: 90_000 });
		expect([subjects(first.messages), first.more]).toEqual([['m1', 'm2'], true]);
		const second = await poll(first.state, { maxPollBytes: 90_000 });
		expect([subjects(second.messages), second.more]).toEqual([['m3'], false]);
		expect(subjects((await poll(undefined, { maxPollBytes: 10 })).messages)).toEqual(['m1']);
	});

	it("Gmail's message id makes the id: the same mail under another label has the same", async () => {
		await startWith(1, { gmail: true });
		const [message] = (await poll()).messages;
		expect(message!.source.emailId).toMatch(/^\d+$/);
		expect(message!.id).toMatch(new RegExp(`^[0-9a-f]{16}:${message!.source.emailId}$`));
	});

	it('ids tell accounts and folders apart, and are the same each time', async () => {
		await startWith(1, { folders: ['Reports'] });
		server.append({ raw: mail({ subject: 'm1' }), folder: 'Reports' });
		const id = async (folder: string) => (await poll(undefined, { folder })).messages[0]!.id;
		expect(await id('INBOX')).toMatch(/^[0-9a-f]{16}:1:1$/);
		expect(await id('INBOX')).toBe(await id('INBOX'));
		expect(await id('INBOX')).not.toBe(await id('Reports'));
	});
});

import {
	ImapMailbox,
	messageFilter,
	type ImapFolderState,
	type ImapOptions,
	type PollOptions,
} from '../../../lib/mailbox';
import { IMAP_LIMITS } from '../../../lib/limits';
import { EmbeddedImap, mail, rules, type EmbeddedImapOptions, type LabMessage } from '../../lab/imap';

const DAY = 86_400_000;
const names = (count: number, from = 1) => Array.from({ length: count }, (_, index) => `m${index + from}`);
const messagesOf = (subjects: readonly string[], more: Partial<LabMessage> = {}) =>
	subjects.map((subject) => ({ raw: mail({ subject }), ...more }));
const LONG_AGO = { date: new Date(Date.now() - 400 * DAY) };

/** What one answer of a server may say, of the folder or of a message, and what must not follow from it. */
describe('a single answer of an IMAP server', () => {
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
	const reports = { filter: messageFilter({ subjectContains: 'report' })! };
	const arrive = (subjects: readonly string[], more: Partial<LabMessage> = {}) => {
		for (const message of messagesOf(subjects, more)) server.append(message);
	};
	/** Somebody puts back a backup, or makes the folder anew: these messages go, and the counter goes on from here. */
	const putBack = (gone: readonly number[], uidNext: number) => {
		for (const uid of gone) server.remove(uid);
		server.setUidNext(uidNext);
	};
	const all = () => server.list().map(({ uid }) => uid);
	beforeEach(() => (time = 0));
	afterEach(async () => {
		for (const part of open.splice(0)) await part.close();
	});

	describe('SEARCH names a UID that no message has', () => {
		it.each([
			[4_294_967_295, 'UIDNEXT is told', undefined],
			[5_000, 'UIDNEXT is told', undefined],
			[5_000, 'no UIDNEXT is told', rules.uidNext(() => undefined)],
		])('%d, once (%s): mail that comes later under lower UIDs is not hidden', async (uid, _told, rule) => {
			await start({ messages: messagesOf(names(3)) });
			if (rule !== undefined) server.follow(rule);
			const first = await poll();
			arrive(['m4']);
			server.follow(rules.searchNamesNobody(uid, 1));
			const second = await poll(first.state);
			arrive(['m5']);
			const third = await poll(second.state);
			arrive(['m6']);
			const fourth = await poll(third.state);
			expect([second, third, fourth].map(({ got, failed }) => [got, failed])).toEqual([
				[['m4'], []],
				[['m5'], []],
				[['m6'], []],
			]);
		});

		it('at the first run: what comes next is not hidden', async () => {
			await start({ messages: messagesOf(names(3)) });
			server.follow(rules.searchNamesNobody(5_000, 1));
			const first = await poll();
			arrive(['m4']);
			expect([first.got, (await poll(first.state)).got]).toEqual([names(3), ['m4']]);
		});
	});

	describe('UIDs that are given once more', () => {
		it('by a counter that was put back, in the holes between many messages, before that was noticed: all of it comes', async () => {
			await start({ messages: messagesOf(names(60)) });
			const first = await poll(undefined, { cap: 100 });
			for (const uid of [10, 20, 30]) {
				server.remove(uid);
				server.append({ raw: mail({ subject: `n${uid}` }), uid });
			}
			server.setUidNext(31);
			const second = await poll(first.state);
			expect([second.got, second.warned]).toEqual([['n10', 'n20', 'n30'], ['uidnext-rewound']]);
			expect((await poll(second.state)).got).toEqual([]);
		});

		it('while a filter had left out the newest messages: what has them now is looked at', async () => {
			await start({ messages: messagesOf(['report 1', ...names(9)]) });
			const first = await poll(undefined, reports);
			putBack([9, 10], 9);
			arrive(['report 2']);
			const second = await poll(first.state, reports);
			expect([first.got, second.got]).toEqual([['report 1'], ['report 2']]);
			expect((await poll(second.state, reports)).got).toEqual([]);
		});

		it.each([
			['fewer', 1],
			['as many', 3],
			['more', 5],
		])(
			'in a folder made anew under the same UIDVALIDITY, of which a filter took nothing (%s messages)',
			async (_what, count) => {
				await start({ messages: messagesOf(names(3)) });
				const first = await poll(undefined, reports);
				putBack(all(), 1);
				const fresh = Array.from({ length: count }, (_, index) => `report ${index + 1}`);
				arrive(fresh);
				const second = await poll(first.state, reports);
				// Where there are as many as before, nothing looks new until something comes.
				arrive(['report 6']);
				const third = await poll(second.state, reports);
				expect([first.got, [...second.got, ...third.got]]).toEqual([[], [...fresh, 'report 6']]);
			},
		);

		it('in a folder of which the look-back left out everything', async () => {
			await start({ messages: messagesOf(names(5), LONG_AGO) });
			const first = await poll();
			putBack(all(), 1);
			arrive(['n1', 'n2', 'n3', 'n4', 'n5', 'n6']);
			const second = await poll(first.state);
			expect([first.got, second.got]).toEqual([[], ['n1', 'n2', 'n3', 'n4', 'n5', 'n6']]);
		});

		it('by a backup that was put back, to a folder of more than is remembered: what is the same does not come again', async () => {
			const count = IMAP_LIMITS.maxKnown + 100;
			await start({ messages: messagesOf(names(count)) });
			const first = await poll(undefined, { cap: 1_000 });
			putBack([count - 1, count], count - 1);
			arrive(['n1', 'n2', 'n3']);
			const second = await poll(first.state, { cap: 1_000 });
			expect([first.got.length, second.got, second.warned]).toEqual([count, ['n1', 'n2', 'n3'], ['uidnext-rewound']]);
			arrive(['n4']);
			expect((await poll(second.state)).got).toEqual(['n4']);
		});

		it('one that waits for another try, of old date, is found again when UIDVALIDITY changes, and what the look-back left out stays out', async () => {
			const now = { firstRunLookBack: 'PT0S' };
			await start({ messages: messagesOf(names(20), LONG_AGO) });
			const first = await poll(undefined, now);
			arrive(['bad'], LONG_AGO);
			arrive(names(3, 100));
			const repair = server.follow(rules.bodyNil([21]));
			const second = await poll(first.state, now);
			repair();
			server.setUidValidity(9);
			time = 61_000;
			const third = await poll(second.state, now);
			expect([second.got, second.failed, third.got]).toEqual([names(3, 100), [21], ['bad']]);
			expect(third.state.retry).toEqual({});
		});

		it('tries of a message are counted on when UIDVALIDITY changes', async () => {
			await start({ messages: messagesOf(names(3)) });
			server.follow(rules.bodyNil([2]));
			const first = await poll();
			server.setUidValidity(9);
			time = 61_000;
			const second = await poll(first.state);
			expect([first, second].map(({ state }) => state.retry['2']?.n)).toEqual([1, 2]);
		});
	});

	describe('counters and dates', () => {
		it('UIDNEXT that is wrong in one answer repeats nothing, in a folder of more than is remembered', async () => {
			const count = IMAP_LIMITS.maxKnown + 100;
			await start({ messages: messagesOf(names(count)) });
			const first = await poll(undefined, { cap: 1_000 });
			for (const fault of rules.uidNext(() => 1).faults) server.fault({ ...fault, times: 1 });
			const second = await poll(first.state);
			arrive(['new']);
			const third = await poll(second.state);
			expect([second.got, second.warned, third.got, third.warned]).toEqual([[], [], ['new'], []]);
		});

		it('a folder that looks empty at the first run: what the look-back leaves out stays out', async () => {
			await start({ messages: messagesOf(names(20), LONG_AGO) });
			const repair = server.follow(rules.looksEmpty());
			const first = await poll();
			repair();
			arrive(['m21']);
			arrive(['m22'], LONG_AGO);
			const second = await poll(first.state);
			expect([first.got, second.got, second.state.floor]).toEqual([[], ['m21', 'm22'], undefined]);
		});

		it.each([60, -60, 330])('dates that are %d minutes off from now on are no other messages', async (minutes) => {
			await start({ messages: messagesOf(names(5)) });
			const first = await poll();
			server.follow(rules.datesMoved(minutes));
			arrive(['m6']);
			const second = await poll(first.state);
			arrive(['m7']);
			const third = await poll(second.state);
			expect([second, third].map(({ got, warned }) => [got, warned])).toEqual([
				[['m6'], []],
				[['m7'], []],
			]);
		});
	});

	describe('fewer bytes than there are', () => {
		const sizes = ({ result }: { result: { messages: ReadonlyArray<{ raw: Buffer; truncated: boolean }> } }) =>
			result.messages.map(({ raw, truncated }) => [raw.length, truncated]);

		it.each([1, 5, 30])('of ranges only 100 bytes come (%d messages): each comes whole', async (count) => {
			await start({ messages: messagesOf(names(count)) });
			const raws = names(count).map((subject) => Buffer.byteLength(mail({ subject })));
			server.follow(rules.rangesCut(100));
			expect(sizes(await poll())).toEqual(raws.map((length) => [length, false]));
		});

		it.each([5, 30])(
			'of some of %d messages only 100 bytes come, and others are longer: each comes whole',
			async (count) => {
				await start({ messages: messagesOf(names(count)) });
				const raws = names(count).map((subject) => Buffer.byteLength(mail({ subject })));
				server.follow(rules.rangesCut(100, [1, 3, count]));
				expect(sizes(await poll())).toEqual(raws.map((length) => [length, false]));
			},
		);

		it('of messages of 100 kB only 64 KiB come, among many small ones, and with a filter', async () => {
			const raws = [...names(14), ...names(2, 15)].map((subject, at) =>
				mail({ subject, bytes: at < 14 ? 0 : 100_000 }),
			);
			await start({ messages: raws.map((raw) => ({ raw })) });
			server.follow(rules.rangesCut(65_536));
			const expected = raws.map((raw) => [Buffer.byteLength(raw), false]);
			expect(sizes(await poll())).toEqual(expected);
			expect(sizes(await poll(undefined, { filter: messageFilter({ subjectContains: 'm' })! }))).toEqual(expected);
		});

		it('of a large message 60,000 bytes come: it is fetched whole, and so is what Get gives', async () => {
			const raw = mail({ subject: 'large', bytes: 6_000_000 });
			await start({ messages: [{ raw }] });
			server.follow(rules.rangesCut(60_000));
			const length = Buffer.byteLength(raw);
			expect(sizes(await poll())).toEqual([[length, false]]);
			expect((await mailbox().get({ uid: 1 })).raw.length).toBe(length);
		});

		it('a download goes on where a range ended too early', async () => {
			const raw = mail({ subject: 'large', bytes: 900_000 });
			await start({ messages: [{ raw }] });
			server.follow(rules.rangesCut(60_000));
			const { stream } = await mailbox().download({ uid: 1 });
			const chunks: Buffer[] = [];
			for await (const chunk of stream) chunks.push(chunk as Buffer);
			expect(Buffer.concat(chunks).toString('latin1')).toBe(Buffer.from(raw).toString('latin1'));
		});

		it('sizes that are mere estimates cost a few questions, however many messages come', async () => {
			await start({ messages: messagesOf(names(40)) });
			for (const uid of all()) server.lieAboutSize(uid, 5_000);
			const filter = messageFilter({ subjectContains: 'm' })!;
			expect((await poll(undefined, { filter })).got).toEqual(names(40));
			const asked = server.commands.filter((line) => /BODY\.PEEK\[\]<[1-9]/.test(line));
			expect(asked.length).toBeLessThanOrEqual(IMAP_LIMITS.askedAgain);
		});
	});

	it.each([
		'* OK [ALERT] Maintenance tonight',
		'* OK [CLOSED] Previous mailbox closed',
		'* OK [UIDVALIDITY 99] UIDs valid',
		'* OK [UIDNEXT 1] Next',
		'* NO [UNAVAILABLE] Disk is slow',
		'* BAD What was that',
		'* 0 EXISTS',
		'* 1 EXPUNGE',
		'* VANISHED 1:4',
		'* FLAGS ()',
		'* SEARCH 77 78',
		'* LIST () "/" elsewhere',
		'* 9999 FETCH (FLAGS ())',
		'* 1 FETCH (UID 0 FLAGS ())',
	])('%j in the middle of other answers: each message comes, once', async (line) => {
		await start({ messages: messagesOf(names(4)) });
		server.follow(rules.interjected(`${line}\r\n`));
		const first = await poll();
		arrive(['m5']);
		const second = await poll(first.state);
		arrive(['m6']);
		const third = await poll(second.state);
		expect([first, second, third].flatMap(({ got }) => got).sort()).toEqual(names(6));
		expect([first, second, third].flatMap(({ failed }) => failed)).toEqual([]);
	});

	it('UIDVALIDITY that changes while a poll connects anew: the next poll reads the folder', async () => {
		await start({ messages: messagesOf(names(6)) });
		server.fault({
			command: 'UID FETCH',
			when: (line) => {
				if (line.includes('BODY')) server.setUidValidity(77);
				return line.includes('BODY');
			},
			how: 'drop',
			times: 1,
		});
		await expect(poll()).rejects.toMatchObject({ code: 'MAILBOX_CONNECTION_LOST', transient: true });
		expect((await poll()).got).toEqual(names(6));
	});

	it.each([
		['the beginning of a text', '{"v":1,"account":'],
		['of a newer version', { v: 2 }],
		['a list', []],
		['a number', 7],
	])('a saved position that is %s begins again, and is told', async (_what, saved) => {
		await start({ messages: messagesOf(names(2)) });
		const { got, warned } = await poll(saved as unknown as ImapFolderState);
		expect([got, warned]).toEqual([names(2), ['cursor-unreadable']]);
	});

	it.each<[string, object]>([
		['top', { top: 1e15 }],
		['todo', { todo: [[3, 1e15]] }],
		['absent', { absent: [[5, 1e15]] }],
		['retry', { retry: { 9999999999: { n: 1, at: 0, code: 'X' }, 0: { n: 1e9, at: 1e300, code: 'X' } } }],
		['tips', { tips: [[1e15, 'ab']] }],
		['anchor', { anchor: 1e15 }],
		['next', { next: 1e15 }],
		['rewound', { rewound: 1e15, watched: 1e15 }],
		['known', { known: '%%%' }],
		['polledAt', { polledAt: 1e300 }],
		['floor', { floor: { uid: 2, time: 1e300 } }],
	])('a saved position with a number that no server gives (%s) loses nothing', async (_what, part) => {
		await start({ messages: messagesOf(names(2)) });
		const first = await poll();
		arrive(['m3']);
		const second = await poll({ ...first.state, ...part });
		arrive(['m4']);
		const third = await poll(second.state);
		server.setUidValidity(8);
		arrive(['m5']);
		const fourth = await poll(third.state);
		expect([second, third, fourth].flatMap(({ got }) => got)).toEqual(expect.arrayContaining(['m3', 'm4', 'm5']));
	});
});

import {
	GraphMailbox,
	messageFilter,
	type GraphFolderState,
	type GraphMailboxOptions,
	type MailboxError,
	type PollOptions,
	type PollResult,
} from '../../../lib/mailbox';
import { GRAPH_LIMITS } from '../../../lib/limits';
import {
	arrange,
	MicrosoftLab,
	SITUATIONS,
	type LabMailbox,
	type LabMessage,
	type SituationName,
} from '../../lab/graph';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Requests that a poll may send to an Exchange in trouble: three messages, four times each, and who is asked besides. */
const HANDFUL = 30;

/** What Microsoft 365 does besides its documentation, each as it was reported: nothing is lost, nothing comes twice, and errors say what it is. */
describe('Microsoft 365 in the field', () => {
	let lab: MicrosoftLab;
	let box: LabMailbox;
	let time: number;
	const clock = { now: () => time, sleep: async (ms: number) => void (time += ms), random: () => 0 };

	beforeEach(async () => {
		// Each test later than the one before: pauses that Graph asked for outlast a mailbox.
		time = Date.UTC(2026, 4, 1) + Math.floor(performance.now()) * MINUTE;
		lab = await MicrosoftLab.start({ now: () => time });
		box = lab.graph.mailbox('soc@example.com');
	});
	afterEach(async () => await lab.close());

	const use = async <T>(act: (mailbox: GraphMailbox) => Promise<T>, options: Partial<GraphMailboxOptions> = {}) => {
		const mailbox = new GraphMailbox({
			...lab.credential(),
			mailbox: 'soc@example.com',
			tokens: lab.tokens(),
			clock,
			...options,
		});
		try {
			return await act(mailbox);
		} finally {
			await mailbox.close();
		}
	};
	type Result = PollResult<GraphFolderState>;
	const poll = async (state?: GraphFolderState, options: PollOptions = {}): Promise<Result> =>
		await use(
			async (mailbox) => await mailbox.poll(state && (JSON.parse(JSON.stringify(state)) as GraphFolderState), options),
		);
	const failure = async (promise: Promise<unknown>): Promise<MailboxError> =>
		await promise.then(
			() => {
				throw new Error('it should have failed');
			},
			(error: MailboxError) => error,
		);
	const inbox = () => box.folder('inbox');
	const deliver = (count: number, ageDays = 0) =>
		Array.from({ length: count }, (_unused, index) =>
			box.deliver(inbox(), { receivedAt: time - ageDays * DAY - index * 1000 }),
		);
	const ids = (messages: readonly LabMessage[]) => messages.map(({ immutableId }) => immutableId).sort();
	const whole = ({ messages }: Result) =>
		messages.filter(({ failure: failed }) => failed === undefined).map(({ id }) => id);
	const failed = ({ messages }: Result) => messages.filter(({ failure: failed }) => failed !== undefined);
	const codes = ({ warnings }: Result) => warnings.map(({ code }) => code);
	const calm = () => void (lab.graph.faults.length = 0);
	const requests = async <T>(act: () => Promise<T>): Promise<[T, number]> => {
		const before = lab.graph.counts.requests;
		return [await act(), lab.graph.counts.requests - before];
	};
	/** A trigger that has read all there is. */
	const started = async (options: PollOptions = {}): Promise<Result> => {
		const result = await poll(undefined, options);
		expect(result.more).toBe(false);
		return result;
	};
	/** Polls, minute by minute, until nothing is left: what was handed over whole, in order, and what was said. */
	const live = async (from: GraphFolderState | undefined, minutes: number, options: PollOptions = {}) => {
		let state = from;
		const got: string[] = [];
		const said: string[] = [];
		for (let minute = 0; minute < minutes; minute++) {
			time += MINUTE;
			const result = await poll(state, options).catch((error: MailboxError) => error);
			if (result instanceof Error) {
				if (!result.transient) throw result;
				continue;
			}
			({ state } = result);
			got.push(...whole(result));
			said.push(...codes(result));
		}
		return { got, said, state: state! };
	};
	const once = (got: readonly string[], expected: readonly LabMessage[]) =>
		expect([...got].sort()).toEqual(ids(expected));

	/** Ten minutes of trouble: each poll stops with few requests and an error that passes; then all of it comes. */
	const outlasts = async (name: SituationName, options: PollOptions = {}) => {
		deliver(3, 1);
		const { state } = await started();
		const fresh = deliver(120);
		arrange(lab.graph, name);
		let current = state;
		for (let minute = 0; minute < 10; minute++) {
			time += MINUTE;
			const [result, sent] = await requests(
				async () => await poll(current, options).catch((error: MailboxError) => error),
			);
			expect(sent).toBeLessThanOrEqual(HANDFUL);
			if (result instanceof Error) {
				expect(result).toMatchObject({ code: 'MAILBOX_UNAVAILABLE', transient: true });
			} else {
				expect(result.messages).toEqual([]);
				current = result.state;
			}
		}
		calm();
		const { got } = await live(current, 8);
		once(got, fresh);
	};
	/** One message of several cannot be had: the others come, it is told, and comes when it can be had. */
	const oneAside = async (name: SituationName, options: PollOptions = {}) => {
		const [bad, ...others] = deliver(4) as [LabMessage, ...LabMessage[]];
		arrange(lab.graph, name, { part: bad.immutableId });
		const first = await poll(undefined, options);
		once(whole(first), others);
		expect(failed(first)).toMatchObject([
			{ id: bad.immutableId, truncated: true, failure: { attempts: 1, retryAt: expect.any(Date) } },
		]);
		calm();
		time += 2 * MINUTE;
		const second = await poll(first.state, options);
		expect(whole(second)).toEqual([bad.immutableId]);
		return first;
	};
	const told = async (name: SituationName) => {
		deliver(1);
		const { state } = await started();
		arrange(lab.graph, name);
		const error = await failure(poll(state));
		calm();
		const [fresh] = deliver(1);
		expect(whole(await poll(state))).toEqual([fresh!.immutableId]);
		return error;
	};
	const rereads = async (name: SituationName) => {
		deliver(3, 40);
		deliver(5);
		const { state } = await started();
		const fresh = deliver(2);
		arrange(lab.graph, name, { times: 1 });
		const result = await poll(state);
		once(whole(result), fresh);
		expect(codes(result)).toEqual(['resync']);
		expect((await poll(result.state)).messages).toEqual([]);
	};
	const passesAnswer = async (name: SituationName) => {
		deliver(2);
		arrange(lab.graph, name);
		expect(await failure(poll())).toMatchObject({ code: 'MAILBOX_PROTOCOL', transient: true });
		expect(await failure(use(async (mailbox) => await mailbox.search({ subject: 'x' })))).toMatchObject({
			code: 'MAILBOX_PROTOCOL',
		});
		expect(await failure(use(async (mailbox) => await mailbox.sample()))).toMatchObject({ code: 'MAILBOX_PROTOCOL' });
		calm();
		expect(whole(await poll())).toHaveLength(2);
	};
	const movesIn = async (name: SituationName) => {
		arrange(lab.graph, name);
		const archive = box.folder('archive');
		const old = deliver(3, 20);
		deliver(2, 300);
		let { state } = await started();
		time += 5 * MINUTE;
		const elsewhere = box.deliver(archive, {});
		time += 5 * MINUTE;
		box.move(elsewhere, inbox());
		for (const message of [...old, ...[...inbox().members].map((id) => box.messages.get(id)!)]) box.touch(message);
		const result = await poll(state);
		expect(whole(result)).toEqual([elsewhere.immutableId]);
		({ state } = result);
		time += MINUTE;
		expect((await poll(state)).messages).toEqual([]);
		return state;
	};

	const stories: Record<SituationName, () => Promise<unknown>> = {
		'content not found': async () => {
			const result = await oneAside('content not found');
			expect(failed(result)[0]!.failure).toMatchObject({
				code: 'MAILBOX_UNAVAILABLE',
				message: expect.stringMatching(/lists a message of soc@example\.com, but does not find its content/),
			});
			expect(failed(result)[0]!.raw.toString()).toContain('Subject: ');
		},
		'message not found for a moment': async () => {
			deliver(2, 1);
			const { state } = await started();
			const fresh = deliver(2);
			arrange(lab.graph, 'message not found for a moment', { part: '' });
			let current = state;
			for (let minute = 0; minute < 10; minute++) {
				time += MINUTE;
				const result = await poll(current).catch((error: MailboxError) => error);
				if (result instanceof Error) expect(result).toMatchObject({ transient: true });
				else ({ state: current } = result);
			}
			calm();
			const { got, said } = await live(current, 3);
			once(got, fresh);
			expect(said).toEqual([]);
		},
		'fields not found, with a filter': async () => {
			await oneAside('fields not found, with a filter', { filter: () => true });
		},
		'content empty once': async () => {
			const messages = deliver(3);
			arrange(lab.graph, 'content empty once', { part: messages[1]!.immutableId, times: 1 });
			const result = await poll();
			once(whole(result), messages);
		},
		'content empty': async () => {
			const result = await oneAside('content empty');
			expect(failed(result)[0]!.failure!.message).toMatch(/sent no bytes/);
			expect(failed(result)[0]!.raw.toString()).toContain('Subject: ');
		},
		'content unavailable for all': async () => await outlasts('content unavailable for all'),
		'content empty for all': async () => await outlasts('content empty for all'),
		'content not found for all': async () => await outlasts('content not found for all'),
		'content fails in the middle of a poll': async () => {
			const { state } = await started();
			const fresh = deliver(40);
			let served = 0;
			lab.graph.onRequest = (kind) => {
				if (kind === 'value' && ++served === 12) arrange(lab.graph, 'content fails in the middle of a poll');
			};
			const [result, sent] = await requests(async () => await poll(state));
			lab.graph.onRequest = undefined;
			expect(codes(result)).toEqual(['stopped-early']);
			expect(failed(result)).toEqual([]);
			expect(whole(result).length).toBeGreaterThanOrEqual(9);
			expect(sent).toBeLessThanOrEqual(12 + HANDFUL);
			calm();
			const { got } = await live(result.state, 2);
			once([...whole(result), ...got], fresh);
		},
		'content that never comes': async () => {
			const messages = deliver(6);
			arrange(lab.graph, 'content that never comes');
			// The clock of the machine: a silent server is waited for in real time.
			const budgetMs = 2_500;
			const first = await use(async (mailbox) => await mailbox.poll(undefined, { budgetMs }), { clock: undefined });
			expect(failed(first)).toHaveLength(1);
			expect(whole(first)).toEqual([]);
			expect([first.state.todo.length, Object.keys(first.state.retry).length]).toEqual([5, 1]);
			calm();
			time = Date.now() + 10 * MINUTE;
			once(whole(await poll(first.state)), messages);
		},
		'content refused (rights management)': async () => {
			deliver(3);
			const { state } = await started();
			const [protectedOne] = deliver(1);
			arrange(lab.graph, 'content refused (rights management)', { part: protectedOne!.immutableId });
			const result = await poll(state);
			expect(failed(result)).toMatchObject([
				{ id: protectedOne!.immutableId, failure: { code: 'MAILBOX_NOT_ALLOWED' } },
			]);
			// For all of them it is a missing permission, and stays one.
			calm();
			deliver(1);
			arrange(lab.graph, 'content refused (rights management)');
			const stopped = await poll(result.state);
			expect([stopped.messages, codes(stopped)]).toEqual([[], ['stopped-early']]);
			expect(await failure(poll(stopped.state))).toMatchObject({ code: 'MAILBOX_NOT_ALLOWED', transient: false });
		},
		'very many broken messages': async () => {
			const good = deliver(1, 1);
			let { state } = await started();
			const broken = Array.from({ length: GRAPH_LIMITS.maxRetries + 10 }, (_unused, index) =>
				box.deliver(inbox(), { receivedAt: time - index * 1000, broken: true }),
			);
			const fine = deliver(5);
			const got: string[] = [];
			const given: string[] = [];
			const said = new Set<string>();
			const run = async (minutes: number) => {
				for (let minute = 0; minute < minutes; minute++) {
					time += MINUTE;
					const result = await poll(state, { cap: 200, budgetMs: 300_000 });
					({ state } = result);
					got.push(...whole(result));
					for (const { id, failure: failed } of result.messages) if (failed && !failed.retryAt) given.push(id);
					for (const code of codes(result)) said.add(code);
				}
			};
			await run(12);
			expect(given).toEqual([]);
			expect(got.sort()).toEqual(ids(fine));
			expect(said).toContain('many-failures');
			expect(JSON.stringify(state).length).toBeLessThan(32_768);
			for (const message of broken) message.broken = false;
			time += 13 * 3_600_000;
			await run(40);
			expect(got.sort()).toEqual(ids([...fine, ...broken]));
			expect(good).toHaveLength(1);
		},
		'fields without a value': async () => {
			const [message] = deliver(1);
			const original = lab.graph.onRequest;
			expect(original).toBeUndefined();
			lab.graph.faults.push({ kind: 'null', path: message!.immutableId, not: '/$value', times: 1 });
			const result = await poll(undefined, { filter: () => false });
			expect(failed(result)).toHaveLength(1);
			lab.graph.faults.push({ kind: 'fieldless', path: message!.immutableId, not: '/$value', times: 1 });
			time += 2 * MINUTE;
			expect(whole(await poll(result.state, { filter: () => false }))).toEqual([message!.immutableId]);
		},
		'attachments cannot be listed': async () => {
			box.deliver(inbox(), { attachments: [{ kind: 'file', name: 'a.pdf', bytes: Buffer.from('%PDF') }] });
			arrange(lab.graph, 'attachments cannot be listed');
			expect((await poll()).messages).toMatchObject([{ truncated: false, warnings: [{ code: 'links-missing' }] }]);
		},
		'mailbox full': async () => {
			const error = await told('mailbox full');
			expect(error).toMatchObject({
				code: 'MAILBOX_UNAVAILABLE',
				transient: true,
				message: expect.stringMatching(/^The mailbox is full.*errorquotaexceeded/),
				hint: expect.not.stringMatching(/scope|permission/),
			});
		},
		'mailbox full, as HTTP 507': async () => {
			expect(await told('mailbox full, as HTTP 507')).toMatchObject({
				transient: true,
				message: expect.stringMatching(/^The mailbox is full/),
			});
		},
		'mailbox being moved': async () => {
			expect(await told('mailbox being moved')).toMatchObject({
				code: 'MAILBOX_UNAVAILABLE',
				transient: true,
				message: expect.stringMatching(/errormailboxmoveinprogress/),
			});
		},
		'mailbox information stale': async () => {
			expect(await told('mailbox information stale')).toMatchObject({
				code: 'MAILBOX_UNAVAILABLE',
				transient: true,
				message: expect.stringMatching(/mailboxinfostale/),
			});
		},
		'server busy, as HTTP 400': async () => {
			expect(await told('server busy, as HTTP 400')).toMatchObject({ code: 'MAILBOX_UNAVAILABLE', transient: true });
		},
		'moves told': async () => {
			let state = await movesIn('moves told');
			const old = box.deliver(box.folder('archive'), { receivedAt: time - 400 * DAY });
			box.move(old, inbox());
			const result = await poll(state);
			expect(whole(result)).toEqual([old.immutableId]);
			({ state } = result);
			time += 60 * MINUTE;
			const { got, said } = await live(state, 3);
			expect([got, said]).toEqual([[], []]);
		},
		'moves not told': async () => {
			const state = await movesIn('moves not told');
			const [fresh] = deliver(1);
			const { got } = await live(state, 2);
			expect(got).toEqual([fresh!.immutableId]);
		},
		'moved out and back between two polls': async () => {
			arrange(lab.graph, 'moved out and back between two polls');
			const [known] = deliver(1, 400);
			const { state } = await started();
			time += 5 * MINUTE;
			const [fresh] = deliver(1);
			for (const message of [fresh!, known!]) {
				box.move(message, box.folder('archive'));
				box.move(message, inbox());
			}
			const { got } = await live(state, 5);
			expect(got.sort()).toEqual(ids([fresh!, known!]));
		},
		'old message moved in, moves not told': async () => {
			arrange(lab.graph, 'old message moved in, moves not told');
			const archive = box.folder('archive');
			const ancient = Array.from({ length: 3 }, () => box.deliver(archive, { receivedAt: time - 300 * DAY }));
			deliver(3, 1);
			const { state } = await started();
			time += 5 * MINUTE;
			box.move(ancient[0]!, inbox());
			const recent = box.deliver(archive, {});
			time += 5 * MINUTE;
			box.move(recent, inbox());
			const first = await live(state, 30);
			expect(first.got.sort()).toEqual(ids([recent, ancient[0]!]));
			expect(first.said).toEqual(['moves-untold']);
			box.move(ancient[1]!, inbox());
			const second = await live(first.state, 3);
			expect(second.got).toEqual([ancient[1]!.immutableId]);
		},
		'row left out by the delta query': async () => {
			deliver(2, 1);
			const { state } = await started();
			time += 5 * MINUTE;
			const fresh = deliver(4);
			lab.graph.delta.omitted.add(fresh[2]!.immutableId);
			const { got } = await live(state, 3);
			once(got, fresh);
		},
		'rows left out by the first round': async () => {
			const messages = deliver(40, 3);
			for (const at of [0, 17, 39]) lab.graph.delta.omitted.add(messages[at]!.immutableId);
			const { got, said, state } = await live(undefined, 3, { cap: 15 });
			once(got, messages);
			expect(said).toContain('list-incomplete');
			expect(state.unchecked).toBeUndefined();
			// Nothing of the round is left out: nothing is said.
			expect((await live(state, 2)).said).toEqual([]);
		},
		'rows left out by a resync': async () => {
			const { state } = await live(undefined, 2);
			const old = deliver(700, 5);
			const before = await live(state, 4, { cap: 1_000, budgetMs: 600_000 });
			once(before.got, old);
			lab.graph.delta.forget();
			time += 20 * MINUTE;
			const fresh = deliver(9);
			lab.graph.delta.omitted.add(fresh[4]!.immutableId);
			// Read before the second look sees it: that it was changed is not what finds it.
			for (const message of fresh) message.modifiedAt = time - 20 * DAY;
			const { got, said } = await live(before.state, 3);
			once(got, fresh);
			expect(said).toEqual(expect.arrayContaining(['resync', 'list-incomplete']));
		},
		'rows left out by a first round longer than is remembered': async () => {
			const messages = deliver(1_200, 3);
			for (const at of [10, 140, 900]) lab.graph.delta.omitted.add(messages[at]!.immutableId);
			const { got } = await live(undefined, 4, { cap: 1_000, budgetMs: 600_000 });
			once(
				got,
				messages.filter((_message, at) => at !== 900),
			);
		},
		'rows left out by a first round with a limit': async () => {
			const messages = deliver(30, 3);
			lab.graph.delta.omitted.add(messages[4]!.immutableId);
			const { got } = await live(undefined, 3, { firstRunCap: 10 });
			once(got, messages.slice(0, 11));
		},
		'second list refused': async () => {
			const messages = deliver(5, 3);
			lab.graph.delta.omitted.add(messages[2]!.immutableId);
			arrange(lab.graph, 'second list refused', { times: 1 });
			const first = await poll();
			expect(whole(first)).toHaveLength(4);
			expect(codes(first)).toContain('list-unchecked');
			const { got } = await live(first.state, 2);
			once([...whole(first), ...got], messages);
		},
		'second look refused': async () => {
			deliver(1);
			arrange(lab.graph, 'second look refused', { times: 2 });
			const result = await poll();
			expect(whole(result)).toHaveLength(1);
			expect(codes(result)).toEqual(['list-unchecked', 'moves-unchecked']);
			expect(codes(await poll(result.state))).toEqual([]);
			// The same list tells whether another message can be read: without it, the trouble is told as it was.
			deliver(1);
			arrange(lab.graph, 'content unavailable for all');
			arrange(lab.graph, 'second look refused');
			const { state } = await poll(result.state);
			expect(await failure(poll(state))).toMatchObject({ code: 'MAILBOX_UNAVAILABLE', transient: true });
		},
		'ten thousand messages marked at once': async () => {
			const messages = deliver(10_000, 60);
			const { state } = await started();
			time += MINUTE;
			for (const message of messages) {
				message.modifiedAt = time;
				if (message === messages[5_000]) time += 1000;
			}
			time += MINUTE;
			const [fresh] = deliver(1);
			let current = state;
			const got: string[] = [];
			for (let minute = 0; minute < 12; minute++) {
				time += MINUTE;
				const [result, sent] = await requests(async () => await poll(current, { budgetMs: 300_000 }));
				expect(sent).toBeLessThan(GRAPH_LIMITS.maxLookPages + 5);
				({ state: current } = result);
				got.push(...whole(result));
			}
			expect(got).toEqual([fresh!.immutableId]);
		},
		'sync state not found': async () => await rereads('sync state not found'),
		'sync state invalid': async () => await rereads('sync state invalid'),
		'resync required': async () => await rereads('resync required'),
		'page without links': async () => {
			const messages = deliver(2);
			arrange(lab.graph, 'page without links');
			expect(await failure(poll())).toMatchObject({ code: 'MAILBOX_PROTOCOL', transient: true });
			calm();
			once(whole(await poll()), messages);
		},
		'links that lead in a circle': async () => {
			const messages = deliver(250, 1);
			const first = await poll(undefined, { cap: 120 });
			arrange(lab.graph, 'links that lead in a circle');
			const [result, sent] = await requests(
				async () => await poll(first.state, { cap: 500, budgetMs: 300_000 }).catch((error: MailboxError) => error),
			);
			expect(sent).toBeLessThan(250 + HANDFUL);
			calm();
			const second = result instanceof Error ? first : result;
			const got = result instanceof Error ? [] : whole(result);
			const { got: rest } = await live(second.state, 6, { cap: 200, budgetMs: 300_000 });
			once([...whole(first), ...got, ...rest], messages);
		},
		'rows without an id': async () => {
			const messages = deliver(3);
			arrange(lab.graph, 'rows without an id', { times: 1 });
			const first = await poll();
			once(whole(first), messages);
			expect(codes(first)).toEqual([]);
			time += 5 * MINUTE;
			const fresh = deliver(2);
			arrange(lab.graph, 'rows without an id', { times: 2 });
			const second = await poll(first.state);
			once(whole(second), fresh);
			expect(codes(second)).toEqual(['rows-unreadable']);
		},
		'answer that is no list': async () => await passesAnswer('answer that is no list'),
		'answer that is null': async () => await passesAnswer('answer that is null'),
		'the same row twice, empty pages': async () => {
			arrange(lab.graph, 'the same row twice, empty pages');
			const messages = deliver(250, 1);
			const { got } = await live(undefined, 10);
			once(got, messages);
		},
		'throttled, with Retry-After': async () => {
			const messages = deliver(5);
			arrange(lab.graph, 'throttled, with Retry-After');
			const { state, warnings } = await poll();
			expect(warnings).toMatchObject([{ code: 'stopped-early' }]);
			const [error, sent] = await requests(async () => await failure(poll(state)));
			expect(error).toMatchObject({ code: 'MAILBOX_THROTTLED', transient: true });
			expect(error.retryAfterMs).toBeGreaterThan(0);
			expect(sent).toBe(0);
			calm();
			time += 10 * MINUTE;
			const result = await poll(state);
			once(whole(result), messages);
			expect(result.state.retry).toEqual({});
		},
		'more than ten thousand folders': async () => {
			const parent = box.addFolder('Feeds');
			for (let index = 0; index < GRAPH_LIMITS.maxFolders; index++) box.addFolder(`f${index}`, { parent });
			lab.graph.gzip = false;
			let isCut = false;
			const folders = await use(
				async (mailbox) => await mailbox.listFolders({ onTruncated: () => void (isCut = true) }),
			);
			expect([folders.length, isCut]).toEqual([GRAPH_LIMITS.maxFolders, true]);
		},
		'names with spaces around them': async () =>
			await opensWhatItLists([' EOM Reports ', 'EOM Reports', 'a  b', ' inbox']),
		'names with backslashes and slashes': async () =>
			await opensWhatItLists(['AC/DC', 'AC\\DC', 'end\\', 'end\\\\', '\\/', 'a\\/b', '/', '//x', '\\', 'x/\\']),
		'Message-ID search that finds another message': async () => {
			deliver(3);
			const wanted = box.deliver(inbox(), { messageId: '<wanted@example.com>' });
			lab.graph.ignoresFilter = true;
			expect(await use(async (mailbox) => (await mailbox.get({ messageId: 'wanted@example.com' })).id)).toBe(
				wanted.immutableId,
			);
			expect(await failure(use(async (mailbox) => await mailbox.get({ messageId: '<no@example.com>' })))).toMatchObject(
				{
					code: 'MAILBOX_MESSAGE_MISSING',
				},
			);
		},
		'search that finds other messages': async () => {
			const other = { subject: 'Lunch', from: 'bob@example.com', to: ['team@example.com'] };
			for (let count = 0; count < 3; count++) box.deliver(inbox(), other);
			const wanted = box.deliver(inbox(), {
				subject: 'RE: Überweisung – invoice #7',
				from: 'eve@example.net',
				to: ['soc@example.com'],
			});
			arrange(lab.graph, 'search that finds other messages');
			for (const search of [
				{ subject: 'Invoice 7' },
				{ subject: 'uberweisung' },
				{ from: 'Eve' },
				{ to: 'soc@example.com' },
				{ from: 'eve@example.net', subject: 're' },
			]) {
				const hits = await use(async (mailbox) => await mailbox.search(search));
				expect([search, hits.map(({ id }) => id)]).toEqual([search, [wanted.immutableId]]);
			}
			expect(await use(async (mailbox) => await mailbox.search({ subject: 'nothing like it' }))).toEqual([]);
		},
		'page in place of content': async () => {
			await oneAside('page in place of content');
			const { immutableId } = box.deliver(inbox(), {});
			arrange(lab.graph, 'page in place of content');
			const passing = { code: 'MAILBOX_UNAVAILABLE', transient: true };
			expect(await failure(use(async (mailbox) => await mailbox.get({ id: immutableId })))).toMatchObject(passing);
			const download = use(async (mailbox) => {
				const { stream } = await mailbox.download({ id: immutableId });
				await stream.toArray();
			});
			expect(await failure(download)).toMatchObject(passing);
		},
		'folder found, its messages not': async () => {
			const error = await told('folder found, its messages not');
			expect(error).toMatchObject({ code: 'MAILBOX_UNAVAILABLE', transient: true });
			expect(error.message).toContain('erroritemnotfound');
			arrange(lab.graph, 'folder found, its messages not');
			expect(await failure(poll())).toMatchObject({ code: 'MAILBOX_UNAVAILABLE', transient: true });
		},
		'inbox not found': async () => {
			const { immutableId } = box.deliver(inbox(), {});
			// In another language its name is no help.
			inbox().displayName = 'Posteingang';
			arrange(lab.graph, 'inbox not found');
			expect(await failure(poll())).toMatchObject({ code: 'MAILBOX_UNAVAILABLE', transient: true });
			calm();
			expect(whole(await poll())).toEqual([immutableId]);
		},
		'folder not found by its name': async () => {
			const { immutableId } = box.deliver(box.addFolder('Reported phish'), {});
			arrange(lab.graph, 'folder not found by its name', { times: 1 });
			expect(whole(await poll(undefined, { folder: 'reported phish' }))).toEqual([immutableId]);
		},
		'condition on the name of a folder ignored': async () => {
			const { immutableId } = box.deliver(box.addFolder('Reported phish'), {});
			deliver(2);
			arrange(lab.graph, 'condition on the name of a folder ignored');
			expect(whole(await poll(undefined, { folder: 'Reported phish' }))).toEqual([immutableId]);
			expect(await failure(poll(undefined, { folder: 'Nobody' }))).toMatchObject({ code: 'MAILBOX_FOLDER_MISSING' });
		},
		'Message-ID without brackets': async () => {
			const bare = box.deliver(inbox(), { messageId: 'bare@example.com' });
			expect(await use(async (mailbox) => (await mailbox.get({ messageId: 'bare@example.com' })).id)).toBe(
				bare.immutableId,
			);
		},
	};
	const opensWhatItLists = async (names: string[]) => {
		const parent = box.addFolder('Parent');
		const messages = new Map<string, string>();
		for (const name of names) {
			for (const folder of [box.addFolder(name), box.addFolder(name, { parent })])
				messages.set(folder.id, box.deliver(folder, {}).immutableId);
			// A name that ends a path, and one in the middle of it.
			const child = box.addFolder('Child', { parent: box.addFolder(`${name}2`, { parent }) });
			messages.set(child.id, box.deliver(child, {}).immutableId);
		}
		const listed = await use(async (mailbox) => await mailbox.listFolders());
		for (const { id, path } of listed.filter((folder) => messages.has(folder.id)))
			expect([path, (await use(async (mailbox) => await mailbox.sample({ folder: path })))?.id]).toEqual([
				path,
				messages.get(id),
			]);
	};

	for (const [name, story] of Object.entries(stories))
		it(`${name}: ${SITUATIONS[name as SituationName].right}`, async () => void (await story()), 120_000);
});

describe('one message of Microsoft 365, by hand', () => {
	let lab: MicrosoftLab;
	let box: LabMailbox;
	let mailbox: GraphMailbox;
	beforeEach(async () => {
		lab = await MicrosoftLab.start();
		box = lab.graph.mailbox('soc@example.com');
		mailbox = new GraphMailbox({ ...lab.credential(), mailbox: 'soc@example.com', tokens: lab.tokens() });
	});
	afterEach(async () => {
		await mailbox.close();
		await lab.close();
	});

	it('fields without a value: the sample of a filter is a message that the filter could judge, read anew, or one that it could not', async () => {
		box.deliver(box.folder('inbox'), { subject: 'other', receivedAt: Date.now() - 60_000 });
		const { immutableId } = box.deliver(box.folder('inbox'), { subject: 'report' });
		const filter = messageFilter({ subjectContains: 'report' })!;
		// The list says nothing of its rows; each message by itself does.
		lab.graph.faults.push({ kind: 'fieldless rows', about: 'list', times: 1 });
		expect((await mailbox.sample({ filter }))?.id).toBe(immutableId);
		// Nothing does: a poll would hand them over.
		lab.graph.faults.push(
			{ kind: 'fieldless rows', about: 'list', times: 1 },
			{ kind: 'fieldless', about: 'message', times: 9 },
		);
		expect(await mailbox.sample({ filter: messageFilter({ subjectContains: 'nothing' })! })).toBeDefined();
	});

	it.each(['content empty', 'content not found'] as const)(
		'%s: Get, the stream and the sample fail as passing, and not with an empty or a deleted message',
		async (name) => {
			const { immutableId } = box.deliver(box.folder('inbox'), {});
			arrange(lab.graph, name);
			const passing = { code: 'MAILBOX_UNAVAILABLE', transient: true };
			await expect(mailbox.get({ id: immutableId })).rejects.toMatchObject(passing);
			await expect(mailbox.sample()).rejects.toMatchObject(passing);
			await expect(
				mailbox.download({ id: immutableId }).then(async ({ stream }) => {
					await stream.toArray();
				}),
			).rejects.toMatchObject(passing);
		},
	);
});

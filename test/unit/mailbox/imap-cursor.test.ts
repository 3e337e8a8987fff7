import fc from 'fast-check';
import { IMAP_LIMITS, MAILBOX_LIMITS } from '../../../lib/limits';
import {
	discover,
	dueRetries,
	isBelowFloor,
	endRetries,
	setAside,
	settle,
	startCursor,
	type ImapFolderState,
} from '../../../lib/mailbox/imap/cursor';
import { planPoll } from '../../../lib/mailbox/imap/plan';
import { includes, type UidRange } from '../../../lib/mailbox/imap/ranges';
import { readState } from '../../../lib/mailbox/imap/savedState';

/** A folder as the protocol lets one see it, and a reader that uses the cursor as a poll does. */
class Model {
	now = 0;
	uidNext = 1;
	uidValidity = 1;
	/** UID to message; hidden ones have their UID already and turn up later. */
	readonly present = new Map<number, string>();
	readonly hidden = new Map<number, string>();
	/** Handed over: message to number of times. */
	readonly delivered = new Map<string, number>();
	readonly givenUp = new Set<string>();
	crashes = 0;
	resets = 0;
	state: ImapFolderState | undefined;
	#serial = 0;

	arrive(count: number): void {
		for (let i = 0; i < count; i++) this.present.set(this.uidNext++, `m${this.#serial++}`);
	}

	arriveHidden(): void {
		this.hidden.set(this.uidNext++, `m${this.#serial++}`);
	}

	reveal(): void {
		for (const [uid, message] of this.hidden) this.present.set(uid, message);
		this.hidden.clear();
	}

	expunge(pick: number): void {
		const uids = [...this.present.keys()];
		if (uids.length > 0) this.present.delete(uids[pick % uids.length]!);
	}

	/** DELETE and CREATE: the messages are put back with new UIDs. */
	recreate(): void {
		const messages = [...this.present.values(), ...this.hidden.values()];
		this.present.clear();
		this.hidden.clear();
		this.uidNext = 1;
		this.uidValidity++;
		this.resets++;
		for (const message of messages) this.present.set(this.uidNext++, message);
	}

	readonly #search = async (ranges: readonly UidRange[]) =>
		[...this.present.keys()].filter((uid) => includes(ranges, uid)).reverse();

	async poll(options: {
		cap: number;
		order: 'oldest' | 'newest';
		poison: (message: string) => boolean;
		stopAfter?: number;
		crash?: boolean;
	}): Promise<void> {
		let state = this.state;
		if (state === undefined || state.uidValidity !== String(this.uidValidity)) {
			const uids = [...this.present.keys()];
			const epoch = state === undefined ? 0 : state.epoch + 1;
			state = startCursor({
				account: 'a',
				path: 'p',
				serverPath: 'p',
				uidValidity: String(this.uidValidity),
				epoch,
				existing: uids,
				uids,
			});
		} else {
			state = discover(state, await this.#search([...state.absent, [state.top + 1, 4_294_967_295]]));
		}
		const plan = await planPoll(state, options.cap, options.order, this.#search);
		expect(plan.uids.length).toBeLessThanOrEqual(options.cap);
		expect(new Set(plan.uids).size).toBe(plan.uids.length);
		const unfinished = new Set<number>();
		const handedOver: string[] = [];
		let handled = 0;
		for (const uid of [...plan.uids, ...dueRetries(state, this.now)]) {
			const message = this.present.get(uid);
			if (handled++ >= (options.stopAfter ?? Infinity)) unfinished.add(uid);
			else if (message === undefined) state = endRetries(state, [uid]);
			else if (options.poison(message)) {
				const aside = setAside(state, uid, 'MAILBOX_PROTOCOL', this.now);
				if (aside === undefined) unfinished.add(uid);
				else {
					state = aside.state;
					if (aside.retryAt === undefined) this.givenUp.add(message);
				}
			} else {
				handedOver.push(message);
				state = endRetries(state, [uid]);
			}
		}
		for (const stretch of plan.stretches) state = settle(state, stretch, unfinished);
		for (const message of handedOver) this.delivered.set(message, (this.delivered.get(message) ?? 0) + 1);
		this.now += 60_000;
		// The process ends between hand-over and save: the old cursor is what there is.
		if (options.crash) this.crashes++;
		else this.state = readState(JSON.parse(JSON.stringify(state)));
		expect(this.state === undefined ? 0 : JSON.stringify(this.state).length).toBeLessThan(8192);
	}

	async drain(order: 'oldest' | 'newest'): Promise<void> {
		for (let i = 0; i < 60; i++) {
			await this.poll({ cap: 50, order, poison: () => false });
			this.now += 86_400_000;
		}
	}
}

const step = fc.oneof(
	fc.record({ do: fc.constant('arrive' as const), count: fc.integer({ min: 1, max: 30 }) }),
	fc.record({ do: fc.constant('hide' as const) }),
	fc.record({ do: fc.constant('reveal' as const) }),
	fc.record({ do: fc.constant('expunge' as const), pick: fc.nat(1000) }),
	fc.record({
		do: fc.constant('poll' as const),
		cap: fc.integer({ min: 1, max: 12 }),
		order: fc.constantFrom('oldest' as const, 'newest' as const),
		stopAfter: fc.option(fc.nat(8), { nil: undefined }),
		crash: fc.boolean(),
	}),
);

async function play(
	model: Model,
	steps: ReadonlyArray<{ do: string } & Record<string, unknown>>,
	poison: (message: string) => boolean,
): Promise<void> {
	for (const action of steps) {
		if (action.do === 'arrive') model.arrive(action['count'] as number);
		else if (action.do === 'hide') model.arriveHidden();
		else if (action.do === 'reveal') model.reveal();
		else if (action.do === 'expunge') model.expunge(action['pick'] as number);
		else if (action.do === 'recreate') model.recreate();
		else await model.poll({ ...(action as unknown as { cap: number; order: 'oldest' | 'newest' }), poison });
	}
}

const upTo = (top: number) => Array.from({ length: top }, (_, index) => index + 1);
const started = (top: number, uids: number[] = [], floor?: number) =>
	startCursor({
		account: 'a',
		path: 'p',
		serverPath: 'p',
		uidValidity: '1',
		epoch: 0,
		existing: upTo(top),
		uids,
		...(floor === undefined ? {} : { floor: { uid: top, time: floor } }),
	});

describe('the cursor of an IMAP folder', () => {
	it('every message that stays is handed over, once for each time the state was kept', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(step, { maxLength: 40 }),
				fc.constantFrom('oldest' as const, 'newest' as const),
				async (steps, order) => {
					const model = new Model();
					await play(model, steps, (message) => message.endsWith('7'));
					model.reveal();
					await model.drain(order);
					for (const message of model.present.values()) {
						const times = model.delivered.get(message) ?? 0;
						expect(times).toBeGreaterThanOrEqual(1);
						expect(times).toBeLessThanOrEqual(1 + model.crashes);
					}
					expect(model.state?.todo).toEqual([]);
					expect(model.state?.retry).toEqual({});
				},
			),
			{ numRuns: 300 },
		);
	});

	it('a poll that breaks off does not bring back what an earlier one handed over between its messages', async () => {
		const model = new Model();
		const poison = () => false;
		model.arrive(2);
		await model.poll({ cap: 1, order: 'newest', poison });
		model.arrive(1);
		await model.poll({ cap: 2, order: 'oldest', poison, stopAfter: 0 });
		expect(model.state?.todo).toEqual([
			[1, 1],
			[3, 3],
		]);
		await model.drain('oldest');
		expect([...model.delivered]).toEqual([
			['m1', 1],
			['m0', 1],
			['m2', 1],
		]);
	});

	it('a re-created folder is read afresh and nothing in it is lost', async () => {
		const action = fc.oneof(step, fc.record({ do: fc.constant('recreate' as const) }));
		await fc.assert(
			fc.asyncProperty(fc.array(action, { maxLength: 30 }), async (steps) => {
				const model = new Model();
				await play(model, steps, () => false);
				model.reveal();
				await model.drain('oldest');
				for (const message of model.present.values()) {
					const times = model.delivered.get(message) ?? 0;
					expect(times).toBeGreaterThanOrEqual(1);
					expect(times).toBeLessThanOrEqual(1 + model.crashes + model.resets);
				}
				expect(model.state?.uidValidity).toBe(String(model.uidValidity));
			}),
			{ numRuns: 200 },
		);
	});

	it('newest first under constant overload: the backlog drains, the state stays small', async () => {
		const model = new Model();
		model.arrive(500);
		for (let i = 0; i < 400; i++) {
			await model.poll({ cap: 20, order: 'newest', poison: () => false });
			model.arrive(25);
		}
		expect(model.state!.todo.length).toBeLessThanOrEqual(IMAP_LIMITS.maxRanges + 1);
		// A fifth of each cap went to the oldest: the first message did not wait for a quiet day.
		expect(model.delivered.get('m0')).toBe(1);
		for (let i = 0; i < 700; i++) await model.poll({ cap: 20, order: 'newest', poison: () => false });
		expect(model.delivered.size).toBe(500 + 400 * 25);
		expect([...model.delivered.values()].every((times) => times === 1)).toBe(true);
	});

	it('newest first begins with the newest and keeps a fifth for the oldest', async () => {
		const state = started(100, upTo(100));
		const all = async (ranges: readonly UidRange[]) =>
			Array.from({ length: 100 }, (_, i) => i + 1).filter((uid) => includes(ranges, uid));
		expect((await planPoll(state, 10, 'newest', all)).uids).toEqual([100, 99, 98, 97, 96, 95, 94, 93, 1, 2]);
		expect((await planPoll(state, 10, 'oldest', all)).uids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
		expect((await planPoll(state, 200, 'newest', all)).uids).toEqual(Array.from({ length: 100 }, (_, i) => 100 - i));
	});

	it('300,000 messages that wait are not listed for the next 50', async () => {
		const state = started(300_000, upTo(300_000));
		let listed = 0;
		await planPoll(state, 50, 'newest', async (ranges) => {
			const found: number[] = [];
			for (const [from, to] of ranges) for (let uid = from; uid <= to; uid++) found.push(uid);
			listed += found.length;
			return found;
		});
		expect(listed).toBeLessThan(5000);
		expect(JSON.stringify(state).length).toBeLessThan(300);
	});

	it('UIDs below the top that a server answers to n:* are not taken for new ones', () => {
		const state = started(20);
		expect(discover(state, [20])).toEqual(state);
		expect(discover(state, [20, 22])).toMatchObject({ top: 22, todo: [[21, 22]], absent: [[21, 21]] });
	});

	it('poison is tried again with growing waits, and given up visibly', () => {
		let state = started(5);
		const waits: Array<number | undefined> = [];
		for (let i = 0; i < MAILBOX_LIMITS.maxAttempts; i++) {
			const aside = setAside(state, 5, 'MAILBOX_PROTOCOL', 1000)!;
			waits.push(aside.retryAt === undefined ? undefined : (aside.retryAt - 1000) / 60_000);
			state = aside.state;
		}
		expect(waits).toEqual([1, 5, 30, 120, 720, 720, 720, undefined]);
		expect(state.retry).toEqual({});
	});

	it('a mailbox full of poison does not fill the state, and what finds no room there is not dropped', () => {
		const uids = Array.from({ length: 5000 }, (_, index) => index + 1);
		let state = started(5000, uids);
		const noRoom: number[] = [];
		for (let uid = 1; uid <= 5000; uid++) {
			const aside = setAside(state, uid, 'MAILBOX_CONNECTION_LOST', 0);
			if (aside === undefined) noRoom.push(uid);
			else ({ state } = aside);
		}
		expect(Object.keys(state.retry)).toHaveLength(IMAP_LIMITS.maxRetries);
		expect(noRoom).toHaveLength(5000 - IMAP_LIMITS.maxRetries);
		expect(settle(state, { from: 1, to: 5000, uids }, new Set(noRoom)).todo).toEqual([
			[IMAP_LIMITS.maxRetries + 1, 5000],
		]);
	});

	it('a look-back over a scattered folder is stored coarser, and dates keep it exact', () => {
		const uids = Array.from({ length: 2000 }, (_, i) => 2 * i + 2);
		const state = started(4000, uids, 1_000_000);
		expect(state.todo.length).toBe(IMAP_LIMITS.maxRanges);
		expect(uids.every((uid) => includes(state.todo, uid))).toBe(true);
		expect(isBelowFloor(state, 3999, new Date(999_999))).toBe(true);
		expect(isBelowFloor(state, 3999, new Date(1_000_000))).toBe(false);
		expect(isBelowFloor(state, 4001, new Date(0))).toBe(false);
	});

	it.each([
		['nothing', undefined],
		['text', 'cursor'],
		['another version', { v: 2 }],
		[
			'ranges that overlap',
			{
				v: 1,
				account: 'a',
				path: 'p',
				serverPath: 'p',
				uidValidity: '1',
				epoch: 0,
				top: 5,
				todo: [
					[1, 3],
					[2, 4],
				],
				absent: [],
				retry: {},
			},
		],
		[
			'a range upside down',
			{ v: 1, account: 'a', path: 'p', uidValidity: '1', epoch: 0, top: 5, todo: [[3, 1]], absent: [], retry: {} },
		],
		[
			'retries that are none',
			{ v: 1, account: 'a', path: 'p', uidValidity: '1', epoch: 0, top: 5, todo: [], absent: [], retry: { 4: null } },
		],
	])('a saved state that is %s is not believed', (_what, saved) => {
		expect(readState(saved)).toBeUndefined();
	});
});

describe('a number that is none', () => {
	const state = startCursor({
		account: 'u@h',
		path: 'INBOX',
		serverPath: 'INBOX',
		uidValidity: '1',
		epoch: 0,
		existing: [1, 2, 3],
		uids: [1, 2, 3],
	});

	it.each([NaN, 0, -1, 1.5, Infinity, undefined as unknown as number])(
		'of messages (%p) makes no plan: there would be a stretch without an end',
		async (cap) => {
			for (const order of ['oldest', 'newest'] as const) {
				await expect(planPoll(state, cap, order, () => Promise.resolve([1, 2, 3]))).rejects.toThrow(RangeError);
			}
		},
	);

	it('as the end of a stretch takes nothing out of the cursor', () => {
		for (const end of [undefined, NaN, Infinity]) {
			const stretch = { from: 1, to: end as number, uids: [] };
			expect(() => settle(state, stretch, new Set())).toThrow(RangeError);
		}
		expect(state.todo).toEqual([[1, 3]]);
	});
});

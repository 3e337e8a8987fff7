import fc from 'fast-check';
import type { EmailSource } from '../../../lib/email';
import { DELIVERY_LIMITS, MAILBOX_LIMITS } from '../../../lib/limits';
import { Deliveries, type Deliverable, type DeliveryRecord } from '../../../lib/mailbox';

const MINUTE = 60_000;
const SETTINGS = { timeoutMs: 10 * MINUTE, maxInFlight: 5 };
const source: EmailSource = { kind: 'imap', mailbox: 'soc@example.com', folder: 'INBOX' };
const message = (id: string, more: Partial<Deliverable> = {}): Deliverable => ({ id, source, ...more });
const messages = (...ids: string[]) => ids.map((id) => message(id));
const idsOf = (list: readonly Deliverable[]) => list.map(({ id }) => id);
/** As a store gives it back. */
const stored = <T>(record: T): T => (record === undefined ? record : (JSON.parse(JSON.stringify(record)) as T));

describe('the place that the next start begins from', () => {
	it('stays until the last message of a poll is acknowledged, in any order', () => {
		const deliveries = new Deliveries<string>(undefined, SETTINGS);
		expect(idsOf(deliveries.begin(messages('a', 'b', 'c'), 'behind c', 0))).toEqual(['a', 'b', 'c']);
		deliveries.ack({ id: 'c' });
		deliveries.ack({ id: 'a' });
		expect(deliveries.record()).toEqual({ v: 1, acked: ['c', 'a'], late: [] });
		deliveries.ack({ id: 'b' });
		expect(deliveries.record()).toEqual({ v: 1, state: 'behind c', acked: [], late: [] });
	});

	it('moves poll by poll, never over an older one that is not done', () => {
		const deliveries = new Deliveries<string>(undefined, SETTINGS);
		deliveries.begin(messages('a'), 'one', 0);
		deliveries.begin(messages('b'), 'two', 0);
		deliveries.begin([], 'three', 0);
		deliveries.ack({ id: 'b' });
		expect(deliveries.record().state).toBeUndefined();
		expect(deliveries.state).toBe('three');
		deliveries.ack({ id: 'a' });
		expect(deliveries.record()).toEqual({ v: 1, state: 'three', acked: [], late: [] });
	});

	it('after a restart, sends what was not acknowledged, and not what was', () => {
		const before = new Deliveries<string>(undefined, SETTINGS);
		before.begin(messages('a', 'b'), 'behind b', 0);
		before.ack({ id: 'b' });
		const after = new Deliveries<string>(stored(before.record()), SETTINGS);
		expect(after.state).toBeUndefined();
		expect(idsOf(after.begin(messages('a', 'b', 'c'), 'behind c', 0))).toEqual(['a', 'c']);
	});

	it('takes an acknowledgement that a node of before the deploy was asked for', () => {
		const after = new Deliveries<string>({ v: 1, acked: [], late: [] }, SETTINGS);
		after.ack({ id: 'a' });
		expect(idsOf(after.begin(messages('a', 'b'), 'behind b', 0))).toEqual(['b']);
	});

	it.each([
		undefined,
		null,
		7,
		'x',
		[],
		{},
		{ v: 2, acked: ['a'] },
		{ v: 1, acked: [1], late: [{ id: 3 }, null, 'x'] },
	])('begins anew from a record that is none: %j', (saved) => {
		const deliveries = new Deliveries<string>(saved, SETTINGS);
		expect(deliveries.state).toBeUndefined();
		expect(idsOf(deliveries.begin(messages('a'), 'behind a', 0))).toEqual(['a']);
	});
});

describe('a message that nobody acknowledges', () => {
	it('comes again after its time-out, and holds up no other', () => {
		const deliveries = new Deliveries<string>(undefined, SETTINGS);
		deliveries.begin(messages('poison', 'b', 'c', 'd', 'e'), 'behind e', 0);
		for (const id of ['b', 'c', 'd', 'e']) deliveries.ack({ id });
		expect(deliveries.overdue(SETTINGS.timeoutMs - 1).late).toEqual([]);
		expect(idsOf(deliveries.overdue(SETTINGS.timeoutMs).late)).toEqual(['poison']);
		expect(deliveries.record()).toMatchObject({ state: 'behind e', acked: [], late: [{ id: 'poison', attempts: 1 }] });
		expect(deliveries.room).toBe(SETTINGS.maxInFlight);
		const at = deliveries.nextAt()!;
		expect(at).toBe(SETTINGS.timeoutMs + MAILBOX_LIMITS.backoffMinutes[0] * MINUTE);
		expect(idsOf(deliveries.due(at))).toEqual(['poison']);
		expect(deliveries.again('poison', at)).toBe(2);
		expect(deliveries.due(at)).toEqual([]);
		deliveries.ack({ id: 'poison' });
		expect(deliveries.record()).toEqual({ v: 1, state: 'behind e', acked: [], late: [] });
	});

	it('is given up after as many times as a message that cannot be fetched, and that is told once', () => {
		const deliveries = new Deliveries<string>(undefined, SETTINGS);
		deliveries.begin(messages('poison'), 'behind it', 0);
		let given: string[] = [];
		let sent = 1;
		for (let now = 0; given.length === 0;) {
			now = deliveries.nextAt()!;
			given = idsOf(deliveries.overdue(now).givenUp);
			for (const { id } of deliveries.due(now)) sent = deliveries.again(id, now);
		}
		expect(given).toEqual(['poison']);
		expect(sent).toBe(MAILBOX_LIMITS.maxAttempts);
		expect(deliveries.nextAt()).toBeUndefined();
		expect(deliveries.record()).toEqual({ v: 1, state: 'behind it', acked: [], late: [] });
	});

	it('is late at once when the flow says that it could not do it', () => {
		const deliveries = new Deliveries<string>(undefined, SETTINGS);
		deliveries.begin(messages('a'), 'behind a', 0);
		expect(idsOf(deliveries.retry('a', 1_000).late)).toEqual(['a']);
		expect(deliveries.retry('a', 1_000).late).toEqual([]);
		expect(deliveries.retry('never heard of', 1_000).late).toEqual([]);
	});

	it('counts as sent in vain when the mailbox no longer has it', () => {
		const deliveries = new Deliveries<string>(
			{ v: 1, acked: [], late: [{ ...message('gone'), attempts: MAILBOX_LIMITS.maxAttempts - 2, retryAt: 5 }] },
			SETTINGS,
		);
		expect(idsOf(deliveries.missed('gone', 5).late)).toEqual(['gone']);
		expect(idsOf(deliveries.missed('gone', deliveries.nextAt()!).givenUp)).toEqual(['gone']);
		expect(deliveries.missed('gone', 5)).toEqual({ late: [], givenUp: [] });
	});

	it('stays in the flow when more are late than may be, and polls wait', () => {
		const deliveries = new Deliveries<number>(undefined, { ...SETTINGS, maxInFlight: DELIVERY_LIMITS.maxLate + 1 });
		const all = Array.from({ length: DELIVERY_LIMITS.maxLate + 1 }, (_, index) => `m${index}`);
		deliveries.begin(messages(...all), 1, 0);
		expect(deliveries.overdue(SETTINGS.timeoutMs).late).toHaveLength(DELIVERY_LIMITS.maxLate);
		expect([deliveries.inFlight, deliveries.room]).toEqual([1, 0]);
		deliveries.ack({ id: deliveries.due(Number.MAX_SAFE_INTEGER)[0]!.id });
		expect(deliveries.room).toBeGreaterThan(0);
	});
});

describe('the record of a message that could not be fetched', () => {
	it('does not stand for the message, which comes later under the same id', () => {
		const deliveries = new Deliveries<string>(undefined, SETTINGS);
		deliveries.begin([message('x', { isRecord: true }), message('y')], 'one', 0);
		deliveries.ack({ id: 'x', isRecord: true });
		const after = new Deliveries<string>(stored(deliveries.record()), SETTINGS);
		expect(idsOf(after.begin(messages('x', 'y'), 'one', 0))).toEqual(['x', 'y']);
		expect(idsOf(deliveries.begin(messages('x'), 'two', 0))).toEqual(['x']);
	});

	it('makes place for it, and an acknowledgement of the record is not one of the message', () => {
		const deliveries = new Deliveries<string>(undefined, SETTINGS);
		deliveries.begin([message('x', { isRecord: true })], 'one', 0);
		expect(idsOf(deliveries.begin(messages('x'), 'two', 0))).toEqual(['x']);
		deliveries.ack({ id: 'x', isRecord: true });
		expect(deliveries.record().state).toBeUndefined();
		deliveries.ack({ id: 'x' });
		expect(deliveries.record().state).toBe('two');
	});
});

it('polls wait when too much is done behind one message that is not', () => {
	const deliveries = new Deliveries<number>(undefined, SETTINGS);
	deliveries.begin(messages('slow'), 0, 0);
	let count = 0;
	while (deliveries.room > 0) {
		const id = `m${count++}`;
		deliveries.begin(messages(id), count, 0);
		deliveries.ack({ id });
	}
	expect(count).toBe(DELIVERY_LIMITS.maxAhead);
	deliveries.ack({ id: 'slow' });
	expect(deliveries.room).toBe(SETTINGS.maxInFlight);
	expect(deliveries.record()).toEqual({ v: 1, state: DELIVERY_LIMITS.maxAhead, acked: [], late: [] });
});

/** How far a folder was read, as a mailbox has it: what comes next, and what could not be fetched. */
interface State {
	next: number;
	failed: string[];
}

/** A mailbox whose messages with `f` in their name cannot be fetched at the first try. */
class FakeMailbox {
	readonly all: string[] = [];

	arrive(kind: 'f' | 'm'): void {
		this.all.push(`${kind}${this.all.length}`);
	}

	poll({ next, failed }: State = { next: 0, failed: [] }, cap: number): { messages: Deliverable[]; state: State } {
		const again = failed.slice(0, cap);
		const fresh = this.all.slice(next, next + cap - again.length);
		const broken = fresh.filter((id) => id.startsWith('f'));
		return {
			messages: [...messages(...again), ...fresh.map((id) => message(id, { isRecord: id.startsWith('f') }))],
			state: { next: next + fresh.length, failed: [...failed.slice(cap), ...broken] },
		};
	}
}

type Step =
	| { kind: 'arrive'; fails: boolean }
	| { kind: 'poll' }
	| { kind: 'ack' | 'retry'; which: number }
	| { kind: 'wait'; minutes: number }
	| { kind: 'kill'; lost: number };

const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ kind: fc.constant('arrive' as const), fails: fc.boolean() }) },
	{ weight: 4, arbitrary: fc.record({ kind: fc.constant('poll' as const) }) },
	{ weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('ack' as const, 'retry' as const), which: fc.nat(99) }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.nat(20) }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), lost: fc.nat(3) }) },
);

/** A node's life: what it sends, what comes back, kills that lose the newest of what was stored. */
class Story {
	readonly mailbox = new FakeMailbox();
	/** Messages that the flow was done with; records do not count. */
	readonly done = new Set<string>();
	readonly givenUp = new Set<string>();
	/** Sent again although they were done, and no kill was between. */
	readonly repeated: string[] = [];
	now = 0;
	#flow: { id: string; isRecord: boolean }[] = [];
	#doneHere = new Set<string>();
	#records: DeliveryRecord<State>[] = [];
	#deliveries = new Deliveries<State>(undefined, SETTINGS);

	take(one: Step): void {
		if (one.kind === 'arrive') this.mailbox.arrive(one.fails ? 'f' : 'm');
		if (one.kind === 'poll') this.poll();
		if (one.kind === 'wait') this.wait(one.minutes);
		if (one.kind === 'kill') this.kill(one.lost);
		const sent = this.#flow.length === 0 || !('which' in one) ? undefined : this.#flow[one.which % this.#flow.length]!;
		if (sent !== undefined && one.kind === 'retry') this.#told(this.#deliveries.retry(sent.id, this.now));
		if (sent !== undefined && one.kind === 'ack') this.ack(sent);
		this.#store();
		expect(this.#deliveries.inFlight).toBeLessThanOrEqual(SETTINGS.maxInFlight);
	}

	poll(): void {
		this.#told(this.#deliveries.overdue(this.now));
		for (const late of this.#deliveries.due(this.now)) {
			if (this.#deliveries.again(late.id, this.now) > 0)
				this.#flow.push({ id: late.id, isRecord: late.isRecord === true });
		}
		const { room } = this.#deliveries;
		if (room === 0) return;
		const { messages: found, state } = this.mailbox.poll(this.#deliveries.state, room);
		for (const { id, isRecord = false } of this.#deliveries.begin(found, state, this.now)) {
			if (!isRecord && this.#doneHere.has(id)) this.repeated.push(id);
			this.#flow.push({ id, isRecord });
		}
	}

	ack(sent: { id: string; isRecord: boolean }): void {
		this.#flow = this.#flow.filter((other) => other !== sent);
		this.#deliveries.ack(sent);
		if (sent.isRecord) return;
		this.done.add(sent.id);
		this.#doneHere.add(sent.id);
	}

	wait(minutes: number): void {
		this.now += minutes * MINUTE;
		this.#told(this.#deliveries.overdue(this.now));
	}

	/** What is in the flow is gone, and so are the newest records. */
	kill(lost: number): void {
		this.#records.length = Math.max(0, this.#records.length - lost);
		this.#flow = [];
		this.#doneHere = new Set();
		this.#deliveries = new Deliveries<State>(stored(this.#records.at(-1)), SETTINGS);
	}

	/** From here on the flow does everything at once. */
	finish(except?: string): void {
		for (let rounds = 0; rounds < 5_000; rounds++) {
			this.poll();
			for (const sent of [...this.#flow]) if (sent.id !== except) this.ack(sent);
			this.#flow = this.#flow.filter(({ id }) => id === except);
			this.#store();
			const isRead = this.#deliveries.state?.next === this.mailbox.all.length;
			const nextAt = this.#deliveries.nextAt();
			if (isRead && this.#deliveries.state?.failed.length === 0 && nextAt === undefined) return;
			this.now = Math.max(this.now + MINUTE, nextAt ?? 0);
		}
		throw new Error('The story does not end');
	}

	get record(): DeliveryRecord<State> {
		return this.#deliveries.record();
	}

	#store(): void {
		this.#records.push(stored(this.#deliveries.record()));
	}

	#told({ givenUp }: { givenUp: readonly Deliverable[] }): void {
		for (const { id, isRecord } of givenUp) if (isRecord !== true) this.givenUp.add(id);
	}
}

describe('whatever happens between arrival and acknowledgement', () => {
	const stories = fc.array(step, { maxLength: 120 });

	it('every message is done or given up, none is lost', () => {
		fc.assert(
			fc.property(stories, (steps) => {
				const story = new Story();
				for (const one of steps) story.take(one);
				story.finish();
				const missing = story.mailbox.all.filter((id) => !story.done.has(id) && !story.givenUp.has(id));
				expect(missing).toEqual([]);
				expect(story.record).toMatchObject({ state: { next: story.mailbox.all.length }, late: [] });
			}),
			{ numRuns: 400 },
		);
	});

	it('a message that was done comes again only after a kill', () => {
		fc.assert(
			fc.property(stories, (steps) => {
				const story = new Story();
				for (const one of steps) story.take(one);
				expect(story.repeated).toEqual([]);
			}),
			{ numRuns: 400 },
		);
	});

	it('one that is never acknowledged is given up, and all others are done', () => {
		fc.assert(
			fc.property(stories, fc.nat(20), (steps, which) => {
				const story = new Story();
				for (let count = 0; count <= which; count++) story.mailbox.arrive('m');
				const poison = story.mailbox.all[which]!;
				for (const one of steps) if (one.kind !== 'ack') story.take(one);
				story.finish(poison);
				expect(story.givenUp).toContain(poison);
				expect(story.mailbox.all.filter((id) => !story.done.has(id) && !story.givenUp.has(id))).toEqual([]);
			}),
			{ numRuns: 200 },
		);
	});
});

import type { EmailSource } from '../email';
import { isRecord } from '../json';
import { DELIVERY_LIMITS } from '../limits';
import { afterFailure } from './retries';

/** A message as a flow gets it: what is needed to know it again, and to fetch it again. */
export interface Deliverable {
	id: string;
	source: EmailSource;
	/** Of its header: by it the message is found where the server has numbered its folder anew. */
	messageId?: string | undefined;
	/** It stands for a message that could not be fetched, which comes again by itself under the same id. */
	isRecord?: boolean | undefined;
}

/** A message that was sent into the flow and did not come back in time. */
export interface LateMessage extends Deliverable {
	/** Times that it was sent, all of them in vain. */
	attempts: number;
	/** When it is sent again, milliseconds since the epoch. */
	retryAt: number;
}

/** What is stored: how far the folder was read, and which messages of that are not done. Plain JSON. */
export interface DeliveryRecord<State = unknown> {
	v: 1;
	/** Of the mailbox, behind messages that are all done or late. Absent before the first of them. */
	state?: State;
	/** Done, though not behind `state` yet. */
	acked: string[];
	late: LateMessage[];
}

/** How long a flow may take, and how much it may have at once. */
export interface DeliverySettings {
	/** Milliseconds until a message that is not acknowledged counts as late. */
	timeoutMs: number;
	/** Messages that are in the flow at the same time. */
	maxInFlight: number;
}

/** What came of messages whose time was over. */
export interface Overdue {
	/** They come again. */
	late: LateMessage[];
	/** They do not: they were sent as often as {@link MAILBOX_LIMITS} allows. */
	givenUp: LateMessage[];
}

interface InFlight extends Deliverable {
	/** Times that it was sent, this one included. */
	attempts: number;
	deadline: number;
}

interface Batch<State> {
	state: State;
	ids: readonly string[];
	/** Those that are neither done nor late. */
	open: Set<string>;
}

/**
 * At least once through a whole flow: messages are sent, acknowledged in any order, and the place that the next start begins from moves
 * only over those that are done. A message that is not acknowledged in time is kept in a list of its own, so that it holds up no
 * other, and sent again with growing pauses until it is given up, which is told.
 *
 * Any record that {@link record} gave is a place to begin from: an older one repeats messages, and loses none. Pure: reads no clock and
 * stores nothing.
 */
export class Deliveries<State> {
	#base: { state: State } | undefined;
	/** Polls whose messages are not all done, oldest first. */
	readonly #batches: Batch<State>[] = [];
	readonly #inFlight = new Map<string, InFlight>();
	readonly #late = new Map<string, LateMessage>();
	/** Done, of the batches. */
	readonly #acked = new Set<string>();
	/** Done before this start, or acknowledged before they came. Some of them may never come. */
	readonly #known: Set<string>;

	readonly #settings: DeliverySettings;

	/** @param saved What {@link record} gave, as it came back from where it was stored. What is none of it is a first start. */
	constructor(saved: unknown, settings: DeliverySettings) {
		this.#settings = settings;
		const { state, acked, late } = readRecord<State>(saved);
		this.#base = state === undefined ? undefined : { state };
		this.#known = new Set(acked.slice(-DELIVERY_LIMITS.maxKnown));
		for (const entry of late) this.#late.set(entry.id, entry);
	}

	/** Where the next poll begins; undefined before the first. */
	get state(): State | undefined {
		return this.#batches.at(-1)?.state ?? this.#base?.state;
	}

	/** Messages that may be sent now. With none, polls wait. */
	get room(): number {
		if (this.#acked.size >= DELIVERY_LIMITS.maxAhead || this.#late.size >= DELIVERY_LIMITS.maxLate) return 0;
		return Math.max(0, this.#settings.maxInFlight - this.#inFlight.size);
	}

	/** Messages that are in the flow. */
	get inFlight(): number {
		return this.#inFlight.size;
	}

	/** Messages that did not come back in time, those included that are in the flow again. */
	get late(): number {
		return this.#late.size;
	}

	/** Takes what a poll brought. Gives the messages to send: those that are not done, nor in the flow, nor late. */
	begin<M extends Deliverable>(messages: readonly M[], state: State, now: number): M[] {
		const wanted = new Map<string, M>();
		const ids = new Set<string>();
		for (const message of messages) {
			ids.add(message.id);
			if (this.#isWanted(message)) wanted.set(message.id, message);
		}
		const open = new Set([...ids].filter((id) => wanted.has(id) || (this.#inFlight.has(id) && !this.#late.has(id))));
		this.#batches.push({ state, ids: [...ids], open });
		for (const message of wanted.values()) {
			this.#late.delete(message.id);
			this.#send(message, 0, now);
		}
		this.#commit();
		return [...wanted.values()];
	}

	/** Late messages whose time has come, the longest waiting first, as many as there is room for. */
	due(now: number): LateMessage[] {
		const free = Math.max(0, this.#settings.maxInFlight - this.#inFlight.size);
		return [...this.#late.values()]
			.filter(({ id, retryAt }) => retryAt <= now && !this.#inFlight.has(id))
			.sort((a, b) => a.retryAt - b.retryAt)
			.slice(0, free);
	}

	/** A late message is sent again. Gives how often it was sent, this time included. */
	again(id: string, now: number): number {
		const late = this.#late.get(id);
		if (late === undefined) return 0;
		return this.#send(late, late.attempts, now).attempts;
	}

	/** A late message could not be had: it counts as sent in vain. */
	missed(id: string, now: number): Overdue {
		const late = this.#late.get(id);
		if (late === undefined || this.#inFlight.has(id)) return { late: [], givenUp: [] };
		return this.#tooLate([{ ...late, attempts: late.attempts + 1, deadline: now }], now);
	}

	/**
	 * The flow is done with a message. An acknowledgement of what is not known holds for when the message comes: it may be of the node
	 * that was here before a deploy. One of a record does not hold for the message itself.
	 */
	ack({ id, isRecord = false }: Pick<Deliverable, 'id' | 'isRecord'>): void {
		const sent = this.#inFlight.get(id) ?? this.#late.get(id);
		if (isRecord && sent?.isRecord !== true) return;
		const wasLate = this.#late.delete(id);
		this.#inFlight.delete(id);
		if (this.#isInBatch(id)) {
			if (!isRecord) this.#acked.add(id);
		} else if (sent === undefined && !wasLate && !isRecord) {
			this.#remember(id);
		}
		this.#close(id);
	}

	/** The flow could not do it: the message is late at once. Nothing for what is not in the flow. */
	retry(id: string, now: number): Overdue {
		const sent = this.#inFlight.get(id);
		return sent === undefined ? { late: [], givenUp: [] } : this.#tooLate([sent], now);
	}

	/** Messages that were not acknowledged in time. */
	overdue(now: number): Overdue {
		return this.#tooLate(
			[...this.#inFlight.values()].filter(({ deadline }) => deadline <= now),
			now,
		);
	}

	/** When {@link overdue} or {@link due} has something, as far as it is known now. Milliseconds since the epoch. */
	nextAt(): number | undefined {
		const deadlines = [...this.#inFlight.values()].map(({ deadline }) => deadline);
		const retries = [...this.#late.values()].filter(({ id }) => !this.#inFlight.has(id)).map(({ retryAt }) => retryAt);
		const times = [...deadlines, ...retries];
		return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b));
	}

	/** What to store. */
	record(): DeliveryRecord<State> {
		return {
			v: 1,
			...(this.#base === undefined ? {} : { state: this.#base.state }),
			acked: [...this.#known, ...this.#acked],
			late: [...this.#late.values()],
		};
	}

	#isWanted(message: Deliverable): boolean {
		const { id, isRecord = false } = message;
		const sent = this.#inFlight.get(id) ?? this.#late.get(id);
		// The message itself takes the place of the record of it, which was only there for want of it.
		if (sent !== undefined) return sent.isRecord === true && !isRecord;
		return isRecord || !(this.#acked.has(id) || this.#known.has(id));
	}

	#send(message: Deliverable, attemptsBefore: number, now: number): InFlight {
		const { id, source, messageId, isRecord } = message;
		const sent: InFlight = {
			id,
			source,
			...(messageId === undefined ? {} : { messageId }),
			...(isRecord === true ? { isRecord } : {}),
			attempts: attemptsBefore + 1,
			deadline: now + this.#settings.timeoutMs,
		};
		this.#inFlight.set(id, sent);
		return sent;
	}

	#tooLate(messages: readonly InFlight[], now: number): Overdue {
		const result: Overdue = { late: [], givenUp: [] };
		for (const { deadline: _deadline, ...message } of messages) {
			const { id, attempts } = message;
			if (!this.#late.has(id) && this.#late.size >= DELIVERY_LIMITS.maxLate) {
				// It stays where it is. Polls wait, as the list of the late ones is full.
				this.#inFlight.set(id, { ...message, deadline: now + this.#settings.timeoutMs });
				continue;
			}
			this.#inFlight.delete(id);
			const { retryAt } = afterFailure(attempts - 1, false, now);
			const late = { ...message, retryAt: retryAt ?? now };
			if (retryAt === undefined) {
				this.#late.delete(id);
				if (this.#isInBatch(id) && message.isRecord !== true) this.#acked.add(id);
				result.givenUp.push(late);
			} else {
				this.#late.set(id, late);
				result.late.push(late);
			}
			this.#close(id);
		}
		return result;
	}

	#isInBatch(id: string): boolean {
		return this.#batches.some(({ ids }) => ids.includes(id));
	}

	#remember(id: string): void {
		this.#known.delete(id);
		this.#known.add(id);
		for (const oldest of this.#known) {
			if (this.#known.size <= DELIVERY_LIMITS.maxKnown) break;
			this.#known.delete(oldest);
		}
	}

	#close(id: string): void {
		for (const { open } of this.#batches) open.delete(id);
		this.#commit();
	}

	/** Moves the place over the batches that nothing is open of, in their order. */
	#commit(): void {
		for (let first = this.#batches[0]; first?.open.size === 0; first = this.#batches[0]) {
			this.#batches.shift();
			this.#base = { state: first.state };
			for (const id of first.ids) {
				if (this.#isInBatch(id)) continue;
				this.#acked.delete(id);
				this.#known.delete(id);
			}
		}
	}
}

/** A record as it came back; what of it has another form is left out, which repeats messages and loses none. */
function readRecord<State>(saved: unknown): { state: State | undefined; acked: string[]; late: LateMessage[] } {
	if (!isRecord(saved) || saved.v !== 1) return { state: undefined, acked: [], late: [] };
	const list = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
	return {
		state: saved.state as State | undefined,
		acked: list(saved.acked).filter((id) => typeof id === 'string'),
		late: list(saved.late).filter(isLate).slice(0, DELIVERY_LIMITS.maxLate),
	};
}

function isLate(value: unknown): value is LateMessage {
	if (!isRecord(value)) return false;
	const { id, source, attempts, retryAt } = value;
	return typeof id === 'string' && isRecord(source) && Number.isInteger(attempts) && Number.isFinite(retryAt);
}

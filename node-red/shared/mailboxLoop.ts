import { messageItem, type MessageItemOptions } from '../../lib/flow';
import type { EmailSource } from '../../lib/email';
import {
	Deliveries,
	MailboxError,
	referenceTo,
	type DeliverySettings,
	type LateMessage,
	type Mailbox,
	type MailboxErrorCode,
	type MailboxMessage,
	type Overdue,
	type PollOptions,
} from '../../lib/mailbox';
import { codeOf, NodeRedError, shownError } from './errors';
import { messageOf } from './items';
import type { FlowMessage, NodeStatus } from './runtime';
import type { PositionStore } from './store';

/** What a message says of its own delivery: with it, *mailbox ack* finds the node that sent it. */
export interface DeliveryToken {
	/** Id of the node. */
	node: string;
	/** Id of the message in its mailbox. */
	id: string;
	/** How often it was sent, this time included. */
	attempt: number;
	/** It stands for a message that could not be fetched. */
	isRecord?: true;
}

/** What a loop needs of its node. */
export interface LoopHost {
	nodeId: string;
	open(): Mailbox;
	send(message: FlowMessage): void;
	status(status: NodeStatus): void;
	/** A fault that belongs to no message of a flow, or to one that was given up. */
	error(error: Error, message: FlowMessage): void;
	warn(text: string): void;
	log(text: string): void;
}

/** What the user chose. */
export interface LoopSettings {
	delivery: DeliverySettings;
	intervalMs: number;
	poll: PollOptions;
	item: MessageItemOptions;
	/** Mailbox and folder: what a position belongs to. */
	place: string;
	/** For people. */
	folder: string;
}

/** Timers are not set for longer: a clock may be put right meanwhile. */
const MOST_MS = 3_600_000;
/** What keeps the mailbox shut, whichever message is asked for. */
const SHUT: ReadonlySet<string> = new Set<MailboxErrorCode>([
	'MAILBOX_LOGIN_REFUSED',
	'MAILBOX_NOT_ALLOWED',
	'MAILBOX_UNREACHABLE',
	'MAILBOX_TLS',
	'MAILBOX_PROXY',
	'MAILBOX_LIMIT',
	'MAILBOX_THROTTLED',
	'MAILBOX_UNAVAILABLE',
	'MAILBOX_FOLDER_MISSING',
	'MAILBOX_CONFIGURATION',
]);
const CLOSING_MS = 5_000;
/** A turn that is due at once still lets others have theirs. */
const LEAST_MS = 10;

/**
 * Reads a folder and sends each message into the flow, until it is acknowledged: see {@link Deliveries}. One turn after the other: what
 * is late, what comes again, what is new. The position is stored behind each change.
 */
export class MailboxLoop {
	#deliveries: Deliveries<unknown> | undefined;
	#timer: NodeJS.Timeout | undefined;
	#turn: Promise<void> | undefined;
	#mailbox: Mailbox | undefined;
	#isClosed = false;
	/** When the mailbox is polled again. */
	#pollAt = 0;
	/** Of the last poll: something waits in the mailbox already. */
	#hasMore = false;
	#told = '';
	/** After a fault of the mailbox or the store: nothing is tried before. */
	#restUntil = 0;

	readonly #host: LoopHost;
	readonly #store: PositionStore;
	readonly #settings: LoopSettings;

	constructor(host: LoopHost, store: PositionStore, settings: LoopSettings) {
		this.#host = host;
		this.#store = store;
		this.#settings = settings;
	}

	start(): void {
		this.#wake(0);
	}

	/** Polls now, whatever the interval. */
	pollNow(): void {
		this.#restUntil = this.#pollAt = 0;
		this.#wake(0);
	}

	/** The flow is done with a message, or could not do it and wants it again. Resolves when that is stored. */
	async acknowledge(
		{ id, isRecord }: Pick<DeliveryToken, 'id' | 'isRecord'>,
		outcome: 'done' | 'retry',
	): Promise<void> {
		const deliveries = await this.#opened();
		if (outcome === 'done') deliveries.ack({ id, isRecord: isRecord === true });
		else this.#tell(deliveries.retry(id, Date.now()));
		await this.#save();
		this.#show();
		this.#wake(this.#untilNext());
	}

	/** Ends the loop. What is in the flow is sent again by the next start. */
	async close(): Promise<void> {
		this.#isClosed = true;
		clearTimeout(this.#timer);
		await this.#mailbox?.close().catch(() => undefined);
		// A server that does not answer keeps nobody: Node-RED waits 15 seconds for a node to end.
		await Promise.race([this.#turn, new Promise((resolve) => setTimeout(resolve, CLOSING_MS).unref())]);
	}

	#wake(inMs: number): void {
		clearTimeout(this.#timer);
		if (this.#isClosed) return;
		const wait = Math.min(MOST_MS, Math.max(LEAST_MS, inMs));
		this.#timer = setTimeout(() => {
			// One after the other: a turn that is running wakes the next one.
			this.#turn ??= this.#take().finally(() => {
				this.#turn = undefined;
				this.#wake(this.#untilNext());
			});
		}, wait);
	}

	/** Milliseconds until something is to be done. */
	#untilNext(): number {
		const now = Date.now();
		const deliveries = this.#deliveries;
		const rest = this.#restUntil - now;
		if (deliveries === undefined || rest > 0) return Math.max(this.#pollAt - now, rest);
		const { delivery } = this.#settings;
		const next = deliveries.nextAt();
		const isFull = deliveries.inFlight >= delivery.maxInFlight;
		// What is late waits for room; a time-out or an acknowledgement makes some.
		const late = next === undefined || (isFull && next <= now) ? Number.POSITIVE_INFINITY : next;
		return Math.min(deliveries.room > 0 ? this.#pollAt : Number.POSITIVE_INFINITY, late, now + MOST_MS) - now;
	}

	async #take(): Promise<void> {
		try {
			const deliveries = await this.#opened();
			this.#tell(deliveries.overdue(Date.now()));
			await this.#again(deliveries);
			if (!this.#isClosed && deliveries.room > 0 && Date.now() >= this.#pollAt) await this.#poll(deliveries);
			if (this.#isClosed) return;
			await this.#save();
			this.#told = '';
			this.#show();
		} catch (error) {
			this.#restUntil = this.#pollAt = Date.now() + this.#settings.intervalMs;
			if (!this.#isClosed) this.#fail(error);
		}
	}

	async #opened(): Promise<Deliveries<unknown>> {
		if (this.#deliveries !== undefined) return this.#deliveries;
		const saved = await this.#store.read(this.#settings.place);
		if (saved === undefined) {
			const { firstRunLookBack } = this.#settings.poll;
			this.#host.log(
				`No position is stored for the folder ${this.#settings.folder}: the first poll looks back ${firstRunLookBack ?? ''}.`,
			);
		}
		// An acknowledgement may have been first.
		return (this.#deliveries ??= new Deliveries(saved, this.#settings.delivery));
	}

	async #save(): Promise<void> {
		if (this.#deliveries === undefined) return;
		await this.#store.write(this.#settings.place, this.#deliveries.record(), Date.now());
	}

	/** Sends late messages again. Each is fetched anew: nothing keeps their bytes. */
	async #again(deliveries: Deliveries<unknown>): Promise<void> {
		const due = deliveries.due(Date.now());
		if (due.length === 0) return;
		await this.#withMailbox(async (mailbox) => {
			for (const late of due) {
				if (this.#isClosed) return;
				const message = await this.#fetched(mailbox, late);
				if (message === undefined) {
					this.#tell(deliveries.missed(late.id, Date.now()));
					continue;
				}
				const attempt = deliveries.again(late.id, Date.now());
				if (attempt > 0) await this.#send({ ...message, id: late.id }, attempt, late.isRecord === true);
			}
		});
	}

	async #poll(deliveries: Deliveries<unknown>): Promise<void> {
		this.#host.status({ fill: 'blue', shape: 'dot', text: `reading ${this.#settings.folder}` });
		await this.#withMailbox(async (mailbox) => {
			const cap = Math.min(deliveries.room, this.#settings.poll.cap ?? deliveries.room);
			const { messages, state, more, warnings } = await mailbox.poll(deliveries.state, { ...this.#settings.poll, cap });
			// The next start begins from what is stored.
			if (this.#isClosed) return;
			for (const { message } of warnings) this.#host.warn(message);
			const deliverable = messages.map((message) => ({
				id: message.id,
				source: message.source,
				messageId: messageIdOf(message),
				isRecord: message.failure !== undefined,
			}));
			const byId = new Map(messages.map((message) => [message.id, message]));
			const wanted = deliveries.begin(deliverable, state, Date.now());
			this.#hasMore = more;
			this.#pollAt = more ? Date.now() : Date.now() + this.#settings.intervalMs;
			await this.#save();
			for (const { id, isRecord } of wanted) {
				if (this.#isClosed) return;
				await this.#send(byId.get(id)!, 1, isRecord);
			}
		});
	}

	async #send(message: MailboxMessage, attempt: number, isRecord: boolean): Promise<void> {
		const item = await messageItem(message, this.#settings.item);
		if (this.#isClosed) return;
		const delivery: DeliveryToken = {
			node: this.#host.nodeId,
			id: message.id,
			attempt,
			...(isRecord ? { isRecord } : {}),
		};
		this.#host.send({ ...messageOf(item), delivery });
	}

	/** The message that came too late, from the mailbox; undefined where it cannot be had. @throws MailboxError when the mailbox is shut */
	async #fetched(mailbox: Mailbox, { source, messageId }: LateMessage): Promise<MailboxMessage | undefined> {
		const { folder } = source;
		const references = [
			referenceTo(source),
			// The server has numbered its folder anew.
			messageId === undefined ? undefined : { messageId, ...(folder === undefined ? {} : { folder }) },
		];
		for (const reference of references) {
			if (reference === undefined) continue;
			try {
				return await mailbox.get(reference, { maxMessageBytes: this.#settings.poll.maxMessageBytes });
			} catch (error) {
				// One message that a server cannot give holds up no other.
				if (!(error instanceof MailboxError) || SHUT.has(error.code)) throw error;
				this.#host.log(`${nameOf(source)} could not be fetched again: ${error.message}`);
			}
		}
		return undefined;
	}

	async #withMailbox(work: (mailbox: Mailbox) => Promise<void>): Promise<void> {
		const mailbox = (this.#mailbox = this.#host.open());
		try {
			await work(mailbox);
		} finally {
			this.#mailbox = undefined;
			await mailbox.close();
		}
	}

	#tell({ late, givenUp }: Overdue): void {
		for (const { attempts, source, retryAt } of late) {
			const when = new Date(retryAt).toISOString();
			this.#host.warn(
				`${nameOf(source)} was not acknowledged (sent ${attempts} times). It is sent again after ${when}.`,
			);
		}
		for (const { id, source, messageId, attempts } of givenUp) {
			const error = new NodeRedError(
				'NODE_RED_NOT_ACKNOWLEDGED',
				`${nameOf(source)} was sent ${attempts} times and never acknowledged. It is not sent again`,
				{
					hint: "Find out where the flow ends before 'mailbox ack'. A 'mailbox read' node gets the message by the payload of this error.",
				},
			);
			this.#host.error(shownError(error), {
				topic: 'given up',
				payload: { id, source, ...(messageId ? { messageId } : {}) },
			});
		}
	}

	#fail(error: unknown): void {
		const shown = shownError(error);
		this.#host.status({ fill: 'red', shape: 'ring', text: codeOf(error) });
		// A server that is away all night is one error.
		if (shown.message === this.#told) return;
		this.#told = shown.message;
		this.#host.error(shown, { topic: 'mailbox in', payload: {} });
	}

	#show(): void {
		const deliveries = this.#deliveries;
		if (deliveries === undefined || this.#isClosed) return;
		const { inFlight, late, room } = deliveries;
		const parts = [
			...(inFlight > 0 ? [`${inFlight} in the flow`] : []),
			...(late > 0 ? [`${late} late`] : []),
			...(room === 0 ? ['waits for acknowledgements'] : this.#hasMore ? ['more in the mailbox'] : []),
		];
		const fill = late > 0 || room === 0 ? 'yellow' : 'green';
		this.#host.status({ fill, shape: 'dot', text: parts.length === 0 ? 'up to date' : parts.join(', ') });
	}
}

/** In its header, unfolded: what is looked for where its number no longer holds. */
function messageIdOf({ raw }: MailboxMessage): string | undefined {
	const head = raw.subarray(0, HEADER_BYTES).toString('latin1');
	const end = /\r?\n\r?\n/.exec(head)?.index ?? head.length;
	return /^message-id:\s*(<[^<>\s]{1,900}>)/im.exec(head.slice(0, end))?.[1];
}

const HEADER_BYTES = 65_536;

const nameOf = ({ folder, uid, graphId }: EmailSource): string =>
	uid === undefined ? `The message ${graphId ?? ''}`.trim() : `The message ${uid} of ${folder ?? 'the folder'}`;

import { GRAPH_LIMITS } from '../../../lib/limits';
import { GraphMailbox, MailboxError, type GraphFolderState } from '../../../lib/mailbox';
import { arrange, MicrosoftLab, seeded, type LabMailbox, type LabMessage, type SituationName } from '../../lab/graph';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 2, 1);

export interface GraphStoryOptions {
	/** Messages that come into the folder: delivered, moved in, moved out and back. */
	deliveries: number;
	seed: number;
	/** Whether the delta query names what is moved in: see the lab's `delta.moves`. Default `told`. */
	moves?: 'told' | 'untold';
}

/** What is wrong at the end of a story, and what it was made of. */
export interface GraphStoryEnd {
	/** In the folder, and never handed over: subjects. */
	lost: string[];
	/** Handed over more than once for no reason: subjects. */
	doubled: string[];
	/** Handed over with other bytes than the mailbox has: subjects. */
	wrong: string[];
	/** Errors of polls that do not pass by themselves. */
	errors: string[];
	/**
	 * Handed over again because Exchange forgot its link, or does not tell moves, when the message was no longer remembered: nothing
	 * tells it from one that is new or was moved in. Warnings say so.
	 */
	unrecognised: number;
	/** Handed over although older than the look-back: the delta query named them again, or they were changed. */
	uncalled: number;
	/** Came into the folder. */
	delivered: number;
	/** Handed over whole. */
	handedOver: number;
	polls: number;
	/** Polls that failed with passing trouble. */
	failed: number;
	requests: number;
	/** Characters of the largest position. */
	largestState: number;
	/** How often each kind of trouble was made. */
	trouble: Record<string, number>;
	warnings: Record<string, number>;
}

/** Trouble for all, which lasts for minutes. */
const FOR_MINUTES: readonly SituationName[] = [
	'content unavailable for all',
	'content empty for all',
	'content not found for all',
	'message not found for a moment',
	'mailbox full',
	'mailbox being moved',
	'mailbox information stale',
];
/** Trouble of so many requests. */
const FOR_REQUESTS: readonly SituationName[] = [
	'rows without an id',
	'answer that is null',
	'answer that is no list',
	'page without links',
	'links that lead in a circle',
	'second look refused',
	'sync state not found',
	'sync state invalid',
	'resync required',
];
/** Trouble of one message, for minutes. */
const OF_ONE: readonly SituationName[] = ['content not found', 'content empty', 'content empty once'];

/**
 * The life of a trigger on a Microsoft 365 mailbox that has trouble of all kinds: mail arrives (some is shown late, some is left out
 * by the delta query), is moved in, out and back, marked, deleted; contents are empty, missing, refused for minutes; links are
 * forgotten; n8n dies between hand-over and save. At the end what is in the folder is compared with what was handed over. Time
 * is simulated; the same seed gives the same story.
 */
export async function graphStory({ deliveries, seed, moves = 'told' }: GraphStoryOptions): Promise<GraphStoryEnd> {
	const story = new GraphStory(seed);
	await story.open(moves);
	try {
		return await story.tell(deliveries);
	} finally {
		await story.close();
	}
}

/** Warnings that messages may come a second time. */
const UNCERTAIN: ReadonlySet<string> = new Set(['maybe-repeated', 'moves-untold']);

class GraphStory {
	readonly #random: () => number;
	readonly #end: GraphStoryEnd = {
		lost: [],
		doubled: [],
		wrong: [],
		errors: [],
		unrecognised: 0,
		uncalled: 0,
		delivered: 0,
		handedOver: 0,
		polls: 0,
		failed: 0,
		requests: 0,
		largestState: 0,
		trouble: {},
		warnings: {},
	};
	#time = START;
	#lab!: MicrosoftLab;
	#box!: LabMailbox;
	#saved: string | undefined;
	/** The poll up to which messages may come a second time, as a warning said. */
	#uncertainUntil = 0;
	/** Came into the folder since the start, by immutable id. */
	readonly #expected = new Map<string, LabMessage>();
	/** How often each was handed over, and how often it may be besides once. */
	readonly #handedOver = new Map<string, number>();
	readonly #allowed = new Map<string, number>();
	/** Ids in the order of their hand-over: what is remembered are the last ones. */
	#order: string[] = [];
	/** Ends of what lasts. */
	#lasting: Array<{ until: number; undo: () => void }> = [];
	readonly #seed: number;

	constructor(seed: number) {
		this.#seed = seed;
		this.#random = seeded(seed);
	}

	async open(moves: 'told' | 'untold'): Promise<void> {
		this.#lab = await MicrosoftLab.start({ seed: this.#seed + 1, now: () => this.#time });
		this.#lab.graph.gzip = false;
		this.#lab.graph.delta.moves = moves;
		this.#lab.graph.delta.manners = { emptyPages: 0.1, replays: 0.2, repetitions: 0.2 };
		this.#box = this.#lab.graph.mailbox('soc@example.com');
	}

	close(): Promise<void> {
		return this.#lab.close();
	}

	async tell(deliveries: number): Promise<GraphStoryEnd> {
		const archive = this.#box.folder('archive');
		for (let count = 0; count < 20; count++)
			this.#box.deliver(this.#inbox, { receivedAt: START - 60 * DAY - count * HOUR });
		for (let count = 0; count < 100; count++)
			this.#box.deliver(archive, { receivedAt: START - Math.floor(this.#random() * 300 * DAY) });
		await this.#poll(false);
		while (this.#end.delivered < deliveries) {
			for (let acts = 1 + this.#below(4); acts > 0; acts--) this.#act();
			if (this.#random() < 0.35) this.#makeTrouble();
			// So that some 150 messages come in a day.
			this.#pass(1 + this.#below(60));
			await this.#poll(this.#random() < 0.05);
		}
		await this.#calmDown();
		return this.#compare();
	}

	get #inbox() {
		return this.#box.folder('inbox');
	}

	#below(most: number): number {
		return Math.floor(this.#random() * most);
	}

	#pick<T>(items: readonly T[]): T {
		return items[this.#below(items.length)]!;
	}

	/** Minutes go by, and what lasted so long ends. */
	#pass(minutes: number): void {
		this.#time += minutes * MINUTE;
		this.#lasting = this.#lasting.filter(({ until, undo }) => {
			if (until > this.#time) return true;
			undo();
			return false;
		});
	}

	#expect(message: LabMessage): void {
		this.#expected.set(message.immutableId, message);
		this.#end.delivered++;
	}

	#act(): void {
		const inbox = this.#inbox;
		const archive = this.#box.folder('archive');
		const members = [...inbox.members].map((id) => this.#box.messages.get(id)!);
		const kind = this.#random();
		if (kind < 0.6 || members.length < 5) {
			for (let burst = 1 + this.#below(4); burst > 0; burst--) {
				const lag = this.#random() < 0.2 ? this.#below(2 * HOUR) : 0;
				const message = this.#box.deliver(inbox, lag > 0 ? { visibleAt: this.#time + lag } : {});
				if (lag === 0 && this.#random() < 0.03) {
					this.#count('row left out by the delta query');
					this.#lab.graph.delta.omitted.add(message.immutableId);
				}
				this.#expect(message);
			}
		} else if (kind < 0.7) {
			const message =
				this.#random() < 0.5 && archive.members.size > 0
					? this.#box.messages.get(this.#pick([...archive.members]))!
					: this.#box.deliver(archive, {});
			this.#moveIn(message);
		} else if (kind < 0.78) {
			const message = this.#pick(members);
			this.#box.move(message, archive);
			if (this.#random() < 0.5) this.#moveIn(message);
		} else if (kind < 0.92) {
			// Mostly new ones: people read what came lately.
			const message = this.#random() < 0.95 ? this.#pick(members.slice(-40)) : this.#pick(members);
			// Never named and changed since: that is how a message looks that was moved in.
			if (!this.#lab.graph.delta.omitted.has(message.immutableId)) this.#box.touch(message);
		} else {
			this.#box.remove(this.#pick(members));
		}
		// A folder that grows for ever would make the story slow, not hard.
		for (const message of members.slice(0, Math.max(0, members.length - 2_000)))
			if (this.#handedOver.has(message.immutableId)) this.#box.remove(message);
	}

	#moveIn(message: LabMessage): void {
		this.#lab.graph.delta.omitted.delete(message.immutableId);
		this.#box.move(message, this.#inbox);
		// One that was handed over may come again when it is no longer remembered: it did come in again.
		if (this.#handedOver.has(message.immutableId)) this.#allow(message.immutableId);
		this.#expect(message);
	}

	#allow(id: string): void {
		this.#allowed.set(id, (this.#allowed.get(id) ?? 0) + 1);
	}

	#count(trouble: string): void {
		this.#end.trouble[trouble] = (this.#end.trouble[trouble] ?? 0) + 1;
	}

	#makeTrouble(): void {
		const { graph } = this.#lab;
		const kind = this.#random();
		const until = this.#time + (1 + this.#below(20)) * MINUTE;
		if (kind < 0.25) this.#lasts(this.#pick(FOR_MINUTES), until);
		else if (kind < 0.45) {
			const name = this.#pick(FOR_REQUESTS);
			this.#count(name);
			// Twice in a row would be a row that nobody can have.
			arrange(graph, name, { times: name === 'rows without an id' ? 1 : 1 + this.#below(6) });
		} else if (kind < 0.6) {
			const recent = [...this.#expected.keys()].slice(-10);
			if (recent.length > 0) this.#lasts(this.#pick(OF_ONE), until, this.#pick(recent));
		} else if (kind < 0.7) {
			const message = [...this.#expected.values()].slice(-10)[this.#below(10)];
			if (message === undefined) return;
			this.#count('broken message');
			message.broken = true;
			this.#lasting.push({ until: this.#time + this.#below(6 * HOUR), undo: () => void (message.broken = false) });
		} else if (kind < 0.75) {
			this.#count('all links forgotten');
			graph.delta.forget();
		} else {
			const fault = this.#pick(['throttled', 'unavailable', 'timeout', 'reset', 'reset-in-body', 'html'] as const);
			this.#count(fault);
			graph.faults.push({
				kind: fault,
				times: 1 + this.#below(8),
				...(this.#random() < 0.3 ? { retryAfter: 1 + this.#below(60) } : {}),
				...(this.#random() < 0.7 ? { path: this.#pick(['/delta', '/$value', '/messages']) } : {}),
			});
		}
	}

	#lasts(name: SituationName, until: number, part?: string): void {
		const { faults } = this.#lab.graph;
		const before = new Set(faults);
		this.#count(name);
		arrange(this.#lab.graph, name, part === undefined ? {} : { part });
		const added = faults.filter((fault) => !before.has(fault));
		this.#lasting.push({
			until,
			undo: () => {
				for (const fault of added) if (faults.includes(fault)) faults.splice(faults.indexOf(fault), 1);
			},
		});
	}

	/** @returns whether there may be more */
	async #poll(dies: boolean): Promise<boolean> {
		const clock = {
			now: () => this.#time,
			sleep: async (ms: number) => await Promise.resolve(void (this.#time += ms)),
			random: this.#random,
		};
		const mailbox = new GraphMailbox({
			...this.#lab.credential(),
			mailbox: 'soc@example.com',
			tokens: this.#lab.tokens(),
			clock,
		});
		this.#end.polls++;
		try {
			const before = this.#saved === undefined ? undefined : (JSON.parse(this.#saved) as GraphFolderState);
			const result = await mailbox.poll(before, { cap: 50, budgetMs: 200_000 });
			// What was queued then comes with one of the next polls.
			if (result.warnings.some(({ code }) => UNCERTAIN.has(code))) this.#uncertainUntil = this.#end.polls + 20;
			const isUncertain = result.state.look?.untold === true || this.#end.polls <= this.#uncertainUntil;
			for (const { id, raw, failure } of result.messages) {
				if (failure !== undefined) continue;
				this.#take(id, raw, isUncertain);
				if (dies) this.#allow(id);
			}
			for (const { code } of result.warnings) this.#end.warnings[code] = (this.#end.warnings[code] ?? 0) + 1;
			const json = JSON.stringify(result.state);
			this.#end.largestState = Math.max(this.#end.largestState, json.length);
			if (!dies) this.#saved = json;
			const { retry, missing = {} } = result.state;
			return result.more || result.messages.length > 0 || Object.keys(retry).length + Object.keys(missing).length > 0;
		} catch (error) {
			if (!(error instanceof MailboxError)) throw error;
			this.#end.failed++;
			if (!error.transient) this.#end.errors.push(`${error.code}: ${error.message}`);
			return true;
		} finally {
			await mailbox.close();
		}
	}

	#take(id: string, raw: Buffer, isUncertain: boolean): void {
		const times = (this.#handedOver.get(id) ?? 0) + 1;
		this.#handedOver.set(id, times);
		this.#end.handedOver++;
		const message = this.#box.messages.get(id);
		if (message !== undefined && !this.#box.mimeOf(message).equals(raw)) this.#end.wrong.push(message.subject);
		if (times === 1 && !this.#expected.has(id)) this.#end.uncalled++;
		if (times > 1 + (this.#allowed.get(id) ?? 0)) {
			const remembered = new Set(this.#order.slice(-GRAPH_LIMITS.maxSeen / 2));
			if (isUncertain && !remembered.has(id)) {
				this.#end.unrecognised++;
				this.#allow(id);
			} else this.#end.doubled.push(message?.subject ?? id);
		}
		this.#order.push(id);
		if (this.#order.length > 4 * GRAPH_LIMITS.maxSeen) this.#order = this.#order.slice(-GRAPH_LIMITS.maxSeen);
	}

	/** No trouble any more: what is left comes. */
	async #calmDown(): Promise<void> {
		for (const { undo } of this.#lasting.splice(0)) undo();
		this.#lab.graph.faults.length = 0;
		for (let quiet = 0, left = 300; quiet < 6 && left > 0; left--) {
			this.#time += quiet === 0 ? 5 * MINUTE : 3 * HOUR;
			quiet = (await this.#poll(false)) ? 0 : quiet + 1;
		}
	}

	#compare(): GraphStoryEnd {
		this.#end.lost = [...this.#inbox.members].flatMap((id) => {
			const message = this.#expected.get(id);
			return message === undefined || this.#handedOver.has(id) ? [] : [message.subject];
		});
		this.#end.requests = this.#lab.graph.counts.requests;
		return this.#end;
	}
}

import { OPENCTI_LIMITS } from '../../limits';

interface Waiting<Ask, Outcome> {
	ask: Ask;
	number: number;
	done: (outcome: Outcome) => void;
}

/** What a call may share a request with: others of the same `group` whose `kind` differs. Undefined: it goes alone. */
export interface Company {
	group: string;
	kind: string;
}

/**
 * Requests side by side, no more than the limit at once, in the order in which they were asked for. When more is waiting than may be
 * sent, each request takes some of it along: what it may share a request with, and no more than its part, so that no turn stays empty.
 * What comes up in one moment is sent in one go, for a part of it may be what another one can take along.
 */
export class Turns<Ask, Outcome> {
	/** By company: those that exclude each other stand in one queue. */
	readonly #waiting = new Map<string, { company: Company | undefined; queue: Waiting<Ask, Outcome>[] }>();
	readonly #send: (asks: readonly Ask[]) => Promise<readonly Outcome[]>;
	#running = 0;
	#held = 0;
	#count = 0;
	#open = 0;
	#isComing = false;

	/** @param send Never throws; an outcome for each ask, in their order. */
	constructor(send: (asks: readonly Ask[]) => Promise<readonly Outcome[]>) {
		this.#send = send;
	}

	/** The outcome of one try. */
	ask(ask: Ask, company: Company | undefined): Promise<Outcome> {
		return new Promise((done) => {
			const key = company === undefined ? '' : `${company.group} ${company.kind}`;
			const known = this.#waiting.get(key) ?? { company, queue: [] };
			this.#waiting.set(key, known);
			known.queue.push({ ask, number: this.#count++, done });
			this.#open += 1;
			this.#next();
		});
	}

	/** Nothing new is sent until the wait is over: the platform has asked everybody to wait. */
	async hold(wait: () => Promise<void>): Promise<void> {
		this.#held += 1;
		try {
			await wait();
		} finally {
			this.#held -= 1;
			this.#next();
		}
	}

	#next(): void {
		if (this.#isComing) return;
		this.#isComing = true;
		setImmediate(() => {
			this.#isComing = false;
			this.#sendAll();
		});
	}

	#sendAll(): void {
		while (this.#held === 0 && this.#running < OPENCTI_LIMITS.maxRequestsAtOnce) {
			const together = this.#take(OPENCTI_LIMITS.maxRequestsAtOnce - this.#running);
			if (together.length === 0) return;
			this.#open -= together.length;
			this.#running += 1;
			void this.#send(together.map(({ ask }) => ask)).then((outcomes) => {
				this.#running -= 1;
				for (const [at, { done }] of together.entries()) {
					const outcome = outcomes[at];
					if (outcome !== undefined) done(outcome);
				}
				this.#next();
			});
		}
	}

	/** Who waits longest, and whoever may go with it, when so many more requests may be sent. */
	#take(turns: number): Waiting<Ask, Outcome>[] {
		const queues = [...this.#waiting.values()].sort(
			(one, other) => (one.queue[0]?.number ?? 0) - (other.queue[0]?.number ?? 0),
		);
		const [first] = queues;
		if (first === undefined) return [];
		const group = first.company?.group;
		const chosen = [first, ...queues.slice(1).filter(({ company }) => group !== undefined && company?.group === group)];
		const most = Math.min(OPENCTI_LIMITS.maxOperationsPerRequest, Math.ceil(this.#open / turns));
		const taken = chosen.slice(0, most).flatMap(({ queue }) => queue.shift() ?? []);
		for (const [key, { queue }] of this.#waiting) if (queue.length === 0) this.#waiting.delete(key);
		return taken;
	}
}

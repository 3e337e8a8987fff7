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
 * Requests side by side, no more than the limit at once, in the order in which they were asked for. What has to wait
 * for its turn goes in one request with others that it may share one with.
 */
export class Turns<Ask, Outcome> {
	/** By company: those that exclude each other stand in one queue. */
	readonly #waiting = new Map<string, { company: Company | undefined; queue: Waiting<Ask, Outcome>[] }>();
	readonly #send: (asks: readonly Ask[]) => Promise<readonly Outcome[]>;
	#running = 0;
	#held = 0;
	#count = 0;

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
		while (this.#held === 0 && this.#running < OPENCTI_LIMITS.maxRequestsAtOnce) {
			const together = this.#take();
			if (together.length === 0) return;
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

	/** Who waits longest, and whoever may go with it. */
	#take(): Waiting<Ask, Outcome>[] {
		const queues = [...this.#waiting.values()].sort(
			(one, other) => (one.queue[0]?.number ?? 0) - (other.queue[0]?.number ?? 0),
		);
		const [first] = queues;
		if (first === undefined) return [];
		const group = first.company?.group;
		const chosen = [first, ...queues.slice(1).filter(({ company }) => group !== undefined && company?.group === group)];
		const taken = chosen.slice(0, OPENCTI_LIMITS.maxOperationsPerRequest).flatMap(({ queue }) => queue.shift() ?? []);
		for (const [key, { queue }] of this.#waiting) if (queue.length === 0) this.#waiting.delete(key);
		return taken;
	}
}

/** Answers that take so many times the quickest one are slow: what more is asked side by side only waits in the target. */
const SLOW = 2;
/** Answers that take so many times the quickest one: the target has too much to do. */
const TOO_SLOW = 4;
/** Milliseconds that say nothing about a target. */
const NOTHING = 20;

/**
 * How many queries are asked side by side: few at first, one more with each answer that comes as quickly as the first ones did, and half
 * as many when they take four times as long. A target with few workers is asked by few; one that is far away by many.
 */
export class Pace {
	readonly #least: number;
	readonly #most: number;
	#quickest = Number.POSITIVE_INFINITY;
	#now: number;

	constructor(least: number, most: number) {
		this.#least = least;
		this.#most = Math.max(least, most);
		this.#now = least;
	}

	/** Queries that may be under way now. */
	get now(): number {
		return this.#now;
	}

	/** Milliseconds that a query took, in so many requests. */
	answered(milliseconds: number, requests: number): void {
		const each = milliseconds / Math.max(1, requests);
		this.#quickest = Math.min(this.#quickest, each);
		if (each <= NOTHING + SLOW * this.#quickest) this.#now = Math.min(this.#most, this.#now + 1);
		else if (each > NOTHING + TOO_SLOW * this.#quickest) this.failed();
	}

	/** A query was refused, or not answered. */
	failed(): void {
		this.#now = Math.max(this.#least, Math.floor(this.#now / 2));
	}
}

/** How much is read. */
export interface ReadOptions {
	/** Rows that are read at most. Default 10,000. */
	maxRows?: number | undefined;
	/** Ends the reading. */
	signal?: AbortSignal | undefined;
}

/** What was read in the course of one hunt or search. */
export interface ReadCounts {
	/** Places in the target's lists that were read. */
	read: number;
	/** Records that the target counted but could not show. */
	badRecords: number;
	/** Rows of another shape than the target's. */
	unreadable: number;
	requests: number;
}

/** A cap shared by all queries of a hunt. */
export class ReadBudget {
	readonly counts: ReadCounts = { read: 0, badRecords: 0, unreadable: 0, requests: 0 };
	/** True when something was left unread. */
	truncated = false;

	readonly #maxRows: number;

	constructor(maxRows: number) {
		this.#maxRows = maxRows;
	}

	/** How many rows may still be asked for. */
	get left(): number {
		return Math.max(0, this.#maxRows - this.counts.read);
	}
}

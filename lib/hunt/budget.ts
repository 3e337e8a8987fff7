/** How much is read. */
export interface ReadOptions {
	/** Requests that a hunt may need at least, as `costOf` counts them. Above: HUNT_TOO_COSTLY, before anything is asked. Default: no bound. */
	maxRequests?: number | undefined;
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

/** What reading one query, or the queries of one hunt, cost and could not get. */
export class ReadBudget {
	readonly counts: ReadCounts = { read: 0, badRecords: 0, unreadable: 0, requests: 0 };
	/** True when something was left unread. */
	truncated = false;
	/** What the target could not be asked, or did not show, each as a sentence: messages may be missing for it. */
	readonly gaps = new Set<string>();

	readonly #maxRows: () => number;

	/** @param maxRows Of this budget; or how many of them there are at present, where others read beside it. */
	constructor(maxRows: number | (() => number)) {
		this.#maxRows = typeof maxRows === 'number' ? () => maxRows : maxRows;
	}

	/** How many rows may still be asked for. */
	get left(): number {
		return Math.max(0, this.#maxRows() - this.counts.read);
	}

	/** Takes in what another one counted. */
	add({ counts, truncated, gaps }: ReadBudget): void {
		for (const name of Object.keys(counts) as (keyof ReadCounts)[]) this.counts[name] += counts[name];
		this.truncated ||= truncated;
		for (const gap of gaps) this.gaps.add(gap);
	}
}

/** What is run against: one kind of mailbox, with a server that gets into trouble. */
export interface ChaosTarget {
	/** How the command names it. */
	name: string;
	/** Messages that arrive where the command names no number, and with `--short`. Default: those of the command. */
	standard?: number;
	short?: number;
	/** What is not there that it needs, and how to get it; undefined: all is there. */
	missing?(): string | undefined;
	/** @throws when the story cannot be told to its end */
	run(settings: ChaosSettings): Promise<ChaosEnd>;
}

export interface ChaosSettings {
	/** Messages that arrive. */
	deliveries: number;
	/** The same seed tells the same story. */
	seed: number;
	/** Told now and then how far it is. */
	progress?: (delivered: number) => void;
	/** Told every event, in a line. */
	tell?: (event: string) => void;
}

/** How a story ended: names of messages. */
export interface ChaosEnd {
	/** In the folder, and never handed over. */
	lost: string[];
	/** Handed over more than once, although they could be recognised, or without a word of the trigger that it might be. */
	doubled: string[];
	/** Handed over more than once because the server made just these unrecognisable: counted by the trigger, in its warnings. */
	repeated: number;
	/** What happened, and how often. */
	tally: Record<string, number>;
}

/** Small deterministic generator (mulberry32). */
export function generator(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

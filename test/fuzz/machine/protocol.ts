/** What the process that counts and the processes that run the inputs say to each other. One answer to each order. */
export type Order = { maxMilliseconds: number } & (
	| { do: 'load'; folder: string; kind: string }
	| { do: 'run'; seed: number; number: number; maxMegabytes: number }
	| { do: 'run file'; path: string; maxMegabytes: number }
	/** Makes the input once more and writes it down: a process that stood still cannot. */
	| { do: 'save'; seed: number; number: number; path: string }
	/** Collects what is garbage, and says what remains. */
	| { do: 'weigh' }
);

export type Answer = { loaded: Loaded } | { done: Outcome } | { saved: true } | { weight: Weight } | { fault: Fault };

/** Megabytes of a process, after garbage collection. */
export interface Weight {
	/** What JavaScript holds, bytes outside of its heap among it. */
	live: number;
	/** What the system has given to the process. */
	resident: number;
}

export interface Loaded {
	subject: string;
	form: 'bytes' | 'text';
	maxMilliseconds?: number;
	maxMegabytes?: number;
}

/** How one input went. */
export interface Outcome {
	/** The code of the error that it was refused with. */
	refused?: string;
	/** It was more than looked at: see `isRead` of its kind. */
	read: boolean;
	/** Processor time. */
	milliseconds: number;
	/** By how much the process grew at most. */
	megabytes: number;
	fault?: Fault;
}

/** What should not have happened. */
export interface Fault {
	/** The same words for the same fault: by them, repetitions are known. */
	what: string;
	/** Message and stack, or what a dying process wrote. */
	detail: string;
}

/** Characters of one of them. */
const MAX_DETAIL = 4_000;

export function fault(what: string, detail: string): Fault {
	return { what: what.slice(0, 300), detail: detail.slice(0, MAX_DETAIL) };
}

import type { Random } from './random';

/**
 * What is fuzzed: one file in `kinds/`, whose name is the kind's name and which exports it as `kind`. `Input` is what
 * is made and what a failure leaves in a file, so it says everything: the same input is the same case.
 */
export interface Kind<Input extends Buffer | string, Answer> {
	/** A few words for the list of kinds. */
	subject: string;
	form: Input extends string ? 'text' : 'bytes';
	/** A hostile input. Everything in it comes from `random`. */
	make(random: Random): Input;
	/**
	 * What the library makes of it. It may throw an EmailIntelError with a code of `refusals`: then nothing is asked of the
	 * answer. Everything else that is thrown is a failure.
	 */
	run(input: Input): Answer | Promise<Answer>;
	refusals: readonly string[];
	/** What holds of every answer, in the words of a promise. Throws when it does not hold. */
	invariants: Readonly<Record<string, (answer: Answer, input: Input) => void | Promise<void>>>;
	/**
	 * Whether an input was read, and not only looked at and put aside: inputs that all are put aside prove nothing. Default: all are that
	 * were not refused.
	 */
	isRead?(answer: Answer, input: Input): boolean;
	/** What is needed once a process, such as a server of the lab; gives what ends it. */
	open?(): Promise<() => Promise<void>>;
	/** Milliseconds for one input, where the general limit does not suit. Time in which the machine was busy with other things does not count. */
	maxMilliseconds?: number;
	/** Megabytes that the process may grow by during one input, where the general limit does not suit. */
	maxMegabytes?: number;
}

/** As the machinery handles it. */
export type AnyKind = Kind<Buffer, unknown> | Kind<string, unknown>;

import { EmailIntelError, isError, messageOf } from '../../lib/errors';
import { MailboxError, type MailboxMessage, type PollResult } from '../../lib/mailbox';
import type { Trouble } from './inputs/imap';
import { isTrue, jsonOf } from './invariants';
import { Random } from './random';

/** What holds of every mailbox whose server answers otherwise than it should. */

/** The input: what is asked, and which answers come as something else. */
export interface DialogueInput {
	operation: string;
	trouble: Trouble;
	/** Of the choices of how each answer is spoilt. */
	seed: number;
	/** Share of the answers that are; `one`: a single one. */
	share: number | 'one';
	/** Answers that are right at the beginning. */
	right: number;
}

export interface Outcome {
	answer?: unknown;
	error?: unknown;
	/** Commands or requests while the answers were spoilt. */
	asked: number;
	/** Of polls: what the whole story handed over, and whether it had an end. */
	story?: { messages: MailboxMessage[]; isAtEnd: boolean };
}

/** Questions of one operation: one that asks for ever would be noticed here. A false list names 2,000 folders, each with its counts. */
const MOST_ASKED = 2_500;
/** Polls of a server that answers rightly, until it has nothing more. */
const MOST_POLLS = 40;
/** So much later every message has its turn again. */
const DAY = 24 * 3_600_000;

/** Most stories are polls: there a message may get lost. */
export function someDialogue(random: Random, operations: readonly string[]): DialogueInput {
	return {
		operation: random.choose([3, () => 'poll'], [4, () => random.pick(operations)]),
		trouble: random.pick(['fault', 'lie'] as const),
		seed: random.below(2 ** 31),
		share: random.pick(['one', 0.1, 0.3, 1]),
		right: random.below(14),
	};
}

/** How the nth answer is to be spoilt, if it is. */
export function troubleOf({ seed, share, right }: DialogueInput, number: number): Random | undefined {
	const random = new Random(seed, 'answer', number);
	const isSpoilt = share === 'one' ? number === right + 1 : number > right && random.chance(share);
	return isSpoilt ? random : undefined;
}

/** What a story needs of a mailbox. */
export interface Polling<State> {
	poll(state: State | undefined, cap: number): Promise<PollResult<State>>;
	/** From now on answers are right, or not; gives how much was asked since the last time. */
	spoil(isOn: boolean): number;
	later(milliseconds: number): void;
}

/** Polls of a server that answers rightly, one with trouble, and then such as a workflow makes until nothing is left. */
export async function tellStory<State>({ seed }: DialogueInput, polling: Polling<State>): Promise<Outcome> {
	const messages: MailboxMessage[] = [];
	let state: State | undefined;
	let isAtEnd = false;
	const poll = async (cap: number): Promise<unknown> => {
		try {
			const result = await polling.poll(state, cap);
			// As it is saved.
			state = JSON.parse(jsonOf(result.state)) as State;
			messages.push(...result.messages);
			isAtEnd = !result.more;
			return undefined;
		} catch (error) {
			return error;
		}
	};
	const random = new Random(seed, 'story', 0);
	if (random.chance(0.5)) await poll(2);
	polling.spoil(true);
	const error = await poll(random.pick([1, 3, 50]));
	const asked = polling.spoil(false);
	// Two rounds in which nothing is left: what the trouble kept back comes with the second.
	for (let polls = 0, rounds = 0; polls < MOST_POLLS && rounds < 2; polls++) {
		polling.later(DAY);
		isAtEnd = false;
		const last = await poll(50);
		// A busy machine may cut off an answer as well.
		if (last !== undefined && !(last instanceof MailboxError && last.transient)) return { error: last, asked };
		rounds = isAtEnd ? rounds + 1 : 0;
	}
	return { asked, ...(error === undefined ? {} : { error }), story: { messages, isAtEnd } };
}

/** @throws Error where an operation does not work although every answer is right: then nothing of it would be fuzzed */
export async function answersRightly(
	operations: readonly string[],
	run: (input: DialogueInput) => Promise<Outcome>,
): Promise<void> {
	for (const operation of [...operations, 'poll']) {
		const { error } = await run({ operation, trouble: 'fault', seed: 1, share: 0, right: 0 });
		if (error !== undefined)
			throw new Error(`${operation} does not work at all: ${messageOf(error)}`, { cause: error });
	}
}

/** All that hangs on an error and is text. */
function textsOf(error: unknown, depth = 0): string[] {
	if (!isError(error) || depth > 6) return [String(error)];
	const { message, stack = '', cause } = error;
	const hint = error instanceof EmailIntelError ? (error.hint ?? '') : '';
	const others = Object.values(error).map((value) => (typeof value === 'string' ? value : ''));
	return [message, stack, hint, ...others, ...textsOf(cause, depth + 1)];
}

/** What of the mailbox the invariants compare with. */
export interface Truth {
	secrets: readonly string[];
	/** Bytes of each message that is there, by what `keyOf` gives. */
	messages(): ReadonlyMap<unknown, Buffer>;
	keyOf(message: MailboxMessage): unknown;
	/** After a false answer a message may come again, with the same id: the promise is at least once. */
	mayComeAgain?: boolean;
}

export function mailboxInvariants({ secrets, messages, keyOf, mayComeAgain = false }: Truth) {
	type Check = (outcome: Outcome, input: string) => void;
	const inputOf = (json: string) => JSON.parse(json) as DialogueInput;
	return {
		'what is thrown is an error of a mailbox': ({ error }) =>
			isTrue(
				error === undefined || error instanceof MailboxError,
				isError(error) ? (error.stack ?? error.message) : String(error),
			),
		'no error tells a secret': ({ error }) => {
			for (const text of textsOf(error))
				for (const secret of secrets) isTrue(!text.includes(secret), `it does: ${text.slice(0, 200)}`);
		},
		'what is made of the answers is JSON': ({ answer }) => void jsonOf(answer ?? null),
		'it does not ask without end': ({ asked }) => isTrue(asked <= MOST_ASKED, `it asked ${asked} times`),
		'polling comes to an end, and no message is handed over twice': ({ story }, json) => {
			if (story === undefined) return;
			isTrue(story.isAtEnd, 'there is always more');
			if (mayComeAgain && inputOf(json).trouble === 'lie') return;
			const handedOver = story.messages.filter(({ failure }) => failure?.retryAt === undefined);
			// Where a server gives two messages one id, each is handed over.
			const done = handedOver.map((message) => `${message.id} at ${String(keyOf(message))}`);
			isTrue(new Set(done).size === done.length, done.join(' '));
		},
		// What two different questions were answered with counts, also where both answers are false.
		'no message is forgotten where answers were lost or refused, or one was false': ({ story }, json) => {
			const { trouble, share } = inputOf(json);
			if (story === undefined || (trouble !== 'fault' && share !== 'one')) return;
			const given = new Set(story.messages.map(keyOf));
			for (const key of messages().keys()) isTrue(given.has(key), `${String(key)} is missing`);
		},
		'bytes that were cut on the way are not handed over as a message': ({ story }, json) => {
			if (story === undefined || inputOf(json).trouble !== 'fault') return;
			for (const message of story.messages) {
				const { id, raw, failure } = message;
				if (failure === undefined)
					isTrue(messages().get(keyOf(message))?.equals(raw) === true, `${id}: ${raw.length} bytes`);
			}
		},
	} satisfies Record<string, Check>;
}

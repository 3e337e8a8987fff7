import { EmailIntelError, isError } from '../../../lib/errors';
import { ImapMailbox, MailboxError, type ImapFolderState, type MailboxMessage } from '../../../lib/mailbox';
import type { ScriptedServer } from '../../lab/imap';
import {
	CAPABILITIES,
	MESSAGES,
	PASSWORD,
	spoiltAnswer,
	startDialogue,
	USER,
	type Dialogue,
	type Trouble,
} from '../inputs/imap';
import { isTrue, jsonOf } from '../invariants';
import type { Kind } from '../kind';
import { Random } from '../random';

/** The input: what is asked, and which answers come as something else. */
interface Input {
	operation: string;
	capabilities: string;
	trouble: Trouble;
	/** Of the choices of how each answer is spoilt. */
	seed: number;
	/** Share of the answers that are; `one`: a single one. */
	share: number | 'one';
	/** Answers that are right at the beginning: those of the login, mostly. */
	right: number;
}

interface Outcome {
	answer?: unknown;
	error?: unknown;
	commands: number;
	/** Of polls: those of the whole story, and whether there was an end. */
	story?: { messages: MailboxMessage[]; isAtEnd: boolean };
}

/** Commands of one operation: one that asks for ever would be noticed here. */
const MOST_COMMANDS = 2_000;
/** Polls of a server that answers rightly, until it has nothing more. */
const MOST_POLLS = 30;
/** Every message has its turn again. */
const DAY = 24 * 3_600_000;

let server: ScriptedServer;
let dialogue: Dialogue;
let commands = 0;
let later = 0;

function spoiling({ capabilities, trouble, seed, share, right }: Input): Dialogue {
	return {
		capabilities,
		spoil: (answer, tag, line) => {
			commands++;
			const random = new Random(seed, 'answer', commands);
			if (share === 'one' ? commands !== right + 1 : commands <= right || !random.chance(share)) return undefined;
			return spoiltAnswer(trouble, answer, tag, line, random);
		},
	};
}

const rightly = (capabilities: string): Dialogue => ({ capabilities, spoil: () => undefined });

const mailbox = (): ImapMailbox =>
	new ImapMailbox({
		host: server.host,
		port: server.port,
		security: 'none',
		user: USER,
		password: PASSWORD,
		connectTimeoutMs: 1_000,
		greetingTimeoutMs: 300,
		socketTimeoutMs: 300,
		actionTimeoutMs: 2_000,
		clock: { now: () => Date.now() + later, sleep: async () => undefined, random: () => 0 },
	});

const IT = { uid: 3, folder: 'INBOX' };
const OPERATIONS: Record<string, (box: ImapMailbox) => Promise<unknown>> = {
	test: (box) => box.test(),
	sample: (box) => box.sample(),
	get: (box) => box.get(IT),
	'get by Message-ID': (box) => box.get({ messageId: '<1@example.org>', folder: 'INBOX' }),
	download: async (box) => {
		const { stream, ...rest } = await box.download(IT);
		let size = 0;
		for await (const chunk of stream) size += (chunk as Buffer).length;
		return { ...rest, size };
	},
	search: (box) => box.search({ subject: 'm', since: new Date(0) }),
	'list folders': (box) => box.listFolders({ counts: true }),
	'mark as read': (box) => box.changes.markAsRead(IT),
	flag: (box) => box.changes.flag(IT, ['\\Flagged']),
	move: (box) => box.changes.move(IT, 'Junk & more'),
};

async function operate(operation: (box: ImapMailbox) => Promise<unknown>): Promise<Pick<Outcome, 'answer' | 'error'>> {
	const box = mailbox();
	try {
		return { answer: await operation(box) };
	} catch (error) {
		return { error };
	} finally {
		await box.close();
	}
}

/** A poll against a server that answers rightly, one with trouble, and then such as a workflow makes until nothing is left. */
async function story(input: Input): Promise<Outcome> {
	const messages: MailboxMessage[] = [];
	let state: ImapFolderState | undefined;
	let isAtEnd = false;
	const poll = async (cap: number): Promise<unknown> => {
		const { answer, error } = await operate((box) =>
			box.poll(state, { cap, firstRunLookBack: 'all', budgetMs: 3_000 }),
		);
		if (answer === undefined) return error;
		const result = answer as Awaited<ReturnType<ImapMailbox['poll']>>;
		// As it is saved.
		state = JSON.parse(jsonOf(result.state)) as ImapFolderState;
		messages.push(...result.messages);
		isAtEnd = !result.more;
		return undefined;
	};
	const random = new Random(input.seed, 'story', 0);
	if (random.chance(0.5)) await poll(2);
	dialogue = spoiling(input);
	commands = 0;
	const error = await poll(random.pick([1, 3, 50]));
	const asked = commands;
	dialogue = rightly(input.capabilities);
	isAtEnd = false;
	for (let i = 0; i < MOST_POLLS && !isAtEnd; i++) {
		later += DAY;
		const last = await poll(50);
		if (last !== undefined && !(last instanceof MailboxError && last.transient))
			return { error: last, commands: asked };
	}
	return { commands: asked, ...(error === undefined ? {} : { error }), story: { messages, isAtEnd } };
}

async function run(json: string): Promise<Outcome> {
	const input = JSON.parse(json) as Input;
	later = 0;
	commands = 0;
	dialogue = rightly(input.capabilities);
	const operation = OPERATIONS[input.operation];
	if (operation === undefined) return await story(input);
	dialogue = spoiling(input);
	const outcome = await operate(operation);
	return { ...outcome, commands };
}

/** All that hangs on an error and is text. */
function textsOf(error: unknown, depth = 0): string[] {
	if (!isError(error) || depth > 6) return [String(error)];
	const { message, stack = '', cause } = error;
	const hint = error instanceof EmailIntelError ? (error.hint ?? '') : '';
	return [message, stack, hint, ...Object.values(error).map((value) => (typeof value === 'string' ? value : '')), ...textsOf(cause, depth + 1)];
} // prettier-ignore

const inputOf = (json: string): Input => JSON.parse(json) as Input;

export const kind: Kind<string, Outcome> = {
	subject: 'every operation of an IMAP mailbox against a server whose answers are cut, refused, false or no IMAP',
	form: 'text',
	open: async () => {
		server = await startDialogue(() => dialogue);
		return () => server.close();
	},
	make: (random) =>
		JSON.stringify({
			operation: random.choose([3, () => 'poll'], [4, () => random.pick(Object.keys(OPERATIONS))]),
			capabilities: random.pick(CAPABILITIES),
			trouble: random.pick(['fault', 'lie'] as const),
			seed: random.below(2 ** 31),
			share: random.pick(['one', 0.1, 0.3, 1]),
			right: random.below(14),
		} satisfies Input),
	run,
	// What is thrown is looked at below, with what it says.
	refusals: [],
	invariants: {
		'what is thrown is an error of a mailbox': ({ error }) =>
			isTrue(
				error === undefined || error instanceof MailboxError,
				isError(error) ? `${error.name}: ${error.stack}` : String(error),
			),
		'no error tells the password': ({ error }) => {
			const sasl = Buffer.from(`\0${USER}\0${PASSWORD}`).toString('base64');
			for (const text of textsOf(error))
				isTrue(!text.includes(PASSWORD) && !text.includes(sasl), `it does: ${text.slice(0, 200)}`);
		},
		'what is made of the answers is JSON': ({ answer }) => void jsonOf(answer ?? null),
		'it does not ask without end': ({ commands: count }) => isTrue(count <= MOST_COMMANDS, `${count} commands`),
		'polling comes to an end, and no message is handed over twice': ({ story: told }) => {
			if (told === undefined) return;
			isTrue(told.isAtEnd, 'there is always more');
			const ids = told.messages.filter(({ failure }) => failure?.retryAt === undefined).map(({ id }) => id);
			isTrue(new Set(ids).size === ids.length, `${ids.join(' ')}`);
		},
		// What two different questions were answered with counts, also where both answers are false.
		'no message is forgotten where answers were lost or refused, or one was false': ({ story: told }, json) => {
			const { trouble, share } = inputOf(json);
			if (told === undefined || (trouble !== 'fault' && share !== 'one')) return;
			const given = new Set(told.messages.map(({ source }) => (source as { uid?: number }).uid));
			for (const uid of MESSAGES.keys()) isTrue(given.has(uid), `UID ${uid} is missing`);
		},
		'bytes that were cut on the way are not handed over as a message': ({ story: told }, json) => {
			if (told === undefined || inputOf(json).trouble !== 'fault') return;
			for (const { source, raw, failure } of told.messages) {
				const { uid } = source as { uid?: number };
				if (failure === undefined) isTrue(raw.equals(MESSAGES.get(uid!)!), `UID ${uid}: ${raw.length} bytes`);
			}
		},
	},
};

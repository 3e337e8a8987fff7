import { ImapMailbox, type ImapFolderState } from '../../../lib/mailbox';
import type { ScriptedServer } from '../../lab/imap';
import { CAPABILITIES, MESSAGES, PASSWORD, spoiltAnswer, startDialogue, USER, type Dialogue } from '../inputs/imap';
import type { Kind } from '../kind';
import {
	answersRightly,
	mailboxInvariants,
	someDialogue,
	tellStory,
	troubleOf,
	type DialogueInput,
	type Outcome,
} from '../mailboxes';

interface Input extends DialogueInput {
	/** What the server says it can do. */
	capabilities: string;
}

let server: ScriptedServer;
let dialogue: Dialogue;
let commands = 0;
let later = 0;

const dialogueOf = (input: Input, isSpoilt: boolean): Dialogue => ({
	capabilities: input.capabilities,
	spoil: (answer, tag, line) => {
		commands++;
		const random = isSpoilt ? troubleOf(input, commands) : undefined;
		return random && spoiltAnswer(input.trouble, answer, tag, line, random);
	},
});

async function withMailbox<T>(work: (box: ImapMailbox) => Promise<T>): Promise<T> {
	const box = new ImapMailbox({
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
	try {
		return await work(box);
	} finally {
		await box.close();
	}
}

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

async function run(input: Input): Promise<Outcome> {
	later = 0;
	commands = 0;
	const operation = OPERATIONS[input.operation];
	dialogue = dialogueOf(input, operation !== undefined);
	if (operation === undefined)
		return await tellStory<ImapFolderState>(input, {
			poll: (state, cap) => withMailbox((box) => box.poll(state, { cap, firstRunLookBack: 'all', budgetMs: 3_000 })),
			spoil: (isOn) => {
				const asked = commands;
				commands = 0;
				dialogue = dialogueOf(input, isOn);
				return asked;
			},
			later: (milliseconds) => (later += milliseconds),
		});
	try {
		return { answer: await withMailbox(operation), asked: commands };
	} catch (error) {
		return { error, asked: commands };
	}
}

export const kind: Kind<string, Outcome> = {
	subject: 'every operation of an IMAP mailbox against a server whose answers are cut, refused, false or no IMAP',
	form: 'text',
	open: async () => {
		server = await startDialogue(() => dialogue);
		for (const capabilities of CAPABILITIES) {
			// Where there is no MOVE nothing is moved.
			const operations = Object.keys(OPERATIONS).filter((name) => name !== 'move' || capabilities.includes('MOVE'));
			await answersRightly(operations, (input) => run({ ...input, capabilities }));
		}
		return () => server.close();
	},
	make: (random) =>
		JSON.stringify({
			...someDialogue(random, Object.keys(OPERATIONS)),
			capabilities: random.pick(CAPABILITIES),
		} satisfies Input),
	run: async (json) => await run(JSON.parse(json) as Input),
	// What is thrown is looked at with what it says.
	refusals: [],
	isRead: ({ error }) => error === undefined,
	invariants: mailboxInvariants({
		secrets: [PASSWORD, Buffer.from(`\0${USER}\0${PASSWORD}`).toString('base64')],
		messages: () => MESSAGES,
		keyOf: ({ source }) => (source.kind === 'imap' ? source.uid : undefined),
	}),
};

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, request as ask } from 'undici';
import { GraphMailbox, type GraphFolderState } from '../../../lib/mailbox';
import { MicrosoftLab } from '../../lab/graph';
import { startServer, type LabServer } from '../../lab/http/server';
import { mail } from '../../lab/imap';
import { selfSigned } from '../../lab/tls/certificate';
import { ELSEWHERE, spoiltGraphAnswer, type GraphAnswer } from '../inputs/graph';
import { isTrue, jsonOf } from '../invariants';
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
	changes: 'delta' | 'modified';
}

const ADDRESS = 'soc@example.com';
const MESSAGES = 6;
const NOW = Date.UTC(2026, 4, 5, 12);
/** In inputs nothing depends on it; in errors it must not stand. */
const TOKEN = 'geheim.Token-7.abcdefgh';

let lab: MicrosoftLab;
let front: LabServer;
let agent: Agent;
/** The mail server's own address. */
let behind = '';
let ca = '';
/** Bytes of the messages that are there, by their ids. */
const messages = new Map<string, Buffer>();
let ids: string[] = [];
let input: Input | undefined;
let requests = 0;
let later = 0;
let cases = 0;

const CLOCK = {
	now: () => NOW + later,
	sleep: (milliseconds: number) => {
		later += milliseconds;
		return Promise.resolve();
	},
	random: () => 0,
};

/** Stands in front of the lab, and spoils what that answers. */
async function forward(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
	requests++;
	const number = requests;
	const { host: _host, connection: _connection, 'accept-encoding': _encoding, ...asked } = incoming.headers;
	const { statusCode, headers, body } = await ask(`${behind}${incoming.url}`, {
		dispatcher: agent,
		method: 'GET',
		headers: {
			...asked,
			authorization: `Bearer ${await lab.tokens().token()}`,
		},
	});
	const type = headers['content-type'];
	let answer: GraphAnswer = {
		status: statusCode,
		headers: {
			...(typeof type === 'string' ? { 'content-type': type } : {}),
			date: new Date(CLOCK.now()).toUTCString(),
		},
		body: Buffer.from(await body.arrayBuffer()),
	};
	const random = input && troubleOf(input, number);
	if (random !== undefined)
		answer = spoiltGraphAnswer(input!.trouble, answer, String(incoming.headers.authorization), random);
	const { status, headers: told, body: bytes, cut = false } = answer;
	const hasBody = status !== 204 && status !== 304;
	response.writeHead(status, { ...told, ...(hasBody ? { 'content-length': bytes.length + (cut ? 9 : 0) } : {}) });
	if (!hasBody) response.end();
	else if (cut) response.write(bytes, () => response.destroy());
	else response.end(bytes);
}

async function withMailbox<T>(changes: Input['changes'], work: (mailbox: GraphMailbox) => Promise<T>): Promise<T> {
	const mailbox = new GraphMailbox({
		...lab.credential(),
		ca,
		// Pauses that a server asks for are remembered for each application, over this process.
		clientId: `fuzz-${cases}`,
		mailbox: ADDRESS,
		changes,
		tokens: { token: () => Promise.resolve(TOKEN) },
		clock: CLOCK,
	});
	try {
		return await work(mailbox);
	} finally {
		await mailbox.close();
	}
}

const OPERATIONS: Record<string, (mailbox: GraphMailbox) => Promise<unknown>> = {
	test: (mailbox) => mailbox.test(),
	sample: (mailbox) => mailbox.sample(),
	get: (mailbox) => mailbox.get({ id: ids[0]! }),
	'get by Message-ID': (mailbox) => mailbox.get({ messageId: '<1@example.org>' }),
	download: async (mailbox) => {
		const { stream, ...rest } = await mailbox.download({ id: ids[1]! });
		let size = 0;
		for await (const chunk of stream) size += (chunk as Buffer).length;
		return { ...rest, size };
	},
	search: (mailbox) => mailbox.search({ subject: 'm', limit: 20 }),
	'search a folder': (mailbox) => mailbox.search({ from: 'a@example.org' }, { folder: 'inbox' }),
	'list folders': (mailbox) => mailbox.listFolders(),
	attachments: (mailbox) => mailbox.attachments(ids[0]!),
};

async function run(told: Input): Promise<Outcome> {
	cases++;
	later = 0;
	requests = 0;
	const operation = OPERATIONS[told.operation];
	input = operation === undefined ? undefined : told;
	if (operation === undefined)
		return await tellStory<GraphFolderState>(told, {
			poll: (state, cap) =>
				withMailbox(told.changes, (mailbox) => mailbox.poll(state, { cap, firstRunLookBack: 'all' })),
			spoil: (isOn) => {
				const asked = requests;
				requests = 0;
				input = isOn ? told : undefined;
				return asked;
			},
			later: (milliseconds) => (later += milliseconds),
		});
	try {
		return { answer: await withMailbox(told.changes, operation), asked: requests };
	} catch (error) {
		return { error, asked: requests };
	}
}

export const kind: Kind<string, Outcome> = {
	subject: 'every operation of a Microsoft 365 mailbox against a Graph whose answers are cut, refused or false',
	form: 'text',
	open: async () => {
		agent = new Agent({ connect: { rejectUnauthorized: false } });
		lab = await MicrosoftLab.start({ now: CLOCK.now });
		const certificate = await selfSigned();
		front = await startServer((request, response) => forward(request, response), certificate);
		behind = lab.graphUrl;
		ca = certificate.cert;
		// Its links lead through what stands in front of it.
		lab.entra.graphUrl = lab.graph.url = front.url;
		const mailbox = lab.graph.mailbox(ADDRESS);
		for (let at = 0; at < MESSAGES; at++) {
			const raw = Buffer.from(mail({ subject: `m${at}`, messageId: `<${at}@example.org>` }));
			const { immutableId } = mailbox.deliver(mailbox.folder('inbox'), {
				receivedAt: NOW - at * 60_000,
				subject: `m${at}`,
				messageId: `<${at}@example.org>`,
				raw,
			});
			messages.set(immutableId, raw);
		}
		ids = [...messages.keys()];
		for (const changes of ['delta', 'modified'] as const)
			await answersRightly(Object.keys(OPERATIONS), (told) => run({ ...told, changes }));
		return async () => {
			await agent.destroy();
			await front.close();
			await lab.close();
		};
	},
	make: (random) =>
		JSON.stringify({
			...someDialogue(random, Object.keys(OPERATIONS)),
			changes: random.pick(['delta', 'delta', 'modified'] as const),
		} satisfies Input),
	run: async (json) => await run(JSON.parse(json) as Input),
	// What is thrown is looked at with what it says.
	refusals: [],
	isRead: ({ error }) => error === undefined,
	invariants: {
		...mailboxInvariants({ secrets: [TOKEN], messages: () => messages, keyOf: ({ id }) => id, mayComeAgain: true }),
		'nothing of an answer leads elsewhere': ({ story }) =>
			isTrue(!jsonOf(story ?? null).includes(ELSEWHERE), 'a link to another host was kept'),
	},
};

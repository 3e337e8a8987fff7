import type { Socket } from 'node:net';
import { ImapMailbox, MailboxError } from '../../../lib/mailbox';
import { ScriptedServer } from '../../lab/imap';

/** How a server ends a session: it may do so at any moment (RFC 9051 section 7.1.5). */
const BYE = '* BYE [UNAVAILABLE] shutting down\r\n';
type Ending = 'says BYE and hangs up' | 'says BYE and waits' | 'says BYE before its answer' | 'says BYE in lower case';
const ENDINGS: Record<Ending, (socket: Socket, tag: string) => void> = {
	'says BYE and hangs up': (socket) => socket.end(BYE),
	'says BYE and waits': (socket) => socket.write(BYE),
	'says BYE before its answer': (socket, tag) => socket.end(`${BYE}${tag} OK done\r\n`),
	'says BYE in lower case': (socket) => socket.end('* bye\r\n'),
};

const open: Array<{ close(): Promise<void> }> = [];
afterEach(async () => {
	for (const resource of open.splice(0)) await resource.close();
});

/** A server with three messages that ends the session in answer to the nth command. */
async function start(nth: number, end: (socket: Socket, tag: string) => void) {
	let commands = 0;
	let hasEnded = false;
	const ending = (socket: Socket, tag: string) => {
		hasEnded = true;
		end(socket, tag);
	};
	const server = await ScriptedServer.start((socket) => {
		if (nth === 0) return void ending(socket, '*');
		commands = 0;
		socket.write('* OK [CAPABILITY IMAP4rev1] ready\r\n');
		let rest = '';
		socket.on('data', (chunk: Buffer) => {
			const lines = (rest + chunk.toString('latin1')).split('\r\n');
			rest = lines.pop()!;
			for (const line of lines) {
				const [, id = '', name = ''] = /^(\S+) (?:UID )?(\S+)/.exec(line) ?? [];
				commands++;
				if (commands === nth) return void ending(socket, id);
				if (commands > nth) return;
				if (name === 'EXAMINE' || name === 'SELECT')
					socket.write(
						`* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n${id} OK [READ-${name === 'SELECT' ? 'WRITE' : 'ONLY'}] done\r\n`,
					);
				else if (name === 'SEARCH') socket.write(`* SEARCH 1 2 3\r\n${id} OK done\r\n`);
				else if (name === 'FETCH' || name === 'STORE')
					socket.write(`* 1 FETCH (UID 1 FLAGS (\\Seen) RFC822.SIZE 9 BODY[] "a: b\\r\\n\\r\\n")\r\n${id} OK done\r\n`);
				else if (name === 'LIST') socket.write(`* LIST () "/" INBOX\r\n${id} OK done\r\n`);
				else if (name === 'STATUS') socket.write(`* STATUS INBOX (MESSAGES 3)\r\n${id} OK done\r\n`);
				else socket.write(`${id} OK done\r\n`);
			}
		});
	});
	const mailbox = new ImapMailbox({
		host: server.host,
		port: server.port,
		security: 'none',
		user: 'analyst@example.com',
		password: 'pass',
		actionTimeoutMs: 2_000,
		socketTimeoutMs: 1_000,
		greetingTimeoutMs: 500,
	});
	open.push(mailbox, server);
	return { mailbox, hasEnded: () => hasEnded };
}

const ACTIONS: Record<string, (mailbox: ImapMailbox) => Promise<unknown>> = {
	test: async (mailbox) => await mailbox.test(),
	poll: async (mailbox) => await mailbox.poll(undefined, { budgetMs: 2_000 }),
	get: async (mailbox) => await mailbox.get({ uid: 1, folder: 'INBOX' }),
	search: async (mailbox) => await mailbox.search({ subject: 'x' }),
	listFolders: async (mailbox) => await mailbox.listFolders(),
	markAsRead: async (mailbox) => await mailbox.changes.markAsRead({ uid: 1, folder: 'INBOX' }),
};

/** What a lost connection may be called: the server said why, it went away, or it did not answer any more. */
const LOST = ['MAILBOX_CONNECTION_LOST', 'MAILBOX_UNAVAILABLE', 'MAILBOX_TIMEOUT', 'MAILBOX_UNREACHABLE'];

describe.each(Object.keys(ENDINGS) as Ending[])('a server that %s', (ending) => {
	it.each(Object.keys(ACTIONS))('at whatever moment of %s: a lost connection, which passes', async (action) => {
		const outcomes: unknown[] = [];
		for (let nth = 0; nth < 8; nth++) {
			const { mailbox, hasEnded } = await start(nth, ENDINGS[ending]);
			const outcome = await ACTIONS[action]!(mailbox).then(
				() => undefined,
				(error: unknown) => error,
			);
			if (outcome === undefined || !hasEnded()) continue;
			const { name, code, transient, message } = outcome as MailboxError;
			if (!(outcome instanceof MailboxError) || !LOST.includes(code) || !transient)
				outcomes.push({ nth, name, code, message });
		}
		expect(outcomes).toEqual([]);
	});
});

import type { Socket } from 'node:net';
import { ImapMailbox, MailboxError } from '../../../lib/mailbox';
import { ScriptedServer } from '../../lab/imap';

/** What would end a command and begin another, or change what one means. */
const PAYLOADS = [
	'x\r\nZ9 DELETE INBOX',
	'x\nZ9 DELETE INBOX',
	'x\rZ9 DELETE INBOX',
	'x"\r\nZ9 DELETE INBOX\r\n"',
	'" Z9 DELETE "INBOX',
	'x\\" Z9 DELETE INBOX',
	'x\0Z9 DELETE INBOX',
	'{11}\r\nZ9 DELETE INBOX',
	'{11+}\r\nZ9 DELETE INBOX',
	'x) OR (Z9 DELETE INBOX',
	'*',
	'%',
	'1:*',
	'\ud800\r\nZ9 DELETE INBOX',
	'é\r\nZ9 DELETE INBOX',
];

const open: Array<{ close(): Promise<void> }> = [];
afterEach(async () => {
	for (const resource of open.splice(0)) await resource.close();
});

/** A server that reads commands as RFC 9051 has them, literals and quoted strings included, and keeps each by itself. */
async function start() {
	const commands: string[] = [];
	const server = await ScriptedServer.start((socket) => {
		socket.write('* OK [CAPABILITY IMAP4rev1] ready\r\n');
		let rest = '';
		let command = '';
		let literal = 0;
		socket.on('data', (chunk: Buffer) => {
			rest += chunk.toString('latin1');
			for (;;) {
				if (literal > 0) {
					if (rest.length < literal) return;
					command += rest.slice(0, literal);
					rest = rest.slice(literal);
					literal = 0;
				}
				const end = rest.indexOf('\r\n');
				if (end < 0) return;
				command += rest.slice(0, end);
				rest = rest.slice(end + 2);
				const [, size, isFree] = /\{(\d+)(\+?)\}$/.exec(command) ?? [];
				if (size !== undefined) {
					literal = Number(size);
					if (isFree === '') socket.write('+ go on\r\n');
					continue;
				}
				commands.push(command);
				answer(socket, command);
				command = '';
			}
		});
	});
	open.push(server);
	return { server, commands };
}

function answer(socket: Socket, command: string): void {
	const [, tag = '', name = ''] = /^(\S+) (?:UID )?(\S+)/.exec(command) ?? [];
	if (name === 'EXAMINE' || name === 'SELECT') {
		const access = name === 'SELECT' ? 'WRITE' : 'ONLY';
		socket.write(`* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 2] x\r\n${tag} OK [READ-${access}] done\r\n`);
	} else if (name === 'SEARCH') socket.write(`* SEARCH 1\r\n${tag} OK done\r\n`);
	else if (name === 'LIST') socket.write(`* LIST () "/" INBOX\r\n${tag} OK done\r\n`);
	else if (name === 'FETCH') socket.write(`* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 9)\r\n${tag} OK done\r\n`);
	else socket.write(`${tag} OK done\r\n`);
}

/** Every place at which a user, an expression or an item chooses a text of a command. */
const PLACES: Record<string, (mailbox: ImapMailbox, text: string) => Promise<unknown>> = {
	'folder of a poll': async (mailbox, text) => await mailbox.poll(undefined, { folder: text, budgetMs: 2_000 }),
	'folder of a search': async (mailbox, text) => await mailbox.search({ subject: 'x' }, { folder: text }),
	'subject of a search': async (mailbox, text) => await mailbox.search({ subject: text }),
	'sender of a search': async (mailbox, text) => await mailbox.search({ from: text }),
	'text of a search': async (mailbox, text) => await mailbox.search({ text }),
	'Message-ID': async (mailbox, text) => await mailbox.get({ messageId: text }),
	'Message-ID in brackets': async (mailbox, text) => await mailbox.get({ messageId: `<${text}>` }),
	UID: async (mailbox, text) => await mailbox.get({ uid: text as never, folder: 'INBOX' }),
	flag: async (mailbox, text) => await mailbox.changes.flag({ uid: 1, folder: 'INBOX' }, [text]),
	'flag with a backslash': async (mailbox, text) =>
		await mailbox.changes.flag({ uid: 1, folder: 'INBOX' }, [`\\${text}`]),
	'destination of a move': async (mailbox, text) => await mailbox.changes.move({ uid: 1, folder: 'INBOX' }, text),
};

const KNOWN =
	/^\S+ (?:UID )?(?:CAPABILITY|LOGIN|AUTHENTICATE|ID|NAMESPACE|ENABLE|EXAMINE|SELECT|SEARCH|FETCH|LIST|LSUB|STATUS|STORE|MOVE|COPY|EXPUNGE|NOOP|LOGOUT|CLOSE|UNSELECT)\b/;

describe.each(Object.keys(PLACES))('the %s of an IMAP command', (place) => {
	it.each(PAYLOADS)('%j is refused, or stays a text', async (payload) => {
		const { server, commands } = await start();
		const { host, port } = server;
		const mailbox = new ImapMailbox({ host, port, security: 'none', user: 'a', password: 'b', actionTimeoutMs: 3_000 });
		open.unshift(mailbox);
		const outcome = await PLACES[place]!(mailbox, payload).then(
			() => undefined,
			(error: unknown) => error,
		);
		if (outcome !== undefined) expect(outcome).toBeInstanceOf(MailboxError);
		await mailbox.close();
		expect(commands.filter((command) => !KNOWN.test(command))).toEqual([]);
		expect(commands.filter((command) => /^\S+ (?:UID )?(?:STORE|MOVE|COPY) (?!1 )/.test(command))).toEqual([]);
	});
});

it.each(PAYLOADS)('user and password of a login: %j is refused, or stays a text', async (payload) => {
	const { server, commands } = await start();
	const { host, port } = server;
	for (const login of [
		{ user: payload, password: 'b' },
		{ user: 'a', password: payload },
	]) {
		const mailbox = new ImapMailbox({ host, port, security: 'none', ...login, actionTimeoutMs: 3_000 });
		open.unshift(mailbox);
		await mailbox.listFolders().catch((error: unknown) => expect(error).toBeInstanceOf(MailboxError));
		await mailbox.close();
	}
	expect(commands.filter((command) => !KNOWN.test(command))).toEqual([]);
});

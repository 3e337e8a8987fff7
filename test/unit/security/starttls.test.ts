import { ImapMailbox } from '../../../lib/mailbox';
import { ScriptedServer } from '../../lab/imap';

const open: Array<{ close(): Promise<void> }> = [];
afterEach(async () => {
	for (const resource of open.splice(0)) await resource.close();
});

/** What somebody in between may make of a server that would offer STARTTLS. */
const SERVERS: Record<string, { greeting?: string; capability?: string; starttls?: (tag: string) => string }> = {
	'does not offer it': { capability: 'IMAP4rev1' },
	'says NO to it': { starttls: (tag) => `${tag} NO not now\r\n` },
	'says BAD to it': { starttls: (tag) => `${tag} BAD what?\r\n` },
	'sends commands in clear text behind its OK': {
		starttls: (tag) => `${tag} OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n${tag} OK done\r\n`,
	},
	'goes on in clear text': { starttls: (tag) => `${tag} OK begin\r\n* OK hello\r\n` },
	'has logged the client in already': { greeting: '* PREAUTH ready\r\n' },
	'has logged the client in already, and offers it': {
		greeting: '* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n',
	},
	'refuses every login': { capability: 'IMAP4rev1 LOGINDISABLED' },
	'hangs up': { starttls: () => '' },
};

it.each(Object.keys(SERVERS))('a server that %s: no login is sent in clear text', async (name) => {
	const { greeting, capability = 'IMAP4rev1 STARTTLS', starttls } = SERVERS[name]!;
	const server = await ScriptedServer.start((socket) => {
		socket.write(greeting ?? `* OK [CAPABILITY ${capability}] ready\r\n`);
		socket.on('data', (chunk: Buffer) => {
			for (const line of chunk.toString('latin1').split('\r\n').filter(Boolean)) {
				const [tag = '', command = ''] = line.split(' ');
				if (command.toUpperCase() === 'STARTTLS' && starttls !== undefined) {
					const said = starttls(tag);
					if (said === '') socket.destroy();
					else socket.write(said);
				} else if (command.toUpperCase() === 'CAPABILITY')
					socket.write(`* CAPABILITY ${capability}\r\n${tag} OK done\r\n`);
				else socket.write(`${tag} OK done\r\n`);
			}
		});
	});
	open.push(server);
	const mailbox = new ImapMailbox({
		host: server.host,
		port: server.port,
		security: 'starttls',
		user: 'analyst@example.com',
		password: 'the-password',
		actionTimeoutMs: 5_000,
		connectTimeoutMs: 2_000,
		greetingTimeoutMs: 1_000,
		socketTimeoutMs: 2_000,
	});
	open.unshift(mailbox);
	await expect(mailbox.test()).rejects.toMatchObject({
		code: expect.stringMatching(/^MAILBOX_(?:TLS|CONNECTION_LOST)$/),
	});
	expect(server.received).not.toMatch(/LOGIN|AUTHENTICATE|the-password|dGhlLXBhc3N3b3Jk/i);
});

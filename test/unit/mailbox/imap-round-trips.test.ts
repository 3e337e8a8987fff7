import { ImapMailbox, type ImapFolderState } from '../../../lib/mailbox';
import { countRoundTrips, Dovecot, EmbeddedImap, mail } from '../../lab/imap';
import { describeWithDovecot } from '../../lab/imap/withServers';

interface Server {
	host: string;
	port: number;
	user: string;
	password: string;
}

/** Round trips of a poll after the first one, with what `arrive` brings in between. */
async function roundTrips(server: Server, arrive: () => void = () => undefined): Promise<number> {
	const counter = await countRoundTrips(server);
	const { user, password } = server;
	const poll = async (state?: ImapFolderState) => {
		const mailbox = new ImapMailbox({ host: counter.host, port: counter.port, security: 'none', user, password });
		const result = await mailbox.poll(state);
		await mailbox.close();
		return result;
	};
	const { state } = await poll();
	arrive();
	counter.count = 0;
	await poll(state);
	const { count } = counter;
	await counter.close();
	return count;
}

// Login, EXAMINE, search, LOGOUT; what TLS takes comes on top.
const IDLE = 4;
// And whether the last UIDs still name the same messages, which of those to do are there, FETCH.
const ONE_NEW = IDLE + 3;

describe('round trips of a poll', () => {
	it('none is made for ID, NAMESPACE, ENABLE or LIST', async () => {
		const server = await EmbeddedImap.start({ messages: [{ raw: mail({ subject: 'm1' }) }] });
		// It does not tell its capabilities in the greeting, nor with the answer to a login: one trip each.
		expect(await roundTrips(server)).toBeLessThanOrEqual(IDLE + 2);
		const commands = new Set(server.commands.map((line) => line.split(' ')[0]));
		for (const left of ['ID', 'NAMESPACE', 'ENABLE', 'LIST', 'LSUB']) expect([...commands]).not.toContain(left);
		await server.close();
	});

	it('a server that opens no folder before ID (163.com, mscdex/node-imap#908) gets it', async () => {
		const server = await EmbeddedImap.start({ messages: [{ raw: mail({ subject: 'm1' }) }] });
		let isIntroduced = false;
		server.fault({ command: 'ID', when: () => ((isIntroduced = true), false), how: 'drop' });
		server.fault({
			command: 'EXAMINE',
			when: () => !isIntroduced,
			how: { no: 'EXAMINE Unsafe Login. Please contact kefu@example.com for help' },
		});
		const { host, port, user, password } = server;
		const mailbox = new ImapMailbox({ host, port, security: 'none', user, password });
		expect((await mailbox.poll(undefined)).messages).toHaveLength(1);
		await mailbox.close();
		await server.close();
	});
});

describeWithDovecot('round trips of a poll of Dovecot', () => {
	let server: Dovecot;
	beforeAll(async () => {
		server = await Dovecot.start();
		for (let index = 0; index < 5; index++) server.deliver(mail({ subject: `m${index}` }));
	});
	afterAll(async () => await server?.stop());

	it('an idle poll makes four at most', async () => {
		const count = await roundTrips(server);
		process.stderr.write(`round trips of an idle poll of Dovecot: ${count}\n`);
		expect(count).toBeLessThanOrEqual(IDLE);
	});

	it('one new message makes three more', async () => {
		const count = await roundTrips(server, () => void server.deliver(mail({ subject: 'new' })));
		process.stderr.write(`round trips of a poll of one new message: ${count}\n`);
		expect(count).toBeLessThanOrEqual(ONE_NEW);
	});
});

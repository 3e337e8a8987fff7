import type { Socket } from 'node:net';
import { IMAP_LIMITS } from '../../../lib/limits';
import { ImapMailbox } from '../../../lib/mailbox';
import { MiB } from '../../../lib/units';
import { ScriptedServer } from '../../lab/imap';

const open: Array<{ close(): Promise<void> }> = [];
afterEach(async () => {
	for (const resource of open.splice(0)) await resource.close();
});

/** Writes the head, then the same piece again and again until the client hangs up, or `most` bytes are written. */
function flood(socket: Socket, head: string, piece: string, most: number): void {
	// Written in lumps of a megabyte: what is counted is what the client took, not how it was cut.
	const lump = Buffer.from(piece.repeat(Math.ceil(MiB / piece.length)), 'latin1');
	socket.write(head, 'latin1');
	const more = () => {
		while (!socket.destroyed && socket.bytesWritten < most)
			if (!socket.write(lump)) return void socket.once('drain', more);
	};
	more();
}

/** A server that answers as it should, but one command, to which it sends without end. */
async function hostile(command: RegExp, head: (tag: string) => string, piece: string, most: number) {
	let socketOf: Socket | undefined;
	const server = await ScriptedServer.start((socket) => {
		socketOf = socket;
		socket.write('* OK [CAPABILITY IMAP4rev1] ready\r\n');
		let rest = '';
		let isFlooded = false;
		socket.on('data', (chunk: Buffer) => {
			const lines = (rest + chunk.toString('latin1')).split('\r\n');
			rest = lines.pop()!;
			for (const line of lines) {
				const [tag = ''] = line.split(' ', 1);
				if (isFlooded) return;
				if (command.test(line)) {
					isFlooded = true;
					flood(socket, head(tag), piece, most);
				} else if (/ (?:EXAMINE|SELECT) /.test(line))
					socket.write(`* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n${tag} OK [READ-ONLY] done\r\n`);
				else if (/ UID SEARCH /.test(line)) socket.write(`* SEARCH 1 2 3\r\n${tag} OK done\r\n`);
				else socket.write(`${tag} OK done\r\n`);
			}
		});
	});
	const mailbox = new ImapMailbox({
		host: server.host,
		port: server.port,
		security: 'none',
		user: 'analyst@example.com',
		password: 'pass',
	});
	open.push(mailbox, server);
	return { mailbox, taken: () => socketOf!.bytesWritten };
}

const { maxLineBytes, maxCommandBytes, maxResponses, maxLiterals, maxTokens } = IMAP_LIMITS;
/** A message of the default size of a poll, and what the sockets hold. */
const SLACK = 48 * MiB;
const row = (text: string) => `* 1 FETCH (UID 1 ${text})\r\n`;

/** What is sent without end in answer to what, and the bytes that the client may take of it. */
const FLOODS: Array<[what: string, command: RegExp, head: (tag: string) => string, piece: string, bound: number]> = [
	['one line of LIST', / LIST /, () => '* LIST () "/" "', 'x', maxLineBytes],
	['folders', / LIST /, () => '', '* LIST () "/" abcdefg\r\n', maxResponses * 24],
	[
		'folders, and lines of nobody between them',
		/ LIST /,
		() => '',
		'* LIST () "/" a\r\nx OK done\r\n',
		maxResponses * 16,
	],
	['one line of SEARCH', / UID SEARCH /, () => '* SEARCH', ' 1234567', maxLineBytes],
	['lines of SEARCH', / UID SEARCH /, () => '', '* SEARCH 1234567\r\n', maxResponses * 18],
	['lists inside of lists', / UID SEARCH /, () => '* SEARCH ', '(', maxLineBytes],
	['the greeting of a login', / (?:LOGIN|AUTHENTICATE) /, () => '* CAPABILITY', ' X=1', maxLineBytes],
	['rows of other messages', / UID FETCH /, () => '', row('FLAGS (\\Seen)'), maxResponses * 32],
	['empty literals in one row', / UID FETCH /, () => '* 1 FETCH (UID 1 ENVELOPE (', '{0}\r\n', maxLiterals * 5],
	[
		'literals in one row',
		/ UID FETCH /,
		() => '* 1 FETCH (UID 1',
		` X {1000}\r\n${'x'.repeat(1000)}`,
		maxLiterals * 1012,
	],
	[
		'large literals in one row',
		/ UID FETCH /,
		() => '* 1 FETCH (UID 1',
		` BODY[] {${MiB}}\r\n${'x'.repeat(MiB)}`,
		maxLineBytes,
	],
	['atoms in one row', / UID FETCH /, () => '* 1 FETCH (UID 1 ', 'a ', maxLineBytes],
	[
		'rows with bodies',
		/ UID FETCH /,
		() => '',
		row(`BODY[]<0> {${256 * 1024}}\r\n${'x'.repeat(256 * 1024)}`),
		maxCommandBytes,
	],
];

describe('a server that sends without end', () => {
	it.each(FLOODS)(
		'%s: is left before it fills the memory',
		async (_what, command, head, piece, bound) => {
			const most = bound + SLACK;
			const { mailbox, taken } = await hostile(command, head, piece, 2 * most);
			const action = / LIST /.test(command.source)
				? mailbox.listFolders()
				: mailbox.poll(undefined, { budgetMs: 60_000 });
			const outcome = await action.then(
				(result) => result,
				(error: unknown) => error,
			);
			expect(JSON.stringify(outcome)).toContain('MAILBOX_PROTOCOL');
			expect(taken()).toBeLessThan(most);
			// As many rows as are allowed take half a minute to read where other programs want the processor, too.
		},
		120_000,
	);

	it('a response of many small parts costs no more than the parts that are allowed', async () => {
		const parts = `* SEARCH (${'a '.repeat(maxTokens + 1)})\r\n`;
		const { mailbox } = await hostile(/ UID SEARCH /, (tag) => `${parts}${tag} OK done\r\n`, '* OK\r\n', 0);
		await expect(mailbox.poll(undefined)).rejects.toMatchObject({ code: 'MAILBOX_PROTOCOL' });
	});
});

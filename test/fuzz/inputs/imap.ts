import type { Socket } from 'node:net';
import { ScriptedServer } from '../../lab/imap';
import type { Random } from '../random';
import { NUMBERS } from './bytes';
import { spoilText } from './text';

/** An IMAP server of one folder, whose answers come out as a script has it. */

/** What is wrong with an answer. */
export type Trouble =
	/** What happens on the way, or is said openly: cut, refused, ended, or something else in between. */
	| 'fault'
	/** An answer that says something else than is true, or is none at all. */
	| 'lie';

export interface Dialogue {
	/** What the server says it can do. */
	capabilities: string;
	/** Changes the answer to the nth command of a connection; undefined: it is right. */
	spoil(answer: string, tag: string, line: string): Spoilt | undefined;
}

/** The answer as it is sent, and what happens then. */
export interface Spoilt {
	answer: string;
	then?: 'hang up' | 'say nothing more' | undefined;
}

export const PASSWORD = 'geheim-Passwort-7';
export const USER = 'analyst@example.com';
export const UID_VALIDITY = 7;
export const CAPABILITIES = [
	'IMAP4rev1',
	'IMAP4rev1 LITERAL+ ID NAMESPACE SASL-IR AUTH=PLAIN',
	'IMAP4rev1 ESEARCH UIDPLUS MOVE CONDSTORE ENABLE OBJECTID ID',
	'IMAP4rev1 IMAP4rev2 ESEARCH SPECIAL-USE LIST-STATUS STATUS=SIZE AUTH=PLAIN',
];

/** Messages of the folder, by UID. */
export const MESSAGES: ReadonlyMap<number, Buffer> = new Map(
	Array.from({ length: 6 }, (_, at) => [
		(at + 1) * 3,
		Buffer.from(
			`From: =?utf-8?Q?S=C3=B6nke?= <a${at}@example.org>\r\nTo: b@example.org\r\nSubject: m${at} "x" {3}\r\nMessage-ID: <${at}@example.org>\r\nDate: Tue, 5 May 2026 10:11:12 +0200\r\n\r\nhttps://evil.example.net/${at}\r\n)\r\nA1 OK done\r\n`,
		),
	]),
);
const UIDS = [...MESSAGES.keys()];
const NEXT = Math.max(...UIDS) + 1;

export async function startDialogue(dialogue: () => Dialogue): Promise<ScriptedServer> {
	return await ScriptedServer.start((socket) => talk(socket, dialogue()));
}

function talk(socket: Socket, { capabilities, spoil }: Dialogue): void {
	let rest = '';
	let isOver = false;
	let asked: string | undefined;
	const say = (answer: string, tag: string, line: string) => {
		if (isOver) return;
		const spoilt = spoil(answer, tag, line);
		if (spoilt?.then !== undefined) isOver = true;
		if (spoilt?.then === 'hang up') socket.end(spoilt.answer, 'latin1');
		else socket.write(spoilt?.answer ?? answer, 'latin1');
	};
	say(`* OK [CAPABILITY ${capabilities}] ready\r\n`, '*', '');
	socket.on('data', (chunk: Buffer) => {
		rest += chunk.toString('latin1');
		for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
			// A literal belongs to its command.
			const literal = /\{(\d+)\+?\}$/.exec(rest.slice(0, end));
			if (literal !== null) {
				if (!literal[0].endsWith('+}')) say('+ go on\r\n', '+', '');
				const length = Number(literal[1]);
				if (rest.length < end + 2 + length) return;
				rest = `${rest.slice(0, literal.index)}"${rest.slice(end + 2, end + 2 + length)}"${rest.slice(end + 2 + length)}`;
				continue;
			}
			const line = rest.slice(0, end);
			rest = rest.slice(end + 2);
			if (asked !== undefined) {
				// The answer to the question for the password.
				say(`${asked} OK done\r\n`, asked, line);
				asked = undefined;
				continue;
			}
			const tag = line.split(' ', 1)[0]!;
			const command = line.slice(tag.length + 1);
			if (/^AUTHENTICATE \S+$/i.test(command)) asked = tag;
			say(answerTo(command, tag, capabilities), tag, line);
			if (/^LOGOUT/i.test(command) && !isOver) socket.end();
		}
	});
}

/** The right answer. */
function answerTo(command: string, tag: string, capabilities: string): string {
	const done = `${tag} OK done\r\n`;
	const name = /^(?:UID )?[a-z]+/i.exec(command)?.[0].toUpperCase() ?? '';
	switch (name) {
		case 'CAPABILITY':
			return `* CAPABILITY ${capabilities}\r\n${done}`;
		case 'ID':
			return `* ID ("name" "Lab" "version" "1")\r\n${done}`;
		case 'NAMESPACE':
			return `* NAMESPACE (("" "/")) NIL NIL\r\n${done}`;
		case 'LIST':
		case 'LSUB':
			return `* ${name} (\\HasNoChildren) "/" INBOX\r\n* ${name} (\\Junk) "/" "Junk & more"\r\n* ${name} (\\Noselect) "/" {4}\r\nM\xfcll\r\n${done}`;
		case 'STATUS':
			return `* STATUS INBOX (MESSAGES ${UIDS.length} UIDNEXT ${NEXT} UIDVALIDITY ${UID_VALIDITY} UNSEEN 1)\r\n${done}`;
		case 'EXAMINE':
		case 'SELECT':
			return [
				'* FLAGS (\\Seen \\Flagged)',
				`* ${UIDS.length} EXISTS`,
				'* 0 RECENT',
				'* OK [PERMANENTFLAGS (\\Seen \\*)] x',
				`* OK [UIDVALIDITY ${UID_VALIDITY}] x`,
				`* OK [UIDNEXT ${NEXT}] x`,
				`${tag} OK [READ-${name === 'SELECT' ? 'WRITE' : 'ONLY'}] done\r\n`,
			].join('\r\n');
		case 'UID SEARCH':
		case 'SEARCH': {
			const set = /UID ([\d:,*]+)/i.exec(command.slice(name.length))?.[1];
			const found = set === undefined ? UIDS : UIDS.filter((uid) => isIn(set, uid));
			return /RETURN/i.test(command)
				? `* ESEARCH (TAG "${tag}") UID${found.length > 0 ? ` ALL ${found.join(',')}` : ''}\r\n${done}`
				: `* SEARCH${found.map((uid) => ` ${uid}`).join('')}\r\n${done}`;
		}
		case 'UID FETCH':
		case 'FETCH': {
			const [, set = '', items = ''] = /FETCH (\S+) ([\s\S]*)$/i.exec(command) ?? [];
			const isByUid = name.startsWith('UID');
			const rows = UIDS.flatMap((uid, at) => (isIn(set, isByUid ? uid : at + 1) ? [rowOf(uid, at + 1, items)] : []));
			return `${rows.join('')}${done}`;
		}
		case 'UID STORE':
			return `* 1 FETCH (UID ${UIDS[0]} FLAGS (\\Seen))\r\n${done}`;
		case 'UID MOVE':
			return `* OK [COPYUID 9 ${UIDS[0]} 1] moved\r\n* 1 EXPUNGE\r\n${done}`;
		case 'UID COPY':
			return `${tag} OK [COPYUID 9 ${UIDS[0]} 1] done\r\n`;
		case 'ENABLE':
			return `* ENABLED CONDSTORE\r\n${done}`;
		case 'LOGOUT':
			return `* BYE see you\r\n${done}`;
		case 'AUTHENTICATE':
			// With the answer in the command, or the password asked for.
			return /^AUTHENTICATE \S+ \S/i.test(command) ? done : '+ \r\n';
		default:
			return done;
	}
}

function isIn(set: string, number: number): boolean {
	return set.split(',').some((range) => {
		const [from = 0, to = from] = range.split(':').map((end) => (end === '*' ? Math.max(...UIDS) : Number(end)));
		return number >= Math.min(from, to) && number <= Math.max(from, to);
	});
}

function rowOf(uid: number, number: number, items: string): string {
	const raw = MESSAGES.get(uid)!.toString('latin1');
	const parts = [`UID ${uid}`];
	if (/FLAGS/i.test(items)) parts.push('FLAGS (\\Seen)');
	if (/INTERNALDATE/i.test(items)) parts.push('INTERNALDATE "05-May-2026 10:11:12 +0200"');
	if (/RFC822\.SIZE/i.test(items)) parts.push(`RFC822.SIZE ${raw.length}`);
	if (/EMAILID/i.test(items)) parts.push(`EMAILID (M${uid})`);
	if (/ENVELOPE/i.test(items))
		parts.push(
			`ENVELOPE ("Tue, 5 May 2026 10:11:12 +0200" {3}\r\nm${uid % 10}x (("A" NIL "a" "example.org")) NIL NIL ((NIL NIL "b" "example.org")) NIL NIL NIL "<${number - 1}@example.org>")`,
		);
	for (const [, section = '', from, count] of items.matchAll(/BODY(?:\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?/gi)) {
		const whole = /^HEADER/i.test(section) ? raw.slice(0, raw.indexOf('\r\n\r\n') + 4) : raw;
		const bytes = from === undefined ? whole : whole.slice(Number(from), Number(from) + Number(count));
		parts.push(`BODY[${section}]${from === undefined ? '' : `<${from}>`} {${bytes.length}}\r\n${bytes}`);
	}
	return `* ${number} FETCH (${parts.join(' ')})\r\n`;
}

// --- what becomes of an answer ---

/** Lines that a server may say whenever it likes. */
const UNASKED = [
	'* OK still here\r\n', '* OK [ALERT] quota\r\n', `* ${UIDS.length} EXISTS\r\n`, '* 0 RECENT\r\n', '* FLAGS (\\Seen)\r\n', '* NO slow\r\n', '* BAD what\r\n',
	'* XLIST x\r\n', '* 2 FETCH (FLAGS (\\Seen))\r\n', '\r\n', '* \r\n',
]; // prettier-ignore
const CODES = ['', '[UNAVAILABLE] ', '[SERVERBUG] ', '[INUSE] ', '[LIMIT] ', '[OVERQUOTA] ', '[THROTTLED] ', '[AUTHENTICATIONFAILED] ', '[NONEXISTENT] ', '[NOPERM] ', '[ALERT] ', '[X', '[] ']; // prettier-ignore
const WORDS = [
	'{', '}', '{5}', '{5}\r\n', '{4294967295}\r\n', '{99999999999999999999}\r\n', '~{3}\r\nabc', '(', ')', '((((((((', '))))', '"', '\\', 'NIL', 'nil', '* ', '+ ', '\r\n', '\n', '\r', '\0',
	' FETCH (', 'UID ', 'UID 0 ', 'UID -1 ', 'UID 4294967296 ', 'UID NIL ', 'BODY[] NIL', 'BODY[] ""', 'BODY[] {0}\r\n', 'BODY[] {9}\r\nab', 'BODY[HEADER.FIELDS ("', 'RFC822.SIZE 0 ', 'RFC822.SIZE 99999999999 ',
	'ENVELOPE NIL', 'ENVELOPE (', 'ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)', 'INTERNALDATE "', 'INTERNALDATE NIL', 'FLAGS NIL', 'FLAGS (\\Seen \\Seen "\\', 'EMAILID NIL', 'MODSEQ (1)', 'X-GM-MSGID 1',
	'* SEARCH 1 2 3\r\n', '* SEARCH\r\n', '* SEARCH NIL\r\n', '* SEARCH -1 x\r\n', '* ESEARCH (TAG "', '* ESEARCH UID ALL 1:4294967295\r\n', '* ESEARCH (TAG "A1") UID COUNT 3\r\n', 'ALL 1:*', ' 1:3',
	'* 1 EXPUNGE\r\n', '* VANISHED 1:9\r\n', '* 0 EXISTS\r\n', '* 4294967295 EXISTS\r\n', '* NIL EXISTS\r\n', '* OK [UIDVALIDITY 0] x\r\n', '* OK [UIDVALIDITY 8] x\r\n', '* OK [UIDNEXT 1] x\r\n', '* OK [UIDNEXT 4294967295] x\r\n',
	'* OK [UIDVALIDITY', '* OK [CAPABILITY', '* CAPABILITY\r\n', '* PREAUTH x\r\n', '* BYE x\r\n', '* LIST NIL NIL NIL\r\n', '* LIST () "/" "&&&-"\r\n', '* LIST () "" ""\r\n', '* NAMESPACE NIL NIL NIL\r\n', '* NAMESPACE (("__proto__" "."))\r\n',
	'* STATUS INBOX (MESSAGES -1)\r\n', '* ID NIL\r\n', '__proto__', 'constructor', '\u00ff\u00fe',
]; // prettier-ignore

export function spoiltAnswer(trouble: Trouble, answer: string, tag: string, line: string, random: Random): Spoilt {
	return trouble === 'fault' ? fault(answer, tag, line, random) : lie(answer, tag, line, random);
}

/** Servers quote what they were sent, passwords among it. */
const quoted = (line: string, random: Random): string => (random.chance(0.4) ? `bad: ${line}` : 'not now');

function fault(answer: string, tag: string, line: string, random: Random): Spoilt {
	const id = tag === '+' ? '*' : tag;
	const cut = answer.slice(0, random.below(answer.length + 1));
	return random.choose<Spoilt>(
		[4, () => ({ answer: cut, then: 'hang up' })],
		[1, () => ({ answer: cut, then: 'say nothing more' })],
		[2, () => ({ answer: `* BYE ${random.pick(CODES)}${quoted(line, random)}\r\n`, then: 'hang up' })],
		[1, () => ({ answer: `* BYE ${random.pick(CODES)}x\r\n${answer}`, then: 'hang up' })],
		[3, () => ({ answer: `${id} NO ${random.pick(CODES)}${quoted(line, random)}\r\n` })],
		[2, () => ({ answer: `${id} BAD ${random.pick(CODES)}${quoted(line, random)}\r\n` })],
		// What came first is right, and then it is refused.
		[2, () => ({ answer: `${answer.slice(0, Math.max(0, answer.lastIndexOf(`${id} OK `)))}${id} ${random.pick(['NO', 'BAD'])} ${random.pick(CODES)}x\r\n` })],
		[3, () => ({ answer: `${random.list(1, 4, () => random.pick(UNASKED)).join('')}${answer}` })],
	); // prettier-ignore
}

function lie(answer: string, tag: string, line: string, random: Random): Spoilt {
	// Responses, their literals among them, roughly: a literal may look like one.
	const responses = answer.split(/(?<=\r\n)(?=\* |\S+ (?:OK|NO|BAD) )/);
	const at = random.below(responses.length);
	const one = responses[at]!;
	const instead = (...others: string[]): Spoilt => ({
		answer: [...responses.slice(0, at), ...others, ...responses.slice(at + 1)].join(''),
	});
	const other = (): string => String(random.pick([...NUMBERS, ...UIDS, 7, '', 'NIL', '1e9', '-3', '00003']));
	return random.choose<Spoilt>(
		[4, () => instead()],
		[2, () => instead(one, one)],
		[2, () => ({ answer: [...responses.slice(0, -1)].reverse().join('') + responses.at(-1) })],
		[1, () => ({ answer: responses.at(-1)! + responses.slice(0, -1).join('') })],
		// Another number in the place of one: a UID, a size, the length of a literal, what a response is about.
		[5, () => {
			const numbers = [...one.matchAll(/\d+/g)];
			if (numbers.length === 0) return instead(`* ${other()} EXISTS\r\n`, one);
			const { index, 0: digits } = random.pick(numbers);
			return instead(one.slice(0, index) + other() + one.slice(index + digits.length));
		}],
		[6, () => ({ answer: spoilText(answer, random, WORDS) })],
		[2, () => instead(one.replace(/\{\d+\}\r\n[\s\S]*?(?=[ )])/, random.pick(['NIL', '""', '{0}\r\n', '{3}\r\nabc', '~{3}\r\nabc'])))],
		[1, () => instead(...Array<string>(random.pick([2, 30, 2_000])).fill(one))],
		[1, () => instead(`* 1 FETCH (UID 3 X ${'('.repeat(random.pick([3, 100, 20_000]))}\r\n`, one)],
		[1, () => instead(`* 1 FETCH (UID 3 BODY[] ${'{1}\r\nx '.repeat(random.pick([3, 200, 12_000]))})\r\n`, one)],
		[1, () => instead(`* SEARCH ${'1 2 3 '.repeat(random.pick([1, 1_000, 100_000]))}\r\n`, one)],
		[1, () => ({ answer: spoilText(`${tag} OK [${random.pick(CODES)}] ${quoted(line, random)}\r\n`, random, WORDS) })],
	); // prettier-ignore
}

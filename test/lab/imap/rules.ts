import type { LabFault } from './embedded';

/** One way in which servers in the field answer, as it was reported or as the RFCs allow it. */
export interface ServerRule {
	/** RFC section, or `owner/repository#issue` of a public report. */
	source: string;
	faults: LabFault[];
}

type Lines = (line: string) => boolean;

/** Commands that ask for whole messages. */
export const ofBodies: Lines = (line) => /BODY\.PEEK\[\]/.test(line);
/** Commands that ask for a message by its UID alone. */
const ofOne: Lines = (line) => /^UID FETCH \d+ /.test(line);

/** A row of an answer to FETCH, with the bytes of its literals. */
const ROW = /^\* \d+ FETCH \(/;
const uidOf = (row: string) => Number(/^\* \d+ FETCH \((?:[^{"]*? )?UID (\d+)/.exec(row)?.[1] ?? 0);

/** Changes the rows of some messages, or of all. */
function rows(
	uids: readonly number[] | 'all',
	change: (row: string) => string,
	{ when, times }: { when?: Lines; times?: number } = {},
): LabFault {
	return {
		command: 'UID FETCH',
		...(when === undefined ? {} : { when }),
		...(times === undefined ? {} : { times }),
		how: {
			rewrite: (answer) =>
				ROW.test(answer) && (uids === 'all' || uids.includes(uidOf(answer))) ? change(answer) : answer,
		},
	};
}

/** Another list in the place of the envelope of a row. */
function withEnvelope(row: string, envelope: string): string {
	const start = row.indexOf('ENVELOPE (');
	if (start < 0) return row;
	let end = start + 'ENVELOPE '.length;
	let depth = 0;
	for (let isQuoted = false; end < row.length; end++) {
		if (row[end] === '"' && row[end - 1] !== '\\') isQuoted = !isQuoted;
		else if (!isQuoted && row[end] === '(') depth++;
		else if (!isQuoted && row[end] === ')' && --depth === 0) break;
	}
	return `${row.slice(0, start)}ENVELOPE ${envelope}${row.slice(end + 1)}`;
}

const refused = (command: string, text: string, options: Partial<LabFault> = {}): LabFault => ({
	command,
	how: text.startsWith('BAD ') ? { bad: text.slice(4) } : { no: text },
	...options,
});

/** Changes the list of UIDs that SEARCH answers with. */
const found = (change: (uids: number[]) => number[], options: Partial<LabFault> = {}): LabFault => ({
	command: 'UID SEARCH',
	...options,
	how: {
		rewrite: (answer) =>
			answer.replace(/^\* SEARCH((?: \d+)*)/m, (_line, uids: string) => {
				return ['* SEARCH', ...change(uids.split(' ').filter(Boolean).map(Number))].join(' ');
			}),
	},
});

const opening = (change: (answer: string) => string): LabFault[] =>
	['EXAMINE', 'SELECT'].map((command) => ({ command, how: { rewrite: change } }));

const LOGIN = ['LOGIN', 'AUTHENTICATE PLAIN'];

/** What servers in the field do, by name. Each takes the UIDs, words or counts that it is about. */
export const rules = {
	/** SEARCH names the UID, FETCH answers OK without a row: for some messages, in this many answers or for good. */
	rowLeftOut: (uids: readonly number[] | 'all', times?: number): ServerRule => ({
		source: 'OfflineIMAP/offlineimap#62, kenn-io/msgvault#712, chatmail/core#5009, postalsys/imapflow#156',
		faults: [rows(uids, () => '', times === undefined ? {} : { times })],
	}),
	/** The row comes only when the message is asked for by itself. */
	rowOnlyAlone: (uids: readonly number[]): ServerRule => ({
		source: 'kenn-io/msgvault#731, kenn-io/msgvault#739',
		faults: [rows(uids, () => '', { when: (line) => !ofOne(line) })],
	}),
	bodyNil: (uids: readonly number[]): ServerRule => ({
		source: 'RFC 3501 section 9 (nstring), imapsync/imapsync#79, emersion/go-imap#392',
		faults: [rows(uids, (row) => row.replace(/BODY\[\](<\d+>)? \{\d+\}\r\n[\s\S]*\)\r\n$/, 'BODY[]$1 NIL)\r\n'))],
	}),
	/** The length of the literal does not fit, or a list is not closed: the row cannot be read. */
	rowUnreadable: (uids: readonly number[]): ServerRule => ({
		source: 'hmailserver/hmailserver#459, ProtonMail/proton-bridge#219, Foundry376/Mailspring#429',
		faults: [rows(uids, (row) => row.replace(/^(\* \d+ FETCH )\([\s\S]*$/, '$1(UID, NIL (\\\\Seen"\r\n'))],
	}),
	/** A quote of the subject is not escaped in ENVELOPE. */
	envelopeUnescaped: (uids: readonly number[]): ServerRule => ({
		source: 'greenmail-mail-test/greenmail#4, rgrove/larch#7, jstedfast/MailKit#422, emersion/go-imap#659',
		faults: [rows(uids, (row) => row.replace(/ENVELOPE \(("[^"]*") "([^"]*)"/, 'ENVELOPE ($1 "say "hi" ($2"'))],
	}),
	envelopeNil: (uids: readonly number[]): ServerRule => ({
		source: 'jakartaee/mail-api#209',
		faults: [rows(uids, (row) => withEnvelope(row, 'NIL'))],
	}),
	/** An envelope in which nothing stands. */
	envelopeEmpty: (uids: readonly number[]): ServerRule => ({
		source: 'believed; RFC 9051 section 7.5.2 allows NIL for each field',
		faults: [rows(uids, (row) => withEnvelope(row, `(${Array(10).fill('NIL').join(' ')})`))],
	}),
	rowWithoutUid: (uids: readonly number[], times?: number): ServerRule => ({
		source: 'nextcloud/mail#13507',
		faults: [rows(uids, (row) => row.replace(/UID \d+ /, ''), times === undefined ? {} : { times })],
	}),
	/** FETCH is refused, for everything or for whole messages. */
	fetchRefused: (text: string, when?: Lines): ServerRule => ({
		source: 'mscdex/node-imap#340, ikvk/imap_tools#229, joeyates/imap-backup#218, smiley22/S22.Imap#98',
		faults: [refused('UID FETCH', text, when === undefined ? {} : { when })],
	}),
	notConnected: (command: string): ServerRule => ({
		source: 'jstedfast/MailKit#1494, mscdex/node-imap#523, getmail6/getmail6#214, atc0005/check-mail#183',
		faults: [refused(command, 'BAD User is authenticated but not connected.')],
	}),
	loginRefused: (text: string): ServerRule => ({
		source: 'twentyhq/twenty#20273, chatmail/core#6065; Exchange, Dovecot, Gmail',
		faults: LOGIN.map((command) => refused(command, text)),
	}),
	openRefused: (text: string): ServerRule => ({
		source: 'Exchange, Dovecot, Courier',
		faults: ['EXAMINE', 'SELECT'].map((command) => refused(command, text)),
	}),
	/** SEARCH answers with the first and the last message only, this often. */
	searchTruncated: (times: number): ServerRule => ({
		source: 'rustmailer/bichon#339, rustmailer/bichon#340',
		faults: [found((uids) => [...new Set([...uids.slice(0, 1), ...uids.slice(-1)])], { times })],
	}),
	/** SEARCH leaves out some messages. */
	searchMisses: (isMissed: (uid: number) => boolean): ServerRule => ({
		source: 'GNU Mailutils imap4d 3.15; rustmailer/bichon#339',
		faults: [found((uids) => uids.filter((uid) => !isMissed(uid)))],
	}),
	/** SEARCH finds nothing, although it is asked for something that is there. */
	searchEmpty: (when: Lines | string, times?: number): ServerRule => ({
		source: 'umanamente/n8n-nodes-imap#141, jstedfast/MailKit#647, mscdex/node-imap#737',
		faults: [found(() => [], { when, ...(times === undefined ? {} : { times }) })],
	}),
	searchRefused: (when: string, text: string): ServerRule => ({
		source: 'zammad/zammad#3233, MailCore/MailCore2#823',
		faults: [refused('UID SEARCH', text, { when })],
	}),
	/** SEARCH ignores its keys and names all messages. */
	searchIgnoresKeys: (when: string, all: () => number[]): ServerRule => ({
		source: 'jstedfast/MailKit#1143, mscdex/node-imap#686, postalsys/imapflow#222',
		faults: [found(() => all(), { when })],
	}),
	/** SEARCH names a UID that no message has, this often. */
	searchNamesNobody: (uid: number, times?: number): ServerRule => ({
		source: 'believed; GNU Mailutils imap4d 3.15 and rnwood/smtp4dev#1519 mix up UIDs and message numbers',
		faults: [found((uids) => [...uids, uid], times === undefined ? {} : { times })],
	}),
	/** Opened, the folder seems to have no messages, and none is found. */
	looksEmpty: (): ServerRule => ({
		source: 'believed; a server that is still building its index',
		faults: [
			...opening((answer) => answer.replace(/^\* \d+ EXISTS/m, '* 0 EXISTS')),
			found(() => []),
			rows('all', () => ''),
		],
	}),
	/** Something that a server may say at any time stands before each answer. */
	interjected: (line: string): ServerRule => ({
		source: 'RFC 9051 section 7: a client must be ready for any response at any time',
		faults: ['UID FETCH', 'UID SEARCH'].map((command) => ({
			command,
			how: { rewrite: (answer) => (answer.startsWith('* ') ? `${line}${answer}` : answer) },
		})),
	}),
	/** Of the bytes that are asked for by their place in a message, only so many come: of all messages, or of some. */
	rangesCut: (bytes: number, uids: readonly number[] | 'all' = 'all'): ServerRule => ({
		source: 'believed; hmailserver/hmailserver#334, twisted/twisted#5613: ranges are got wrong',
		faults: [
			rows(uids, (row) =>
				row.replace(/(BODY\[\]<\d+>) \{(\d+)\}\r\n([\s\S]*)$/, (_row, item: string, length: string, rest: string) => {
					// What stands behind the literal stays: other items of the row.
					const cut = rest.slice(0, Math.min(bytes, Number(length)));
					return `${item} {${cut.length}}\r\n${cut}${rest.slice(Number(length))}`;
				}),
			),
		],
	}),
	/** INTERNALDATE is told so many minutes off. */
	datesMoved: (minutes: number): ServerRule => ({
		source: 'believed; greenmail-mail-test/greenmail#211: local times without the right zone',
		faults: [
			rows('all', (row) =>
				row.replace(/INTERNALDATE "(..)-(...)-(\d{4}) ([\d:]{8}) ([-+]\d{4})"/, (_date, ...told: string[]) => {
					const [day, month, year, time, zone] = told;
					const at = Date.parse(`${day} ${month} ${year} ${time} ${zone}`) + minutes * 60_000;
					const [, d, m, y, t] = /, (..) (...) (\d{4}) ([\d:]{8})/.exec(new Date(at).toUTCString())!;
					return `INTERNALDATE "${d}-${m}-${y} ${t} +0000"`;
				}),
			),
		],
	}),
	uidNext: (value: () => number | undefined): ServerRule => ({
		source: 'chatmail/core#2188, chatmail/core#2288',
		faults: opening((answer) => {
			const told = value();
			return answer.replace(/^\* OK \[UIDNEXT.*\r\n/m, told === undefined ? '' : `* OK [UIDNEXT ${told}] next\r\n`);
		}),
	}),
	uidValidity: (value: () => string | undefined): ServerRule => ({
		source: 'roundcube/roundcubemail#9437, modern-email/defects#52, frappe/frappe#6960',
		faults: opening((answer) => {
			const told = value();
			return answer.replace(
				/^\* OK \[UIDVALIDITY.*\r\n/m,
				told === undefined ? '' : `* OK [UIDVALIDITY ${told}] UIDs valid\r\n`,
			);
		}),
	}),
	/** Opening a folder tells neither UIDVALIDITY nor UIDNEXT. */
	countersUntold: (): ServerRule => ({
		source: 'rustmailer/bichon#288, modern-email/defects#43',
		faults: opening((answer) => answer.replace(/^\* OK \[UID(?:VALIDITY|NEXT).*\r\n/gm, '')),
	}),
	/** The header fields of a message, asked for by name, are not those in its bytes. */
	fieldsRewritten: (isRewritten: (uid: number) => boolean): ServerRule => ({
		source: 'believed; Exchange makes messages anew from what it keeps of them',
		faults: [
			rows('all', (row) =>
				isRewritten(uidOf(row))
					? row.replace(/BODY\[HEADER\.FIELDS [^\]]*\] \{\d+\}\r\n[\s\S]*$/, (fields) =>
							fields.replace(/^(Subject: )./im, '$1*'),
						)
					: row,
			),
		],
	}),
	sizeLeftOut: (): ServerRule => ({
		source: 'mailpile/Mailpile#1080',
		faults: [rows('all', (row) => row.replace(/ RFC822\.SIZE \d+/, ''))],
	}),
	dateNil: (uids: readonly number[]): ServerRule => ({
		source: 'thunderbird/thunderbird-android#1819',
		faults: [rows(uids, (row) => row.replace(/INTERNALDATE "[^"]*"/, 'INTERNALDATE NIL'))],
	}),
	date: (uids: readonly number[], text: string): ServerRule => ({
		source: 'jstedfast/MailKit#1236, Z-Hub/Z-Push#191, demisto/content#18637',
		faults: [rows(uids, (row) => row.replace(/INTERNALDATE "[^"]*"/, `INTERNALDATE "${text}"`))],
	}),
	/** The server refuses that dates are read, or ends the connection. */
	datesRefused: (how: LabFault['how']): ServerRule => ({
		source: 'n8n-io/n8n#1400',
		faults: [{ command: 'UID FETCH', when: (line) => /\(UID INTERNALDATE[^)]*\)$/.test(line), how }],
	}),
	/** Rows of one answer in the other order. The first answers are kept until the last. */
	rowsReversed: (): ServerRule => {
		let kept: string[] = [];
		return {
			source: 'ProtonMail/proton-bridge#219, getmail6/getmail6#93',
			faults: [
				{
					command: 'UID FETCH',
					how: {
						rewrite: (answer) => {
							if (ROW.test(answer)) {
								kept.unshift(answer);
								return '';
							}
							const rest = kept.join('');
							kept = [];
							return `${rest}${answer}`;
						},
					},
				},
			],
		};
	},
	/** A message in two rows: date and size, then the bytes. */
	rowsInPieces: (): ServerRule => ({
		source: 'ProtonMail/proton-bridge#219; RFC 9051 section 7.5.2',
		faults: [
			rows('all', (row) => {
				const [, start = '', date = ''] = /^(\* \d+ FETCH \()UID \d+ (INTERNALDATE "[^"]*")/.exec(row) ?? [];
				return start === '' ? row : `${start}FLAGS () ${date} UID ${uidOf(row)})\r\n${row}`;
			}),
		],
	}),
	sizeZero: (): ServerRule => ({
		source: 'hmailserver/hmailserver#476',
		faults: [rows('all', (row) => row.replace(/RFC822\.SIZE \d+/, 'RFC822.SIZE 0'))],
	}),
	literal8: (): ServerRule => ({
		source: 'RFC 3516 (literal8), hmailserver/hmailserver#476',
		faults: [rows('all', (row) => row.replace(/(BODY\[\](?:<\d+>)? )\{/, '$1~{'))],
	}),
	/** SEARCH is answered with ESEARCH, asked for or not. */
	searchExtended: (): ServerRule => ({
		source: 'RFC 9051 section 7.3.4; Stalwart',
		faults: [
			{
				command: 'UID SEARCH',
				how: {
					rewrite: (answer) =>
						answer.replace(/^\* SEARCH((?: \d+)*)/m, (_line, uids: string) =>
							uids === '' ? '* ESEARCH UID' : `* ESEARCH UID ALL ${uids.trim().split(' ').join(',')}`,
						),
				},
			},
		],
	}),
	/** The body is left out of the row. */
	bodyLeftOut: (uids: readonly number[]): ServerRule => ({
		source: 'modern-email/defects#36, mjs/imapclient#441, mscdex/node-imap#75',
		faults: [rows(uids, (row) => row.replace(/ BODY\[\](?:<\d+>)? \{\d+\}\r\n[\s\S]*\)\r\n$/, ')\r\n'))],
	}),
	/** Rows of flags come in between, of messages that were asked for and of others. */
	chatter: (other: () => number | undefined): ServerRule => ({
		source: 'ProtonMail/proton-bridge#219, getmail6/getmail6#93; RFC 3501 section 7.4.2',
		faults: [
			rows('all', (row) => {
				const flags = (uid: number) => `* 1 FETCH (FLAGS (\\Seen) UID ${uid})\r\n`;
				return `${flags(uidOf(row))}${flags(other() ?? uidOf(row))}${row}`;
			}),
		],
	}),
} satisfies Record<string, (...parameters: never[]) => ServerRule>;

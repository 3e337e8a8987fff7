import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '../../lab/imap';

const UNIT = 'test/unit/mailbox';
const SITUATIONS = `${UNIT}/imap-situations.test.ts`;
const HARMLESS = `${UNIT}/imap-harmless.test.ts`;
const FIELD = `${UNIT}/imap-field.test.ts`;
const FAULTS = `${UNIT}/imap-faults.test.ts`;
const CONNECTION = `${UNIT}/imap-connection.test.ts`;
const INTAKE = `${UNIT}/imap-intake.test.ts`;
const POLL = `${UNIT}/imap-poll.test.ts`;
const DOVECOT = `${UNIT}/imap-dovecot.test.ts`;
const ROUND_TRIPS = `${UNIT}/imap-round-trips.test.ts`;
const CURSOR = `${UNIT}/imap-cursor.test.ts`;
const GRAPH_FIELD = `${UNIT}/graph-field.test.ts`;
const GRAPH_POLL = `${UNIT}/graph-poll.test.ts`;
const ENTRA = `${UNIT}/entra.test.ts`;
const ENGINE = 'test/engine/imap-trigger.test.ts';
const UNFETCHED = 'test/engine/unfetched-message.test.ts';

/** What public reports say that servers do, and the test of each: its file, and words of its title or of its row. */
const LIST: ReadonlyArray<readonly [situation: string, file: string, words: string]> = [
	['FETCH leaves out what SEARCH names', SITUATIONS, 'rows that are never there, of all messages'],
	['the row comes only alone', SITUATIONS, 'a row that comes only when the message is asked for by itself'],
	['BODY[] NIL', SITUATIONS, 'BODY[] NIL for one message'],
	['a row that cannot be parsed', SITUATIONS, 'a row that cannot be read: a failure record'],
	[
		'ENVELOPE with unescaped quotes, NIL or nothing',
		SITUATIONS,
		'a filter sees the header, and the sender cannot hide',
	],
	['a row without UID', SITUATIONS, 'a row without UID is asked for again'],
	['an empty body with a size', FIELD, 'an empty answer for a message that has a size'],
	['FETCH refused for all, for minutes', SITUATIONS, 'bodies refused while sizes are told'],
	['authenticated but not connected', SITUATIONS, 'passing trouble is called passing'],
	['refusals without a code', SITUATIONS, 'Server Unavailable. 15'],
	['UIDNEXT goes back', SITUATIONS, 'UIDNEXT goes back although UIDVALIDITY stays'],
	['a backup is put back', SITUATIONS, 'a backup is put back'],
	['one SEARCH is cut short', SITUATIONS, 'SEARCH leaves out what is new'],
	['SINCE is refused, or finds nothing', SITUATIONS, 'on the first run: dates are read instead'],
	['a first run that the server ends', SITUATIONS, 'when dates are read on the first run: it makes progress'],
	['no RFC822.SIZE', SITUATIONS, 'no RFC822.SIZE, with a filter: the bytes decide'],
	['YOUNGER finds nothing', SITUATIONS, 'Received Since finds what YOUNGER does not'],
	['UIDVALIDITY of twenty digits', SITUATIONS, 'UIDVALIDITY of twenty digits is compared as it is'],
	['UIDVALIDITY missing or 0', SITUATIONS, 'UIDVALIDITY missing: that the newest is deleted is no new folder'],
	['UIDVALIDITY new at each connect', FIELD, 'UIDVALIDITY that is new at each connect'],
	['old-dated mail after a reset', SITUATIONS, 'old-dated mail that is moved in after a reset'],
	['SEARCH ignores its keys', SITUATIONS, 'and names all messages: only those that match are hits'],
	['a Message-ID cannot be searched for', SITUATIONS, 'a Message-ID is searched for %s (Yahoo)'],
	['spaces around a name', FIELD, 'a folder that has spaces around its name is opened'],
	['another separator', FIELD, "a path is written with `/`, whatever the server's separator"],
	['unusual UTF-7', SITUATIONS, 'a folder whose name is in an unusual UTF-7'],
	['TLS 1.0 only', HARMLESS, 'a server that only speaks TLS 1.1'],
	['INTERNALDATE NIL', SITUATIONS, 'INTERNALDATE NIL is no date, not 1970'],
	['many triggers of one mailbox', SITUATIONS, 'twenty triggers of one mailbox in one second'],
	['a port of another service', SITUATIONS, 'a port of %s is told as that'],
	['FETCH refused for one message', SITUATIONS, 'FETCH refused for one message: a failure record'],
	['the body is left out of a row', SITUATIONS, 'a body that is left out of its row'],
	['`n:*` names the last message', CURSOR, 'UIDs below the top that a server answers to n:*'],
	['other rows in the middle of FETCH', SITUATIONS, 'rows of flags, of other messages and counts'],
	['rows in another order', HARMLESS, 'in reverse order'],
	['a row in two pieces', HARMLESS, 'in two pieces, the flags and the date first'],
	['a size too small', FAULTS, 'a size that is told too small'],
	['a size too large', FAULTS, 'a size that is told too large'],
	['a size of 0', HARMLESS, 'with a size of 0'],
	['whole messages in place of ranges', INTAKE, 'a server that knows no ranges'],
	['literal8', HARMLESS, 'with the bytes as literal8'],
	['LARGER refused', INTAKE, 'refuses to search for larger ones'],
	['sets of UIDs refused', HARMLESS, 'a server that refuses sets of UIDs'],
	['UIDNEXT missing, 0 or too small', SITUATIONS, 'UIDNEXT too small'],
	['odd dates', SITUATIONS, 'does not stop or lose a message'],
	['mail without Date; bursts of one second, newest first', HARMLESS, 'mail without Date, and mail of one second'],
	['the highest UID', SITUATIONS, 'UIDs up to the highest there is'],
	['an empty folder', POLL, 'an empty folder has no sample and no mail'],
	['SEARCH without a line', HARMLESS, 'a search without a line says that there is nothing'],
	['ID is wanted before EXAMINE', ROUND_TRIPS, 'a server that opens no folder before ID'],
	['EXAMINE refused', FIELD, 'a folder that is there and is refused'],
	['odd names of folders', HARMLESS, 'folders with odd names are listed, opened and polled'],
	[
		'a NIL separator, odd attributes, \\Noselect',
		HARMLESS,
		'names of folders without a separator, with odd attributes',
	],
	['odd passwords', HARMLESS, 'the password %j logs in'],
	['users of shared mailboxes', HARMLESS, 'users of a shared mailbox are written with a backslash'],
	['a refused token', DOVECOT, 'a refused token (%s) is renewed once'],
	['odd tagged answers', HARMLESS, 'a tagged OK with %s (Office 365)'],
	['UIDNEXT NIL', HARMLESS, 'UIDNEXT NIL when a folder is opened'],
	['a server dies silently', FAULTS, 'a server that goes silent is noticed by itself'],
	['a connection closed in any command', HARMLESS, 'a connection that is closed in %s'],
	['a slow line and a large message', FAULTS, 'the message it stood at waits apart'],
	['limits of connections', FIELD, 'Too many open connections (4 of 4 for analyst)'],
	['quotas of commands and bandwidth', SITUATIONS, 'Account exceeded command or bandwidth limits'],
	['one mail under two labels of Gmail', POLL, "Gmail's message id makes the id"],
	['times to the second', DOVECOT, 'search: sender, recipient, subject, text and times to the second'],
	['a large message', FAULTS, 'a large message whose stream breaks is not handed over short'],
	['a message above the limit', DOVECOT, 'a message above the limit comes with its headers only'],
	['wrong TLS settings, other certificates', DOVECOT, 'wrong TLS settings are recognised both ways'],
	['STARTTLS missing', CONNECTION, 'STARTTLS is never downgraded'],
	['a typing error in the host', ENGINE, 'survives an unreachable host'],
	['LSUB, ID, ENABLE, NAMESPACE refused', HARMLESS, 'a server that refuses %s'],
	['names as literals', HARMLESS, 'names of folders as literals'],
	['PREAUTH', HARMLESS, 'PREAUTH: who is logged in already'],
	['LOGOUT is not answered', HARMLESS, 'LOGOUT that is never answered'],
	['ESEARCH only', HARMLESS, 'a search that is answered with ESEARCH only (Stalwart)'],
	['moves that Exchange does not tell', GRAPH_FIELD, "'moved out and back between two polls'"],
	['a full mailbox', GRAPH_FIELD, "'mailbox full'"],
	['$value not found', GRAPH_FIELD, "'content not found'"],
	['$value empty', GRAPH_FIELD, "'content empty'"],
	['attachments that cannot be listed', GRAPH_FIELD, "'attachments cannot be listed'"],
	['$value refused for all', GRAPH_FIELD, "'content unavailable for all'"],
	['lost sync states', GRAPH_FIELD, "'sync state not found'"],
	['throttling', GRAPH_FIELD, "'throttled, with Retry-After'"],
	['repeated rows and empty pages', GRAPH_FIELD, "'the same row twice, empty pages'"],
	['one message that cannot be had', GRAPH_FIELD, "'content refused (rights management)'"],
	['a mailbox that is moved or stale', GRAPH_FIELD, "'mailbox information stale'"],
	['a folder that was made anew', GRAPH_POLL, 'a folder that was deleted and made anew is found again'],
	['kinds of items', GRAPH_POLL, 'files attached as links are named'],
	['links to another host', 'test/unit/http/client.test.ts', 'never carries credentials to another host'],
	['sign-in in trouble', ENTRA, 'when Entra is in trouble'],
	['a record among items', UNFETCHED, 'the other messages of the poll become bundles and reports'],
	['two live registrations', ENGINE, 'do not deliver a message twice: the second gives way'],
	[
		'mail between activation and the first poll',
		ENGINE,
		'loses nothing that arrives between activation and the first tick',
	],
	['saved positions that are damaged', GRAPH_POLL, 'a cursor of another mailbox or folder, or a damaged one'],
	['another folder', ENGINE, 'starts afresh in another folder'],
	['a name of a folder in other letters', SITUATIONS, 'one folder has one position and one set of IDs'],
	['a clock that jumps', HARMLESS, 'a clock that is a year ahead, and back'],
	['a wrong password', ENGINE, 'tells a wrong password at once'],
];

const textOf = (file: string) => readFileSync(file, 'utf8');

describe('the list of what servers in the field do', () => {
	it.each(LIST)('%s has a test', (_situation, file, words) => {
		const text = textOf(file);
		expect(text.includes(words) || text.includes(words.replaceAll('\\', '\\\\'))).toBe(true);
	});

	it('every rule of the lab is followed by a test', () => {
		const tests = readdirSync(UNIT, { recursive: true, encoding: 'utf8' })
			.filter((name) => name.endsWith('.test.ts'))
			.map((name) => textOf(join(UNIT, name)))
			.join('\n');
		const unused = Object.keys(rules).filter(
			(name) => !tests.includes(`rules.${name}(`) && !tests.includes(`'${name}'`),
		);
		expect(unused).toEqual([]);
	});
});

import fc from 'fast-check';
import { IMAP_LIMITS, MAILBOX_LIMITS } from '../../../lib/limits';
import { ImapMailbox, type ImapFolderState, type PollOptions } from '../../../lib/mailbox';
import { fingerprintInBytes, fingerprintOf, RECOGNISED_BY } from '../../../lib/mailbox/imap/recognition';
import { Dovecot, dovecotBinary, EmbeddedImap, mail, rules } from '../../lab/imap';
import { describeIf } from '../../lab/describeIf';

const row = { uid: 1, seq: 1, internalDate: new Date('2026-11-20T10:00:00Z') };
const byName = (headers: string) => fingerprintOf({ ...row, headers: Buffer.from(headers, 'latin1') });
const inBytes = (raw: string) => fingerprintInBytes(row, Buffer.from(raw, 'latin1'));

/** A field name (RFC 5322 section 2.2). */
const NAME = /^([\x21-\x39\x3b-\x7e]+):/;

/** Ways in which servers find and write the fields that are asked for by name. */
const READERS: Record<string, (raw: string) => string> = {
	'as RFC 9051 has it': (raw) => fieldsOf(raw, /\r\n/, NAME),
	'bare line ends count, too': (raw) => fieldsOf(raw, /\r\n|\r|\n/, NAME),
	'blanks before the colon do not matter': (raw) => fieldsOf(raw, /\r\n|\n/, /^([^\s:]+)[ \t]*:/),
	'a line of blanks ends the header': (raw) => fieldsOf(raw.replace(/\r\n[ \t]+(?=\r\n)/, '\r\n'), /\r\n/, NAME),
	'of two fields the first counts': (raw) => unique(fieldsOf(raw, /\r\n/, NAME)),
	'bytes that are not ASCII become X': (raw) => fieldsOf(raw, /\r\n/, NAME).replace(/[^\0-\x7f]/g, 'X'),
	'NUL ends a line': (raw) => fieldsOf(raw, /\r\n|\0/, NAME),
	unfolded: (raw) => fieldsOf(raw, /\r\n/, NAME).replace(/\r\n(?=[ \t])/g, ''),
	'names in the spelling that was asked for': (raw) =>
		fieldsOf(raw, /\r\n/, NAME).replace(/^[\x21-\x39\x3b-\x7e]+(?=:)/gm, (name) => name.toUpperCase()),
};

function fieldsOf(raw: string, lineEnd: RegExp, name: RegExp): string {
	const taken: string[] = [];
	let isTaken = false;
	for (const line of raw.split(lineEnd)) {
		if (line === '') break;
		if (!/^[ \t]/.test(line)) isTaken = RECOGNISED_BY.includes(name.exec(line)?.[1]?.toLowerCase() ?? '');
		if (isTaken) taken.push(line);
	}
	return [...taken, '', ''].join('\r\n');
}

function unique(fields: string): string {
	const seen = new Set<string>();
	let isTaken = true;
	const kept = fields.split('\r\n').filter((line) => {
		if (/^[ \t]/.test(line)) return isTaken;
		const name = line.slice(0, Math.max(0, line.indexOf(':'))).toLowerCase();
		isTaken = line === '' || !seen.has(name);
		seen.add(name);
		return isTaken;
	});
	return kept.join('\r\n');
}

/** Messages as they are sent: folded, encoded, with fields twice, odd line ends, without end. */
const messages = (() => {
	const word = fc.constantFrom(
		...[
			'report',
			'=?utf-8?q?Gr=C3=BC=C3=9Fe?=',
			'=?utf-8?b?w6TDtsO8?=',
			'<a@example.org>',
			'a  b',
			'Subject:',
			'"',
			'\xfc',
			'é',
			'',
			':',
		],
	);
	const fold = fc.constantFrom(' ', '\r\n ', '\r\n\t', '\r\n  \r\n ', '\n ', '\r ', '\0', '\t');
	const text = fc
		.array(fc.tuple(word, fold), { maxLength: 4 })
		.map((parts) => parts.map(([one, gap]) => `${one}${gap}`).join(''));
	const name = fc.constantFrom(
		...[
			'Message-ID',
			'message-id',
			'DATE',
			'From',
			'Subject',
			'Subject ',
			' Subject',
			'X-Subject',
			'To',
			'Received',
			'',
			'Ünicode',
		],
	);
	const colon = fc.constantFrom(':', ': ', ' :', '');
	const end = fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r');
	const field = fc.tuple(name, colon, text, end).map((parts) => parts.join(''));
	return fc
		.tuple(fc.array(field, { maxLength: 7 }), fc.constantFrom('\r\n', '\r\n', '\n', ''), text, fc.nat(400))
		.map(([fields, empty, body, cut]) => `${fields.join('')}${empty}${body}`.slice(0, cut < 40 ? cut * 4 : undefined));
})();

describe('the fields by which messages are recognised', () => {
	it.each(Object.entries(READERS))(
		'are read from the bytes only where each server gives the same by name: %s',
		(_name, reader) => {
			fc.assert(
				fc.property(messages, (raw) => {
					const read = inBytes(raw);
					if (read !== undefined) expect(read).toBe(byName(reader(raw)));
				}),
				{ numRuns: 3_000 },
			);
		},
	);

	it('and of a message as programs write it they always are, folded and encoded', () => {
		const raw = mail({
			subject: 'Report\r\n =?utf-8?b?w6TDtsO8?=',
			from: '=?utf-8?q?J=C3=B6rg?=\r\n\t<joerg@example.org>',
		});
		expect(inBytes(raw)).toBe(byName(fieldsOf(raw, /\r\n/, NAME)));
		expect(inBytes(raw)).toBeDefined();
	});

	it('those that a position saved before are the same', () => {
		const folded =
			'Message-ID: <a@example.org>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\nFrom: =?utf-8?q?J=C3=B6rg?=\r\n <joerg@example.org>\r\nSubject: Report\r\n\t=?utf-8?b?w6TDtsO8?=\r\n\r\n';
		expect([byName(folded), inBytes(folded)]).toEqual(['f5db418529', 'f5db418529']);
		const twice = 'Subject: one\r\nSubject: two\r\nFrom: a@example.org\r\n\r\n';
		expect([byName(twice), inBytes(twice), byName('\r\n')]).toEqual(['1c633ceb84', undefined, 'a54c486cf2']);
	});

	it('a header that is cut at the limit of a message, or is longer than the fields may be, is not read', () => {
		const long = (bytes: number) =>
			`X-Long: ${'x'.repeat(bytes - 'X-Long: \r\nSubject: m\r\n\r\n'.length)}\r\nSubject: m\r\n\r\n`;
		const { maxHeaderBytes } = MAILBOX_LIMITS;
		expect(inBytes(long(maxHeaderBytes))).toBe(byName('Subject: m\r\n\r\n'));
		expect(inBytes(long(maxHeaderBytes).slice(0, -1))).toBeUndefined();
		expect(inBytes(long(maxHeaderBytes + 1))).toBeUndefined();
	});
});

describe('what a poll of many messages remembers', () => {
	let server: EmbeddedImap;
	afterEach(async () => await server.close());
	const start = async (raws: readonly string[]) =>
		(server = await EmbeddedImap.start({ messages: raws.map((raw) => ({ raw })) }));
	const poll = async (state?: ImapFolderState, options: PollOptions = {}) =>
		await new ImapMailbox({
			host: server.host,
			port: server.port,
			security: 'none',
			user: server.user,
			password: server.password,
		}).poll(state && (JSON.parse(JSON.stringify(state)) as ImapFolderState), { cap: 1_000, ...options });
	const many = Array.from({ length: 60 }, (_, index) => mail({ subject: `m${index + 1}` }));
	const uidsOf = (line: string) =>
		line
			.split(' ')[2]!
			.split(',')
			.flatMap((part) => {
				const [from, to = from] = part.split(':').map(Number);
				return Array.from({ length: to! - from! + 1 }, (_, index) => from! + index);
			});
	const askedByName = () => server.commands.filter((line) => line.includes('HEADER.FIELDS')).flatMap(uidsOf);

	it('is read from their bytes: the server is asked for the fields of a few', async () => {
		await start(many);
		const { state } = await poll();
		expect(askedByName().length).toBeLessThanOrEqual(IMAP_LIMITS.maxCompared + IMAP_LIMITS.maxTips);
		server.setUidValidity(9);
		expect((await poll(state)).messages).toEqual([]);
	});

	it.each([
		['of all messages', () => true],
		['of every second message', (uid: number) => uid % 2 === 0],
	])('is what the server says of them where it writes the fields otherwise, %s', async (_what, isRewritten) => {
		await start(many);
		server.follow(rules.fieldsRewritten(isRewritten));
		const { state } = await poll();
		expect(new Set(askedByName()).size).toBe(many.length);
		server.setUidValidity(9);
		expect((await poll(state)).messages).toEqual([]);
	});

	it('is asked for of those whose header is not plain: a field twice, bytes that are not ASCII', async () => {
		const odd = many.map((raw, index) =>
			index % 20 === 7
				? raw.replace('Subject:', 'Subject: first\r\nSubject:')
				: index % 20 === 13
					? raw.replace('From: S', 'From: \xfcS')
					: raw,
		);
		await start(odd);
		const { state } = await poll();
		expect(askedByName()).toEqual(expect.arrayContaining([8, 14, 28, 34, 48, 54]));
		expect(askedByName().length).toBeLessThan(many.length / 2);
		server.setUidValidity(9);
		expect((await poll(state)).messages).toEqual([]);
	});

	it('a server that no longer answers when the messages are here costs none of them', async () => {
		await start(many);
		server.fault({ command: 'UID FETCH', when: (line) => line.includes('HEADER.FIELDS'), how: 'drop' });
		const { messages, warnings, state } = await poll();
		expect([messages.length, warnings]).toEqual([many.length, []]);
		expect((await poll(state)).messages).toEqual([]);
	});
});

const NO_DOVECOT = dovecotBinary() === undefined ? { reason: 'Dovecot 2.3 is not installed' } : undefined;

describeIf(NO_DOVECOT, 'the same on Dovecot', () => {
	it('whatever is in a header: none of 200 odd messages comes again in a folder that was made anew', async () => {
		const server = await Dovecot.start({});
		try {
			// Of a header with bare CR Dovecot itself says one thing at first and another from its cache.
			const plainEnds = messages.filter((raw) => !/\r(?!\n)/.test(raw));
			const raws = fc.sample(plainEnds, { numRuns: 200, seed: 7 });
			for (const [index, raw] of raws.entries()) server.deliver(Buffer.from(`X-Number: ${index}\r\n${raw}`, 'latin1'));
			const { host, port, user, password } = server;
			const poll = async (state?: ImapFolderState) =>
				await new ImapMailbox({ host, port, security: 'none', user, password }).poll(state, { cap: 1_000 });
			const first = await poll();
			expect(first.messages).toHaveLength(raws.length);
			// As if UIDs had changed: all are looked at by what is known of them.
			const second = await poll({ ...first.state, uidValidity: '1' });
			expect(second.messages).toEqual([]);
		} finally {
			await server.stop();
		}
	}, 60_000);
});

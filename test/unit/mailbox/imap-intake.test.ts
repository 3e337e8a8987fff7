import { IMAP_LIMITS } from '../../../lib/limits';
import { ImapMailbox, type ImapFolderState, type PollOptions } from '../../../lib/mailbox';
import { EmbeddedImap, mail, type EmbeddedImapOptions } from '../../lab/imap';

const DAY = 86_400_000;
/** Bytes of a small message. */
const SMALL = IMAP_LIMITS.smallBytes;

/** Asks for the fields by which some messages are recognised, once the messages are here. */
const isRecognition = (line: string) => /\(UID INTERNALDATE BODY\.PEEK\[HEADER\.FIELDS [^\]]+\]\)$/.test(line);

/** How messages are fetched: in few commands, within bounds of memory, and whole whatever sizes a server tells. */
describe('fetching the messages of a poll', () => {
	let server: EmbeddedImap;
	const start = async (options: EmbeddedImapOptions = {}) => (server = await EmbeddedImap.start(options));
	const poll = async (state?: ImapFolderState, options: PollOptions = {}) =>
		await new ImapMailbox({
			host: server.host,
			port: server.port,
			security: 'none',
			user: server.user,
			password: server.password,
		}).poll(state, options);
	const fetches = () => server.commands.filter((line) => line.startsWith('UID FETCH ') && !isRecognition(line));
	const sized = (subject: string, bytes: number) => mail({ subject, bytes });
	const texts = (messages: ReadonlyArray<{ raw: Buffer }>) => messages.map(({ raw }) => raw.toString());
	afterEach(async () => await server.close());

	it('small messages take one command, which asks for no more than a small message has', async () => {
		const raws = [1, 2, 3].map((index) => sized(`m${index}`, 20_000));
		await start({ messages: raws.map((raw) => ({ raw })) });
		expect(texts((await poll()).messages)).toEqual(raws);
		expect(fetches()).toEqual([
			expect.stringMatching(
				new RegExp(
					`^UID FETCH 1:3 \\(UID INTERNALDATE RFC822\\.SIZE BODY\\.PEEK\\[\\]<0\\.${SMALL + 1}> BODY\\.PEEK\\[HEADER\\.FIELDS [^\\]]+\\]\\)$`,
				),
			),
		]);
	});

	it.each([SMALL - 1, SMALL, SMALL + 1, 400_000])(
		'a message of %i bytes among a few small ones comes whole',
		async (bytes) => {
			const raws = [sized('m1', 1000), sized('m2', bytes), sized('m3', 1000)];
			await start({ messages: raws.map((raw) => ({ raw })) });
			expect(texts((await poll()).messages)).toEqual(raws);
			expect(
				fetches()
					.slice(1)
					.map((line) => line.split(' ')[2]),
			).toEqual(bytes > SMALL ? ['2'] : []);
		},
	);

	it('among many a search tells the larger ones, and no byte of them comes twice', async () => {
		const raws = Array.from({ length: 12 }, (_, index) => sized(`m${index + 1}`, index === 4 ? 400_000 : 1000));
		await start({ messages: raws.map((raw) => ({ raw })) });
		expect(texts((await poll(undefined, { firstRunLookBack: 'all' })).messages)).toEqual(raws);
		expect(server.commands.filter((line) => line.includes('LARGER'))).toEqual([`UID SEARCH UID 1:12 LARGER ${SMALL}`]);
		expect(fetches().map((line) => [line.split(' ')[2], line.includes('BODY')])).toEqual([
			['1:4,6:12', true],
			['5', false],
			['5', true],
		]);
	});

	it.each([
		['refuses to search for larger ones', { bad: 'Unknown search key' }],
		['loses the connection over it', 'drop' as const],
	])('a server that %s has all sizes asked first', async (_what, how) => {
		const raws = Array.from({ length: 12 }, (_, index) => sized(`m${index + 1}`, index === 4 ? 400_000 : 1000));
		await start({ messages: raws.map((raw) => ({ raw })) });
		server.fault({ command: 'UID SEARCH', when: 'LARGER', how });
		const { messages, warnings } = await poll();
		expect([texts(messages), warnings]).toEqual([raws, []]);
		expect(fetches().map((line) => line.includes('BODY'))).toEqual([false, true]);
	});

	it.each([1_000, 300_000, 500_000])(
		'messages of 400,000 bytes whose size is told as %i do not fill the memory, and come whole',
		async (told) => {
			const raws = Array.from({ length: 12 }, (_, index) => sized(`m${index + 1}`, 400_000));
			await start({ messages: raws.map((raw) => ({ raw })) });
			raws.forEach((_raw, index) => server.lieAboutSize(index + 1, told));
			// It finds none that are larger, either.
			server.fault({ command: 'UID SEARCH', when: 'LARGER', how: { ok: 'Done' } });
			const { messages } = await poll();
			expect(texts(messages)).toEqual(raws);
			expect(messages.map(({ size, truncated }) => [size, truncated])).toEqual(raws.map(() => [400_000, false]));
			expect(fetches()[0]).toContain(`BODY.PEEK[]<0.${SMALL + 1}>`);
		},
	);

	it('a server that knows no ranges gives whole messages, too', async () => {
		const raws = [sized('m1', 1000), sized('m2', 400_000), sized('m3', SMALL + 1)];
		await start({ messages: raws.map((raw) => ({ raw })), ignoresRanges: true });
		expect(texts((await poll()).messages)).toEqual(raws);
	});

	it('of a message above the limit come its headers, however long they are', async () => {
		const long = sized('long', 400_000).replace('\r\nSubject:', `\r\nX-Long: ${'x'.repeat(SMALL)}\r\nSubject:`);
		await start({ messages: [{ raw: long }, { raw: sized('large', 400_000) }] });
		const { messages } = await poll(undefined, { maxMessageBytes: 300_000 });
		const header = (raw: string) => raw.slice(0, raw.indexOf('\r\n\r\n') + 4);
		expect(texts(messages)).toEqual([header(long), header(sized('large', 400_000))]);
		expect(messages.map(({ truncated }) => truncated)).toEqual([true, true]);
	});

	it('what the look-back does not reach to is not fetched', async () => {
		await start({
			messages: [30, 7.1, 6.9, 1].map((days) => ({
				raw: sized(`${days} days`, 2000),
				date: new Date(Date.now() - days * DAY),
			})),
		});
		const { messages } = await poll(undefined, { firstRunLookBack: 'P7D' });
		expect(texts(messages)).toEqual([sized('6.9 days', 2000), sized('1 days', 2000)]);
		const bodies = fetches().filter((line) => line.includes('BODY'));
		expect(bodies.map((line) => line.split(' ')[2])).toEqual(['4', '3']);
	});

	it('a server that cannot search by date has all dates asked first', async () => {
		await start({
			messages: [6.9, 1].map((days) => ({ raw: sized(`${days} days`, 2000), date: new Date(Date.now() - days * DAY) })),
		});
		server.fault({ command: 'UID SEARCH', when: 'BEFORE', how: { bad: 'Unknown search key' } });
		const { messages } = await poll(undefined, { firstRunLookBack: 'P7D' });
		expect(texts(messages)).toEqual([sized('6.9 days', 2000), sized('1 days', 2000)]);
		expect(fetches().map((line) => line.includes('BODY'))).toEqual([false, true]);
	});

	it('near the bytes of a poll sizes are asked first, so that they hold', async () => {
		await start({ messages: [1, 2, 3].map((index) => ({ raw: sized(`m${index}`, 60_000) })) });
		const first = await poll(undefined, { maxPollBytes: 130_000 });
		expect([texts(first.messages), first.more]).toEqual([[sized('m1', 60_000), sized('m2', 60_000)], true]);
		expect(texts((await poll(first.state)).messages)).toEqual([sized('m3', 60_000)]);
	});

	it('a message that fails is told with its date and the id that the server gave it', async () => {
		const date = new Date('2026-11-20T10:00:00Z');
		await start({ gmail: true, messages: [1, 2].map((index) => ({ raw: sized(`m${index}`, 2000), date })) });
		const repair = server.fault({
			command: 'UID FETCH',
			when: (line) => /^UID FETCH 1(?::2)? .*BODY/.test(line),
			how: { no: 'Corrupted' },
		});
		const first = await poll();
		const failed = first.messages.find(({ failure }) => failure !== undefined)!;
		expect(failed).toMatchObject({ receivedAt: date, source: { uid: 1, emailId: expect.stringMatching(/^\d+$/) } });
		repair();
		expect((await poll()).messages[0]!.id).toBe(failed.id);
	});
});

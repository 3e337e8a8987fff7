import type { Readable } from 'node:stream';
import {
	GraphMailbox,
	ImapMailbox,
	referenceTo,
	type Mailbox,
	type MailboxMessage,
	type MessageReference,
} from '../../../lib/mailbox';
import { forgetTokens } from '../../../lib/microsoft';
import { LAB_SECRET, MicrosoftLab } from '../../lab/graph';
import { EmbeddedImap, mail } from '../../lab/imap';

/* What holds for every kind of mailbox, asked through the interface alone. */

const SUBJECTS = ['first', 'second', 'third'];
const WORDS_OF_THE_BODY = 'words-of-the-body';
const raw = (subject: string) => Buffer.from(mail({ subject, body: `${WORDS_OF_THE_BODY}\r\n`, bytes: 40_000 }));
const HOUR = 3_600_000;

interface World {
	mailbox: Mailbox;
	/** Of the mailbox. */
	address: string;
	/** What its logger was told. */
	lines: string[];
	/** What must not be among it. */
	secrets: string[];
	/** References of other kinds of mailboxes. */
	foreign: MessageReference;
}

const closing: Array<{ close(): Promise<void> }> = [];
afterEach(async () => {
	for (const part of closing.splice(0).reverse()) await part.close();
});

function logged() {
	const lines: string[] = [];
	const tell = (line: string) => void lines.push(line);
	return { lines, logger: { debug: tell, warn: tell } };
}

async function imap(): Promise<World> {
	const { lines, logger } = logged();
	const server = await EmbeddedImap.start({
		messages: SUBJECTS.map((subject, index) => ({
			raw: raw(subject),
			date: new Date(Date.now() - HOUR + index * 1000),
		})),
		folders: ['Reports'],
		password: 'secret-of-the-mailbox',
	});
	const { host, port, user, password } = server;
	const mailbox = new ImapMailbox({ host, port, user, password, security: 'none', logger });
	closing.push(server, mailbox);
	return { mailbox, address: user, lines, secrets: [password], foreign: { id: 'AAkALgAAAAAAHYQ' } };
}

async function graph(): Promise<World> {
	forgetTokens();
	const { lines, logger } = logged();
	const lab = await MicrosoftLab.start();
	const box = lab.graph.mailbox('soc@example.com');
	SUBJECTS.forEach((subject, index) =>
		box.deliver(box.folder('inbox'), {
			subject,
			raw: raw(subject),
			messageId: `<${subject}@example.org>`,
			receivedAt: Date.now() - HOUR + index * 1000,
		}),
	);
	box.addFolder('Reports', { parent: box.folder('inbox') });
	const mailbox = new GraphMailbox({ ...lab.credential(), mailbox: 'soc@example.com', logger });
	closing.push(lab, mailbox);
	const secrets = [LAB_SECRET, 'eyJ', 'client_secret'];
	return { mailbox, address: 'soc@example.com', lines, secrets, foreign: { uid: 1, folder: 'INBOX' } };
}

async function bytesOf(stream: Readable): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
	return Buffer.concat(chunks);
}

const subjectOf = ({ raw: bytes }: MailboxMessage) => /Subject: (.*)\r\n/.exec(bytes.toString())?.[1];

describe.each([
	['IMAP', imap],
	['Microsoft 365', graph],
])('a mailbox of %s', (_kind, open) => {
	it('a message of a poll is found again by its source, as bytes and as a stream', async () => {
		const { mailbox } = await open();
		const { messages, state } = await mailbox.poll(undefined);
		expect(messages.map(subjectOf)).toEqual(SUBJECTS);
		for (const message of messages) {
			const reference = referenceTo(message.source)!;
			expect((await mailbox.get(reference)).id).toBe(message.id);
			const download = await mailbox.download(reference);
			expect(download.id).toBe(message.id);
			expect((await bytesOf(download.stream)).equals(message.raw)).toBe(true);
		}
		// What was saved comes back as JSON.
		expect((await mailbox.poll(JSON.parse(JSON.stringify(state)))).messages).toEqual([]);
	});

	it('each message says in which mailbox it is, by its address', async () => {
		const { mailbox, address } = await open();
		const { messages } = await mailbox.poll(undefined);
		const found = [
			...messages,
			await mailbox.sample(),
			...(await mailbox.search({})),
			await mailbox.get(referenceTo(messages[0]!.source)!),
		];
		expect(found.map((message) => message!.source.mailbox)).toEqual(found.map(() => address));
		expect(address).toContain('@');
	});

	it('so is a hit of a search, and one that is known by its Message-ID', async () => {
		const { mailbox } = await open();
		const [hit] = await mailbox.search({ subject: 'second' });
		expect(subjectOf(await mailbox.get(referenceTo(hit!.source)!))).toBe('second');
		expect(subjectOf(await mailbox.get({ messageId: '<third@example.org>' }))).toBe('third');
		expect((await mailbox.search({ limit: 2 })).map(({ subject }) => subject)).toEqual(['third', 'second']);
		const reports = (await mailbox.listFolders()).find(({ name }) => name === 'Reports')!;
		expect(await mailbox.search({ subject: 'second' }, { folder: reports.id })).toEqual([]);
	});

	it('the bounds of a message hold: its headers in memory, its first bytes as a stream', async () => {
		const { mailbox } = await open();
		const reference = { messageId: '<first@example.org>' };
		const whole = raw('first');
		const beginning = await mailbox.get(reference, { maxMessageBytes: 10_000 });
		expect(beginning.truncated).toBe(true);
		expect(beginning.raw.includes(WORDS_OF_THE_BODY)).toBe(false);
		expect(whole.subarray(0, beginning.raw.length).equals(beginning.raw)).toBe(true);
		const { stream } = await mailbox.download(reference, { maxMessageBytes: 10_000 });
		expect((await bytesOf(stream)).equals(whole.subarray(0, 10_000))).toBe(true);
	});

	it('a stream that nobody reads is let go of, and the mailbox goes on', async () => {
		const { mailbox } = await open();
		for (let i = 0; i < 6; i++) {
			const { stream } = await mailbox.download({ messageId: '<first@example.org>' });
			stream.destroy();
		}
		expect(await mailbox.search({})).toHaveLength(3);
	});

	it('a reference that only another kind of mailbox knows is an error of the setting, not a missing message', async () => {
		const { mailbox, foreign } = await open();
		for (const ask of [() => mailbox.get(foreign), () => mailbox.download(foreign)])
			await expect(ask()).rejects.toMatchObject({
				code: 'MAILBOX_CONFIGURATION',
				hint: expect.stringContaining('by its'),
			});
	});

	it('the newest message is a sample; folders and a login are told', async () => {
		const { mailbox } = await open();
		expect(subjectOf((await mailbox.sample())!)).toBe('third');
		const filter = ({ subject }: { subject: string }) => subject === 'first';
		expect(subjectOf((await mailbox.sample({ filter }))!)).toBe('first');
		const folders = await mailbox.listFolders({ counts: true });
		expect(folders.map(({ name }) => name)).toContain('Reports');
		expect(folders.filter(({ messages }) => messages === 3)).toHaveLength(1);
		const { account, folders: found } = await mailbox.test();
		expect(account).toMatch(/^\S+@127\.0\.0\.1/);
		expect(found.map(({ id }) => id).sort()).toEqual(folders.map(({ id }) => id).sort());
	});

	it('a logger is told what is asked, with its outcome and time, and of no secret, subject or body', async () => {
		const { mailbox, lines, secrets } = await open();
		await mailbox.poll(undefined);
		await mailbox.search({ subject: 'second', text: WORDS_OF_THE_BODY }).catch(() => []);
		await mailbox.get({ messageId: '<nothing@example.org>' }).catch(() => undefined);
		expect(lines.length).toBeGreaterThan(3);
		for (const line of lines) expect(line).toMatch(/, \d+ ms$/);
		for (const secret of [...secrets, ...SUBJECTS, WORDS_OF_THE_BODY]) expect(lines.join('\n')).not.toContain(secret);
	});
});

it('the log of IMAP says what was done for whom, and what failed', async () => {
	const { mailbox, lines } = await imap();
	await mailbox.poll(undefined);
	const done = (doing: string) =>
		expect.stringMatching(new RegExp(`^IMAP: \\S+ on 127\\.0\\.0\\.1: ${doing}: done, \\d+ ms$`));
	expect(lines).toEqual(
		expect.arrayContaining(['connect and log in', "open the folder 'INBOX'", 'fetch messages'].map(done)),
	);
	await mailbox.poll(undefined, { folder: 'Nowhere' }).catch(() => undefined);
	expect(lines).toContainEqual(expect.stringContaining("open the folder 'Nowhere': MAILBOX_FOLDER_MISSING, "));
});

it('the log of Microsoft 365 says where the token came from, and what Graph was asked', async () => {
	const { mailbox, lines } = await graph();
	await mailbox.poll(undefined);
	const asked = (what: RegExp) => expect(lines).toContainEqual(expect.stringMatching(what));
	asked(/^POST https:\/\/127\.0\.0\.1:\d+\/\S+\/token: 200, \d+ bytes, \d+ ms$/);
	asked(/^GET https:\/\/127\.0\.0\.1:\d+\/v1\.0\/users\/soc%40example\.com\/mailFolders\/\S+\/messages\/delta: 200, /);
});

it('a stream of Microsoft 365 that breaks ends with the error of a mailbox, not with a short file', async () => {
	forgetTokens();
	const lab = await MicrosoftLab.start();
	const box = lab.graph.mailbox('soc@example.com');
	const { immutableId } = box.deliver(box.folder('inbox'), { raw: Buffer.alloc(2_000_000, 'y') });
	const mailbox = new GraphMailbox({ ...lab.credential(), mailbox: 'soc@example.com' });
	closing.push(lab, mailbox);
	lab.graph.faults.push({ kind: 'reset-in-body', path: '/$value' });
	const { stream } = await mailbox.download({ id: immutableId });
	await expect(bytesOf(stream)).rejects.toMatchObject({ name: 'MailboxError', code: 'MAILBOX_UNREACHABLE' });
});

it('an empty Graph ID is no message: it is not the list of all of them', async () => {
	const { mailbox } = await graph();
	await expect(mailbox.get({ id: ' ' })).rejects.toMatchObject({ code: 'MAILBOX_MESSAGE_MISSING' });
});

it.each([
	[{ kind: 'graph', mailbox: 'm', graphId: 'AA' }, { id: 'AA' }],
	[
		{ kind: 'imap', mailbox: 'm', folder: 'INBOX', uid: 7, uidValidity: '3' },
		{ uid: 7, uidValidity: '3', folder: 'INBOX' },
	],
	[
		{ kind: 'gmail', mailbox: 'm', folder: 'INBOX', uid: 7 },
		{ uid: 7, folder: 'INBOX' },
	],
	[{ kind: 'imap', mailbox: 'm', folder: 'INBOX', uid: 1.5 }, undefined],
	[{ kind: 'imap', mailbox: 'm', uid: 7 }, undefined],
	[{ kind: 'graph', mailbox: 'm', graphId: '' }, undefined],
	[{}, undefined],
] as const)('the reference to a message from %j is %j', (source, reference) => {
	expect(referenceTo(source)).toEqual(reference);
});

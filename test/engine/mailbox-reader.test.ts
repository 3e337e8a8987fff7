import { createHash } from 'node:crypto';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { ImapTrigger } from '../../nodes/ImapTrigger/ImapTrigger.node';
import { MailboxReader } from '../../nodes/MailboxReader/MailboxReader.node';
import { GoogleLab } from '../lab/google';
import { MicrosoftLab, type LabMailbox, type NewMessage } from '../lab/graph';
import { ImapMailbox } from '../../lib/mailbox';
import { EmbeddedImap, mail, type EmbeddedImapOptions } from '../lab/imap';
import {
	additionalData,
	binaryBytes,
	core,
	execute,
	FakeCredentials,
	node,
	nodeTypes,
	poller,
	workflowPackage,
} from './engine';

const READER = 'n8n-nodes-email-intel.mailbox';
const TRIGGER = 'n8n-nodes-email-intel.imapTrigger';
const types = { [READER]: new MailboxReader(), [TRIGGER]: new ImapTrigger() };

const closing: (() => Promise<void>)[] = [];
afterEach(async () => await Promise.all(closing.splice(0).map((close) => close())));

type CredentialType = 'emailIntelImapApi' | 'emailIntelGmailOAuth2Api' | 'emailIntelGraphApi';
interface Opened {
	type: CredentialType;
	credential: IDataObject;
	connection: 'imap' | 'gmail' | 'graph';
}

async function imap(options: EmbeddedImapOptions = {}): Promise<EmbeddedImap & Opened> {
	const server = await EmbeddedImap.start(options);
	closing.push(() => server.close());
	const { host, port, user, password } = server;
	const credential = { host, port, user, password, security: 'none', verifyTls: true };
	return Object.assign(server, { type: 'emailIntelImapApi' as const, credential, connection: 'imap' as const });
}

async function gmail(options: EmbeddedImapOptions = {}): Promise<Opened & Pick<GoogleLab, 'imap' | 'tokens'>> {
	const lab = await GoogleLab.start(options);
	closing.push(() => lab.close());
	const { imap: server, tokens } = lab;
	const credential = lab.credential({ n8n_expires_at: '0' });
	return { type: 'emailIntelGmailOAuth2Api', connection: 'gmail', credential, imap: server, tokens };
}

async function graph(): Promise<
	Opened & { box: LabMailbox; lab: MicrosoftLab; arrive(subject: string, message?: NewMessage): string }
> {
	const lab = await MicrosoftLab.start({ mailboxes: ['soc@example.com', 'other@example.com'] });
	closing.push(() => lab.close());
	const box = lab.graph.mailbox('soc@example.com');
	const { ca, ...fields } = lab.credential();
	let seconds = 0;
	return {
		lab,
		box,
		type: 'emailIntelGraphApi',
		connection: 'graph',
		credential: {
			...fields,
			caCertificate: ca,
			signInWith: 'secret',
			mailbox: 'soc@example.com',
			verifyTls: true,
			proxy: '',
		},
		arrive: (subject, message = {}) => {
			const receivedAt = Date.now() - 3_600_000 + (seconds += 1000);
			return box.deliver(box.folder('inbox'), { subject, receivedAt, ...message }).immutableId;
		},
	};
}

const path = (value: string) => ({ __rl: true, mode: 'path', value });
const credentialsOf = ({ type, credential }: Opened) => new FakeCredentials({ [type]: credential as never });

function readerNode({ type, connection }: Opened, parameters: IDataObject, extra: object = {}) {
	return node(
		'Reader',
		READER,
		{ connection, ...parameters },
		{ credentials: { [type]: { id: type, name: 'lab' } }, ...extra },
	);
}

/** Runs the node on these items. */
async function run(opened: Opened, parameters: IDataObject, items: IDataObject[] = [{}], extra: object = {}) {
	return await execute({
		types,
		nodes: [readerNode(opened, parameters, extra)],
		connections: {},
		credentials: credentialsOf(opened),
		startNode: 'Reader',
		startItems: items.map((json) => ({ json })),
	});
}

async function output(opened: Opened, parameters: IDataObject, items?: IDataObject[]): Promise<INodeExecutionData[]> {
	const result = await run(opened, parameters, items);
	expect(result.error()).toBeUndefined();
	return result.output('Reader')!;
}

const subjects = (items: INodeExecutionData[]) => items.map(({ json }) => json.subject);
const recent = (subject: string, options: object = {}) => ({ raw: mail({ subject, ...options }), date: new Date() });
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** A message with files, the last one of so many bytes. */
function withFiles(subject: string, bytes = 100): { raw: string; big: Buffer } {
	const big = Buffer.alloc(bytes, 'all work and no play ');
	const part = (name: string, type: string, content: Buffer) => [
		'--b',
		`Content-Type: ${type}`,
		`Content-Disposition: attachment; filename=${name}`,
		'Content-Transfer-Encoding: base64',
		'',
		content.toString('base64').replace(/.{76}/g, '$&\r\n'),
	];
	const raw = [
		'From: Sender <sender@example.org>',
		'To: soc@example.com',
		`Subject: ${subject}`,
		`Message-ID: <${subject}@example.org>`,
		'Date: Fri, 20 Nov 2026 10:00:00 +0000',
		'MIME-Version: 1.0',
		'Content-Type: multipart/mixed; boundary=b',
		'',
		'--b',
		'Content-Type: text/plain; charset=utf-8',
		'Content-Transfer-Encoding: 8bit',
		'',
		'Grüße',
		...part('note.txt', 'text/plain', Buffer.from('first file')),
		...part('invoice.pdf', 'application/pdf', Buffer.from('second file')),
		...part('big.bin', 'application/octet-stream', big),
		'--b--',
		'',
	].join('\r\n');
	return { raw, big };
}

describe('getting a message', () => {
	const get = { resource: 'message', operation: 'get', output: 'full' };

	it('by UID: the email item, and the raw message byte for byte in the store of the execution', async () => {
		const { raw } = withFiles('files');
		const server = await imap({ messages: [{ raw }], uidValidity: 77 });
		const [item] = await output(server, { ...get, messageBy: 'uid', folder: path('INBOX'), uid: 1 });
		expect(item!.json).toMatchObject({
			subject: 'files',
			truncated: false,
			size: Buffer.byteLength(raw),
			source: { kind: 'imap', mailbox: server.user, folder: 'INBOX', uid: 1, uidValidity: '77' },
		});
		expect(Object.keys(item!.binary!)).toEqual(['email']);
		expect(item!.binary!.email).toMatchObject({ fileName: 'message.eml', mimeType: 'message/rfc822' });
		expect((await binaryBytes(item!, 'email')).equals(Buffer.from(raw))).toBe(true);
		expect(item!.pairedItem).toEqual({ item: 0 });
		expect(server.list()[0]!.flags).not.toContain('\\Seen');
		expect(server.commands.filter((line) => /^(?:SELECT|UID STORE|STORE)/.test(line))).toEqual([]);
	});

	it('of a trigger that opens its folder with SELECT, where EXAMINE gives new UIDs: opened for writing, it is there, and unread', async () => {
		const server = await imap({ messages: [recent('wanted')], uids: 'renumbered' });
		const trigger = new ImapMailbox({ ...server.credential, openForWriting: true } as never);
		const { messages } = await trigger.poll(undefined);
		await trigger.close();
		const item = { source: messages[0]!.source as unknown as IDataObject };
		server.commands.length = 0;
		const got = await output(server, { ...get, openForWriting: true }, [item]);
		expect(subjects(got)).toEqual(['wanted']);
		expect(server.commands.filter((line) => /^EXAMINE/.test(line))).toEqual([]);
		expect(server.list()[0]!.flags).not.toContain('\\Seen');
	});

	it.each(['<wanted@example.org>', 'wanted@example.org'])('by Message-ID %s', async (messageId) => {
		const server = await imap({ messages: [recent('other'), recent('wanted')] });
		const items = await output(server, { ...get, messageBy: 'messageId', folder: path('INBOX'), messageId });
		expect(subjects(items)).toEqual(['wanted']);
	});

	it('that the trigger announced as truncated: the same id, and all of it', async () => {
		const { raw, big } = withFiles('big', 200_000);
		const server = await imap({ folders: ['Reports'], messages: [{ raw, folder: 'Reports', date: new Date() }] });
		const trigger = poller({
			types,
			workflowId: 'reader',
			credentials: credentialsOf(server),
			pollNode: node(
				'Mail',
				TRIGGER,
				{ folder: path('Reports'), options: { maxMessageSize: 0.1 } },
				{
					credentials: { emailIntelImapApi: { id: '1', name: 'imap' } },
				},
			),
		});
		await trigger.activate();
		const [announced] = trigger.emitted[0]!;
		expect([announced!.json.truncated, announced!.binary]).toEqual([true, undefined]);
		const [whole] = await output(server, { ...get, messageBy: 'item' }, [announced!.json]);
		expect([whole!.json.id, whole!.json.truncated]).toEqual([announced!.json.id, false]);
		expect((await binaryBytes(whole!, 'email')).equals(Buffer.from(raw))).toBe(true);
		const attachments = { resource: 'message', operation: 'getAttachments', messageBy: 'item', binaryProperty: 'data' };
		const [file] = await output(server, { ...attachments, attachmentBy: 'fileName', fileName: 'big.bin' }, [
			announced!.json,
		]);
		expect((await binaryBytes(file!, 'data')).equals(big)).toBe(true);
	});

	it('with its attachments, by the same rules as the triggers', async () => {
		const server = await imap({ messages: [{ raw: withFiles('files', 5000).raw }] });
		const parameters = { ...get, messageBy: 'uid', folder: path('INBOX'), uid: 1 };
		const [all] = await output(server, { ...parameters, options: { attachments: true } });
		expect(Object.keys(all!.binary!)).toEqual(['email', 'attachment_0', 'attachment_1', 'attachment_2']);
		expect(String(await binaryBytes(all!, 'attachment_1'))).toBe('second file');
		const [some] = await output(server, { ...parameters, options: { attachments: true, attachmentTypes: 'text/*' } });
		expect(Object.keys(some!.binary!)).toEqual(['email', 'attachment_0']);
	});

	it('in a simple form', async () => {
		const server = await imap({ messages: [recent('plain')] });
		const [item] = await output(server, { ...get, output: 'simple', messageBy: 'uid', folder: path('INBOX'), uid: 1 });
		expect(item!.json).toMatchObject({
			from: [{ address: 'sender@example.org', name: 'Sender' }],
			subject: 'plain',
			attachments: [],
		});
		expect(item!.json).not.toHaveProperty('headers');
		expect(item!.binary).toHaveProperty('email');
	});

	it('too large for memory: it is streamed, and whole', async () => {
		const { raw, big } = withFiles('huge', 13_000_000);
		expect(raw.length).toBeGreaterThan(17_000_000);
		const server = await imap({ messages: [{ raw }] });
		const [item] = await output(server, {
			...get,
			messageBy: 'uid',
			folder: path('INBOX'),
			uid: 1,
			options: { attachments: true, maxAttachmentSize: 20 },
		});
		expect(item!.json).toMatchObject({ subject: 'huge', truncated: false, size: Buffer.byteLength(raw) });
		expect(sha256(await binaryBytes(item!, 'email'))).toBe(sha256(Buffer.from(raw)));
		expect(sha256(await binaryBytes(item!, 'attachment_2'))).toBe(sha256(big));
	}, 60_000);

	it('of Gmail, with a token that had to be renewed, for several items over one connection', async () => {
		const lab = await gmail({ messages: [recent('one'), recent('two')] });
		const items = await output(lab, { ...get, messageBy: 'uid', folder: path('INBOX'), uid: '={{ $json.n }}' }, [
			{ n: 2 },
			{ n: 1 },
		]);
		expect(subjects(items)).toEqual(['two', 'one']);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		expect(items[0]!.json.source).toMatchObject({ kind: 'gmail', mailbox: 'soc@example.com' });
		expect([lab.tokens.renewals, lab.imap.connections]).toEqual([1, 1]);
	});

	it('of Microsoft 365 by Graph ID, by Message-ID, and as an input item tells it', async () => {
		const microsoft = await graph();
		const raw = Buffer.from(withFiles('cloud').raw);
		const id = microsoft.arrive('cloud', { raw, messageId: '<cloud@example.org>' });
		const source = { kind: 'graph', mailbox: 'SOC@example.com', graphId: id };
		for (const chosen of [
			{ messageBy: 'graphId', graphId: id },
			{ messageBy: 'messageId', messageId: '<cloud@example.org>' },
			{ messageBy: 'item' },
		]) {
			const [item] = await output(microsoft, { ...get, mailbox: '', ...chosen }, [{ source }]);
			expect(item!.json).toMatchObject({ id, subject: 'cloud', source: { kind: 'graph', graphId: id } });
			expect((await binaryBytes(item!, 'email')).equals(raw)).toBe(true);
		}
	});

	it('of another mailbox of Microsoft 365', async () => {
		const microsoft = await graph();
		const other = microsoft.lab.graph.mailbox('other@example.com');
		const { immutableId } = other.deliver(other.folder('inbox'), { subject: 'elsewhere' });
		const items = await output(microsoft, {
			...get,
			messageBy: 'graphId',
			graphId: immutableId,
			mailbox: 'other@example.com',
		});
		expect(subjects(items)).toEqual(['elsewhere']);
	});
});

describe('a message that cannot be chosen', () => {
	const get = { resource: 'message', operation: 'get', output: 'full' };
	const source = { kind: 'imap', folder: 'INBOX', uid: 1 };

	async function refusal(opened: Opened, parameters: IDataObject, item: IDataObject = {}) {
		return (await run(opened, parameters, [item])).error()!;
	}

	it('does not exist: says which one, in which folder', async () => {
		const server = await imap();
		const error = await refusal(server, { ...get, messageBy: 'uid', folder: path('INBOX'), uid: 9 });
		expect(error.message).toMatch(/no message with UID 9 in 'INBOX'/);
		expect(error.description).toMatch(/MAILBOX_MESSAGE_MISSING/);
		expect(error.context?.itemIndex).toBe(0);
		expect(
			(await refusal(server, { ...get, messageBy: 'messageId', folder: path('INBOX'), messageId: 'x@y' })).message,
		).toMatch(/no message with Message-ID x@y/);
	});

	it('is of a folder that was made anew since: another message has its UID now', async () => {
		const server = await imap({ messages: [recent('somebody else')], uidValidity: 2 });
		const item = { source: { ...source, mailbox: server.user, uidValidity: '1' } };
		expect((await refusal(server, { ...get, messageBy: 'item' }, item)).message).toMatch(/UID 1 is out of date/);
		expect(
			(await refusal(server, { resource: 'message', operation: 'markAsRead', messageBy: 'item' }, item)).message,
		).toMatch(/UID 1 is out of date/);
		expect(server.list()[0]!.flags).not.toContain('\\Seen');
	});

	it('is of another mailbox than the credential opens', async () => {
		const server = await imap({ messages: [recent('mine')] });
		const item = { source: { ...source, mailbox: 'boss@example.com' } };
		expect((await refusal(server, { ...get, messageBy: 'item' }, item)).message).toMatch(
			/from the mailbox boss@example\.com, but the credential opens analyst@example\.com/,
		);
		const microsoft = await graph();
		const cloud = { source: { kind: 'graph', mailbox: 'other@example.com', graphId: 'AAk' } };
		const error = await refusal(microsoft, { ...get, messageBy: 'item', mailbox: '' }, cloud);
		expect(error.description).toMatch(/Set 'Mailbox'/);
	});

	it('is of another kind of mailbox', async () => {
		const server = await imap();
		const cloud = { source: { kind: 'graph', mailbox: 'soc@example.com', graphId: 'AAk' } };
		expect((await refusal(server, { ...get, messageBy: 'item' }, cloud)).message).toMatch(
			/from Microsoft 365, but the credential of this node is of the type Email Intel IMAP API/,
		);
		expect((await refusal(await graph(), { ...get, messageBy: 'item', mailbox: '' }, { source })).message).toMatch(
			/from an IMAP mailbox, but the credential of this node is of the type Email Intel Microsoft 365 API/,
		);
	});

	it('is not told by the input item', async () => {
		expect((await refusal(await imap(), { ...get, messageBy: 'item' }, { subject: 'x' })).message).toMatch(
			/does not identify a message/,
		);
	});

	it('becomes an item of its own with continue on fail; the others are read', async () => {
		const server = await imap({ messages: [recent('there')] });
		const parameters = { ...get, messageBy: 'uid', folder: path('INBOX'), uid: '={{ $json.n }}' };
		const result = await run(server, parameters, [{ n: 5 }, { n: 1 }], { onError: 'continueRegularOutput' });
		const items = result.output('Reader')!;
		expect(items[0]!.json.error).toMatch(/no message with UID 5/);
		expect(items[1]!.json.subject).toBe('there');
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
	});

	it('is behind a login that is refused: says so in words', async () => {
		const server = await imap();
		server.credential.password = 'wrong';
		const error = await refusal(server, { ...get, messageBy: 'uid', folder: path('INBOX'), uid: 1 });
		expect(error.message).toMatch(/refused the user or password/);
		const lab = await gmail();
		delete lab.credential.oauthTokenData;
		expect((await refusal(lab, { ...get, messageBy: 'uid', folder: path('INBOX'), uid: 1 })).message).toMatch(
			/is not connected to an account/,
		);
	});
});

describe('getting attachments', () => {
	const attachments = { resource: 'message', operation: 'getAttachments', binaryProperty: 'data' };

	async function opened(kind: 'imap' | 'graph', raw: string): Promise<[Opened, IDataObject]> {
		if (kind === 'imap')
			return [await imap({ messages: [{ raw }] }), { messageBy: 'uid', folder: path('INBOX'), uid: 1 }];
		const microsoft = await graph();
		return [
			microsoft,
			{ messageBy: 'graphId', graphId: microsoft.arrive('files', { raw: Buffer.from(raw) }), mailbox: '' },
		];
	}

	it.each(['imap', 'graph'] as const)('%s: all, one item each, with hashes and where they are from', async (kind) => {
		const { raw } = withFiles('files');
		const [mailbox, message] = await opened(kind, raw);
		const items = await output(mailbox, { ...attachments, ...message, attachmentBy: 'all' });
		expect(items.map(({ json }) => [json.index, json.fileName])).toEqual([
			[0, 'note.txt'],
			[1, 'invoice.pdf'],
			[2, 'big.bin'],
		]);
		expect(items[1]!.json).toMatchObject({
			contentType: 'application/pdf',
			sha256: sha256(Buffer.from('second file')),
			message: { messageId: '<files@example.org>' },
		});
		expect(items[1]!.binary!.data).toMatchObject({ fileName: 'invoice.pdf', mimeType: 'application/pdf' });
		expect(String(await binaryBytes(items[1]!, 'data'))).toBe('second file');
	});

	it.each([
		['by file name', { attachmentBy: 'fileName', fileName: 'invoice.pdf' }],
		['by number', { attachmentBy: 'index', index: 1 }],
		['by SHA-256', { attachmentBy: 'sha256', sha256: sha256(Buffer.from('second file')).toUpperCase() }],
	])('one, %s', async (_how, chosen) => {
		const [mailbox, message] = await opened('imap', withFiles('files').raw);
		const items = await output(mailbox, { ...attachments, ...message, ...chosen });
		expect(items.map(({ json }) => json.fileName)).toEqual(['invoice.pdf']);
	});

	it('that are not there: says which ones are', async () => {
		const [mailbox, message] = await opened('imap', withFiles('files').raw);
		const error = (
			await run(mailbox, { ...attachments, ...message, attachmentBy: 'fileName', fileName: 'x.doc' })
		).error()!;
		expect(error.message).toMatch(/has no attachment named 'x\.doc'/);
		expect(error.description).toBe('It has 0: note.txt, 1: invoice.pdf, 2: big.bin. (EMAIL_ATTACHMENT_MISSING)');
	});

	it('of a message without any: no item', async () => {
		const [mailbox, message] = await opened('imap', mail({ subject: 'none' }));
		expect(await output(mailbox, { ...attachments, ...message, attachmentBy: 'all' })).toEqual([]);
	});

	it('one of 20 MB', async () => {
		const { raw, big } = withFiles('huge', 20_000_000);
		const [mailbox, message] = await opened('imap', raw);
		const [item] = await output(mailbox, { ...attachments, ...message, attachmentBy: 'fileName', fileName: 'big.bin' });
		expect(item!.json).toMatchObject({ size: 20_000_000, sha256: sha256(big) });
		expect(sha256(await binaryBytes(item!, 'data'))).toBe(sha256(big));
	}, 60_000);
});

describe('searching', () => {
	const search = { resource: 'message', operation: 'search', returnAll: false, limit: 50 };
	const day = (text: string) => new Date(`${text}T12:00:00Z`);

	async function filled(): Promise<Opened & EmbeddedImap> {
		const messages = [
			{ raw: mail({ subject: 'invoice 1', from: 'a@example.org', to: 'x@example.com' }), date: day('2026-11-01') },
			{
				raw: mail({ subject: 'invoice 2', from: 'b@example.net', to: 'y@example.com', body: 'call me back' }),
				date: day('2026-11-05'),
			},
			{ raw: mail({ subject: 'hello', from: 'a@example.org', to: 'y@example.com' }), date: day('2026-11-10') },
		];
		return await imap({ messages });
	}

	it.each([
		[{}, ['hello', 'invoice 2', 'invoice 1']],
		[{ from: 'example.org' }, ['hello', 'invoice 1']],
		[{ to: 'y@example.com' }, ['hello', 'invoice 2']],
		[{ subject: 'invoice' }, ['invoice 2', 'invoice 1']],
		[{ text: 'call me' }, ['invoice 2']],
		[{ since: '2026-11-05T12:00:00Z' }, ['hello', 'invoice 2']],
		[{ before: '2026-11-05T12:00:00Z' }, ['invoice 1']],
		[{ subject: 'invoice', since: '2026-11-02', before: '2026-11-06' }, ['invoice 2']],
	])('IMAP: %j', async (criteria, expected) => {
		expect(subjects(await output(await filled(), { ...search, folder: path('INBOX'), criteria }))).toEqual(expected);
	});

	it('puts out what Get understands', async () => {
		const server = await filled();
		const hits = await output(server, { ...search, folder: path('INBOX'), criteria: { subject: 'invoice' } });
		expect(hits[0]!.json).toMatchObject({
			subject: 'invoice 2',
			from: [{ address: 'b@example.net' }],
			receivedAt: '2026-11-05T12:00:00.000Z',
			source: { kind: 'imap', folder: 'INBOX', uid: 2 },
		});
		const got = await output(
			server,
			{ resource: 'message', operation: 'get', output: 'full', messageBy: 'item' },
			hits.map(({ json }) => json),
		);
		expect(subjects(got)).toEqual(['invoice 2', 'invoice 1']);
		expect(got.map(({ json }) => json.id)).toEqual(hits.map(({ json }) => json.id));
	});

	it('keeps to the limit, or returns all', async () => {
		const server = await imap({ messages: Array.from({ length: 60 }, (_, index) => recent(`m${index}`)) });
		const parameters = { ...search, folder: path('INBOX') };
		expect(await output(server, parameters)).toHaveLength(50);
		expect(subjects(await output(server, { ...parameters, limit: 2 }))).toEqual(['m59', 'm58']);
		expect(await output(server, { ...parameters, returnAll: true })).toHaveLength(60);
	});

	it('takes a time without zone in the zone of the workflow', async () => {
		const server = await filled();
		const nodes = [
			readerNode(server, { ...search, folder: path('INBOX'), criteria: { since: '2026-11-05T08:00:00' } }),
		];
		const found = async (timezone: string) => {
			const settings = { executionOrder: 'v1', timezone };
			const result = await execute({
				types,
				nodes,
				connections: {},
				credentials: credentialsOf(server),
				startNode: 'Reader',
				startItems: [{ json: {} }],
				settings,
			});
			return subjects(result.output('Reader')!);
		};
		expect(await found('UTC')).toEqual(['hello', 'invoice 2']);
		// 08:00 in Los Angeles is 16:00 UTC, after the second message.
		expect(await found('America/Los_Angeles')).toEqual(['hello']);
	});

	it('says what is no time', async () => {
		const result = await run(await filled(), {
			...search,
			folder: path('INBOX'),
			criteria: { since: 'the day before' },
		});
		expect(result.error()?.message).toBe("'Received Since' must be a date and time, but it is 'the day before'");
	});

	it('Gmail: the same', async () => {
		const lab = await gmail({ messages: [recent('one'), recent('two')] });
		const items = await output(lab, { ...search, folder: path('INBOX'), criteria: { subject: 'two' } });
		expect(subjects(items)).toEqual(['two']);
		expect(items[0]!.json.source).toMatchObject({ kind: 'gmail' });
	});

	it('Microsoft 365: the whole mailbox, or a folder, by words and by time', async () => {
		const microsoft = await graph();
		microsoft.arrive('invoice in the inbox', { from: 'a@example.org' });
		microsoft.box.deliver(microsoft.box.folder('archive'), {
			subject: 'invoice in the archive',
			from: 'b@example.org',
			receivedAt: day('2026-11-05').getTime(),
		});
		const everywhere = { ...search, mailbox: '', folder: { __rl: true, mode: 'list', value: '' } };
		const found = async (parameters: IDataObject) =>
			subjects(await output(microsoft, { ...everywhere, ...parameters }));
		expect((await found({ criteria: { subject: 'invoice' } })).sort()).toEqual([
			'invoice in the archive',
			'invoice in the inbox',
		]);
		expect(await found({ criteria: { subject: 'invoice' }, folder: path('archive') })).toEqual([
			'invoice in the archive',
		]);
		expect(await found({ criteria: { before: '2026-11-06' } })).toEqual(['invoice in the archive']);
	});

	it('Microsoft 365: returns all by time, past a thousand; by words it says that there may be more', async () => {
		const microsoft = await graph();
		for (let number = 0; number < 1100; number++) microsoft.arrive(`report ${number}`);
		const parameters = { ...search, returnAll: true, mailbox: '', folder: path('inbox') };
		expect(await output(microsoft, parameters)).toHaveLength(1100);
		const result = await run(microsoft, { ...parameters, criteria: { subject: 'report' } });
		expect(result.output('Reader')).toHaveLength(1000);
		expect(result.run.data.resultData.runData.Reader![0]!.hints).toEqual([
			expect.objectContaining({ message: expect.stringMatching(/at most 1000/) }),
		]);
	}, 60_000);
});

describe('changing a message', () => {
	const by = { messageBy: 'uid', folder: path('INBOX'), uid: 1 };

	it('happens only when asked for: marks as read', async () => {
		const server = await imap({ messages: [recent('one'), recent('two')] });
		const [item] = await output(server, { resource: 'message', operation: 'markAsRead', ...by });
		expect(item!.json).toMatchObject({ markedAsRead: true, source: { folder: 'INBOX', uid: 1 } });
		expect(server.list().map(({ flags }) => flags.includes('\\Seen'))).toEqual([true, false]);
	});

	it('adds and removes flags', async () => {
		const server = await imap({ messages: [recent('one'), recent('two')] });
		const flag = { resource: 'message', operation: 'flag', ...by };
		await output(server, { ...flag, flagChange: 'add', flags: '\\Flagged, $Phishing' });
		expect(server.list().map(({ flags }) => flags.filter((name) => name !== '\\Recent').sort())).toEqual([
			['$Phishing', '\\Flagged'],
			[],
		]);
		const [item] = await output(server, { ...flag, flagChange: 'remove', flags: '\\Flagged' });
		expect(item!.json).toMatchObject({ flagsRemoved: ['\\Flagged'] });
		expect(server.list()[0]!.flags).toEqual(expect.not.arrayContaining(['\\Flagged']));
	});

	it.each(['={{ "" }}', ' , '])('says that flags are missing (%j)', async (flags) => {
		const server = await imap({ messages: [recent('one')] });
		const result = await run(server, { resource: 'message', operation: 'flag', ...by, flagChange: 'add', flags });
		expect(result.error()?.message).toBe("'Flags' is empty");
	});

	it('moves, and tells where the message is now, so that the next step finds it', async () => {
		const server = await imap({ folders: ['Done'], messages: [recent('one'), recent('two')] });
		const [moved] = await output(server, {
			resource: 'message',
			operation: 'move',
			...by,
			uid: 2,
			destination: path('Done'),
		});
		expect(moved!.json).toMatchObject({ moved: true, source: { folder: 'Done', uid: 1 } });
		expect([server.list().length, server.list('Done').length]).toEqual([1, 1]);
		const again = await output(server, { resource: 'message', operation: 'get', output: 'full', messageBy: 'item' }, [
			moved!.json,
		]);
		expect(subjects(again)).toEqual(['two']);
	});

	it('by Message-ID, for Gmail too', async () => {
		const lab = await gmail({ messages: [recent('one'), recent('two')] });
		const parameters = { resource: 'message', operation: 'markAsRead', messageBy: 'messageId', folder: path('INBOX') };
		await output(lab, { ...parameters, messageId: '<two@example.org>' });
		expect(lab.imap.list().map(({ flags }) => flags.includes('\\Seen'))).toEqual([false, true]);
	});

	it('asks for a folder when an expression gives none, and does not take the inbox instead', async () => {
		const server = await imap({ messages: [recent('one')] });
		const none = { resource: 'message', folder: path('={{ "" }}') };
		for (const parameters of [
			{ ...none, operation: 'search' },
			{ ...none, operation: 'get', messageBy: 'uid', uid: 1 },
		]) {
			expect((await run(server, parameters)).error()!.message).toMatch(/'Folder' is empty/);
		}
	});

	it('names the folders that are there when the destination is not; nothing is moved', async () => {
		const server = await imap({ folders: ['Done'], messages: [recent('one')] });
		const move = { resource: 'message', operation: 'move', ...by };
		const error = (await run(server, { ...move, destination: path('Dome') })).error()!;
		expect(`${error.message} ${error.description}`).toMatch(/'Dome'.*Done/);
		expect((await run(server, { ...move, destination: path('={{ "" }}') })).error()!.message).toMatch(
			/'Destination Folder' is empty/,
		);
		expect(server.list()).toHaveLength(1);
	});

	it.each(['markAsRead', 'flag', 'move'])('is refused for Microsoft 365 in plain words: %s', async (operation) => {
		const microsoft = await graph();
		const graphId = microsoft.arrive('one');
		const parameters = {
			messageBy: 'graphId',
			graphId,
			mailbox: '',
			flagChange: 'add',
			flags: 'x',
			destination: path('archive'),
		};
		const error = (await run(microsoft, { resource: 'message', operation, ...parameters })).error()!;
		expect(error.message).toBe('A Microsoft 365 mailbox is read-only');
		expect(error.description).toMatch(/Microsoft Outlook node/);
	});

	it('is not offered for Microsoft 365 in the editor', () => {
		const lists = types[READER].description.properties.filter(({ name }) => name === 'operation');
		const offered = (connection: string) =>
			lists
				.filter(({ displayOptions }) => displayOptions?.show?.connection?.includes(connection))
				.flatMap(({ options }) => (options as { value: string }[]).map(({ value }) => value));
		expect(offered('graph')).toEqual(['draftReply', 'get', 'getAttachments', 'search']);
		expect(offered('imap')).toEqual(['draftReply', 'flag', 'get', 'getAttachments', 'markAsRead', 'move', 'search']);
		expect(offered('gmail')).toEqual(offered('imap'));
	});
});

describe('listing folders', () => {
	const folders = { resource: 'folder', operation: 'getAll', returnAll: true, counts: false };

	it('gives paths and roles, and counts on request', async () => {
		const server = await imap({
			folders: ['Reports', 'Reports/2026'],
			messages: [recent('one'), { ...recent('two'), flags: ['\\Seen'] }],
		});
		const items = await output(server, folders);
		expect(items.map(({ json }) => json.path)).toEqual(
			expect.arrayContaining(['INBOX', 'Junk', 'Reports', 'Reports/2026']),
		);
		expect(items.find(({ json }) => json.path === 'Junk')!.json.specialUse).toBe('\\Junk');
		expect(items[0]!.json).not.toHaveProperty('messages');
		const counted = await output(server, { ...folders, counts: true });
		expect(counted.find(({ json }) => json.path === 'INBOX')!.json).toMatchObject({ messages: 2, unseen: 1 });
		expect(await output(server, { ...folders, returnAll: false, limit: 2 })).toHaveLength(2);
	});

	it('of Gmail and of Microsoft 365', async () => {
		expect((await output(await gmail(), folders)).map(({ json }) => json.path)).toContain('INBOX');
		const cloud = await output(await graph(), { ...folders, mailbox: '' });
		expect(cloud.find(({ json }) => json.path === 'Posteingang')!.json).toMatchObject({ specialUse: 'inbox' });
	});

	it('feeds the folder picker of every connection', async () => {
		const list = async (opened: Opened, filter: string) => {
			const pollNode = readerNode(opened, { resource: 'message', operation: 'search', mailbox: '' });
			const workflow = new workflowPackage.Workflow({
				id: 'w',
				nodes: [pollNode],
				connections: {},
				active: false,
				nodeTypes: nodeTypes(types),
			});
			const extra = additionalData({ mode: 'manual', workflowData: workflow, credentials: credentialsOf(opened) });
			Object.assign(extra, { currentNodeParameters: pollNode.parameters });
			const context = new core.LoadOptionsContext(workflow, pollNode, extra, '');
			return (await types[READER].methods.listSearch.searchFolders.call(context, filter)).results.map(
				({ name, value }) => `${name} = ${value}`,
			);
		};
		expect(await list(await imap({ folders: ['Reports'] }), 'rep')).toEqual(['Reports = Reports']);
		expect(await list(await imap(), 'junk')).toEqual(['Junk = Junk']);
		expect(await list(await gmail({ folders: ['Reports'] }), 'rep')).toEqual(['Reports = Reports']);
		expect(await list(await graph(), 'posteing')).toEqual(['Posteingang = inbox']);
	});
});

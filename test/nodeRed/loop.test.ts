import { MAILBOX_LIMITS } from '../../lib/limits';
import { MailboxError, type Mailbox, type MailboxMessage } from '../../lib/mailbox';
import { MailboxLoop, type DeliveryToken, type LoopSettings } from '../../node-red/shared/mailboxLoop';
import type { FlowMessage, NodeStatus, Runtime } from '../../node-red/shared/runtime';
import { PositionStore, storeName } from '../../node-red/shared/store';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const SETTINGS: LoopSettings = {
	delivery: { timeoutMs: 10 * MINUTE, maxInFlight: 5 },
	intervalMs: MINUTE,
	poll: { folder: 'INBOX', firstRunLookBack: 'P30D' },
	item: {},
	place: 'a mailbox, INBOX',
	folder: 'INBOX',
};

/** A folder whose position is a number of messages. */
class Folder {
	readonly messages: MailboxMessage[] = [];
	readonly polls: (number | undefined)[] = [];
	/** What the next calls fail with. */
	fault: MailboxError | undefined;
	/** Ids that `get` does not find, unless it is asked by Message-ID. */
	readonly renumbered = new Set<string>();
	readonly gone = new Set<string>();
	opened = 0;
	closed = 0;

	deliver(name: string): void {
		const uid = this.messages.length + 1;
		const raw = Buffer.from(
			`From: a@example.com\r\nSubject: ${name}\r\nMessage-ID: <${name}@example.com>\r\n\r\n${name}\r\n`,
		);
		const source = { kind: 'imap', mailbox: 'soc@example.com', folder: 'INBOX', uid, uidValidity: '1' } as const;
		this.messages.push({ id: name, source, raw, size: raw.length, truncated: false });
	}

	open(): Mailbox {
		this.opened++;
		const mailbox: Pick<Mailbox, 'poll' | 'get' | 'close'> = {
			poll: async (state, { cap = 0 } = {}) => {
				if (this.fault !== undefined) throw this.fault;
				const from = (state as number | undefined) ?? 0;
				this.polls.push(from);
				const messages = this.messages.slice(from, from + cap);
				const next = from + messages.length;
				return { messages, state: next, more: next < this.messages.length, warnings: [] };
			},
			get: async (reference) => {
				if (this.fault !== undefined) throw this.fault;
				const found = this.messages.find(({ id, source }) =>
					'uid' in reference
						? source.uid === reference.uid && !this.renumbered.has(id)
						: 'messageId' in reference && reference.messageId === `<${id}@example.com>`,
				);
				if (found === undefined || this.gone.has(found.id))
					throw new MailboxError('MAILBOX_MESSAGE_MISSING', 'It is not there');
				return { ...found, id: `new-${found.id}` };
			},
			close: async () => void this.closed++,
		};
		return mailbox as Mailbox;
	}
}

/** Node-RED's global context, as JSON. */
class Context {
	stored = new Map<string, string>();
	fails = false;

	scope() {
		const fail = () => (this.fails ? new Error('disk full') : null);
		return {
			get: (key: string, _store: unknown, callback: (error: Error | null, value?: unknown) => void) => {
				const text = this.stored.get(key);
				setImmediate(() => callback(fail(), text === undefined ? undefined : JSON.parse(text)));
			},
			set: (key: string, value: unknown, _store: unknown, callback: (error: Error | null) => void) => {
				const text = JSON.stringify(value);
				setImmediate(() => {
					if (!this.fails) this.stored.set(key, text);
					callback(fail());
				});
			},
		};
	}
}

class Life {
	readonly folder = new Folder();
	readonly context = new Context();
	readonly sent: FlowMessage[] = [];
	readonly errors: [string, FlowMessage][] = [];
	readonly warnings: string[] = [];
	status: NodeStatus = {};
	#loop!: MailboxLoop;

	start(settings: Partial<LoopSettings> = {}): void {
		const red = { settings: { contextStorage: { default: { module: 'localfilesystem' } } } } as unknown as Runtime;
		const node = { id: 'ab-12.cd', context: () => ({ global: this.context.scope() }) };
		const store = new PositionStore(red, node as never, { name: '', memoryOnly: false });
		this.#loop = new MailboxLoop(
			{
				nodeId: 'ab-12.cd',
				open: () => this.folder.open(),
				send: (message) => this.sent.push(message),
				status: (status) => (this.status = status),
				error: (error, message) => this.errors.push([error.message, message]),
				warn: (text) => this.warnings.push(text),
				log: () => {},
			},
			store,
			{ ...SETTINGS, ...settings },
		);
		this.#loop.start();
	}

	/** Lets so much time go by, and everything that is due then happen. */
	pass = async (ms = SECOND) => await jest.advanceTimersByTimeAsync(ms);
	names = () => this.sent.map(({ topic }) => topic);
	ack = async (name: string, outcome: 'done' | 'retry' = 'done') => {
		const message = this.sent.findLast(({ topic }) => topic === name)!;
		const acknowledged = this.#loop.acknowledge(message.delivery as DeliveryToken, outcome);
		await this.pass();
		await acknowledged;
	};
	stop = async () => {
		const closed = this.#loop.close();
		await this.pass();
		await closed;
	};
	poll = () => this.#loop.pollNow();
}

let life: Life;

describe('mailbox in', () => {
	beforeEach(() => {
		jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'], now: Date.parse('2026-11-26T12:00:00Z') });
		life = new Life();
	});
	afterEach(async () => {
		await life.stop();
		jest.useRealTimers();
		// Whatever happened, no connection is left.
		expect(life.folder.closed).toBeGreaterThanOrEqual(life.folder.opened);
	});

	it('sends what is there, and what arrives, with what an acknowledgement needs', async () => {
		life.folder.deliver('one');
		life.start();
		await life.pass();
		expect(life.sent).toEqual([
			{
				topic: 'one',
				payload: expect.objectContaining({ id: 'one', subject: 'one', source: expect.objectContaining({ uid: 1 }) }),
				binary: { email: { data: life.folder.messages[0]!.raw, fileName: 'message.eml', mimeType: 'message/rfc822' } },
				delivery: { node: 'ab-12.cd', id: 'one', attempt: 1 },
			},
		]);
		expect(life.status).toMatchObject({ fill: 'green', text: '1 in the flow' });
		await life.ack('one');
		expect(life.status).toMatchObject({ fill: 'green', text: 'up to date' });
		life.folder.deliver('two');
		await life.pass(MINUTE);
		expect(life.names()).toEqual(['one', 'two']);
	});

	it('after a restart sends what was not acknowledged, whatever the order of the others', async () => {
		['a', 'b', 'c'].forEach((name) => life.folder.deliver(name));
		life.start();
		await life.pass();
		await life.ack('c');
		await life.ack('a');
		await life.stop();
		life.start();
		await life.pass();
		expect(life.names()).toEqual(['a', 'b', 'c', 'b']);
		await life.ack('b');
		await life.stop();
		life.start();
		await life.pass();
		expect(life.names()).toHaveLength(4);
	});

	it('has no more in the flow than allowed, and goes on at once when there is room', async () => {
		for (let count = 0; count < 12; count++) life.folder.deliver(`m${count}`);
		life.start();
		await life.pass();
		expect(life.names()).toHaveLength(5);
		expect(life.status).toMatchObject({ fill: 'yellow', text: '5 in the flow, waits for acknowledgements' });
		await life.ack('m3');
		expect(life.names()).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5']);
	});

	it('sends a message again after its time-out, fetched anew, under the same id', async () => {
		life.folder.deliver('slow');
		life.folder.deliver('fine');
		life.start();
		await life.pass();
		await life.ack('fine');
		await life.pass(10 * MINUTE);
		expect(life.warnings).toEqual([expect.stringContaining('message 1 of INBOX was not acknowledged (sent 1 times)')]);
		expect(life.status).toMatchObject({ fill: 'yellow', text: '1 late' });
		await life.pass(MAILBOX_LIMITS.backoffMinutes[0] * MINUTE);
		expect(life.sent.at(-1)).toMatchObject({ topic: 'slow', delivery: { id: 'slow', attempt: 2 } });
		await life.ack('slow');
		await life.pass(30 * MINUTE);
		expect(life.names()).toEqual(['slow', 'fine', 'slow']);
	});

	it('finds a late message by its Message-ID when the server has numbered its folder anew', async () => {
		life.folder.deliver('moved');
		life.start();
		await life.pass();
		life.folder.renumbered.add('moved');
		await life.pass(12 * MINUTE);
		expect(life.names()).toEqual(['moved', 'moved']);
	});

	it('a message that is never acknowledged holds up nobody, and is given up with an error that names it', async () => {
		life.folder.deliver('poison');
		life.start();
		await life.pass();
		let others = 0;
		while (life.errors.length === 0) {
			const name = `other${others++}`;
			life.folder.deliver(name);
			await life.pass(60 * MINUTE);
			await life.ack(name);
		}
		expect(life.names().filter((name) => name === 'poison')).toHaveLength(MAILBOX_LIMITS.maxAttempts);
		expect(new Set(life.names()).size).toBe(others + 1);
		expect(life.errors).toEqual([
			[
				expect.stringMatching(/sent 8 times and never acknowledged.*\(NODE_RED_NOT_ACKNOWLEDGED\)$/),
				expect.objectContaining({
					payload: expect.objectContaining({ id: 'poison', messageId: '<poison@example.com>' }),
				}),
			],
		]);
		await life.stop();
		life.start();
		await life.pass(60 * MINUTE);
		expect(life.names().filter((name) => name === 'poison')).toHaveLength(MAILBOX_LIMITS.maxAttempts);
	});

	it('one that is no longer in the mailbox counts as sent in vain', async () => {
		life.folder.deliver('deleted');
		life.start();
		await life.pass();
		life.folder.gone.add('deleted');
		while (life.errors.length === 0) await life.pass(60 * MINUTE);
		expect(life.names()).toEqual(['deleted']);
	});

	it('comes again soon when the flow says so', async () => {
		life.folder.deliver('one');
		life.start();
		await life.pass();
		await life.ack('one', 'retry');
		await life.pass(MAILBOX_LIMITS.backoffMinutes[0] * MINUTE);
		expect(life.names()).toEqual(['one', 'one']);
	});

	it('tells of a server that is away once, tries each interval, and goes on when it is back', async () => {
		life.folder.deliver('one');
		life.folder.fault = new MailboxError('MAILBOX_UNREACHABLE', 'Nobody is there');
		life.start();
		await life.pass(10 * MINUTE);
		expect(life.errors).toEqual([[expect.stringContaining('(MAILBOX_UNREACHABLE)'), expect.anything()]]);
		expect(life.status).toMatchObject({ fill: 'red', text: 'MAILBOX_UNREACHABLE' });
		expect(life.folder.opened).toBeLessThanOrEqual(11);
		life.folder.fault = undefined;
		await life.pass(MINUTE);
		expect(life.names()).toEqual(['one']);
		expect(life.status).toMatchObject({ fill: 'green' });
	});

	it('rests, too, when late messages are due at a server that is away', async () => {
		life.folder.deliver('late');
		life.start();
		await life.pass();
		life.folder.fault = new MailboxError('MAILBOX_UNREACHABLE', 'Nobody is there');
		await life.pass(20 * MINUTE);
		expect(life.folder.opened).toBeLessThan(25);
		life.folder.fault = undefined;
		await life.pass(2 * MINUTE);
		expect(life.names()).toEqual(['late', 'late']);
	});

	it('polls at once when somebody asks for it', async () => {
		life.start({ intervalMs: 60 * MINUTE });
		await life.pass();
		life.folder.deliver('one');
		life.poll();
		await life.pass();
		expect(life.names()).toEqual(['one']);
	});

	it('a store that fails is told, and loses nothing', async () => {
		life.folder.deliver('one');
		life.context.fails = true;
		life.start();
		await life.pass(3 * MINUTE);
		expect(life.status).toMatchObject({ fill: 'red', text: 'NODE_RED_STORE_FAILED' });
		life.context.fails = false;
		await life.pass(2 * MINUTE);
		expect(life.names()).toEqual(['one']);
	});

	it('finds the position of another folder again when that is chosen again', async () => {
		life.folder.deliver('one');
		life.start();
		await life.pass();
		await life.ack('one');
		await life.stop();
		life.start({ place: 'another folder' });
		await life.pass();
		await life.ack('one');
		await life.stop();
		life.start();
		await life.pass();
		expect(life.names()).toEqual(['one', 'one']);
	});
});

describe('the store of a position', () => {
	const files = { module: 'localfilesystem' };
	const memory = { module: 'memory' };
	it.each<[string, unknown, { name: string; memoryOnly: boolean }, string | undefined]>([
		['the default one, of files', { default: files }, { name: '', memoryOnly: false }, 'default'],
		['the first of files', { default: memory, disk: files }, { name: '', memoryOnly: false }, 'disk'],
		[
			'the one that the default stands for',
			{ default: 'disk', fast: memory, disk: files },
			{ name: '', memoryOnly: false },
			'disk',
		],
		['one of another module', { default: { module: () => ({}) } }, { name: '', memoryOnly: false }, 'default'],
		['the chosen one', { default: files, other: files }, { name: 'other', memoryOnly: false }, 'other'],
		['memory, as the user says so', undefined, { name: '', memoryOnly: true }, undefined],
		[
			'a memory store by its name, as the user says so',
			{ default: memory, fast: memory },
			{ name: 'fast', memoryOnly: true },
			'fast',
		],
	])('is %s', (_name, contextStorage, choice, expected) => {
		expect(storeName(contextStorage, choice)).toBe(expected);
	});

	it.each<[string, unknown, { name: string; memoryOnly: boolean }]>([
		['nothing is configured', undefined, { name: '', memoryOnly: false }],
		['there is only memory', { default: memory }, { name: '', memoryOnly: false }],
		['memory is chosen without a word', { default: files, fast: memory }, { name: 'fast', memoryOnly: false }],
		['the chosen one is not there', { default: files }, { name: 'gone', memoryOnly: false }],
		['names stand for one another', { default: 'a', a: 'default' }, { name: '', memoryOnly: false }],
	])('is an error that says what to do when %s', (_name, contextStorage, choice) => {
		expect(() => storeName(contextStorage, choice)).toThrow(
			expect.objectContaining({ code: 'NODE_RED_STORE', hint: expect.stringContaining('settings.js') }) as Error,
		);
	});
});

import type { Socket } from 'node:net';
import type { LabCertificate } from './certificates';

/** A message as the lab stores it. */
export interface LabMessage {
	raw: string | Buffer;
	/** INTERNALDATE. Default: now. */
	date?: Date;
	flags?: string[];
	/** Default: the next one. */
	uid?: number;
	/** Default INBOX. */
	folder?: string;
}

/** What goes wrong with a command. */
export interface LabFault {
	/** Upper case, e.g. `UID FETCH`, `LOGIN`, `UID SEARCH`, `EXAMINE`. */
	command: string;
	/** Only for commands whose line contains it (or passes it). */
	when?: string | ((line: string) => boolean);
	/**
	 * `drop`: the connection ends; `hang`: no answer, ever; `no`/`bad`: refusal with this text, `[CODE] words`;
	 * `ok`: done, without having done anything; `delayMs`: answered late; `cutAfter`: the connection ends after that many bytes of the answer;
	 * `rewrite`: each piece of the answer as it is written, in latin1, becomes what this makes of it.
	 */
	how:
		| 'drop'
		| 'hang'
		| { ok: string }
		| { no: string }
		| { bad: string }
		| { delayMs: number }
		| { cutAfter: number }
		| { bye: string }
		| { rewrite: (answer: string, line: string) => string };
	/** How often. Default: always. */
	times?: number;
}

export interface EmbeddedImapOptions {
	messages?: LabMessage[];
	/** Folders besides INBOX, e.g. `Reports`, `Reports/2026`. */
	folders?: string[];
	/** Default `analyst@example.com`. */
	user?: string;
	/** Default `secret`. */
	password?: string;
	/** Accepted by XOAUTH2. */
	accessToken?: string;
	/** TLS from the start. */
	tls?: LabCertificate;
	/** STARTTLS offered with it. */
	starttls?: LabCertificate;
	/** LOGIN is refused until TLS. */
	loginDisabled?: boolean;
	/** Gmail's X-GM-MSGID and friends. */
	gmail?: boolean;
	/** `BODY.PEEK[]<0.1000>` is answered with the whole message. */
	ignoresRanges?: boolean;
	uidValidity?: number;
	/** Announced besides, without being there. */
	capabilities?: string[];
	/**
	 * What UIDs are worth when a folder is opened with EXAMINE. `renumbered`: each EXAMINE gives new UIDs and a new UIDVALIDITY, until a
	 * SELECT fixes them (GNU Mailutils imap4d 3.15). `each open`: every opening does, SELECT as well (thunderbird-android#1074).
	 * Default: they stick.
	 */
	uids?: 'renumbered' | 'each open';
	/**
	 * A partial FETCH of several messages gives the bytes of the first only, `{0}` for the others: hoodiecrow-imap 2.1.0 as it is
	 * published. Default: as RFC 9051 has it.
	 */
	emptyPartials?: boolean;
	/** UIDs of messages whose bytes the server has lost: an empty literal, with the size that they had (Mailspring-Sync#29). */
	emptyBodies?: number[];
}

interface Parsed {
	tag: string;
	command: string;
}
interface Connection {
	socket: Socket | null;
	send(response: object, description: string, parsed: Parsed, line: string): void;
}
type Handler = (connection: Connection, parsed: Parsed, line: string, done: () => void) => void;
interface StoredMessage {
	uid: number;
	raw: string;
	flags: string[];
	internaldate: string;
}
interface Mailbox {
	path: string;
	uidvalidity: number;
	uidnext: number;
	messages: StoredMessage[];
}
interface Hoodiecrow {
	server: import('node:net').Server;
	commandHandlers: Record<string, Handler>;
	connectionHandlers: Array<(connection: Connection) => void>;
	fetchHandlers: Record<string, (connection: Connection, message: StoredMessage, query?: unknown) => unknown>;
	registerCapability(name: string): void;
	getCommandHandler(command: string): Handler | false;
	getMailbox(path: string): Mailbox | undefined;
	createMailbox(path: string): void;
	deleteMailbox(path: string): void;
	appendMessage(mailbox: string, flags: string[], date: Date, raw: string): { message: StoredMessage };
}

/** An IMAP server inside this process: no compiler, no disk, any system. Faults are injected on purpose. */
export class EmbeddedImap {
	readonly user: string;
	readonly password: string;
	readonly host = '127.0.0.1';
	port = 0;
	/** PEM of the authority when it speaks TLS. */
	readonly ca?: string;
	/** Command lines as received, tags removed. */
	readonly commands: string[] = [];
	/** Connections so far. */
	connections = 0;
	readonly #faults: LabFault[] = [];
	readonly #sockets = new Set<Socket>();
	readonly #imap: Hoodiecrow;
	/** Folders whose UIDs a SELECT has fixed. */
	readonly #fixed = new Set<string>();
	/** RFC822.SIZE that is told instead of the true one, by UID. */
	readonly #lies = new Map<number, number>();

	private constructor(options: EmbeddedImapOptions) {
		this.user = options.user ?? 'analyst@example.com';
		this.password = options.password ?? 'secret';
		const certificate = options.tls ?? options.starttls;
		if (certificate) this.ca = certificate.ca;
		const plugins = [
			...['ID', 'SASL-IR', 'NAMESPACE', 'ENABLE', 'LITERALPLUS', 'UNSELECT', 'SPECIAL-USE', 'UIDPLUS', 'MOVE'],
		];
		if (options.accessToken) plugins.push('XOAUTH2');
		if (options.starttls) plugins.push('STARTTLS');
		// LOGINDISABLED is about LOGIN only: AUTH=PLAIN would stay open.
		plugins.push(options.loginDisabled ? 'LOGINDISABLED' : 'AUTH-PLAIN');
		if (options.gmail) plugins.push('X-GM-EXT-1');
		const create = require('hoodiecrow-imap') as (options: object) => Hoodiecrow;
		this.#imap = create({
			plugins,
			...(certificate ? { credentials: { key: certificate.key, cert: certificate.cert } } : {}),
			secureConnection: options.tls !== undefined,
			users: {
				[this.user]: {
					password: this.password,
					xoauth2: { accessToken: options.accessToken ?? '', sessionTimeout: 3_600_000 },
				},
			},
			storage: {
				INBOX: { uidvalidity: options.uidValidity ?? 1 },
				'': { folders: { Junk: { 'special-use': '\\Junk' } } },
			},
		});
		// Its Gmail plugin does not announce itself.
		if (options.gmail) this.#imap.registerCapability('X-GM-EXT-1');
		for (const name of options.capabilities ?? []) this.#imap.registerCapability(name);
		for (const folder of options.folders ?? []) this.createFolder(folder);
		for (const message of options.messages ?? []) this.append(message);
		this.#watch(options);
	}

	/** Starts on 127.0.0.1 and a free port. */
	static async start(options: EmbeddedImapOptions = {}): Promise<EmbeddedImap> {
		const server = new EmbeddedImap(options);
		await new Promise<void>((resolve, reject) => {
			server.#imap.server.once('error', reject);
			server.#imap.server.listen(0, server.host, () => resolve());
		});
		server.port = (server.#imap.server.address() as import('node:net').AddressInfo).port;
		return server;
	}

	/** Stores a message and gives its UID. */
	append(message: LabMessage | string): number {
		const { raw, date, flags, folder, uid }: LabMessage = typeof message === 'string' ? { raw: message } : message;
		const mailbox = this.#mailbox(folder ?? 'INBOX');
		if (uid !== undefined) mailbox.uidnext = uid;
		// The server keeps bytes in a binary string.
		const bytes = (Buffer.isBuffer(raw) ? raw : Buffer.from(raw)).toString('binary');
		const { message: stored } = this.#imap.appendMessage(mailbox.path, [...(flags ?? [])], date ?? new Date(), bytes);
		// Message numbers follow UIDs (RFC 9051 section 2.3.1.2), also where a counter was put back.
		if (uid !== undefined) mailbox.messages.sort((a, b) => a.uid - b.uid);
		return stored.uid;
	}

	/** Takes a message away, as an expunge by somebody else. */
	remove(uid: number, folder = 'INBOX'): void {
		const mailbox = this.#mailbox(folder);
		mailbox.messages = mailbox.messages.filter((message) => message.uid !== uid);
	}

	/** UIDs and flags of a folder. */
	list(folder = 'INBOX'): Array<{ uid: number; flags: string[] }> {
		return this.#mailbox(folder).messages.map(({ uid, flags }) => ({ uid, flags: [...flags] }));
	}

	/** Gives a message another UID, the next one, as servers do whose UIDs do not stick. */
	renumber(uid: number, folder = 'INBOX'): void {
		const mailbox = this.#mailbox(folder);
		const message = mailbox.messages.find((one) => one.uid === uid);
		if (message !== undefined) message.uid = mailbox.uidnext++;
	}

	/** Gives messages other UIDs, in the same order. */
	renumberAll(uids: ReadonlyMap<number, number>, folder = 'INBOX'): void {
		for (const message of this.#mailbox(folder).messages) message.uid = uids.get(message.uid) ?? message.uid;
	}

	/** From here on it counts. */
	setUidNext(value: number, folder = 'INBOX'): void {
		this.#mailbox(folder).uidnext = value;
	}

	setUidValidity(value: number, folder = 'INBOX'): void {
		this.#mailbox(folder).uidvalidity = value;
	}

	createFolder(path: string): void {
		this.#imap.createMailbox(path);
	}

	deleteFolder(path: string): void {
		this.#imap.deleteMailbox(path);
	}

	/** From now on, or until `times` is used up. Returns what takes it back. */
	fault(fault: LabFault): () => void {
		const own = { ...fault };
		this.#faults.push(own);
		return () => {
			const index = this.#faults.indexOf(own);
			if (index >= 0) this.#faults.splice(index, 1);
		};
	}

	/** From now on it does what servers in the field do. Returns what takes it back. */
	follow({ faults }: { faults: readonly LabFault[] }): () => void {
		const ends = faults.map((fault) => this.fault(fault));
		return () => {
			for (const end of ends) end();
		};
	}

	/** Tells a wrong RFC822.SIZE. */
	lieAboutSize(uid: number, size: number): void {
		this.#lies.set(uid, size);
	}

	/** Connections at present. */
	get open(): number {
		return this.#sockets.size;
	}

	/** Ends every connection. */
	dropAll(): void {
		for (const socket of this.#sockets) socket.destroy();
	}

	async close(): Promise<void> {
		this.dropAll();
		await new Promise<void>((resolve) => this.#imap.server.close(() => resolve()));
	}

	#mailbox(path: string): Mailbox {
		const mailbox = this.#imap.getMailbox(path);
		if (mailbox === undefined) throw new Error(`The lab has no folder '${path}'`);
		return mailbox;
	}

	#watch({ ignoresRanges = false, emptyPartials = false, emptyBodies = [], uids }: EmbeddedImapOptions): void {
		const imap = this.#imap;
		imap.server.on('connection', (socket: Socket) => {
			this.connections++;
			this.#sockets.add(socket);
			// Its many small writes would wait for acknowledgements, 40 ms each.
			socket.setNoDelay(true);
			socket.on('error', () => undefined);
			socket.once('close', () => this.#sockets.delete(socket));
		});
		// A client that does not like the certificate is part of the game.
		imap.server.on('tlsClientError', () => undefined);
		imap.fetchHandlers['RFC822.SIZE'] = (_connection, message) => this.#lies.get(message.uid) ?? message.raw.length;
		// The server changes the partial range (`<0.1000>`) of the command itself, for the first message only.
		const bodies = require('hoodiecrow-imap/lib/commands/handlers/fetch') as Hoodiecrow['fetchHandlers'];
		const asked = new WeakMap<object, number[]>();
		const body: Hoodiecrow['fetchHandlers'][string] = (connection, message, query) => {
			if (emptyBodies.includes(message.uid)) return '';
			const item = query as { partial?: number[] };
			if (emptyPartials) return bodies['BODY']?.(connection, message, query);
			if (item.partial && !asked.has(item)) asked.set(item, [...item.partial]);
			const partial = asked.get(item);
			if (ignoresRanges) return bodies['BODY']?.(connection, message, { ...item, partial: undefined });
			if (partial) item.partial = [partial[0] ?? 0];
			return bodies['BODY']?.(connection, message, { ...item, ...(partial ? { partial: [...partial] } : {}) });
		};
		imap.fetchHandlers['BODY'] = body;
		imap.fetchHandlers['BODY.PEEK'] = body;
		const original = imap.getCommandHandler.bind(imap);
		imap.getCommandHandler = (command) => {
			const handler = original(command);
			// It has no answer to this one, and none to the command's line is asked for.
			if (handler === false) this.commands.push(command.toUpperCase());
			return handler === false
				? false
				: this.#faulty(command.toUpperCase(), uids ? this.#opened(uids, handler) : handler);
		};
	}

	/** Numbers a folder's messages afresh when it is opened, as servers do whose UIDs do not stick. */
	#opened(uids: 'renumbered' | 'each open', handler: Handler): Handler {
		return (connection, parsed, line, done) => {
			const [, command = '', path = ''] = /^\S+\s+(EXAMINE|SELECT)\s+"?([^"\r\n]+)"?/i.exec(line) ?? [];
			const isSelect = command.toUpperCase() === 'SELECT';
			const mailbox = command === '' ? undefined : this.#imap.getMailbox(path);
			if (mailbox !== undefined) {
				if (uids === 'each open' || (!isSelect && !this.#fixed.has(path))) {
					mailbox.uidvalidity++;
					for (const message of mailbox.messages) message.uid = mailbox.uidnext++;
				}
				if (isSelect) this.#fixed.add(path);
			}
			return handler(connection, parsed, line, done);
		};
	}

	#faulty(command: string, handler: Handler): Handler {
		return (connection, parsed, line, done) => {
			const text = line.replace(/^\S+\s+/, '');
			this.commands.push(text);
			const fault = this.#faults.find(
				({ command: wanted, when, times }) =>
					wanted === command &&
					(times === undefined || times > 0) &&
					(when === undefined || (typeof when === 'string' ? text.includes(when) : when(text))),
			);
			if (fault === undefined) return handler(connection, parsed, line, done);
			if (fault.times !== undefined) fault.times--;
			const { how } = fault;
			if (how === 'drop') return void connection.socket?.destroy();
			if (how === 'hang') return;
			if ('delayMs' in how) return void setTimeout(() => handler(connection, parsed, line, done), how.delayMs);
			if ('cutAfter' in how) {
				cutAfter(connection, how.cutAfter);
				return handler(connection, parsed, line, done);
			}
			if ('rewrite' in how) {
				const restore = rewriting(connection, (answer) => how.rewrite(answer, text));
				return handler(connection, parsed, line, () => {
					restore();
					done();
				});
			}
			if ('bye' in how) {
				connection.socket?.end(`* BYE ${how.bye}\r\n`);
				return;
			}
			const answer = 'ok' in how ? `OK ${how.ok}` : 'no' in how ? `NO ${how.no}` : `BAD ${how.bad}`;
			connection.socket?.write(`${parsed.tag} ${answer}\r\n`);
			done();
		};
	}
}

/** Puts something else in the place of what is written, until it is taken back. */
function rewriting(connection: Connection, rewrite: (answer: string) => string): () => void {
	const { socket } = connection;
	if (socket === null) return () => undefined;
	const write = socket.write.bind(socket);
	const rewritten = (chunk: Buffer | string): boolean => {
		const answer = rewrite((typeof chunk === 'string' ? Buffer.from(chunk) : chunk).toString('latin1'));
		return answer === '' || write(Buffer.from(answer, 'latin1'));
	};
	Object.assign(socket, { write: rewritten });
	return () => void Object.assign(socket, { write });
}

/** Lets only so many bytes through, then ends the connection. */
function cutAfter(connection: Connection, bytes: number): void {
	const { socket } = connection;
	if (socket === null) return;
	const write = socket.write.bind(socket);
	let left = bytes;
	let ended = false;
	const limited = (chunk: Buffer | string): boolean => {
		if (ended) return true;
		const buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
		if (buffer.length < left) {
			left -= buffer.length;
			return write(buffer);
		}
		ended = true;
		write(buffer.subarray(0, left));
		// What was written must arrive before the end does.
		setTimeout(() => socket.destroy(), 20);
		return true;
	};
	Object.assign(socket, { write: limited });
}

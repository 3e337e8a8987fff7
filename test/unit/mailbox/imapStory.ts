import type { ImapFlow } from 'imapflow';
import { ImapMailbox, MailboxError, type ImapFolderState } from '../../../lib/mailbox';
import { connectClient, mail, TcpProxy, type RealImap } from '../../lab/imap';

const MESSAGE_ID = /^Message-ID: <([^>]+)>/im;

/** Small deterministic generator (mulberry32): a failing seed can be run again. */
export function generator(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/** What is wrong at the end of a story: Message-IDs. */
export interface StoryEnd {
	/** In the folder, and never handed over. */
	lost: string[];
	/** Handed over more than once, and neither moved back in nor handed over by a process that died before it saved. */
	doubled: string[];
	/** Marked as read, by whom? */
	seen: string[];
	tally: Record<'polls' | 'failed' | 'delivered' | 'expunged' | 'movedBack' | 'unsaved' | 'cut' | 'restarts', number>;
}

/**
 * A trigger's life on a real server: mail arrives as the server's transport delivers it and by APPEND, goes, is moved out and back;
 * connections are cut, the process dies between hand-over and save, the server is restarted. What another client sees at the end
 * is compared with what was handed over.
 */
export class Story {
	readonly #server: RealImap;
	readonly #random: () => number;
	readonly #tally: StoryEnd['tally'] = {
		polls: 0,
		failed: 0,
		delivered: 0,
		expunged: 0,
		movedBack: 0,
		unsaved: 0,
		cut: 0,
		restarts: 0,
	};
	/** How often each message was handed over. */
	readonly #handedOver = new Map<string, number>();
	/** How often each may come again. */
	readonly #allowed = new Map<string, number>();
	#state: ImapFolderState | undefined;
	#serial = 0;
	#skew = 0;
	#proxy!: TcpProxy;
	/** Milliseconds since the epoch of the last delivery, so that no two names are equal. */
	readonly #aside: string;

	constructor(server: RealImap, seed: number) {
		this.#server = server;
		this.#random = generator(seed);
		this.#aside = `${server.prefix}Aside`;
	}

	async run(steps: number): Promise<void> {
		this.#proxy = await TcpProxy.start({ host: this.#server.host, port: this.#server.port });
		await this.#as(async (client) => await client.mailboxCreate(this.#aside));
		for (let step = 0; step < steps; step++) {
			const dice = this.#random();
			if (step === Math.floor(steps / 2)) await this.#restart();
			else if (dice < 0.4) await this.#arrive(1 + this.#upTo(3));
			else if (dice < 0.44) await this.#expunge();
			else if (dice < 0.48) await this.#moveOutAndBack();
			else await this.#poll(true);
		}
	}

	async end(): Promise<StoryEnd> {
		for (let poll = 0; poll < 100; poll++) {
			this.#skew += 86_400_000;
			if (!(await this.#poll(false))) break;
		}
		await this.#proxy.close();
		const present = await this.#as(async (client) => {
			await client.mailboxOpen('INBOX', { readOnly: true });
			return await client.fetchAll('1:*', { uid: true, envelope: true, flags: true });
		});
		const ids = present.map((row) => ({ id: bare(row.envelope?.messageId ?? ''), seen: row.flags?.has('\\Seen') }));
		return {
			lost: ids.filter(({ id }) => !this.#handedOver.has(id)).map(({ id }) => id),
			doubled: [...this.#handedOver]
				.filter(([id, times]) => times > 1 + (this.#allowed.get(id) ?? 0))
				.map(([id, times]) => `${id} (${times} times)`),
			seen: ids.filter(({ seen }) => seen).map(({ id }) => id),
			tally: this.#tally,
		};
	}

	#upTo(count: number): number {
		return Math.floor(this.#random() * count);
	}

	async #as<T>(action: (client: ImapFlow) => Promise<T>): Promise<T> {
		const client = await connectClient(this.#server);
		try {
			return await action(client);
		} finally {
			await client.logout();
		}
	}

	async #arrive(count: number): Promise<void> {
		for (let i = 0; i < count; i++) {
			const name = `s${this.#serial++}`;
			const bytes = this.#random() < 0.06 ? 170_000 : 600 + this.#upTo(4000);
			const raw = mail({ subject: name, messageId: `<${name}@example.org>`, bytes, date: new Date(Date.now() - 5000) });
			this.#tally.delivered++;
			// Some mail arrives with the date of its first delivery.
			const date = this.#random() < 0.15 ? new Date(Date.now() - this.#upTo(20) * 86_400_000) : undefined;
			if (this.#random() < 0.1)
				await this.#as(async (client) => await client.append('INBOX', Buffer.from(raw), [], date ?? new Date()));
			else await this.#server.deliver(raw, date === undefined ? {} : { date });
		}
	}

	async #some(client: ImapFlow, folder: string): Promise<Array<{ uid: number; id: string }>> {
		await client.mailboxOpen(folder);
		const rows = await client.fetchAll('1:*', { uid: true, envelope: true }).catch(() => []);
		return rows
			.filter(() => this.#random() < 0.1)
			.slice(0, 3)
			.map((row) => ({ uid: row.uid, id: bare(row.envelope?.messageId ?? '') }));
	}

	async #expunge(): Promise<void> {
		await this.#as(async (client) => {
			const some = await this.#some(client, 'INBOX');
			if (some.length > 0) await client.messageDelete(set(some), { uid: true });
			this.#tally.expunged += some.length;
		});
	}

	async #moveOutAndBack(): Promise<void> {
		await this.#as(async (client) => {
			const some = await this.#some(client, 'INBOX');
			if (some.length === 0) return;
			await client.messageMove(set(some), this.#aside, { uid: true });
			await client.mailboxOpen(this.#aside);
			await client.messageMove('1:*', 'INBOX');
			this.#tally.movedBack += some.length;
			// With a new UID it may come again.
			for (const { id } of some) this.#allow(id);
		});
	}

	async #restart(): Promise<void> {
		await this.#server.halt();
		await this.#poll(true);
		await this.#server.resume();
		this.#tally.restarts++;
	}

	#allow(id: string): void {
		this.#allowed.set(id, (this.#allowed.get(id) ?? 0) + 1);
	}

	/** True when something was handed over or waits. */
	async #poll(trouble: boolean): Promise<boolean> {
		this.#proxy.cuts.length = 0;
		if (trouble && this.#random() < 0.25) {
			this.#tally.cut++;
			this.#proxy.cuts.push(1 + this.#upTo(this.#random() < 0.5 ? 2000 : 30_000));
		}
		this.#tally.polls++;
		const mailbox = new ImapMailbox({
			host: this.#proxy.host,
			port: this.#proxy.port,
			security: 'none',
			user: this.#server.user,
			password: this.#server.password,
			clock: { now: () => Date.now() + this.#skew, sleep: async () => undefined, random: () => 0 },
		});
		try {
			const saved = this.#state && (JSON.parse(JSON.stringify(this.#state)) as ImapFolderState);
			const result = await mailbox.poll(saved, { cap: trouble ? 1 + this.#upTo(9) : 50, firstRunLookBack: 'all' });
			const ids = result.messages
				.filter(({ failure }) => failure === undefined)
				.map(({ raw }) => MESSAGE_ID.exec(raw.toString('latin1'))?.[1] ?? '(none)');
			for (const id of ids) this.#handedOver.set(id, (this.#handedOver.get(id) ?? 0) + 1);
			expect(JSON.stringify(result.state).length).toBeLessThan(8192);
			// The process may be killed after the hand-over and before the save.
			if (trouble && this.#random() < 0.1) {
				this.#tally.unsaved++;
				for (const id of ids) this.#allow(id);
			} else {
				this.#state = result.state;
			}
			return result.more || ids.length > 0 || Object.keys(result.state.retry).length > 0;
		} catch (error) {
			if (!(error instanceof MailboxError) || !trouble) throw error;
			this.#tally.failed++;
			return true;
		} finally {
			await mailbox.close();
		}
	}
}

const bare = (id: string) => id.replace(/[<>]/g, '');
const set = (messages: ReadonlyArray<{ uid: number }>) => messages.map(({ uid }) => uid).join(',');

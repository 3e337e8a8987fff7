import { createHash } from 'node:crypto';

/** What keeps connections open until it is closed. */
export interface Closable {
	close(): Promise<void>;
}

/** Clients open at once. The one that rested longest is closed, unless an item is at work with it. */
const MAX_OPEN = 8;

/**
 * The clients of one execution, one for each connection: credential, workspace, mailbox. Any of these may be an expression,
 * so each item has its own, and items with the same share a client.
 */
export class Clients<Client extends Closable> {
	/** By a digest of the connection, the one that was used last at the end. */
	readonly #opened = new Map<string, Client>();
	readonly #opening = new Map<string, Promise<Client>>();
	/** Items at work with a client. */
	readonly #inUse = new Map<Client, number>();
	readonly #maxOpen: number;

	/** @param maxOpen Without a bound, nobody's client is closed before the last item is done. */
	constructor(maxOpen = MAX_OPEN) {
		this.#maxOpen = maxOpen;
	}

	/** The client of a connection. `connection` is all that tells it from others, plain JSON; `open` makes a client of it. */
	async of(connection: unknown, open: () => Client | Promise<Client>): Promise<Client> {
		// A credential's secrets are in it.
		const key = createHash('sha256').update(JSON.stringify(connection)).digest('base64');
		const client = this.#opened.get(key) ?? (await this.#open(key, open));
		this.#opened.delete(key);
		this.#opened.set(key, client);
		for (const [oldest, rested] of this.#opened) {
			if (this.#opened.size <= this.#maxOpen) break;
			if ((this.#inUse.get(rested) ?? 0) > 0 || rested === client) continue;
			this.#opened.delete(oldest);
			await rested.close();
		}
		return client;
	}

	/** Work with a client, which is not closed meanwhile. */
	async using<T>(client: Client, work: () => Promise<T>): Promise<T> {
		this.#inUse.set(client, (this.#inUse.get(client) ?? 0) + 1);
		try {
			return await work();
		} finally {
			this.#inUse.set(client, (this.#inUse.get(client) ?? 1) - 1);
		}
	}

	/** Items that ask at the same moment for the same one share it. */
	async #open(key: string, open: () => Client | Promise<Client>): Promise<Client> {
		const opening = this.#opening.get(key) ?? Promise.resolve().then(open);
		this.#opening.set(key, opening);
		try {
			return await opening;
		} finally {
			this.#opening.delete(key);
		}
	}

	/** Closes all of them. */
	async close(): Promise<void> {
		const clients = [...this.#opened.values()];
		this.#opened.clear();
		await Promise.all(clients.map(async (client) => await client.close()));
	}
}

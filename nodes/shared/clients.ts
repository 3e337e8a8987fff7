import { createHash } from 'node:crypto';

/** What keeps connections open until it is closed. */
export interface Closable {
	close(): Promise<void>;
}

/** Clients open at once. Items come one after the other, so that closing the one that rested longest disturbs nobody. */
const MAX_OPEN = 8;

/**
 * The clients of one execution, one for each connection: credential, workspace, mailbox. Any of these may be an expression,
 * so each item has its own, and items with the same share a client.
 */
export class Clients<Client extends Closable> {
	/** By a digest of the connection, the one that was used last at the end. */
	readonly #opened = new Map<string, Client>();
	readonly #maxOpen: number;

	/** @param maxOpen Without a bound, nobody's client is closed before the last item is done. */
	constructor(maxOpen = MAX_OPEN) {
		this.#maxOpen = maxOpen;
	}

	/** The client of a connection. `connection` is all that tells it from others, plain JSON; `open` makes a client of it. */
	async of(connection: unknown, open: () => Client | Promise<Client>): Promise<Client> {
		// A credential's secrets are in it.
		const key = createHash('sha256').update(JSON.stringify(connection)).digest('base64');
		const client = this.#opened.get(key) ?? (await open());
		this.#opened.delete(key);
		this.#opened.set(key, client);
		for (const [oldest, rested] of this.#opened) {
			if (this.#opened.size <= this.#maxOpen) break;
			this.#opened.delete(oldest);
			await rested.close();
		}
		return client;
	}

	/** Closes all of them. */
	async close(): Promise<void> {
		const clients = [...this.#opened.values()];
		this.#opened.clear();
		await Promise.all(clients.map(async (client) => await client.close()));
	}
}

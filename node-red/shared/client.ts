/** How long a client that nobody uses keeps its connections: the next message is often just behind. */
const IDLE_MS = 5_000;

interface Closable {
	close(): Promise<void>;
}

/** Clients for the messages that a node works on at the same time, and those that follow at once. Each is closed when nobody needs it. */
export class SharedClients<Key, Client extends Closable> {
	readonly #clients = new Map<string, { client: Client; users: number; idle?: NodeJS.Timeout }>();

	readonly #open: (key: Key) => Client;

	/** @param open Does not connect. `key` is plain JSON: what tells one client from another. */
	constructor(open: (key: Key) => Client) {
		this.#open = open;
	}

	async using<T>(key: Key, work: (client: Client) => Promise<T>): Promise<T> {
		const name = JSON.stringify(key) ?? '';
		const entry = this.#clients.get(name) ?? { client: this.#open(key), users: 0 };
		this.#clients.set(name, entry);
		clearTimeout(entry.idle);
		entry.users++;
		try {
			return await work(entry.client);
		} finally {
			entry.users--;
			if (entry.users === 0) {
				entry.idle = setTimeout(() => {
					this.#clients.delete(name);
					void entry.client.close().catch(() => undefined);
				}, IDLE_MS).unref();
			}
		}
	}

	async close(): Promise<void> {
		const all = [...this.#clients.values()];
		this.#clients.clear();
		for (const { idle } of all) clearTimeout(idle);
		await Promise.all(all.map(async ({ client }) => await client.close()));
	}
}

/** The same where a node needs one only. */
export class SharedClient<Client extends Closable> {
	readonly #clients: SharedClients<null, Client>;

	/** @param open Does not connect. */
	constructor(open: () => Client) {
		this.#clients = new SharedClients(open);
	}

	async using<T>(work: (client: Client) => Promise<T>): Promise<T> {
		return await this.#clients.using(null, work);
	}

	async close(): Promise<void> {
		await this.#clients.close();
	}
}

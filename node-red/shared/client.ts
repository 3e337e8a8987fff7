/** How long a client that nobody uses keeps its connections: the next message is often just behind. */
const IDLE_MS = 5_000;

/** One client for the messages that a node works on at the same time, and those that follow at once. Closed when nobody needs it. */
export class SharedClient<Client extends { close(): Promise<void> }> {
	#client: Client | undefined;
	#users = 0;
	#idle: NodeJS.Timeout | undefined;

	readonly #open: () => Client;

	/** @param open Does not connect. */
	constructor(open: () => Client) {
		this.#open = open;
	}

	async using<T>(work: (client: Client) => Promise<T>): Promise<T> {
		clearTimeout(this.#idle);
		const client = (this.#client ??= this.#open());
		this.#users++;
		try {
			return await work(client);
		} finally {
			this.#users--;
			if (this.#users === 0) this.#idle = setTimeout(() => void this.close().catch(() => undefined), IDLE_MS).unref();
		}
	}

	async close(): Promise<void> {
		clearTimeout(this.#idle);
		const client = this.#client;
		this.#client = undefined;
		await client?.close();
	}
}

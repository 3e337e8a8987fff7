/** Work on the same thing, one after the other; on different things side by side. */
export class Exclusive {
	readonly #last = new Map<string, Promise<void>>();

	/** Does the work when nobody else of this client is at any of these keys. */
	async run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
		const before = keys.flatMap((key) => this.#last.get(key) ?? []);
		let done: () => void = () => {};
		const mine = new Promise<void>((resolve) => (done = resolve));
		for (const key of keys) this.#last.set(key, mine);
		try {
			await Promise.all(before);
			return await work();
		} finally {
			done();
			for (const key of keys) if (this.#last.get(key) === mine) this.#last.delete(key);
		}
	}
}

/** So many of a kind of work at once, the others in their order. */
export class Gate {
	readonly #most: number;
	#inside = 0;
	readonly #waiting: (() => void)[] = [];

	constructor(most: number) {
		this.#most = most;
	}

	async through<T>(work: () => Promise<T>): Promise<T> {
		if (this.#inside >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
		else this.#inside += 1;
		try {
			return await work();
		} finally {
			const next = this.#waiting.shift();
			if (next === undefined) this.#inside -= 1;
			else next();
		}
	}
}

/**
 * All of them, so many at once; the results in their order. All that began is over when it ends.
 *
 * @throws the first error, after which nothing further is begun
 */
export async function sideBySide<T, R>(
	things: readonly T[],
	most: number,
	work: (thing: T, at: number) => Promise<R>,
): Promise<R[]> {
	const gate = new Gate(most);
	let failed: { error: unknown } | undefined;
	const results = await Promise.all(
		things.map((thing, at) =>
			gate.through(async () => {
				if (failed !== undefined) return undefined;
				try {
					return { value: await work(thing, at) };
				} catch (error) {
					failed ??= { error };
					return undefined;
				}
			}),
		),
	);
	if (failed !== undefined) throw failed.error;
	return results.flatMap((result) => (result === undefined ? [] : [result.value]));
}

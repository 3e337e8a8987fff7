/** Takes care of work that goes on while something else is waited for. Its failure is met where it is awaited, or nowhere. */
export type Begin = <T>(work: Promise<T>) => Promise<T>;

/** Work that begins other work at its side: when it ends, in whatever way, all of that is over, too. */
export async function together<T>(work: (begin: Begin) => Promise<T>): Promise<T> {
	const begun: Promise<unknown>[] = [];
	const begin: Begin = (other) => {
		begun.push(other);
		other.catch(() => {});
		return other;
	};
	try {
		return await work(begin);
	} finally {
		await Promise.allSettled(begun);
	}
}

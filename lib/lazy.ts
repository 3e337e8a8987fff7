/** Loads a library when it is first used, and once: `require` itself looks at the disk again each time. */
export function lazy<T>(load: () => T): () => T {
	let loaded: T | undefined;
	return () => (loaded ??= load());
}

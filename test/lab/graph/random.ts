/** Repeatable random numbers (mulberry32): 0 ≤ x < 1. */
export function seeded(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Text that looks like an Exchange id or token. */
export function opaque(random: () => number, prefix: string, length: number): string {
	let text = prefix;
	while (text.length < length) {
		// Five characters a number: a lab with 100,000 messages makes many.
		for (let bits = Math.floor(random() * 2 ** 30), at = 0; at < 5; at++, bits >>>= 6) text += ALPHABET[bits & 63]!;
	}
	return text.slice(0, Math.max(length, prefix.length));
}

export function shuffle<T>(items: T[], random: () => number): T[] {
	for (let at = items.length - 1; at > 0; at--) {
		const other = Math.floor(random() * (at + 1));
		[items[at], items[other]] = [items[other]!, items[at]!];
	}
	return items;
}

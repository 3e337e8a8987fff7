/**
 * What is known of pieces of a text that stand in it many times: names of tags, styles. Bounded, for a piece takes the place of another one
 * whose length and letters are much the same.
 */
export class Spans<T> {
	#pieces: string[] | undefined;
	#values: T[] = [];

	get(text: string, start: number, end: number): T | undefined {
		const slot = slotOf(text, start, end);
		// Two strings are compared five times as fast as a string and a part of another one.
		return this.#pieces?.[slot] === text.slice(start, end) ? this.#values[slot] : undefined;
	}

	/** Returns the value. */
	set(text: string, start: number, end: number, value: T): T {
		const slot = slotOf(text, start, end);
		this.#pieces ??= [];
		this.#pieces[slot] = text.slice(start, end);
		this.#values[slot] = value;
		return value;
	}
}

function slotOf(text: string, start: number, end: number): number {
	const first = text.charCodeAt(start) | (text.charCodeAt((start + end) >> 1) << 8);
	const last = text.charCodeAt(end - 1) | (text.charCodeAt(Math.max(start, end - 5)) << 8);
	return Math.imul((first << 13) ^ last ^ ((end - start) << 24), 0x9e3779b1) >>> 24;
}

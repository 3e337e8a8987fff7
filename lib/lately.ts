/**
 * What was read lately, by the text that it was read from: messages say the same again and again, of senders, programs and hosts.
 *
 * Bounded, in number and in length: there are two halves, and when the younger one is full it takes the place of the older. What is asked for again stays. It
 * outlives the message, so keys are copies, in which half of a character is U+FFFD: a piece of a text keeps the whole text in memory.
 * `read` is given that copy, and what it returns must hold no other part of a message.
 */
export class Lately<T> {
	#young = new Map<string, T>();
	#old = new Map<string, T>();
	readonly #most: number;
	readonly #longest: number;

	/** `most`: entries of each half; `longest`: characters of a text that is remembered. */
	constructor(most: number, longest: number) {
		this.#most = most;
		this.#longest = longest;
	}

	/** What the text was read as before, or what `read` makes of it now. */
	get(text: string, read: (text: string) => T): T {
		if (text.length > this.#longest) return read(text);
		const young = this.#young.get(text);
		if (young !== undefined || this.#young.has(text)) return young!;
		const isOld = this.#old.has(text);
		const own = Buffer.from(text).toString();
		const value = isOld ? this.#old.get(text)! : read(own);
		if (this.#young.size >= this.#most) {
			this.#old = this.#young;
			this.#young = new Map();
		}
		this.#young.set(own, value);
		return value;
	}
}

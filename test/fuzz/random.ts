import { hash } from 'node:crypto';
import fc from 'fast-check';

/** The choices of one case. The same seed, kind and number make the same choices, whatever was run before. */
export class Random {
	#a: number;
	#b: number;
	#c: number;
	#counter = 1;

	constructor(seed: number, kind: string, number: number) {
		const start = Buffer.from(hash('sha256', `${seed} ${kind} ${number}`), 'hex');
		this.#a = start.readInt32LE(0);
		this.#b = start.readInt32LE(4);
		this.#c = start.readInt32LE(8);
	}

	/** 32 bits, from 0 on (sfc32). */
	bits(): number {
		const sum = (this.#a + this.#b + this.#counter++) | 0;
		this.#a = this.#b ^ (this.#b >>> 9);
		this.#b = (this.#c + (this.#c << 3)) | 0;
		this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
		return sum >>> 0;
	}

	/** A whole number from 0 on, below `end`. */
	below(end: number): number {
		return Math.floor((this.bits() / 2 ** 32) * end);
	}

	/** A whole number; both ends may come. */
	between(least: number, most: number): number {
		return least + this.below(most - least + 1);
	}

	chance(share: number): boolean {
		return this.bits() / 2 ** 32 < share;
	}

	pick<T>(list: readonly T[]): T {
		return list[this.below(list.length)]!;
	}

	/** One of the makers, by weight. */
	choose<T>(...makers: ReadonlyArray<readonly [weight: number, make: () => T]>): T {
		let at = this.below(makers.reduce((sum, [weight]) => sum + weight, 0));
		return makers.find(([weight]) => (at -= weight) < 0)![1]();
	}

	list<T>(least: number, most: number, make: (index: number) => T): T[] {
		return Array.from({ length: this.between(least, most) }, (_, index) => make(index));
	}

	bytes(length: number): Buffer {
		return Buffer.from(Array.from({ length }, () => this.below(256)));
	}

	/** A value of a generator of fast-check. */
	sample<T>(arbitrary: fc.Arbitrary<T>): T {
		return fc.sample(arbitrary, { seed: this.bits() | 0, numRuns: 1 })[0]!;
	}
}

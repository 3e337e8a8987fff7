import { limitOf, type HuntLanguage } from './target';
import type { HuntWindow } from './window';

/** Where an alternative stands that shares its query with others; the query is known when all are there. */
export interface JoinedPlace {
	query: string;
}

interface Joined<Term> {
	terms: readonly Term[];
	/** Characters of the query that it would be alone. */
	length: number;
	place: JoinedPlace;
}

/** Alternatives that rows decide, of all patterns of a run: each is asked once, as many in one query as the target takes. */
export class JoinedQueries<Term> {
	readonly #windows = new Map<string, { window: HuntWindow; joined: Map<string, Joined<Term>> }>();
	readonly #language: HuntLanguage<Term>;

	constructor(language: HuntLanguage<Term>) {
		this.#language = language;
	}

	/** @param alone The query that it would be alone: equal ones are one. */
	add(window: HuntWindow, { terms, alone }: { terms: readonly Term[]; alone: string }): JoinedPlace {
		const key = `${window.start} ${window.stop}`;
		const group = this.#windows.get(key) ?? { window, joined: new Map<string, Joined<Term>>() };
		this.#windows.set(key, group);
		let known = group.joined.get(alone);
		if (known === undefined) {
			known = { terms, length: alone.length, place: { query: '' } };
			group.joined.set(alone, known);
		}
		return known.place;
	}

	/** Writes the queries into the places. */
	write(): void {
		for (const { window, joined } of this.#windows.values()) {
			for (const some of this.#shares([...joined.values()])) {
				const query = this.#language.encode(
					some.map(({ terms }) => terms),
					window,
				);
				for (const { place } of some) place.query = query;
			}
		}
	}

	*#shares(joined: ReadonlyArray<Joined<Term>>): Generator<Array<Joined<Term>>> {
		const most = limitOf('alternativesPerQuery', this.#language);
		const maxLength = limitOf('joinedLength', this.#language);
		let share: Array<Joined<Term>> = [];
		let length = 0;
		for (const one of joined) {
			if (share.length >= most || (share.length > 0 && length + one.length > maxLength)) {
				yield share;
				share = [];
				length = 0;
			}
			share.push(one);
			length += one.length;
		}
		if (share.length > 0) yield share;
	}
}

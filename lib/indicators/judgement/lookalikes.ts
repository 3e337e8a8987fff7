import { domainToUnicode } from 'node:url';
import { INDICATOR_LIMITS } from '../../limits';
import { readDomainName, readMailAddress, type DomainName } from '../../values';
import { isUnder } from './knownHosts';

/*
 * What is made to look like what the user's people trust: a name of a host like one of their own, a sender by the name of a superior.
 */

/** One domain to be protected. */
interface Protected {
	/** As the user gave it. */
	domain: string;
	/** Its label under the public suffix, as it is and as it looks: `example` of `mail.example.co.uk`. */
	label: string;
	look: string;
}

/** Shorter labels are in too many names, and one letter away from too many others. */
const SHORTEST_BRAND = 4;
const SHORTEST_WORD = 5;
const SHORTEST_INSIDE = 6;

/**
 * Letters of other alphabets by the Latin letter that they are drawn like (a part of Unicode's confusables.txt), and digits and pairs that
 * are read as letters in most fonts.
 */
const DRAWN_LIKE: ReadonlyMap<string, string> = new Map(
	Object.entries({
		a: 'аαɑ',
		b: 'ьβ',
		c: 'сϲ',
		d: 'ԁ',
		e: 'еє',
		g: 'ɡ',
		h: 'һ',
		i: 'іɩι',
		j: 'ј',
		k: 'кκ',
		l: 'ӏ1|ıi',
		m: 'м',
		n: 'ո',
		o: 'оοσ0',
		p: 'рρ',
		q: 'ԛ',
		s: 'ѕ5',
		t: 'тτ',
		u: 'υս',
		v: 'ѵν',
		w: 'ԝω',
		x: 'хχ',
		y: 'уγ',
		z: 'ʐ2',
	}).flatMap(([latin, others]) => [...others].map((other) => [other, latin] as const)),
);
const PAIRS: readonly (readonly [RegExp, string])[] = [
	[/rn/g, 'm'],
	[/vv/g, 'w'],
	[/cl/g, 'd'],
];

/** How a word looks at a glance: without accents, letters that are drawn alike being one. */
function lookOf(word: string): string {
	const plain = word.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
	const letters = Array.from(plain, (letter) => DRAWN_LIKE.get(letter) ?? letter).join('');
	return PAIRS.reduce((look, [pair, letter]) => look.replace(pair, letter), letters);
}

/** Finds the domain that a name is made to look like. */
export class Lookalikes {
	readonly #protected: readonly Protected[];
	readonly #genuine: ReadonlySet<string>;
	readonly #known = new Map<DomainName, string | undefined>();

	/** @param domains Those to be protected; what is under them is genuine. Others than names with a public suffix are passed over. */
	constructor(domains: readonly string[]) {
		const names = domains
			.slice(0, INDICATOR_LIMITS.maxProtected)
			.map((written) =>
				readDomainName(
					written
						.trim()
						.toLowerCase()
						.replace(/^[@.]+/, ''),
				),
			)
			.filter((name) => name !== undefined);
		this.#genuine = new Set(names.map(({ value }) => value));
		this.#protected = names.flatMap(({ value, registrable = value }) => {
			const label = labelOf(registrable);
			return label.length < SHORTEST_BRAND ? [] : [{ domain: value, label, look: lookOf(label) }];
		});
	}

	get isEmpty(): boolean {
		return this.#protected.length === 0;
	}

	/** The domain that the name looks like; undefined for names of their own, and for the domain itself and what is under it. */
	resembled(host: DomainName): string | undefined {
		if (this.#known.has(host)) return this.#known.get(host);
		if (this.#known.size >= INDICATOR_LIMITS.maxComparedHosts) return undefined;
		const found = this.#find(host);
		this.#known.set(host, found);
		return found;
	}

	#find({ value, registrable }: DomainName): string | undefined {
		if (registrable === undefined || isUnder(value, this.#genuine)) return undefined;
		const shown = value.includes('xn--') ? domainToUnicode(value) : value;
		const registered = registrable.includes('xn--') ? domainToUnicode(registrable) : registrable;
		const label = labelOf(registered);
		const look = lookOf(label);
		// Of what stands in front of it, each word: `example-login`, `example.org.evil.example`.
		const words = new Set(
			shown
				.slice(0, shown.length - (registered.length - label.length))
				.split(/[.-]/)
				.map(lookOf),
		);
		return this.#protected.find(
			(one) =>
				look === one.look ||
				isNear(look, one.look) ||
				(one.label.length >= SHORTEST_WORD && words.has(one.look)) ||
				(one.label.includes('-') && shown.includes(one.label)) ||
				(one.label.length >= SHORTEST_INSIDE && label.includes(one.label)),
		)?.domain;
	}
}

/** `example` of `example.co.uk`. */
function labelOf(registrable: string): string {
	return registrable.slice(0, registrable.indexOf('.'));
}

/** Letters that may differ: one of five, two at most. A typing error is a letter left out, added or changed, or two changed over. */
function isNear(one: string, other: string): boolean {
	const most = Math.min(Math.floor(other.length / 5), MOST_ERRORS);
	return most > 0 && Math.abs(one.length - other.length) <= most && distance(one, other) <= most;
}

const MOST_ERRORS = 2;

/**
 * Optimal string alignment: edits, and swaps of neighbours. Only what lies so near to the diagonal that it may still be little is counted:
 * the time is linear in the length.
 */
function distance(one: string, other: string): number {
	let before = new Map<number, number>();
	let last = new Map<number, number>();
	for (let column = 0; column <= MOST_ERRORS; column++) last.set(column, column);
	const at = (row: ReadonlyMap<number, number>, column: number): number => row.get(column) ?? Infinity;
	for (let row = 1; row <= one.length; row++) {
		const current = new Map<number, number>();
		const end = Math.min(other.length, row + MOST_ERRORS);
		for (let column = Math.max(0, row - MOST_ERRORS); column <= end; column++) {
			const same = one[row - 1] === other[column - 1];
			let least = Math.min(at(last, column), at(current, column - 1)) + 1;
			least = Math.min(least, at(last, column - 1) + (same ? 0 : 1));
			if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1])
				least = Math.min(least, at(before, column - 2) + 1);
			current.set(column, least);
		}
		before = last;
		last = current;
	}
	return at(last, other.length);
}

/** One person whose name is misused. */
interface Vip {
	/** As the user gave it, without addresses. */
	name: string;
	/** Its words in one order: `Doe, Jane` is `Jane Doe`. */
	look: string;
	addresses: ReadonlySet<string>;
}

/** Finds the person whose name a sender shows. */
export class Vips {
	readonly #vips: readonly Vip[];

	/** @param names `Jane Doe`, or `Jane Doe <jane@example.com>` with an address that is hers; several lines of one name gather. */
	constructor(names: readonly string[]) {
		this.#vips = names
			.slice(0, INDICATOR_LIMITS.maxProtected)
			.map((written) => {
				const [name = ''] = written.split('<', 1);
				const addresses = Array.from(written.matchAll(/<([^<>\s]{3,320})>/g), ([, address]) =>
					readMailAddress(address!),
				);
				return {
					name: name.trim(),
					look: nameLook(name),
					addresses: new Set(addresses.flatMap((address) => (address === undefined ? [] : [address.value]))),
				};
			})
			.filter(({ look }) => look.includes(' ') || look.length >= SHORTEST_BRAND);
	}

	get isEmpty(): boolean {
		return this.#vips.length === 0;
	}

	/** The name that an address is shown under, when it is the name of one of them and the address is none of theirs. */
	named(shownName: string, address: string): string | undefined {
		const shown = nameLook(shownName.slice(0, MOST_NAME));
		if (shown === '') return undefined;
		return this.#vips.find(
			({ look, addresses }) =>
				!addresses.has(address) && (shown === look || isWithin(shown, look) || isNear(shown, look)),
		)?.name;
	}
}

const MOST_NAME = 200;

/** Words of a name as they look, sorted; titles and what stands in brackets are words, too. */
function nameLook(name: string): string {
	return lookOf(name)
		.split(/[^\p{L}\p{N}]+/u)
		.filter((word) => word !== '')
		.sort()
		.join(' ');
}

/** All words of a name of two or more, among others: `CEO Jane Doe (mobile)`. */
function isWithin(shown: string, look: string): boolean {
	if (!look.includes(' ')) return false;
	const words = new Set(shown.split(' '));
	return look.split(' ').every((word) => words.has(word));
}

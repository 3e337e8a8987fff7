import { domainToUnicode } from 'node:url';
import { INDICATOR_LIMITS } from '../../limits';
import { withoutInvisible } from '../../text';
import { readDomainName, readMailAddress, type DomainName } from '../../values';
import { isUnder } from './knownHosts';

/*
 * What is made to look like what the user's people trust: a name of a host like one of their own, a sender by the name of a superior.
 */

/** One domain to be protected. */
interface Protected {
	/** As the user gave it. */
	domain: string;
	/** The name under the public suffix in one piece, between dots: `.example.co.uk.` */
	whole: string;
	/** Its label under the public suffix, as it is and as it looks: `example` of `mail.example.co.uk`. */
	label: string;
	look: string;
}

/** Shorter labels are in too many names, and one letter away from too many others: they count with their suffix only. */
const SHORTEST_BRAND = 4;
/** With hyphens for its dots: shorter ones are words (`go-to-market`). */
const SHORTEST_HYPHENED = 3;
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
/** Small capitals, which no normal form knows. */
const SMALL_CAPITALS = 'ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz'.split(' ');
/** Where alphabets of black circles, of black squares and of flags begin, which no normal form knows either. */
const PICTURED = [0x1f150, 0x1f170, 0x1f1e6];
const LETTERS: ReadonlyMap<string, string> = new Map([
	...DRAWN_LIKE,
	...SMALL_CAPITALS.map(([drawn = '', latin = '']) => [drawn, latin] as const),
	...PICTURED.flatMap((first) =>
		Array.from('abcdefghijklmnopqrstuvwxyz', (latin, at) => [String.fromCodePoint(first + at), latin] as const),
	),
]);
const PAIRS: readonly (readonly [RegExp, string])[] = [
	[/rn/g, 'm'],
	[/vv/g, 'w'],
	[/cl/g, 'd'],
];

/** How a word looks at a glance: without accents, letters that are drawn alike being one. */
const lookOf = (word: string): string => withoutPairs(lettersOf(word));

/** Letter by letter. Of what is written in letters of mathematics, the plain ones have a case. */
function lettersOf(word: string): string {
	const plain = word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
	return Array.from(plain, (letter) => LETTERS.get(letter) ?? letter).join('');
}

const withoutPairs = (letters: string): string =>
	PAIRS.reduce((look, [pair, letter]) => look.replace(pair, letter), letters);

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
		this.#genuine = new Set(names.flatMap(({ value }) => [value, exchangeHost(value)]));
		this.#protected = names.map(({ value, registrable = value }) => {
			const written = shownOf(registrable);
			const label = labelOf(written);
			return { domain: value, whole: `.${written}.`, label, look: lookOf(label) };
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
		const shown = shownOf(value);
		const registered = shownOf(registrable);
		const label = labelOf(registered);
		const look = lookOf(label);
		// Of what stands in front of it, each word: `example-login`, `example.org.evil.example`.
		const words = new Set(
			shown
				.slice(0, shown.length - (registered.length - label.length))
				.split(/[.-]/)
				.map(lookOf),
		);
		// Up to the suffix that is registered: `example.no` stands in `example.no.evil.example` and in `example.no-login.example`.
		const front = `.${shown.slice(0, shown.length - (registered.length - label.length))}.`;
		const dotted = front.replaceAll('-', '.');
		return this.#protected.find(
			(one) =>
				front.includes(one.whole) ||
				front.includes(`${one.whole.slice(0, -1)}-`) ||
				(one.label.length >= SHORTEST_HYPHENED && dotted.includes(one.whole.replaceAll('-', '.'))) ||
				(one.label.length >= SHORTEST_BRAND &&
					(look === one.look ||
						isNear(look, one.look) ||
						(one.label.length >= SHORTEST_WORD && words.has(one.look)) ||
						(one.label.includes('-') && shown.includes(one.label)) ||
						(one.label.length >= SHORTEST_INSIDE && label.includes(one.label)))),
		)?.domain;
	}
}

/** Where Exchange Online takes the mail of a domain in: nobody else has that name. */
const exchangeHost = (domain: string): string => `${domain.replaceAll('.', '-')}.mail.protection.outlook.com`;

/** In the letters of its alphabet. */
const shownOf = (name: string): string => (name.includes('xn--') ? domainToUnicode(name) : name);

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
	shown: ShownName;
	/** In one piece, whichever word comes first: `janedoe`, `doejane`. */
	joined: readonly string[];
	/** Of letters that are written without blanks: others may stand right beside it. */
	isUnspaced: boolean;
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
				const shown = readName(name.slice(0, MOST_NAME));
				return {
					name: name.trim(),
					shown,
					joined: shown.words.map((_, first) =>
						withoutPairs([...shown.words.slice(first), ...shown.words.slice(0, first)].join('')),
					),
					isUnspaced: UNSPACED.test(name.trim()),
					addresses: new Set(addresses.flatMap((address) => (address === undefined ? [] : [address.value]))),
				};
			})
			.filter(
				({ shown: { words, look }, isUnspaced }) => words.length > 1 || isUnspaced || look.length >= SHORTEST_BRAND,
			);
	}

	get isEmpty(): boolean {
		return this.#vips.length === 0;
	}

	/** The name that an address is shown under, when it is the name of one of them and the address is none of theirs. */
	named(shownName: string, address: string): string | undefined {
		const shown = readName(shownName.slice(0, MOST_NAME));
		if (shown.look === '') return undefined;
		return this.#vips.find(
			(vip) =>
				!vip.addresses.has(address) &&
				(shown.look === vip.shown.look || isWithin(shown, vip) || isNear(shown.look, vip.shown.look)),
		)?.name;
	}
}

const MOST_NAME = 200;
/** Chinese, Japanese, Korean: two letters are a name. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\s\u30fb]{2,}$/u;
/** Names in one piece are told from words by their length. */
const SHORTEST_JOINED = 6;
/** A shorter one of unspaced letters is a part of many words. */
const SHORTEST_UNSPACED_INSIDE = 3;

/** A name as it looks. */
interface ShownName {
	/** Letter by letter, in their order. */
	words: readonly string[];
	/** The words in one order: `Doe, Jane` is `Jane Doe`. Titles and what stands in brackets are words, too. */
	look: string;
	/** Each word, what is spelled in single letters, and all of it in one piece. */
	pieces: ReadonlySet<string>;
	whole: string;
}

function readName(name: string): ShownName {
	const words = lettersOf(withoutInvisible(name))
		.split(/[^\p{L}\p{N}]+/u)
		.filter((word) => word !== '');
	const looks = words.map(withoutPairs);
	const whole = withoutPairs(words.join(''));
	const pieces = new Set([...looks, whole]);
	let spelled = '';
	for (const word of [...words, '']) {
		if ([...word].length === 1) spelled += word;
		else if (spelled !== '') {
			pieces.add(withoutPairs(spelled));
			spelled = '';
		}
	}
	return { words, look: looks.toSorted().join(' '), pieces, whole };
}

/** All words of a name of two or more, among others: `CEO Jane Doe (mobile)`; or all of it in one piece: `JaneDoe`, `J a n e D o e`. */
function isWithin({ pieces, whole }: ShownName, { shown, joined, isUnspaced }: Vip): boolean {
	if (shown.words.length > 1 && shown.look.split(' ').every((word) => pieces.has(word))) return true;
	if (isUnspaced) {
		const [name = ''] = joined;
		const isLong = name.normalize('NFC').length >= SHORTEST_UNSPACED_INSIDE;
		return pieces.has(name) || (isLong && joined.some((one) => whole.includes(one)));
	}
	return joined.some((one) => one.length >= SHORTEST_JOINED && pieces.has(one));
}

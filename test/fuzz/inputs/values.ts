import type { Random } from '../random';
import { CHARACTERS, INHERITED, soup } from './text';

/**
 * Values as JSON would not hold them, written in JSON: an object with the member `$` stands for what it names. So an input of
 * this kind fits into a file.
 */
type Odd =
	| { $: 'undefined' | 'NaN' | 'Infinity' | '-0' }
	| { $: 'bigint'; digits: string }
	| { $: 'date'; time: number | null }
	| { $: 'bytes'; base64: string }
	/** A member that is computed. */
	| { $: 'getter'; value: unknown }
	/** The whole value, or what is so many levels above. */
	| { $: 'above'; levels: number }
	| { $: 'repeated'; value: unknown; times: number }
	| { $: 'nested'; value: unknown; key: string; times: number }
	/** A list with a hole. */
	| { $: 'holes'; length: number }
	/** An object of which nothing is inherited. */
	| { $: 'bare'; value: Record<string, unknown> };

/** Entries and levels: enough for every limit of the library to be met. */
const MANY = 30_000;
const DEEP = 1_000;

/** Reads such JSON. */
export function oddValue(json: string): unknown {
	return built(JSON.parse(json) as unknown, [], 1);
}

/** `above`: what it stands in, the outermost first. `copies`: how often it is there, where something around it is repeated. */
function built(value: unknown, above: readonly unknown[], copies: number): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (Array.isArray(value)) {
		const list: unknown[] = [];
		for (const one of value) list.push(built(one, [...above, list], copies));
		return list;
	}
	if (Object.hasOwn(value, '$')) return oddly(value as Odd, above, copies);
	const object: Record<string, unknown> = {};
	for (const [key, member] of Object.entries(value)) define(object, key, member, [...above, object], copies);
	return object;
}

/** Also a member that is called `__proto__`. */
function define(object: object, key: string, member: unknown, above: readonly unknown[], copies: number): void {
	const isGetter = typeof member === 'object' && member !== null && (member as { $?: unknown }).$ === 'getter';
	const value = built(isGetter ? (member as { value: unknown }).value : member, above, copies);
	const shape = { enumerable: true, configurable: true };
	Object.defineProperty(object, key, isGetter ? { ...shape, get: () => value } : { ...shape, writable: true, value });
}

/** Members that are not what they should be, for such values are changed like any other, stand for themselves. */
function oddly(odd: Odd, above: readonly unknown[], copies: number): unknown {
	switch (odd.$) {
		case 'undefined':
			return undefined;
		case 'NaN':
		case 'Infinity':
		case '-0':
			return Number(odd.$);
		case 'bigint':
			return BigInt(/^\d+$/.exec(textOf(odd.digits))?.[0] ?? 0);
		case 'date':
			return new Date(typeof odd.time === 'number' ? odd.time : Number.NaN);
		case 'bytes':
			return Buffer.from(textOf(odd.base64), 'base64');
		case 'getter':
			return built(odd.value, above, copies);
		case 'above':
			return above.at(-1 - (times(odd.levels, MANY) % above.length)) ?? null;
		case 'repeated': {
			const count = times(odd.times, MANY / copies);
			return Array<unknown>(count).fill(built(odd.value, above, copies * Math.max(1, count)));
		}
		case 'nested': {
			let value = built(odd.value, above, copies);
			for (let i = times(odd.times, DEEP / copies); i > 0; i--)
				value = textOf(odd.key) === '' ? [value] : { [textOf(odd.key)]: value };
			return value;
		}
		case 'holes':
			return Array<unknown>(times(odd.length, MANY / copies));
		case 'bare':
			return Object.assign(Object.create(null) as object, built(odd.value, above, copies));
		default:
			return odd;
	}
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const times = (number: unknown, most: number): number =>
	Number.isSafeInteger(number) ? Math.min(Math.abs(number as number), Math.floor(most)) : 0;

/** What the value comes from: JSON holds fewer odd things than an object of another program. */
export type Origin = 'json' | 'program';

const PLAIN = ['', 'x', 'a@example.com', '2026-05-05T08:11:30Z', 'Tue, 5 May 2026 10:11:12 +0200', '0', '-1', 'true'];

/** Some value, in that form. */
export function anyValue(random: Random, origin: Origin = 'program'): unknown {
	return random.choose<unknown>(
		[6, () => random.pick(PLAIN)],
		[3, () => soup(random, 6)],
		[2, () => random.list(0, 6, () => random.pick(CHARACTERS)).join('')],
		[4, () => random.pick([0, 1, -1, 1.5, 2 ** 31, 2 ** 32, 2 ** 53, 1e308, -1e308])],
		[2, () => random.chance(0.5)],
		[2, () => null],
		[2, () => []],
		[2, () => ({})],
		[1, () => random.list(0, 4, () => anyValue(random, origin))],
		[1, () => Object.fromEntries(random.list(0, 4, () => [anyKey(random), anyValue(random, origin)]))],
		[2, () => large(random, origin)],
		[origin === 'json' ? 0 : 4, () => odd(random)],
	);
}

const anyKey = (random: Random): string =>
	random.choose([3, () => random.pick(INHERITED)], [2, () => random.pick(['a', '0', '', 'name', 'value'])]);

const many = (random: Random, most: number): number =>
	random.choose([4, () => random.below(50)], [1, () => random.below(most)]);

const large = (random: Random, origin: Origin): Odd =>
	random.choose<Odd>(
		[2, () => ({ $: 'repeated', value: anyValue(random, origin), times: many(random, MANY) })],
		[1, () => ({ $: 'nested', value: anyValue(random, origin), key: random.chance(0.5) ? '' : anyKey(random), times: many(random, DEEP) })],
	); // prettier-ignore

const odd = (random: Random): Odd =>
	random.choose<Odd>(
		[3, () => ({ $: random.pick(['undefined', 'NaN', 'Infinity', '-0'] as const) })],
		[1, () => ({ $: 'bigint', digits: String(random.bits()).repeat(3) })],
		[2, () => ({ $: 'date', time: random.pick([null, 0, 8.64e15, -8.64e15, Date.UTC(2026, 4, 5)]) })],
		[1, () => ({ $: 'bytes', base64: random.bytes(random.below(30)).toString('base64') })],
		[2, () => ({ $: 'getter', value: anyValue(random) })],
		[2, () => ({ $: 'above', levels: random.below(6) })],
		[1, () => ({ $: 'holes', length: many(random, MANY) })],
		[1, () => ({ $: 'bare', value: { a: anyValue(random) } })],
	);

/** A copy in which something is another value, is missing, is there twice, or has another name. */
export function spoilValue(value: unknown, random: Random, origin: Origin = 'program'): unknown {
	const root = { value: structuredClone(value) };
	for (let i = random.between(1, 5); i > 0; i--) {
		const places = placesIn(root);
		const { holder, key } = random.pick(places);
		const now = (holder as Record<string, unknown>)[key];
		const other = random.pick(places);
		random.choose(
			[8, () => set(holder, key, anyValue(random, origin))],
			[2, () => void delete (holder as Record<string, unknown>)[key]],
			[2, () => set(holder, key, [now])],
			[origin === 'json' ? 0 : 2, () => set(holder, key, { $: 'getter', value: now })],
			[2, () => set(holder, key, { $: 'repeated', value: now, times: many(random, random.chance(0.3) ? MANY : 30) })],
			[1, () => set(holder, anyKey(random), now)],
			[1, () => set(holder, key, { $: 'nested', value: now, key: random.pick(['', 'email', 'value', 'parts']), times: random.below(40) })],
			// Something from elsewhere in it.
			[3, () => set(holder, key, structuredClone((other.holder as Record<string, unknown>)[other.key]))],
		); // prettier-ignore
		root.value ??= {};
	}
	return root.value;
}

function set(holder: object, key: string, value: unknown): void {
	if (Array.isArray(holder) && key === 'length') return;
	Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Places that can be changed: the first ones, level by level. */
function placesIn(root: object): Array<{ holder: object; key: string }> {
	const places: Array<{ holder: object; key: string }> = [];
	const open: object[] = [root];
	for (let i = 0; i < open.length && places.length < 2_000; i++) {
		for (const [key, member] of Object.entries(open[i]!)) {
			places.push({ holder: open[i]!, key });
			if (typeof member === 'object' && member !== null) open.push(member as object);
		}
	}
	return places;
}

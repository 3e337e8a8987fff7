import fc from 'fast-check';
import { matchPattern } from '../../../lib/pattern';

/** Traffic of one hour begins here; it crosses midnight. */
export const FROM = Date.UTC(2026, 9, 31, 23, 30);
export const HOUR = 3_600_000;

export const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
export const timestamp = (time: number): string => `t'${new Date(time).toISOString()}'`;

const oneOf = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** What must not become part of a query. */
export const HOSTILE = [
	"it's",
	'" or 1 == 1 //',
	'a | take 0',
	"' or '1' eq '1",
	'x\\',
	'\\"',
	'line one\r\nline two',
	'tab\there',
	'%_%',
	'Überweisung',
	'U\u0308berweisung',
	'請求書 📎',
	'a;b',
	'// comment',
	'@"verbatim"',
	'```',
	'\u0000\u0085\u2028',
	') and receivedDateTime ge 2026-01-01T00:00:00Z and receivedDateTime le 2026-01-01T00:00:00Z',
];

/** LIKE patterns around a value: whole, prefix, suffix, middle, one character replaced. */
function like(value: string): fc.Arbitrary<string> {
	const points = Array.from(value);
	const at = fc.integer({ min: 0, max: points.length });
	const isOdd = fc.integer({ min: 0, max: 4 }).map((number) => number === 0);
	return fc.tuple(at, at, fc.boolean(), fc.boolean(), fc.boolean(), isOdd).map(([a, b, open, close, hole, odd]) => {
		// Where nothing may stand before or behind it, it mostly is the beginning or the end: else it would match nothing.
		const from = open || odd ? Math.min(a, b) : 0;
		const part = points.slice(from, close || odd ? Math.max(a, b) : undefined);
		if (hole && part.length > 1) part[Math.floor(part.length / 2)] = '_';
		return `${open ? '%' : ''}${part.join('')}${close ? '%' : ''}`;
	});
}

/** A part of a value, its ends cut. */
const piece = (value: string): fc.Arbitrary<string> => {
	const points = Array.from(value);
	return fc.nat(points.length).map((at) => points.slice(at > 1 ? 1 : 0, Math.max(2, at)).join(''));
};

/** Comparisons on a text that rows show: every operator. */
export function shownText(path: string, pool: readonly string[]): fc.Arbitrary<string> {
	const value = fc.oneof({ weight: 5, arbitrary: oneOf(pool) }, { weight: 1, arbitrary: oneOf([...HOSTILE, '']) });
	const not = fc.boolean().map((negated) => (negated ? ' NOT' : ''));
	const list = fc.array(value, { minLength: 1, maxLength: 4 }).map((values) => `(${values.map(quote).join(', ')})`);
	return fc.oneof(
		{ weight: 5, arbitrary: value.map((one) => `${path} = ${quote(one)}`) },
		{ weight: 5, arbitrary: value.chain(like).map((one) => `${path} LIKE ${quote(one)}`) },
		{ weight: 2, arbitrary: value.chain(piece).map((one) => `${path} LIKE ${quote(`%${one}%`)}`) },
		{ weight: 3, arbitrary: list.map((values) => `${path} IN ${values}`) },
		fc
			.tuple(value, oneOf(['!=', '<', '<=', '>', '>=', 'NOT =', 'NOT !=']))
			.map(([one, operator]) => `${path} ${operator} ${quote(one)}`),
		value.chain(like).map((one) => `${path} NOT LIKE ${quote(one)}`),
		fc.tuple(not, list).map(([no, values]) => `${path}${no} IN ${values}`),
		oneOf(['^a', 'o', 'in.*o', '[0-9]+$', '(?i)INVOICE', '\\.org$']).map((regex) => `${path} MATCHES ${quote(regex)}`),
		fc.constant(`EXISTS ${path}`),
	);
}

export const shownNumber = (path: string, pool: readonly number[]): fc.Arbitrary<string> =>
	fc.oneof(
		fc
			.tuple(oneOf(['=', '!=', '<', '<=', '>', '>=']), oneOf(pool))
			.map(([operator, value]) => `${path} ${operator} ${value}`),
		fc.subarray([...pool], { minLength: 1 }).map((values) => `${path} IN (${values.join(', ')})`),
	);

export const networks = (path: string, blocks: readonly string[]): fc.Arbitrary<string> =>
	fc.tuple(oneOf(['', ' NOT']), oneOf(blocks)).map(([not, block]) => `${path}${not} ISSUBSET ${quote(block)}`);

export const dates = (path: string): fc.Arbitrary<string> =>
	fc
		.tuple(oneOf(['<', '<=', '>', '>=', '=', '!=']), fc.integer({ min: 0, max: 3600 }))
		.map(([operator, second]) => `${path} ${operator} ${timestamp(FROM + second * 1000)}`);

/** A tree of comparisons as text, with what stands between the leaves told apart. */
export type Tree = { leaf: string } | { operator: 'AND' | 'OR'; operands: Tree[] };

export const printed = (tree: Tree): string =>
	'leaf' in tree ? tree.leaf : `(${tree.operands.map(printed).join(` ${tree.operator} `)})`;

export const trees = (leaf: fc.Arbitrary<string>): fc.Arbitrary<Tree> =>
	fc.letrec<{ tree: Tree }>((tie) => ({
		tree: fc.oneof(
			{ maxDepth: 3, depthSize: 'small' },
			{ weight: 3, arbitrary: leaf.map((text): Tree => ({ leaf: text })) },
			{
				weight: 2,
				arbitrary: fc.record({
					operator: oneOf(['AND', 'OR'] as const),
					operands: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
				}),
			},
		),
	})).tree;

/** `START … STOP …` inside the hour of traffic, to the millisecond. */
export const windows: fc.Arbitrary<[start: number, stop: number]> = fc
	.tuple(
		fc.integer({ min: -100_000, max: 3_000_000 }),
		fc.oneof(fc.integer({ min: 1, max: 3_700_000 }), fc.integer({ min: 1, max: 120_000 })),
	)
	.map(([start, length]) => [FROM + start, FROM + start + length]);

/** Windows that begin and end about when messages came: which messages, and how many milliseconds before or after them. */
export const edges = fc.record({
	first: fc.nat(20),
	last: fc.nat(20),
	before: fc.oneof(fc.integer({ min: -1_500, max: 1_500 }), fc.integer({ min: -2, max: 2 })),
	after: fc.oneof(fc.integer({ min: -1_500, max: 1_500 }), fc.integer({ min: -2, max: 2 })),
});

export function windowAt(
	times: readonly number[],
	{ first, last, before, after }: { first: number; last: number; before: number; after: number },
): [start: number, stop: number] {
	const one = times[first % times.length]! + before;
	const other = times[last % times.length]! + after;
	return one < other ? [one, other] : [other, one + 1];
}

/** Observations joined and qualified, within the hour; none of their leaves is an AND, which STIX means otherwise. */
export const joined = (leaf: fc.Arbitrary<string>): fc.Arbitrary<string> =>
	fc
		.letrec<{ pattern: string }>((tie) => ({
			pattern: fc.oneof(
				{ maxDepth: 2, depthSize: 'small' },
				{ weight: 3, arbitrary: fc.array(leaf, { minLength: 1, maxLength: 2 }).map((all) => `[${all.join(' OR ')}]`) },
				{
					weight: 3,
					arbitrary: fc
						.tuple(tie('pattern'), oneOf(['AND', 'OR', 'FOLLOWEDBY']), tie('pattern'))
						.map(([left, operator, right]) => `(${left} ${operator} ${right})`),
				},
				fc
					.tuple(tie('pattern'), fc.integer({ min: 1, max: 1800 }))
					.map(([inner, seconds]) => `(${inner}) WITHIN ${seconds} SECONDS`),
				// Narrower than the hour, or beyond it.
				fc
					.tuple(tie('pattern'), windows)
					.map(([inner, [start, stop]]) => `(${inner}) START ${timestamp(start)} STOP ${timestamp(stop)}`),
				fc
					.tuple(tie('pattern'), fc.integer({ min: 1, max: 3 }))
					.map(([inner, times]) => `(${inner}) REPEATS ${times} TIMES`),
			),
		}))
		.pattern.map((pattern) => `(${pattern}) START ${timestamp(FROM)} STOP ${timestamp(FROM + HOUR)}`);

/** The evaluator decides each comparison by itself. */
export function holds(tree: Tree, observed: object): boolean {
	if ('leaf' in tree) return matchPattern(`[${tree.leaf}]`, [observed]).matched;
	const decide = (operand: Tree) => holds(operand, observed);
	return tree.operator === 'AND' ? tree.operands.every(decide) : tree.operands.some(decide);
}
